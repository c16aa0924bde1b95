"""The proxy cuts as it says, whatever is under way on the connection."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random

import pytest

from tests.endurance.chronicle import Chronicle
from tests.endurance.proxy import Proxy

pytestmark = pytest.mark.anyio

CUTS = 30


async def test_every_connection_that_is_to_be_cut_is_cut_once() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while not reader.at_eof():
                writer.write(b"." * 500)
                await writer.drain()
                await asyncio.sleep(0.002)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    chronicle = Chronicle()
    proxy = Proxy("tests", lambda: [address], Random(1), chronicle)
    async with proxy.listening():
        for done in range(CUTS):
            # Given a connection on which both sides have something to say all the time
            host, _, port = proxy.url.removeprefix("http://").partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            assert await reader.read(100)

            # When it is cut
            assert proxy.cut()
            async with asyncio.timeout(30):
                with suppress(OSError):
                    while await reader.read(100):
                        writer.write(b"?")
                        await writer.drain()
                writer.close()

                # Then it is gone, and counts as one
                while proxy.doomed:
                    await asyncio.sleep(0.01)
            assert proxy.cuts == done + 1
    server.close()

    ways = {what.split(": ", 1)[1] for what in chronicle.all()}
    assert ways == {
        *("reset at once", "end at once", "reset after silence"),
        *("reset within an answer", "end within an answer"),
    }
