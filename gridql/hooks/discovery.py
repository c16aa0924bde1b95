"""Finding plugins: the bundled ones, an operator's own, those of installed packages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path

from gridql import bundled
from gridql.forms.document import load_form
from gridql.forms.faults import FormFault, FormRejected
from gridql.forms.shape import type_names
from gridql.hooks import disabled
from gridql.hooks.infos import (
    Disabled,
    PluginInfo,
    PluginKind,
    Quarantined,
    Raised,
    Refused,
)
from gridql.hooks.loading import (
    IMPORT_TIMEOUT_S,
    NAME,
    Candidate,
    PluginLoader,
    in_folder,
    mark,
)
from gridql.hooks.plugins import HOOK_TIMEOUT_S, Plugins, Taken
from gridql.plugin import PROJECT
from gridql.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where plugins are looked for, and which of them are left out."""

    bundled_dir: Path | None = None
    """Stands in for the folder that comes with gridql."""
    plugins_dir: Path | None = None
    required: bool = True
    """Whether it is worth a word that there is no `plugins_dir`."""
    allow: Collection[str] = ()
    deny: Collection[str] = ()
    data_dir: Path | None = None
    """Where it stands what administrators have disabled."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders with plugins in them, the first that has a name wins."""
        own = () if self.plugins_dir is None else (self.plugins_dir,)
        return (self.bundled_dir or bundled.folder("plugins"), *own)


class Discovery:
    """Finds and loads plugins, again and again: what has not changed stays as it is."""

    def __init__(
        self,
        where: Where,
        *,
        import_timeout_s: float = IMPORT_TIMEOUT_S,
        hook_timeout_s: float = HOOK_TIMEOUT_S,
        drafts_too: bool = False,
    ) -> None:
        self.where = where
        self._loader = PluginLoader(import_timeout_s, drafts_too=drafts_too)
        self._hook_timeout_s = hook_timeout_s
        self._failed: dict[str, tuple[object, Quarantined]] = {}

    @classmethod
    def of(cls, settings: Settings) -> Discovery:
        """The one that these settings ask for."""
        where = Where(
            plugins_dir=settings.plugins_dir,
            required=settings.plugins_dir != settings.data_dir / "plugins",
            allow=settings.plugins_allow,
            deny=settings.plugins_deny,
            data_dir=settings.data_dir,
        )
        return cls(
            where,
            import_timeout_s=settings.plugins_import_timeout_s,
            hook_timeout_s=settings.plugins_hook_timeout_s,
        )

    def run(self, before: Plugins | None = None, *, again: bool = True) -> Plugins:
        """The plugins as they are now.

        What is as it was `before` is not loaded again, and what was out for a reason that stands
        in its own files, or that a hook gave, stays out until they change, or with `again`. Where
        a change cannot be taken, the plugin is in as it was. Waits for the plugins' code: not to
        be called on an event loop.
        """
        off = self._disabled()
        plugins = Plugins(self._hook_timeout_s, off | frozenset(self.where.deny))
        found: list[tuple[Candidate, Taken | Quarantined]] = []
        for each in self._candidates(plugins):
            if self._wanted(each.name):
                if each.name in off:
                    plugins.disable(Disabled(each.name, each.source))
                else:
                    found.append((each, self.load(each, before, again=again)))
        fits = _fit([taken for _, taken in found if isinstance(taken, Taken)])
        for candidate, taken in found:
            self._take(plugins, candidate, taken, before, fits)
        self._loader.forms.forget()
        return plugins

    def _candidates(self, plugins: Plugins) -> Iterator[Candidate]:
        for folder in self.where.folders:
            if folder.is_dir():
                yield from map(in_folder, _plugin_folders(folder))
            elif self.where.required or folder != self.where.plugins_dir:
                plugins.put_out(Quarantined(folder.name, str(folder), "there is no such folder"))
        for entry in entry_points(group=PROJECT):
            yield Candidate(entry.name, f"entry point {entry.value}", None, entry.load)

    def _wanted(self, name: str) -> bool:
        return name not in self.where.deny and (not self.where.allow or name in self.where.allow)

    def _disabled(self) -> frozenset[str]:
        return disabled.read(self.where.data_dir) if self.where.data_dir else frozenset()

    def load(
        self, candidate: Candidate, before: Plugins | None = None, *, again: bool = True
    ) -> Taken | Quarantined:
        """The one plugin, or why it is out; see `run`."""
        earlier = _earlier(candidate, before)
        failed = self._failed.get(candidate.source)
        look: object = None
        try:
            if not NAME.fullmatch(candidate.name) or candidate.name == PROJECT:
                raise Refused("its name is not snake_case, or it is gridql's own")
            stands = earlier is not None and not (again and earlier.failure)
            if earlier and stands and mark(candidate, earlier.places) == earlier.mark:
                return earlier
            look = mark(candidate)
            if failed and failed[0] == look and not again:
                return failed[1]
            return self._loader.load(candidate)
        except FormRejected as rejected:
            count = len(rejected.faults)
            out = _out(candidate, f"{count} fault(s) in its forms", faults=rejected.faults)
        except Raised as raised:
            out = _out(candidate, str(raised), traceback=raised.traceback)
        except Refused as refused:
            out = _out(candidate, str(refused))
        except OSError as error:
            out = _out(candidate, f"it cannot be read: {error}")
        except Exception as error:  # whoever's fault it is: one plugin is out, and not the server
            bug = Raised("loading it", error)
            out = _out(candidate, str(bug), traceback=bug.traceback)
        self._failed[candidate.source] = (look, out)
        return out

    def _take(
        self,
        plugins: Plugins,
        candidate: Candidate,
        found: Taken | Quarantined,
        before: Plugins | None,
        fits: bool,
    ) -> None:
        if isinstance(found, Taken):
            try:
                plugins.take(found, fits=fits)
            except Refused as refused:
                found = _out(candidate, str(refused))
            else:
                return
        plugins.put_out(found, before)
        earlier = _earlier(candidate, before)
        if earlier is not None:
            try:
                plugins.take(earlier)
            except Refused:
                return  # another stands in its place now


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
    where = Where(plugins_dir=plugins_dir, allow=allow, deny=deny, bundled_dir=bundled_dir)
    return Discovery(where).run()


def check(path: Path) -> PluginInfo | Quarantined:
    """Try the plugin, or the one form document, at `path`, apart from all others; drafts too."""
    path = path.resolve()
    if path.is_dir():
        found = Discovery(Where(), drafts_too=True).load(in_folder(path))
        return found.info if isinstance(found, Taken) else found
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


def _earlier(candidate: Candidate, before: Plugins | None) -> Taken | None:
    """The plugin as it was before, from the same place."""
    taken = before.taken.get(candidate.name) if before else None
    return taken if taken is not None and taken.info.source == candidate.source else None


def _fit(found: list[Taken]) -> bool:
    """Whether all of them can stand beside one another: mostly so, and asked but once."""
    try:
        type_names(chain.from_iterable(each.shapes for each in found))
    except ValueError:
        return False
    return True


def _out(
    candidate: Candidate,
    reason: str,
    faults: tuple[FormFault, ...] = (),
    traceback: str | None = None,
) -> Quarantined:
    has_code = candidate.code is not None
    return Quarantined(candidate.name, candidate.source, reason, faults, traceback, has_code)
