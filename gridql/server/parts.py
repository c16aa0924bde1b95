"""What the doors of a running server lead to, and how a request finds it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence

from graphql import GraphQLError, GraphQLSchema, print_schema
from starlette.types import Scope

from gridql.access.tokens import Actors
from gridql.graph.context import Services
from gridql.graph.executor import Engine
from gridql.graph.refusals import too_much

log = logging.getLogger("gridql.server")


class Parts:
    """What one process serves from; made at start and kept in the application's state."""

    engine: Engine
    sdl: str
    unfit: Sequence[str]
    """The trusted documents that do not fit the schema, each with the reason."""

    def __init__(
        self,
        schema: GraphQLSchema,
        actors: Actors,
        services: Services,
        tasks: Sequence[asyncio.Task[None]] = (),
        make_engine: Callable[[GraphQLSchema], Engine] = Engine,
    ) -> None:
        self.actors = actors
        self.services = services
        self._tasks = tasks
        self._make_engine = make_engine
        self._use(schema)

    def serve(self, schema: GraphQLSchema) -> None:
        """Answer from `schema` from now on; what is under way ends with the one it began with.

        Trusted documents that do not fit it are logged, and refused when they are asked for.
        """
        self._use(schema)
        for fault in self.unfit:
            log.error("a trusted document does not fit the schema: %s", fault)

    def _use(self, schema: GraphQLSchema) -> None:
        self.engine = self._make_engine(schema)
        self.sdl = print_schema(schema)
        self.unfit = list(_unfit(self.engine))

    @property
    def following(self) -> bool:
        """Whether everything that has to run beside the requests still does."""
        return not any(task.done() for task in self._tasks)


def _unfit(engine: Engine) -> Iterator[str]:
    trusted = engine.trusted.documents if engine.trusted else {}
    for document_id, text in trusted.items():
        found = engine.document(text)
        if not isinstance(found, list):
            least = max(each.measured.cost.least() for each in found.operations.values())
            found = [too_much("cost", least, engine.limits.cost)]
            if least <= engine.limits.cost:
                continue
        yield f"{document_id}: {' '.join(_told(error) for error in found)}"


def _told(error: GraphQLError) -> str:
    place = error.locations[0] if error.locations else None
    return f"{error.message} (line {place.line})" if place else error.message


def parts_of(scope: Scope) -> Parts:
    """The parts of the application that this request came to."""
    found: Parts = scope["state"]["parts"]
    return found
