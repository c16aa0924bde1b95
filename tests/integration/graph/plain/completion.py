"""Answers by graphql-core alone: its executor over the SDL, its resolvers over rows in memory.

It shares with the read engine the tables, the access table and the codes' arithmetic, and nothing
that writes or runs SQL: where the two agree, both are right or both have misread the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
)

from gridql.access.policy import verb
from gridql.access.roles import Actor
from gridql.errors import Lang
from tests.integration.graph.plain.fields import Asking, Document, Seen, resolve, type_of
from tests.integration.graph.plain.figures import coverage
from tests.integration.graph.plain.filters import BlindIndex, Filters
from tests.integration.graph.plain.lists import Keys, page
from tests.integration.graph.plain.sight import Sight
from tests.integration.graph.plain.tables import MODELS, Row, Tables, key_in

JOURNAL = Keys([("position", False)])
"""The order of `hazardEvents`."""


class Completion:
    """Answers queries over the rows of one world, as they were when they were loaded."""

    def __init__(
        self,
        sdl: str,
        tables: Tables,
        blind_index: BlindIndex,
        now: datetime,
    ) -> None:
        self.schema: GraphQLSchema = build_schema(sdl)
        self.tables = tables
        self._blind_index = blind_index
        self._now = now

    def answer(
        self, document: DocumentNode, variables: dict[str, Any], actor: Actor, lang: Lang
    ) -> ExecutionResult:
        """What the query has to be answered with."""
        sight = Sight(actor, self.tables)
        asking = Asking(sight, Filters(sight, self._blind_index), lang, self._now)

        def field(source: Any, info: GraphQLResolveInfo[Any], **asked: Any) -> Any:
            if isinstance(source, Seen):
                return resolve(asking, source, info, asked)
            if isinstance(source, Document):
                return source.members.get(info.field_name)
            if source is not None:
                return source.get(info.field_name)
            return self._root(asking, info, asked)

        return execute_sync(
            self.schema,
            document,
            variable_values=variables,
            field_resolver=field,
            type_resolver=type_of,
        )

    def _root(self, asking: Asking, info: GraphQLResolveInfo[Any], asked: dict[str, Any]) -> Any:
        special = ROOTS.get(info.field_name)
        if special is not None:
            return special(asking, asked)
        name = get_named_type(info.return_type).name
        if name.endswith("Connection"):
            name = name.removesuffix("Connection")
            return asking.list(name, [*self.tables.rows[name]], asked)
        key = asked["code"] if "code" in asked else key_in(name, asked["id"])
        return asking.one(name, key)


def _viewer(asking: Asking, asked: Mapping[str, Any]) -> dict[str, Any]:
    actor = asking.sight.actor
    return {
        "name": actor.name,
        "role": actor.role.value,
        "scopes": [*actor.scopes],
        "department": actor.department,
    }


def _journal_end(asking: Asking, asked: Mapping[str, Any]) -> str:
    return str(asking.tables.journal_end)


def _coverage(asking: Asking, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    if asking.sight.actor.role not in verb("Coverage.read").roles:
        raise GraphQLError("forbidden")
    return coverage(asking, asked)


def _hazard_events(asking: Asking, asked: Mapping[str, Any]) -> dict[str, Any]:
    wanted = asked.get("filter") or {}

    def passes(event: Row) -> bool:
        hazard = asking.tables.find("Hazard", event["subject_id"])
        assert hazard is not None
        values = {
            "kind": {event["kind"]},
            "severity": {hazard["severity"]},
            "category": {hazard["category"]},
            "department": {hazard["department"], *_beside(asking, hazard)},
        }
        in_area = asking.filters.passes("HazardEvent", event, {"under": wanted.get("under")})
        return in_area and all(
            wanted.get(key) is None or found & {*wanted[key]} for key, found in values.items()
        )

    rows = [row for row in asking.sight.of("HazardEvent") if passes(row)]
    return page(rows, JOURNAL, asked, lambda row: Seen("HazardEvent", row))


def _beside(asking: Asking, hazard: Row) -> list[str]:
    """The departments that help with a hazard, or were called for it."""
    parts = asking.tables.rows["HazardPart"]
    return [part["department"] for part in parts if part["hazard_id"] == hazard["id"]]


def _form(asking: Asking, asked: Mapping[str, Any]) -> Seen | None:
    wanted = asked.get("version")
    found = [
        row
        for row in asking.tables.rows["FormVersion"]
        if row["name"] == asked["name"]
        and (row["retired_at"] is None if wanted is None else row["version"] == wanted)
    ]
    newest = max(found, key=lambda row: row["version"], default=None)
    return None if newest is None else asking.one("FormVersion", newest["id"])


def _forms(asking: Asking, asked: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        row
        for row in asking.tables.rows["FormVersion"]
        if all(asked.get(key) in (None, row[key]) for key in ("kind", "subject"))
    ]
    return asking.list("FormVersion", rows, asked)


def _node(asking: Asking, asked: Mapping[str, Any]) -> Seen | None:
    return _any(asking, asked["id"])


def _nodes(asking: Asking, asked: Mapping[str, Any]) -> list[Seen | None]:
    return [_any(asking, each) for each in asked["ids"]]


def _any(asking: Asking, text: str) -> Seen | None:
    name = text.partition(":")[0]
    return asking.one(name, key_in(name, text)) if name in MODELS else None


ROOTS: Mapping[str, Callable[[Asking, Mapping[str, Any]], Any]] = {
    "viewer": _viewer,
    "coverage": _coverage,
    "hazardEvents": _hazard_events,
    "journalEnd": _journal_end,
    "form": _form,
    "forms": _forms,
    "node": _node,
    "nodes": _nodes,
}
"""Root fields that are neither a row by its id or code nor a list of a type's rows."""
