"""Types over tables: `@expose(models.Hazard)`, and what later rooms add to them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case
from tortoise.models import Model

from gridql.errors import Misuse
from gridql.graph.compiler import READS, exposed_of, is_exposed
from gridql.graph.enums import graphql_enum
from gridql.graph.exposed import Exposed
from gridql.graph.fields import Declared, Figure, reading
from gridql.graph.kinds import Column, Kind, column
from gridql.graph.listing import Listing, exposed
from gridql.graph.node import Node
from gridql.graph.reads import ReadColumn, ReadId

T = TypeVar("T", bound=type)


def expose(
    model: type[Model], listing: Listing | None = None, *, where: str | None = None
) -> Callable[[T], T]:
    """Make the class below a GraphQL type over `model`.

    Its docstring is the type's description. A field annotated `auto` has the type and description
    of the column that it is named after; every other says how it is read. `where` is a condition
    on all rows, with `{row}` for the table.
    """

    def decorate(cls: T) -> T:
        cls.__exposed__ = exposed(cls.__name__, model, listing or Listing(), where)  # type: ignore[attr-defined]  # kept with its type
        cls.__model__ = model  # type: ignore[attr-defined]  # kept with its type
        annotations = inspect.get_annotations(cls)
        fields = {
            name: _field(cls, model, name, annotation, cls.__dict__.get(name))
            for name, annotation in annotations.items()
        }
        if issubclass(cls, Node):
            fields = {"id": _node_id(), **fields}
        return _typed(cls, fields)

    return decorate


def figures(cls: T) -> T:
    """Make the class below a GraphQL type over a SELECT, whose first column is `code`.

    The SELECT itself has to count only what the caller sees.
    """
    key = Column("code", Kind.TEXT, False, "", str)
    cls.__exposed__ = Exposed(cls.__name__, None, "", key, None, None)  # type: ignore[attr-defined]  # kept with its type
    fields = {}
    for name, annotation in inspect.get_annotations(cls).items():
        declared = cls.__dict__[name]
        if isinstance(declared, Figure):
            read = ReadColumn(Column(name, declared.kind, False, "", None))
            declared = reading(read, declared.description)
        fields[name] = _field(cls, Model, name, annotation, declared)
    return _typed(cls, fields)


def _typed(cls: T, fields: Mapping[str, StrawberryField]) -> T:
    # Strawberry would resolve a field's own annotation at once, before the class has its name;
    # one of the class's it resolves when the schema is built.
    cls.__annotations__ = {}
    for name, made in fields.items():
        assert made.type_annotation is not None
        cls.__annotations__[name] = made.type_annotation.annotation
        made.type_annotation = None
        setattr(cls, name, made)
    return strawberry.type(cls, description=inspect.getdoc(cls))


def extend(target: type, **fields: Declared) -> None:
    """Add fields to a type of an earlier room, as SDL's `extend type` does.

    Strawberry has no public way for it; before the schema is built, its list of fields is open.
    """
    model = target.__model__  # type: ignore[attr-defined]  # `expose` sets it
    for name, declared in fields.items():
        if declared.annotation is None:
            raise Misuse(f"{target.__name__}.{name} does not say its type")
        made = _field(target, model, name, None, declared)
        made.python_name = name
        made.origin = target
        target.__strawberry_definition__.fields.append(made)  # type: ignore[attr-defined]  # Strawberry sets it


def exposed_models(schema: GraphQLSchema) -> dict[str, type[Model]]:
    """The model behind each type of the schema that is over a table."""
    exposed = [
        exposed_of(of)
        for of in schema.type_map.values()
        if isinstance(of, GraphQLObjectType) and is_exposed(of)
    ]
    return {each.name: each.model for each in exposed if each.model is not None}


def _field(
    cls: type, model: type[Model], name: str, annotation: Any, declared: Any
) -> StrawberryField:
    namespace = sys.modules[cls.__module__].__dict__
    if declared is None:
        found = column(model, name)
        declared = Declared(lambda _: ReadColumn(found), found.description)
        if annotation in ("auto", strawberry.auto):
            annotation = _type_of(found)
    if declared.annotation is not None:
        annotation = declared.annotation
    made = StrawberryField(
        python_name=name,
        graphql_name=to_camel_case(name.removesuffix("_")),
        type_annotation=StrawberryAnnotation(annotation, namespace=namespace),
        description=declared.description or _described(model, name),
        metadata={READS: declared.read(model)},
    )
    made.arguments = list(declared.arguments)
    return made


def _described(model: type[Model], name: str) -> str:
    known = model._meta.fields_map.get(name)
    return (known.description if known is not None else None) or ""


def _node_id() -> StrawberryField:
    return StrawberryField(
        python_name="id",
        type_annotation=StrawberryAnnotation(strawberry.ID),
        description=Node.__strawberry_definition__.fields[0].description,  # type: ignore[attr-defined]  # Strawberry sets it
        metadata={READS: ReadId()},
    )


def _type_of(found: Column) -> Any:
    of = found.python_type
    if isinstance(of, type) and issubclass(of, Enum):
        of = graphql_enum(of)
    return of | None if found.nullable else of
