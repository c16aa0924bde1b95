"""Hazards in the graph: reading and following them, and one mutation for each verb."""

from gridql.domain.hazards.graphql.events import HazardEventFilter, Subscription, narrow
from gridql.domain.hazards.graphql.mutations import Mutation
from gridql.domain.hazards.graphql.queries import Query
from gridql.domain.hazards.graphql.types import Hazard, HazardEvent, HazardPart

__all__ = [
    "Hazard",
    "HazardEvent",
    "HazardEventFilter",
    "HazardPart",
    "Mutation",
    "Query",
    "Subscription",
    "narrow",
]
