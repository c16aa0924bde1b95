"""GraphQL over WebSocket, over a real socket, with a client that can break every rule."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import SO_RCVBUF, SOL_SOCKET
from socket import socket as new_socket
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from gridql.server.app import assemble
from gridql.server.parts import Parts
from gridql.server.protocols import CLOSING_S
from gridql.server.streams import StreamsEndpoint
from tests.integration.server.trial import (
    COST,
    SERVICES,
    Running,
    happenings,
    holding,
    narrow,
    newcomer,
    revoke,
    schema,
    serving,
)

PROTOCOL = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def open_socket(server: Running, **options: Any) -> AsyncIterator[ClientConnection]:
    async with connect(
        server.ws_url, subprotocols=[PROTOCOL], compression=None, **options
    ) as socket:
        yield socket


@pytest.fixture
async def socket(server: Running) -> AsyncIterator[ClientConnection]:
    """A socket whose connection has been acknowledged."""
    async with open_socket(server, additional_headers={**server.headers}) as socket:
        await send(socket, type="connection_init")
        assert await receive(socket) == {"type": "connection_ack"}
        yield socket


async def send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def subscribe(socket: ClientConnection, operation_id: str, query: str, **more: Any) -> None:
    await send(socket, id=operation_id, type="subscribe", payload={"query": query, **more})


async def receive(socket: ClientConnection) -> Any:
    frame = await asyncio.wait_for(socket.recv(), 5)
    assert isinstance(frame, str)
    return json.loads(frame)


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason with which the server closes; nothing may come before."""
    with pytest.raises(ConnectionClosed) as closed:
        await asyncio.wait_for(socket.recv(), 5)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def test_a_subscription_from_its_beginning_to_its_end(socket: ClientConnection) -> None:
    await subscribe(socket, "a", "subscription($n: Int!) { count(to: $n) }", variables={"n": 2})

    assert [await receive(socket) for _ in range(3)] == [
        {"id": "a", "type": "next", "payload": {"data": {"count": 1}}},
        {"id": "a", "type": "next", "payload": {"data": {"count": 2}}},
        {"id": "a", "type": "complete"},
    ]


async def test_queries_and_mutations(socket: ClientConnection) -> None:
    await subscribe(socket, "q", "query A { viewer } query B { requestId }", operationName="A")
    query = [await receive(socket), await receive(socket)]
    await subscribe(socket, "m", 'mutation { note(text: "门") }')
    mutation = [await receive(socket), await receive(socket)]

    assert query == [
        {"id": "q", "type": "next", "payload": {"data": {"viewer": "王芳 zh"}, **COST}},
        {"id": "q", "type": "complete"},
    ]
    assert mutation == [
        {"id": "m", "type": "next", "payload": {"data": {"note": "noted 门"}, **COST}},
        {"id": "m", "type": "complete"},
    ]


async def test_an_id_comes_back_as_it_was(socket: ClientConnection) -> None:
    odd = '"\\ 格\n'

    await subscribe(socket, odd, "{ viewer }")

    assert [(await receive(socket))["id"] for _ in range(2)] == [odd, odd]


@pytest.mark.parametrize(
    "query", ["{", "{ nothing }", "subscription { count }", "query A { viewer } query B { viewer }"]
)
async def test_an_operation_that_is_not_valid_ends_only_itself(
    socket: ClientConnection, query: str
) -> None:
    await subscribe(socket, "long", "subscription { ticks }")
    await subscribe(socket, "bad", query)

    refusal = await receive(socket)
    await happenings.until(running=1)
    happenings.tick.set()
    tick = await receive(socket)

    assert (refusal["id"], refusal["type"]) == ("bad", "error")
    assert isinstance(refusal["payload"], list)
    assert refusal["payload"][0]["message"]
    assert tick == {"id": "long", "type": "next", "payload": {"data": {"ticks": 1}}}


@pytest.mark.parametrize(
    "variables", [{"n": 10**30}, {"n": json.loads("[" * 70 + "]" * 70)}, {"n": "two"}]
)
async def test_variables_that_cannot_be_taken_end_only_their_operation(
    socket: ClientConnection, variables: dict[str, Any]
) -> None:
    await subscribe(socket, "a", "subscription($n: Int!) { count(to: $n) }", variables=variables)

    answer = await receive(socket)

    assert (answer["id"], answer["type"]) == ("a", "error")
    await subscribe(socket, "a", "{ viewer }")
    assert (await receive(socket))["type"] == "next"


