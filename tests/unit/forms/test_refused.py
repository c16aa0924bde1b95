"""What a form may not say: each fault with its place, the reason and what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gridql.forms.faults import FormFault

Faults = Callable[[], tuple[FormFault, ...]]

TYPES = "string, integer, number, boolean, array, object"
HOW = (
    "Write '#/$defs/name', 'library:file#/$defs/name' for this plugin's library folder, "
    "or 'gridql:file#/$defs/name' for what comes with gridql."
)
FORMATS = "Use one of date, date-time, time, email, uri, uuid, or a `pattern`."
LINEAR = (
    "the pattern is no regular expression that can be judged in linear time",
    "Leave out look-around and back-references, and keep repeats below some hundreds.",
)
KEY = (
    "the items of the list cannot be told apart",
    'Name a required question, text or integer: "itemKey": "number".',
)
INT32 = (
    "GraphQL's integers have 32 bits",
    "Use type 'number' for more, or a string for codes and telephones.",
)


def reads_otherwise(rest: str) -> str:
    return f"a browser and gridql read the pattern differently from {rest!r} on"


QUESTIONS: list[tuple[Any, str, str, str]] = [
    # without one type
    (True, "", "it has no type", 'Describe the answer: {"type": "string"}, say.'),
    ({"title": "?"}, "/type", "it has no type", f'Add "type": "string", or another of {TYPES}.'),
    (
        {"properties": {}},
        "/type",
        "it has no type",
        f'Add "type": "object", or another of {TYPES}.',
    ),
    (
        {"type": ["integer", "null"]},
        "/type",
        "it has more than one type",
        'Write "type": "integer"; an optional question is not in `required`.',
    ),
    (
        {"type": "text"},
        "/type",
        "there is no type 'text'",
        f'Add "type": "string", or another of {TYPES}.',
    ),
    ({"type": "array"}, "/items", "the items have no type", "Describe them in `items`."),
    (
        {"type": "array", "items": {}},
        "/items/type",
        "it has no type",
        f'Add "type": "string", or another of {TYPES}.',
    ),
    (
        {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        "/items",
        "a list of lists has no type",
        "Let the items be objects.",
    ),
    ({"type": "object"}, "", "the object has no questions", "Name them in `properties`."),
    (
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True},
        "/additionalProperties",
        "answers to unnamed questions would have no type",
        "Write false, and name every question in `properties`.",
    ),
    # keywords outside the subset
    (
        {"type": "string", "maxLenght": 3},
        "/maxLenght",
        "`maxLenght` is not supported on type 'string'",
        "Did you mean `maxLength`?",
    ),
    (
        {"type": "string", "anyOf": []},
        "/anyOf",
        "`anyOf` is not supported on type 'string'",
        "Say with `if`/`then` in the object around it which answers belong together.",
    ),
    (
        {"type": "string", "nullable": True},
        "/nullable",
        "`nullable` is not supported on type 'string'",
        "Leave it out: an optional question is simply not in `required`.",
    ),
    (
        {"type": "string", "enum": ["A"], "enumNames": ["a"]},
        "/enumNames",
        "`enumNames` is not supported on type 'string'",
        'Use "oneOf": [{"const": "VALUE", "title": "…"}].',
    ),
    (
        {"type": "object", "properties": {"a": {"type": "string"}}, "patternProperties": {}},
        "/patternProperties",
        "`patternProperties` is not supported on type 'object'",
        "Name every question in `properties`.",
    ),
    (
        {"type": "string", "$id": "x"},
        "/$id",
        "`$id` is not supported on type 'string'",
        "Leave it out: a form is named by its document.",
    ),
    (
        {"type": "string", "maxLength": "3"},
        "/maxLength",
        "it is of the wrong type",
        "Write one of type integer.",
    ),
    # references
    (
        {"$ref": "https://example.org/s.json"},
        "/$ref",
        "the reference 'https://example.org/s.json' is not to a definition here: "
        "nothing is fetched",
        HOW,
    ),
    (
        {"$ref": "file:///etc/passwd"},
        "/$ref",
        "the reference 'file:///etc/passwd' is not to a definition here: nothing is fetched",
        HOW,
    ),
    (
        {"$ref": "library:../x#/$defs/y"},
        "/$ref",
        "the reference 'library:../x#/$defs/y' is not to a definition within reach",
        HOW,
    ),
    ({"$ref": "#"}, "/$ref", "the reference '#' is not to a definition within reach", HOW),
    ({"$ref": 5}, "/$ref", "the reference 5 is no text", HOW),
    (
        {"$ref": "gridql:check#/$defs/Check"},
        "/$ref",
        "check.json has no definition 'Check'",
        HOW,
    ),
    ({"$ref": "#/$defs/none"}, "/$ref", "stall.json has no definition 'none'", HOW),
    (
        {"$ref": "gridql:check#/$defs/CheckAnswer", "type": "string"},
        "/type",
        "`type` cannot stand beside `$ref`",
        "Only a title, description, default or examples may be changed there.",
    ),
    (
        {"$ref": "gridql:check#/$defs/CheckAnswer", "default": "YES"},
        "/default",
        "'YES' is no answer to the question",
        "Write one of its answers, or leave it out.",
    ),
    # texts
    ({"type": "string", "format": "phone"}, "/format", "there is no format 'phone'", FORMATS),
    ({"type": "string", "pattern": "^(?=a)b"}, "/pattern", *LINEAR),
    ({"type": "string", "pattern": "(a)\\1"}, "/pattern", *LINEAR),
    ({"type": "string", "pattern": "(a"}, "/pattern", *LINEAR),
    ({"type": "string", "pattern": "(a{900}){900}"}, "/pattern", *LINEAR),
    (
        {"type": "string", "pattern": "(?i)abc"},
        "/pattern",
        reads_otherwise("(?i)abc"),
        "Write plain groups, '(…)' or '(?:…)': flags have to be spelt out, '[Aa]'.",
    ),
    (
        {"type": "string", "pattern": "^\\p{Han}+$"},
        "/pattern",
        reads_otherwise("\\p{Han}+$"),
        "Write '\\p{Script=Han}'.",
    ),
    (
        {"type": "string", "pattern": "a\\-b"},
        "/pattern",
        reads_otherwise("\\-b"),
        "Write '-' without '\\', or a class such as '[-_]'.",
    ),
    (
        {"type": "string", "pattern": "^[[:alpha:]]$"},
        "/pattern",
        reads_otherwise("[[:alpha:]]$"),
        "Put '\\' before '[' and ']' within the class, and name its characters singly.",
    ),
    (
        {"type": "string", "pattern": "a++"},
        "/pattern",
        reads_otherwise("+"),
        "Write '\\+' for the character itself, and repeat each part only once.",
    ),
    (
        {"type": "string", "minLength": 5, "maxLength": 1},
        "/maxLength",
        "nothing is at least 5 and at most 1",
        "Swap `minLength` and `maxLength`, or leave one out.",
    ),
    # numbers
    ({"type": "integer", "maximum": 2**31}, "/maximum", *INT32),
    ({"type": "integer", "enum": [1, 2**31]}, "/enum/1", *INT32),
    ({"type": "integer", "const": -(2**31) - 1}, "/const", *INT32),
    (
        {"type": "integer", "default": "many"},
        "/default",
        "'many' is no answer to the question",
        "Write one of its answers, or leave it out.",
    ),
    # choices
    (
        {"type": "string", "enum": ["notOk at-all"]},
        "/enum/0",
        "'notOk at-all' is no value of an enumeration",
        "Write 'NOT_OK_AT_ALL'.",
    ),
    (
        {"type": "string", "oneOf": [{"const": "是", "title": "是"}]},
        "/oneOf/0/const",
        "'是' is no value of an enumeration",
        "Use capital letters, digits and '_', and put the words into its `title`.",
    ),
    (
        {"type": "string", "enum": ["A", "A"]},
        "/enum/1",
        "'A' stands twice",
        "Leave one of them out.",
    ),
    (
        {"type": "string", "enum": ["A", None]},
        "/enum/1",
        "None is not of type 'string'",
        "Change one of the two.",
    ),
    (
        {"type": "integer", "const": 1.5},
        "/const",
        "1.5 is not of type 'integer'",
        "Change one of the two.",
    ),
    ({"type": "string", "enum": []}, "/enum", "the list is too short", "At least 1."),
    (
        {"type": "string", "oneOf": [{"const": "A", "title": "a"}], "enum": ["B"]},
        "/enum",
        "`oneOf` names the choices already",
        "Leave out `enum`: `oneOf` has the titles.",
    ),
    (
        {"type": "string", "oneOf": [{"const": "A"}]},
        "/oneOf/0/title",
        "it is missing",
        "Add `title`.",
    ),
    # lists whose items have no lasting name
    (
        {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
        "/itemKey",
        *KEY,
    ),
    (
        {
            "type": "array",
            "itemKey": "a",
            "items": {"type": "object", "properties": {"a": {"type": "string"}}},
        },
        "/itemKey",
        *KEY,
    ),
    (
        {
            "type": "array",
            "itemKey": "a",
            "items": {
                "type": "object",
                "properties": {"a": {"type": "boolean"}},
                "required": ["a"],
            },
        },
        "/itemKey",
        *KEY,
    ),
    (
        {"type": "array", "itemKey": "a", "items": {"type": "string"}},
        "/itemKey",
        "the items have no questions",
        "Leave it out.",
    ),
    # questions that do not go together
    (
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]},
        "/required/0",
        "there is no question 'b'",
        "Known here: a.",
    ),
    (
        {"type": "object", "properties": {"a": {"type": "string"}}, "then": {"required": ["a"]}},
        "/then",
        "`then` does nothing without `if`",
        "Add the `if`.",
    ),
    (
        {"type": "object", "properties": {"a": {"type": "string"}}, "if": {"required": ["a"]}},
        "/if",
        "`if` does nothing by itself",
        "Add its `then`.",
    ),
]


@pytest.mark.parametrize(("question", "pointer", "reason", "proposal"), QUESTIONS)
def test_a_question_outside_the_subset(
    document: dict[str, Any],
    faults: Faults,
    question: Any,
    pointer: str,
    reason: str,
    proposal: str,
) -> None:
    document["schema"]["properties"]["odd"] = question

    (fault,) = faults()

    assert fault.file.endswith("market/forms/stall.json")
    assert fault.pointer == f"/schema/properties/odd{pointer}"
    assert (fault.reason, fault.proposal) == (reason, proposal)


WORDS = "Start with a small letter, then up to 59 letters and digits, and put words in `title`."


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("Exit", "Write 'exit'."),
        ("exit_clear", "Write 'exitClear'."),
        ("fire-lane is free", "Write 'fireLaneIsFree'."),
        ("__typename", "Write 'typename'."),
        ("$id", "Write 'id'."),
        ("1st", WORDS),
        ("a" * 61, WORDS),
        ("出口", WORDS),
        ("", WORDS),
    ],
)
def test_a_name_that_graphql_cannot_carry(
    document: dict[str, Any], faults: Faults, name: str, proposal: str
) -> None:
    document["schema"]["properties"][name] = {"type": "string"}

    (fault,) = faults()

    assert fault.pointer == f"/schema/properties/{name}"
    assert fault.reason == f"{name!r} is no name for a question"
    assert fault.proposal == proposal


CONDITIONS: list[tuple[Any, str, str, str]] = [
    (
        {"properties": {"fuell": {"const": "GAS"}}, "required": ["fuell"]},
        "/properties/fuell",
        "there is no question 'fuell'",
        "Did you mean 'fuel'?",
    ),
    (
        {"properties": {"fuel": {"const": "GASS"}}, "required": ["fuel"]},
        "/properties/fuel/const",
        "'GASS' is no answer to the question",
        "Did you mean 'GAS'?",
    ),
    (
        {"properties": {"wiring": {"enum": ["NOT OK"]}}, "required": ["wiring"]},
        "/properties/wiring/enum/0",
        "'NOT OK' is no answer to the question",
        "Did you mean 'NOT_OK'?",
    ),
    (
        {"properties": {"floors": {"const": "two"}}, "required": ["floors"]},
        "/properties/floors/const",
        "'two' is no answer to the question",
        "Write a whole number.",
    ),
    (
        {"properties": {"wiring": {"const": "NOT_OK"}}},
        "/properties/wiring",
        "the condition also holds where 'wiring' has no answer",
        'Add "required": ["wiring"] beside `properties`.',
    ),
    (
        {"not": {"properties": {"owner": {"properties": {"name": {"const": "x"}}}}}},
        "/not/properties/owner/properties/name",
        "there is no question 'name'",
        "Did you mean 'fullName'?",
    ),
    (
        {"properties": {"fuel": {"contains": {"const": "GAS"}}}, "required": ["fuel"]},
        "/properties/fuel/contains",
        "the question is not a list",
        "Drop it, or ask for its value.",
    ),
    (
        {"properties": {"floors": {"minLength": 2}}, "required": ["floors"]},
        "/properties/floors/minLength",
        "`minLength` says nothing about an answer of type 'integer'",
        "Ask for a value, or leave it out.",
    ),
    (
        {"properties": {"remark": {"pattern": "^(?!a)"}}, "required": ["remark"]},
        "/properties/remark/pattern",
        *LINEAR,
    ),
    (
        {"$ref": "https://example.org/condition.json"},
        "/$ref",
        "a condition cannot refer",
        "Write it out here.",
    ),
]


@pytest.mark.parametrize(("condition", "pointer", "reason", "proposal"), CONDITIONS)
def test_a_condition_that_can_never_mean_what_it_says(
    document: dict[str, Any],
    faults: Faults,
    condition: dict[str, Any],
    pointer: str,
    reason: str,
    proposal: str,
) -> None:
    document["findings"][1]["when"] = condition

    (fault,) = faults()

    assert fault.pointer == f"/findings/1/when{pointer}"
    assert (fault.reason, fault.proposal) == (reason, proposal)


def test_a_condition_about_a_question_whose_type_is_nothing_like_one(
    document: dict[str, Any], faults: Faults
) -> None:
    document["schema"]["properties"]["floors"]["type"] = {"type": "integer"}
    document["findings"][1]["when"] = {
        "properties": {"floors": {"const": 2}},
        "required": ["floors"],
    }

    (fault,) = faults()

    assert fault.pointer == "/schema/properties/floors/type"
    assert fault.reason == "there is no type {'type': 'integer'}"


def test_an_answer_that_is_always_asked_for_cannot_be_switched_off(
    document: dict[str, Any], faults: Faults
) -> None:
    document["schema"]["else"]["properties"] |= {
        "exitClear": False,
        "owner": {"properties": {"fullName": False}},
    }

    found = {fault.pointer: (fault.reason, fault.proposal) for fault in faults()}

    proposal = "Take it out of `required`; the branch that needs it can require it."
    assert found == {
        "/schema/else/properties/exitClear": (
            "'exitClear' has to be answered always, yet is switched off here",
            proposal,
        ),
        "/schema/else/properties/owner/properties/fullName": (
            "'fullName' has to be answered always, yet is switched off here",
            proposal,
        ),
    }


def test_a_score_that_means_nothing(document: dict[str, Any], faults: Faults) -> None:
    document["score"] |= {"start": 200}
    document["score"]["grades"].append({"from": 90, "grade": "C"})

    found = {fault.pointer: (fault.reason, fault.proposal) for fault in faults()}

    assert found == {
        "/score/start": ("the score starts above its `max`", "At most 100."),
        "/score/grades/2/from": ("two grades begin at 90", "Change one of them."),
    }


def test_a_part_that_would_be_called_like_the_input_of_its_form(
    document: dict[str, Any], faults: Faults
) -> None:
    document["schema"]["properties"]["input"] = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
    }

    (fault,) = faults()

    assert fault.reason == "two parts of the form would both be the type StallV1Input"
    assert fault.proposal == "Rename one of the two."


def of_answers(count: int) -> dict[str, Any]:
    return {f"q{n}": {"type": "string", "title": "x", "maxLength": 5} for n in range(count)}


def nested(levels: int, inmost: dict[str, Any]) -> dict[str, Any]:
    value = inmost
    for _ in range(levels):
        value = {"type": "object", "properties": {"inner": value}}
    return value


TOO_MUCH: list[tuple[dict[str, Any], str, str]] = [
    (
        {"properties": of_answers(6_000)},
        "it holds over 20000 values",
        "Split it into several.",
    ),
    (
        {"required": [f"q{n}" for n in range(1_001)]},
        "a list in it has over 1000 items",
        "Split it into several.",
    ),
    (
        {
            "$defs": {
                f"d{n}": {
                    "type": "object",
                    "properties": {f"p{m}": {"$ref": f"#/$defs/d{n + 1}"} for m in range(10)},
                }
                for n in range(9)
            }
            | {"d9": {"type": "string"}}
        },
        "with all that it refers to, the form has over 20000 parts",
        "Ask less at once, and repeat no large definition.",
    ),
    (
        {
            "$defs": {
                "d0": {
                    "type": "object",
                    "properties": {f"p{m}": {"$ref": "#/$defs/d1"} for m in range(100)},
                },
                "d1": {"type": "string", "examples": ["x" * 20_000]},
            }
        },
        "with all that it refers to, the form is larger than 1 MB",
        "Ask less at once, and repeat no large definition.",
    ),
    (
        {
            "$defs": {
                "d0": nested(20, {"$ref": "#/$defs/d1"}),
                "d1": nested(20, {"type": "string"}),
            }
        },
        "with all that it refers to, the form is nested more than 64 levels deep",
        "Ask less at once, and repeat no large definition.",
    ),
]


@pytest.mark.parametrize(("schema", "reason", "proposal"), TOO_MUCH)
@pytest.mark.timeout(20)
def test_a_form_that_would_hold_the_server_up(
    document: dict[str, Any],
    faults: Faults,
    schema: dict[str, Any],
    reason: str,
    proposal: str,
) -> None:
    for key, value in schema.items():
        document["schema"][key] = value
    if "$defs" in schema:
        document["schema"]["properties"]["odd"] = {"$ref": "#/$defs/d0"}

    (fault,) = faults()

    assert (fault.reason, fault.proposal) == (reason, proposal)


def test_a_flood_of_faults_is_cut_off(document: dict[str, Any], faults: Faults) -> None:
    document["schema"]["properties"] |= {f"q{n}": {} for n in range(5_000)}

    assert len(faults()) == 1_000
