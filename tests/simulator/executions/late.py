"""What the tests of late entries do at the pharmacy's counter, after an outage."""

from decimal import Decimal
from typing import Any

AT = "2026-11-23T09:00:00Z"
STRANGER = {"ean13": "6118999000186", "quantity": "3", "charged": "30.00", "lot": "L9"}
"""A product that no line of a sheet names."""


def enter(counter: Any, sheet: Any, *items: Any, persona: str = "pharmacy", at: str = AT) -> Any:
    """The answer to a late entry, proved by the sheet's QR."""
    body = {"scan": sheet["qr"]["payload"], "performed_at": at, "items": list(items)}
    return counter.call(persona, "POST", "/v1/late-executions", json=body, headers=counter.key())


def item(make: Any, quantity: str = "2", **changes: Any) -> Any:
    """The medicine of the sheet."""
    charged = f"{Decimal('42.30') * Decimal(quantity):.2f}"
    return {"ean13": make.delivered()["ean13"], "quantity": quantity, "charged": charged, "lot": "L1", **changes}


def correct(counter: Any, done: Any, what: str, body: Any) -> Any:
    """What an amendment or a withdrawal answers."""
    headers = {"if-match": f'"{done["revision"]}"', **counter.key()}
    answer = counter.call("pharmacy", "POST", f"/v1/executions/{done['id']}/{what}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()
