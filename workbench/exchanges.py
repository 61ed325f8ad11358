"""How an exchange is told on a line, and the options that choose exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from terminal.plain import plain

OperationOption = Annotated[str, typer.Option("--operation", metavar="NOM", help="Une opération : issue-care-sheet…")]
ClientOption = Annotated[str, typer.Option("--client", metavar="LOGICIEL", help="Un logiciel (client_id).")]
StatusOption = Annotated[str, typer.Option("--status", metavar="STATUT", help="422, ou une classe : 4xx.")]
ProblemOption = Annotated[str, typer.Option("--problem", metavar="MOTIF", help="Un motif de refus ; any : tous.")]
FaultOption = Annotated[str, typer.Option("--fault", metavar="PANNE", help="Une panne provoquée ; any : toutes.")]
NumberOption = Annotated[str, typer.Option("--number", metavar="FEUILLE", help="Ce qui touche à cette feuille.")]
SinceOption = Annotated[str, typer.Option("--since", metavar="INSTANT", help="Depuis cet instant du monde.")]
UntilOption = Annotated[str, typer.Option("--until", metavar="INSTANT", help="Jusqu'à cet instant du monde.")]
MethodOption = Annotated[str, typer.Option("--method", metavar="MÉTHODE", help="GET, POST…")]
PathOption = Annotated[str, typer.Option("--path", metavar="DÉBUT", help="Début de l'adresse, sous celle du monde.")]
TraceOption = Annotated[str, typer.Option("--trace", metavar="TRACE", help="Une trace (32 chiffres hexadécimaux).")]


def line(exchange: Mapping[str, Any]) -> str:
    """One exchange on one line; what its caller wrote is spelled out, never obeyed by the terminal."""
    asked, status = exchange["request"], exchange["response"]["status"]
    query = f"?{asked['query']}" if asked["query"] else ""
    who = "/".join(part for part in (exchange["client_id"], exchange["inpe"]) if part) or "-"
    said = [
        f"{exchange['seq']:>6}  {exchange['world_time']}  {status or '---'}",
        f"{asked['method']} {_short(asked['path'] + query)}",
        exchange["operation"] or "-",
        who,
        f"{exchange['duration_ms']:.0f} ms",
    ]
    if exchange["problem"]:
        said.append(f"refus {exchange['problem']}")
    if (fault := exchange.get("fault")) is not None:
        said.append(f"panne {fault['kind']}")
    if changed := [link["event"] for link in exchange.get("state_change", ()) if link["event"] != "refused"]:
        said.append(f"→ {', '.join(changed)}")
    return plain("  ".join(said), 400)


def _short(text: str, most: int = 100) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
