"""Reading spreadsheets: what is refused before anything is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gridql.errors import SetupError
from gridql.forms.xlsform.reading import MAX_BYTES, read

WITHOUT_PYXFORM = """
import sys
sys.modules["pyxform"] = None
from pathlib import Path
from gridql.errors import SetupError
from gridql.forms.xlsform.reading import read
try:
    read(Path("form.xlsx"))
except SetupError as error:
    print(error)
"""


def test_without_the_extra_it_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYXFORM],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "XLSForms are read with the extra: pip install 'gridql[xlsform]'\n"


def test_other_files_and_large_ones_are_not_read(tmp_path: Path) -> None:
    old, large = tmp_path / "form.xls", tmp_path / "form.xlsx"
    old.write_bytes(b"")
    large.write_bytes(b"0" * (MAX_BYTES + 1))

    with pytest.raises(SetupError, match=r"is no \.xlsx file"):
        read(old)
    with pytest.raises(SetupError, match="is larger than 10 MB"):
        read(large)
