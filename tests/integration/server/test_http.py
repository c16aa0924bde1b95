"""GraphQL over HTTP, over a real socket."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tortoise.connection import get_connection

from tests.integration.server.trial import COST, Running, newcomer, revoke

RESPONSE = "application/graphql-response+json"
JSON = "application/json"


@pytest.fixture
async def client(server: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}", headers={**server.headers, "Accept": RESPONSE}
    ) as client:
        yield client


async def post(client: httpx.AsyncClient, body: bytes | str, **headers: str) -> httpx.Response:
    given = {
        "Content-Type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return await client.post("/graphql", content=body, headers=given)


def messages(response: httpx.Response) -> list[str]:
    return [error["message"] for error in response.json()["errors"]]


async def test_a_query_by_post(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ viewer }"})

    assert response.status_code == 200
    assert response.json() == {"data": {"viewer": "王芳 zh"}, **COST}
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"


async def test_variables_operation_name_and_nulls(client: httpx.AsyncClient) -> None:
    document = "query A($t: String!) { echo(text: $t) } query B { viewer }"

    named = await client.post(
        "/graphql",
        json={"query": document, "operationName": "A", "variables": {"t": "格"}, "other": 1},
    )
    nulls = {"query": "{ viewer }", "operationName": None, "variables": None, "extensions": None}

    assert named.json() == {"data": {"echo": "格"}, **COST}
    assert (await client.post("/graphql", json=nulls)).json() == {
        "data": {"viewer": "王芳 zh"},
        **COST,
    }


async def test_a_mutation_by_post(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": 'mutation { note(text: "a") }'})

    assert response.json() == {"data": {"note": "noted a"}, **COST}


async def test_a_query_by_get(client: httpx.AsyncClient) -> None:
    response = await client.get(
        "/graphql",
        params={
            "query": "query Q($t: String!) { echo(text: $t) }",
            "operationName": "",
            "variables": '{"t": "网格 & 户"}',
            "extensions": "",
        },
    )

    assert response.status_code == 200
    assert response.json() == {"data": {"echo": "网格 & 户"}, **COST}


async def test_a_mutation_by_get_is_not_allowed(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": 'mutation { note(text: "a") }'})

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=%FF",
        "query=%ED%A0%80",
        "query={viewer}&query={viewer}",
        "query={viewer}&variables=[1]",
        "query={viewer}&variables=nonsense",
        "query={viewer}&extensions=7",
        "&".join(f"a{number}=1" for number in range(200)),
    ],
)
async def test_a_malformed_get(client: httpx.AsyncClient, query_string: str) -> None:
    response = await client.get(f"/graphql?{query_string}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_other_methods(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (RESPONSE, RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{JSON}, {RESPONSE}", RESPONSE),
        (f"{JSON};q=0.9, {RESPONSE};q=0.1", JSON),
        (f"{RESPONSE}; charset=utf-8", RESPONSE),
        (f"text/html, {JSON};q=0, */*;q=0.1", RESPONSE),
        (f"{RESPONSE};charset=iso-8859-1, {JSON}", JSON),
        ("APPLICATION/JSON", JSON),
    ],
)
async def test_the_type_of_the_answer(
    client: httpx.AsyncClient, accept: str, media_type: str
) -> None:
    response = await post(client, '{"query": "{ viewer }"}', Accept=accept)

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"


async def test_without_accept_the_answer_is_plain_json(server: Running) -> None:
    body = b'{"query": "{ viewer }"}'
    raw = await exchange(
        server,
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.token.encode()
        + b"\r\nContent-Type: application/json\r\nConnection: close\r\n"
        + b"Content-Length: %d\r\n\r\n" % len(body) + body,
    )  # fmt: skip

    assert raw.startswith(b"HTTP/1.1 200 ")
    assert b"content-type: application/json; charset=utf-8\r\n" in raw


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};charset=gbk", "*/*;q=0", "image/*"])
async def test_an_answer_that_is_not_acceptable(client: httpx.AsyncClient, accept: str) -> None:
    response = await post(client, '{"query": "{ viewer }"}', Accept=accept)

    assert response.status_code == 406
    assert response.json()["errors"][0]["extensions"] == {"code": "NOT_ACCEPTABLE"}


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nothing }",
        "query A { viewer } query B { viewer }",
        "query($t: String!) { echo(text: $t) }",
    ],
)
async def test_a_request_error_has_400_or_200_by_type(
    client: httpx.AsyncClient, query: str
) -> None:
    body = json.dumps({"query": query})

    newer = await post(client, body)
    plain = await post(client, body, Accept=JSON)

    assert (newer.status_code, plain.status_code) == (400, 200)
    for response in (newer, plain):
        assert response.json()["errors"]
        assert "data" not in response.json()


async def test_a_subscription_is_a_request_error(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "subscription { count(to: 1) }"})

    assert response.status_code == 400
    assert "data" not in response.json()


async def test_a_field_error_has_200_and_hides_its_cause(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.post("/graphql", json={"query": "{ viewer fails }"})

    assert response.status_code == 200
    assert response.json()["data"] == {"viewer": "王芳 zh", "fails": None}
    assert "secret" not in response.text
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/graphql",
        "",
    ],
)
async def test_a_body_of_another_type(client: httpx.AsyncClient, content_type: str) -> None:
    response = await post(client, '{"query": "{ viewer }"}', Content_Type=content_type)

    assert response.status_code == 415
    assert response.json()["errors"][0]["extensions"] == {"code": "UNSUPPORTED_MEDIA_TYPE"}


async def test_a_compressed_body(client: httpx.AsyncClient) -> None:
    response = await post(client, b"\x1f\x8b", Content_Encoding="gzip")

    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "identity"


async def test_utf_8_may_be_named(client: httpx.AsyncClient) -> None:
    response = await post(
        client, '{"query": "{ viewer }"}', Content_Type='application/json; charset="UTF-8"'
    )

    assert response.status_code == 200


MALFORMED: list[bytes] = [
    b"",
    b"NONSENSE",
    b'{"query":',
    b'\xef\xbb\xbf{"query": "{ viewer }"}',
    b'{"query": "\xff"}',
    b'{"query": "\xed\xa0\x80"}',
    b'{"query": "{ viewer }", "operationName": "\\ud800"}',
    b'{"query": "{ viewer }"} x',
    b"null",
    b"5",
    b'"{ viewer }"',
    b"[]",
    b'[{"query": "{ viewer }"}]',
    b"{}",
    b'{"qeury": "{ viewer }"}',
    b'{"query": null}',
    b'{"query": 1}',
    b'{"query": ["{ viewer }"]}',
    b'{"query": "{ viewer }", "variables": [7]}',
    b'{"query": "{ viewer }", "variables": "a"}',
    b'{"query": "{ viewer }", "operationName": 1}',
    b'{"query": "{ viewer }", "operationName": {}}',
    b'{"query": "{ viewer }", "extensions": true}',
    b'{"query": "{ viewer }", "variables": {"a": NaN}}',
    b'{"query": "{ viewer }", "variables": {"a": Infinity}}',
    b'{"query": "{ viewer }", "variables": {"a": 1e999}}',
    b'{"query": "{ viewer }", "variables": {"a": 18446744073709551616}}',
    b'{"query": "{ viewer }", "variables": {"a": [{"b": -99999999999999999999}]}}',
    b'{"query": "{ viewer }", "variables": {"a": ' + b"9" * 5000 + b"}}",
    b'{"query": "{ viewer }", "variables": {"a": ' + b"[" * 65 + b"]" * 65 + b"}}",
    b'{"query": "{ viewer }", "variables": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}",
    b'{"query": "{ viewer }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
]


@pytest.mark.parametrize("accept", [RESPONSE, JSON])
@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: repr(body[:60]))
async def test_a_malformed_body(client: httpx.AsyncClient, body: bytes, accept: str) -> None:
    response = await post(client, body, Accept=accept, Accept_Language="en")

    assert response.status_code == 400
    assert response.json().keys() == {"errors"}
    (message,) = messages(response)
    assert len(message) > 10
    assert response.headers["x-request-id"]


async def test_what_is_wrong_is_said_all_at_once_and_in_the_callers_language(
    client: httpx.AsyncClient,
) -> None:
    body = '{"query": 5, "variables": [], "operationName": "A"}'

    english = await post(client, body, Accept_Language="en-GB,en;q=0.9,zh;q=0.5")
    chinese = await post(client, body, Accept_Language="fr")

    assert messages(english) == [
        "query must be a string, not a number; variables must be an object, not an array."
    ]
    assert messages(chinese) == ["query 须是文本；variables 须是对象。"]


async def test_deep_and_large_values_within_the_limits_pass(client: httpx.AsyncClient) -> None:
    variables = '{"a": ' + "[" * 63 + "9223372036854775807" + "]" * 63 + "}"

    response = await post(client, '{"query": "{ viewer }", "variables": ' + variables + "}")

    assert response.status_code == 200


async def test_a_declared_body_that_is_too_large_is_not_read(server: Running) -> None:
    raw = await exchange(
        server,
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.token.encode()
        + b"\r\nContent-Type: application/json\r\nContent-Length: 1000001\r\n\r\n",
    )  # fmt: skip

    assert raw.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"TOO_LARGE"' in raw
    assert b"connection: close\r\n" in raw


async def test_a_chunked_body_that_is_too_large_is_not_read_to_the_end(server: Running) -> None:
    chunk = b"%x\r\n" % 500_000 + b" " * 500_000 + b"\r\n"
    raw = await exchange(
        server,
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.token.encode()
        + b"\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunk * 2 + b"1\r\n \r\n",
    )  # fmt: skip

    assert raw.startswith(b"HTTP/1.1 413 ")


async def test_a_body_of_exactly_the_limit_is_read(client: httpx.AsyncClient) -> None:
    body = b'{"query": "{ viewer }"}'

    assert (await post(client, body + b" " * (1_000_000 - len(body)))).status_code == 200
    assert (await post(client, body + b" " * (1_000_001 - len(body)))).status_code == 413
    assert (await post(client, body + b" " * 20_000_000)).status_code == 413


async def test_a_body_that_does_not_arrive(server: Running) -> None:
    raw = await exchange(
        server,
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.token.encode()
        + b'\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query"',
    )  # fmt: skip

    assert raw.startswith(b"HTTP/1.1 408 ")


async def test_a_client_that_leaves_in_the_middle_of_its_body(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.token.encode()
        + b'\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query"'
    )  # fmt: skip
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()
    await asyncio.sleep(0.05)

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("authorization", "challenge", "message"),
    [
        (None, 'Bearer realm="gridql"', "Say who you are: Authorization: Bearer gql_…"),
        (
            "Basic dTpw",
            'Bearer realm="gridql", error="invalid_token"',
            "Authorization must read: Bearer gql_…",
        ),
        (
            "Bearer",
            'Bearer realm="gridql", error="invalid_token"',
            "Authorization must read: Bearer gql_…",
        ),
        (
            "Bearer gql_wrong",
            'Bearer realm="gridql", error="invalid_token"',
            "The token is not known, has expired or was revoked.",
        ),
    ],
)
async def test_nobody(
    server: Running, authorization: str | None, challenge: str, message: str
) -> None:
    headers = {"Accept-Language": "en"}
    if authorization is not None:
        headers["Authorization"] = authorization
    async with httpx.AsyncClient(headers=headers) as nobody:
        response = await nobody.post(server.url, json={"query": "{ viewer }"})

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == challenge
    assert response.json() == {
        "errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]
    }


async def test_a_revoked_token(server: Running, client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {await newcomer('李雷')}"}
    query = {"query": "{ viewer }"}
    assert (await client.post("/graphql", json=query, headers=headers)).status_code == 200

    await revoke("李雷")
    server.actors.forget()

    response = await client.post("/graphql", json=query, headers=headers)

    assert response.status_code == 401
    assert messages(response) == ["访问令牌无效、已过期或已撤销。"]


async def test_two_authorization_headers_are_nobody(server: Running) -> None:
    both = [("Authorization", f"Bearer {server.token}")] * 2
    async with httpx.AsyncClient(headers=both) as client:
        assert (await client.get(server.url, params={"query": "{viewer}"})).status_code == 401


async def test_every_answer_carries_a_request_id(client: httpx.AsyncClient) -> None:
    query = {"query": "{ requestId }"}

    own = await client.post("/graphql", json=query)
    given = await client.post("/graphql", json=query, headers={"X-Request-Id": "gateway-7"})
    forged = await client.post("/graphql", json=query, headers={"X-Request-Id": "a\tb"})

    assert own.json()["data"]["requestId"] == own.headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}-[0-9a-f]+", own.headers["x-request-id"])
    assert given.json()["data"]["requestId"] == "gateway-7" == given.headers["x-request-id"]
    assert forged.headers["x-request-id"] != "a\tb"
    for path in ("/healthz", "/schema.graphql", "/", "/nothing"):
        assert (await client.get(path)).headers["x-request-id"]


async def test_a_bug_is_logged_and_not_described(
    server: Running, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    connection = get_connection("default")
    await connection.execute_script('ALTER TABLE "token" RENAME TO "gone"')
    server.actors.forget()

    response = await client.post("/graphql", json={"query": "{ viewer }"})

    await connection.execute_script('ALTER TABLE "gone" RENAME TO "token"')

    assert response.status_code == 500
    (error,) = response.json()["errors"]
    assert error["extensions"] == {
        "code": "INTERNAL",
        "requestId": response.headers["x-request-id"],
    }
    assert "token" not in error["message"]
    assert response.headers["x-request-id"] in caplog.text


async def test_what_is_open_to_all(server: Running) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as nobody:
        health = await nobody.get("/healthz")
        sdl = await nobody.get("/schema.graphql")
        nothing = await nobody.get("/nothing")

    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    assert sdl.headers["content-type"] == "text/plain; charset=utf-8"
    assert "type Query {" in sdl.text
    assert nothing.status_code == 404
    assert nothing.json()["errors"][0]["extensions"] == {"code": "NOT_FOUND"}


async def test_many_at_once_on_one_connection(client: httpx.AsyncClient) -> None:
    async def ask(number: int) -> Any:
        query = {"query": f'{{ echo(text: "{number}") }}'}
        return (await client.post("/graphql", json=query)).json()["data"]["echo"]

    assert await asyncio.gather(*map(ask, range(50))) == [str(number) for number in range(50)]


async def exchange(server: Running, request: bytes) -> bytes:
    """All that the server sends for raw bytes until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()
