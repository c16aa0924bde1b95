"""What is remembered for a moment, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gridql import clock
from gridql.access.recent import Recent

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def recent(limit: int = 10) -> Recent[str, int | None]:
    return Recent(timedelta(seconds=2), limit)


def test_a_value_is_known_until_its_time_is_over() -> None:
    known, held = recent(), clock.HeldClock(NOW)
    known.put("a", NOW, 1)

    with clock.using(held):
        held.at = NOW + timedelta(seconds=1.999)
        assert known["a"] == 1
        held.at = NOW + timedelta(seconds=2)
        with pytest.raises(KeyError):
            known["a"]


def test_none_is_a_value_like_any_other() -> None:
    known = recent()
    known.put("a", NOW, None)

    with clock.using(clock.HeldClock(NOW)):
        assert known["a"] is None
        with pytest.raises(KeyError):
            known["b"]


def test_the_oldest_makes_room() -> None:
    known = recent(limit=2)
    known.put("a", NOW, 1)
    known.put("b", NOW, 2)
    known.put("a", NOW, 3)
    known.put("c", NOW, 4)

    with clock.using(clock.HeldClock(NOW)):
        assert (known["a"], known["c"]) == (3, 4)
        with pytest.raises(KeyError):
            known["b"]


def test_what_is_dropped_is_not_known() -> None:
    known = recent()
    known.put("a", NOW, 1)
    known.put("b", NOW, 2)
    known.drop("a")
    known.drop("never there")

    with clock.using(clock.HeldClock(NOW)):
        assert known["b"] == 2
        with pytest.raises(KeyError):
            known["a"]
        known.clear()
        with pytest.raises(KeyError):
            known["b"]
