"""PostgreSQL: a connection of its own that listens to one channel, and comes back when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import asyncpg

logger = logging.getLogger("gridql.journal")

APPLICATION = "gridql listener"
_RECONNECT_S = 0.5
_HEARTBEAT_S = 10.0


async def listen(url: str, channel: str, ring: Callable[[], None]) -> None:
    """Call `ring` at each notification, and after each connect: what came before was not heard."""
    while True:
        try:
            await _listen_once(url, channel, ring)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("listener for %s: %s; connecting again", channel, error)
        await asyncio.sleep(_RECONNECT_S)


async def _listen_once(url: str, channel: str, ring: Callable[[], None]) -> None:
    connection = await asyncpg.connect(url, server_settings={"application_name": APPLICATION})
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    try:
        await connection.add_listener(channel, lambda *_: ring())
        ring()
        while not lost.is_set():
            try:
                await asyncio.wait_for(lost.wait(), _HEARTBEAT_S)
            except TimeoutError:
                # A peer that vanished without a word is found out only by talking to it.
                await connection.execute("SELECT 1", timeout=_HEARTBEAT_S)
    finally:
        connection.terminate()
