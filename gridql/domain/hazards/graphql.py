"""Hazards in the graph: reading, reporting, closing and following them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import auto
from strawberry.types.info import Info

from gridql import clock
from gridql.domain.areas.graphql import Grid
from gridql.domain.hazards import actions, models
from gridql.domain.hazards.rules import HazardEventKind, HazardStatus, Severity
from gridql.domain.places.graphql import Place
from gridql.domain.workers.graphql import GridWorker
from gridql.graph.call import Call
from gridql.graph.compiler import Arguments, Compiler
from gridql.graph.conditions import in_list
from gridql.graph.connection import Connection
from gridql.graph.context import Context
from gridql.graph.enums import graphql_enum
from gridql.graph.expose import expose, extend
from gridql.graph.exposed import Order
from gridql.graph.fields import computed, many, of_column, one, reading
from gridql.graph.following import followed
from gridql.graph.kinds import Column, Kind
from gridql.graph.listing import Listing
from gridql.graph.mutations import attempt, given, mutation
from gridql.graph.node import Node
from gridql.graph.problems import Problem
from gridql.graph.ranges import Area, under
from gridql.graph.reads import ReadOne, ReadSql
from gridql.graph.roots import argument, by_id, page_of, read_back
from gridql.graph.scalars import Cursor
from gridql.journal import cursor
from gridql.journal.models import Entry

for _enum in (HazardEventKind, HazardStatus, Severity):
    graphql_enum(_enum)

CURSOR = "cast(coalesce({row}.position, (select max(position) from chain), 0) as text)"
"""An entry that has no position yet will get one after the chain's present end: following from
there misses nothing, at the worst the event itself comes once more."""


@expose(Entry, where="{row}.subject_type = 'Hazard'")
class HazardEvent(Node):
    """Something that happened to a hazard."""

    cursor: Cursor = reading(
        ReadSql(CURSOR, Kind.TEXT),
        "Where it stands in the journal: follow from here and nothing after it is missed.",
    )
    kind: HazardEventKind = of_column("kind", "What happened.")
    occurred_at: auto
    revision: int = of_column("revision", "The hazard's revision since.")
    from_: HazardStatus | None = of_column("from_state", "The hazard's status before.")
    to: HazardStatus | None = of_column("to_state", "The hazard's status since.")
    note: auto
    hazard: Hazard = reading(ReadOne("subject_id"), "The hazard, as it is now.")


def days_left(due_at: datetime | None, closed_at: datetime | None) -> int | None:
    """Whole days until a hazard is due, negative once overdue; None if closed or not set."""
    if due_at is None or closed_at is not None:
        return None
    return (due_at - clock.now()).days


@expose(
    models.Hazard,
    Listing(
        filters=(
            "status",
            "severity",
            "category",
            "department",
            "reported_at",
            "due_at",
            "place_id",
            "grid_id",
        ),
        orders=("reported_at", "due_at", "severity"),
        default=("REPORTED_AT_DESC",),
    ),
)
class Hazard(Node):
    """Something that could hurt people, from the moment it was found until it is put right."""

    client_id: auto
    title: auto
    description: str | None = of_column(
        "description",
        "What else whoever found it wrote; hidden from auditors. Partners read it: no personal "
        "data.",
    )
    severity: auto
    status: auto
    category: auto
    department: auto
    reported_at: auto
    due_at: auto
    closed_at: auto
    revision: auto
    days_left: int | None = computed(
        ("due_at", "closed_at"),
        days_left,
        "Whole days until it is due, negative once overdue; null when closed or without due date.",
    )
    grid: Grid = one("grid")
    place: Place | None = one("place")
    reported_by: GridWorker | None = one("reported_by")
    events: Connection[HazardEvent] = many(
        HazardEvent,
        on="{target}.subject_id = {row}.id",
        description="What happened to it, oldest first.",
    )


HAZARDS = "The hazards found there, newest first."
extend(Grid, hazards=many(Hazard, "grid", description=HAZARDS))
extend(Place, hazards=many(Hazard, "place", description=HAZARDS))


@strawberry.input(description="Which events to follow; everything that is given has to hold.")
class HazardEventFilter:
    under: str | None = strawberry.field(
        default=strawberry.UNSET, description="In this area or grid: a code."
    )
    severity: list[Severity] | None = strawberry.field(
        default=strawberry.UNSET, description="Of hazards of one of these severities."
    )
    category: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Of hazards of one of these categories."
    )
    kind: list[HazardEventKind] | None = strawberry.field(
        default=strawberry.UNSET, description="Of one of these kinds."
    )
    department: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Of hazards for one of these departments, by code."
    )


def narrow(compiler: Compiler, row: str, arguments: Arguments) -> list[str]:
    """The conditions of a HazardEventFilter on an event."""
    found = []
    for name, value in (arguments.values.get("filter") or {}).items():
        if value is None:
            continue
        take = arguments.take("filter", name)
        if name == "under":
            found.append(under(compiler, f"{row}.grid_code", Area(value, take)))
        elif name == "kind":
            found.append(in_list(compiler, f"{row}.kind", take))
        else:
            of_hazard = f"(select h.{name} from hazard h where h.id = {row}.subject_id)"
            found.append(in_list(compiler, of_hazard, take))
    return found


@strawberry.input(description="A hazard that was found; at a place, or somewhere in a grid.")
class ReportHazardInput:
    client_id: UUID | None = strawberry.field(
        default=None,
        description="An id that the device makes up, so that sending twice reports once.",
    )
    title: str = strawberry.field(description="What is wrong, in a line of at most 200 characters.")
    severity: Severity = strawberry.field(
        description="How grave it is; MAJOR is for departments to confirm."
    )
    category: str = strawberry.field(description="What it is about, such as ESCAPE_ROUTE.")
    place_id: strawberry.ID | None = strawberry.field(
        default=None, description="The place where it was found."
    )
    grid_code: str | None = strawberry.field(
        default=None, description="The grid where it was found, when at no place."
    )
    description: str | None = strawberry.field(
        default=None, description="What else there is. No personal data: partners read it."
    )
    department: str | None = strawberry.field(
        default=None, description="Code of the department that would put it right."
    )
    due_at: datetime | None = strawberry.field(
        default=None, description="By when it has to be put right."
    )


@strawberry.type(description="What came of reporting a hazard.")
class ReportHazardPayload:
    hazard: Hazard | None = read_back(
        Hazard, "hazard_id", "The hazard; the first one when it was sent again. Null with problems."
    )
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")
    hazard_id: strawberry.Private[int | None] = None


@strawberry.input(description="The closing of a hazard that was put right.")
class CloseHazardInput:
    hazard_id: strawberry.ID = strawberry.field(description="The hazard.")
    note: str | None = strawberry.field(
        default=None, description="How it was put right. No personal data: partners read it."
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision last seen; STALE if it has changed since."
    )


@strawberry.type(description="What came of closing a hazard.")
class CloseHazardPayload:
    hazard: Hazard | None = read_back(Hazard, "hazard_id", "The hazard. Null with problems.")
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")
    hazard_id: strawberry.Private[int | None] = None


ONLY = "Only events that this filter lets through."
POSITION = Order(Column("position", Kind.INTEGER, False, "", int), descending=False)


def numbered(compiler: Compiler, row: str, arguments: Arguments) -> list[str]:
    """Only what has its place in the journal: before that it cannot be counted from."""
    return [f"{row}.position is not null", *narrow(compiler, row, arguments)]


async def kept(call: Call) -> None:
    """Refuse an `after` that hazardUpdates would refuse: it is one cursor for both."""
    after = call.arguments().get("after")
    if after is not None:
        await call.context.services.tail.require(cursor.decode(after, "/after"), "/after")


def _journal_end(info: Info[Context, None]) -> Cursor:
    return Cursor(cursor.encode(info.context.services.tail.head()))


@strawberry.type
class Query:
    journal_end: Cursor = strawberry.field(
        resolver=_journal_end,
        description="Where the journal ends at present: follow from here, and nothing that happens "
        "from now on is missed. Take it before you read what there is.",
    )
    hazard_events: Connection[HazardEvent] = page_of(
        HazardEvent,
        "What happened to hazards, in the order of the journal; its cursors are those of events. "
        "CURSOR_EXPIRED if `after` is older than what followers are kept: what happened before is "
        "read from the end, with `last` and `before`.",
        numbered,
        argument("filter", HazardEventFilter | None, ONLY),
        keys=(POSITION,),
        check=kept,
    )
    hazard: Hazard | None = by_id(Hazard, "The hazard with that id.")
    hazards: Connection[Hazard] = page_of(Hazard, "Hazards, newest first.")


@strawberry.type
class Mutation:
    @mutation("Report a hazard that was found outside of an inspection.")
    async def report_hazard(
        self, info: Info[Context, None], input: ReportHazardInput
    ) -> ReportHazardPayload:
        hazard, problems = await attempt(
            info,
            actions.report(
                info.context.actor,
                info.context.services.handling,
                actions.HazardDraft(
                    client_id=input.client_id,
                    title=input.title,
                    severity=input.severity,
                    category=input.category,
                    place_id=given(input.place_id, "Place"),
                    grid_code=input.grid_code,
                    description=input.description,
                    department=input.department,
                    due_at=input.due_at,
                ),
            ),
        )
        return ReportHazardPayload(hazard_id=hazard.id if hazard else None, problems=problems)

    @mutation("Close a hazard that was put right.")
    async def close_hazard(
        self, info: Info[Context, None], input: CloseHazardInput
    ) -> CloseHazardPayload:
        hazard, problems = await attempt(
            info,
            actions.close(
                info.context.actor,
                given(input.hazard_id, "Hazard") or 0,
                input.note,
                input.expected_revision,
            ),
        )
        return CloseHazardPayload(hazard_id=hazard.id if hazard else None, problems=problems)


@strawberry.type
class Subscription:
    hazard_updates: HazardEvent = followed(
        HazardEvent,
        "What happens to hazards that you may see, in order and without a gap.",
        "Hazard",
        narrow,
        argument("filter", HazardEventFilter | None, ONLY),
    )
