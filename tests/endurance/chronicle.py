"""What was done to the servers and connections, and when: to be laid beside what was missed."""

from __future__ import annotations

import time
from datetime import UTC, datetime

AROUND_S = 2.0


class Chronicle:
    """Everything that disturbed the play, in the order in which it did."""

    def __init__(self) -> None:
        self._events: list[tuple[float, str]] = []

    def note(self, what: str) -> None:
        """It happens now."""
        self._events.append((time.time(), what))

    def all(self) -> list[str]:
        """What happened, without the times."""
        return [what for _, what in self._events]

    def around(self, at: float) -> list[str]:
        """What happened shortly before or after that time, a line each."""
        return [
            f"{clock(when)} {what}" for when, what in self._events if abs(when - at) <= AROUND_S
        ]


def clock(at: float) -> str:
    """A time of day, as the lines of a report show it."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S.%f}"[:-3]
