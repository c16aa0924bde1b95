"""What a new version of a form changes, and whether answers to the old one still fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gridql.forms.changes import changes, is_breaking
from gridql.forms.document import load_form
from gridql.forms.faults import FormRejected
from gridql.forms.judge import Judge
from gridql.forms.version import FormVersion

Document = dict[str, Any]
Edit = Callable[[Document], None]
Told = Callable[[Edit], list[tuple[str, str, str]]]


@pytest.fixture
def told(load: Callable[[], FormVersion], document: Document, english: dict[str, str]) -> Told:
    """The changes that an edit of the form `stall` comes to, as effect, place and words."""

    def told(edit: Edit) -> list[tuple[str, str, str]]:
        old = load()
        document["version"] = 2
        edit(document)
        # A question that is gone has no translation any more.
        for where in [where for where in english if not there(document, where)]:
            del english[where]
        return [(each.effect.value, each.at, each.what) for each in changes(old, load())]

    return told


def there(document: Any, where: str) -> bool:
    for step in where.split("/")[1:]:
        try:
            document = document[int(step) if isinstance(document, list) else step]
        except (KeyError, IndexError):
            return False
    return True


def questions(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document["schema"]["properties"]
    return found


def test_nothing_but_the_number_is_no_change(told: Told) -> None:
    assert told(lambda document: None) == []


def test_a_question_that_is_gone_breaks(told: Told) -> None:
    def edit(document: Document) -> None:
        del questions(document)["builtOn"]

    assert told(edit) == [("BREAKING", "/builtOn", "is not asked any more")]


def test_a_question_with_another_name_breaks(told: Told) -> None:
    def edit(document: Document) -> None:
        questions(document)["madeOn"] = questions(document).pop("builtOn")

    assert told(edit) == [("BREAKING", "/builtOn", "is called 'madeOn' now")]


def test_a_new_question_breaks_only_where_it_has_to_be_answered(told: Told) -> None:
    def edit(document: Document) -> None:
        questions(document)["lamp"] = {"title": "应急灯", "type": "boolean"}
        questions(document)["signs"] = {"title": "标志", "type": "boolean"}
        document["schema"]["required"].append("lamp")

    assert told(edit) == [
        ("BREAKING", "/lamp", "is new, and has to be answered"),
        ("ADDITIVE", "/signs", "is new"),
    ]


def test_what_has_to_be_answered(told: Told) -> None:
    def edit(document: Document) -> None:
        document["schema"]["required"] = ["exitClear", "wiring"]

    assert told(edit) == [
        ("BREAKING", "/wiring", "has to be answered now"),
        ("ADDITIVE", "/fuel", "may be left out now"),
    ]


@pytest.mark.parametrize(
    ("name", "edited", "expected"),
    [
        (
            "floors",
            {"minimum": 2, "maximum": 9},
            [
                ("BREAKING", "/floors", "has to be at least 2 now"),
                ("BREAKING", "/floors", "may be at most 9 now"),
            ],
        ),
        ("floors", {"minimum": 0}, [("ADDITIVE", "/floors", "may be less than 1 now")]),
        (
            "floors",
            {"type": "number"},
            [("ADDITIVE", "/floors", "takes any number now, not only whole ones")],
        ),
        ("floors", {"multipleOf": 2}, [("BREAKING", "/floors", "has to be a multiple of 2 now")]),
        ("area", {"exclusiveMinimum": 1}, [("BREAKING", "/area", "has to be at least 1 now")]),
        (
            "remark",
            {"maxLength": 20},
            [("BREAKING", "/remark", "may be at most 20 characters now")],
        ),
        (
            "remark",
            {"pattern": "^a"},
            [("BREAKING", "/remark", "has to have the form '^a' now")],
        ),
        ("phone", {"pattern": None}, [("ADDITIVE", "/phone", "may have any form now")]),
        ("builtOn", {"format": None}, [("ADDITIVE", "/builtOn", "may have any format now")]),
        (
            "fuel",
            {"oneOf": [{"const": "GAS", "title": "燃气"}, {"const": "COAL", "title": "煤"}]},
            [
                ("BREAKING", "/fuel", "ELECTRIC, NONE cannot be chosen any more"),
                ("ADDITIVE", "/fuel", "COAL can be chosen too"),
            ],
        ),
        ("fuel", {"oneOf": None}, [("ADDITIVE", "/fuel", "takes any answer of its type now")]),
        (
            "remark",
            {"enum": ["A", "B"]},
            [("BREAKING", "/remark", "takes only A, B now")],
        ),
        (
            "gasAlarm",
            {"type": "string"},
            [("BREAKING", "/gasAlarm", "is of type string now, not boolean")],
        ),
        (
            "cylinders",
            {"maxItems": 2},
            [("BREAKING", "/cylinders", "may be at most 2 items now")],
        ),
        (
            "cylinders",
            {"maxItems": None},
            [("ADDITIVE", "/cylinders", "may be more than 3 items now")],
        ),
    ],
)
def test_what_one_question_takes(
    told: Told, name: str, edited: Document, expected: list[tuple[str, str, str]]
) -> None:
    def edit(document: Document) -> None:
        question = questions(document)[name]
        for key, value in edited.items():
            question[key] = value
            if value is None:
                del question[key]
        if name in ("fuel", "gasAlarm"):
            # The rules ask for answers that there are no more.
            document["schema"] = {
                key: value
                for key, value in document["schema"].items()
                if key not in ("if", "then", "else")
            }
            document["findings"], document["measures"] = [], []

    breaking_or_additive = [each for each in told(edit) if each[0] in ("BREAKING", "ADDITIVE")]
    assert [each for each in breaking_or_additive if each[1]] == expected


def test_what_is_inside_a_group_or_a_list(told: Told) -> None:
    def edit(document: Document) -> None:
        questions(document)["owner"]["properties"]["phone"] = {"title": "手机", "type": "string"}
        inner = questions(document)["cylinders"]["items"]
        inner["required"].append("litres")
        inner["properties"]["litres"]["maximum"] = 50

    assert told(edit) == [
        ("BREAKING", "/cylinders/-/litres", "may be at most 50 now"),
        ("BREAKING", "/cylinders/-/litres", "has to be answered now"),
        ("ADDITIVE", "/owner/phone", "is new"),
    ]


def test_a_condition_on_old_answers_breaks(told: Told) -> None:
    def edit(document: Document) -> None:
        document["schema"]["allOf"] = [
            {
                "if": {"properties": {"floors": {"minimum": 3}}, "required": ["floors"]},
                "then": {"required": ["area"]},
            }
        ]

    assert told(edit) == [("BREAKING", "", "a condition on floors is new, or another than it was")]


def test_a_condition_about_new_questions_alone_adds(told: Told) -> None:
    def edit(document: Document) -> None:
        questions(document)["lift"] = {"title": "电梯", "type": "boolean"}
        questions(document)["liftNumber"] = {"title": "电梯编号", "type": "string"}
        document["schema"]["allOf"] = [
            {
                "if": {"properties": {"lift": {"const": True}}, "required": ["lift"]},
                "then": {"required": ["liftNumber"]},
                "else": {"properties": {"liftNumber": False}},
            }
        ]

    assert told(edit) == [
        ("ADDITIVE", "/lift", "is new"),
        ("ADDITIVE", "/liftNumber", "is new"),
        ("ADDITIVE", "", "a condition on lift is new, about new questions"),
    ]


def test_a_detail_for_a_new_choice_adds(told: Told) -> None:
    def edit(document: Document) -> None:
        questions(document)["fuel"]["oneOf"].append({"const": "OTHER", "title": "其他"})
        questions(document)["otherFuel"] = {"title": "什么燃料", "type": "string"}
        document["schema"]["allOf"] = [
            {
                "if": {"properties": {"fuel": {"const": "OTHER"}}, "required": ["fuel"]},
                "then": {"required": ["otherFuel"]},
                "else": {"properties": {"otherFuel": False}},
            }
        ]

    assert {effect for effect, _, _ in told(edit)} == {"ADDITIVE"}


def test_rules_and_words_break_nothing(told: Told) -> None:
    def edit(document: Document) -> None:
        document["findings"][1] |= {"days": 7, "severity": "SERIOUS"}
        document["score"]["grades"] = [{"from": 0, "grade": "C"}]
        document["score"]["weights"] = []
        document["measures"][0]["title"] = "报警器的比例"

    assert told(edit) == [
        ("RULES", "noAlarm", "the finding has another days, severity"),
        ("RULES", "exitClear", "the weight is gone"),
        ("RULES", "", "the score has other bounds or grades"),
        ("WORDS", "alarmRate", "the measure reads otherwise"),
    ]


def test_only_words(told: Told) -> None:
    def edit(document: Document) -> None:
        document["title"] = "摊位安全检查"

    assert told(edit) == [("WORDS", "", "only texts, or how it is shown")]


def test_what_the_form_is_for(told: Told) -> None:
    def edit(document: Document) -> None:
        document |= {"subject": "HOUSEHOLD", "kind": "RECORD"}
        document["category"] = {"scheme": "nine-small-places-2018", "code": "N01"}

    assert told(edit) == [
        ("BREAKING", "", "it is filled in about a HOUSEHOLD now, not a PLACE"),
        ("BREAKING", "", "its kind is RECORD now, not INSPECTION"),
        ("BREAKING", "", "it is for places of N01 now"),
    ]


SMALL: Document = {
    "name": "small",
    "version": 1,
    "kind": "RECORD",
    "subject": "GRID",
    "title": "小表",
    "schema": {
        "type": "object",
        "properties": {
            "state": {"type": "string", "enum": ["GOOD", "BAD", "GONE"]},
            "count": {"type": "integer", "minimum": 0, "maximum": 9},
            "note": {"type": "string", "maxLength": 6},
            "seen": {"type": "boolean"},
            "people": {
                "type": "array",
                "itemKey": "number",
                "maxItems": 3,
                "items": {
                    "type": "object",
                    "properties": {
                        "number": {"type": "integer"},
                        "adult": {"type": "boolean"},
                    },
                    "required": ["number"],
                },
            },
        },
        "required": ["state"],
        "allOf": [
            {
                "if": {"properties": {"seen": {"const": True}}, "required": ["seen"]},
                "then": {"required": ["note"]},
                "else": {"properties": {"people": False}},
            }
        ],
    },
}

ANSWERS = st.fixed_dictionaries(
    {"state": st.sampled_from(["GOOD", "BAD", "GONE"])},
    optional={
        "count": st.integers(0, 9),
        "note": st.text("abc", max_size=6),
        "seen": st.booleans(),
        "people": st.lists(
            st.fixed_dictionaries(
                {"number": st.integers(0, 30)}, optional={"adult": st.booleans()}
            ),
            max_size=3,
            unique_by=lambda item: item["number"],
        ),
    },
)

NAMES = st.sampled_from(["state", "count", "note", "seen", "people", "more"])
CONDITIONS = st.sampled_from(
    [
        {"properties": {"state": {"const": "BAD"}}, "required": ["state"]},
        {"properties": {"state": {"enum": ["GOOD", "LOST"]}}, "required": ["state"]},
        {"properties": {"state": {"const": "LOST"}}, "required": ["state"]},
        {"properties": {"more": {"minimum": 2}}, "required": ["more"]},
        {"not": {"required": ["more"]}},
        {"required": ["count"]},
    ]
)
OUTCOMES: st.SearchStrategy[Document] = st.one_of(
    st.just({}),
    NAMES.map(lambda name: {"required": [name]}),
    NAMES.map(lambda name: {"properties": {name: False}}),
    st.just({"properties": {"count": {"maximum": 4}}}),
    st.just({"properties": {"more": {"maximum": 4}}}),
)
VALUES = st.sampled_from(
    [
        {"type": "string", "enum": ["GOOD", "BAD", "GONE", "LOST"]},
        {"type": "string", "enum": ["GOOD", "BAD"]},
        {"type": "string"},
        {"type": "string", "maxLength": 4},
        {"type": "string", "maxLength": 9},
        {"type": "string", "minLength": 1},
        {"type": "integer"},
        {"type": "integer", "minimum": 1, "maximum": 20},
        {"type": "integer", "exclusiveMinimum": -1, "exclusiveMaximum": 10},
        {"type": "integer", "multipleOf": 3},
        {"type": "number", "minimum": 0},
        {"type": "number", "exclusiveMaximum": 9},
        {"type": "boolean"},
        {"type": "boolean", "const": True},
    ]
)


def replaced(name: str, value: Document) -> Edit:
    def edit(schema: Document) -> None:
        schema["properties"][name] = value

    return edit


def removed(name: str) -> Edit:
    return lambda schema: schema["properties"].pop(name, None)


def needed(name: str) -> Edit:
    def edit(schema: Document) -> None:
        schema["required"] = sorted({*schema["required"], name})

    return edit


def depending(name: str, other: str) -> Edit:
    def edit(schema: Document) -> None:
        schema.setdefault("dependentRequired", {})[name] = [other]

    return edit


def conditional(when: Document, then: Document, otherwise: Document) -> Edit:
    def edit(schema: Document) -> None:
        schema["allOf"].append({"if": when, "then": then, "else": otherwise})

    return edit


def of_the_list(key: str, value: Any) -> Edit:
    def edit(schema: Document) -> None:
        if "people" in schema["properties"]:
            schema["properties"]["people"][key] = value

    return edit


def no_longer_needed(schema: Document) -> None:
    schema["required"] = []


def without_conditions(schema: Document) -> None:
    schema["allOf"] = schema["allOf"][1:]


EDITS = st.one_of(
    st.builds(replaced, NAMES.filter(lambda name: name != "people"), VALUES),
    st.builds(removed, NAMES),
    st.builds(needed, NAMES),
    st.builds(depending, NAMES, NAMES),
    st.builds(conditional, CONDITIONS, OUTCOMES, OUTCOMES),
    st.builds(of_the_list, st.just("maxItems"), st.integers(1, 5)),
    st.builds(of_the_list, st.just("minItems"), st.integers(0, 2)),
    st.just(no_longer_needed),
    st.just(without_conditions),
)


# What loads and is additive at once is one edit in five.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(edits=st.lists(EDITS, min_size=1, max_size=3), answers=ANSWERS)
def test_what_is_called_additive_takes_every_old_answer_whole(
    tmp_path_factory: pytest.TempPathFactory, edits: list[Edit], answers: Document
) -> None:
    changed = deepcopy(SMALL) | {"version": 2}
    for edit in edits:
        edit(changed["schema"])
    if not changed["schema"]["allOf"]:
        del changed["schema"]["allOf"]
    folder = tmp_path_factory.mktemp("versions") / "forms"
    folder.mkdir()
    old = written(folder, SMALL)
    try:
        new = written(folder, changed)
    except FormRejected:
        assume(False)
        return
    kept = Judge(old).judge(answers)
    assume(not kept.faults)
    assume(not is_breaking(changes(old, new)))

    verdict = Judge(new).judge(kept.answers)

    assert verdict.faults == ()
    assert verdict.answers == kept.answers


def written(folder: Path, document: Document) -> FormVersion:
    path = folder / f"smallV{document['version']}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return load_form(path, "small")
