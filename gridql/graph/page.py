"""The page of a list that a selection asks for, as one expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphql import FieldNode, GraphQLError, GraphQLObjectType, get_named_type

from gridql.graph.compiler import EACH, Arguments, Binding, Compiler, Selected, exposed_of
from gridql.graph.conditions import area_of, conditions
from gridql.graph.exposed import Exposed, Order
from gridql.graph.keyset import beyond, cursor_of, keys_of, order_by
from gridql.graph.kinds import Kind
from gridql.graph.visibility import visible

DEFAULT_PAGE = 20
LARGEST_PAGE = 100

NUMBER = "rn"
"""What a row's number on its page is called, from 1 at the end that the page is taken from."""

On = Callable[[str, Arguments], list[str]]
"""Given a row's alias and the field's arguments: what ties the row to where the list hangs."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for."""

    arguments: Arguments
    backward: bool
    size: Callable[[Binding], int]

    def has(self, name: str) -> bool:
        """Whether the argument is given and not null."""
        return self.arguments.values.get(name) is not None


def page(compiler: Compiler, selected: Selected, on: On, keys: Sequence[Order] = ()) -> str:
    """The connection that a field asks for, as a sub-select that gives one JSON object.

    `keys` stands for the orders of the type, in a list that has one of its own.
    """
    connection = get_named_type(selected.definition.type)
    assert isinstance(connection, GraphQLObjectType)
    exposed = exposed_of(_node_of(connection))
    window = _window(compiler.arguments(selected))
    asked = compiler.select(connection, selected.nodes)
    names = {nodes[0].name.value for nodes in asked.values()}
    if names <= {"__typename"}:
        return compiler.dialect.summary([(key, f"'{connection.name}'") for key in asked])

    row, chosen = compiler.alias(), compiler.alias()
    base = [*on(row, window.arguments), *exposed.conditions(row)]
    if exposed.filter_type is None:  # a `filter` is one that the field itself looks after
        base += visible(compiler, exposed, row)
    else:
        base += visible(compiler, exposed, row, area_of(window.arguments))
        base += conditions(compiler, exposed, row, window.arguments, "filter")
    if not names & {"edges", "pageInfo"}:  # no row is looked at
        counted = {"__typename": f"'{connection.name}'", "totalCount": _count(exposed, row, base)}
        pairs = [(key, counted[nodes[0].name.value]) for key, nodes in asked.items()]
        return compiler.dialect.summary(pairs)

    keys = list(keys) or keys_of(exposed, window.arguments)
    size = compiler.bind(Kind.INTEGER, window.size)
    part = _Page(
        compiler, window, keys, exposed, base, row, chosen, size, numbered="pageInfo" in names
    )
    bounds = [
        beyond(compiler, keys, row, window.arguments, name)
        for name in ("after", "before")
        if window.has(name)
    ]
    with compiler.rows() as joins:
        pairs = [(key, part.member(connection, key, nodes)) for key, nodes in asked.items()]
    summary = compiler.dialect.summary(pairs)
    if "edges" not in names:
        # Always so; but without any aggregate it would come once for each row, or not at all.
        summary = f"case when count({chosen}.{NUMBER}) <= {size} + 1 then {summary} end"
    source = part.rows(bounds, summary, *joins)
    return compiler.dialect.always(f"(select {summary} from {' '.join([source, *joins])})")


