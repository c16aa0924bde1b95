"""One operation run as a series of answers, whatever door it came through."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

import orjson
from graphql import OperationType

from gridql.cancellation import to_its_end
from gridql.errors import Lang, Text
from gridql.graph.context import Context
from gridql.graph.executor import Request
from gridql.graph.responses import Result
from gridql.server.auth import identify
from gridql.server.parts import Parts
from gridql.server.refusals import INTERNAL, HttpFault, error

log = logging.getLogger("gridql.server")

_SINGLE = frozenset({OperationType.QUERY, OperationType.MUTATION})

_RIGHTS_CHANGED: Text = {
    "zh": "您的权限已变更，请重新订阅。",
    "en": "What you may see has changed: subscribe again.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing to tell the client about its operation."""

    kind: Literal["next", "error"]
    payload: bytes
    """JSON: for "next" a GraphQL response; for "error", which is the last answer, its errors."""


async def answers(
    parts: Parts, request: Request, authorization: str | None, lang: Lang, request_id: str
) -> AsyncGenerator[Answer]:
    """Run the operation and yield what it answers, until it ends or fails.

    Whoever stops early closes the iterator (`aclosing`), which ends the operation; but a mutation
    that has begun runs to its end. The caller is identified at the start, and again before each
    event: a revoked token or other scopes end the series.
    """
    try:
        actor = await identify(parts.actors, authorization)
        context = Context(actor, lang, request_id, parts.services)
        operation = parts.engine.operation(request)
        if isinstance(operation, Result):
            yield _answer(operation)
            return
        if operation.kind in _SINGLE:
            execution = parts.engine.execute(request, context, allow=_SINGLE)
            if operation.kind is OperationType.MUTATION:
                # Its client may be gone before it hears the outcome; what it asked for is done.
                execution = to_its_end(execution)
            yield _answer(await execution)
            return
        source = await parts.engine.follow(request, context)
        if isinstance(source, Result):
            yield _answer(source)
            return
        async with aclosing(source.results()) as results:
            async for result in results:
                if await identify(parts.actors, authorization) != actor:
                    yield Answer("error", _errors("RIGHTS_CHANGED", _RIGHTS_CHANGED, lang))
                    return
                yield Answer("next", result.body)
    except HttpFault as fault:
        yield Answer("error", _errors(fault.code, fault.text, lang))
    except Exception:  # a bug ends its operation, and not the socket with all others
        log.exception("request %s: an operation failed", request_id)
        yield Answer("error", _errors("INTERNAL", INTERNAL, lang, requestId=request_id))


def _answer(result: Result) -> Answer:
    if result.is_request_error:
        return Answer("error", orjson.dumps(orjson.loads(result.body)["errors"]))
    return Answer("next", result.body)


def _errors(code: str, text: Text, lang: Lang, **extensions: str) -> bytes:
    return orjson.dumps([error(code, text[lang], **extensions)])
