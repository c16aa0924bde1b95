"""uvicorn's protocols, with a way to send without a wait, and to be rid of who takes nothing.

An ASGI application can only send, and sending waits until there is room. That is right for as long
as the peer reads; one that does not would keep its connection, and what waits for it, for good. And
where many are told the same, to wait for each by itself takes longer than to tell them.
"""

from __future__ import annotations

from asyncio import Transport
from collections.abc import Callable
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_CUT_OFF = "gridql.cut_off"
_WIRE = "gridql.wire"
_TEXT = 0x81
"""The last frame of a text, which is also its first."""
_MEDIUM, _LONG = bytes((_TEXT, 126)), bytes((_TEXT, 127))
"""How one begins whose length is told in two bytes, or in eight."""

CLOSING_S = 5.0
"""So long a peer has to read what was sent before its socket was closed, and to say goodbye."""


def cut_off(scope: Scope) -> None:
    """End the connection that this request came on, at once, whatever waits to be sent."""
    scope["extensions"][_CUT_OFF]()


class Wire:
    """Where texts are written without a wait, for as long as there is room.

    It is apart from its connection because thousands are looked at for each event: one small object
    is found faster than one of forty members.
    """

    __slots__ = ("_closing", "_write", "room")

    def __init__(self, transport: Transport) -> None:
        self._write = transport.write
        self._closing = transport.is_closing
        self.room = True
        """Whether there is any: not after the server has said goodbye."""

    def sender(self, head: bytes, tail: bytes) -> Callable[[bytes], bool]:
        """What sends a text, given what stands between its head and its tail.

        It says False where it would have to wait, or nobody is there. The text goes in one frame,
        as RFC 6455 has it in 5.2; the library's own way takes ten times as long.
        """
        write, closing, around = self._write, self._closing, len(head) + len(tail)

        def send(body: bytes) -> bool:
            if not self.room or closing():
                return False
            size = around + len(body)
            if size < 126:
                header = bytes((_TEXT, size))
            elif size < 1 << 16:
                header = _MEDIUM + size.to_bytes(2)
            else:
                header = _LONG + size.to_bytes(8)
            write(b"".join((header, head, body, tail)))
            return True

        return send


def wire(scope: Scope) -> Wire | None:
    """That of this WebSocket, where the server underneath has such a thing."""
    found: Wire | None = scope.get("extensions", {}).get(_WIRE)
    return found


class HttpConnection(HttpToolsProtocol):
    """HTTP that can be cut off."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {_CUT_OFF: self.transport.abort}
        self.scope["extensions"] = extensions


class SocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket that is written to without a wait, and closed while its peer reads nothing."""

    def connection_made(self, transport: Any) -> None:
        self._wire = Wire(transport)
        super().connection_made(transport)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.handshake_complete:
            extensions: dict[str, Any] = {**self.scope["extensions"], _WIRE: self._wire}
            self.scope["extensions"] = extensions

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wire.room = False

    def resume_writing(self) -> None:
        super().resume_writing()
        self._wire.room = not self.close_sent

    def handle_ping(self) -> None:
        """Answer a peer that reads the answers; for one that does not they would only be kept."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def keepalive_timeout(self) -> None:
        """End a connection whose peer answers no ping, also where it takes nothing any more."""
        super().keepalive_timeout()
        self.loop.call_later(CLOSING_S, self.transport.abort)

    async def send(self, message: Any) -> None:
        closing = message["type"] == "websocket.close"
        if closing:
            # What comes last need not wait for room: nothing comes after it.
            self.writable.set()
            self._wire.room = False
        await super().send(message)
        if closing and not self.disconnected:
            self.loop.call_later(CLOSING_S, self.transport.abort)
