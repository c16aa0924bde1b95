"""What anyone may ask without a token: is the server well, what is its schema, what is where."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from gridql.errors import Text
from gridql.server import negotiation
from gridql.server.parts import parts_of
from gridql.server.refusals import error_body

log = logging.getLogger("gridql.server")

_HOME = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>gridql</title>
<h1>gridql</h1>
<p>网格化管理的 GraphQL 服务 · GraphQL for grid-based neighbourhood governance</p>
<ul>
<li><code>POST /graphql</code>: 查询与操作 queries and mutations</li>
<li><code>WebSocket /graphql</code>: 订阅 subscriptions (graphql-transport-ws)</li>
{contract}
<li><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>: 运行状态 the server's state</li>
</ul>
<p>/graphql 需令牌 /graphql needs a token: <code>Authorization: Bearer gql_…</code></p>
"""

_CONTRACT = """<li><a href="/schema.graphql">/schema.graphql</a>: 接口定义 the contract</li>"""

_NOT_FOUND: Text = {
    "zh": "没有这个地址。GraphQL 在 /graphql。",
    "en": "There is nothing at this address. GraphQL is at /graphql.",
}

_NOT_SHOWN: Text = {
    "zh": "此服务器不公开接口定义。",
    "en": "This server does not show its schema.",
}


async def home(request: Request) -> Response:
    """A page for whoever opens the address in a browser."""
    shown = parts_of(request.scope).engine.introspection
    return HTMLResponse(_HOME.format(contract=_CONTRACT if shown else ""))


async def healthz(request: Request) -> Response:
    """The process is up."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """The server can answer: its database does, and what follows the journal is running."""
    parts = parts_of(request.scope)
    checks = {"database": True, "journal": parts.following}
    try:
        await parts.services.database.read("select '1'", ())
    except Exception:  # whatever it is, the answer is that the server is not ready
        log.exception("request %s: the database does not answer", request.state.request_id)
        checks["database"] = False
    ready = all(checks.values())
    words = {name: "ok" if well else "failing" for name, well in checks.items()}
    return JSONResponse(
        {"status": "ok" if ready else "failing", **words}, status_code=200 if ready else 503
    )


async def sdl(request: Request) -> Response:
    """The GraphQL schema, printed; not where introspection is switched off."""
    parts = parts_of(request.scope)
    if parts.engine.introspection:
        served = parts.served
        return PlainTextResponse(await asyncio.to_thread(lambda: served.sdl))
    lang = negotiation.language(request.headers.get("accept-language", ""))
    body = error_body("INTROSPECTION_DISABLED", _NOT_SHOWN, lang)
    return Response(body, status_code=404, media_type="application/json")


async def refuse(request: Request, exception: Exception) -> Response:
    """An unknown address or a method that it does not take, in the same form as other errors."""
    assert isinstance(exception, HTTPException)
    lang = negotiation.language(request.headers.get("accept-language", ""))
    if exception.status_code == 404:
        code, text = "NOT_FOUND", _NOT_FOUND
    else:
        code, text = "REFUSED", {"zh": exception.detail, "en": exception.detail}
    return Response(
        error_body(code, text, lang),
        status_code=exception.status_code,
        headers=exception.headers,
        media_type="application/json",
    )


EXCEPTION_HANDLERS: Final[Mapping[Any, Any]] = {HTTPException: refuse}
