"""What the doors of a running server lead to, and how a request finds it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from graphql import GraphQLError, GraphQLSchema, print_schema
from starlette.types import Scope

from gridql.access.tokens import Actors
from gridql.graph.context import Services
from gridql.graph.executor import Engine
from gridql.graph.refusals import too_much

log = logging.getLogger("gridql.server")


class Served:
    """A schema, with all that is made of it before a request is answered from it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.unfit: Sequence[str] = list(_unfit(engine))
        """The trusted documents that do not fit the schema, each with the reason."""

    @cached_property
    def sdl(self) -> str:
        """The schema as a text, made when it is first asked for: it takes longer than the types."""
        return print_schema(self.engine.schema)


class Parts:
    """What one process serves from; made at start and kept in the application's state."""

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
        self.served = self.prepare(schema)
        self.stopping = asyncio.Event()
        """Set when the server is about to end: what would go on for ever ends then."""

    def prepare(self, schema: GraphQLSchema) -> Served:
        """All that it takes to answer from `schema`, made in whichever thread this is called in."""
        return Served(self._make_engine(schema))

    def serve(self, services: Services, served: Served) -> None:
        """Answer from these from now on; what is under way ends with those it began with.

        Trusted documents that do not fit are logged, and refused when they are asked for.
        """
        new = () if served is self.served else served.unfit
        self.services = services
        self.served = served
        for fault in new:
            log.error("a trusted document does not fit the schema: %s", fault)

    @property
    def engine(self) -> Engine:
        """What executes requests at present."""
        return self.served.engine

    @property
    def unfit(self) -> Sequence[str]:
        """The trusted documents that do not fit the present schema, each with the reason."""
        return self.served.unfit

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
