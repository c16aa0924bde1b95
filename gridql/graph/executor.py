"""From a request to the bytes of its response: documents, execution, subscriptions."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_variable_values,
    parse,
    subscribe,
    validate,
)
from graphql.execution.values import VariableValues
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gridql.errors import ReadTimeout, ReadTooComplex, Refusal
from gridql.graph.context import Context
from gridql.graph.direct import Direct, direct
from gridql.graph.limits import Limits, Measured, exceeded, measure
from gridql.graph.lru import Cache
from gridql.graph.refusals import too_much

log = logging.getLogger("gridql.graph")

DOCUMENTS = 4_000_000
"""Characters of all documents that are kept parsed."""

LONGEST_DOCUMENT = 60_000
"""Characters: what the limit of tokens leaves room for, without padding."""

MOST_VARIABLE_ERRORS = 50
"""Faults of the variables that one response lists."""


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """One GraphQL response, ready to be sent."""

    body: bytes
    is_request_error: bool = False
    """Whether nothing was executed: the response has no `data` at all."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that can be executed, but for its variables."""

    document: DocumentNode
    definition: OperationDefinitionNode
    measured: Measured
    direct: Direct | None

    @property
    def kind(self) -> OperationType:
        """Whether it reads, writes or follows."""
        return self.definition.operation


@dataclass(frozen=True, slots=True)
class Document:
    """The operations of a valid document, by name."""

    operations: Mapping[str | None, Operation]

    def operation(self, name: str | None) -> Operation | None:
        """The operation of that name; without a name, the only one there is."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        return self.operations.get(name)


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


class Engine:
    """Executes requests against one schema; the documents that it has seen are kept parsed."""

    def __init__(self, schema: GraphQLSchema, limits: Limits | None = None) -> None:
        self.schema = schema
        self.limits = limits or Limits()
        self.documents: Cache[str, Document] = Cache(DOCUMENTS)

    def document(self, query: str) -> Document | list[GraphQLError]:
        """The document, parsed and valid, or everything that is wrong with it."""
        known = self.documents.get(query)
        if known is not None:
            return known
        if len(query) > LONGEST_DOCUMENT:
            return [too_much("characters", len(query), LONGEST_DOCUMENT)]
        try:
            syntax = parse(query, max_tokens=self.limits.tokens)
            # Measured first: what asks too much is not worth the longer look.
            measured = measure(self.schema, syntax)
            errors = [
                error
                for operation in measured.values()
                for error in exceeded(operation, self.limits)
            ] or validate(self.schema, syntax)
        except GraphQLError as error:
            return [error]
        except RecursionError:
            return [GraphQLError("The document is nested too deeply.")]
        if errors:
            return errors
        document = Document(self._operations(syntax, measured))
        # Short ones weigh something too: the tree is larger than its text.
        self.documents.put(query, document, len(query) + 500)
        return document

    def _operations(
        self, syntax: DocumentNode, measured: Mapping[str | None, Measured]
    ) -> dict[str | None, Operation]:
        fragments = {
            node.name.value: node
            for node in syntax.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        operations = {}
        for node in syntax.definitions:
            if isinstance(node, OperationDefinitionNode):
                name = node.name.value if node.name else None
                through = direct(self.schema, fragments, node)
                operations[name] = Operation(syntax, node, measured[name], through)
        return operations

    def operation(self, request: Request) -> Operation | Result:
        """The operation that is asked for, or the response that says why there is none."""
        document = self.document(request.query)
        if isinstance(document, list):
            return refused(document)
        name = request.operation_name
        operation = document.operation(name)
        if operation is None:
            text = (
                f"There is no operation named {name!r} in the document."
                if name
                else "The document has several operations: name one in `operationName`."
            )
            return refused([GraphQLError(text)])
        return operation

    def _variables(
        self, operation: Operation, request: Request
    ) -> tuple[VariableValues, int] | Result:
        """The request's variables, coerced, and what the operation costs with them."""
        declared = operation.definition.variable_definitions or ()
        variables = get_variable_values(
            self.schema, declared, request.variables, max_errors=MOST_VARIABLE_ERRORS
        )
        if isinstance(variables, list):
            return refused(variables)
        cost = operation.measured.cost.of(variables.coerced)
        if cost > self.limits.cost:
            return refused([too_much("cost", cost, self.limits.cost)])
        return variables, cost

    async def execute(
        self, request: Request, context: Context, *, allow: frozenset[OperationType]
    ) -> Result:
        """Execute a query or mutation."""
        operation = self.operation(request)
        if isinstance(operation, Result):
            return operation
        if operation.kind not in allow:
            return refused([GraphQLError(f"A {operation.kind.value} cannot be sent this way.")])
        given = self._variables(operation, request)
        if isinstance(given, Result):
            return given
        variables, cost = given
        if operation.direct is not None:
            outcome = await operation.direct.execute(variables, context)
        else:
            outcome = await self._execute(operation, request, context)
        return _response(outcome, context, cost)

    async def _execute(
        self, operation: Operation, request: Request, context: Context
    ) -> ExecutionResult:
        executor = Executor.build(
            self.schema,
            operation.document,
            context_value=context,
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
        )
        assert not isinstance(executor, list)  # the variables were coerced once before
        outcome: Any = executor.execute_operation()
        result: ExecutionResult = await outcome if executor.is_awaitable(outcome) else outcome
        return result

    async def subscribe(
        self, request: Request, context: Context
    ) -> Result | AsyncGenerator[Result]:
        """Start a subscription: its responses as they come, or the one that says why not."""
        operation = self.operation(request)
        if isinstance(operation, Result):
            return operation
        if operation.kind is not OperationType.SUBSCRIPTION:
            return refused([GraphQLError(f"This is a {operation.kind.value}.")])
        given = self._variables(operation, request)
        if isinstance(given, Result):
            return given
        stream: Any = subscribe(
            self.schema,
            operation.document,
            context_value=context,
            variable_values=request.variables,
            operation_name=request.operation_name,
            executor_class=Executor,
        )
        if not hasattr(stream, "__aiter__"):
            stream = stream if isinstance(stream, ExecutionResult) else await stream
        if isinstance(stream, ExecutionResult):
            return refused([_shown(error, context) for error in stream.errors or ()])
        return _responses(stream, context)


