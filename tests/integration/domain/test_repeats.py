"""Sent again under one client id: what is left out matches, anything else is a conflict."""

from __future__ import annotations

from typing import Any

import pytest

from gridql.domain.submissions.models import Submission
from tests.integration.domain.doing import (
    DEVICE_ID,
    RECORD,
    REPORT,
    SUBMIT,
    refused,
    send,
    state,
)
from tests.integration.graph.inhabitants import case
from tests.integration.graph.people import GRID_1
from tests.integration.graph.world import World

IN_ORDER = case("nine_small_places", "shop_in_order")
CONFLICT = [("CONFLICT", "/clientId", "This clientId was used before, for something else.")]

VISIT: dict[str, Any] = {
    "clientId": DEVICE_ID,
    "kind": "PATROL",
    "outcome": "MET",
    "placeId": "Place:1",
}
HAZARD: dict[str, Any] = {
    "clientId": DEVICE_ID,
    "title": "电线裸露",
    "severity": "MINOR",
    "category": "ELECTRICAL",
    "placeId": "Place:1",
}
ANSWERS: dict[str, Any] = {
    "clientId": DEVICE_ID,
    "subjectId": "Place:1",
    "answers": {"nineSmallPlacesShopV1": IN_ORDER},
}

REPEATED = pytest.mark.parametrize(
    ("mutation", "least", "more", "otherwise"),
    [
        (
            RECORD,
            VISIT,
            {"visitedAt": "2026-05-01T07:00:00Z", "note": "一"},
            [
                {"visitedAt": "2026-05-01T07:01:00Z"},
                {"note": "二"},
                {"placeId": "Place:2"},
                {"placeId": None, "gridCode": GRID_1},
            ],
        ),
        (
            REPORT,
            HAZARD,
            {
                "description": "门口",
                "department": "FIRE_RESCUE",
                "dueAt": "2026-05-03T00:00:00Z",
            },
            [
                {"description": "门外"},
                {"department": "HOUSING"},
                {"dueAt": "2026-05-04T00:00:00Z"},
                {"placeId": None, "gridCode": GRID_1},
            ],
        ),
        (
            SUBMIT,
            ANSWERS,
            {
                "observedAt": "2026-05-01T07:00:00.5Z",
                "location": {"lon": 117.5, "lat": 36.7, "accuracyM": 5},
                "visitId": "Visit:4",
            },
            [
                {"observedAt": "2026-05-01T07:00:00Z"},
                {"location": {"lon": 117.5, "lat": 36.8, "accuracyM": 5}},
                {"location": {"lon": 117.5, "lat": 36.7, "accuracyM": 6}},
            ],
        ),
    ],
    ids=["visit", "hazard", "submission"],
)


@REPEATED
async def test_sent_again_whole_or_with_less(
    world: World,
    mutation: str,
    least: dict[str, Any],
    more: dict[str, Any],
    otherwise: list[dict[str, Any]],
) -> None:
    first = await send(world, mutation, least | more)
    before = await state()

    assert first["problems"] == []
    assert await send(world, mutation, least | more) == first
    assert await send(world, mutation, least) == first
    assert await state() == before


@REPEATED
async def test_sent_again_with_something_else(
    world: World,
    mutation: str,
    least: dict[str, Any],
    more: dict[str, Any],
    otherwise: list[dict[str, Any]],
) -> None:
    await send(world, mutation, least | more)

    for other in otherwise:
        assert await refused(world, mutation, least | more | other) == CONFLICT


async def test_a_visit_that_was_not_named_the_first_time(world: World) -> None:
    await send(world, SUBMIT, ANSWERS)

    assert await refused(world, SUBMIT, ANSWERS | {"visitId": "Visit:4"}) == CONFLICT


async def test_where_the_device_was_and_how_far_off(world: World) -> None:
    await send(world, SUBMIT, ANSWERS | {"location": {"lon": 117.5, "lat": 36.7, "accuracyM": 5}})

    assert (await Submission.get(client_id=DEVICE_ID)).location == {
        "type": "Point",
        "coordinates": [117.5, 36.7],
        "accuracyM": 5,
    }
