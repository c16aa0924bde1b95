"""Compares what was told with the journal, which alone says what was committed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.endurance.chronicle import Chronicle, clock
from tests.endurance.endpoints import WEBHOOK
from tests.endurance.subscribers import Listener, Spell
from tests.endurance.told import Committed, Told

AT_LEAST_ONCE = frozenset({WEBHOOK})
"""Ways that may tell an event twice, with the same id; none may tell it late."""

_SHOWN = 10
"""Faults of one kind and listener that are told one by one."""


@dataclass(slots=True)
class Verdict:
    """What is to be said of one listener."""

    listener: Listener
    entitled: int
    lost: list[Committed] = field(default_factory=list)
    foreign: list[Told] = field(default_factory=list)
    """Not in the journal like that, or nothing that it was to hear of."""
    repeated: list[Told] = field(default_factory=list)
    """Told before, with the same id."""
    disordered: list[Told] = field(default_factory=list)
    """Told after a later event."""

    @property
    def seen(self) -> int:
        """Events that it was told of, each counted once."""
        return self.entitled - len(self.lost)


def judged(listener: Listener, journal: Mapping[int, Committed]) -> Verdict:
    """The verdict on one listener; the journal is given by position."""
    mine = {event.event: event for event in journal.values() if listener.audience.entitled(event)}
    verdict = Verdict(listener, len(mine))
    known: set[int] = set()
    last = 0
    for told in listener.told:
        event = mine.get(told.event)
        if event is None or _facts(told) != _facts(event):
            verdict.foreign.append(told)
            continue
        if told.event in known:
            verdict.repeated.append(told)
            continue
        known.add(told.event)
        if told.position < last:
            verdict.disordered.append(told)
        last = max(last, told.position)
    verdict.lost = [event for event in mine.values() if event.event not in known]
    return verdict


def _facts(event: Told | Committed) -> tuple[object, ...]:
    return event.position, event.event, event.hazard, event.kind, event.revision


def faults(verdict: Verdict, chronicle: Chronicle) -> Iterator[str]:
    """Everything that is wrong with what a listener was told, each with what happened then."""
    listener = verdict.listener
    for complaint in listener.complaints[:_SHOWN]:
        yield f"{listener.name} was refused: {complaint}"
    wrongly = {"not its event": verdict.foreign, "out of order": verdict.disordered}
    if listener.way not in AT_LEAST_ONCE:
        wrongly["told twice"] = verdict.repeated
    for fault, events in wrongly.items():
        for told in events[:_SHOWN]:
            yield _fault(listener, fault, told, told.at, chronicle)
        yield from _more(listener, fault, events)
    for event in verdict.lost[:_SHOWN]:
        at = next((told.at for told in listener.told if told.position > event.position), event.at)
        yield _fault(listener, "lost", event, at, chronicle)
    yield from _more(listener, "lost", verdict.lost)


def _more(listener: Listener, fault: str, events: Sequence[object]) -> Iterator[str]:
    if len(events) > _SHOWN:
        yield f"{listener.name}: {len(events)} {fault} in all"


def _fault(
    listener: Listener, fault: str, event: Told | Committed, at: float, chronicle: Chronicle
) -> str:
    before = max((t for t in listener.told if t.position < event.position), default=None)
    after = min((t for t in listener.told if t.position > event.position), default=None)
    lines = [
        f"{listener.name}: {fault}: position {event.position}, event {event.event}, "
        f"hazard {event.hazard}, revision {event.revision}, {event.kind}; looked for at {clock(at)}"
    ]
    lines += [f"it was told {_told(before)} before and {_told(after)} behind"]
    lines += [_spell(spell) for spell in listener.spells if _touches(spell, at)]
    return "\n    ".join(lines + chronicle.around(at))


def _told(event: Told | None) -> str:
    return f"position {event.position} at {clock(event.at)}" if event else "nothing"


def _touches(spell: Spell, at: float) -> bool:
    return spell.begun_at <= at + 1 and (spell.ended_at is None or spell.ended_at >= at - 1)


def _spell(spell: Spell) -> str:
    until = clock(spell.ended_at) if spell.ended_at else "the end"
    return f"connected from {clock(spell.begun_at)} after {spell.after} until {until}: {spell.end}"
