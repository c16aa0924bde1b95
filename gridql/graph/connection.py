"""Relay connections: their types, and the page of a list that a selection asks for."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry
from graphql import FieldNode, GraphQLError, GraphQLObjectType, get_named_type
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from gridql.graph.compiler import EACH, Arguments, Binding, Compiler, Selected, exposed_of
from gridql.graph.exposed import Exposed, Order
from gridql.graph.filters import conditions
from gridql.graph.kinds import Kind, decode
from gridql.graph.scalars import Cursor
from gridql.graph.visibility import visible

T = TypeVar("T")

DEFAULT_PAGE = 20
LARGEST_PAGE = 100

LAST_MOMENT = "9999-12-31T00:00:00+00:00"
"""Stands for a moment that is not set, so that it sorts last and a cursor can name it."""


class Connection(Generic[T]):
    """For annotations only: the connection type to `T`, which `connection_of` makes."""


@strawberry.type(description="Where a page stands within its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows after this page.")
    has_previous_page: bool = strawberry.field(description="Whether more stands before this page.")
    start_cursor: Cursor | None = strawberry.field(
        description="Cursor of the first edge; null for an empty page."
    )
    end_cursor: Cursor | None = strawberry.field(
        description="Cursor of the last edge; null for an empty page."
    )


def connection_of(node: type) -> type:
    """The connection type to an exposed type; the same one every time."""
    made: type | None = node.__dict__.get("__connection__")
    if made is None:
        name = node.__exposed__.name  # type: ignore[attr-defined]
        edge = _object(
            f"{name}Edge",
            f"One {name} in a list.",
            {
                "cursor": (Cursor, "Where it stands in the list: for `after` and `before`."),
                "node": (node, f"The {name}."),
            },
        )
        made = _object(
            f"{name}Connection",
            f"A page of a list of {name}.",
            {
                "edges": (list[edge], "What is on the page."),  # type: ignore[valid-type]
                "page_info": (PageInfo, "Where the page stands within the list."),
                "total_count": (int, "How many there are in the whole list; counted when asked."),
            },
        )
        node.__connection__ = made  # type: ignore[attr-defined]
    return made


def _object(name: str, description: str, members: Mapping[str, tuple[Any, str]]) -> type:
    namespace: dict[str, Any] = {
        key: StrawberryField(
            python_name=key, type_annotation=StrawberryAnnotation(of), description=text
        )
        for key, (of, text) in members.items()
    }
    namespace["__annotations__"] = {key: of for key, (of, _) in members.items()}
    made = types.new_class(name, (), {}, lambda body: body.update(namespace))
    return strawberry.type(made, name=name, description=description)


def page_arguments(exposed: Exposed) -> list[StrawberryArgument]:
    """The arguments of a field that gives a connection."""
    offered: list[tuple[str, Any, str]] = []
    if exposed.filter_type is not None:
        offered.append(("filter", exposed.filter_type, "Only what this filter lets through."))
    if exposed.order_type is not None:
        default = ", ".join(exposed.default_order)
        text = f"The order of the list; {default} unless given."
        offered.append(("order_by", list[exposed.order_type], text))  # type: ignore[name-defined]
    offered += [
        ("first", int, f"At most this many from the start: 1 to {LARGEST_PAGE}, else 20."),
        ("after", Cursor, "Only what follows after this cursor."),
        ("last", int, f"At most this many from the end: 1 to {LARGEST_PAGE}."),
        ("before", Cursor, "Only what stands before this cursor."),
    ]
    return [
        StrawberryArgument(
            python_name=name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(of | None),
            description=text,
            default=strawberry.UNSET,
        )
        for name, of, text in offered
    ]


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for."""

    arguments: Arguments
    backward: bool
    size: Callable[[Binding], int]

    def has(self, name: str) -> bool:
        """Whether the argument is given and not null."""
        return self.arguments.values.get(name) is not None


