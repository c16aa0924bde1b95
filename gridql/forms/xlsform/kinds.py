"""Kinds of questions in XLSForms, and what stands for them in a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridql.forms.version import Schema
from gridql.forms.xlsform.texts import Said

NUMBERS = {"integer": "integer", "int": "integer", "decimal": "number"}
TEXTS: Mapping[str, Schema] = {
    "text": {},
    "barcode": {},
    "date": {"format": "date"},
    "time": {"format": "time"},
    "dateTime": {"format": "date-time"},
}
BLOCKS = {"geopoint": "gridql:point#/$defs/Point", "photo": "gridql:photo#/$defs/Photo"}
SHOWN: Mapping[str, dict[str, Any]] = {
    "multiline": {"ui:widget": "textarea"},
    "minimal": {"ui:widget": "select"},
    "horizontal": {"ui:widget": "radio", "ui:options": {"inline": True}},
    "likert": {"ui:widget": "radio", "ui:options": {"inline": True}},
}
UNTAKEN = {
    "note": "it asks nothing; put its text into the `description` of a question",
    "calculate": "a form stores answers, not what follows from them",
    "rank": "an order of choices has no counterpart",
    **dict.fromkeys(("start", "end", "today"), "a submission has `observedAt`"),
    **dict.fromkeys(
        ("deviceid", "username", "phonenumber", "email", "simserial", "subscriberid", "audit"),
        "a submission says by itself who handed it in",
    ),
}
SPECIFY = Said({"zh": "其他，请说明", "en": "Specify other"})
OTHER = Said({"zh": "其他", "en": "Other"})
NUMBER = {"title": Said({"zh": "序号", "en": "Number"}), "type": "integer", "minimum": 1}


COLUMNS = {
    "calculate": "the calculation",
    "readonly": "read_only",
    "jr:constraintMsg": "the constraint_message",
    "jr:requiredMsg": "the required_message",
    "choice_filter": "the choice_filter",
    "guidance_hint": "the guidance_hint",
}
