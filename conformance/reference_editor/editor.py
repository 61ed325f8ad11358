"""The whole software: one class, and the door through which every action passes.

A faulty editor is a subclass that overrides one of the small methods inherited here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from . import texts
from .development_key import public_jwks
from .dispensing import Dispensing
from .prescribing import Prescribing
from .records import Json, Outcome, Refusal, Unavailable

_log = logging.getLogger(__name__)
_DEFAULT_DEADLINE_S = 20.0


class ReferenceEditor(Prescribing, Dispensing):
    """A practice and a pharmacy in one process: one lane, one action at a time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.turn = threading.Lock()
        self.screen: Json = {"title": "Accueil", "fields": {}}
        self.forget()

    def actions(self) -> dict[str, Callable[[Json], Outcome]]:
        """What this software can do, by the driver contract's names."""
        return {
            "configure": self.configure,
            "reset": self.reset,
            "check-rights": self.show_rights,
            "issue": self.issue,
            "print": self.print_sheet,
            "cancel": self.cancel,
            "scan": self.scan,
            "execute": self.execute,
            "consult-claim": self.consult_claim,
            "describe-screen": self.describe_screen,
        }

    def capabilities(self) -> Json:
        """What it declares, with the public key to register for it."""
        return {
            "contract": "1",
            "product": self.product,
            "version": self.version,
            "editor": self.publisher,
            "professions": ["prescriber", "pharmacy"],
            "actions": list(self.actions()),
            "reconfigurable": True,
            "clock": True,
            "offline_queue": False,
            "print": True,
            "webhooks": False,
            "client": {"client_id": self.client_id, "jwks": public_jwks(self.client_key)},
        }

    def run(self, action: str, given: Json, deadline_s: float | None = None) -> Outcome:
        """Do one action; whatever happens, the answer is an outcome with a sentence, never a stack trace."""
        with self.turn:
            self.deadline = time.monotonic() + (deadline_s or _DEFAULT_DEADLINE_S) - 0.5
            outcome = self.protected(self.actions()[action], given)
            if action != "describe-screen":
                self.screen = {"title": action, "fields": outcome.data}
            return outcome

    def protected(self, work: Callable[[Json], Outcome], given: Json) -> Outcome:
        """Turn whatever stops an action into an outcome with one French sentence."""
        try:
            return work(given)
        except Refusal as refusal:
            return Outcome("refused").say("error", refusal.sentence)
        except Unavailable as trouble:
            return Outcome("failed").say("error", trouble.sentence)
        except Exception as error:  # the last rampart: the user must never see this
            _log.error("unexpected %s", type(error).__name__, exc_info=error)
            return Outcome("failed").say("error", texts.INTERNAL)

    def reset(self, given: Json) -> Outcome:
        """Forget everything but the settings."""
        self.forget()
        return Outcome().say("info", texts.FORGOTTEN)

    def describe_screen(self, given: Json) -> Outcome:
        """What the user has before his eyes: the last action and its fields."""
        return Outcome(data=dict(self.screen))
