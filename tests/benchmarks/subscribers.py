"""A thousand WebSockets that do next to nothing: what they take themselves must not be measured.

Each speaks just enough of RFC 6455 and of graphql-transport-ws to subscribe and to count events.
"""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import cycle
from os import urandom
from time import perf_counter
from typing import Any
from uuid import uuid4

import orjson

PROTOCOL = "graphql-transport-ws"
PATIENCE_S = 60

STALLED_TIMES = 50
"""Subscriptions of a reader that stalls, so that its buffers are soon full."""

_TEXT, _PING, _PONG = 0x81, 0x89, 0x8A
_NEXT = b'"type":"next"'
_ACK = b'"type":"connection_ack"'


class Subscriber(asyncio.Protocol):
    """One socket with a subscription on it, or the same one several times."""

    def __init__(
        self, crowd: Crowd, port: int, token: str, subscription: dict[str, Any], times: int = 1
    ) -> None:
        self._crowd = crowd
        self._times = times
        self._port = port
        self._token = token
        self._subscription = subscription
        self._buffer = bytearray()
        self._upgraded = False
        self.events = 0
        self.transport: Any = None
        self.ready = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        key = b64encode(urandom(16)).decode()
        self.transport.write(
            (
                f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._upgraded, self._buffer = True, bytearray(rest)
            authorization = {"authorization": f"Bearer {self._token}"}
            self._say({"type": "connection_init", "payload": authorization})
        while self._frame():
            pass

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.lost += 1

    def _frame(self) -> bool:
        """Take one whole frame from what has come; False where there is none yet."""
        buffer = self._buffer
        if len(buffer) < 4:
            return False
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4]), 4
        if len(buffer) < start + size:
            return False
        kind, payload = buffer[0], bytes(buffer[start : start + size])
        del buffer[: start + size]
        if kind == _TEXT:
            self._heard(payload)
        elif kind == _PING:
            self._send(_PONG, payload)
        return True

    def _heard(self, payload: bytes) -> None:
        if _NEXT in payload[:80]:
            assert b'"errors"' not in payload, payload
            self.events += 1
            self._crowd.heard()
        elif _ACK in payload:
            for _ in range(self._times):
                # As clients do: no two operations anywhere have the same.
                self._say({"id": str(uuid4()), "type": "subscribe", "payload": self._subscription})
            # What is asked after the subscription is answered after it has begun.
            self._say({"id": "last", "type": "subscribe", "payload": {"query": "{ __typename }"}})
            self.events -= 1  # the answer to that
            self._crowd.expected -= 1
        else:
            assert b'"complete"' in payload, payload
            self.ready.set()

    def _say(self, message: dict[str, Any]) -> None:
        self._send(_TEXT, orjson.dumps(message))

    def _send(self, kind: int, payload: bytes) -> None:
        # A client masks what it sends; with zeros that changes nothing.
        size = len(payload)
        head = bytes([kind, 0x80 | size]) if size < 126 else bytes([kind, 0xFE, *size.to_bytes(2)])
        self.transport.write(head + bytes(4) + payload)


class Crowd:
    """Subscribers who wait for the same events."""

    def __init__(self) -> None:
        self.members: list[Subscriber] = []
        self.expected = 0
        self.lost = 0
        self._all_heard = asyncio.Event()
        self.last_at = 0.0

    def heard(self) -> None:
        """One of them has heard of an event."""
        self.expected -= 1
        if self.expected == 0:
            self.last_at = perf_counter()
            self._all_heard.set()

    def expect(self, events: int) -> None:
        """From now on so many are waited for, by all together."""
        self.expected = events
        self._all_heard.clear()

    async def until_heard(self) -> float:
        """When the last of what is expected was heard."""
        async with asyncio.timeout(PATIENCE_S):
            await self._all_heard.wait()
        assert self.lost == 0, f"{self.lost} subscribers have lost their connection"
        return self.last_at


@asynccontextmanager
async def crowd(
    port: int, tokens: Sequence[str], subscriptions: Sequence[dict[str, Any]]
) -> AsyncIterator[Crowd]:
    """A subscriber for each of the subscriptions, by each of the tokens in turn; all have begun."""
    loop = asyncio.get_running_loop()
    found = Crowd()
    for token, subscription in zip(cycle(tokens), subscriptions, strict=False):
        _, made = await loop.create_connection(
            partial(Subscriber, found, port, token, subscription),
            "127.0.0.1",
            port,
        )
        found.members.append(made)
    try:
        async with asyncio.timeout(PATIENCE_S):
            for member in found.members:
                await member.ready.wait()
        yield found
    finally:
        for member in found.members:
            member.transport.abort()
        await asyncio.sleep(0.5)


@asynccontextmanager
async def stalled(port: int, token: str, subscription: dict[str, Any]) -> AsyncIterator[None]:
    """A socket with many subscriptions and little room, from which nothing is read."""
    loop = asyncio.get_running_loop()
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    await loop.sock_connect(connection, ("127.0.0.1", port))
    make = partial(Subscriber, Crowd(), port, token, subscription, STALLED_TIMES)
    transport, made = await loop.create_connection(make, sock=connection)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await made.ready.wait()
        made.transport.pause_reading()
        yield
    finally:
        transport.abort()
        await asyncio.sleep(0.5)
