"""Walks a selection and writes the one statement that answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from gridql.errors import Misuse
from gridql.graph.dialects import Dialect
from gridql.graph.kinds import Kind
from gridql.graph.visibility import Audience

if TYPE_CHECKING:
    from gridql.graph.exposed import Exposed

READS = "reads"
"""Where a field's definition keeps how the field is read."""

EACH = object()
"""In a response path: every element of the array."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a plan's parameters are taken from when it runs."""

    arguments: Sequence[Mapping[str, Any]]
    audience: Audience
    inputs: Sequence[Any]
    blind_index: Callable[[str, str, str], str]


Take = Callable[[Binding], Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of a statement."""

    take: Take
    kind: Kind
    many: bool


@dataclass(frozen=True, slots=True)
class Site:
    """One field of the operation that has arguments; `fixed` where no variable is among them."""

    definition: GraphQLField
    node: FieldNode
    fixed: Mapping[str, Any] | None

    def values(self, variables: VariableValues) -> Mapping[str, Any]:
        """The arguments, coerced, with this request's variables."""
        if self.fixed is not None:
            return self.fixed
        return get_argument_values(self.definition, self.node, variables)


@dataclass(frozen=True, slots=True)
class Arguments:
    """A field's arguments while compiling: their present values, and where to find them later."""

    site: int
    values: Mapping[str, Any]

    def take(self, *path: str | int) -> Take:
        """How to find the argument at `path` when the plan runs."""
        site = self.site

        def take(binding: Binding) -> Any:
            value: Any = binding.arguments[site]
            for step in path:
                value = value[step]
            return value

        return take


@dataclass(frozen=True, slots=True)
class Finisher:
    """A value that Python makes of columns which the statement has put in its place."""

    mark: str
    """Stands before the columns: in a union another type may have another value at this place."""
    path: tuple[object, ...]
    finish: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Selected:
    """One field of an object's selection: its place in the response and in the statement."""

    name: str
    definition: GraphQLField
    nodes: Sequence[FieldNode]
    row: str


class Reads(Protocol):
    """How a field of an exposed type is read."""

    def compile(self, compiler: Compiler, owner: Exposed, selected: Selected) -> str:
        """The expression of the field's value in JSON, over the row that `selected` names."""


@dataclass
class Compiler:
    """One statement in the making."""

    dialect: Dialect
    schema: GraphQLSchema
    audience: Audience
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    slots: list[Slot] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    finishers: list[Finisher] = field(default_factory=list)
    _aliases: int = 0
    _joins: list[str] = field(default_factory=list)
    _path: list[object] = field(default_factory=list)
    _shared: dict[object, str] = field(default_factory=dict)

    # Names and parameters

    def alias(self) -> str:
        """A new name for a table."""
        self._aliases += 1
        return f"t{self._aliases}"

    def bind(self, kind: Kind, take: Take, *, many: bool = False, same_as: object = None) -> str:
        """The placeholder of a new parameter; with `same_as`, of the one bound for that before."""
        if same_as is not None and same_as in self._shared:
            return self._shared[same_as]
        self.slots.append(Slot(take, kind, many))
        placeholder = self.dialect.parameter(len(self.slots), kind, many=many)
        if same_as is not None:
            self._shared[same_as] = placeholder
        return placeholder

    def arguments(self, selected: Selected) -> Arguments:
        """The arguments of a field, to be read again from the variables of each later request."""
        node = selected.nodes[0]
        values = get_argument_values(selected.definition, node, self.variables)
        fixed = None if _mentions_variable(node) else values
        self.sites.append(Site(selected.definition, node, fixed))
        return Arguments(len(self.sites) - 1, values)

    # Joins

    @contextmanager
    def rows(self) -> Iterator[list[str]]:
        """A FROM of its own: joins asked for inside are collected in the list."""
        outer, self._joins = self._joins, []
        try:
            yield self._joins
        finally:
            self._joins = outer

    def join(self, table: str, alias: str, condition: str) -> None:
        """Add a to-one join to the FROM at hand; it never changes the number of rows."""
        self._joins.append(f"left join {table} {alias} on {condition}")

    # Selections

    @contextmanager
    def below(self, *steps: object) -> Iterator[None]:
        """Work at a place further down in the response."""
        self._path.extend(steps)
        try:
            yield
        finally:
            del self._path[-len(steps) :]

    def finish_here(self, columns: Sequence[str], finish: Callable[..., Any]) -> str:
        """Let Python make the value at this place of the response of these columns' values."""
        mark = f"${len(self.finishers)}"
        self.finishers.append(Finisher(mark, tuple(self._path), finish))
        return self.dialect.array([f"'{mark}'", *columns])

    def select(
        self, of: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> dict[str, list[FieldNode]]:
        """The fields asked of an object of that type, by response key, fragments dissolved."""
        found: dict[str, list[FieldNode]] = {}
        # Shared by the nodes: a fragment is looked at once, however often it is spread among them.
        seen: set[str] = set()
        for node in nodes:
            if node.selection_set is not None:
                self._collect(of, node.selection_set, found, seen)
        return found

    def _collect(
        self,
        of: GraphQLObjectType,
        selections: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(of, node.type_condition):
                    self._collect(of, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(of, fragment.type_condition):
                    self._collect(of, fragment.selection_set, found, seen)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not include or bool(include["if"])

    def _applies(self, of: GraphQLObjectType, condition: Any) -> bool:
        if condition is None or condition.name.value == of.name:
            return True
        named = self.schema.get_type(condition.name.value)
        return is_abstract_type(named) and self.schema.is_sub_type(named, of)

    def exposed(self, name: str) -> Exposed:
        """What the type of that name shows of which table."""
        of = self.schema.get_type(name)
        assert isinstance(of, GraphQLObjectType)
        return exposed_of(of)

    def object(self, of: GraphQLObjectType, nodes: Sequence[FieldNode], row: str) -> str:
        """The JSON object of an exposed type over the table or sub-select named `row`."""
        owner = exposed_of(of)
        pairs: list[tuple[str, str]] = []
        for key, same in self.select(of, nodes).items():
            name = same[0].name.value
            if name == "__typename":
                pairs.append((key, f"'{of.name}'"))
                continue
            definition = of.fields[name]
            with self.below(key):
                selected = Selected(name, definition, same, row)
                pairs.append((key, reads_of(definition).compile(self, owner, selected)))
        return self.dialect.object(pairs)


def exposed_of(of: GraphQLObjectType) -> Exposed:
    """What the type shows of which table; Misuse for a type that shows none."""
    exposed = _exposed(of)
    if exposed is None:
        raise Misuse(f"{of.name} is not exposed over a table")
    return exposed


def is_exposed(of: GraphQLObjectType) -> bool:
    """Whether the type is one over a table."""
    return _exposed(of) is not None


def _exposed(of: GraphQLObjectType) -> Exposed | None:
    definition = of.extensions.get("strawberry-definition")
    return getattr(definition and definition.origin, "__exposed__", None)


def reads_of(definition: GraphQLField) -> Reads:
    """How the field is read; Misuse for one that has a resolver instead."""
    field_definition = definition.extensions["strawberry-definition"]
    reads: Reads | None = field_definition.metadata.get(READS)
    if reads is None:
        raise Misuse(f"{field_definition.python_name} of an exposed type is not read from it")
    return reads


def _mentions_variable(node: Any) -> bool:
    if node.kind == "variable":
        return True
    return any(
        _mentions_variable(child)
        for name in ("arguments", "value", "values", "fields")
        for child in _as_list(getattr(node, name, None))
        if hasattr(child, "kind")
    )


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)
