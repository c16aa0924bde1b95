"""Several processes that serve from one socket, and the one above them that keeps them going."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing.connection import Connection

from uvicorn.loops.auto import auto_loop_factory

from gridql.errors import SetupError
from gridql.server.serving import SHUTDOWN_TIMEOUT_S, address_of, listen, serve
from gridql.settings import Settings

log = logging.getLogger("gridql.server")

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
"""Between the end of a worker and the start of the next in its place: twice as long each time."""

STEADY_S = 60.0
"""A worker that has served for so long was sound: the pauses begin anew after it."""

STOP_TIMEOUT_S = SHUTDOWN_TIMEOUT_S + 5.0

# Not forked: a copy of a process with threads is one whose locks nobody holds the key to.
_SPAWN = multiprocessing.get_context("spawn")

Prepare = Callable[[], None]
"""What a worker does first of all, to log as its parent does; it is pickled on its way."""


def run(settings: Settings, prepare: Prepare, on_ready: Callable[[str], None]) -> None:
    """Serve with as many workers as the settings say, until SIGINT or SIGTERM.

    Each opens everything for itself; whichever is free takes the next connection. `on_ready` is
    called once, when all of them serve. Raises SetupError, when the others have ended, where one
    cannot begin; one that ends later is replaced, again and again.
    """
    with closing(listen(settings.host, settings.port)) as listening:
        asyncio.run(_Supervisor(settings, listening, prepare).run(on_ready))


class _Supervisor:
    """The process above the workers; it serves nothing itself."""

    def __init__(self, settings: Settings, listening: socket.socket, prepare: Prepare) -> None:
        self._settings = settings
        self._listening = listening
        self._prepare = prepare
        self._workers: list[_Worker] = []

    async def run(self, on_ready: Callable[[str], None]) -> None:
        """Until a signal ends it, and with it all workers."""
        ending = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, ending.set)
        keeping = asyncio.create_task(self._keep_all(on_ready))
        asked = asyncio.create_task(ending.wait())
        try:
            await asyncio.wait({keeping, asked}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            keeping.cancel()
            await asyncio.gather(*(worker.stop() for worker in self._workers))
        with suppress(asyncio.CancelledError):
            await keeping

    async def _keep_all(self, on_ready: Callable[[str], None]) -> None:
        first = [self._start() for _ in range(self._settings.workers)]
        for begun in asyncio.as_completed([worker.begun() for worker in first]):
            if (trouble := await begun) is not None:
                raise SetupError(trouble)
        on_ready(address_of(self._listening))
        await asyncio.gather(*(self._keep(worker) for worker in first))

    async def _keep(self, worker: _Worker) -> None:
        """Put another in the place of the worker, and of that one, whenever it ends."""
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            trouble = await worker.begun() or await worker.ended()
            self._workers.remove(worker)
            if time.monotonic() - began > STEADY_S:
                pause_s = FIRST_PAUSE_S
            log.warning("%s; another one begins in %s s", trouble, pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            worker = self._start()

    def _start(self) -> _Worker:
        worker = _Worker(self._settings, self._listening, self._prepare)
        self._workers.append(worker)
        return worker


class _Worker:
    """One process that serves, as its parent sees it."""

    def __init__(self, settings: Settings, listening: socket.socket, prepare: Prepare) -> None:
        self._hearing, telling = _SPAWN.Pipe(duplex=False)
        self._process = _SPAWN.Process(
            target=_work, args=(settings, listening, prepare, telling), name="gridql worker"
        )
        with closing(telling), _unheard(signal.SIGINT):
            self._process.start()
        self._gone = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._process.sentinel, self._leave)

    async def begun(self) -> str | None:
        """Wait until it serves; None then and later, or else why it does not."""
        if self._hearing.closed:
            return None
        await _readable(self._hearing.fileno())
        with closing(self._hearing):
            try:
                trouble: str | None = self._hearing.recv()
            except EOFError:
                return await self.ended()
        return trouble

    async def ended(self) -> str:
        """Wait until it has ended; how that came."""
        await self._gone.wait()
        code = self._process.exitcode or 0
        how = (
            f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        )
        return f"worker {self._process.pid} {how}"

    async def stop(self) -> None:
        """Ask it to end in order, and end it if it does not."""
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._gone.wait()
        except TimeoutError:
            log.error("worker %s did not end in time", self._process.pid)
            self._process.kill()
            await self._gone.wait()

    def _leave(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._gone.set()


def _work(
    settings: Settings, listening: socket.socket, prepare: Prepare, telling: Connection
) -> None:
    """What a worker's process does, from its beginning to its end."""
    prepare()
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(_serve(settings, listening, telling))
    except SetupError as error:
        telling.send(str(error))
        sys.exit(1)


async def _serve(settings: Settings, listening: socket.socket, telling: Connection) -> None:
    def ready(address: str) -> None:
        telling.send(None)
        telling.close()

    orphaned = asyncio.create_task(_end_with_parent())
    await serve(settings, ready, listening)
    orphaned.cancel()


async def _end_with_parent() -> None:
    """End in order once nobody is there who would see to it: the socket must not stay taken."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    await _readable(parent.sentinel)
    log.warning("the process above the workers is gone: ending as well")
    signal.raise_signal(signal.SIGTERM)


async def _readable(descriptor: int) -> None:
    """Wait until there is something to be read, or the other end is closed."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


@contextmanager
def _unheard(number: signal.Signals) -> Iterator[None]:
    """Processes that are started within this do not hear the signal until they ask for it.

    Ctrl-C goes to every process of the terminal, also to one that has just begun, which would end
    with a traceback.
    """
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)
