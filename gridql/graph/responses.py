"""From an outcome to the bytes of its response; what the caller is told of what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError

from gridql.errors import ReadTimeout, ReadTooComplex, Refusal, Unavailable
from gridql.graph.context import Context

log = logging.getLogger("gridql.graph")


@dataclass(frozen=True, slots=True)
class Result:
    """One GraphQL response, ready to be sent."""

    body: bytes
    is_request_error: bool = False
    """Whether nothing was executed: the response has no `data` at all."""
    position: int | None = None
    """Of an event: where it stands in the journal."""


def refused(errors: Sequence[GraphQLError]) -> Result:
    """The response to a request of which nothing was executed."""
    return Result(orjson.dumps({"errors": [error.formatted for error in errors]}), True)


def response(outcome: ExecutionResult, context: Context, cost: int | None = None) -> Result:
    """The response to what was executed."""
    made: dict[str, Any] = {}
    if outcome.errors:
        made["errors"] = [shown(error, context).formatted for error in outcome.errors]
    made["data"] = outcome.data
    if cost is not None:
        made["extensions"] = {"cost": cost}
    return Result(orjson.dumps(made))


def shown(error: GraphQLError, context: Context) -> GraphQLError:
    """The error as the caller may see it: what they can mend as it is, a bug masked and logged."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return error
    if isinstance(cause, Refusal):
        fault = cause.faults[0]
        return _located(error, fault.message(context.lang), {"code": fault.code.value})
    if isinstance(cause, ReadTimeout):
        text = {
            "zh": "查询超时，已取消。请缩小范围后重试。",
            "en": "This took too long and was cancelled. Ask for less at a time.",
        }
        return _located(error, text[context.lang], {"code": "TIMEOUT"})
    if isinstance(cause, Unavailable):
        log.error("request %s: %s", context.request_id, cause)
        text = {
            "zh": "数据库暂时不可用，请稍后重试。",
            "en": "The database is not there for the moment. Please try again a little later.",
        }
        return _located(error, text[context.lang], {"code": "UNAVAILABLE"})
    if isinstance(cause, ReadTooComplex | RecursionError):
        text = {
            "zh": "查询嵌套过深或过长，请拆成几次查询。",
            "en": "This is nested too deeply, or too long: ask for it in parts.",
        }
        return _located(error, text[context.lang], {"code": "LIMIT_EXCEEDED"})
    log.error("request %s: %s", context.request_id, error, exc_info=cause)
    text = {
        "zh": f"服务器内部错误，请提供请求编号 {context.request_id}。",
        "en": f"Something went wrong here. Please quote request {context.request_id}.",
    }
    return _located(error, text[context.lang], {"requestId": context.request_id})


def _located(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, extensions=extensions
    )
