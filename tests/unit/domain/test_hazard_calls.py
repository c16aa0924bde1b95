"""What a department that was called has to do by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gridql.domain.hazards import calls
from gridql.handling import Calls

NIGHT = datetime(2026, 5, 2, 18, tzinfo=UTC)
"""Of a Saturday: whoever is called has no weekend."""

MINUTE = timedelta(minutes=1)


@dataclass
class Part:
    """What of a part's row has to do with time."""

    called_at: datetime | None = None
    sign_in_due_at: datetime | None = None
    signed_in_at: datetime | None = None
    contact_due_at: datetime | None = None
    contacted_at: datetime | None = None
    attend_due_at: datetime | None = None
    attended_at: datetime | None = None
    clock_at: datetime | None = None


def called() -> Part:
    part = Part()
    calls.call(part, Calls(), NIGHT)
    return part


def missed(part: Part, now: datetime) -> list[tuple[str, datetime]]:
    """What the clock finds at that moment."""
    return [(each.step.value, each.at) for each in calls.catch_up(part, now)]


def test_a_call_sets_three_times() -> None:
    assert called() == Part(
        called_at=NIGHT,
        sign_in_due_at=datetime(2026, 5, 2, 18, 30, tzinfo=UTC),
        contact_due_at=datetime(2026, 5, 2, 20, tzinfo=UTC),
        attend_due_at=datetime(2026, 5, 3, 18, tzinfo=UTC),
        clock_at=datetime(2026, 5, 2, 18, 30, tzinfo=UTC),
    )


def test_each_step_that_is_not_done_is_missed_once() -> None:
    part = called()

    assert missed(part, NIGHT + 29 * MINUTE) == []
    assert missed(part, NIGHT + 30 * MINUTE) == [("SIGN_IN", NIGHT + 30 * MINUTE)]
    assert missed(part, NIGHT + 31 * MINUTE) == []
    assert missed(part, NIGHT + timedelta(days=2)) == [
        ("CONTACT", NIGHT + 120 * MINUTE),
        ("ATTEND", NIGHT + 1440 * MINUTE),
    ]
    assert part.clock_at is None


def test_what_is_done_in_its_time_is_not_missed() -> None:
    part = called()
    part.signed_in_at = NIGHT + 5 * MINUTE
    calls.reset(part)
    assert part.clock_at == NIGHT + 120 * MINUTE

    part.contacted_at = part.attended_at = NIGHT + 60 * MINUTE
    calls.reset(part)
    assert part.clock_at is None


def test_what_is_done_too_late_is_missed_no_more_but_what_follows_may_be() -> None:
    part = called()
    assert missed(part, NIGHT + 40 * MINUTE) == [("SIGN_IN", NIGHT + 30 * MINUTE)]

    part.signed_in_at = NIGHT + 45 * MINUTE
    calls.reset(part)

    assert missed(part, NIGHT + 121 * MINUTE) == [("CONTACT", NIGHT + 120 * MINUTE)]


def test_one_that_is_called_again_begins_again() -> None:
    part = called()
    part.signed_in_at = part.contacted_at = part.attended_at = NIGHT + 60 * MINUTE
    calls.reset(part)

    calls.call(part, Calls(sign_in_minutes=10), NIGHT + 90 * MINUTE)

    assert missed(part, NIGHT + 100 * MINUTE) == [("SIGN_IN", NIGHT + 100 * MINUTE)]


def test_a_helper_has_no_clock() -> None:
    part = Part()
    calls.reset(part)

    assert part == Part()
    assert missed(part, NIGHT) == []
