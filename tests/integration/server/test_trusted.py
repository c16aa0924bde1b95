"""Trusted documents through every door: POST, GET and WebSocket, and when the schema changes."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256
from typing import Any

import httpx
import pytest
import strawberry
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from gridql.graph.executor import Engine
from gridql.graph.limits import Limits
from gridql.graph.trusted import TrustedDocuments
from gridql.server.app import assemble
from gridql.server.parts import Parts
from tests.integration.server.trial import COST, SERVICES, Running, holding, schema, serving

VIEWER = "query Viewer { viewer }"
ECHO = "query Echo($t: String!) { echo(text: $t) } query Both { viewer }"
NOTE = 'mutation Note { note(text: "a") }'
COUNT = "subscription Count($n: Int!) { count(to: $n) }"
UNKNOWN = "{ viewer }"


def by_hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


TRUSTED = TrustedDocuments({by_hash(text): text for text in (VIEWER, ECHO, NOTE, COUNT)})
VIEWER_DATA = {"data": {"viewer": "王芳 zh"}, **COST}
SUPPORTED = {
    "message": "PersistedQueryNotSupported",
    "extensions": {
        "code": "PERSISTED_QUERY_NOT_SUPPORTED",
        "hint": "This server knows no documents by their hash: send the text as `query`.",
    },
}
FOUND = {
    "message": "PersistedQueryNotFound",
    "extensions": {
        "code": "PERSISTED_QUERY_NOT_FOUND",
        "hint": "No trusted document has this hash; none is taken up by being sent.",
    },
}


@pytest.fixture
async def parts(server: Running) -> Parts:
    return Parts(schema, server.actors, SERVICES, make_engine=partial(Engine, trusted=TRUSTED))


@pytest.fixture
async def port(parts: Parts) -> AsyncIterator[int]:
    async with serving(assemble(holding(parts))) as port:
        yield port


@pytest.fixture
async def client(server: Running, port: int) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server with trusted documents."""
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={**server.headers, "Accept-Language": "zh"}
    ) as client:
        yield client


