"""Credentials of a replay: the same people, software with a key of the replay, tokens known by their fingerprint.

A trace names a credential by its fingerprint. One that the replay was given in its turn stands for it; one that
nobody can make again (a wrong token, an unknown secret) is sent as an equally wrong one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc.jwk import ECKey

from client.api import assertion
from client.bench import BenchClient

WRONG = "identifiant-que-la-trace-ne-contient-pas"
SECRET = "rejeu"  # noqa: S105 - of a world made for a replay
FIELDS = frozenset({"client_secret", "client_assertion", "assertion", "access_token", "token", "secret"})
MARK = re.compile(r"redacted:sha256:[0-9a-f]{12}")


class Credentials:
    """What a replay proves itself with. `made`: fingerprint in the trace → what stands for it here."""

    def __init__(self, clients: Sequence[Mapping[str, Any]]) -> None:
        self.key = ECKey.generate_key("P-256")
        self.made: dict[str, str] = {}
        self.unmade = 0
        self._kids = {one["client_id"]: (one["keys"] or ["rejeu"])[0] for one in clients}
        self._people: dict[str, Mapping[str, Any]] = {}
        self._bench: BenchClient
        self._world: Mapping[str, Any]

    def enter(self, bench: BenchClient, world: Mapping[str, Any]) -> None:
        """Meet the people of the world that was made."""
        self._bench, self._world = bench, world
        for person in (*world["professionals"], *world["beneficiaries"]):
            self._people[_subject(person)] = person

    def registration(self, client: Mapping[str, Any], kids: Sequence[str] = ()) -> dict[str, Any]:
        """How a software of the trace is registered: with the key of the replay, and a secret if it had one."""
        name = client["client_id"]
        self._kids[name] = next(iter(kids), self._kids.get(name, "rejeu"))
        public = {**self.key.as_dict(private=False), "kid": self._kids[name], "use": "sig", "alg": "ES256"}
        secret = {"secret": SECRET} if client.get("secret") else {}
        return {"client_id": name, "name": client["name"], "jwks": {"keys": [public]}, **secret}

    def learn(self, marks: Sequence[str], secrets: Sequence[str]) -> None:
        """What was given in the trace, and what is given here, in the same order."""
        self.made.update(zip(marks, secrets, strict=False))

    def header(self, value: str, client: str | None) -> str:
        """An Authorization (or cookie) header, made again."""
        scheme, space, mark = value.rpartition(" ")
        if not MARK.fullmatch(mark):
            return value
        if scheme.lower() == "basic" and mark not in self.made:
            secret = SECRET if client else WRONG
            self.made[mark] = base64.b64encode(f"{client or WRONG}:{secret}".encode()).decode()
        return f"{scheme}{space}{self._of(mark)}"

    def form(self, body: str, client: str | None, bearer: Mapping[str, Any] | None) -> str:
        """The body of a token request, signed again for those whom it was for."""
        if not MARK.search(body.replace("%3A", ":")) or "=" not in body:
            return body
        return urlencode([(name, self._field(name, value, client, bearer)) for name, value in parse_qsl(body, True)])

    def plain(self, text: str) -> str:
        """Any other text that names a credential."""
        return MARK.sub(lambda found: self._of(found[0]), text.replace("redacted%3Asha256%3A", "redacted:sha256:"))

    def _field(self, name: str, value: str, client: str | None, bearer: Mapping[str, Any] | None) -> str:
        if not MARK.fullmatch(value):
            return value
        if value not in self.made:
            signed = None
            if name == "client_assertion" and client is not None and client in self._kids:
                signed = assertion(self.key, self._kids[client], self._world["issuer"], client)
            elif name == "assertion" and bearer is not None:
                signed = self._credential(bearer)
            if signed is not None:
                self.made[value] = signed
        return self._of(value)

    def _credential(self, bearer: Mapping[str, Any]) -> str | None:
        who = self._person(str(bearer["sub"]))
        if who is None:
            return None
        claims: dict[str, Any] = {"role": bearer["role"]}
        if "inpe" in who:
            claims |= {"inpe": who["inpe"], "establishment": who["establishment"]["id"], "acr": bearer["acr"]}
        if "act" in bearer:
            claims["act"] = bearer["act"]
        key = ECKey.import_key(dict(who["private_jwk"]))
        return assertion(key, who["kid"], self._world["issuer"], str(bearer["sub"]), **claims)

    def _person(self, subject: str) -> Mapping[str, Any] | None:
        """Of the personas, else of the people whom the population adds."""
        if subject not in self._people and self._world["others"]["families"]:
            for person in self._others():
                self._people.setdefault(_subject(person), person)
                if subject in self._people:
                    break
        return self._people.get(subject)

    def _others(self) -> Iterator[Mapping[str, Any]]:
        yield from self._bench.people(self._world["id"], "professionals")
        for family in self._bench.people(self._world["id"], "families"):
            yield from family

    def _of(self, mark: str) -> str:
        if mark not in self.made:
            self.unmade += 1
        return self.made.get(mark, WRONG)


def secrets_of(value: Any) -> Iterator[str]:
    """What an answer hands over under the names of secrets, in its order."""
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, dict):
        for name, each in value.items():
            if name in FIELDS and isinstance(each, str):
                yield each
            elif name == "tokens" and isinstance(each, dict):
                yield from each.values()
            elif isinstance(each, (dict, list)):
                yield from secrets_of(each)
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, (dict, list)):
                yield from secrets_of(each)


def _subject(person: Mapping[str, Any]) -> str:
    return str(person.get("inpe") or f"{person['registration_number']}/{person['dependant_rank']}")
