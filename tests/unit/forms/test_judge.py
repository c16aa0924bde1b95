"""Judging answers: what is refused and in which words, what is stored, found, scored, counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gridql.errors import ProblemCode
from gridql.forms import FindingSeverity, FormVersion
from gridql.forms.judge import Judge
from gridql.forms.verdict import Found, Scored, Step

SOUND = {"exitClear": "OK", "fuel": "NONE"}


@pytest.fixture
def judge(load: Callable[[], FormVersion]) -> Judge:
    """The judge of the form `stall`."""
    return Judge(load())


def said(judge: Judge, answers: object) -> list[tuple[str | None, str]]:
    """Path and English text of each fault."""
    return [(fault.path, fault.text["en"]) for fault in judge.judge(answers).faults]


def test_sound_answers_have_no_faults(judge: Judge) -> None:
    verdict = judge.judge(SOUND)

    assert verdict.faults == ()
    assert verdict.answers == SOUND
    assert verdict.findings == ()


def test_a_fault_names_the_question_in_both_languages(judge: Judge) -> None:
    (fault,) = judge.judge({"fuel": "NONE"}).faults

    assert fault.code is ProblemCode.INVALID
    assert fault.path == "/exitClear"
    assert fault.text == {"zh": "“出口畅通”没有回答。", "en": "“Exit clear” is not answered."}


@pytest.mark.parametrize(
    ("answers", "path", "text"),
    [
        ({"fuel": None}, "/fuel", "“Fuel” is not answered."),
        ({"fuel": "GAS"}, "/gasAlarm", "“Gas alarm” is not answered."),
        ({"floors": 0}, "/floors", "“Floors” has to be at least 1."),
        ({"floors": 1.5}, "/floors", "“Floors” has to be a whole number."),
        ({"floors": 2**31}, "/floors", "“Floors” has to be at most 2147483647."),
        ({"floors": True}, "/floors", "“Floors” has to be a whole number."),
        ({"area": 0}, "/area", "“面积” has to be more than 0."),
        (
            {"builtOn": "2026-02-30"},
            "/builtOn",
            "“建成日期” has to be a date (such as 2026-05-01).",
        ),
        ({"phone": "12"}, "/phone", "“Telephone” does not have the right form."),
        ({"owner": {}}, "/owner/fullName", "“Owner › Name” is not answered."),
        (
            {"owner": {"fullName": "abcdef"}},
            "/owner/fullName",
            "“Owner › Name” takes at most 5 characters.",
        ),
        ({"owner": "x"}, "/owner", "“Owner” has to be a group of answers."),
        ({"colour~/": 1}, "/colour~0~1", "The form has no question “colour~/”."),
        (
            {"fuel": "GASS"},
            "/fuel",
            "“Fuel” is not one of the answers to choose from: "
            "GAS (Gas), ELECTRIC (Electricity), NONE (No fire).",
        ),
        ({"fuel": 5}, "/fuel", "“Fuel” has to be text."),
        ({"remark": "a\0b"}, "/remark", "A text holds the character U+0000: take it out."),
        (
            {"area": 10**400},
            "",
            "The answers hold what cannot be stored: a number too large, too deep a nesting, "
            "or half a character.",
        ),
        (
            {"remark": "\ud800"},
            "",
            "The answers hold what cannot be stored: a number too large, too deep a nesting, "
            "or half a character.",
        ),
    ],
)
def test_each_kind_of_fault_is_told_once(
    judge: Judge, answers: dict[str, Any], path: str, text: str
) -> None:
    assert said(judge, SOUND | answers) == [(path, text)]


@pytest.mark.parametrize("answers", [None, [], "x", 5])
def test_answers_that_are_no_object_are_refused(judge: Judge, answers: object) -> None:
    assert said(judge, answers) == [("", "“The form” has to be a group of answers.")]


def test_all_faults_are_told_together(judge: Judge) -> None:
    answers = {
        "fuel": "GAS",
        "floors": "two",
        "cylinders": [{"code": "1"}, {"litres": 5}, {"code": "2", "kg": 1}, {"code": 3}],
    }

    assert dict(said(judge, answers)) == {
        "/exitClear": "“Exit clear” is not answered.",
        "/gasAlarm": "“Gas alarm” is not answered.",
        "/floors": "“Floors” has to be a whole number.",
        "/cylinders": "“Cylinders” takes at most 3 items.",
        "/cylinders/1/code": "“Cylinders › item 2 › Code” is not answered.",
        "/cylinders/2/kg": "The form has no question “kg”.",
        "/cylinders/3/code": "“Cylinders › item 4 › Code” has to be text.",
    }


def test_two_items_with_one_key_are_refused(judge: Judge) -> None:
    cylinders = [{"code": "a"}, {"code": "b"}, {"code": "a"}]

    assert said(judge, SOUND | {"fuel": "GAS", "gasAlarm": True, "cylinders": cylinders}) == [
        ("/cylinders/2/code", "“Cylinders › item 3 › Code” has the same item twice.")
    ]


def test_a_narrowed_choice_does_not_offer_the_answer_again(
    document: dict[str, Any], load: Callable[[], FormVersion]
) -> None:
    document["schema"]["then"]["properties"] = {"exitClear": {"const": "OK"}}

    faults = said(Judge(load()), {"exitClear": "NOT_OK", "fuel": "GAS", "gasAlarm": True})

    assert faults == [("/exitClear", "“Exit clear” does not go with the other answers.")]


def test_answers_are_stored_in_the_order_of_the_form(judge: Judge) -> None:
    answers = {"remark": "x", "floors": 2.0, "fuel": "NONE", "area": None, "exitClear": "OK"}

    stored = judge.judge(answers).answers

    assert list(stored.items()) == [
        ("exitClear", "OK"),
        ("floors", 2),
        ("fuel", "NONE"),
        ("remark", "x"),
    ]
    assert type(stored["floors"]) is int


def test_what_is_switched_off_is_dropped_and_the_caller_keeps_the_answers(judge: Judge) -> None:
    answers = SOUND | {"gasAlarm": True, "cylinders": "not even a list"}

    verdict = judge.judge(answers)

    assert verdict.faults == ()
    assert verdict.answers == SOUND
    assert "gasAlarm" in answers


def test_switching_off_goes_on_until_nothing_is_left_to(
    document: dict[str, Any], load: Callable[[], FormVersion]
) -> None:
    document["schema"]["allOf"] = [
        {
            "if": {"properties": {"gasAlarm": {"const": True}}, "required": ["gasAlarm"]},
            "then": True,
            "else": {"properties": {"owner": {"properties": {"fullName": False}}}},
        },
        {"if": {"required": ["floors"]}, "then": {"properties": {"gasAlarm": False}}},
    ]
    document["schema"]["properties"]["owner"]["required"] = []

    verdict = Judge(load()).judge(
        {"exitClear": "OK", "fuel": "NONE", "gasAlarm": True, "owner": {"fullName": "x"}}
    )

    assert verdict.answers == SOUND | {"owner": {}}


def test_rules_become_findings(judge: Judge) -> None:
    answers = {"exitClear": "NOT_OK", "fuel": "GAS", "gasAlarm": False, "remark": " 门口堆货 "}

    first, second = judge.judge(answers).findings

    assert first == Found(
        rule="exitClear",
        at="/exitClear",
        severity=FindingSeverity.SERIOUS,
        category="ESCAPE_ROUTE",
        days=0,
        title={"zh": "出口被堵", "en": "Exit blocked"},
        department=None,
        basis=({"zh": "《消防法》第二十八条", "en": "Fire Protection Law art. 28"},),
        remark="门口堆货",
    )
    assert (second.rule, second.department, second.days) == ("noAlarm", "HOUSING", 3)


def test_a_score_explains_itself(judge: Judge) -> None:
    verdict = judge.judge(SOUND | {"exitClear": "NOT_OK"})

    title = {"zh": "出口不畅", "en": "出口不畅"}
    assert verdict.score == Scored(
        70, 100, "B", (Step(id="exitClear", at="/exitClear", title=title, points=-30),)
    )
    perfect = judge.judge(SOUND).score
    assert perfect is not None
    assert (perfect.value, perfect.grade) == (100, "A")


def test_a_score_stays_within_its_bounds(
    document: dict[str, Any], load: Callable[[], FormVersion]
) -> None:
    document["score"]["weights"][0]["points"] = -1000

    score = Judge(load()).judge(SOUND | {"exitClear": "NOT_OK"}).score

    assert score is not None
    assert score.value == 0


def test_faulty_answers_find_and_score_nothing(judge: Judge) -> None:
    verdict = judge.judge({"exitClear": "NOT_OK"})

    assert verdict.faults
    assert verdict.findings == ()
    assert verdict.score is None


def test_measures_count_for_against_or_not_at_all(judge: Judge) -> None:
    assert judge.measures({"gasAlarm": True}) == {"alarmRate": True}
    assert judge.measures({"gasAlarm": False}) == {"alarmRate": False}
    assert judge.measures({}) == {"alarmRate": None}


def test_a_flood_of_faults_is_cut_off(judge: Judge) -> None:
    answers = SOUND | {"owner": {f"q{n}": n for n in range(5000)}}

    assert len(judge.judge(answers).faults) == 1000
