"""Putting hazards right, rechecking, closing, voiding and reopening them."""

from __future__ import annotations

import strawberry
from strawberry.types.info import Info

from gridql.domain.hazards.actions import closing, rectifying
from gridql.domain.hazards.actions.reporting import Rectification
from gridql.domain.hazards.graphql.answering import (
    HazardPayload,
    OnHazard,
    PhotoInput,
    WithNote,
    WithReason,
    answered,
    photos,
)
from gridql.domain.hazards.graphql.reporting import EVIDENCE, REMARK
from gridql.graph.context import Context
from gridql.graph.mutations import mutation


@strawberry.input(description="What a department did to put a hazard right.")
class SubmitRectificationInput(OnHazard):
    remark: str = strawberry.field(description=REMARK)
    evidence: list[PhotoInput] = strawberry.field(description=EVIDENCE)


@strawberry.input(description="What somebody saw who looked at the hazard again.")
class RecheckHazardInput(WithNote):
    passed: bool = strawberry.field(
        description="Whether it was put right; if not, a note has to say what is missing."
    )
    evidence: list[PhotoInput] = strawberry.field(
        default_factory=list, description="Up to nine photographs of it."
    )


@strawberry.input(description="The closing of a hazard that was put right.")
class CloseHazardInput(WithNote):
    pass


@strawberry.input(description="A hazard that was none.")
class VoidHazardInput(WithReason):
    pass


@strawberry.input(description="A hazard that was closed or voided, and is one after all.")
class ReopenHazardInput(WithReason):
    pass


@strawberry.type(description="What came of submitting that a hazard was put right.")
class SubmitRectificationPayload(HazardPayload):
    pass


@strawberry.type(description="What came of rechecking a hazard.")
class RecheckHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of closing a hazard.")
class CloseHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of voiding a hazard.")
class VoidHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of reopening a hazard.")
class ReopenHazardPayload(HazardPayload):
    pass


@strawberry.type
class Mutation:
    @mutation("Say that the department which leads has put the hazard right.")
    async def submit_rectification(
        self, info: Info[Context, None], input: SubmitRectificationInput
    ) -> SubmitRectificationPayload:
        done = Rectification(input.remark, photos(input.evidence))
        return await answered(info, SubmitRectificationPayload, input, rectifying.submit, done)

    @mutation(
        "Look at a hazard again that was put right: it is closed if it was, and goes back if not. "
        "Never by the account that submitted it."
    )
    async def recheck_hazard(
        self, info: Info[Context, None], input: RecheckHazardInput
    ) -> RecheckHazardPayload:
        return await answered(
            info,
            RecheckHazardPayload,
            input,
            rectifying.recheck,
            passed=input.passed,
            note=input.note,
            evidence=photos(input.evidence),
        )

    @mutation("Close a hazard that was put right without being dispatched to a department.")
    async def close_hazard(
        self, info: Info[Context, None], input: CloseHazardInput
    ) -> CloseHazardPayload:
        return await answered(info, CloseHazardPayload, input, closing.close, input.note)

    @mutation("Take back a hazard that was none.")
    async def void_hazard(
        self, info: Info[Context, None], input: VoidHazardInput
    ) -> VoidHazardPayload:
        return await answered(info, VoidHazardPayload, input, closing.void, input.reason)

    @mutation("Let a hazard that was closed or voided begin again, as if just reported.")
    async def reopen_hazard(
        self, info: Info[Context, None], input: ReopenHazardInput
    ) -> ReopenHazardPayload:
        return await answered(info, ReopenHazardPayload, input, closing.reopen, input.reason)
