"""Patterns: judged in linear time by the server, and read alike by a browser."""

from __future__ import annotations

import re

import jsonschema_rs

Obstacle = tuple[str, str]
"""Reason, proposal."""

_ESCAPE = (
    r"\\(?:[dDwWsSnrtfv^$\\.*+?()\[\]{}|/]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}"
    r"|[pP]\{(?:[A-Z][a-z]?|[A-Za-z_]+=[A-Za-z_]+)\})"
)
_PART = re.compile(
    rf"(?P<again>(?:[*+?]|\{{\d+(?:,\d*)?\}})\??)"
    rf"|{_ESCAPE}"
    r"|(?P<opens>\((?:\?:|\?<[A-Za-z][A-Za-z0-9]*>)?|[|^$])"
    r"|[).]"
    rf"|\[\^?(?!\])(?:(?!&&|--|~~)[^\\\[\]]|{_ESCAPE}|\\-)+\]"
    r"|[^\\()\[\]{}*+?|^$.]"
)
"""One part of a pattern, as JavaScript (with the flag `u`) and the linear engine both read it."""


def obstacle(pattern: str) -> Obstacle | None:
    """Why `pattern` is not taken and what to write instead; None when it is."""
    if not _linear(pattern):
        return (
            "the pattern is no regular expression that can be judged in linear time",
            "Leave out look-around and back-references, and keep repeats below some hundreds.",
        )
    at, complete = 0, False
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if part is None or (part["again"] and not complete):
            rest = pattern[at - 1 :] if pattern[at - 1 : at + 1] == "(?" else pattern[at:]
            reason = f"a browser and gridql read the pattern differently from {rest[:12]!r} on"
            return reason, _instead(rest)
        complete = not (part["again"] or part["opens"])
        at = part.end()
    return None


def _linear(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        )
    except ValueError:
        return False
    return True


def _instead(rest: str) -> str:
    """What to write in place of the foreign part that `rest` starts with."""
    script = re.match(r"\\([pP])\{([A-Za-z_]{3,})\}", rest)
    if script:
        return f"Write '\\{script[1]}{{Script={script[2]}}}'."
    if rest.startswith("(?"):
        return "Write plain groups, '(…)' or '(?:…)': flags have to be spelt out, '[Aa]'."
    if rest.startswith("\\"):
        return f"Write {rest[1:2]!r} without '\\', or a class such as '[-_]'."
    if rest.startswith("["):
        return "Put '\\' before '[' and ']' within the class, and name its characters singly."
    return f"Write '\\{rest[:1]}' for the character itself, and repeat each part only once."