def page(compiler: Compiler, selected: Selected, on: Callable[[str], list[str]]) -> str:
    """The connection that a field asks for, as a sub-select that gives one JSON object.

    `on` gives the conditions that tie a row of the list, by its alias, to where the list hangs.
    """
    connection = get_named_type(selected.definition.type)
    assert isinstance(connection, GraphQLObjectType)
    node = _node_of(connection)
    exposed = exposed_of(node)
    window = _window(compiler.arguments(selected))
    keys = _keys(exposed, window.arguments)
    row, chosen = compiler.alias(), compiler.alias()

    base = [
        *on(row),
        *exposed.conditions(row),
        *visible(compiler, exposed, row),
        *conditions(compiler, exposed, row, window.arguments, "filter"),
    ]
    bounds = [
        _beyond(compiler, keys, row, window.arguments, name)
        for name in ("after", "before")
        if window.has(name)
    ]
    size = compiler.bind(Kind.INTEGER, window.size)
    more = compiler.bind(Kind.INTEGER, lambda binding: window.size(binding) + 1)
    order = _order_by(keys, row, backward=window.backward)

    with compiler.rows() as joins:
        part = _Page(compiler, window, keys, exposed, base, row, chosen, size)
        pairs = [
            (key, part.member(connection, node, key, nodes))
            for key, nodes in compiler.select(connection, selected.nodes).items()
        ]
    source = f"(select {row}.* from {exposed.table} {row}{_where([*base, *bounds])} order by {order} limit {more})"
    numbered = (
        f"(select {row}.*, row_number() over (order by {order}) as rn, count(*) over () as n "
        f"from {source} {row} order by rn{' desc' if window.backward else ''}) {chosen}"
    )
    summary = compiler.dialect.summary(pairs)
    return compiler.dialect.nested(f"(select {summary} from {' '.join([numbered, *joins])})")


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
        self, connection: GraphQLObjectType, node: GraphQLObjectType, key: str, nodes: list[FieldNode]
    ) -> str:
        match nodes[0].name.value:
            case "__typename":
                return f"'{connection.name}'"
            case "edges":
                return self.edges(connection, node, key, nodes)
            case "pageInfo":
                return self.page_info(connection, nodes)
            case _:
                table = f"{self.exposed.table} {self.row}"
                return f"(select count(*) from {table}{_where(self.base)})"

    def edges(
        self, connection: GraphQLObjectType, node: GraphQLObjectType, key: str, nodes: list[FieldNode]
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
            last = f"case when {self.chosen}.n < {self.size} then {self.chosen}.n else {self.size} end"
            return f"max({self.cursor}) filter (where {self.chosen}.rn = {last if newest else '1'})"
        if (name == "hasNextPage") is not backward:
            return dialect.truth(f"count({self.chosen}.rn) > {self.size}")
        behind = "before" if backward else "after"
        if not self.window.has(behind):
            return dialect.truth("1 = 0")
        bound = _beyond(
            self.compiler, self.keys, self.row, self.window.arguments, behind, opposite=True
        )
        table = f"{self.exposed.table} {self.row}"
        return dialect.truth(f"exists (select 1 from {table}{_where([*self.base, bound])})")

    @property
    def cursor(self) -> str:
        texts = [
            self.compiler.dialect.text(_sortable(key, self.chosen), key.column.kind)
            for key in self.keys
        ]
        joined = " || '|' || ".join(texts)
        return f"({joined})"


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


def _keys(exposed: Exposed, arguments: Arguments) -> list[Order]:
    asked = [order.value for order in arguments.values.get("orderBy") or ()]
    keys = [exposed.orders[name] for name in asked or exposed.default_order]
    if not any(key.column.name == exposed.key.name for key in keys):
        descending = keys[-1].descending if keys else False
        keys.append(Order(exposed.key, descending))
    return keys


def _sortable(key: Order, row: str) -> str:
    column = f"{row}.{key.column.name}"
    if not key.column.nullable:
        return column
    return f"coalesce({column}, '{LAST_MOMENT}')"


def _order_by(keys: Sequence[Order], row: str, *, backward: bool) -> str:
    return ", ".join(
        f"{_sortable(key, row)} {'desc' if key.descending is not backward else 'asc'}"
        for key in keys
    )


def _beyond(
    compiler: Compiler,
    keys: Sequence[Order],
    row: str,
    arguments: Arguments,
    name: str,
    *,
    opposite: bool = False,
) -> str:
    """Rows on the far side of a cursor; with `opposite`, those on its near side and at it."""
    take = arguments.take(name)
    ahead = (name == "after") is not opposite
    placeholders = [
        compiler.bind(key.column.kind, _cursor_part(take, keys, number, name))
        for number, key in enumerate(keys)
    ]
    columns = [_sortable(key, row) for key in keys]
    at_it = "=" if opposite else ""
    if len({key.descending for key in keys}) == 1:
        sign = ">" if keys[0].descending is not ahead else "<"
        return f"({', '.join(columns)}) {sign}{at_it} ({', '.join(placeholders)})"
    steps = []
    for number, key in enumerate(keys):
        same = [
            f"{column} = {placeholder}"
            for column, placeholder in zip(columns[:number], placeholders[:number], strict=True)
        ]
        sign = ">" if key.descending is not ahead else "<"
        last = at_it if number == len(keys) - 1 else ""
        steps.append(" and ".join([*same, f"{columns[number]} {sign}{last} {placeholders[number]}"]))
    return f"({' or '.join(f'({step})' for step in steps)})"


def _cursor_part(
    take: Callable[[Binding], Any], keys: Sequence[Order], number: int, name: str
) -> Callable[[Binding], Any]:
    kind = keys[number].column.kind

    def part(binding: Binding) -> Any:
        parts = str(take(binding)).split("|")
        try:
            if len(parts) != len(keys):
                raise ValueError
            return int(parts[number]) if kind is Kind.INTEGER else decode(kind, parts[number])
        except ValueError:
            raise GraphQLError(
                f"`{name}` is no cursor of this list in this order: take it from an edge."
            ) from None

    return part


def _where(parts: Sequence[str]) -> str:
    return f" where {' and '.join(parts)}" if parts else ""
