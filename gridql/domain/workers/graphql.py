"""Grid workers in the graph."""

from __future__ import annotations

import strawberry
from strawberry import auto

from gridql.domain.areas.graphql import Grid
from gridql.domain.workers import models
from gridql.graph.connection import Connection
from gridql.graph.expose import expose, extend
from gridql.graph.fields import many, one
from gridql.graph.listing import Listing
from gridql.graph.node import Node
from gridql.graph.roots import by_id, page_of


@expose(models.GridWorker, Listing(filters=("kind", "duty", "active", "grid_id")))
class GridWorker(Node):
    """Somebody who works a grid: visits homes, inspects places, reports hazards."""

    name: auto
    kind: auto
    duty: auto
    active: auto
    grid: Grid = one("grid")


extend(Grid, workers=many(GridWorker, "grid", description="Who works the grid."))


@strawberry.type
class Query:
    grid_worker: GridWorker | None = by_id(GridWorker, "The grid worker with that id.")
    grid_workers: Connection[GridWorker] = page_of(GridWorker, "Grid workers.")
