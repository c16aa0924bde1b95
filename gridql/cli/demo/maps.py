"""Where the demo's areas, grids and places lie: boxes cut out of the district's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of the map, in degrees of WGS 84."""

    west: float
    south: float
    east: float
    north: float

    def cell(self, column: int, row: int, columns: int, rows: int) -> Box:
        """One piece of a raster over this box; row 0 is in the north."""
        width, height = (self.east - self.west) / columns, (self.north - self.south) / rows
        west, north = self.west + column * width, self.north - row * height
        return Box(west, north - height, west + width, north)

    def cut(self, count: int) -> Iterator[Box]:
        """`count` pieces that fill this box, row by row."""
        rows = max(1, round(sqrt(count)))
        left = count
        for row in range(rows):
            columns = ceil(left / (rows - row))
            left -= columns
            for column in range(columns):
                yield self.cell(column, row, columns, rows)

    def polygon(self) -> dict[str, Any]:
        """The outline as GeoJSON (RFC 7946): closed, counter-clockwise."""
        west, south, east, north = (
            round(degrees, 6) for degrees in (self.west, self.south, self.east, self.north)
        )
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    def point(self, rng: Random) -> dict[str, Any]:
        """Somewhere inside, as GeoJSON."""
        lon, lat = rng.uniform(self.west, self.east), rng.uniform(self.south, self.north)
        return {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


ZHANGQIU = Box(117.17, 36.42, 117.58, 37.15)
"""A box around Zhangqiu. What lies inside of it in the demo is invented."""
