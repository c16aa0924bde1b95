"""Plugins: found one by one, loaded apart from one another, put out with a reason when they fail.

A plugin is a folder, or a module that an installed package names as an entry point. Data only: a
folder `forms` of documents, and `library` for blocks that they share. Code: a `plugin.py` with
implementations of the hooks in `gridql.plugin`, with or without the two folders.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from itertools import chain
from pathlib import Path
from traceback import format_exc
from typing import Any

import pluggy

from gridql import bundled
from gridql.forms.document import Loader, form_files, load_form
from gridql.forms.faults import FormFault, FormRejected
from gridql.forms.shape import ObjectShape, shape_of, type_names
from gridql.forms.verdict import Found, obstacle
from gridql.forms.version import FormVersion
from gridql.plugin import PROJECT, Hooks
from gridql.words import Word

log = logging.getLogger("gridql.plugins")

CODE_FILE = "plugin.py"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class PluginKind(Word):
    """Whether a plugin brings code."""

    DATA = "DATA", "Form documents only."
    CODE = "CODE", "Implementations of hooks too."


@dataclass(frozen=True)
class PluginInfo:
    """A plugin that is in."""

    name: str
    kind: PluginKind
    source: str
    """The folder, or the entry point, that it came from."""
    forms: tuple[FormVersion, ...]


@dataclass(frozen=True)
class Quarantined:
    """A plugin that is out, and why: for the administrator's eyes only."""

    name: str
    source: str
    reason: str
    faults: tuple[FormFault, ...] = ()
    traceback: str | None = None


class Refused(Exception):
    """A plugin is not taken; the message is the reason."""


@dataclass(frozen=True)
class _Candidate:
    """Something that may be a plugin."""

    name: str
    source: str
    folder: Path | None
    code: Callable[[], object] | None


class Plugins:
    """The plugins of this server. Nothing here raises because of what a plugin does."""

    def __init__(self) -> None:
        self._loaded: dict[str, PluginInfo] = {}
        self._hooks: dict[str, pluggy.PluginManager] = {}
        self._shapes: dict[str, list[ObjectShape]] = {}
        self._quarantined: list[Quarantined] = []

    @property
    def loaded(self) -> tuple[PluginInfo, ...]:
        """The plugins that are in, in the order of discovery."""
        return tuple(self._loaded.values())

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """What is out, with reasons."""
        return tuple(self._quarantined)

    def forms(self) -> list[FormVersion]:
        """The forms of all plugins that are in."""
        return [form for plugin in self._loaded.values() for form in plugin.forms]

    def findings(self, form: FormVersion, answers: Mapping[str, Any]) -> tuple[Found, ...]:
        """What the plugins' code finds in sound answers; a hook that fails puts its plugin out."""
        found: list[Found] = []
        for name, hooks in list(self._hooks.items()):
            try:
                # Each gets answers of its own: one that changes them changes nothing.
                listed = hooks.hook.findings(form=form, answers=deepcopy(answers))
                found += _checked(each for part in listed for each in part or ())
            except Refused as refused:
                self.quarantine(name, f"the hook `findings` returned {refused}")
            except (Exception, SystemExit) as error:  # a plugin may raise anything
                self.quarantine(name, f"the hook `findings` raised {error!r}", format_exc())
        return tuple(found)

    def quarantine(self, name: str, reason: str, traceback: str | None = None) -> None:
        """Put out the plugin `name`; forms of it that were published stay published."""
        plugin = self._loaded.pop(name, None)
        self._hooks.pop(name, None)
        self._shapes.pop(name, None)
        source = plugin.source if plugin else ""
        self.put_out(Quarantined(name, source, reason, traceback=traceback))

    def put_out(self, quarantined: Quarantined) -> None:
        """Record that something is out."""
        self._quarantined.append(quarantined)
        faults = "".join(f"\n  {fault}" for fault in quarantined.faults)
        log.warning("plugin %s is out: %s%s", quarantined.name, quarantined.reason, faults)

    def add(self, candidate: _Candidate) -> None:
        """Take `candidate` in, or put it out."""
        try:
            self._take_in(candidate)
        except FormRejected as rejected:
            self._fail(candidate, f"{len(rejected.faults)} fault(s) in its forms", rejected.faults)
        except Refused as refused:
            self._fail(candidate, str(refused))
        except (Exception, SystemExit) as error:  # a plugin may raise anything
            self._fail(candidate, f"it raised {error!r}", traceback=format_exc())

    def _take_in(self, candidate: _Candidate) -> None:
        name = candidate.name
        if not _NAME.fullmatch(name) or name == PROJECT:
            raise Refused("its name is not snake_case, or it is gridql's own")
        if name in self._loaded:
            raise Refused(f"there is a plugin {name!r} already, from {self._loaded[name].source}")
        code = candidate.code() if candidate.code else None
        hooks = _hooks(name, code) if code else None
        forms = tuple(_forms(name, candidate.folder or _home(code), hooks))
        shapes = self._beside_others(forms)
        kind = PluginKind.CODE if hooks else PluginKind.DATA
        self._loaded[name] = PluginInfo(name, kind, candidate.source, forms)
        self._shapes[name] = shapes
        if hooks:
            self._hooks[name] = hooks

    def _beside_others(self, forms: tuple[FormVersion, ...]) -> list[ObjectShape]:
        """The shapes of `forms`; Refused when they cannot stand beside those that are in."""
        names = [form.member_name for form in (*self.forms(), *forms)]
        for form in forms:
            if names.count(form.member_name) > 1:
                raise Refused(f"version {form.version} of the form {form.name} is there twice")
        shapes = [shape_of(form) for form in forms]
        try:
            type_names([*chain.from_iterable(self._shapes.values()), *shapes])
        except ValueError as error:
            raise Refused(str(error)) from error
        return shapes

    def _fail(
        self,
        candidate: _Candidate,
        reason: str,
        faults: tuple[FormFault, ...] = (),
        traceback: str | None = None,
    ) -> None:
        self.put_out(Quarantined(candidate.name, candidate.source, reason, faults, traceback))


