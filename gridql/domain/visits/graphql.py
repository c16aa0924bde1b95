"""Visits in the graph: reading them, and recording one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import auto
from strawberry.types.info import Info

from gridql.domain.areas.graphql import Grid
from gridql.domain.people.graphql import Household
from gridql.domain.places.graphql import Place
from gridql.domain.visits import actions, models
from gridql.domain.visits.rules import VisitKind, VisitOutcome
from gridql.domain.workers.graphql import GridWorker
from gridql.graph.connection import Connection
from gridql.graph.context import Context
from gridql.graph.expose import expose, extend
from gridql.graph.fields import many, of_column, one
from gridql.graph.listing import Listing
from gridql.graph.mutations import attempt, given, mutation
from gridql.graph.node import Node
from gridql.graph.problems import Problem
from gridql.graph.roots import by_id, page_of, read_back


@expose(
    models.Visit,
    Listing(
        filters=(
            "kind",
            "outcome",
            "visited_at",
            "client_id",
            "household_id",
            "place_id",
            "worker_id",
            "grid_id",
        ),
        orders=("visited_at",),
        default=("VISITED_AT_DESC",),
    ),
)
class Visit(Node):
    """A grid worker called at a home or a place, or walked a round."""

    client_id: auto
    kind: auto
    outcome: auto
    visited_at: auto
    note: str | None = of_column("note", "What the grid worker wrote down; hidden from auditors.")
    household: Household | None = one("household")
    place: Place | None = one("place")
    worker: GridWorker | None = one("worker")
    grid: Grid = one("grid")


VISITS = "The visits there, newest first."
extend(Grid, visits=many(Visit, "grid", description=VISITS))
extend(Household, visits=many(Visit, "household", description=VISITS))
extend(Place, visits=many(Visit, "place", description=VISITS))


@strawberry.input(description="A visit as it took place; exactly one of the three subjects.")
class RecordVisitInput:
    client_id: UUID = strawberry.field(
        description="An id that the device makes up, so that sending twice records once."
    )
    kind: VisitKind = strawberry.field(description="What the visit was for.")
    outcome: VisitOutcome = strawberry.field(description="How it ended.")
    household_id: strawberry.ID | None = strawberry.field(
        default=None, description="The home that was visited: HOUSEHOLD and CARE visits."
    )
    place_id: strawberry.ID | None = strawberry.field(
        default=None, description="The place that was visited: PATROL visits."
    )
    grid_code: str | None = strawberry.field(
        default=None, description="The grid that was walked: PATROL visits without a place."
    )
    visited_at: datetime | None = strawberry.field(
        default=None, description="When it took place; now unless given, never in the future."
    )
    note: str | None = strawberry.field(default=None, description="What there is to remember.")


@strawberry.type(description="What came of recording a visit.")
class RecordVisitPayload:
    visit: Visit | None = read_back(
        Visit, "visit_id", "The visit; the first one when it was sent again. Null with problems."
    )
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")
    visit_id: strawberry.Private[int | None] = None


@strawberry.type
class Query:
    visit: Visit | None = by_id(Visit, "The visit with that id.")
    visits: Connection[Visit] = page_of(Visit, "Visits, newest first.")


@strawberry.type
class Mutation:
    @mutation("Record a visit that took place.")
    async def record_visit(
        self, info: Info[Context, None], input: RecordVisitInput
    ) -> RecordVisitPayload:
        visit, problems = await attempt(
            info,
            actions.record(
                info.context.actor,
                actions.VisitDraft(
                    client_id=input.client_id,
                    kind=input.kind,
                    outcome=input.outcome,
                    household_id=given(input.household_id, "Household"),
                    place_id=given(input.place_id, "Place"),
                    grid_code=input.grid_code,
                    visited_at=input.visited_at,
                    note=input.note,
                ),
            ),
        )
        return RecordVisitPayload(visit_id=visit.id if visit else None, problems=problems)
