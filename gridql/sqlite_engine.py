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
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from gridql.cancellation import to_its_end
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


class WholeTransaction(SqliteTransactionContext):
    """Begins and ends wholly, and gives the connection free, whatever fails or is cancelled.

    Tortoise's own keeps the lock for ever where beginning fails, and leaves the transaction open
    where its end is cancelled.
    """

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            try:
                await to_its_end(self.connection.begin())
            except BaseException:
                await to_its_end(self.connection.rollback())
                raise
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        try:
            if not self.connection._finalized:
                await to_its_end(self._end(keep=exc_type is None))
        finally:
            self._trxlock.release()

    async def _end(self, keep: bool) -> None:
        try:
            if keep:
                await self.connection.commit()
        finally:
            # A commit that failed leaves the transaction open.
            if not self.connection._finalized:
                await self.connection.rollback()


class ImmediateSqliteClient(SqliteClient):
    """The client that `database.connect` names for SQLite."""

    def _in_transaction(self) -> TransactionContext:
        return WholeTransaction(ImmediateTransaction(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        # Tortoise's own leaves its transaction open where it is cancelled.
        async with WholeTransaction(ImmediateTransaction(self), self._lock) as client:
            await client.execute_many(query, values)


client_class = ImmediateSqliteClient


_LIMITS = ("parser stack overflow", "too large", "too many", "at most 64 tables")
"""What it says of a statement that is beyond it; there is no number to tell that by."""


class SqliteReadPool:
    """Read-only connections, each used by one thread at a time; waiting for one counts as time."""

    def __init__(self, path: Path, timeout_s: float, size: int) -> None:
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="gridql-read")
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._all = [_open_read_only(path) for _ in range(size)]
        for connection in self._all:
            self._idle.put(connection)

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        loop = asyncio.get_running_loop()
        deadline = time.monotonic() + self._timeout_s
        try:
            # Cancelling what still waits for a thread takes it out of the queue.
            async with asyncio.timeout(self._timeout_s):
                return await loop.run_in_executor(self._threads, self._fetch, sql, params, deadline)
        except TimeoutError as error:
            raise ReadTimeout from error

    def _fetch(self, sql: str, params: Sequence[object], deadline: float) -> str | None:
        # There are as many connections as threads, so one is always idle here.
        connection = self._idle.get_nowait()
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
