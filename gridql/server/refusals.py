"""What the server says when it does not answer a request: status, code, text per language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from gridql.errors import GridqlError, Lang, Text

JSON_TYPE = b"application/json; charset=utf-8"


class HttpFault(GridqlError):
    """A request that is refused before it reaches the graph."""

    def __init__(
        self,
        status: int,
        code: str,
        text: Text,
        *,
        headers: Mapping[str, str] | None = None,
        leaves_body_unread: bool = False,
    ) -> None:
        super().__init__(text["en"])
        self.status = status
        self.code = code
        self.text = text
        self.headers = dict(headers or {})
        self.leaves_body_unread = leaves_body_unread
        if leaves_body_unread:  # so the connection cannot go on
            self.headers["connection"] = "close"


class BadRequest(HttpFault):
    """The request is not a well-formed GraphQL-over-HTTP request."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(400, "BAD_REQUEST", {"zh": zh, "en": en})


def error(code: str, message: str, **extensions: Any) -> dict[str, Any]:
    """One entry of a GraphQL response's `errors`."""
    return {"message": message, "extensions": {"code": code, **extensions}}


def error_body(code: str, text: Text, lang: Lang, **extensions: Any) -> bytes:
    """A whole GraphQL response that holds one error and no data."""
    return orjson.dumps({"errors": [error(code, text[lang], **extensions)]})


INTERNAL: Text = {
    "zh": "服务器内部错误，已记录。请凭请求编号联系管理员。",
    "en": "Something went wrong inside the server and was logged. Quote the request id.",
}
