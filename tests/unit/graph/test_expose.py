"""What cannot be exposed is found when the class is made, never by a caller."""

from __future__ import annotations

import pytest
import strawberry
from strawberry import auto

from gridql.domain.areas.graphql import Area
from gridql.domain.hazards.graphql import Hazard
from gridql.domain.hazards.models import Hazard as HazardRow
from gridql.errors import Misuse
from gridql.graph.connection import connection_of
from gridql.graph.expose import expose, extend
from gridql.graph.fields import exposed_type, many, one
from gridql.graph.kinds import Kind, column, target_of
from gridql.graph.listing import Listing


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(Misuse, match="Hazard has no column colour"):

        @expose(HazardRow)
        class Colourful:
            colour: auto


def test_an_order_by_what_may_be_null_and_is_no_moment() -> None:
    with pytest.raises(Misuse, match="cannot be ordered by department: it may be null"):

        @expose(HazardRow, Listing(orders=("department",)))
        class Ordered:
            title: auto


def test_a_list_that_nothing_ties_to_its_place() -> None:
    with pytest.raises(Misuse, match="no relation from Hazard to Area is named"):
        extend(Area, hazards=many(Hazard, description="Hazards."))


def test_a_field_added_later_says_its_type() -> None:
    with pytest.raises(Misuse, match=r"Hazard\.again does not say its type"):
        extend(Hazard, again=one("grid"))


def test_a_class_that_is_not_exposed() -> None:
    @strawberry.type
    class Plain:
        name: str

    with pytest.raises(Misuse, match="Plain is not exposed"):
        exposed_type(Plain)


def test_the_connection_of_a_type_is_one_type() -> None:
    assert connection_of(Hazard) is connection_of(Hazard)


def test_columns_as_the_engine_knows_them() -> None:
    assert column(HazardRow, "place_id").name == "place_id"
    assert column(HazardRow, "grid_id").name == "grid_code"
    assert column(HazardRow, "grid_id").kind is Kind.TEXT
    assert column(HazardRow, "due_at").kind is Kind.MOMENT
    assert column(HazardRow, "due_at").nullable
    assert not column(HazardRow, "title").nullable
    assert target_of(HazardRow, "reported_by_id") == "GridWorker"
    assert target_of(HazardRow, "title") is None
