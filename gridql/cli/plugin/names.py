"""Names of new plugins, and the folders that they get."""

from __future__ import annotations

import re
from pathlib import Path

from gridql import bundled
from gridql.errors import SetupError
from gridql.settings import Settings

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MOST = 50


def own_folder(settings: Settings, name: str) -> Path:
    """Where the new plugin `name` goes; raises SetupError for a name or place that cannot be."""
    if not _NAME.fullmatch(name) or len(name) > _MOST:
        raise SetupError(
            f"{name!r} is no name for a plugin: write snake_case, small letters and digits with "
            f"'_' between words, at most {_MOST}{_proposed(name)}"
        )
    if (bundled.folder("plugins") / name).is_dir() or name == "gridql":
        raise SetupError(f"gridql has a plugin {name} of its own: take another name")
    folder = settings.plugins_dir / name
    if folder.exists():
        raise SetupError(f"{folder} is there already")
    return folder


def snake_case(text: str) -> str:
    """`text` as a name for a plugin; empty when no letter of it could be in one."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower())
    name = "_".join(words)[:_MOST].strip("_")
    return name if _NAME.fullmatch(name) else ""


def _proposed(name: str) -> str:
    better = snake_case(name)
    return f" (such as {better})" if better else ""
