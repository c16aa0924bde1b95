"""Loading a form document: read, judged, put together; every fault at once when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gridql import bundled
from gridql.errors import LANGS
from gridql.forms.bundle import Bundle
from gridql.forms.faults import FormFault, FormRejected
from gridql.forms.references import Node, Shelf, root_of
from gridql.forms.rules import Rules, text
from gridql.forms.shape import shape_of
from gridql.forms.source import Source, read_source
from gridql.forms.structure import UNEVALUATED, structures
from gridql.forms.subset import Subset
from gridql.forms.uischema import check_ui
from gridql.forms.version import Category, FormKind, FormVersion, SubjectKind


class Loader:
    """Loads the forms of one plugin; its libraries are read and checked once."""

    def __init__(self, plugin: str, library: Path, shared: Path | None = None) -> None:
        self.plugin = plugin
        self._shelf = Shelf(plugin, library, shared or bundled.folder("schemas"))
        self._form, self._library = structures(shared or bundled.folder("schemas"))
        self._checked: dict[Source, list[FormFault]] = {}

    def load(self, path: Path) -> FormVersion:
        """The form at `path`, in all languages; raises FormRejected with every fault."""
        form = read_source(path)
        faults = [*self._form_faults(form), *self._library_faults()]
        if faults:
            raise FormRejected(faults)
        version = self._put_together(form)
        try:
            shape_of(version)
        except ValueError as error:
            proposal = "Rename one of the two."
            raise FormRejected([form.fault("/schema", str(error), proposal)]) from error
        return version

    def _form_faults(self, form: Source) -> list[FormFault]:
        subset = Subset(self._shelf)
        questions = Node(form.raw.get("schema"), form, root_of(form))
        subset.form(questions)
        ui = Node(form.raw.get("uiSchema"), form, "/uiSchema")
        told = [
            *form.faults,
            *_misnamed(form),
            *subset.faults,
            *Rules(form, self._shelf).faults(),
            *check_ui(ui, questions, self._shelf),
        ]
        return _without_echoes(told, self._form.faults(form))

    def _library_faults(self) -> Iterator[FormFault]:
        for library in self._shelf.opened():
            if isinstance(library, FormRejected):
                yield from library.faults
                continue
            if library not in self._checked:
                subset = Subset(self._shelf)
                subset.definitions(Node(library.raw, library, ""))
                outer = self._library.faults(library)
                told = [*library.faults, *subset.faults]
                self._checked[library] = _without_echoes(told, outer)
            yield from self._checked[library]

    def _put_together(self, form: Source) -> FormVersion:
        bundles = {lang: Bundle(form, self._shelf, lang) for lang in LANGS}
        rules = Rules(form, self._shelf)
        raw = form.raw
        root = Node(raw, form, "")
        return FormVersion(
            name=raw["name"],
            version=raw["version"],
            kind=FormKind(raw["kind"]),
            subject=SubjectKind(raw["subject"]),
            plugin=self.plugin,
            title=text(root, "title"),
            description=text(root, "description") if "description" in raw else None,
            category=Category(**raw["category"]) if "category" in raw else None,
            schemas={lang: bundles[lang].schema for lang in LANGS},
            ui_schemas={lang: form.by_lang[lang].get("uiSchema", {}) for lang in LANGS},
            findings=rules.findings(),
            score=rules.score(),
            measures=rules.measures(),
            shared=bundles[LANGS[0]].shared,
        )


def load_form(path: Path, plugin: str, shared: Path | None = None) -> FormVersion:
    """The form at `path` by itself; its libraries are in the folder `library` next to its own."""
    return Loader(plugin, path.parent.parent / "library", shared).load(path)


def form_files(folder: Path) -> list[Path]:
    """The form documents in `folder`: its JSON files, without translations."""
    return sorted(path for path in folder.glob("*.json") if "." not in path.stem and path.is_file())


def _misnamed(form: Source) -> Iterator[FormFault]:
    name, version = form.raw.get("name"), form.raw.get("version")
    if isinstance(name, str) and form.path.stem not in (name, f"{name}V{version}"):
        reason = f"the file is called {form.path.stem!r}, the form {name!r}"
        yield form.fault("/name", reason, f"Call the file {name}.json.")


def _without_echoes(told: list[FormFault], outer: list[FormFault]) -> list[FormFault]:
    """`told`, and what only the meta-schema saw: the same fault is not said twice."""
    places = (
        {fault.pointer for fault in told if fault.file == str(outer[0].file)} if outer else set()
    )
    around = places | {_above(place) for place in places}
    anywhere_above = {above for place in places for above in _all_above(place)}
    return told + [
        fault
        for fault in outer
        if fault.pointer not in around
        and _above(fault.pointer) not in places
        and not (fault.proposal == UNEVALUATED and fault.pointer in anywhere_above)
    ]


def _above(pointer: str) -> str:
    return pointer.rpartition("/")[0]


def _all_above(pointer: str) -> Iterator[str]:
    while pointer:
        pointer = _above(pointer)
        yield pointer
