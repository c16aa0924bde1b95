"""The gate that every verb passes: who may, which hazard, unchanged since, in a state that fits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridql import clock
from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.domain.hazards import timing
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.moves import MOVES, Move
from gridql.domain.hazards.rules import HazardEventKind
from gridql.errors import Fault, ProblemCode, Refusal
from gridql.handling import Handling
from gridql.journal import entry
from gridql.journal.models import Entry
from gridql.rows import utc_text

HAZARD = "/hazardId"
"""Where the input says which hazard it is about."""

TOLD = {
    "department": "department",
    "due_at": "dueAt",
    "extension_until": "extensionUntil",
    "level": "level",
    "merged_into_id": "mergedInto",
    "returns": "returns",
    "severity": "severity",
}
"""Columns whose change stands in the journal, and how the API names them."""


@dataclass(frozen=True, slots=True)
class Target:
    """The hazard that somebody acts on, as they saw it last."""

    hazard_id: int
    expected_revision: int | None = None
    """The revision that they saw; None where they do not say."""


@dataclass(slots=True)
class Work:
    """A verb at work on a hazard that is held until the transaction ends."""

    actor: Actor
    handling: Handling
    hazard: Hazard
    move: Move
    faults: list[Fault]
    """What stands in the way; filled further until `finish`."""

    def conflict(self, zh: str, en: str, path: str = HAZARD) -> None:
        """Something does not fit with what is there."""
        self.faults.append(Fault(ProblemCode.CONFLICT, path, {"zh": zh, "en": en}))

    def forbid(self, zh: str, en: str) -> None:
        """It is not this account's to do, although others of its role may."""
        self.faults.append(Fault(ProblemCode.FORBIDDEN, HAZARD, {"zh": zh, "en": en}))

    def require_lead(self) -> None:
        """Only the department that leads may go on, not one that helps."""
        if self.hazard.department != self.actor.department:
            self.forbid(
                "该隐患由其他部门牵头，须由牵头部门办理。",
                "Another department leads this hazard, and has to do this.",
            )

    def require_sound(self) -> None:
        """Raise Refusal with all faults, if there are any."""
        if self.faults:
            raise Refusal(self.faults)

    async def finish(
        self, *, note: str | None = None, changes: Mapping[str, Any] | None = None, **columns: Any
    ) -> None:
        """Write the change and its entry in the journal; raises Refusal if anything is at fault."""
        self.require_sound()
        if self.move.leads_to is not None:
            columns["status"] = self.move.leads_to
        await self.leave(self.move.kind, note=note, changes=changes, **columns)

    async def leave(self, kind: HazardEventKind, **what: Any) -> None:
        """Write a change of any kind (members as of `changed`), and its entry in the journal."""
        left = await changed(self.actor, self.handling, self.hazard, kind, **what)
        await entry.write_many([left])


@asynccontextmanager
async def at_work(
    actor: Actor,
    handling: Handling,
    verb: str,
    target: Target,
    faults: list[Fault],
    *,
    right: str | None = None,
    together_with: int | None = None,
) -> AsyncIterator[Work]:
    """Hold the hazard for a verb (of MOVES) whose input has these faults.

    `right` is called like the verb unless given; `together_with` is another hazard to be held.

    Raises FORBIDDEN for a role that has not the right; NOT_FOUND for a hazard that the actor does
    not see; STALE when it has changed while this waited for it, or since the revision that was
    expected; CONFLICT when its state is not one that the verb starts from.
    """
    enforce.require(actor, f"Hazard.{right or verb}")
    move = MOVES[verb]
    before = await revision(actor, target)
    async with transaction():
        if together_with is not None:
            # In the order of their numbers: two who hold the same two never wait for one another.
            both = Hazard.filter(
                enforce.rows(actor, Hazard), id__in=[target.hazard_id, together_with]
            )
            await both.order_by("id").select_for_update()
        hazard = await enforce.find(actor, Hazard, target.hazard_id, HAZARD, faults, lock=True)
        if hazard is None:
            raise Refusal(faults)
        fault = stale(hazard, before, target) or move.misfit(hazard.status)
        if fault is not None:
            raise Refusal([*faults, fault])
        yield Work(actor, handling, hazard, move, faults)


async def revision(actor: Actor, target: Target) -> int | None:
    """The hazard's revision before anybody waits for it; None for one that is not seen."""
    query = Hazard.filter(enforce.rows(actor, Hazard), id=target.hazard_id)
    seen = await query.only("revision").first()
    return seen.revision if seen is not None else None


def stale(hazard: Hazard, before: int | None, target: Target) -> Fault | None:
    """Whether the hazard has changed under the hands of whoever acts on it."""
    expected = target.expected_revision
    if expected is not None and expected != hazard.revision:
        path = "/expectedRevision"
    elif before is not None and before != hazard.revision:
        path = HAZARD
    else:
        return None
    return Fault(
        ProblemCode.STALE,
        path,
        {
            "zh": f"隐患已被他人修改：当前为第 {hazard.revision} 版，状态 {hazard.status}。",
            "en": f"The hazard has changed meanwhile: it is at revision {hazard.revision} now, "
            f"{hazard.status}.",
        },
    )


async def changed(
    actor: Actor | None,
    handling: Handling | None,
    hazard: Hazard,
    kind: HazardEventKind,
    *,
    at: datetime | None = None,
    note: str | None = None,
    changes: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Entry:
    """Write these columns of a hazard that is held; what it leaves in the journal, not yet written.

    `changes` are told there together with those of the columns that are (TOLD). Without `handling`
    the clock stops for the hazard, as for one that is closed.
    """
    before = hazard.status
    told = {
        TOLD[name]: _told(name, value)
        for name, value in columns.items()
        if name in TOLD and value != getattr(hazard, name)
    }
    now = at or clock.now()
    hazard.update_from_dict({**columns, "revision": hazard.revision + 1})
    if handling is None:
        timing.stop(hazard)
    else:
        timing.reset(hazard, handling, now)
    await hazard.save(update_fields=[*columns, "revision", "urgency", "clock_at"])
    return entry.entry(
        actor,
        subject_type="Hazard",
        subject_id=hazard.id,
        kind=kind,
        grid_code=hazard.grid_id,
        from_state=before,
        to_state=hazard.status,
        revision=hazard.revision,
        note=note,
        changes={**told, **(changes or {})} or None,
        at=now,
    )


def _told(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    if name == "merged_into_id" and value is not None:
        return f"Hazard:{value}"
    return str(value) if isinstance(value, str) else value
