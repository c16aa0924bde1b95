"""Plugins that come, change and go while the server runs: no restart, and nobody is cut off."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gridql.access.roles import Role
from gridql.hooks import disabled
from tests.acceptance.callers import Caller
from tests.acceptance.processes import Installation, Server
from tests.acceptance.shop import SUBMIT
from tests.acceptance.town import town_of

# What is found in folders has nothing to do with the database.
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

SOON_S = 5.0

PLUGINS = "{ plugins { name state kind forms drafts reason faults { pointer } } }"

FORMS = "{ forms(first: 100) { edges { node { answersType retiredAt } } } }"

RELOAD = """
mutation {
  reloadPlugins {
    plugins { name state }
    changes { plugin kind }
    published
    problems { code message }
  }
}
"""

REPORT = """
mutation Report($input: ReportHazardInput!) {
  reportHazard(input: $input) { hazard { title } problems { message } }
}
"""

UPDATES = "subscription { hazardUpdates { hazard { title } } }"


@pytest.fixture
def plugins_dir(tmp_path: Path) -> Path:
    """Where own plugins go unless something else is set: not there at first."""
    return tmp_path / "plugins"


@pytest.fixture
def server(installation: Installation) -> Iterator[Server]:
    with installation.serving() as server:
        yield server


def lift_safety(version: int = 1, **more: Any) -> dict[str, Any]:
    """A small form."""
    return {
        "name": "liftSafety",
        "version": version,
        "kind": "INSPECTION",
        "subject": "PLACE",
        "title": "电梯安全检查",
        "schema": {
            "type": "object",
            "properties": {"phoneAnswers": {"title": "轿厢电话有人接听吗？", "type": "boolean"}},
            "required": ["phoneAnswers"],
        },
        "findings": [
            {
                "id": "phoneAnswers",
                "when": {"properties": {"phoneAnswers": {"const": False}}},
                "at": "/phoneAnswers",
                "severity": "SERIOUS",
                "category": "LIFT",
                "days": 3,
                "basis": ["检查惯例"],
                "title": "轿厢电话无人接听",
            }
        ],
        **more,
    }


def write(folder: Path, document: dict[str, Any], plugin: str = "lift_safety") -> Path:
    """Write a form of a plugin, as an editor does."""
    path = folder / plugin / "forms" / f"{document['name']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


async def soon(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds, five seconds at most."""
    end = time.monotonic() + SOON_S
    while not await holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def of(caller: Caller, name: str) -> dict[str, Any]:
    """What `plugins` says about one of them; nothing where it does not know it."""
    plugins: list[dict[str, Any]] = (await caller.ask(PLUGINS))["plugins"]
    return next((each for each in plugins if each["name"] == name), {})


async def forms(caller: Caller) -> dict[str, str | None]:
    """When each published version was retired, by the type of its answers."""
    edges = (await caller.ask(FORMS))["forms"]["edges"]
    return {edge["node"]["answersType"]: edge["node"]["retiredAt"] for edge in edges}


async def serves(caller: Caller, version: int) -> bool:
    """Whether the list has that version, and the server serves from it, which is a moment later."""
    name = f"LiftSafetyV{version}"
    query = f'{{ form(name: "liftSafety", version: {version}) {{ answersType }} }}'
    listed = name in await forms(caller)
    return listed and (await caller.ask(query))["form"] == {"answersType": name}


def answers(subject: str, *, working: bool = True, version: int = 1) -> dict[str, Any]:
    """The input of `submitForm`."""
    return {
        "clientId": str(uuid4()),
        "subjectId": subject,
        "answers": {f"liftSafetyV{version}": {"phoneAnswers": working}},
    }


