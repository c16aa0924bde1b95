"""Kinds of column: what a Tortoise field is in GraphQL, and how its values come in and go out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from strawberry.scalars import JSON
from tortoise import fields
from tortoise.models import Model

from gridql.errors import Misuse
from gridql.rows import DocumentField


class Kind(StrEnum):
    """How a value stands in the database and in JSON."""

    TEXT = "text"
    INTEGER = "bigint"
    NUMBER = "double precision"
    BOOLEAN = "boolean"
    MOMENT = "timestamptz"
    DATE = "date"
    UUID = "uuid"
    DOCUMENT = "json"


LAST_MOMENT = "9999-12-31T00:00:00+00:00"
"""Stands for a moment that is not set, so that it sorts last and a cursor can name it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, as the engine needs to know it."""

    name: str
    kind: Kind
    nullable: bool
    description: str
    python_type: Any

    @property
    def words(self) -> Sequence[str]:
        """The values of an enum, in the order in which it declares them; none of another type."""
        of = self.python_type
        return [each.value for each in of] if isinstance(of, type) and issubclass(of, Enum) else ()

    @property
    def sort_kind(self) -> Kind:
        """What `sortable` gives."""
        return Kind.INTEGER if self.words else self.kind

    def sortable(self, row: str) -> str:
        """The value of a row as it sorts: a moment that is not set last, an enum as declared.

        An index has to hold the same expression, word for word.
        """
        value = f"{row}.{self.name}"
        if self.words:
            ranks = " ".join(f"when '{word}' then {n}" for n, word in enumerate(self.words, 1))
            return f"(case {value} {ranks} end)"
        return f"coalesce({value}, '{LAST_MOMENT}')" if self.nullable else value


_KINDS: tuple[tuple[type[Any], Kind, Any], ...] = (
    (DocumentField, Kind.DOCUMENT, JSON),
    (fields.data.CharEnumFieldInstance, Kind.TEXT, None),
    (fields.CharField, Kind.TEXT, str),
    (fields.TextField, Kind.TEXT, str),
    (fields.BooleanField, Kind.BOOLEAN, bool),
    (fields.BigIntField, Kind.INTEGER, int),
    (fields.IntField, Kind.INTEGER, int),
    (fields.FloatField, Kind.NUMBER, float),
    (fields.DatetimeField, Kind.MOMENT, datetime),
    (fields.DateField, Kind.DATE, date),
    (fields.UUIDField, Kind.UUID, UUID),
)


def column(model: type[Model], attribute: str) -> Column:
    """The column behind `attribute` of `model`; foreign keys by their `…_id` attribute.

    Raises Misuse where there is none, or it is of a kind that the engine does not read.
    """
    relation = _relation(model, attribute)
    if relation is not None:
        remote = _model_named(relation.model_name)
        return replace(
            column(remote, remote._meta.pk_attr),
            name=_reference_column(model, attribute, relation),
            nullable=relation.null,
            description=relation.description or "",
        )
    field = model._meta.fields_map.get(attribute)
    if field is None:
        raise Misuse(f"{model.__name__} has no column {attribute}")
    for field_class, kind, python_type in _KINDS:
        if isinstance(field, field_class):
            return Column(
                name=field.source_field or attribute,
                kind=kind,
                nullable=field.null,
                description=field.description or "",
                python_type=python_type or field.enum_type,
            )
    raise Misuse(f"{model.__name__}.{attribute} is of a kind that the graph does not read")


def key_of(model: type[Model]) -> Column:
    """The column of the model's primary key."""
    return column(model, model._meta.pk_attr)


def target_of(model: type[Model], attribute: str) -> str | None:
    """The name of the model that a foreign key leads to; None for another column."""
    relation = _relation(model, attribute)
    return relation.model_name.partition(".")[2] if relation is not None else None


def _relation(model: type[Model], attribute: str) -> Any:
    # Tortoise makes the `…_id` attributes only when it connects; the relations are there before.
    if not attribute.endswith("_id"):
        return None
    return model._meta.fields_map.get(attribute.removesuffix("_id"))


def _reference_column(model: type[Model], attribute: str, relation: Any) -> str:
    # Once connected, the `…_id` attribute has the column's name and the relation no longer.
    made = model._meta.fields_map.get(attribute)
    name: str | None = (made or relation).source_field
    return name or attribute


def _model_named(reference: str) -> type[Model]:
    name = reference.partition(".")[2]
    found = [of for of in _models(Model) if of.__name__ == name]
    if len(found) != 1:
        raise Misuse(f"{len(found)} models are called {name}")
    return found[0]


def _models(base: type[Model]) -> list[type[Model]]:
    # The states that migrations go through are models too, made in Tortoise's own module.
    own = [each for each in base.__subclasses__() if each.__module__ != Model.__module__]
    return [of for each in own for of in (each, *_models(each))]


_DECODERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.MOMENT: datetime.fromisoformat,
    Kind.DATE: date.fromisoformat,
    Kind.UUID: UUID,
}


def decode(kind: Kind, value: Any) -> Any:
    """A value out of the statement's JSON as Python has it."""
    decoder = _DECODERS.get(kind)
    return value if decoder is None or value is None else decoder(value)


def plain(value: Any) -> Any:
    """A value out of GraphQL's arguments as a statement takes it: enums by their value."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value
