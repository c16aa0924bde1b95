"""GraphQL over server-sent events, over a real socket."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from gridql.server.app import assemble
from gridql.server.http import GraphqlEndpoint
from gridql.server.parts import Parts
from tests.integration.server.trial import (
    COST,
    SERVICES,
    Running,
    happenings,
    holding,
    newcomer,
    revoke,
    schema,
    serving,
)

EVENTS = "text/event-stream"


@pytest.fixture
async def client(server: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}",
        headers={**server.headers, "Accept": EVENTS},
        timeout=10,
    ) as client:
        yield client


@asynccontextmanager
async def streaming(client: httpx.AsyncClient, query: str, **more: Any) -> AsyncIterator[Stream]:
    """A stream that has begun."""
    body = {"query": query, **more}
    async with client.stream("POST", "/graphql", json=body) as response:
        yield Stream(response)


class Stream:
    """What comes, event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        """The fields of the next event, comments under the name of none."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(5):
            async for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        raise EOFError

    async def told(self) -> tuple[str, Any]:
        """The next event that tells something: its kind and data."""
        while "event" not in (fields := await self.next()):
            pass
        return fields["event"], json.loads(fields["data"]) if fields["data"] else None


async def test_a_subscription_from_its_beginning_to_its_end(client: httpx.AsyncClient) -> None:
    document = "subscription($n: Int!) { count(to: $n) }"
    async with streaming(client, document, variables={"n": 2}) as stream:
        assert stream.response.status_code == 200
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["cache-control"] == "no-store"
        assert stream.response.headers["x-accel-buffering"] == "no"

        assert [await stream.told() for _ in range(3)] == [
            ("next", {"data": {"count": 1}}),
            ("next", {"data": {"count": 2}}),
            ("complete", None),
        ]
        with pytest.raises(EOFError):
            await stream.told()


async def test_queries_and_mutations_are_answered_once(client: httpx.AsyncClient) -> None:
    for document, data in (
        ("{ viewer }", {"viewer": "王芳 zh"}),
        ('mutation { note(text: "门") }', {"note": "noted 门"}),
    ):
        async with streaming(client, document) as stream:
            assert [await stream.told(), await stream.told()] == [
                ("next", {"data": data, **COST}),
                ("complete", None),
            ]


async def test_what_cannot_be_executed_is_told_as_an_event(client: httpx.AsyncClient) -> None:
    async with streaming(client, "subscription { nothing }") as stream:
        assert stream.response.status_code == 200
        kind, said = await stream.told()

        assert kind == "next"
        assert said["errors"][0]["message"].startswith("Cannot query field 'nothing'")
        assert await stream.told() == ("complete", None)


async def test_a_bug_ends_the_stream_without_a_word_about_it(client: httpx.AsyncClient) -> None:
    async with streaming(client, "subscription { breaks }") as stream:
        assert await stream.told() == ("next", {"data": {"breaks": 1}})
        kind, said = await stream.told()

    assert kind == "next"
    assert said["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(said)


async def test_by_get_with_everything_in_the_address(client: httpx.AsyncClient) -> None:
    parameters = {"query": "subscription($n: Int!) { count(to: $n) }", "variables": '{"n": 1}'}
    async with client.stream("GET", "/graphql", params=parameters) as response:
        stream = Stream(response)
        assert await stream.told() == ("next", {"data": {"count": 1}})
        assert await stream.told() == ("complete", None)

    refused = await client.get("/graphql", params={"query": 'mutation { note(text: "x") }'})
    assert refused.status_code == 405


async def test_who_takes_json_as_well_gets_events_for_what_goes_on_only(
    client: httpx.AsyncClient,
) -> None:
    client.headers["Accept"] = "application/graphql-response+json, text/event-stream, */*;q=0.1"

    answer = await client.post("/graphql", json={"query": "{ viewer }"})
    assert answer.headers["content-type"].startswith("application/graphql-response+json")
    async with streaming(client, "subscription { count(to: 1) }") as stream:
        assert stream.response.headers["content-type"].startswith(EVENTS)


async def test_who_takes_anything_has_not_asked_for_events(client: httpx.AsyncClient) -> None:
    client.headers["Accept"] = "*/*"

    answer = await client.post("/graphql", json={"query": "subscription { count(to: 1) }"})

    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["errors"][0]["message"] == "A subscription cannot be sent this way."


async def test_faults_of_the_request_have_a_status_of_their_own(client: httpx.AsyncClient) -> None:
    nobody = await client.post(
        "/graphql", json={"query": "{ viewer }"}, headers={"Authorization": "Bearer gql_x"}
    )
    malformed = await client.post(
        "/graphql", content="{", headers={"Content-Type": "application/json"}
    )

    assert (nobody.status_code, malformed.status_code) == (401, 400)
    assert nobody.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert malformed.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_client_that_goes_ends_its_subscription(client: httpx.AsyncClient) -> None:
    async with streaming(client, "subscription { ticks }"):
        await happenings.until(running=1)

    await happenings.until(running=0)


async def test_a_revoked_token_ends_the_stream_at_its_next_event(
    server: Running, client: httpx.AsyncClient
) -> None:
    client.headers["Authorization"] = f"Bearer {await newcomer('钱进')}"
    async with streaming(client, "subscription { ticks }") as stream:
        await happenings.until(running=1)
        await revoke("钱进")
        server.actors.forget()
        happenings.tick.set()

        kind, said = await stream.told()
        assert kind == "next"
        assert said["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert await stream.told() == ("complete", None)


@asynccontextmanager
async def another(
    server: Running, **options: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, Parts]]:
    """A client of a server with other limits."""
    parts = Parts(schema, server.actors, SERVICES)
    app = assemble(holding(parts), http=GraphqlEndpoint(**options))
    async with (
        serving(app) as port,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={**server.headers, "Accept": EVENTS},
            timeout=10,
        ) as client,
    ):
        yield client, parts


async def test_signs_of_life_between_events(server: Running) -> None:
    async with (
        another(server, heartbeat_s=0.05) as (client, _),
        streaming(client, "subscription { ticks }") as stream,
    ):
        assert [await stream.next() for _ in range(3)] == [{"": ""}] * 3
        happenings.tick.set()
        assert await stream.told() == ("next", {"data": {"ticks": 1}})


async def test_a_server_that_stops_ends_its_streams_so_that_clients_come_back(
    server: Running,
) -> None:
    async with (
        another(server) as (client, parts),
        streaming(client, "subscription { ticks }") as stream,
    ):
        await happenings.until(running=1)
        parts.stopping.set()

        with pytest.raises(EOFError):
            await stream.told()
    await happenings.until(running=0)


async def test_a_client_that_takes_nothing_is_cut_off(server: Running) -> None:
    async with another(server, patience_s=0.3) as (client, _):
        port = client.base_url.port
        body = json.dumps({"query": "subscription { flood }"})
        head = [
            "POST /graphql HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: {server.headers['Authorization']}",
            f"Accept: {EVENTS}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        loop = asyncio.get_running_loop()
        with socket.socket() as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, ("127.0.0.1", port))
            await loop.sock_sendall(connection, ("\r\n".join(head) + "\r\n\r\n" + body).encode())
            # What is not read fills the buffers of both sides, and then the server's patience ends.
            await happenings.until(running=1)
            await happenings.until(running=0)

            received = b"-"
            async with asyncio.timeout(10):
                while last := await loop.sock_recv(connection, 1_000_000):
                    received = last

    assert not received.endswith(b"0\r\n\r\n")  # which would say that the response is whole
