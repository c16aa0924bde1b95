"""The clock on real databases: it does everything once, whoever is at it and whatever breaks."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gridql import clock
from gridql.database import Database, transaction
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.hazards import calls
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.hazards.rules import HazardLevel, HazardStatus, PartKind, Severity, Urgency
from gridql.handling import Handling
from gridql.journal.models import Entry
from gridql.journal.sequencer import number
from gridql.journal.verify import verify
from gridql.server.clockwork import Clockwork

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
GRID = "370114001003001"

# A Monday and the Thursday of that week, both at 10:00 in China.
MONDAY, THURSDAY = datetime(2026, 5, 4, 2, tzinfo=UTC), datetime(2026, 5, 7, 2, tzinfo=UTC)
WHOLE_WAY = ["DUE_SOON", "OVERDUE", "ESCALATED", "ESCALATED", "ESCALATED"]
MISSED = {"departments": ["HOUSING"]}

PROCESS = """
import asyncio, sys
from gridql.database import connect
from gridql.handling import Handling
from gridql.server.clockwork import Clockwork

async def main():
    await connect(sys.argv[1])
    await Clockwork(Handling(), every_s=0.05).run()

asyncio.run(main())
"""


@pytest.fixture
async def grid(database: Database) -> Database:
    """A database with one grid."""
    await Area.create(code="370114001003", name="白泉社区", level=AreaLevel.COMMUNITY)
    await Grid.create(code=GRID, name="第一网格", community_id="370114001003")
    return database


async def found(count: int = 1, due_at: datetime | None = THURSDAY) -> list[Hazard]:
    """Hazards that were found on Monday, not looked at yet."""
    return [
        await Hazard.create(
            title=f"隐患{each}",
            severity=Severity.SERIOUS,
            category="ESCAPE_ROUTE",
            reported_at=MONDAY,
            due_at=due_at,
            clock_at=MONDAY,
            grid_id=GRID,
        )
        for each in range(count)
    ]


async def look(now: datetime) -> None:
    """Let a clock look at that moment."""
    with clock.using(clock.HeldClock(now)):
        await Clockwork(Handling()).look()


async def events(hazard: Hazard) -> list[Entry]:
    """The history of a hazard."""
    return await Entry.filter(subject_type="Hazard", subject_id=hazard.id).order_by("id")


async def kinds(hazard: Hazard) -> list[str]:
    """What has happened to a hazard."""
    return [entry.kind for entry in await events(hazard)]


async def test_what_falls_due_is_done_and_told(grid: Database) -> None:
    [hazard] = await found()
    now = datetime(2026, 5, 8, 15, tzinfo=UTC)  # an hour past the first escalation

    await look(now)

    row = await Hazard.get(id=hazard.id)
    assert (row.urgency, row.level, row.revision) == (Urgency.OVERDUE, HazardLevel.COMMUNITY, 4)
    assert row.clock_at == datetime(2026, 5, 12, 2, tzinfo=UTC)
    assert [(entry.kind, entry.revision, entry.changes) for entry in await events(hazard)] == [
        ("DUE_SOON", 2, {"urgency": "DUE_SOON", "fellDueAt": "2026-05-06T11:36:00+00:00"}),
        ("OVERDUE", 3, {"urgency": "OVERDUE", "fellDueAt": "2026-05-07T02:00:00+00:00"}),
        ("ESCALATED", 4, {"level": "COMMUNITY", "fellDueAt": "2026-05-08T14:00:00+00:00"}),
    ]
    assert {
        (entry.actor_id, entry.actor_role, entry.occurred_at, entry.from_state, entry.to_state)
        for entry in await events(hazard)
    } == {(None, "CLOCK", now, "REPORTED", "REPORTED")}
    await number(grid)
    assert (await verify(grid)).breaks == []


async def test_what_is_not_due_yet_is_left_alone(grid: Database) -> None:
    [hazard] = await found()

    await look(MONDAY + timedelta(hours=1))
    await look(MONDAY + timedelta(hours=2))

    row = await Hazard.get(id=hazard.id)
    assert (row.urgency, row.revision) == (Urgency.IN_TIME, 1)
    assert row.clock_at == datetime(2026, 5, 6, 11, 36, tzinfo=UTC)
    assert await events(hazard) == []


async def test_what_was_closed_meanwhile_is_left_alone(grid: Database) -> None:
    [hazard] = await found()
    await Hazard.filter(id=hazard.id).update(status=HazardStatus.CLOSED)

    await look(THURSDAY)

    row = await Hazard.get(id=hazard.id)
    assert (row.urgency, row.clock_at, row.revision) == (Urgency.IN_TIME, None, 1)
    assert await events(hazard) == []


async def test_a_department_that_does_not_answer_is_told_of_step_by_step(grid: Database) -> None:
    [hazard] = await found(due_at=None)
    part = HazardPart(hazard_id=hazard.id, department="HOUSING", part=PartKind.CALLED)
    calls.call(part, Handling().calls, MONDAY)
    await part.save()

    await look(MONDAY + timedelta(minutes=29))
    assert await events(hazard) == []
    await look(MONDAY + timedelta(minutes=31))
    await look(MONDAY + timedelta(minutes=32))
    await look(MONDAY + timedelta(days=3))

    assert [(entry.kind, entry.revision, entry.changes) for entry in await events(hazard)] == [
        ("OVERDUE", 2, {**MISSED, "step": "SIGN_IN", "fellDueAt": "2026-05-04T02:30:00+00:00"}),
        ("OVERDUE", 3, {**MISSED, "step": "CONTACT", "fellDueAt": "2026-05-04T04:00:00+00:00"}),
        ("OVERDUE", 4, {**MISSED, "step": "ATTEND", "fellDueAt": "2026-05-05T02:00:00+00:00"}),
    ]
    row = await Hazard.get(id=hazard.id)
    assert (row.urgency, row.level, row.revision) == (Urgency.IN_TIME, HazardLevel.GRID, 4)
    assert await HazardPart.filter(clock_at__isnull=False).count() == 0


async def test_nobody_waits_for_a_department_once_the_hazard_is_closed(grid: Database) -> None:
    [hazard] = await found(due_at=None)
    part = HazardPart(hazard_id=hazard.id, department="HOUSING", part=PartKind.CALLED)
    calls.call(part, Handling().calls, MONDAY)
    await part.save()
    await Hazard.filter(id=hazard.id).update(status=HazardStatus.CLOSED)

    await look(THURSDAY)

    assert await events(hazard) == []
    assert await HazardPart.filter(clock_at__isnull=False).count() == 0


async def test_more_than_one_batch(grid: Database) -> None:
    hazards = await found(230)

    await look(THURSDAY)

    assert await Hazard.filter(urgency=Urgency.OVERDUE).count() == 230
    assert await Entry.filter(kind="OVERDUE").count() == len(hazards)


async def test_a_clock_that_runs_does_what_falls_due_as_time_goes_by(grid: Database) -> None:
    [hazard] = await found()
    held = clock.HeldClock(MONDAY)
    with clock.using(held):
        async with running(Clockwork(Handling(), every_s=0.01)):
            await until(lambda: seen(hazard, clock_at=datetime(2026, 5, 6, 11, 36, tzinfo=UTC)))
            held.at = THURSDAY - timedelta(hours=1)
            await until(lambda: seen(hazard, urgency=Urgency.DUE_SOON))
            held.at = THURSDAY
            await until(lambda: seen(hazard, urgency=Urgency.OVERDUE))
            held.at = datetime(2027, 5, 1, tzinfo=UTC)
            await until(lambda: seen(hazard, clock_at=None))

    assert await kinds(hazard) == WHOLE_WAY


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_one_that_somebody_holds_is_done_when_they_let_go(grid: Database) -> None:
    held, free = await found(2)
    taken, let_go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await Hazard.filter(id=held.id).select_for_update().first()
            taken.set()
            await let_go.wait()

    holding = asyncio.create_task(hold())
    await taken.wait()
    async with asyncio.timeout(10):
        await look(THURSDAY)
    assert (await kinds(held), await kinds(free)) == ([], WHOLE_WAY[:2])

    let_go.set()
    await holding
    await look(THURSDAY)
    assert await kinds(held) == WHOLE_WAY[:2]


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_processes_share_the_work_and_one_that_dies_loses_nothing(grid: Database) -> None:
    hazards = await found(150)
    with process(grid.url) as first, process(grid.url):
        await until(lambda: written(50))
        first.kill()
        await until(lambda: written(150 * 5))

    for hazard in hazards:
        entries = await events(hazard)
        assert [entry.kind for entry in entries] == WHOLE_WAY
        assert [entry.revision for entry in entries] == [2, 3, 4, 5, 6]
    assert await Hazard.filter(level=HazardLevel.DISTRICT, revision=6, clock_at=None).count() == 150


async def test_two_clocks_in_one_process_do_nothing_twice(grid: Database) -> None:
    hazards = await found(40)

    await asyncio.gather(look(THURSDAY), look(THURSDAY), look(THURSDAY))

    assert [await kinds(hazard) for hazard in hazards] == [WHOLE_WAY[:2]] * 40


async def test_a_database_that_is_gone_only_delays_it(
    grid: Database, caplog: pytest.LogCaptureFixture
) -> None:
    [hazard] = await found()
    connection = grid.connection()
    await connection.execute_script("ALTER TABLE hazard RENAME TO away")
    with clock.using(clock.HeldClock(THURSDAY)), caplog.at_level("INFO", "gridql.clock"):
        async with running(Clockwork(Handling(), every_s=0.01)):
            await until(lambda: said(caplog, "the clock cannot look"))
            await asyncio.sleep(0.2)
            await connection.execute_script("ALTER TABLE away RENAME TO hazard")
            await until(lambda: said(caplog, "the clock looks again"))

    assert [message.partition(",")[0] for message in caplog.messages] == [
        "the clock cannot look",
        "the clock looks again",
    ]
    assert await kinds(hazard) == WHOLE_WAY[:2]


async def test_one_that_cannot_be_done_does_not_hold_up_the_others(
    grid: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await found(2)
    await spoil(grid, broken)
    with clock.using(clock.HeldClock(THURSDAY)):
        async with running(Clockwork(Handling(), every_s=0.01)):
            await until(lambda: seen(sound, urgency=Urgency.OVERDUE))

    assert caplog.messages == [f"the clock failed at hazard {broken.id}, and goes on"]
    assert (await Hazard.get(id=broken.id)).urgency is Urgency.IN_TIME
    assert (await kinds(broken), await kinds(sound)) == ([], WHOLE_WAY[:2])


async def spoil(database: Database, hazard: Hazard) -> None:
    """Let the database refuse every change of a hazard's urgency."""
    if database.dialect == "postgres":
        refusal = f"ADD CONSTRAINT spoilt CHECK (id <> {hazard.id} OR urgency = 'IN_TIME')"
        await database.connection().execute_script(f"ALTER TABLE hazard {refusal}")
    else:
        await database.connection().execute_script(
            "CREATE TRIGGER spoilt BEFORE UPDATE OF urgency ON hazard "
            f"WHEN new.id = {hazard.id} BEGIN SELECT raise(abort, 'spoilt'); END"
        )


@contextmanager
def process(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process with a clock."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([sys.executable, "-c", PROCESS, url], env=environment, cwd=ROOT)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@asynccontextmanager
async def running(clockwork: Clockwork) -> AsyncIterator[None]:
    task = asyncio.create_task(clockwork.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(60):
        while not await holds():
            await asyncio.sleep(0.01)


async def seen(hazard: Hazard, **columns: object) -> bool:
    """Whether the row of a hazard has these values."""
    return await Hazard.filter(id=hazard.id, **columns).exists()


async def written(count: int) -> bool:
    """Whether there are so many entries."""
    return await Entry.all().count() >= count


async def said(caplog: pytest.LogCaptureFixture, text: str) -> bool:
    """Whether that was logged."""
    return any(text in message for message in caplog.messages)
