"""GraphQL over server-sent events: one operation, told as a stream of events.

Follows the "distinct connections mode" of PROTOCOL.md of the graphql-sse project. Beyond it, every
event of the journal carries its cursor as `id`, and so do the first event and the heartbeats, which
have nothing else: a client that comes back with `Last-Event-ID` goes on where it was, also when it
has heard of nothing yet.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from starlette.types import Receive, Scope, Send

from gridql.server.operations import Answer, Series
from gridql.server.protocols import cut_off

Headers = list[tuple[bytes, bytes]]

CONTENT_TYPE = b"text/event-stream; charset=utf-8"

HEARTBEAT_S = 15.0
"""Below the idle limits of common proxies (nginx: 60 s)."""

PATIENCE_S = 30.0
"""So long a client may take nothing of what is sent to it; then it is cut off, and may resume."""

_COMPLETE = b"event: complete\ndata:\n\n"


class EventStream:
    """The response to one request as a stream of events."""

    def __init__(
        self, series: Series, send: Send, *, heartbeat_s: float, patience_s: float
    ) -> None:
        self._series = series
        self._send = send
        self._heartbeat_s = heartbeat_s
        self._patience_s = patience_s
        self._saying = asyncio.Lock()
        self._told = -1

    async def tell(
        self,
        scope: Scope,
        receive: Receive,
        headers: Headers,
        stop: asyncio.Event,
    ) -> None:
        """Send answers until there are no more, the client is gone, or the server stops."""
        start = {
            "type": "http.response.start",
            "status": 200,
            # Proxies that hold back what they pass on, as nginx does, are asked not to.
            "headers": [(b"content-type", CONTENT_TYPE), (b"x-accel-buffering", b"no"), *headers],
        }
        await self._send(start)
        tasks = [
            asyncio.create_task(each)
            for each in (self._answers(), self._heartbeats(), _gone(receive), stop.wait())
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if any(isinstance(task.exception(), TimeoutError) for task in done):
            cut_off(scope)
            await _gone(receive)
            return
        for task in done:
            task.result()
        await self._send({"type": "http.response.body", "body": b""})

    async def _answers(self) -> None:
        async with aclosing(self._series.answers()) as answers:
            async for answer in answers:
                async with self._saying:
                    await self._say(_event(answer))
                    self._told = answer.position or self._told
                # Sending does not wait while there is room: then others have their turn here.
                await asyncio.sleep(0)
        async with self._saying:
            await self._say(_COMPLETE)

    async def _heartbeats(self) -> None:
        """Where the stream has begun, as soon as it is known; then now and then a sign of life."""
        await self._series.following.wait()
        while True:
            async with self._saying:
                position = self._series.position
                if position is not None and position > self._told:
                    await self._say(b"id: %d\n\n" % position)
                    self._told = position
                else:
                    await self._say(b":\n\n")
            await asyncio.sleep(self._heartbeat_s)

    async def _say(self, text: bytes) -> None:
        async with asyncio.timeout(self._patience_s):
            await self._send({"type": "http.response.body", "body": text, "more_body": True})


def _event(answer: Answer) -> bytes:
    # JSON as orjson writes it has no line breaks of its own.
    id_line = b"" if answer.position is None else b"id: %d\n" % answer.position
    payload = answer.payload if answer.kind == "next" else b'{"errors":%s}' % answer.payload
    return b"%sevent: next\ndata: %s\n\n" % (id_line, payload)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
