"""Migrations over a database that is in use, forward and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from gridql.database import (
    APP,
    MIGRATIONS,
    MODELS,
    Database,
    connect,
    migrate,
    pending_migrations,
    transaction,
)
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import HazardLevel, Urgency
from gridql.domain.places.models import Place
from gridql.domain.submissions.models import Finding, Submission
from gridql.forms.models import PublishedForm
from gridql.journal import entry as journal
from gridql.journal import sequencer
from gridql.journal.chain import START, seal
from gridql.journal.models import Entry
from gridql.journal.verify import verify

pytestmark = pytest.mark.anyio

LATER = [
    "0002_indexes_of_lists",
    "0003_life_of_hazards",
    "0004_recorded_at",
    "0005_clock",
    "0006_webhooks",
    "0007_items_of_hazards",
]
"""What comes after the first; whoever adds a migration adds it here."""

MAY = datetime(2026, 5, 1, tzinfo=UTC)


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

    assert await migrate(empty) == LATER
    assert await pending_migrations(empty) == []
    assert await rows() == before

    await go_to(empty, "0001_initial")
    assert await rows() == before
    assert await migrate(empty) == LATER


async def test_every_way_back_leaves_what_was_there_before(empty: Database) -> None:
    stages, forth = ["0001_initial", *LATER], {}
    for name in stages:
        await go_to(empty, name)
        forth[name] = await all_indexes(empty)

    for name in reversed(stages):
        await go_to(empty, name)
        assert await all_indexes(empty) == forth[name]


async def test_hazards_that_are_there_begin_their_life_at_its_beginning(empty: Database) -> None:
    await go_to(empty, "0002_indexes_of_lists")
    await move_in()
    indexed = await indexes(empty, "hazard")

    await migrate(empty)

    first = await Hazard.get(title="隐患0")
    assert (first.level, first.urgency, first.returns) == (HazardLevel.GRID, Urgency.IN_TIME, 0)
    assert first.merged_into_id is None
    assert await indexes(empty, "hazard") == {
        *indexed,
        ("clock_at",),
        ("merged_into_id",),
        ("urgency", "reported_at", "id"),
        ("level", "reported_at", "id"),
    }

    await go_to(empty, "0002_indexes_of_lists")
    assert await indexes(empty, "hazard") == indexed


async def test_open_hazards_that_have_a_due_date_are_looked_at_by_the_clock(
    empty: Database,
) -> None:
    await go_to(empty, "0004_recorded_at")
    await move_in()
    due = "due_at = '2026-05-04T00:00:00+00:00'"
    await empty.connection().execute_script(
        f"update hazard set {due} where id < 3; update hazard set status = 'CLOSED' where id = 2"
    )

    await migrate(empty)

    clocks = await Hazard.all().order_by("id").values_list("clock_at", flat=True)
    assert clocks == [MAY, None, None]

    await go_to(empty, "0004_recorded_at")
    assert ("clock_at",) not in await indexes(empty, "hazard_part")


async def test_what_found_a_hazard_is_known_of_those_from_before(empty: Database) -> None:
    await go_to(empty, "0006_webhooks")
    await move_in()
    form = await PublishedForm.create(
        name="shop",
        version=1,
        kind="INSPECTION",
        subject="PLACE",
        plugin="shops",
        hash="5f3a",
        title={},
        schema_by_lang={},
        ui_schema_by_lang={},
        document={},
        answers_type="ShopV1",
        published_at=MAY,
    )
    submission = await Submission.create(
        client_id=uuid4(),
        form_id=form.id,
        place_id=1,
        area_code="370114001003001",
        grid_id="370114001003001",
        answers={},
        observed_at=MAY,
        submitted_at=MAY,
    )
    for hazard_id, rule in ((2, "exitClear"), (None, "wiring"), (3, "hotWork")):
        await Finding.create(
            submission_id=submission.id,
            area_code="370114001003001",
            rule=rule,
            severity="SERIOUS",
            category="ESCAPE_ROUTE",
            days=3,
            basis=[],
            title={},
            hazard_id=hazard_id,
        )

    await migrate(empty)

    items: list[Any] = await Hazard.all().order_by("id").values_list("item", flat=True)
    assert items == [None, "exitClear", "hotWork"]


async def test_entries_from_before_stay_sealed_as_they_were(empty: Database) -> None:
    await go_to(empty, "0003_life_of_hazards")
    kept = {
        "id": 1,
        "position": 1,
        "occurred_at": "2026-05-01T08:30:00+00:00",
        "actor_id": None,
        "actor_role": "OPERATOR",
        "subject_type": "Hazard",
        "subject_id": 3,
        "grid_code": None,
        "kind": "REPORTED",
        "from_state": None,
        "to_state": "REPORTED",
        "revision": 1,
        "note": None,
        "changes": None,
    }
    sealed = seal(START, kept | {"recorded_at": None})
    connection = empty.connection()
    await connection.execute_script(
        "insert into entry (id, position, occurred_at, actor_role, subject_type, subject_id, kind, "
        "to_state, revision, hash) values (1, 1, '2026-05-01T08:30:00+00:00', 'OPERATOR', "
        f"'Hazard', 3, 'REPORTED', 'REPORTED', 1, '{sealed}'); "
        f"insert into chain (id, position, hash) values (1, 1, '{sealed}')"
    )

    await go_to(empty, "0004_recorded_at")

    assert (await Entry.get()).recorded_at is None
    assert (await verify(empty)).breaks == []
    # It goes on from there with what is sealed in full.
    if empty.dialect == "postgres":
        await connection.execute_script("select setval('entry_id_seq', 1)")
    async with transaction():
        await journal.write(None, subject_type="Area", subject_id=1, kind="KEPT", grid_code=None)
    await sequencer.number(empty)
    assert (await Entry.get(id=2)).recorded_at is not None
    verdict = await verify(empty)
    assert (verdict.position, verdict.breaks) == (2, [])


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


async def all_indexes(database: Database) -> dict[str, set[tuple[str, ...]]]:
    """The columns of each index, by table."""
    if database.dialect == "postgres":
        statement = "select tablename as name from pg_tables where schemaname = 'public'"
    else:
        statement = "select name from sqlite_master where type = 'table'"
    tables = await database.connection().execute_query_dict(statement)
    return {each["name"]: await indexes(database, each["name"]) for each in tables}


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
