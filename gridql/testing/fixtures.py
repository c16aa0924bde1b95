"""The fixtures, and one test for each golden case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridql.hooks import CODE_FILE, Discovery, PluginInfo, Plugins
from gridql.hooks.discovery import Where
from gridql.testing.judging import GoldenCase, Judge
from gridql.testing.serving import Server, serving


@pytest.fixture
def plugin_dir(request: pytest.FixtureRequest) -> Path:
    """The plugin's folder: the nearest around the test that has `forms` or a `plugin.py` in it.

    Tests that lie elsewhere define a fixture of this name.
    """
    return _plugin_around(request.path)


@pytest.fixture
def plugin(plugin_dir: Path) -> PluginInfo:
    """The plugin, loaded as a server does it, with forms that are drafts; fails where it is out."""
    return _loaded(plugin_dir).loaded[0]


@pytest.fixture
def judge(plugin_dir: Path) -> Judge:
    """What the plugin makes of answers: `judge(answers)`, or `judge(answers, form, version)`."""
    return Judge(_loaded(plugin_dir))


@pytest.fixture
def golden_case(request: pytest.FixtureRequest, judge: Judge) -> GoldenCase:
    """One file in the plugin's folder `cases`; a test that asks for it is run once for each."""
    path: Path = request.param
    return GoldenCase(path, judge)


@pytest.fixture
def server(plugin_dir: Path, tmp_path: Path) -> Iterator[Server]:
    """A server in memory, with an empty SQLite database, this plugin and no other.

    Forms that are drafts are published in it. It has one grid with a place, a household and a
    resident to fill forms in about, and gives out a token for any role.
    """
    _loaded(plugin_dir)
    with serving(plugin_dir, tmp_path) as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for `golden_case` once for each of the cases."""
    if "golden_case" in metafunc.fixturenames:
        cases = sorted((_plugin_around(metafunc.definition.path) / "cases").glob("*.json"))
        metafunc.parametrize("golden_case", cases, indirect=True, ids=[path.stem for path in cases])


def _plugin_around(path: Path) -> Path:
    for folder in path.parents:
        if (folder / "forms").is_dir() or (folder / CODE_FILE).is_file():
            return folder
    pytest.fail(f"no folder around {path} is a plugin: define a fixture `plugin_dir`")


def _loaded(folder: Path) -> Plugins:
    where = Where(bundled_dir=folder.parent, allow=[folder.name])
    plugins = Discovery(where, drafts_too=True).run()
    if not plugins.loaded:
        lines = [f"the plugin in {folder} is out"]
        for out in plugins.quarantined:
            lines += [out.reason, *map(str, out.faults), out.traceback or ""]
        pytest.fail("\n".join(lines), pytrace=False)
    return plugins
