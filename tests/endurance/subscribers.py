"""Those who follow: each takes up where it was cut off, and keeps what it was told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from random import Random
from typing import Protocol

import httpx
from websockets.exceptions import ConnectionClosed, InvalidMessage

from tests.endurance.told import Audience, Told

BROKEN = (OSError, EOFError, TimeoutError, httpx.TransportError, ConnectionClosed, InvalidMessage)
"""What a connection that was cut looks like from inside."""

START = "0"
"""The cursor before the first event."""

_PAUSE_S = 0.2
_SLOW_EVERY = 80
_SLOW_S = 1.0


class Complaint(Exception):
    """The server has said something that no cut and no kill explains."""


@dataclass(slots=True)
class Place:
    """Where a subscriber goes on, as a client keeps it."""

    cursor: str = START


class Way(Protocol):
    """How events get from a server to a subscriber that asks for them."""

    name: str

    def events(self, audience: Audience, place: Place) -> AsyncGenerator[Told]:
        """What comes behind the place over one connection; raises one of BROKEN at its end.

        The place is moved on with whatever was received wholly, and nothing else.
        """


@dataclass(slots=True)
class Spell:
    """One connection of a subscriber, from the first attempt to its end."""

    begun_at: float
    after: str
    ended_at: float | None = None
    end: str = "still connected"


class Listener:
    """Somebody who is told of events, and keeps what was told."""

    def __init__(self, way: str, audience: Audience) -> None:
        self.way = way
        self.audience = audience
        self.told: list[Told] = []
        self.spells: list[Spell] = []
        self.complaints: list[str] = []

    @property
    def name(self) -> str:
        """How a report calls it."""
        return f"{self.way}, {self.audience.name}"


class Subscriber(Listener):
    """Follows by one way for one audience, for as long as it runs."""

    def __init__(self, way: Way, audience: Audience, chance: Random) -> None:
        super().__init__(way.name, audience)
        self._way = way
        self._chance = chance
        self._place = Place()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            spell = Spell(time.time(), self._place.cursor)
            self.spells.append(spell)
            try:
                async with aclosing(self._way.events(self.audience, self._place)) as events:
                    async for event in events:
                        self.told.append(event)
                        if self.audience.slow and len(self.told) % _SLOW_EVERY == 0:
                            await asyncio.sleep(_SLOW_S)
                raise Complaint("the series ended without being asked to")
            except BROKEN as error:
                spell.end = repr(error)
            except Complaint as complaint:
                spell.end = str(complaint)
                self.complaints.append(spell.end)
            finally:
                spell.ended_at = time.time()
            await asyncio.sleep(self._chance.uniform(0, _PAUSE_S))
