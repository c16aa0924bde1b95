"""What an operator sets otherwise: each limit at what it allows and at one more, and the schema."""

from __future__ import annotations

from typing import Any

import pytest

from gridql.access.roles import Role
from gridql.domain.places.models import Place
from tests.acceptance.processes import Installation
from tests.acceptance.town import town_of

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

SETTINGS = """
max_depth = 4
max_aliases = 2
max_tokens = 30
max_directives = 2
max_root_fields = 2
max_cost = 50
"""

NODES = "{{ nodes(ids: [{}]) {{ __typename }} }}"

AT_THE_LIMIT = {
    "depth": "{ grids(first: 1) { edges { node { code } } } }",
    "aliases": "{ a: viewer { b: name } }",
    "tokens": NODES.format('"a" ' * 18),
    "directives": "{ viewer @include(if: true) { name @include(if: true) } }",
    "root_fields": "{ viewer { name } grids { totalCount } }",
    "cost": "{ viewer { name } grids(first: 24) { edges { node { code } } } }",
}
ONE_MORE = {
    "depth": "{ grids(first: 1) { edges { node { community { code } } } } }",
    "aliases": "{ a: viewer { b: name c: role } }",
    "tokens": NODES.format('"a" ' * 19),
    "directives": "{ viewer @include(if: true) { name @include(if: true) @skip(if: false) } }",
    "root_fields": "{ viewer { name } grids { totalCount } areas { totalCount } }",
    "cost": "{ grids(first: 25) { edges { node { code } } } }",
}
ALLOWED = {
    "depth": 4,
    "aliases": 2,
    "tokens": 30,
    "directives": 2,
    "root_fields": 2,
    "cost": 50,
}


async def test_every_limit_at_what_it_allows_and_at_one_more(installation: Installation) -> None:
    (installation.folder / "gridql.toml").write_text(SETTINGS, encoding="utf-8")

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            district = await town.someone(Role.DISTRICT, "370114")
            data = {name: await district.ask(query) for name, query in AT_THE_LIMIT.items()}
            refused = {
                name: (await district.post(query)).json() for name, query in ONE_MORE.items()
            }

    assert all(data.values())
    assert {name: told(answer) for name, answer in refused.items()} == {
        name: [
            {
                "code": "LIMIT_EXCEEDED",
                "limit": name,
                "allowed": allowed,
                "asked": str(allowed + 1),
            }
        ]
        for name, allowed in ALLOWED.items()
    }


async def test_a_cost_that_is_in_the_variables(installation: Installation) -> None:
    (installation.folder / "gridql.toml").write_text("max_cost = 21\n", encoding="utf-8")
    query = "query Page($n: Int) { grids(first: $n) { edges { node { code } } } }"

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            district = await town.someone(Role.DISTRICT, "370114")
            allowed = (await district.post(query, n=10)).json()
            refused = (await district.post(query, n=11)).json()

    assert allowed["extensions"] == {"cost": 21}
    assert told(refused) == [
        {"code": "LIMIT_EXCEEDED", "limit": "cost", "allowed": 21, "asked": "23"}
    ]


async def test_a_read_beyond_its_time(installation: Installation) -> None:
    (installation.folder / "gridql.toml").write_text(
        "statement_timeout_s = 0.3\nmax_cost = 10_000_000\n", encoding="utf-8"
    )
    page = "places(first: 100) {{ edges {{ node {{ {} }} }} }}"
    below = page.format("id")
    for _ in range(2):
        below = page.format(f"grid {{ {below} }}")

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            district = await town.someone(Role.DISTRICT, "370114")
            await Place.bulk_create(
                Place(name="店", scheme="a", category="b", grid_id=street.grid) for _ in range(100)
            )
            within = await district.ask("{ places { totalCount } }")
            beyond = (await district.post(f"{{ {below} }}")).json()

    assert within == {"places": {"totalCount": 101}}
    assert beyond["data"] is None
    assert [error["extensions"] for error in beyond["errors"]] == [{"code": "TIMEOUT"}]


async def test_introspection_and_suggestions_switched_off(installation: Installation) -> None:
    (installation.folder / "gridql.toml").write_text(
        "introspection = false\nsuggestions = false\n", encoding="utf-8"
    )

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            district = await town.someone(Role.DISTRICT, "370114")
            names = await district.ask("{ __typename viewer { __typename } }")
            schema = (await district.post("{ __schema { types { name } } }")).json()
            of_type = (await district.post('{ __type(name: "Hazard") { name } }')).json()
            misspelt = (await district.post("{ viewr { name } }")).json()
            typed = "query Page($f: HazardFilter) { hazards(filter: $f) { totalCount } }"
            field = (await district.post(typed, f={"statsu": {"eq": "CLOSED"}})).json()
            value = (await district.post(typed, f={"status": {"eq": "CLOSD"}})).json()
            sdl = await town.http.get("/schema.graphql", headers={"Accept-Language": "en"})
            home = await town.http.get("/")

    assert names == {"__typename": "Query", "viewer": {"__typename": "Viewer"}}
    assert told(schema) == told(of_type) == [{"code": "INTROSPECTION_DISABLED"}]
    for answer in (misspelt, field, value):
        (error,) = answer["errors"]
        assert "Did you mean" not in error["message"]
    assert sdl.status_code == 404
    assert sdl.json()["errors"] == [
        {
            "message": "This server does not show its schema.",
            "extensions": {"code": "INTROSPECTION_DISABLED"},
        }
    ]
    assert home.status_code == 200
    assert "/healthz" in home.text
    assert "/schema.graphql" not in home.text


async def test_suggestions_are_made_and_the_schema_is_shown_unless_switched_off(
    installation: Installation,
) -> None:
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            district = await town.someone(Role.DISTRICT, "370114")
            schema = await district.ask("{ __schema { queryType { name } } }")
            typed = "query Page($f: HazardFilter) { hazards(filter: $f) { totalCount } }"
            field = (await district.post(typed, f={"statsu": {"eq": "CLOSED"}})).json()
            home = await town.http.get("/")

    assert schema == {"__schema": {"queryType": {"name": "Query"}}}
    assert "Did you mean 'status'?" in field["errors"][0]["message"]
    assert "/schema.graphql" in home.text


def told(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """What the errors carry beside their message; nothing was executed."""
    assert "data" not in answer
    return [error["extensions"] for error in answer["errors"]]
