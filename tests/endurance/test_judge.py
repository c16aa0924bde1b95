"""The judge finds what it is there to find."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.endurance.chronicle import Chronicle
from tests.endurance.judge import faults, judged
from tests.endurance.subscribers import Listener, Spell
from tests.endurance.told import Audience, Committed, Told

HERE, THERE = "370114001001001", "370114002001001"
NOON = 1_780_000_000.0

JOURNAL = {
    event.position: event
    for event in (
        Committed(1, 11, 7, "REPORTED", 1, HERE, "SERIOUS", NOON),
        Committed(2, 12, 8, "REPORTED", 1, THERE, "SERIOUS", NOON),
        Committed(3, 13, 7, "DISPATCHED", 2, HERE, "SERIOUS", NOON),
        Committed(5, 14, 9, "REPORTED", 1, HERE, "MINOR", NOON),
    )
}


def told(position: int, **more: Any) -> Told:
    """What a server that is in order tells of the event at that position."""
    event = JOURNAL[position]
    facts = Told(position, event.event, event.hazard, event.kind, event.revision, NOON)
    return facts._replace(**more)


def verdict_on(*heard: Told, audience: Audience | None = None) -> dict[str, list[int]]:
    """The positions that the judge finds fault with, by fault."""
    listener = Listener("WebSocket", audience or Audience("of one street", "", "370114001"))
    listener.told.extend(heard)
    verdict = judged(listener, JOURNAL)
    found: dict[str, Sequence[Told | Committed]] = {
        "lost": verdict.lost,
        "foreign": verdict.foreign,
        "repeated": verdict.repeated,
        "disordered": verdict.disordered,
    }
    return {
        fault: [event.position for event in events] for fault, events in found.items() if events
    }


def test_all_in_order() -> None:
    assert verdict_on(told(1), told(3), told(5)) == {}


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ([told(1), told(5)], {"lost": [3]}),
        ([], {"lost": [1, 3, 5]}),
        ([told(1), told(3), told(3), told(5)], {"repeated": [3]}),
        ([told(1), told(5), told(3)], {"disordered": [3]}),
        ([told(1), told(2), told(3), told(5)], {"foreign": [2]}),
        ([told(1), told(3, event=99), told(5)], {"lost": [3], "foreign": [3]}),
        ([told(1), told(3, revision=1), told(5)], {"lost": [3], "foreign": [3]}),
    ],
)
def test_what_is_wrong_is_found(heard: list[Told], found: dict[str, list[int]]) -> None:
    assert verdict_on(*heard) == found


@pytest.mark.parametrize(
    ("filter", "positions"),
    [
        ({"severity": ["MINOR"]}, [5]),
        ({"kind": ["REPORTED"]}, [1, 2, 5]),
        ({"under": THERE, "kind": ["REPORTED"]}, [2]),
    ],
)
def test_a_filter_says_who_has_to_hear(filter: dict[str, object], positions: list[int]) -> None:
    audience = Audience("of the district", "", "370114", filter)

    assert verdict_on(audience=audience) == {"lost": positions}


def test_a_fault_is_told_with_what_happened_then() -> None:
    chronicle = Chronicle()
    chronicle.note("server 1 is killed")
    listener = Listener("polling", Audience("of one street", "", "370114001"))
    listener.told += [told(1), told(5)._replace(at=time.time())]
    listener.spells.append(Spell(time.time(), "1"))

    [fault] = faults(judged(listener, JOURNAL), chronicle)

    first, before, spell, kill = fault.splitlines()
    assert first.startswith(
        "polling, of one street: lost: position 3, event 13, hazard 7, revision 2, DISPATCHED"
    )
    assert before.strip().startswith("it was told position 1 at 20:26:40.000 before and position 5")
    assert "after 1 until the end: still connected" in spell
    assert kill.endswith("server 1 is killed")
