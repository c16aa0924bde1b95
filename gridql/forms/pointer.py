"""JSON Pointer (RFC 6901): writing, reading and following it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def join(base: str, *tokens: str | int) -> str:
    """`base` lengthened by `tokens`."""
    return base + "".join("/" + escape(str(token)) for token in tokens)


def of(tokens: Iterable[str | int]) -> str:
    """The pointer that `tokens` make."""
    return join("", *tokens)


def escape(token: str) -> str:
    """`token` as it stands within a pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def split(pointer: str) -> list[str]:
    """The tokens of `pointer`; raises ValueError for text that is no pointer."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} does not start with '/'")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def follow(document: Any, tokens: Iterable[str]) -> Any:
    """What lies at `tokens` in `document`; raises KeyError where there is nothing."""
    here = document
    for token in tokens:
        if isinstance(here, list) and token.isascii() and token.isdigit():
            if int(token) >= len(here):
                raise KeyError(token)
            here = here[int(token)]
        elif isinstance(here, dict):
            here = here[token]
        else:
            raise KeyError(token)
    return here


def covers(outer: str, inner: str) -> bool:
    """Whether `inner` lies at or below `outer`."""
    return inner == outer or inner.startswith(outer + "/")
