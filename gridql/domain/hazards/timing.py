"""What the clock has to do for a hazard, and when: pure rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from gridql.domain.hazards.rules import (
    OPEN_STATUSES,
    HazardEventKind,
    HazardLevel,
    HazardStatus,
    Urgency,
)
from gridql.handling import Handling

LEVELS = tuple(HazardLevel)
URGENCIES = tuple(Urgency)
"""Both from the lowest to the highest."""


class Timed(Protocol):
    """What of a hazard has to do with time."""

    status: HazardStatus
    level: HazardLevel
    urgency: Urgency
    returns: int
    reported_at: datetime
    dispatched_at: datetime | None
    due_at: datetime | None
    clock_at: datetime | None


class Step(NamedTuple):
    """One thing that the clock does to a hazard, and when it fell due."""

    kind: HazardEventKind
    at: datetime


def reset(hazard: Timed, handling: Handling, now: datetime) -> None:
    """Set when the clock has to look at a hazard next; for whatever changes a hazard to call.

    Where a later due date makes it less urgent, that is put back as well. It is never put forward:
    the clock does that, with an entry in the journal, and it does so at once where it is time.
    """
    schedule = _schedule(hazard, handling)
    if schedule is None:
        stop(hazard)
        return
    hazard.urgency = min(hazard.urgency, schedule.urgency(now), key=URGENCIES.index)
    # What the clock has still to do stays to be done; but not what fell due while it was stopped.
    since = hazard.clock_at or now
    step = schedule.next(hazard, since)
    stopped = hazard.clock_at is None
    hazard.clock_at = (max(step.at, now) if stopped else step.at) if step else None


def stop(hazard: Timed) -> None:
    """Let the clock pass a hazard over, because it is closed or has no due date."""
    hazard.urgency = Urgency.IN_TIME
    hazard.clock_at = None


def catch_up(hazard: Timed, handling: Handling, now: datetime) -> Iterator[Step]:
    """Do to a hazard what has fallen due by `now`, in that order, and set when to look at it next.

    Each step is told when it has been done to the hazard, and before the next one.
    """
    schedule = _schedule(hazard, handling)
    since = hazard.clock_at or now
    while schedule is not None and (step := schedule.next(hazard, since)) and step.at <= now:
        if step.kind is HazardEventKind.ESCALATED:
            hazard.level = above(hazard.level)
        else:
            hazard.urgency = Urgency(step.kind)
        since = max(since, step.at + timedelta.resolution)
        yield step
    if schedule is None:
        stop(hazard)
    else:
        hazard.clock_at = step.at if step else None


def above(level: HazardLevel) -> HazardLevel:
    """The next level up; the highest has none above it, and is itself."""
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]


def returned_too_often(hazard: Timed, handling: Handling) -> bool:
    """Whether a hazard that was just sent back goes one level up for it."""
    return hazard.level is not LEVELS[-1] and hazard.returns % handling.escalation.returns == 0


class _Schedule:
    """When what falls due for one due date."""

    def __init__(self, hazard: Timed, due_at: datetime, handling: Handling) -> None:
        begin = hazard.dispatched_at or hazard.reported_at
        self._calendar = handling.calendar
        self._due_at = due_at
        given = self._calendar.time_between(begin, due_at)
        left = max(
            given * handling.clock.due_soon_share,
            timedelta(hours=handling.clock.due_soon_hours),
        )
        self._soon_at = (
            self._calendar.time_after(begin, given - left) if given > left else min(begin, due_at)
        )
        # What is due on the spot takes a moment to be put right, and to be closed.
        spot = hazard.reported_at + timedelta(minutes=handling.clock.on_the_spot_minutes)
        self._overdue_at = max(due_at, spot)
        escalation = handling.escalation
        counted = max(given, timedelta(hours=escalation.at_least_hours))
        # Whole seconds: moments are kept less finely than Python counts.
        self._further = timedelta(seconds=round((counted * escalation.over).total_seconds()))

    def urgency(self, now: datetime) -> Urgency:
        """How a hazard stands at that moment."""
        if now >= self._overdue_at:
            return Urgency.OVERDUE
        return Urgency.DUE_SOON if now >= self._soon_at else Urgency.IN_TIME

    def next(self, hazard: Timed, since: datetime) -> Step | None:
        """What comes next for a hazard; of the escalations, the first one not before `since`."""
        if hazard.urgency is Urgency.IN_TIME and self._soon_at < self._due_at:
            return Step(HazardEventKind.DUE_SOON, self._soon_at)
        if hazard.urgency is not Urgency.OVERDUE:
            return Step(HazardEventKind.OVERDUE, self._overdue_at)
        if hazard.level is LEVELS[-1]:
            return None
        times = max(self._calendar.time_between(self._due_at, since) // self._further, 1)
        try:
            while (at := self._calendar.time_after(self._due_at, times * self._further)) < since:
                times += 1
        except OverflowError:  # after the year 9999
            return None
        return Step(HazardEventKind.ESCALATED, at)


def _schedule(hazard: Timed, handling: Handling) -> _Schedule | None:
    if hazard.due_at is None or hazard.status not in OPEN_STATUSES:
        return None
    try:
        return _Schedule(hazard, hazard.due_at, handling)
    except OverflowError:  # due at the end of the year 9999, or never
        return None
