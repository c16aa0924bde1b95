"""The typed shape of a form's answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gridql.forms import FormVersion
from gridql.forms.faults import FormFault
from gridql.forms.shape import EnumShape, ObjectShape, Scalar, named, shape_of, type_names

Load = Callable[[], FormVersion]


def test_every_question_is_a_field_in_the_order_of_the_form(load: Load) -> None:
    shape = shape_of(load())

    assert shape.name == "StallV1"
    assert shape.description == {"zh": "摊位检查", "en": "Stall check"}
    assert [(field.name, field.required, field.many) for field in shape.fields] == [
        ("exitClear", True, False),
        ("wiring", False, False),
        ("floors", False, False),
        ("area", False, False),
        ("builtOn", False, False),
        ("fuel", True, False),
        ("gasAlarm", False, False),
        ("phone", False, False),
        ("owner", False, False),
        ("cylinders", False, True),
        ("remark", False, False),
    ]


def test_types_are_as_in_the_schema(load: Load) -> None:
    types = {field.name: field.type for field in shape_of(load()).fields}

    assert types["floors"] is Scalar.INT
    assert types["area"] is Scalar.FLOAT
    assert types["builtOn"] is Scalar.DATE
    assert types["gasAlarm"] is Scalar.BOOLEAN
    assert types["phone"] is Scalar.STRING
    assert isinstance(types["cylinders"], ObjectShape)
    assert types["cylinders"].name == "StallV1Cylinders"


def test_an_enumeration_of_a_library_is_shared_and_one_of_the_form_is_not(load: Load) -> None:
    types = {field.name: field.type for field in shape_of(load()).fields}
    check, fuel = types["exitClear"], types["fuel"]

    assert isinstance(check, EnumShape)
    assert isinstance(fuel, EnumShape)
    assert (check.name, check.shared, check.origin) == ("CheckAnswer", True, "gridql:check")
    assert check is not types["wiring"]
    assert check == types["wiring"]
    assert (fuel.name, fuel.shared) == ("StallV1Fuel", False)
    assert fuel.values[0] == ("GAS", {"zh": "燃气", "en": "Gas"})


def test_titles_and_descriptions_are_those_of_the_question(load: Load) -> None:
    fields = {field.name: field for field in shape_of(load()).fields}

    assert fields["exitClear"].title == {"zh": "出口畅通", "en": "Exit clear"}
    assert fields["wiring"].description is not None
    assert fields["wiring"].description["zh"] == "看线路有没有私拉乱接。"


def test_two_versions_share_an_enumeration_with_all_its_values(load: Load) -> None:
    old = shape_of(load())
    check = next(each for each in named(old) if each.name == "CheckAnswer")
    assert isinstance(check, EnumShape)
    grown = replace(check, values=(*check.values, ("UNCLEAR", None)))
    fields = tuple(replace(field, type=grown) for field in old.fields if field.type == check)

    types = type_names([old, replace(old, name="StallV2", fields=fields)])

    merged = types["CheckAnswer"]
    assert isinstance(merged, EnumShape)
    assert [value for value, _ in merged.values] == [
        "OK",
        "NOT_OK",
        "NOT_APPLICABLE",
        "NOT_CHECKED",
        "UNCLEAR",
    ]


def test_two_libraries_cannot_mean_different_things_by_one_name(
    load: Load, document: dict[str, Any], library: dict[str, Any]
) -> None:
    one = shape_of(load())
    document["version"] = 2
    library["$defs"]["CheckAnswer"] = {"type": "string", "enum": ["OK", "NOT_OK"]}
    library["$defs"]["exitClear"]["$ref"] = "#/$defs/CheckAnswer"
    document["schema"]["properties"]["wiring"]["$ref"] = "library:general#/$defs/CheckAnswer"

    with pytest.raises(ValueError, match="gridql:check and market:general would both make"):
        type_names([one, shape_of(load())])


def test_two_libraries_cannot_meet_in_one_form(
    document: dict[str, Any], library: dict[str, Any], faults: Callable[[], tuple[FormFault, ...]]
) -> None:
    library["$defs"]["CheckAnswer"] = {"type": "string", "enum": ["OK", "NOT_OK"]}
    document["schema"]["properties"]["wiring"]["$ref"] = "library:general#/$defs/CheckAnswer"

    (fault,) = faults()

    assert fault.reason == "gridql:check and market:general both define 'CheckAnswer'"