async def test_a_failing_field_is_part_of_the_response(socket: ClientConnection) -> None:
    await subscribe(socket, "a", "{ viewer fails }")

    answer = await receive(socket)

    assert answer["type"] == "next"
    assert answer["payload"]["data"] == {"viewer": "王芳 zh", "fails": None}
    assert "secret" not in json.dumps(answer)
    assert (await receive(socket))["type"] == "complete"


async def test_a_subscription_that_breaks_ends_with_a_masked_error(
    socket: ClientConnection, caplog: pytest.LogCaptureFixture
) -> None:
    await subscribe(socket, "a", "subscription { breaks }")

    first, second = await receive(socket), await receive(socket)

    assert first["type"] == "next"
    assert (second["id"], second["type"]) == ("a", "error")
    assert second["payload"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(second)
    assert second["payload"][0]["extensions"]["requestId"] in caplog.text


async def test_the_client_completes(socket: ClientConnection) -> None:
    await subscribe(socket, "a", "subscription { ticks }")
    await happenings.until(running=1)

    await send(socket, id="a", type="complete")
    await happenings.until(running=0)
    await send(socket, id="unknown", type="complete")
    await subscribe(socket, "a", "{ viewer }")

    assert [(await receive(socket))["type"] for _ in range(2)] == ["next", "complete"]


async def test_a_disconnected_client_leaves_nothing_running(server: Running) -> None:
    async with open_socket(server, additional_headers=server.headers) as socket:
        await send(socket, type="connection_init")
        await subscribe(socket, "a", "subscription { ticks }")
        await subscribe(socket, "b", "{ waits }")
        await happenings.until(running=2)
        socket.transport.abort()

    await happenings.until(running=0)


async def test_a_server_that_stops_tells_its_clients(server: Running) -> None:
    app = assemble(holding(Parts(schema, server.actors, SERVICES)))
    async with serving(app) as port:
        url = f"ws://127.0.0.1:{port}/graphql"
        socket = await connect(url, subprotocols=[PROTOCOL], additional_headers=server.headers)
        await send(socket, type="connection_init")
        await receive(socket)
        await subscribe(socket, "a", "subscription { ticks }")
        await happenings.until(running=1)

    assert (await closing(socket))[0] == 1012
    assert happenings.running == 0


async def test_an_id_in_use(socket: ClientConnection) -> None:
    await subscribe(socket, "a", "subscription { ticks }")
    await happenings.until(running=1)
    await subscribe(socket, "a", "{ viewer }")

    assert await closing(socket) == (4409, "Subscriber for a already exists")
    await happenings.until(running=0)


async def test_too_many_operations(socket: ClientConnection) -> None:
    for number in range(3):
        await subscribe(socket, str(number), "subscription { ticks }")
    await happenings.until(running=3)
    await subscribe(socket, "3", "{ viewer }")

    refusal = await receive(socket)
    await send(socket, id="0", type="complete")
    await happenings.until(running=2)
    await subscribe(socket, "3", "{ viewer }")

    assert refusal["id"] == "3"
    assert refusal["payload"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS"}
    assert (await receive(socket))["payload"] == {"data": {"viewer": "王芳 zh"}, **COST}


async def test_pings(server: Running) -> None:
    async with open_socket(server, additional_headers=server.headers) as socket:
        await send(socket, type="ping")
        before = await receive(socket)
        await send(socket, type="connection_init")
        await receive(socket)
        await send(socket, type="ping", payload={"at": 1})
        await send(socket, type="pong", payload={"of": "its own"})
        await send(socket, type="pong")
        await send(socket, type="ping", payload=None)

        assert before == {"type": "pong"}
        assert await receive(socket) == {"type": "pong", "payload": {"at": 1}}
        assert await receive(socket) == {"type": "pong"}


MALFORMED: list[str | bytes] = [
    "",
    "nonsense",
    "{",
    "[]",
    "5",
    "null",
    '"ping"',
    "{}",
    '{"type": 5}',
    '{"type": null}',
    '{"type": "start", "id": "1", "payload": {}}',
    '{"type": "connection_ack"}',
    '{"type": "next", "id": "1", "payload": {}}',
    '{"type": "ping", "payload": 1}',
    '{"type": "pong", "payload": []}',
    '{"type": "complete"}',
    '{"type": "complete", "id": 1}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "payload": {"query": "{ viewer }"}}',
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ viewer }"}}',
    '{"type": "subscribe", "id": "", "payload": {"query": "{ viewer }"}}',
    '{"type": "subscribe", "id": "' + "x" * 256 + '", "payload": {"query": "{ viewer }"}}',
    '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": "1", "payload": null}',
    '{"type": "subscribe", "id": "1", "payload": []}',
    '{"type": "subscribe", "id": "1", "payload": {}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "operationName": 1}}',
    '{"type": "subscribe", "id": "\\ud800", "payload": {"query": "{ viewer }"}}',
    '{"type": "' + "格" * 300 + '"}',
    "[" * 100_000,
    b'{"type": "ping"}',
]


@pytest.mark.parametrize("message", MALFORMED, ids=lambda message: repr(message[:70]))
async def test_a_malformed_message(socket: ClientConnection, message: str | bytes) -> None:
    await subscribe(socket, "long", "subscription { ticks }")

    await socket.send(message)

    code, reason = await closing(socket)
    assert code == 4400
    assert len(reason) > 10
    await happenings.until(running=0)


async def test_a_message_that_is_too_large(socket: ClientConnection) -> None:
    await socket.send(json.dumps({"type": "ping", "payload": {"a": "x" * 1_000_000}}))

    assert (await closing(socket))[0] == 1009


@pytest.mark.parametrize("message", ["[]", '{"type": "connection_init", "payload": 5}'])
async def test_a_malformed_first_message(server: Running, message: str) -> None:
    async with open_socket(server, additional_headers=server.headers) as socket:
        await socket.send(message)

        assert (await closing(socket))[0] == 4400


@pytest.mark.parametrize("offered", [None, ["graphql-ws"], ["chat", "graphql-ws"]])
async def test_another_subprotocol(server: Running, offered: list[Subprotocol] | None) -> None:
    async with connect(server.ws_url, subprotocols=offered) as socket:
        assert socket.subprotocol is None
        code, reason = await closing(socket)

    assert (code, reason) == (4406, "Subprotocol not acceptable: offer graphql-transport-ws")


async def test_one_of_several_subprotocols(server: Running) -> None:
    async with connect(server.ws_url, subprotocols=[Subprotocol("graphql-ws"), PROTOCOL]) as socket:
        assert socket.subprotocol == "graphql-transport-ws"
        assert socket.response is not None
        assert socket.response.headers["x-request-id"]


async def test_no_initialisation_in_time(server: Running) -> None:
    async with open_socket(server, additional_headers=server.headers) as socket:
        await send(socket, type="ping")
        await receive(socket)

        assert await closing(socket) == (4408, "Connection initialisation timeout")


async def test_a_second_initialisation(socket: ClientConnection) -> None:
    await send(socket, type="connection_init")

    assert await closing(socket) == (4429, "Too many initialisation requests")


async def test_an_operation_before_the_initialisation(server: Running) -> None:
    async with open_socket(server, additional_headers=server.headers) as socket:
        await subscribe(socket, "a", "{ viewer }")

        assert await closing(socket) == (4401, "Unauthorized")


async def test_the_token_in_the_payload(server: Running) -> None:
    async with open_socket(server, additional_headers={"Accept-Language": "en"}) as socket:
        payload = {"authorization": f"Bearer {server.token}"}
        await send(socket, type="connection_init", payload=payload)
        assert await receive(socket) == {"type": "connection_ack"}
        await subscribe(socket, "a", "{ viewer }")

        assert (await receive(socket))["payload"] == {"data": {"viewer": "王芳 en"}, **COST}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (None, "Forbidden: Say who you are: Authorization: Bearer gql_…"),
        ({"authorization": "Basic dTpw"}, "Forbidden: Authorization must read: Bearer gql_…"),
        (
            {"authorization": "Bearer gql_wrong"},
            "Forbidden: The token is not known, has expired or was revoked.",
        ),
        ({"authorization": ["Bearer x"]}, "Forbidden: authorization must be a string"),
    ],
)
async def test_nobody(server: Running, payload: dict[str, Any] | None, reason: str) -> None:
    async with open_socket(server, additional_headers={"Accept-Language": "en"}) as socket:
        await send(socket, type="connection_init", payload=payload)

        assert await closing(socket) == (4403, reason)


