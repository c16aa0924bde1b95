"""Expressions of XLSForms as conditions: what maps, to what, and what is told of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from gridql.forms.compiled import compiled
from gridql.forms.xlsform.conditions import Asked, condition, limits
from gridql.forms.xlsform.expressions import Unmappable, parse, references

CHOICES = {"gas": "GAS", "coal": "COAL", "1": "CHOICE_1"}
QUESTIONS = {
    "fuel": Asked(["fuel"], {"type": "string"}, CHOICES),
    "fuels": Asked(["kitchen", "fuels"], {"type": "array"}, CHOICES),
    "floors": Asked(["floors"], {"type": "integer"}, {}),
    "area": Asked(["area"], {"type": "number"}, {}),
    "note": Asked(["note"], {"type": "string"}, {}),
    "day": Asked(["day"], {"type": "string", "format": "date"}, {}),
    "agreed": Asked(["agreed"], {"type": "boolean"}, {}),
}


def find(name: str) -> Asked:
    if name not in QUESTIONS:
        raise Unmappable(f"{name!r} is not taken over")
    return QUESTIONS[name]


def holds(text: str, answers: dict[str, Any]) -> bool:
    return compiled(condition(parse(text), find)).is_valid(answers)


@pytest.mark.parametrize(
    ("text", "for_it", "against_it"),
    [
        ("${fuel} = 'gas'", [{"fuel": "GAS"}], [{"fuel": "COAL"}, {}]),
        ("${fuel} != 'gas'", [{"fuel": "COAL"}, {}], [{"fuel": "GAS"}]),
        ("'gas' = ${fuel}", [{"fuel": "GAS"}], [{"fuel": "COAL"}]),
        ("${fuel} = 1", [{"fuel": "CHOICE_1"}], [{"fuel": "GAS"}]),
        ("${fuel} != ''", [{"fuel": "COAL"}], [{}]),
        ('${fuel} = ""', [{}], [{"fuel": "COAL"}]),
        ("selected(${fuel}, 'gas')", [{"fuel": "GAS"}], [{"fuel": "COAL"}, {}]),
        (
            "selected( ${fuels} , 'gas')",
            [{"kitchen": {"fuels": ["COAL", "GAS"]}}],
            [{"kitchen": {"fuels": ["COAL"]}}, {"kitchen": {}}, {}],
        ),
        (
            "not(selected(${fuels}, 'gas'))",
            [{"kitchen": {"fuels": ["COAL"]}}, {}],
            [{"kitchen": {"fuels": ["GAS"]}}],
        ),
        ("${floors} > 3", [{"floors": 4}], [{"floors": 3}, {}]),
        ("${floors} >= 3 and ${floors} < 6", [{"floors": 3}, {"floors": 5}], [{"floors": 6}, {}]),
        ("3 < ${floors}", [{"floors": 4}], [{"floors": 3}]),
        ("${area} <= 12.5", [{"area": 12.5}], [{"area": 12.6}, {}]),
        ("${floors} = 2 or ${fuel} = 'gas'", [{"floors": 2}, {"fuel": "GAS"}], [{"floors": 3}]),
        (
            "${floors} = 2 and (${fuel} = 'gas' or ${fuel} = 'coal')",
            [{"floors": 2, "fuel": "COAL"}],
            [{"floors": 2}, {"fuel": "COAL"}],
        ),
        (
            "${floors} = 2 or ${floors} = 3 and ${fuel} = 'gas'",
            [{"floors": 2}, {"floors": 3, "fuel": "GAS"}],
            [{"floors": 3}],
        ),
        (
            "count-selected(${fuels}) >= 2",
            [{"kitchen": {"fuels": ["GAS", "COAL"]}}],
            [{"kitchen": {"fuels": ["GAS"]}}, {}],
        ),
        (
            "count-selected(${fuels}) < 2",
            [{"kitchen": {"fuels": ["GAS"]}}, {}],
            [{"kitchen": {"fuels": ["GAS", "COAL"]}}],
        ),
        ("string-length(${note}) > 2", [{"note": "abc"}], [{"note": "ab"}, {}]),
        ("${agreed} = 'OK'", [{"agreed": True}], [{}]),
        ("${note} = 'it'", [{"note": "it"}], [{"note": "is"}, {}]),
    ],
)
def test_what_an_expression_holds_for(
    text: str, for_it: list[dict[str, Any]], against_it: list[dict[str, Any]]
) -> None:
    assert [holds(text, answers) for answers in for_it] == [True] * len(for_it)
    assert [holds(text, answers) for answers in against_it] == [False] * len(against_it)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("${floors} > ${area}", "a comparison of two answers"),
        ("${day} > today()", "the function today()"),
        ("${floors} * 2 > 3", "'* 2 > 3' has no counterpart"),
        ("${fuel} = 'wood'", "'wood' is not among the choices"),
        ("${fuel} > 'gas'", "the comparison '>' there"),
        ("${day} = '2026-05-01'", "a comparison of an answer of type string with '2026-05-01'"),
        ("${other} = 'x'", "'other' is not taken over"),
        ("pulldata('a', 'b')", "the function pulldata()"),
        ("${floors} =", "'its end' is not expected there"),
        ("(${floors} = 1", "'its end' is not expected there"),
        ("${floors} = 1 )", "')' is not expected there"),
        ("${floors} >= 'many'", "'many' is no number"),
        ("count-selected(${fuels}) != 2", "a size != 2"),
        ("(" * 40 + "${floors} = 1" + ")" * 40, "it is nested too deeply"),
    ],
)
def test_what_has_no_counterpart_is_told(text: str, why: str) -> None:
    with pytest.raises(Unmappable) as unmappable:
        condition(parse(text), find)

    assert str(unmappable.value) == why


def test_what_an_expression_is_about() -> None:
    expression = parse("${a} = 1 and not(selected(../b, 'x') or string-length(${c}) > ${d})")

    assert list(references(expression)) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("name", "text", "found", "lost"),
    [
        ("floors", ". >= 1 and . <= 10", {"minimum": 1, "maximum": 10}, []),
        ("area", ". > 0 and . < 1000.5", {"exclusiveMinimum": 0, "exclusiveMaximum": 1000.5}, []),
        ("floors", "100 >= .", {"maximum": 100}, []),
        ("note", "regex(., '^[0-9]{3}$')", {"pattern": "^[0-9]{3}$"}, []),
        ("note", "regex(., '[0-9]{3}')", {"pattern": "^(?:[0-9]{3})$"}, []),
        ("note", "string-length(.) = 18", {"minLength": 18, "maxLength": 18}, []),
        ("note", "string-length(.) < 6", {"maxLength": 5}, []),
        ("fuels", "count-selected(.) <= 2", {"maxItems": 2}, []),
        ("floors", ". > 0 and . < ${area}", {"exclusiveMinimum": 0}, ["area"]),
        ("floors", ". > 0 and . > 5", {"exclusiveMinimum": 0}, ["two limits of the same kind"]),
        ("day", ". <= today()", {}, ["the function today()"]),
        ("note", r"regex(., '(a)\1')", {}, ["linear time"]),
        ("fuels", "not(selected(., 'gas') and count-selected(.) > 1)", {}, ["not"]),
    ],
)
def test_what_a_constraint_comes_to(
    name: str, text: str, found: dict[str, Any], lost: list[str]
) -> None:
    keywords, reasons = limits(parse(text), QUESTIONS[name])

    assert keywords == found
    assert len(reasons) == len(lost)
    assert all(part in reason for part, reason in zip(lost, reasons, strict=True))
