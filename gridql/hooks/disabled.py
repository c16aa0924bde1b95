"""Plugins that an administrator has disabled: a small file in the data folder, a name a line."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from gridql.errors import SetupError

FILE = "plugins-disabled.txt"

_HEAD = "# Plugins that `gridql plugin disable` has switched off, one a line.\n"


def path_in(data_dir: Path) -> Path:
    """Where the names stand."""
    return data_dir / FILE


def read(data_dir: Path) -> frozenset[str]:
    """The names of what is disabled; SetupError where the file cannot be read."""
    path = path_in(data_dir)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read: {error}") from error
    names = (line.partition("#")[0].strip() for line in lines)
    return frozenset(name for name in names if name)


def disable(data_dir: Path, name: str) -> bool:
    """Disable a plugin, whether it is there yet or not; False if it was disabled already.

    A running server takes note of it. Raises SetupError where the file cannot be written.
    """
    names = read(data_dir)
    if name not in names:
        _write(data_dir, names | {name})
    return name not in names


def enable(data_dir: Path, name: str) -> bool:
    """Enable a plugin again; False if it was not disabled."""
    names = read(data_dir)
    if name in names:
        _write(data_dir, names - {name})
    return name in names


def _write(data_dir: Path, names: frozenset[str]) -> None:
    path = path_in(data_dir)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        draft.write_text(_HEAD + "".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
