"""The bundled plugins give what their golden cases say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gridql import bundled
from gridql.cli.plugin.found import alone, by_code
from gridql.errors import LANGS
from gridql.forms.cases import differences, misshapen
from gridql.forms.document import load_form
from gridql.forms.judge import Judge
from gridql.hooks import CODE_FILE, Plugins

PLUGINS = bundled.folder("plugins")
CODE = sorted(path.parent.name for path in PLUGINS.glob(f"*/{CODE_FILE}"))
CASES = sorted(PLUGINS.glob("*/cases/*.json"))
FORMS = sorted({path for path in PLUGINS.glob("*/forms/*.json") if "." not in path.stem})


def label(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


def case_of(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return case


@pytest.fixture(scope="module")
def judges() -> dict[str, Judge]:
    """What judges each form, by its name."""
    return {path.stem: Judge(load_form(path, path.parent.parent.name)) for path in FORMS}


@pytest.fixture(scope="module")
def codes() -> dict[str, Plugins]:
    """The plugins with code, each by itself, by their names."""
    return {name: alone(PLUGINS / name) for name in CODE}


@pytest.mark.parametrize("path", CASES, ids=label)
def test_a_plugin_makes_of_answers_what_the_case_says(
    path: Path, judges: dict[str, Judge], codes: dict[str, Plugins]
) -> None:
    case = case_of(path)
    judge = judges[case["form"]]
    code = codes.get(path.parent.parent.name)

    assert judge.version.version == case["version"]
    assert misshapen(case) == []
    assert differences(judge, case, by_code(code) if code else None) == []
    assert code is None or code.quarantined == ()


@pytest.mark.parametrize("name", CODE)
def test_cases_show_what_code_finds_and_what_it_objects_to(name: str) -> None:
    expected = [case_of(path)["expected"] for path in CASES if path.parent.parent.name == name]

    assert any(each.get("codeFindings") for each in expected)
    assert any(each.get("objections") for each in expected)


@pytest.mark.parametrize("path", CASES, ids=label)
def test_faults_are_told_in_every_language(path: Path, judges: dict[str, Judge]) -> None:
    case = case_of(path)

    faults = judges[case["form"]].judge(case["answers"]).faults

    assert all(set(fault.text) == set(LANGS) for fault in faults)


@pytest.mark.parametrize("form", FORMS, ids=label)
def test_a_form_has_at_least_three_cases(form: Path) -> None:
    assert [case_of(path)["form"] for path in CASES].count(form.stem) >= 3
