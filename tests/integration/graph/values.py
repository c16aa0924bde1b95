"""Values for arguments, taken from the rows of a world, so that questions find something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from tests.integration.graph.plain.completion import JOURNAL
from tests.integration.graph.plain.filters import REFERENCES, SEALED, column_of
from tests.integration.graph.plain.lists import keys
from tests.integration.graph.plain.tables import Tables, global_id

SIZES = (2, 1, 3, 20, 100)
NO_ID = ("Hazard:999", "Hazard:01", "Nothing:1", "Place", "")
NO_TEXT = ("", "'", "%", "_", "\\", '"', "第")
PLAIN_SECRETS = ("13812345678", "139 0000 1111", "99011419820506002x", "0")
"""Telephones and identity numbers as somebody would type them; the last is nobody's."""

LAST = 8
"""Rows of a type that are asked for by id: of hazards the last ones lead furthest."""

IN_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Spot:
    """Where in the arguments a value stands."""

    row: str
    """The type that is listed or looked up; "" where it may be any."""
    key: str
    """The argument, or the field of its filter."""
    operator: str = ""
    """Within a filter's test, such as "startsWith"."""
    order: Sequence[str] = ()
    """The order of the list, for a cursor."""


@dataclass(frozen=True)
class Values:
    """What can be asked of one world."""

    tables: Tables

    def at(self, spot: Spot) -> list[Any]:
        """Candidates for a spot; the first ones are the likeliest to find something."""
        if spot.key in ("first", "last"):
            return [*SIZES]
        if spot.key in ("after", "before"):
            return self._cursors(spot)
        if spot.key in ("id", "ids"):
            return [*self._ids(spot.row), *NO_ID]
        if spot.key == "code" and not spot.operator:
            return self.tables.values(spot.row, "code")
        if spot.key == "under":
            return [code for name in ("Area", "Grid") for code in self.tables.values(name, "code")]
        if spot.key in ("since", "until"):
            return [*_texts(self.tables.values("Visit", "visited_at"), "")]
        if spot.key in REFERENCES:
            return [*self._ids(REFERENCES[spot.key][1]), *NO_ID]
        if spot.key in SEALED:
            return [*PLAIN_SECRETS]
        row = "Hazard" if spot.row == "HazardEvent" else spot.row
        found = self.tables.values(row, column_of(spot.key))
        return [*_texts(found, spot.operator)]

    def _ids(self, name: str) -> list[str]:
        names = [name] if name in self.tables.rows else [*self.tables.rows]
        return [global_id(each, row) for each in names for row in self.tables.rows[each][-LAST:]]

    def _cursors(self, spot: Spot) -> list[str]:
        order = JOURNAL if spot.row == "journal" else keys(spot.row, spot.order)
        name = "HazardEvent" if spot.row == "journal" else spot.row
        return [order.cursor(row) for row in self.tables.rows[name]]


def _texts(found: Sequence[Any], operator: str) -> Iterator[Any]:
    for value in found:
        if isinstance(value, datetime):
            yield value.astimezone(UTC).isoformat().replace("+00:00", "Z")
            yield value.astimezone(IN_CHINA).isoformat()
        elif isinstance(value, str) and operator == "startsWith":
            yield value[:2]
        elif isinstance(value, UUID):
            yield str(value)
        else:
            yield value
    if operator in ("eq", "in", "startsWith") and all(isinstance(each, str) for each in found):
        yield from NO_TEXT
