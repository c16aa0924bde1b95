"""Pages of rows in memory: orders, cursors, and the connection object that comes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

from tests.integration.graph.plain.tables import Row, key_of, shown

DEFAULT_PAGE = 20
LAST = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a moment that is not set sorts."""

RANKS = {"severity": ["MINOR", "SERIOUS", "SUSPECTED_MAJOR", "MAJOR"]}
"""Words that sort by what they mean; a cursor has their number, from 1."""

DEFAULT_ORDERS: Mapping[str, Sequence[str]] = {
    "Area": ["CODE_ASC"],
    "Grid": ["CODE_ASC"],
    "Hazard": ["REPORTED_AT_DESC"],
    "Submission": ["SUBMITTED_AT_DESC"],
    "Visit": ["VISITED_AT_DESC"],
    "WebhookDelivery": ["TRIED_AT_DESC"],
}
"""Other types are listed by id."""


@dataclass(frozen=True)
class Keys:
    """An order: columns, each with its direction, the last of which tells all rows apart."""

    columns: Sequence[tuple[str, bool]]

    def of(self, row: Row) -> tuple[Any, ...]:
        """Where a row stands."""
        return tuple(_sortable(column, row[column]) for column, _ in self.columns)

    def compare(self, one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
        """Below 0 where `one` comes before `other` in the list, above 0 where it comes after."""
        for (_, descending), left, right in zip(self.columns, one, other, strict=True):
            if left != right:
                return -1 if (left < right) is not descending else 1
        return 0

    def cursor(self, row: Row) -> str:
        """Where a row stands, as the API hands it out."""
        return "|".join(str(shown(part)) for part in self.of(row))

    def place(self, cursor: str, like: Row) -> tuple[Any, ...]:
        """Where the row stood that the cursor was handed out for; `like` is any row there."""
        parts = zip(cursor.split("|"), self.of(like), strict=True)
        return tuple(_parsed(text, value) for text, value in parts)


def _sortable(column: str, value: Any) -> Any:
    if column in RANKS:
        return RANKS[column].index(value) + 1
    return LAST if value is None else value


def _parsed(text: str, like: Any) -> Any:
    if isinstance(like, datetime):
        return datetime.fromisoformat(text)
    return int(text) if isinstance(like, int) else text


def keys(name: str, orders: Sequence[str] | None) -> Keys:
    """The order of a list of that type."""
    columns = []
    for order in dict.fromkeys(orders or DEFAULT_ORDERS.get(name, ())):
        column, _, direction = order.lower().rpartition("_")
        columns.append((column, direction == "desc"))
    if key_of(name) not in dict(columns):
        columns.append((key_of(name), bool(columns) and columns[-1][1]))
    return Keys(columns)


def page(
    rows: Sequence[Row], order: Keys, asked: Mapping[str, Any], node: Callable[[Row], Any]
) -> dict[str, Any]:
    """The connection to `rows` that the arguments ask for."""

    def compare(one: Row, other: Row) -> int:
        return order.compare(order.of(one), order.of(other))

    ordered = sorted(rows, key=cmp_to_key(compare))
    backward = asked.get("last") is not None
    size: int = asked.get("last" if backward else "first") or DEFAULT_PAGE

    def before(row: Row, name: str) -> int:
        return order.compare(order.of(row), order.place(asked[name], row))

    bounded = [
        row
        for row in ordered
        if (asked.get("after") is None or before(row, "after") > 0)
        and (asked.get("before") is None or before(row, "before") < 0)
    ]
    chosen = bounded[-size:] if backward else bounded[:size]
    more = len(bounded) > size
    behind = (
        asked.get("before") is not None and any(before(row, "before") >= 0 for row in ordered)
        if backward
        else asked.get("after") is not None and any(before(row, "after") <= 0 for row in ordered)
    )
    return {
        "edges": [{"cursor": order.cursor(row), "node": node(row)} for row in chosen],
        "pageInfo": {
            "hasNextPage": behind if backward else more,
            "hasPreviousPage": more if backward else behind,
            "startCursor": order.cursor(chosen[0]) if chosen else None,
            "endCursor": order.cursor(chosen[-1]) if chosen else None,
        },
        "totalCount": len(rows),
    }
