"""Use cases about submissions: answers are judged, and what they find is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.models import Model

from gridql import clock
from gridql.access import enforce, policy
from gridql.access.codes import covers
from gridql.access.roles import Actor
from gridql.database import settled, transaction
from gridql.domain.areas.models import Area, Grid
from gridql.domain.areas.repeats import the_same
from gridql.domain.hazards.actions.reporting import open_all
from gridql.domain.hazards.models import Hazard
from gridql.domain.people.models import Household, Resident
from gridql.domain.places.models import Place
from gridql.domain.submissions.findings import (
    finding_rows,
    hazard_drafts,
    objection_faults,
    unheard,
)
from gridql.domain.submissions.models import Finding, Submission
from gridql.domain.submissions.rules import Location, document_of_score, submission_faults
from gridql.domain.visits.models import Visit
from gridql.domain.workers.actions import worker_of
from gridql.errors import Fault, ProblemCode, Refusal, invalid, not_found
from gridql.forms import SubjectKind
from gridql.forms.library import Library, Published
from gridql.forms.verdict import Found, Verdict
from gridql.handling import Handling
from gridql.hooks import Plugins, Said
from gridql.journal import entry

SUBJECTS: dict[SubjectKind, type[Model]] = {
    SubjectKind.PLACE: Place,
    SubjectKind.HOUSEHOLD: Household,
    SubjectKind.RESIDENT: Resident,
    SubjectKind.GRID: Grid,
    SubjectKind.AREA: Area,
}


@dataclass(frozen=True, slots=True)
class SubmissionDraft:
    """Answers as they are handed in."""

    client_id: UUID
    form: str
    version: int
    answers: Any
    form_path: str
    """JSON Pointer to where the input says which form it is."""
    answers_path: str
    """JSON Pointer to where the answers stand in the input."""
    subject_type: str
    subject_key: int | str | None
    """None for an id that is none."""
    observed_at: datetime | None = None
    location: Location | None = None
    visit_id: int | None = None


async def submit(
    actor: Actor, library: Library, plugins: Plugins, handling: Handling, draft: SubmissionDraft
) -> Submission:
    """Judge answers; keep them, and report a hazard for each finding of the form or a plugin.

    Raises FORBIDDEN for a role that fills in no forms; NOT_FOUND for a form that is not published
    or a subject outside of the actor's scope; RETIRED for a version that takes no new answers;
    INVALID for every answer that breaks the form or that a plugin objects to; CONFLICT when the
    client id was used for other answers. Sent again, it gives the submission of the first time.
    A plugin that fails takes no submission along: the journal says who was not heard about it.
    """
    enforce.require(actor, "Submission.submit")
    published = _published(library, draft)
    verdict = published.judge.judge(draft.answers)
    # Before the transaction: it takes as long as the plugins' code takes.
    said = Said() if verdict.faults else await plugins.ask(published.form, verdict.answers)
    return await settled(lambda: _submit(actor, handling, published, draft, verdict, said))


def _published(library: Library, draft: SubmissionDraft) -> Published:
    published = library.get(draft.form, draft.version)
    if published is None:
        where = f"{draft.form} v{draft.version}"
        text = {"zh": f"没有已发布的表单 {where}。", "en": f"No form {where} is published."}
        raise Refusal([Fault(ProblemCode.NOT_FOUND, draft.form_path, text)])
    return published


async def _submit(
    actor: Actor,
    handling: Handling,
    published: Published,
    draft: SubmissionDraft,
    verdict: Verdict,
    said: Said,
) -> Submission:
    now = clock.now()
    observed_at = draft.observed_at or now
    faults = [
        *submission_faults(observed_at, now, draft.location),
        *(_moved(fault, draft.answers_path) for fault in verdict.faults),
    ]
    async with transaction():
        subject = await _subject(actor, published, draft, faults)
        await _check_visit(actor, draft, subject, faults)
        earlier = await Submission.get_or_none(client_id=draft.client_id)
        if earlier is None:
            faults += objection_faults(said, draft.answers_path)
            if published.retired_at is not None:
                faults.insert(0, _retired(draft.form_path))
        if faults or subject is None:
            raise Refusal(faults)
        if earlier is not None:
            about = {"form_id": published.id, **_about(subject)}
            return the_same(earlier, about, _sent(draft, verdict))
        worker = await worker_of(actor)
        submission = await Submission.create(
            client_id=draft.client_id,
            form_id=published.id,
            **_about(subject),
            worker_id=worker.id if worker else None,
            score=document_of_score(verdict.score),
            submitted_at=now,
            **_sent(draft, verdict) | {"observed_at": observed_at},
        )
        await entry.write(
            actor,
            subject_type="Submission",
            subject_id=submission.id,
            kind="SUBMITTED",
            grid_code=submission.area_code,
            changes=unheard(said),
        )
        found = (*verdict.findings, *said.findings)
        if found:
            await _follow_up(actor, handling, submission, found, worker.id if worker else None, now)
    return submission


async def _subject(
    actor: Actor, published: Published, draft: SubmissionDraft, faults: list[Fault]
) -> Model | None:
    kind = published.form.subject
    model = SUBJECTS[kind]
    if draft.subject_type != model.__name__:
        wanted = model.__name__
        faults.append(
            invalid(
                "/subjectId",
                f"该表单的对象应为 {wanted}，请填写 {wanted} 的 id。",
                f"This form is about a {wanted}: give the id of one.",
            )
        )
        return None
    key = 0 if draft.subject_key is None else draft.subject_key
    subject = await enforce.find(actor, model, key, "/subjectId", faults)
    if isinstance(subject, Area) and not covers(actor.scopes, subject.code):
        # Everybody sees all areas, but fills in nothing about those of others.
        faults.append(not_found("/subjectId", policy.rule("Area").text))
        return None
    return subject


def _about(subject: Model) -> dict[str, Any]:
    """The columns that say what a submission is about, and where."""
    if isinstance(subject, Area):
        return {"area_code": subject.code}
    if isinstance(subject, Grid):
        return {"area_code": subject.code, "grid_id": subject.code}
    column = f"{type(subject).__name__.lower()}_id"
    grid: str = subject.grid_id  # type: ignore[attr-defined]  # all others have one
    return {"area_code": grid, "grid_id": grid, column: subject.pk}


def _sent(draft: SubmissionDraft, verdict: Verdict) -> dict[str, Any]:
    """The columns that say what the device does, apart from the form and the subject."""
    return {
        "answers": verdict.answers,
        "observed_at": draft.observed_at,
        "location": draft.location.geojson() if draft.location else None,
        "visit_id": draft.visit_id,
    }


async def _check_visit(
    actor: Actor, draft: SubmissionDraft, subject: Model | None, faults: list[Fault]
) -> None:
    visit = await enforce.find(actor, Visit, draft.visit_id, "/visitId", faults)
    if visit is not None and subject is not None and not _took_place_there(visit, subject):
        faults.append(
            invalid(
                "/visitId",
                "该次走访不是在此对象处进行的。",
                "That visit was to somewhere else than this subject.",
            )
        )


def _took_place_there(visit: Visit, subject: Model) -> bool:
    about = _about(subject)
    home = subject.household_id if isinstance(subject, Resident) else about.get("household_id")
    return (
        covers((about["area_code"],), visit.grid_id)
        and visit.household_id in (None, home)
        and visit.place_id in (None, about.get("place_id"))
    )


async def _follow_up(
    actor: Actor,
    handling: Handling,
    submission: Submission,
    found: Sequence[Found],
    worker_id: int | None,
    now: datetime,
) -> None:
    """A finding and a hazard for everything that was found.

    Only what lies in a grid becomes a hazard: somebody has to be able to go there.
    """
    hazards: list[Hazard | None] = [None] * len(found)
    if submission.grid_id is not None:
        drafts = hazard_drafts(handling.calendar, submission, found, worker_id, now)
        hazards = [*await open_all(actor, handling, drafts, now)]
    await Finding.bulk_create(finding_rows(submission, found, hazards))


def _retired(path: str) -> Fault:
    return Fault(
        ProblemCode.RETIRED,
        path,
        {
            "zh": "该表单版本已停用，请使用新版本。",
            "en": "This version takes no new answers any more: use a newer one.",
        },
    )


def _moved(fault: Fault, base: str) -> Fault:
    return Fault(fault.code, f"{base}{fault.path or ''}", fault.text)
