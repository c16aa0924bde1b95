"""Operations that only read: their root fields are called without an executor between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    is_non_null_type,
    located_error,
)
from graphql.execution.values import VariableValues

from gridql.graph.call import Call
from gridql.graph.context import Context
from gridql.graph.roots import Answer, ReadField, Resolve


@dataclass(frozen=True, slots=True)
class DirectField:
    """A root field that can be called directly."""

    key: str
    definition: GraphQLField
    nodes: Sequence[FieldNode]
    resolve: Resolve


@dataclass(frozen=True, slots=True)
class Direct:
    """An operation all of whose root fields can be called directly."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    fields: Sequence[DirectField]

    async def execute(self, variables: VariableValues, context: Context) -> ExecutionResult:
        """What graphql-core's executor would give, with the JSON of each field as it was read.

        But for this: where a field that may not be null fails, the executor leaves it at that; here
        the others are still asked, and all faults come together.
        """
        calls = [
            field.resolve(
                Call(
                    self.schema, self.fragments, field.definition, field.nodes, variables, context
                ),
                None,
            )
            for field in self.fields
        ]
        if len(calls) == 1:  # a task would cost more than what it runs beside
            return _result(self.fields, [await _attempt(calls[0])])
        return _result(self.fields, await asyncio.gather(*map(_attempt, calls)))


def direct(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
) -> Direct | None:
    """The operation to be executed directly; None for one that takes an executor."""
    if operation.operation is not OperationType.QUERY or schema.query_type is None:
        return None
    found = root_fields(operation, fragments)
    if found is None:
        return None
    fields = [_field(schema.query_type, key, nodes) for key, nodes in found.items()]
    known = [field for field in fields if field is not None]
    return Direct(schema, fragments, known) if len(known) == len(fields) else None


def root_fields(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> dict[str, list[FieldNode]] | None:
    """The fields at an operation's root by response key; None where some depend on variables."""
    found: dict[str, list[FieldNode]] = {}
    return found if _collect(operation.selection_set, fragments, found, set()) else None


def _collect(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    found: dict[str, list[FieldNode]],
    seen: set[str],
) -> bool:
    """Gather the root fields by response key; False where some depend on the variables."""
    for node in selections.selections:
        if node.directives:
            return False
        if isinstance(node, FieldNode):
            found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            continue
        # The root is in no interface and in no union: every condition on it names it.
        if isinstance(node, InlineFragmentNode):
            below = node.selection_set
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            below = fragments[node.name.value].selection_set
        else:
            continue
        if not _collect(below, fragments, found, seen):
            return False
    return True


def _field(root: GraphQLObjectType, key: str, nodes: Sequence[FieldNode]) -> DirectField | None:
    definition = root.fields.get(nodes[0].name.value)
    read = definition and definition.extensions.get("strawberry-definition")
    if definition is None or not isinstance(read, ReadField) or read.extensions:
        return None
    return DirectField(key, definition, nodes, read.resolve)


async def _attempt(call: Awaitable[Answer]) -> Answer | Exception:
    try:
        return await call
    except Exception as error:  # of one field: the others are answered all the same
        return error


def _result(
    fields: Sequence[DirectField], answers: Sequence[Answer | Exception]
) -> ExecutionResult:
    data: dict[str, Any] | None = {}
    errors: list[GraphQLError] = []
    for field, answer in zip(fields, answers, strict=True):
        required = is_non_null_type(field.definition.type)
        if answer is None and required:
            answer = TypeError(f"{field.key} found nothing, and may not be null")
        if isinstance(answer, Exception):
            errors.append(located_error(answer, field.nodes, [field.key]))
            answer = None
            if required:
                data = None
        if data is not None:
            data[field.key] = None if answer is None else orjson.Fragment(answer)
    return ExecutionResult(data, errors or None)
