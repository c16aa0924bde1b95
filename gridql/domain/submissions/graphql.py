"""Submissions in the graph: reading them, and handing answers in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry import auto
from strawberry.scalars import JSON
from strawberry.types.info import Info

from gridql.domain.areas.graphql import Area, Grid
from gridql.domain.hazards.graphql import Hazard
from gridql.domain.people.graphql import Household, Resident
from gridql.domain.places.graphql import Place
from gridql.domain.submissions import actions, models
from gridql.domain.submissions.forms import FormVersion
from gridql.domain.submissions.rules import Location
from gridql.domain.visits.graphql import Visit
from gridql.domain.workers.graphql import GridWorker
from gridql.graph.connection import Connection
from gridql.graph.context import Context
from gridql.graph.documents import ReadObject, ReadVariant
from gridql.graph.expose import expose, extend
from gridql.graph.fields import in_language, listing, many, of_column, one, one_of, reading
from gridql.graph.forms import FormAnswers, FormAnswersInput, answered_version
from gridql.graph.ids import decode_id, type_of_id
from gridql.graph.kinds import Kind, column
from gridql.graph.listing import Listing
from gridql.graph.mutations import attempt, given, mutation
from gridql.graph.node import Node
from gridql.graph.problems import Problem
from gridql.graph.roots import by_id, page_of, read_back
from gridql.graph.scalars import GeoJSON

SubmissionSubject = Annotated[
    Place | Household | Resident | Grid | Area,
    strawberry.union("SubmissionSubject", description="What a form can be filled in about."),
]


@strawberry.type(description="What a form's rules made of the answers in points.")
class Score:
    value: float = strawberry.field(description="The points.")
    max: float = strawberry.field(description="The most there could have been.")
    grade: str | None = strawberry.field(description="The grade for them, if the form has grades.")


@expose(models.Finding)
class Finding(Node):
    """One thing that a form's rule found in the answers."""

    rule: auto
    path: auto
    severity: auto
    category: auto
    days: auto
    department: auto
    title: str = in_language("title", "What is wrong.")
    remark: str | None = of_column("remark", "What the grid worker added; hidden from auditors.")
    hazard: Hazard | None = one("hazard")


@expose(
    models.Submission,
    Listing(
        filters=(
            "client_id",
            "form_id",
            "place_id",
            "household_id",
            "resident_id",
            "worker_id",
            "submitted_at",
            "observed_at",
        ),
        orders=("submitted_at",),
        default=("SUBMITTED_AT_DESC",),
        code="area_code",
        references={"form_id": "FormVersion"},
    ),
)
class Submission(Node):
    """Answers to one version of a form, about one subject."""

    client_id: auto
    form: FormVersion = one("form")
    subject: SubmissionSubject | None = one_of(
        {
            "Place": "place_id",
            "Household": "household_id",
            "Resident": "resident_id",
            "Grid": "grid_id",
            "Area": "area_code",
        },
        "What it is about; null where you may see the answers but not the subject.",
    )
    grid: Grid | None = one("grid")
    worker: GridWorker | None = one("worker")
    visit: Visit | None = one("visit")
    observed_at: auto
    submitted_at: auto
    location: GeoJSON | None
    answers: FormAnswers | None = reading(
        ReadVariant(
            column(models.Submission, "answers"), "form_id", "form_version", "answers_type"
        ),
        "The answers, typed by the form version; null for auditors, from whom they are hidden.",
    )
    answers_json: JSON | None = of_column(
        "answers", "The whole document of answers; null for auditors, from whom it is hidden."
    )
    findings: list[Finding] = listing(
        Finding, "submission", description="What the form's rules found, in the form's order."
    )
    hazards: Connection[Hazard] = many(
        Hazard, "submission", description="The hazards that follow the findings up."
    )
    score: Score | None = reading(
        ReadObject(column(models.Submission, "score")), "The points, if the form gives any."
    )


SUBMISSIONS = "The forms filled in about it, newest first."
extend(Place, submissions=many(Submission, "place", description=SUBMISSIONS))
extend(Household, submissions=many(Submission, "household", description=SUBMISSIONS))
extend(
    Hazard,
    submission=one("submission", "The answers that it was found in.").of(Submission | None),
)


@strawberry.input(description="A point in WGS 84.")
class PointInput:
    lon: float = strawberry.field(description="Longitude in degrees, -180 to 180.")
    lat: float = strawberry.field(description="Latitude in degrees, -90 to 90.")
    accuracy_m: float | None = strawberry.field(
        default=None,
        description="How far off it may be, in metres; kept as the point's member accuracyM.",
    )


@strawberry.input(description="Answers to a form version, about one subject.")
class SubmitFormInput:
    client_id: UUID = strawberry.field(
        description="An id that the device makes up, so that sending twice submits once."
    )
    subject_id: strawberry.ID = strawberry.field(
        description="What it is about: of the kind that the form is for."
    )
    answers: FormAnswersInput = strawberry.field(description="The answers.")
    observed_at: datetime | None = strawberry.field(
        default=None, description="When the answers were true; now unless given."
    )
    location: PointInput | None = strawberry.field(
        default=None, description="Where the device was."
    )
    visit_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The visit during which it was filled in: in the subject's grid, and where "
        "it was to a home or a place, to that subject; a resident's home for a resident.",
    )


@strawberry.type(description="What came of handing answers in.")
class SubmitFormPayload:
    submission: Submission | None = read_back(
        Submission,
        "submission_id",
        "The submission; the first one when it was sent again. Null with problems.",
    )
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")
    submission_id: strawberry.Private[int | None] = None


@strawberry.type
class Query:
    submission: Submission | None = by_id(Submission, "The submission with that id.")
    submissions: Connection[Submission] = page_of(Submission, "Submissions, newest first.")


@strawberry.type
class Mutation:
    @mutation("Hand in answers: they are judged, and what the form's rules find is reported.")
    async def submit_form(
        self, info: Info[Context, None], input: SubmitFormInput
    ) -> SubmitFormPayload:
        services = info.context.services
        answered = answered_version(cast(Mapping[str, Any], input.answers))
        subject_type = type_of_id(input.subject_id)
        submission, problems = await attempt(
            info,
            actions.submit(
                info.context.actor,
                services.library,
                services.plugins,
                services.handling,
                actions.SubmissionDraft(
                    client_id=input.client_id,
                    form=answered.form,
                    version=answered.version,
                    answers=answered.answers,
                    form_path=answered.form_path,
                    answers_path=answered.path,
                    subject_type=subject_type,
                    subject_key=decode_id(subject_type, _key_kind(subject_type), input.subject_id),
                    observed_at=input.observed_at,
                    location=_location(input.location),
                    visit_id=given(input.visit_id, "Visit"),
                ),
            ),
        )
        return SubmitFormPayload(
            submission_id=submission.id if submission else None, problems=problems
        )


def _location(point: PointInput | None) -> Location | None:
    return None if point is None else Location(point.lon, point.lat, point.accuracy_m)


def _key_kind(type_name: str) -> Kind:
    return Kind.TEXT if type_name in ("Grid", "Area") else Kind.INTEGER
