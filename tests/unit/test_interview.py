"""A form asked on the terminal: which question comes when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gridql.cli.plugin.interview import Interview
from gridql.forms.document import load_form

DAMAGE: dict[str, Any] = {
    "name": "damage",
    "version": 1,
    "kind": "RECORD",
    "subject": "GRID",
    "title": "受损登记",
    "schema": {
        "type": "object",
        "properties": {
            "cost": {"title": "损失", "type": "number"},
            "wall": {
                "title": "墙",
                "type": "object",
                "properties": {
                    "cracked": {"title": "有裂缝吗？", "type": "boolean"},
                    "width": {"title": "裂缝多宽？", "type": "integer", "minimum": 1},
                },
                "required": ["cracked"],
            },
            "insured": {"title": "投保了吗？", "type": "boolean"},
            "names": {"title": "在场的人", "type": "array", "items": {"type": "string"}},
            "seen": {"title": "亲眼所见", "type": "boolean", "default": True},
        },
        "required": ["wall", "insured", "seen"],
        "allOf": [
            {
                "if": {"properties": {"insured": {"const": True}}, "required": ["insured"]},
                "then": {
                    "required": ["cost"],
                    "properties": {"wall": {"required": ["width"]}},
                },
                "else": {"properties": {"cost": False, "wall": {"properties": {"width": False}}}},
            }
        ],
    },
}


def asked(folder: Path, *typed: str) -> tuple[Any, list[str]]:
    """The answers that come of what is typed, and the titles in the order of asking."""
    path = folder / "forms" / "damage.json"
    path.parent.mkdir()
    path.write_text(json.dumps(DAMAGE), encoding="utf-8")
    lines: Iterator[str] = iter(typed)
    told: list[str] = []
    interview = Interview(load_form(path, "damage"), "zh", lambda: next(lines), told.append)
    answers = interview.run()
    assert list(lines) == []
    titles = [line.split("（")[0] for line in told if line and line[0] not in " !"]
    return answers, titles


def test_what_a_later_answer_switches_on_is_asked_then(tmp_path: Path) -> None:
    answers, titles = asked(tmp_path, "是", "1", "12.5", "李敏", "王芳", "", "", "3")

    assert titles == [
        "墙",
        "有裂缝吗？",
        "投保了吗？",
        "损失",
        "在场的人",
        "亲眼所见",
        "裂缝多宽？",
    ]
    assert answers == {
        "wall": {"cracked": True, "width": 3},
        "insured": True,
        "cost": 12.5,
        "names": ["李敏", "王芳"],
        "seen": True,
    }


def test_what_stays_switched_off_is_never_asked(tmp_path: Path) -> None:
    answers, titles = asked(tmp_path, "否", "2", "", "否")

    assert titles == ["墙", "有裂缝吗？", "投保了吗？", "在场的人", "亲眼所见"]
    assert answers == {"wall": {"cracked": False}, "insured": False, "seen": False}
