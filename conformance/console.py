"""What a person reads on the terminal: the examination, the progress, the verdict. French, one line a fact."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich import markup
from rich.console import Console

from conformance import campaign as campaigns
from conformance.doctor import Examined
from conformance.evidence.model import RunVerdict
from conformance.evidence.store import NotARun
from conformance.evidence.verification import verify
from conformance.session import Misconfigured, stand
from terminal.plain import plain

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

#: Verdict of a case → its mark (rich markup) and its word.
MARKS = {
    "passed": ("[green]✓[/]", "réussi"),
    "warning": ("[yellow]![/]", "avec réserve"),
    "failed": ("[red]✗[/]", "échec"),
    "inconclusive": ("[yellow]?[/]", "non concluant"),
    "blocked": ("[yellow]■[/]", "bloqué"),
    "review": ("[cyan]◎[/]", "à juger par une personne"),
    "not_applicable": ("[dim]–[/]", "sans objet"),
    "missing": ("[yellow]∅[/]", "non joué"),
    "crashed": ("[red]✗[/]", "logiciel tombé"),
    "timed_out": ("[red]✗[/]", "délai dépassé"),
    "harness_fault": ("[magenta]✗[/]", "faute du banc"),
}
SENTENCES = {
    RunVerdict.CONFORMANT: "[bold green]CONFORME[/] : toutes les exigences éprouvées sont tenues.",
    RunVerdict.RESERVATIONS: "[bold yellow]CONFORME AVEC RÉSERVES[/] : voir les réserves et dérogations du rapport.",
    RunVerdict.NON_CONFORMANT: "[bold red]NON CONFORME[/] : au moins une exigence obligatoire n'est pas tenue.",
    RunVerdict.INCOMPLETE: "[bold yellow]INCOMPLET[/] : des cas restent non concluants, bloqués ou non joués.",
    RunVerdict.CONFIGURATION: "[bold magenta]FAUTE DE CONFIGURATION[/] : rien n'a été jugé.",
    RunVerdict.HARNESS: "[bold magenta]FAUTE DU BANC[/] : le résultat n'engage pas le logiciel ; voir harness.log.",
}


def escape(text: str) -> str:
    """What the software under test may have said: neither markup of ours, nor a command to the terminal."""
    return markup.escape("\n".join(plain(line, 2_000) for line in text.split("\n")))


def _examined(quiet: bool) -> Callable[[Examined], None]:
    def say(line: Examined) -> None:
        if quiet and line.well:
            return
        mark = "[green]✓[/]" if line.well else "[red]✗[/]" if line.blocking else "[yellow]![/]"
        remedy = f" — remède : {line.remedy}" if line.remedy and not line.well else ""
        (out if line.well else err).print(f"{mark} {escape(line.what)} : {escape(line.found)}{escape(remedy)}")

    return say


def campaign(*, runs: Path, seed: str, only: tuple[str, ...], quiet: bool, **ground: Any) -> tuple[int, Path | None]:
    """Stand, run, report, say the verdict: the exit code, and the run's folder when there is one."""
    live: dict[str, str] = {}
    try:
        _expect_cases(only)
        with stand(runs=runs, say=_examined(quiet), **ground) as ready:
            began = time.monotonic()
            folder, verdict = campaigns.run(
                campaigns.Campaign(
                    profile=ready.profile,
                    capabilities=ready.capabilities,
                    simulator=ready.simulator,
                    bench_token=ready.bench_token,
                    platform=ready.platform,
                    folder=campaigns.new_folder(runs),
                    seed=seed,
                    nomenclature=ready.nomenclature,
                    only=only,
                    command=" ".join(["fse", *sys.argv[1:]]),
                ),
                _progress(live, quiet),
            )
    except Misconfigured as fault:
        err.print(f"[bold magenta]Configuration[/] : {escape(str(fault))}")
        return 2, None
    except KeyboardInterrupt:
        err.print("Interrompu : la campagne n'a pas de verdict.")
        return 3, None
    except OSError as fault:
        err.print(f"[bold magenta]Configuration[/] : {escape(str(fault))}")
        return 2, None
    _conclude(folder, verdict, live, time.monotonic() - began)
    return int(verdict["run"]["exit_code"]), folder


def _expect_cases(only: tuple[str, ...]) -> None:
    from conformance.plan import scenarios

    cases = [planned.case for planned in scenarios()]
    for prefix in only:
        if not any(case.startswith(prefix) for case in cases):
            families = sorted({case.rsplit("-", 1)[0] for case in cases})
            raise Misconfigured(f"aucun cas ne commence par « {prefix} ». Familles : {', '.join(families)}")


