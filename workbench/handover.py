"""`fse world create` and `fse world list`: of the simulator that runs; about a database, handed over to the commands
that another room has for it. Heavy imports stay inside the commands.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from terminal.saying import JsonOption, refuse, say
from workbench.offline import Offline
from workbench.running import SimulatorOption, TokenFileOption, bench


def creating(offline: Offline | None) -> Offline:
    def create(
        name: Annotated[str, typer.Option("--name", metavar="NOM", help="Nom du monde ; sinon, il est tiré.")] = "",
        seed: Annotated[str, typer.Option("--seed", metavar="GRAINE", help="Graine ; sinon, le nom.")] = "",
        now: Annotated[str, typer.Option("--now", metavar="INSTANT", help="Heure de départ ; sinon, la vraie.")] = "",
        running_clock: Annotated[bool, typer.Option("--running", help="L'horloge court ; sinon, figée.")] = False,
        deployment: Annotated[
            str, typer.Option("--deployment", metavar="CALENDRIER", help="homologation, kenitra-pilot, national…")
        ] = "",
        tariff_set: Annotated[
            str, typer.Option("--tariff-set", metavar="JEU", help="Tarifs : tnr-2006, en vigueur, ou conventions-2020.")
        ] = "",
        clients: Annotated[
            list[str],
            typer.Option("--client", metavar="LOGICIEL:SECRET", help="Un logiciel de la première heure ; répétable."),
        ] = [],  # noqa: B006 - Typer makes a new one
        simulator: SimulatorOption = "",
        bench_token_file: TokenFileOption = None,
        database: Annotated[
            str, typer.Option("--database", metavar="URL", help="Créer dans cette base, sans simulateur qui tourne.")
        ] = "",
        persona_set: Annotated[
            str, typer.Option("--persona-set", metavar="PEUPLEMENT", help="Dans une base : kenitra, ou default (vide).")
        ] = "",
        days: Annotated[
            int | None, typer.Option("--days", min=0, max=400, help="Dans une base : jours d'activité ; 30.")
        ] = None,
        until: Annotated[
            str, typer.Option("--until", metavar="AAAA-MM-JJ", help="Dans une base : dernier jour d'activité.")
        ] = "",
        per_day: Annotated[
            int | None, typer.Option("--per-day", min=0, max=20_000, help="Dans une base : feuilles d'un jour.")
        ] = None,
        base_url: Annotated[
            str, typer.Option("--base-url", metavar="URL", help="Dans une base : adresse où le monde sera servi.")
        ] = "",
        as_json: JsonOption = False,
    ) -> None:
        """Créer un monde : dans le simulateur qui tourne ; dans une base, peuplé, avec --database ou --persona-set.

        Exemples :

          fse world create --name essai-1 --seed 7 --now 2026-11-23T09:00:00Z --client demo:demo-secret

          fse world create --persona-set kenitra --days 30

          fse world create --name essai --seed 7 --days 3 --per-day 20 --database sqlite:///essai.sqlite --json
        """
        of_a_base = {"days": days, "until": until or None, "per_day": per_day, "base_url": base_url or None}
        given = {name: value for name, value in of_a_base.items() if value is not None}
        if database or persona_set:
            if offline is None:
                refuse("cette installation n'a pas de simulateur : --database et --persona-set n'y sont pas.")
            if now or running_clock or deployment or clients:
                refuse("--now, --running, --deployment et --client : pour un simulateur qui tourne, pas pour une base.")
            words = {"persona_set": persona_set, "tariff_set": tariff_set}
            chosen = {key: value for key, value in words.items() if value}
            offline(name=name, seed=seed, database=database, as_json=as_json, **chosen, **given)
            return
        if given:
            refuse("jours, feuilles par jour et adresse sont d'un monde peuplé : ajouter --persona-set ou --database.")
        body: dict[str, Any] = {"id": name, "seed": seed, "now": now, "deployment": deployment}
        body["tariff_set"] = tariff_set
        body["clients"] = [_client(one) for one in clients]
        body["clock"] = "running" if running_clock else ""
        with bench(simulator, bench_token_file) as running:
            made = running.create_world(**{key: value or None for key, value in body.items()})
        say(made, as_json, described(made))

    return create


def _client(told: str) -> dict[str, str]:
    """A software and the secret that is its proof in the first hour."""
    client_id, _, secret = told.partition(":")
    if not client_id or not secret:
        refuse(f"--client {told} : écrire le logiciel et son secret, comme demo:demo-secret.")
    return {"client_id": client_id, "name": client_id, "secret": secret}


def listing(offline: Offline | None) -> Offline:
    def everything(
        simulator: SimulatorOption = "",
        bench_token_file: TokenFileOption = None,
        database: Annotated[
            str, typer.Option("--database", metavar="URL", help="Ceux de cette base, sans simulateur qui tourne.")
        ] = "",
        as_json: JsonOption = False,
    ) -> None:
        """Voir les mondes du simulateur qui tourne, ou d'une base avec --database.

        Exemples :

          fse world list

          fse world list --database sqlite:///essai.sqlite
        """
        if database:
            if offline is None:
                refuse("cette installation n'a pas de simulateur : --database n'y est pas.")
            offline(database=database, as_json=as_json)
            return
        with bench(simulator, bench_token_file) as running:
            found = running.worlds()
        say({"worlds": found}, as_json, [on_a_line(one) for one in found] or ["Aucun monde."])

    return everything


def on_a_line(world: dict[str, Any]) -> str:
    mode = "figée" if world["clock"] == "frozen" else "elle court"
    return f"{world['id']}  {world['now']} ({mode})  peuplement {world['persona_set']}"


def described(world: dict[str, Any]) -> list[str]:
    return [
        on_a_line(world),
        f"  adresse {world['issuer']}",
        f"  graine {world['seed']}, liste {world['nomenclature']}, tarifs {world['tariff_set']}",
    ]
