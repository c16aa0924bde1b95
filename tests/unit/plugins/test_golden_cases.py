"""The bundled plugins give what their golden cases say."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gridql import bundled
from gridql.forms.document import Loader
from gridql.forms.judge import Judge

PLUGINS = bundled.folder("plugins")
CASES = sorted(PLUGINS.glob("*/cases/*.json"))


def label(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


@cache
def judge_of(form: Path) -> Judge:
    plugin = form.parent.parent
    return Judge(Loader(plugin.name, plugin / "library").load(form))


@pytest.fixture(params=CASES, ids=label)
def case(request: pytest.FixtureRequest) -> tuple[Judge, dict[str, Any]]:
    path: Path = request.param
    case = json.loads(path.read_text(encoding="utf-8"))
    judge = judge_of(path.parent.parent / "forms" / f"{case['form']}.json")
    assert judge.version.version == case["version"]
    return judge, case


def test_faults_lie_where_the_case_says(case: tuple[Judge, dict[str, Any]]) -> None:
    judge, told = case

    verdict = judge.judge(told["answers"])

    assert sorted(fault.path or "" for fault in verdict.faults) == told["expected"].get(
        "faults", []
    )
    assert all(set(fault.text) == {"zh", "en"} for fault in verdict.faults)


def test_findings_are_those_of_the_case(case: tuple[Judge, dict[str, Any]]) -> None:
    judge, told = case

    verdict = judge.judge(told["answers"])

    assert [found.rule for found in verdict.findings] == told["expected"].get("findings", [])


def test_score_is_that_of_the_case(case: tuple[Judge, dict[str, Any]]) -> None:
    judge, told = case

    score = judge.judge(told["answers"]).score

    assert (score and {"value": score.value, "grade": score.grade}) == told["expected"].get("score")


def test_sound_answers_count_in_the_measures_of_the_case(
    case: tuple[Judge, dict[str, Any]],
) -> None:
    judge, told = case

    verdict = judge.judge(told["answers"])
    counted = {} if verdict.faults else judge.measures(verdict.answers)

    assert counted == told["expected"].get("measures", {})


def test_only_switched_off_answers_are_dropped(case: tuple[Judge, dict[str, Any]]) -> None:
    judge, told = case
    dropped = set(told["expected"].get("dropped", ()))

    verdict = judge.judge(told["answers"])

    assert isinstance(verdict.answers, dict)
    assert set(told["answers"]) - set(verdict.answers) == dropped


@pytest.mark.parametrize(
    "form", ["nineSmallPlacesShop", "nineSmallPlacesRestaurant", "satisfaction"]
)
def test_a_form_has_at_least_three_cases(form: str) -> None:
    told = [json.loads(path.read_text(encoding="utf-8"))["form"] for path in CASES]

    assert told.count(form) >= 3
