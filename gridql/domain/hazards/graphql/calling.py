"""Calling departments together for a hazard, and what those do that were called."""

from __future__ import annotations

import strawberry
from strawberry.types.info import Info

from gridql.domain.hazards.actions import calling
from gridql.domain.hazards.actions.calling import ATTEND, CONTACT, SIGN_IN
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


@strawberry.type
class Mutation:
    @mutation(
        "Call departments together for an open hazard. Each has to sign in, to speak with the "
        "caller, and to come, and has its own time for each."
    )
    async def call_departments(
        self, info: Info[Context, None], input: CallDepartmentsInput
    ) -> CallDepartmentsPayload:
        return await answered(
            info, CallDepartmentsPayload, input, calling.call, input.departments, input.note
        )

    @mutation("Sign in as a department that was called for a hazard.")
    async def sign_in_hazard(
        self, info: Info[Context, None], input: SignInHazardInput
    ) -> SignInHazardPayload:
        return await answered(info, SignInHazardPayload, input, calling.answer, SIGN_IN, input.note)

    @mutation("Say that the department which was called has spoken with whoever called it.")
    async def contact_hazard(
        self, info: Info[Context, None], input: ContactHazardInput
    ) -> ContactHazardPayload:
        return await answered(
            info, ContactHazardPayload, input, calling.answer, CONTACT, input.note
        )

    @mutation("Say that the department which was called has come.")
    async def attend_hazard(
        self, info: Info[Context, None], input: AttendHazardInput
    ) -> AttendHazardPayload:
        return await answered(info, AttendHazardPayload, input, calling.answer, ATTEND, input.note)
