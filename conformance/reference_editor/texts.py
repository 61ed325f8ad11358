"""Every French sentence of the software, and the words for the coded values of the platform."""

CONFIGURED = "Le logiciel est relié à la plateforme FSE."
FORGOTTEN = "Les données locales sont effacées."
NOT_CONFIGURED = "Le logiciel n'est pas encore relié à la plateforme FSE."
BAD_REQUEST = "Il manque une information pour faire cette action."
UNKNOWN_ACTION = "Ce logiciel ne sait pas faire cette action."
INTERNAL = "L'action n'a pas abouti : une information inattendue a été reçue. Vérifiez avant de recommencer."
NEEDS_TLS = "L'adresse de la plateforme n'est pas protégée (TLS) : le logiciel refuse de s'y relier."
UNKNOWN_PROFESSIONAL = "Ce professionnel n'est pas enregistré dans le logiciel."
UNREACHABLE = "La plateforme FSE ne répond pas pour le moment. Réessayez dans quelques minutes."
NO_SENSE = "La réponse de la plateforme FSE est illisible. Réessayez dans quelques minutes."
UNTRUSTED_KEYS = "La liste des clés de la plateforme n'est pas authentique : aucune feuille ne peut être vérifiée."
NOT_A_SHEET = "Ce code n'est pas celui d'une feuille de soins électronique, ou il est abîmé."
UNREADABLE_IMAGE = (
    "Aucun code QR lisible sur cette image. Scannez de nouveau, ou tapez le numéro et le code de secours."
)
BAD_NUMBER = "Le numéro tapé n'est pas valable : vérifiez ses 16 chiffres sur l'ordonnance."
BAD_BACKUP_CODE = "Le code de secours tapé n'est pas valable : vérifiez ses 9 caractères sous le code QR."
FORGED = "La signature de ce code QR n'est pas authentique : ne délivrez pas sur cette ordonnance."
UNKNOWN_KEY = "Ce code QR est signé par une clé inconnue de la plateforme : il ne peut pas être accepté."
WRONG_ENVIRONMENT = "Ce code QR vient d'un autre environnement (test ou production) : il ne vaut rien ici."
NOT_YET_ISSUED = "Ce code QR porte une date d'émission à venir : il ne peut pas être accepté."
ALREADY_CANCELLED = "Cette feuille de soins était déjà annulée."
EXPIRED = "La durée de validité de cette feuille de soins est dépassée."
UNKNOWN_SHEET = "Cette feuille n'a pas été émise par ce logiciel."
NOT_SCANNED = "Cette feuille n'est pas ouverte ici : scannez d'abord l'ordonnance."
NOT_YOURS_TO_ISSUE = "Seul un prescripteur peut émettre une feuille de soins."
CONFIRM_CLOSED_RIGHTS = (
    "Les droits de ce bénéficiaire sont fermés à la date des soins : la feuille n'est pas émise. "
    "Prévenez le patient, puis confirmez pour émettre quand même."
)
NOT_A_DOCUMENT = "La plateforme n'a pas fourni d'ordonnance imprimable. Réessayez dans quelques minutes."
MAY_BE_RECORDED = (
    "La plateforme FSE n'a pas confirmé l'enregistrement. "
    "Validez de nouveau à l'identique : rien ne sera fait deux fois."
)

