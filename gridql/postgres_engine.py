"""PostgreSQL: Tortoise's client with whole transactions, and the pool of read-only connections."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
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


class _Unreset(asyncpg.Connection):
    """A connection that needs no reset between reads: they leave nothing behind.

    Saves a third of what it costs to take a connection and fetch one value.
    """

    def get_reset_query(self) -> str:
        return ""


class PostgresReadPool:
    """Read-only connections in UTC; waiting for one counts towards a statement's time.

    The server cancels by itself, too, what runs longer than that.
    """

    def __init__(self, pool: asyncpg.Pool, timeout_s: float) -> None:
        self._pool = pool
        self._timeout_s = timeout_s

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        try:
            async with asyncio.timeout(self._timeout_s):
                value: str | None = await self._pool.fetchval(sql, *params)
        except (asyncpg.QueryCanceledError, TimeoutError) as error:
            raise ReadTimeout from error
        except asyncpg.ProgramLimitExceededError as error:
            raise ReadTooComplex from error
        return value

    async def close(self) -> None:
        await self._pool.close()


async def open_read_pool(url: str, timeout_s: float, size: int) -> PostgresReadPool:
    """Connect to `url` with up to `size` connections; statements end after `timeout_s` seconds."""
    pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        connection_class=_Unreset,
        statement_cache_size=512,
        server_settings={
            "timezone": "UTC",
            "default_transaction_read_only": "on",
            "statement_timeout": str(int(timeout_s * 1000)),
            "jit": "off",  # compiling costs more than any of these statements runs
        },
    )
    return PostgresReadPool(pool, timeout_s)
