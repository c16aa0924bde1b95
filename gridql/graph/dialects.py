"""What the engine asks of a database: the same JSON from PostgreSQL and from SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from gridql.graph.kinds import Kind

Pairs = Sequence[tuple[str, str]]
"""Response keys (GraphQL names, so safe to quote) and the expressions of their values."""


class Dialect(Protocol):
    """Expressions that differ between databases; all of them take and give SQL text."""

    def parameter(self, number: int, kind: Kind, *, many: bool = False) -> str:
        """The placeholder of the parameter with that number, from 1."""

    def value(self, value: Any, kind: Kind, *, many: bool = False) -> Any:
        """A Python value as the driver takes it for such a parameter."""

    def json(self, expression: str, kind: Kind) -> str:
        """A column's value, ready to stand in an object."""

    def object(self, pairs: Pairs) -> str:
        """An object whose values hold no aggregate."""

    def summary(self, pairs: Pairs) -> str:
        """An object whose values may be aggregates over the rows around it."""

    def array(self, items: Sequence[str]) -> str:
        """A JSON array of the values."""

    def collect(self, item: str, order: str, only: str | None) -> str:
        """The aggregate that makes an array of `item` over all rows, or those `only` lets in."""

    def nested(self, expression: str) -> str:
        """A sub-select that gives JSON, ready to stand in an object."""

    def always(self, expression: str) -> str:
        """The same for one that never gives null."""

    def unless_null(self, key: str, found: str) -> str:
        """The object `found`, or null where `key` is null."""

    def truth(self, expression: str) -> str:
        """A condition as a JSON boolean."""

    def one_of(self, expression: str, placeholder: str) -> str:
        """Whether the value is in the list that the placeholder stands for."""

    def often(self, condition: str) -> str:
        """A condition that holds for so many rows that it is not what to look them up by."""

    def between(self, expression: str, low: str, high: str) -> str:
        """Whether a text is `low` or after it and before `high`, by code points."""

    def text(self, expression: str, kind: Kind) -> str:
        """A value as the text that stands for it in JSON."""

    def member(self, document: str, name: str) -> str:
        """A member of a JSON object, as JSON."""

    def member_text(self, document: str, name: str) -> str:
        """A member of a JSON object that is a string, as text."""

    def elements(self, document: str, alias: str) -> str:
        """A JSON array as something to select `value` from under `alias`."""
