"""Followers of the journal: who asks the same is told the same, read once, and misses nothing."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest

from gridql.access.roles import Actor
from gridql.access.tokens import Watch
from gridql.database import transaction
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import Severity
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.graph.following import Feed, Following, Seat, Take
from gridql.graph.responses import Result
from gridql.journal import entry
from gridql.journal.sequencer import number
from gridql.journal.tail import Numbered
from tests.conftest import Dialect
from tests.integration.graph.people import AGENCY, GRID_1, STREET
from tests.integration.graph.world import World, Worlds

FOLLOW = """
subscription ($after: Cursor, $severity: [Severity!]) {
  hazardUpdates(after: $after, filter: { severity: $severity }) { cursor hazard { id } }
}
"""
NESTED = """
subscription ($after: Cursor) {
  hazardUpdates(after: $after) { cursor hazard { events(after: $after) { totalCount } } }
}
"""


@pytest.fixture
async def world(dialect: Dialect, worlds: Worlds) -> AsyncIterator[World]:
    """A world of the test's own whose journal is followed."""
    async with worlds.open(dialect) as world, running(world):
        yield world


@asynccontextmanager
async def running(world: World) -> AsyncIterator[None]:
    await world.services.tail.open()
    task = asyncio.create_task(world.services.tail.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def context(world: World, actor: Actor = AGENCY, lang: Any = "en") -> Context:
    return Context(actor, lang, "request-7", world.services)


def feed(world: World, query: str = FOLLOW, actor: Actor = AGENCY, **variables: Any) -> Feed:
    lang = variables.pop("lang", "en")
    found = world.engine.feed(Request(query, None, variables), context(world, actor, lang))
    assert isinstance(found, Feed)
    return found


async def follower(world: World, **variables: Any) -> Following:
    found = await world.engine.follow(Request(FOLLOW, None, variables), context(world))
    assert isinstance(found, Following)
    return found


def seat(take: Take, watch: Watch | None = None) -> Seat:
    """A seat of the agency, whose rights are as they were, where nothing else is said."""
    return Seat(take, watch or Watch(AGENCY), AGENCY)


async def happen(world: World, *hazards: int) -> None:
    """Something happens to each of the hazards in grid 1."""
    async with transaction():
        for hazard in hazards:
            await entry.write(
                None, subject_type="Hazard", subject_id=hazard, kind="CLOSED", grid_code=GRID_1
            )
    await number(world.database)
    world.services.tail.wake()


async def happened(world: World) -> Numbered:
    """The entry of something that has just happened to hazard 1."""
    before = world.services.tail.head()
    await happen(world, 1)
    [found] = await world.services.tail.after(before)
    return found


def hazards_of(results: list[bytes]) -> list[str]:
    return [orjson.loads(each)["data"]["hazardUpdates"]["hazard"]["id"] for each in results]


async def take(results: AsyncIterator[Result], count: int) -> list[bytes]:
    async with asyncio.timeout(10):
        return [(await anext(results)).body for _ in range(count)]


async def test_who_asks_the_same_in_one_place_shares_a_feed(world: World) -> None:
    one = feed(world, after="3", severity=["SERIOUS"])
    colleague = replace(AGENCY, account_id=99, name="同事")

    assert feed(world, actor=colleague, after="5", severity=["SERIOUS"]) is one
    assert feed(world, severity=["SERIOUS"]) is one


async def test_whoever_asks_otherwise_or_elsewhere_does_not(world: World) -> None:
    one = feed(world, severity=["SERIOUS"])
    others = [
        feed(world, severity=["MINOR"]),
        feed(world),
        feed(world, severity=["SERIOUS"], lang="zh"),
        feed(world, severity=["SERIOUS"], actor=replace(AGENCY, scopes=(GRID_1,))),
        feed(world, severity=["SERIOUS"], actor=STREET),
        feed(world, FOLLOW.replace("cursor ", "cursor kind "), severity=["SERIOUS"]),
    ]

    assert len({id(each) for each in (one, *others)}) == 7


async def test_a_cursor_that_shapes_the_answer_is_not_shared_over(world: World) -> None:
    assert feed(world, NESTED, after="3") is not feed(world, NESTED, after="5")


async def test_a_feed_goes_with_the_last_who_holds_it(world: World) -> None:
    kept = weakref.ref(feed(world, severity=["MINOR"]))
    held = feed(world)

    assert kept() is None
    assert feed(world) is held


async def test_an_account_follows_so_many_different_things_and_no_more(world: World) -> None:
    async def follow(under: str, actor: Actor = AGENCY) -> Any:
        query = f'subscription {{ hazardUpdates(filter: {{ under: "{under}" }}) {{ kind }} }}'
        return await world.engine.follow(Request(query), context(world, actor))

    held = [await follow(f"370114001003{number:03}") for number in range(200)]
    refusal = await follow("370114001004")
    alike = await follow("370114001003007")
    colleague = await follow("370114001004", replace(AGENCY, account_id=99))

    assert isinstance(refusal, Result)
    [error] = orjson.loads(refusal.body)["errors"]
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "feeds", "allowed": 200}
    assert isinstance(alike, Following)
    assert isinstance(colleague, Following)
    del held[0]
    assert isinstance(await follow("370114001005"), Following)


