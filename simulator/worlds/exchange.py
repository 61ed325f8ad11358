"""One exchange of a world, from its headers to its journal entry; `gateway` says what comes when."""

from __future__ import annotations

import contextlib
import logging
import re
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from simulator.audit import store as audit
from simulator.faults.injection import HEADER as FAULT_HEADER
from simulator.faults.injection import Injection
from simulator.journal import addresses
from simulator.journal import store as journal
from simulator.kit import clock, ids, versions
from simulator.kit.answer import Whole
from simulator.kit.call import Actor
from simulator.kit.context import Context
from simulator.kit.http import handle
from simulator.kit.outside import deliver
from simulator.kit.problems import Problem, render
from simulator.kit.route import Route
from simulator.kit.routing import Routes
from simulator.kit.storage import Tx
from simulator.worlds import receiving
from simulator.worlds.model import World
from simulator.worlds.patience import Patience
from simulator.worlds.service import Worlds

log = logging.getLogger("simulator")
SUBJECT = re.compile("[0-9 -]{0,32}")
"""What a path may name as a sheet; all else may be a secret, that the audit trail would keep for ever."""
USER_AGENT = re.compile(r"^[^/\s]+/[^\s]+ [^/]+/[^\s/]+$")
_OPEN_TO_ALL = ("/.well-known/", "/jwks.json", "/problems/")


@lru_cache(maxsize=64)
def _http_date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


