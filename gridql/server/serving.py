"""Serving: the socket, how uvicorn is set up to carry the application, and running it."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from gridql.errors import SetupError
from gridql.server.app import assemble
from gridql.server.http import MAX_BODY_BYTES
from gridql.server.opening import opened
from gridql.server.parts import Parts
from gridql.server.protocols import HttpConnection, SocketConnection
from gridql.settings import Settings

PING_INTERVAL_S = 20.0
"""Below the idle limits of common proxies (nginx: 60 s)."""

SHUTDOWN_TIMEOUT_S = 10


def run(settings: Settings, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, then close everything; see `serve`."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(serve(settings, on_ready))


async def serve(
    settings: Settings,
    on_ready: Callable[[str], None] | None = None,
    listening: socket.socket | None = None,
) -> None:
    """Serve until a signal ends it; `on_ready` is called with the address once it takes requests.

    On a socket of its own unless one is given that listens already. Raises SetupError, before
    anything is served, for what is wrong with the settings, the database or the address.
    """
    async with opened(settings) as parts:

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
            yield {"parts": parts}

        server = Server(uvicorn_config(assemble(lifespan)), parts)
        settle_memory()
        taking = listening or listen(settings.host, settings.port)
        with closing(taking), _signals_end_here():
            if on_ready is not None:
                on_ready(address_of(taking))
            await server.serve(sockets=[taking])


class Server(uvicorn.Server):
    """uvicorn's server, which tells those who would be served for ever that it ends."""

    def __init__(self, config: uvicorn.Config, parts: Parts) -> None:
        super().__init__(config)
        self._parts = parts

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._parts.stopping.set()
        await super().shutdown(sockets)


def settle_memory() -> None:
    """Keep the collector of cycles away from what is there for good, and from every request.

    Requests make next to no cycles; looking for them in the whole schema took a tenth of the
    server's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 50)


def uvicorn_config(app: ASGIApp) -> uvicorn.Config:
    """The settings that the server's promises rest on; logging is left to the caller."""
    return uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here asks where a request came from
        http=HttpConnection,
        ws=SocketConnection,
        ws_max_size=MAX_BODY_BYTES,
        ws_ping_interval=PING_INTERVAL_S,
        ws_ping_timeout=PING_INTERVAL_S,
        # Compression costs memory for as long as a socket lives, and updates are small.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections, which wait until somebody serves them.

    Raises SetupError where that cannot be.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # Named as TCP, because asyncio else leaves Nagle's algorithm on: 40 ms for each answer.
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(2048)
        except OSError:
            listening.close()
            raise
    except OSError as cause:
        raise SetupError(f"cannot listen on {host}:{port}: {cause.strerror}") from cause
    return listening


def address_of(listening: socket.socket) -> str:
    """Where a listening socket is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _signals_end_here() -> Iterator[None]:
    """Let a signal that ended uvicorn end nothing more.

    After its own orderly shutdown uvicorn raises the signal again, whose default is to kill the
    process, before the database is closed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, _ignore) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ignore(number: int, frame: object) -> None:
    """A handler, since SIG_IGN would be inherited by whatever the process starts."""
