"""How the rows of a type are listed: what they can be filtered and ordered by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from strawberry.utils.str_converters import to_camel_case
from tortoise.models import Model

from gridql.errors import Misuse
from gridql.graph.enums import graphql_enum
from gridql.graph.exposed import Exposed, Order
from gridql.graph.filters import Test, filter_type
from gridql.graph.kinds import Kind, column, key_of, target_of
from gridql.words import Word


class ListOrder(Word):
    """The orders of a list: unlike other values, they shape its statement."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A filter by a column of the row itself or of rows of another table, whichever has it."""

    attribute: str
    """Of the row itself; its column is called alike in the other table."""
    table: str
    reference: str
    """The column by which that table leads here."""
    description: str


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
    shared: Mapping[str, Shared] = field(default_factory=dict)
    """Filters that look into another table as well."""


def exposed(name: str, model: type[Model], listing: Listing, where: str | None) -> Exposed:
    """What a type of that name shows of the model, and how its rows are listed."""
    code = listing.code or ("grid_id" if "grid" in model._meta.fields_map else None)
    tests = {
        to_camel_case(attribute): _test(model, listing, attribute) for attribute in listing.filters
    }
    for filtered, shared in listing.shared.items():
        own = replace(column(model, shared.attribute), description=shared.description)
        tests[filtered] = Test(own, elsewhere=(shared.table, shared.reference))
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
        key=key_of(model),
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
    words = {key: (key, _in_words(order)) for key, order in orders.items()}
    made: Any = ListOrder(f"{name}Order", words)  # type: ignore[arg-type]  # members as pairs
    made.__doc__ = f"Orders of a list of {name}: what is equal in one is ordered by the next."
    return graphql_enum(made)  # type: ignore[no-any-return]  # Strawberry gives back what it gets


def _in_words(order: Order) -> str:
    name = to_camel_case(order.column.name)
    if words := order.column.words:
        return f"By {name}: {', '.join(reversed(words) if order.descending else words)}."
    first = "greatest or latest" if order.descending else "least or earliest"
    unset = ""
    if order.column.nullable:
        unset = ", what is not set before all" if order.descending else ", what is not set last"
    return f"By {name}, {first} first{unset}."
