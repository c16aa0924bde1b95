"""Typed filters: the input types of each list."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation

from gridql.errors import Misuse
from gridql.graph.compiler import Binding
from gridql.graph.enums import graphql_enum
from gridql.graph.ids import decode_id
from gridql.graph.kinds import Column, Kind, plain

SEALED = "The whole of it, spaces and dashes aside: parts of it cannot be looked for."


@dataclass(frozen=True, slots=True)
class Test:
    """A field of a filter: the column that it looks at and how its values are to be taken."""

    __test__ = False  # not one of pytest's

    column: Column
    refers_to: str | None = None
    """The type whose global ids it takes."""
    blind: tuple[str, str] | None = None
    """The table and column whose blind index it looks at."""
    elsewhere: tuple[str, str] | None = None
    """A table that has such a column, too, and the column by which it leads to the row."""

    def convert(self, binding: Binding, value: Any) -> Any:
        """A value from the arguments as it stands in the column."""
        if isinstance(value, list):
            return [self.convert(binding, item) for item in value]
        if self.refers_to is not None:
            return decode_id(self.refers_to, self.column.kind, value)
        if self.blind is not None:
            return binding.blind_index(*self.blind, value)
        return plain(value)

    @property
    def description(self) -> str:
        """What the filter's field says of itself."""
        return SEALED if self.blind is not None else self.column.description

    @property
    def input_type(self) -> type:
        """The GraphQL input type of its operators."""
        if self.blind is not None:
            return ExactFilter
        if self.refers_to is not None:
            return IDFilter
        if isinstance(self.column.python_type, type) and issubclass(self.column.python_type, Enum):
            return enum_filter(self.column.python_type)
        try:
            return _BY_KIND[self.column.kind]
        except KeyError:
            raise Misuse(f"{self.column.name} cannot be filtered by") from None


@strawberry.input(description="Text that is, or begins with, something.")
class StringFilter:
    eq: str | None = strawberry.field(default=strawberry.UNSET, description="Is exactly this.")
    in_: list[str] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="Is one of these."
    )
    starts_with: str | None = strawberry.field(
        default=strawberry.UNSET, description="Begins with this."
    )


@strawberry.input(description="Text that is kept sealed: only the whole of it can be looked for.")
class ExactFilter:
    eq: str | None = strawberry.field(
        default=strawberry.UNSET, description="Is exactly this, spaces and dashes aside."
    )


@strawberry.input(description="A reference to something with an id.")
class IDFilter:
    eq: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Is the one with this id."
    )
    in_: list[strawberry.ID] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="Is one of those with these ids."
    )


@strawberry.input(description="A UUID.")
class UUIDFilter:
    eq: UUID | None = strawberry.field(default=strawberry.UNSET, description="Is exactly this.")
    in_: list[UUID] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="Is one of these."
    )


@strawberry.input(description="A whole number, or a range of them.")
class IntFilter:
    eq: int | None = strawberry.field(default=strawberry.UNSET, description="Is exactly this.")
    gte: int | None = strawberry.field(default=strawberry.UNSET, description="Is this or more.")
    lt: int | None = strawberry.field(default=strawberry.UNSET, description="Is less than this.")


@strawberry.input(description="A moment in time, or a span.")
class DateTimeFilter:
    gte: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="At this moment or later."
    )
    lt: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Before this moment."
    )
    is_null: bool | None = strawberry.field(
        default=strawberry.UNSET, description="True: not set. False: set."
    )


@strawberry.input(description="True or false.")
class BooleanFilter:
    eq: bool | None = strawberry.field(default=strawberry.UNSET, description="Is this.")


_BY_KIND: Mapping[Kind, type] = {
    Kind.TEXT: StringFilter,
    Kind.UUID: UUIDFilter,
    Kind.INTEGER: IntFilter,
    Kind.MOMENT: DateTimeFilter,
    Kind.BOOLEAN: BooleanFilter,
}


@cache
def enum_filter(enum: type[Enum]) -> type:
    """`eq` and `in` over the values of an enum."""
    values = graphql_enum(enum)
    return _input(
        f"{enum.__name__}Filter",
        f"One or several values of {enum.__name__}.",
        {
            "eq": (values, "Is exactly this."),
            "in": (list[values], "Is one of these."),  # type: ignore[valid-type]  # made while the program runs
        },
    )


def filter_type(name: str, tests: Mapping[str, Test], *, under: bool) -> type:
    """The filter of a list: one field for each test, `under`, and and/or/not over itself."""
    members: dict[str, tuple[Any, str]] = {}
    if under:
        members["under"] = (str, "Lies in this area or grid: a code of 6, 9, 12 or 15 digits.")
    for key, test in tests.items():
        members[key] = (test.input_type, test.description)
    return _input(
        f"{name}Filter",
        "Everything that is given has to hold.",
        members,
        {
            "and": ("list[Self] | None", "All of these hold."),
            "or": ("list[Self] | None", "At least one of these holds."),
            "not": ("Self | None", "This does not hold."),
        },
    )


def _input(
    name: str,
    description: str,
    members: Mapping[str, tuple[Any, str]],
    of_itself: Mapping[str, tuple[str, str]] | None = None,
) -> type:
    itself: dict[str, Any] = {}
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__annotations__": annotations}
    for key, (of_type, text) in members.items():
        annotations[f"{key}_"] = of_type | None
        namespace[f"{key}_"] = strawberry.field(
            name=key, default=strawberry.UNSET, description=text
        )
    for key, (_, text) in (of_itself or {}).items():
        annotations[f"{key}_"] = Any
        namespace[f"{key}_"] = strawberry.field(
            name=key, default=strawberry.UNSET, description=text
        )
    made = types.new_class(name, (), {}, lambda body: body.update(namespace))
    itself["Self"] = strawberry.input(made, name=name, description=description)
    for made_field in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]  # Strawberry sets it
        # A class can be named as a type only once it is there.
        if of_itself and made_field.graphql_name in of_itself:
            annotation = of_itself[made_field.graphql_name][0]
            made_field.type_annotation = StrawberryAnnotation(annotation, namespace=itself)
    return made
