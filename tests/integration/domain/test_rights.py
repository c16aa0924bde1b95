"""Who may do what where: every role, every action, inside its scope, outside, and nowhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from gridql.access.roles import Actor, Role
from tests.integration.domain.doing import CLOSE, RECORD, REPORT, SUBMIT, send, state
from tests.integration.graph.people import ROLES
from tests.integration.graph.world import World

MAY: dict[str, frozenset[Role]] = {
    RECORD: frozenset({Role.DISTRICT, Role.STREET, Role.COMMUNITY, Role.GRID_WORKER}),
    REPORT: frozenset({Role.DISTRICT, Role.STREET, Role.COMMUNITY, Role.GRID_WORKER}),
    SUBMIT: frozenset({Role.DISTRICT, Role.STREET, Role.COMMUNITY, Role.GRID_WORKER}),
    CLOSE: frozenset({Role.DISTRICT, Role.STREET, Role.COMMUNITY}),
}
REACHES_STREET_B = frozenset({Role.DISTRICT, Role.DEPARTMENT})

HERE, STREET_B, NOWHERE = 0, 1, 2
"""Grid 1, which is in everybody's scope; grid 4; and numbers that nothing has."""

NAMES = {RECORD: "recordVisit", REPORT: "reportHazard", SUBMIT: "submitForm", CLOSE: "closeHazard"}
"""Of hazards one verb; all the others are in test_life.py."""


def sent(mutation: str, where: int) -> dict[str, Any]:
    """An input about something there."""
    client_id = str(UUID(int=9100 + where))
    if mutation == CLOSE:
        return {"hazardId": f"Hazard:{(3, 57, 999)[where]}"}
    if mutation == RECORD:
        household = f"Household:{(1, 6, 999)[where]}"
        return {
            "clientId": client_id,
            "kind": "CARE",
            "outcome": "NO_ANSWER",
            "householdId": household,
        }
    if mutation == REPORT:
        return {
            "clientId": client_id,
            "title": "堆物",
            "severity": "MINOR",
            "category": "STORAGE",
            "placeId": f"Place:{(1, 5, 999)[where]}",
        }
    return {
        "clientId": client_id,
        "subjectId": f"Resident:{(1, 5, 999)[where]}",
        "answers": {"careNoteV1": {"wellbeing": 3}},
    }


def expected(role: Role, mutation: str, where: int) -> list[str]:
    if role not in MAY[mutation]:
        return ["FORBIDDEN"]
    if where == HERE or (where == STREET_B and role in REACHES_STREET_B):
        return []
    return ["NOT_FOUND"]


@pytest.mark.parametrize("actor", ROLES.values(), ids=ROLES)
async def test_every_action(world: World, actor: Actor) -> None:
    for mutation, name in NAMES.items():
        messages = {}
        for where in (NOWHERE, STREET_B, HERE):
            before = await state()

            payload = await send(world, mutation, sent(mutation, where), actor=actor)

            codes = [problem["code"] for problem in payload["problems"]]
            assert codes == expected(actor.role, mutation, where), (name, where)
            assert (await state() == before) is bool(codes), (name, where)
            messages[where] = payload["problems"]
        if messages[STREET_B]:
            # Nobody can tell what lies elsewhere from what is not there at all.
            assert messages[STREET_B] == messages[NOWHERE]
