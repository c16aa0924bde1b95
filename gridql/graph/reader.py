"""Runs what the compiler writes: finds or makes the plan of a root field, binds it, reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, cast

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    get_named_type,
)
from graphql.execution.values import VariableValues

from gridql.database import Database
from gridql.errors import storable
from gridql.graph.compiler import (
    EACH,
    Arguments,
    Binding,
    Compiler,
    Finisher,
    Selected,
    Site,
    Slot,
)
from gridql.graph.dialects import Dialect
from gridql.graph.exposed import Order
from gridql.graph.lru import Cache
from gridql.graph.page import page
from gridql.graph.postgres import Postgres
from gridql.graph.sqlite import Sqlite
from gridql.graph.visibility import Audience, visible

log = logging.getLogger("gridql.graph")

PLANS = 2000

Narrow = Callable[[Compiler, str, Arguments], list[str]]
"""Conditions of a root field's own on a row, made of its arguments."""


class Root(Protocol):
    """What a root field reads; hashable, because the plan depends on it."""

    def compile(self, compiler: Compiler, selected: Selected) -> str:
        """The whole statement."""


@dataclass(frozen=True, slots=True)
class OneRow:
    """The row of a type with the key that is the first input."""

    type_name: str
    narrow: Narrow | None = None

    def compile(self, compiler: Compiler, selected: Selected) -> str:
        of = compiler.schema.get_type(self.type_name)
        assert isinstance(of, GraphQLObjectType)
        exposed, row = compiler.exposed(self.type_name), compiler.alias()
        key = compiler.bind(exposed.key.kind, lambda binding: binding.inputs[0])
        conditions = [
            f"{row}.{exposed.key.name} = {key}",
            *exposed.conditions(row),
            *visible(compiler, exposed, row),
        ]
        if self.narrow is not None:
            conditions += self.narrow(compiler, row, compiler.arguments(selected))
        with compiler.rows() as joins:
            found = compiler.object(of, selected.nodes, row)
        source = " ".join([f"{exposed.table} {row}", *joins])
        return f"select {found} from {source} where {' and '.join(conditions)}"


@dataclass(frozen=True, slots=True)
class SomeRows:
    """Rows of several types: for each type an input with keys, and an array of `{k, v}`."""

    type_names: tuple[str, ...]

    def compile(self, compiler: Compiler, selected: Selected) -> str:
        arrays = [
            (name, self._array(compiler, selected, name, number))
            for number, name in enumerate(self.type_names)
        ]
        return f"select {compiler.dialect.object(arrays)}"

    def _array(self, compiler: Compiler, selected: Selected, name: str, number: int) -> str:
        of = compiler.schema.get_type(name)
        assert isinstance(of, GraphQLObjectType)
        exposed, row = compiler.exposed(name), compiler.alias()
        key = f"{row}.{exposed.key.name}"
        keys = compiler.bind(exposed.key.kind, lambda binding: binding.inputs[number], many=True)
        conditions = [
            compiler.dialect.one_of(key, keys),
            *exposed.conditions(row),
            *visible(compiler, exposed, row),
        ]
        with compiler.rows() as joins, compiler.below(name, EACH, "v"):
            found = compiler.object(of, selected.nodes, row)
        item = compiler.dialect.object([("k", key), ("v", compiler.dialect.nested(found))])
        source = " ".join([f"{exposed.table} {row}", *joins])
        array = compiler.dialect.collect(item, key, None)
        where = " and ".join(conditions)
        return compiler.dialect.nested(f"(select {array} from {source} where {where})")


Source = Callable[[Compiler, Arguments], str]
"""Writes the SELECT that a statistic stands on."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """All rows of a SELECT, in the order of their codes."""

    source: Source

    def compile(self, compiler: Compiler, selected: Selected) -> str:
        of = get_named_type(selected.definition.type)
        assert isinstance(of, GraphQLObjectType)
        row = compiler.alias()
        source = self.source(compiler, compiler.arguments(selected))
        with compiler.rows() as joins, compiler.below(EACH):
            item = compiler.object(of, selected.nodes, row)
        rows = " ".join([f"({source} order by 1) {row}", *joins])
        return f"select {compiler.dialect.collect(item, f'{row}.code', None)} from {rows}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of all rows of a type that the caller sees."""

    narrow: Narrow | None = None
    keys: tuple[Order, ...] = ()
    """The order, where it is not one of the type's."""

    def compile(self, compiler: Compiler, selected: Selected) -> str:
        def on(row: str, arguments: Arguments) -> list[str]:
            return [] if self.narrow is None else self.narrow(compiler, row, arguments)

        return f"select {page(compiler, selected, on, self.keys)}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement and what it needs each time that it runs."""

    sql: str
    slots: Sequence[Slot]
    sites: Sequence[Site]
    finishers: Sequence[Finisher]
    nodes: Sequence[FieldNode]
    """Kept alive, because the plan is found again by their identity."""


