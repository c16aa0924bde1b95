"""The typed shape of a form's answers, for whoever makes types of it; knows no GraphQL library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from gridql.errors import LANGS, Text
from gridql.forms.bundle import is_enum
from gridql.forms.version import FormVersion, Schema


class Scalar(StrEnum):
    """The simple types of answers."""

    STRING = "STRING"
    INT = "INT"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    DATETIME = "DATETIME"
    TIME = "TIME"
    UUID = "UUID"


@dataclass(frozen=True, slots=True)
class EnumShape:
    """A choice between names."""

    name: str
    values: tuple[tuple[str, Text | None], ...]
    description: Text | None
    origin: str | None
    """The library that defines it for all forms; None when it belongs to one form."""

    @property
    def shared(self) -> bool:
        """Whether other forms use the same type."""
        return self.origin is not None


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One question: its type, whether it must be answered, whether it takes a list of answers."""

    name: str
    type: Scalar | EnumShape | ObjectShape
    required: bool
    many: bool
    title: Text
    description: Text | None


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """Questions that are answered together."""

    name: str
    fields: tuple[FieldShape, ...]
    description: Text | None


_SCALARS = {
    "integer": Scalar.INT,
    "number": Scalar.FLOAT,
    "boolean": Scalar.BOOLEAN,
    "string": Scalar.STRING,
}
_FORMATS = {
    "date": Scalar.DATE,
    "date-time": Scalar.DATETIME,
    "time": Scalar.TIME,
    "uuid": Scalar.UUID,
}


def shape_of(version: FormVersion) -> ObjectShape:
    """The shape of the answers to `version`; raises ValueError where two types get one name."""
    shape = _Shaper(version).shape()
    names: dict[str, object] = {}
    for each in named(shape):
        for name in _names(each):
            if names.setdefault(name, each) != each:
                raise ValueError(f"two parts of the form would both be the type {name}")
    return shape


def named(shape: ObjectShape) -> Iterable[ObjectShape | EnumShape]:
    """Every object and enumeration within `shape`, itself last."""
    for field in shape.fields:
        if isinstance(field.type, ObjectShape):
            yield from named(field.type)
        elif isinstance(field.type, EnumShape):
            yield field.type
    yield shape


def _names(shape: ObjectShape | EnumShape) -> tuple[str, ...]:
    """The types that a part needs: answers that are given together have one for input too."""
    own = (shape.name,)
    return own if isinstance(shape, EnumShape) else (*own, f"{shape.name}Input")


def type_names(shapes: Iterable[ObjectShape]) -> dict[str, ObjectShape | EnumShape]:
    """Every type that the answers to all of these forms need, by name.

    Forms share the enumerations of libraries. A library may add a value: older versions of forms
    keep their own list and judge by it, the type has them all. Raises ValueError where two forms,
    or two libraries, mean different things by one name.
    """
    types: dict[str, ObjectShape | EnumShape] = {}
    owners: dict[str, str] = {}
    for shape in shapes:
        for each in named(shape):
            owner = (each.origin if isinstance(each, EnumShape) else None) or shape.name
            known = types.get(each.name)
            for name in _names(each):
                other = owners.setdefault(name, owner)
                if other != owner:
                    raise ValueError(f"{other} and {owner} would both make the type {name}")
            if isinstance(known, EnumShape) and isinstance(each, EnumShape):
                types[each.name] = _merged(known, each)
            else:
                types[each.name] = each
    return types


def _merged(known: EnumShape, other: EnumShape) -> EnumShape:
    old = {value for value, _ in known.values}
    new = tuple(value for value in other.values if value[0] not in old)
    return replace(known, values=known.values + new)


class _Shaper:
    """Walks the schema in every language at once."""

    def __init__(self, version: FormVersion) -> None:
        self._version = version

    def shape(self) -> ObjectShape:
        version = self._version
        shape = self._object(version.type_name, [version.schemas[lang] for lang in LANGS])
        return replace(shape, description=version.title)

    def _object(self, name: str, schemas: list[Schema]) -> ObjectShape:
        required = schemas[0].get("required", ())
        fields = tuple(
            self._field(name, key, [each["properties"][key] for each in schemas], key in required)
            for key in schemas[0]["properties"]
        )
        return ObjectShape(name, fields, _text(schemas, "description") or _text(schemas, "title"))

    def _field(self, owner: str, key: str, schemas: list[Schema], required: bool) -> FieldShape:
        many = schemas[0].get("type") == "array"
        item = [schema["items"] for schema in schemas] if many else schemas
        return FieldShape(
            name=key,
            type=self._type(f"{owner}{key[0].upper()}{key[1:]}", item),
            required=required,
            many=many,
            title=_text(schemas, "title") or _text(item, "title") or dict.fromkeys(LANGS, key),
            description=_text(schemas, "description"),
        )

    def _type(self, name: str, schemas: list[Schema]) -> Scalar | EnumShape | ObjectShape:
        reference = schemas[0].get("$ref")
        if reference is not None:
            name = reference.rpartition("/")[2]
            definitions = [self._version.schemas[lang]["$defs"][name] for lang in LANGS]
            return _enum(name, definitions, self._version.shared[name])
        kind: Any = schemas[0]["type"]
        if kind == "object":
            return self._object(name, schemas)
        if is_enum(schemas[0]):
            return _enum(name, schemas, None)
        return _FORMATS.get(schemas[0].get("format", ""), _SCALARS[kind])


def _enum(name: str, schemas: list[Schema], origin: str | None) -> EnumShape:
    values: tuple[tuple[str, Text | None], ...]
    if "oneOf" in schemas[0]:
        values = tuple(
            (choice["const"], _text([schema["oneOf"][n] for schema in schemas], "title"))
            for n, choice in enumerate(schemas[0]["oneOf"])
        )
    else:
        values = tuple((value, None) for value in schemas[0]["enum"])
    return EnumShape(name, values, _text(schemas, "description"), origin)


def _text(schemas: list[Schema], key: str) -> Text | None:
    if key not in schemas[0]:
        return None
    return {lang: schema[key] for lang, schema in zip(LANGS, schemas, strict=True)}
