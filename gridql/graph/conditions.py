"""The conditions that a list's filter puts on its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from gridql.graph.compiler import Arguments, Binding, Compiler, Take
from gridql.graph.kinds import LAST_MOMENT, Column, Kind, plain
from gridql.graph.ranges import Area, under
from gridql.graph.refusals import too_much

if TYPE_CHECKING:
    from gridql.graph.exposed import Exposed
    from gridql.graph.filters import Test

MOST_TESTS = 100
"""Tests in one filter: each is a condition of the statement."""

MOST_VALUES = 1000
"""Values of one `in`."""

COMPARISONS = {"eq": "=", "gte": ">=", "lt": "<"}

LAST_CHARACTER = "\U0010ffff"
LAST_TEXT = LAST_CHARACTER * 256
"""Stands after all texts that there are: no column that is filtered by holds as many characters."""


def conditions(
    compiler: Compiler, exposed: Exposed, row: str, arguments: Arguments, *path: str | int
) -> list[str]:
    """The conditions that the filter at `path` of the arguments puts on a row.

    Not that of `under` at its top: `visible` puts this area together with the caller's own.

    Raises GraphQLError for more than MOST_TESTS tests, and for one of a sealed column that stands
    anywhere but at the top: there it could be tried with many values at once.
    """
    given: Any = arguments.values
    for step in path:
        given = given.get(step) if isinstance(step, str) else given[step]
    top = len(path) == 1
    if top and (size := _size(given)) > MOST_TESTS:
        raise too_much("filter_tests", size, MOST_TESTS)
    found: list[str] = []
    for key, value in (given or {}).items():
        if value is None or (top and key == "under"):
            continue
        here = (*path, key)
        if key == "under":
            assert exposed.code is not None
            area = Area(value, arguments.take(*here))
            found.append(under(compiler, f"{row}.{exposed.code.name}", area))
        elif key == "not":
            inner = conditions(compiler, exposed, row, arguments, *here)
            # A comparison with null is neither true nor false, and neither is its opposite.
            found.append(f"not coalesce({_all(inner)}, 1 = 0)")
        elif key in ("and", "or"):
            parts = [
                _all(conditions(compiler, exposed, row, arguments, *here, number))
                for number in range(len(value))
            ]
            joiner, empty = (" and ", "1 = 1") if key == "and" else (" or ", "1 = 0")
            found.append(f"({joiner.join(parts)})" if parts else empty)
        else:
            test = exposed.tests[key]
            if test.blind is not None and not top:
                raise GraphQLError(f"`{key}` can stand at the top of a filter only.")
            if compiler.audience.hides(exposed, test.column.name) or (
                test.refers_to is not None and compiler.audience.sees_none(test.refers_to)
            ):
                # Who may not see a value may not find out about it by asking for it either.
                found.append("1 = 0")
            for operator, operand in value.items():
                if operator == "isNull" and operand is not None:
                    found.append(_is_null(test.column, row, operand))
                elif operand is not None:
                    taken = arguments.take(*here, operator)
                    found.append(_holds_somewhere(compiler, exposed, test, row, operator, taken))
    return found


def area_of(arguments: Arguments) -> Area | None:
    """The area that the top of the `filter` in the arguments names; None where it names none."""
    code = (arguments.values.get("filter") or {}).get("under")
    return None if code is None else Area(code, arguments.take("filter", "under"))


def _size(given: Any) -> int:
    """How many tests a filter holds, those of a list each."""
    if isinstance(given, Mapping):
        return sum(_size(value) for value in given.values())
    if isinstance(given, list) and given and isinstance(given[0], Mapping):
        return len(given) + sum(_size(value) for value in given)
    return 1


def _all(parts: Sequence[str]) -> str:
    return f"({' and '.join(parts)})" if parts else "(1 = 1)"


def equal(compiler: Compiler, expression: str, take: Take) -> str:
    """Whether a text is the one that is named when the statement runs."""
    return f"{expression} = {compiler.bind(Kind.TEXT, lambda binding: plain(take(binding)))}"


def in_list(compiler: Compiler, expression: str, take: Take) -> str:
    """Whether a text is one of those that are named when the statement runs."""
    placeholder = compiler.bind(Kind.TEXT, lambda binding: plain(take(binding)), many=True)
    return compiler.dialect.one_of(expression, placeholder)


def _is_null(column: Column, row: str, null: bool) -> str:
    value = f"{row}.{column.name}"
    if not null:
        return f"{value} is not null"
    # Also as it sorts: that is what the order's index holds.
    return f"({column.sortable(row)} = '{LAST_MOMENT}' and {value} is null)"


def _holds_somewhere(
    compiler: Compiler, exposed: Exposed, test: Test, row: str, operator: str, taken: Take
) -> str:
    """Whether the operator holds for the row, or for what leads to it from elsewhere."""
    here = _holds(compiler, test, row, operator, taken)
    if test.elsewhere is None:
        return here
    table, reference = test.elsewhere
    other = compiler.alias()
    there = _holds(compiler, test, other, operator, taken)
    leading = f"select {other}.{reference} from {table} {other} where {there}"
    return f"({here} or {row}.{exposed.key.name} in ({leading}))"


def _holds(compiler: Compiler, test: Test, row: str, operator: str, taken: Take) -> str:
    """Whether the operator holds between the column and what the arguments have for it."""
    column, kind = f"{row}.{test.column.name}", test.column.kind

    def take(binding: Binding) -> Any:
        given = taken(binding)
        if isinstance(given, list) and len(given) > MOST_VALUES:
            raise too_much("filter_values", len(given), MOST_VALUES)
        return test.convert(binding, given)

    placeholder = compiler.bind(kind, take, many=operator == "in")
    if operator == "in":
        return compiler.dialect.one_of(column, placeholder)
    if operator == "startsWith":
        end = compiler.bind(kind, lambda binding: first_after(take(binding)))
        return compiler.dialect.between(column, placeholder, end)
    comparison = f"{COMPARISONS[operator]} {placeholder}"
    if kind is Kind.MOMENT and test.column.nullable:
        return f"({test.column.sortable(row)} {comparison} and {column} is not null)"
    return f"{column} {comparison}"


def first_after(start: str) -> str:
    """The first text, by code points, after all that begin with `start`."""
    head = start.rstrip(LAST_CHARACTER)
    if not head:
        return LAST_TEXT
    following = ord(head[-1]) + 1
    # Halves of surrogate pairs are no characters.
    return head[:-1] + chr(0xE000 if following == 0xD800 else following)
