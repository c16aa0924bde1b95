"""Plugins: found one by one, and put out with a reason without taking anything along."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from gridql.hooks import (
    Discovery,
    PluginInfo,
    PluginKind,
    Plugins,
    Quarantined,
    Said,
    check,
    discover,
    loading,
)
from gridql.hooks.discovery import Where
from gridql.plugin import Objection

CODE = '''
"""A plugin."""
from gridql.plugin import Found, Severity, hookimpl

@hookimpl
def findings(form, answers):
    return [Found("tooMany", "/people", Severity.SERIOUS, "CROWD", days=1,
                  title={"zh": "人数过多", "en": "Too many people"})]
'''


class Folder:
    """A folder of plugins."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, content: object) -> Path:
        """Write a file; what is not text as JSON."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    def form(self, plugin: str, name: str, **other: Any) -> Path:
        """Write a small form."""
        questions = {"people": {"title": "人数", "type": "integer"}}
        document = {
            "name": name,
            "version": 1,
            "kind": "RECORD",
            "subject": "GRID",
            "title": "人数",
            "schema": {"type": "object", "properties": questions},
        }
        return self.write(f"{plugin}/forms/{name}.json", document | other)

    def discover(self) -> Plugins:
        """Discover these plugins and no bundled ones."""
        return discover(bundled_dir=self.path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of plugins."""
    path = tmp_path / "plugins"
    path.mkdir()
    return Folder(path)


def reasons(plugins: Plugins) -> dict[str, str]:
    """Why each plugin is out."""
    return {each.name: each.reason for each in plugins.quarantined}


def test_the_bundled_plugins_are_in() -> None:
    plugins = discover()

    assert plugins.quarantined == ()
    assert {each.name: each.kind.value for each in plugins.loaded} == {
        "care_visit": "DATA",
        "grid_questions": "DATA",
        "home_fire_check": "DATA",
        "morning_meeting": "DATA",
        "nine_small_places": "DATA",
        "responsibility_letter": "CODE",
        "satisfaction": "DATA",
    }
    assert {"NineSmallPlacesShopV1", "SatisfactionV1"} <= {
        form.type_name for form in plugins.forms()
    }


def test_a_folder_of_documents_is_a_plugin(folder: Folder) -> None:
    folder.form("crowds", "crowd")

    (plugin,) = folder.discover().loaded

    assert (plugin.name, plugin.kind) == ("crowds", PluginKind.DATA)
    assert plugin.source == str(folder.path / "crowds")
    assert [form.type_name for form in plugin.forms] == ["CrowdV1"]


def test_a_folder_with_code_is_a_plugin_with_the_forms_beside_it(folder: Folder) -> None:
    folder.form("crowds", "crowd")
    folder.write("crowds/plugin.py", CODE)

    plugins = folder.discover()

    (form,) = plugins.forms()
    assert plugins.loaded[0].kind is PluginKind.CODE
    (found,) = plugins.findings(form, {"people": 500})
    assert (found.rule, found.at, found.days) == ("tooMany", "/people", 1)


def test_code_names_documents_elsewhere_and_imports_from_beside_itself(folder: Folder) -> None:
    folder.form("elsewhere/.hidden", "crowd")
    folder.write("crowds/where.py", f"PLACE = {str(folder.path / 'elsewhere/.hidden/forms')!r}")
    folder.write(
        "crowds/plugin.py",
        "from pathlib import Path\nfrom .where import PLACE\n"
        "from gridql.plugin import hookimpl\n"
        "@hookimpl\ndef forms():\n    return [Path(PLACE)]\n",
    )

    plugins = folder.discover()

    assert [form.type_name for form in plugins.forms()] == ["CrowdV1"]


