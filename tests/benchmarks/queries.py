"""The three queries, and the requests that ask them about one street or hazard after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import orjson

from tests.benchmarks.ground import SINCE, Ground, Sizes

PAGE = """
query Page($under: String!) {
  hazards(
    first: 50
    filter: {
      under: $under
      status: { eq: RECTIFYING }
      severity: { in: [SERIOUS, SUSPECTED_MAJOR] }
    }
    orderBy: [REPORTED_AT_DESC]
  ) {
    edges {
      node {
        id
        title
        severity
        status
        reportedAt
        dueAt
        grid { code name community { code name } }
        place { id name category }
        events(last: 3) { edges { node { kind occurredAt from to } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

SINGLE = """
query Single($id: ID!) {
  hazard(id: $id) { id title description severity status category reportedAt dueAt }
}
"""

DASHBOARD = """
query Dashboard($under: String!, $since: DateTime!) {
  coverage(under: $under, by: COMMUNITY, since: $since) {
    area { code name }
    households
    visited
    attempted
    rate
    openHazards { minor serious suspectedMajor major }
  }
}
"""


@dataclass(frozen=True)
class Query:
    """One of the three, with the variables of each request in a round."""

    name: str
    text: str
    variables: tuple[dict[str, str], ...]

    def bodies(self) -> list[bytes]:
        """The requests of one round, as the front-end sends them."""
        return [orjson.dumps({"query": self.text, "variables": v}) for v in self.variables]


def queries(of: Sizes) -> list[Query]:
    """The three queries about a district of that size."""
    streets = Ground().streets
    hazards = Random(6).sample(range(1, of.hazards + 1), min(1_000, of.hazards))
    since = SINCE.isoformat()
    return [
        Query("page", PAGE, tuple({"under": code} for code in streets)),
        Query("single", SINGLE, tuple({"id": f"Hazard:{number}"} for number in hazards)),
        Query("dashboard", DASHBOARD, tuple({"under": c, "since": since} for c in streets)),
    ]


def differences(left: object, right: object, at: str = "") -> Iterator[str]:
    """Where two answers are not the same: the path and both values."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        for key in left:
            yield from differences(left[key], right[key], f"{at}/{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (a, b) in enumerate(zip(left, right, strict=True)):
            yield from differences(a, b, f"{at}/{number}")
    elif isinstance(left, float) and isinstance(right, float):
        # A rate of four digits: databases and languages round the half in their own ways.
        if abs(left - right) > 1.01e-4:
            yield f"{at}: {left} {right}"
    elif left != right:
        yield f"{at}: {left!r} {right!r}"


def rounds(bodies: list[bytes], number: int) -> Iterator[bytes]:
    """The requests again and again, beginning at another one for each connection."""
    start = number * 7 % len(bodies)
    ordered = bodies[start:] + bodies[:start]
    while True:
        yield from ordered
