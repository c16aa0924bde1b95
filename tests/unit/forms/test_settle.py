"""Answers that a condition has switched off are pruned, wherever the condition stands."""

from __future__ import annotations

from typing import Any

from gridql.forms.settle import settling


def asked(value: str, outcome: dict[str, Any]) -> dict[str, Any]:
    """Holds where the question `kind` is answered with `value`."""
    return {
        "if": {"properties": {"kind": {"const": value}}, "required": ["kind"]},
        "then": outcome,
    }


def form(*parts: dict[str, Any]) -> dict[str, Any]:
    item = {"type": "object", "properties": {"code": {"type": "string"}, "kg": {"type": "number"}}}
    return {
        "type": "object",
        "properties": {
            "kind": {"type": "string"},
            "size": {"type": "integer"},
            "note": {"type": "string"},
            "bottles": {"type": "array", "items": item},
        },
        "allOf": list(parts),
    }


ANSWERS = {"kind": "GAS", "size": 3, "note": "x", "bottles": [{"code": "a", "kg": 5}, {"kg": 1}]}


def test_a_condition_within_a_condition_switches_off() -> None:
    small = {
        "if": {"properties": {"size": {"maximum": 5}}, "required": ["size"]},
        "then": {"properties": {"note": False}},
        "else": {"properties": {"bottles": False}},
    }
    settle = settling(form(asked("GAS", small)))

    assert "note" not in settle(ANSWERS)
    assert "bottles" in settle(ANSWERS)
    assert "bottles" not in settle(ANSWERS | {"size": 6})
    assert settle(ANSWERS | {"kind": "COAL"}) == ANSWERS | {"kind": "COAL"}


def test_several_parts_of_an_outcome_switch_off() -> None:
    both = {"allOf": [{"properties": {"note": False}}, {"properties": {"size": False}}]}

    assert settling(form(asked("GAS", both)))(ANSWERS).keys() == {"kind", "bottles"}


def test_a_question_of_every_item_is_switched_off() -> None:
    weights = {"properties": {"bottles": {"items": {"properties": {"kg": False}}}}}

    assert settling(form(asked("GAS", weights)))(ANSWERS)["bottles"] == [{"code": "a"}, {}]


def test_an_answer_that_kept_another_one_off_is_switched_off_itself() -> None:
    noted = {"if": {"required": ["note"]}, "then": {"properties": {"size": False}}}
    settle = settling(form(noted, asked("GAS", {"properties": {"note": False}})))

    # Both go: what is switched off is taken out one condition after the other, in their order.
    assert settle(ANSWERS).keys() == {"kind", "bottles"}
