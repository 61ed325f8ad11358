"""How a broken answer leaves: cut, reset, in part, or drop by drop. With uvicorn, on its connection itself."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Send

from simulator.kit.answer import Whole
from simulator.kit.outside import deliver

PIECES = 200
CLOSING_S = 5.0
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: the connection is reset when it is closed


class Cut(ConnectionResetError):
    """There is no connection to cut: the application is called in the same process, and its caller is told so."""


async def cut(send: Send, receive: Receive, *, reset: bool = False) -> None:
    """End the connection; `reset`: at once, with a RST. Raises Cut where there is none."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise Cut("the connection is cut by a fault")
    if reset:
        with suppress(OSError, AttributeError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    else:
        transport.close()  # once what was written has left
    try:
        async with asyncio.timeout(CLOSING_S):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:  # its reader reads no more
        transport.abort()


async def in_part(send: Send, receive: Receive, answer: Whole, sent: bytes) -> None:
    """The answer, whose length is announced, and nothing after the first bytes of its body."""
    await send({"type": "http.response.start", "status": answer.status, "headers": _raw(answer)})
    await send({"type": "http.response.body", "body": sent, "more_body": True})
    await cut(send, receive)


async def drop_by_drop(send: Send, answer: Whole, seconds: float) -> None:
    """The whole answer, in so many seconds of real time; at most `PIECES` pieces."""
    size = max(1, -(-len(answer.body) // PIECES))
    drops = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
    if not drops:
        await asyncio.sleep(seconds)
        await deliver(send, answer)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": _raw(answer)})
    for rank, drop in enumerate(drops, 1):
        await asyncio.sleep(seconds / len(drops))
        await send({"type": "http.response.body", "body": drop, "more_body": rank < len(drops)})


def _raw(answer: Whole) -> list[tuple[bytes, bytes]]:
    return [(k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in answer.headers.items()]