async def test_a_revoked_token_ends_a_subscription_at_its_next_event(server: Running) -> None:
    payload = {"authorization": f"Bearer {await newcomer('韩梅')}"}
    async with open_socket(server) as socket:
        await send(socket, type="connection_init", payload=payload)
        await receive(socket)
        await subscribe(socket, "a", "subscription { ticks }")
        await happenings.until(running=1)
        happenings.tick.set()
        assert (await receive(socket))["type"] == "next"

        await revoke("韩梅")
        server.actors.forget()
        happenings.tick.set()

        ended = await receive(socket)
        assert (ended["id"], ended["type"]) == ("a", "error")
        assert ended["payload"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        await happenings.until(running=0)


async def test_other_scopes_end_a_subscription_at_its_next_event(server: Running) -> None:
    payload = {"authorization": f"Bearer {await newcomer('赵强')}"}
    async with open_socket(server) as socket:
        await send(socket, type="connection_init", payload=payload)
        await receive(socket)
        await subscribe(socket, "a", "subscription { ticks }")
        await happenings.until(running=1)

        await narrow("赵强")
        server.actors.forget()
        happenings.tick.set()

        ended = await receive(socket)
        assert ended["type"] == "error"
        assert ended["payload"][0]["extensions"] == {"code": "RIGHTS_CHANGED"}


@pytest.mark.parametrize("operation", ["{ scopes }", "mutation { scopes }"])
async def test_a_revoked_token_ends_queries_and_mutations_on_an_open_socket(
    server: Running, operation: str
) -> None:
    name = f"revoked for {operation}"
    payload = {"authorization": f"Bearer {await newcomer(name)}"}
    async with open_socket(server) as socket:
        await send(socket, type="connection_init", payload=payload)
        await receive(socket)
        await subscribe(socket, "a", operation)
        before, _ = await receive(socket), await receive(socket)

        await revoke(name)
        server.actors.forget()
        await subscribe(socket, "b", operation)
        after = await receive(socket)

    assert before["payload"]["data"] == {"scopes": ["370114001"]}
    assert (after["id"], after["type"]) == ("b", "error")
    assert after["payload"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize("operation", ["{ scopes }", "mutation { scopes }"])
async def test_narrowed_scopes_hold_for_the_next_query_and_mutation(
    server: Running, operation: str
) -> None:
    name = f"narrowed for {operation}"
    payload = {"authorization": f"Bearer {await newcomer(name)}"}
    async with open_socket(server) as socket:
        await send(socket, type="connection_init", payload=payload)
        await receive(socket)

        await narrow(name)
        server.actors.forget()
        await subscribe(socket, "a", operation)

        assert (await receive(socket))["payload"]["data"] == {"scopes": ["370114001003"]}


@pytest.mark.parametrize("ending", ["complete", "close", "abort"])
async def test_a_mutation_runs_to_its_end_whoever_stops_listening(
    server: Running, ending: str
) -> None:
    before = happenings.done
    async with open_socket(server, additional_headers=server.headers) as socket:
        await send(socket, type="connection_init")
        await receive(socket)
        await subscribe(socket, "m", "mutation { takesLong }")
        await subscribe(socket, "q", "{ waits }")
        await happenings.until(running=2)
        if ending == "complete":
            await send(socket, id="m", type="complete")
            await send(socket, id="q", type="complete")
        elif ending == "close":
            await socket.close()
        else:
            socket.transport.abort()
        await happenings.until(running=1)
        assert happenings.done == before

        happenings.tick.set()
        await happenings.until(running=0)
        assert happenings.done == before + 1
        if ending == "complete":
            await subscribe(socket, "m", "{ viewer }")
            assert (await receive(socket))["payload"]["data"] == {"viewer": "王芳 zh"}


async def test_a_server_that_stops_waits_for_mutations(server: Running) -> None:
    before = happenings.done
    app = assemble(holding(Parts(schema, server.actors, SERVICES)))
    async with serving(app) as port:
        url = f"ws://127.0.0.1:{port}/graphql"
        socket = await connect(url, subprotocols=[PROTOCOL], additional_headers=server.headers)
        await send(socket, type="connection_init")
        await receive(socket)
        await subscribe(socket, "m", "mutation { takesLong }")
        await subscribe(socket, "q", "{ waits }")
        await happenings.until(running=2)
        asyncio.get_running_loop().call_later(0.5, happenings.tick.set)

    assert (await closing(socket))[0] == 1012
    assert (happenings.running, happenings.done) == (0, before + 1)


async def test_an_operation_that_breaks_is_logged_when_it_does(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    given: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    given.put_nowait({"type": "websocket.connect"})
    for message in (
        {"type": "connection_init"},
        {"type": "subscribe", "id": "a", "payload": {"query": "{ viewer }"}},
    ):
        given.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})
    broken = asyncio.Event()

    async def sending(message: Any) -> None:
        if '"next"' in message.get("text", ""):
            broken.set()
            raise RuntimeError("the wire is broken")

    scope = {
        "type": "websocket",
        "subprotocols": [PROTOCOL],
        "headers": [(b"authorization", server.headers["Authorization"].encode())],
        "state": {"request_id": "r", "parts": Parts(schema, server.actors, SERVICES)},
    }
    task = asyncio.create_task(StreamsEndpoint()(scope, given.get, sending))
    await asyncio.wait_for(broken.wait(), 5)
    await asyncio.sleep(0.05)
    while_open = [record.getMessage() for record in caplog.records]
    given.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(task, 5)

    assert while_open == ["request r.1: an operation broke"]
    assert len(caplog.records) == 1


async def test_operations_have_request_ids_of_their_own(server: Running) -> None:
    headers = {**server.headers, "X-Request-Id": "socket-1"}
    async with open_socket(server, additional_headers=headers) as socket:
        await send(socket, type="connection_init")
        await receive(socket)
        await subscribe(socket, "a", "{ requestId }")
        await subscribe(socket, "b", "{ requestId }")
        answers = [await receive(socket) for _ in range(4)]

    told = {a["id"]: a["payload"]["data"]["requestId"] for a in answers if a["type"] == "next"}
    assert told == {"a": "socket-1.1", "b": "socket-1.2"}


async def test_a_reader_that_stalls_holds_up_only_itself(
    server: Running, socket: ClientConnection
) -> None:
    async with open_socket(server, additional_headers=server.headers, max_queue=1) as stalled:
        await send(stalled, type="connection_init")
        await receive(stalled)
        await subscribe(stalled, "a", "subscription { count(to: 1000000) }")

        await subscribe(socket, "b", "{ viewer }")
        assert (await receive(socket))["payload"] == {"data": {"viewer": "王芳 zh"}, **COST}
        stalled.transport.abort()


async def test_a_reader_that_stalls_for_too_long_is_told_to_resume(server: Running) -> None:
    app = assemble(
        holding(Parts(schema, server.actors, SERVICES)), streams=StreamsEndpoint(patience_s=0.3)
    )
    async with (
        serving(app) as port,
        connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=[PROTOCOL],
            compression=None,
            additional_headers=server.headers,
            max_queue=1,
        ) as stalled,
    ):
        await send(stalled, type="connection_init")
        await receive(stalled)
        await subscribe(stalled, "a", "subscription { flood }")
        await subscribe(stalled, "b", "subscription { flood }")
        # What is not read fills the buffers of both sides, and then the server's patience ends.
        await happenings.until(running=2)
        await happenings.until(running=0)

        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(5):
                while True:
                    await stalled.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013
    assert closed.value.rcvd.reason == "Too slow: resume with the cursor of the last event"


