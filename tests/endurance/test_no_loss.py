"""Nothing is lost: whatever is cut or killed, all that was committed reaches whom it concerns.

Writers act on the same hazards through real servers, which are killed; subscribers follow by every
way through a proxy that cuts their connections. The journal says at the end who had to hear what.

`GRIDQL_TEST_EVENTS=10000` plays that many events, by a new chance each time, and disturbs them the
more; `GRIDQL_TEST_SEED` repeats the choices of a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation
from tests.conftest import Dialect
from tests.endurance import truth
from tests.endurance.endpoints import SETTINGS
from tests.endurance.judge import Verdict, faults, judged
from tests.endurance.plan import planned
from tests.endurance.stage import Stage, staged
from tests.endurance.told import Committed

pytestmark = pytest.mark.anyio

PLAN = planned()
PROCESSES: Mapping[Dialect, int] = {"sqlite": 1, "postgres": 2}
"""A SQLite file is served by one process."""

HAPPENS = {
    *("REPORTED", "DISPATCHED", "ACCEPTED", "RETURNED", "EXTENSION_REQUESTED", "RECTIFIED"),
    *("RECHECK_FAILED", "RECHECK_PASSED", "CLOSED", "ESCALATED", "MERGED"),
}
"""What hazards go through in every play, however short."""


@pytest.mark.timeout(300 + PLAN.events // 5)
async def test_no_event_is_lost_whatever_is_cut_or_killed(
    dialect: Dialect, migrated_url: str, tmp_path: Path, figures: list[str]
) -> None:
    installation = Installation(tmp_path, migrated_url, settings=SETTINGS)

    async with staged(installation, PROCESSES[dialect], PLAN) as stage:
        await stage.play()
        journal = await truth.journal(stage.database)
        verdicts = [judged(each, journal) for each in stage.listeners]
        figures += told(dialect, stage, journal, verdicts)

        assert stage.work.faults == []
        committed = {(event.hazard, event.revision) for event in journal.values()}
        assert stage.work.acknowledged <= committed
        assert len(set(stage.work.reported.values())) == len(stage.work.reported)
        wrong = [fault for verdict in verdicts for fault in faults(verdict, stage.chronicle)]
        if wrong:
            pytest.fail("\n".join([f"seed {PLAN.seed}", *wrong]), pytrace=False)
        assert {event.kind for event in journal.values()} >= HAPPENS
        assert len(committed) >= PLAN.events
        assert stage.readers.cuts >= PLAN.cuts
        assert stage.hosts.kills >= PLAN.kills


def told(
    dialect: Dialect,
    stage: Stage,
    journal: Mapping[int, Committed],
    verdicts: Sequence[Verdict],
) -> Iterator[str]:
    """What was played and what came of it, in lines."""
    work = stage.work
    yield (
        f"{dialect}: {len(journal)} events written in {stage.written_s:.0f} s and told in "
        f"{stage.told_s:.0f} s (seed {PLAN.seed}); "
        f"{stage.readers.cuts} cuts of subscribers and {stage.callers.cuts} of writers, "
        f"{stage.hosts.kills} kills; {work.repeated} requests repeated, {work.too_late} too late"
    )
    kinds = Counter(event.kind for event in journal.values())
    yield "  " + ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    seen, lost, twice, spells = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for verdict in verdicts:
        way = verdict.listener.way
        seen[way] += verdict.seen
        lost[way] += len(verdict.lost)
        twice[way] += len(verdict.repeated)
        spells[way] += len(verdict.listener.spells)
    for way in seen:
        yield (
            f"  {way}: {seen[way]} seen, {lost[way]} lost, {twice[way]} told twice, "
            f"{spells[way]} connections"
        )
