"""Kinds and outcomes of visits."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridql.errors import Fault, invalid, text_faults
from gridql.words import Word


class VisitKind(Word):
    """What a visit is for."""

    HOUSEHOLD = "HOUSEHOLD", "A call at a home."
    CARE = "CARE", "A call on somebody who is looked in on more often."
    PATROL = "PATROL", "A round of a grid, or a look into a place."


class VisitOutcome(Word):
    """How a visit ended."""

    MET = "MET", "Somebody of the home was met."
    NO_ANSWER = "NO_ANSWER", "Nobody answered."
    REFUSED = "REFUSED", "The door stayed shut."
    MOVED_AWAY = "MOVED_AWAY", "They do not live there any more."
    VACANT = "VACANT", "Nobody lives there."
    PHONE_ONLY = "PHONE_ONLY", "Spoken to by telephone only."
    PROXY_MET = "PROXY_MET", "Somebody else was met who could speak for them."


def was_met(outcome: VisitOutcome) -> bool:
    """Whether the home counts as visited: somebody of it was met, in person or by proxy."""
    return outcome in (VisitOutcome.MET, VisitOutcome.PROXY_MET)


LONGEST_NOTE = 2000

CLOCK_SKEW = timedelta(minutes=5)
"""How far a device's clock may run ahead of the server's."""


def visit_faults(
    kind: VisitKind,
    *,
    household: bool,
    place: bool,
    grid: bool,
    visited_at: datetime,
    now: datetime,
    note: str | None,
) -> list[Fault]:
    """Everything that a visit has wrong, given which of its three subjects are named."""
    faults = []
    if kind is VisitKind.PATROL:
        fits = (place is not grid) and not household
    else:
        fits = household and not place and not grid
    if not fits:
        faults.append(
            invalid(
                "/kind",
                "入户和关爱走访须填写 householdId；巡查须填写 placeId 或 gridCode 之一。",
                "HOUSEHOLD and CARE visits name a householdId, "
                "a PATROL either a placeId or a gridCode.",
            )
        )
    if visited_at > now + CLOCK_SKEW:
        faults.append(
            invalid("/visitedAt", "走访时间不能在将来。", "A visit cannot lie in the future.")
        )
    faults += text_faults(
        "/note",
        note,
        "备注最多 2000 个字。",
        "A note has at most 2000 characters.",
        most=LONGEST_NOTE,
    )
    return faults
