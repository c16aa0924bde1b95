"""What graphql-core executes: operations that are more than reads, and subscriptions of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, subscribe
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gridql.graph.context import Context
from gridql.graph.following import Seat
from gridql.graph.responses import Result, refused, response, shown


class Executor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which lets JSON from the database through as it is."""

    def complete_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if type(result) is orjson.Fragment:
            return result
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )


class Executed:
    """A subscription that graphql-core executes, event by event."""

    position: int | None = None
    """It has none: its events are not those of the journal."""

    def __init__(self, stream: Any, context: Context) -> None:
        self._stream = stream
        self._context = context

    async def results(self, seat: Seat | None = None) -> AsyncGenerator[Result]:
        """The responses to all events, as they come; nothing is told at the seat."""
        try:
            async for outcome in self._stream:
                yield response(outcome, self._context)
        finally:
            await self._stream.aclose()


async def execute(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, Any],
    name: str | None,
    context: Context,
) -> ExecutionResult:
    """Execute the operation of that name, whose variables were found to be right before."""
    executor = Executor.build(
        schema,
        document,
        context_value=context,
        raw_variable_values=dict(variables),
        operation_name=name,
    )
    assert not isinstance(executor, list)  # the variables were coerced once before
    outcome: Any = executor.execute_operation()
    result: ExecutionResult = await outcome if executor.is_awaitable(outcome) else outcome
    return result


async def follow(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, Any],
    name: str | None,
    context: Context,
) -> Result | Executed:
    """Start the subscription of that name; or the response that says why not."""
    stream: Any = subscribe(
        schema,
        document,
        context_value=context,
        variable_values=dict(variables),
        operation_name=name,
        executor_class=Executor,
    )
    if not hasattr(stream, "__aiter__"):
        stream = stream if isinstance(stream, ExecutionResult) else await stream
    if isinstance(stream, ExecutionResult):
        return refused([shown(error, context) for error in stream.errors or ()])
    return Executed(stream, context)
