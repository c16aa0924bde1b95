"""PostgreSQL: Tortoise's client with whole transactions, and the pool of read-only connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
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
from gridql.errors import ReadTimeout, ReadTooComplex, Unavailable

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


async def nothing_to_reset(_: Connection) -> None:
    """For a pool whose users leave nothing behind but transactions, which it ends by itself.

    Its own way of resetting a connection asks the server once more for each transaction.
    """


VANISHED = {
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "7000",
}
"""With these the server finds out within eight seconds that a host has lost its power or its
network, and frees what its transactions held; else it takes hours. Sockets of the same machine need
none of it."""

LONGEST_KEPT = 50_000
"""Bytes of a statement; a longer one is prepared anew each time."""

LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)
"""What the driver raises where a connection has ended, or there is none to be had."""

Open = Callable[[float], Awaitable[Connection]]
"""Makes a connection within so many seconds."""


class PostgresReadPool:
    """Read-only connections, each for one statement at a time; waiting for one counts as time.

    The server cancels by itself, too, what runs longer than that. asyncpg's own pool makes a task
    for every statement, to reset the connection behind it; reads leave nothing to be reset, and
    cost a third of it so.
    """

    def __init__(self, opening: Open, size: int, timeout_s: float) -> None:
        self._open = opening
        self._size = size
        self._timeout_s = timeout_s
        self._turns = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._closed = False

    async def fetch_text(self, sql: str, params: Sequence[object]) -> str | None:
        if self._closed:
            raise asyncpg.InterfaceError("the read pool is closed")
        end = time.monotonic() + self._timeout_s
        await self._turn()
        try:
            if self._idle:
                # It may have gone since it was last used; a read can be asked twice.
                with suppress(Unavailable):
                    return await self._fetch(self._idle.pop(), sql, params, end)
            return await self._fetch(await self._opened(end), sql, params, end)
        finally:
            self._turns.release()

    async def _opened(self, end: float) -> Connection:
        try:
            return await self._open(end - time.monotonic())
        except LOST as error:
            raise Unavailable(f"PostgreSQL cannot be reached: {error!r}") from error

    async def _turn(self) -> None:
        """Wait until a connection may be used."""
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._turns.acquire()
        except TimeoutError as error:
            raise ReadTimeout from error

    async def _fetch(
        self, connection: Connection, sql: str, params: Sequence[object], end: float
    ) -> str | None:
        try:
            text: str | None = await connection.fetchval(
                sql, *params, timeout=end - time.monotonic()
            )
        except asyncpg.QueryCanceledError as error:
            self.put_back(connection)
            raise ReadTimeout from error
        except TimeoutError as error:
            # Nobody knows what became of it; the server ends the statement by itself.
            connection.terminate()
            raise ReadTimeout from error
        except LOST as error:
            connection.terminate()
            raise Unavailable(f"PostgreSQL was lost: {error!r}") from error
        except asyncpg.ProgramLimitExceededError as error:
            self.put_back(connection)
            raise ReadTooComplex from error
        except BaseException:
            # Where the task was cancelled, the server has still to hear of it: used last.
            self._idle.insert(0, connection)
            raise
        self.put_back(connection)
        return text

    def put_back(self, connection: Connection) -> None:
        """Let the connection be used, before all others."""
        self._idle.append(connection)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        for _ in range(self._size):
            await self._turns.acquire()
        closing = (connection.close(timeout=self._timeout_s) for connection in self._idle)
        await asyncio.gather(*closing, return_exceptions=True)


async def open_read_pool(url: str, timeout_s: float, size: int) -> PostgresReadPool:
    """Connect to `url` with up to `size` connections; statements end after `timeout_s` seconds."""

    def opening(within_s: float) -> Awaitable[Connection]:
        connecting: Awaitable[Connection] = asyncpg.connect(
            url,
            timeout=within_s,
            statement_cache_size=512,
            max_cacheable_statement_size=LONGEST_KEPT,
            server_settings={
                "timezone": "UTC",
                "default_transaction_read_only": "on",
                "statement_timeout": str(int(timeout_s * 1000)),
                "jit": "off",  # compiling costs more than any of these statements runs
            },
        )
        return connecting

    pool = PostgresReadPool(opening, size, timeout_s)
    pool.put_back(await opening(timeout_s))  # so that a wrong address is known at once
    return pool
