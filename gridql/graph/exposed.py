"""What a GraphQL type shows of a table, and in which orders and by which filters it is listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tortoise.models import Model

from gridql.graph.kinds import Column

if TYPE_CHECKING:
    from gridql.graph.filters import Test


@dataclass(frozen=True, slots=True)
class Order:
    """One key that a list can be ordered by."""

    column: Column
    descending: bool


@dataclass(frozen=True)
class Exposed:
    """A type over a table: its GraphQL name, which is also its name in the access table."""

    name: str
    model: type[Model] | None
    """None for a type over a SELECT."""
    table: str
    key: Column
    where: str | None
    """A condition on every row, with `{row}` for the table's alias."""
    code: Column | None
    """The column that `under` looks at."""
    tests: Mapping[str, Test] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    default_order: tuple[str, ...] = ()
    filter_type: type | None = None
    order_type: type[Enum] | None = None

    def conditions(self, row: str) -> list[str]:
        """What makes a row of the table one of this type."""
        return [self.where.format(row=row)] if self.where else []
