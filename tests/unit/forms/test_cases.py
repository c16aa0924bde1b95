"""Golden cases: what a form makes of answers, and what a case says it should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gridql import bundled
from gridql.forms.cases import check_cases
from gridql.forms.document import load_form

SHOP = load_form(
    bundled.folder("plugins") / "nine_small_places/forms/nineSmallPlacesShop.json",
    "nine_small_places",
)
GOLDEN = bundled.folder("plugins") / "nine_small_places/cases/shop_three_faults.json"


def told(folder: Path, whole: bool = True, **changed: Any) -> list[str]:
    """What is said of the golden case with some members `changed`."""
    case = json.loads(GOLDEN.read_text(encoding="utf-8")) | changed
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")
    count, faults = check_cases(folder, [SHOP], whole=whole)
    assert {fault.case for fault in faults} <= {"case.json"}
    return [f"{count}", *(fault.reason for fault in faults)]


def test_a_case_that_comes_out_as_it_says_is_counted(tmp_path: Path) -> None:
    assert told(tmp_path) == ["1"]


def test_what_comes_out_otherwise_is_told_side_by_side(tmp_path: Path) -> None:
    expected = {"findings": ["exitClear"], "faults": ["/remark"], "score": None}

    assert told(tmp_path, expected=expected) == [
        "1",
        "faults: expected ['/remark'], came []",
        "findings: expected ['exitClear'], came ['exitClear', 'extinguisherOk', 'stockHeight']",
        "score: expected None, came {'value': 74, 'grade': 'C'}",
    ]


def test_a_file_that_is_no_case_says_why(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    _, [broken] = check_cases(tmp_path, [SHOP])
    (tmp_path / "broken.json").unlink()

    assert broken.reason.startswith("it is not JSON")
    assert told(tmp_path, expected=5, remarks="") == [
        "1",
        "`remarks` means nothing in a case",
        "`expected` is no object",
    ]
    assert told(tmp_path, expected={"finding": []}) == [
        "1",
        "nothing like `finding` can be expected",
    ]
    assert told(tmp_path, expected={"faults": 5, "measures": []}) == [
        "1",
        "`faults` is no list of texts",
        "`measures` is no object",
    ]


def test_a_case_names_a_form_of_its_plugin(tmp_path: Path) -> None:
    assert told(tmp_path, version=2) == [
        "1",
        "there is no version 2 of a form 'nineSmallPlacesShop'",
    ]
    assert told(tmp_path, version="1") == [
        "1",
        "there is no version '1' of a form 'nineSmallPlacesShop'",
    ]
    assert told(tmp_path, whole=False, form="another") == ["0"]
