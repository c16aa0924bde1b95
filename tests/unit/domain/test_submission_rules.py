"""Where and when answers can be from, and how their score is kept."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from gridql.domain.submissions.rules import Location, document_of_score, submission_faults
from gridql.forms.verdict import Scored, Step

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def paths(observed_at: datetime = NOW, location: Location | None = None) -> list[str | None]:
    return [fault.path for fault in submission_faults(observed_at, NOW, location)]


def test_answers_are_of_the_past_give_or_take_a_clock() -> None:
    assert paths(NOW + timedelta(minutes=5)) == []
    assert paths(NOW + timedelta(minutes=5, microseconds=1)) == ["/observedAt"]
    assert paths(NOW - timedelta(days=10_000)) == []


@pytest.mark.parametrize(
    ("lon", "lat", "fits"),
    [
        (0, 0, True),
        (180, 90, True),
        (-180, -90, True),
        (180.0001, 0, False),
        (0, 90.0001, False),
        (-180.0001, -90.0001, False),
    ],
)
def test_points_on_earth(lon: float, lat: float, fits: bool) -> None:
    assert paths(location=Location(lon, lat)) == ([] if fits else ["/location"])


@pytest.mark.parametrize(
    ("accuracy_m", "fits"),
    [(None, True), (0, True), (12.5, True), (-0.1, False), (math.inf, False), (math.nan, False)],
)
def test_accuracy_is_a_distance(accuracy_m: float | None, fits: bool) -> None:
    assert paths(location=Location(117.5, 36.7, accuracy_m)) == ([] if fits else ["/location"])


def test_the_point_keeps_how_far_off_it_may_be() -> None:
    assert Location(117.5, 36.7).geojson() == {"type": "Point", "coordinates": [117.5, 36.7]}
    assert Location(117.5, 36.7, 5).geojson() == {
        "type": "Point",
        "coordinates": [117.5, 36.7],
        "accuracyM": 5,
    }


def test_both_at_once() -> None:
    assert paths(NOW + timedelta(days=1), Location(200, 0)) == ["/observedAt", "/location"]


def test_a_score_with_what_explains_it() -> None:
    title = {"zh": "出口不畅", "en": "Exit not clear"}
    scored = Scored(70, 100, "C", (Step("exitClear", "/exitClear", title, -30),))

    assert document_of_score(None) is None
    assert document_of_score(scored) == {
        "value": 70,
        "max": 100,
        "grade": "C",
        "trace": [{"pointer": "/exitClear", "title": title, "points": -30}],
    }
