"""Places in the graph."""

from __future__ import annotations

import strawberry
from strawberry import auto

from gridql.domain.areas.graphql import Grid
from gridql.domain.places import models
from gridql.graph.connection import Connection
from gridql.graph.expose import expose, extend
from gridql.graph.fields import many, of_column, one
from gridql.graph.listing import Listing
from gridql.graph.node import Node
from gridql.graph.roots import by_id, page_of
from gridql.graph.scalars import GeoJSON


@expose(models.Place, Listing(filters=("scheme", "category", "name", "grid_id")))
class Place(Node):
    """A shop, restaurant, workshop or other premises that is inspected."""

    name: auto
    scheme: auto
    category: auto
    address: auto
    location: GeoJSON | None
    responsible_person: str | None = of_column(
        "responsible_person",
        "Who answers for fire safety there; hidden from departments, partners and auditors.",
    )
    grid: Grid = one("grid")


extend(Grid, places=many(Place, "grid", description="The places in the grid."))


@strawberry.type
class Query:
    place: Place | None = by_id(Place, "The place with that id.")
    places: Connection[Place] = page_of(Place, "Places.")
