"""Reloading within a server, on both databases: what is swapped, what goes on, what is kept."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import OperationType

from gridql.access import accounts
from gridql.access.roles import Actor, Role
from gridql.forms.models import PublishedForm
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.hooks import PluginChangeKind, disabled
from gridql.journal.models import Entry
from gridql.server.opening import opened
from gridql.server.parts import Parts
from gridql.server.watching import watch
from gridql.settings import Settings, load

FORM: dict[str, Any] = {
    "name": "crowd",
    "version": 1,
    "kind": "RECORD",
    "subject": "GRID",
    "title": "人数",
    "schema": {
        "type": "object",
        "properties": {"people": {"title": "人数", "type": "integer"}},
    },
}

RELOAD = "mutation { reloadPlugins { changes { plugin kind } published problems { code } } }"


@pytest.fixture
def settings(migrated_url: str, tmp_path: Path) -> Settings:
    """Settings for a database with all its tables; nothing is watched."""
    return load({}, tmp_path, data_dir=tmp_path, database_url=migrated_url, plugins_watch=False)


def write(settings: Settings, document: dict[str, Any], plugin: str = "crowds") -> Path:
    """Write a form of a plugin."""
    path = settings.plugins_dir / plugin / "forms" / f"{document['name']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


async def look_again(parts: Parts) -> list[tuple[str, PluginChangeKind]]:
    """Reload; what it has changed."""
    assert parts.services.reload is not None
    reloaded = await parts.services.reload()
    return [(each.plugin, each.kind) for each in reloaded.changes]


async def ask(parts: Parts, query: str, actor: Actor, **variables: Any) -> Any:
    """The whole response."""
    context = Context(actor, "en", "request-1", parts.services)
    allow = frozenset({OperationType.QUERY, OperationType.MUTATION})
    result = await parts.engine.execute(Request(query, None, variables), context, allow=allow)
    return orjson.loads(result.body)


async def district() -> Actor:
    """Somebody of the district."""
    account = await accounts.register("李敏", Role.DISTRICT, ["370114"])
    return Actor(account.id, account.name, Role.DISTRICT, ("370114",))


async def test_the_schema_is_swapped_and_only_when_it_is_another(settings: Settings) -> None:
    async with opened(settings) as parts:
        engine, services = parts.engine, parts.services
        old_type = engine.schema.get_type("Submission")

        assert await look_again(parts) == []
        assert parts.engine is engine

        write(settings, FORM)
        assert await look_again(parts) == [("crowds", PluginChangeKind.ADDED)]

        assert parts.engine.schema.get_type("CrowdV1") is not None
        assert "type CrowdV1 " in parts.served.sdl
        # What began before goes on with what it began with.
        assert engine.schema.get_type("CrowdV1") is None
        assert engine.schema.get_type("Submission") is old_type
        assert parts.engine.schema.get_type("Submission") is not old_type
        assert {each.name for each in services.plugins.loaded}.isdisjoint({"crowds"})
        assert parts.services.library is not services.library


async def test_reloads_at_once_are_done_one_after_the_other(settings: Settings) -> None:
    async with opened(settings) as parts:
        write(settings, FORM)

        found = await asyncio.gather(*(look_again(parts) for _ in range(4)))

    assert sorted(map(len, found)) == [0, 0, 0, 1]


async def test_the_journal_knows_who_reloaded_what(settings: Settings) -> None:
    async with opened(settings) as parts:
        actor = await district()
        await ask(parts, RELOAD, actor)
        assert await Entry.filter(subject_type="Plugins").count() == 0
        write(settings, FORM)

        answer = await ask(parts, RELOAD, actor)

        (entry,) = await Entry.filter(subject_type="Plugins")
    assert answer["data"]["reloadPlugins"] == {
        "changes": [{"plugin": "crowds", "kind": "ADDED"}],
        "published": ["CrowdV1"],
        "problems": [],
    }
    assert (entry.kind, entry.actor_id, entry.subject_id) == ("RELOADED", actor.account_id, 0)
    assert entry.changes == {
        "plugins": {"crowds": "ADDED"},
        "published": ["CrowdV1"],
        "retired": [],
        "revived": [],
    }


async def test_forms_are_retired_by_decision_only(settings: Settings) -> None:
    async def retired() -> bool:
        return (await PublishedForm.get(name="crowd")).retired_at is not None

    write(settings, FORM)
    async with opened(settings) as parts:
        shutil.rmtree(settings.plugins_dir / "crowds")
        assert await look_again(parts) == [("crowds", PluginChangeKind.REMOVED)]
        assert not await retired()

        disabled.disable(settings.data_dir, "crowds")
        assert await look_again(parts) == []
        assert await retired()
        assert parts.services.library.get("crowd") is None
        assert parts.engine.schema.get_type("CrowdV1") is not None

    # Disabled by the file, denied by a setting, or neither, when a server starts.
    async with opened(settings):
        assert await retired()
    disabled.enable(settings.data_dir, "crowds")
    async with opened(settings):
        assert await retired()
    write(settings, FORM)
    async with opened(settings):
        assert not await retired()
    async with opened(replace(settings, plugins_deny=("crowds",))):
        assert await retired()


async def test_a_version_that_another_server_has_published(settings: Settings) -> None:
    async with opened(settings) as parts:
        template = await PublishedForm.get(name="satisfaction", version=1)
        template.id = None
        template.version, template.answers_type = 7, "SatisfactionV7"
        template.document = {**template.document, "version": 7}
        await template.save(force_create=True)

        assert await look_again(parts) == []

        assert parts.engine.schema.get_type("SatisfactionV7") is not None


async def test_trusted_documents_are_held_to_the_new_schema(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    text = "{ submissions(first: 1) { edges { node { answers { ... on CrowdV1 { people } } } } } }"
    manifest = settings.data_dir / "documents.json"
    manifest.write_text(json.dumps({sha256(text.encode()).hexdigest(): text}))
    write(settings, FORM)
    async with opened(replace(settings, trusted_documents=manifest)) as parts:
        write(settings, {**FORM, "version": 2})
        await look_again(parts)

        assert parts.unfit == []
        context = Context(await district(), "en", "request-1", parts.services)
        request = Request(text)
        result = await parts.engine.execute(
            request, context, allow=frozenset({OperationType.QUERY})
        )

    assert orjson.loads(result.body)["data"] == {"submissions": {"edges": []}}
    assert caplog.records == []


@asynccontextmanager
async def watching(
    folder: Path, file: Path, changed: Callable[[], Awaitable[object]]
) -> AsyncIterator[None]:
    """Watch within this."""
    task = asyncio.create_task(watch([folder], [file], changed))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_watching_a_folder_that_comes_and_goes(tmp_path: Path) -> None:
    folder, file = tmp_path / "plugins", tmp_path / "disabled.txt"
    seen: list[list[str]] = []

    async def changed() -> None:
        names = sorted(path.name for path in folder.rglob("*")) if folder.is_dir() else []
        seen.append(names + ([file.read_text()] if file.exists() else []))

    async def until(*names: str) -> None:
        async with asyncio.timeout(5):
            while not seen or seen[-1] != list(names):
                await asyncio.sleep(0.05)

    async with watching(folder, file, changed):
        file.write_text("a")
        await until("a")
        folder.mkdir()
        (folder / "one").mkdir()
        await until("one", "a")
        (folder / "one" / "two").touch()
        await until("one", "two", "a")
        file.unlink()
        await until("one", "two")
        shutil.rmtree(folder)
        await until()
        folder.mkdir()
        (folder / "three").touch()
        await until("three")
        # What is written beside calls nobody.
        await asyncio.sleep(1.5)
        calls = len(seen)
        (tmp_path / "gridql.sqlite3-wal").write_text("x")
        await asyncio.sleep(1.5)
        assert len(seen) == calls


async def test_watching_goes_on_when_a_reload_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("gridql.server.watching._RETRY_S", 0.05)
    calls = 0

    async def changed() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("no database")

    async with watching(tmp_path, tmp_path / "none", changed), asyncio.timeout(8):
        while calls < 2:
            await asyncio.sleep(0.05)

    assert [each.getMessage() for each in caplog.records] == [
        "watching the plugins failed; trying again in 0.05 s"
    ]
