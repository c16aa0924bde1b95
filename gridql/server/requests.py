"""From JSON to a GraphQL request: the shape of its members, and values that no reader agrees on."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import orjson

from gridql.graph.executor import Request
from gridql.graph.trusted import bare
from gridql.server.refusals import BadRequest

MAX_VALUE_DEPTH = 64
"""Levels of objects and lists in one variable; far more than a multi-polygon with its holes has."""

MAX_VALUES = 10_000
"""Values in all variables together: each is looked at several times while others wait."""

_BEYOND_64_BITS = 2.0**63
_IDS = ("documentId", "doc_id", "id")
"""Where clients put the id of a document: GraphQL over HTTP, Relay's documentation, many others."""

_WITH_IDS = frozenset({*_IDS, "extensions"})
_APOLLO = "extensions.persistedQuery"
_HASH = '{"version": 1, "sha256Hash": "…"}'
_GET_PARAMETERS = frozenset({"query", "operationName", "variables", "extensions", *_IDS})


def from_body(body: bytes) -> Request:
    """The request that a POST carries. Raises BadRequest."""
    if not body:
        raise BadRequest("请求没有正文。", "The request has no body.")
    document = parse_json(body, zh="请求正文", en="The body")
    if not isinstance(document, dict):
        raise BadRequest(
            "请求正文须是一个 JSON 对象。", f"The body must be a JSON object, not {kind(document)}."
        )
    request = from_members(document)
    check_values(request)
    return request


def from_query_string(query_string: bytes) -> Request:
    """The request that a GET carries in its URL. Raises BadRequest."""
    try:
        text = query_string.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except UnicodeDecodeError as cause:
        raise BadRequest("URL 参数不是 UTF-8。", "The URL's query is not UTF-8.") from cause
    except ValueError as cause:
        raise BadRequest("URL 参数过多。", "The URL's query has too many fields.") from cause
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _GET_PARAMETERS:
            continue
        if name in members:
            raise BadRequest(f"参数 {name} 出现了两次。", f"{name} is given twice.")
        members[name] = value
    members = {name: value for name, value in members.items() if value or name == "query"}
    for name in ("variables", "extensions"):
        if name in members:
            encoded = members[name].encode("utf-8")
            members[name] = parse_json(encoded, zh=f"参数 {name}", en=name)
    request = from_members(members)
    check_values(request)
    return request


def from_members(members: dict[str, Any]) -> Request:
    """The request with these members; others are ignored. Raises BadRequest with all faults."""
    query = members.get("query")
    operation_name = members.get("operationName")
    variables = members.get("variables")
    extensions = members.get("extensions")
    # Beside a text an id says nothing; many clients send an `id` of their own.
    told = isinstance(query, str) and query != ""
    ids = {} if told or _WITH_IDS.isdisjoint(members) else _document_ids(members, extensions)
    wrong = [
        (name, zh, en, value)
        for name, zh, en, value, right in (
            ("query", "文本", "a string", query, _is(query, str) and (query is not None or ids)),
            ("operationName", "文本", "a string", operation_name, _is(operation_name, str)),
            ("variables", "对象", "an object", variables, _is(variables, dict)),
            ("extensions", "对象", "an object", extensions, _is(extensions, dict)),
            *((name, "文本", "a string", given, _is(given, str)) for name, given in ids.items()),
        )
        if not right
    ]
    if wrong:
        raise BadRequest(
            "；".join(f"{name} 须是{zh}" for name, zh, _, _ in wrong) + "。",
            "; ".join(f"{name} must be {en}, not {kind(v)}" for name, _, en, v in wrong) + ".",
        )
    document_id = _only(ids) if ids else None
    return Request(
        # A client that has to send some text beside an id sends an empty one.
        query=None if ids and not query else query,
        operation_name=operation_name,
        variables=variables or {},
        extensions=extensions or {},
        document_id=document_id,
    )


def check_values(request: Request) -> None:
    """Raise BadRequest for values nested too deeply, or numbers too large to be kept exactly."""
    for member, values in (("variables", request.variables), ("extensions", request.extensions)):
        count = 0
        for name, value in values.items():
            count += _check_value(f"{member}.{name}", value)
        if count > MAX_VALUES:
            raise BadRequest(
                f"{member} 中的值超过 {MAX_VALUES} 个。",
                f"{member} hold more than {MAX_VALUES} values.",
            )


def parse_json(text: bytes, *, zh: str, en: str) -> object:
    """The value that `text` stands for. Raises BadRequest, saying where and why it is not JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as cause:
        raise BadRequest(f"{zh}不是有效的 JSON：{cause}", f"{en} is not JSON: {cause}") from cause


def kind(value: object) -> str:
    """What JSON calls a value of this kind, with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, list):
        return "an array"
    return "an object" if isinstance(value, dict) else "a number"


def _document_ids(members: dict[str, Any], extensions: object) -> dict[str, Any]:
    """The ids by which a document is asked for, and where each stands. Raises BadRequest."""
    ids = {name: members[name] for name in _IDS if members.get(name) not in (None, "")}
    given = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if given is not None:
        found = given.get("sha256Hash") if isinstance(given, dict) else None
        if not isinstance(found, str) or given.get("version") != 1:
            raise BadRequest(f"{_APOLLO} 须是 {_HASH}。", f"{_APOLLO} must be {_HASH}.")
        ids[_APOLLO] = found
    return ids


def _only(ids: dict[str, str]) -> str:
    different = {bare(each) for each in ids.values()}
    if len(different) > 1:
        raise BadRequest(
            f"{'、'.join(ids)} 指向不同的文档。", f"{' and '.join(ids)} name different documents."
        )
    return different.pop()


def _is(value: object, wanted: type) -> bool:
    return value is None or isinstance(value, wanted)


def _check_value(name: str, value: object) -> int:
    """How many values there are in one, itself among them."""
    count = 0
    level = [value]
    for _ in range(MAX_VALUE_DEPTH):
        count += len(level)
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, float) and abs(item) >= _BEYOND_64_BITS:
                # An integer that does not fit 64 bits arrives as the float next to it.
                raise BadRequest(
                    f"{name} 中有超出 64 位的数。", f"{name} holds a number beyond 64 bits."
                )
        if not below:
            return count
        level = below
    raise BadRequest(
        f"{name} 嵌套超过 {MAX_VALUE_DEPTH} 层。",
        f"{name} is nested more than {MAX_VALUE_DEPTH} levels deep.",
    )
