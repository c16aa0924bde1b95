"""Valid operations by chance: hypothesis-graphql draws their shape, the world's rows their values.

What it draws from a schema alone asks for rows that are not there, in lists that are not looked
into. So its values give way to such as stand in the tables, a list is looked into as often as not,
and the whole is dressed as clients write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    get_nullable_type,
    parse,
    print_ast,
)
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from gridql.access.roles import Actor
from gridql.errors import Lang
from tests.integration.graph.dressing import Draw, Wardrobe
from tests.integration.graph.people import ACCOUNTS
from tests.integration.graph.plain.filters import SEALED
from tests.integration.graph.values import Spot, Values

SCALARS = ("ID", "String", "Int", "Cursor", "DateTime", "UUID")
PLACEHOLDERS = {name: st.just(nodes.String("")) for name in SCALARS}
"""What stands for every value until one of the tables takes its place."""

MOST_GRAFTS = 3
"""Lists in one operation that are looked into although nothing within them was drawn."""

MOST_TESTS = 60
"""Members of all filters of one operation: a filter of more than a hundred is refused."""

WITHOUT_ROWS = frozenset({"plugins"})
"""Root fields about the process, not about what stands in its tables."""

NARROWING = frozenset({"filter", "after", "before"})
"""Arguments that are left out oftener than drawn, because little passes all of them."""

LONGEST_LIST = 8
LANGS: tuple[Lang, ...] = ("en", "zh")


@dataclass(frozen=True)
class Operation:
    """A request, and who sends it."""

    query: str
    variables: dict[str, Any]
    actor: Actor
    lang: Lang

    @property
    def document(self) -> DocumentNode:
        """The query, parsed."""
        return parse(self.query)


class Operations:
    """Draws operations for one schema and one world."""

    def __init__(self, schema: GraphQLSchema, values: Values) -> None:
        self.schema = schema
        self.values = values
        query = schema.query_type
        assert query is not None
        self.query = query
        self.roots = {
            name: _selections(GraphQLObjectType("Query", {name: definition}))
            for name, definition in query.fields.items()
            if name not in WITHOUT_ROWS
        }
        self.listed = {
            name: _selections(of)
            for name, of in schema.type_map.items()
            if isinstance(of, GraphQLObjectType) and f"{name}Connection" in schema.type_map
        }

    def strategy(self) -> st.SearchStrategy[Operation]:
        """Any operation of one to three root fields, sent by anybody."""
        roots = st.lists(st.sampled_from([*self.roots]), min_size=1, max_size=3, unique=True)

        @st.composite
        def operation(draw: Draw) -> Operation:
            tailor = _Tailor(self, draw, Wardrobe(draw))
            return tailor.operation([draw(self.roots[name]) for name in draw(roots)])

        return operation()


def _selections(of: GraphQLObjectType) -> st.SearchStrategy[SelectionSetNode]:
    """What hypothesis-graphql asks of a type, if that were all there is to ask."""
    schema = GraphQLSchema(query=of)
    return queries(schema, custom_scalars=PLACEHOLDERS, print_ast=_selection_set)


def _selection_set(document: DocumentNode) -> SelectionSetNode:
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation.selection_set


@dataclass
class _Tailor:
    """Makes one operation of what was drawn."""

    operations: Operations
    draw: Draw
    wardrobe: Wardrobe
    grafts: int = 0
    tests: int = 0

    def operation(self, drawn: Sequence[SelectionSetNode]) -> Operation:
        """The whole of it."""
        roots = SelectionSetNode(
            selections=tuple(node for each in drawn for node in each.selections)
        )
        selection = self.selections(self.operations.query, roots)
        definition = OperationDefinitionNode(
            operation=OperationType.QUERY,
            name=NameNode(value="Drawn"),
            variable_definitions=tuple(self.wardrobe.definitions),
            directives=(),
            selection_set=selection,
        )
        document = DocumentNode(definitions=(definition, *self.wardrobe.fragments))
        actor, lang = self.draw(st.sampled_from(ACCOUNTS)), self.draw(st.sampled_from(LANGS))
        return Operation(print_ast(document), self.wardrobe.variables, actor, lang)

    def selections(self, of: Any, drawn: SelectionSetNode) -> SelectionSetNode:
        """What is asked of a type."""
        found: list[Any] = []
        for node in drawn.selections:
            if isinstance(node, InlineFragmentNode):
                assert node.type_condition is not None
                inner = self.operations.schema.type_map[node.type_condition.name.value]
                selection = self.selections(inner, node.selection_set)
                found.append(self.wardrobe.fragment(inner.name, selection))
            else:
                assert isinstance(node, FieldNode)
                found += self.field(of, node)
        return self.wardrobe.selection(of, found)

    def field(self, of: Any, node: FieldNode) -> list[FieldNode]:
        """One field, with its arguments and what is asked below it."""
        definition = of.fields[node.name.value]
        target = get_named_type(definition.type)
        below = node.selection_set
        if below is not None and target.name.endswith("Connection"):
            below = self.looked_into(target, below)
        made = FieldNode(
            name=node.name,
            alias=node.alias,
            arguments=tuple(self.arguments(of, node, definition)),
            directives=(),
            selection_set=None if below is None else self.selections(target, below),
        )
        return self.wardrobe.field(made)

    def looked_into(self, connection: Any, drawn: SelectionSetNode) -> SelectionSetNode:
        """The selection on a connection, more often than drawn with some of its edges."""
        fields = {each.name.value: each for each in drawn.selections if isinstance(each, FieldNode)}
        if "edges" in fields or self.grafts == MOST_GRAFTS or not self.wardrobe.sometimes(70):
            return drawn
        fields.pop("pageInfo", None)
        self.grafts += 1
        name = connection.name.removesuffix("Connection")
        selection = print_ast(self.draw(self.operations.listed[name]))
        grafted = _selection_set(
            parse(
                f"{{ edges {{ cursor node {selection} }} "
                "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
            )
        )
        return SelectionSetNode(selections=(*fields.values(), *grafted.selections))

    def arguments(self, of: Any, node: FieldNode, definition: Any) -> list[ArgumentNode]:
        """The arguments of a field: such as can be taken, and find something."""
        given = {each.name.value: each.value for each in node.arguments or ()}
        for key in sorted(NARROWING & given.keys()):
            if self.wardrobe.sometimes(60):
                del given[key]
        ends = [name for name in ("first", "last") if not _is_null(given.get(name))]
        if len(ends) == 2:
            del given[self.draw(st.sampled_from(ends))]
        name = node.name.value
        row = get_named_type(definition.type).name.removesuffix("Connection")
        order = given.get("orderBy")
        listed = order.values[:LONGEST_LIST] if isinstance(order, ListValueNode) else ()
        words = [each.value for each in listed if isinstance(each, EnumValueNode)]
        made = []
        for key, value in given.items():
            if _is_null(value) and self.wardrobe.sometimes(70):
                continue
            of_argument = definition.args[key].type
            journal = key in ("after", "before") and name == "hazardEvents"
            spot = Spot("journal" if journal else row, key, order=words)
            tailored = self.value(spot, of_argument, value, 25)
            made.append(ArgumentNode(name=NameNode(value=key), value=tailored))
        return made

    def value(self, spot: Spot, of: Any, node: ValueNode, percent: int) -> ValueNode:
        """A value of that type for that spot, which now and then stands in a variable."""
        return self.wardrobe.value(of, self._value(spot, of, node), percent)

    def _value(self, spot: Spot, of: Any, node: ValueNode) -> ValueNode:
        inner: Any = get_nullable_type(of)
        if _is_null(node):
            return node
        if isinstance(inner, GraphQLList):
            items = node.values if isinstance(node, ListValueNode) else (node,)
            made = [self.value(spot, inner.of_type, each, 5) for each in items[:LONGEST_LIST]]
            return ListValueNode(values=tuple(made))
        if isinstance(inner, GraphQLInputObjectType):
            assert isinstance(node, ObjectValueNode)
            return ObjectValueNode(fields=tuple(self._members(spot, inner, node)))
        if isinstance(inner, GraphQLScalarType) and inner.name in PLACEHOLDERS:
            candidates = self.operations.values.at(spot)
            return _literal(self.draw(st.sampled_from(candidates)))
        return node

    def _members(
        self, spot: Spot, of: GraphQLInputObjectType, node: ObjectValueNode
    ) -> list[ObjectFieldNode]:
        whole = f"{spot.row}Filter" == of.name
        made = []
        for each in node.fields:
            key = each.name.value
            if self.tests == MOST_TESTS:
                break
            if whole and key in SEALED and spot.key != "filter":
                continue  # only at the top of a filter
            self.tests += 1
            below = replace(spot, key=key) if whole else replace(spot, operator=key)
            value = self.value(below, of.fields[key].type, each.value, 10)
            made.append(ObjectFieldNode(name=each.name, value=value))
        return made


def _literal(value: Any) -> ValueNode:
    return nodes.Int(value) if isinstance(value, int) else nodes.String(value)


def _is_null(node: ValueNode | None) -> bool:
    return node is None or isinstance(node, NullValueNode)
