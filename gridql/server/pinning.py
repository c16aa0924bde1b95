"""Connections to addresses that were looked at: what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpcore

from gridql.domain.agencies.addresses import is_public

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives all addresses of a host; none where it has none, or nobody can be asked."""

_LOOKING_UP = 64
"""Names that are looked up at once: each takes a thread for as long as its answer does, which is
longer than anybody waits for it. So many more than there are messages of one account at once."""


class NoAddress(Exception):
    """The host has no address."""


class AddressRefused(Exception):
    """An address of the host is not one of the public internet."""


class Resolver:
    """Asks the operating system for addresses, in threads that nothing else waits for."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKING_UP, thread_name_prefix="gridql-resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """All addresses of the host, in the order in which they should be tried."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _addresses, host, port)

    def close(self) -> None:
        """Ask nothing more; what is being asked ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # UnicodeError: a label of the name is too long
        return ()
    return [str(address[0]) for *_, address in found]


class Pinned(httpcore.AsyncNetworkBackend):
    """Looks a host up once for each connection, and connects to an address that it has checked.

    Whoever answers for a name can give another address each time; so nothing between the check and
    the connection asks again. One bad address is enough to refuse the host: it is no host of
    somebody who means well.
    """

    def __init__(self, resolve: Resolve, *, private_addresses: bool) -> None:
        self._resolve = resolve
        self._private_addresses = private_addresses
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's name
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that takes it; raises NoAddress, AddressRefused."""
        addresses = await self._resolve(host.strip("[]"), port)
        if not addresses:
            raise NoAddress(host)
        if not self._private_addresses and not all(map(is_public, addresses)):
            raise AddressRefused(host)
        *others, last = addresses
        for address in others:
            try:
                return await self._connect(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._connect(last, port, timeout)

    async def _connect(
        self, address: str, port: int, timeout_s: float | None
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._network.connect_tcp(address, port, timeout=timeout_s)
        try:
            # httpcore asks so next, and AnyIO fails where the connection was reset meanwhile.
            stream.get_extra_info("ssl_object")
        except AttributeError as error:
            await stream.aclose()
            raise httpcore.ConnectError("reset as soon as it was there") from error
        return stream

    async def sleep(self, seconds: float) -> None:
        """Wait; httpcore does between its own retries."""
        await self._network.sleep(seconds)
