"""What a visit has to have, and which of them count as met."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridql.domain.visits.rules import VisitKind, VisitOutcome, visit_faults, was_met

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def paths(kind: VisitKind, *subjects: str, **other: Any) -> list[str | None]:
    named = {name: name in subjects for name in ("household", "place", "grid")}
    given: dict[str, Any] = {"visited_at": NOW, "note": None, **named, **other}
    return [fault.path for fault in visit_faults(kind, now=NOW, **given)]


@pytest.mark.parametrize(
    ("kind", "subjects", "fits"),
    [
        (VisitKind.HOUSEHOLD, ("household",), True),
        (VisitKind.CARE, ("household",), True),
        (VisitKind.PATROL, ("place",), True),
        (VisitKind.PATROL, ("grid",), True),
        (VisitKind.HOUSEHOLD, (), False),
        (VisitKind.HOUSEHOLD, ("place",), False),
        (VisitKind.HOUSEHOLD, ("household", "grid"), False),
        (VisitKind.CARE, ("household", "place"), False),
        (VisitKind.PATROL, (), False),
        (VisitKind.PATROL, ("household",), False),
        (VisitKind.PATROL, ("place", "grid"), False),
        (VisitKind.PATROL, ("household", "place"), False),
    ],
)
def test_each_kind_has_its_subject(kind: VisitKind, subjects: tuple[str, ...], fits: bool) -> None:
    assert paths(kind, *subjects) == ([] if fits else ["/kind"])


def test_a_visit_lies_in_the_past_give_or_take_a_clock() -> None:
    def at(**ahead: int) -> list[str | None]:
        return paths(VisitKind.PATROL, "grid", visited_at=NOW + timedelta(**ahead))

    assert at(days=-10_000) == at(minutes=5) == []
    assert at(minutes=5, microseconds=1) == ["/visitedAt"]


def test_a_note_is_not_endless() -> None:
    assert paths(VisitKind.PATROL, "grid", note="长" * 2000) == []
    assert paths(VisitKind.PATROL, "grid", note="长" * 2001) == ["/note"]
    assert paths(VisitKind.PATROL, "grid", note="a\0") == ["/note"]


def test_who_was_met() -> None:
    assert {outcome for outcome in VisitOutcome if was_met(outcome)} == {
        VisitOutcome.MET,
        VisitOutcome.PROXY_MET,
    }
