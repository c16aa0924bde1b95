"""Every example in the documentation takes one statement for each field that it reads."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import FieldNode, OperationDefinitionNode, OperationType, parse

from gridql import clock
from gridql.access.roles import Actor
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.graph.following import Following
from gridql.graph.responses import Result
from tests.conftest import Dialect
from tests.integration.graph.inhabitants import case
from tests.integration.graph.people import (
    AGENCY,
    COMMUNITY_A,
    DEPARTMENT,
    DISTRICT,
    GRID_1,
    STREET,
    WORKER,
)
from tests.integration.graph.world import World, Worlds

EXAMPLES = sorted((Path(__file__).parents[3] / "docs" / "examples").glob("*.graphql"))


@dataclass(frozen=True)
class Asked:
    """How an example is asked here, so that it finds something."""

    actor: Actor
    variables: dict[str, Any] = field(default_factory=dict)
    statements: int = 1
    """Of the read pool: one for each root field, for each payload's row, for each event."""


NEW = "5c1f1a52-7f0e-4a1c-9a43-0d1b8f3f8a11"

ASKED = {
    "area-path": Asked(STREET, {"code": COMMUNITY_A}),
    "call-departments": Asked(STREET, {"hazardId": "Hazard:1", "departments": ["FIRE_RESCUE"]}),
    "close-hazard": Asked(DISTRICT, {"hazardId": "Hazard:1", "note": "已清理"}),
    "coverage": Asked(STREET, {"under": "370114001", "since": "2026-04-01T00:00:00Z"}),
    "dispatch-hazard": Asked(
        STREET, {"hazardId": "Hazard:1", "department": "HOUSING", "helpers": ["FIRE_RESCUE"]}
    ),
    "form": Asked(WORKER, {"name": "nineSmallPlacesShop"}),
    "grid": Asked(WORKER, {"code": GRID_1}),
    "hazard": Asked(WORKER, {"id": "Hazard:61"}),
    "hazard-events": Asked(AGENCY, {"after": "66"}),
    "hazard-updates": Asked(AGENCY, {"after": "66", "under": "370114001"}),
    "hazards-page": Asked(DISTRICT, {"under": "370114001"}),
    "overdue-hazards": Asked(DISTRICT, {"under": "370114001", "urgency": ["IN_TIME"]}),
    "recheck-hazard": Asked(WORKER, {"hazardId": "Hazard:9", "passed": True}),
    "record-visit": Asked(WORKER, {"clientId": NEW, "householdId": "Household:1"}),
    "register-webhook": Asked(
        AGENCY, {"url": "https://hooks.example/fire", "label": "指挥系统", "filter": None}
    ),
    "submit-rectification": Asked(
        DEPARTMENT,
        {
            "hazardId": "Hazard:6",
            "remark": "已更换",
            "evidence": [{"uri": "https://files.example/1.jpg", "sha256": "0" * 64}],
        },
    ),
    "submit-json": Asked(
        WORKER,
        {
            "clientId": NEW,
            "subjectId": "Household:1",
            "form": "satisfaction",
            "version": 1,
            "answers": case("satisfaction", "unaware_and_unsafe"),
        },
    ),
    "submit-shop": Asked(
        WORKER,
        {
            "clientId": NEW,
            "placeId": "Place:1",
            "answers": case("nine_small_places", "shop_three_faults"),
        },
    ),
}
"""By the name of the file; whoever adds an example adds it here."""


@pytest.fixture
def statements(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every statement of the read pool and of the ORM, as a record of the log."""
    for name in ("gridql.sql", "tortoise.db_client"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


def count(statements: pytest.LogCaptureFixture, logger: str = "gridql.sql") -> int:
    """How many there were of that kind."""
    return [record.name for record in statements.records].count(logger)


def text(example: Path) -> str:
    """What stands in the file."""
    return example.read_text(encoding="utf-8")


def definition(example: Path) -> OperationDefinitionNode:
    """The operation in an example."""
    (found,) = parse(text(example)).definitions
    assert isinstance(found, OperationDefinitionNode)
    return found


def examples(kind: OperationType) -> pytest.MarkDecorator:
    """A run for each example of that kind."""
    found = [each for each in EXAMPLES if definition(each).operation is kind]
    return pytest.mark.parametrize("example", found, ids=lambda path: path.stem)


def test_every_example_is_asked_here() -> None:
    assert ASKED.keys() == {example.stem for example in EXAMPLES}


@examples(OperationType.QUERY)
async def test_a_query_takes_one_statement_for_each_root_field(
    world: World, statements: pytest.LogCaptureFixture, example: Path
) -> None:
    asked = ASKED[example.stem]
    query = text(example)

    found = await world.data(query, asked.actor, **asked.variables)

    assert count(statements) == asked.statements == len(root_fields(example))
    assert count(statements, "tortoise.db_client") == 0
    assert empty(found) == []


@examples(OperationType.MUTATION)
async def test_a_mutation_reads_each_row_back_in_one_statement(
    worlds: Worlds, dialect: Dialect, statements: pytest.LogCaptureFixture, example: Path
) -> None:
    asked = ASKED[example.stem]
    query = text(example)
    async with worlds.open(dialect) as world:
        statements.clear()

        found = await world.data(query, asked.actor, **asked.variables)

    assert count(statements) == asked.statements == len(root_fields(example))
    for payload in found.values():
        assert payload.pop("problems") == []
        assert empty(payload) == []


@examples(OperationType.SUBSCRIPTION)
async def test_an_event_takes_one_statement(
    world: World, statements: pytest.LogCaptureFixture, example: Path
) -> None:
    asked = ASKED[example.stem]
    context = Context(asked.actor, "en", "request-7", world.services)
    request = Request(text(example), None, asked.variables)
    with clock.using(world.clock):
        followed = await world.engine.follow(request, context)
        assert isinstance(followed, Following)
        async with aclosing(followed.results()) as events:
            # With the first one come those that the tail brings along.
            await event(events)
            for _ in range(3):
                statements.clear()
                found = await event(events)

                assert count(statements) == asked.statements == len(root_fields(example))
                assert empty(found) == []


async def event(events: AsyncIterator[Result]) -> Any:
    """The data of the next event."""
    response = orjson.loads((await anext(events)).body)
    assert "errors" not in response, response["errors"]
    return response["data"]


def root_fields(example: Path) -> list[str]:
    """The fields at the top of an example."""
    return [
        node.name.value
        for node in definition(example).selection_set.selections
        if isinstance(node, FieldNode)
    ]


def empty(found: dict[str, Any]) -> list[str]:
    """The fields that found nothing, and so would have taken few statements anyway."""
    return [
        key
        for key, value in found.items()
        if not value or (isinstance(value, dict) and value.get("edges") == [])
    ]
