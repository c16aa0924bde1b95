"""From the words `Bearer …` to the actor behind them."""

from __future__ import annotations

import logging

from gridql.access.roles import Actor
from gridql.access.tokens import Actors
from gridql.errors import ReadTimeout, Text, Unauthenticated, Unavailable
from gridql.server.refusals import HttpFault

log = logging.getLogger("gridql.server")

_CHALLENGE = 'Bearer realm="gridql"'

_MISSING: Text = {
    "zh": "请提供访问令牌：Authorization: Bearer gql_…",
    "en": "Say who you are: Authorization: Bearer gql_…",
}
_MALFORMED: Text = {
    "zh": "Authorization 的格式应为 Bearer gql_…",
    "en": "Authorization must read: Bearer gql_…",
}
_LATER: Text = {
    "zh": "数据库暂时不可用，请稍后重试。",
    "en": "The database is not there for the moment. Please try again a little later.",
}
_UNKNOWN: Text = {
    "zh": "访问令牌无效、已过期或已撤销。",
    "en": "The token is not known, has expired or was revoked.",
}


class NotIdentified(HttpFault):
    """Nobody can be told from what the caller sent; nothing of the request was looked at."""

    def __init__(self, text: Text, *, given: bool) -> None:
        # RFC 6750, 3.1: no error code for a caller who brought nothing.
        challenge = f'{_CHALLENGE}, error="invalid_token"' if given else _CHALLENGE
        super().__init__(401, "UNAUTHENTICATED", text, headers={"www-authenticate": challenge})


def token_in(authorization: str | None) -> str:
    """The token that stands in `authorization`. Raises NotIdentified."""
    if not authorization:
        raise NotIdentified(_MISSING, given=False)
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise NotIdentified(_MALFORMED, given=True)
    return token


async def identify(actors: Actors, authorization: str | None) -> Actor:
    """The actor whose token stands in `authorization`. Raises NotIdentified, HttpFault (503)."""
    token = token_in(authorization)
    try:
        return await actors.of(token)
    except Unauthenticated as cause:
        raise NotIdentified(_UNKNOWN, given=True) from cause
    except (Unavailable, ReadTimeout) as cause:
        log.error("nobody can be identified: %s", repr(cause))
        raise HttpFault(503, "UNAVAILABLE", _LATER, headers={"retry-after": "1"}) from cause
