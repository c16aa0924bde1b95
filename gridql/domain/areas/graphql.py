"""Areas and grids in the graph."""

from __future__ import annotations

import strawberry
from strawberry import auto

from gridql.domain.areas import models
from gridql.graph.connection import Connection
from gridql.graph.expose import expose, extend
from gridql.graph.fields import listing, many, one
from gridql.graph.listing import Listing
from gridql.graph.node import Node
from gridql.graph.roots import by_code, page_of
from gridql.graph.scalars import GeoJSON

PATH = (
    "{target}.code in (substr({row}.code, 1, 2) || '0000', substr({row}.code, 1, 4) || '00', "
    "substr({row}.code, 1, 6), substr({row}.code, 1, 9), {row}.code)"
)
"""The codes that an area's own code holds: those of all areas around it, and itself."""

PREFIX = (
    "case {row}.level when 'PROVINCE' then substr({row}.code, 1, 2) "
    "when 'CITY' then substr({row}.code, 1, 4) else {row}.code end"
)
"""What the code of everything below begins with (see `access.codes.prefix`)."""

BELOW = f"{{target}}.code >= {PREFIX} and {{target}}.code < {PREFIX} || 'A'"


@expose(
    models.Area,
    Listing(
        filters=("level", "name", "parent_id"),
        orders=("code",),
        default=("CODE_ASC",),
        code="code",
    ),
)
class Area(Node):
    """A node of the administrative tree, from the district (or above) down to the community."""

    code: auto
    name: auto
    name_en: auto
    level: auto
    parent: Area | None = one("parent")
    boundary: GeoJSON | None


@expose(
    models.Grid,
    Listing(
        filters=("kind", "name", "community_id"),
        orders=("code",),
        default=("CODE_ASC",),
        code="code",
    ),
)
class Grid(Node):
    """The unit of work below a community: some 300 to 500 households, or one institution."""

    code: auto
    name: auto
    kind: auto
    community: Area = one("community")
    boundary: GeoJSON | None


extend(
    Area,
    path=listing(
        Area,
        on=PATH,
        order="length({target}.code), {target}.code",
        description="The way down to it: every area around it that is known, and itself last.",
    ),
    children=many(Area, "parent", description="The areas right below."),
    grids=many(
        Grid,
        on=BELOW,
        description="All grids below, however far.",
    ),
)


@strawberry.type
class Query:
    area: Area | None = by_code(Area, "The area with that code.")
    areas: Connection[Area] = page_of(Area, "Areas.")
    grid: Grid | None = by_code(Grid, "The grid with that code.")
    grids: Connection[Grid] = page_of(Grid, "Grids.")
