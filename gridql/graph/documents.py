"""Objects that stand in a JSON column: their fields are the document's members, name for name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from gridql.graph.compiler import Compiler, Selected
from gridql.graph.exposed import Exposed
from gridql.graph.kinds import Column


@dataclass(frozen=True, slots=True)
class ReadObject:
    """The object, or the list of them, in a JSON column."""

    column: Column

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        if compiler.audience.hides(owner, self.column.name):
            return "null"
        document = f"{selected.row}.{self.column.name}"
        return _value(compiler, selected.definition.type, selected.nodes, document)


@dataclass(frozen=True, slots=True)
class ReadVariant:
    """A JSON column whose type another table names: a union of all that it may be."""

    column: Column
    reference: str
    table: str
    names: str
    """The column of `table` that holds the name of the document's GraphQL type."""

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        union = get_named_type(selected.definition.type)
        assert isinstance(union, GraphQLUnionType)
        if compiler.audience.hides(owner, self.column.name):
            return "null"
        alias = compiler.alias()
        compiler.join(self.table, alias, f"{alias}.id = {selected.row}.{self.reference}")
        document = f"{selected.row}.{self.column.name}"
        cases = " ".join(
            f"when '{of.name}' then {_object(compiler, of, selected.nodes, document)}"
            for of in union.types
        )
        return compiler.dialect.nested(f"(case {alias}.{self.names} {cases} end)")


def _object(
    compiler: Compiler, of: GraphQLObjectType, nodes: Sequence[FieldNode], document: str
) -> str:
    pairs = []
    for key, same in compiler.select(of, nodes).items():
        name = same[0].name.value
        if name == "__typename":
            pairs.append((key, f"'{of.name}'"))
            continue
        member = compiler.dialect.member(document, name)
        pairs.append((key, _value(compiler, of.fields[name].type, same, member)))
    return compiler.dialect.object(pairs)


def _value(
    compiler: Compiler, output: GraphQLOutputType, nodes: Sequence[FieldNode], document: str
) -> str:
    of = get_named_type(output)
    if not isinstance(of, GraphQLObjectType):
        return document
    if not is_list_type(get_nullable_type(output)):
        found = _object(compiler, of, nodes, document)
        return compiler.dialect.unless_null(document, found)
    element = compiler.alias()
    item = _object(compiler, of, nodes, f"{element}.value")
    array = compiler.dialect.collect(item, f"{element}.key", None)
    source = compiler.dialect.elements(document, element)
    found = f"(select {array} from {source})"
    return compiler.dialect.unless_null(document, found)
