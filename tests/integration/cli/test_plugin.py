"""`plugin check`, beyond what the acceptance tests play: faults and golden cases."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gridql import bundled
from tests.acceptance.processes import Installation


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A copy of a bundled plugin, to be changed."""
    path = tmp_path / "satisfaction"
    shutil.copytree(bundled.folder("plugins") / "satisfaction", path)
    return path


def test_a_sound_plugin_passes_with_its_cases(nowhere: Installation, plugin: Path) -> None:
    whole = nowhere.run("plugin", "check", str(plugin))
    one = nowhere.run("plugin", "check", str(plugin / "forms" / "satisfaction.json"))

    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout == "satisfaction: satisfaction V1; 5 case(s), all as they should be\n"
    assert one.stdout == whole.stdout


def test_a_case_that_comes_out_otherwise_fails_it(nowhere: Installation, plugin: Path) -> None:
    path = plugin / "cases" / "content.json"
    case = json.loads(path.read_text(encoding="utf-8"))
    case["expected"]["findings"] = ["unheard"]
    path.write_text(json.dumps(case), encoding="utf-8")

    checked = nowhere.run("plugin", "check", str(plugin))

    assert (checked.returncode, checked.stdout) == (1, "")
    assert checked.stderr == (
        "error: satisfaction: 1 thing(s) come out otherwise than its cases say\n"
        "  content.json: findings: expected ['unheard'], came []\n"
    )


def test_faults_are_told_with_file_place_reason_and_proposal(
    nowhere: Installation, plugin: Path
) -> None:
    path = plugin / "forms" / "satisfaction.json"
    form = json.loads(path.read_text(encoding="utf-8")) | {"kind": "FEAST", "subject": "STREET"}
    path.write_text(json.dumps(form), encoding="utf-8")

    checked = nowhere.run("plugin", "check", str(plugin))

    head, *rest = checked.stderr.splitlines()
    assert checked.returncode == 1
    assert head == "error: satisfaction: 2 fault(s) in its forms"
    assert rest[0] == f"  {path}#/kind"
    assert rest[2] == f"  {path}#/subject"
    assert "RECORD" in rest[1]


def test_a_plugin_without_cases_is_reminded(nowhere: Installation, plugin: Path) -> None:
    shutil.rmtree(plugin / "cases")

    checked = nowhere.run("plugin", "check", str(plugin))

    assert checked.returncode == 0
    assert checked.stdout == "satisfaction: satisfaction V1; 0 case(s), all as they should be\n"
    assert "`cases`" in checked.stderr
