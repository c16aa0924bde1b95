"""Shared blocks: the libraries that a form may refer to, and following references to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridql.forms import pointer as json_pointer
from gridql.forms.faults import FormRejected
from gridql.forms.source import MAX_LEVELS, Source, read_source

DEFINITION = re.compile(
    r"(?:(library|gridql):([a-z][A-Za-z0-9_]*))?#/\$defs/([A-Za-z][A-Za-z0-9]*)"
)
RULES = re.compile(r"(library|gridql):([a-z][A-Za-z0-9_]*)#/([a-z]+)")
HOW = (
    "Write '#/$defs/name', 'library:file#/$defs/name' for this plugin's library folder, "
    "or 'gridql:file#/$defs/name' for what comes with gridql."
)


class Dangling(Exception):
    """A reference leads nowhere; the message is the reason."""


@dataclass(frozen=True)
class Node:
    """A part of a document: its value, the file that it stands in and where."""

    value: Any
    source: Source
    pointer: str

    def child(self, *tokens: str | int) -> Node:
        """What lies at `tokens` below."""
        value = self.value
        for token in tokens:
            value = value[token]
        return Node(value, self.source, json_pointer.join(self.pointer, *tokens))


class Shelf:
    """The libraries within reach of one plugin, each read once."""

    def __init__(self, plugin: str, library: Path, shared: Path) -> None:
        self.plugin = plugin
        self._folders = {"library": library, "gridql": shared}
        self._open: dict[tuple[str, str], Source | FormRejected] = {}
        self._definitions: dict[tuple[object, Source], Node] = {}

    def opened(self) -> Iterator[Source | FormRejected]:
        """Every library that was asked for, also those that are opened meanwhile."""
        seen = 0
        while seen < len(self._open):
            yield list(self._open.values())[seen]
            seen += 1

    def open(self, scheme: str, name: str) -> Source:
        """The library `scheme:name`; raises Dangling when there is none that can be read."""
        found = self._open.get((scheme, name))
        if found is None:
            path = self._folders[scheme] / f"{name}.json"
            if not path.is_file():
                raise Dangling(f"there is no library {path}")
            try:
                found = read_source(path)
            except FormRejected as rejected:
                found = rejected
            self._open[scheme, name] = found
        if isinstance(found, FormRejected):
            raise Dangling(f"the library {name}.json is faulty itself")
        return found

    def definition(self, reference: object, source: Source) -> Node:
        """What `reference`, standing in `source`, refers to; raises Dangling."""
        if not isinstance(reference, str):
            raise Dangling(f"the reference {reference!r} is no text")
        found = self._definitions.get((reference, source))
        if found is None:
            found = self._definitions[reference, source] = self._definition(reference, source)
        return found

    def _definition(self, reference: str, source: Source) -> Node:
        match = DEFINITION.fullmatch(reference)
        if match is None:
            where = "here: nothing is fetched" if "://" in reference else "within reach"
            raise Dangling(f"the reference {reference!r} is not to a definition {where}")
        scheme, library, key = match.groups()
        target = self.open(scheme, library) if scheme else source
        base = root_of(target)
        try:
            value = json_pointer.follow(target.raw, [*json_pointer.split(base), "$defs", key])
        except KeyError:
            raise Dangling(f"{target.path.name} has no definition {key!r}") from None
        return Node(value, target, json_pointer.join(base, "$defs", key))

    def rules(self, reference: object, family: str) -> Node:
        """The `family` of a library's rules that `reference` splices in; raises Dangling."""
        match = RULES.fullmatch(reference) if isinstance(reference, str) else None
        if match is None or match[3] != family:
            raise Dangling(f"the reference {reference!r} is not to a library's {family}")
        target = self.open(match[1], match[2])
        if not isinstance(target.raw.get(family), list):
            raise Dangling(f"{target.path.name} has no {family}")
        return Node(target.raw[family], target, json_pointer.join("", family))

    def origin(self, source: Source) -> str | None:
        """Which library `source` is: `gridql:check`, `my_plugin:general`; None for a form."""
        for scheme, folder in self._folders.items():
            if source.path.parent == folder:
                return f"{'gridql' if scheme == 'gridql' else self.plugin}:{source.path.stem}"
        return None

    def question(self, root: Node, tokens: list[str]) -> Node | None:
        """The question that `tokens` lead to, through objects and references."""
        try:
            node = self.resolve(root)
            for token in tokens:
                node = self.resolve(node.child("properties", token))
        except (Dangling, KeyError, TypeError):
            return None
        return node if isinstance(node.value, dict) else None

    def resolve(self, node: Node) -> Node:
        """`node`, or what it refers to in the end; raises Dangling for a circle."""
        seen: set[tuple[Path, str]] = set()
        while isinstance(node.value, dict) and "$ref" in node.value:
            if (node.source.path, node.pointer) in seen:
                raise Dangling("the reference leads back to itself")
            if len(seen) == MAX_LEVELS:
                raise Dangling(f"the reference leads on over more than {MAX_LEVELS} others")
            seen.add((node.source.path, node.pointer))
            node = self.definition(node.value["$ref"], node.source)
        return node


def root_of(source: Source) -> str:
    """What `#` means in `source`: the schema of a form, the whole of a library."""
    return "/schema" if "schema" in source.raw else ""
