"""A form beside the version before it: the published one, or the one in the same folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gridql.cli.console import note
from gridql.cli.opening import with_database
from gridql.cli.plugin.stored import Judged, judged
from gridql.database import sqlite_path
from gridql.errors import SetupError
from gridql.forms.changes import Change, changes
from gridql.forms.document import Loader, form_files
from gridql.forms.faults import FormRejected
from gridql.forms.library import Library, Published
from gridql.forms.version import FormVersion
from gridql.settings import Settings


@dataclass(frozen=True, slots=True)
class Comparison:
    """What has become of a form since the version before it."""

    new: FormVersion
    old: FormVersion | None = None
    """The version before; None where there is none, or where this one is published already."""
    published: bool = False
    """Whether `old` is as it was published, not as it stands in a file."""
    changes: Sequence[Change] | None = None
    judged: Judged | None = None
    """The answers to `old`, judged by `new`."""
    refused: str | None = None
    """Why a server would not take it."""


def compared(
    settings: Settings, forms: Sequence[FormVersion], others: Sequence[FormVersion] = ()
) -> list[Comparison]:
    """Each of `forms` beside the version before it, of those published or of the `others`.

    Where the settings lead to no database, only files are compared; where they lead to one that
    cannot be asked, a note says so.
    """
    if _configured(settings) and forms:
        try:
            return with_database(settings, lambda _: _with_published(forms, others))
        except SetupError as error:
            note(f"not compared with what was published: {error}")
    return [_with_file(form, others) for form in forms]


def beside(path: Path) -> list[FormVersion]:
    """The sound forms of the plugin at `path`, or of the folder that the form at `path` is in."""
    folder = path / "forms" if path.is_dir() else path.parent
    loader = Loader(folder.parent.name, folder.parent / "library")
    found = []
    for file in form_files(folder):
        with suppress(FormRejected):
            found.append(loader.load(file))
    return found


def _configured(settings: Settings) -> bool:
    url = settings.database_url
    return urlsplit(url).scheme != "sqlite" or sqlite_path(url).is_file()


async def _with_published(
    forms: Sequence[FormVersion], others: Sequence[FormVersion]
) -> list[Comparison]:
    library = Library()
    await library.load()
    return [await _since(library, form, others) for form in forms]


async def _since(library: Library, form: FormVersion, others: Sequence[FormVersion]) -> Comparison:
    same = library.get(form.name, form.version)
    if same is not None and same.form.hash == form.hash:
        return Comparison(form)
    if same is not None:
        reason = (
            f"{form.name} V{form.version} is published, and never changes: "
            f"raise its `version` to {_latest(library, form.name) + 1}"
        )
        told = [f"  {change}" for change in changes(same.form, form)]
        return Comparison(form, refused="\n  ".join([reason, *told]))
    before = _before(form, [each.form for each in library.all()])
    if before is None:
        return _with_file(form, others)
    old = library.get(before.name, before.version)
    assert isinstance(old, Published)
    found = changes(old.form, form)
    return Comparison(form, old.form, True, found, await judged(old, form))


def _with_file(form: FormVersion, others: Iterable[FormVersion]) -> Comparison:
    old = _before(form, others)
    return Comparison(form, old, False, changes(old, form)) if old else Comparison(form)


def _before(form: FormVersion, forms: Iterable[FormVersion]) -> FormVersion | None:
    earlier = [each for each in forms if each.name == form.name and each.version < form.version]
    return max(earlier, key=lambda each: each.version, default=None)


def _latest(library: Library, name: str) -> int:
    return max(each.form.version for each in library.all() if each.form.name == name)
