"""The expressions of XLSForms, `${floors} > 3 and selected(${fuel}, 'gas')`, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{\s*(?P<in>[^}\s]+)\s*\}|\.\./(?P<beside>[\w.-]+))"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<sign><=|>=|!=|[=<>(),.]))"
)
_OPERATORS = ("<=", ">=", "!=", "=", "<", ">")
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
MAX_DEPTH = 20


class Unmappable(Exception):
    """An expression says what no condition of a form can; the message says what."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Reference:
    """The answer to another question, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Itself:
    """The answer that a constraint is about."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `and`, `or`, `not` and comparisons count as such."""

    name: str
    arguments: tuple[Expression, ...]


Expression = Literal | Reference | Itself | Call


def parse(text: str) -> Expression:
    """The expression in `text`; raises Unmappable where it is beyond the subset."""
    parser = _Parser(list(_tokens(text)))
    found = parser.either(0)
    parser.expect("")
    return found


def references(expression: Expression) -> Iterator[str]:
    """The names of the questions that an expression is about."""
    if isinstance(expression, Reference):
        yield expression.name
    elif isinstance(expression, Call):
        for each in expression.arguments:
            yield from references(each)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, text = 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unmappable(f"{text[at:].strip()[:12]!r} has no counterpart")
        at = match.end()
        if match["name"]:
            yield "name", match["in"] or match["beside"]
        else:
            kind = str(match.lastgroup)
            yield kind, match[kind]
    yield "end", ""


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def either(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise Unmappable("it is nested too deeply")
        found = self._both(depth)
        while self._take("word", "or"):
            found = Call("or", (found, self._both(depth)))
        return found

    def expect(self, text: str) -> None:
        kind, found = self._tokens[self._at]
        if found != text or kind == "text":
            raise Unmappable(f"{found or 'its end'!r} is not expected there")
        self._at += 1

    def _both(self, depth: int) -> Expression:
        found = self._compared(depth)
        while self._take("word", "and"):
            found = Call("and", (found, self._compared(depth)))
        return found

    def _compared(self, depth: int) -> Expression:
        left = self._single(depth)
        for operator in _OPERATORS:
            if self._take("sign", operator):
                return Call(operator, (left, self._single(depth)))
        return left

    def _single(self, depth: int) -> Expression:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "name":
            return Reference(text)
        if kind == "text":
            return Literal(text[1:-1])
        if kind == "number":
            return Literal(float(text))
        if kind == "word":
            return self._call(text, depth)
        if text == "(":
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        if text == ".":
            return Itself()
        raise Unmappable(f"{text or 'its end'!r} is not expected there")

    def _call(self, name: str, depth: int) -> Expression:
        self.expect("(")
        arguments: list[Expression] = []
        while not self._take("sign", ")"):
            if arguments:
                self.expect(",")
            arguments.append(self.either(depth + 1))
        return Call(name, tuple(arguments))

    def _take(self, kind: str, text: str) -> bool:
        if self._tokens[self._at] != (kind, text):
            return False
        self._at += 1
        return True
