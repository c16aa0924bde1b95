"""Enums of the rules as enums of the graph."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Any

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition


def graphql_enum(enum: type[Enum]) -> Any:
    """The enum, known to the graph: its docstring and its words describe it."""
    if not has_enum_definition(enum):
        strawberry.enum(enum, description=inspect.getdoc(enum))
        definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]  # Strawberry sets it
        for value in definition.values:
            value.description = getattr(enum[value.name], "description", None)
    return enum