@pytest.fixture
async def free(server: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server without."""
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}", headers=server.headers
    ) as client:
        yield client


def apollo(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": by_hash(text)}}


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    "members",
    [
        {"documentId": f"sha256:{by_hash(VIEWER)}"},
        {"documentId": by_hash(VIEWER)},
        {"doc_id": by_hash(VIEWER), "query": None},
        {"id": by_hash(VIEWER), "query": ""},
        {"extensions": apollo(VIEWER)},
        {"extensions": apollo(VIEWER), "query": VIEWER},
        {"query": VIEWER, "id": None, "doc_id": ""},
        {"documentId": f"sha256:{by_hash(VIEWER)}", "extensions": apollo(VIEWER)},
    ],
)
async def test_every_way_of_asking_for_a_document(
    client: httpx.AsyncClient, members: dict[str, Any]
) -> None:
    response = await client.post("/graphql", json=members)

    assert response.status_code == 200
    assert response.json() == VIEWER_DATA


async def test_a_document_of_several_operations(client: httpx.AsyncClient) -> None:
    asked = {"id": by_hash(ECHO), "operationName": "Echo", "variables": {"t": "格"}}

    named = await client.post("/graphql", json=asked)
    unnamed = await client.post("/graphql", json={"id": by_hash(ECHO)})

    assert named.json() == {"data": {"echo": "格"}, **COST}
    assert "name one in `operationName`" in unnamed.json()["errors"][0]["message"]


async def test_a_get_by_hash(client: httpx.AsyncClient) -> None:
    read = await client.get("/graphql", params={"documentId": f"sha256:{by_hash(VIEWER)}"})
    apollos = await client.get(
        "/graphql", params={"operationName": "Viewer", "extensions": json.dumps(apollo(VIEWER))}
    )
    write = await client.get("/graphql", params={"documentId": by_hash(NOTE)})
    unknown = await client.get("/graphql", params={"id": by_hash(UNKNOWN)})

    assert read.json() == VIEWER_DATA
    assert apollos.json() == VIEWER_DATA
    assert (write.status_code, write.headers["allow"]) == (405, "POST")
    assert unknown.json() == {"errors": [FOUND]}


@pytest.mark.parametrize(("accept", "status"), [("*/*", 200), ("graphql-response+json", 400)])
async def test_a_hash_that_is_not_known(
    client: httpx.AsyncClient, accept: str, status: int
) -> None:
    media_type = accept if accept == "*/*" else f"application/{accept}"

    response = await client.post(
        "/graphql", json={"extensions": apollo(UNKNOWN)}, headers={"Accept": media_type}
    )

    assert response.status_code == status
    assert response.json() == {"errors": [FOUND]}


async def test_a_text_that_is_not_trusted_is_not_taken_up_either(
    client: httpx.AsyncClient,
) -> None:
    by_text = await client.post("/graphql", json={"query": UNKNOWN})
    by_get = await client.get("/graphql", params={"query": UNKNOWN})
    registering = await client.post(
        "/graphql", json={"query": UNKNOWN, "extensions": apollo(UNKNOWN)}
    )
    again = await client.post("/graphql", json={"extensions": apollo(UNKNOWN)})
    introspecting = await client.post("/graphql", json={"query": "{ __schema { __typename } }"})

    for refused in (by_text, by_get, registering, introspecting):
        assert codes(refused) == ["DOCUMENT_NOT_TRUSTED"]
    assert codes(again) == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_a_text_beside_the_hash_of_another(client: httpx.AsyncClient) -> None:
    """The text says what is meant; whatever else a client calls its `id` is its own."""
    other = await client.post("/graphql", json={"query": VIEWER, "extensions": apollo(NOTE)})
    own = await client.post("/graphql", json={"query": VIEWER, "id": 7})
    unknown = await client.post("/graphql", json={"query": UNKNOWN, "id": by_hash(VIEWER)})

    assert "viewer" in other.json()["data"]
    assert own.json() == other.json()
    assert codes(unknown) == ["DOCUMENT_NOT_TRUSTED"]


async def test_pages_are_served_as_ever(client: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz", "/schema.graphql"):
        assert (await client.get(path)).status_code == 200


async def test_over_websocket(server: Running, port: int) -> None:
    async with connect(
        f"ws://127.0.0.1:{port}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers=server.headers,
    ) as socket:

        async def ask(operation: str, **payload: Any) -> None:
            message = {"id": operation, "type": "subscribe", "payload": payload}
            await socket.send(json.dumps(message))

        async def hear() -> Any:
            return json.loads(await socket.recv())

        await socket.send('{"type": "connection_init"}')
        assert await hear() == {"type": "connection_ack"}
        await ask("a", documentId=f"sha256:{by_hash(COUNT)}", variables={"n": 2})
        counted = [await hear() for _ in range(3)]
        await ask("b", query="", extensions=apollo(UNKNOWN))
        unknown = await hear()
        await ask("c", query="subscription { count(to: 1) }")
        text = await hear()
        await ask("d", query=VIEWER)
        viewer = [await hear(), await hear()]

    assert [each.get("payload") for each in counted] == [
        {"data": {"count": 1}},
        {"data": {"count": 2}},
        None,
    ]
    assert unknown == {"id": "b", "type": "error", "payload": [FOUND]}
    assert text["type"] == "error"
    assert text["payload"][0]["extensions"] == {"code": "DOCUMENT_NOT_TRUSTED"}
    assert viewer[0]["payload"] == VIEWER_DATA


@pytest.mark.parametrize("ask", [{"documentId": by_hash(VIEWER)}, {"extensions": apollo(VIEWER)}])
async def test_without_trusted_documents_a_hash_is_refused(
    free: httpx.AsyncClient, ask: dict[str, Any]
) -> None:
    alone = await free.post("/graphql", json=ask)
    with_its_text = await free.post("/graphql", json={**ask, "query": VIEWER})

    assert alone.json() == {"errors": [SUPPORTED]}
    assert with_its_text.json() == VIEWER_DATA


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"documentId": 5}, "documentId must be a string, not a number."),
        ({"query": 5, "id": []}, "query must be a string, not a number; id must be a string, not "),
        ({"extensions": {"persistedQuery": "abc"}}, "extensions.persistedQuery must be {"),
        (
            {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a"}}},
            'extensions.persistedQuery must be {"version": 1, "sha256Hash": "…"}.',
        ),
        ({"extensions": {"persistedQuery": {"version": 1}}}, "extensions.persistedQuery must be {"),
        (
            {"documentId": by_hash(VIEWER), "extensions": apollo(NOTE)},
            "documentId and extensions.persistedQuery name different documents.",
        ),
    ],
)
async def test_an_id_that_is_none(
    free: httpx.AsyncClient, members: dict[str, Any], message: str
) -> None:
    response = await free.post("/graphql", json=members, headers={"Accept-Language": "en"})

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert error["message"].startswith(message)


async def test_a_document_that_no_longer_fits_is_logged_and_refused(
    parts: Parts, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def viewer(self) -> str:
            return "nobody"

    with caplog.at_level(logging.ERROR):
        served = parts.prepare(strawberry.Schema(query=Query)._schema)
        parts.serve(parts.services, served)
    fits = await client.post("/graphql", json={"id": by_hash(VIEWER)})
    does_not = await client.post("/graphql", json={"id": by_hash(ECHO)})

    assert [record.getMessage() for record in caplog.records] == [
        f"a trusted document does not fit the schema: {fault}" for fault in parts.unfit
    ]
    assert len(parts.unfit) == 3
    assert parts.unfit[0] == f"{by_hash(ECHO)}: Cannot query field 'echo' on type 'Query'. (line 1)"
    assert fits.json()["data"] == {"viewer": "nobody"}
    assert [error["message"] for error in does_not.json()["errors"]] == [
        "Cannot query field 'echo' on type 'Query'."
    ]


@pytest.mark.parametrize(
    ("limits", "fits"),
    [(Limits(tokens=18), True), (Limits(tokens=17), False), (Limits(depth=0), False)],
)
def test_a_document_beyond_a_limit_does_not_fit(
    server: Running, limits: Limits, fits: bool
) -> None:
    trusted = TrustedDocuments({"count": COUNT})

    parts = Parts(
        schema, server.actors, SERVICES, make_engine=partial(Engine, limits=limits, trusted=trusted)
    )

    assert (parts.unfit == []) is fits
