"""How much a document may ask for: each fragment is measured once, however often it is spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from gridql.graph.page import DEFAULT_PAGE, LARGEST_PAGE
from gridql.graph.refusals import too_much

SIZES = frozenset({"first", "last", "ids"})
"""Arguments that say how many objects there will be."""

CHARACTERS_A_TOKEN = 20

EDGE = frozenset({"cursor", "node"})
"""The fields of an edge: how many there are, the connection says."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one operation may have of each."""

    depth: int = 15
    """Fields within one another."""
    aliases: int = 30
    """Fields under another name, those of fragments counted wherever they are spread."""
    tokens: int = 3000
    """Words and signs of the document."""
    directives: int = 50
    root_fields: int = 20
    cost: int = 5000
    """Objects in the largest answer there could be: a connection has its page size of each, another
    list counts for twenty.
    """

    @property
    def characters(self) -> int:
        """How long a document may be: what its tokens leave room for, without padding."""
        return self.tokens * CHARACTERS_A_TOKEN


@dataclass(frozen=True, slots=True)
class Cost:
    """Objects of an answer: a number, and how often each page whose size is still to be known."""

    fixed: int = 0
    pages: Mapping[Page, int] = field(default_factory=dict)

    def of(self, variables: Mapping[str, Any]) -> int:
        """The number, given the variables of a request."""
        return self.fixed + sum(page.of(variables) * often for page, often in self.pages.items())

    def least(self) -> int:
        """The number that no variables go below."""
        return self.fixed + sum(page.least() * often for page, often in self.pages.items())


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A list whose size, or something below it, stands in a variable."""

    sizes: tuple[int | str, ...]
    """Numbers, and names of variables: `first` and `last` may both be given, one of them null."""
    each: Cost

    def of(self, variables: Mapping[str, Any]) -> int:
        """The objects of this page, given the variables of a request."""
        given = [variables.get(size) if isinstance(size, str) else size for size in self.sizes]
        counted = [len(size) if isinstance(size, list) else size for size in given]
        size = max((size for size in counted if isinstance(size, int)), default=DEFAULT_PAGE)
        return min(max(size, 0), LARGEST_PAGE) * self.each.of(variables)

    def least(self) -> int:
        """The objects of this page where every variable asks for none."""
        size = max((size for size in self.sizes if isinstance(size, int)), default=0)
        return min(max(size, 0), LARGEST_PAGE) * self.each.least()


class Measured(NamedTuple):
    """What an operation, or a part of one, asks for."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    introspection_aliases: int = 0
    """Every alias of a list in there gives the whole schema once more."""
    introspects: bool = False
    """Whether it asks for the schema; `__typename` is no part of that."""
    cost: Cost = Cost()


def measure(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, Measured]:
    """Every operation of a document, by name."""
    measuring = _Measuring(schema, document)
    return {
        node.name.value if node.name else None: measuring.operation(node)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }


def exceeded(measured: Measured, limits: Limits) -> list[GraphQLError]:
    """Everything but the cost that an operation asks too much of, whatever its variables."""
    compared = {
        "depth": (measured.depth, limits.depth),
        "aliases": (measured.aliases, limits.aliases),
        "directives": (measured.directives, limits.directives),
        "root_fields": (measured.root_fields, limits.root_fields),
        "introspection_aliases": (measured.introspection_aliases, 0),
    }
    return [too_much(name, asked, most) for name, (asked, most) in compared.items() if asked > most]


