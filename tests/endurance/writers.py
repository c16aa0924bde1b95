"""Those who act: they report hazards and take them further, and repeat what was not answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.acceptance.callers import Caller
from tests.acceptance.shop import THREE_FAULTS

STANDS = "id revision status severity category grid { code } place { id }"

HAZARD = f"hazard {{ {STANDS} }} problems {{ code path message }}"

REPORT = f"mutation ($input: ReportHazardInput!) {{ reportHazard(input: $input) {{ {HAZARD} }} }}"

INSPECT = f"""
mutation ($input: SubmitFormInput!) {{
  submitForm(input: $input) {{
    submission {{ hazards {{ edges {{ node {{ {STANDS} }} }} }} }}
    problems {{ code path message }}
  }}
}}
"""

_INSPECTIONS = 0.05
"""Of what is found, how much is found in an inspection: three hazards in one transaction."""

_RETRY_S = 0.1
_KNOWN = 40
"""Open hazards of one street at the most, so that writers meet at the same ones."""

_TOO_LATE = {"STALE", "CONFLICT"}
"""What a writer is told whom another one was faster than, or whose first answer was lost."""

SEVERITIES = ("MINOR", "SERIOUS", "SUSPECTED_MAJOR")


DEPARTMENT = "FIRE"
PHOTO = {"uri": "https://files.example/1.jpg", "sha256": "0" * 64}


@dataclass(frozen=True)
class Step:
    """What somebody can do to a hazard of one status."""

    mutation: str
    input: dict[str, Any] = field(default_factory=dict)
    by_department: bool = False
    into_another: bool = False
    """Whether it takes a second hazard, which the first goes into."""

    @property
    def text(self) -> str:
        """The operation."""
        kind = self.mutation[0].upper() + self.mutation[1:]
        return (
            f"mutation ($input: {kind}Input!) {{ {self.mutation}(input: $input) {{ {HAZARD} }} }}"
        )


def _later(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


_DISPATCH = Step("dispatchHazard", {"department": DEPARTMENT, "dueAt": _later(30)})
_ACCEPT = Step("acceptHazard", by_department=True)
_SUBMIT = Step("submitRectification", {"remark": "已清理", "evidence": [PHOTO]}, by_department=True)
_MERGE = Step("mergeHazard", into_another=True)

STEPS = {
    "REPORTED": (
        *(_DISPATCH, _DISPATCH, _DISPATCH, _MERGE),
        Step("closeHazard"),
        Step("escalateHazard"),
    ),
    "DISPATCHED": (
        *(_ACCEPT, _ACCEPT, _ACCEPT, _MERGE),
        Step("returnHazard", {"reason": "不属本部门职责"}, by_department=True),
    ),
    "RECTIFYING": (
        *(_SUBMIT, _SUBMIT),
        Step("requestExtension", {"until": _later(60), "reason": "等待配件"}, by_department=True),
    ),
    "RECHECKING": (
        Step("recheckHazard", {"passed": True}),
        Step("recheckHazard", {"passed": False, "note": "仍有杂物"}),
    ),
}
"""By the hazard's status; which one it is, chance decides."""


@dataclass
class Street:
    """Where some of the writers act on the same hazards."""

    grids: Sequence[str]
    shop: str
    officer: Caller
    department: Caller
    known: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Open hazards as writers have last heard of them, by id."""

    def like(self, hazard: Mapping[str, Any]) -> list[str]:
        """Other known hazards about the same matter at the same place, and as grave."""
        about = ("severity", "category", "grid", "place")
        return [
            hazard_id
            for hazard_id, other in self.known.items()
            if hazard_id != hazard["id"] and all(other[each] == hazard[each] for each in about)
        ]


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
                await self._take_further(self._chance.choice(list(known.values())))
            elif self._chance.random() < _INSPECTIONS:
                await self._inspect()
            else:
                await self._report()

    async def _report(self) -> None:
        client_id = self._client_id()
        answer = await self._answer(
            self._street.officer,
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
            self._street.officer,
            INSPECT,
            clientId=client_id,
            subjectId=self._street.shop,
            answers=answers,
        )
        if answer["submission"] is None:
            self._work.faults.append(f"not handed in: {answer}")
            return
        for edge in answer["submission"]["hazards"]["edges"]:
            self._hear(edge["node"])

    async def _take_further(self, hazard: Mapping[str, Any]) -> None:
        step = self._chance.choice(STEPS[hazard["status"]])
        input = {"hazardId": hazard["id"], "expectedRevision": hazard["revision"], **step.input}
        if step.into_another:
            others = self._street.like(hazard)
            if not others:
                return
            input["intoId"] = self._chance.choice(others)
        by = self._street.department if step.by_department else self._street.officer
        answer = await self._answer(by, step.text, **input)
        codes = {problem["code"] for problem in answer["problems"]}
        if codes and codes <= _TOO_LATE:
            self._work.too_late += 1
            self._street.known.pop(hazard["id"], None)
        elif codes:
            self._work.faults.append(f"{step.mutation} of {hazard}: {answer}")
        if answer["hazard"] is not None:
            self._hear(answer["hazard"])

    def _hear(self, hazard: Mapping[str, Any]) -> None:
        """Take in how a hazard stands now, by the word of a server."""
        self._work.acknowledged.add((int(hazard["id"].partition(":")[2]), hazard["revision"]))
        if hazard["status"] in STEPS:
            self._street.known[hazard["id"]] = hazard
        else:
            self._street.known.pop(hazard["id"], None)

    def _client_id(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))

    async def _answer(self, by: Caller, mutation: str, **input: Any) -> dict[str, Any]:
        """What a server answers in the end."""
        while True:
            try:
                answer: dict[str, Any] = await by.do(mutation, **input)
            except httpx.TransportError:  # it may be done or not: only asking again can tell
                self._work.repeated += 1
                await asyncio.sleep(_RETRY_S)
            else:
                return answer
