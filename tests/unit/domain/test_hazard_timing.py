"""What the clock has to do for a hazard, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from gridql.domain.hazards import timing
from gridql.domain.hazards.rules import HazardLevel, HazardStatus, Urgency
from gridql.handling import Escalation, Handling

RULES = Handling()


def china(text: str) -> datetime:
    """A moment of China's clocks in May 2026, such as "04 10:00"."""
    return datetime.fromisoformat(f"2026-05-{text}+08:00").astimezone(UTC)


# Monday to Thursday: three working days, of which the last 14.4 hours begin at 19:36 on Wednesday.
MONDAY, THURSDAY = china("04 10:00"), china("07 10:00")


@dataclass
class Row:
    """What of a hazard's row has to do with time."""

    due_at: datetime | None = THURSDAY
    status: HazardStatus = HazardStatus.REPORTED
    level: HazardLevel = HazardLevel.GRID
    urgency: Urgency = Urgency.IN_TIME
    returns: int = 0
    reported_at: datetime = MONDAY
    dispatched_at: datetime | None = None
    clock_at: datetime | None = None


def looked_at(row: Row, now: datetime, rules: Handling = RULES) -> list[tuple[str, datetime]]:
    """What the clock does at that moment."""
    return [(step.kind.value, step.at) for step in timing.catch_up(row, rules, now)]


def test_a_hazard_goes_its_way_step_by_step() -> None:
    row = Row()
    timing.reset(row, RULES, MONDAY)
    seen = []
    while row.clock_at:
        now = row.clock_at
        [(kind, at)] = looked_at(row, now)
        assert at == now
        seen.append((kind, at, row.urgency.value, row.level.value))

    assert seen == [
        ("DUE_SOON", china("06 19:36"), "DUE_SOON", "GRID"),
        ("OVERDUE", china("07 10:00"), "OVERDUE", "GRID"),
        # A day and a half of working time each, over the weekend of the 9th and 10th.
        ("ESCALATED", china("08 22:00"), "OVERDUE", "COMMUNITY"),
        ("ESCALATED", china("12 10:00"), "OVERDUE", "STREET"),
        ("ESCALATED", china("13 22:00"), "OVERDUE", "DISTRICT"),
    ]


def test_before_its_time_the_clock_does_nothing() -> None:
    row = Row()
    timing.reset(row, RULES, MONDAY)

    assert looked_at(row, china("06 19:35")) == []
    assert (row.urgency, row.clock_at) == (Urgency.IN_TIME, china("06 19:36"))


def test_what_a_clock_that_stood_still_has_missed_comes_in_order() -> None:
    row = Row()
    timing.reset(row, RULES, MONDAY)

    assert looked_at(row, china("12 09:00")) == [
        ("DUE_SOON", china("06 19:36")),
        ("OVERDUE", china("07 10:00")),
        ("ESCALATED", china("08 22:00")),
    ]
    assert (row.urgency, row.level) == (Urgency.OVERDUE, HazardLevel.COMMUNITY)
    assert row.clock_at == china("12 10:00")
    assert looked_at(row, china("30 09:00")) == [
        ("ESCALATED", china("12 10:00")),
        ("ESCALATED", china("13 22:00")),
    ]
    assert row.level is HazardLevel.DISTRICT
    assert row.clock_at is None


def test_a_row_that_no_clock_has_seen_yet_is_taken_up() -> None:
    row = Row(clock_at=MONDAY)  # as a migration leaves it

    assert looked_at(row, china("04 10:05")) == []
    assert row.clock_at == china("06 19:36")


def test_the_time_that_was_given_begins_with_the_dispatch() -> None:
    row = Row(dispatched_at=china("06 10:00"), status=HazardStatus.DISPATCHED)
    timing.reset(row, RULES, china("06 10:00"))

    # A day, and a fifth of it.
    assert row.clock_at == china("07 05:12")
    assert looked_at(row, china("07 22:00"))[-1] == ("ESCALATED", china("07 22:00"))


def test_a_short_time_is_due_soon_from_the_beginning_and_counts_as_a_day_when_it_is_over() -> None:
    row = Row(due_at=china("04 12:00"))
    timing.reset(row, RULES, MONDAY)

    assert row.clock_at == MONDAY
    assert looked_at(row, china("05 00:00")) == [
        ("DUE_SOON", MONDAY),
        ("OVERDUE", china("04 12:00")),
        ("ESCALATED", china("05 00:00")),
    ]


def test_what_is_due_on_the_spot_has_an_hour() -> None:
    row = Row(due_at=MONDAY)
    timing.reset(row, RULES, MONDAY)

    assert row.clock_at == china("04 11:00")
    assert looked_at(row, china("04 11:00")) == [("OVERDUE", china("04 11:00"))]
    assert row.clock_at == china("04 22:00")


def test_a_dispatch_does_not_make_what_is_overdue_less_so() -> None:
    row = Row(due_at=MONDAY)
    timing.reset(row, RULES, MONDAY)
    assert looked_at(row, china("04 12:00")) == [("OVERDUE", china("04 11:00"))]

    row.status, row.dispatched_at = HazardStatus.DISPATCHED, china("04 12:30")
    timing.reset(row, RULES, china("04 12:30"))

    assert (row.urgency, row.clock_at) == (Urgency.OVERDUE, china("04 22:00"))


