"""What is right about a submission apart from its answers, and how its score is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any

from gridql.errors import Fault, invalid
from gridql.forms.verdict import Scored

CLOCK_SKEW = timedelta(minutes=5)
"""How far a device's clock may run ahead of the server's."""


@dataclass(frozen=True, slots=True)
class Location:
    """A point in WGS 84, in degrees."""

    lon: float
    lat: float
    accuracy_m: float | None = None
    """How far off it may be."""

    def geojson(self) -> dict[str, Any]:
        """The point as GeoJSON (RFC 7946)."""
        point: dict[str, Any] = {"type": "Point", "coordinates": [self.lon, self.lat]}
        # A foreign member (section 6.1): who does not know it reads the point all the same.
        return point if self.accuracy_m is None else {**point, "accuracyM": self.accuracy_m}


def submission_faults(
    observed_at: datetime, now: datetime, location: Location | None
) -> list[Fault]:
    """Everything that is wrong with when and where."""
    faults = []
    if observed_at > now + CLOCK_SKEW:
        faults.append(
            invalid("/observedAt", "观察时间不能在将来。", "It cannot be observed in the future.")
        )
    if location is not None and not (-180 <= location.lon <= 180 and -90 <= location.lat <= 90):
        faults.append(
            invalid(
                "/location",
                "经度应在 -180 至 180 之间，纬度应在 -90 至 90 之间。",
                "Longitude lies between -180 and 180, latitude between -90 and 90.",
            )
        )
    accuracy_m = location.accuracy_m if location is not None else None
    if accuracy_m is not None and not 0 <= accuracy_m < inf:
        faults.append(
            invalid(
                "/location",
                "定位精度 accuracyM 应为不小于 0 的有限数值（米）。",
                "accuracyM is a finite number of metres, 0 or more.",
            )
        )
    return faults


def document_of_score(score: Scored | None) -> dict[str, Any] | None:
    """The score as it is stored and shown, with the trace of what gave and took points."""
    if score is None:
        return None
    return {
        "value": score.value,
        "max": score.max,
        "grade": score.grade,
        "trace": [
            {"pointer": step.at, "title": dict(step.title), "points": step.points}
            for step in score.trace
        ],
    }