class _Measuring:
    """One walk over a document; fragments are measured when they are first met, and remembered."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Measured] = {}

    def operation(self, node: OperationDefinitionNode) -> Measured:
        of = self._schema.get_root_type(node.operation)
        found = self._selections(of, node.selection_set)
        return found._replace(directives=found.directives + len(node.directives or ()))

    def _selections(self, of: Any, selections: SelectionSetNode) -> Measured:
        return _sum(self._selection(of, node) for node in selections.selections)

    def _selection(self, of: Any, node: Any) -> Measured:
        directives = len(node.directives or ())
        if isinstance(node, FieldNode):
            found = self._field(of, node)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = self._schema.get_type(condition.name.value) if condition else of
            found = self._selections(inner, node.selection_set)
        else:
            found = self._fragment(node)
        return found._replace(directives=found.directives + directives)

    def _fragment(self, spread: FragmentSpreadNode) -> Measured:
        name = spread.name.value
        known = self._known.get(name)
        if known is None:
            # Stands in while it is being measured: a cycle is for another rule to report.
            self._known[name] = known = Measured()
            fragment = self._fragments.get(name)
            if fragment is not None:
                of = self._schema.get_type(fragment.type_condition.name.value)
                known = self._known[name] = self._selections(of, fragment.selection_set)
        return known

    def _field(self, of: Any, node: FieldNode) -> Measured:
        definition = self._schema.get_field(of, node.name.value) if is_composite_type(of) else None
        below = Measured()
        cost = Cost()
        if node.selection_set is not None:
            inner = get_named_type(definition.type) if definition else None
            below = self._selections(inner, node.selection_set)
            cost = _cost(definition, node, below.cost)
        aliases = below.aliases + (node.alias is not None)
        looks_in = node.name.value in ("__schema", "__type")
        return Measured(
            depth=below.depth + 1,
            aliases=aliases,
            introspection_aliases=aliases if looks_in else below.introspection_aliases,
            introspects=looks_in or below.introspects,
            directives=below.directives,
            root_fields=1,
            cost=cost,
        )


def _cost(definition: GraphQLField | None, node: FieldNode, below: Cost) -> Cost:
    if definition is None or not SIZES & definition.args.keys():
        return _times((1 if definition is None else _listed(definition),), below)
    asked = (_size(each.value) for each in node.arguments or () if each.name.value in SIZES)
    sizes = tuple(size for size in asked if size is not None)
    return _times(sizes or (DEFAULT_PAGE,), below)


def _size(value: ValueNode) -> int | str | None:
    """The number that an argument gives, or the name of the variable that does."""
    if isinstance(value, IntValueNode):
        return max(0, min(int(value.value[:10]), LARGEST_PAGE))
    if isinstance(value, ListValueNode):
        return len(value.values)
    return value.name.value if isinstance(value, VariableNode) else None


def _listed(definition: GraphQLField) -> int:
    """How many objects to expect of a field without a page size."""
    if not is_list_type(get_nullable_type(definition.type)):
        return 1
    of = get_named_type(definition.type)
    # What introspection lists is bounded by the schema, and by a limit of its own.
    counted_elsewhere = of.name.startswith("__") or EDGE.issubset(getattr(of, "fields", {}))
    return 1 if counted_elsewhere else DEFAULT_PAGE


def _times(sizes: tuple[int | str, ...], below: Cost) -> Cost:
    if sizes == (1,):
        return Cost(1 + below.fixed, below.pages)
    page = Page(sizes, below)
    if not below.pages and not any(isinstance(size, str) for size in sizes):
        return Cost(1 + page.of({}))
    return Cost(1, {page: 1})


def _sum(parts: Iterable[Measured]) -> Measured:
    depth = aliases = directives = root_fields = introspection_aliases = fixed = 0
    introspects = False
    pages: Counter[Page] = Counter()
    for part in parts:
        depth = max(depth, part.depth)
        aliases += part.aliases
        directives += part.directives
        root_fields += part.root_fields
        introspection_aliases += part.introspection_aliases
        introspects = introspects or part.introspects
        fixed += part.cost.fixed
        # Fragments are spread often and measured once: their pages are counted, not listed.
        pages.update(part.cost.pages)
    cost = Cost(fixed, pages)
    return Measured(
        depth, aliases, directives, root_fields, introspection_aliases, introspects, cost
    )
