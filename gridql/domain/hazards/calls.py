"""What a department that was called has to do by when, and what of it was not done: pure rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from gridql.handling import Calls
from gridql.words import Word


class CallStep(Word):
    """What a department that was called does, one after the other."""

    SIGN_IN = "SIGN_IN", "Signs in."
    CONTACT = "CONTACT", "Speaks with whoever called."
    ATTEND = "ATTEND", "Comes."


class Called(Protocol):
    """What of a department's part in a hazard has to do with time."""

    called_at: datetime | None
    sign_in_due_at: datetime | None
    signed_in_at: datetime | None
    contact_due_at: datetime | None
    contacted_at: datetime | None
    attend_due_at: datetime | None
    attended_at: datetime | None
    clock_at: datetime | None


class Missed(NamedTuple):
    """A step that was not done in its time, and when that was over."""

    step: CallStep
    at: datetime


def call(part: Called, times: Calls, now: datetime) -> None:
    """Call a department, also one that was called before: its time runs from now on."""
    part.called_at = now
    part.sign_in_due_at = now + timedelta(minutes=times.sign_in_minutes)
    part.contact_due_at = now + timedelta(minutes=times.contact_minutes)
    part.attend_due_at = now + timedelta(minutes=times.attend_minutes)
    part.signed_in_at = part.contacted_at = part.attended_at = None
    part.clock_at = now
    reset(part)


def reset(part: Called) -> None:
    """Set when the clock has to look at a part next; for whatever changes a part to call."""
    since = part.clock_at
    open_ = [each.at for each in _not_done(part) if since is not None and each.at >= since]
    part.clock_at = min(open_, default=None)


def catch_up(part: Called, now: datetime) -> Iterator[Missed]:
    """What was not done in its time, by `now`, and not told yet; set when to look at it next."""
    since = part.clock_at
    later = [each for each in _not_done(part) if since is not None and each.at >= since]
    yield from (each for each in later if each.at <= now)
    part.clock_at = min((each.at for each in later if each.at > now), default=None)


def _not_done(part: Called) -> list[Missed]:
    """The steps that are not done yet, in the order in which their time is over."""
    steps = (
        (CallStep.SIGN_IN, part.sign_in_due_at, part.signed_in_at),
        (CallStep.CONTACT, part.contact_due_at, part.contacted_at),
        (CallStep.ATTEND, part.attend_due_at, part.attended_at),
    )
    found = [Missed(step, due_at) for step, due_at, done_at in steps if due_at and not done_at]
    return sorted(found, key=lambda each: each.at)
