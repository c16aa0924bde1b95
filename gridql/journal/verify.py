"""Walks the hash chain and names every place where it was tampered with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gridql.database import Database
from gridql.journal.chain import SEALED, START, Row, seal
from gridql.journal.snapshot import Snapshot, snapshot

_END = "SELECT position, hash FROM chain"
_ENTRIES = f"SELECT {', '.join(SEALED)}, hash FROM entry WHERE position IS NOT NULL"
_IN_ORDER = f"{_ENTRIES} ORDER BY position"


@dataclass(slots=True)
class Verdict:
    """How far the journal reaches, and where it does not hold.

    Whoever may rewrite the whole table may also chain it anew: keep `position` and `hash` of a
    verdict elsewhere, and give them to a later one as what it has to find.
    """

    position: int = 0
    hash: str = START
    breaks: list[str] = field(default_factory=list)


async def verify(database: Database, expected: Iterable[tuple[int, str]] = ()) -> Verdict:
    """Recompute every hash up to the end of the chain; one line for each break.

    `expected` are positions and hashes of earlier verdicts. What is written meanwhile is left for
    the next time.
    """
    async with snapshot(database) as taken:
        walk = _Walk(await _end(taken), expected)
        async for page in taken.pages(_IN_ORDER):
            for row in page:
                walk.take(row)
    return walk.finish()


async def _end(taken: Snapshot) -> Row | None:
    """The end of the chain, as it is kept; None where it is gone."""
    async for page in taken.pages(_END):
        return page[0]
    return None


class _Walk:
    """A verdict while it is being found, entry by entry."""

    def __init__(self, end: Row | None, expected: Iterable[tuple[int, str]]) -> None:
        self._end = end
        self._expected: dict[int, set[str]] = {}
        for position, hash_ in expected:
            self._expected.setdefault(position, set()).add(hash_)
        self._verdict = Verdict()
        self._beyond: list[int] = []

    def take(self, row: Row) -> None:
        """Look at the next entry."""
        verdict, position = self._verdict, row["position"]
        # SQLite keeps any text or fraction as a position.
        if not isinstance(position, int) or position <= verdict.position:
            self._break(f"entry {row['id']}: there is no position {position!r} in the chain")
            return
        if self._end is not None and position > self._end["position"]:
            self._beyond.append(position)
            return
        if position != verdict.position + 1:
            # With the hash before it gone, this entry shows only by the next if it was changed.
            self._break(_positions(verdict.position + 1, position - 1, "missing"))
        elif _sealed(verdict.hash, row) != row["hash"]:
            self._break(f"position {position}: entry {row['id']} is not what was sealed")
        verdict.position, verdict.hash = position, str(row["hash"])
        self._compare()

    def finish(self) -> Verdict:
        """The verdict, once every entry was looked at."""
        verdict, end = self._verdict, self._end
        if end is None:
            if verdict.position:
                self._break("the end of the chain is gone")
        elif verdict.position < end["position"]:
            self._break(_positions(verdict.position + 1, end["position"], "missing"))
        elif verdict.hash != end["hash"]:
            self._break(f"position {verdict.position}: not the entry that the chain ends with")
        if self._beyond:
            first, last = self._beyond[0], self._beyond[-1]
            self._break(_positions(first, last, "beyond the end of the chain"))
        for position in sorted(self._expected):
            self._break(f"position {position}: missing, and was there before")
        return verdict

    def _compare(self) -> None:
        verdict = self._verdict
        known = self._expected.pop(verdict.position, None)
        if known is not None and known != {verdict.hash}:
            self._break(f"position {verdict.position}: not the entry that was there before")

    def _break(self, line: str) -> None:
        self._verdict.breaks.append(line)


def _sealed(previous: str, row: Row) -> str | None:
    """The hash that fits; None for a row with something in it that no entry could ever hold."""
    try:
        return seal(previous, row)
    except (TypeError, ValueError):
        return None


def _positions(first: int, last: int, what: str) -> str:
    return f"position {first}: {what}" if first == last else f"positions {first} to {last}: {what}"
