"""Taking over forms that were filled in, judged as if they came in today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gridql.access import enforce
from gridql.access.roles import Actor
from gridql.database import transaction
from gridql.domain.areas import settling
from gridql.domain.hazards.models import Hazard
from gridql.domain.hazards.settling import PastHazard, open_past
from gridql.domain.submissions.actions import SUBJECTS
from gridql.domain.submissions.findings import (
    finding_rows,
    hazard_drafts,
    objection_faults,
    unheard,
)
from gridql.domain.submissions.models import Finding, Submission
from gridql.domain.submissions.rules import document_of_score
from gridql.errors import Fault, Refusal, not_found
from gridql.forms import SubjectKind
from gridql.forms.library import Library, Published
from gridql.forms.verdict import Found, Verdict
from gridql.handling import Handling
from gridql.hooks import Plugins, Said
from gridql.journal import entry
from gridql.journal.models import Entry


@dataclass(frozen=True, slots=True)
class PastSubmission:
    """A form that was filled in about something in a grid, as it is taken over."""

    client_id: UUID
    form: str
    version: int
    answers: Mapping[str, Any]
    subject_id: int
    """Of the place, household or resident that the form is about."""
    submitted_at: datetime
    worker_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    draft: PastSubmission
    published: Published
    verdict: Verdict
    said: Said

    @property
    def found(self) -> tuple[Found, ...]:
        return (*self.verdict.findings, *self.said.findings)

    @property
    def subject(self) -> SubjectKind:
        return self.published.form.subject


async def settle(
    actor: Actor | None,
    library: Library,
    plugins: Plugins,
    handling: Handling,
    drafts: Sequence[PastSubmission],
) -> list[Hazard]:
    """Judge and keep filled-in forms of the past; the hazards that their rules found, open.

    Those whose client id is known already are passed over; retired versions are taken. Raises
    FORBIDDEN; NOT_FOUND for a form that is not published or a subject outside of the actor's scope;
    INVALID for every answer that breaks its form or that a plugin objects to.
    """
    enforce.require(actor, settling.RIGHT)
    faults = settling.twice([draft.client_id for draft in drafts], "clientId")
    judged = await _judge(library, plugins, drafts, faults)
    async with transaction():
        grids = await _grids(actor, judged, faults)
        if faults:
            raise Refusal(faults)
        ids = [draft.client_id for draft in drafts]
        known = dict(await _numbers(ids))
        new = [each for each in judged if each.draft.client_id not in known]
        rows = [_row(each, grids[each.subject][each.draft.subject_id]) for each in new]
        await Submission.bulk_create(rows, batch_size=settling.BATCH)
        numbers = await _numbers(ids)
        for row in rows:
            row.id = numbers[row.client_id]
        await entry.write_many(
            [_submitted(actor, row, each.said) for each, row in zip(new, rows, strict=True)]
        )
        return await _follow_up(actor, handling, new, rows)


async def _judge(
    library: Library, plugins: Plugins, drafts: Sequence[PastSubmission], faults: list[Fault]
) -> list[_Judged]:
    judged = []
    for n, draft in enumerate(drafts):
        published = library.get(draft.form, draft.version)
        if published is None or published.form.subject in (SubjectKind.GRID, SubjectKind.AREA):
            where = f"{draft.form} v{draft.version}"
            what = {"zh": f"表单 {where}", "en": f"form as {where}"}
            faults.append(not_found(f"/{n}/form", what))
            continue
        verdict = published.judge.judge(draft.answers)
        faults += [
            Fault(fault.code, f"/{n}/answers{fault.path or ''}", fault.text)
            for fault in verdict.faults
        ]
        said = Said() if verdict.faults else await plugins.ask(published.form, verdict.answers)
        faults += objection_faults(said, f"/{n}/answers")
        judged.append(_Judged(draft, published, verdict, said))
    return judged


async def _grids(
    actor: Actor | None, judged: Sequence[_Judged], faults: list[Fault]
) -> dict[SubjectKind, dict[int, str]]:
    """The grids of the subjects, by kind and id; what the actor does not see joins the faults."""
    grids: dict[SubjectKind, dict[int, str]] = {}
    for kind in {each.subject for each in judged}:
        keys = [each.draft.subject_id if each.subject is kind else None for each in judged]
        named = {key for key in keys if key is not None}
        grids[kind] = await settling.found(actor, SUBJECTS[kind], named, "grid_id")
        faults += settling.missing(SUBJECTS[kind], keys, grids[kind], "subjectId")
    return grids


async def _numbers(client_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = Submission.filter(client_id__in=client_ids)
    return dict(await rows.values_list("client_id", "id"))


def _row(judged: _Judged, grid_code: str) -> Submission:
    draft, verdict = judged.draft, judged.verdict
    return Submission(
        client_id=draft.client_id,
        form_id=judged.published.id,
        area_code=grid_code,
        grid_id=grid_code,
        **{f"{judged.subject.value.lower()}_id": draft.subject_id},
        worker_id=draft.worker_id,
        answers=verdict.answers,
        score=document_of_score(verdict.score),
        observed_at=draft.submitted_at,
        submitted_at=draft.submitted_at,
    )


def _submitted(actor: Actor | None, row: Submission, said: Said) -> Entry:
    return entry.entry(
        actor,
        subject_type="Submission",
        subject_id=row.id,
        kind="SUBMITTED",
        grid_code=row.area_code,
        changes=unheard(said),
        at=row.submitted_at,
    )


async def _follow_up(
    actor: Actor | None,
    handling: Handling,
    judged: Sequence[_Judged],
    rows: Sequence[Submission],
) -> list[Hazard]:
    pairs = [(each, row) for each, row in zip(judged, rows, strict=True) if each.found]
    hazards = await open_past(
        actor,
        handling,
        [
            PastHazard(draft, row.submitted_at)
            for each, row in pairs
            for draft in hazard_drafts(
                handling.calendar, row, each.found, row.worker_id, row.submitted_at
            )
        ],
    )
    opened = iter(hazards)
    await Finding.bulk_create(
        [
            finding
            for each, row in pairs
            for finding in finding_rows(row, each.found, [next(opened) for _ in each.found])
        ],
        batch_size=settling.BATCH,
    )
    return hazards
