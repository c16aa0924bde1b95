"""How long a batch of submissions keeps the event loop from everything else, at one time.

Each is the mutation `submitForm`, with everything that belongs to it: answers typed and judged,
the code of plugins asked, rows, hazards and journal written, the payload read back. On SQLite,
where the database works in threads of the same process.
"""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

import orjson
from graphql import OperationType
from rich.console import Console

from gridql import bundled
from gridql import settings as chosen
from gridql.access.roles import Actor
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.server.opening import opened
from gridql.server.parts import Parts
from gridql.server.serving import settle_memory
from tests.benchmarks.fill import fill

BATCH = 1_000
AT_ONCE = 32
TICK_S = 0.001

SUBMIT = """
mutation Submit($input: SubmitFormInput!) {
  submitForm(input: $input) {
    submission { id score { value grade } findings { rule severity title } }
    problems { code path message }
  }
}
"""

_SCALE = 0.001
"""A district with as few homes and places as there can be."""


@dataclass(frozen=True, slots=True)
class Held:
    """The longest time that a task beside a batch could not go on, in milliseconds."""

    batch_ms: float
    """The median of all turns."""
    worst_ms: float
    """The longest in any turn."""
    idle_ms: float
    """The median with nothing running, which is what the machine itself does."""
    submissions_per_s: float


async def measured(folder: Path, turns: int, console: Console) -> Held:
    """Batches, and the loop at rest, in turns; the database is made in `folder`."""
    url = f"sqlite:///{folder / 'forms.sqlite3'}"
    token = await fill(url, _SCALE, console)
    settings = chosen.load({}, folder, data_dir=folder, database_url=url, plugins_watch=False)
    async with opened(settings) as parts, _collector_as_when_serving():
        actor = await parts.actors.of(token)
        assert actor is not None
        await _submit(parts, actor, islice(_inputs(), AT_ONCE))  # so that caches are warm
        idle, batch, took = [], [], []
        for _ in range(turns):
            idle.append(await _longest_hold_s(asyncio.sleep(1)))
            begun = perf_counter()
            inputs = islice(_inputs(), BATCH)
            batch.append(await _longest_hold_s(_submit(parts, actor, inputs)))
            took.append(perf_counter() - begun)
    return Held(
        batch_ms=median(batch) * 1000,
        worst_ms=max(batch) * 1000,
        idle_ms=median(idle) * 1000,
        submissions_per_s=BATCH / median(took),
    )


@asynccontextmanager
async def _collector_as_when_serving() -> AsyncIterator[None]:
    """The collector of cycles as `gridql serve` sets it."""
    before = gc.get_threshold()
    settle_memory()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _longest_hold_s(work: Awaitable[object]) -> float:
    """How long a task had to wait for its turn while `work` was done."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            begun = perf_counter()
            await asyncio.sleep(TICK_S)
            longest = max(longest, perf_counter() - begun - TICK_S)

    ticking = asyncio.create_task(tick())
    try:
        await work
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
    return longest


async def _submit(parts: Parts, actor: Actor, inputs: Iterator[dict[str, Any]]) -> None:
    """Hand in all of them, so many at once."""

    async def hand_in() -> None:
        for each in inputs:
            result = await parts.engine.execute(
                Request(SUBMIT, variables={"input": each}),
                Context(actor, "zh", "benchmark", parts.services),
                allow=frozenset({OperationType.MUTATION}),
            )
            answer = orjson.loads(result.body)
            assert "errors" not in answer, answer
            assert answer["data"]["submitForm"]["submission"], answer

    await asyncio.gather(*(hand_in() for _ in range(AT_ONCE)))


def _inputs() -> Iterator[dict[str, Any]]:
    """Inspections of one place after the other: all sound examples of the nine small places."""
    folder = bundled.folder("plugins") / "nine_small_places" / "cases"
    cases = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    sound = [case for case in cases if not case["expected"].get("faults")]
    for number, case in enumerate(cycle(sound)):
        yield {
            "clientId": str(uuid4()),
            "subjectId": f"Place:{number % BATCH + 1}",
            "answers": {f"{case['form']}V{case['version']}": case["answers"]},
        }
