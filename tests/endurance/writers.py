"""Those who act: they report hazards and take them further, and repeat what was not answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.acceptance.callers import Caller
from tests.acceptance.shop import THREE_FAULTS

HAZARD = "hazard { id revision status } problems { code path message }"

REPORT = f"mutation ($input: ReportHazardInput!) {{ reportHazard(input: $input) {{ {HAZARD} }} }}"

INSPECT = """
mutation ($input: SubmitFormInput!) {
  submitForm(input: $input) {
    submission { hazards { edges { node { id revision status } } } }
    problems { code path message }
  }
}
"""

_INSPECTIONS = 0.05
"""Of what is found, how much is found in an inspection: three hazards in one transaction."""

_RETRY_S = 0.1
_KNOWN = 40
"""Open hazards of one street at the most, so that writers meet at the same ones."""

_TOO_LATE = {"STALE", "CONFLICT"}
"""What a writer is told whom another one was faster than, or whose first answer was lost."""

SEVERITIES = ("MINOR", "SERIOUS", "SUSPECTED_MAJOR")


@dataclass(frozen=True)
class Step:
    """What somebody can do to a hazard of one status."""

    mutation: str
    input: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The operation."""
        kind = self.mutation[0].upper() + self.mutation[1:]
        return (
            f"mutation ($input: {kind}Input!) {{ {self.mutation}(input: $input) {{ {HAZARD} }} }}"
        )


STEPS = {"REPORTED": (Step("closeHazard"),)}
"""By the hazard's status; which one it is, chance decides."""


@dataclass
class Street:
    """Where some of the writers act on the same hazards."""

    grids: Sequence[str]
    shop: str
    officer: Caller
    known: dict[str, tuple[int, str]] = field(default_factory=dict)
    """The revision and status of open hazards, as far as writers have heard."""


class Work:
    """What all writers have done together, and whether there is more to do."""

    def __init__(self) -> None:
        self.acknowledged: set[tuple[int, int]] = set()
        """Hazards with their revisions, of which a writer was told that it is so."""
        self.reported: dict[str, str] = {}
        self.repeated = 0
        self.too_late = 0
        self.faults: list[str] = []
        self.over = asyncio.Event()


class Writer:
    """Acts in one street, one step after the other."""

    def __init__(self, street: Street, work: Work, chance: Random) -> None:
        self._street = street
        self._work = work
        self._chance = chance

    async def run(self) -> None:
        """Until the work is over."""
        while not self._work.over.is_set():
            known = self._street.known
            if len(known) > self._chance.randrange(_KNOWN):
                await self._take_further(*self._chance.choice(list(known.items())))
            elif self._chance.random() < _INSPECTIONS:
                await self._inspect()
            else:
                await self._report()

    async def _report(self) -> None:
        client_id = self._client_id()
        answer = await self._answer(
            REPORT,
            clientId=client_id,
            title="消防通道堵塞",
            severity=self._chance.choice(SEVERITIES),
            category=self._chance.choice(("FIRE_LANE", "WIRING")),
            gridCode=self._chance.choice(self._street.grids),
        )
        if answer["hazard"] is None:
            self._work.faults.append(f"not reported: {answer}")
            return
        self._hear(answer["hazard"])
        self._work.reported[client_id] = answer["hazard"]["id"]

    async def _inspect(self) -> None:
        client_id = self._client_id()
        answers = {"nineSmallPlacesShopV1": THREE_FAULTS}
        answer = await self._answer(
            INSPECT, clientId=client_id, subjectId=self._street.shop, answers=answers
        )
        if answer["submission"] is None:
            self._work.faults.append(f"not handed in: {answer}")
            return
        for edge in answer["submission"]["hazards"]["edges"]:
            self._hear(edge["node"])

    async def _take_further(self, hazard_id: str, known: tuple[int, str]) -> None:
        revision, status = known
        step = self._chance.choice(STEPS[status])
        answer = await self._answer(
            step.text, hazardId=hazard_id, expectedRevision=revision, **step.input
        )
        if answer["hazard"] is not None:
            self._hear(answer["hazard"])
        elif {problem["code"] for problem in answer["problems"]} <= _TOO_LATE:
            self._work.too_late += 1
            self._street.known.pop(hazard_id, None)
        else:
            self._work.faults.append(f"{step.mutation} of {hazard_id} at {known}: {answer}")

    def _hear(self, hazard: Mapping[str, Any]) -> None:
        """Take in how a hazard stands now, by the word of a server."""
        hazard_id, revision, status = hazard["id"], hazard["revision"], hazard["status"]
        self._work.acknowledged.add((int(hazard_id.partition(":")[2]), revision))
        if status in STEPS:
            self._street.known[hazard_id] = revision, status
        else:
            self._street.known.pop(hazard_id, None)

    def _client_id(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))

    async def _answer(self, mutation: str, **input: Any) -> dict[str, Any]:
        """What a server answers in the end."""
        while True:
            try:
                answer: dict[str, Any] = await self._street.officer.do(mutation, **input)
            except httpx.TransportError:  # it may be done or not: only asking again can tell
                self._work.repeated += 1
                await asyncio.sleep(_RETRY_S)
            else:
                return answer
