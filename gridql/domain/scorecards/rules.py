"""What the figures count."""

from __future__ import annotations

from gridql.domain.areas.rules import AreaLevel
from gridql.domain.visits.rules import VisitOutcome, was_met

DIGITS: dict[AreaLevel, int] = {
    AreaLevel.DISTRICT: 6,
    AreaLevel.STREET: 9,
    AreaLevel.COMMUNITY: 12,
    AreaLevel.GRID: 15,
}
"""The levels that figures can be given by: how many digits of a grid's code name each."""

MET = tuple(outcome for outcome in VisitOutcome if was_met(outcome))
"""Outcomes after which a home counts as visited."""
