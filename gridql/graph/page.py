"""The page of a list that a selection asks for, as one expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphql import FieldNode, GraphQLError, GraphQLObjectType, get_named_type

from gridql.graph.compiler import EACH, Arguments, Binding, Compiler, Selected, exposed_of
from gridql.graph.exposed import Exposed, Order
from gridql.graph.filters import conditions
from gridql.graph.keyset import beyond, cursor_of, keys_of, order_by
from gridql.graph.kinds import Kind
from gridql.graph.visibility import visible

DEFAULT_PAGE = 20
LARGEST_PAGE = 100

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
    node = _node_of(connection)
    exposed = exposed_of(node)
    window = _window(compiler.arguments(selected))
    keys = list(keys) or keys_of(exposed, window.arguments)
    row, chosen = compiler.alias(), compiler.alias()
    asked = compiler.select(connection, selected.nodes)
    names = {nodes[0].name.value for nodes in asked.values()}
    if names <= {"__typename"}:
        return compiler.dialect.summary([(key, f"'{connection.name}'") for key in asked])

    base = [
        *on(row, window.arguments),
        *exposed.conditions(row),
        *visible(compiler, exposed, row),
    ]
    if exposed.filter_type is not None:  # else a `filter` is one that the field itself looks after
        base += conditions(compiler, exposed, row, window.arguments, "filter")
    if not names & {"edges", "pageInfo"}:  # no row is looked at
        counted = {"__typename": f"'{connection.name}'", "totalCount": _count(exposed, row, base)}
        pairs = [(key, counted[nodes[0].name.value]) for key, nodes in asked.items()]
        return compiler.dialect.summary(pairs)
    bounds = [
        beyond(compiler, keys, row, window.arguments, name)
        for name in ("after", "before")
        if window.has(name)
    ]
    size = compiler.bind(Kind.INTEGER, window.size)
    more = compiler.bind(Kind.INTEGER, lambda binding: window.size(binding) + 1)
    order = order_by(keys, row, backward=window.backward)

    with compiler.rows() as joins:
        part = _Page(compiler, window, keys, exposed, base, row, chosen, size)
        pairs = [(key, part.member(connection, node, key, nodes)) for key, nodes in asked.items()]
    source = (
        f"(select {row}.* from {exposed.table} {row}{_where([*base, *bounds])} "
        f"order by {order} limit {more})"
    )
    numbered = (
        f"(select {row}.*, row_number() over (order by {order}) as rn, count(*) over () as n "
        f"from {source} {row} order by rn{' desc' if window.backward else ''}) {chosen}"
    )
    summary = compiler.dialect.summary(pairs)
    if "edges" not in names:
        # Always so; but without any aggregate it would come once for each row, or not at all.
        summary = f"case when count({chosen}.rn) <= {size} + 1 then {summary} end"
    return compiler.dialect.always(f"(select {summary} from {' '.join([numbered, *joins])})")


@dataclass(frozen=True, slots=True)
class _Page:
    """The members of one connection object."""

    compiler: Compiler
    window: Window
    keys: Sequence[Order]
    exposed: Exposed
    base: Sequence[str]
    row: str
    chosen: str
    size: str

    def member(
        self,
        connection: GraphQLObjectType,
        node: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
    ) -> str:
        match nodes[0].name.value:
            case "__typename":
                return f"'{connection.name}'"
            case "edges":
                return self.edges(connection, node, key, nodes)
            case "pageInfo":
                return self.page_info(connection, nodes)
            case _:
                return _count(self.exposed, self.row, self.base)

    def edges(
        self,
        connection: GraphQLObjectType,
        node: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
    ) -> str:
        edge = get_named_type(connection.fields["edges"].type)
        assert isinstance(edge, GraphQLObjectType)
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
        order = f"{self.chosen}.rn {'desc' if self.window.backward else 'asc'}"
        return self.compiler.dialect.collect(item, order, f"{self.chosen}.rn <= {self.size}")

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
            newest = (name == "startCursor") is backward
            last = (
                f"case when {self.chosen}.n < {self.size} then {self.chosen}.n else {self.size} end"
            )
            return f"max({self.cursor}) filter (where {self.chosen}.rn = {last if newest else '1'})"
        if (name == "hasNextPage") is not backward:
            return dialect.truth(f"count({self.chosen}.rn) > {self.size}")
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
