"""The ways to follow hazards that a subscriber connects by, each as an ordinary client does it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.endurance.subscribers import START, Complaint, Place
from tests.endurance.told import EVENT, Audience, Told, told

FOLLOW = f"""
subscription Follow($after: Cursor, $filter: HazardEventFilter) {{
  hazardUpdates(after: $after, filter: $filter) {{ {EVENT} }}
}}
"""

PAGE = f"""
query Page($after: Cursor, $filter: HazardEventFilter) {{
  hazardEvents(after: $after, first: 50, filter: $filter) {{ edges {{ node {{ {EVENT} }} }} }}
}}
"""

_PROTOCOL = Subprotocol("graphql-transport-ws")
_POLL_S = 0.25


class WebSockets:
    """`hazardUpdates` over graphql-transport-ws."""

    name = "WebSocket"

    def __init__(self, url: str) -> None:
        self._url = url.replace("http", "ws", 1) + "/graphql"

    async def events(self, audience: Audience, place: Place) -> AsyncGenerator[Told]:
        async with connect(
            self._url, subprotocols=[_PROTOCOL], proxy=None, compression=None, close_timeout=0.1
        ) as socket:
            payload = {"authorization": f"Bearer {audience.token}"}
            await _say(socket, type="connection_init", payload=payload)
            acknowledged = orjson.loads(await socket.recv())
            if acknowledged["type"] != "connection_ack":
                raise Complaint(str(acknowledged))
            asked = {"query": FOLLOW, "variables": _variables(audience, place)}
            await _say(socket, type="subscribe", id="1", payload=asked)
            while True:
                message = orjson.loads(await socket.recv())
                if message["type"] != "next":
                    raise Complaint(str(message))
                event = _update(message["payload"])
                place.cursor = str(event.position)
                yield event


class ServerSentEvents:
    """`hazardUpdates` over server-sent events, taken up with `Last-Event-ID`."""

    name = "server-sent events"

    def __init__(self, url: str) -> None:
        self._url = url

    async def events(self, audience: Audience, place: Place) -> AsyncGenerator[Told]:
        headers = {
            "authorization": f"Bearer {audience.token}",
            "accept": "text/event-stream",
        }
        if place.cursor != START:
            headers["last-event-id"] = place.cursor
        # The argument stays what it was at the very first, as with a browser's EventSource.
        asked = {"query": FOLLOW, "variables": _variables(audience, Place())}
        timeout = httpx.Timeout(10, read=None)
        async with (
            httpx.AsyncClient(base_url=self._url, timeout=timeout, trust_env=False) as client,
            client.stream("POST", "/graphql", json=asked, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise Complaint(f"{response.status_code}: {await response.aread()!r}")
            fields: dict[str, str] = {}
            async for line in response.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                    continue
                if "id" in fields:
                    place.cursor = fields["id"]
                if fields.get("data"):
                    yield _numbered(fields)
                fields = {}


class Polling:
    """`hazardEvents`, asked again and again."""

    name = "polling"

    def __init__(self, url: str) -> None:
        self._url = url

    async def events(self, audience: Audience, place: Place) -> AsyncGenerator[Told]:
        headers = {"authorization": f"Bearer {audience.token}"}
        async with httpx.AsyncClient(
            base_url=self._url, headers=headers, trust_env=False
        ) as client:
            while True:
                asked = {"query": PAGE, "variables": _variables(audience, place)}
                answer = await client.post("/graphql", json=asked)
                if answer.status_code != 200 or "errors" in answer.json():
                    raise Complaint(answer.text)
                edges = answer.json()["data"]["hazardEvents"]["edges"]
                for edge in edges:
                    place.cursor = edge["node"]["cursor"]
                    yield told(edge["node"])
                if not edges:
                    await asyncio.sleep(_POLL_S)


def _variables(audience: Audience, place: Place) -> dict[str, Any]:
    return {"after": place.cursor, "filter": dict(audience.filter)}


def _numbered(fields: Mapping[str, str]) -> Told:
    if fields["event"] != "next":
        raise Complaint(str(fields))
    event = _update(orjson.loads(fields["data"]))
    if fields["id"] != str(event.position):
        raise Complaint(f"an event under another id: {fields}")
    return event


def _update(payload: dict[str, Any]) -> Told:
    if "errors" in payload:
        raise Complaint(str(payload))
    return told(payload["data"]["hazardUpdates"])


async def _say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(orjson.dumps(message).decode())
