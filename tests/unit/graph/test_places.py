"""What accounts in one place are told alike is nothing that only one of them may see."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type

from gridql import hooks, schema
from gridql.access.policy import POLICY, All, Any, Mine, Rows, Through


def reached(of: object, seen: set[str]) -> set[str]:
    """The names of all types whose fields a selection on the type can ask for."""
    if isinstance(of, GraphQLUnionType):
        for member in of.types:
            reached(member, seen)
    elif isinstance(of, GraphQLObjectType) and of.name not in seen:
        seen.add(of.name)
        for field in of.fields.values():
            reached(get_named_type(field.type), seen)
    return seen


def rules(rows: Rows) -> Iterator[Rows]:
    """The predicate and all that it is made of."""
    yield rows
    if isinstance(rows, All | Any):
        for part in rows.parts:
            yield from rules(part)
    if isinstance(rows, Through):
        for below in POLICY[rows.model].rows.values():
            yield from rules(below)


def personal(name: str) -> bool:
    """Whether what is seen of the type depends on the account, and not only on its place."""
    rows = POLICY[name].rows.values() if name in POLICY else ()
    return any(isinstance(each, Mine) for of_role in rows for each in rules(of_role))


def test_events_lead_to_nothing_of_a_single_account() -> None:
    """`Audience.place` leaves the account out, so that an event is read once for all."""
    built = schema.build(hooks.discover().forms())
    of_events = reached(built.type_map["HazardEvent"], set())

    assert {"HazardEvent", "Hazard", "Place", "Grid", "Area"} <= of_events
    assert [name for name in of_events if personal(name)] == []
    assert personal("Webhook") and personal("WebhookDelivery")
