"""What `gridql plugin new` writes: one small form with its texts, a golden case, and code."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def form_name(plugin: str) -> str:
    """The name of a new plugin's form: `lift_safety` gives `liftSafety`."""
    first, *rest = plugin.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def files(plugin: str, *, code: bool) -> dict[str, Document | str]:
    """The files of a new plugin, by their path in its folder."""
    name, words = form_name(plugin), plugin.replace("_", " ")
    facts = {"plugin": plugin, "form": name, "type": f"{name[0].upper()}{name[1:]}V1"}
    made: dict[str, Document | str] = {
        f"forms/{name}.json": _form(name, words, code),
        f"forms/{name}.en.json": _english(words, code),
        "cases/blocked.json": _case(name, code),
        "README.md": _filled(_README + (_README_CODE if code else ""), facts),
    }
    if code:
        made["plugin.py"] = _filled(_CODE, facts)
        made["tests/conftest.py"] = _CONFTEST
        made["tests/test_plugin.py"] = _filled(_TEST, facts)
    return made


def _filled(text: str, facts: dict[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"<{name}>", value)
    return text


def _form(name: str, words: str, code: bool) -> Document:
    questions: Document = {
        "wayOutClear": {
            "title": "疏散通道畅通吗？",
            "description": "走一遍再填：有没有堆物、锁闭、遮挡。",
            "type": "boolean",
        },
        "problem": {
            "title": "哪里不畅通？",
            "type": "string",
            "minLength": 2,
            "maxLength": 500,
        },
    }
    if code:
        questions |= {
            "peopleAllowed": {"title": "核定人数", "type": "integer", "minimum": 1},
            "peopleInside": {"title": "现场人数", "type": "integer", "minimum": 0},
        }
    blocked = {"properties": {"wayOutClear": {"const": False}}, "required": ["wayOutClear"]}
    return {
        "name": name,
        "version": 1,
        "draft": True,
        "kind": "INSPECTION",
        "subject": "PLACE",
        "language": "zh",
        "title": f"{words} 检查表",
        "schema": {
            "type": "object",
            "properties": questions,
            "required": ["wayOutClear"],
            "if": blocked,
            "then": {"required": ["problem"]},
            "else": {"properties": {"problem": False}},
            "additionalProperties": False,
        },
        "uiSchema": {
            "ui:order": ["wayOutClear", "problem", "*"],
            "problem": {"ui:widget": "textarea"},
        },
        "findings": [
            {
                "id": "wayOutBlocked",
                "when": blocked,
                "at": "/wayOutClear",
                "severity": "SERIOUS",
                "category": "ESCAPE_ROUTE",
                "days": 0,
                "basis": ["《中华人民共和国消防法》第二十八条"],
                "title": "疏散通道不畅通",
                "remarkFrom": "/problem",
            }
        ],
    }


def _english(words: str, code: bool) -> Document:
    texts = {
        "/title": f"{words[0].upper()}{words[1:]} checklist",
        "/schema/properties/wayOutClear/title": "Is the way out clear?",
        "/schema/properties/wayOutClear/description": (
            "Walk it first: is anything stored, locked or hidden on it?"
        ),
        "/schema/properties/problem/title": "What is in the way?",
        "/findings/0/title": "The way out is blocked",
        "/findings/0/basis/0": "Fire Protection Law of the PRC, article 28",
    }
    if code:
        texts |= {
            "/schema/properties/peopleAllowed/title": "People allowed",
            "/schema/properties/peopleInside/title": "People inside",
        }
    return texts


def _case(name: str, code: bool) -> Document:
    crowd = {"peopleAllowed": 50, "peopleInside": 64} if code else {}
    expected: Document = {"findings": ["wayOutBlocked"]}
    if code:
        expected["codeFindings"] = ["crowded"]
    return {
        "title": "The way out is blocked, and the grid worker says by what.",
        "form": name,
        "version": 1,
        "answers": {"wayOutClear": False, "problem": "后门堆放纸箱", **crowd},
        "expected": expected,
    }


_README = """\
# <plugin>

One form, `<form>`; in the API its answers are the type `<type>`.

| File | What |
|---|---|
| `forms/<form>.json` | the questions, and what the answers mean |
| `forms/<form>.en.json` | its texts in English, each by its place in the form |
| `cases/*.json` | answers, with what the form has to make of them |

Change the form until it is your checklist, and look at it with

    gridql plugin check PATH_OF_THIS_FOLDER
    gridql plugin try PATH_OF_THIS_FOLDER/forms/<form>.json

Then take `"draft": true` out of it: a server publishes it, and it never changes. From
then on every change is a new `version`.
"""

_README_CODE = """
`plugin.py` finds what no condition in the form can say; `tests/` tries it: `pytest tests`.
"""

_CODE = '''\
"""What <plugin> finds beyond the rules of its form."""

from gridql.plugin import Found, Severity, hookimpl


@hookimpl
def findings(form, answers):
    """Report a place with more people inside than it is allowed.

    No condition in a form can compare two answers with one another; this is why it is code.
    """
    if form.name != "<form>":
        return []
    allowed, inside = answers.get("peopleAllowed"), answers.get("peopleInside")
    if allowed is None or inside is None or inside <= allowed:
        return []
    return [
        Found(
            rule="crowded",
            at="/peopleInside",
            severity=Severity.SERIOUS,
            category="CROWDING",
            days=0,
            title={"zh": "现场人数超过核定人数", "en": "More people inside than allowed"},
        )
    ]
'''

_CONFTEST = '''\
"""What gridql gives for tests of a plugin."""

from gridql.testing import *  # noqa: F403
'''

_TEST = '''\
"""<plugin>, tried."""


def test_every_case_comes_out_as_it_says(golden_case):
    golden_case.check()


def test_as_many_people_as_allowed_are_no_crowd(judge):
    judged = judge({"wayOutClear": True, "peopleAllowed": 50, "peopleInside": 50})

    assert judged.problems == []
    assert judged.findings == []


def test_a_grid_worker_hands_it_in(server):
    answers = {"wayOutClear": True, "peopleAllowed": 50, "peopleInside": 51}

    payload = server.submit("<form>", answers)

    assert payload["problems"] == []
    assert [each["rule"] for each in payload["submission"]["findings"]] == ["crowded"]
'''