async def _responses(stream: Any, context: Context) -> AsyncGenerator[Result]:
    try:
        async for outcome in stream:
            yield _response(outcome, context)
    finally:
        await stream.aclose()


def refused(errors: Sequence[GraphQLError]) -> Result:
    """The response to a request of which nothing was executed."""
    return Result(orjson.dumps({"errors": [error.formatted for error in errors]}), True)


def _response(outcome: ExecutionResult, context: Context, cost: int | None = None) -> Result:
    response: dict[str, Any] = {}
    if outcome.errors:
        response["errors"] = [_shown(error, context).formatted for error in outcome.errors]
    response["data"] = outcome.data
    if cost is not None:
        response["extensions"] = {"cost": cost}
    return Result(orjson.dumps(response))


def _shown(error: GraphQLError, context: Context) -> GraphQLError:
    """The error as the caller may see it: what they can mend as it is, a bug masked and logged."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return error
    if isinstance(cause, Refusal):
        fault = cause.faults[0]
        return _located(error, fault.message(context.lang), {"code": fault.code.value})
    if isinstance(cause, ReadTimeout):
        text = {
            "zh": "查询超时，已取消。请缩小范围后重试。",
            "en": "This took too long and was cancelled. Ask for less at a time.",
        }
        return _located(error, text[context.lang], {"code": "TIMEOUT"})
    if isinstance(cause, ReadTooComplex):
        text = {
            "zh": "查询嵌套过深或过长，请拆成几次查询。",
            "en": "This is nested too deeply, or too long: ask for it in parts.",
        }
        return _located(error, text[context.lang], {"code": "LIMIT_EXCEEDED"})
    log.error("request %s: %s", context.request_id, error, exc_info=cause)
    text = {
        "zh": f"服务器内部错误，请提供请求编号 {context.request_id}。",
        "en": f"Something went wrong here. Please quote request {context.request_id}.",
    }
    return _located(error, text[context.lang], {"requestId": context.request_id})


def _located(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, extensions=extensions
    )
