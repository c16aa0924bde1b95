"""What was found out a moment ago, so that the database is not asked for it again and again."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from gridql import clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Remembers values for as long as `ttl`, and `limit` of them: then the oldest make room."""

    def __init__(self, ttl: timedelta, limit: int) -> None:
        self._ttl = ttl
        self._limit = limit
        self._known: dict[K, tuple[datetime, V]] = {}

    def __getitem__(self, key: K) -> V:
        """The value; raises KeyError where none is known, or only an old one."""
        at, value = self._known[key]
        if clock.now() - at >= self._ttl:
            raise KeyError(key)
        return value

    def put(self, key: K, at: datetime, value: V) -> None:
        """Remember the value as it was at that moment: before it was asked for, say."""
        self.drop(key)
        if len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]
        self._known[key] = (at, value)

    def drop(self, key: K) -> None:
        """Know nothing more of it."""
        self._known.pop(key, None)

    def clear(self) -> None:
        """Know nothing more of anything."""
        self._known.clear()
