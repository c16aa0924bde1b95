"""Hazards, what happened to them, and the departments that have a part in them."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import auto

from gridql import clock
from gridql.domain.areas.graphql import Grid
from gridql.domain.hazards import models
from gridql.domain.hazards.rules import (
    OPEN_STATUSES,
    HazardEventKind,
    HazardLevel,
    HazardStatus,
    PartKind,
    Severity,
    Urgency,
)
from gridql.domain.places.graphql import Place
from gridql.domain.workers.graphql import GridWorker
from gridql.graph.connection import Connection
from gridql.graph.enums import graphql_enum
from gridql.graph.expose import expose, extend
from gridql.graph.fields import computed, listing, many, of_column, one, reading
from gridql.graph.kinds import Kind
from gridql.graph.listing import Listing, Shared
from gridql.graph.node import Node
from gridql.graph.reads import ReadOne, ReadSql
from gridql.graph.scalars import Cursor
from gridql.journal.models import Entry

for _enum in (HazardEventKind, HazardLevel, HazardStatus, PartKind, Severity, Urgency):
    graphql_enum(_enum)

CURSOR = "cast(coalesce({row}.position, (select max(position) from chain), 0) as text)"
"""An entry that has no position yet will get one after the chain's present end: following from
there misses nothing, at the worst the event itself comes once more."""

ACTOR = "(select a.name from account a where a.id = {row}.actor_id)"


@expose(Entry, where="{row}.subject_type = 'Hazard'")
class HazardEvent(Node):
    """Something that happened to a hazard: from what to what, who, when, and why."""

    cursor: Cursor = reading(
        ReadSql(CURSOR, Kind.TEXT),
        "Where it stands in the journal: follow from here and nothing after it is missed.",
    )
    kind: HazardEventKind = of_column("kind", "What happened.")
    occurred_at: auto
    actor: str | None = reading(
        ReadSql(ACTOR, Kind.TEXT, of="actor_id"),
        "Name of the account that did it; null for what no account did, and for agencies.",
    )
    actor_role: str = of_column(
        "actor_role",
        "The role that it was done in; CLOCK for what happened because its time had come, "
        "OPERATOR for what was done at the command line.",
    )
    revision: int = of_column("revision", "The hazard's revision since.")
    from_: HazardStatus | None = of_column("from_state", "The hazard's status before.")
    to: HazardStatus | None = of_column("to_state", "The hazard's status since.")
    note: str | None = of_column("note", "What was said about it: a note, a remark or a reason.")
    changes: strawberry.scalars.JSON | None = of_column(
        "changes",
        "What else changed, and to what, by the names of the API: `department`, `helpers`, "
        "`departments` (that were called, or answered), `dueAt`, `extensionUntil`, `level`, "
        "`returns`, `severity`, `urgency`, `mergedInto`; `evidence`, the photographs that were "
        "handed in; and from the clock `fellDueAt`, when the time for it had come, and `step`, "
        "which a department that was called has not taken by then.",
    )
    hazard: Hazard = reading(ReadOne("subject_id"), "The hazard, as it is now.")


def days_left(due_at: datetime | None, status: str) -> int | None:
    """Whole days until a hazard is due, negative once overdue; None unless open and with a date."""
    if due_at is None or status not in OPEN_STATUSES:
        return None
    return (due_at - clock.now()).days


@expose(
    models.Hazard,
    Listing(
        filters=(
            "status",
            "severity",
            "urgency",
            "level",
            "category",
            "department",
            "reported_at",
            "due_at",
            "place_id",
            "grid_id",
        ),
        orders=("reported_at", "due_at", "severity"),
        default=("REPORTED_AT_DESC",),
        shared={
            "departments": Shared(
                "department",
                "hazard_part",
                "hazard_id",
                "Code of a department that leads, helps, or was called.",
            )
        },
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
    urgency: auto
    level: auto
    category: auto
    item: auto
    department: auto
    reported_at: auto
    dispatched_at: auto
    due_at: auto
    extension_until: auto
    returns: auto
    rectified_at: auto
    closed_at: auto
    revision: auto
    days_left: int | None = computed(
        ("due_at", "status"),
        days_left,
        "Whole days until it is due, negative once overdue; null when no longer open, or without "
        "due date.",
    )
    grid: Grid = one("grid")
    place: Place | None = one("place")
    reported_by: GridWorker | None = one("reported_by")
    merged_into: Hazard | None = one("merged_into")
    events: Connection[HazardEvent] = many(
        HazardEvent,
        on="{target}.subject_id = {row}.id",
        description="What happened to it, oldest first.",
    )


@expose(models.HazardPart)
class HazardPart(Node):
    """A department beside the leading one: it helps, or was called and has three things to do."""

    department: auto
    part: auto
    called_at: auto
    sign_in_due_at: auto
    signed_in_at: auto
    contact_due_at: auto
    contacted_at: auto
    attend_due_at: auto
    attended_at: auto
    hazard: Hazard = one("hazard")


extend(
    Hazard,
    parts=listing(
        HazardPart,
        "hazard",
        description="The departments beside the leading one that help, or were called.",
    ),
    duplicates=many(
        Hazard, "merged_into", description="The hazards that were merged into it, newest first."
    ),
)

HAZARDS = "The hazards found there, newest first."
extend(Grid, hazards=many(Hazard, "grid", description=HAZARDS))
extend(Place, hazards=many(Hazard, "place", description=HAZARDS))
