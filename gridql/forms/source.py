"""Reading one JSON file of a form or library, with its translations, within bounds."""

from __future__ import annotations

import glob
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridql.errors import LANGS, Lang
from gridql.forms.faults import FormFault, FormRejected
from gridql.forms.translate import translate

MAX_BYTES = 1_000_000
MAX_LEVELS = 64
MAX_VALUES = 20_000
MAX_ITEMS = 1_000
"""No list of a form may be half as long: so much is still looked through to name every fault."""


@dataclass(frozen=True, eq=False)
class Source:
    """One file as it was written, and with its texts in each language."""

    path: Path
    raw: dict[str, Any]
    by_lang: Mapping[Lang, dict[str, Any]]
    faults: tuple[FormFault, ...]
    """What is wrong with its translations."""

    def fault(self, pointer: str, reason: str, proposal: str) -> FormFault:
        """A fault in this file."""
        return FormFault(str(self.path), pointer, reason, proposal)


def read_source(path: Path) -> Source:
    """Read `path` and the files `<stem>.<lang>.json` beside it; raises FormRejected for `path`."""
    raw = read_object(path)
    excess = _excess(raw)
    if excess:
        raise FormRejected([FormFault(str(path), "", excess, "Split it into several.")])
    base = raw.get("language", LANGS[0])
    by_lang = dict.fromkeys(LANGS, raw)
    faults: list[FormFault] = []
    for lang, file in translations(path).items():
        known = next((each for each in LANGS if each == lang and each != base), None)
        if known is None:
            faults.append(_misnamed(file, lang, base))
            continue
        try:
            by_lang[known], wrong = translate(raw, read_object(file))
        except FormRejected as rejected:
            faults += rejected.faults
        else:
            faults += [FormFault(str(file), *each) for each in wrong]
    return Source(path, raw, by_lang, tuple(faults))


def translations(path: Path) -> dict[str, Path]:
    """The files that translate `path`, by the language in their names."""
    found = path.parent.glob(f"{glob.escape(path.stem)}.*.json")
    return {file.name[len(path.stem) + 1 : -len(".json")]: file for file in sorted(found)}


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in `path`; raises FormRejected when it is not one, too big or too deep."""

    def refuse(reason: str, proposal: str) -> FormRejected:
        return FormRejected([FormFault(str(path), "", reason, proposal)])

    try:
        if path.stat().st_size > MAX_BYTES:
            raise refuse("it is larger than 1 MB", "Split the form, or leave out what is data.")
        text = path.read_bytes().decode()
        document = json.loads(
            text, object_pairs_hook=_members, parse_constant=_no_constant, parse_int=_whole
        )
    except OSError as error:
        raise refuse(
            f"it cannot be read: {error.strerror}", "Check its name and rights."
        ) from error
    except UnicodeDecodeError as error:
        raise refuse("it is not UTF-8", "Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise refuse(f"it is not JSON: {error.msg} at {where}", "Mend it there.") from error
    except ValueError as error:
        raise refuse(f"it is not sound JSON: {error}", "Mend it there.") from error
    except RecursionError as error:
        raise _too_deep(path) from error
    if not isinstance(document, dict):
        raise refuse("it is not an object", "Start it with '{'.")
    if not _shallow(document):
        raise _too_deep(path)
    return document


def _shallow(document: Any) -> bool:
    layer = [document]
    for _ in range(MAX_LEVELS):
        layer = [
            child
            for node in layer
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not layer:
            return True
    return False


def _excess(document: dict[str, Any]) -> str | None:
    pending: list[Any] = [document]
    for count, value in enumerate(pending):
        if isinstance(value, list) and len(value) > MAX_ITEMS:
            return f"a list in it has over {MAX_ITEMS} items"
        if count == MAX_VALUES:
            return f"it holds over {MAX_VALUES} values"
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return None


def _too_deep(path: Path) -> FormRejected:
    reason = f"it is nested more than {MAX_LEVELS} levels deep"
    return FormRejected([FormFault(str(path), "", reason, "Flatten its groups of questions.")])


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"{twice!r} stands twice in one object")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _whole(digits: str) -> int:
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{digits} takes more than 64 bits")
    return number


def _misnamed(file: Path, lang: str, base: object) -> FormFault:
    if lang == base:
        reason = f"the form is written in {base!r} itself"
        return FormFault(str(file), "", reason, "Delete this file, or change its `language`.")
    known = " or ".join(repr(each) for each in LANGS)
    return FormFault(str(file), "", f"{lang!r} is no language of gridql", f"Use {known}.")
