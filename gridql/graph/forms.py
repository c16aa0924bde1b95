"""Form versions as GraphQL types, put into the schema once the rest of it is built.

They are graphql-core types: making them costs a hundredth of what Strawberry's classes do, and
nothing resolves through them, because answers are read and taken as the documents that they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NewType

import strawberry
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    get_nullable_type,
)
from strawberry.types.scalar import ScalarDefinition

from gridql.errors import Misuse, Text
from gridql.forms import FormVersion
from gridql.forms.shape import EnumShape, FieldShape, ObjectShape, Scalar, shape_of, type_names

FormAnswers = NewType("FormAnswers", object)
FormAnswersInput = NewType("FormAnswersInput", object)

PLACEHOLDERS: Mapping[object, ScalarDefinition] = {
    FormAnswers: strawberry.scalar(name="FormAnswers"),
    FormAnswersInput: strawberry.scalar(name="FormAnswersInput"),
}
"""What stands for the two types until the forms are known; `with_forms` takes their place."""

GENERIC = "json"
"""The member of the input that takes answers to any version."""

_SCALARS: Mapping[Scalar, GraphQLScalarType] = {
    Scalar.STRING: GraphQLString,
    Scalar.INT: GraphQLInt,
    Scalar.FLOAT: GraphQLFloat,
    Scalar.BOOLEAN: GraphQLBoolean,
    Scalar.DATE: GraphQLString,
    Scalar.DATETIME: GraphQLString,
    Scalar.TIME: GraphQLString,
    Scalar.UUID: GraphQLString,
}
_FORMATS: Mapping[Scalar, str] = {
    Scalar.DATE: "A date, such as 2026-11-22.",
    Scalar.DATETIME: "A moment, such as 2026-11-22T08:30:00Z.",
    Scalar.TIME: "A time of day, such as 08:30:00Z.",
    Scalar.UUID: "A UUID.",
}


def with_forms(schema: GraphQLSchema, versions: Sequence[FormVersion]) -> GraphQLSchema:
    """The schema with one output and one input type for each form version."""
    json = schema.get_type("JSON")
    assert isinstance(json, GraphQLScalarType)
    types = _FormTypes(versions, json)
    _replace(schema, "Submission", "answers", types.answers)
    _replace(schema, "SubmitFormInput", "answers", types.input)
    made = GraphQLSchema(
        query=schema.query_type,
        mutation=schema.mutation_type,
        subscription=schema.subscription_type,
        types=[of for of in schema.type_map.values() if of.name not in _PLACEHOLDER_NAMES],
        directives=schema.directives,
        description=schema.description,
        extensions=schema.extensions,
    )
    # Where Strawberry's own resolvers look their schema up.
    made._strawberry_schema = schema._strawberry_schema  # type: ignore[attr-defined]  # Strawberry sets it
    return made


_PLACEHOLDER_NAMES = frozenset({"FormAnswers", "FormAnswersInput"})


def _replace(schema: GraphQLSchema, owner: str, name: str, of: GraphQLNamedType) -> None:
    found: Any = schema.get_type(owner)
    if found is None:
        raise Misuse(f"there is no type {owner} to put the forms into")
    field = found.fields[name]
    required = get_nullable_type(field.type) is not field.type
    field.type = GraphQLNonNull(of) if required else of


@dataclass(frozen=True, slots=True)
class Answered:
    """What the answers input holds: a form version, by name and number, and answers to it."""

    form: str
    version: int
    answers: Any
    form_path: str
    """JSON Pointer, within the mutation's input, to what says which form it is."""
    path: str
    """JSON Pointer to the answers within the mutation's input."""


def answered_version(given: Mapping[str, Any]) -> Answered:
    """Which of the members of the answers input is set, and to what."""
    ((member, value),) = given.items()
    if member == GENERIC:
        here = f"/answers/{GENERIC}"
        return Answered(value["form"], value["version"], value["answers"], here, f"{here}/answers")
    form, _, version = member.rpartition("V")
    here = f"/answers/{member}"
    return Answered(form, int(version), _answered(value), here, here)


