"""What an actor sees of the rows in memory: the access table, evaluated in Python."""

from __future__ import annotations

from dataclasses import dataclass

from gridql.access import policy
from gridql.access.codes import covers
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
from tests.integration.graph.plain.tables import Row, Tables


@dataclass(frozen=True)
class Sight:
    """What one actor sees of the tables."""

    actor: Actor
    tables: Tables

    def of(self, name: str) -> list[Row]:
        """The rows of a type that the actor sees."""
        return [row for row in self.tables.rows[name] if self.sees(name, row)]

    def sees(self, name: str, row: Row) -> bool:
        """Whether the actor sees that row."""
        return self._satisfies(rule(name).rows_for(self.actor.role), row)

    def sees_none(self, name: str) -> bool:
        """Whether no row of the type is for the actor's role at all."""
        return rule(name).rows_for(self.actor.role) == NOTHING

    def hides(self, name: str, column: str) -> bool:
        """Whether the column reads as null for the actor."""
        return column in rule(name).hidden_from(self.actor.role)

    def _satisfies(self, rows: Rows, row: Row) -> bool:
        match rows:
            case Everything():
                return True
            case Nothing():
                return False
            case Within(column):
                return covers(self.actor.scopes, row[column])
            case Owned(column):
                return self.actor.department is not None and row[column] == self.actor.department
            case Mine(column):
                return bool(row[column] == self.actor.account_id)
            case Joined(name, reference, column):
                return any(
                    part[reference] == row["id"] and self._satisfies(Owned(column), part)
                    for part in self.tables.rows[name]
                )
            case Through(column, name):
                found = self.tables.find(name, row[column])
                return found is not None and self.sees(name, found)
            case All(parts):
                return all(self._satisfies(part, row) for part in parts)
            case policy.Any(parts):
                return any(self._satisfies(part, row) for part in parts)
