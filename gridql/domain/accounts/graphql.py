"""The account that asks, in the graph."""

from __future__ import annotations

import strawberry
from strawberry.types.info import Info

from gridql.access.roles import Role
from gridql.graph.context import Context
from gridql.graph.enums import graphql_enum

graphql_enum(Role)


@strawberry.type(description="Who is asking, and for which areas: what an account may see.")
class Viewer:
    name: str = strawberry.field(description="Name of the account.")
    role: Role = strawberry.field(description="What it may do.")
    scopes: list[str] = strawberry.field(
        description="Codes of the areas and grids that it holds for, each with all that lies below."
    )
    department: str | None = strawberry.field(
        description="For DEPARTMENT: the code that hazards are assigned to."
    )


def _viewer(info: Info[Context, None]) -> Viewer:
    actor = info.context.actor
    return Viewer(
        name=actor.name, role=actor.role, scopes=list(actor.scopes), department=actor.department
    )


@strawberry.type
class Query:
    viewer: Viewer = strawberry.field(resolver=_viewer, description="The account that asks.")
