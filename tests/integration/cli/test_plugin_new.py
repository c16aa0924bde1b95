"""`plugin new`: what it makes is sound at once, and what it cannot make it says."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gridql.cli.plugin.names import snake_case
from tests.acceptance.processes import Installation


@pytest.mark.parametrize("option", [(), ("--code",)])
def test_a_new_plugin_passes_the_check(nowhere: Installation, option: tuple[str, ...]) -> None:
    made = nowhere.run("plugin", "new", "lift_safety", *option)
    folder = nowhere.folder / "plugins" / "lift_safety"
    checked = nowhere.run("plugin", "check", str(folder))

    assert made.returncode == 0, made.stderr
    assert made.stdout == f"{folder / 'forms' / 'liftSafety.json'}\n"
    assert "publishes it as LiftSafetyV1" in made.stderr
    assert (checked.returncode, checked.stdout) == (
        0,
        "lift_safety: liftSafety V1; 1 case(s), all as they should be\n",
    )
    assert checked.stderr == (
        "liftSafety is a draft: take `draft` out of it, and a server publishes it\n"
    )


def test_its_own_tests_pass(nowhere: Installation) -> None:
    nowhere.run("plugin", "new", "lift_safety", "--code")

    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=nowhere.folder / "plugins" / "lift_safety",
        env=nowhere.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert tested.returncode == 0, tested.stdout
    assert "3 passed" in tested.stdout


def test_it_goes_into_the_folder_of_the_settings(nowhere: Installation, tmp_path: Path) -> None:
    own = tmp_path / "ours" / "plugins"
    made = replace(nowhere, plugins_dir=own).run("plugin", "new", "tea_house")

    assert made.returncode == 0, made.stderr
    assert sorted(path.name for path in (own / "tea_house").iterdir()) == [
        "README.md",
        "cases",
        "forms",
    ]
    form = json.loads((own / "tea_house" / "forms" / "teaHouse.json").read_bytes())
    english = json.loads((own / "tea_house" / "forms" / "teaHouse.en.json").read_bytes())
    assert (form["name"], form["version"], form["draft"]) == ("teaHouse", 1, True)
    assert english["/title"] == "Tea house checklist"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("LiftSafety", "(such as lift_safety)"),
        ("电梯", "write snake_case"),
        ("_lift", "(such as lift)"),
        ("satisfaction", "gridql has a plugin satisfaction of its own"),
    ],
)
def test_a_name_that_cannot_be_is_explained(nowhere: Installation, name: str, told: str) -> None:
    made = nowhere.run("plugin", "new", name)

    assert (made.returncode, made.stdout) == (1, "")
    assert told in made.stderr
    assert not (nowhere.folder / "plugins").exists()


def test_nothing_is_overwritten(nowhere: Installation) -> None:
    nowhere.run("plugin", "new", "lift_safety")
    form = nowhere.folder / "plugins" / "lift_safety" / "forms" / "liftSafety.json"
    form.write_text("{}", encoding="utf-8")

    again = nowhere.run("plugin", "new", "lift_safety")

    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert form.read_text(encoding="utf-8") == "{}"


def test_a_folder_that_cannot_be_made_is_told(nowhere: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    made = replace(nowhere, plugins_dir=tmp_path / "file" / "x").run("plugin", "new", "lift")

    assert made.returncode == 1
    assert made.stderr.startswith(f"error: cannot make {tmp_path / 'file' / 'x' / 'lift'}: ")


@pytest.mark.parametrize(
    ("text", "name"),
    [("LiftSafety", "lift_safety"), ("Shop check 2024", "shop_check_2024"), ("电梯", "")],
)
def test_a_name_is_proposed(text: str, name: str) -> None:
    assert snake_case(text) == name