async def test_a_new_form_is_there_within_five_seconds(
    installation: Installation, server: Server, plugins_dir: Path
) -> None:
    async with town_of(server.url, installation.database_url) as town:
        street = await town.street()
        worker = await town.worker(street)
        assert "LiftSafetyV1" not in await forms(worker)

        write(plugins_dir, lift_safety())

        async def it_is_there() -> bool:
            return await serves(worker, 1)

        await soon(it_is_there)
        sdl = (await town.http.get("/schema.graphql")).text
        payload = await worker.do(SUBMIT, **answers(street.shop, working=False))
        hazards = await worker.ask("{ hazards { edges { node { title } } } }")

    assert "type LiftSafetyV1 " in sdl
    assert "liftSafetyV1: LiftSafetyV1Input" in sdl
    assert payload["problems"] == []
    assert hazards["hazards"]["edges"] == [{"node": {"title": "轿厢电话无人接听"}}]


async def test_a_draft_is_published_when_it_is_one_no_more(
    installation: Installation, server: Server, plugins_dir: Path
) -> None:
    async with town_of(server.url, installation.database_url) as town:
        district = await town.someone(Role.DISTRICT, "370114")
        write(plugins_dir, lift_safety(draft=True, title="写到一半"))

        async def it_is_known() -> bool:
            return bool(await of(district, "lift_safety"))

        await soon(it_is_known)
        draft = await of(district, "lift_safety")
        assert (draft["state"], draft["forms"], draft["drafts"]) == ("IN", [], ["LiftSafetyV1"])
        assert "LiftSafetyV1" not in await forms(district)

        write(plugins_dir, lift_safety())

        async def it_is_published() -> bool:
            return await serves(district, 1)

        await soon(it_is_published)
        form = await district.ask('{ form(name: "liftSafety") { title(lang: zh) } }')

    assert form == {"form": {"title": "电梯安全检查"}}


async def test_nobody_is_cut_off_while_plugins_change(
    installation: Installation, server: Server, plugins_dir: Path
) -> None:
    async with town_of(server.url, installation.database_url) as town:
        street = await town.street()
        worker = await town.worker(street)
        district = await town.someone(Role.DISTRICT, "370114")
        swaps = asyncio.create_task(swap_five_times(district, plugins_dir))
        asked = 0
        async with worker.follow(UPDATES) as follower:

            async def ask_on() -> None:
                nonlocal asked
                while not swaps.done():
                    await worker.ask("{ hazards(first: 5) { edges { node { title } } } }")
                    await worker.do(
                        REPORT,
                        clientId=str(uuid4()),
                        gridCode=street.grid,
                        title="占用通道",
                        severity="MINOR",
                        category="OTHER",
                    )
                    asked += 1

            await asyncio.gather(*(ask_on() for _ in range(4)), swaps)
            updates = await follower.take(asked)

    assert asked > 20
    assert {update["hazard"]["title"] for update in updates} == {"占用通道"}


async def swap_five_times(district: Caller, folder: Path) -> None:
    """Bring five versions of a form, one after the other."""
    for version in range(1, 6):
        write(folder, lift_safety(version))
        payload = (await district.ask(RELOAD))["reloadPlugins"]
        assert payload["problems"] == []

        async def it_is_there(version: int = version) -> bool:
            return await serves(district, version)

        await soon(it_is_there)