def _answered(value: Any) -> Any:
    """Answers without the questions that are left open: null in a typed input is no answer."""
    if isinstance(value, Mapping):
        return {key: _answered(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_answered(each) for each in value]
    return value


class _FormTypes:
    """The types of all versions; enums of a shared library are one type for all of them."""

    def __init__(self, versions: Sequence[FormVersion], json: GraphQLScalarType) -> None:
        self._enums: dict[str, GraphQLEnumType] = {}
        shapes = [shape_of(version) for version in versions]
        for name, shape in type_names(shapes).items():
            if isinstance(shape, EnumShape):
                self._enums[name] = _enum(shape)
        outputs = [self._output(shape) for shape in shapes]
        self.answers: GraphQLNamedType = GraphQLUnionType(
            "FormAnswers", outputs, description="Answers, typed by the form version they are to."
        )
        if not outputs:
            self.answers = json
        members = {
            version.member_name: GraphQLInputField(
                self._input(shape), description=_both(version.title)
            )
            for version, shape in zip(versions, shapes, strict=True)
        }
        self.input = GraphQLInputObjectType(
            "FormAnswersInput",
            {**members, GENERIC: GraphQLInputField(_generic(json), description=GENERIC_TEXT)},
            description="Answers to one form version: exactly one member.",
            is_one_of=True,
        )

    def _output(self, shape: ObjectShape) -> GraphQLObjectType:
        fields = {}
        for field in shape.fields:
            of: Any = self._leaf(field)
            if isinstance(field.type, ObjectShape):
                of = self._output(field.type)
            if field.many:
                of = GraphQLList(GraphQLNonNull(of))
            fields[field.name] = GraphQLField(
                GraphQLNonNull(of) if field.required else of, description=_described(field)
            )
        return GraphQLObjectType(shape.name, fields, description=_both(shape.description))

    def _input(self, shape: ObjectShape) -> GraphQLInputObjectType:
        """Nothing is required here: the form judges, so that all faults come back together."""
        fields = {}
        for field in shape.fields:
            of: Any = self._leaf(field)
            if isinstance(field.type, ObjectShape):
                of = self._input(field.type)
            if field.many:
                of = GraphQLList(GraphQLNonNull(of))
            text = _described(field)
            if field.required:
                text = f"{text}\n\nRequired by the form."
            fields[field.name] = GraphQLInputField(of, description=text)
        return GraphQLInputObjectType(
            f"{shape.name}Input", fields, description=_both(shape.description)
        )

    def _leaf(self, field: FieldShape) -> GraphQLNamedType | None:
        if isinstance(field.type, ObjectShape):
            return None
        if isinstance(field.type, EnumShape):
            made = self._enums[field.type.name]
            made.description = made.description or _both(field.title)
            return made
        return _SCALARS[field.type]


def _enum(shape: EnumShape) -> GraphQLEnumType:
    return GraphQLEnumType(
        shape.name,
        {name: GraphQLEnumValue(name, description=_both(title)) for name, title in shape.values},
        description=_both(shape.description),
    )


GENERIC_TEXT = "Answers to any version, for clients that render any form."


def _generic(json: GraphQLScalarType) -> GraphQLInputObjectType:
    return GraphQLInputObjectType(
        "JsonAnswersInput",
        {
            "form": GraphQLInputField(
                GraphQLNonNull(GraphQLString), description="Name of the form."
            ),
            "version": GraphQLInputField(
                GraphQLNonNull(GraphQLInt), description="The version that was answered."
            ),
            "answers": GraphQLInputField(
                GraphQLNonNull(json), description="The document of answers."
            ),
        },
        description="Answers as a document, with the form version that they are to.",
    )


def _described(field: FieldShape) -> str:
    scalar = field.type if isinstance(field.type, Scalar) else None
    parts = [_both(field.title), _both(field.description), _FORMATS.get(scalar) if scalar else None]
    return "\n\n".join(part for part in parts if part)


def _both(text: Text | None) -> str | None:
    """A text in all its languages: the SDL is read by people of each."""
    return " / ".join(dict.fromkeys(text.values())) if text else None