def test_a_broken_plugin_is_out_and_the_others_are_in(folder: Folder) -> None:
    folder.form("alpha", "crowd")
    folder.form("beta", "party", kind="FEAST", subject="STREET")
    folder.write("gamma/plugin.py", "raise RuntimeError('no')")
    folder.write("delta/plugin.py", "import sys; sys.exit(3)")
    folder.write("epsilon/plugin.py", "def (")
    folder.write("empty/README.md", "")
    folder.form("zeta", "crowd")
    folder.form("Eta", "fair")
    folder.form("gridql", "fete")
    folder.write(
        "theta/plugin.py",
        "from gridql.plugin import hookimpl\n@hookimpl\ndef fidnings(form): ...\n",
    )
    folder.write(
        "iota/plugin.py",
        "from gridql.plugin import hookimpl\n@hookimpl\ndef forms(): return ['/none.json']\n",
    )
    folder.write(
        "kappa/plugin.py",
        "from gridql.plugin import hookimpl\n@hookimpl\ndef forms(): raise KeyError('x')\n",
    )

    plugins = folder.discover()

    assert [each.name for each in plugins.loaded] == ["alpha"]
    out = reasons(plugins)
    assert out["beta"] == "2 fault(s) in its forms"
    assert out["gamma"] == "it raised RuntimeError('no')"
    assert out["delta"] == "it raised SystemExit(3)"
    assert out["epsilon"].startswith("it raised SyntaxError")
    assert out["empty"] == "it has no form in a folder `forms`, and no plugin.py"
    assert out["zeta"] == "version 1 of the form crowd is there twice"
    assert out["Eta"] == out["gridql"] == "its name is not snake_case, or it is gridql's own"
    assert "unknown hook 'fidnings'" in out["theta"]
    assert out["iota"] == "1 fault(s) in its forms"
    assert out["kappa"] == "it raised KeyError('x')"


def test_the_administrator_gets_every_fault_and_the_traceback(folder: Folder) -> None:
    folder.form("beta", "party", kind="FEAST")
    folder.form("beta", "crowd", subject="STREET")
    folder.write("gamma/plugin.py", "raise RuntimeError('no')")

    beta, gamma = folder.discover().quarantined

    assert {fault.pointer for fault in beta.faults} == {"/kind", "/subject"}
    assert beta.source == str(folder.path / "beta")
    assert gamma.traceback is not None
    assert "RuntimeError: no" in gamma.traceback


def test_a_second_plugin_of_one_name_is_out(folder: Folder, tmp_path: Path) -> None:
    folder.form("crowds", "crowd")
    other = Folder(tmp_path / "own")
    other.form("crowds", "fair")

    plugins = discover(other.path, bundled_dir=folder.path)

    assert [form.name for form in plugins.forms()] == ["crowd"]
    assert reasons(plugins) == {
        "crowds": f"there is a plugin 'crowds' already, from {folder.path / 'crowds'}"
    }


