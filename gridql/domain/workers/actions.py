"""Use cases about grid workers."""

from __future__ import annotations

from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.domain.workers.models import GridWorker
from gridql.errors import Fault, ProblemCode, Refusal
from gridql.journal import entry


async def worker_of(actor: Actor) -> GridWorker | None:
    """The grid worker who signs with this account; None for staff who are no grid workers."""
    return await GridWorker.get_or_none(account_id=actor.account_id)


async def sign_with(worker_id: int, account_id: int) -> GridWorker:
    """The grid worker signs with that account from now on; in the caller's transaction.

    The operator's, at the command line. Raises NOT_FOUND for an unknown grid worker; CONFLICT for
    one who signs with another account already.
    """
    faults: list[Fault] = []
    worker = await enforce.find(None, GridWorker, worker_id, "/worker", faults, lock=True)
    if worker is None:
        raise Refusal(faults)
    if worker.account_id is not None:
        raise Refusal([_has_account(worker.account_id)])
    worker.account_id = account_id
    await worker.save(update_fields=["account_id"])
    await entry.write(
        None,
        subject_type="GridWorker",
        subject_id=worker.id,
        kind="ACCOUNT_GIVEN",
        grid_code=worker.grid_id,
        changes={"account_id": account_id},
    )
    return worker


def _has_account(account_id: int) -> Fault:
    return Fault(
        ProblemCode.CONFLICT,
        "/worker",
        {
            "zh": f"该网格员已使用账号 {account_id}。",
            "en": f"The grid worker signs with account {account_id} already.",
        },
    )