@dataclass(frozen=True, slots=True)
class _Page:
    """The rows of one page, and the members of its connection object made of them."""

    compiler: Compiler
    window: Window
    keys: Sequence[Order]
    exposed: Exposed
    base: Sequence[str]
    row: str
    chosen: str
    size: str
    numbered: bool
    """Whether the rows carry their number, and one more than is asked for tells what follows."""

    def rows(self, bounds: Sequence[str], *texts: str) -> str:
        """The rows in the order of the list, with what those texts of the statement name."""
        row, backward = self.row, self.window.backward
        columns = needed(self.chosen, *texts) - {NUMBER} | {key.column.name for key in self.keys}
        most = self.size
        if self.numbered:
            most = self.compiler.bind(Kind.INTEGER, lambda binding: self.window.size(binding) + 1)
        source = (
            f"(select {', '.join(f'{row}.{column}' for column in sorted(columns))} "
            f"from {self.exposed.table} {row}{_where([*self.base, *bounds])} "
            f"order by {order_by(self.keys, row, backward=backward)} limit {most})"
        )
        if self.numbered:
            # As they come out of the sub-select: not to be sorted once more.
            number = f"select {row}.*, row_number() over () as {NUMBER} from {source} {row}"
            source = f"({number} order by {NUMBER} desc)" if backward else f"({number})"
        elif backward:
            order = order_by(self.keys, row, backward=False)
            source = f"(select {row}.* from {source} {row} order by {order})"
        return f"{source} {self.chosen}"

    def member(self, connection: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> str:
        match nodes[0].name.value:
            case "__typename":
                return f"'{connection.name}'"
            case "edges":
                return self.edges(connection, key, nodes)
            case "pageInfo":
                return self.page_info(connection, nodes)
            case _:
                return _count(self.exposed, self.row, self.base)

    def edges(self, connection: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> str:
        edge = get_named_type(connection.fields["edges"].type)
        assert isinstance(edge, GraphQLObjectType)
        node = _node_of(connection)
        pairs = []
        for inner, same in self.compiler.select(edge, nodes).items():
            match same[0].name.value:
                case "__typename":
                    pairs.append((inner, f"'{edge.name}'"))
                case "cursor":
                    pairs.append((inner, self.cursor))
                case _:
                    with self.compiler.below(key, EACH, inner):
                        pairs.append((inner, self.compiler.object(node, same, self.chosen)))
        item = self.compiler.dialect.object(pairs)
        order = order_by(self.keys, self.chosen, backward=False)
        return self.compiler.dialect.collect(item, order, self.shown if self.numbered else None)

    @property
    def shown(self) -> str:
        return f"{self.chosen}.{NUMBER} <= {self.size}"

    def page_info(self, connection: GraphQLObjectType, nodes: list[FieldNode]) -> str:
        info = get_named_type(connection.fields["pageInfo"].type)
        assert isinstance(info, GraphQLObjectType)
        pairs = []
        for key, same in self.compiler.select(info, nodes).items():
            pairs.append((key, self.page_info_member(info, same[0].name.value)))
        return self.compiler.dialect.summary(pairs)

    def page_info_member(self, info: GraphQLObjectType, name: str) -> str:
        backward, dialect = self.window.backward, self.compiler.dialect
        if name == "__typename":
            return f"'{info.name}'"
        if name in ("startCursor", "endCursor"):
            if (name == "startCursor") is not backward:
                return f"max({self.cursor}) filter (where {self.chosen}.{NUMBER} = 1)"
            # The four digits before it make that of the last row the greatest of all.
            labelled = f"(1000 + {self.chosen}.{NUMBER}) || {self.cursor}"
            return f"substr(max({labelled}) filter (where {self.shown}), 5)"
        if (name == "hasNextPage") is not backward:
            return dialect.truth(f"count({self.chosen}.{NUMBER}) > {self.size}")
        behind = "before" if backward else "after"
        if not self.window.has(behind):
            return dialect.truth("1 = 0")
        bound = beyond(
            self.compiler, self.keys, self.row, self.window.arguments, behind, opposite=True
        )
        table = f"{self.exposed.table} {self.row}"
        return dialect.truth(f"exists (select 1 from {table}{_where([*self.base, bound])})")

    @property
    def cursor(self) -> str:
        return cursor_of(self.compiler, self.keys, self.chosen)


def needed(row: str, *texts: str) -> set[str]:
    """The columns of a row that the texts of a statement name.

    A sub-select gives only these: SQLite copies each one, whether it is looked at or not.
    """
    return {name for text in texts for name in re.findall(rf"\b{row}\.(\w+)", text)}


def _node_of(connection: GraphQLObjectType) -> GraphQLObjectType:
    edge = get_named_type(connection.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    node = get_named_type(edge.fields["node"].type)
    assert isinstance(node, GraphQLObjectType)
    return node


def _window(arguments: Arguments) -> Window:
    first, last = arguments.values.get("first"), arguments.values.get("last")
    if first is not None and last is not None:
        raise GraphQLError("Give `first` or `last`, not both.")
    name = "last" if last is not None else "first"
    if first is None and last is None:
        return Window(arguments, False, lambda binding: DEFAULT_PAGE)
    take = arguments.take(name)

    def size(binding: Binding) -> int:
        wanted: int = take(binding)
        if not 1 <= wanted <= LARGEST_PAGE:
            raise GraphQLError(f"`{name}` is {wanted}, but has to be 1 to {LARGEST_PAGE}.")
        return wanted

    return Window(arguments, name == "last", size)


def _count(exposed: Exposed, row: str, conditions: Sequence[str]) -> str:
    return f"(select count(*) from {exposed.table} {row}{_where(conditions)})"


def _where(parts: Sequence[str]) -> str:
    return f" where {' and '.join(parts)}" if parts else ""
