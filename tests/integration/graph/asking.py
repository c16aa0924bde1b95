"""Selections made from the schema itself, and whether an answer is what the schema promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)

LEAVES = {
    "ID": re.compile(r"[A-Za-z]+:[0-9]+"),
    "DateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?\+00:00"),
    "UUID": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "Cursor": re.compile(r".+"),
    "String": re.compile(r".*", re.DOTALL),
}
KINDS: dict[str, tuple[type, ...]] = {"Int": (int,), "Float": (int, float), "Boolean": (bool,)}


@dataclass
class Asked:
    """A field that is asked for, under a name of its own, and what is asked of its value."""

    key: str
    name: str
    of: GraphQLOutputType
    arguments: str = ""
    below: Mapping[str, Sequence[Asked]] = field(default_factory=dict)
    """For each type that the value may be of."""
    fragments: bool = False

    @property
    def text(self) -> str:
        """The field as GraphQL."""
        label = self.name if self.key == self.name else f"{self.key}: {self.name}"
        return f"{label}{self.arguments}{self._selection}"

    @property
    def _selection(self) -> str:
        if not self.below:
            return ""
        parts = []
        for name, fields in self.below.items():
            inner = " ".join(asked.text for asked in fields)
            several = self.fragments or len(self.below) > 1
            parts.append(f"... on {name} {{ {inner} }}" if several and inner else inner)
        return f" {{ __typename {' '.join(parts)} }}"


def nonconformity(asked: Asked, value: Any) -> Iterator[str]:
    """Everything in which an answer's value is not what the schema promises, by its place."""
    yield from _unfit(asked, asked.of, value, asked.key)


def _unfit(asked: Asked, of: Any, value: Any, path: str) -> Iterator[str]:
    if isinstance(of, GraphQLNonNull):
        if value is None:
            yield f"{path}: null"
        else:
            yield from _unfit(asked, of.of_type, value, path)
    elif value is None:
        return
    elif isinstance(of, GraphQLList):
        for number, item in enumerate(value):
            yield from _unfit(asked, of.of_type, item, f"{path}[{number}]")
    elif asked.below:
        typename = value.get("__typename")
        if typename not in asked.below:
            yield f"{path}: {typename!r} is none of {list(asked.below)}"
            return
        fields = asked.below[typename]
        if [*value] != ["__typename", *(each.key for each in fields)]:
            yield f"{path}: members {[*value]}"
        for each in fields:
            yield from _unfit(each, each.of, value.get(each.key), f"{path}.{each.key}")
    elif not _is_leaf(of, value):
        yield f"{path}: {value!r} is no {of}"


def _is_leaf(of: Any, value: Any) -> bool:
    if isinstance(of, GraphQLEnumType):
        return value in of.values
    if of.name in KINDS:
        right = KINDS[of.name]
        return isinstance(value, right) and (bool in right or not isinstance(value, bool))
    pattern = LEAVES.get(of.name)
    return pattern is None or (isinstance(value, str) and pattern.fullmatch(value) is not None)


def whole(schema: GraphQLSchema, root: str, arguments: str, depth: int) -> Asked:
    """Every field of a root field's type, down to `depth` objects below."""
    query = schema.query_type
    assert query is not None
    return _all(schema, root, query.fields[root], root, arguments, depth)


def _all(
    schema: GraphQLSchema,
    key: str,
    definition: GraphQLField,
    name: str,
    arguments: str,
    depth: int,
) -> Asked:
    if not arguments and "first" in definition.args:
        arguments = "(first: 3)"
    of = get_named_type(definition.type)
    below: dict[str, list[Asked]] = {}
    for each in possible(schema, of):
        connected = each.name.endswith(("Connection", "Edge")) or each.name == "PageInfo"
        left = depth if connected else depth - 1
        prefix = "" if isinstance(of, GraphQLObjectType) else f"{each.name}_"
        below[each.name] = [
            _all(schema, f"{prefix}{inner}", made, inner, "", left)
            for inner, made in each.fields.items()
            if left >= 0
        ]
    return Asked(key, name, definition.type, arguments, below, fragments=prefixed(of))


def prefixed(of: Any) -> bool:
    """Whether selections of the type stand in fragments."""
    return isinstance(of, GraphQLUnionType | GraphQLInterfaceType)


def possible(schema: GraphQLSchema, of: Any) -> list[GraphQLObjectType]:
    """The object types that a value of the type may be of; none for a leaf."""
    if isinstance(of, GraphQLObjectType):
        return [of]
    if isinstance(of, GraphQLUnionType | GraphQLInterfaceType):
        return list(schema.get_possible_types(of))
    return []


def ids(value: Any) -> Iterator[str]:
    """All global ids in an answer, wherever they stand as `id`."""
    if isinstance(value, list):
        for item in value:
            yield from ids(item)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key == "id" or key.endswith("_id"):
                yield member
            else:
                yield from ids(member)
