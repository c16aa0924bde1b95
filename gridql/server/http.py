"""GraphQL over HTTP: from request bytes to response bytes.

Follows the working draft of "GraphQL over HTTP" (graphql.github.io/graphql-over-http): a request
that is well-formed gets a GraphQL response, with 200 as `application/json` whatever it says, and
with 400 as `application/graphql-response+json` when nothing could be executed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from graphql import OperationType
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from gridql.errors import Lang
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.graph.responses import Result
from gridql.server import negotiation, requests
from gridql.server.auth import identify
from gridql.server.envelope import respond
from gridql.server.events import HEARTBEAT_S, PATIENCE_S, EventStream
from gridql.server.operations import Series
from gridql.server.parts import Parts, parts_of
from gridql.server.refusals import HttpFault, error_body

MAX_BODY_BYTES = 1_000_000
BODY_TIMEOUT_S = 30.0
LINGER_S = 2.0
"""How long the rest of a refused body is thrown away, so that its sender gets to read why."""

_READS = frozenset({OperationType.QUERY})
_READS_AND_WRITES = frozenset({OperationType.QUERY, OperationType.MUTATION})

_SAFE_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept, Accept-Language, Authorization"),
    (b"x-content-type-options", b"nosniff"),
]


class GraphqlEndpoint:
    """The ASGI application at `/graphql` for POST and GET."""

    def __init__(
        self,
        *,
        max_body_bytes: int = MAX_BODY_BYTES,
        body_timeout_s: float = BODY_TIMEOUT_S,
        heartbeat_s: float = HEARTBEAT_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._max_body_bytes = max_body_bytes
        self._body_timeout_s = body_timeout_s
        self._heartbeat_s = heartbeat_s
        self._patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        lang = negotiation.language(headers.get(b"accept-language", ""))
        media_type = negotiation.response_type(headers.get(b"accept", ""))
        extra = _SAFE_HEADERS
        unread = False
        try:
            request, context = await self._asked(scope, receive, headers, lang, media_type)
            parts = parts_of(scope)
            if media_type is None or self._as_events(headers, parts, request):
                series = Series(
                    parts,
                    request,
                    headers.get(b"authorization"),
                    lang,
                    context.request_id,
                    headers.get(b"last-event-id") or None,
                )
                stream = EventStream(
                    series, send, heartbeat_s=self._heartbeat_s, patience_s=self._patience_s
                )
                await stream.tell(scope, receive, extra, parts.stopping)
                return
            allow = _READS_AND_WRITES if scope["method"] == "POST" else _READS
            result = await parts.engine.execute(request, context, allow=allow)
        except HttpFault as fault:
            status, body = fault.status, error_body(fault.code, fault.text, lang)
            unread = fault.leaves_body_unread
            extra = extra + [(k.encode(), v.encode("latin-1")) for k, v in fault.headers.items()]
        except ClientDisconnect:
            return
        else:
            body = result.body
            refused = result.is_request_error and media_type == negotiation.GRAPHQL_RESPONSE
            status = 400 if refused else 200
        content_type = f"{media_type or negotiation.PLAIN_JSON}; charset=utf-8".encode()
        await respond(send, status, body, content_type=content_type, headers=extra, more=unread)
        if unread:
            # Closing a connection on which bytes still arrive resets it, and the answer is lost.
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_S):
                    await _discard(receive)
            await send({"type": "http.response.body"})

    async def _asked(
        self,
        scope: Scope,
        receive: Receive,
        headers: dict[bytes, str],
        lang: Lang,
        media_type: str | None,
    ) -> tuple[Request, Context]:
        method: str = scope["method"]
        if method not in ("POST", "GET"):
            raise _method_not_allowed("GET, POST")
        parts = parts_of(scope)
        actor = await identify(parts.actors, headers.get(b"authorization"))
        if media_type is None and not negotiation.takes_events(headers.get(b"accept", "")):
            raise negotiation.not_acceptable()
        if method == "POST":
            request = requests.from_body(await self._body(headers, receive))
        else:
            request = self._from_url(scope["query_string"], parts)
        return request, Context(
            actor=actor,
            lang=lang,
            request_id=scope["state"]["request_id"],
            services=parts.services,
        )

    def _as_events(self, headers: dict[bytes, str], parts: Parts, request: Request) -> bool:
        """Whether a client that takes JSON as well has asked for something that goes on."""
        if not negotiation.takes_events(headers.get(b"accept", "")):
            return False
        operation = parts.engine.operation(request)
        return not isinstance(operation, Result) and operation.kind is OperationType.SUBSCRIPTION

    async def _body(self, headers: dict[bytes, str], receive: Receive) -> bytes:
        negotiation.check_body_type(
            headers.get(b"content-type", ""), headers.get(b"content-encoding", "")
        )
        declared = headers.get(b"content-length", "0")
        if len(declared) > 15 or int(declared) > self._max_body_bytes:
            raise _too_large(self._max_body_bytes)
        try:
            async with asyncio.timeout(self._body_timeout_s):
                return await _read(receive, self._max_body_bytes)
        except TimeoutError as cause:
            raise _too_slow(self._body_timeout_s) from cause

    def _from_url(self, query_string: bytes, parts: Parts) -> Request:
        if len(query_string) > self._max_body_bytes:
            raise _url_too_long(self._max_body_bytes)
        request = requests.from_query_string(query_string)
        operation = parts.engine.operation(request)
        if not isinstance(operation, Result) and operation.kind is OperationType.MUTATION:
            raise _method_not_allowed("POST")
        return request


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _discard(receive: Receive) -> None:
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)


def _headers(scope: Scope) -> dict[bytes, str]:
    """Every header once; repeated ones joined as a list."""
    headers: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def _method_not_allowed(allow: str) -> HttpFault:
    return HttpFault(
        405,
        "METHOD_NOT_ALLOWED",
        {
            "zh": f"此请求只能使用 {allow}。写操作不能用 GET。",
            "en": f"This takes {allow}. Mutations never come by GET.",
        },
        headers={"allow": allow},
    )


def _too_large(limit: int) -> HttpFault:
    return HttpFault(
        413,
        "TOO_LARGE",
        {"zh": f"请求正文超过 {limit} 字节。", "en": f"The body is larger than {limit} bytes."},
        leaves_body_unread=True,
    )


def _too_slow(limit_s: float) -> HttpFault:
    return HttpFault(
        408,
        "TOO_SLOW",
        {
            "zh": f"请求正文未在 {limit_s:g} 秒内送达。",
            "en": f"The body did not arrive within {limit_s:g} seconds.",
        },
        leaves_body_unread=True,
    )


def _url_too_long(limit: int) -> HttpFault:
    return HttpFault(
        414,
        "TOO_LARGE",
        {
            "zh": f"URL 超过 {limit} 字节，请改用 POST。",
            "en": f"The URL is longer than {limit} bytes: use POST.",
        },
    )
