"""What is wrong comes back as data, all of it, where it is and in the caller's language."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from gridql.access.roles import Role
from tests.acceptance.shop import IN_ORDER, REPORT, SUBMIT, THREE_FAULTS, checklist, document
from tests.acceptance.town import Street, Town

WRITTEN = """
query Written($under: String!) {
  submissions(filter: {under: $under}) { totalCount }
  hazards(filter: {under: $under}) { totalCount }
}
"""

NOTHING = {"submissions": {"totalCount": 0}, "hazards": {"totalCount": 0}}


async def test_all_faults_of_typed_answers(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    answers = {name: value for name, value in THREE_FAULTS.items() if name != "fireLane"}
    answers |= {"remark": "很" * 501, "exitClear": None}

    zh = await worker.speaking("zh-CN,zh;q=0.9").do(SUBMIT, **checklist(street.shop, answers))
    en = await worker.speaking("en").do(SUBMIT, **checklist(street.shop, answers))

    assert zh == {
        "submission": None,
        "problems": [
            invalid(
                "/answers/nineSmallPlacesShopV1/fireLane",
                "“门前的消防车通道没有被占用吗？”没有回答。",
            ),
            invalid(
                "/answers/nineSmallPlacesShopV1/exitClear",
                "“安全出口和疏散通道畅通、营业时没有上锁吗？”没有回答。",
            ),
            invalid("/answers/nineSmallPlacesShopV1/remark", "“备注”最多500个字。"),
        ],
    }
    assert en == {
        "submission": None,
        "problems": [
            invalid(
                "/answers/nineSmallPlacesShopV1/fireLane",
                "“Is the fire lane in front kept free?” is not answered.",
            ),
            invalid(
                "/answers/nineSmallPlacesShopV1/exitClear",
                "“Are the exits and the way to them clear, and unlocked while people are inside?” "
                "is not answered.",
            ),
            invalid(
                "/answers/nineSmallPlacesShopV1/remark", "“Remark” takes at most 500 characters."
            ),
        ],
    }
    assert await worker.ask(WRITTEN, under=street.code) == NOTHING


async def test_all_faults_of_answers_in_a_document(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    answers = {**IN_ORDER, "fireLane": "PERHAPS", "remark": 5, "colourOfTheDoor": "red"}
    handed_in = {"subjectId": street.shop, "answers": document(answers)}

    zh = await worker.speaking("zh").do(SUBMIT, clientId=str(uuid4()), **handed_in)
    en = await worker.speaking("fr, en").do(SUBMIT, clientId=str(uuid4()), **handed_in)

    assert zh["submission"] is None
    assert by_path(zh["problems"]) == [
        invalid("/answers/json/answers/colourOfTheDoor", "表单里没有“colourOfTheDoor”这个问题。"),
        invalid(
            "/answers/json/answers/fireLane",
            "“门前的消防车通道没有被占用吗？”不是可选的答案，请选择："
            "OK (符合)、NOT_OK (不符合)、NOT_APPLICABLE (不适用)、NOT_CHECKED (未检查)。",
        ),
        invalid("/answers/json/answers/remark", "“备注”应为文字。"),
    ]
    assert en["submission"] is None
    assert by_path(en["problems"]) == [
        invalid(
            "/answers/json/answers/colourOfTheDoor", "The form has no question “colourOfTheDoor”."
        ),
        invalid(
            "/answers/json/answers/fireLane",
            "“Is the fire lane in front kept free?” is not one of the answers to choose from: "
            "OK (In order), NOT_OK (Not in order), NOT_APPLICABLE (Does not apply), "
            "NOT_CHECKED (Not checked).",
        ),
        invalid("/answers/json/answers/remark", "“Remark” has to be text."),
    ]
    assert await worker.ask(WRITTEN, under=street.code) == NOTHING


async def test_faults_outside_of_the_answers_come_with_them(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    answers = {name: value for name, value in IN_ORDER.items() if name != "fireLane"}

    payload = await worker.do(
        SUBMIT,
        **checklist(
            "Place:999999999",
            answers,
            observedAt="2999-01-01T00:00:00Z",
            location={"lon": 200, "lat": 36.7},
            visitId="Visit:999999999",
        ),
    )

    assert [(each["code"], each["path"]) for each in by_path(payload["problems"])] == [
        ("INVALID", "/answers/nineSmallPlacesShopV1/fireLane"),
        ("INVALID", "/location"),
        ("INVALID", "/observedAt"),
        ("NOT_FOUND", "/subjectId"),
        ("NOT_FOUND", "/visitId"),
    ]


@pytest.mark.parametrize(
    ("lang", "message"),
    [
        ("zh", "没有找到场所，或不在您的管辖范围内。"),
        ("en", "There is no such place, or it lies outside your area."),
    ],
    ids=["zh", "en"],
)
async def test_a_subject_out_of_scope_reads_as_one_that_is_not(
    town: Town, lang: str, message: str
) -> None:
    street, elsewhere = await town.street(), await town.street()
    worker = (await town.worker(street)).speaking(lang)

    for subject in (elsewhere.shop, "Place:999999999", "Place:x"):
        payload = await worker.do(SUBMIT, **checklist(subject, THREE_FAULTS))
        assert payload == {
            "submission": None,
            "problems": [{"code": "NOT_FOUND", "path": "/subjectId", "message": message}],
        }
    assert await worker.ask(WRITTEN, under=street.code) == NOTHING
    read = "query Read($id: ID!) { place(id: $id) { name } }"
    assert await worker.ask(read, id=elsewhere.shop) == {"place": None}


async def test_a_role_that_may_not(town: Town) -> None:
    street = await town.street()
    agency = await town.someone(Role.AGENCY, street.code)

    handed_in = await agency.do(SUBMIT, **checklist(street.shop, THREE_FAULTS))
    reported = await agency.do(
        REPORT, title="电线裸露", severity="MINOR", category="ELECTRICAL", gridCode=street.grid
    )

    assert handed_in == {
        "submission": None,
        "problems": [
            {"code": "FORBIDDEN", "path": None, "message": "Your role may not submit forms."}
        ],
    }
    assert [each["code"] for each in reported["problems"]] == ["FORBIDDEN"]


async def test_sent_twice_is_submitted_once(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    handed_in = checklist(street.shop, THREE_FAULTS)

    first = await worker.do(SUBMIT, **handed_in)
    second = await worker.do(SUBMIT, **handed_in)
    as_document = await worker.do(SUBMIT, **{**handed_in, "answers": document(THREE_FAULTS)})

    assert first["problems"] == []
    assert second == as_document == first
    written = await worker.ask(WRITTEN, under=street.code)
    assert written == {"submissions": {"totalCount": 1}, "hazards": {"totalCount": 3}}


async def test_sent_many_times_at_once_is_submitted_once(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    handed_in = checklist(street.shop, THREE_FAULTS)

    payloads = await asyncio.gather(*(worker.do(SUBMIT, **handed_in) for _ in range(8)))

    assert payloads[0]["problems"] == []
    assert all(payload == payloads[0] for payload in payloads)
    written = await worker.ask(WRITTEN, under=street.code)
    assert written == {"submissions": {"totalCount": 1}, "hazards": {"totalCount": 3}}


async def test_a_client_id_is_for_one_submission(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)
    handed_in = checklist(street.shop, THREE_FAULTS)
    await worker.do(SUBMIT, **handed_in)

    others = await worker.do(
        SUBMIT, **{**handed_in, "answers": {"nineSmallPlacesShopV1": IN_ORDER}}
    )

    assert others == {
        "submission": None,
        "problems": [
            {
                "code": "CONFLICT",
                "path": "/clientId",
                "message": "This clientId was used before, for something else.",
            }
        ],
    }
    written = await worker.ask(WRITTEN, under=street.code)
    assert written == {"submissions": {"totalCount": 1}, "hazards": {"totalCount": 3}}


async def test_a_cursor_that_was_never_given(town: Town) -> None:
    street = await town.street()
    agency = await town.someone(Role.AGENCY, street.code)
    query = 'subscription { hazardUpdates(after: "yesterday") { cursor } }'

    async with agency.follow(query) as updates:
        refused = await updates.refusal()

    assert [error["message"] for error in refused] == ["This is no cursor of the journal."]
    assert [error["extensions"]["code"] for error in refused] == ["INVALID"]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"nineSmallPlacesShopV1": IN_ORDER, **document(IN_ORDER)},
        {"nineSmallPlacesTeaHouseV1": {}},
        {"nineSmallPlacesShopV1": {**IN_ORDER, "fireLane": "PERHAPS"}},
    ],
    ids=["none", "two", "unknown form", "unknown answer"],
)
async def test_what_the_types_forbid_is_not_executed(town: Town, answers: dict[str, Any]) -> None:
    street: Street = await town.street()
    worker = await town.worker(street)

    response = await worker.post(
        SUBMIT, input={"clientId": str(uuid4()), "subjectId": street.shop, "answers": answers}
    )

    assert response.status_code == 200
    assert "data" not in response.json()
    assert len(response.json()["errors"]) >= 1
    assert await worker.ask(WRITTEN, under=street.code) == NOTHING


@pytest.mark.parametrize(
    "moment",
    [
        "2026-05-01T08:00:00",
        "2026-05-01",
        "yesterday",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
async def test_a_moment_that_cannot_be_kept(town: Town, moment: str) -> None:
    street = await town.street()
    worker = await town.worker(street)

    response = await worker.post(SUBMIT, input=checklist(street.shop, IN_ORDER, observedAt=moment))

    (error,) = response.json()["errors"]
    assert f"'{moment}' is no moment with an offset" in error["message"]
    assert await worker.ask(WRITTEN, under=street.code) == NOTHING


def invalid(path: str, message: str) -> dict[str, str]:
    """A problem with one answer."""
    return {"code": "INVALID", "path": path, "message": message}


def by_path(problems: list[Any]) -> list[Any]:
    """Problems in the order of their paths, where theirs does not matter."""
    return sorted(problems, key=lambda problem: str(problem["path"]))
