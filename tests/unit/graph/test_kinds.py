"""Columns as they sort."""

from __future__ import annotations

from gridql.domain.hazards.models import Hazard
from gridql.graph.kinds import Kind, column


def test_an_enum_sorts_as_it_is_declared() -> None:
    severity = column(Hazard, "severity")

    assert severity.sortable("t1") == (
        "(case t1.severity when 'MINOR' then 1 when 'SERIOUS' then 2 "
        "when 'SUSPECTED_MAJOR' then 3 when 'MAJOR' then 4 end)"
    )
    assert severity.sort_kind is Kind.INTEGER


def test_a_moment_that_is_not_set_sorts_last() -> None:
    due = column(Hazard, "due_at")

    assert due.sortable("t1") == "coalesce(t1.due_at, '9999-12-31T00:00:00+00:00')"
    assert due.sort_kind is Kind.MOMENT


def test_anything_else_sorts_as_it_is() -> None:
    assert column(Hazard, "reported_at").sortable("t1") == "t1.reported_at"
    assert column(Hazard, "id").sort_kind is Kind.INTEGER
