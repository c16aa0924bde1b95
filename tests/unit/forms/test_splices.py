"""Rules of a library that a form takes over by reference: findings, weights, measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gridql.forms import FormVersion
from gridql.forms.faults import FormFault

Faults = Callable[[], tuple[FormFault, ...]]
Load = Callable[[], FormVersion]


@pytest.fixture
def shelf(library: dict[str, Any]) -> dict[str, Any]:
    """The library `general` with weights and measures; the form asks no `fireLane`."""
    for family, more in (
        ("weights", {"points": -5, "title": "扣分"}),
        ("measures", {"title": "达标率"}),
    ):
        library[family] = []
        for name in ("exitClear", "fireLane"):
            holds = {"properties": {name: {"const": "NOT_OK"}}, "required": [name]}
            rule: dict[str, Any] = {"id": f"{name}Rule", **more}
            if family == "weights":
                rule |= {"at": f"/{name}", "when": holds}
            else:
                rule |= {"numerator": holds, "denominator": {"required": [name]}}
            library[family].append(rule)
    return library


@pytest.mark.usefixtures("shelf")
def test_weights_and_measures_stand_where_the_reference_does(
    document: dict[str, Any], load: Load
) -> None:
    document["score"]["weights"].insert(0, {"$ref": "library:general#/weights"})
    document["measures"].append({"$ref": "library:general#/measures"})

    form = load()

    assert form.score is not None
    assert [(each.id, each.points) for each in form.score.weights] == [
        ("exitClearRule", -5),
        ("exitClear", -30),
    ]
    assert form.score.weights[0].title == {"zh": "扣分", "en": "扣分"}
    assert [each.id for each in form.measures] == ["alarmRate", "exitClearRule"]


def test_a_form_says_the_same_with_its_weights_in_a_library(
    document: dict[str, Any], library: dict[str, Any], load: Load
) -> None:
    written_out = load().hash

    library["weights"] = document["score"]["weights"]
    document["score"]["weights"] = [{"$ref": "library:general#/weights"}]

    assert load().hash == written_out


def test_a_condition_of_a_library_is_checked_against_the_form(
    document: dict[str, Any], shelf: dict[str, Any], faults: Faults
) -> None:
    document["score"]["weights"] = [{"$ref": "library:general#/weights"}]
    shelf["weights"][0]["when"]["properties"]["exitClear"]["const"] = "BAD"

    (fault,) = faults()

    assert Path(fault.file).name == "general.json"
    assert fault.pointer == "/weights/0/when/properties/exitClear/const"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("library:general#/findings", "is not to a library's weights"),
        ("library:general", "is not to a library's weights"),
        ("https://example.org/weights.json", "is not to a library's weights"),
        ("gridql:check#/weights", "check.json has no weights"),
        (5, "is not to a library's weights"),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_a_reference_to_something_else_is_refused(
    document: dict[str, Any], faults: Faults, reference: object, reason: str
) -> None:
    document["score"]["weights"] = [{"$ref": reference}]

    (fault,) = faults()

    assert fault.pointer == "/score/weights/0/$ref"
    assert fault.reason.endswith(reason)
    assert fault.proposal == "Write 'library:file#/weights' for those of this plugin's library."


@pytest.mark.usefixtures("shelf")
def test_what_is_taken_over_twice_is_refused(document: dict[str, Any], faults: Faults) -> None:
    document["score"]["weights"] = [{"$ref": "library:general#/weights"}] * 2

    (fault,) = faults()

    assert fault.pointer == "/score/weights/1/$ref"
    assert fault.reason == "'library:general#/weights' is taken over already"
    assert fault.proposal == "Leave one of them out."


def test_a_library_with_a_faulty_weight_is_refused(
    document: dict[str, Any], shelf: dict[str, Any], faults: Faults
) -> None:
    document["score"]["weights"] = [{"$ref": "library:general#/weights"}]
    del shelf["weights"][1]["points"]

    (fault,) = faults()

    assert Path(fault.file).name == "general.json"
    assert (fault.pointer, fault.reason) == ("/weights/1/points", "it is missing")