def test_a_folder_of_plugins_that_is_not_there_is_told(folder: Folder, tmp_path: Path) -> None:
    plugins = discover(tmp_path / "nowhere", bundled_dir=folder.path)

    assert reasons(plugins) == {"nowhere": "there is no such folder"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError('no')", "the hook `findings` raised ValueError('no')"),
        ("raise SystemExit(3)", "the hook `findings` raised SystemExit(3)"),
        ("raise KeyboardInterrupt", "the hook `findings` raised KeyboardInterrupt()"),
        ("return [5]", "the hook `findings` returned 5 is no Found"),
        ("return 5", "the hook `findings` raised TypeError"),
        ("from itertools import repeat; return repeat(FOUND)", "the hook `findings` returned more"),
        (
            'return [Found("x", "/people", "GRAVE", "CROWD", -1, {"zh": "x"})]',
            "the hook `findings` returned a finding with severity 'GRAVE', days -1, "
            "title {'zh': 'x'}",
        ),
        (
            'return [replace(FOUND, remark="a\\0")]',
            "the hook `findings` returned a finding 'x' with a text that no database keeps",
        ),
        (
            'return [replace(FOUND, remark="a" * 3000)]',
            "the hook `findings` returned a finding 'x' with a remark of more than 2000",
        ),
    ],
)
async def test_a_hook_that_fails_puts_its_plugin_out(
    folder: Folder, caplog: pytest.LogCaptureFixture, body: str, reason: str
) -> None:
    folder.form("crowds", "crowd")
    folder.write(
        "bad/plugin.py",
        "from dataclasses import replace\n"
        "from gridql.plugin import Found, Severity, hookimpl\n"
        'FOUND = Found("x", "/people", Severity.MINOR, "CROWD", 1, {"zh": "x", "en": "x"})\n'
        f"@hookimpl\ndef findings(form, answers):\n    {body}\n",
    )
    folder.write("good/plugin.py", CODE)
    plugins = folder.discover()
    (form,) = plugins.forms()

    said = await plugins.ask(form, {"people": 1})
    later = await plugins.ask(form, {"people": 1})

    assert [each.rule for each in said.findings] == ["tooMany"]
    assert said.unheard == later.unheard == ("bad",)
    assert reasons(plugins)["bad"].startswith(reason)
    assert [each.name for each in plugins.loaded] == ["crowds", "good"]
    (warning,) = [each.getMessage() for each in caplog.records]
    assert warning.startswith(f"plugin bad is out: {reason}")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError('no')", "the hook `objections` raised ValueError('no')"),
        ("return ['no']", "the hook `objections` returned 'no' is no Objection"),
        ("return [Objection('people', BOTH)]", "the hook `objections` returned an objection"),
        ("return [Objection('', {'en': 'no'})]", "the hook `objections` returned an objection"),
        (
            "return [Objection('', {'zh': 'x' * 501, 'en': 'no'})]",
            "the hook `objections` returned an objection with text",
        ),
    ],
)
async def test_what_is_no_objection_is_not_taken_for_one(
    folder: Folder, body: str, reason: str
) -> None:
    folder.form("crowds", "crowd")
    folder.write(
        "bad/plugin.py",
        "from gridql.plugin import Objection, hookimpl\n"
        "BOTH = {'zh': '不行', 'en': 'No'}\n"
        f"@hookimpl\ndef objections(form, answers):\n    {body}\n",
    )
    plugins = folder.discover()

    said = await plugins.ask(plugins.forms()[0], {"people": 1})

    assert (said.objections, said.unheard) == ((), ("bad",))
    assert reasons(plugins)["bad"].startswith(reason)


async def test_code_objects_to_answers(folder: Folder) -> None:
    folder.form("crowds", "crowd")
    folder.write(
        "crowds/plugin.py",
        "from gridql.plugin import Objection, hookimpl\n"
        "@hookimpl\ndef objections(form, answers):\n"
        "    if answers['people'] > 500:\n"
        "        return [Objection('/people', {'zh': '人数不对', 'en': 'Never so many'})]\n",
    )
    plugins = folder.discover()
    (form,) = plugins.forms()

    well = await plugins.ask(form, {"people": 1})
    (objection,) = (await plugins.ask(form, {"people": 501})).objections

    assert well == Said()
    assert objection == Objection("/people", {"zh": "人数不对", "en": "Never so many"})


async def test_a_hook_cannot_change_the_answers(folder: Folder) -> None:
    folder.form("crowds", "crowd")
    folder.write(
        "crowds/plugin.py",
        "from gridql.plugin import hookimpl\n"
        "@hookimpl\ndef objections(answers):\n    answers.clear()\n"
        "@hookimpl\ndef findings(answers):\n    assert answers.pop('people') == 1\n",
    )
    plugins = folder.discover()
    answers = {"people": 1}

    assert await plugins.ask(plugins.forms()[0], answers) == Said()
    assert answers == {"people": 1}


def hanging(folder: Folder, body: str, hook_timeout_s: float = 0.2) -> Plugins:
    """Plugins one of which does `body` when it is asked about 1, beside one that is well."""
    folder.form("crowds", "crowd")
    folder.write("good/plugin.py", CODE)
    folder.write(
        "slow/plugin.py",
        "import time\nfrom gridql.plugin import hookimpl\n"
        f"@hookimpl\ndef findings(answers):\n    if answers['people'] == 1:\n        {body}\n",
    )
    where = Where(bundled_dir=folder.path)
    return Discovery(where, hook_timeout_s=hook_timeout_s).run()


