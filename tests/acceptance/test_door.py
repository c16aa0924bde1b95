"""Everything needs a token, except for what says that the server is there and what it offers."""

from __future__ import annotations

import pytest

from gridql.access.roles import Role
from tests.acceptance.callers import Follower
from tests.acceptance.town import Town

WHO = "{ viewer { name role } }"

UNKNOWN = "The token is not known, has expired or was revoked."


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/schema.graphql"])
async def test_open_to_everybody(town: Town, path: str) -> None:
    response = await town.http.get(path)

    assert response.status_code == 200


async def test_the_contract_names_every_form(town: Town) -> None:
    sdl = (await town.http.get("/schema.graphql")).text

    assert "union FormAnswers = " in sdl
    assert "input FormAnswersInput @oneOf {" in sdl
    for name in ("NineSmallPlacesShopV1", "NineSmallPlacesRestaurantV1", "SatisfactionV1"):
        assert f"type {name} {{" in sdl
        assert f"input {name}Input {{" in sdl


@pytest.mark.parametrize(
    ("lang", "message"),
    [
        ("zh", "请提供访问令牌：Authorization: Bearer gql_…"),
        ("en", "Say who you are: Authorization: Bearer gql_…"),
    ],
    ids=["zh", "en"],
)
async def test_without_a_token(town: Town, lang: str, message: str) -> None:
    response = await town.stranger().speaking(lang).post(WHO)

    assert response.status_code == 401
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["www-authenticate"] == 'Bearer realm="gridql"'
    assert response.json() == {
        "errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]
    }


@pytest.mark.parametrize("token", ["gql_" + "A" * 43, "letmein", "gql_"])
async def test_a_token_that_nobody_was_given(town: Town, token: str) -> None:
    response = await town.stranger(token).post(WHO)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="gridql", error="invalid_token"'
    assert response.json() == {
        "errors": [{"message": UNKNOWN, "extensions": {"code": "UNAUTHENTICATED"}}]
    }


async def test_reading_by_get_needs_a_token_too(town: Town) -> None:
    agency = await town.someone(Role.AGENCY, "370114")

    without = await town.http.get("/graphql", params={"query": WHO})
    given = await town.http.get("/graphql", params={"query": WHO}, headers=agency.headers)

    assert without.status_code == 401
    assert given.json()["data"] == {"viewer": {"name": "李敏", "role": "AGENCY"}}


async def test_a_socket_with_the_token_in_its_first_message(town: Town) -> None:
    agency = await town.someone(Role.AGENCY, "370114")

    async with agency.socket() as socket:
        follower = Follower(socket)
        await follower.say(
            {
                "type": "connection_init",
                "payload": {"authorization": f"Bearer {agency.token}"},
            }
        )
        assert await follower.hear() == {"type": "connection_ack"}
        await follower.begin("1", WHO, {})
        answer = await follower.hear()

    assert answer["payload"]["data"] == {"viewer": {"name": "李敏", "role": "AGENCY"}}


async def test_a_socket_with_the_token_in_its_header(town: Town) -> None:
    agency = await town.someone(Role.AGENCY, "370114")

    async with agency.socket(agency.headers) as socket:
        follower = Follower(socket)
        await follower.say({"type": "connection_init"})
        assert await follower.hear() == {"type": "connection_ack"}
        await follower.begin("1", WHO, {})
        answer = await follower.hear()

    assert answer["payload"]["data"] == {"viewer": {"name": "李敏", "role": "AGENCY"}}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, "Forbidden: Say who you are: Authorization: Bearer gql_…"),
        ({"authorization": "Bearer gql_nobody"}, f"Forbidden: {UNKNOWN}"),
    ],
    ids=["without a token", "with a wrong one"],
)
async def test_a_socket_for_nobody(town: Town, payload: dict[str, str], reason: str) -> None:
    stranger = town.stranger()

    async with stranger.socket(stranger.headers) as socket:
        follower = Follower(socket)
        await follower.say({"type": "connection_init", "payload": payload})
        code = await follower.until_closed()

    assert (code, socket.close_reason) == (4403, reason)


async def test_a_socket_on_which_nobody_introduces_themselves(town: Town) -> None:
    stranger = town.stranger()

    async with stranger.socket() as socket:
        follower = Follower(socket)
        await follower.begin("1", "subscription { hazardUpdates { cursor } }", {})
        code = await follower.until_closed()

    assert code == 4401
