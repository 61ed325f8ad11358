"""`fse world`: the worlds of a simulator that runs."""

from __future__ import annotations

from typing import Annotated

import typer

from terminal.saying import JsonOption, say
from workbench.handover import creating, described, listing, on_a_line
from workbench.offline import over
from workbench.running import SimulatorOption, TokenFileOption, bench

NameArgument = Annotated[str, typer.Argument(metavar="MONDE", help="Le monde.")]
SnapshotArgument = Annotated[str, typer.Argument(metavar="INSTANTANÉ", help="Le nom de l'instantané.")]


def register(app: typer.Typer) -> None:
    """Mount this room's commands: in the group of the room that has those about a database, when it is there."""
    group = next((one.typer_instance for one in app.registered_groups if one.name == "world"), None)
    if group is None:
        group = typer.Typer(no_args_is_help=True)
        app.add_typer(group, name="world", help="Mondes : créer, voir, cloner, garder, ramener.")
    over(group, "create", creating)
    over(group, "list", listing)
    for command in (show, clone, snapshot, snapshots, forget, restore, reset, delete):
        group.command(command.__name__)(command)


def show(
    world: NameArgument,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Voir un monde : son heure, ses gens, ses instantanés. Avec --json : clés de test comprises.

    Exemple : fse world show essai-1
    """
    with bench(simulator, bench_token_file) as running:
        found, kept = running.world(world), running.snapshots(world)
    people = [f"  {one['role']} {one['inpe']}  {one['persona']}" for one in found["professionals"]]
    states = [f"  {one['name']}  {one['now']}" for one in kept]
    lines = [*described(found), "Professionnels :", *people, *(["Instantanés :", *states] if kept else [])]
    say({**found, "snapshots": kept}, as_json, lines)


def clone(
    world: NameArgument,
    new: Annotated[str, typer.Argument(metavar="NOUVEAU", help="Le nom du clone ; sinon, il est tiré.")] = "",
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cloner un monde : même graine, même heure, mêmes clés, mêmes données, sous un autre nom.

    Exemple : fse world clone essai-1 essai-1-bis
    """
    with bench(simulator, bench_token_file) as running:
        made = running.clone_world(world, new or None)
    say(made, as_json, described(made))


def snapshot(
    world: NameArgument,
    name: SnapshotArgument,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Garder un monde tel qu'il est, pour y revenir.

    Exemple : fse world snapshot essai-1 avant
    """
    with bench(simulator, bench_token_file) as running:
        taken = running.take_snapshot(world, name)
    say(taken, as_json, [f"Instantané « {taken['name']} » de {world}, au {taken['now']}."])


def snapshots(
    world: NameArgument,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Voir les instantanés d'un monde.

    Exemple : fse world snapshots essai-1
    """
    with bench(simulator, bench_token_file) as running:
        kept = running.snapshots(world)
    say({"snapshots": kept}, as_json, [f"{one['name']}  {one['now']}" for one in kept] or ["Aucun instantané."])


def forget(
    world: NameArgument,
    name: SnapshotArgument,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Oublier un instantané.

    Exemple : fse world forget essai-1 avant
    """
    with bench(simulator, bench_token_file) as running:
        running.delete_snapshot(world, name)
    say({"deleted": name}, as_json, [f"Instantané « {name} » oublié."])


def restore(
    world: NameArgument,
    name: SnapshotArgument,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ramener un monde à un instantané : feuilles, heure, journal. Les jetons d'accès donnés depuis sont refusés.

    Exemple : fse world restore essai-1 avant
    """
    with bench(simulator, bench_token_file) as running:
        found = running.restore_snapshot(world, name)
    say(found, as_json, [on_a_line(found)])


def reset(
    world: NameArgument,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remettre un monde à neuf, comme à sa création ; ses instantanés restent.

    Exemple : fse world reset essai-1
    """
    with bench(simulator, bench_token_file) as running:
        found = running.reset_world(world)
    say(found, as_json, [on_a_line(found)])


def delete(
    world: NameArgument,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Supprimer un monde, avec ses instantanés.

    Exemple : fse world delete essai-1
    """
    with bench(simulator, bench_token_file) as running:
        running.delete_world(world)
    say({"deleted": world}, as_json, [f"Monde « {world} » supprimé."])