def discover(
    plugins_dir: Path | None = None,
    *,
    allow: Collection[str] = (),
    deny: Collection[str] = (),
    bundled_dir: Path | None = None,
) -> Plugins:
    """Load all plugins: the bundled ones, those in `plugins_dir`, those of installed packages.

    With `allow` only those that it names, and none that `deny` names: of others nothing is read.
    """
    plugins = Plugins()

    def wanted(name: str) -> bool:
        return name not in deny and (not allow or name in allow)

    for folder in (bundled_dir or bundled.folder("plugins"), plugins_dir):
        if folder is not None and not folder.is_dir():
            plugins.put_out(Quarantined(folder.name, str(folder), "there is no such folder"))
        elif folder is not None:
            for path in filter(lambda path: wanted(path.name), _plugin_folders(folder)):
                plugins.add(_folder(path))
    for entry in filter(lambda entry: wanted(entry.name), entry_points(group=PROJECT)):
        plugins.add(_Candidate(entry.name, f"entry point {entry.value}", None, entry.load))
    return plugins


def check(path: Path) -> PluginInfo | Quarantined:
    """Try the plugin, or the one form document, at `path`, apart from all others."""
    path = path.resolve()
    if path.is_dir():
        plugins = Plugins()
        plugins.add(_folder(path))
        return plugins.loaded[0] if plugins.loaded else plugins.quarantined[0]
    name = path.parent.parent.name
    try:
        return PluginInfo(name, PluginKind.DATA, str(path), (load_form(path, name),))
    except FormRejected as rejected:
        reason = f"{len(rejected.faults)} fault(s)"
        return Quarantined(name, str(path), reason, rejected.faults)


def _plugin_folders(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))
    )


def _folder(path: Path) -> _Candidate:
    code = path / CODE_FILE
    load = (lambda: _import(path.name, code)) if code.is_file() else None
    return _Candidate(path.name, str(path), path, load)


def _import(name: str, code: Path) -> object:
    """The module in `code`, as a package of its folder, so that it may import from beside it."""
    module_name = f"gridql_plugin_{name}"
    spec = spec_from_file_location(module_name, code, submodule_search_locations=[str(code.parent)])
    if spec is None or spec.loader is None:
        raise Refused(f"{code} cannot be imported")
    module = module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[module_name]
        raise
    return module


def _hooks(name: str, code: object) -> pluggy.PluginManager:
    """The hooks that `code` implements, in a manager of their own; unknown ones are refused."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    manager.register(code, name)
    manager.check_pending()
    return manager


def _home(code: object) -> Path | None:
    file = getattr(code, "__file__", None)
    return Path(file).parent if file else None


def _forms(
    name: str, folder: Path | None, hooks: pluggy.PluginManager | None
) -> Iterator[FormVersion]:
    """The forms of a plugin; FormRejected carries the faults of all of them together."""
    documents: dict[Path, None] = {}
    places = [folder / "forms"] if folder and (folder / "forms").is_dir() else []
    for listed in hooks.hook.forms() if hooks else ():
        places += map(Path, listed)
    for place in places:
        found = form_files(place) if place.is_dir() else [place]
        documents |= dict.fromkeys(path.resolve() for path in found)
    if not documents and hooks is None:
        raise Refused(f"it has no form in a folder `forms`, and no {CODE_FILE}")
    loaders: dict[Path, Loader] = {}
    faults: list[FormFault] = []
    for path in documents:
        library = path.parent.parent / "library"
        loader = loaders.setdefault(library, Loader(name, library))
        try:
            yield loader.load(path)
        except FormRejected as rejected:
            faults += rejected.faults
    if faults:
        raise FormRejected(faults)


def _checked(found: Iterable[object]) -> Iterator[Found]:
    for each in found:
        reason = obstacle(each)
        if reason or not isinstance(each, Found):
            raise Refused(reason or "something that is no Found")
        yield each
