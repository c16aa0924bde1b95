"""Calling departments together for a hazard, and what those do that were called."""

from __future__ import annotations

from typing import TypeVar

import strawberry
from strawberry.types.info import Info

from gridql.domain.hazards.actions import calling
from gridql.domain.hazards.actions.calling import ATTEND, CONTACT, SIGN_IN, Step
from gridql.domain.hazards.graphql.answering import HazardPayload, WithNote, answered
from gridql.graph.context import Context
from gridql.graph.mutations import mutation


@strawberry.input(description="Departments that are to come together for a hazard.")
class CallDepartmentsInput(WithNote):
    departments: list[str] = strawberry.field(
        description="Codes of the departments, one to twenty."
    )


@strawberry.input(description="The answer of a department that was called.")
class SignInHazardInput(WithNote):
    pass


@strawberry.input(description="That a department has spoken with whoever called it.")
class ContactHazardInput(WithNote):
    pass


@strawberry.input(description="That a department which was called has come.")
class AttendHazardInput(WithNote):
    pass


@strawberry.type(description="What came of calling departments.")
class CallDepartmentsPayload(HazardPayload):
    pass


@strawberry.type(description="What came of signing in.")
class SignInHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of saying that the caller was spoken with.")
class ContactHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of saying that the department has come.")
class AttendHazardPayload(HazardPayload):
    pass


P = TypeVar("P", bound=HazardPayload)


async def _answered(info: Info[Context, None], payload: type[P], input: WithNote, step: Step) -> P:
    actor, handling = info.context.actor, info.context.services.handling
    action = calling.answer(actor, handling, input.target, step, input.note)
    return await answered(info, payload, input, action)


@strawberry.type
class Mutation:
    @mutation(
        "Call departments together for an open hazard. Each has to sign in, to speak with the "
        "caller, and to come, and has its own time for each."
    )
    async def call_departments(
        self, info: Info[Context, None], input: CallDepartmentsInput
    ) -> CallDepartmentsPayload:
        actor, handling = info.context.actor, info.context.services.handling
        action = calling.call(actor, handling, input.target, input.departments, input.note)
        return await answered(info, CallDepartmentsPayload, input, action)

    @mutation("Sign in as a department that was called for a hazard.")
    async def sign_in_hazard(
        self, info: Info[Context, None], input: SignInHazardInput
    ) -> SignInHazardPayload:
        return await _answered(info, SignInHazardPayload, input, SIGN_IN)

    @mutation("Say that the department which was called has spoken with whoever called it.")
    async def contact_hazard(
        self, info: Info[Context, None], input: ContactHazardInput
    ) -> ContactHazardPayload:
        return await _answered(info, ContactHazardPayload, input, CONTACT)

    @mutation("Say that the department which was called has come.")
    async def attend_hazard(
        self, info: Info[Context, None], input: AttendHazardInput
    ) -> AttendHazardPayload:
        return await _answered(info, AttendHazardPayload, input, ATTEND)
