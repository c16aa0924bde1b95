"""The bounded cache: what stays, what goes, and what it counts."""

from __future__ import annotations

from gridql.graph.lru import Cache


def test_what_was_not_used_for_longest_goes() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1)
    cache.put("b", 2)

    assert cache.get("a") == 1
    cache.put("c", 3)

    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)
    assert (cache.hits, cache.misses, cache.evictions, len(cache)) == (3, 1, 1, 2)


def test_put_again_it_is_new_and_takes_no_more_room() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 3)
    cache.put("c", 4)

    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (3, None, 4)
    assert (cache.evictions, len(cache)) == (1, 2)
