"""What it takes to tell a thousand subscribers of an event: time, CPU and memory of the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from rich.console import Console

from gridql import clock
from gridql.database import connect, transaction
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.rules import Severity
from gridql.journal import entry
from tests.benchmarks import processes
from tests.benchmarks.fill import another, fill
from tests.benchmarks.ground import Ground
from tests.benchmarks.processes import Server
from tests.benchmarks.subscribers import Crowd, crowd, stalled

SUBSCRIBERS = 1_000
FILTERS = 100
ACCOUNTS = 10
"""One alone may not follow so many different things."""
MANY_EVENTS = 1_000
"""After which memory is measured once more."""

SUBSCRIPTION = """
subscription ($filter: HazardEventFilter) {
  hazardUpdates(filter: $filter) {
    cursor
    kind
    occurredAt
    hazard { id title severity status dueAt grid { code name } place { name address } }
  }
}
"""

_SCALE = 0.001
"""A district with as few homes and places as there can be."""
_CATEGORY = "ELECTRICAL"


def filters(different: int) -> list[dict[str, Any]]:
    """A filter for each subscriber, so many different ones; every event passes all of them."""
    return [
        {"category": [_CATEGORY, f"OTHER_{number % different}"]} for number in range(SUBSCRIBERS)
    ]


TOGETHER, ALONE, MIXED, STALLED = "together", "each alone", "100 filters", "one stalled"

EVENTS = {TOGETHER: 250, STALLED: 250, MIXED: 125, ALONE: 25}
"""Of each turn: so many that they take some seconds, with each of the crowds."""

CROWDS = {TOGETHER: filters(1), MIXED: filters(FILTERS), ALONE: filters(SUBSCRIBERS)}
"""Each alone is one execution for each subscriber: no two of them ask the same."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one event takes at the median, and what CPU at the mean, in milliseconds."""

    wall_ms: float
    """From the commit to the last subscriber."""
    cpu_ms: float
    """Of the server; what is reported is written by another process."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Kilobytes of the server for each subscriber."""

    idle_kb: float
    after_kb: float
    """After MANY_EVENTS."""


@dataclass
class Found:
    """All figures."""

    taken: dict[str, Taken]
    memory: Memory

    def document(self) -> dict[str, Any]:
        """The figures as JSON has them."""
        return {
            "taken": {name: asdict(each) for name, each in self.taken.items()},
            "memory": asdict(self.memory),
        }


async def measured(url: str, folder: Path, turns: int, console: Console) -> dict[str, Any]:
    """Crowds in turns, over a fresh database at `url`."""
    token = await fill(url, _SCALE, console)
    database = await connect(url)
    try:
        given = [token, *[await another() for _ in range(ACCOUNTS - 1)]]
        with processes.gridql(url, folder) as server:
            bench = _Bench(server, given)
            memory = await bench.memory()
            taken: dict[str, list[Taken]] = {name: [] for name in (*CROWDS, STALLED)}
            for _ in range(turns):
                for name, wanted in CROWDS.items():
                    taken[name].append(await bench.turn(wanted, EVENTS[name]))
                taken[STALLED].append(await bench.stalled(CROWDS[TOGETHER], EVENTS[STALLED]))
    finally:
        await database.close()
    return Found({name: _median(each) for name, each in taken.items()}, memory).document()


def _median(turns: Sequence[Taken]) -> Taken:
    return Taken(median(each.wall_ms for each in turns), median(each.cpu_ms for each in turns))


def _subscription(filter: dict[str, Any]) -> dict[str, Any]:
    return {"query": SUBSCRIPTION, "variables": {"filter": filter}}


class _Bench:
    def __init__(self, server: Server, tokens: Sequence[str]) -> None:
        self._server = server
        self._tokens = tokens
        self._grid = Ground().grids[0]

    async def turn(self, wanted: Sequence[dict[str, Any]], count: int) -> Taken:
        """Some events, one after the other."""
        async with self._crowd(wanted) as listening:
            return await self._events(listening, count)

    async def stalled(self, wanted: Sequence[dict[str, Any]], count: int) -> Taken:
        """Some events of which one more subscriber reads none."""
        reader = stalled(self._server.port, self._tokens[0], _subscription(wanted[0]))
        async with self._crowd(wanted) as listening, reader:
            await self._events(listening, count)  # by then its buffers are full
            return await self._events(listening, count)

    async def memory(self) -> Memory:
        """What a subscriber keeps of the server, before and after many events."""
        async with self._crowd(CROWDS[TOGETHER][:50]) as few:
            await self._events(few, 50)
        before = self._server.resident_kb()
        async with self._crowd(CROWDS[TOGETHER]) as listening:
            idle = self._server.resident_kb()
            await self._events(listening, MANY_EVENTS)
            after = self._server.resident_kb()
        return Memory((idle - before) / SUBSCRIBERS, (after - before) / SUBSCRIBERS)

    def _crowd(self, wanted: Sequence[dict[str, Any]]) -> Any:
        return crowd(self._server.port, self._tokens, [_subscription(each) for each in wanted])

    async def _events(self, listening: Crowd, count: int) -> Taken:
        walls = []
        await self._event(listening)  # plans and answers are made anew for each crowd
        cpu = self._server.cpu_s()
        for _ in range(count):
            committed, heard = await self._event(listening)
            walls.append(heard - committed)
        return Taken(median(walls) * 1000, (self._server.cpu_s() - cpu) / count * 1000)

    async def _event(self, listening: Crowd) -> tuple[float, float]:
        """One hazard is reported: when that was committed, and when the last had heard of it."""
        listening.expect(len(listening.members))
        async with transaction():
            hazard = await Hazard.create(
                title="电线裸露",
                severity=Severity.SERIOUS,
                category=_CATEGORY,
                grid_id=self._grid,
                reported_at=clock.now(),
            )
            await entry.write(
                None,
                subject_type="Hazard",
                subject_id=hazard.id,
                kind="REPORTED",
                grid_code=self._grid,
                to_state="REPORTED",
                revision=1,
            )
        return perf_counter(), await listening.until_heard()
