"""Migrations over a database that is in use, forward and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from gridql.database import APP, MIGRATIONS, MODELS, Database, connect, migrate, pending_migrations
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardLevel, Urgency
from gridql.domain.places.models import Place

pytestmark = pytest.mark.anyio


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Database]:
    """An open database without any table."""
    opened = await connect(database_url)
    try:
        yield opened
    finally:
        await opened.close()


async def go_to(database: Database, name: str) -> None:
    """Forward or back to the migration of that name."""
    apps = {APP: {"models": list(MODELS), "migrations": MIGRATIONS}}
    executor = MigrationExecutor(database.connection(), apps)
    await executor.migrate([MigrationTarget(APP, name)])


async def move_in() -> None:
    """A few rows in the tables that migrations work on."""
    await Area.create(code="370114001003", name="白泉社区", level=AreaLevel.COMMUNITY)
    grid = await Grid.create(code="370114001003001", name="第一网格", community_id="370114001003")
    place = await Place.create(name="便民超市", scheme="九小场所", category="N01", grid=grid)
    # Not by the model, which has columns that come later.
    for number in range(3):
        await get_connection("default").execute_query(
            "insert into hazard (title, severity, status, category, place_id, reported_at, "
            f"revision, grid_code) values ('隐患{number}', 'SERIOUS', 'REPORTED', 'ESCAPE_ROUTE', "
            f"{place.id}, '2026-05-01T0{number}:00:00+00:00', 1, '{grid.code}')"
        )


FIRST = ("id", "title", "severity", "status", "category", "place_id", "reported_at", "grid_id")
"""The columns of a hazard that were there from the beginning."""


async def rows() -> list[Any]:
    return [
        *[
            await model.all().order_by(model._meta.pk_attr).values()
            for model in (Area, Grid, Place)
        ],
        await Hazard.all().order_by("id").values(*FIRST),
    ]


async def test_migrations_come_to_rows_that_are_there_and_go_again(empty: Database) -> None:
    await go_to(empty, "0001_initial")
    await move_in()
    before = await rows()

    assert await migrate(empty) == ["0002_indexes_of_lists", "0003_life_of_hazards"]
    assert await pending_migrations(empty) == []
    assert await rows() == before

    await go_to(empty, "0001_initial")
    assert await rows() == before
    assert await migrate(empty) == ["0002_indexes_of_lists", "0003_life_of_hazards"]


async def test_hazards_that_are_there_begin_their_life_at_its_beginning(empty: Database) -> None:
    await go_to(empty, "0002_indexes_of_lists")
    await move_in()
    indexed = await indexes(empty, "hazard")

    await migrate(empty)

    first = await Hazard.get(title="隐患0")
    assert (first.level, first.urgency, first.returns) == (HazardLevel.GRID, Urgency.IN_TIME, 0)
    assert first.merged_into_id is None
    assert await indexes(empty, "hazard") == {*indexed, ("clock_at",), ("merged_into_id",)}

    await go_to(empty, "0002_indexes_of_lists")
    assert await indexes(empty, "hazard") == indexed


async def test_the_database_has_the_indexes_that_the_models_name(empty: Database) -> None:
    await migrate(empty)

    missing = []
    for model in Tortoise.apps.get_models_iterable() if Tortoise.apps else ():
        found = await indexes(empty, model._meta.db_table)
        missing += [
            (model.__name__, index.fields)
            for index in model._meta.indexes
            if tuple(index.fields) not in found
        ]

    assert missing == []


async def indexes(database: Database, table: str) -> set[tuple[str, ...]]:
    """The columns of each index of the table."""
    if database.dialect == "postgres":
        statement = (
            "select i.indexrelid::text as name, a.attname as column from pg_index i "
            "join pg_attribute a on a.attrelid = i.indexrelid "
            f"where i.indrelid = '{table}'::regclass order by 1, a.attnum"
        )
    else:
        statement = (
            "select l.name as name, i.name as column "
            f"from pragma_index_list('{table}') l, pragma_index_info(l.name) i order by 1, i.seqno"
        )
    columns: dict[str, tuple[str, ...]] = {}
    for row in await database.connection().execute_query_dict(statement):
        columns[row["name"]] = (*columns.get(row["name"], ()), row["column"])
    return set(columns.values())
