"""How the value of a setting is read, from the text of a variable or from TOML."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Reader(NamedTuple):
    """How a setting is read; `read(value, base)` raises ValueError with what it should have been.

    A value is text from the environment or whatever TOML has; `base` is the folder that a relative
    path starts from.
    """

    kind: str
    read: Callable[[Any, Path], Any]


def _text(value: Any, base: Path) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("has to be a text")
    return value.strip()


def _path(value: Any, base: Path) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError("has to be a path")
    try:
        return (base / Path(value).expanduser()).absolute()
    except RuntimeError as error:
        raise ValueError("begins with the home folder of somebody unknown") from error


def _database_url(value: Any, base: Path) -> str:
    if not isinstance(value, str) or urlsplit(value).scheme not in (
        "sqlite",
        "postgres",
        "postgresql",
    ):
        # The value is not repeated: it may hold a password.
        raise ValueError("has to be sqlite:///path or postgresql://user@host/name")
    return value


def _log_level(value: Any, base: Path) -> str:
    if not isinstance(value, str) or value.upper() not in LOG_LEVELS:
        raise ValueError(f"has to be one of {', '.join(LOG_LEVELS)}")
    return value.upper()


def _flag(value: Any, base: Path) -> bool:
    word = str(value).strip().lower()
    if not isinstance(value, str | bool) or word not in ("true", "false"):
        raise ValueError("has to be true or false")
    return word == "true"


def _names(value: Any, base: Path) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("has to be a list of names")
    return tuple(part.strip() for part in parts if part.strip())


def _address(value: Any, base: Path) -> str:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("has to be an address such as https://grid.example")
    return str(value)


def _pauses(value: Any, base: Path) -> tuple[float, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    numbers = tuple(map(_number, parts)) if isinstance(parts, list | tuple) else ()
    if not 1 <= len(numbers) <= 100 or not all(0 < each <= 604_800 for each in numbers):
        raise ValueError("has to be a list of seconds, each above 0 and at most 604800")
    return numbers


def whole(low: int, high: int) -> Reader:
    """A whole number within the bounds, both of them included."""

    def read(value: Any, base: Path) -> int:
        number = _number(value)
        if not low <= number <= high or number != int(number):
            raise ValueError(f"has to be a whole number from {low} to {high}")
        return int(number)

    return Reader(f"whole number, {low} to {high}", read)


def seconds(low: float, high: float) -> Reader:
    """A number of seconds within the bounds, both of them included."""
    return number(low, high, "seconds")


def number(low: float, high: float, of: str = "") -> Reader:
    """A number, of things called `of`, within the bounds, both of them included."""
    what = f"a number of {of}" if of else "a number"

    def read(value: Any, base: Path) -> float:
        number = _number(value)
        if not low <= number <= high:
            raise ValueError(f"has to be {what} from {low:g} to {high:g}")
        return number

    return Reader(f"{of or 'number'}, {low:g} to {high:g}", read)


def _number(value: Any) -> float:
    """`value` as a number; not-a-number, which is outside of every range, where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


TEXT = Reader("text", _text)
PATH = Reader("path", _path)
URL = Reader("URL", _database_url)
LOG_LEVEL = Reader(f"one of {', '.join(LOG_LEVELS)}", _log_level)
NAMES = Reader("names, separated by commas", _names)
FLAG = Reader("true or false", _flag)
ADDRESS = Reader("address", _address)
PAUSES = Reader("seconds, separated by commas", _pauses)


def read_toml(path: Path, faults: list[str]) -> dict[str, Any]:
    """What the file says; where it cannot be read, nothing, and why joins the faults."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        faults.append(f"{path}: is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path}: is not TOML: {error}")
    return {}


def proposal(name: str, names: Iterable[str], spelled: Callable[[str], str] = str) -> str:
    """What to add to a fault about an unknown name: the one that was meant, if any is near."""
    near = get_close_matches(name.lower(), names, n=1)
    return f"; did you mean {spelled(near[0])}?" if near else ""
