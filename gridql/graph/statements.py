"""The statements of root fields: one row, some rows, a page, a statistic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from graphql import GraphQLObjectType, get_named_type

from gridql.graph.compiler import EACH, Arguments, Compiler, Selected
from gridql.graph.exposed import Order
from gridql.graph.page import page
from gridql.graph.visibility import visible

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
