"""Filters over rows in memory: whether a row is one that a list's `filter` leaves in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from strawberry.utils.str_converters import to_snake_case

from gridql.access.codes import covers
from tests.integration.graph.plain.sight import Sight
from tests.integration.graph.plain.tables import Row, key_in

REFERENCES: Mapping[str, tuple[str, str]] = {
    "parentId": ("parent_code", "Area"),
    "communityId": ("community_code", "Area"),
    "gridId": ("grid_code", "Grid"),
    "placeId": ("place_id", "Place"),
    "householdId": ("household_id", "Household"),
    "residentId": ("resident_id", "Resident"),
    "workerId": ("worker_id", "GridWorker"),
    "formId": ("form_id", "FormVersion"),
    "eventId": ("event_id", "HazardEvent"),
}
"""Filters by a reference: its column, and the type that it leads to."""

SEALED = ("phone", "idNumber")
"""Filters over what is kept sealed, by its blind index."""

AREA_CODES = {"Area": "code", "Grid": "code", "Submission": "area_code"}
"""The column that `under` looks at; for other types it is `grid_code`."""

BlindIndex = Callable[[str, str, str], str]


@dataclass(frozen=True)
class Filters:
    """Judges rows for one actor."""

    sight: Sight
    blind_index: BlindIndex

    def passes(self, name: str, row: Row, given: Mapping[str, Any] | None) -> bool:
        """Whether the row of that type satisfies the whole filter."""
        return all(
            self._holds(name, row, key, value)
            for key, value in (given or {}).items()
            if value is not None
        )

    def _holds(self, name: str, row: Row, key: str, value: Any) -> bool:
        match key:
            case "and":
                return all(self.passes(name, row, part) for part in value)
            case "or":
                return any(self.passes(name, row, part) for part in value)
            case "not":
                return not self.passes(name, row, value)
            case "under":
                return covers([value], row[AREA_CODES.get(name, "grid_code")])
        column = column_of(key)
        if key == "departments":
            return self._of_departments(row, value)
        if self.sight.hides(name, column):
            return False
        if key in REFERENCES and self.sight.sees_none(REFERENCES[key][1]):
            return False
        return all(
            self._compares(key, row[column], operator, operand)
            for operator, operand in value.items()
            if operand is not None
        )

    def _of_departments(self, hazard: Row, value: Any) -> bool:
        """Whether, for each operator, a department that leads, helps or was called passes it."""
        parts = self.sight.tables.rows["HazardPart"]
        codes = [part["department"] for part in parts if part["hazard_id"] == hazard["id"]]
        return all(
            any(
                self._compares("departments", code, operator, operand)
                for code in (hazard["department"], *codes)
            )
            for operator, operand in value.items()
            if operand is not None
        )

    def _compares(self, key: str, value: Any, operator: str, operand: Any) -> bool:
        if operator == "isNull":
            return (value is None) is operand
        if value is None:
            return False
        match operator:
            case "in":
                return any(value == self._meant(key, value, each) for each in operand)
            case "startsWith":
                return bool(value.startswith(operand))
            case "eq":
                return bool(value == self._meant(key, value, operand))
            case "gte":
                return bool(value >= self._meant(key, value, operand))
            case _:
                return bool(value < self._meant(key, value, operand))

    def _meant(self, key: str, value: Any, operand: Any) -> Any:
        """What the filter holds, in the way in which the column holds it."""
        if key in REFERENCES:
            return key_in(REFERENCES[key][1], operand)
        if key in SEALED:
            return self.blind_index("resident", to_snake_case(key), operand)
        if isinstance(value, datetime):
            return datetime.fromisoformat(operand)
        return UUID(operand) if isinstance(value, UUID) else operand


def column_of(key: str) -> str:
    """The column that a field of a filter looks at."""
    if key in REFERENCES:
        return REFERENCES[key][0]
    if key == "departments":
        return "department"
    return f"{to_snake_case(key)}_index" if key in SEALED else to_snake_case(key)
