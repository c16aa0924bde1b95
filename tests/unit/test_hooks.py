"""Plugins: found one by one, and put out with a reason without taking anything along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gridql.hooks import PluginInfo, PluginKind, Plugins, Quarantined, check, discover

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
    assert {"nine_small_places", "satisfaction"} <= {each.name for each in plugins.loaded}
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
        ("return [5]", "the hook `findings` returned 5 is no Found"),
        ("return 5", "the hook `findings` raised TypeError"),
        (
            'return [Found("x", "/people", "GRAVE", "CROWD", -1, {"zh": "x"})]',
            "the hook `findings` returned a finding with severity 'GRAVE', days -1, "
            "title {'zh': 'x'}",
        ),
    ],
)
def test_a_hook_that_fails_puts_its_plugin_out(folder: Folder, body: str, reason: str) -> None:
    folder.form("crowds", "crowd")
    folder.write(
        "bad/plugin.py",
        "from gridql.plugin import Found, hookimpl\n"
        f"@hookimpl\ndef findings(form, answers):\n    {body}\n",
    )
    folder.write("good/plugin.py", CODE)
    plugins = folder.discover()
    (form,) = plugins.forms()

    found = plugins.findings(form, {"people": 1})

    assert [each.rule for each in found] == ["tooMany"]
    assert reasons(plugins)["bad"].startswith(reason)
    assert [each.name for each in plugins.loaded] == ["crowds", "good"]


def test_a_hook_cannot_change_the_answers(folder: Folder) -> None:
    folder.form("crowds", "crowd")
    folder.write(
        "crowds/plugin.py",
        "from gridql.plugin import hookimpl\n"
        "@hookimpl\ndef findings(answers):\n    answers.clear()\n",
    )
    plugins = folder.discover()
    answers = {"people": 1}

    assert plugins.findings(plugins.forms()[0], answers) == ()
    assert answers == {"people": 1}


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
