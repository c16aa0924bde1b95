"""Bearer tokens, looked up by the ORM and remembered for a moment."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from time import monotonic

from gridql.access.models import Token
from gridql.access.roles import Actor

TTL_S = 2.0
"""As long as gridql remembers them."""


class Unknown(Exception):
    """The token is not, or no longer, valid."""


class Actors:
    """Whom tokens speak for; as many are remembered as are in use."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Actor]] = {}

    async def of(self, text: str) -> Actor:
        """Whom the token speaks for; raises Unknown."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        known = self._known.get(digest)
        if known is None or monotonic() - known[0] > TTL_S:
            known = self._known[digest] = (monotonic(), await _find(digest))
        return known[1]


async def _find(digest: str) -> Actor:
    token = await Token.get_or_none(digest=digest, revoked_at=None).select_related("account")
    if token is None or (token.expires_at is not None and token.expires_at <= datetime.now(UTC)):
        raise Unknown
    account = token.account
    if account.disabled_at is not None:
        raise Unknown
    return Actor(account.id, account.name, account.role, tuple(account.scopes), account.department)