class Exchange:
    """One request below a world: what is checked of it, what is answered, what the journal and the audit trail keep."""

    def __init__(self, worlds: Worlds, world: World, scope: Scope, headers: dict[str, str], raw: str) -> None:
        self.started, self.real_time = clock.stopwatch(), clock.real_now()
        self.scope, self.raw, self.path, self.world = scope, raw, unquote(raw), world
        self.mark = world.exchange_mark()
        self.units, self.followers = worlds.within(world), world.followers
        self.ctx = Context(
            world=world,
            db=self.units,
            audit=audit.append,
            record=self,
            now=world.now(),
            trace_id=ids.trace_id(headers.get("traceparent"), self.mark[:32]),
            headers=headers,
            path=scope["path"],
            query_string=scope["query_string"],
            product=headers.get("user-agent", ""),
            in_flight=worlds.in_flight,
        )
        self.warning: str | None = None
        self.fault: Injection | None = None
        self.answer: Whole
        self.shown: Whole
        """What of it leaves."""
        self.kept = False
        """Journaled with what it wrote."""

    async def receive(self, receive: Receive, patience: Patience) -> Problem | None:
        """Read the request, unless its headers refuse it already; why it is refused."""
        try:
            self.check_agent()
            self.check_version()
            headers = self.ctx.headers
            if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
                self.ctx.body = await receiving.body(headers, receive, patience)
                self.ctx.now = self.world.now()  # it may have been long in coming
        except Problem as problem:
            return problem
        except Exception:
            log.exception("internal error, trace %s", self.ctx.trace_id)
            return Problem("internal-error", "Erreur interne du simulateur.")
        return None

    def check_agent(self) -> None:
        """Raises Problem missing-user-agent."""
        if not self.path.startswith(_OPEN_TO_ALL) and not USER_AGENT.match(self.ctx.product):
            raise Problem(
                "missing-user-agent",
                "L'en-tête User-Agent doit avoir la forme « Produit/Version Éditeur/client_id ».",
            )

    def check_version(self) -> None:
        """Raises Problem missing-version, unsupported-version."""
        asked = self.ctx.headers.get(versions.HEADER)
        if asked != versions.CURRENT:
            self.warning = versions.check(self.path, asked, clock.day(self.ctx.now))

    def find(self, routes: Routes[Route]) -> Route:
        """The route of this exchange. Raises Problem not-found, method-not-allowed."""
        route, self.ctx.parameters = routes.find(self.scope["method"], self.path)
        self.ctx.operation = route.operation
        return route

    async def broken(self, route: Route) -> Whole:
        """What the fault lets happen of the call. Raises Problem."""
        assert self.fault is not None
        return await self.fault.around(self.ctx, lambda: handle(route, self.ctx))

    def refuse(self, problem: Problem, routes: Routes[Route]) -> None:
        """Answer a refusal; one that came before the route was chosen is named after that route all the same."""
        if self.ctx.operation is None:
            with contextlib.suppress(Problem):
                self.find(routes)
        ctx, self.kept = self.ctx, False
        ctx.problem = problem.slug
        status, headers, body = render(
            problem,
            issuer=ctx.world.issuer,
            instance=ctx.path,
            trace_id=ctx.trace_id,
            accept_language=ctx.headers.get("accept-language"),
        )
        self.answer = Whole(status, headers, body)

    def finish(self) -> None:
        """Complete the headers and queue the journal entry, unless that was done: the answer may go."""
        if not self.kept:
            fault = self.fault
            self.answer = self.shown = self._complete(self.answer) if fault is None else self._labelled(fault)
            if (fault := self.fault) is not None:
                self.shown = fault.shown(self.answer)
            entry = self._entry(self.shown)

            def unit(tx: Tx) -> None:
                self._append(tx, entry)

            self.ctx.db.post(unit)
        for follower in self.followers:
            follower.set()

    def keep(self, tx: Tx, answer: Whole) -> int | None:
        """As `Record.keep`; nothing is kept here of a call that meets a fault: what will leave of it is not known."""
        if self.fault is not None:
            return None
        seq, body = self._append(tx, self._entry(self._complete(answer)))
        self.kept = True
        return seq if body == answer.body else None

    def body(self, tx: Tx, seq: int) -> bytes:
        """As `Record.body`."""
        return journal.body(tx, self.world.id, seq)

    def _append(self, tx: Tx, entry: journal.Exchange) -> tuple[int, bytes]:
        world = self.world.id
        return journal.append(tx, world, addresses.cleaned(tx, world, entry), self.units.links)

    async def deliver(self, receive: Receive, send: Send) -> None:
        """Let the answer go."""
        answer, fault = self.answer, self.fault
        if self.scope["method"] == "HEAD":
            answer = Whole(answer.status, answer.headers, b"")
        await (deliver(send, answer) if fault is None else fault.deliver(send, receive, answer, self.shown))

    def _labelled(self, fault: Injection) -> Whole:
        """The answer that is left of it, labelled."""
        answer = fault.replaced(self.answer)
        if fault.missed:
            self.ctx.db.post(fault.give_back)
            self.fault = None
            return self._complete(self.answer)
        if answer.status == 0:
            return answer
        completed = self._complete(answer)
        completed.headers |= {"date": _http_date(self.ctx.now + fault.skew), FAULT_HEADER: fault.met.label}
        return completed

    def _complete(self, answer: Whole) -> Whole:
        ctx = self.ctx
        given, headers = ctx.headers, answer.headers
        headers |= {
            "date": _http_date(ctx.now),
            "x-request-id": ids.request_id(given.get("x-request-id"), self.mark[32:48]),
            "fse-version": versions.CURRENT,
            "x-fse-world": ctx.world.id,
        }
        headers.setdefault("cache-control", "no-store")
        if ctx.quota is not None:
            headers["ratelimit-policy"], headers["ratelimit"] = ctx.quota
        if self.warning is not None:
            headers[versions.WARNING_HEADER] = self.warning
        if "traceparent" in given:
            headers["traceparent"] = given["traceparent"]
        if answer.status != 304 and answer.status != 204:
            headers["content-length"] = str(len(answer.body))
        return answer

    async def record_refusal(self) -> None:
        """Write a refusal's link of the audit trail: on the disk before the answer leaves when it is about somebody's
        care, else queued. Raises Problem storage-unavailable, world-not-found.
        """
        ctx, operation, slug = self.ctx, self.ctx.operation, self.ctx.problem
        if operation is None or slug is None:
            return
        status = self.answer.status
        named = ctx.parameters.get("number", "")
        subject = ctx.subject or (named if SUBJECT.fullmatch(named) else "")
        actor = ctx.actor
        if actor is None and ctx.client_id is not None:
            actor = Actor(ctx.client_id, ctx.inpe)
        world, at, trace = ctx.world.id, ctx.now, ctx.trace_id

        def unit(tx: Tx) -> None:
            audit.refusal(tx, world, at, actor, operation, slug, status, subject, trace)

        if subject and slug != "storage-unavailable":
            await ctx.db.write(unit)
        else:
            ctx.db.post(unit)

    def _entry(self, answer: Whole) -> journal.Exchange:
        ctx = self.ctx
        return journal.Exchange(
            real_time=clock.to_precise_text(self.real_time),
            world_time=clock.to_text(ctx.now),
            duration_ms=round((clock.stopwatch() - self.started) * 1000, 3),
            client_id=ctx.client_id,
            inpe=ctx.inpe,
            delegate=ctx.actor.delegate if ctx.actor else None,
            operation=ctx.operation,
            problem=ctx.problem,
            trace_id=ctx.trace_id,
            method=self.scope["method"],
            path=self.raw,
            query=ctx.query_string.decode("latin-1"),
            request_headers=ctx.headers,
            request_body=ctx.body,
            status=answer.status,
            response_headers=answer.headers,
            response_body=answer.body,
            fault=None if self.fault is None else self.fault.told(),
            granted=ctx.granted,
        )
