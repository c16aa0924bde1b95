"""Coverage, counted in Python over the rows in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from graphql import GraphQLError

from gridql.access.codes import covers
from gridql.domain.hazards.rules import OPEN_STATUSES
from gridql.domain.visits.rules import VisitOutcome, was_met
from tests.integration.graph.plain.fields import Asking, Seen
from tests.integration.graph.plain.tables import Row

LEVELS = ("DISTRICT", "STREET", "COMMUNITY", "GRID")
SEVERITIES = {
    "minor": "MINOR",
    "serious": "SERIOUS",
    "suspectedMajor": "SUSPECTED_MAJOR",
    "major": "MAJOR",
}


def coverage(asking: Asking, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The areas of a level that lie within what is asked and within the actor's scopes."""
    level = asked["by"]
    if level not in LEVELS:
        raise GraphQLError("There are no figures for this level.")
    name = "Grid" if level == "GRID" else "Area"
    areas = [
        row
        for row in asking.tables.rows[name]
        if covers([asked["under"]], row["code"])
        and covers(asking.sight.actor.scopes, row["code"])
        and (name == "Grid" or row["level"] == level)
    ]
    return [
        _figures(asking, asked, name, row) for row in sorted(areas, key=lambda row: row["code"])
    ]


def _figures(asking: Asking, asked: Mapping[str, Any], name: str, area: Row) -> dict[str, Any]:
    def counted(row: Row) -> bool:
        return covers([asked["under"]], row["grid_code"]) and row["grid_code"].startswith(
            area["code"]
        )

    homes = [row for row in asking.sight.of("Household") if counted(row) and not row["vacant"]]
    visited = sum(_called(asking, asked, home, met=True) for home in homes)
    hazards = [
        row
        for row in asking.sight.of("Hazard")
        if counted(row) and row["status"] in [each.value for each in OPEN_STATUSES]
    ]
    return {
        "code": area["code"],
        "area": Seen("Area", area) if name == "Area" else None,
        "grid": Seen("Grid", area) if name == "Grid" else None,
        "households": len(homes),
        "visited": visited,
        "attempted": sum(_called(asking, asked, home, met=False) for home in homes),
        "rate": _rate(visited, len(homes)),
        "openHazards": {
            key: sum(row["severity"] == severity for row in hazards)
            for key, severity in SEVERITIES.items()
        },
    }


def _called(asking: Asking, asked: Mapping[str, Any], home: Row, *, met: bool) -> bool:
    since = datetime.fromisoformat(asked["since"])
    if asked.get("until") is None:
        last = home["last_visited_at" if met else "last_attempted_at"]
        return last is not None and last >= since
    until = datetime.fromisoformat(asked["until"])
    return any(
        visit["household_id"] == home["id"]
        and since <= visit["visited_at"] < until
        and (not met or was_met(VisitOutcome(visit["outcome"])))
        for visit in asking.tables.rows["Visit"]
    )


def _rate(visited: int, homes: int) -> float | None:
    if not homes:
        return None
    return float((Decimal(visited) / homes).quantize(Decimal("0.0001"), ROUND_HALF_UP))
