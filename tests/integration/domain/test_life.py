"""Every verb in every state by every role, as the table in docs/hazards.md has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import get_named_type

from gridql import schema
from gridql.access.roles import Role
from gridql.domain.hazards.models import Hazard, HazardPart
from gridql.domain.hazards.moves import MOVES
from gridql.domain.hazards.rules import HazardEventKind, HazardStatus, PartKind, Severity
from gridql.journal.models import Entry
from tests.integration.graph.inhabitants import NOW
from tests.integration.graph.people import GRID_1, ROLES
from tests.integration.graph.world import World

DOCUMENT = (Path(__file__).parents[3] / "docs" / "hazards.md").read_text(encoding="utf-8")

STATES = ["REPORTED", "DISPATCHED", "RECTIFYING", "RECHECKING", "CLOSED", "VOIDED"]

NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    verb: str
    leads_to: Mapping[str, str]
    """The state after, by the state before; only where there is one."""
    roles: frozenset[str]
    event: str

    @property
    def mutation(self) -> str:
        return self.verb.partition(",")[0]


def groups() -> dict[str, frozenset[str]]:
    """Who staff, field and department are, as the document says."""
    found = re.findall(r"\*\*(staff|field|department)\*\* (?:are|is) ([A-Z_, \n]+)", DOCUMENT)
    return {name: frozenset(re.findall(r"[A-Z_]+", roles)) for name, roles in found}


def lines() -> Iterator[Line]:
    """The table as it stands in the document."""
    who = groups()
    for text in DOCUMENT.split("\n"):
        cells = [cell.strip() for cell in text.strip("| ").split("|")]
        if len(cells) != len(STATES) + 3 or not cells[0].startswith("`"):
            continue
        states = dict(zip(STATES, cells[1:-2], strict=True))
        yield Line(
            cells[0].replace("`", ""),
            {before: after for before, after in states.items() if after != NOTHING},
            who[cells[-2]],
            cells[-1],
        )


TABLE = [*lines()]

PHOTO = {"uri": "https://files.example/1.jpg", "sha256": "ab" * 32}

INPUTS: Mapping[str, dict[str, Any]] = {
    "rectifyHazardOnSpot": {"remark": "已清理", "evidence": [PHOTO]},
    "dispatchHazard": {"department": "HOUSING"},
    "returnHazard": {"reason": "不属本部门"},
    "requestExtension": {"reason": "等待配件", "until": "2026-06-01T00:00:00Z"},
    "submitRectification": {"remark": "已整改", "evidence": [PHOTO]},
    "recheckHazard, passed": {"passed": True},
    "recheckHazard, not passed": {"passed": False, "note": "仍有堆物"},
    "voidHazard": {"reason": "误报"},
    "reopenHazard": {"reason": "复发"},
    "mergeHazard": {"intoId": "Hazard:1"},
    "callDepartments": {"departments": ["HOUSING"]},
}
"""What the verbs need beside the hazard."""

COLUMNS: Mapping[str, dict[str, Any]] = {
    "grantExtension": {"extension_until": NOW + timedelta(days=9)},
    "refuseExtension": {"extension_until": NOW + timedelta(days=9)},
    "unmergeHazard": {"merged_into_id": 1},
    "confirmMajor": {"severity": Severity.SUSPECTED_MAJOR},
    "refuteMajor": {"severity": Severity.SUSPECTED_MAJOR},
}
"""What a hazard has to be, apart from its state, so that nothing but that stands in the way."""

STEPS: Mapping[str, dict[str, Any]] = {
    "signInHazard": {},
    "contactHazard": {"signed_in_at": NOW},
    "attendHazard": {"signed_in_at": NOW, "contacted_at": NOW},
}
"""What a department that was called has done before."""


async def hazard_in(state: str, line: Line) -> Hazard:
    """A hazard in that state, of which every role that sees hazards sees this one."""
    hazard = await Hazard.create(
        title="楼道堆物",
        status=HazardStatus(state),
        category="ELECTRICAL",
        department="FIRE_RESCUE",
        place_id=1,
        grid_id=GRID_1,
        reported_at=NOW,
        due_at=NOW + timedelta(days=3),
        rectified_by_id=99 if state == "RECHECKING" else None,
        closed_at=NOW if state == "CLOSED" else None,
        **{"severity": Severity.SERIOUS} | COLUMNS.get(line.mutation, {}),
    )
    if line.mutation in STEPS:
        await HazardPart.create(
            hazard_id=hazard.id,
            department="FIRE_RESCUE",
            part=PartKind.CALLED,
            **STEPS[line.mutation],
        )
    return hazard


async def snapshot(hazard: Hazard) -> Any:
    """All of a hazard, its departments, and what the journal says of it."""
    return (
        await Hazard.filter(id=hazard.id).values(),
        await HazardPart.filter(hazard_id=hazard.id).order_by("id").values(),
        await Entry.filter(subject_type="Hazard", subject_id=hazard.id).order_by("id").values(),
        await Entry.all().count(),
    )


def mutation(line: Line) -> str:
    name = line.mutation
    of_input = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"mutation($input: {of_input}!) {{ {name}(input: $input) "
        "{ hazard { id status revision } problems { code path message } } }"
    )


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.verb)
async def test_every_state_and_role(world: World, line: Line) -> None:
    for state in STATES:
        for role, actor in ROLES.items():
            hazard = await hazard_in(state, line)
            before = await snapshot(hazard)
            sent = {"hazardId": f"Hazard:{hazard.id}", **INPUTS.get(line.verb, {})}

            data = await world.data(mutation(line), actor, input=sent)

            payload = data[line.mutation]
            told = [problem["code"] for problem in payload["problems"]]
            after = await snapshot(hazard)
            if role.value not in line.roles:
                assert (told, payload["hazard"]) == (["FORBIDDEN"], None), (state, role)
                assert after == before
            elif state not in line.leads_to:
                assert (told, payload["hazard"]) == (["CONFLICT"], None), (state, role)
                assert f"The hazard is {state} and " in payload["problems"][0]["message"]
                assert after == before
            else:
                new = line.leads_to[state]
                assert told == [], (state, role, payload)
                assert (payload["hazard"]["status"], payload["hazard"]["revision"]) == (new, 2)
                (entry,) = await Entry.filter(subject_type="Hazard", subject_id=hazard.id)
                assert (entry.kind, entry.from_state, entry.to_state) == (line.event, state, new)
                assert (entry.revision, entry.actor_id) == (2, actor.account_id)


ELSEWHERE = {
    "STREET": "Hazard:57",
    "COMMUNITY": "Hazard:40",
    "GRID_WORKER": "Hazard:25",
    "DEPARTMENT": "Hazard:1",
}
"""A hazard that the role does not see: of another area, or of another department."""


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.verb)
async def test_a_hazard_that_is_not_seen_reads_as_none(world: World, line: Line) -> None:
    before = await Entry.all().count()
    for role, hidden in ELSEWHERE.items():
        for hazard in (hidden, "Hazard:9999", "Place:1"):
            sent = {"hazardId": hazard, **INPUTS.get(line.verb, {})}

            data = await world.data(mutation(line), ROLES[Role(role)], input=sent)

            told = [(each["code"], each["path"]) for each in data[line.mutation]["problems"]]
            if role in line.roles:
                assert ("NOT_FOUND", "/hazardId") in told
                assert {code for code, _ in told} == {"NOT_FOUND"}
            else:
                assert told == [("FORBIDDEN", None)]
    assert await Entry.all().count() == before


def test_the_table_has_all_verbs_and_all_kinds_of_events() -> None:
    built = schema.frame()
    mutations = built.mutation_type
    assert mutations is not None
    of_hazards = {
        name
        for name, field in mutations.fields.items()
        if "input" in field.args and "hazardId" in get_named_type(field.args["input"].type).fields
    }
    assert {line.mutation for line in TABLE} == of_hazards
    # What the table leaves out: the beginning, and what the clock does by itself.
    assert {line.event for line in TABLE} | {"REPORTED", "DUE_SOON", "OVERDUE"} == {
        *HazardEventKind
    }


def test_the_table_is_that_of_the_rules() -> None:
    by_kind = {move.kind: move for move in MOVES.values()}
    for line in TABLE:
        move = by_kind[HazardEventKind(line.event)]
        assert {*line.leads_to} == {*move.starts}, line.verb
        assert {*line.leads_to.values()} == ({move.leads_to} if move.leads_to else {*move.starts})
