"""`fse audit verify` and `fse audit show`. Heavy imports stay inside the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.command import DatabaseOption, existing
from terminal.saying import JsonOption, refuse, say

if TYPE_CHECKING:
    from simulator.audit.verify import Head, Verdict
    from simulator.kit.storage import Database, Row

_WORLD = Annotated[str, typer.Option("--world", metavar="MONDE", help="Un seul monde ; par défaut, tous.")]
_MOST = 10_000


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    group = typer.Typer(help="Piste d'audit : vérifier sa chaîne, la lire.", no_args_is_help=True)
    group.command("verify")(verify_chain)
    group.command("show")(show)
    app.add_typer(group, name="audit")


def verify_chain(
    database: DatabaseOption = "",
    world: _WORLD = "",
    head: Annotated[
        str, typer.Option("--head", metavar="RANG:EMPREINTE", help="Tête notée ailleurs, à retrouver (avec --world).")
    ] = "",
    state: Annotated[
        bool, typer.Option("--state", help="Compare aussi l'état des feuilles à la piste rejouée.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Vérifier que personne n'a touché à la piste d'audit.

    Suit la chaîne d'empreintes de chaque monde et dit le premier maillon rompu. Une coupe à la fin, ou une
    chaîne entièrement réécrite, ne se voit que contre une tête notée ailleurs : noter celle que cette commande
    affiche, la redonner par --head.

    Codes de sortie : 0 intacte, 1 rompue, 2 demande à corriger.

    Exemples :

      fse audit verify

      fse audit verify --database sqlite:///essai.sqlite --world default --state

      fse audit verify --world default --head 1250:9f86d081884c7d65…
    """
    from simulator.audit import verify

    noted = _head(head, world)
    with existing(database) as db:
        found = [verify.world(db, name, noted) for name in _worlds(db, world)]
        drifts = {v.world: _drift(db, v) for v in found} if state else {}
    sound = all(v.sound for v in found) and not any(drifts.values())
    worlds = [verify.as_json(v) | ({"state_differs": drifts[v.world]} if state else {}) for v in found]
    lines = [line for v in found for line in _said(v, drifts.get(v.world))]
    say({"sound": sound, "worlds": worlds}, as_json, lines or ["Aucune piste d'audit dans cette base."])
    raise typer.Exit(0 if sound else 1)


def show(
    database: DatabaseOption = "",
    world: Annotated[str, typer.Option("--world", metavar="MONDE", help="Monde à lire.")] = "default",
    subject: Annotated[
        str, typer.Option("--subject", metavar="SUJET", help="Numéro de feuille, ou ben:immatriculation/rang.")
    ] = "",
    after: Annotated[int, typer.Option("--after", min=0, help="Commence après ce maillon.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=_MOST, help="Nombre de maillons.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Lire la piste d'audit d'un monde, du plus ancien au plus récent.

    Exemples :

      fse audit show --limit 20

      fse audit show --world essai --subject "2604 8173 9055 2494" --json
    """
    from simulator.audit import store

    with existing(database) as db:
        (name,) = _worlds(db, world)
        wanted = subject if subject.startswith("ben:") else subject.replace(" ", "")
        rows = db.call(lambda tx: store.page(tx, name, after, limit, wanted or None), name)
    lines = [_line(row) for row in rows] or ["Rien dans la piste d'audit après ce maillon."]
    say({"entries": [store.as_json(row) for row in rows]}, as_json, lines)


def _line(row: Row) -> str:
    told = f"{row['seq']:>7}  {row['at']}  {row['event']:<24}  {row['subject'] or '-':<18}  {row['actor']}"
    return f"{told}  {row['data']}"


def _said(verdict: Verdict, drift: list[str] | None) -> list[str]:
    from simulator.audit import verify

    links = f"{verdict.links} maillon{'s' if verdict.links > 1 else ''}"
    if verdict.broken is None:
        state = f"{links}, chaîne intacte, tête {verdict.links}:{verdict.head}"
    else:
        state = f"CHAÎNE ROMPUE : {verify.in_french(verdict.broken)} ; {links} avant lui"
    lines = [f"{verdict.world} : {state}"]
    if drift is not None and verdict.sound:
        lines.append("  état des feuilles : celui de la piste" if not drift else "  ÉTAT DIFFÉRENT DE LA PISTE :")
        lines += [f"    feuille {number}" for number in drift]
    return lines


def _drift(db: Database, verdict: Verdict) -> list[str]:
    from simulator.audit import replay

    return replay.drift(db, verdict.world) if verdict.sound else []


def _head(text: str, world: str) -> Head | None:
    from simulator.audit.verify import Head

    if not text:
        return None
    try:
        noted = Head.of(text)
    except ValueError:
        refuse("--head attend RANG:EMPREINTE, 64 chiffres hexadécimaux après le deux-points.")
    if not world:
        refuse("--head demande --world : une tête est celle d'un monde.")
    return noted


def _worlds(db: Database, wanted: str) -> list[str]:
    """The world that was named, or every one that exists or has left a trail."""
    from simulator.audit import store
    from simulator.worlds import store as worlds

    known = db.call(lambda tx: sorted({*store.worlds(tx), *(w.id for w in worlds.everything(tx, ""))}))
    if wanted and wanted not in known:
        refuse(f"le monde « {wanted} » n'existe pas dans cette base.")
    return [wanted] if wanted else known
