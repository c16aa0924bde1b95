"""What every mutation of a hazard has in common: which one it is about, and what comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import strawberry
from strawberry.types.info import Info

from gridql.access.roles import Actor
from gridql.domain.hazards import models
from gridql.domain.hazards.actions.gate import Target
from gridql.domain.hazards.evidence import Photo
from gridql.domain.hazards.graphql.types import Hazard
from gridql.errors import ProblemCode
from gridql.graph.context import Context
from gridql.graph.mutations import NO_SUCH_KEY, attempt, given
from gridql.graph.problems import Problem
from gridql.graph.roots import read_back
from gridql.handling import Handling

WHY = "Why. No personal data: partners read it."


@strawberry.input(description="A photograph that lies with a file service; it is not sent itself.")
class PhotoInput:
    uri: str = strawberry.field(
        description="Where it lies: an https or http URL of at most 1000 characters."
    )
    sha256: str = strawberry.field(description="SHA-256 of its content, in 64 small hex digits.")
    taken_at: datetime | None = strawberry.field(default=None, description="When it was taken.")
    caption: str | None = strawberry.field(
        default=None, description="What is on it. No personal data: partners read it."
    )


@strawberry.input
class OnHazard:
    hazard_id: strawberry.ID = strawberry.field(description="The hazard.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision last seen; STALE if it has changed since."
    )

    @property
    def target(self) -> Target:
        """The hazard as actions take it."""
        return Target(given(self.hazard_id, "Hazard") or NO_SUCH_KEY, self.expected_revision)


@strawberry.input
class WithNote(OnHazard):
    note: str | None = strawberry.field(
        default=None, description="What to note down. No personal data: partners read it."
    )


@strawberry.input
class WithReason(OnHazard):
    reason: str = strawberry.field(description=WHY)


@strawberry.type
class HazardPayload:
    hazard: Hazard | None = read_back(
        Hazard,
        "hazard_id",
        "The hazard as it is now, also with the problem STALE. Null with any other problem.",
    )
    problems: list[Problem] = strawberry.field(description="What stands in the way; all of it.")
    hazard_id: strawberry.Private[int | None] = None


P = TypeVar("P", bound=HazardPayload)


A = ParamSpec("A")


async def answered(
    info: Info[Context, None],
    payload: type[P],
    on: OnHazard,
    verb: Callable[Concatenate[Actor, Handling, Target, A], Awaitable[models.Hazard]],
    *args: A.args,
    **kwargs: A.kwargs,
) -> P:
    """Carry out the verb as the caller, with these arguments; the payload of what came of it.

    With STALE it shows the hazard as it is now: whoever acts on it has seen it before.
    """
    context = info.context
    done = verb(context.actor, context.services.handling, on.target, *args, **kwargs)
    hazard, problems = await attempt(info, done)
    shown = hazard.id if hazard is not None else None
    if any(problem.code is ProblemCode.STALE for problem in problems):
        shown = on.target.hazard_id
    return payload(hazard_id=shown, problems=problems)


def photos(given: Sequence[PhotoInput]) -> list[Photo]:
    """The photographs as actions take them."""
    return [Photo(each.uri, each.sha256, each.taken_at, each.caption) for each in given]
