"""Duplicates of hazards, how high one is taken, and whether it is major."""

from __future__ import annotations

import strawberry
from strawberry.types.info import Info

from gridql.domain.hazards.actions import duplicates, grading
from gridql.domain.hazards.graphql.answering import HazardPayload, WithNote, answered
from gridql.graph.context import Context
from gridql.graph.mutations import NO_SUCH_KEY, given, mutation


@strawberry.input(description="A hazard that was reported before: same place, same matter.")
class MergeHazardInput(WithNote):
    into_id: strawberry.ID = strawberry.field(description="The hazard that goes on.")


@strawberry.input(description="A hazard that is no duplicate after all.")
class UnmergeHazardInput(WithNote):
    pass


@strawberry.input(description="A hazard that has to be dealt with further up.")
class EscalateHazardInput(WithNote):
    pass


@strawberry.input(description="A hazard that a department finds to be major.")
class ConfirmMajorInput(WithNote):
    pass


@strawberry.input(description="A hazard that a department finds not to be major.")
class RefuteMajorInput(WithNote):
    pass


@strawberry.type(description="What came of merging a hazard into another.")
class MergeHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of taking a duplicate out again.")
class UnmergeHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of escalating a hazard.")
class EscalateHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of confirming a hazard as major.")
class ConfirmMajorPayload(HazardPayload):
    pass


@strawberry.type(description="What came of refuting a hazard as major.")
class RefuteMajorPayload(HazardPayload):
    pass


@strawberry.type
class Mutation:
    @mutation("Void a hazard as a duplicate of another open one.")
    async def merge_hazard(
        self, info: Info[Context, None], input: MergeHazardInput
    ) -> MergeHazardPayload:
        into = given(input.into_id, "Hazard") or NO_SUCH_KEY
        return await answered(info, MergeHazardPayload, input, duplicates.merge, into, input.note)

    @mutation("Let a hazard that was merged by mistake begin again.")
    async def unmerge_hazard(
        self, info: Info[Context, None], input: UnmergeHazardInput
    ) -> UnmergeHazardPayload:
        return await answered(info, UnmergeHazardPayload, input, duplicates.unmerge, input.note)

    @mutation("Take a hazard to the next level up: community, street, district.")
    async def escalate_hazard(
        self, info: Info[Context, None], input: EscalateHazardInput
    ) -> EscalateHazardPayload:
        return await answered(info, EscalateHazardPayload, input, grading.escalate, input.note)

    @mutation("Confirm that a hazard is major.")
    async def confirm_major(
        self, info: Info[Context, None], input: ConfirmMajorInput
    ) -> ConfirmMajorPayload:
        return await answered(info, ConfirmMajorPayload, input, grading.confirm_major, input.note)

    @mutation("Find that a hazard is not major: from now on it is SERIOUS.")
    async def refute_major(
        self, info: Info[Context, None], input: RefuteMajorInput
    ) -> RefuteMajorPayload:
        return await answered(info, RefuteMajorPayload, input, grading.refute_major, input.note)