class Reader:
    """Reads for root fields and payloads: one statement each."""

    def __init__(self, database: Database, blind_index: Callable[[str, str, str], str]) -> None:
        self.database = database
        self.plans: Cache[tuple[Any, ...], Plan] = Cache(PLANS)
        self._blind_index = blind_index
        self._dialect: Dialect = Postgres() if database.dialect == "postgres" else Sqlite()
        self._variables: Cache[tuple[int, ...], tuple[Sequence[FieldNode], frozenset[str]]]
        self._variables = Cache(PLANS)

    async def read(
        self, info: GraphQLResolveInfo[Any], root: Root, audience: Audience, *inputs: Any
    ) -> orjson.Fragment | None:
        """The JSON of what the field selects; None where there is no such row to be seen.

        Raises GraphQLError for arguments that cannot be taken and ReadTimeout.
        """
        text = await self.text(info, root, audience, *inputs)
        return None if text is None else orjson.Fragment(text)

    async def text(
        self, info: GraphQLResolveInfo[Any], root: Root, audience: Audience, *inputs: Any
    ) -> str | bytes | None:
        """The same as text, for a field that makes something else of it."""
        # Strawberry hands its resolvers the plain values, without where they came from.
        variables = VariableValues({}, cast(dict[str, Any], info.variable_values))
        plan = self._plan(info, root, audience, variables)
        arguments = [site.values(variables) for site in plan.sites]
        binding = Binding(arguments, audience, inputs, self._blind_index)
        values = [
            self._dialect.value(_sound(slot.take(binding)), slot.kind, many=slot.many)
            for slot in plan.slots
        ]
        text = await self.database.read(plan.sql, values)
        if text is None or not plan.finishers:
            return text
        return finished(text, plan.finishers)

    def _plan(
        self,
        info: GraphQLResolveInfo[Any],
        root: Root,
        audience: Audience,
        variables: VariableValues,
    ) -> Plan:
        nodes = info.field_nodes
        identity = tuple(map(id, nodes))
        used = self._used_variables(identity, nodes, info.fragments)
        shapes = tuple(_shape(variables.coerced.get(name, ...)) for name in used)
        key = (identity, root, audience.shape, shapes)
        plan = self.plans.get(key)
        if plan is None:
            plan = self._compile(info, root, audience, variables)
            self.plans.put(key, plan)
        return plan

    def _compile(
        self,
        info: GraphQLResolveInfo[Any],
        root: Root,
        audience: Audience,
        variables: VariableValues,
    ) -> Plan:
        compiler = Compiler(self._dialect, info.schema, audience, info.fragments, variables)
        definition: GraphQLField = info.parent_type.fields[info.field_name]
        selected = Selected(info.field_name, definition, info.field_nodes, "")
        sql = root.compile(compiler, selected)
        log.debug("compiled %s: %s", info.field_name, sql)
        return Plan(sql, compiler.slots, compiler.sites, compiler.finishers, info.field_nodes)

    def _used_variables(
        self,
        identity: tuple[int, ...],
        nodes: Sequence[FieldNode],
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> frozenset[str]:
        known = self._variables.get(identity)
        if known is None:
            names: set[str] = set()
            for node in nodes:
                _collect_variables(node, fragments, names, set())
            known = (nodes, frozenset(names))
            self._variables.put(identity, known)
        return known[1]


def _sound(value: Any) -> Any:
    """The value of a parameter; GraphQLError for a text that one of the databases cannot take."""
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, str) and not storable(each):
            raise GraphQLError("A text holds U+0000, or half a character: nothing here does.")
    return value


def finished(text: str, finishers: Sequence[Finisher]) -> bytes:
    """The answer with every value that Python makes put in its place."""
    answer = orjson.loads(text)
    for finisher in finishers:
        _finish(answer, finisher, 0)
    return orjson.dumps(answer)


def _finish(value: Any, finisher: Finisher, depth: int) -> None:
    if value is None:
        return
    step = finisher.path[depth]
    if step is EACH:
        for element in value:
            _finish(element, finisher, depth + 1)
    elif step in value:
        if depth < len(finisher.path) - 1:
            _finish(value[step], finisher, depth + 1)
            return
        columns = value[step]
        if isinstance(columns, list) and columns and columns[0] == finisher.mark:
            value[step] = finisher.finish(columns[1:])


def _shape(value: Any) -> Any:
    """What of a variable's value shapes a statement; the rest goes into its parameters."""
    if value is None or isinstance(value, bool | Enum) or value is ...:
        return value
    if isinstance(value, Mapping):
        return tuple((key, _shape(member)) for key, member in value.items())
    if isinstance(value, list):
        return ("list", *(_shape(item) for item in value)) if _shaping(value) else "list"
    return "value"


def _shaping(items: list[Any]) -> bool:
    return any(isinstance(item, Mapping | Enum) for item in items)


def _collect_variables(
    node: Any, fragments: Mapping[str, FragmentDefinitionNode], names: set[str], seen: set[str]
) -> None:
    if node.kind == "variable":
        names.add(node.name.value)
    elif node.kind == "fragment_spread" and node.name.value not in seen:
        seen.add(node.name.value)
        _collect_variables(fragments[node.name.value], fragments, names, seen)
    for name in node.keys:
        child = getattr(node, name, None)
        for inner in child if isinstance(child, list | tuple) else (child,):
            if hasattr(inner, "kind"):
                _collect_variables(inner, fragments, names, seen)