@pytest.mark.parametrize(
    "row",
    [
        Row(due_at=None),
        Row(status=HazardStatus.CLOSED),
        Row(status=HazardStatus.VOIDED, urgency=Urgency.OVERDUE, clock_at=THURSDAY),
        Row(due_at=None, urgency=Urgency.DUE_SOON, clock_at=THURSDAY),
    ],
)
def test_what_the_clock_passes_over(row: Row) -> None:
    assert looked_at(row, china("30 10:00")) == []
    assert row.urgency is Urgency.IN_TIME
    assert row.clock_at is None

    row.clock_at = MONDAY
    timing.reset(row, RULES, MONDAY)
    assert row.clock_at is None


def test_a_later_due_date_puts_the_urgency_back_and_leaves_the_level() -> None:
    row = Row(urgency=Urgency.OVERDUE, level=HazardLevel.COMMUNITY, clock_at=china("12 10:00"))

    row.due_at = china("14 10:00")
    timing.reset(row, RULES, china("11 10:00"))

    # 8 working days were given by now, and 38.4 hours are left of them.
    assert (row.urgency, row.level) == (Urgency.IN_TIME, HazardLevel.COMMUNITY)
    assert row.clock_at == china("12 19:36")


def test_a_due_date_that_is_only_a_little_later_leaves_it_due_soon() -> None:
    row = Row(urgency=Urgency.OVERDUE, clock_at=china("08 22:00"))

    row.due_at = china("08 12:00")
    timing.reset(row, RULES, china("08 10:00"))

    assert (row.urgency, row.clock_at) == (Urgency.DUE_SOON, china("08 12:00"))


def test_another_status_changes_nothing_about_the_time() -> None:
    row = Row()
    timing.reset(row, RULES, MONDAY)
    looked_at(row, china("11 10:00"))
    before = (row.urgency, row.level, row.clock_at)

    row.status = HazardStatus.RECTIFYING
    timing.reset(row, RULES, china("11 10:00"))

    assert (row.urgency, row.level, row.clock_at) == before
    assert before == (Urgency.OVERDUE, HazardLevel.COMMUNITY, china("12 10:00"))


def test_an_escalation_that_the_clock_has_still_to_do_is_not_lost() -> None:
    row = Row(urgency=Urgency.OVERDUE, clock_at=china("08 22:00"))

    timing.reset(row, RULES, china("12 08:00"))

    assert row.clock_at == china("08 22:00")


def test_one_that_was_closed_for_long_is_not_taken_up_all_levels_at_once() -> None:
    row = Row(status=HazardStatus.CLOSED)
    timing.reset(row, RULES, MONDAY)

    row.status = HazardStatus.REPORTED
    timing.reset(row, RULES, china("25 11:00"))

    assert looked_at(row, china("25 11:00")) == [
        ("DUE_SOON", china("06 19:36")),
        ("OVERDUE", china("07 10:00")),
    ]
    assert (row.level, row.clock_at) == (HazardLevel.GRID, china("26 22:00"))


def test_one_that_was_escalated_by_hand_goes_on_from_there() -> None:
    row = Row(urgency=Urgency.OVERDUE, level=HazardLevel.STREET, clock_at=china("08 22:00"))

    assert looked_at(row, china("08 22:00")) == [("ESCALATED", china("08 22:00"))]
    assert row.level is HazardLevel.DISTRICT
    assert row.clock_at is None


def test_rules_of_another_district() -> None:
    rules = Handling(escalation=Escalation(over=2, at_least_hours=1))
    row = Row(urgency=Urgency.OVERDUE, due_at=china("04 11:30"))

    timing.reset(row, rules, china("04 11:30"))

    assert row.clock_at == china("04 14:30")


@pytest.mark.parametrize(
    ("due_at", "urgency", "year"),
    [
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), Urgency.IN_TIME, None),
        (datetime(9999, 12, 30, tzinfo=UTC), Urgency.IN_TIME, 8405),
        (datetime(9999, 12, 30, tzinfo=UTC), Urgency.OVERDUE, None),
        (datetime(1, 1, 1, tzinfo=UTC), Urgency.IN_TIME, 2026),
    ],
)
def test_the_ends_of_time(due_at: datetime, urgency: Urgency, year: int | None) -> None:
    row = Row(due_at=due_at, urgency=urgency, clock_at=due_at)

    assert looked_at(row, MONDAY) == []
    assert (row.clock_at.year if row.clock_at else None) == year


@pytest.mark.parametrize(
    ("returns", "level", "raised"),
    [
        (1, HazardLevel.GRID, False),
        (2, HazardLevel.GRID, True),
        (3, HazardLevel.COMMUNITY, False),
        (4, HazardLevel.COMMUNITY, True),
        (6, HazardLevel.DISTRICT, False),
    ],
)
def test_what_was_sent_back_twice_goes_up(returns: int, level: HazardLevel, raised: bool) -> None:
    assert timing.returned_too_often(Row(returns=returns, level=level), RULES) is raised


def test_levels() -> None:
    assert [timing.above(level).value for level in HazardLevel] == [
        "COMMUNITY",
        "STREET",
        "DISTRICT",
        "DISTRICT",
    ]
