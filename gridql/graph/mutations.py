"""Fields that do something, and what every mutation does around its one action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLSchema, get_named_type
from strawberry.types.info import Info

from gridql.errors import Refusal
from gridql.graph.context import Context
from gridql.graph.ids import decode_id
from gridql.graph.kinds import Kind
from gridql.graph.problems import Problem, problems_of

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

NO_SUCH_KEY = 0
"""No row has this number: an id of another type reads as one that does not exist."""


def mutation(description: str) -> Callable[[F], F]:
    """Make a resolver a field of Mutation; Strawberry's own decorator hides the types."""
    made: Callable[[F], F] = strawberry.mutation(description=description)
    return made


def describe_inputs(schema: GraphQLSchema) -> None:
    """Let the one argument of each mutation say what its type says."""
    root = schema.mutation_type
    for field in root.fields.values() if root is not None else ():
        for argument in field.args.values():
            argument.description = argument.description or get_named_type(argument.type).description


async def attempt(info: Info[Context, Any], action: Awaitable[T]) -> tuple[T | None, list[Problem]]:
    """Run an action: what it gives, or the problems for which it was refused."""
    try:
        outcome = await action
    except Refusal as refusal:
        return None, problems_of(refusal.faults, info.context.lang)
    # What it wrote is committed; followers need not wait for the next poll.
    info.context.services.tail.wake()
    return outcome, []


def given(global_id: str | None, type_name: str) -> int | None:
    """The number in an optional id; one that no row has where the id is not of that type."""
    if global_id is None:
        return None
    key = decode_id(type_name, Kind.INTEGER, global_id)
    return NO_SUCH_KEY if key is None else int(key)
