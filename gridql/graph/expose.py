"""Types over tables: `@expose(models.Hazard)` and the fields that such a type can have."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case
from tortoise.models import Model

from gridql.errors import Misuse
from gridql.graph.compiler import READS, Reads, exposed_of, is_exposed
from gridql.graph.connection import connection_of, page_arguments
from gridql.graph.enums import graphql_enum
from gridql.graph.exposed import Exposed, Order
from gridql.graph.filters import Test, filter_type
from gridql.graph.kinds import Column, Kind, column, target_of
from gridql.graph.node import Node
from gridql.graph.reads import (
    ReadColumn,
    ReadComputed,
    ReadId,
    ReadList,
    ReadMember,
    ReadOne,
    ReadOneOf,
    ReadPage,
    ReadText,
)
from gridql.graph.scalars import Lang

T = TypeVar("T", bound=type)


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

    return Declared(read, description, list[target])  # type: ignore[valid-type]


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


def of_member(attribute: str, member: str, description: str) -> Any:
    """A member of the JSON object in a column."""
    return Declared(lambda model: ReadMember(column(model, attribute), member), description)


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
class Listing:
    """How the rows of a type are listed: attributes to filter by, keys to order by."""

    filters: Sequence[str] = ()
    orders: Sequence[str] = ()
    default: Sequence[str] = ()
    """Of the orders, as the enum has them (`REPORTED_AT_DESC`); by id unless given."""
    code: str | None = None
    """The attribute that `under` looks at; `grid_id` where there is one, unless given."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Types of foreign keys that are not called like their model."""
    blind: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Filters over sealed columns: the attribute of the blind index, and the sealed column."""


def expose(
    model: type[Model], listing: Listing | None = None, *, where: str | None = None
) -> Callable[[T], T]:
    """Make the class below a GraphQL type over `model`.

    Its docstring is the type's description. A field annotated `auto` has the type and description
    of the column that it is named after; every other says how it is read. `where` is a condition
    on all rows, with `{row}` for the table.
    """

    def decorate(cls: T) -> T:
        cls.__exposed__ = _exposed(cls.__name__, model, listing or Listing(), where)  # type: ignore[attr-defined]
        cls.__model__ = model  # type: ignore[attr-defined]
        annotations = inspect.get_annotations(cls)
        fields = {
            name: _field(cls, model, name, annotation, cls.__dict__.get(name))
            for name, annotation in annotations.items()
        }
        if issubclass(cls, Node):
            fields = {"id": _node_id(), **fields}
        return _typed(cls, fields)

    return decorate


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of the SELECT below a statistic."""

    kind: Kind
    description: str


def figure(kind: Kind, description: str) -> Any:
    """A column, never null, of the SELECT below a statistic; called like the field."""
    return Figure(kind, description)


def figures(cls: T) -> T:
    """Make the class below a GraphQL type over a SELECT, whose first column is `code`.

    The SELECT itself has to count only what the caller sees.
    """
    key = Column("code", Kind.TEXT, False, "", str)
    cls.__exposed__ = Exposed(cls.__name__, None, "", key, None, None)  # type: ignore[attr-defined]
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
    model = target.__model__  # type: ignore[attr-defined]
    for name, declared in fields.items():
        if declared.annotation is None:
            raise Misuse(f"{target.__name__}.{name} does not say its type")
        made = _field(target, model, name, None, declared)
        made.python_name = name
        made.origin = target
        target.__strawberry_definition__.fields.append(made)  # type: ignore[attr-defined]


def exposed_type(target: type) -> Exposed:
    """What an exposed class shows; Misuse for another."""
    exposed: Exposed | None = getattr(target, "__exposed__", None)
    if exposed is None:
        raise Misuse(f"{target.__name__} is not exposed")
    return exposed


def exposed_models(schema: GraphQLSchema) -> dict[str, type[Model]]:
    """The model behind each type of the schema that is over a table."""
    exposed = [
        exposed_of(of)
        for of in schema.type_map.values()
        if isinstance(of, GraphQLObjectType) and is_exposed(of)
    ]
    return {each.name: each.model for each in exposed if each.model is not None}


def _leads_here(model: type[Model], target: Exposed, relation: str | None) -> str:
    if relation is None or target.model is None:
        raise Misuse(f"no relation from {target.name} to {model.__name__} is named")
    return f"{{target}}.{column(target.model, f'{relation}_id').name}={{row}}.{_key(model).name}"


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
        description=Node.__strawberry_definition__.fields[0].description,  # type: ignore[attr-defined]
        metadata={READS: ReadId()},
    )


def _type_of(found: Column) -> Any:
    of = found.python_type
    if isinstance(of, type) and issubclass(of, Enum):
        of = graphql_enum(of)
    return of | None if found.nullable else of


def _key(model: type[Model]) -> Column:
    return column(model, model._meta.pk_attr)


def _exposed(name: str, model: type[Model], listing: Listing, where: str | None) -> Exposed:
    code = listing.code or ("grid_id" if "grid" in model._meta.fields_map else None)
    tests = {
        to_camel_case(attribute): _test(model, listing, attribute) for attribute in listing.filters
    }
    orders = {}
    for attribute in listing.orders:
        key = column(model, attribute)
        if key.nullable and key.kind is not Kind.MOMENT:
            raise Misuse(f"{name} cannot be ordered by {attribute}: it may be null")
        orders[f"{attribute.upper()}_ASC"] = Order(key, descending=False)
        orders[f"{attribute.upper()}_DESC"] = Order(key, descending=True)
    return Exposed(
        name=name,
        model=model,
        table=model._meta.db_table,
        key=_key(model),
        where=where,
        code=column(model, code) if code else None,
        tests=tests,
        orders=orders,
        default_order=tuple(listing.default),
        filter_type=filter_type(name, tests, under=code is not None) if tests or code else None,
        order_type=_order_type(name, orders) if orders else None,
    )


def _test(model: type[Model], listing: Listing, attribute: str) -> Test:
    if attribute in listing.blind:
        index, sealed = listing.blind[attribute]
        return Test(column(model, index), blind=(model._meta.db_table, sealed))
    referred = listing.references.get(attribute) or target_of(model, attribute)
    return Test(column(model, attribute), refers_to=referred)


def _order_type(name: str, orders: Mapping[str, Order]) -> type[Enum]:
    made = Enum(f"{name}Order", {key: key for key in orders})  # type: ignore[misc]
    made.__doc__ = (
        f"Orders of a list of {name}; what is equal in one is ordered by the next, then by id."
    )
    return graphql_enum(made)  # type: ignore[no-any-return]
