"""Forms as clients get them, and answers from clients that render any form."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import jsonschema

from gridql.access.roles import Role
from tests.acceptance.shop import IN_ORDER, SUBMIT, THREE_FAULTS, checklist, document
from tests.acceptance.town import Town

FORM = """
query Form($name: String!, $version: Int, $lang: Lang) {
  form(name: $name, version: $version) {
    name version kind subject plugin answersType retiredAt
    title(lang: $lang)
    schema(lang: $lang)
    uiSchema(lang: $lang)
  }
}
"""

ANSWERS = """
query Answers($id: ID!) {
  submission(id: $id) {
    answers {
      __typename
      ... on NineSmallPlacesShopV1 { exitClear remark }
      ... on SatisfactionV1 { safety recommendation safetyProblems reported }
    }
    answersJson
    subject { __typename ... on Household { address } }
    findings { rule }
    score { value }
  }
}
"""

UNSAFE = {
    "livedHereOneYear": True,
    "adult": True,
    "knowsGridWorker": False,
    "hasContact": False,
    "visitedLastThreeMonths": False,
    "knowsReportChannel": True,
    "knowsSafetyActivities": False,
    "participated": False,
    "safety": "UNSAFE",
    "safetyProblems": ["THEFT_FRAUD", "OTHER"],
    "gridWorkerSatisfaction": "DISSATISFIED",
    "hygieneSatisfaction": "SATISFIED",
    "fireSatisfaction": "SATISFIED",
    "reported": False,
    "recommendation": 3,
}


async def test_a_partner_too_is_handed_all_forms_of_a_kind(town: Town) -> None:
    list_forms = """
    query Forms($kind: FormKind) {
      forms(kind: $kind) { totalCount edges { node { name version kind subject } } }
    }
    """
    agency = await town.someone(Role.AGENCY, "370114")

    inspections = (await agency.ask(list_forms, kind="INSPECTION"))["forms"]
    surveys = (await agency.ask(list_forms, kind="SURVEY"))["forms"]
    every = (await agency.ask(list_forms))["forms"]

    assert [(each["node"]["name"], each["node"]["subject"]) for each in inspections["edges"]] == [
        ("homeFireCheck", "HOUSEHOLD"),
        ("nineSmallPlacesDangerousGoods", "PLACE"),
        ("nineSmallPlacesEntertainment", "PLACE"),
        ("nineSmallPlacesHotel", "PLACE"),
        ("nineSmallPlacesLeisure", "PLACE"),
        ("nineSmallPlacesMedical", "PLACE"),
        ("nineSmallPlacesRestaurant", "PLACE"),
        ("nineSmallPlacesSchool", "PLACE"),
        ("nineSmallPlacesShop", "PLACE"),
        ("nineSmallPlacesWorkshop", "PLACE"),
    ]
    assert [each["node"] for each in surveys["edges"]] == [
        {"name": "gridQuestions", "version": 1, "kind": "SURVEY", "subject": "GRID"},
        {"name": "satisfaction", "version": 1, "kind": "SURVEY", "subject": "HOUSEHOLD"},
    ]
    assert every["totalCount"] == 15


async def test_a_form_says_in_both_languages_how_to_ask_it(town: Town) -> None:
    worker = await town.someone(Role.GRID_WORKER, "370114001001001")

    zh = (await worker.ask(FORM, name="nineSmallPlacesShop", version=1, lang="zh"))["form"]
    en = (await worker.ask(FORM, name="nineSmallPlacesShop", lang="en"))["form"]

    assert (zh["title"], en["title"]) == (
        "九小场所消防检查：小购物场所",
        "Nine small places fire check: small shop",
    )
    assert (en["version"], en["plugin"], en["retiredAt"]) == (1, "nine_small_places", None)
    assert en["answersType"] == "NineSmallPlacesShopV1"
    assert question(zh, "exitClear")["title"] == "安全出口和疏散通道畅通、营业时没有上锁吗？"
    assert question(en, "exitClear")["title"] == (
        "Are the exits and the way to them clear, and unlocked while people are inside?"
    )
    assert zh["uiSchema"]["exitClear"]["ui:widget"] == "radio"
    assert zh["uiSchema"]["ui:order"][:2] == ["fireLane", "windowBars"]
    assert en["uiSchema"]["remark"]["ui:help"] == (
        "Fill in when something is not in order; no telephone or identity numbers."
    )


async def test_a_schema_is_complete_and_judges_as_the_server_does(town: Town) -> None:
    worker = await town.someone(Role.GRID_WORKER, "370114001001001")
    schema = (await worker.ask(FORM, name="nineSmallPlacesShop", lang="en"))["form"]["schema"]

    judge = jsonschema.Draft202012Validator(schema)

    assert judge.is_valid(THREE_FAULTS)
    assert not judge.is_valid({**THREE_FAULTS, "exitClear": "PERHAPS"})
    assert list(schema["properties"]) == [*IN_ORDER, "remark"]


async def test_what_there_is_not_is_null(town: Town) -> None:
    worker = await town.someone(Role.GRID_WORKER, "370114001001001")

    assert await worker.ask(FORM, name="nineSmallPlacesShop", version=7) == {"form": None}
    assert await worker.ask(FORM, name="nineSmallPlacesTeaHouse") == {"form": None}


async def test_answers_as_a_document_are_typed_all_the_same(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)

    payload = await worker.do(
        SUBMIT, clientId=str(uuid4()), subjectId=street.shop, answers=document(THREE_FAULTS)
    )
    submission = (await worker.ask(ANSWERS, id=payload["submission"]["id"]))["submission"]

    assert payload["problems"] == []
    assert submission["answers"] == {
        "__typename": "NineSmallPlacesShopV1",
        "exitClear": "NOT_OK",
        "remark": "后门堆放纸箱，两具灭火器压力不足",
    }
    assert submission["answersJson"] == THREE_FAULTS
    assert [each["rule"] for each in submission["findings"]] == [
        "exitClear",
        "extinguisherOk",
        "stockHeight",
    ]


async def test_a_survey_of_a_household(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)

    typed = {"satisfactionV1": UNSAFE}
    payload = await worker.do(SUBMIT, clientId=str(uuid4()), subjectId=street.home, answers=typed)
    assert payload["problems"] == []
    submission = (await worker.ask(ANSWERS, id=payload["submission"]["id"]))["submission"]

    assert submission["subject"] == {"__typename": "Household", "address": "泉边路 2 号 301"}
    assert submission["answers"] == {
        "__typename": "SatisfactionV1",
        "safety": "UNSAFE",
        "recommendation": 3,
        "safetyProblems": ["THEFT_FRAUD", "OTHER"],
        "reported": False,
    }
    assert submission["answersJson"] == UNSAFE
    assert (submission["findings"], submission["score"]) == ([], None)


async def test_a_form_or_version_that_was_never_published(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)

    for form, version in (("nineSmallPlacesShop", 7), ("nineSmallPlacesTeaHouse", 1)):
        payload = await worker.do(
            SUBMIT,
            clientId=str(uuid4()),
            subjectId=street.shop,
            answers=document(THREE_FAULTS, form, version),
        )
        assert payload == {
            "submission": None,
            "problems": [
                {
                    "code": "NOT_FOUND",
                    "path": "/answers/json",
                    "message": f"No form {form} v{version} is published.",
                }
            ],
        }


async def test_a_form_is_filled_in_about_what_it_is_for(town: Town) -> None:
    street = await town.street()
    worker = await town.worker(street)

    payload = await worker.do(SUBMIT, **checklist(street.home, THREE_FAULTS))

    assert payload == {
        "submission": None,
        "problems": [
            {
                "code": "INVALID",
                "path": "/subjectId",
                "message": "This form is about a Place: give the id of one.",
            }
        ],
    }


def question(form: dict[str, Any], name: str) -> dict[str, Any]:
    """One question of a form's schema."""
    found: dict[str, Any] = form["schema"]["properties"][name]
    return found
