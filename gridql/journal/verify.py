"""Walks the hash chain and names every place where it was tampered with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gridql.database import Database
from gridql.journal.chain import SEALED, START, seal
from gridql.journal.models import Chain, Entry
from gridql.journal.numbering import BATCH

_SELECT = f"SELECT {', '.join(SEALED)}, hash FROM entry WHERE position > "
_PAGE = {
    "sqlite": f"{_SELECT} ?1 AND position <= ?2 ORDER BY position LIMIT {BATCH}",
    "postgres": f"{_SELECT} $1 AND position <= $2 ORDER BY position LIMIT {BATCH}",
}


@dataclass(slots=True)
class Verdict:
    """How far the journal reaches, and where it does not hold.

    Whoever may rewrite the whole table may also chain it anew: keep `position` and `hash` of a
    verdict elsewhere, and compare the hash of the entry at that position later.
    """

    position: int = 0
    hash: str = START
    breaks: list[str] = field(default_factory=list)


async def verify(database: Database) -> Verdict:
    """Recompute every hash up to the present end of the chain; one line for each break.

    Blocks nobody: what is numbered meanwhile is left for the next time.
    """
    verdict = Verdict()
    end = await Chain.get_or_none(id=1)
    last = end.position if end else await _last_position()
    await _walk(database, verdict, last)
    if end is None:
        if last:
            verdict.breaks.append("the end of the chain is gone")
        return verdict
    if verdict.position == last and verdict.hash != end.hash:
        verdict.breaks.append(f"position {last}: not the entry that the chain ends with")
    beyond = await _last_position()
    if beyond > last and (await Chain.get(id=1)).position == last:
        verdict.breaks.append(_positions(last + 1, beyond, "beyond the end of the chain"))
    return verdict


async def _walk(database: Database, verdict: Verdict, last: int) -> None:
    while verdict.position < last:
        page = await database.connection().execute_query_dict(
            _PAGE[database.dialect], [verdict.position, last]
        )
        if not page:
            verdict.breaks.append(_positions(verdict.position + 1, last, "missing"))
            return
        for row in page:
            _check(verdict, row)


def _check(verdict: Verdict, row: dict[str, Any]) -> None:
    position = row["position"]
    if position != verdict.position + 1:
        # With the hash before it gone, this entry shows only by the next one if it was changed.
        verdict.breaks.append(_positions(verdict.position + 1, position - 1, "missing"))
    elif seal(verdict.hash, row) != row["hash"]:
        verdict.breaks.append(f"position {position}: entry {row['id']} is not what was sealed")
    verdict.position, verdict.hash = position, str(row["hash"])


async def _last_position() -> int:
    last = await Entry.filter(position__isnull=False).order_by("-position").first()
    return last.position or 0 if last else 0


def _positions(first: int, last: int, what: str) -> str:
    return f"position {first}: {what}" if first == last else f"positions {first} to {last}: {what}"
