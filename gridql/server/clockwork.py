"""The clock: beside the requests of every process it looks for hazards whose time has come."""

from __future__ import annotations

import asyncio
import logging
import time

from gridql.domain.hazards import clockwork
from gridql.handling import Handling

log = logging.getLogger("gridql.clock")

LOOK_EVERY_S = 2.0

PUT_ASIDE_S = 30.0
"""So long a hazard that the clock has failed at waits, while the others go on."""

_BATCH = 100


class Clockwork:
    """Looks every few seconds; any number of processes share the work, and none does it twice."""

    def __init__(self, handling: Handling, every_s: float = LOOK_EVERY_S) -> None:
        self._handling = handling
        self._every_s = every_s
        self._aside: dict[int, float] = {}
        self._failing = False

    async def run(self) -> None:
        """Until cancelled. Start it outside of any transaction."""
        while True:
            try:
                await self.look()
            except Exception as error:  # a database that restarts, most likely
                # What falls due meanwhile is done later.
                if not self._failing:
                    log.warning("the clock cannot look, and goes on trying: %r", error)
                self._failing = True
            else:
                if self._failing:
                    log.info("the clock looks again")
                self._failing = False
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """Do everything that has fallen due, but for what somebody else is at."""
        now = time.monotonic()
        self._aside = {each: until for each, until in self._aside.items() if until > now}
        done = True
        while done:
            done = False
            for hazard_id in await clockwork.waiting(_BATCH, self._aside):
                try:
                    done |= await clockwork.look(hazard_id, self._handling)
                except Exception:  # of one hazard: the others have their turn
                    log.exception("the clock failed at hazard %s, and goes on", hazard_id)
                    self._aside[hazard_id] = time.monotonic() + PUT_ASIDE_S
                    return
