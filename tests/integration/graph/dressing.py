"""What clients put around the fields they ask for: aliases, variables, fragments, directives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    NullValueNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_object_type,
    parse_const_value,
    parse_type,
    print_ast,
    value_from_ast_untyped,
)
from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass
class Wardrobe:
    """Dresses one operation, and keeps what has to be declared for it."""

    draw: Draw
    definitions: list[VariableDefinitionNode] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[FragmentDefinitionNode] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    def sometimes(self, percent: int) -> bool:
        """Whether the dice fall; never in the simplest example."""
        return bool(self.draw(st.integers(0, 99)) >= 100 - percent)

    def value(self, of: Any, node: ValueNode, percent: int) -> ValueNode:
        """The value as it is, or in a variable that is given, defaulted or left out."""
        if "$" in print_ast(node) or not self.sometimes(percent):
            return node
        left_out = isinstance(node, NullValueNode) and self.sometimes(50)
        defaulted = not left_out and self.sometimes(30)
        name = f"v{next(self.numbers)}"
        self.definitions.append(
            VariableDefinitionNode(
                variable=_variable(name),
                type=parse_type(str(of)),
                default_value=parse_const_value(print_ast(node)) if defaulted else None,
                directives=(),
            )
        )
        if not left_out and not defaulted:
            self.variables[name] = value_from_ast_untyped(node)
        return _variable(name)

    def field(self, node: FieldNode) -> list[FieldNode]:
        """The field, under its own or another name, in one piece or in two, or left out."""
        if node.alias is None and self.sometimes(20):
            node = _with(node, alias=NameNode(value=f"a{next(self.numbers)}"))
        if self.sometimes(8):
            node = _with(node, directives=(self._condition(),))
        if node.selection_set is None or not self.sometimes(8):
            return [node]
        inner = node.selection_set.selections
        middle = (len(inner) + 1) // 2
        return [
            _with(node, selection_set=SelectionSetNode(selections=part))
            for part in (inner[:middle], inner[middle:])
            if part
        ]

    def fragment(self, of: str, selection: SelectionSetNode) -> SelectionNode:
        """The selection on a type, in place or under a name."""
        condition = NamedTypeNode(name=NameNode(value=of))
        if not self.sometimes(30):
            return InlineFragmentNode(
                type_condition=condition, selection_set=selection, directives=()
            )
        name = NameNode(value=f"F{next(self.numbers)}")
        self.fragments.append(
            FragmentDefinitionNode(
                name=name, type_condition=condition, selection_set=selection, directives=()
            )
        )
        return FragmentSpreadNode(name=name, directives=())

    def selection(self, of: Any, found: Sequence[SelectionNode]) -> SelectionSetNode:
        """The selections on a type, with what clients add to them of their own accord."""
        added: list[SelectionNode] = []
        if self.sometimes(25):
            added += self.field(_named("__typename"))
        if "id" in getattr(of, "fields", {}) and self.sometimes(40):
            added += self.field(_named("id"))
        if is_object_type(of) and "id" in of.fields:
            added += [self._glance(of) for _ in range(self.draw(st.integers(0, 3)))]
        if is_object_type(of) and len(found) > 1 and self.sometimes(10):
            found = [self.fragment(of.name, SelectionSetNode(selections=tuple(found)))]
        return SelectionSetNode(selections=(*added, *found))

    def _glance(self, of: Any) -> FieldNode:
        """Any field of the type, but for lists: a reference only as far as the id behind it."""
        names = [name for name, each in of.fields.items() if not each.args]
        name = self.draw(st.sampled_from(names))
        target = get_named_type(of.fields[name].type)
        below = None
        if is_composite_type(target):
            inner = "id" if "id" in getattr(target, "fields", {}) else "__typename"
            below = SelectionSetNode(selections=(_named(inner),))
        alias = NameNode(value=f"a{next(self.numbers)}")
        return _with(_named(name), alias=alias, selection_set=below)

    def _condition(self) -> DirectiveNode:
        name, value = self.draw(
            st.sampled_from(
                [("include", True), ("skip", False), ("skip", True), ("include", False)]
            )
        )
        given = self.value("Boolean!", BooleanValueNode(value=value), 50)
        argument = ArgumentNode(name=NameNode(value="if"), value=given)
        return DirectiveNode(name=NameNode(value=name), arguments=(argument,))


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _named(name: str) -> FieldNode:
    return FieldNode(name=NameNode(value=name), arguments=(), directives=())


def _with(node: FieldNode, **changes: Any) -> FieldNode:
    members = {key: getattr(node, key) for key in node.keys if hasattr(node, key)}
    return FieldNode(**{**members, **changes})
