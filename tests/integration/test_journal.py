"""The journal on real databases: numbering after commit, the chain, followers."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connection

from gridql import clock
from gridql.access.roles import Actor, Role
from gridql.database import Database, transaction
from gridql.errors import Misuse, ProblemCode, Refusal
from gridql.journal import entry as journal
from gridql.journal.listener import APPLICATION
from gridql.journal.models import Entry
from gridql.journal.numbering import Outpaced, give, next_numbers
from gridql.journal.sequencer import Sequencer, number
from gridql.journal.tail import Numbered, Tail
from gridql.journal.verify import verify

pytestmark = pytest.mark.anyio

GRID = "370114001003001"
WORKER = Actor(5, "张三", Role.GRID_WORKER, (GRID,))


def about(subject_id: int, **more: Any) -> dict[str, Any]:
    return {
        "subject_type": "Hazard",
        "subject_id": subject_id,
        "kind": "REPORTED",
        "grid_code": GRID,
        **more,
    }


async def write(database: Database, *subjects: int) -> None:
    """One transaction that leaves an entry about each of `subjects`."""
    async with transaction():
        for subject in subjects:
            await journal.write(WORKER, **about(subject))


async def subjects_in_order() -> list[int]:
    entries = await Entry.filter(position__isnull=False).order_by("position")
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.subject_id for entry in entries]


@asynccontextmanager
async def running(*runners: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(runner.run()) for runner in runners]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def take(entries: AsyncIterator[Numbered], count: int) -> list[Numbered]:
    async with asyncio.timeout(20):
        return [await anext(entries) for _ in range(count)]


async def test_an_entry_says_who_did_what_to_what(database: Database) -> None:
    async with transaction():
        await journal.write(
            WORKER, **about(9, from_state="REPORTED", to_state="CLOSED", revision=2, note="好")
        )
        await journal.write(None, **about(370114, changes={"b": 1, "a": [True]}))
    await number(database)

    first, second = await Entry.all().order_by("id")
    assert (first.actor_id, first.actor_role, first.subject_id) == (5, "GRID_WORKER", 9)
    assert (first.from_state, first.to_state, first.revision) == ("REPORTED", "CLOSED", 2)
    assert (first.position, first.note, first.changes) == (1, "好", None)
    assert (second.actor_id, second.actor_role, second.position) == (None, "OPERATOR", 2)
    assert second.changes == {"b": 1, "a": [True]}
    assert (await verify(database)).breaks == []


async def test_what_is_taken_over_says_when_it_happened_and_when_it_was_written(
    database: Database,
) -> None:
    past, now = datetime(2019, 5, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    with clock.using(clock.HeldClock(now)):
        async with transaction():
            await journal.write(WORKER, **about(1, at=past))
            await journal.write(None, **about(2, role=journal.CLOCK))

    first, second = await Entry.all().order_by("id")
    assert (first.occurred_at, first.recorded_at, first.actor_role) == (past, now, "GRID_WORKER")
    assert (second.occurred_at, second.recorded_at, second.actor_role) == (now, now, "CLOCK")


async def test_what_is_rolled_back_leaves_no_entry_and_no_gap(database: Database) -> None:
    await write(database, 1)
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await journal.write(WORKER, **about(2))
            raise ZeroDivisionError
    await write(database, 3)
    await number(database)
    assert await subjects_in_order() == [1, 3]


async def test_an_entry_outside_of_a_transaction_is_a_bug(database: Database) -> None:
    with pytest.raises(Misuse):
        await journal.write(WORKER, **about(1))
    with pytest.raises(Misuse):
        await journal.write_many([journal.entry(WORKER, **about(1))])
    assert await Entry.all().count() == 0


async def test_many_entries_keep_their_order(database: Database) -> None:
    async with transaction():
        await journal.write_many(journal.entry(WORKER, **about(n)) for n in range(2500))
    expected = 2500 if database.dialect == "postgres" else 0
    assert await number(database) == expected
    assert await subjects_in_order() == list(range(2500))
    verdict = await verify(database)
    assert (verdict.position, verdict.breaks) == (2500, [])


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_sqlite_numbers_as_it_writes(database: Database) -> None:
    await write(database, 1, 2)
    await write(database, 3)
    assert await subjects_in_order() == [1, 2, 3]


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_a_late_commit_is_not_skipped(database: Database) -> None:
    started, finish = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        async with transaction():
            await journal.write(WORKER, **about(1))
            started.set()
            await finish.wait()

    tail = Tail(database)
    await tail.open()
    entries = tail.follow()
    async with running(tail):
        first = asyncio.create_task(late())
        await started.wait()
        await write(database, 2)
        await number(database)
        # The cursor has moved past the entry with the higher id before the lower one commits.
        [seen] = await take(entries, 1)
        assert (seen.position, seen.subject_id) == (1, 2)
        finish.set()
        await first
        await number(database)
        [later] = await take(entries, 1)

    assert (later.position, later.subject_id) == (2, 1)
    assert later.id < seen.id
    assert (await verify(database)).breaks == []


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_order_per_subject_is_that_of_the_changes_not_of_transaction_ids(
    database: Database,
) -> None:
    older_began, younger_done = asyncio.Event(), asyncio.Event()

    async def older() -> None:
        async with transaction() as connection:
            await connection.execute_query("SELECT txid_current()")
            older_began.set()
            await younger_done.wait()
            await connection.execute_query("SELECT pg_advisory_xact_lock(1)")
            await journal.write(WORKER, **about(1, revision=2))

    async def younger() -> None:
        await older_began.wait()
        async with transaction() as connection:
            await connection.execute_query("SELECT pg_advisory_xact_lock(1)")
            await journal.write(WORKER, **about(1, revision=1))
        younger_done.set()

    await asyncio.gather(older(), younger())
    await number(database)
    assert [entry.revision for entry in await Entry.all().order_by("position")] == [1, 2]


async def test_four_writers_keep_the_order_of_each_subject(database: Database) -> None:
    writers, each, hazards = 4, 100, 7
    revisions = dict.fromkeys(range(hazards), 0)
    chance = random.Random(7)

    async def writer() -> None:
        for _ in range(each):
            subject = chance.randrange(hazards)
            async with transaction() as connection:
                if database.dialect == "postgres":
                    lock = f"SELECT pg_advisory_xact_lock({subject})"
                    await connection.execute_query(lock)
                revisions[subject] += 1
                change = about(subject, revision=revisions[subject])
                await journal.write(WORKER, **change)
                if chance.random() < 0.1:
                    await asyncio.sleep(0.002)

    tail = Tail(database)
    await tail.open()
    entries = tail.follow()
    async with running(tail, Sequencer(database), Sequencer(database)):
        await asyncio.gather(*(writer() for _ in range(writers)))
        seen = await take(entries, writers * each)

    assert [entry.position for entry in seen] == list(range(1, 401))
    stored = await Entry.all().order_by("position")
    assert [entry.id for entry in seen] == [entry.id for entry in stored]
    for subject in range(hazards):
        found = [entry.revision for entry in stored if entry.subject_id == subject]
        assert found == list(range(1, revisions[subject] + 1))
    assert (await verify(database)).breaks == []


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_a_process_that_stalls_while_it_numbers_holds_up_nobody_and_changes_nothing(
    database: Database,
) -> None:
    await write(database, 1)
    connection = get_connection("default")
    stale = await next_numbers(connection)
    assert stale is not None
    await write(database, 2)
    assert await number(database) == 2
    with pytest.raises(Outpaced):
        await give(connection, stale)
    assert await subjects_in_order() == [1, 2]
    assert (await verify(database)).breaks == []


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
@pytest.mark.parametrize("written", [0, 3], ids=["the first ones", "later ones"])
@pytest.mark.parametrize("faster", ["commits", "rolls back"])
async def test_of_two_who_number_at_once_the_second_waits_for_what_becomes_of_the_first(
    database: Database, faster: str, written: int
) -> None:
    await write(database, *range(written))
    await number(database)
    await write(database, 7)
    connection = get_connection("default")
    numbers = await next_numbers(connection)
    assert numbers is not None
    with suppress(ZeroDivisionError):
        async with transaction() as first:
            await give(first, numbers)
            second = asyncio.create_task(give(connection, numbers), context=Context())
            await asyncio.sleep(0.2)
            assert not second.done()
            if faster == "rolls back":
                raise ZeroDivisionError
    if faster == "commits":
        with pytest.raises(Outpaced):
            await second
    else:
        await second
    assert await subjects_in_order() == [*range(written), 7]
    assert (await verify(database)).breaks == []


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_many_who_number_at_once_number_everything_once(database: Database) -> None:
    await write(database, *range(2500))

    counts = await asyncio.gather(*(number(database) for _ in range(6)))

    assert sum(counts) == 2500
    assert await subjects_in_order() == list(range(2500))
    assert (await verify(database)).breaks == []


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_another_sequencer_takes_over_at_once(database: Database) -> None:
    tail = Tail(database)
    await tail.open()
    entries = tail.follow()
    async with running(tail, Sequencer(database)):
        async with running(Sequencer(database)):
            await write(database, 1)
            await take(entries, 1)
        await write(database, 2)
        [entry] = await take(entries, 1)
    assert entry.subject_id == 2


async def test_a_commit_is_heard_within_100_ms(database: Database) -> None:
    tail = Tail(database)
    await tail.open()
    entries = tail.follow()
    delays = []
    async with running(tail, Sequencer(database)):
        await asyncio.sleep(0.3)  # let the listeners connect
        for subject in range(10):
            await write(database, subject)
            committed = asyncio.get_running_loop().time()
            await take(entries, 1)
            delays.append(asyncio.get_running_loop().time() - committed)
    assert sorted(delays)[5] < 0.1


@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_a_listener_that_dies_comes_back(database: Database, database_url: str) -> None:
    tail = Tail(database)
    await tail.open()
    entries = tail.follow()
    other = await asyncpg.connect(database_url)
    listeners = """SELECT array_agg(pid) FROM pg_stat_activity
        WHERE application_name = $1 AND datname = current_database()"""

    async def listening() -> set[int]:
        async with asyncio.timeout(10):
            while len(pids := await other.fetchval(listeners, APPLICATION) or []) < 2:
                await asyncio.sleep(0.05)
        return set(pids)

    try:
        async with running(tail, Sequencer(database)):
            before = await listening()
            for pid in before:
                await other.execute("SELECT pg_terminate_backend($1)", pid)
            await write(database, 1)
            await take(entries, 1)  # polling is the net
            while before & (after := await listening()):
                await asyncio.sleep(0.05)
            await write(database, 2)
            await take(entries, 1)
    finally:
        await other.close()
    assert len(after) == 2


async def test_a_follower_resumes_from_its_cursor(database: Database) -> None:
    await write(database, *range(30))
    await number(database)
    tail = Tail(database, ring_size=8)
    await tail.open()
    assert tail.head() == 30
    behind, fresh = tail.follow(after=3), tail.follow()
    async with running(tail):
        assert [e.position for e in await take(behind, 10)] == list(range(4, 14))
        await write(database, *range(30, 60))
        await number(database)
        tail.wake()
        assert [e.position for e in await take(behind, 47)] == list(range(14, 61))
        assert [e.position for e in await take(fresh, 30)] == list(range(31, 61))
        again = tail.follow(after=58)
        assert await take(again, 2) == [
            Numbered(59, 59, "Hazard", 58, GRID, "REPORTED"),
            Numbered(60, 60, "Hazard", 59, GRID, "REPORTED"),
        ]


async def test_from_now_on_means_from_the_call(database: Database) -> None:
    tail = Tail(database)
    with pytest.raises(Misuse):
        tail.follow()
    await tail.open()
    entries = tail.follow()
    await write(database, 1)
    await number(database)
    async with running(tail):
        [entry] = await take(entries, 1)
    assert entry.subject_id == 1


async def test_a_position_can_be_followed_from_for_so_many_days(database: Database) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    held = clock.HeldClock(start)
    with clock.using(held):
        await write(database, 1, 2)
        held.at = start + timedelta(days=6)
        # Taken over from the past, but written now.
        async with transaction():
            await journal.write(WORKER, **about(3, at=datetime(2019, 5, 1, tzinfo=UTC)))
        await number(database)
        held.at = start + timedelta(days=7)
        tail = Tail(database, follow_days=7, expire_every_s=0)
        await tail.open()
        await tail.require(0)
        held.at += timedelta(milliseconds=1)
        async with running(tail):
            with pytest.raises(Refusal) as refusal:
                async with asyncio.timeout(10):
                    while True:
                        await tail.require(1, "/after")
                        await asyncio.sleep(0.01)
            assert [(f.code, f.path) for f in refusal.value.faults] == [
                (ProblemCode.CURSOR_EXPIRED, "/after")
            ]
            await tail.require(2)
            await tail.require(3)
            with pytest.raises(Refusal):
                await tail.require(4)


async def test_of_entries_written_at_one_moment_the_last_is_where_followers_begin(
    database: Database,
) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    with clock.using(clock.HeldClock(start)):
        await write(database, *range(1, 11))
        await number(database)
    tail = Tail(database, follow_days=7)
    with clock.using(clock.HeldClock(start + timedelta(days=8))):
        await tail.open()
    await tail.require(10)
    with pytest.raises(Refusal):
        await tail.require(9)


async def test_entries_from_before_it_was_kept_can_be_followed_from(database: Database) -> None:
    await write(database, 1, 2)
    await number(database)
    await Entry.filter(position=1).update(recorded_at=None)
    await Entry.filter(position=2).update(recorded_at=datetime(2026, 5, 1, tzinfo=UTC))
    early, late = Tail(database), Tail(database)
    with clock.using(clock.HeldClock(datetime(2026, 5, 31, tzinfo=UTC))):
        await early.open()
    with clock.using(clock.HeldClock(datetime(2026, 6, 1, tzinfo=UTC))):
        await late.open()
    await early.require(0)
    with pytest.raises(Refusal):
        await late.require(0)


async def test_a_cut_in_the_table_stops_no_follower(database: Database) -> None:
    await write(database, *range(30))
    await number(database)
    tail = Tail(database, ring_size=4)
    await tail.open()
    await Entry.filter(position__gt=10).delete()
    entries = tail.follow(after=9)
    async with running(tail):
        assert [e.position for e in await take(entries, 1)] == [10]
        waiting = asyncio.ensure_future(anext(entries))
        await write(database, 99)
        await number(database)
        tail.wake()
        async with asyncio.timeout(10):
            assert (await waiting).position == 31
