"""Runs what the compiler writes: finds or makes the plan of a root field, binds it, reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson
from graphql import FieldNode, FragmentDefinitionNode, GraphQLError

from gridql.access.codes import LENGTHS
from gridql.database import Database
from gridql.errors import storable
from gridql.graph.call import Call
from gridql.graph.compiler import (
    EACH,
    Binding,
    Compiler,
    Finisher,
    Selected,
    Site,
    Slot,
)
from gridql.graph.dialects import Dialect
from gridql.graph.listing import ListOrder
from gridql.graph.lru import Cache
from gridql.graph.postgres import Postgres
from gridql.graph.sqlite import Sqlite
from gridql.graph.statements import Root

log = logging.getLogger("gridql.graph")

PLANS = 2000
"""Kept at most; those of long documents count for several."""

LONGEST_KEPT = 50_000
"""Characters of a statement; a longer one is written anew each time."""


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

    async def text(self, call: Call, root: Root, *inputs: Any) -> str | bytes | None:
        """The JSON of what the field selects; None where there is no such row to be seen.

        Raises GraphQLError for arguments that cannot be taken, ReadTimeout and ReadTooComplex.
        """
        plan = self._plan(call, root)
        arguments = [site.values(call.variables) for site in plan.sites]
        binding = Binding(arguments, call.context.audience, inputs, self._blind_index)
        values = [
            self._dialect.value(_sound(slot.take(binding)), slot.kind, many=slot.many)
            for slot in plan.slots
        ]
        text = await self.database.read(plan.sql, values)
        if text is None or not plan.finishers:
            return text
        return finished(text, plan.finishers)

    def _plan(self, call: Call, root: Root) -> Plan:
        identity = tuple(map(id, call.nodes))
        used = self._used_variables(identity, call.nodes, call.fragments)
        shapes = tuple(_shape(call.variables.coerced.get(name, ...)) for name in used)
        key = (identity, root, call.context.audience.shape, shapes)
        plan = self.plans.get(key)
        if plan is None:
            plan = self._compile(call, root)
            if len(plan.sql) <= LONGEST_KEPT:
                self.plans.put(key, plan, _weight(call.nodes))
        return plan

    def _compile(self, call: Call, root: Root) -> Plan:
        compiler = Compiler(
            self._dialect, call.schema, call.context.audience, call.fragments, call.variables
        )
        sql = root.compile(compiler, Selected(call.name, call.definition, call.nodes, ""))
        log.debug("compiled %s: %s", call.name, sql)
        return Plan(sql, compiler.slots, compiler.sites, compiler.finishers, call.nodes)

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
                collect_variables(node, fragments, names, set())
            known = (nodes, frozenset(names))
            self._variables.put(identity, known, _weight(nodes))
        return known[1]


def _weight(nodes: Sequence[FieldNode]) -> int:
    """What keeping the nodes counts for: they keep their document."""
    source = nodes[0].loc.source.body if nodes[0].loc is not None else ""
    return 1 + len(source) // 1000


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
    if isinstance(value, str) and len(value) in LENGTHS and value.isdigit():
        return len(value)  # how much lies under a code decides how it is best looked for
    return "value"


def _shaping(items: list[Any]) -> bool:
    return any(isinstance(item, Mapping | ListOrder) for item in items)


def collect_variables(
    node: Any, fragments: Mapping[str, FragmentDefinitionNode], names: set[str], seen: set[str]
) -> None:
    """Add the names of all variables below the node; those of fragments not in `seen` too."""
    if node.kind == "variable":
        names.add(node.name.value)
    elif node.kind == "fragment_spread" and node.name.value not in seen:
        seen.add(node.name.value)
        collect_variables(fragments[node.name.value], fragments, names, seen)
    for name in node.keys:
        child = getattr(node, name, None)
        for inner in child if isinstance(child, list | tuple) else (child,):
            if hasattr(inner, "kind"):
                collect_variables(inner, fragments, names, seen)
