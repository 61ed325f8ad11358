#!/bin/sh
# Un monde, une feuille par la fabrique, sa lecture, l'horloge. FSE_SIMULATOR et FSE_BENCH_TOKEN disent où.
set -eu
banc() { curl -sSf -H "Authorization: Bearer $FSE_BENCH_TOKEN" -H 'Content-Type: application/json' "$@"; }
champ() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -1; }

MONDE=$(banc "$FSE_SIMULATOR/bench/v1/worlds" -d '{"now": "2026-11-23T09:00:00Z"}' | sed 's/"trust_anchor.*//' | champ id)
FEUILLE=$(banc "$FSE_SIMULATOR/bench/v1/worlds/$MONDE/sheets" -d '{"state": "held"}')
NUMERO=$(printf '%s' "$FEUILLE" | sed 's/"scan".*//' | champ number)
JETON=$(printf '%s' "$FEUILLE" | sed 's/.*"tokens"//' | champ prescriber)
LUE=$(curl -sSf "$FSE_SIMULATOR/w/$MONDE/v1/care-sheets/$NUMERO" -A 'Exemple/1.0 Editeur/exemple' \
  -H 'FSE-Version: 2026-01-01' -H "Authorization: Bearer $JETON")
echo "feuille $(printf '%s' "$LUE" | sed 's/"environment".*//' | champ status)"
echo "heure $(banc "$FSE_SIMULATOR/bench/v1/worlds/$MONDE/clock/advance" -d '{"seconds": 3600}' | champ now)"
banc -X DELETE "$FSE_SIMULATOR/bench/v1/worlds/$MONDE"