async def test_a_reader_that_never_comes_back_is_cut_off(server: Running) -> None:
    app = assemble(
        holding(Parts(schema, server.actors, SERVICES)), streams=StreamsEndpoint(patience_s=0.2)
    )
    async with serving(app) as port:
        socket = await connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=[PROTOCOL],
            compression=None,
            additional_headers=server.headers,
            max_queue=1,
        )
        await send(socket, type="connection_init")
        await receive(socket)
        await subscribe(socket, "a", "subscription { flood }")
        socket.transport.pause_reading()
        await happenings.until(running=1)
        await happenings.until(running=0)
        await asyncio.sleep(1 + CLOSING_S)
        socket.transport.resume_reading()

        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(5):
                while True:
                    await socket.recv()

    # The goodbye was thrown away with all that waited before it.
    assert closed.value.rcvd is None


async def test_pings_of_a_peer_that_reads_nothing_are_not_answered(server: Running) -> None:
    pings, size = 60_000, 125
    ping = b"\x89" + bytes([0x80 | size]) + bytes(4) + b"x" * size
    app = assemble(
        holding(Parts(schema, server.actors, SERVICES)), streams=StreamsEndpoint(init_timeout_s=90)
    )
    async with serving(app) as port:
        wire = new_socket()
        # Else the system lets its buffer grow until all the answers fit in.
        wire.setsockopt(SOL_SOCKET, SO_RCVBUF, 65_536)
        wire.connect(("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=wire, limit=1024)
        writer.write(
            b"GET /graphql HTTP/1.1\r\nHost: gridql\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(60):
            for _ in range(pings // 1000):
                writer.write(ping * 1000)
                await writer.drain()
            for _ in range(1000):  # turns of the loop, in which the server reads them all
                await asyncio.sleep(0)
            writer.write(b"\x88\x80" + bytes(4))
            answered = 0
            while part := await reader.read(1_000_000):
                answered += len(part)
        writer.close()

    # What the buffers of both sides take, and not a byte more.
    assert answered < pings * (size + 2) - 1_000_000


async def test_nothing_was_logged_as_an_error(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            async with open_socket(server, additional_headers=server.headers) as socket:
                await send(socket, type="connection_init")
                await subscribe(socket, "a", "subscription { count(to: 100000) }")
                await receive(socket)
                socket.transport.abort()
        await asyncio.sleep(0.1)

    assert caplog.records == []
