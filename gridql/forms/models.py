"""The table of published form versions."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from gridql.forms.version import FormKind, SubjectKind
from gridql.rows import DocumentField, Row, UtcField


class PublishedForm(Row):
    """A version of a form as it was published: it never changes, and old answers refer to it."""

    name = fields.CharField(60, description="What the form is called, in all its versions.")
    version = fields.IntField(description="Number of the version, from 1.")
    kind = fields.CharEnumField(
        FormKind,
        max_length=20,
        description="INSPECTION finds what is wrong, SURVEY asks people, RECORD writes down.",
    )
    subject = fields.CharEnumField(
        SubjectKind, max_length=20, description="What the form is filled in about."
    )
    plugin = fields.CharField(60, description="The plugin that brought it.")
    hash = fields.CharField(64, description="SHA-256 of all that the version says.")
    title: Any = DocumentField(description="What people call the form, in each language.")
    schema_by_lang: Any = DocumentField(
        description="The questions as JSON Schema 2020-12, complete in itself, in each language."
    )
    ui_schema_by_lang: Any = DocumentField(
        description="How to show the questions, after react-jsonschema-form, in each language."
    )
    document: Any = DocumentField(
        description="All the rest: findings, score, measures, category, in each language."
    )
    answers_type = fields.CharField(80, description="The GraphQL type of this version's answers.")
    published_at = UtcField(description="When it was published.")
    retired_at = UtcField(null=True, description="Since when it takes no new answers, null: never.")

    class Meta:
        table = "form_version"
        unique_together = (("name", "version"),)
