"""`fse fault`: what a world is told to do wrong. Heavy imports stay inside the commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from terminal.saying import JsonOption, say
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench

KindArgument = Annotated[str, typer.Argument(metavar="SORTE", help="Sorte de panne (fse fault kinds).")]
FaultArgument = Annotated[str, typer.Argument(metavar="PANNE", help="Identifiant de la panne, flt-…")]
OperationOption = Annotated[
    list[str] | None,
    typer.Option("--operation", metavar="NOM", help="Opération visée, comme issue-care-sheet ; répétable."),
]
ClientOption = Annotated[str | None, typer.Option("--client", metavar="LOGICIEL", help="Logiciel visé.")]
EventOption = Annotated[
    list[str] | None, typer.Option("--event", metavar="TYPE", help="Type d'événement visé (webhooks) ; répétable.")
]
AfterOption = Annotated[int | None, typer.Option("--after", min=0, help="Laisser passer tant d'appels d'abord.")]
NthOption = Annotated[int | None, typer.Option("--nth", min=1, help="Au n-ième appel seulement.")]
EveryOption = Annotated[int | None, typer.Option("--every", min=1, help="À un appel sur tant.")]
ProbabilityOption = Annotated[
    str | None, typer.Option("--probability", metavar="TAUX", help="Avec cette probabilité, comme 0.25.")
]
CountOption = Annotated[int | None, typer.Option("--count", min=1, help="Tant de fois au plus.")]
StatusOption = Annotated[int | None, typer.Option("--status", help="Statut répondu, au lieu de couper.")]
SecondsOption = Annotated[int | None, typer.Option("--seconds", help="Durée, retard ou décalage, en secondes.")]
BytesOption = Annotated[int | None, typer.Option("--bytes", help="Octets du corps qui partent (mid-body).")]
RetryOption = Annotated[int | None, typer.Option("--retry-after", help="Ce que dit Retry-After, en secondes.")]
MemberOption = Annotated[str | None, typer.Option("--member", metavar="NOM", help="Membre touché (unknown-value).")]
KeyOption = Annotated[str | None, typer.Option("--key", metavar="CLÉ", help="token ou qr (key-rotation).")]
VersionOption = Annotated[
    str | None, typer.Option("--version", metavar="LISTE", help="Liste de médicaments (nomenclature-change).")
]


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    fault = typer.Typer(help="Les pannes d'un monde : en ajouter, les voir, en retirer.", no_args_is_help=True)
    fault.command("add")(add)
    fault.command("list")(show)
    fault.command("remove")(remove)
    fault.command("clear")(clear)
    fault.command("kinds")(kinds)
    app.add_typer(fault, name="fault")


def add(
    kind: KindArgument,
    operation: OperationOption = None,
    client: ClientOption = None,
    event: EventOption = None,
    after: AfterOption = None,
    nth: NthOption = None,
    every: EveryOption = None,
    probability: ProbabilityOption = None,
    count: CountOption = None,
    status: StatusOption = None,
    seconds: SecondsOption = None,
    bytes: BytesOption = None,
    retry_after: RetryOption = None,
    member: MemberOption = None,
    key: KeyOption = None,
    version: VersionOption = None,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ajouter une panne à un monde.

    Exemple : fse fault add after-commit --operation issue-care-sheet --nth 2
    """
    said = {
        "kind": kind, "operations": operation or None, "client": client, "events": event or None, "after": after,
        "nth": nth, "every": every, "probability": _rate(probability), "count": count, "status": status,
        "seconds": seconds, "bytes": bytes, "retry_after_s": retry_after, "member": member, "key": key,
        "version": version,
    }  # fmt: skip
    with bench(simulator, bench_token_file) as running:
        made = running.add_fault(world, **said)
    say(made, as_json, [_line(made)])


def show(
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Les pannes d'un monde, et combien de fois elles sont arrivées.

    Exemple : fse fault list
    """
    with bench(simulator, bench_token_file) as running:
        found = running.faults(world)
    say(found, as_json, [_line(fault) for fault in found] or [f"Aucune panne dans le monde {world}."])


def remove(
    fault: FaultArgument,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Retirer une panne.

    Exemple : fse fault remove flt-7q2m5xk3wz4n6b2d
    """
    with bench(simulator, bench_token_file) as running:
        running.remove_fault(world, fault)
    say({"removed": 1}, as_json, [f"Panne {fault} retirée."])


def clear(
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Retirer toutes les pannes d'un monde.

    Exemple : fse fault clear --world essai-1
    """
    with bench(simulator, bench_token_file) as running:
        removed = running.clear_faults(world)
    say({"removed": removed}, as_json, [f"{removed} panne(s) retirée(s)."])


def kinds(
    simulator: SimulatorOption = "", bench_token_file: TokenFileOption = None, as_json: JsonOption = False
) -> None:
    """Les sortes de pannes, leur sens et leurs réglages.

    Exemple : fse fault kinds
    """
    with bench(simulator, bench_token_file) as running:
        found = running.fault_kinds()
    say(found, as_json, [line for kind in found for line in _explained(kind)])


def _explained(kind: dict[str, Any]) -> Iterator[str]:
    yield f"{kind['kind']:<22} {kind['sense']}"
    for name, option in kind["options"].items():
        default = f" ; {option['default']} par défaut" if "default" in option else ""
        yield f"{'':<22}   {name} : {option['sense']} ({option['expected']}{default})"


def _line(fault: dict[str, Any]) -> str:
    """``flt-…  after-commit  issue-care-sheet, nth 2  arrivée 0 fois sur 3 appels``."""
    hidden = ("id", "kind", "moment", "met", "times", "operations", "events")
    targets = [*fault.get("operations", ()), *fault.get("events", ())]
    said = [", ".join(targets) or "tous"] + [f"{name} {fault[name]}" for name in fault if name not in hidden]
    times = f"arrivée {fault['times']} fois pour {fault['met']} appel(s)"
    return f"{fault['id']}  {fault['kind']}  {', '.join(said)}  ({times})"


def _rate(text: str | None) -> str | None:
    """``0.5`` → ``0.50``, as the bench writes rates; it refuses what is none."""
    whole, point, decimals = (text or "").partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}" if point else f"{whole}.00" if whole else None
