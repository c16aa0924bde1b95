"""Whoever calls the API: somebody with a token, over HTTP and over WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE_S = 20

_LOOK = "{ __typename hazards(first: 1) { totalCount } }"


class Caller:
    """Somebody who asks in a language, with a token or without."""

    def __init__(self, http: httpx.AsyncClient, token: str | None, lang: str = "en") -> None:
        self._http = http
        self.token = token
        self.lang = lang

    def speaking(self, lang: str) -> Caller:
        """The same caller, asking in another language."""
        return Caller(self._http, self.token, lang)

    def at(self, http: httpx.AsyncClient) -> Caller:
        """The same caller, asking another server."""
        return Caller(http, self.token, self.lang)

    @property
    def headers(self) -> dict[str, str]:
        """What every request of this caller carries."""
        headers = {"Accept-Language": self.lang}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        """The answer to one operation, whatever it is."""
        return await self._http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=self.headers
        )

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data that one operation answers with; it has to have no errors."""
        response = await self.post(query, **variables)
        assert response.status_code == 200, response.text
        body = response.json()
        assert "errors" not in body, body
        return body["data"]

    async def do(self, mutation: str, **input: Any) -> Any:
        """The payload of a mutation of one field, with its `$input` as given here."""
        ((_, payload),) = (await self.ask(mutation, input=input)).items()
        return payload

    @asynccontextmanager
    async def socket(
        self, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[ClientConnection]:
        """A socket on which nothing was said yet."""
        url = str(self._http.base_url.join("/graphql").copy_with(scheme="ws"))
        # Not through a proxy, and closed without waiting for a server that is gone.
        async with connect(
            url,
            subprotocols=[PROTOCOL],
            additional_headers=headers,
            proxy=None,
            close_timeout=1,
        ) as socket:
            yield socket

    @asynccontextmanager
    async def follow(self, subscription: str, **variables: Any) -> AsyncIterator[Follower]:
        """What a subscription of one field brings; it has begun when this is entered."""
        async with self.socket({"Accept-Language": self.lang}) as socket:
            follower = Follower(socket)
            authorization = {"authorization": f"Bearer {self.token}"}
            await follower.say({"type": "connection_init", "payload": authorization})
            assert await follower.hear() == {"type": "connection_ack"}
            await follower.begin("updates", subscription, variables)
            # The protocol does not say when a subscription has begun. What is asked after it is
            # answered after that.
            await follower.begin("look", _LOOK, {})
            await follower.until_complete("look")
            yield follower


class Follower:
    """One subscription on a socket of its own."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._early: list[Any] = []

    async def say(self, message: dict[str, Any]) -> None:
        """Send one message of the protocol."""
        await self._socket.send(orjson.dumps(message).decode())

    async def hear(self) -> Any:
        """The next message of the protocol."""
        async with asyncio.timeout(PATIENCE_S):
            return orjson.loads(await self._socket.recv())

    async def begin(self, operation: str, query: str, variables: dict[str, Any]) -> None:
        """Start an operation."""
        payload = {"query": query, "variables": variables}
        await self.say({"id": operation, "type": "subscribe", "payload": payload})

    async def until_complete(self, operation: str) -> None:
        """Hear an operation out; what others bring meanwhile is kept."""
        while (message := await self.hear())["id"] != operation or message["type"] == "next":
            if message["id"] != operation:
                self._early.append(message)
        assert message["type"] == "complete", message

    async def take(self, count: int) -> list[Any]:
        """The next `count` updates, without the name of the field."""
        updates = []
        for _ in range(count):
            message = self._early.pop(0) if self._early else await self.hear()
            assert message["type"] == "next", message
            assert "errors" not in message["payload"], message
            ((_, update),) = message["payload"]["data"].items()
            updates.append(update)
        return updates

    async def refusal(self) -> list[Any]:
        """The errors with which the subscription ended instead of an update."""
        (message,) = self._early or [await self.hear()]
        assert message["type"] == "error", message
        errors: list[Any] = message["payload"]
        return errors

    def drop(self) -> None:
        """Lose the connection, as when a cable is pulled: no closing frame."""
        self._socket.transport.abort()

    async def until_closed(self) -> int | None:
        """Until the server closes; its close code, None where the connection just broke off."""
        async with asyncio.timeout(PATIENCE_S):
            await self._socket.wait_closed()
        return self._socket.close_code