async def test_a_bad_change_leaves_what_was_there(
    installation: Installation, plugins_dir: Path
) -> None:
    write(plugins_dir, lift_safety())
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            district = await town.someone(Role.DISTRICT, "370114")

            write(plugins_dir, lift_safety(2, kind="FEAST"))
            broken = (await district.ask(RELOAD))["reloadPlugins"]
            kept = await of(district, "lift_safety")
            write(plugins_dir, lift_safety(1, title="改过的"))
            rewritten = (await district.ask(RELOAD))["reloadPlugins"]
            changed = await of(district, "lift_safety")
            payload = await worker.do(SUBMIT, **answers(street.shop))
            write(plugins_dir, lift_safety(2))
            mended = (await district.ask(RELOAD))["reloadPlugins"]
            well = await of(district, "lift_safety")

    assert broken["changes"] == [{"plugin": "lift_safety", "kind": "REFUSED"}]
    assert kept == {
        "name": "lift_safety",
        "state": "KEPT",
        "kind": "DATA",
        "forms": ["LiftSafetyV1"],
        "drafts": [],
        "reason": "1 fault(s) in its forms",
        "faults": [{"pointer": "/kind"}],
    }
    assert rewritten["changes"] == [{"plugin": "lift_safety", "kind": "REFUSED"}]
    assert changed["state"] == "KEPT"
    assert changed["reason"] == (
        "version 1 of liftSafety was published with other words: "
        "a published version never changes, so make it version 2"
    )
    assert payload["problems"] == []
    assert mended["changes"] == [{"plugin": "lift_safety", "kind": "CHANGED"}]
    assert mended["published"] == ["LiftSafetyV2"]
    assert (well["state"], well["forms"], well["reason"]) == ("IN", ["LiftSafetyV2"], None)


async def test_a_plugin_that_is_gone_and_one_that_is_disabled(
    installation: Installation, plugins_dir: Path
) -> None:
    write(plugins_dir, lift_safety())
    with installation.serving() as server:
        async with town_of(server.url, installation.database_url) as town:
            street = await town.street()
            worker = await town.worker(street)
            district = await town.someone(Role.DISTRICT, "370114")

            async def it_is(state: str | None) -> bool:
                return (await of(district, "lift_safety")).get("state") == state

            shutil.move(plugins_dir / "lift_safety", installation.folder / "elsewhere")
            await soon(lambda: it_is(None))
            # It may be back in a minute: that it is not there is nobody's decision.
            gone = await worker.do(SUBMIT, **answers(street.shop))
            shutil.move(installation.folder / "elsewhere", plugins_dir / "lift_safety")
            await soon(lambda: it_is("IN"))

            assert disabled.disable(installation.folder, "lift_safety")
            await soon(lambda: it_is("DISABLED"))
            off = await worker.do(SUBMIT, **answers(street.shop))
            retired = (await forms(worker))["LiftSafetyV1"]
            read = await worker.ask("{ submissions { edges { node { answers { __typename } } } } }")
            assert disabled.enable(installation.folder, "lift_safety")
            await soon(lambda: it_is("IN"))
            on = await worker.do(SUBMIT, **answers(street.shop))
            revived = (await forms(worker))["LiftSafetyV1"]

    assert gone["problems"] == []
    assert [problem["code"] for problem in off["problems"]] == ["RETIRED"]
    assert retired is not None
    assert read["submissions"]["edges"] == [{"node": {"answers": {"__typename": "LiftSafetyV1"}}}]
    assert on["problems"] == []
    assert revived is None


async def test_only_the_district_reloads(installation: Installation, server: Server) -> None:
    async with town_of(server.url, installation.database_url) as town:
        worker = await town.worker(await town.street())
        district = await town.someone(Role.DISTRICT, "370114")

        refused = (await worker.ask(RELOAD))["reloadPlugins"]
        nothing = (await district.ask(RELOAD))["reloadPlugins"]

    assert refused == {
        "plugins": None,
        "changes": [],
        "published": [],
        "problems": [{"code": "FORBIDDEN", "message": "Your role may not reload plugins."}],
    }
    assert (nothing["changes"], nothing["published"], nothing["problems"]) == ([], [], [])
    assert {each["state"] for each in nothing["plugins"]} == {"IN"}


def test_a_folder_that_is_not_watched(installation: Installation, plugins_dir: Path) -> None:
    (installation.folder / "gridql.toml").write_text("plugins_watch = false\n")
    with installation.serving() as server, httpx.Client(base_url=server.url) as http:
        write(plugins_dir, lift_safety())
        time.sleep(3)
        sdl = http.get("/schema.graphql").text

    assert "LiftSafetyV1" not in sdl
