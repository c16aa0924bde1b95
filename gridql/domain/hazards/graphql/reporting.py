"""Reporting hazards, and putting them right where they were found."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from gridql.domain.hazards.actions import reporting
from gridql.domain.hazards.actions.reporting import HazardDraft, Rectification
from gridql.domain.hazards.graphql.answering import (
    HazardPayload,
    OnHazard,
    PhotoInput,
    answered,
    photos,
)
from gridql.domain.hazards.graphql.types import Hazard
from gridql.domain.hazards.rules import Severity
from gridql.graph.context import Context
from gridql.graph.mutations import attempt, given, mutation
from gridql.graph.problems import Problem
from gridql.graph.roots import read_back

REMARK = "How it was put right. No personal data: partners read it."
EVIDENCE = "One to nine photographs of it."


@strawberry.input(description="How a hazard was put right where it was found.")
class RectifiedOnSpotInput:
    remark: str = strawberry.field(description=REMARK)
    evidence: list[PhotoInput] = strawberry.field(description=EVIDENCE)


@strawberry.input(description="A hazard that was found; at a place, or somewhere in a grid.")
class ReportHazardInput:
    client_id: UUID | None = strawberry.field(
        default=None,
        description="An id that the device makes up, so that sending twice reports once.",
    )
    title: str = strawberry.field(description="What is wrong, in a line of at most 200 characters.")
    severity: Severity = strawberry.field(
        description="How grave it is; MAJOR is for departments to confirm."
    )
    category: str = strawberry.field(description="What it is about, such as ESCAPE_ROUTE.")
    place_id: strawberry.ID | None = strawberry.field(
        default=None, description="The place where it was found."
    )
    grid_code: str | None = strawberry.field(
        default=None, description="The grid where it was found, when at no place."
    )
    description: str | None = strawberry.field(
        default=None, description="What else there is. No personal data: partners read it."
    )
    department: str | None = strawberry.field(
        default=None, description="Code of the department that would put it right."
    )
    due_at: datetime | None = strawberry.field(
        default=None, description="By when it has to be put right."
    )
    rectified_on_spot: RectifiedOnSpotInput | None = strawberry.field(
        default=None,
        description="How it was put right at once: then it is closed with the report. Only for "
        "MINOR and SERIOUS.",
    )


@strawberry.type(description="What came of reporting a hazard.")
class ReportHazardPayload:
    hazard: Hazard | None = read_back(
        Hazard, "hazard_id", "The hazard; the first one when it was sent again. Null with problems."
    )
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")
    hazard_id: strawberry.Private[int | None] = None


@strawberry.input(description="How a hazard that was reported was put right without a department.")
class RectifyHazardOnSpotInput(OnHazard):
    remark: str = strawberry.field(description=REMARK)
    evidence: list[PhotoInput] = strawberry.field(description=EVIDENCE)


@strawberry.type(description="What came of closing a hazard that was put right on the spot.")
class RectifyHazardOnSpotPayload(HazardPayload):
    pass


@strawberry.type
class Mutation:
    @mutation("Report a hazard that was found outside of an inspection.")
    async def report_hazard(
        self, info: Info[Context, None], input: ReportHazardInput
    ) -> ReportHazardPayload:
        on_spot = input.rectified_on_spot
        hazard, problems = await attempt(
            info,
            reporting.report(
                info.context.actor,
                info.context.services.handling,
                HazardDraft(
                    client_id=input.client_id,
                    title=input.title,
                    severity=input.severity,
                    category=input.category,
                    place_id=given(input.place_id, "Place"),
                    grid_code=input.grid_code,
                    description=input.description,
                    department=input.department,
                    due_at=input.due_at,
                    on_spot=Rectification(on_spot.remark, photos(on_spot.evidence))
                    if on_spot
                    else None,
                ),
            ),
        )
        return ReportHazardPayload(hazard_id=hazard.id if hazard else None, problems=problems)

    @mutation("Close a hazard that was put right where it was found: MINOR and SERIOUS ones.")
    async def rectify_hazard_on_spot(
        self, info: Info[Context, None], input: RectifyHazardOnSpotInput
    ) -> RectifyHazardOnSpotPayload:
        done = Rectification(input.remark, photos(input.evidence))
        return await answered(
            info, RectifyHazardOnSpotPayload, input, reporting.rectify_on_spot, done
        )
