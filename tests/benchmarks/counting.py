"""The dashboard's statement against the same figures counted from the visits, in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg
import orjson
from graphql import OperationType

from gridql import settings
from gridql.access.codes import successor
from gridql.database import Database, sqlite_path
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.graph.reader import Reader
from gridql.rows import utc_text
from gridql.server.opening import opened
from tests.benchmarks.queries import Query

COUNTED = """
select a.code, coalesce(h.households, 0), coalesce(h.visited, 0), coalesce(h.attempted, 0),
  coalesce(z.minor, 0), coalesce(z.serious, 0), coalesce(z.suspected_major, 0), coalesce(z.major, 0)
from (select code from area where code >= ?1 and code < ?2 and level = 'COMMUNITY') a
left join (
  select substr(h.grid_code, 1, 12) as code, count(*) as households,
    sum(v.met) as visited, count(v.household_id) as attempted
  from household h
  left join (
    select household_id, max(case when outcome in ('MET', 'PROXY_MET') then 1 else 0 end) as met
    from visit where grid_code >= ?1 and grid_code < ?2 and visited_at >= ?3
    group by household_id
  ) v on v.household_id = h.id
  where h.grid_code >= ?1 and h.grid_code < ?2 and not h.vacant
  group by 1
) h on h.code = a.code
left join (
  select substr(z.grid_code, 1, 12) as code,
    sum(case when z.severity = 'MINOR' then 1 else 0 end) as minor,
    sum(case when z.severity = 'SERIOUS' then 1 else 0 end) as serious,
    sum(case when z.severity = 'SUSPECTED_MAJOR' then 1 else 0 end) as suspected_major,
    sum(case when z.severity = 'MAJOR' then 1 else 0 end) as major
  from hazard z
  where z.grid_code >= ?1 and z.grid_code < ?2
    and z.status in ('REPORTED', 'DISPATCHED', 'RECTIFYING', 'RECHECKING')
  group by 1
) z on z.code = a.code
order by a.code
"""
"""Without the two columns that visits keep up to date on their household: visits are looked up by
grid and time, which an index leads to."""

Run = Callable[[str, list[Any]], Awaitable[list[Any]]]


@dataclass(frozen=True)
class Counted:
    """What both statements take, for a street each time."""

    kept_ms: float
    """gridql's own statement: the columns on the household."""
    counted_ms: float
    """The visits counted."""


class _Recorder:
    """A read pool that keeps what is run through it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.seen: list[tuple[str, list[Any]]] = []

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        self.seen.append((sql, list(params)))
        return await self._database.read(sql, params)

    async def close(self) -> None:
        """Nothing to do: the database closes what it has opened."""


async def counted(url: str, folder: Path, token: str, dashboard: Query, times: int) -> Counted:
    """Run both statements in turns, so many times for each street.

    Raises AssertionError where they do not give the same figures.
    """
    kept = await _statements(url, folder, token, dashboard)
    took: tuple[list[float], list[float]] = ([], [])
    async with _database(url) as run:
        for _ in range(times):
            for variables, (sql, params) in zip(dashboard.variables, kept, strict=True):
                under, since = variables["under"], datetime.fromisoformat(variables["since"])
                one, took_kept = await _timed(run, sql, params)
                two, took_counted = await _timed(run, COUNTED, [under, successor(under), since])
                assert _figures(one[0][0]) == [list(row) for row in two], under
                took[0].append(took_kept)
                took[1].append(took_counted)
    return Counted(*(median(each) * 1000 for each in took))


async def _timed(run: Run, sql: str, params: list[Any]) -> tuple[list[Any], float]:
    start = perf_counter()
    rows = await run(sql, params)
    return rows, perf_counter() - start


def _figures(text: str) -> list[list[object]]:
    """The rows of the dashboard as the other statement gives them."""
    return [
        [
            *(row["area"]["code"], row["households"], row["visited"], row["attempted"]),
            *row["openHazards"].values(),
        ]
        for row in orjson.loads(text)
    ]


async def _statements(
    url: str, folder: Path, token: str, dashboard: Query
) -> list[tuple[str, list[Any]]]:
    """What gridql asks the database for each street."""
    async with opened(settings.load({}, folder, data_dir=folder, database_url=url)) as parts:
        actor = await parts.actors.of(token)
        database = parts.services.database
        recorder = _Recorder(database)
        reader = Reader(Database(url, database.dialect, recorder), parts.services.vault.index)
        services = replace(parts.services, reader=reader)
        for variables in dashboard.variables:
            await parts.engine.execute(
                Request(dashboard.text, variables=dict(variables)),
                Context(actor, "en", "benchmark", services),
                allow=frozenset({OperationType.QUERY}),
            )
    return recorder.seen


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Run]:
    """One connection, set up like those that gridql reads from."""
    async with AsyncExitStack() as stack:
        if url.startswith("sqlite:"):
            lite = sqlite3.connect(sqlite_path(url))
            stack.callback(lite.close)
            lite.execute("pragma mmap_size=268435456")

            async def run(sql: str, params: list[Any]) -> list[Any]:
                texts = [utc_text(p) if isinstance(p, datetime) else p for p in params]
                return lite.execute(sql, texts).fetchall()
        else:
            server = await asyncpg.connect(url, server_settings={"timezone": "UTC", "jit": "off"})
            stack.push_async_callback(server.close)

            async def run(sql: str, params: list[Any]) -> list[Any]:
                return list(await server.fetch(sql.replace("?", "$"), *params))

        yield run
