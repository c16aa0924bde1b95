"""Reading a spreadsheet with pyxform: its questions as a tree, each with its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from gridql.errors import SetupError

try:
    from pyxform.errors import PyXFormError
    from pyxform.xls2json import workbook_to_json
    from pyxform.xls2json_backends import get_xlsform
except ImportError:  # the extra `xlsform` is not installed
    PYXFORM = False
else:
    PYXFORM = True

ROW = "gridqlRow"
"""The attribute that carries the row through pyxform, which passes on what `bind::` names."""

MAX_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a spreadsheet says."""

    tree: Mapping[str, Any]
    """The form as pyxform understands it; `bind` of each question has its row as `gridqlRow`."""
    choice_rows: Mapping[tuple[str, str], int]
    """The rows of choices, by the name of their list and their own."""
    other_sheets: tuple[str, ...]
    """The names of sheets that have a meaning in XLSForms, and none here."""


def read(path: Path) -> Workbook:
    """The XLSForm in `path`; raises SetupError where it is none, with what pyxform says of it."""
    if not PYXFORM:
        raise SetupError("XLSForms are read with the extra: pip install 'gridql[xlsform]'")
    if path.suffix.lower() != ".xlsx":
        raise SetupError(f"{path} is no .xlsx file: save the spreadsheet as one")
    if path.stat().st_size > MAX_BYTES:
        raise SetupError(f"{path} is larger than 10 MB: take the pictures out")
    try:
        workbook = get_xlsform(path)
        for index, row in enumerate(workbook.survey or ()):
            if row:
                row[f"bind::{ROW}"] = str(index + 2)
        if workbook.survey_header:
            workbook.survey_header[0][f"bind::{ROW}"] = None
        tree = workbook_to_json(workbook, fallback_form_name=path.stem, warnings=[])
    except PyXFormError as error:
        raise SetupError(f"{path} is no sound XLSForm: {error}") from error
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise SetupError(f"{path} cannot be read as a spreadsheet: {error}") from error
    rows = {
        (row.get("list_name", row.get("list name", "")), row.get("name", "")): index + 2
        for index, row in enumerate(workbook.choices or ())
    }
    others = ("entities", "osm", "external_choices")
    return Workbook(tree, rows, tuple(name for name in others if getattr(workbook, name)))
