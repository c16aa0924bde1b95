"""Subscriptions that follow the journal: how a room declares one, and what of it all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    located_error,
)
from graphql.execution.values import VariableValues
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from gridql.errors import Misuse
from gridql.graph.call import Call
from gridql.graph.context import Context
from gridql.graph.direct import root_fields
from gridql.graph.reader import collect_variables
from gridql.graph.responses import shown
from gridql.graph.roots import argument
from gridql.graph.scalars import Cursor
from gridql.graph.statements import Narrow, OneRow
from gridql.journal import cursor

AFTER = (
    "The cursor of the last event that you have seen: what came since follows first. "
    "From now on unless given; CURSOR_EXPIRED if the journal does not know it any more."
)


class FollowField(StrawberryField):
    """A root field of Subscription whose events are entries of the journal."""

    subject: str
    """What kind of thing the entries are about."""
    root: OneRow

    def __copy__(self) -> Self:
        copy = super().__copy__()
        copy.subject, copy.root = self.subject, self.root
        return copy

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        raise Misuse(f"{self.python_name} is followed, not called")


def followed(
    target: type, description: str, subject: str, narrow: Narrow, *arguments: StrawberryArgument
) -> Any:
    """A subscription to the entries about `subject`, shown as `target`, from a cursor on.

    `narrow` turns the field's own `arguments` into conditions. Only for a subject of which no role
    sees anything outside of its areas: other entries are passed over without being read.
    """
    field = FollowField(
        type_annotation=StrawberryAnnotation(target),
        description=description,
        is_subscription=True,
    )
    field.init = field.repr = field.compare = False
    field.subject, field.root = subject, OneRow(target.__name__, narrow)
    field.arguments = [argument("after", Cursor | None, AFTER), *arguments]
    return field


@dataclass(frozen=True, slots=True)
class Follows:
    """A subscription operation, as far as it is the same for all who send it."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    key: str
    definition: GraphQLField
    nodes: Sequence[FieldNode]
    field: FollowField
    shaping: frozenset[str]
    """The variables that its answers depend on."""

    def call(self, variables: VariableValues, context: Context) -> Call:
        """The ask for the field with these variables."""
        return Call(self.schema, self.fragments, self.definition, self.nodes, variables, context)

    def error(self, cause: Exception, context: Context) -> GraphQLError:
        """What a subscriber is told of what went wrong."""
        return shown(located_error(cause, self.nodes, [self.key]), context)


def follows(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
) -> Follows | None:
    """The operation as one that follows the journal; None for any other."""
    root = schema.subscription_type
    if operation.operation is not OperationType.SUBSCRIPTION or root is None:
        return None
    found = root_fields(operation, fragments)
    if found is None or len(found) != 1:
        return None
    [(key, nodes)] = found.items()
    definition = root.fields[nodes[0].name.value]
    field = definition.extensions.get("strawberry-definition")
    if not isinstance(field, FollowField):
        return None
    return Follows(schema, fragments, key, definition, nodes, field, _shaping(nodes, fragments))


def _shaping(
    nodes: Sequence[FieldNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> frozenset[str]:
    names: set[str] = set()
    for node in nodes:
        for given in node.arguments or ():
            if given.name.value != "after":
                collect_variables(given, fragments, names, set())
        if node.selection_set is not None:
            collect_variables(node.selection_set, fragments, names, set())
    return frozenset(names)


async def start_of(
    asked: Follows, variables: VariableValues, context: Context, resume: str | None
) -> int | None:
    """The position that a subscriber begins behind; None for the present end of the journal.

    `resume` is a cursor that stands above the argument `after`, because it is newer. Raises
    Refusal for what is no cursor, or one that is not kept any more.
    """
    after = asked.call(variables, context).arguments().get("after") if resume is None else resume
    if after is None:
        return None
    position = cursor.decode(after, "/after")
    await context.services.tail.require(position, "/after")
    return position
