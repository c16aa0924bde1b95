"""One request's ask for one read field: where it stands, with which variables, for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_argument_values,
)
from graphql.execution.values import VariableValues

if TYPE_CHECKING:
    from gridql.graph.context import Context


@dataclass(frozen=True, slots=True)
class Call:
    """What a read field's answer is made of; the nodes are all those of one response key."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    definition: GraphQLField
    nodes: Sequence[FieldNode]
    variables: VariableValues
    context: Context

    @classmethod
    def of(cls, info: GraphQLResolveInfo[Any]) -> Call:
        """The call that graphql-core's executor makes."""
        # Strawberry hands its resolvers the plain values, without where they came from.
        variables = VariableValues({}, cast(dict[str, Any], info.variable_values))
        definition = info.parent_type.fields[info.field_name]
        return cls(
            info.schema, info.fragments, definition, info.field_nodes, variables, info.context
        )

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    def arguments(self) -> dict[str, Any]:
        """The field's arguments, coerced; those that are left out are absent."""
        return get_argument_values(self.definition, self.nodes[0], self.variables)
