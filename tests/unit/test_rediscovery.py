"""Looking at plugins again: what has changed is taken in, what has not stays as it is."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from gridql.errors import SetupError
from gridql.hooks import (
    Change,
    Disabled,
    Discovery,
    PluginChangeKind,
    Plugins,
    changes,
    disabled,
)
from gridql.hooks.discovery import Where
from tests.unit.test_hooks import CODE, Folder, reasons

ADDED, CHANGED = PluginChangeKind.ADDED, PluginChangeKind.CHANGED
REMOVED, REFUSED = PluginChangeKind.REMOVED, PluginChangeKind.REFUSED


class Watched(Folder):
    """A folder of plugins that is looked at again and again."""

    def __init__(self, path: Path, data_dir: Path) -> None:
        super().__init__(path)
        self.data_dir = data_dir
        self.discovery = Discovery(Where(bundled_dir=path, data_dir=data_dir))
        self.plugins = self.discovery.run()

    def look(self, *, again: bool = False) -> list[tuple[str, PluginChangeKind]]:
        """What has changed since the last look."""
        before, self.plugins = self.plugins, self.discovery.run(self.plugins, again=again)
        return [(each.plugin, each.kind) for each in changes(before, self.plugins)]


@pytest.fixture
def folder(tmp_path: Path) -> Watched:
    """A folder with two plugins."""
    path = tmp_path / "plugins"
    path.mkdir()
    one = Folder(path)
    one.form("crowds", "crowd")
    one.form("crowds", "party")
    one.form("fairs", "fair")
    return Watched(path, tmp_path)


def test_what_has_not_changed_stays_the_same(folder: Watched) -> None:
    before = folder.plugins.forms()

    assert folder.look() == []
    assert folder.look(again=True) == []
    assert all(one is other for one, other in zip(before, folder.plugins.forms(), strict=True))


def test_of_a_plugin_only_the_form_that_changed_is_loaded_again(folder: Watched) -> None:
    crowd, party, fair = folder.plugins.forms()
    folder.form("crowds", "party", title="聚会")

    assert folder.look() == [("crowds", CHANGED)]

    now = folder.plugins.forms()
    assert now[0] is crowd
    assert now[2] is fair
    assert now[1].title["zh"] == "聚会"
    assert now[1] != party


def test_a_form_is_loaded_again_when_what_it_refers_to_has_changed(folder: Watched) -> None:
    def library(title: str) -> None:
        definitions = {"people": {"title": title, "type": "integer"}}
        folder.write("crowds/library/words.json", {"$defs": definitions})

    library("人数")
    questions = {"people": {"$ref": "library:words#/$defs/people"}}
    folder.form("crowds", "crowd", schema={"type": "object", "properties": questions})
    folder.look()
    library("到场人数")

    assert folder.look() == [("crowds", CHANGED)]
    crowd = folder.plugins.forms()[0]
    assert crowd.schema["properties"]["people"]["title"] == "到场人数"


def test_plugins_come_and_go(folder: Watched) -> None:
    folder.form("rallies", "rally")
    shutil.rmtree(folder.path / "fairs")

    assert folder.look() == [("rallies", ADDED), ("fairs", REMOVED)]
    assert [each.name for each in folder.plugins.loaded] == ["crowds", "rallies"]


def test_a_bad_change_leaves_the_plugin_as_it_was(folder: Watched) -> None:
    before = folder.plugins.loaded[1]
    path = folder.form("fairs", "fair", kind="FEAST")

    assert folder.look() == [("fairs", REFUSED)]
    assert folder.plugins.loaded[1] is before
    (refused,) = folder.plugins.quarantined
    assert (refused.name, refused.reason) == ("fairs", "1 fault(s) in its forms")
    assert [fault.pointer for fault in refused.faults] == ["/kind"]
    assert folder.look() == []
    assert folder.plugins.loaded[1] is before

    path.write_text("{", encoding="utf-8")
    assert folder.look() == [("fairs", REFUSED)]
    assert folder.plugins.loaded[1] is before

    folder.form("fairs", "fair", title="庙会")
    assert folder.look() == [("fairs", CHANGED)]
    assert folder.plugins.quarantined == ()


def test_what_is_refused_later_puts_a_plugin_back(folder: Watched) -> None:
    before = folder.plugins
    folder.form("fairs", "fair", title="庙会")
    folder.look()

    folder.plugins.quarantine("fairs", "it was published otherwise", before)

    assert folder.plugins.loaded[1] is before.loaded[1]
    assert reasons(folder.plugins) == {"fairs": "it was published otherwise"}


def test_a_name_that_is_taken_meanwhile(folder: Watched) -> None:
    folder.form("fairs", "crowd")

    assert folder.look() == [("fairs", REFUSED)]
    assert reasons(folder.plugins) == {"fairs": "version 1 of the form crowd is there twice"}
    assert [each.name for each in folder.plugins.loaded] == ["crowds", "fairs"]
    assert [form.name for form in folder.plugins.forms()] == ["crowd", "party", "fair"]


async def rules(plugins: Plugins) -> list[str]:
    """What the code of plugins finds."""
    said = await plugins.ask(plugins.forms()[0], {"people": 1})
    return [each.rule for each in said.findings]


async def test_code_is_imported_anew_with_all_that_lies_beside_it(folder: Watched) -> None:
    folder.write("watch/plugin.py", CODE.replace('"tooMany"', "RULE") + "\nfrom .words import RULE")
    folder.write("watch/words/__init__.py", "from .rule import RULE")
    rule = folder.write("watch/words/rule.py", "RULE = 'first'")
    assert folder.look() == [("watch", ADDED)]
    old = folder.plugins

    # Of the same size and within the second, where compiled files would be taken for fresh.
    folder.write("watch/words/rule.py", "RULE = 'other'")
    assert rule.stat().st_size == len("RULE = 'first'")

    assert folder.look() == [("watch", CHANGED)]
    assert await rules(folder.plugins) == ["other"]
    assert await rules(old) == ["first"]
    assert not list(folder.path.rglob("__pycache__"))


async def test_a_bad_change_of_code_leaves_the_old_code_at_work(folder: Watched) -> None:
    folder.write("watch/plugin.py", CODE)
    folder.look()
    modules = set(sys.modules)
    folder.write("watch/plugin.py", "from . import words\nraise RuntimeError('no')")
    folder.write("watch/words.py", "")

    assert folder.look() == [("watch", REFUSED)]
    assert await rules(folder.plugins) == ["tooMany"]
    assert set(sys.modules) == modules
    said = await folder.plugins.ask(folder.plugins.forms()[0], {"people": 1})
    assert said.unheard == ()


async def test_who_was_put_out_comes_back_with_a_change_or_when_asked(folder: Watched) -> None:
    switch = folder.data_dir / "switch"
    code = (
        "from pathlib import Path\nfrom gridql.plugin import hookimpl\n"
        f"@hookimpl\ndef findings(answers):\n    assert Path({str(switch)!r}).exists()\n"
    )
    folder.write("watch/plugin.py", code)
    folder.look()
    form = folder.plugins.forms()[0]
    assert (await folder.plugins.ask(form, {})).unheard == ("watch",)

    folder.form("rallies", "rally")
    assert folder.look() == [("rallies", ADDED)]
    assert (await folder.plugins.ask(form, {})).unheard == ("watch",)

    assert folder.look(again=True) == [("watch", ADDED)]
    switch.touch()
    assert (await folder.plugins.ask(form, {})).unheard == ()

    switch.unlink()
    assert (await folder.plugins.ask(form, {})).unheard == ("watch",)
    folder.write("watch/plugin.py", code + "\n")
    assert folder.look() == [("watch", ADDED)]


def test_code_that_does_not_import_is_tried_again_when_asked(folder: Watched) -> None:
    switch = folder.data_dir / "switch"
    folder.write(
        "watch/plugin.py", f"from pathlib import Path\nassert Path({str(switch)!r}).exists()"
    )
    folder.look()
    switch.touch()

    assert folder.look() == []
    assert reasons(folder.plugins) == {"watch": "it raised AssertionError()"}
    assert folder.look(again=True) == [("watch", ADDED)]


def test_forms_that_lie_elsewhere_are_looked_at_too(folder: Watched, tmp_path: Path) -> None:
    elsewhere = Folder(tmp_path)
    path = elsewhere.form("elsewhere", "rally")
    folder.write(
        "rallies/plugin.py",
        "from pathlib import Path\nfrom gridql.plugin import hookimpl\n"
        f"@hookimpl\ndef forms():\n    return [Path({str(path)!r})]\n",
    )
    assert folder.look() == [("rallies", ADDED)]

    elsewhere.form("elsewhere", "rally", title="集会")

    assert folder.look() == [("rallies", CHANGED)]


def test_what_is_disabled_is_not_read(folder: Watched) -> None:
    trap = folder.data_dir / "imported"
    folder.write("watch/plugin.py", f"open({str(trap)!r}, 'w')")
    assert disabled.disable(folder.data_dir, "watch")
    assert disabled.disable(folder.data_dir, "crowds")

    assert folder.look() == [("crowds", REMOVED)]
    assert folder.plugins.disabled == (
        Disabled("crowds", str(folder.path / "crowds")),
        Disabled("watch", str(folder.path / "watch")),
    )
    assert folder.plugins.excluded == {"crowds", "watch"}
    assert not trap.exists()

    assert disabled.enable(folder.data_dir, "crowds")
    assert folder.look() == [("crowds", ADDED)]


def test_the_file_of_what_is_disabled(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    assert disabled.read(data_dir) == frozenset()
    assert not disabled.enable(data_dir, "b")

    assert disabled.disable(data_dir, "b")
    assert disabled.disable(data_dir, "a")
    assert not disabled.disable(data_dir, "b")

    assert disabled.read(data_dir) == {"a", "b"}
    file = disabled.path_in(data_dir)
    assert [path.name for path in data_dir.iterdir()] == [file.name]
    file.write_text("# ours\n\n a  # until May\nb\n", encoding="utf-8")
    assert disabled.read(data_dir) == {"a", "b"}
    assert disabled.enable(data_dir, "a")
    assert disabled.read(data_dir) == {"b"}

    file.write_bytes(b"\xff")
    with pytest.raises(SetupError, match=r"plugins-disabled\.txt cannot be read"):
        disabled.read(data_dir)


def test_a_draft_is_passed_over_until_it_is_none(folder: Watched) -> None:
    path = folder.form("rallies", "rally", draft=True, kind="not yet known")
    assert folder.look() == [("rallies", ADDED)]
    rallies = folder.plugins.loaded[-1]
    assert (rallies.name, rallies.forms, rallies.drafts) == ("rallies", (), ("RallyV1",))

    folder.form("rallies", "rally", draft=False)

    assert folder.look() == [("rallies", CHANGED)]
    assert [form.name for form in folder.plugins.loaded[-1].forms] == ["rally"]
    assert path.is_file()


def test_a_folder_with_more_files_than_any_plugin_has(folder: Watched) -> None:
    many = folder.path / "fairs" / "many"
    many.mkdir()
    for number in range(10_001):
        os.mknod(many / str(number))

    assert folder.look() == [("fairs", REFUSED)]
    assert reasons(folder.plugins) == {"fairs": "it holds more than 10000 files"}


def test_changes_are_told_plugin_by_plugin(folder: Watched) -> None:
    assert [Change(each.name, ADDED) for each in folder.plugins.loaded] == list(
        changes(Plugins(), folder.plugins)
    )
