"""A TCP proxy before the servers: it takes whichever lives, and cuts connections when told to."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Literal

from tests.endurance.chronicle import Chronicle

Address = tuple[str, int]
End = Literal["reset", "end"]

_CHUNK = 65_536
_LONGEST_PIECE = 800
"""Bytes that still get through a connection which is going to be cut: some frames and a part."""
_SILENCE_S = (0.3, 1.5)
_RESET = struct.pack("ii", 1, 0)


class _Line:
    """One connection through the proxy: two sockets, and what goes from the one to the other."""

    def __init__(
        self,
        near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        on_cut: Callable[[str], None],
    ) -> None:
        self._near, self._far = near, far
        self._on_cut = on_cut
        self._left: int | None = None
        self._end: End = "reset"
        self._flows = asyncio.Event()
        self._flows.set()
        self.doomed = False
        """It is going to be cut, or was."""

    async def carry(self) -> None:
        """Until either side ends it, or it is cut."""
        up = asyncio.create_task(self._pump(self._near[0], self._far[1], back=False))
        down = asyncio.create_task(self._pump(self._far[0], self._near[1], back=True))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            self.doomed = True
            # What was not carried yet is lost, as with a machine that fails.
            for _, writer in (self._near, self._far):
                writer.close()

    def cut_at_once(self, end: End) -> None:
        """End it wherever it is."""
        self.doomed = True
        self._cut(end, "at once")

    def cut_within(self, length: int, end: End) -> None:
        """End it when so many more bytes have come back from the server."""
        self.doomed = True
        self._left, self._end = length, end

    def cut_after_silence(self, silence_s: float) -> None:
        """Carry nothing more, and end it later: what is sent meanwhile is lost."""
        self.doomed = True
        self._flows.clear()
        asyncio.get_running_loop().call_later(silence_s, self._cut, "reset", "after silence")

    def break_off(self) -> None:
        """End it because its target has died."""
        self.doomed = True
        self._finish("reset")

    def _cut(self, end: End, how: str) -> None:
        there = not self._near[1].transport.is_closing()
        self._finish(end)
        if there:
            self._on_cut(f"{end} {how}")

    def _finish(self, end: End) -> None:
        for _, writer in (self._near, self._far):
            if not writer.transport.is_closing():
                _finish(writer, end)
        self._flows.set()  # what waits to be carried finds out that there is nowhere to go

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool
    ) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                await self._flows.wait()
                if writer.transport.is_closing():
                    return
                if back and self._left is not None:
                    if len(chunk) >= self._left:
                        writer.write(chunk[: self._left])
                        self._cut(self._end, "within an answer")
                        return
                    self._left -= len(chunk)
                writer.write(chunk)
                await writer.drain()


def _finish(writer: asyncio.StreamWriter, end: End) -> None:
    if end == "reset":
        found: socket.socket = writer.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()
    else:
        writer.close()


class Proxy:
    """Listens at `url`, and carries what comes to one of the targets, by chance."""

    def __init__(
        self,
        name: str,
        targets: Callable[[], Sequence[Address]],
        chance: Random,
        chronicle: Chronicle,
    ) -> None:
        self._name = name
        self._targets = targets
        self._chance = chance
        self._chronicle = chronicle
        self._lines: set[_Line] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self.url = ""
        self.cuts = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Proxy]:
        """As long as this lasts, connections are taken."""
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.url = "http://{}:{}".format(*server.sockets[0].getsockname())
        try:
            yield self
        finally:
            server.close()
            for task in self._carrying:
                task.cancel()
            await asyncio.gather(*self._carrying, return_exceptions=True)

    @property
    def doomed(self) -> int:
        """Connections that will be cut, as soon as something comes through them."""
        return sum(line.doomed for line in self._lines)

    def cut(self) -> bool:
        """Doom a connection in one of many ways; whether there was one."""
        lines = [line for line in self._lines if not line.doomed]
        if not lines:
            return False
        # A set has no order that chance could repeat, and neither have those who connect.
        line = self._chance.choice(lines)
        end: End = self._chance.choice(("reset", "end"))
        match self._chance.random():
            case little if little < 0.7:
                line.cut_within(self._chance.randint(1, _LONGEST_PIECE), end)
            case little if little < 0.85:
                line.cut_at_once(end)
            case _:
                line.cut_after_silence(self._chance.uniform(*_SILENCE_S))
        return True

    def break_off(self) -> None:
        """Reset every connection, as when all targets die; these are no cuts."""
        for line in list(self._lines):
            line.break_off()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        try:
            far = await self._reach()
            if far is None:
                _finish(writer, "reset")
                return
            line = _Line((reader, writer), far, self._cut_was)
            self._lines.add(line)
            try:
                await line.carry()
            finally:
                self._lines.discard(line)
        except asyncio.CancelledError:
            writer.transport.abort()  # the end of the play
        finally:
            self._carrying.discard(task)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        targets = list(self._targets())
        self._chance.shuffle(targets)
        for address in targets:
            with suppress(OSError):
                return await asyncio.open_connection(*address)
        return None

    def _cut_was(self, how: str) -> None:
        self.cuts += 1
        self._chronicle.note(f"a connection of {self._name}: {how}")