REFUSALS = {
    "rights-closed": "Les droits de ce bénéficiaire sont fermés à la date des soins.",
    "unknown-beneficiary": "Ce bénéficiaire est inconnu : vérifiez son numéro d'immatriculation et son rang.",
    "unknown-code": "Un acte ou un médicament n'est pas dans la nomenclature en vigueur.",
    "unknown-number": "Aucune feuille de soins ne porte ce numéro.",
    "wrong-check-digit": BAD_NUMBER,
    "unreadable-scan": NOT_A_SHEET,
    "forged-scan": FORGED,
    "unknown-key": UNKNOWN_KEY,
    "wrong-environment": WRONG_ENVIRONMENT,
    "wrong-backup-code": "Le code de secours ne correspond pas à ce numéro : vérifiez-le sous le code QR.",
    "typing-locked": "Trop d'erreurs de saisie pour cette feuille : scannez son code QR.",
    "scan-rotated": "Ce code QR a été remplacé : demandez au patient l'ordonnance réimprimée.",
    "sheet-expired": EXPIRED,
    "sheet-cancelled": "Cette feuille de soins a été annulée par le prescripteur.",
    "sheet-replaced": "Cette feuille de soins a été remplacée : demandez au patient la nouvelle ordonnance.",
    "no-section-for-role": "Cette feuille de soins ne contient rien à exécuter par votre profession.",
    "section-held": "Cette ordonnance est en cours de délivrance dans un autre établissement.",
    "nothing-open": "Tout ce que cette ordonnance vous demandait a déjà été exécuté.",
    "lease-required": NOT_SCANNED,
    "lease-lost": "La réservation de cette ordonnance a pris fin : scannez-la de nouveau.",
    "precondition-failed": "Cette feuille a changé entre-temps : relisez-la avant de continuer.",
    "precondition-required": "Cette feuille doit être relue avant de continuer.",
    "over-remainder": "La quantité délivrée dépasse ce qui reste à délivrer.",
    "line-unknown": "Une ligne indiquée n'existe pas sur cette ordonnance.",
    "line-terminal": "Une ligne indiquée est déjà soldée : elle ne peut plus être délivrée.",
    "substitution-not-allowed": "La substitution n'est pas permise ici sans l'accord du prescripteur.",
    "cannot-cancel": "Cette feuille de soins ne peut plus être annulée.",
    "professional-suspended": "Votre droit d'utiliser la FSE est suspendu. Adressez-vous à la CNSS.",
    "role-not-allowed": "Votre profession ne permet pas cette action.",
    "insufficient-scope": "Votre accès ne permet pas cette action.",
    "unauthenticated": "Votre identification n'a pas été acceptée par la plateforme FSE.",
    "token-expired": "Votre session a pris fin : identifiez-vous de nouveau.",
    "invalid-client": "Ce logiciel n'est pas reconnu par la plateforme FSE.",
    "invalid-assertion": "Votre identification n'a pas été acceptée par la plateforme FSE.",
    "not-found": "Ce dossier n'existe pas, ou il n'est pas accessible à votre établissement.",
    "invalid-payload": "La plateforme FSE n'a pas accepté une des informations saisies.",
}
UNKNOWN_REFUSAL = "La plateforme FSE a refusé cette demande."

STATUSES = {
    "received": "reçu",
    "checked": "contrôlé",
    "awaiting_document": "en attente d'une pièce",
    "medical_review": "à l'examen du contrôle médical",
    "awaiting_prior_approval": "en attente d'accord préalable",
    "adjudicated": "décidé",
    "ordered": "mis en paiement",
    "paid": "payé",
    "contested": "contesté",
    "rechecked": "réexaminé",
}
DECISIONS = {"granted": "accepté", "partial": "accepté en partie", "rejected": "refusé"}
REASONS = {
    "outside-list": "produit hors de la liste de référence",
    "not-reimbursable": "non remboursable",
    "rights-closed": "droits fermés à la date des soins",
    "deceased": "patient décédé avant la date des soins",
    "filed-late": "déposé après le délai",
    "over-age": "âge limite atteint",
    "ceiling-reached": "plafond atteint",
    "duplicate": "soin déjà demandé",
}
LINE_STATES = {
    "open": "à délivrer",
    "partial": "délivrée en partie",
    "owed": "reste dû",
    "executed": "délivrée",
    "not_executed": "non délivrée",
    "cancelled": "annulée",
    "expired": "expirée",
    "moved_to_paper": "passée sur papier",
}
REPAIRS = {
    "azerty-layout": "La douchette est réglée pour un autre clavier : le code lu a été corrigé.",
    "arabic-layout": "Le clavier est en arabe : le code lu a été corrigé.",
    "lower-case": "La douchette ou le clavier inverse les majuscules : le code lu a été corrigé.",
}
