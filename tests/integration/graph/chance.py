"""Queries made by chance, the same from the same seed: selections, fragments, filters, pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
)

from tests.integration.graph.asking import Asked, possible, prefixed
from tests.integration.graph.people import GRID_1, GRID_4, STREET_A, STREET_B

ROOTS = (
    ("areas", ""),
    ("grids", ""),
    ("gridWorkers", ""),
    ("households", ""),
    ("residents", ""),
    ("places", ""),
    ("visits", ""),
    ("submissions", ""),
    ("hazards", ""),
    ("hazardEvents", ""),
    ("forms", ""),
    ("area", f'(code: "{STREET_A}")'),
    ("grid", f'(code: "{GRID_1}")'),
    ("hazard", '(id: "Hazard:61")'),
    ("submission", '(id: "Submission:4")'),
    ("node", '(id: "Place:1")'),
)

TEXTS = ("STORAGE", "惠民超市", "第", "N01", "FIRE_RESCUE", "", "'", "%")
IDS = ("Place:1", "Place:2", "Household:1", "GridWorker:1", "FormVersion:1", f"Grid:{GRID_1}", "x")
MOMENTS = ("2026-05-01T08:00:00.25Z", "2026-04-26T02:00:00+00:00", "2026-05-03T16:00:00.250+08:00")
UUIDS = ("00000000-0000-0000-0000-000000000001", "000003e9-0000-0000-0000-000000000000")
CODES = (STREET_A, STREET_B, GRID_4, "370114001004", "370100")


SEALED = ("phone", "idNumber")


class Chance:
    """Makes queries for one schema."""

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        self._schema = schema
        self._random = Random(seed)
        self._numbers = 0

    def question(self) -> Asked:
        """A root field, with what is asked of it."""
        query = self._schema.query_type
        assert query is not None
        root, arguments = self._random.choice(ROOTS)
        return self._field(root, query.fields[root], arguments, depth=4)

    def _field(self, name: str, definition: GraphQLField, arguments: str, depth: int) -> Asked:
        of = get_named_type(definition.type)
        if not arguments and definition.args:
            arguments = self._arguments(definition)
        self._numbers += 1
        below = {
            each.name: [*self._fields(each.fields, depth)] for each in possible(self._schema, of)
        }
        return Asked(
            f"f{self._numbers}_id" if name == "id" else f"f{self._numbers}",
            name,
            definition.type,
            arguments,
            below,
            fragments=prefixed(of) or self._random.random() < 0.2,
        )

    def _fields(self, fields: dict[str, GraphQLField], depth: int) -> Iterator[Asked]:
        for name, definition in fields.items():
            of = get_named_type(definition.type)
            nested = bool(possible(self._schema, of))
            paging = name in ("edges", "node", "pageInfo")
            odds = 1.0 if paging else 0.25 if nested else 0.4
            if (nested and depth == 0) or self._random.random() > odds:
                continue
            below = depth if paging else depth - 1
            yield self._field(name, definition, "", below)

    def _arguments(self, definition: GraphQLField) -> str:
        given: list[str] = []
        for name, argument in definition.args.items():
            of = get_named_type(argument.type)
            if name == "filter" and self._random.random() < 0.5:
                assert isinstance(of, GraphQLInputObjectType)
                given.append(f"filter: {self._filter(of, depth=2, top=True)}")
            elif isinstance(of, GraphQLEnumType) and self._random.random() < 0.5:
                values = self._random.sample([*of.values], k=min(2, len(of.values)))
                given.append(f"{name}: {values[0] if name != 'orderBy' else self._list(values)}")
        if "first" in definition.args:
            given.append(f"{self._random.choice(['first', 'last'])}: {self._random.randint(1, 4)}")
        return f"({', '.join(given)})" if given else ""

    def _filter(self, of: GraphQLInputObjectType, depth: int, *, top: bool = False) -> str:
        # A sealed column can be looked for at the top only.
        offered = [name for name in of.fields if top or name not in SEALED]
        names = self._random.sample(offered, k=min(2, len(offered)))
        members = []
        for name in names:
            field = of.fields[name]
            inner = get_named_type(field.type)
            if name in ("and", "or", "not"):
                if depth == 0:
                    continue
                assert isinstance(inner, GraphQLInputObjectType)
                parts = [self._filter(inner, depth - 1) for _ in range(self._random.randint(0, 2))]
                if name == "not":
                    parts = parts[:1] or ["{}"]
                    members.append(f"not: {parts[0]}")
                else:
                    members.append(f"{name}: {self._list(parts)}")
            else:
                members.append(f"{name}: {self._test(name, inner)}")
        return f"{{{', '.join(members)}}}"

    def _test(self, name: str, of: Any) -> str:
        if not isinstance(of, GraphQLInputObjectType):
            value = self._value(of) if name != "under" else json.dumps(self._random.choice(CODES))
            return self._list([value]) if name in ("severity", "category", "kind") else value
        operator, field = self._random.choice([*of.fields.items()])
        value = self._value(get_named_type(field.type))
        return f"{{{operator}: {self._list([value]) if operator == 'in' else value}}}"

    def _value(self, of: Any) -> str:
        if isinstance(of, GraphQLEnumType):
            name: str = self._random.choice([*of.values])
            return name
        choices: dict[str, Sequence[Any]] = {
            "String": TEXTS,
            "ID": IDS,
            "DateTime": MOMENTS,
            "UUID": UUIDS,
            "Int": (1938, 1980, 2),
            "Boolean": (True, False),
        }
        return json.dumps(self._random.choice(choices[of.name]), ensure_ascii=False)

    def _list(self, items: Sequence[str]) -> str:
        return f"[{', '.join(items)}]"
