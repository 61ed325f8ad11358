# language: fr
@pharmacy @act:scan
Fonctionnalité: Ouverture de la feuille à la pharmacie
  Le pharmacien scanne ou tape ; le logiciel vérifie ce qu'il peut vérifier seul, puis ouvre et réserve.

  Contexte:
    Étant donné la pharmacie Al Amal de Kénitra
    Et une ordonnance de 2 médicaments remboursables

  @CAS-RES-01 @nominal @EXG-RES-001 @EXG-RES-010 @EXG-ERG-002 @EXG-SEC-001 @EXG-API-001
  Scénario: Le QR de la page imprimée
    Quand le pharmacien scanne le QR de la page imprimée
    Alors la feuille s'ouvre et sa section est réservée
    Et une seule demande a suffi
    Et l'écran montre les lignes de la feuille
    Et aucun secret ne figure dans une adresse
    Et le logiciel s'identifie à chaque appel

  @CAS-RES-02 @nominal @EXG-RES-001 @EXG-RES-010
  Scénario: Le QR seul, à l'écran du patient
    Quand le pharmacien scanne le QR
    Alors la feuille s'ouvre et sa section est réservée
    Et l'écran montre les lignes de la feuille

  @CAS-RES-03 @nominal @EXG-RES-002 @EXG-RES-010 @EXG-SEC-001
  Scénario: Le numéro et le code de secours, tapés
    Quand le pharmacien tape le numéro et le code de secours
    Alors la feuille s'ouvre et sa section est réservée
    Et l'écran montre les lignes de la feuille
    Et aucun secret ne figure dans une adresse

  @CAS-RES-04 @nominal @EXG-RES-003
  Scénario: Une douchette restée en clavier AZERTY
    Quand le pharmacien scanne le QR avec une douchette restée en AZERTY
    Alors la feuille s'ouvre et sa section est réservée

  @CAS-RES-05 @adverse @twin:CAS-RES-03 @differs:/scan/alteration @EXG-RES-004 @EXG-ERG-001
  Scénario: Un numéro mal recopié
    Étant donné la clé de contrôle du numéro est fausse
    Quand le pharmacien tape le numéro et le code de secours
    Alors le scan est refusé sur le poste, sans appel
    Et le refus est expliqué pendant le scan
    Et l'utilisateur n'a lu que des phrases en clair pendant le scan

  @CAS-RES-06 @adverse @twin:CAS-RES-02 @differs:/scan/alteration @EXG-RES-005 @EXG-ERG-001
  Scénario: Un QR dont la signature est altérée
    Étant donné la signature du QR est altérée
    Quand le pharmacien scanne le QR
    Alors le scan est refusé sur le poste, sans appel
    Et le refus est expliqué pendant le scan
    Et l'utilisateur n'a lu que des phrases en clair pendant le scan

  @CAS-RES-07 @adverse @twin:CAS-RES-03 @differs:/scan/alteration @EXG-RES-006 @EXG-ERG-001
  Scénario: Un code de secours faux
    Étant donné le code de secours est faux
    Quand le pharmacien tape le numéro et le code de secours
    Alors le scan est refusé par la plateforme : code de secours faux
    Et le scan n'a pas été réessayé à l'aveugle
    Et le refus est expliqué pendant le scan
    Et l'utilisateur n'a lu que des phrases en clair pendant le scan

  @CAS-RES-08 @adverse @cap:clock @twin:CAS-RES-02 @differs:/event @EXG-RES-007 @EXG-ERG-001
  Scénario: Une feuille expirée
    Étant donné la feuille a expiré
    Quand le pharmacien scanne le QR
    Alors le scan est refusé sur le poste ou par la plateforme : feuille expirée
    Et le refus est expliqué pendant le scan
    Et rien n'a changé côté plateforme pendant le scan
    Et l'utilisateur n'a lu que des phrases en clair pendant le scan

  @CAS-RES-09 @adverse @twin:CAS-RES-02 @differs:/event @EXG-RES-008 @EXG-ERG-001
  Scénario: Une section tenue par une autre pharmacie
    Étant donné une autre pharmacie tient la feuille
    Quand le pharmacien scanne le QR
    Alors le scan est refusé par la plateforme : section tenue par un autre
    Et le scan n'a pas été réessayé à l'aveugle
    Et le refus est expliqué pendant le scan
    Et l'utilisateur n'a lu que des phrases en clair pendant le scan

  @CAS-RES-10 @adverse @twin:CAS-RES-02 @differs:/event @EXG-RES-009 @EXG-ERG-001
  Scénario: Une feuille annulée par le prescripteur
    Étant donné le prescripteur a annulé la feuille
    Quand le pharmacien scanne le QR
    Alors le scan est refusé par la plateforme : feuille annulée
    Et le scan n'a pas été réessayé à l'aveugle
    Et le refus est expliqué pendant le scan
    Et l'utilisateur n'a lu que des phrases en clair pendant le scan

  @CAS-RES-11 @adverse @twin:CAS-RES-02 @differs:/scan/alteration @EXG-RES-011 @EXG-ERG-001
  Scénario: Un QR étranger qui contient une page hostile
    Étant donné le QR présenté contient une page hostile
    Quand le pharmacien scanne le QR
    Alors le scan est refusé sur le poste, sans appel
    Et le refus est expliqué pendant le scan
    Et rien d'hostile n'est montré

  @CAS-RES-12 @adverse @twin:CAS-RES-02 @differs:/scan/alteration @EXG-RES-012
  Scénario: Un QR signé par une clé inconnue
    Étant donné le QR cite une clé que la plateforme ne publie pas
    Quand le pharmacien scanne le QR
    Alors le scan est refusé sur le poste, sans appel
    Et les clés publiées ont été relues une fois au plus
