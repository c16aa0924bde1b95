"""The fields that a type over a table can have, as its class declares them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from tortoise.models import Model

from gridql.errors import Misuse
from gridql.graph.compiler import Reads
from gridql.graph.connection import connection_of, page_arguments
from gridql.graph.exposed import Exposed
from gridql.graph.kinds import Kind, column, key_of
from gridql.graph.reads import (
    ReadColumn,
    ReadComputed,
    ReadList,
    ReadOne,
    ReadOneOf,
    ReadPage,
    ReadText,
)
from gridql.graph.scalars import Lang


@dataclass(frozen=True, slots=True)
class Declared:
    """A field as a class declares it, before its model is known."""

    read: Callable[[type[Model]], Reads]
    description: str | None = None
    annotation: Any = None
    """Stands for what is written in the class, where that is for readers only."""
    arguments: Sequence[StrawberryArgument] = ()

    def of(self, annotation: Any) -> Declared:
        """The same with its type, for `extend`, where no class says it."""
        return replace(self, annotation=annotation)


def one(relation: str, description: str | None = None) -> Any:
    """The row that the foreign key `relation` leads to; null where the caller does not see it."""
    return Declared(lambda model: ReadOne(column(model, f"{relation}_id").name), description)


def many(
    target: type, relation: str | None = None, *, on: str | None = None, description: str
) -> Any:
    """A connection to the rows of `target` whose foreign key `relation` leads here.

    Instead of a relation `on` may give the condition, with `{row}` for the row here and
    `{target}` for the rows there.
    """
    exposed = exposed_type(target)

    def read(model: type[Model]) -> Reads:
        return ReadPage(on or _leads_here(model, exposed, relation))

    return Declared(read, description, connection_of(target), page_arguments(exposed))


def listing(
    target: type,
    relation: str | None = None,
    *,
    on: str | None = None,
    order: str = "{target}.id",
    description: str,
) -> Any:
    """All rows of `target` that belong here, as a plain list: for a few, never for many."""
    exposed = exposed_type(target)

    def read(model: type[Model]) -> Reads:
        return ReadList(on or _leads_here(model, exposed, relation), order)

    return Declared(read, description, list[target])  # type: ignore[valid-type]  # made while the program runs


def one_of(relations: Mapping[str, str], description: str) -> Any:
    """A union: for each type the foreign key that leads to it; the first that is set counts."""

    def read(model: type[Model]) -> Reads:
        return ReadOneOf(
            {name: ReadOne(column(model, attribute).name) for name, attribute in relations.items()}
        )

    return Declared(read, description)


def of_column(attribute: str, description: str | None = None) -> Any:
    """A column under another name than its own."""
    return Declared(lambda model: ReadColumn(column(model, attribute)), description)


def in_language(attribute: str, description: str | None = None, *, document: bool = False) -> Any:
    """A column that holds `{"zh": …, "en": …}`, in the language asked for.

    With `document` each language has a whole JSON document, without it a text.
    """
    argument = StrawberryArgument(
        python_name="lang",
        graphql_name=None,
        type_annotation=StrawberryAnnotation(Lang | None),
        description="The language; the caller's own (Accept-Language) unless given.",
        default=strawberry.UNSET,
    )
    return Declared(
        lambda model: ReadText(column(model, attribute), document),
        description,
        arguments=(argument,),
    )


def reading(read: Reads, description: str) -> Any:
    """A field that is read in a way of its own."""
    return Declared(lambda model: read, description)


def computed(needs: Sequence[str], compute: Callable[..., Any], description: str) -> Any:
    """A value that `compute` makes of the named columns of the same row.

    It is handed datetimes, dates and UUIDs as such, and gives something that JSON can hold.
    """
    return Declared(
        lambda model: ReadComputed([column(model, need) for need in needs], compute), description
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of the SELECT below a statistic."""

    kind: Kind
    description: str


def figure(kind: Kind, description: str) -> Any:
    """A column, never null, of the SELECT below a statistic; called like the field."""
    return Figure(kind, description)


def exposed_type(target: type) -> Exposed:
    """What an exposed class shows; Misuse for another."""
    exposed: Exposed | None = getattr(target, "__exposed__", None)
    if exposed is None:
        raise Misuse(f"{target.__name__} is not exposed")
    return exposed


def _leads_here(model: type[Model], target: Exposed, relation: str | None) -> str:
    if relation is None or target.model is None:
        raise Misuse(f"no relation from {target.name} to {model.__name__} is named")
    return f"{{target}}.{column(target.model, f'{relation}_id').name}={{row}}.{key_of(model).name}"
