"""SQLite's way of making JSON: by joining texts.

Its parser has room for a hundred symbols (before 3.46). With `json_object` and its like a third
list within lists was too much; joined texts take half of that, enough for the deepest selection
that the limits let through. Nor is any part parsed again at each level that it is put into.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from gridql.graph.dialects import Pairs
from gridql.graph.kinds import Kind

LONGEST_CHAIN = 100
"""Texts joined in one chain; each is a level of the expression, of which there may be 1000."""


class Json(str):
    """An expression that gives the text of a JSON value, or null for the JSON null."""


class Whole(Json):
    """One that never gives null: it can be joined as it is."""


class Sqlite:
    """Marks the expressions that give JSON; the value of any other is quoted."""

    def parameter(self, number: int, kind: Kind, *, many: bool = False) -> str:
        return f"?{number}"

    def value(self, value: Any, kind: Kind, *, many: bool = False) -> Any:
        if many:
            return orjson.dumps(value).decode()
        return str(value) if isinstance(value, UUID) else value

    def json(self, expression: str, kind: Kind) -> str:
        if kind is Kind.BOOLEAN:
            return Json(f"case {expression} when 1 then 'true' when 0 then 'false' end")
        return Json(expression) if kind is Kind.DOCUMENT else expression

    def object(self, pairs: Pairs) -> str:
        return Whole(_joined("{", [f'"{key}":' for key, _ in pairs], [v for _, v in pairs], "}"))

    def summary(self, pairs: Pairs) -> str:
        return self.object(pairs)

    def array(self, items: Sequence[str]) -> str:
        return Whole(_joined("[", [""] * len(items), items, "]"))

    def collect(self, item: str, order: str, only: str | None) -> str:
        # The rows come in the order of the sub-select that they are taken from.
        chosen = f" filter (where {only})" if only else ""
        return Whole(f"'[' || coalesce(group_concat({item}){chosen},'') || ']'")

    def nested(self, expression: str) -> str:
        return Json(expression)

    def always(self, expression: str) -> str:
        return Whole(expression)

    def unless_null(self, key: str, found: str) -> str:
        # Text joined with null is null; `case` would cost the parser more.
        return Json(f"{found} || substr({key},1,0)")

    def truth(self, expression: str) -> str:
        return Whole(f"case when {expression} then 'true' else 'false' end")

    def one_of(self, expression: str, placeholder: str) -> str:
        return f"{expression} in (select value from json_each({placeholder}))"

    def often(self, condition: str) -> str:
        # It takes any range for a sixty-fourth of the table, and sorted all of a district's rows
        # for a page of twenty.
        return f"likely({condition})"

    def between(self, expression: str, low: str, high: str) -> str:
        return f"({expression} >= {low} and {expression} < {high})"

    def text(self, expression: str, kind: Kind) -> str:
        return f"cast({expression} as text)"

    def member(self, document: str, name: str) -> str:
        return Json(f"({document} -> '$.{name}')")

    def member_text(self, document: str, name: str) -> str:
        return f"({document} ->> '$.{name}')"

    def elements(self, document: str, alias: str) -> str:
        return f"json_each({document}) {alias}"


def _joined(start: str, labels: Sequence[str], values: Sequence[str], end: str) -> str:
    """The values, each with the label before it and commas between, as one text."""
    links = []
    before = start
    for label, value in zip(labels, values, strict=True):
        links.append(f"'{before}{label}' || {_text(value)}")
        before = ","
    if not links:
        return f"'{start}{end}'"
    chains = [
        " || ".join(links[at : at + LONGEST_CHAIN]) for at in range(0, len(links), LONGEST_CHAIN)
    ]
    chain = chains[0] if len(chains) == 1 else " || ".join(f"({chain})" for chain in chains)
    return f"{chain} || '{end}'"


def _text(value: str) -> str:
    if isinstance(value, Whole):
        return value
    return f"coalesce({value},'null')" if isinstance(value, Json) else f"json_quote({value})"
