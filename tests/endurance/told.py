"""What a subscriber is told of one event, whichever way, and who is told which events."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

EVENT = "id cursor kind revision hazard { id title severity }"
"""What every subscriber asks of an event."""


class Told(NamedTuple):
    """One event as it arrived."""

    position: int
    event: int
    hazard: int
    kind: str
    revision: int
    at: float


def told(event: Mapping[str, Any]) -> Told:
    """What stands in an answer that has EVENT in it, arriving now."""
    return Told(
        position=int(event["cursor"]),
        event=_key(event["id"]),
        hazard=_key(event["hazard"]["id"]),
        kind=event["kind"],
        revision=event["revision"],
        at=time.time(),
    )


def _key(global_id: str) -> int:
    return int(global_id.partition(":")[2])


class Committed(NamedTuple):
    """One event of a hazard as the journal has it, with what filters ask of its hazard."""

    position: int
    event: int
    hazard: int
    kind: str
    revision: int
    grid: str
    severity: str
    at: float


@dataclass(frozen=True)
class Audience:
    """Who follows, and what of it."""

    name: str
    token: str
    scope: str
    filter: Mapping[str, Any] = field(default_factory=dict)
    slow: bool = False
    """Whether it stops reading now and then, so that the server cannot send to it."""

    def entitled(self, event: Committed) -> bool:
        """Whether it has to be told of the event; of all others it may not hear."""
        asked = self.filter
        return (
            event.grid.startswith(self.scope)
            and event.grid.startswith(asked.get("under", ""))
            and event.severity in asked.get("severity", [event.severity])
            and event.kind in asked.get("kind", [event.kind])
        )
