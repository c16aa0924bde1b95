"""Plugins of an operator's own: a good one works, a broken one is out and says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gridql.access.roles import Role
from tests.acceptance.processes import Installation
from tests.acceptance.shop import SUBMIT
from tests.acceptance.town import town_of

# What is found in folders has nothing to do with the database.
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

PLUGINS = "{ plugins { name kind forms reason source } }"

TEA_HOUSE: dict[str, Any] = {
    "name": "teaHouse",
    "version": 1,
    "kind": "INSPECTION",
    "subject": "PLACE",
    "language": "zh",
    "title": "茶馆检查",
    "schema": {
        "type": "object",
        "properties": {
            "kettleWatched": {"title": "烧水时有人看管吗？", "type": "boolean"},
        },
        "required": ["kettleWatched"],
        "additionalProperties": False,
    },
    "findings": [
        {
            "id": "kettleWatched",
            "when": {
                "properties": {"kettleWatched": {"const": False}},
                "required": ["kettleWatched"],
            },
            "at": "/kettleWatched",
            "severity": "SERIOUS",
            "category": "HOT_WORK",
            "days": 1,
            "basis": ["检查惯例"],
            "title": "烧水无人看管",
        }
    ],
}


@pytest.fixture
def plugins_dir(tmp_path: Path) -> Path:
    """A folder with a good plugin, one that is half written, and one whose code fails."""
    folder = tmp_path / "plugins"
    write(folder / "tea_house" / "forms" / "teaHouse.json", json.dumps(TEA_HOUSE))
    write(folder / "half_written" / "forms" / "half.json", '{"name": "half", ')
    write(folder / "of_code" / "plugin.py", "raise RuntimeError('not today')\n")
    return folder


@pytest.fixture
def unmade(tmp_path: Path, database_url: str, plugins_dir: Path) -> Installation:
    """An installation that looks into that folder, and has no database yet."""
    return Installation(tmp_path, database_url, plugins_dir)


@pytest.fixture
def installation(installation: Installation, plugins_dir: Path) -> Installation:
    """An installation that looks into that folder, too."""
    return Installation(installation.folder, installation.database_url, plugins_dir)


def test_the_list_says_what_is_in_and_why_the_rest_is_out(unmade: Installation) -> None:
    listed = unmade.run("plugin", "list")

    assert (listed.returncode, listed.stderr) == (0, "")
    rows = {line.split()[1]: line.split()[0] for line in table(listed.stdout)}
    assert {name for name, state in rows.items() if state == "OUT"} == {"half_written", "of_code"}
    assert {"nine_small_places", "satisfaction", "tea_house"} <= rows.keys()
    assert "half_written is out: 1 fault(s) in its forms" in listed.stdout
    assert "of_code is out: it raised RuntimeError('not today')" in listed.stdout


def test_a_plugin_is_tried_before_it_goes_in(unmade: Installation, plugins_dir: Path) -> None:
    good = unmade.run("plugin", "check", str(plugins_dir / "tea_house"))
    bad = unmade.run("plugin", "check", str(plugins_dir / "half_written"))

    assert good.returncode == 0
    assert good.stdout.startswith("tea_house: teaHouse V1;")
    assert bad.returncode == 1
    assert "half.json" in bad.stderr


async def test_a_broken_plugin_does_not_stop_the_server(
    installation: Installation, plugins_dir: Path
) -> None:
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            district = await town.someone(Role.DISTRICT, "370114")

            plugins = {each["name"]: each for each in (await district.ask(PLUGINS))["plugins"]}
            refused = (await worker.post(PLUGINS)).json()
            payload = await worker.do(
                SUBMIT,
                clientId=str(uuid4()),
                subjectId=street.shop,
                answers={"teaHouseV1": {"kettleWatched": False}},
            )
            hazards = await worker.ask("{ hazards { edges { node { title severity } } } }")

    assert plugins["tea_house"] == {
        "name": "tea_house",
        "kind": "DATA",
        "forms": ["TeaHouseV1"],
        "reason": None,
        "source": str(plugins_dir / "tea_house"),
    }
    assert plugins["half_written"] == {
        "name": "half_written",
        "kind": None,
        "forms": [],
        "reason": "1 fault(s) in its forms",
        "source": str(plugins_dir / "half_written"),
    }
    assert plugins["of_code"]["reason"] == "it raised RuntimeError('not today')"
    assert plugins["satisfaction"]["forms"] == ["SatisfactionV1"]
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    assert refused["errors"][0]["message"] == "Your role may not look at plugins."
    assert payload["problems"] == []
    assert hazards["hazards"]["edges"] == [
        {"node": {"title": "烧水无人看管", "severity": "SERIOUS"}}
    ]


async def test_a_published_version_stays_as_it_was(
    installation: Installation, plugins_dir: Path
) -> None:
    with installation.serving():
        pass
    changed = {**TEA_HOUSE, "title": "茶楼检查"}
    write(plugins_dir / "tea_house" / "forms" / "teaHouse.json", json.dumps(changed))

    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            district = await town.someone(Role.DISTRICT, "370114")
            plugins = {each["name"]: each for each in (await district.ask(PLUGINS))["plugins"]}
            form = await district.ask('{ form(name: "teaHouse") { version title(lang: zh) } }')

    assert plugins["tea_house"]["kind"] is None
    assert plugins["tea_house"]["reason"] == (
        "version 1 of teaHouse was published with other words: "
        "a published version never changes, so make it version 2"
    )
    assert form == {"form": {"version": 1, "title": "茶馆检查"}}


def write(path: Path, text: str) -> None:
    """Make a file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def table(text: str) -> list[str]:
    """The lines of a printed table, without the names of its columns."""
    return text.split("\n\n")[0].splitlines()[1:]
