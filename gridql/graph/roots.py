"""Root fields and payload fields that are answered by one statement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

import orjson
import strawberry
from graphql import GraphQLError, GraphQLObjectType
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from gridql.access import enforce
from gridql.graph.call import Call
from gridql.graph.compiler import exposed_of, is_exposed
from gridql.graph.connection import connection_of, page_arguments
from gridql.graph.exposed import Order
from gridql.graph.fields import exposed_type
from gridql.graph.ids import decode_id, encode_id, type_of_id
from gridql.graph.page import LARGEST_PAGE
from gridql.graph.statements import Narrow, OneRow, Page, Root, SomeRows, Source, Statistic

Answer = str | bytes | None
"""The JSON of a field's value; None for null."""

Resolve = Callable[[Call, Any], Awaitable[Answer]]
"""Given the call and the object that the field stands in."""

Check = Callable[[Call], Awaitable[None]]
"""Raises a Refusal for a call that cannot be answered."""


class ReadField(StrawberryField):
    """A field whose value comes as JSON, however the operation around it is carried out.

    Extensions and permission classes that are put on it run around it as on any other field.
    """

    resolve: Resolve

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.init = self.repr = self.compare = False

    def __copy__(self) -> Self:
        copy = super().__copy__()
        copy.resolve = self.resolve
        return copy

    @property
    def is_basic_field(self) -> bool:
        return False

    @property
    def is_async(self) -> bool:
        return True

    def get_result(self, source: Any, info: Info[Any, Any] | None, args: Any, kwargs: Any) -> Any:
        assert info is not None
        return self._passed_on(Call.of(info._raw_info), source)

    async def _passed_on(self, call: Call, source: Any) -> orjson.Fragment | None:
        return _passed_on(await self.resolve(call, source))


def by_id(target: type, description: str) -> Any:
    """`thing(id: ID!): Thing`; null where there is none, or none that the caller sees."""
    exposed = exposed_type(target)
    root = OneRow(exposed.name)

    async def resolve(call: Call, source: Any) -> Answer:
        key = decode_id(exposed.name, exposed.key.kind, call.arguments()["id"])
        return None if key is None else await read(call, root, key)

    asked = argument("id", strawberry.ID, f"Id of the {exposed.name}.")
    return _field(resolve, target | None, description, [asked])


def by_code(target: type, description: str) -> Any:
    """`thing(code: String!): Thing`, for what is known by its code."""
    root = OneRow(exposed_type(target).name)

    async def resolve(call: Call, source: Any) -> Answer:
        return await read(call, root, call.arguments()["code"])

    asked = argument("code", str, "The code, in digits.")
    return _field(resolve, target | None, description, [asked])


def looked_up(
    target: type, resolve: Resolve, description: str, *arguments: StrawberryArgument
) -> Any:
    """A row that `resolve` finds the key of before it reads it."""
    return _field(resolve, target | None, description, arguments)


def page_of(
    target: type,
    description: str,
    narrow: Narrow | None = None,
    *arguments: StrawberryArgument,
    keys: tuple[Order, ...] = (),
    check: Check | None = None,
) -> Any:
    """A connection to all rows of a type that the caller sees.

    With `narrow` the field has `arguments` of its own, which it turns into conditions; `keys`
    gives it an order that is not one of the type's; `check` raises what refuses the call before
    anything is read.
    """
    root = Page(narrow, keys)

    async def resolve(call: Call, source: Any) -> Answer:
        if check is not None:
            await check(call)
        return await read(call, root)

    offered = [*arguments, *page_arguments(exposed_type(target))]
    return _field(resolve, connection_of(target), description, offered)


def statistic(
    target: type,
    source: Source,
    description: str,
    *arguments: StrawberryArgument,
    right: str | None = None,
) -> Any:
    """All rows of a SELECT that is made of the field's arguments; `right` is what it takes."""
    root = Statistic(source)

    async def resolve(call: Call, source: Any) -> Answer:
        if right is not None:
            enforce.require(call.context.actor, right)
        return await read(call, root)

    return _field(resolve, list[target], description, arguments)  # type: ignore[valid-type]  # made while the program runs


def any_node(node: type, description: str) -> Any:
    """`node(id: ID!): Node`, whatever the type that the id names."""

    async def resolve(call: Call, source: Any) -> Answer:
        found = _key_of(call, call.arguments()["id"])
        return None if found is None else await read(call, OneRow(found[0]), found[1])

    asked = argument("id", strawberry.ID, "A global id.")
    return _field(resolve, node | None, description, [asked])


def some_nodes(node: type, description: str) -> Any:
    """`nodes(ids: [ID!]!): [Node]!`, in the order of the ids, of any types, in one statement."""

    async def resolve(call: Call, source: Any) -> Answer:
        ids: list[str] = call.arguments()["ids"]
        if len(ids) > LARGEST_PAGE:
            raise GraphQLError(f"`ids` has {len(ids)} ids, and may have {LARGEST_PAGE} at most.")
        keys: dict[str, list[Any]] = {}
        for each in ids:
            found = _key_of(call, each)
            if found is not None:
                keys.setdefault(found[0], []).append(found[1])
        names = tuple(sorted(keys))
        text = await read(call, SomeRows(names), *(keys[name] for name in names))
        rows = {
            encode_id(name, row["k"]): row["v"]
            for name, found_rows in orjson.loads(text or "{}").items()
            for row in found_rows
        }
        return orjson.dumps([rows.get(each) for each in ids])

    asked = argument("ids", list[strawberry.ID], f"Global ids, at most {LARGEST_PAGE}.")
    return _field(resolve, list[node | None], description, [asked])  # type: ignore[valid-type]  # made while the program runs


def _key_of(call: Call, global_id: str) -> tuple[str, int | str] | None:
    """The type that a global id names, and the key; None where there can be no such row."""
    name = type_of_id(global_id)
    of = call.schema.get_type(name)
    if not isinstance(of, GraphQLObjectType) or not is_exposed(of) or exposed_of(of).model is None:
        return None
    key = decode_id(name, exposed_of(of).key.kind, global_id)
    return None if key is None else (name, key)


def read_back(target: type, attribute: str, description: str) -> Any:
    """In a payload: the row whose key the payload has in `attribute`; null where that is None."""
    root = OneRow(exposed_type(target).name)

    async def resolve(call: Call, source: Any) -> Answer:
        key = getattr(source, attribute)
        return None if key is None else await read(call, root, key)

    return _field(resolve, target | None, description)


async def read(call: Call, root: Root, *inputs: Any) -> Answer:
    """Answer the field that is called with one statement."""
    return await call.context.services.reader.text(call, root, *inputs)


def _passed_on(text: Answer) -> orjson.Fragment | None:
    """JSON that the executor leaves as it is."""
    return None if text is None else orjson.Fragment(text)


def argument(name: str, of: Any, description: str) -> StrawberryArgument:
    """An argument of a root field; may be left out where its type is optional."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(of),
        description=description,
        default=strawberry.UNSET,
    )


def _field(
    resolve: Resolve,
    annotation: Any,
    description: str,
    arguments: Sequence[StrawberryArgument] = (),
) -> Any:
    made = ReadField(type_annotation=StrawberryAnnotation(annotation), description=description)
    made.resolve = resolve
    made.arguments = list(arguments)
    return made
