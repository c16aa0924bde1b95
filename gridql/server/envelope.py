"""What goes around every request: its id, and the last net under it."""

from __future__ import annotations

import logging
import re
from itertools import count

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gridql import clock
from gridql.server import negotiation
from gridql.server.refusals import INTERNAL, JSON_TYPE, error

log = logging.getLogger("gridql.server")

_GIVEN_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_STARTS = frozenset(
    {"http.response.start", "websocket.accept", "websocket.http.response.start"},
)


class Envelope:
    """ASGI middleware: gives each request an id and answers for whatever breaks inside it.

    A client or a proxy that sends a well-formed `X-Request-Id` keeps it; others get the number of
    the request behind something that only this process has. The id comes back with every response
    and stands in every line that is logged about the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._process = clock.random_bytes(8).hex()
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        request_id = given if _GIVEN_ID.fullmatch(given) else self._new_id()
        scope["state"]["request_id"] = request_id.decode()
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] in _STARTS:
                started = True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:  # the last net: a bug is logged, and never described to the caller
            log.exception("request %s: %s", request_id.decode(), scope["path"])
            if started or scope["type"] == "websocket":
                raise  # nothing can be said any more; the server cuts the connection
            lang = negotiation.language(header(scope, b"accept-language").decode("latin-1"))
            entry = error("INTERNAL", INTERNAL[lang], requestId=request_id.decode())
            await respond(send_with_id, 500, orjson.dumps({"errors": [entry]}))

    def _new_id(self) -> bytes:
        return f"{self._process}-{next(self._numbers):x}".encode()


def header(scope: Scope, name: bytes) -> bytes:
    """All values of a header as one list; empty where there is none."""
    return b", ".join(value for key, value in scope["headers"] if key == name)


async def respond(
    send: Send,
    status: int,
    body: bytes,
    *,
    content_type: bytes = JSON_TYPE,
    headers: list[tuple[bytes, bytes]] | None = None,
    more: bool = False,
) -> None:
    """Send a whole response at once; with `more`, an empty part that ends it is still to come."""
    start: Message = {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", content_type),
            (b"content-length", b"%d" % len(body)),
            *(headers or ()),
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": more})
