"""A drill: invented hazards reported and put right by the actions that real ones go through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from random import Random
from typing import NamedTuple

from gridql.cli.partner import deeds, ground, stories
from gridql.cli.partner.ground import Cast
from gridql.cli.partner.stories import Life
from gridql.database import Database
from gridql.handling import Handling
from gridql.journal.models import Entry
from gridql.journal.sequencer import number

_LOOK_AGAIN_S = 0.02


class Event(NamedTuple):
    """One thing that happened, as partners are told of it."""

    position: int
    kind: str
    hazard_id: int
    title: str


class Drill:
    """The sandbox of one database, with those who act in it."""

    def __init__(
        self, database: Database, handling: Handling, cast: Cast, places: Sequence[int]
    ) -> None:
        self._database = database
        self._handling = handling
        self._cast = cast
        self._places = places
        self._told: dict[int, int] = {}
        """The last entry about each hazard of which an event was given."""

    @classmethod
    async def begin(cls, database: Database, handling: Handling) -> Drill:
        """A drill in the sandbox, which is made where it is not there yet."""
        places = await ground.make()
        return cls(database, handling, await ground.cast(), places)

    async def run(self, count: int, every_s: float, rng: Random) -> AsyncIterator[list[Event]]:
        """Invent `count` hazards and take each to its end; what each step has led to."""
        pause_s = 0.0
        for life, step in stories.tell(count, self._places, rng):
            await asyncio.sleep(pause_s)
            await deeds.do(life, step, self._cast, self._handling)
            pause_s = every_s
            yield await self._events(life)

    async def _events(self, life: Life) -> list[Event]:
        """What is new in the journal about a hazard, once it has its place there."""
        told = self._told.get(life.hazard_id, 0)
        about = Entry.filter(subject_type="Hazard", subject_id=life.hazard_id, id__gt=told)
        while True:
            # A running server numbers what is committed; where there is none, this does.
            await number(self._database)
            entries = await about.order_by("id")
            if all(entry.position is not None for entry in entries):
                break
            await asyncio.sleep(_LOOK_AGAIN_S)
        self._told[life.hazard_id] = entries[-1].id
        return [
            Event(entry.position, entry.kind, life.hazard_id, life.trouble.title)
            for entry in entries
        ]