def _progress(live: dict[str, str], quiet: bool) -> Callable[[Any], None]:
    """Says each case as it is judged alone, and remembers that verdict in `live`."""
    planned = 0

    def on(event: Any) -> None:
        nonlocal planned
        if event["event"] == "planned":
            planned = event["cases"]
            if not quiet:
                out.print(f"{planned} cas à jouer")
        elif event["event"] == "judged":
            live[event["case"]] = event["verdict"]
            if not quiet:
                mark, word = MARKS[event["verdict"]]
                out.print(f"[dim]{len(live):>3}/{planned}[/] {mark} {word}  {event['case']}  {escape(event['title'])}")
                for line in event["why"]:
                    out.print(f"          {escape(line)}")

    return on


def _conclude(folder: Path, verdict: dict[str, Any], live: dict[str, str], seconds: float) -> None:
    from reports.writer import write_reports

    for case in verdict["cases"]:
        if case["case"] in live and live[case["case"]] != case["verdict"]:
            (_, before), (mark, after) = MARKS[live[case["case"]]], MARKS[case["verdict"]]
            out.print(f"{mark} {case['case']} : {before} seul, {after} à la fin — {escape(case['reason'] or '')}")
    counts = Counter(case["verdict"] for case in verdict["cases"])
    out.print()
    out.print(SENTENCES[RunVerdict(verdict["run"]["verdict"])])
    if why := verdict["run"].get("reason"):
        out.print(f"[bold yellow]Rien n'est établi[/] : {escape(why)}. Chercher d'où vient l'appel, puis relancer.")
    parts = [f"{counts[name]} {word}" for name, (_, word) in MARKS.items() if counts[name]]
    out.print(f"{len(verdict['cases'])} cas en {seconds:.1f} s : {', '.join(parts)}")
    untested = [row["id"] for row in verdict["requirements"] if row["keyword"] == "MUST" and row["not_tested"]]
    if untested:
        out.print(f"Exigences obligatoires que cette révision n'éprouve pas encore : {', '.join(untested)}")
    for path in write_reports(folder):
        out.print(f"Écrit : {path}")
    out.print(f"Vérifier : fse verify {folder}")


def verified(run: str, runs: Path) -> int:
    """Recompute and compare, a folder or a bundle; 0 when everything agrees, 1 when not, 2 when it is no run."""
    from reports.archive import opened
    from reports.cli import find_run
    from reports.source import RunUnreadable

    try:
        found = find_run(run, runs)
        with opened(found) as folder:
            outcome = verify(folder)
    except (NotARun, RunUnreadable) as fault:
        err.print(f"[bold magenta]Vérification impossible[/] : {escape(str(fault))}")
        return 2
    out.print(f"Vérification de {found}")
    for line in outcome.differences:
        out.print(f"[red]✗[/] {escape(line)}")
    if outcome.agrees:
        out.print(
            f"[green]✓[/] {outcome.files} fichiers intacts, {outcome.cases} cas et {outcome.checks} vérifications "
            "recalculés : tout concorde."
        )
        return 0
    out.print("[bold red]Les preuves et les verdicts ne concordent pas.[/]")
    return 1


def tried(names: tuple[str, ...], side_by_side: int, output: Path | None) -> int:
    """The suite's own trial, a line as each editor is judged; 0 when every one is caught exactly."""
    from conformance.evidence.store import write_json
    from conformance.faulty_editors.registry import all_faults
    from conformance.trial import as_json, scores, try_all

    unknown = sorted(set(names) - set(all_faults()))
    if unknown:
        err.print(f"Éditeur fautif inconnu : {', '.join(unknown)}. La liste : fse editor list")
        return 2
    rows = []
    for row in try_all(names, side_by_side=side_by_side):
        rows.append(row)
        mark = "[green]✓[/] pris" if row.caught else "[red]✗[/] échappé"
        out.print(f"{mark}  {row.fault.name} : {', '.join(sorted(row.red)) or 'aucun contrôle'}")
        if not row.caught:
            out.print(f"      épinglé : {', '.join(sorted(row.fault.breaks)) or 'rien'} ; code {row.exit_code}")
    out.print()
    for score in scores(rows):
        state = score.not_tested or f"{score.caught} pris sur {score.planted} planté(s)"
        if not names or score.planted:
            out.print(f"{score.requirement}  {score.keyword:6}  {escape(state)}")
    caught = sum(row.caught for row in rows)
    out.print(f"{caught} éditeur(s) fautif(s) pris sur {len(rows)}")
    if output:
        write_json(output, as_json(rows))
    return 0 if caught == len(rows) else 1


def examined(**ground: Any) -> int:
    """The doctor alone: this machine, and the software if one is named."""
    from conformance import doctor

    if not any(ground[key] for key in ("profile", "editor", "driver")):
        lines = list(doctor.machine(ground["runs"]))
        for line in lines:
            _examined(False)(line)
        return 2 if any(line.blocking and not line.well for line in lines) else 0
    try:
        with stand(say=_examined(False), **ground):
            out.print("[green]Tout est prêt.[/] La campagne : fse homologate avec les mêmes options.")
            return 0
    except Misconfigured as fault:
        err.print(f"[bold magenta]Configuration[/] : {escape(str(fault))}")
        return 2
