"""Wire shape of a lease (the resolution itself: `answers`)."""

from __future__ import annotations

from pydantic import Field

from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.wire import Instant, Wire
from simulator.resolutions.model import Lease


class LeaseAnswer(Wire):
    """A hold on a section. The id is sent back in the header `FSE-Lease` of an execution."""

    id: str = Field(examples=["lea-7q2m5xk3wz4n6b2d"])
    establishment: str = Field(examples=["PHA-KEN-01"])
    expires_at: Instant


def shown(lease: Lease) -> Json:
    """The same, ready for JSON."""
    return {"id": lease.id, "establishment": lease.establishment, "expires_at": clock.to_text(lease.expires_at)}
