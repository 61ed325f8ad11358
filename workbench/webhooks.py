"""`fse webhook listen`: the webhooks of a world, brought to a receiver on this machine and shown as they pass."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.plain import plain
from terminal.saying import JsonOption, refuse
from workbench.running import DEFAULT_WORLD, SimulatorOption, TokenFileOption, WorldOption, bench
from workbench.tokens import ClientOption

if TYPE_CHECKING:
    from client.bench import BenchClient
    from workbench.relay import Passed, Post

HOW = {"sent": "transmis", "duplicate": "en double", "late": "en retard", "dropped": "perdu"}
LONGEST_DELAY_S = 8.0
"""The platform waits 10 s for an answer."""


def register(app: typer.Typer) -> None:
    """Mount this room's commands."""
    webhook = typer.Typer(help="Les webhooks d'un monde, amenés à une adresse de cette machine.", no_args_is_help=True)
    webhook.callback()(lambda: None)
    webhook.command("listen")(listen)
    app.add_typer(webhook, name="webhook")


def listen(
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="Récepteur, sur cette machine ; sinon, les montrer suffit.")
    ] = "",
    client: ClientOption = None,
    types: Annotated[str, typer.Option("--types", help="Types d'événements, séparés par des virgules.")] = "",
    delay: Annotated[
        float,
        typer.Option(
            "--delay", min=0.0, max=LONGEST_DELAY_S, help="Retard de chacun, en secondes ; les suivants attendent."
        ),
    ] = 0.0,
    duplicate: Annotated[float, typer.Option("--duplicate", min=0.0, max=1.0, help="Part livrée deux fois.")] = 0.0,
    reorder: Annotated[float, typer.Option("--reorder", min=0.0, max=1.0, help="Part doublée par la suivante.")] = 0.0,
    drop: Annotated[float, typer.Option("--drop", min=0.0, max=1.0, help="Part perdue en route.")] = 0.0,
    seed: Annotated[str, typer.Option("--seed", help="Graine de ce qui est maltraité.")] = "relais",
    count: Annotated[int, typer.Option("--count", min=0, help="S'arrêter après ce nombre de passages.")] = 0,
    world: WorldOption = DEFAULT_WORLD,
    simulator: SimulatorOption = "",
    bench_token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Amener les webhooks d'un monde à un récepteur local, et les montrer au passage, jusqu'à Ctrl-C.

    Sans --to, ils sont seulement montrés : de quoi les voir avant d'avoir un récepteur.

    Le secret de l'abonnement, qui vérifie les signatures, est écrit en premier. Ce qui est retenu ou perdu est accusé
    à la plateforme : le récepteur le retrouve par le fil (GET /v1/events).

    Exemples :

    fse webhook listen

    fse webhook listen --to http://localhost:5000/hook --duplicate 0.3 --reorder 0.2
    """
    from client.http import session
    from client.launch import is_loopback
    from workbench.relay import Relay, Weather, serve

    if to and (not to.startswith(("http://", "https://")) or not is_loopback(to)):
        refuse("--to : une adresse de cette machine, comme http://localhost:5000/hook.")
    done, left = threading.Event(), [count]

    def tell(passed: Passed) -> None:
        typer.echo(json.dumps(passed.as_json(), ensure_ascii=False) if as_json else _line(passed))
        left[0] -= 1
        if left[0] == 0:
            done.set()

    weather = Weather(delay, duplicate, reorder, drop, seed)
    with bench(simulator, bench_token_file) as running, closing(session(LONGEST_DELAY_S)) as http:
        relay = Relay(weather, _posting(http, to) if to else _taken, tell)
        server = serve(relay)
        try:
            with _subscribed(running, world, client, f"http://127.0.0.1:{server.server_port}/", types) as secret:
                typer.echo(json.dumps({"secret": secret}) if as_json else f"Secret de l'abonnement : {secret}")
                _wait(done)
        finally:
            relay.flush()
            server.shutdown()
            server.server_close()


def _wait(done: threading.Event) -> None:
    try:
        while not done.wait(0.2):
            pass
    except KeyboardInterrupt:
        typer.echo("", err=True)


@contextmanager
def _subscribed(running: BenchClient, world: str, client: str | None, url: str, types: str) -> Iterator[str]:
    """A subscription of that software to that address, which ends with the command; its secret."""
    from client.http import FSE_VERSION, USER_AGENT, send, session

    issuer = str(running.world(world)["issuer"])

    def headers() -> dict[str, str]:
        minted = running.mint_token(world, persona="software", client=client)
        return {"authorization": f"Bearer {minted['token']}", "user-agent": USER_AGENT, "fse-version": FSE_VERSION}

    wanted: dict[str, Any] = {"url": url, **({"types": types.split(",")} if types else {})}
    with closing(session(10.0)) as http:
        made = send(http, "POST", f"{issuer}/v1/subscriptions", json=wanted, headers=headers()).json()
        try:
            yield str(made["secret"])
        finally:
            send(http, "DELETE", f"{issuer}/v1/subscriptions/{made['id']}", headers=headers())


def _posting(http: Any, to: str) -> Post:
    """Hand a webhook to the receiver: the same bytes and the same headers."""
    import httpx

    from workbench.relay import UNREACHABLE

    def post(body: bytes, headers: Any) -> int:
        try:
            return int(http.post(to, content=body, headers=dict(headers)).status_code)
        except httpx.HTTPError:
            return UNREACHABLE

    return post


def _taken(_body: bytes, _headers: Mapping[str, str]) -> int:
    """No receiver: shown is enough."""
    return 204


def _line(passed: Passed) -> str:
    told = passed.as_json()
    about = " ".join(f"{name}={value}" for name, value in (told["data"] or {}).items())
    status = "" if passed.status is None else f" {passed.status}"
    return plain(
        f"{passed.rank:4} {HOW[passed.how]:10}{status} {told['timestamp']} {told['type']} {told['id']} {about}"
    )
