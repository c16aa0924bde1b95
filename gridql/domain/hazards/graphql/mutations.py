"""All that can be done with hazards, put together."""

from __future__ import annotations

import strawberry

from gridql.domain.hazards.graphql import (
    calling,
    dispatching,
    finishing,
    reporting,
    weighing,
)


@strawberry.type
class Mutation(
    reporting.Mutation,
    dispatching.Mutation,
    finishing.Mutation,
    weighing.Mutation,
    calling.Mutation,
):
    pass