async def test_an_event_is_read_once_for_all(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    followers = [await follower(world) for _ in range(20)]
    tasks = [asyncio.create_task(take(each.results(), 1)) for each in followers]
    await asyncio.sleep(0.05)
    with caplog.at_level(logging.DEBUG, "gridql.sql"):
        await happen(world, 1)
        told = await asyncio.gather(*tasks)

    assert len(set(told[0])) == 1
    assert all(each == told[0] for each in told)
    reads = [record for record in caplog.records if "subject_type" in record.getMessage()]
    reads = [record for record in reads if "position > " not in record.getMessage()]
    assert len(reads) == 1


async def test_whoever_leaves_while_it_is_read_takes_it_from_nobody(world: World) -> None:
    shared = feed(world)
    behind = await happened(world)
    impatient = asyncio.create_task(shared.answer(behind))
    patient = asyncio.create_task(shared.answer(behind))
    await asyncio.sleep(0)
    impatient.cancel()

    answer = await patient

    assert answer is not None
    assert hazards_of([answer]) == ["Hazard:1"]
    assert impatient.cancelled()


async def test_events_are_told_at_once_to_who_takes_them(world: World) -> None:
    told: list[bytes] = []

    def note(body: bytes) -> bool:
        told.append(body)
        return True

    following = await follower(world)
    start = following.position
    task = asyncio.create_task(take(following.results(seat(note)), 1))
    await asyncio.sleep(0.05)
    await happen(world, 1, 2, 3)
    async with asyncio.timeout(10):
        while len(told) < 3:
            await asyncio.sleep(0.01)
    task.cancel()

    assert hazards_of(told) == ["Hazard:1", "Hazard:2", "Hazard:3"]
    assert following.position == start + 3


async def test_what_is_not_taken_at_once_is_yielded_and_nothing_is_lost(world: World) -> None:
    told: list[str] = []
    wanted = 40

    async def listen(number: int) -> None:
        """Takes some events at once and others not, each in a rhythm of its own."""
        mine: list[str] = []
        count = 0

        def note(body: bytes) -> bool:
            nonlocal count
            count += 1
            if count % (number + 2) == 0:
                return False
            mine.extend(hazards_of([body]))
            return True

        following = await follower(world)
        async with aclosing(following.results(seat(note))) as results:
            async for result in results:
                mine.extend(hazards_of([result.body]))
                if number % 2:
                    await asyncio.sleep(0.001)
                if len(mine) >= wanted - 1:
                    break
        told.append(" ".join(mine[: wanted - 1]))

    listeners = [asyncio.create_task(listen(number)) for number in range(8)]
    await asyncio.sleep(0.1)
    expected = [f"Hazard:{n % 6 + 1}" for n in range(wanted)]
    for n in range(wanted):
        await happen(world, n % 6 + 1)
    ending = asyncio.create_task(_again_and_again(world))
    async with asyncio.timeout(20):
        await asyncio.gather(*listeners)
    ending.cancel()

    assert told == [" ".join(expected[: wanted - 1])] * 8


async def test_what_was_not_taken_is_not_passed_over_by_what_concerns_nobody(world: World) -> None:
    following = await follower(world)
    waiting = asyncio.create_task(take(following.results(seat(lambda _: False)), 1))
    await asyncio.sleep(0.05)
    async with transaction():
        for subject in ("Hazard", "Visit", "Visit"):
            await entry.write(
                None, subject_type=subject, subject_id=1, kind="CLOSED", grid_code=GRID_1
            )
    await number(world.database)
    world.services.tail.wake()

    assert hazards_of(await waiting) == ["Hazard:1"]


async def test_a_seat_is_told_what_its_rights_allow_and_nothing_when_they_have_changed(
    world: World,
) -> None:
    told: list[bytes] = []
    watch = Watch(replace(AGENCY))  # the same rights, looked up anew
    following = await follower(world)
    behind = following.position

    def note(body: bytes) -> bool:
        told.append(body)
        watch.actor = replace(AGENCY, scopes=())
        return True

    yielded = asyncio.create_task(take(following.results(seat(note, watch)), 1))
    await asyncio.sleep(0.05)
    await happen(world, 1, 2)

    # Whoever asks for it has the rights looked up, and may be told so.
    assert hazards_of(await yielded) == ["Hazard:2"]
    assert hazards_of(told) == ["Hazard:1"]
    assert following.position == behind + 1


async def _again_and_again(world: World) -> None:
    """Whoever takes everything at once gets nothing yielded, and so ends only by one more."""
    while True:
        await asyncio.sleep(0.02)
        await happen(world, 1)


async def test_entries_about_others_are_passed_over_without_being_read(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    shared = feed(world, actor=replace(AGENCY, scopes=("370114002",)))
    behind = await happened(world)

    with caplog.at_level(logging.DEBUG, "gridql.sql"):
        assert await shared.answer(behind) is None

    assert caplog.records == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("subscription { hazardUpdates { nothing } }", "Cannot query field 'nothing'"),
        ("{ viewer { name } }", "This is a query."),
        ('subscription { hazardUpdates(after: "x") { kind } }', "This is no cursor"),
    ],
)
async def test_what_cannot_be_followed_is_refused(world: World, query: str, message: str) -> None:
    refusal = await world.engine.follow(Request(query), context(world))

    assert isinstance(refusal, Result)
    assert refusal.is_request_error
    assert orjson.loads(refusal.body)["errors"][0]["message"].startswith(message)


