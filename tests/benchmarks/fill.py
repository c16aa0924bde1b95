"""Fills a database with a made-up district by bulk loads, and lets somebody in.

python -m tests.benchmarks.fill DATABASE_URL [SCALE]
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from random import Random

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from gridql import clock
from gridql.access import accounts, tokens
from gridql.access.roles import Role
from gridql.database import connect, migrate, sqlite_path
from gridql.journal.models import Chain
from tests.benchmarks.district import tables
from tests.benchmarks.ground import DISTRICT, Table, sizes


class Seeded(clock.SystemClock):
    """A clock whose random bytes are the same every time."""

    def random_bytes(self, count: int) -> bytes:
        return Random(0).randbytes(count)


async def fill(url: str, scale: float, console: Console) -> str:
    """Make the tables of this version and fill them; a token that sees the whole district.

    The database is new: empty on PostgreSQL, and on SQLite a file that is not there yet.
    """
    rows = tables(sizes(scale))
    database = await connect(url)
    try:
        await migrate(database)
    finally:
        await database.close()
    columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        if database.dialect == "sqlite":
            _fill_sqlite(url, rows, progress)
        else:
            await _fill_postgres(url, rows, progress)
    return await _finish(url)


async def _finish(url: str) -> str:
    database = await connect(url)
    try:
        [end] = await database.connection().execute_query_dict(
            "select position, hash from entry order by position desc limit 1"
        )
        await Chain.create(id=1, position=end["position"], hash=end["hash"])
        with clock.using(Seeded()):
            return await another()
    finally:
        await database.close()


async def another() -> str:
    """A token of one more account that sees the whole district."""
    account = await accounts.register("benchmark", Role.DISTRICT, [DISTRICT])
    return await tokens.create(account, "benchmark")


async def _fill_postgres(url: str, tables: list[Table], progress: Progress) -> None:
    connection = await asyncpg.connect(url)
    try:
        # References are right as they are made up; checking each row would take most of the time.
        await connection.execute("set session_replication_role = replica")
        for table in tables:
            await connection.copy_records_to_table(
                table.name,
                columns=table.columns,
                records=progress.track(table.rows(), total=table.size, description=table.name),
            )
            if "id" in table.columns:
                await connection.execute(
                    f"select setval(pg_get_serial_sequence('{table.name}', 'id'), {table.size})"
                )
        # Also leaves no row for later reads to mark as seen.
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()


def _fill_sqlite(url: str, tables: list[Table], progress: Progress) -> None:
    with closing(sqlite3.connect(sqlite_path(url))) as connection:
        for pragma in ("foreign_keys=off", "synchronous=off", "cache_size=-200000"):
            connection.execute(f"pragma {pragma}")
        with connection:
            for table in tables:
                marks = ", ".join("?" * len(table.columns))
                connection.executemany(
                    f"insert into {table.name} ({', '.join(table.columns)}) values ({marks})",
                    progress.track(table.rows(), total=table.size, description=table.name),
                )
        connection.execute("analyze")
        connection.execute("pragma wal_checkpoint(truncate)")


if __name__ == "__main__":
    out = Console()
    out.print(asyncio.run(fill(sys.argv[1], float((*sys.argv, "1")[2]), out)))
