"""Free texts may name somebody, so auditors are not shown them."""

from __future__ import annotations

from tests.integration.domain.doing import DEVICE_ID, RECORD, send
from tests.integration.graph.people import AGENCY, AUDITOR, DISTRICT
from tests.integration.graph.world import World

SUBMISSION = """{ submission(id: "Submission:1") {
  answers { __typename } answersJson findings { rule remark }
} }"""
HAZARD = '{ hazard(id: "Hazard:61") { title description } }'
VISIT = "query($id: ID!) { visit(id: $id) { outcome note } }"


async def test_auditors_read_what_was_done_and_no_free_text(world: World) -> None:
    sent = {"clientId": DEVICE_ID, "kind": "PATROL", "outcome": "MET", "placeId": "Place:1"}
    visit = (await send(world, RECORD, sent | {"note": "刘洋在店"}))["visit"]["id"]

    assert (await world.data(SUBMISSION, AUDITOR))["submission"] == {
        "answers": None,
        "answersJson": None,
        "findings": [
            {"rule": "exitClear", "remark": None},
            {"rule": "extinguisherOk", "remark": None},
            {"rule": "stockHeight", "remark": None},
        ],
    }
    assert (await world.data(HAZARD, AUDITOR))["hazard"] == {
        "title": "安全出口或疏散通道被堵塞、上锁",
        "description": None,
    }
    assert (await world.data(VISIT, AUDITOR, id=visit))["visit"] == {"outcome": "MET", "note": None}


async def test_others_who_see_the_row_read_them(world: World) -> None:
    remark = "后门堆放纸箱，两具灭火器压力不足"

    found = (await world.data(SUBMISSION, DISTRICT))["submission"]
    assert found["answers"] == {"__typename": "NineSmallPlacesShopV1"}
    assert found["answersJson"]["remark"] == remark
    assert [each["remark"] for each in found["findings"]] == [remark] * 3
    assert (await world.data(HAZARD, AGENCY))["hazard"]["description"] == remark
