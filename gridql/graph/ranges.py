"""Ranges of codes: what lies in an area, and what under the caller's scopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridql.access.codes import prefix, successor
from gridql.graph.kinds import Kind

if TYPE_CHECKING:
    from gridql.graph.compiler import Binding, Compiler, Take

NO_ROW = "1 = 0"

BROAD_DIGITS = 9
"""Of codes with so many digits, those of streets, or fewer: many rows lie under them."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area or grid that the arguments name: its code for now, and where to find it later."""

    code: str
    take: Take
    whole: bool = False
    """Whether all that lies there is looked at, and not the beginning of a list."""

    def start(self, binding: Binding) -> str:
        """What the codes in it begin with."""
        return prefix(self.take(binding))


def under(compiler: Compiler, code: str, area: Area) -> str:
    """Whether a code lies in the area."""
    broad = len(area.code) <= BROAD_DIGITS and not area.whole
    return _range(compiler, code, lambda binding: [area.start(binding)], broad, area)


def within(compiler: Compiler, code: str, area: Area | None = None) -> str:
    """Whether a code lies under one of the caller's scopes; with `area`, and in that one, too.

    Under a single scope this is a single range, because of two on one column SQLite would take
    only one from an index.
    """
    scopes = compiler.audience.actor.scopes
    if area is None:
        ranges = [_under_scope(compiler, code, number) for number in range(len(scopes))]
        return f"({' or '.join(ranges)})" if ranges else NO_ROW
    if len(scopes) != 1:
        return f"({under(compiler, code, area)} and {within(compiler, code)})"

    def starts(binding: Binding) -> list[str]:
        return [area.start(binding), prefix(binding.audience.actor.scopes[0])]

    broad = max(len(area.code), len(scopes[0])) <= BROAD_DIGITS and not area.whole
    return _range(compiler, code, starts, broad, ("scope", area))


def _under_scope(compiler: Compiler, code: str, number: int) -> str:
    def starts(binding: Binding) -> list[str]:
        return [prefix(binding.audience.actor.scopes[number])]

    broad = len(compiler.audience.actor.scopes[number]) <= BROAD_DIGITS
    return _range(compiler, code, starts, broad, ("scope", number))


def _range(
    compiler: Compiler,
    code: str,
    starts: Callable[[Binding], Sequence[str]],
    broad: bool,
    name: object,
) -> str:
    """Whether a code begins with all those texts: none does where one is not part of the other."""
    low = compiler.bind(Kind.TEXT, lambda binding: max(starts(binding)), same_as=(name, "low"))
    high = compiler.bind(
        Kind.TEXT, lambda binding: min(map(successor, starts(binding))), same_as=(name, "high")
    )
    sides = [f"{code} >= {low}", f"{code} < {high}"]
    if broad:
        sides = [compiler.dialect.often(side) for side in sides]
    return f"({' and '.join(sides)})"
