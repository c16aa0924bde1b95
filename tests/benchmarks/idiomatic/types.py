"""The types of the graph, each made from a row; relations are resolved on demand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

import strawberry

from gridql.domain.areas import models as areas
from gridql.domain.hazards import models as hazards
from gridql.domain.hazards.rules import HazardEventKind, HazardStatus, Severity
from gridql.domain.places import models as places
from gridql.journal.models import Entry
from tests.benchmarks.idiomatic.loaders import Context

Info = strawberry.Info[Context, None]
T = TypeVar("T")

for _enum in (HazardEventKind, HazardStatus, Severity):
    strawberry.enum(_enum)


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo


def connection(nodes: list[Edge[T]], *, before: bool, after: bool) -> Connection[T]:
    """A page with what stands on it, and whether there is more on either side."""
    return Connection(
        edges=nodes,
        page_info=PageInfo(
            has_next_page=after,
            has_previous_page=before,
            start_cursor=nodes[0].cursor if nodes else None,
            end_cursor=nodes[-1].cursor if nodes else None,
        ),
    )


@strawberry.type
class Area:
    id: strawberry.ID
    code: str
    name: str

    @classmethod
    def of(cls, row: areas.Area) -> Area:
        return cls(id=strawberry.ID(f"Area:{row.code}"), code=row.code, name=row.name)


@strawberry.type
class Grid:
    id: strawberry.ID
    code: str
    name: str
    row: strawberry.Private[areas.Grid]

    @classmethod
    def of(cls, row: areas.Grid) -> Grid:
        return cls(id=strawberry.ID(f"Grid:{row.code}"), code=row.code, name=row.name, row=row)

    @strawberry.field
    async def community(self, info: Info) -> Area:
        if isinstance(self.row.community, areas.Area):
            return Area.of(self.row.community)
        row = await info.context.areas.load(self.row.community_id)
        assert row is not None
        return Area.of(row)


@strawberry.type
class Place:
    id: strawberry.ID
    name: str
    category: str
    address: str | None

    @classmethod
    def of(cls, row: places.Place) -> Place:
        return cls(
            id=strawberry.ID(f"Place:{row.id}"),
            name=row.name,
            category=row.category,
            address=row.address,
        )


@strawberry.type
class HazardEvent:
    id: strawberry.ID
    kind: HazardEventKind
    occurred_at: datetime
    from_: HazardStatus | None = strawberry.field(name="from")
    to: HazardStatus | None
    note: str | None

    @classmethod
    def of(cls, row: Entry) -> HazardEvent:
        return cls(
            id=strawberry.ID(f"HazardEvent:{row.id}"),
            kind=HazardEventKind(row.kind),
            occurred_at=row.occurred_at,
            from_=HazardStatus(row.from_state) if row.from_state else None,
            to=HazardStatus(row.to_state) if row.to_state else None,
            note=row.note,
        )


LAST = strawberry.argument(description="How many, from the end.")


@strawberry.type
class Hazard:
    id: strawberry.ID
    title: str
    description: str | None
    severity: Severity
    status: HazardStatus
    category: str
    reported_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    row: strawberry.Private[hazards.Hazard]

    @classmethod
    def of(cls, row: hazards.Hazard) -> Hazard:
        return cls(
            id=strawberry.ID(f"Hazard:{row.id}"),
            title=row.title,
            description=row.description,
            severity=row.severity,
            status=row.status,
            category=row.category,
            reported_at=row.reported_at,
            due_at=row.due_at,
            closed_at=row.closed_at,
            row=row,
        )

    @strawberry.field
    async def grid(self, info: Info) -> Grid:
        if isinstance(self.row.grid, areas.Grid):
            return Grid.of(self.row.grid)
        row = await info.context.grids.load(self.row.grid_id)
        assert row is not None
        return Grid.of(row)

    @strawberry.field
    async def place(self, info: Info) -> Place | None:
        if self.row.place_id is None:
            return None
        if isinstance(self.row.place, places.Place):
            return Place.of(self.row.place)
        row = await info.context.places.load(self.row.place_id)
        return Place.of(row) if row is not None else None

    @strawberry.field
    async def events(self, info: Info, last: Annotated[int, LAST]) -> Connection[HazardEvent]:
        rows = await info.context.events.load(self.row.id)
        shown = [Edge(cursor=str(row.position), node=HazardEvent.of(row)) for row in rows[-last:]]
        return connection(shown, before=len(rows) > last, after=False)


@strawberry.type
class SeverityCounts:
    minor: int = 0
    serious: int = 0
    suspected_major: int = 0
    major: int = 0


@strawberry.type
class Coverage:
    area: Area
    households: int
    visited: int
    attempted: int
    open_hazards: SeverityCounts

    @strawberry.field
    def rate(self) -> float | None:
        return round(self.visited / self.households, 4) if self.households else None
