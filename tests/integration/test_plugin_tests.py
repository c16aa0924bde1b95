"""`gridql.testing`, as somebody who writes a plugin uses it: tests in the plugin's own folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import gridql

CONFTEST = "from gridql.testing import *  # noqa: F403\n"

FORM: dict[str, Any] = {
    "name": "ward",
    "version": 1,
    "draft": True,
    "kind": "RECORD",
    "subject": "AREA",
    "title": "社区巡查",
    "schema": {
        "type": "object",
        "properties": {
            "lamps": {"title": "坏了几盏路灯", "type": "integer", "minimum": 0},
            "where": {"title": "在哪里", "type": "string"},
        },
        "required": ["lamps"],
        "if": {"properties": {"lamps": {"const": 0}}, "required": ["lamps"]},
        "then": {"properties": {"where": False}},
    },
}

CODE = """
from gridql.plugin import Found, Objection, Severity, hookimpl

@hookimpl
def objections(form, answers):
    if answers["lamps"] > 90:
        return [Objection("/lamps", {"zh": "太多了", "en": "That is too many"})]

@hookimpl
def findings(form, answers):
    if answers["lamps"] == 66:
        raise RuntimeError("not today")
    if answers["lamps"] > 9:
        return [Found("dark", "/lamps", Severity.MINOR, "LIGHT", 7,
                      {"zh": "路灯大片不亮", "en": "A dark street"})]
"""

TESTS = """
import httpx


def test_cases(golden_case):
    golden_case.check()


def test_the_plugin(plugin, plugin_dir):
    assert (plugin.name, [form.type_name for form in plugin.forms]) == ("ward", ["WardV1"])
    assert (plugin_dir / "forms").is_dir()


def test_answers(judge):
    judged = judge({"lamps": 12, "where": "泉边路"}, "ward", 1)
    assert (judged.problems, judged.rules, judged.score) == ([], ["dark"], None)
    assert judged.findings[0].title["en"] == "A dark street"

    judged = judge({"lamps": 0, "where": "nowhere"})
    assert (judged.answers, judged.rules) == ({"lamps": 0}, [])

    judged = judge({"lamps": 91})
    assert judged.problems == ["/lamps"]
    assert judged.messages == [{"zh": "太多了", "en": "That is too many"}]

    judged = judge({})
    assert judged.problems == ["/lamps"]
    assert judged.messages[0]["zh"] == "“坏了几盏路灯”没有回答。"


def test_a_server(server):
    payload = server.submit("ward", {"lamps": 12})
    assert payload["problems"] == []
    assert [each["rule"] for each in payload["submission"]["findings"]] == ["dark"]

    refused = server.submit("ward", {"lamps": -1})
    assert refused["submission"] is None
    assert [each["path"] for each in refused["problems"]] == ["/answers/json/answers/lamps"]

    district = server.client("DISTRICT")
    assert isinstance(district, httpx.Client)
    answer = district.post("/graphql", json={"query": "{ viewer { role } }"})
    assert answer.json()["data"] == {"viewer": {"role": "DISTRICT"}}

    typed = server.ask(
        "query ($form: String!) { form(name: $form) { answersType } }", "DISTRICT", form="ward"
    )
    assert typed == {"form": {"answersType": "WardV1"}}
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin with tests of its own."""
    folder = tmp_path / "ward"
    write(folder / "forms" / "ward.json", json.dumps(FORM))
    write(folder / "plugin.py", CODE)
    write(folder / "tests" / "conftest.py", CONFTEST)
    write(folder / "tests" / "test_ward.py", TESTS)
    case(folder, "many", {"lamps": 12}, codeFindings=["dark"])
    case(folder, "too_many", {"lamps": 91}, objections=["/lamps"], codeFindings=["dark"])
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def case(folder: Path, name: str, answers: Any, **expected: Any) -> None:
    document = {"form": "ward", "version": 1, "answers": answers, "expected": expected}
    write(folder / "cases" / f"{name}.json", json.dumps(document))


def pytest_in(folder: Path) -> subprocess.CompletedProcess[str]:
    """What pytest says, asked for the tests of the plugin from the folder around it."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", folder.name],
        cwd=folder.parent,
        env={"PYTHONPATH": str(Path(gridql.__file__).parent.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_sound_plugin_passes(plugin: Path) -> None:
    run = pytest_in(plugin)

    assert run.returncode == 0, run.stdout
    assert "5 passed" in run.stdout


def test_a_case_that_comes_out_otherwise_fails_by_itself(plugin: Path) -> None:
    case(plugin, "few", {"lamps": 3}, codeFindings=["dark"])

    run = pytest_in(plugin)

    assert "1 failed, 5 passed" in run.stdout
    assert "codeFindings: expected ['dark'], came []" in run.stdout
    assert "test_cases[few]" in run.stdout


def test_code_that_fails_fails_the_test(plugin: Path) -> None:
    case(plugin, "fails", {"lamps": 66})

    run = pytest_in(plugin)

    assert "1 failed, 5 passed" in run.stdout
    assert "the hook `findings` raised RuntimeError('not today')" in run.stdout


def test_a_plugin_that_is_out_says_why(plugin: Path) -> None:
    write(plugin / "forms" / "ward.json", json.dumps(FORM | {"kind": "FEAST"}))

    run = pytest_in(plugin)

    assert run.returncode == 1
    assert "INSPECTION, SURVEY, RECORD" in run.stdout
