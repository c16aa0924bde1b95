"""The ways in which a field of an exposed type is read; each writes its own expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type
from strawberry.utils.str_converters import to_camel_case

from gridql.errors import LANGS
from gridql.graph.compiler import EACH, Arguments, Compiler, Selected, exposed_of
from gridql.graph.exposed import Exposed
from gridql.graph.kinds import Column, Kind, decode
from gridql.graph.page import needed, page
from gridql.graph.visibility import visible


@dataclass(frozen=True, slots=True)
class ReadId:
    """The global id."""

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        return f"'{owner.name}:' || {selected.row}.{owner.key.name}"


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column as it is."""

    column: Column

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        return shown(compiler, owner, self.column, selected.row)


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text in the language that the argument `lang` or else the caller asks for."""

    column: Column
    document: bool = False
    """Whether each language has a whole JSON document instead of a text."""

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        asked = compiler.arguments(selected).values.get("lang")
        first = asked.value if asked is not None else compiler.audience.lang
        document = f"{selected.row}.{self.column.name}"
        member = compiler.dialect.member if self.document else compiler.dialect.member_text
        order = (first, *(lang for lang in LANGS if lang != first))
        found = f"coalesce({', '.join(member(document, lang) for lang in order)})"
        return compiler.dialect.nested(found) if self.document else found


@dataclass(frozen=True, slots=True)
class ReadSql:
    """An expression that both databases understand, with `{row}` for the table's alias."""

    expression: str
    kind: Kind
    of: str | None = None
    """The column that it gives away: null for whoever is not to see that."""

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        if self.of is not None and compiler.audience.hides(owner, self.of):
            return "null"
        return compiler.dialect.json(self.expression.format(row=selected.row), self.kind)


@dataclass(frozen=True, slots=True)
class ReadMembers:
    """An object whose fields are whole numbers in columns of the same row."""

    names: Sequence[str]

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        of = get_named_type(selected.definition.type)
        assert isinstance(of, GraphQLObjectType)
        columns = {to_camel_case(name): f"{selected.row}.{name}" for name in self.names}
        columns["__typename"] = f"'{of.name}'"
        pairs = [
            (key, columns[same[0].name.value])
            for key, same in compiler.select(of, selected.nodes).items()
        ]
        return compiler.dialect.nested(compiler.dialect.object(pairs))


@dataclass(frozen=True, slots=True)
class ReadComputed:
    """A value that Python makes of columns of the same row."""

    needs: Sequence[Column]
    compute: Callable[..., Any]

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        def finish(values: Sequence[Any]) -> Any:
            decoded = (
                decode(need.kind, value) for need, value in zip(self.needs, values, strict=True)
            )
            return self.compute(*decoded)

        columns = [shown(compiler, owner, need, selected.row) for need in self.needs]
        return compiler.finish_here(columns, finish)


@dataclass(frozen=True, slots=True)
class ReadOne:
    """The row of another type that a column leads to; null where it is not the caller's to see."""

    column: str

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        of = get_named_type(selected.definition.type)
        assert isinstance(of, GraphQLObjectType)
        return self.object(compiler, of, selected)

    def object(self, compiler: Compiler, of: GraphQLObjectType, selected: Selected) -> str:
        """The object of that type, or null."""
        target = exposed_of(of)
        alias = compiler.alias()
        key = f"{alias}.{target.key.name}"
        compiler.join(target.table, alias, f"{key} = {selected.row}.{self.column}")
        # Not in the join: a range of codes there lures PostgreSQL away from the key's index.
        conditions = [*target.conditions(alias), *visible(compiler, target, alias)]
        seen = f"case when {' and '.join(conditions)} then {key} end" if conditions else key
        found = compiler.object(of, selected.nodes, alias)
        return compiler.dialect.unless_null(seen, found)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A connection to the rows of another type for which a condition holds."""

    on: str
    """With `{row}` for this row and `{target}` for the others."""

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        def on(alias: str, arguments: Arguments) -> list[str]:
            return [self.on.format(row=selected.row, target=alias)]

        return page(compiler, selected, on)


@dataclass(frozen=True, slots=True)
class ReadList:
    """All rows of another type for which a condition holds: for a few that belong together."""

    on: str
    order: str

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        of = get_named_type(selected.definition.type)
        assert isinstance(of, GraphQLObjectType)
        target = exposed_of(of)
        inner, alias = compiler.alias(), compiler.alias()
        conditions = [
            self.on.format(row=selected.row, target=inner),
            *target.conditions(inner),
            *visible(compiler, target, inner),
        ]
        with compiler.rows() as joins, compiler.below(EACH):
            item = compiler.object(of, selected.nodes, alias)
        found = compiler.dialect.collect(item, self.order.format(target=alias), None)
        columns = needed(alias, item, self.order.format(target=alias), *joins)
        rows = (
            f"(select {', '.join(f'{inner}.{column}' for column in sorted(columns))} "
            f"from {target.table} {inner} where {' and '.join(conditions)} "
            f"order by {self.order.format(target=inner)}) {alias}"
        )
        return compiler.dialect.always(f"(select {found} from {' '.join([rows, *joins])})")


@dataclass(frozen=True, slots=True)
class ReadOneOf:
    """A union: the first of several to-one relations that is set, if the caller sees its row."""

    choices: Mapping[str, ReadOne]

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        union = get_named_type(selected.definition.type)
        assert isinstance(union, GraphQLUnionType)
        types = {of.name: of for of in union.types}
        cases = " ".join(
            f"when {selected.row}.{choice.column} is not null "
            f"then {choice.object(compiler, types[name], selected)}"
            for name, choice in self.choices.items()
        )
        return compiler.dialect.nested(f"(case {cases} end)")


def shown(compiler: Compiler, owner: Exposed, column: Column, row: str) -> str:
    """A column's value in JSON; null where the caller is not to see it."""
    if compiler.audience.hides(owner, column.name):
        return "null"
    return compiler.dialect.json(f"{row}.{column.name}", column.kind)
