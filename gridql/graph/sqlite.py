"""SQLite's way of making JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from gridql.graph.dialects import Pairs
from gridql.graph.kinds import Kind

MOST_PAIRS = 50
"""`json_object` takes a hundred arguments in older versions; more are patched together."""


class Sqlite:
    """`json_object`; values that are JSON themselves have to be marked as such with `json`."""

    def parameter(self, number: int, kind: Kind, *, many: bool = False) -> str:
        return f"?{number}"

    def value(self, value: Any, kind: Kind, *, many: bool = False) -> Any:
        if many:
            return orjson.dumps(value).decode()
        return str(value) if isinstance(value, UUID) else value

    def json(self, expression: str, kind: Kind) -> str:
        if kind is Kind.BOOLEAN:
            return f"json(case {expression} when 1 then 'true' when 0 then 'false' end)"
        return f"json({expression})" if kind is Kind.DOCUMENT else expression

    def object(self, pairs: Pairs) -> str:
        members = [f"'{key}', {value}" for key, value in pairs]
        parts = [
            f"json_object({', '.join(members[at : at + MOST_PAIRS])})"
            for at in range(0, max(len(members), 1), MOST_PAIRS)
        ]
        if len(parts) == 1:
            return parts[0]
        # json_patch would drop members that are null, so the texts are joined.
        inner = " || ',' || ".join(f"substr({part}, 2, length({part}) - 2)" for part in parts)
        return f"json('{{' || {inner} || '}}')"

    def summary(self, pairs: Pairs) -> str:
        return self.object(pairs)

    def array(self, items: Sequence[str]) -> str:
        return f"json_array({', '.join(items)})"

    def collect(self, item: str, order: str, only: str | None) -> str:
        # The rows come in the order of the sub-select that they are taken from.
        chosen = f" filter (where {only})" if only else ""
        return f"json_group_array(json({item})){chosen}"

    def nested(self, expression: str) -> str:
        return f"json({expression})"

    def truth(self, expression: str) -> str:
        return f"json(case when {expression} then 'true' else 'false' end)"

    def one_of(self, expression: str, placeholder: str) -> str:
        return f"{expression} in (select value from json_each({placeholder}))"

    def text(self, expression: str, kind: Kind) -> str:
        return f"cast({expression} as text)"

    def member(self, document: str, name: str) -> str:
        return f"json({document} -> '$.{name}')"

    def member_text(self, document: str, name: str) -> str:
        return f"({document} ->> '$.{name}')"

    def elements(self, document: str, alias: str) -> str:
        return f"json_each({document}) {alias}"
