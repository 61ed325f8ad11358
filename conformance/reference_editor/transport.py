"""One HTTP exchange with the platform, and what to do when its answer is lost.

The rules: identify the software on every call; never put a secret in a URL; keep the same idempotency key
when the same request is sent again; repeat only what may be repeated (time-out, cut connection, 5xx, 429,
request still in progress), at most twice, waiting as long as ``Retry-After`` asks, never past the deadline.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from .answer import Answer, json_object
from .records import Json, Unavailable
from .texts import UNREACHABLE

_TRANSIENT = frozenset({429, 500, 502, 503, 504})


class Transport:
    """The HTTP side of the software. ``transport`` lets tests stand in for the network."""

    product = "EditeurReference"
    version = "1.0.0"
    publisher = "Banc-FSE"
    max_retries = 2
    timeout_s = 6.0
    backoff_s = 0.25

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self.client_id = ""
        self.deadline = time.monotonic() + 20
        self.heard: datetime | None = None  # the last instant the platform told
        self.http = httpx.Client(transport=transport, trust_env=False, follow_redirects=False)

    def user_agent(self) -> str:
        """``Product/Version Editor/client_id``: mandatory on every call."""
        return f"{self.product}/{self.version} {self.publisher}/{self.client_id}"

    def idempotency_key(self) -> str:
        """A new key for a new intention; a repetition of the same intention keeps its key."""
        return str(uuid.uuid4())

    def common_headers(self) -> dict[str, str]:
        return {
            "User-Agent": self.user_agent(),
            "Accept": "application/json, application/problem+json",
            "Accept-Language": "fr",
            "FSE-Version": "2026-01-01",
            "X-Request-ID": str(uuid.uuid4()),
        }

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        body: Json | None = None,
        form: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Answer:
        """One request, one answer. httpx.TransportError when the answer is lost."""
        left = self.deadline - time.monotonic()
        response = self.http.request(
            method,
            url,
            headers={**self.common_headers(), **headers},
            json=body,
            data=form,
            params=query,
            timeout=max(0.5, min(self.timeout_s, left)),
        )
        self.listen(response.headers.get("Date"))
        return Answer(response.status_code, response.headers, response.content, json_object(response.content))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        body: Json | None = None,
        form: Callable[[], dict[str, str]] | None = None,
        query: dict[str, str] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Exchange, repeating while the answer is lost or transient; Unavailable when that does not help.

        ``form`` is made anew for each attempt: a signed assertion serves once.
        """
        sent_headers = dict(headers or {})
        for attempt in range(self.max_retries + 1):
            answer: Answer | None
            try:
                fields = form() if form is not None else None
                answer = self.exchange(method, url, headers=sent_headers, body=body, form=fields, query=query)
            except httpx.TransportError:
                answer = None
            if answer is not None and not self.is_transient(answer):
                return answer
            wait = self.wait_before_retry(attempt, answer)
            if not repeatable or attempt == self.max_retries or time.monotonic() + wait >= self.deadline:
                break
            time.sleep(wait)
            sent_headers = self.headers_of_retry(sent_headers)
        raise Unavailable(UNREACHABLE)

    def is_transient(self, answer: Answer) -> bool:
        """Whether the same request may succeed later without anyone changing anything."""
        garbled = answer.ok and answer.body is None and "pdf" not in answer.headers.get("Content-Type", "")
        in_flight = answer.status == 409 and answer.code == "idempotency-in-flight"
        return answer.status in _TRANSIENT or in_flight or (garbled and bool(answer.content))

    def headers_of_retry(self, headers: dict[str, str]) -> dict[str, str]:
        """A repetition says the same thing under the same idempotency key."""
        return headers

    def wait_before_retry(self, attempt: int, answer: Answer | None) -> float:
        """Seconds to wait: what ``Retry-After`` asks, otherwise a doubling pause."""
        pause = self.backoff_s * float(2**attempt)
        asked = answer.headers.get("Retry-After", "") if answer is not None else ""
        if asked.isdigit():
            return max(pause, float(asked))
        if asked and self.heard is not None:
            moment = _http_date(asked)
            if moment is not None:
                return max(pause, (moment - self.heard).total_seconds())
        return pause

    def listen(self, date_header: str | None) -> None:
        """Follow the platform's clock: dates of care, validity and tokens are judged on it."""
        moment = _http_date(date_header or "")
        if moment is not None and (self.heard is None or moment > self.heard):
            self.heard = moment


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
