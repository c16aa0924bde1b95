"""SQLite: Tortoise's client with immediate transactions, and the pool of read-only connections."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.exceptions import TransactionManagementError

from gridql.errors import ReadTimeout, ReadTooComplex
from gridql.rows import utc_text

sqlite3.register_adapter(datetime, utc_text)


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first moment.

    A deferred one that reads first and writes later fails with "database is locked" as soon as
    another process has written in between; an immediate one waits its turn.
    """

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class ImmediateSqliteClient(SqliteClient):
    """The client that `database.connect` names for SQLite."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateSqliteClient


_LIMITS = ("parser stack overflow", "too large", "too many", "at most 64 tables")
"""What it says of a statement that is beyond it; there is no number to tell that by."""


class SqliteReadPool:
    """Read-only connections, each used by one thread at a time."""

    def __init__(self, path: Path, timeout_s: float, size: int) -> None:
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="gridql-read")
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._all = [_open_read_only(path) for _ in range(size)]
        for connection in self._all:
            self._idle.put(connection)

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._fetch, sql, params)

    def _fetch(self, sql: str, params: Sequence[object]) -> str | None:
        # There are as many connections as threads, so one is always idle here.
        connection = self._idle.get_nowait()
        deadline = time.monotonic() + self._timeout_s
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
        try:
            row = connection.execute(sql, tuple(params)).fetchone()
        except sqlite3.OperationalError as error:
            if time.monotonic() > deadline:
                raise ReadTimeout from error
            if any(words in str(error) for words in _LIMITS):
                raise ReadTooComplex from error
            raise
        finally:
            self._idle.put(connection)
        return None if row is None else row[0]

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)
        for connection in self._all:
            connection.close()


def _open_read_only(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        check_same_thread=False,
        cached_statements=512,
    )
    for pragma in ("query_only=ON", "busy_timeout=20000", "mmap_size=268435456"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
