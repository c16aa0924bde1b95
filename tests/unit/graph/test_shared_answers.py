"""What everybody in one place is told alike must not depend on whose account it is."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLObjectType, GraphQLSchema, GraphQLUnionType, get_named_type

from gridql import schema
from gridql.access.policy import All, Any, Mine, Rows, Through, rule
from gridql.access.roles import Role
from gridql.graph.compiler import exposed_of, is_exposed


def below(built: GraphQLSchema, name: str) -> set[str]:
    """The types over tables that can be reached from one."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        of = built.type_map[waiting.pop()]
        if of.name in seen:
            continue
        seen.add(of.name)
        if isinstance(of, GraphQLUnionType):
            waiting += [each.name for each in of.types]
        elif isinstance(of, GraphQLObjectType):
            waiting += [get_named_type(field.type).name for field in of.fields.values()]
    found = (built.type_map[each] for each in seen)
    return {
        exposed_of(each).name
        for each in found
        if isinstance(each, GraphQLObjectType) and is_exposed(each)
    }


def parts(rows: Rows) -> Iterator[Rows]:
    """A predicate and all that it is made of."""
    yield rows
    match rows:
        case All(some) | Any(some):
            for each in some:
                yield from parts(each)
        case Through(_, model):
            for role in Role:
                yield from parts(rule(model).rows_for(role))


def test_nothing_below_an_event_is_seen_by_one_account_only() -> None:
    names = below(schema.build([]), "HazardEvent")

    assert {"HazardEvent", "Hazard", "Place", "Grid", "Area", "Submission"} <= names
    assert [
        (name, role)
        for name in sorted(names)
        for role in Role
        if any(isinstance(each, Mine) for each in parts(rule(name).rows_for(role)))
    ] == []


def test_what_is_seen_by_one_account_only_would_be_found() -> None:
    names = below(schema.build([]), "Webhook")

    assert any(
        isinstance(each, Mine)
        for name in names
        for role in Role
        for each in parts(rule(name).rows_for(role))
    )
