"""The satisfaction survey has its rates and scales, in both languages."""

from __future__ import annotations

import pytest

from gridql import bundled
from gridql.forms.document import Loader
from gridql.forms.version import FormKind, FormVersion, SubjectKind

PLUGIN = bundled.folder("plugins") / "satisfaction"


@pytest.fixture
def survey() -> FormVersion:
    return Loader(PLUGIN.name, PLUGIN / "library").load(PLUGIN / "forms" / "satisfaction.json")


def test_it_is_a_survey_of_households_that_finds_no_hazards(survey: FormVersion) -> None:
    assert (survey.kind, survey.subject) == (FormKind.SURVEY, SubjectKind.HOUSEHOLD)
    assert survey.findings == ()
    assert survey.score is None


def test_it_brings_these_rates(survey: FormVersion) -> None:
    assert [measure.id for measure in survey.measures] == [
        "awarenessRate",
        "participationRate",
        "satisfactionRate",
        "satisfactionRateStrict",
        "safetyRate",
    ]


def test_only_the_screening_questions_are_always_required(survey: FormVersion) -> None:
    assert survey.schema["required"] == ["livedHereOneYear", "adult"]


def test_the_scales_are_those_that_all_forms_share(survey: FormVersion) -> None:
    assert survey.shared == {
        "Satisfaction4": "gridql:scales",
        "Safety4": "gridql:scales",
    }


def test_every_question_is_put_in_both_languages(survey: FormVersion) -> None:
    zh, en = (survey.schemas[lang]["properties"] for lang in ("zh", "en"))

    assert [name for name in zh if zh[name]["title"] == en[name]["title"]] == []
    assert en["knowsGridWorker"]["title"] == "Do you know who your grid worker is?"
    problems = [each["title"] for each in en["safetyProblems"]["items"]["oneOf"]]
    assert problems[4] == "Telephone and online fraud"
