"""The seam through which time, ids and randomness enter, so that a test can hold them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid4


class Clock(Protocol):
    """Where an action's time, new ids and random bytes come from."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def uuid(self) -> UUID:
        """A new random id (version 4)."""

    def random_bytes(self, count: int) -> bytes:
        """`count` bytes fit for secrets."""


class SystemClock:
    """The machine's own time and randomness."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def uuid(self) -> UUID:
        return uuid4()

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class HeldClock(SystemClock):
    """A clock that stands at one moment until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


_clock: ContextVar[Clock] = ContextVar("gridql_clock", default=SystemClock())


def now() -> datetime:
    """The present moment, aware, in UTC, to the millisecond: what is stored is what is shown."""
    moment = _clock.get().now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_uuid() -> UUID:
    """A new random id (version 4)."""
    return _clock.get().uuid()


def random_bytes(count: int) -> bytes:
    """`count` bytes fit for secrets."""
    return _clock.get().random_bytes(count)


@contextmanager
def using(clock: Clock) -> Iterator[Clock]:
    """Let `clock` stand for the system's within this context and the tasks that it starts."""
    token = _clock.set(clock)
    try:
        yield clock
    finally:
        _clock.reset(token)
