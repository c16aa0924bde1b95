"""Root fields that read hazards and what happened to them."""

from __future__ import annotations

import strawberry
from strawberry.types.info import Info

from gridql.domain.hazards.graphql.events import ONLY, HazardEventFilter, narrow
from gridql.domain.hazards.graphql.types import Hazard, HazardEvent
from gridql.graph.call import Call
from gridql.graph.compiler import Arguments, Compiler
from gridql.graph.connection import Connection
from gridql.graph.context import Context
from gridql.graph.exposed import Order
from gridql.graph.kinds import Column, Kind
from gridql.graph.roots import argument, by_id, page_of
from gridql.graph.scalars import Cursor
from gridql.journal import cursor

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
