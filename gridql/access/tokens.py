"""Bearer tokens: made, checked and withdrawn; only their digests are stored."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import orjson

from gridql import clock
from gridql.access.models import Account, Token
from gridql.access.roles import Actor, Role
from gridql.database import Database, Dialect
from gridql.errors import Unauthenticated

PREFIX = "gql_"
"""So that a token that leaked into a text is recognised, by people and by scanners."""

_SECRET_BYTES = 32

_MEMBERS = """'expires_at', t.expires_at, 'revoked_at', t.revoked_at,
 'disabled_at', a.disabled_at, 'id', a.id, 'name', a.name, 'role', a.role,
 'scopes', {scopes}, 'department', a.department"""
_FROM = "from token t join account a on a.id = t.account_id where t.digest ="
_FIND: dict[Dialect, str] = {
    "sqlite": f"select json_object({_MEMBERS.format(scopes='json(a.scopes)')}) {_FROM} ?",
    "postgres": f"select json_build_object({_MEMBERS.format(scopes='a.scopes')}) {_FROM} $1",
}
"""A token with its account, read where no write is in the way."""


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


async def authenticate(database: Database, text: str) -> Actor:
    """Whom the token speaks for; raises Unauthenticated if it is not, or no longer, valid."""
    if not text.startswith(PREFIX):
        raise Unauthenticated(f"a token begins with {PREFIX}")
    found = await database.read(_FIND[database.dialect], [_digest(text)])
    if found is None:
        raise Unauthenticated("the token is unknown")
    known: dict[str, Any] = orjson.loads(found)
    if known["revoked_at"] is not None:
        raise Unauthenticated("the token was revoked")
    expires_at = known["expires_at"]
    if expires_at is not None and datetime.fromisoformat(expires_at) <= clock.now():
        raise Unauthenticated("the token has expired")
    if known["disabled_at"] is not None:
        raise Unauthenticated("the account is disabled")
    return Actor(
        account_id=known["id"],
        name=known["name"],
        role=Role(known["role"]),
        scopes=tuple(known["scopes"]),
        department=known["department"],
    )


class Actors:
    """Remembers for a moment whom a token speaks for, so that not every request asks the database.

    What is withdrawn or narrowed takes effect everywhere within `ttl`. Refusals are not
    remembered, and at most `limit` tokens are.
    """

    def __init__(
        self, database: Database, ttl: timedelta = timedelta(seconds=2), limit: int = 10_000
    ) -> None:
        self._database = database
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
        actor = await authenticate(self._database, text)
        if len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]
        self._known[digest] = (now, actor)
        return actor

    def forget(self) -> None:
        """Ask the database again about every token."""
        self._known.clear()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
