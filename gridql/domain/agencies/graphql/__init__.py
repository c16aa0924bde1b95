"""Webhooks in the graph: reading them and what was sent, registering and changing them."""

from gridql.domain.agencies.graphql.mutations import Mutation
from gridql.domain.agencies.graphql.types import Query, Webhook, WebhookDelivery

__all__ = ["Mutation", "Query", "Webhook", "WebhookDelivery"]