@pytest.mark.parametrize("body", ["time.sleep(60)", "while True: pass"])
async def test_a_hook_that_hangs_holds_nobody_up(folder: Folder, body: str) -> None:
    plugins = hanging(folder, body)
    (form,) = plugins.forms()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    beside = asyncio.create_task(others())
    begun = time.monotonic()
    said = await asyncio.gather(*(plugins.ask(form, {"people": 1}) for _ in range(20)))
    took_s = time.monotonic() - begun
    beside.cancel()
    after = await plugins.ask(form, {"people": 2})

    # Twenty at once, of which two were on the clock when the first of them ran out of time.
    assert took_s < 2
    assert turns > 3
    assert {each.unheard for each in (*said, after)} == {("slow",)}
    assert {len(each.findings) for each in (*said, after)} == {1}
    assert reasons(plugins)["slow"] == ("its hooks took longer than 0.2 s (plugins_hook_timeout_s)")


async def test_a_hook_that_never_ends_in_python_is_ended(folder: Folder) -> None:
    plugins = hanging(folder, "while True: pass")
    before = set(threading.enumerate())

    await plugins.ask(plugins.forms()[0], {"people": 1})

    end = time.monotonic() + 5
    while any(each.name == "plugin slow" for each in set(threading.enumerate()) - before):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_hooks_that_wait_for_a_thread_are_not_on_the_clock(folder: Folder) -> None:
    plugins = hanging(folder, "time.sleep(0.1)", hook_timeout_s=0.6)
    (form,) = plugins.forms()

    said = await asyncio.gather(*(plugins.ask(form, {"people": 1}) for _ in range(32)))

    assert {each.unheard for each in said} == {()}
    assert reasons(plugins) == {}


async def test_whoever_stops_waiting_leaves_the_call_on_the_clock(folder: Folder) -> None:
    plugins = hanging(folder, "time.sleep(60)")
    (form,) = plugins.forms()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(plugins.ask(form, {"people": 1}), 0.05)
    await asyncio.sleep(0.3)

    assert (await plugins.ask(form, {"people": 2})).unheard == ("slow",)


def test_an_import_that_hangs_is_given_up(folder: Folder) -> None:
    folder.form("crowds", "crowd")
    folder.write("slow/plugin.py", "while True: pass")
    folder.write("waiting/plugin.py", "import time; time.sleep(60)")
    discovery = Discovery(Where(bundled_dir=folder.path), import_timeout_s=0.2)

    begun = time.monotonic()
    plugins = discovery.run()

    assert time.monotonic() - begun < 3
    assert [each.name for each in plugins.loaded] == ["crowds"]
    reason = "to import it took longer than 0.2 s (plugins_import_timeout_s)"
    assert reasons(plugins) == {"slow": reason, "waiting": reason}


def test_code_is_taken_in_no_more_where_too_much_hangs(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "MOST_STUCK", 2)
    folder.form("crowds", "crowd")
    for name in ("a", "b", "c"):
        folder.write(f"{name}/plugin.py", "import time; time.sleep(60)")
    discovery = Discovery(Where(bundled_dir=folder.path), import_timeout_s=0.1)

    plugins = discovery.run()

    assert [each.name for each in plugins.loaded] == ["crowds"]
    assert reasons(plugins)["c"] == "2 calls of plugins' code never came back: restart gridql"


def test_what_was_refused_later_puts_a_plugin_out(folder: Folder) -> None:
    folder.form("crowds", "crowd")
    plugins = folder.discover()

    plugins.quarantine("crowds", "a published version never changes")

    assert plugins.forms() == []
    (out,) = plugins.quarantined
    assert (out.name, out.reason) == ("crowds", "a published version never changes")
    assert out.source == str(folder.path / "crowds")


def test_a_plugin_or_a_document_is_checked_apart_from_others(folder: Folder) -> None:
    good = folder.form("crowds", "crowd")
    bad = folder.form("beta", "party", kind="FEAST")

    assert isinstance(check(folder.path / "crowds"), PluginInfo)
    assert isinstance(check(good), PluginInfo)
    in_folder, alone = check(folder.path / "beta"), check(bad)
    assert isinstance(in_folder, Quarantined)
    assert isinstance(alone, Quarantined)
    assert [fault.pointer for fault in in_folder.faults] == ["/kind"]
    assert in_folder.faults == alone.faults
    assert isinstance(check(folder.path / "none.json"), Quarantined)
