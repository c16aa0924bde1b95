"""PostgreSQL's way of making JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridql.graph.dialects import Pairs
from gridql.graph.kinds import Kind

LONGEST_IDENTIFIER = 63
"""Bytes; PostgreSQL cuts longer names off, and two keys could become one."""


class Postgres:
    """`row_to_json` over a sub-select: no limit of arguments, and cheaper than pairs."""

    def parameter(self, number: int, kind: Kind, *, many: bool = False) -> str:
        return f"${number}::{kind}{'[]' if many else ''}"

    def value(self, value: Any, kind: Kind, *, many: bool = False) -> Any:
        return value

    def json(self, expression: str, kind: Kind) -> str:
        return expression

    def object(self, pairs: Pairs) -> str:
        if any(len(key) > LONGEST_IDENTIFIER for key, _ in pairs):
            # Within the array a bare text or null is a value, as it is in a column.
            rows = ", ".join(f"('{key}', json_build_array({value}) -> 0)" for key, value in pairs)
            return f"(select json_object_agg(k, v) from (values {rows}) _(k, v))"
        columns = ", ".join(f'{value} as "{key}"' for key, value in pairs)
        # No response key has a dollar in it: a column of that name would stand for the row.
        return f'(select row_to_json("$") from (select {columns}) "$")'

    def summary(self, pairs: Pairs) -> str:
        members = ", ".join(f"'{key}', {value}" for key, value in pairs)
        return f"json_build_object({members})"

    def array(self, items: Sequence[str]) -> str:
        return f"json_build_array({', '.join(items)})"

    def collect(self, item: str, order: str, only: str | None) -> str:
        chosen = f" filter (where {only})" if only else ""
        return f"coalesce(json_agg({item} order by {order}){chosen}, '[]')"

    def nested(self, expression: str) -> str:
        return expression

    def always(self, expression: str) -> str:
        return expression

    def unless_null(self, key: str, found: str) -> str:
        return f"case when {key} is not null then {found} end"

    def truth(self, expression: str) -> str:
        return f"({expression})"

    def one_of(self, expression: str, placeholder: str) -> str:
        return f"{expression} = any({placeholder})"

    def often(self, condition: str) -> str:
        return condition

    def between(self, expression: str, low: str, high: str) -> str:
        # Whatever the database's collation; an index for these has `varchar_pattern_ops`.
        return f"({expression} ~>=~ {low} and {expression} ~<~ {high})"

    def text(self, expression: str, kind: Kind) -> str:
        if kind is Kind.MOMENT:
            return f"(to_json({expression}) #>> '{{}}')"
        return f"{expression}::text"

    def member(self, document: str, name: str) -> str:
        return f"({document} -> '{name}')"

    def member_text(self, document: str, name: str) -> str:
        return f"({document} ->> '{name}')"

    def elements(self, document: str, alias: str) -> str:
        return f"json_array_elements({document}) with ordinality {alias}(value, key)"
