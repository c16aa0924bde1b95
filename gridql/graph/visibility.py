"""What the access table makes of a statement: which rows it may find, which columns it may show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridql.access.codes import prefix, successor
from gridql.access.policy import (
    NOTHING,
    All,
    Everything,
    Nothing,
    Owned,
    Rows,
    Through,
    Within,
    rule,
)
from gridql.access.roles import Actor
from gridql.errors import Lang
from gridql.graph.kinds import Kind

if TYPE_CHECKING:
    from gridql.graph.compiler import Binding, Compiler
    from gridql.graph.exposed import Exposed

NO_ROW = "1 = 0"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who an answer is for: everything about the caller that a statement depends on."""

    actor: Actor
    lang: Lang

    @property
    def shape(self) -> tuple[object, ...]:
        """What of it shapes the statement; the rest goes into its parameters."""
        return (self.actor.role, len(self.actor.scopes), self.lang)

    def sees_none(self, name: str) -> bool:
        """Whether the caller's role sees no row at all of that model or type."""
        return rule(name).rows_for(self.actor.role) == NOTHING

    def hides(self, exposed: Exposed, column: str) -> bool:
        """Whether the column reads as null."""
        if exposed.model is None:
            return False  # a SELECT has only what it was written to show
        return column in rule(exposed.name).hidden_from(self.actor.role)


def visible(compiler: Compiler, exposed: Exposed, row: str) -> list[str]:
    """The conditions under which the caller sees the row; none where all are seen."""
    return _conditions(compiler, rule(exposed.name).rows_for(compiler.audience.actor.role), row)


def _conditions(compiler: Compiler, rows: Rows, row: str) -> list[str]:
    match rows:
        case Everything():
            return []
        case Nothing():
            return [NO_ROW]
        case Within(column):
            return [within(compiler, f"{row}.{column}")]
        case Owned(column):
            department = compiler.bind(Kind.TEXT, _department, same_as="department")
            return [f"{row}.{column} = {department}"]
        case Through(column, model):
            return [_through(compiler, f"{row}.{column}", model)]
        case All(parts):
            return [found for part in parts for found in _conditions(compiler, part, row)]


def within(compiler: Compiler, code: str) -> str:
    """Whether a code lies under one of the caller's scopes."""
    ranges = [
        _under_scope(compiler, code, number)
        for number in range(len(compiler.audience.actor.scopes))
    ]
    return f"({' or '.join(ranges)})" if ranges else NO_ROW


def _under_scope(compiler: Compiler, code: str, number: int) -> str:
    """A range of the code's index: everything under the actor's scope of that number."""

    def low(binding: Binding) -> str:
        return prefix(binding.audience.actor.scopes[number])

    def high(binding: Binding) -> str:
        return successor(prefix(binding.audience.actor.scopes[number]))

    least = compiler.bind(Kind.TEXT, low, same_as=("scope", number, "low"))
    beyond = compiler.bind(Kind.TEXT, high, same_as=("scope", number, "high"))
    return f"({code} >= {least} and {code} < {beyond})"


def _department(binding: Binding) -> str | None:
    return binding.audience.actor.department


def _through(compiler: Compiler, reference: str, model: str) -> str:
    alias = compiler.alias()
    exposed = compiler.exposed(model)
    conditions = [f"{alias}.{exposed.key.name} = {reference}"]
    conditions += _conditions(compiler, rule(model).rows_for(compiler.audience.actor.role), alias)
    return f"exists (select 1 from {exposed.table} {alias} where {' and '.join(conditions)})"
