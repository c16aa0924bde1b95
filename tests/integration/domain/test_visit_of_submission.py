"""The visit during which a form was filled in has to have been one to its subject."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.domain.doing import DEVICE_ID, SUBMIT, refused, send
from tests.integration.graph.inhabitants import case
from tests.integration.graph.people import DISTRICT, STREET_A
from tests.integration.graph.world import World

SHOP = {"nineSmallPlacesShopV1": case("nine_small_places", "shop_in_order")}
HOME = {"satisfactionV1": case("satisfaction", "unaware_and_unsafe")}
PERSON = {"careNoteV1": {"wellbeing": 4}}
AREA = {"areaReportV1": {"meetings": 1}}


def sent(subject: str, answers: dict[str, Any], visit: str) -> dict[str, Any]:
    return {"clientId": DEVICE_ID, "subjectId": subject, "answers": answers, "visitId": visit}


# The world's visits: 1 and 3 to household 1, 2 to household 3, 4 to place 1, all in grid 1;
# 5 a round of grid 2; 6 to household 6 in grid 4.
@pytest.mark.parametrize(
    ("subject", "answers", "visit"),
    [
        ("Place:1", SHOP, "Visit:4"),
        ("Place:3", SHOP, "Visit:5"),  # in grid 2
        ("Household:1", HOME, "Visit:3"),
        ("Resident:1", PERSON, "Visit:1"),  # of household 1
        (f"Area:{STREET_A}", AREA, "Visit:5"),
    ],
)
async def test_a_visit_to_the_subject(
    world: World, subject: str, answers: dict[str, Any], visit: str
) -> None:
    payload = await send(world, SUBMIT, sent(subject, answers, visit), actor=DISTRICT)

    assert payload["problems"] == []


@pytest.mark.parametrize(
    ("subject", "answers", "visit"),
    [
        ("Place:1", SHOP, "Visit:5"),  # another grid
        ("Place:1", SHOP, "Visit:6"),
        ("Place:2", SHOP, "Visit:4"),  # another place of the grid
        ("Place:1", SHOP, "Visit:1"),
        ("Household:1", HOME, "Visit:2"),
        ("Household:1", HOME, "Visit:4"),
        ("Resident:1", PERSON, "Visit:2"),  # at the neighbours'
        (f"Area:{STREET_A}", AREA, "Visit:6"),
        (f"Area:{STREET_A}", AREA, "Visit:4"),
    ],
)
async def test_a_visit_to_somewhere_else(
    world: World, subject: str, answers: dict[str, Any], visit: str
) -> None:
    assert await refused(world, SUBMIT, sent(subject, answers, visit), actor=DISTRICT) == [
        ("INVALID", "/visitId", "That visit was to somewhere else than this subject.")
    ]
