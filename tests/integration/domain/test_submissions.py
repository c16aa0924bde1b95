"""Handing in forms: what is kept, what is found, and what is refused."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from gridql.domain.hazards.models import Hazard
from gridql.domain.submissions.models import Finding, Submission
from gridql.forms.models import PublishedForm
from gridql.hooks import discover
from tests.integration.domain.doing import (
    DEVICE_ID,
    LAST_ENTRY,
    SUBMIT,
    entries,
    refused,
    send,
    state,
)
from tests.integration.graph.inhabitants import NOW, case
from tests.integration.graph.people import AGENCY, DISTRICT, GRID_1, STREET, STREET_A, STREET_B
from tests.integration.graph.world import World

MONDAY, WEDNESDAY = NOW + timedelta(days=3), NOW + timedelta(days=5)
"""One and three working days from NOW, which is a Friday."""

HAN = re.compile("[一-鿿]")

THREE_FAULTS = case("nine_small_places", "shop_three_faults")
IN_ORDER = case("nine_small_places", "shop_in_order")


def shop(answers: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
    """A checklist about the shop in grid 1."""
    return {
        "clientId": DEVICE_ID,
        "subjectId": "Place:1",
        "answers": {"nineSmallPlacesShopV1": answers or THREE_FAULTS},
        **other,
    }


def generic(answers: Any, form: str = "nineSmallPlacesShop", version: int = 1) -> dict[str, Any]:
    """The answers as a document."""
    return {"json": {"form": form, "version": version, "answers": answers}}


async def test_three_failing_answers_become_three_hazards(world: World) -> None:
    payload = await send(world, SUBMIT, shop())

    assert payload == {
        "submission": {
            "id": "Submission:8",
            "clientId": DEVICE_ID,
            "subject": {"__typename": "Place", "id": "Place:1"},
            "answers": {"__typename": "NineSmallPlacesShopV1"},
            "findings": [
                {"rule": "exitClear", "hazard": {"id": "Hazard:65"}},
                {"rule": "extinguisherOk", "hazard": {"id": "Hazard:66"}},
                {"rule": "stockHeight", "hazard": {"id": "Hazard:67"}},
            ],
            "score": {"value": 74, "grade": "C"},
            "worker": {"name": "王芳"},
        },
        "problems": [],
    }
    rows = await Hazard.filter(submission_id=8).order_by("id")
    assert [
        (row.title, row.severity, row.category, row.department, row.due_at, row.description)
        for row in rows
    ] == [
        (
            "安全出口或疏散通道被堵塞、上锁",
            "SERIOUS",
            "ESCAPE_ROUTE",
            "FIRE_RESCUE",
            NOW,
            "后门堆放纸箱，两具灭火器压力不足",
        ),
        (
            "灭火器不足、失效或取用不便",
            "SERIOUS",
            "FIRE_EQUIPMENT",
            "FIRE_RESCUE",
            WEDNESDAY,
            "后门堆放纸箱，两具灭火器压力不足",
        ),
        (
            "货物堆放过高，与灯具距离不足0.5米",
            "MINOR",
            "STORAGE",
            "FIRE_RESCUE",
            WEDNESDAY,
            "后门堆放纸箱，两具灭火器压力不足",
        ),
    ]
    assert {(row.place_id, row.grid_id, row.reported_by_id, row.reported_at) for row in rows} == {
        (1, GRID_1, 1, NOW)
    }
    assert await entries(LAST_ENTRY) == [
        ("Submission", 8, "SUBMITTED", GRID_1, "GRID_WORKER", None),
        ("Hazard", 65, "REPORTED", GRID_1, "GRID_WORKER", "REPORTED"),
        ("Hazard", 66, "REPORTED", GRID_1, "GRID_WORKER", "REPORTED"),
        ("Hazard", 67, "REPORTED", GRID_1, "GRID_WORKER", "REPORTED"),
    ]


async def test_answers_in_order_find_nothing(world: World) -> None:
    payload = await send(world, SUBMIT, shop(IN_ORDER))

    assert payload["problems"] == []
    assert payload["submission"]["findings"] == []
    assert payload["submission"]["score"] == {"value": 100, "grade": "A"}
    assert len(await entries(LAST_ENTRY)) == 1


async def test_a_document_says_the_same_as_typed_answers(world: World) -> None:
    typed = await send(world, SUBMIT, shop())
    before = await state()

    again = await send(world, SUBMIT, shop(answers=None) | {"answers": generic(THREE_FAULTS)})

    assert again == typed
    assert await state() == before
    assert (await Submission.get(id=8)).answers == THREE_FAULTS


async def test_where_and_when_and_during_which_visit(world: World) -> None:
    payload = await send(
        world,
        SUBMIT,
        shop(
            IN_ORDER,
            observedAt="2026-05-01T15:30:00+08:00",
            location={"lon": -180, "lat": 90, "accuracyM": 5},
            visitId="Visit:4",
        ),
    )

    assert payload["problems"] == []
    kept = await Submission.get(id=8)
    assert (kept.observed_at, kept.submitted_at) == (
        NOW.replace(hour=7, minute=30, microsecond=0),
        NOW,
    )
    assert kept.visit_id == 4
    assert kept.location["coordinates"] == [-180, 90]


async def test_what_lies_in_no_grid_is_found_but_is_no_hazard(world: World) -> None:
    sent = shop() | {
        "subjectId": f"Area:{STREET_A}",
        "answers": {"areaReportV1": {"meetings": 0}},
    }

    payload = await send(world, SUBMIT, sent, actor=STREET)

    assert payload["problems"] == []
    assert payload["submission"]["subject"] == {"__typename": "Area", "id": f"Area:{STREET_A}"}
    assert payload["submission"]["findings"] == [{"rule": "noMeeting", "hazard": None}]
    assert await entries(LAST_ENTRY) == [("Submission", 8, "SUBMITTED", STREET_A, "STREET", None)]


async def test_areas_are_seen_by_all_but_reported_on_by_their_own(world: World) -> None:
    sent = shop() | {"answers": {"areaReportV1": {"meetings": 1}}}

    for area in (STREET_B, "370114", "370114002014", "370115", GRID_1):
        assert await refused(world, SUBMIT, sent | {"subjectId": f"Area:{area}"}, actor=STREET) == [
            ("NOT_FOUND", "/subjectId", "There is no such area, or it lies outside your area.")
        ]
    for area in ("370114001004", "370114"):
        payload = await send(world, SUBMIT, sent | {"subjectId": f"Area:{area}"}, actor=DISTRICT)
        if area == "370114001004":
            assert payload["submission"]["id"] == "Submission:8"
        else:
            assert payload["problems"][0]["code"] == "CONFLICT"


async def test_every_problem_at_once_with_its_place(world: World) -> None:
    answers = {**THREE_FAULTS, "exitClear": "MAYBE", "other": 1, "remark": "长" * 5000}
    del answers["hydrantOk"], answers["wiring"]
    wrong = shop() | {
        "subjectId": "Place:5",
        "answers": generic(answers),
        "observedAt": "2026-05-01T08:05:00.251Z",
        "location": {"lon": 180.5, "lat": -91},
        "visitId": "Visit:6",
    }

    english = await refused(world, SUBMIT, wrong)
    chinese = await refused(world, SUBMIT, wrong, lang="zh")

    base = "/answers/json/answers"
    assert sorted((code, path) for code, path, _ in english) == [
        ("INVALID", f"{base}/exitClear"),
        ("INVALID", f"{base}/hydrantOk"),
        ("INVALID", f"{base}/other"),
        ("INVALID", f"{base}/remark"),
        ("INVALID", f"{base}/wiring"),
        ("INVALID", "/location"),
        ("INVALID", "/observedAt"),
        ("NOT_FOUND", "/subjectId"),
        ("NOT_FOUND", "/visitId"),
    ]
    assert [each[:2] for each in chinese] == [each[:2] for each in english]
    of_english = {path: message for _, path, message in english}
    of_chinese = {path: message for _, path, message in chinese}
    assert of_english["/observedAt"] == "It cannot be observed in the future."
    assert of_chinese["/observedAt"] == "观察时间不能在将来。"
    assert of_english["/location"] == (
        "Longitude lies between -180 and 180, latitude between -90 and 90."
    )
    assert of_chinese["/subjectId"] == "没有找到场所，或不在您的管辖范围内。"
    assert not any(HAN.search(message) for message in of_english.values())
    assert all(HAN.search(message) for message in of_chinese.values())


async def test_typed_answers_say_where_the_problem_is_too(world: World) -> None:
    answers = {"exitClear": "OK", "remark": None}

    problems = await refused(world, SUBMIT, shop(answers))

    assert len(problems) == 27
    assert {(code, path.rpartition("/")[0]) for code, path, _ in problems} == {
        ("INVALID", "/answers/nineSmallPlacesShopV1")
    }


async def test_unknown_and_out_of_scope_read_the_same(world: World) -> None:
    for subject in ("Place:5", "Place:999", "Place:x", "Place:9223372036854775808", "Place:"):
        assert await refused(world, SUBMIT, shop(subjectId=subject)) == [
            ("NOT_FOUND", "/subjectId", "There is no such place, or it lies outside your area.")
        ]


async def test_a_subject_of_another_kind(world: World) -> None:
    assert await refused(world, SUBMIT, shop(subjectId="Household:1")) == [
        ("INVALID", "/subjectId", "This form is about a Place: give the id of one.")
    ]
    assert await refused(world, SUBMIT, shop(subjectId="nothing"), lang="zh") == [
        ("INVALID", "/subjectId", "该表单的对象应为 Place，请填写 Place 的 id。")
    ]


async def test_forms_that_are_not_published(world: World) -> None:
    for form, version in (("nothing", 1), ("nineSmallPlacesShop", 2)):
        (problem,) = await refused(
            world, SUBMIT, shop() | {"answers": generic(THREE_FAULTS, form, version)}
        )

        assert problem[0] == "NOT_FOUND"
        assert f"{form} v{version}" in problem[2]


async def test_a_retired_version_takes_no_new_answers(world: World) -> None:
    first = await send(world, SUBMIT, shop(IN_ORDER))
    await PublishedForm.filter(name="nineSmallPlacesShop").update(retired_at=NOW)
    await world.services.library.load()

    again = await send(world, SUBMIT, shop(IN_ORDER))
    (problem,) = await refused(
        world, SUBMIT, shop(IN_ORDER, clientId="00000000-0000-0000-0000-00000000aaaa")
    )

    assert again == first
    assert problem == (
        "RETIRED",
        "/answers/nineSmallPlacesShopV1",
        "This version takes no new answers any more: use a newer one.",
    )


async def test_sent_again_it_is_the_first_submission(world: World) -> None:
    first = await send(world, SUBMIT, shop())
    before = await state()

    assert await send(world, SUBMIT, shop()) == first
    assert await send(world, SUBMIT, shop(), actor=STREET) == first
    assert await state() == before


async def test_the_same_client_id_for_something_else(world: World) -> None:
    await send(world, SUBMIT, shop())

    for other in (
        shop(IN_ORDER),
        shop({**THREE_FAULTS, "remark": "别的"}),
        shop(subjectId="Place:2"),
        shop() | {"subjectId": "Resident:1", "answers": {"careNoteV1": {"wellbeing": 4}}},
    ):
        assert await refused(world, SUBMIT, other) == [
            ("CONFLICT", "/clientId", "This clientId was used before, for something else.")
        ]


async def test_sent_twice_at_once_it_is_kept_once(world: World) -> None:
    payloads = await asyncio.gather(*(send(world, SUBMIT, shop()) for _ in range(6)))

    assert [each["submission"]["id"] for each in payloads] == [payloads[0]["submission"]["id"]] * 6
    assert await Submission.filter(client_id=DEVICE_ID).count() == 1
    assert await Finding.filter(submission_id__gt=7).count() == 3
    assert await Hazard.filter(submission_id__gt=7).count() == 3
    assert len(await entries(LAST_ENTRY)) == 4


async def test_other_answers_at_once_are_a_conflict(world: World) -> None:
    payloads = await asyncio.gather(
        send(world, SUBMIT, shop()), send(world, SUBMIT, shop(IN_ORDER))
    )

    codes = [problem["code"] for each in payloads for problem in each["problems"]]
    assert codes == ["CONFLICT"]
    assert await Submission.filter(client_id=DEVICE_ID).count() == 1


async def test_texts_that_no_database_keeps(world: World) -> None:
    (nul,) = await refused(world, SUBMIT, shop({**IN_ORDER, "remark": "a\0b"}))
    (half,) = await refused(world, SUBMIT, shop({**IN_ORDER, "remark": "a\ud800"}))

    assert nul[:2] == ("INVALID", "/answers/nineSmallPlacesShopV1/remark")
    assert half[0] == "INVALID"


async def test_an_answers_input_without_exactly_one_member(world: World) -> None:
    for answers in ({}, {"json": None}, {"careNoteV1": {"wellbeing": 1}, "areaReportV1": {}}):
        response = await world.ask(SUBMIT, input=shop() | {"answers": answers})
        assert "data" not in response


async def test_what_a_plugins_code_finds_is_found_too(world: World, tmp_path: Path) -> None:
    code = tmp_path / "night_watch" / "plugin.py"
    code.parent.mkdir()
    code.write_text(
        '"""Finds one thing more."""\n'
        "from gridql.plugin import Found, Severity, hookimpl\n\n"
        "@hookimpl\n"
        "def findings(form, answers):\n"
        "    answers.clear()\n"
        "    return [Found('night', '/wiring', Severity.SUSPECTED_MAJOR, 'NIGHT', days=1,\n"
        "                  title={'zh': '夜间无人值守', 'en': 'Nobody is there at night'})]\n",
        encoding="utf-8",
    )
    plugins = discover(tmp_path)
    assert plugins.quarantined == ()
    watched = replace(world, services=replace(world.services, plugins=plugins))

    payload = await send(watched, SUBMIT, shop(IN_ORDER))

    assert payload["submission"]["findings"] == [{"rule": "night", "hazard": {"id": "Hazard:65"}}]
    hazard = await Hazard.get(id=65)
    assert (hazard.title, hazard.severity, hazard.due_at) == (
        "夜间无人值守",
        "SUSPECTED_MAJOR",
        MONDAY,
    )
    assert (await Submission.get(id=8)).answers == IN_ORDER


async def test_a_role_that_submits_none(world: World) -> None:
    assert await refused(world, SUBMIT, shop(), actor=AGENCY) == [
        ("FORBIDDEN", None, "Your role may not submit forms.")
    ]
