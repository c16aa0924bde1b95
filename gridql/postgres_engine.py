"""PostgreSQL: Tortoise's client with whole transactions, and the pool of read-only connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
from asyncpg import Connection
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from gridql.cancellation import to_its_end
from gridql.errors import ReadTimeout, ReadTooComplex

ERRORS = (asyncpg.InterfaceError, asyncpg.PostgresError)
"""What the driver raises where the server cannot be reached, or refuses."""


class WholeTransaction(TransactionContextPooled):
    """Begins and ends wholly, and gives its connection back, whatever fails or is cancelled.

    Tortoise's own keeps the connection for ever where beginning fails or is cancelled.
    """

    client: TransactionWrapper
    _begun = False

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool: Any = self.client._parent._pool
        self._pool = pool
        self.client._connection = await pool.acquire()
        try:
            await to_its_end(self._begin())
        except BaseException:
            await to_its_end(self._end(keep=False))
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        await to_its_end(self._end(keep=exc_type is None))

    async def _begin(self) -> None:
        await self.client.begin()
        self._begun = True

    async def _end(self, *, keep: bool) -> None:
        try:
            if self._begun and not self.client._finalized:
                await (self.client.commit() if keep else self.client.rollback())
        finally:
            await self._pool.release(self.client._connection)


class WholeAsyncpgClient(AsyncpgDBClient):
    """The client that `database.connect` names for PostgreSQL."""

    def _in_transaction(self) -> TransactionContext:
        return WholeTransaction(TransactionWrapper(self), self._pool_init_lock)


client_class = WholeAsyncpgClient


class PostgresReadPool:
    """Read-only connections, each for one statement at a time; waiting for one counts as time.

    The server cancels by itself, too, what runs longer than that. asyncpg's own pool makes a task
    for every statement, to reset the connection behind it; reads leave nothing to be reset, and
    cost a third of it so.
    """

    def __init__(self, opening: Callable[[], Awaitable[Connection]], size: int, timeout_s: float):
        self._open = opening
        self._size = size
        self._timeout_s = timeout_s
        self._turns = asyncio.Semaphore(size)
        self._idle: list[Connection] = []

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        try:
            left_s = await self._turn()
            try:
                return await self._fetch(sql, params, left_s)
            finally:
                self._turns.release()
        except (asyncpg.QueryCanceledError, TimeoutError) as error:
            raise ReadTimeout from error
        except asyncpg.ProgramLimitExceededError as error:
            raise ReadTooComplex from error

    async def _turn(self) -> float:
        """Wait until a connection is free; the seconds that are left for the statement."""
        if not self._turns.locked():
            await self._turns.acquire()
            return self._timeout_s
        end = time.monotonic() + self._timeout_s
        async with asyncio.timeout(self._timeout_s):
            await self._turns.acquire()
        return end - time.monotonic()

    async def _fetch(self, sql: str, params: Sequence[object], timeout_s: float) -> str | None:
        connection = await self._connection()
        try:
            text: str | None = await connection.fetchval(sql, *params, timeout=timeout_s)
        finally:
            # One whose statement was cancelled waits by itself for the server to have heard.
            if not connection.is_closed():
                self._idle.append(connection)
        return text

    async def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():  # by the server, since it was last used
                return connection
        return await self._open()

    async def close(self) -> None:
        for _ in range(self._size):
            await self._turns.acquire()
        for connection in self._idle:
            await connection.close()


async def open_read_pool(url: str, timeout_s: float, size: int) -> PostgresReadPool:
    """Connect to `url` with up to `size` connections; statements end after `timeout_s` seconds."""

    def opening() -> Awaitable[Connection]:
        connecting: Awaitable[Connection] = asyncpg.connect(
            url,
            timeout=timeout_s,
            statement_cache_size=512,
            server_settings={
                "timezone": "UTC",
                "default_transaction_read_only": "on",
                "statement_timeout": str(int(timeout_s * 1000)),
                "jit": "off",  # compiling costs more than any of these statements runs
            },
        )
        return connecting

    pool = PostgresReadPool(opening, size, timeout_s)
    await pool.fetch_text("select ''", ())  # so that a wrong address is known at once
    return pool
