"""Orders and cursors: where a row stands in a list, and what lies beyond it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError

from gridql.graph.compiler import Arguments, Binding, Compiler
from gridql.graph.exposed import Exposed, Order
from gridql.graph.ids import LARGEST_KEY
from gridql.graph.kinds import Kind, decode
from gridql.graph.refusals import too_much

MOST_ORDERS = 20
"""Orders of one list, each for what is equal in those before it."""


def keys_of(exposed: Exposed, arguments: Arguments) -> list[Order]:
    """The keys of the order that is asked for; the last of them tells all rows apart."""
    # A key that comes again changes nothing.
    given = arguments.values.get("orderBy") or ()
    if len(given) > MOST_ORDERS:
        raise too_much("orders", len(given), MOST_ORDERS)
    asked = dict.fromkeys(order.value for order in given)
    keys = [exposed.orders[name] for name in asked or exposed.default_order]
    if not any(key.column.name == exposed.key.name for key in keys):
        descending = keys[-1].descending if keys else False
        keys.append(Order(exposed.key, descending))
    return keys


def order_by(keys: Sequence[Order], row: str, *, backward: bool) -> str:
    """The keys as an ORDER BY has them; `backward` from the end of the list."""
    return ", ".join(
        f"{key.column.sortable(row)} {'desc' if key.descending is not backward else 'asc'}"
        for key in keys
    )


def cursor_of(compiler: Compiler, keys: Sequence[Order], row: str) -> str:
    """The text that says where a row stands, as an expression."""
    texts = [compiler.dialect.text(key.column.sortable(row), key.column.sort_kind) for key in keys]
    joined = " || '|' || ".join(texts)
    return f"({joined})"


def beyond(
    compiler: Compiler,
    keys: Sequence[Order],
    row: str,
    arguments: Arguments,
    name: str,
    *,
    opposite: bool = False,
) -> str:
    """Rows on the far side of a cursor; with `opposite`, those on its near side and at it."""
    take = arguments.take(name)
    ahead = (name == "after") is not opposite
    placeholders = [
        compiler.bind(key.column.sort_kind, _cursor_part(take, keys, number, name))
        for number, key in enumerate(keys)
    ]
    columns = [key.column.sortable(row) for key in keys]
    at_it = "=" if opposite else ""
    if len({key.descending for key in keys}) == 1:
        sign = ">" if keys[0].descending is not ahead else "<"
        return f"({', '.join(columns)}) {sign}{at_it} ({', '.join(placeholders)})"
    steps = []
    for number, key in enumerate(keys):
        same = [
            f"{column} = {placeholder}"
            for column, placeholder in zip(columns[:number], placeholders[:number], strict=True)
        ]
        sign = ">" if key.descending is not ahead else "<"
        last = at_it if number == len(keys) - 1 else ""
        steps.append(
            " and ".join([*same, f"{columns[number]} {sign}{last} {placeholders[number]}"])
        )
    return f"({' or '.join(f'({step})' for step in steps)})"


def _cursor_part(
    take: Callable[[Binding], Any], keys: Sequence[Order], number: int, name: str
) -> Callable[[Binding], Any]:
    kind = keys[number].column.sort_kind

    def part(binding: Binding) -> Any:
        parts = str(take(binding)).split("|")
        try:
            if len(parts) != len(keys):
                raise ValueError
            return _part(kind, parts[number])
        except ValueError:
            raise GraphQLError(
                f"`{name}` is no cursor of this list in this order: take it from an edge."
            ) from None

    return part


def _part(kind: Kind, text: str) -> Any:
    if kind is Kind.INTEGER:
        if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > LARGEST_KEY:
            raise ValueError
        return int(text)
    if kind is Kind.MOMENT and not text.endswith("+00:00"):
        raise ValueError
    return decode(kind, text)
