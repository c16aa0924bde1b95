"""An endpoint for webhooks: takes messages over real sockets, and answers as it is told.

As a process of its own, `python -m tests.receiver PORT SECRET FILE FAILING_PERCENT SEED`: it writes
a line of JSON for each message whose signature fits, and answers 500 to some of them.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridql.domain.agencies.signatures import faults

PATIENCE_S = 20


@dataclass(frozen=True)
class Message:
    """One POST, as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    def faults(self, *secrets: str) -> list[str]:
        """What is wrong with it for somebody with these secrets."""
        return faults(
            secrets,
            self.headers["webhook-id"],
            self.headers["webhook-timestamp"],
            self.headers["webhook-signature"],
            self.body,
        )


@dataclass(frozen=True)
class Reply:
    """What the endpoint answers."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    after_s: float = 0


Answering = Callable[[Message], Reply]


class Receiver:
    """The endpoint, and all that has come to it."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.messages: list[Message] = []
        self.port = 0
        self.most_at_once = 0
        self._at_once = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._came = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it listens, by http."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def until(self, count: int) -> list[Message]:
        """All messages, as soon as there are so many."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.messages) < count:
                self._came.clear()
                await self._came.wait()
        return self.messages

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as long as the other side keeps it."""
        self._open.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await _read(reader)
                self.messages.append(message)
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                self._came.set()
                try:
                    reply = self.answer(message)
                    await asyncio.sleep(reply.after_s)
                finally:
                    self._at_once -= 1
                writer.write(_written(reply))
                await writer.drain()
        writer.close()
        self._open.discard(writer)

    async def close(self) -> None:
        """Let every connection go."""
        for writer in list(self._open):
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()


@asynccontextmanager
async def receiving(
    answer: Answering = lambda _: Reply(), *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """An endpoint that listens within this."""
    receiver = Receiver(answer)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await receiver.close()


async def _read(reader: asyncio.StreamReader) -> Message:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    assert method == "POST"
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    return Message(path, headers, await reader.readexactly(int(headers["content-length"])))


def _written(reply: Reply) -> bytes:
    headers = {"content-length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + reply.body


def _keeping(secret: str, file: Path, failing: int, seed: int) -> Answering:
    """Takes messages, but `failing` of a hundred; a line for each stands in the file first."""
    chance = random.Random(seed)

    def answer(message: Message) -> Reply:
        if chance.randrange(100) < failing:
            return Reply(500, body=b"not now")
        line = {"id": message.event["id"], "faults": message.faults(secret)}
        with file.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(line) + "\n")
        return Reply()

    return answer


async def _main(port: int, answer: Answering) -> None:
    async with receiving(answer, port=port):
        print("ready", flush=True)  # noqa: T201 -- whoever started it waits for this
        await asyncio.Event().wait()


if __name__ == "__main__":
    _port, _secret, _file, _failing, _seed = sys.argv[1:]
    asyncio.run(_main(int(_port), _keeping(_secret, Path(_file), int(_failing), int(_seed))))
