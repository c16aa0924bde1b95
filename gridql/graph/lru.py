"""A bounded cache that counts what it does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps the entries that were used last, up to `size`: each counts for its weight."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.hits = self.misses = self.evictions = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0
        """Of all that is kept."""

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """The entry, which thereby counts as used; None where there is none."""
        entry = self._entries.get(key)
        if entry is None:
            self.misses += 1
            return None
        self.hits += 1
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, entry: V, weight: int = 1) -> None:
        """Keep an entry; those that were not used for longest go when there is too much."""
        self.weight += weight - self._entries.pop(key, (entry, 0))[1]
        self._entries[key] = (entry, weight)
        while self.weight > self.size:
            _, (_, gone) = self._entries.popitem(last=False)
            self.weight -= gone
            self.evictions += 1
