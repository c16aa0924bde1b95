"""The demo's district: real streets, and invented communities and grids that fit into them."""

from __future__ import annotations

from random import Random

from gridql.cli.demo import district
from gridql.cli.demo.district import STREETS, Community, DemoGrid
from gridql.cli.demo.homes import Homes
from gridql.cli.demo.maps import ZHANGQIU, Box
from gridql.cli.demo.persons import People
from gridql.cli.demo.roles import GRID
from gridql.cli.demo.shops import places
from gridql.clock import now
from gridql.domain.areas.rules import AreaLevel, GridKind, level_of, parent_code


def whole() -> list[Community]:
    """All communities."""
    rng = Random(1)
    return [each for street in STREETS for each in district.communities(street, rng)]


def grids() -> list[DemoGrid]:
    """All grids."""
    return [grid for community in whole() for grid in district.grids(community)]


def test_so_many_of_everything() -> None:
    assert len(STREETS) == 18
    assert (STREETS[0].code, STREETS[0].name) == ("370114001", "明水街道")
    assert (STREETS[-1].code, STREETS[-1].name_en) == ("370114101", "Duozhuang Town")
    assert len(whole()) == 595
    assert len({grid.code for grid in grids()}) == 1300
    assert sum(grid.kind is GridKind.DEDICATED for grid in grids()) == 55


def test_codes_nest() -> None:
    rows = district.sheet(whole()).rows
    codes = {row.code for row in rows}

    assert len(codes) == len(rows) == 616
    assert all(level_of(row.code) is row.level for row in rows)
    assert all(parent_code(row.code) in codes for row in rows[1:])
    assert rows[0].level is AreaLevel.PROVINCE
    assert {grid.code[:12] for grid in grids()} < codes


def test_no_name_comes_twice_in_a_street() -> None:
    names = {(each.code[:9], each.name) for each in whole()}
    assert len(names) == 595


def test_the_same_seed_makes_the_same_district() -> None:
    assert whole() == whole()


def test_pieces_fill_their_box() -> None:
    for count in (1, 2, 3, 4, 7, 51):
        pieces = list(ZHANGQIU.cut(count))
        assert len(pieces) == count
        assert abs(sum(map(area, pieces)) - area(ZHANGQIU)) < 1e-9


def area(box: Box) -> float:
    """In square degrees."""
    return (box.east - box.west) * (box.north - box.south)


def test_an_outline_is_closed_and_goes_round_to_the_left() -> None:
    assert Box(117.0, 36.0, 118.0, 37.0).polygon() == {
        "type": "Polygon",
        "coordinates": [
            [[117.0, 36.0], [118.0, 36.0], [118.0, 37.0], [117.0, 37.0], [117.0, 36.0]]
        ],
    }


def test_the_first_grid_has_a_shop_a_restaurant_and_homes() -> None:
    people, first = People(Random(1)), grids()[0]

    assert first.code == GRID
    there = list(places(first, Random(1), people))
    assert [place.category for place in there[:2]] == ["N01", "N02"]
    assert len(list(Homes(Random(1), people, now()).of(first))) >= 16


def test_no_two_homes_or_places_of_a_grid_are_called_the_same() -> None:
    people = People(Random(1))
    homes, rng = Homes(Random(1), people, now()), Random(1)
    for grid in grids()[:80]:
        addresses = [home.address for home in homes.of(grid)]
        names = [place.name for place in places(grid, rng, people)]
        assert len(set(addresses)) == len(addresses)
        assert len(set(names)) == len(names) > 0
