"""Where the files that come with gridql lie: inside the installed package, or beside a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).resolve().parent


def folder(name: Literal["plugins", "schemas"]) -> Path:
    """The bundled folder `name`: packed into the wheel as `_bundled`, else next to the package."""
    packed = PACKAGE / "_bundled" / name
    return packed if packed.is_dir() else PACKAGE.parent / name
