"""Bearer tokens: made, checked and withdrawn; only their digests are stored."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from gridql import clock
from gridql.access.accounts import MEMBERS, actor_of
from gridql.access.models import Account, Token
from gridql.access.recent import Recent
from gridql.access.roles import Actor
from gridql.database import Database, Dialect
from gridql.errors import Unauthenticated

log = logging.getLogger("gridql.access")

PREFIX = "gql_"
"""So that a token that leaked into a text is recognised, by people and by scanners."""

_SECRET_BYTES = 32

_MEMBERS = """'digest', t.digest, 'expires_at', t.expires_at, 'revoked_at', t.revoked_at,
 'disabled_at', a.disabled_at"""
_FROM = "from token t join account a on a.id = t.account_id where t.digest"
_SQLITE = f"json_object({_MEMBERS}, {MEMBERS['sqlite']})"
_POSTGRES = f"json_build_object({_MEMBERS}, {MEMBERS['postgres']})"
_FIND: dict[Dialect, str] = {
    "sqlite": f"select {_SQLITE} {_FROM} = ?",
    "postgres": f"select {_POSTGRES} {_FROM} = $1",
}
"""A token with its account, read where no write is in the way."""
_FIND_ALL: dict[Dialect, str] = {
    "sqlite": f"select json_group_array({_SQLITE}) {_FROM} in (select value from json_each(?))",
    "postgres": f"select json_agg({_POSTGRES}) {_FROM} in "
    "(select json_array_elements_text($1::json))",
}


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
    return _actor(orjson.loads(found))


def _actor(known: Mapping[str, Any]) -> Actor:
    """Whom a token that was found speaks for."""
    if known["revoked_at"] is not None:
        raise Unauthenticated("the token was revoked")
    expires_at = known["expires_at"]
    if expires_at is not None and datetime.fromisoformat(expires_at) <= clock.now():
        raise Unauthenticated("the token has expired")
    if known["disabled_at"] is not None:
        raise Unauthenticated("the account is disabled")
    return actor_of(known)


@dataclass(slots=True)
class Watch:
    """What is known of a token that is watched."""

    actor: Actor | None = None
    """Whom it speaks for; None where that is not known for sure: then only `Actors.of` can tell."""
    watchers: int = 0


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
        self._known: Recent[str, Actor] = Recent(ttl, limit)
        self._watches: dict[str, Watch] = {}

    async def of(self, text: str) -> Actor:
        """Whom the token speaks for; raises Unauthenticated as `authenticate` does."""
        digest = _digest(text)
        try:
            return self._known[digest]
        except KeyError:
            now = clock.now()
        self._known.drop(digest)
        actor = await authenticate(self._database, text)
        self._remember(digest, now, actor)
        return actor

    @contextmanager
    def watched(self, text: str) -> Iterator[Watch]:
        """Keep what is known of the token up to date for as long as this lasts."""
        digest = _digest(text)
        watch = self._watches.setdefault(digest, Watch())
        watch.watchers += 1
        try:
            yield watch
        finally:
            watch.watchers -= 1
            if not watch.watchers:
                del self._watches[digest]

    async def keep_watch(self) -> None:
        """Ask about all watched tokens again before they are stale, in one statement; for ever."""
        pause_s = self._ttl.total_seconds() / 2
        while True:
            await asyncio.sleep(pause_s)
            try:
                async with asyncio.timeout(pause_s):
                    await self._renew()
            except Exception as error:  # whatever it is, what was known is not known any more
                log.warning("nobody's rights can be looked up: %r", error)
                self.forget()

    async def _renew(self) -> None:
        asked = list(self._watches)
        if not asked:
            return
        now = clock.now()
        found = await self._database.read(
            _FIND_ALL[self._database.dialect], [orjson.dumps(asked).decode()]
        )
        valid: dict[str, Actor] = {}
        for known in orjson.loads(found or "[]"):
            with suppress(Unauthenticated):  # `of` finds that out as well, and says it
                valid[known["digest"]] = _actor(known)
        for digest in asked:
            watch, actor = self._watches.get(digest), valid.get(digest)
            if watch is None:
                continue  # nobody is interested any more
            if actor is None:
                self._known.drop(digest)
                watch.actor = None
            else:
                # The same object for as long as nothing has changed, which is told at a glance.
                self._remember(digest, now, watch.actor if actor == watch.actor else actor)

    def _remember(self, digest: str, now: datetime, actor: Actor) -> None:
        self._known.put(digest, now, actor)
        if digest in self._watches:
            self._watches[digest].actor = actor

    def forget(self) -> None:
        """Ask the database again about every token."""
        self._known.clear()
        for watch in self._watches.values():
            watch.actor = None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