async def test_nobody_is_told_what_was_read_before_they_began(world: World) -> None:
    live = await follower(world, severity=["MAJOR"])
    waiting = asyncio.create_task(take(live.results(), 1))
    behind = world.services.tail.head()
    hazard = await Hazard.get(id=1)
    hazard.severity = Severity.MINOR
    await hazard.save()
    await happen(world, 1)
    async with asyncio.timeout(10):
        while live.position == behind:
            await asyncio.sleep(0.01)
    hazard.severity = Severity.MAJOR
    await hazard.save()
    await happen(world, 1)
    await waiting

    later = await follower(world, severity=["MAJOR"], after=str(behind))

    positions = [
        orjson.loads(each)["data"]["hazardUpdates"]["cursor"]
        for each in await take(later.results(), 2)
    ]
    assert positions == [str(behind + 1), str(behind + 2)]


async def test_what_was_told_is_kept_up_to_so_many_bytes_for_all_feeds_together(
    world: World,
) -> None:
    world.engine.feeds.answers.size = 1500
    followers = [await follower(world), await follower(world, severity=["MINOR", "SERIOUS"])]
    tasks = [asyncio.create_task(take(each.results(), 10)) for each in followers]
    await asyncio.sleep(0.05)

    for _ in range(10):
        await happen(world, 1)
    await asyncio.gather(*tasks)

    assert len(world.engine.feeds.answers) == 4


async def test_whoever_breaks_while_being_told_takes_nothing_from_the_others(world: World) -> None:
    told: list[bytes] = []

    def broken(body: bytes) -> bool:
        raise RuntimeError("the transport is closed")

    def sound(body: bytes) -> bool:
        told.append(body)
        return True

    one, other = await follower(world), await follower(world)
    start = other.position
    tasks = [
        asyncio.create_task(take(one.results(seat(broken)), 1)),
        asyncio.create_task(take(other.results(seat(sound)), 1)),
    ]
    await asyncio.sleep(0.05)
    await happen(world, 1, 2)
    async with asyncio.timeout(5):
        while len(told) < 2:
            await asyncio.sleep(0.01)
    for each in tasks:
        each.cancel()

    assert hazards_of(told) == ["Hazard:1", "Hazard:2"]
    assert other.position == start + 2
