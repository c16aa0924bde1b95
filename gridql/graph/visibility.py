"""What the access table makes of a statement: which rows it may find, which columns it may show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridql.access import policy
from gridql.access.policy import (
    NOTHING,
    All,
    Everything,
    Joined,
    Mine,
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
from gridql.graph.ranges import NO_ROW, Area, under, within

if TYPE_CHECKING:
    from gridql.graph.compiler import Binding, Compiler
    from gridql.graph.exposed import Exposed


@dataclass(frozen=True, slots=True)
class Audience:
    """Who an answer is for: everything about the caller that a statement depends on."""

    actor: Actor
    lang: Lang

    @property
    def shape(self) -> tuple[object, ...]:
        """What of it shapes the statement; the rest goes into its parameters."""
        return (self.actor.role, tuple(map(len, self.actor.scopes)), self.lang)

    @property
    def place(self) -> tuple[object, ...]:
        """What of it an answer about hazards depends on: accounts in one place see the same."""
        actor = self.actor
        return (actor.role, actor.scopes, actor.department, self.lang)

    def sees_none(self, name: str) -> bool:
        """Whether the caller's role sees no row at all of that model or type."""
        return rule(name).rows_for(self.actor.role) == NOTHING

    def hides(self, exposed: Exposed, column: str) -> bool:
        """Whether the column reads as null."""
        if exposed.model is None:
            return False  # a SELECT has only what it was written to show
        return column in rule(exposed.name).hidden_from(self.actor.role)


def visible(compiler: Compiler, exposed: Exposed, row: str, area: Area | None = None) -> list[str]:
    """The conditions under which the caller sees the row; none where all are seen.

    With `area`, the row also has to lie in that.
    """
    rows = rule(exposed.name).rows_for(compiler.audience.actor.role)
    if area is None:
        return _conditions(compiler, exposed, rows, row)
    assert exposed.code is not None
    code = f"{row}.{exposed.code.name}"
    parts = list(rows.parts) if isinstance(rows, All) else [rows]
    scoped = Within(exposed.code.name)
    if scoped not in parts:
        return [under(compiler, code, area), *_conditions(compiler, exposed, rows, row)]
    parts.remove(scoped)
    return [within(compiler, code, area), *_conditions(compiler, exposed, All(tuple(parts)), row)]


def _conditions(compiler: Compiler, exposed: Exposed, rows: Rows, row: str) -> list[str]:
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
        case Mine(column):
            account = compiler.bind(Kind.INTEGER, _account, same_as="account")
            return [f"{row}.{column} = {account}"]
        case Joined(model, reference, column):
            other, alias = compiler.exposed(model), compiler.alias()
            [named] = _conditions(compiler, other, Owned(column), alias)
            select = f"select {alias}.{reference} from {other.table} {alias} where {named}"
            return [f"{row}.{exposed.key.name} in ({select})"]
        case Through(column, model):
            return [_through(compiler, f"{row}.{column}", model)]
        case All(parts):
            return [found for part in parts for found in _conditions(compiler, exposed, part, row)]
        case policy.Any(parts):
            found = [_conditions(compiler, exposed, part, row) for part in parts]
            choices = [" and ".join(each) for each in found]
            return [f"({' or '.join(choices)})"] if all(choices) else []


def _department(binding: Binding) -> str | None:
    return binding.audience.actor.department


def _account(binding: Binding) -> int:
    return binding.audience.actor.account_id


def _through(compiler: Compiler, reference: str, model: str) -> str:
    alias = compiler.alias()
    exposed = compiler.exposed(model)
    conditions = [f"{alias}.{exposed.key.name} = {reference}"]
    conditions += _conditions(
        compiler, exposed, rule(model).rows_for(compiler.audience.actor.role), alias
    )
    return f"exists (select 1 from {exposed.table} {alias} where {' and '.join(conditions)})"
