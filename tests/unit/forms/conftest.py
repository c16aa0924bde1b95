"""A plugin folder on disk, with one small form that shows every part of a document."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gridql.forms.document import load_form
from gridql.forms.faults import FormFault, FormRejected
from gridql.forms.version import FormVersion

Document = dict[str, Any]
Write = Callable[..., Path]


@pytest.fixture
def document() -> Document:
    """The document of the form `stall`: new for each test, to be changed at will."""
    return {
        "name": "stall",
        "version": 1,
        "kind": "INSPECTION",
        "subject": "PLACE",
        "language": "zh",
        "title": "摊位检查",
        "schema": {
            "type": "object",
            "properties": {
                "exitClear": {"title": "出口畅通", "$ref": "library:general#/$defs/exitClear"},
                "wiring": {
                    "title": "线路规范",
                    "description": "看线路有没有私拉乱接。",
                    "$ref": "gridql:check#/$defs/CheckAnswer",
                },
                "floors": {"title": "层数", "type": "integer", "minimum": 1},
                "area": {"title": "面积", "type": "number", "exclusiveMinimum": 0},
                "builtOn": {"title": "建成日期", "type": "string", "format": "date"},
                "fuel": {
                    "title": "燃料",
                    "type": "string",
                    "oneOf": [
                        {"const": "GAS", "title": "燃气"},
                        {"const": "ELECTRIC", "title": "电"},
                        {"const": "NONE", "title": "不用火"},
                    ],
                },
                "gasAlarm": {"title": "装了燃气报警器", "type": "boolean"},
                "phone": {"title": "电话", "type": "string", "pattern": "^1[0-9]{10}$"},
                "owner": {
                    "title": "经营者",
                    "type": "object",
                    "properties": {"fullName": {"title": "姓名", "type": "string", "maxLength": 5}},
                    "required": ["fullName"],
                },
                "cylinders": {
                    "title": "气瓶",
                    "type": "array",
                    "itemKey": "code",
                    "maxItems": 3,
                    "items": {
                        "type": "object",
                        "properties": {
                            "code": {"title": "编号", "type": "string"},
                            "litres": {"title": "容积", "type": "integer"},
                        },
                        "required": ["code"],
                    },
                },
                "remark": {"title": "备注", "type": "string"},
            },
            "required": ["exitClear", "fuel"],
            "additionalProperties": False,
            "if": {"properties": {"fuel": {"const": "GAS"}}, "required": ["fuel"]},
            "then": {"required": ["gasAlarm"]},
            "else": {"properties": {"gasAlarm": False, "cylinders": False}},
        },
        "uiSchema": {"ui:order": ["fuel", "*"], "remark": {"ui:placeholder": "说明情况"}},
        "findings": [
            {"$ref": "library:general#/findings"},
            {
                "id": "noAlarm",
                "when": {"properties": {"gasAlarm": {"const": False}}, "required": ["gasAlarm"]},
                "at": "/gasAlarm",
                "severity": "SUSPECTED_MAJOR",
                "category": "GAS",
                "days": 3,
                "department": "HOUSING",
                "title": "没有燃气报警器",
                "remarkFrom": "/remark",
            },
        ],
        "score": {
            "max": 100,
            "weights": [
                {
                    "id": "exitClear",
                    "when": {
                        "properties": {"exitClear": {"const": "NOT_OK"}},
                        "required": ["exitClear"],
                    },
                    "at": "/exitClear",
                    "points": -30,
                    "title": "出口不畅",
                }
            ],
            "grades": [{"from": 0, "grade": "B"}, {"from": 90, "grade": "A"}],
        },
        "measures": [
            {
                "id": "alarmRate",
                "title": "报警器安装率",
                "numerator": {
                    "properties": {"gasAlarm": {"const": True}},
                    "required": ["gasAlarm"],
                },
                "denominator": {"required": ["gasAlarm"]},
            }
        ],
    }


@pytest.fixture
def english() -> dict[str, str]:
    """The texts of `stall` in English."""
    return {
        "/title": "Stall check",
        "/schema/properties/exitClear/title": "Exit clear",
        "/schema/properties/wiring/title": "Wiring",
        "/schema/properties/floors/title": "Floors",
        "/schema/properties/fuel/title": "Fuel",
        "/schema/properties/fuel/oneOf/0/title": "Gas",
        "/schema/properties/fuel/oneOf/1/title": "Electricity",
        "/schema/properties/fuel/oneOf/2/title": "No fire",
        "/schema/properties/gasAlarm/title": "Gas alarm",
        "/schema/properties/phone/title": "Telephone",
        "/schema/properties/owner/title": "Owner",
        "/schema/properties/owner/properties/fullName/title": "Name",
        "/schema/properties/cylinders/title": "Cylinders",
        "/schema/properties/cylinders/items/properties/code/title": "Code",
        "/uiSchema/remark/ui:placeholder": "Say what you saw",
        "/findings/1/title": "No gas alarm",
    }


@pytest.fixture
def library() -> Document:
    """The library `general`."""
    return {
        "language": "zh",
        "$defs": {
            "exitClear": {"title": "安全出口畅通", "$ref": "gridql:check#/$defs/CheckAnswer"},
            "fireLane": {"title": "消防车道", "$ref": "gridql:check#/$defs/CheckAnswer"},
        },
        "findings": [
            {
                "id": "exitClear",
                "when": {
                    "properties": {"exitClear": {"const": "NOT_OK"}},
                    "required": ["exitClear"],
                },
                "at": "/exitClear",
                "severity": "SERIOUS",
                "category": "ESCAPE_ROUTE",
                "days": 0,
                "basis": ["《消防法》第二十八条"],
                "title": "出口被堵",
                "remarkFrom": "/remark",
            },
            {
                "id": "fireLane",
                "when": {"properties": {"fireLane": {"const": "NOT_OK"}}, "required": ["fireLane"]},
                "at": "/fireLane",
                "severity": "SERIOUS",
                "category": "ESCAPE_ROUTE",
                "days": 0,
                "title": "车道被占",
            },
        ],
    }


@pytest.fixture
def write(
    tmp_path: Path, document: Document, english: dict[str, str], library: Document
) -> Callable[[], Path]:
    """Writes the plugin `market` with the form and its library; the path of the form."""

    def write() -> Path:
        files = {
            "forms/stall.json": document,
            "forms/stall.en.json": english,
            "library/general.json": library,
            "library/general.en.json": {
                "/findings/0/title": "Exit blocked",
                "/findings/0/basis/0": "Fire Protection Law art. 28",
            },
        }
        for name, content in files.items():
            path = tmp_path / "market" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return tmp_path / "market" / "forms" / "stall.json"

    return write


@pytest.fixture
def load(write: Callable[[], Path]) -> Callable[[], FormVersion]:
    """Writes and loads the form as it stands."""
    return lambda: load_form(write(), "market")


@pytest.fixture
def faults(write: Callable[[], Path]) -> Callable[[], tuple[FormFault, ...]]:
    """Writes the form as it stands and loads it in vain; what is wrong with it."""

    def faults() -> tuple[FormFault, ...]:
        with pytest.raises(FormRejected) as rejected:
            load_form(write(), "market")
        return rejected.value.faults

    return faults
