"""Form versions in the graph."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import auto
from strawberry.scalars import JSON

from gridql.forms import FormKind, SubjectKind
from gridql.forms.models import PublishedForm
from gridql.graph.call import Call
from gridql.graph.compiler import Arguments, Compiler
from gridql.graph.conditions import equal
from gridql.graph.connection import Connection
from gridql.graph.enums import graphql_enum
from gridql.graph.expose import expose
from gridql.graph.fields import in_language
from gridql.graph.listing import Listing
from gridql.graph.node import Node
from gridql.graph.roots import Answer, argument, looked_up, page_of, read
from gridql.graph.statements import OneRow

graphql_enum(FormKind)
graphql_enum(SubjectKind)


@expose(PublishedForm, Listing())
class FormVersion(Node):
    """One published version of a form: it never changes."""

    name: auto
    version: auto
    kind: FormKind
    subject: SubjectKind
    plugin: auto
    title: str = in_language("title", "What the form is called.")
    schema: JSON = in_language("schema_by_lang", "Its JSON Schema (2020-12).", document=True)
    ui_schema: JSON = in_language(
        "ui_schema_by_lang", "How to show it, after react-jsonschema-form.", document=True
    )
    hash: auto
    answers_type: auto
    published_at: auto
    retired_at: auto


FORM = OneRow("FormVersion")


async def _form(call: Call, source: Any) -> Answer:
    asked = call.arguments()
    found = call.context.services.library.get(asked["name"], asked.get("version"))
    return None if found is None else await read(call, FORM, found.id)


def _of_kind(compiler: Compiler, row: str, arguments: Arguments) -> list[str]:
    return [
        equal(compiler, f"{row}.{name}", arguments.take(name))
        for name in ("kind", "subject")
        if arguments.values.get(name) is not None
    ]


@strawberry.type
class Query:
    form: FormVersion | None = looked_up(
        FormVersion,
        _form,
        "A version of a form.",
        argument("name", str, "Name of the form."),
        argument(
            "version", int | None, "The version; the newest that is not retired, if not given."
        ),
    )
    forms: Connection[FormVersion] = page_of(
        FormVersion,
        "All published versions of all forms.",
        _of_kind,
        argument("kind", FormKind | None, "Only of this kind."),
        argument("subject", SubjectKind | None, "Only about this kind of subject."),
    )
