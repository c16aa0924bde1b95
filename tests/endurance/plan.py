"""How much is played and how often it is disturbed: little by default, more when asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from random import Random, SystemRandom

ASKED_FOR = os.environ.get("GRIDQL_TEST_EVENTS")
SEED = os.environ.get("GRIDQL_TEST_SEED")

EVENTS = 600
"""When nothing else is asked for."""

WRITERS = 8


@dataclass(frozen=True)
class Plan:
    """One play. The more events, the more cuts and kills fall between them."""

    events: int
    """That are committed at least; it goes on until the last cut and kill."""
    seed: int
    """Of all that is left to chance here; how processes and the network take turns is not."""

    @property
    def cuts(self) -> int:
        """How many connections of subscribers are cut."""
        return max(30, self.events // 80)

    @property
    def kills(self) -> int:
        """How often server processes are killed."""
        return max(3, self.events // 1_600)

    def chance(self, of: object) -> Random:
        """A source of chance for one part of the play, so that one does not shift the others."""
        return Random(f"{self.seed} {of}")


def planned() -> Plan:
    """What the environment asks for: always the same, or as many events as it says, by new chance.

    A seed that a run has told plays its cuts and choices again.
    """
    seed = 1 if ASKED_FOR is None else SystemRandom().randrange(10**6)
    return Plan(int(ASKED_FOR or EVENTS), int(SEED or seed))
