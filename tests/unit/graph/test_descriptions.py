"""Everything in the schema says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLEnumType, GraphQLSchema, is_introspection_type, is_specified_scalar_type

from gridql import hooks, schema


def silent(built: GraphQLSchema) -> Iterator[str]:
    for name, of in built.type_map.items():
        if is_introspection_type(of) or is_specified_scalar_type(of):
            continue
        if not of.description:
            yield name
        if isinstance(of, GraphQLEnumType):
            silent_values = [key for key, value in of.values.items() if not value.description]
            yield from (f"{name}.{key}" for key in silent_values)
        fields: dict[str, Any] = getattr(of, "fields", {})
        for key, field in fields.items():
            if not field.description:
                yield f"{name}.{key}"
            for argument, found in getattr(field, "args", {}).items():
                if not found.description:
                    yield f"{name}.{key}({argument})"


def test_everything_is_described() -> None:
    assert list(silent(schema.build(hooks.discover().forms()))) == []
