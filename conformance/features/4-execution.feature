# language: fr
@pharmacy @act:scan @act:execute
Fonctionnalité: Délivrance à la pharmacie
  Toutes les lignes d'une visite partent en un appel ; rien n'est délivré au-delà du prescrit.

  Contexte:
    Étant donné la pharmacie Al Amal de Kénitra
    Et une ordonnance de 2 médicaments remboursables

  @CAS-EXE-01 @nominal @EXG-EXE-001 @EXG-EXE-006 @EXG-EXE-007 @EXG-ERG-001 @EXG-ERG-002 @EXG-SEC-001 @EXG-SEC-002 @EXG-API-001
  Scénario: Toute l'ordonnance en une visite
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre toute l'ordonnance
    Alors la visite est enregistrée telle que saisie
    Et la ligne 1 est délivrée
    Et la ligne 2 est délivrée
    Et toutes les lignes sont parties en un appel
    Et la révision et le bail ont été envoyés
    Et chaque acte porte sa clé d'idempotence
    Et deux échanges ont suffi
    Et le jeton d'accès est réutilisé
    Et le logiciel s'identifie à chaque appel
    Et aucun secret ne figure dans une adresse
    Et l'utilisateur n'a lu que des phrases en clair pendant la délivrance

  @CAS-EXE-02 @nominal @EXG-EXE-001 @EXG-EXE-002
  Scénario: Une délivrance partielle laisse le reste
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre une boîte de chaque ligne
    Alors la visite est enregistrée telle que saisie
    Et la ligne 1 est partiellement délivrée
    Et la ligne 2 est partiellement délivrée

  @CAS-EXE-03 @nominal @EXG-EXE-002 @EXG-EXE-007
  Scénario: Une seconde visite complète la première
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre une boîte de chaque ligne
    Et le pharmacien scanne le QR
    Et le pharmacien délivre une boîte de chaque ligne
    Alors la visite est enregistrée telle que saisie
    Et la ligne 1 est délivrée
    Et la ligne 2 est délivrée
    Et chaque acte porte sa clé d'idempotence

  @CAS-EXE-04 @nominal @EXG-EXE-003
  Scénario: Une ligne en rupture porte son motif
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre la première ligne et déclare la seconde en rupture
    Alors la visite est enregistrée telle que saisie
    Et la ligne 1 est délivrée
    Et la ligne 2 est non délivrée

  @CAS-EXE-05 @adverse @twin:CAS-EXE-01 @differs:/visits/0/kind @EXG-EXE-004 @EXG-ERG-001
  Scénario: Une boîte de plus que le prescrit
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre une boîte de trop
    Alors la délivrance est refusée sur le poste ou par la plateforme : au-delà du reste
    Et le refus est expliqué pendant la délivrance
    Et rien n'a changé côté plateforme pendant la délivrance
    Et l'utilisateur n'a lu que des phrases en clair pendant la délivrance

  @CAS-EXE-06 @adverse @twin:CAS-EXE-01 @differs:/visits/0/kind @EXG-EXE-005 @EXG-ERG-001
  Scénario: Un autre produit, sans l'accord du prescripteur
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre un autre produit sans accord
    Alors la délivrance est refusée sur le poste ou par la plateforme : substitution sans accord
    Et le refus est expliqué pendant la délivrance
    Et rien n'a changé côté plateforme pendant la délivrance
    Et l'utilisateur n'a lu que des phrases en clair pendant la délivrance

  @CAS-EXE-07 @adverse @twin:CAS-RES-02 @differs:/event @EXG-EXE-008 @EXG-ERG-001
  Scénario: Une feuille déjà délivrée en entier ailleurs
    Étant donné une autre pharmacie a tout délivré
    Quand le pharmacien scanne le QR
    Alors le scan est refusé sur le poste ou par la plateforme : plus rien à délivrer
    Et le refus est expliqué pendant le scan
    Et rien n'a changé côté plateforme pendant le scan
    Et l'utilisateur n'a lu que des phrases en clair pendant le scan

  @CAS-EXE-08 @adverse @cap:clock @twin:CAS-EXE-01 @differs:/event @EXG-RES-013 @EXG-ERG-001
  Scénario: Le bail a expiré entre le scan et la délivrance
    Étant donné le bail expire entre le scan et la délivrance
    Quand le pharmacien scanne le QR
    Et le pharmacien délivre toute l'ordonnance
    Alors la délivrance est refusée sur le poste ou par la plateforme : bail échu
    Et le refus est expliqué pendant la délivrance
    Et rien n'a changé côté plateforme pendant la délivrance
    Et l'utilisateur n'a lu que des phrases en clair pendant la délivrance
