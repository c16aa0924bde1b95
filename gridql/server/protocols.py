"""uvicorn's protocols, with a way to be rid of a peer that takes nothing any more.

An ASGI application can only send, and sending waits until there is room. That is right for as long
as the peer reads; one that does not would keep its connection, and what waits for it, for good.
"""

from __future__ import annotations

from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_CUT_OFF = "gridql.cut_off"

CLOSING_S = 5.0
"""So long a peer has to read what was sent before its socket was closed, and to say goodbye."""


def cut_off(scope: Scope) -> None:
    """End the connection that this request came on, at once, whatever waits to be sent."""
    scope["extensions"][_CUT_OFF]()


class HttpConnection(HttpToolsProtocol):
    """HTTP that can be cut off."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {_CUT_OFF: self.transport.abort}
        self.scope["extensions"] = extensions


class SocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket that can be closed while its peer reads nothing: with a reason, then for good."""

    async def send(self, message: Any) -> None:
        closing = message["type"] == "websocket.close"
        if closing:
            # What comes last need not wait for room: nothing comes after it.
            self.writable.set()
        await super().send(message)
        if closing and not self.disconnected:
            self.loop.call_later(CLOSING_S, self.transport.abort)
