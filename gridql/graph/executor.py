"""From a request to the bytes of its response: documents, execution, subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_variable_values,
    parse,
    validate,
)
from graphql.execution.values import VariableValues

from gridql.errors import Refusal
from gridql.graph import core
from gridql.graph.context import Context
from gridql.graph.core import Executed
from gridql.graph.direct import Direct, direct
from gridql.graph.following import MOST_FEEDS, Feed, Feeds, Following
from gridql.graph.follows import Follows, follows, start_of
from gridql.graph.limits import Limits, Measured, exceeded, measure
from gridql.graph.lru import Cache
from gridql.graph.overlaps import overlapping
from gridql.graph.refusals import no_introspection, too_many_feeds, too_much
from gridql.graph.responses import Result, refused, response
from gridql.graph.trusted import TrustedDocuments, not_supported

DOCUMENTS = 32_000_000
"""Bytes, roughly, of all documents that are kept parsed."""

TOKEN = 150
"""Bytes that a token takes in a parsed document, with the node that it stands for."""

MOST_VARIABLE_ERRORS = 50
"""Faults of the variables that one response lists."""


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request: a document's text, or its id."""

    query: str | None
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that can be executed, but for its variables."""

    document: DocumentNode
    definition: OperationDefinitionNode
    measured: Measured
    direct: Direct | None
    follows: Follows | None

    @property
    def name(self) -> str | None:
        """What its document calls it."""
        return self.definition.name.value if self.definition.name else None

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


class Engine:
    """Executes requests against one schema; the documents that it has seen are kept parsed."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits | None = None,
        *,
        trusted: TrustedDocuments | None = None,
        introspection: bool = True,
        suggestions: bool = True,
    ) -> None:
        self.schema = schema
        self.limits = limits or Limits()
        self.trusted = trusted
        self.introspection = introspection
        self.hide_suggestions = not suggestions
        self.documents: Cache[str, Document] = Cache(DOCUMENTS)
        self.feeds = Feeds()

    def document(self, query: str) -> Document | list[GraphQLError]:
        """The document, parsed and valid, or everything that is wrong with it."""
        known = self.documents.get(query)
        if known is not None:
            return known
        if len(query) > self.limits.characters:
            return [too_much("characters", len(query), self.limits.characters)]
        try:
            syntax = parse(query, max_tokens=self.limits.tokens)
            tokens = _unlinked(syntax)
            # Measured first: what asks too much is not worth the longer look.
            measured = measure(self.schema, syntax)
            errors = [
                error
                for operation in measured.values()
                for error in exceeded(operation, self.limits)
            ]
            errors = errors or overlapping(syntax)
            if not self.introspection and any(each.introspects for each in measured.values()):
                errors.append(no_introspection())
            errors = errors or validate(self.schema, syntax, hide_suggestions=self.hide_suggestions)
        except GraphQLError as error:
            most = self.limits.tokens
            # graphql-core stops there, and says so in words only.
            if error.message.endswith(f"contains more than {most} tokens. Parsing aborted."):
                return [too_much("tokens", most + 1, most)]
            return [error]
        except RecursionError:
            return [GraphQLError("The document is nested too deeply.")]
        if errors:
            return errors
        document = Document(self._operations(syntax, measured))
        self.documents.put(query, document, len(query) + tokens * TOKEN)
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
                operations[name] = Operation(
                    syntax,
                    node,
                    measured[name],
                    direct(self.schema, fragments, node),
                    follows(self.schema, fragments, node),
                )
        return operations

    def operation(self, request: Request) -> Operation | Result:
        """The operation that is asked for, or the response that says why there is none."""
        text = self._text(request)
        document = self.document(text) if isinstance(text, str) else [text]
        if isinstance(document, list):
            return refused(document)
        name = request.operation_name or None
        operation = document.operation(name)
        if operation is None:
            text = (
                f"There is no operation named {name!r} in the document."
                if name
                else "The document has several operations: name one in `operationName`."
            )
            return refused([GraphQLError(text)])
        return operation

    def _text(self, request: Request) -> str | GraphQLError:
        if self.trusted is not None:
            return self.trusted.document(request.query, request.document_id)
        return not_supported() if request.query is None else request.query

    def _variables(
        self, operation: Operation, request: Request
    ) -> tuple[VariableValues, int] | Result:
        """The request's variables, coerced, and what the operation costs with them."""
        declared = operation.definition.variable_definitions or ()
        variables = get_variable_values(
            self.schema,
            declared,
            request.variables,
            max_errors=MOST_VARIABLE_ERRORS,
            hide_suggestions=self.hide_suggestions,
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
            outcome = await core.execute(
                self.schema, operation.document, request.variables, operation.name, context
            )
        return response(outcome, context, cost)

    def feed(self, request: Request, context: Context) -> Feed | Result:
        """What a subscription to the journal says of each entry, or the response that says why not.

        The same one for all who ask the same operation in one place, as long as anybody holds it.
        """
        asked = self._asked(request)
        if isinstance(asked, Result):
            return asked
        operation, variables = asked
        if operation.follows is None:
            return refused([GraphQLError("This does not follow the journal.")])
        return self.feeds.of(operation.follows, variables, request.variables, context)

    async def follow(
        self, request: Request, context: Context, resume: str | None = None
    ) -> Result | Following | Executed:
        """Start a subscription: its responses as they come, or the one that says why not.

        One to the journal begins behind the cursor `resume`, where that is given.
        """
        asked = self._asked(request)
        if isinstance(asked, Result):
            return asked
        operation, variables = asked
        followed = operation.follows
        if followed is None:
            return await core.follow(
                self.schema, operation.document, request.variables, operation.name, context
            )
        try:
            after = await start_of(followed, variables, context, resume)
        except (Refusal, GraphQLError) as error:
            return refused([followed.error(error, context)])
        feed = self.feeds.of(followed, variables, request.variables, context)
        if not self.feeds.admit(context.actor.account_id, feed):
            return refused([too_many_feeds(MOST_FEEDS)])
        return Following(feed, context.services.tail, after)

    def _asked(self, request: Request) -> Result | tuple[Operation, VariableValues]:
        operation = self.operation(request)
        if isinstance(operation, Result):
            return operation
        if operation.kind is not OperationType.SUBSCRIPTION:
            return refused([GraphQLError(f"This is a {operation.kind.value}.")])
        given = self._variables(operation, request)
        return given if isinstance(given, Result) else (operation, given[0])


def _unlinked(syntax: DocumentNode) -> int:
    """Take the tokens apart, and count them: each knows its neighbours, and nobody asks for those.

    A cycle through every token would keep what is evicted, or refused, until a collection.
    """
    count = 0
    token = syntax.loc.start_token if syntax.loc else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token, count = following, count + 1
    return count
