"""One operation run as a series of answers, whatever door it came through."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

import orjson
from graphql import OperationType

from gridql.access.roles import Actor
from gridql.cancellation import to_its_end
from gridql.errors import Lang, Text
from gridql.graph.context import Context
from gridql.graph.core import Executed
from gridql.graph.executor import Request
from gridql.graph.following import RETRY_S, Following, Seat, Take
from gridql.graph.responses import Result
from gridql.server.auth import identify, token_in
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
    position: int | None = None
    """Of an event: where it stands in the journal."""


class Series:
    """An operation that somebody has asked for, and what it answers."""

    def __init__(
        self,
        parts: Parts,
        request: Request,
        authorization: str | None,
        lang: Lang,
        request_id: str,
        resume: str | None = None,
    ) -> None:
        """`resume` is the cursor of the last event that was told before the connection broke."""
        self._parts = parts
        self._request = request
        self._authorization = authorization
        self._lang = lang
        self._request_id = request_id
        self._resume = resume
        self._source: Following | Executed | None = None
        self.following = asyncio.Event()
        """Set once it has begun to follow; it never is for what is answered once."""

    @property
    def position(self) -> int | None:
        """Up to where the journal was told, for an operation that follows it."""
        return self._source.position if self._source is not None else None

    async def answers(self, take: Take | None = None) -> AsyncGenerator[Answer]:
        """Run the operation and yield what it answers, until it ends or fails.

        Events that `take` takes at once are not among them.

        Whoever stops early closes the iterator (`aclosing`), which ends the operation; but a
        mutation that has begun runs to its end. The caller is identified at the start, and again
        before each event: a revoked token or other scopes end the series.
        """
        try:
            async with aclosing(self._answers(take)) as answers:
                async for answer in answers:
                    yield answer
        except HttpFault as fault:
            yield Answer("error", self._errors(fault.code, fault.text))
        except Exception:  # a bug ends its operation, and not the socket with all others
            log.exception("request %s: an operation failed", self._request_id)
            yield Answer("error", self._errors("INTERNAL", INTERNAL, requestId=self._request_id))

    async def _answers(self, take: Take | None) -> AsyncGenerator[Answer]:
        engine = self._parts.engine
        actor = await identify(self._parts.actors, self._authorization)
        context = Context(actor, self._lang, self._request_id, self._parts.services)
        operation = engine.operation(self._request)
        if isinstance(operation, Result):
            yield _answer(operation)
            return
        if operation.kind in _SINGLE:
            execution = engine.execute(self._request, context, allow=_SINGLE)
            if operation.kind is OperationType.MUTATION:
                # Its client may be gone before it hears the outcome; what it asked for is done.
                execution = to_its_end(execution)
            yield _answer(await execution)
            return
        source = await engine.follow(self._request, context, self._resume)
        if isinstance(source, Result):
            yield _answer(source)
            return
        self._source = source
        self.following.set()
        with self._parts.actors.watched(token_in(self._authorization)) as watch:
            seat = Seat(take, watch, actor) if take is not None else None
            async with aclosing(source.results(seat)) as results:
                async for result in results:
                    if await self._now() != actor:
                        yield Answer("error", self._errors("RIGHTS_CHANGED", _RIGHTS_CHANGED))
                        return
                    yield Answer("next", result.body, result.position)

    async def _now(self) -> Actor:
        """Who the caller is by now; while the database is not there, that has to wait."""
        while True:
            try:
                return await identify(self._parts.actors, self._authorization)
            except HttpFault as fault:
                if fault.code != "UNAVAILABLE":
                    raise
            await asyncio.sleep(RETRY_S)

    def _errors(self, code: str, text: Text, **extensions: str) -> bytes:
        return orjson.dumps([error(code, text[self._lang], **extensions)])


def _answer(result: Result) -> Answer:
    if result.is_request_error:
        return Answer("error", orjson.dumps(orjson.loads(result.body)["errors"]))
    return Answer("next", result.body)
