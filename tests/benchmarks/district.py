"""A district of any size, made up row by row and the same every time."""

from __future__ import annotations

from tests.benchmarks.ground import Ground, Sizes, Table
from tests.benchmarks.hazards import Hazards
from tests.benchmarks.homes import Homes


def tables(of: Sizes) -> list[Table]:
    """Every table that is filled, parents first."""
    ground = Ground()
    return [*ground.tables(), *Homes(of, ground).tables(), *Hazards(of, ground).tables()]
