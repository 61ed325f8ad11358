# language: fr
@prescriber @cap:print @act:issue @act:print
Fonctionnalité: Impression de l'ordonnance
  La page est jugée sur la page : rendue à 203 et 300 dpi, lue par deux lecteurs indépendants.

  Contexte:
    Étant donné la Dre Bennani, médecin généraliste à Kénitra

  @CAS-PRT-01 @nominal @EXG-PRT-001 @EXG-PRT-002 @EXG-PRT-003 @EXG-PRT-004 @EXG-PRT-005
  Scénario: L'ordonnance d'un adulte
    Étant donné le patient est un assuré salarié
    Et une consultation facturée 150,00 MAD
    Et une ordonnance de 2 médicaments remboursables
    Quand le médecin émet la feuille
    Et le médecin imprime l'ordonnance
    Alors le QR de la page est lu par deux lecteurs à 203 et 300 dpi
    Et le QR est assez grand et sa marge est blanche
    Et le numéro est imprimé en quatre groupes
    Et le code de secours est imprimé
    Et les mentions de l'article 34 sont imprimées

  @CAS-PRT-02 @nominal @EXG-PRT-001 @EXG-PRT-005
  Scénario: L'ordonnance d'une enfant de huit ans porte son âge
    Étant donné le patient est une enfant de huit ans
    Et une consultation facturée 150,00 MAD
    Et une ordonnance d'un médicament remboursable
    Quand le médecin émet la feuille
    Et le médecin imprime l'ordonnance
    Alors le QR de la page est lu par deux lecteurs à 203 et 300 dpi
    Et les mentions de l'article 34 sont imprimées
