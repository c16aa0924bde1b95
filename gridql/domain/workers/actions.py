"""Use cases about grid workers."""

from __future__ import annotations

from gridql.access.roles import Actor
from gridql.domain.workers.models import GridWorker


async def worker_of(actor: Actor) -> GridWorker | None:
    """The grid worker who signs with this account; None for staff who are no grid workers."""
    return await GridWorker.get_or_none(account_id=actor.account_id)
