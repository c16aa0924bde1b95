"""Households and residents in the graph; telephone and identity number are shown masked."""

from __future__ import annotations

import strawberry
from strawberry import auto

from gridql.domain.areas.graphql import Grid
from gridql.domain.people import models
from gridql.domain.people.rules import CareGroup
from gridql.graph.connection import Connection
from gridql.graph.enums import graphql_enum
from gridql.graph.expose import expose, extend
from gridql.graph.fields import many, of_column, one
from gridql.graph.listing import Listing
from gridql.graph.node import Node
from gridql.graph.roots import by_id, page_of

graphql_enum(CareGroup)


@expose(
    models.Household,
    Listing(
        filters=("vacant", "last_visited_at", "grid_id"),
        orders=("last_visited_at",),
    ),
)
class Household(Node):
    """A home: an address where people live, or could."""

    address: auto
    vacant: auto
    last_visited_at: auto
    last_attempted_at: auto
    grid: Grid = one("grid")


@expose(
    models.Resident,
    Listing(
        filters=("name", "birth_year", "gender", "phone", "id_number", "household_id"),
        blind={
            "phone": ("phone_index", "phone"),
            "id_number": ("id_number_index", "id_number"),
        },
    ),
)
class Resident(Node):
    """Somebody who lives in a household."""

    name: auto
    phone: str | None = of_column(
        "phone_masked", "Telephone with its middle hidden; null if none is known."
    )
    id_number: str | None = of_column(
        "id_number_masked", "Identity number with all but its ends hidden; null if not known."
    )
    birth_year: auto
    gender: auto
    care_groups: list[CareGroup]
    household: Household = one("household")
    grid: Grid = one("grid")


extend(
    Household,
    residents=many(Resident, "household", description="Who lives there."),
)
extend(Grid, households=many(Household, "grid", description="The homes in the grid."))


@strawberry.type
class Query:
    household: Household | None = by_id(Household, "The household with that id.")
    households: Connection[Household] = page_of(Household, "Households.")
    resident: Resident | None = by_id(Resident, "The resident with that id.")
    residents: Connection[Resident] = page_of(Resident, "Residents.")
