"""What the doors of a running server lead to, and how a request finds it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from graphql import GraphQLSchema, print_schema
from starlette.types import Scope

from gridql.access.tokens import Actors
from gridql.graph.context import Services
from gridql.graph.executor import Engine


class Parts:
    """What one process serves from; made at start and kept in the application's state."""

    engine: Engine
    sdl: str

    def __init__(
        self,
        schema: GraphQLSchema,
        actors: Actors,
        services: Services,
        tasks: Sequence[asyncio.Task[None]] = (),
    ) -> None:
        self.actors = actors
        self.services = services
        self._tasks = tasks
        self.serve(schema)

    def serve(self, schema: GraphQLSchema) -> None:
        """Answer from `schema` from now on; what is under way ends with the one it began with."""
        self.engine = Engine(schema)
        self.sdl = print_schema(schema)

    @property
    def following(self) -> bool:
        """Whether everything that has to run beside the requests still does."""
        return not any(task.done() for task in self._tasks)


def parts_of(scope: Scope) -> Parts:
    """The parts of the application that this request came to."""
    found: Parts = scope["state"]["parts"]
    return found
