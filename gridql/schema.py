"""Puts Query, Mutation and Subscription together out of what the rooms bring; no logic."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from gridql.domain.accounts import graphql as accounts
from gridql.domain.agencies import graphql as agencies
from gridql.domain.areas import graphql as areas
from gridql.domain.hazards import graphql as hazards
from gridql.domain.people import graphql as people
from gridql.domain.places import graphql as places
from gridql.domain.scorecards import graphql as scorecards
from gridql.domain.submissions import forms, plugins
from gridql.domain.submissions import graphql as submissions
from gridql.domain.visits import graphql as visits
from gridql.domain.workers import graphql as workers
from gridql.forms import FormVersion
from gridql.graph.forms import PLACEHOLDERS, with_forms
from gridql.graph.mutations import describe_inputs
from gridql.graph.node import Node
from gridql.graph.roots import any_node, some_nodes
from gridql.graph.scalars import SCALARS


@strawberry.type(description="Everything that can be read.")
class Query(
    accounts.Query,
    areas.Query,
    workers.Query,
    people.Query,
    places.Query,
    visits.Query,
    hazards.Query,
    forms.Query,
    submissions.Query,
    plugins.Query,
    agencies.Query,
    scorecards.Query,
):
    node: Node | None = any_node(Node, "Whatever has that global id.")
    nodes: list[Node | None] = some_nodes(
        Node, "Whatever has these global ids, in their order; null for what is not to be seen."
    )


@strawberry.type(description="Everything that can be done; problems come back as data.")
class Mutation(
    visits.Mutation,
    hazards.Mutation,
    submissions.Mutation,
    plugins.Mutation,
    agencies.Mutation,
):
    pass


@strawberry.type(description="Everything that can be followed.")
class Subscription(hazards.Subscription):
    pass


def build(versions: Sequence[FormVersion]) -> GraphQLSchema:
    """The schema with types for these form versions."""
    return with_forms(frame(), versions)


def frame() -> GraphQLSchema:
    """The schema that the forms are still to be put into, by `graph.forms.with_forms`."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map={**SCALARS, **PLACEHOLDERS}),
    )
    describe_inputs(schema._schema)
    return schema._schema
