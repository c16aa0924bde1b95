"""Figures in the graph."""

from __future__ import annotations

from datetime import datetime

import strawberry

from gridql.domain.areas.graphql import Area, Grid
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.scorecards.coverage import SEVERITIES, coverage
from gridql.graph.expose import figures
from gridql.graph.fields import figure, reading
from gridql.graph.kinds import Kind
from gridql.graph.reads import ReadMembers, ReadOne, ReadSql
from gridql.graph.roots import argument, statistic

RATE = "round({row}.visited * 1.0 / nullif({row}.households, 0), 4)"


@strawberry.type(description="How many open hazards there are of each severity.")
class SeverityCounts:
    minor: int = strawberry.field(description="MINOR ones.")
    serious: int = strawberry.field(description="SERIOUS ones.")
    suspected_major: int = strawberry.field(description="SUSPECTED_MAJOR ones.")
    major: int = strawberry.field(description="MAJOR ones.")


@figures
class Coverage:
    """How much of an area was visited in a span of time, counted over what you may see."""

    code: str = figure(Kind.TEXT, "Code of the area or grid.")
    area: Area | None = reading(ReadOne("code"), "The area; null for a grid.")
    grid: Grid | None = reading(ReadOne("code"), "The grid, where figures are given by grid.")
    households: int = figure(Kind.INTEGER, "Homes there in which people live.")
    visited: int = figure(Kind.INTEGER, "Of those: where somebody was met, in person or by proxy.")
    attempted: int = figure(Kind.INTEGER, "Of those: where somebody called, whatever came of it.")
    rate: float | None = reading(
        ReadSql(RATE, Kind.NUMBER), "visited / households to four digits, null where nobody lives."
    )
    open_hazards: SeverityCounts = reading(
        ReadMembers(tuple(SEVERITIES)), "Hazards there that are not closed, as of now."
    )


@strawberry.type
class Query:
    coverage: list[Coverage] = statistic(
        Coverage,
        coverage,
        "Visits and open hazards of every area of one level, in the order of their codes. For "
        "offices and grid workers; FORBIDDEN else.",
        argument("under", str, "The area that they lie in: a code."),
        argument("by", AreaLevel, "DISTRICT, STREET, COMMUNITY or GRID: what to count by."),
        argument("since", datetime, "Visits from this moment on."),
        argument("until", datetime | None, "Visits before this moment; up to now unless given."),
        right="Coverage.read",
    )
