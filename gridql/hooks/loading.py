"""Loading one plugin: its code in time and apart from others, its forms if they have changed."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import Any

import pluggy

from gridql.forms.document import Loader, form_files
from gridql.forms.faults import FormFault, FormRejected
from gridql.forms.shape import ObjectShape, shape_of
from gridql.forms.source import MAX_BYTES, read_object, translations
from gridql.forms.version import FormVersion
from gridql.hooks.infos import PluginInfo, Raised, Refused
from gridql.hooks.plugins import Taken
from gridql.hooks.saying import Code, kind_of
from gridql.hooks.threads import MOST_STUCK, Lane, Outcome, Overdue, Stuck
from gridql.plugin import PROJECT, Hooks

CODE_FILE = "plugin.py"
IMPORT_TIMEOUT_S = 3.0
MOST_FILES = 10_000
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")

_numbers = count(1)


@dataclass(frozen=True)
class Draft:
    """A form that is still being written: a server neither judges nor publishes it."""

    type_name: str


_Form = tuple[FormVersion, ObjectShape] | Draft


@dataclass(frozen=True)
class Candidate:
    """Something that may be a plugin."""

    name: str
    source: str
    folder: Path | None = None
    code: Callable[[], object] | None = None


def in_folder(path: Path) -> Candidate:
    """The plugin in the folder `path`."""
    code = path / CODE_FILE
    load = (lambda: _import(path.name, code)) if code.is_file() else None
    return Candidate(path.name, str(path), path, load)


def mark(candidate: Candidate, places: Iterable[Path] = ()) -> object:
    """What the files of a plugin look like: the same as before means that nothing has changed.

    Raises Refused for a folder with more files than any plugin has.
    """
    folders = [candidate.folder] if candidate.folder else []
    return candidate.source, tuple(_looks([*folders, *places]))


def _looks(folders: Iterable[Path]) -> Iterator[tuple[object, ...]]:
    seen = 0
    for top in folders:
        for folder, inner, files in os.walk(top):
            inner[:] = sorted(each for each in inner if each[0] != "." and each != "__pycache__")
            seen += len(files)
            if seen > MOST_FILES:
                raise Refused(f"it holds more than {MOST_FILES} files")
            for name in sorted(files):
                path = Path(folder, name)
                try:
                    stat = path.stat()
                except OSError:
                    continue
                yield str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


class FormStore:
    """Forms that were loaded before: a document that has not changed is not loaded again.

    With `drafts_too` those that are being written are loaded like any other.
    """

    def __init__(self, *, drafts_too: bool = False) -> None:
        self._drafts_too = drafts_too
        self._known: dict[str, _Form | FormRejected] = {}
        self._used: dict[str, _Form | FormRejected] = {}

    def forget(self) -> None:
        """Forget what was not asked for since this was last called."""
        self._known, self._used = self._used, {}

    def load(self, plugin: str, documents: Iterable[Path]) -> list[_Form]:
        """The forms in `documents`; FormRejected carries the faults of all of them together."""
        libraries: dict[Path, _Library] = {}
        found: list[_Form] = []
        faults: list[FormFault] = []
        for path in documents:
            folder = path.parent.parent / "library"
            library = libraries.setdefault(folder, _Library(plugin, folder, self._drafts_too))
            form = self._form(library, path)
            if isinstance(form, FormRejected):
                faults += form.faults
            else:
                found.append(form)
        if faults:
            raise FormRejected(faults)
        return found

    def _form(self, library: _Library, path: Path) -> _Form | FormRejected:
        key = library.digest(path)
        known = self._used.get(key) or self._known.get(key)
        if known is None:
            known = library.form(path)
            if library.digest(path) != key:
                return known  # it has changed meanwhile: good for now, but not to be kept
        self._used[key] = known
        return known


class _Library:
    """Loads the forms that share a library, and says by what they can be known again."""

    def __init__(self, plugin: str, folder: Path, drafts_too: bool) -> None:
        self._plugin = plugin
        self._drafts_too = drafts_too
        self._folder = folder
        self._loader: Loader | None = None
        self._digest = _digest(sorted(folder.glob("*.json")))

    def digest(self, path: Path) -> str:
        """Of all that the form at `path` is made of."""
        own = _digest([path, *translations(path).values()])
        return f"{self._plugin}\n{path}\n{own}\n{self._digest}"

    def form(self, path: Path) -> _Form | FormRejected:
        """The form, or what is wrong with it."""
        self._loader = self._loader or Loader(self._plugin, self._folder)
        try:
            raw = read_object(path)
            if raw.get("draft") is True and not self._drafts_too:
                return Draft(f"{path.stem[:1].upper()}{path.stem[1:]}V{raw.get('version', 1)}")
            form = self._loader.load(path)
        except FormRejected as rejected:
            return rejected
        return form, shape_of(form)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\n".encode("utf-8", "surrogateescape"))
        try:
            size = path.stat().st_size
            # What is larger is refused by its size.
            content = path.read_bytes() if size <= MAX_BYTES and path.is_file() else b""
        except OSError:
            continue
        digest.update(f"{size}\n".encode() + content)
    return digest.hexdigest()


class PluginLoader:
    """Loads plugins, one by one."""

    def __init__(
        self, import_timeout_s: float = IMPORT_TIMEOUT_S, *, drafts_too: bool = False
    ) -> None:
        self.forms = FormStore(drafts_too=drafts_too)
        self._import_timeout_s = import_timeout_s
        self._stuck = Stuck()

    def load(self, candidate: Candidate) -> Taken:
        """The plugin; raises Refused, Raised or FormRejected for one that cannot be taken."""
        name = candidate.name
        before = mark(candidate)
        code: Code | None = None
        listed: list[Path] = []
        home = candidate.folder
        if candidate.code is not None:
            code, listed, home = self._code(candidate, candidate.code)
        places = [home / "forms"] if home and (home / "forms").is_dir() else []
        documents = _documents([*places, *listed])
        if not documents and code is None:
            raise Refused(f"it has no form in a folder `forms`, and no {CODE_FILE}")
        loaded = self.forms.load(name, documents)
        found = [each for each in loaded if not isinstance(each, Draft)]
        info = PluginInfo(
            name,
            kind_of(code),
            candidate.source,
            tuple(form for form, _ in found),
            tuple(each.type_name for each in loaded if isinstance(each, Draft)),
        )
        beside = _beside(candidate.folder, documents)
        if beside:
            before = mark(candidate, beside)
        return Taken(info, tuple(shape for _, shape in found), code, before, beside)

    def _code(
        self, candidate: Candidate, code: Callable[[], object]
    ) -> tuple[Code, list[Path], Path | None]:
        """The hooks that a plugin implements, the documents that it names, its folder."""
        if self._stuck.count() >= MOST_STUCK:
            raise Refused(f"{MOST_STUCK} calls of plugins' code never came back: restart gridql")
        lane = Lane(f"plugin {candidate.name}", self._stuck)
        limit_s = self._import_timeout_s
        try:
            outcome: Outcome = lane.run_here(lambda: _begin(candidate.name, code), limit_s)
        except Overdue:
            reason = f"to import it took longer than {limit_s:g} s (plugins_import_timeout_s)"
            raise Refused(reason) from None
        if outcome.error is not None:
            lane.close()
            raise outcome.error
        hooks, listed, home = outcome.value
        return Code(candidate.name, candidate.source, hooks, lane), listed, home


def _begin(
    name: str, code: Callable[[], object]
) -> tuple[pluggy.PluginManager, list[Path], Path | None]:
    """Import code, in a thread of its own; hooks that there are not are refused."""
    try:
        module: Any = code()
        hooks = pluggy.PluginManager(PROJECT)
        hooks.add_hookspecs(Hooks)
        hooks.register(module, name)
        hooks.check_pending()
        listed: list[Path] = [Path(each) for some in hooks.hook.forms() for each in some]
        file = getattr(module, "__file__", None)
    except BaseException as error:
        raise Raised("it", error) from None
    return hooks, listed, Path(file).parent if file else None


def _import(name: str, code: Path) -> object:
    """The module in `code`, as a package of its folder, so that it may import from beside it.

    Each import has a name of its own: what was imported before goes on as it was, also where it
    imports something only now.
    """
    module_name = f"gridql_plugin_{name}_{next(_numbers)}"
    spec = spec_from_file_location(module_name, code, submodule_search_locations=[str(code.parent)])
    if spec is None or spec.loader is None:
        raise Refused(f"{code} cannot be imported")
    module = module_from_spec(spec)
    sys.modules[module_name] = module
    importlib.invalidate_caches()
    # Compiled files are found again by the second of the change, which is too coarse here.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except BaseException:
        for each in [each for each in sys.modules if f"{each}.".startswith(f"{module_name}.")]:
            del sys.modules[each]
        raise
    finally:
        sys.dont_write_bytecode = before
    return module


def _documents(places: Iterable[Path]) -> list[Path]:
    documents: dict[Path, None] = {}
    for place in places:
        found = form_files(place) if place.is_dir() else [place]
        documents |= dict.fromkeys(path.resolve() for path in found)
    return list(documents)


def _beside(folder: Path | None, documents: Iterable[Path]) -> tuple[Path, ...]:
    """The folders of documents that do not lie in the plugin's own."""
    own = folder.resolve() if folder else None
    homes = dict.fromkeys(path.parent.parent for path in documents)
    return tuple(home for home in homes if own is None or not home.is_relative_to(own))
