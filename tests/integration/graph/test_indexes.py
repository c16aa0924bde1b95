"""All that lists are filtered and ordered by stands in an index, as each database itself says."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType

from gridql.database import transaction
from gridql.graph.compiler import Arguments, exposed_of, is_exposed
from gridql.graph.exposed import Exposed
from gridql.graph.filters import StringFilter, Test
from gridql.graph.keyset import keys_of, order_by
from gridql.graph.kinds import Kind
from gridql.graph.postgres import Postgres
from gridql.graph.sqlite import Sqlite
from tests.integration.graph.world import World

PARAMETER = re.compile(r"[$?]\d+")
VALUES = {
    Kind.TEXT: "'a'",
    Kind.UUID: "'00000000-0000-0000-0000-000000000000'",
    Kind.INTEGER: "1",
    Kind.MOMENT: "'2026-05-01T08:00:00+00:00'",
    Kind.BOOLEAN: "true",
}


def listed(world: World) -> Iterator[Exposed]:
    """All types that have lists with a filter or an order."""
    for of in world.engine.schema.type_map.values():
        if isinstance(of, GraphQLObjectType) and is_exposed(of):
            exposed = exposed_of(of)
            if exposed.tests or exposed.orders:
                yield exposed


async def plan(world: World, statement: str) -> list[str]:
    """How the database would run it, if there were too many rows to look at each of them."""
    if world.database.dialect == "sqlite":
        connection = world.database.connection()
        rows = await connection.execute_query_dict(f"explain query plan {statement}")
        return [row["detail"] for row in rows]
    async with transaction() as connection:
        for way in ("seqscan", "bitmapscan", "sort"):
            await connection.execute_script(f"set local enable_{way} = off")
        rows = await connection.execute_query_dict(f"explain {statement}")
        return [row["QUERY PLAN"] for row in rows]


async def looked_up(world: World, exposed: Exposed, column: str, condition: str) -> bool:
    """Whether an index leads to the rows for which the condition on the column holds."""
    for line in await plan(world, f"select 1 from {exposed.table} t where {condition}"):
        kind, _, keys = line.partition("(")
        if "SEARCH" in kind or "Index Cond" in kind:
            return column in keys or "<expr>" in keys
    return False


async def is_sorted(world: World, exposed: Exposed, order: str) -> bool:
    """Whether the first rows are found only by sorting them all."""
    lines = await plan(world, f"select 1 from {exposed.table} t order by {order} limit 20")
    return any("TEMP B-TREE" in line or "Sort" in line for line in lines)


def conditions(world: World, test: Test) -> Iterator[str]:
    column, value = f"t.{test.column.name}", VALUES[test.column.kind]
    if test.column.kind is Kind.MOMENT:
        yield f"{test.column.sortable('t')} >= {value}"
    else:
        yield f"{column} = {value}"
    if test.input_type is StringFilter:
        dialect = Sqlite() if world.database.dialect == "sqlite" else Postgres()
        yield dialect.between(column, "'a'", "'b'")


async def test_every_filter_takes_an_index(world: World) -> None:
    missing = []
    for exposed in listed(world):
        assert exposed.code is None or await looked_up(
            world, exposed, exposed.code.name, f"t.{exposed.code.name} >= '1'"
        )
        for name, test in exposed.tests.items():
            for condition in conditions(world, test):
                found = await looked_up(world, exposed, test.column.name, condition)
                if not found and exposed.code is not None:
                    # What is looked for lies in an area: an index may begin with that.
                    condition = f"t.{exposed.code.name} = '1' and {condition}"
                    found = await looked_up(world, exposed, test.column.name, condition)
                if not found:
                    missing.append((exposed.name, name, condition))

    assert missing == []


async def test_every_order_is_that_of_an_index(world: World) -> None:
    sorted_anew = []
    for exposed in listed(world):
        for name in exposed.orders:
            assert exposed.order_type is not None
            keys = keys_of(exposed, Arguments(0, {"orderBy": [exposed.order_type(name)]}))
            for backward in (False, True):
                order = order_by(keys, "t", backward=backward)
                if await is_sorted(world, exposed, order):
                    sorted_anew.append((exposed.name, name))

    assert sorted_anew == []


async def test_what_no_index_has_is_found_out(world: World) -> None:
    (hazards,) = [exposed for exposed in listed(world) if exposed.name == "Hazard"]

    assert not await looked_up(world, hazards, "title", "t.title = 'a'")
    assert not await looked_up(world, hazards, "title", "t.grid_code = '1' and t.title = 'a'")
    assert await is_sorted(world, hazards, "t.title")


async def test_open_hazards_are_counted_in_an_index_of_their_own(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The condition of that index stands in the statement, word for word."""
    caplog.set_level(logging.DEBUG, "gridql.sql")

    await world.data(
        """{
          coverage(under: "370114001", by: COMMUNITY, since: "2026-01-01T00:00:00Z") {
            openHazards { minor }
          }
        }"""
    )

    (record,) = caplog.records
    statement, _, _ = record.getMessage().rpartition(" (")
    statement = PARAMETER.sub("'370114001'", statement.replace("$1::", f"{VALUES[Kind.MOMENT]}::"))
    if world.database.dialect == "sqlite":
        # With so few rows it would take another; this fails where it cannot take that one.
        statement = statement.replace("hazard z", "hazard z indexed by hazard_open")
    assert any("hazard_open" in line for line in await plan(world, statement))
