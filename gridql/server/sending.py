"""Sending one message to one endpoint, and what came of it."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import httpcore

from gridql.domain.agencies.delivery import Sent
from gridql.domain.agencies.rules import LONGEST_DETAIL, DeliveryFailure
from gridql.server.pinning import AddressRefused, NoAddress, Pinned, Resolve

log = logging.getLogger("gridql.webhooks")

TIMEOUT_S = 15.0
"""For all of it: looking the host up, connecting, sending, the whole answer."""

MOST_AT_ONCE = 64
"""Messages that one process sends at once, with what is read and written for them."""

MOST_OF_ONE = 8
"""Of these, messages of one account: endpoints may take long, and others go on meanwhile."""

LONGEST_ANSWER = 65_536
"""Bytes; nobody reads it, but closing a connection over an unread answer would reset it."""

IDLE_S = 2.0
"""How long a connection is kept for the next message: less than any common server keeps it."""

LONGEST_WAIT_S = 86_400.0
"""The most that a Retry-After is followed."""

_GONE = 410
_BUSY = frozenset({429, 503})
_SECONDS = re.compile(rb"[0-9]{1,9}")
_UNPRINTABLE = re.compile(r"[^\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]+")


class Sender:
    """Sends messages; whoever has one to send takes a `turn` for it, of which there are few.

    Redirects are not followed, and no proxy of the environment is used. Certificates are checked
    against the host's name, by what the system trusts (SSL_CERT_FILE) unless `tls` is given.
    """

    def __init__(
        self,
        resolve: Resolve,
        *,
        private_addresses: bool = False,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
        most_at_once: int = MOST_AT_ONCE,
        most_of_one: int = MOST_OF_ONE,
    ) -> None:
        self._timeout_s = timeout_s
        self._most_of_one = most_of_one
        # Gone with the last message of the account that holds one.
        self._turns_of: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._turns = asyncio.Semaphore(most_at_once)
        self._connections = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=most_at_once,
            max_keepalive_connections=most_at_once,
            keepalive_expiry=IDLE_S,
            network_backend=Pinned(resolve, private_addresses=private_addresses),
        )

    @asynccontextmanager
    async def turn(self, account_id: int) -> AsyncIterator[None]:
        """A turn to send one message for that account, once there is one."""
        own = self._turns_of.get(account_id)
        if own is None:
            own = self._turns_of[account_id] = asyncio.Semaphore(self._most_of_one)
        async with own, self._turns:
            yield

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """POST the body; whatever comes of it is in what is returned."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout_s):
                status, retry_after, answer = await self._post(url, headers, body)
        except Exception as error:  # nothing that an endpoint does ends more than its message
            return Sent(_since(began), _failure(error))
        return _judged(_since(began), status, retry_after, answer)

    async def _post(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes, bytes]:
        fields = [(name.encode(), value.encode()) for name, value in headers.items()]
        stream = self._connections.stream("POST", _address(url), headers=fields, content=body)
        async with stream as response:
            answer = b""
            async for part in response.aiter_stream():
                answer += part
                if len(answer) > LONGEST_ANSWER:
                    break
            found = (value for name, value in response.headers if name.lower() == b"retry-after")
            return response.status, next(found, b""), answer

    async def close(self) -> None:
        """Let every connection go."""
        await self._connections.aclose()


def _address(url: str) -> httpcore.URL:
    """All of it: httpcore, left to itself, leaves out what stands behind a semicolon."""
    parts = urlsplit(url)
    path, query = parts.path or "/", f"?{parts.query}" if "?" in url else ""
    return httpcore.URL(
        scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=f"{path}{query}"
    )


def _judged(duration_ms: int, status: int, retry_after: bytes, answer: bytes) -> Sent:
    delivered = 200 <= status < 300
    if delivered and len(answer) <= LONGEST_ANSWER:
        return Sent(duration_ms, None, status)
    if delivered:
        return Sent(duration_ms, DeliveryFailure.TOO_LONG, status)
    failure = DeliveryFailure.STATUS
    if status == _GONE:
        failure = DeliveryFailure.GONE
    elif 300 <= status < 400:
        failure = DeliveryFailure.REDIRECT
    wait_s = 0.0
    if status in _BUSY and _SECONDS.fullmatch(retry_after):
        wait_s = min(float(retry_after), LONGEST_WAIT_S)
    said = _UNPRINTABLE.sub(" ", answer[: 4 * LONGEST_DETAIL].decode("utf-8", "replace")).strip()
    return Sent(duration_ms, failure, status, said[:LONGEST_DETAIL] or None, wait_s)


def _failure(error: Exception) -> DeliveryFailure:
    """What went wrong, in our words."""
    match error:
        case NoAddress():
            return DeliveryFailure.NO_ADDRESS
        case AddressRefused():
            return DeliveryFailure.ADDRESS_REFUSED
        case TimeoutError() | httpcore.TimeoutException():
            return DeliveryFailure.TIMEOUT
        case httpcore.ConnectError():
            return DeliveryFailure.TLS if _is_tls(error) else DeliveryFailure.UNREACHABLE
        case ssl.SSLError():
            return DeliveryFailure.TLS
        case httpcore.NetworkError() | httpcore.ProtocolError() | OSError():
            return DeliveryFailure.BROKEN_OFF
        case _:
            log.error("a message could not be sent", exc_info=error)
            return DeliveryFailure.BROKEN_OFF


def _is_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
