"""Dispatching hazards to departments, and the departments' answers."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.types.info import Info

from gridql.domain.hazards.actions import dispatching
from gridql.domain.hazards.actions.dispatching import Order
from gridql.domain.hazards.graphql.answering import (
    HazardPayload,
    WithNote,
    WithReason,
    answered,
)
from gridql.graph.context import Context
from gridql.graph.mutations import mutation


@strawberry.input(description="Who is to put a hazard right, and by when.")
class DispatchHazardInput(WithNote):
    department: str = strawberry.field(description="Code of the department that leads.")
    helpers: list[str] = strawberry.field(
        default_factory=list, description="Codes of the departments that help, at most 20."
    )
    due_at: datetime | None = strawberry.field(
        default=None,
        description="By when it has to be put right; as the hazard has it unless given.",
    )


@strawberry.input(description="A hazard that the department which leads takes on.")
class AcceptHazardInput(WithNote):
    pass


@strawberry.input(description="A hazard that is not for the department which it was handed to.")
class ReturnHazardInput(WithReason):
    pass


@strawberry.input(description="More time that a department asks for.")
class RequestExtensionInput(WithReason):
    until: datetime = strawberry.field(description="The due date that it asks for.")


@strawberry.input(description="More time that is granted as it was asked for.")
class GrantExtensionInput(WithNote):
    pass


@strawberry.input(description="More time that is refused.")
class RefuseExtensionInput(WithNote):
    pass


@strawberry.type(description="What came of dispatching a hazard.")
class DispatchHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of accepting a hazard.")
class AcceptHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of returning a hazard.")
class ReturnHazardPayload(HazardPayload):
    pass


@strawberry.type(description="What came of asking for more time.")
class RequestExtensionPayload(HazardPayload):
    pass


@strawberry.type(description="What came of granting more time.")
class GrantExtensionPayload(HazardPayload):
    pass


@strawberry.type(description="What came of refusing more time.")
class RefuseExtensionPayload(HazardPayload):
    pass


@strawberry.type
class Mutation:
    @mutation("Hand a reported hazard to one department that leads, and others that help.")
    async def dispatch_hazard(
        self, info: Info[Context, None], input: DispatchHazardInput
    ) -> DispatchHazardPayload:
        order = Order(input.department, input.helpers, input.due_at)
        return await answered(
            info, DispatchHazardPayload, input, dispatching.dispatch, order, input.note
        )

    @mutation("Take on a hazard that was dispatched to the caller's department.")
    async def accept_hazard(
        self, info: Info[Context, None], input: AcceptHazardInput
    ) -> AcceptHazardPayload:
        return await answered(info, AcceptHazardPayload, input, dispatching.accept, input.note)

    @mutation("Send back a hazard that is not the department's to put right.")
    async def return_hazard(
        self, info: Info[Context, None], input: ReturnHazardInput
    ) -> ReturnHazardPayload:
        return await answered(info, ReturnHazardPayload, input, dispatching.send_back, input.reason)

    @mutation("Ask for a later due date.")
    async def request_extension(
        self, info: Info[Context, None], input: RequestExtensionInput
    ) -> RequestExtensionPayload:
        return await answered(
            info,
            RequestExtensionPayload,
            input,
            dispatching.request_extension,
            input.until,
            input.reason,
        )

    @mutation("Grant the later due date that was asked for.")
    async def grant_extension(
        self, info: Info[Context, None], input: GrantExtensionInput
    ) -> GrantExtensionPayload:
        return await answered(
            info, GrantExtensionPayload, input, dispatching.grant_extension, input.note
        )

    @mutation("Refuse the later due date that was asked for.")
    async def refuse_extension(
        self, info: Info[Context, None], input: RefuseExtensionInput
    ) -> RefuseExtensionPayload:
        return await answered(
            info, RefuseExtensionPayload, input, dispatching.refuse_extension, input.note
        )
