"""What the fields of the types over tables are, in Python over the rows in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graphql import GraphQLResolveInfo, get_named_type, is_composite_type
from strawberry.utils.str_converters import to_snake_case

from gridql.access.codes import prefix
from gridql.errors import Lang
from tests.integration.graph.people import ACCOUNTS
from tests.integration.graph.plain.filters import Filters
from tests.integration.graph.plain.lists import keys, page
from tests.integration.graph.plain.sight import Sight
from tests.integration.graph.plain.tables import Row, Tables, global_id, key_of, shown


@dataclass(frozen=True)
class Seen:
    """A row as an object of its type."""

    name: str
    row: Row


@dataclass(frozen=True)
class Document:
    """An object within a JSON column, of a type that stands beside it."""

    name: str
    members: Mapping[str, Any]


@dataclass(frozen=True)
class Asking:
    """One request: who asks, in which language, when, and of what."""

    sight: Sight
    filters: Filters
    lang: Lang
    now: datetime

    @property
    def tables(self) -> Tables:
        """All rows there are."""
        return self.sight.tables

    def one(self, name: str, key: int | str | None) -> Seen | None:
        """The row of that type with that key, if there is one that the actor sees."""
        row = self.tables.find(name, key)
        return Seen(name, row) if row is not None and self.sight.sees(name, row) else None

    def list(self, name: str, rows: list[Row], asked: Mapping[str, Any]) -> dict[str, Any]:
        """The page that the arguments ask for, of those of the rows that the actor sees."""
        passing = [
            row
            for row in rows
            if self.sight.sees(name, row) and self.filters.passes(name, row, asked.get("filter"))
        ]
        order = keys(name, asked.get("orderBy"))
        return page(passing, order, asked, lambda row: Seen(name, row))


COLUMNS: Mapping[tuple[str, str], str] = {
    ("Area", "parent"): "parent_code",
    ("Grid", "community"): "community_code",
    ("HazardEvent", "from"): "from_state",
    ("HazardEvent", "to"): "to_state",
    ("HazardEvent", "hazard"): "subject_id",
    ("Resident", "phone"): "phone_masked",
    ("Resident", "idNumber"): "id_number_masked",
    ("Submission", "answersJson"): "answers",
    ("FormVersion", "schema"): "schema_by_lang",
    ("FormVersion", "uiSchema"): "ui_schema_by_lang",
    ("Webhook", "filter"): "event_filter",
}
"""Columns that are not called like their field."""

BY_LANGUAGE = frozenset({"title", "schema", "uiSchema"})
"""Fields of Finding and FormVersion that take a language."""


def resolve(asking: Asking, source: Seen, info: GraphQLResolveInfo[Any], asked: Any) -> Any:
    """The value of any field of a type over a table."""
    name, field = source.name, info.field_name
    if field == "id":
        return global_id(name, source.row)
    special = SPECIAL.get((name, field))
    if special is not None:
        return special(asking, source.row)
    of = get_named_type(info.return_type)
    if of.name.endswith("Connection"):
        target = of.name.removesuffix("Connection")
        belongs = BELONGS.get((name, field)) or _refers(name)
        found = [row for row in asking.tables.rows[target] if belongs(source.row, row)]
        return asking.list(target, found, asked)
    if is_composite_type(of):
        return asking.one(of.name, source.row[_reference(name, field)])
    column = COLUMNS.get((name, field), to_snake_case(field))
    if asking.sight.hides(name, column):
        return None
    value = source.row[column]
    if field in BY_LANGUAGE and isinstance(value, dict):
        other = "en" if asking.lang == "zh" else "zh"
        first = asked.get("lang") or asking.lang
        return value.get(first) or value.get(asking.lang) or value.get(other)
    return shown(value)


def type_of(value: Any, info: GraphQLResolveInfo[Any], of: Any) -> str:
    """The type of a value of an interface or union."""
    assert isinstance(value, Seen | Document)
    return value.name


def _reference(name: str, field: str) -> str:
    if field == "grid":
        return "grid_code"
    return COLUMNS.get((name, field), f"{to_snake_case(field)}_id")


def _refers(name: str) -> Callable[[Row, Row], bool]:
    column = "grid_code" if name == "Grid" else f"{to_snake_case(name)}_id"
    return lambda here, there: there[column] == here[key_of(name)]


BELONGS: Mapping[tuple[str, str], Callable[[Row, Row], bool]] = {
    ("Area", "children"): lambda area, child: child["parent_code"] == area["code"],
    ("Area", "grids"): lambda area, grid: grid["code"].startswith(prefix(area["code"])),
    ("Hazard", "events"): lambda hazard, event: event["subject_id"] == hazard["id"],
    ("Hazard", "duplicates"): lambda hazard, other: other["merged_into_id"] == hazard["id"],
}
"""Lists whose rows do not simply refer to the row that the list hangs on."""


def _path(asking: Asking, area: Row) -> list[Seen]:
    above = asking.tables.find("Area", area["parent_code"])
    return [*([] if above is None else _path(asking, above)), Seen("Area", area)]


def _days_left(asking: Asking, hazard: Row) -> int | None:
    if hazard["due_at"] is None or hazard["status"] in ("CLOSED", "VOIDED"):
        return None
    left: timedelta = hazard["due_at"] - asking.now
    return left.days


def _subject(asking: Asking, submission: Row) -> Seen | None:
    for name, column in (
        ("Place", "place_id"),
        ("Household", "household_id"),
        ("Resident", "resident_id"),
        ("Grid", "grid_code"),
    ):
        if submission[column] is not None:
            return asking.one(name, submission[column])
    return asking.one("Area", submission["area_code"])


def _answers(asking: Asking, submission: Row) -> Document | None:
    form = asking.tables.find("FormVersion", submission["form_id"])
    if form is None or asking.sight.hides("Submission", "answers"):
        return None
    return Document(form["answers_type"], submission["answers"])


def _findings(asking: Asking, submission: Row) -> list[Seen]:
    found = [row for row in asking.sight.of("Finding") if row["submission_id"] == submission["id"]]
    return [Seen("Finding", row) for row in sorted(found, key=lambda row: row["id"])]


def _digits(position: int | None) -> str | None:
    return None if position is None else str(position)


def _parts(asking: Asking, hazard: Row) -> list[Seen]:
    found = [row for row in asking.sight.of("HazardPart") if row["hazard_id"] == hazard["id"]]
    return [Seen("HazardPart", row) for row in sorted(found, key=lambda row: row["id"])]


def _actor(asking: Asking, event: Row) -> str | None:
    if asking.sight.hides("HazardEvent", "actor_id"):
        return None
    return next((each.name for each in ACCOUNTS if each.account_id == event["actor_id"]), None)


SPECIAL: Mapping[tuple[str, str], Callable[[Asking, Row], Any]] = {
    ("Area", "path"): _path,
    ("Hazard", "daysLeft"): _days_left,
    ("Hazard", "parts"): _parts,
    ("HazardEvent", "actor"): _actor,
    ("HazardEvent", "cursor"): lambda asking, event: str(event["position"]),
    ("Webhook", "cursor"): lambda asking, webhook: str(webhook["position"]),
    ("Webhook", "replayUntil"): lambda asking, webhook: _digits(webhook["replay_until"]),
    ("WebhookDelivery", "cursor"): lambda asking, delivery: str(delivery["position"]),
    ("Submission", "subject"): _subject,
    ("Submission", "answers"): _answers,
    ("Submission", "findings"): _findings,
    ("Submission", "score"): lambda asking, submission: submission["score"],
}
