# language: fr
Fonctionnalité: Remboursement montré au professionnel
  Le logiciel montre la décision de la plateforme, au centime ; il ne la recalcule jamais.

  @CAS-CLM-01 @act:issue @prescriber @nominal @EXG-CLM-001 @EXG-CLM-002
  Scénario: Le cas d'école, une consultation à 150,00 MAD
    Étant donné la Dre Bennani, médecin généraliste à Kénitra
    Et le patient est un assuré salarié
    Et une consultation facturée 150,00 MAD
    Quand le médecin émet la feuille
    Alors la plateforme décide 56,00 MAD pour la CNSS et 94,00 MAD pour le patient
    Et les parts affichées pendant l'émission sont celles de la plateforme

  @CAS-CLM-02 @act:scan @act:execute @pharmacy @nominal @EXG-CLM-001
  Scénario: L'estimation affichée au comptoir
    Étant donné la pharmacie Al Amal de Kénitra
    Et une ordonnance de 2 médicaments remboursables
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre toute l'ordonnance
    Alors les parts affichées pendant la délivrance sont celles de la plateforme

  @CAS-CLM-03 @act:consult-claim @pharmacy @nominal @EXG-CLM-001 @EXG-CLM-004
  Scénario: Un dossier accordé
    Étant donné la pharmacie Al Amal de Kénitra
    Et une ordonnance d'un médicament remboursable
    Quand le pharmacien consulte le dossier de remboursement
    Alors la décision affichée est celle de la plateforme
    Et les parts affichées pendant la consultation du dossier sont celles de la plateforme

  @CAS-CLM-04 @act:consult-claim @pharmacy @adverse @twin:CAS-CLM-03 @differs:/sheet/medicines/0/choice @EXG-CLM-003 @EXG-ERG-001
  Scénario: Une ligne hors liste, rejetée avec son motif
    Étant donné la pharmacie Al Amal de Kénitra
    Et une ordonnance d'un produit hors liste, avec son motif
    Quand le pharmacien consulte le dossier de remboursement
    Alors la décision affichée est celle de la plateforme
    Et le rejet est expliqué en clair
    Et l'utilisateur n'a lu que des phrases en clair pendant la consultation du dossier

  @CAS-CLM-05 @act:consult-claim @pharmacy @adverse @twin:CAS-CLM-03 @differs:/claim/owner @EXG-CLM-005 @EXG-ERG-001
  Scénario: Le dossier d'une autre pharmacie
    Étant donné la pharmacie Al Amal de Kénitra
    Et une ordonnance d'un médicament remboursable
    Mais le dossier est celui d'une autre pharmacie
    Quand le pharmacien consulte le dossier de remboursement
    Alors la consultation du dossier est refusée par la plateforme : inconnu ou pas à vous
    Et le refus est expliqué pendant la consultation du dossier
    Et l'utilisateur n'a lu que des phrases en clair pendant la consultation du dossier
