"""What ends otherwise than in an answer: time limits, too much at once, and bugs."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from gridql.errors import Misuse
from gridql.graph.compiler import exposed_of
from gridql.graph.executor import Engine
from gridql.graph.limits import Limits
from tests.conftest import Dialect
from tests.integration.graph.people import DISTRICT
from tests.integration.graph.world import World, Worlds

GENEROUS = Limits(depth=100, aliases=10_000, tokens=100_000, cost=10**12)


def nested(levels: int) -> str:
    """Hazards of the grids of hazards of the grids …: each level forty times the one above."""
    below = "id"
    for _ in range(levels):
        below = f"grid {{ hazards(first: 100) {{ edges {{ node {{ {below} }} }} }} }}"
    return f"{{ hazards(first: 100) {{ edges {{ node {{ {below} }} }} }} }}"


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_a_statement_over_its_time_is_cancelled(worlds: Worlds, dialect: Dialect) -> None:
    async with worlds.open(dialect, timeout_s=0.2, read_connections=1) as world:
        generous = replace(world, engine=Engine(world.engine.schema, GENEROUS))

        response = await generous.ask(nested(3))
        chinese = await generous.ask(nested(3), lang="zh")
        after = await generous.data("{ places { totalCount } }")

    assert response["data"] is None
    assert [error["message"] for error in response["errors"]] == [
        "This took too long and was cancelled. Ask for less at a time."
    ]
    assert response["errors"][0]["extensions"] == {"code": "TIMEOUT"}
    assert chinese["errors"][0]["message"] == "查询超时，已取消。请缩小范围后重试。"
    assert after == {"places": {"totalCount": 5}}


async def test_too_much_at_once_is_refused_before_any_statement(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gridql.sql")
    response = await world.ask(nested(3))

    assert "data" not in response
    assert response["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert caplog.records == []


async def test_a_bug_is_logged_with_the_request_and_not_described(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(sql: str, params: Any) -> str | None:
        raise RuntimeError(f"secret: {sql}")

    monkeypatch.setattr(world.database, "read", broken)
    query = '{ viewer { name } hazard(id: "Hazard:1") { title } }'

    english = await world.ask(query)
    chinese = await world.ask(query, lang="zh")

    assert english["data"] == {"viewer": {"name": DISTRICT.name}, "hazard": None}
    assert english["errors"] == [
        {
            "message": "Something went wrong here. Please quote request request-7.",
            "locations": [{"line": 1, "column": 19}],
            "path": ["hazard"],
            "extensions": {"requestId": "request-7"},
        }
    ]
    assert chinese["errors"][0]["message"] == "服务器内部错误，请提供请求编号 request-7。"
    record = caplog.records[0]
    assert record.levelname == "ERROR"
    assert "request-7" in record.getMessage()
    assert record.exc_info is not None
    assert "secret" in str(record.exc_info[1])


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_more_than_the_database_can_take_in(worlds: Worlds, dialect: Dialect) -> None:
    above = "name"
    for _ in range(70):
        above = f"parent {{ {above} }}"
    many = " ".join(f"a{number}: name" for number in range(1700))
    async with worlds.open(dialect) as world:
        generous = replace(world, engine=Engine(world.engine.schema, GENEROUS))

        deep = await generous.ask(f'{{ area(code: "370114001003") {{ {above} }} }}')
        wide = await generous.ask(f'{{ area(code: "370114001003") {{ {many} }} }}')

    refused = {
        "message": "This is nested too deeply, or too long: ask for it in parts.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["area"],
        "extensions": {"code": "LIMIT_EXCEEDED"},
    }
    if dialect == "sqlite":
        assert deep["errors"] == [refused]
        assert wide["data"]["area"]["a1699"] == "白泉社区"
    else:
        assert deep["data"]["area"]["parent"]["parent"]["parent"]["parent"] == {"parent": None}
        assert wide["errors"] == [refused]


async def test_documents_that_are_none(world: World) -> None:
    async def messages(query: str) -> list[str]:
        response = await world.ask(query)
        assert "data" not in response
        return [error["message"] for error in response["errors"]]

    assert await messages("") == ["Syntax Error: Unexpected <EOF>."]
    assert await messages("{ hazards") == ["Syntax Error: Expected Name, found <EOF>."]
    assert len(await messages("{ nothing other }")) == 2
    assert await messages("{ hazards { totalCount } } fragment F on Nothing { id }")
    assert await messages('{ hazard(id: "\\uD800") { id } }') == [
        "Syntax Error: Invalid Unicode escape sequence: '\\uD800'."
    ]
    assert await messages("{" * 2000) != []
    assert await messages("subscription { hazardUpdates { id } }") == [
        "A subscription cannot be sent this way."
    ]


async def test_fragments_that_spread_each_other_cost_no_time(world: World) -> None:
    chain = " ".join(
        f"fragment F{number} on Area {{ parent {{ ...F{number + 1} ...F{number + 1} }} "
        f"parent {{ ...F{number + 1} ...F{number + 1} }} }}"
        for number in range(13)
    )
    chain += " fragment F13 on Area { name }"
    query = f'{{ area(code: "370114001003") {{ ...F0 ...F0 }} }} {chain}'
    generous = replace(world, engine=Engine(world.engine.schema, GENEROUS))

    found = await generous.data(query)

    assert found["area"]["parent"]["parent"]["parent"]["parent"] == {"parent": None}


def test_a_field_of_no_table_is_a_misuse(world: World) -> None:
    with pytest.raises(Misuse, match="PageInfo is not exposed over a table"):
        from_schema = world.engine.schema.get_type("PageInfo")
        exposed_of(from_schema)  # type: ignore[arg-type]  # the misuse
