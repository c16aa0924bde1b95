"""Relay connections: their types, and the arguments of a field that gives one."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from gridql.graph.exposed import Exposed
from gridql.graph.page import DEFAULT_PAGE, LARGEST_PAGE
from gridql.graph.scalars import Cursor

T = TypeVar("T")


class Connection(Generic[T]):
    """For annotations only: the connection type to `T`, which `connection_of` makes."""


@strawberry.type(description="Where a page stands within its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows after this page.")
    has_previous_page: bool = strawberry.field(description="Whether more stands before this page.")
    start_cursor: Cursor | None = strawberry.field(
        description="Cursor of the first edge; null for an empty page."
    )
    end_cursor: Cursor | None = strawberry.field(
        description="Cursor of the last edge; null for an empty page."
    )


def connection_of(node: type) -> type:
    """The connection type to an exposed type; the same one every time."""
    made: type | None = node.__dict__.get("__connection__")
    if made is None:
        name = node.__exposed__.name  # type: ignore[attr-defined]  # `expose` sets it
        edge = _object(
            f"{name}Edge",
            f"One {name} in a list.",
            {
                "cursor": (Cursor, "Where it stands in the list: for `after` and `before`."),
                "node": (node, f"The {name}."),
            },
        )
        made = _object(
            f"{name}Connection",
            f"A page of a list of {name}.",
            {
                "edges": (list[edge], "What is on the page."),  # type: ignore[valid-type]  # made while the program runs
                "page_info": (PageInfo, "Where the page stands within the list."),
                "total_count": (int, "How many there are in the whole list; counted when asked."),
            },
        )
        node.__connection__ = made  # type: ignore[attr-defined]  # kept with its type
    return made


def _object(name: str, description: str, members: Mapping[str, tuple[Any, str]]) -> type:
    namespace: dict[str, Any] = {
        key: StrawberryField(
            python_name=key, type_annotation=StrawberryAnnotation(of), description=text
        )
        for key, (of, text) in members.items()
    }
    namespace["__annotations__"] = {key: of for key, (of, _) in members.items()}
    made = types.new_class(name, (), {}, lambda body: body.update(namespace))
    return strawberry.type(made, name=name, description=description)


def page_arguments(exposed: Exposed) -> list[StrawberryArgument]:
    """The arguments of a field that gives a connection."""
    offered: list[tuple[str, Any, str]] = []
    if exposed.filter_type is not None:
        offered.append(("filter", exposed.filter_type, "Only what this filter lets through."))
    if exposed.order_type is not None:
        default = ", ".join(exposed.default_order) or "by id"
        text = f"The order of the list; {default} unless given."
        offered.append(("order_by", list[exposed.order_type], text))  # type: ignore[name-defined]  # made while the program runs
    offered += [
        (
            "first",
            int,
            f"At most this many from the start: 1 to {LARGEST_PAGE}, else {DEFAULT_PAGE}.",
        ),
        ("after", Cursor, "Only what follows after this cursor."),
        ("last", int, f"At most this many from the end: 1 to {LARGEST_PAGE}."),
        ("before", Cursor, "Only what stands before this cursor."),
    ]
    return [
        StrawberryArgument(
            python_name=name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(of | None),
            description=text,
            default=strawberry.UNSET,
        )
        for name, of, text in offered
    ]
