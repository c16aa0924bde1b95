"""The journal as it stands at one moment, for whoever reads all of it: nobody waits for that."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Protocol

from gridql.database import Database, sqlite_path
from gridql.journal.chain import Row

with suppress(ImportError):  # the extra `postgres` is not installed; `database.connect` says so
    import asyncpg

_PAGE = 1000


class Snapshot(Protocol):
    """One transaction that only reads: all of its statements see the same rows."""

    def pages(self, statement: str) -> AsyncIterator[Sequence[Row]]:
        """All rows of a SELECT, some at a time; columns by name, as the driver gives them."""


def snapshot(database: Database) -> AbstractAsyncContextManager[Snapshot]:
    """What stands in the database now, on a connection of its own.

    What is written meanwhile is not seen, and waits for nothing.
    """
    if database.dialect == "sqlite":
        return _sqlite(sqlite_path(database.url))
    return _postgres(database.url)


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def pages(self, statement: str) -> AsyncIterator[Sequence[Row]]:
        found = await asyncio.to_thread(self._connection.execute, statement)
        while page := await asyncio.to_thread(found.fetchmany, _PAGE):
            yield page


@asynccontextmanager
async def _sqlite(path: Path) -> AsyncIterator[Snapshot]:
    with closing(_opened(path)) as connection:
        connection.execute("BEGIN")
        yield _Sqlite(connection)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    # Whoever has tampered with a text need not have kept it readable.
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    return connection


class _Postgres:
    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def pages(self, statement: str) -> AsyncIterator[Sequence[Row]]:
        found = await self._connection.cursor(statement)
        while page := await found.fetch(_PAGE):
            yield page


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[Snapshot]:
    connection = await asyncpg.connect(url, server_settings={"timezone": "UTC"})
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield _Postgres(connection)
    finally:
        await connection.close()
