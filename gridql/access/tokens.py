"""Bearer tokens: made, checked and withdrawn; only their digests are stored."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from gridql import clock
from gridql.access.models import Account, Token
from gridql.access.roles import Actor
from gridql.errors import Unauthenticated

PREFIX = "gql_"
"""So that a token that leaked into a text is recognised, by people and by scanners."""

_SECRET_BYTES = 32


async def create(account: Account, label: str, expires_at: datetime | None = None) -> str:
    """Store a new token of `account`; its text, which cannot be shown again.

    The digest is a plain SHA-256: a secret of 256 random bits cannot be guessed, however fast.
    """
    secret = urlsafe_b64encode(clock.random_bytes(_SECRET_BYTES)).rstrip(b"=").decode()
    text = PREFIX + secret
    await Token.create(
        account=account,
        digest=_digest(text),
        label=label,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    return text


async def revoke(token_id: int) -> bool:
    """The token is not valid from now on; False if there is no such token that still was."""
    live = Token.filter(id=token_id, revoked_at__isnull=True)
    return bool(await live.update(revoked_at=clock.now()))


async def authenticate(text: str) -> Actor:
    """Whom the token speaks for; raises Unauthenticated if it is not, or no longer, valid."""
    if not text.startswith(PREFIX):
        raise Unauthenticated(f"a token begins with {PREFIX}")
    token = await Token.get_or_none(digest=_digest(text)).select_related("account")
    if token is None:
        raise Unauthenticated("the token is unknown")
    if token.revoked_at is not None:
        raise Unauthenticated("the token was revoked")
    if token.expires_at is not None and token.expires_at <= clock.now():
        raise Unauthenticated("the token has expired")
    account = token.account
    if account.disabled_at is not None:
        raise Unauthenticated("the account is disabled")
    return Actor(
        account_id=account.id,
        name=account.name,
        role=account.role,
        scopes=tuple(account.scopes),
        department=account.department,
    )


class Actors:
    """Remembers for a moment whom a token speaks for, so that not every request asks the database.

    What is withdrawn or narrowed takes effect everywhere within `ttl`. Refusals are not
    remembered, and at most `limit` tokens are.
    """

    def __init__(self, ttl: timedelta = timedelta(seconds=2), limit: int = 10_000) -> None:
        self._ttl = ttl
        self._limit = limit
        self._known: dict[str, tuple[datetime, Actor]] = {}

    async def of(self, text: str) -> Actor:
        """Whom the token speaks for; raises Unauthenticated as `authenticate` does."""
        digest = _digest(text)
        now = clock.now()
        known = self._known.get(digest)
        if known is not None and now - known[0] < self._ttl:
            return known[1]
        self._known.pop(digest, None)
        actor = await authenticate(text)
        if len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]
        self._known[digest] = (now, actor)
        return actor

    def forget(self) -> None:
        """Ask the database again about every token."""
        self._known.clear()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
