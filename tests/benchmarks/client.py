"""A small HTTP client that costs little: the same requests over connections that stay open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import cast

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Wrong(Exception):
    """A server answered with something else than a whole 200."""


def request(body: bytes, token: str) -> bytes:
    """The bytes of a request to `/graphql`."""
    head = (
        "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\nauthorization: Bearer {token}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection; asks one thing at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._requests: Iterator[bytes] | None = None
        self._until = 0.0
        self._asked_at = 0.0
        self._took_s: list[float] = []
        self._done: asyncio.Future[list[float]] | None = None

    async def ask(self, content: bytes) -> bytes:
        """The body of the answer to one request."""
        self._answer = asyncio.get_running_loop().create_future()
        self._send(content)
        return await self._answer

    async def drive(self, requests: Iterator[bytes], until: float) -> list[float]:
        """Ask one request after the other until that moment; how long each took, in seconds."""
        self._answer, self._requests, self._until, self._took_s = None, requests, until, []
        self._done = asyncio.get_running_loop().create_future()
        self._send(next(requests))
        return await self._done

    def _send(self, content: bytes) -> None:
        assert self._transport is not None
        self._asked_at = perf_counter()
        self._transport.write(content)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one by what it does, not by its type.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(_END)
        if head < 0:
            return
        start = self._received.find(_LENGTH, 0, head) + len(_LENGTH)
        end = self._received.find(b"\r", start)
        size = int(self._received[start:end])
        if len(self._received) < head + len(_END) + size:
            return
        self._answered(head + len(_END))

    def _answered(self, head: int) -> None:
        now = perf_counter()
        if not self._received.startswith(b"HTTP/1.1 200 "):
            self._fail(Wrong(self._received.decode(errors="replace")))
            return
        if self._answer is not None:
            self._answer.set_result(bytes(self._received[head:]))
            self._received.clear()
            return
        self._received.clear()
        self._took_s.append(now - self._asked_at)
        assert self._requests is not None and self._done is not None
        if now < self._until:
            self._send(next(self._requests))
        else:
            self._done.set_result(self._took_s)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or Wrong("the server closed the connection"))

    def _fail(self, error: Exception) -> None:
        for waiting in (self._answer, self._done):
            if waiting is not None and not waiting.done():
                waiting.set_exception(error)

    def close(self) -> None:
        """Give the connection up."""
        if self._transport is not None:
            self._transport.close()


@asynccontextmanager
async def connections(port: int, number: int) -> AsyncIterator[list[Connection]]:
    """So many connections to a port of this machine."""
    loop = asyncio.get_running_loop()
    opened = []
    try:
        for _ in range(number):
            _, one = await loop.create_connection(Connection, "127.0.0.1", port)
            opened.append(one)
        yield opened
    finally:
        for one in opened:
            one.close()
