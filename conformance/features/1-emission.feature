# language: fr
@prescriber @act:issue
Fonctionnalité: Émission de la feuille de soins
  Le prescripteur saisit, le logiciel vérifie les droits et émet ; la plateforme attribue le numéro.

  Contexte:
    Étant donné la Dre Bennani, médecin généraliste à Kénitra

  @CAS-ISS-01 @nominal @EXG-ISS-001 @EXG-ISS-002 @EXG-ISS-006 @EXG-ISS-007 @EXG-SEC-001 @EXG-SEC-002 @EXG-API-001 @EXG-ERG-001
  Scénario: Une consultation et deux médicaments pour un assuré salarié
    Étant donné le patient est un assuré salarié
    Et une consultation facturée 150,00 MAD
    Et une ordonnance de 2 médicaments remboursables
    Quand le médecin émet la feuille
    Alors la feuille est émise
    Et les droits ont été vérifiés avant l'émission
    Et la feuille porte exactement ce qui a été saisi
    Et elle est émise par une seule demande
    Et chaque acte porte sa clé d'idempotence
    Et le numéro affiché est celui de la plateforme
    Et le logiciel s'identifie à chaque appel
    Et aucun secret ne figure dans une adresse
    Et le jeton d'accès est réutilisé
    Et l'utilisateur n'a lu que des phrases en clair pendant l'émission

  @CAS-ISS-02 @nominal @EXG-ISS-001 @EXG-ISS-002
  Scénario: Une ordonnance pour une enfant de huit ans
    Étant donné le patient est une enfant de huit ans
    Et une consultation facturée 150,00 MAD
    Et une ordonnance d'un médicament remboursable
    Quand le médecin émet la feuille
    Alors la feuille est émise
    Et les droits ont été vérifiés avant l'émission
    Et la feuille porte exactement ce qui a été saisi

  @CAS-ISS-03 @nominal @EXG-ISS-001 @EXG-ISS-005
  Scénario: Un produit hors liste, prescrit avec son motif
    Étant donné le patient est un assuré salarié
    Et une consultation facturée 150,00 MAD
    Et une ordonnance d'un produit hors liste, avec son motif
    Quand le médecin émet la feuille
    Alors la feuille est émise
    Et le produit hors liste est déclaré avec son motif
    Et la feuille porte exactement ce qui a été saisi

  @CAS-ISS-04 @nominal @EXG-ISS-001 @EXG-ISS-003
  Scénario: Droits fermés, le médecin confirme et l'avertissement reste visible
    Étant donné le patient est un assuré aux droits fermés
    Et une consultation facturée 150,00 MAD
    Et une ordonnance d'un médicament remboursable
    Et le médecin confirme malgré l'avertissement
    Quand le médecin émet la feuille
    Alors la feuille est émise
    Et l'avertissement de la plateforme est montré pendant l'émission

  @CAS-ISS-05 @adverse @twin:CAS-ISS-01 @differs:/beneficiary @EXG-ISS-003 @EXG-ERG-001
  Scénario: Droits fermés, sans confirmation
    Étant donné le patient est un assuré aux droits fermés
    Et une consultation facturée 150,00 MAD
    Et une ordonnance de 2 médicaments remboursables
    Quand le médecin émet la feuille
    Alors l'émission est refusée sur le poste ou par la plateforme : droits fermés
    Et le refus est expliqué pendant l'émission
    Et rien n'a changé côté plateforme pendant l'émission
    Et l'utilisateur n'a lu que des phrases en clair pendant l'émission

  @CAS-ISS-06 @adverse @twin:CAS-ISS-01 @differs:/medicines/0/choice @EXG-ISS-004 @EXG-ERG-001
  Scénario: Un médicament inconnu de la nomenclature en vigueur
    Étant donné le patient est un assuré salarié
    Et une consultation facturée 150,00 MAD
    Et une ordonnance de 2 médicaments remboursables
    Mais le premier médicament porte un code inconnu de la nomenclature
    Quand le médecin émet la feuille
    Alors l'émission est refusée sur le poste ou par la plateforme : code inconnu
    Et le refus est expliqué pendant l'émission
    Et rien n'a changé côté plateforme pendant l'émission
    Et l'émission n'a pas été réessayée à l'aveugle
    Et l'utilisateur n'a lu que des phrases en clair pendant l'émission

  @CAS-ISS-07 @adverse @twin:CAS-ISS-01 @differs:/professional @EXG-ISS-008 @EXG-ERG-001
  Scénario: Un prescripteur suspendu
    Étant donné le patient est un assuré salarié
    Et une consultation facturée 150,00 MAD
    Et une ordonnance de 2 médicaments remboursables
    Mais le prescripteur est suspendu
    Quand le médecin émet la feuille
    Alors l'émission est refusée sur le poste ou par la plateforme : prescripteur suspendu
    Et le refus est expliqué pendant l'émission
    Et rien n'a changé côté plateforme pendant l'émission
    Et l'utilisateur n'a lu que des phrases en clair pendant l'émission

  @CAS-ISS-08 @adverse @twin:CAS-ISS-01 @differs:/beneficiary @EXG-RTS-001 @EXG-ERG-001
  Scénario: Une personne inconnue de la CNSS
    Étant donné le patient est une personne inconnue de la CNSS
    Et une consultation facturée 150,00 MAD
    Et une ordonnance de 2 médicaments remboursables
    Quand le médecin émet la feuille
    Alors l'émission est refusée sur le poste ou par la plateforme : bénéficiaire inconnu
    Et le refus est expliqué pendant l'émission
    Et rien n'a changé côté plateforme pendant l'émission
    Et l'utilisateur n'a lu que des phrases en clair pendant l'émission
