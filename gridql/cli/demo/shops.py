"""Invented places: small premises of the nine categories, and who answers for them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from gridql.cli.demo.district import DemoGrid
from gridql.cli.demo.persons import People
from gridql.domain.areas.rules import GridKind
from gridql.domain.people.rules import Gender
from gridql.domain.places.settling import PlaceDraft

SCHEME = "nine-small-places-2018"
SHOP, RESTAURANT = "N01", "N02"
SCHOOL = "N07"


class Category(NamedTuple):
    """A category of the scheme: how common its places are, and what they are called."""

    code: str
    weight: int
    names: tuple[str, ...]


CATEGORIES = (
    Category(SHOP, 38, ("超市", "便利店", "五金店", "服装店", "文具店", "粮油店")),
    Category(RESTAURANT, 24, ("面馆", "饺子馆", "烧烤店", "快餐店", "羊汤馆", "家常菜馆")),
    Category("N03", 5, ("旅馆", "招待所", "民宿")),
    Category("N04", 4, ("棋牌室", "台球厅", "歌厅")),
    Category("N05", 9, ("理发店", "美容店", "健身房", "浴池")),
    Category("N06", 6, ("诊所", "卫生室", "养老服务站")),
    Category(SCHOOL, 4, ("幼儿园", "托管班", "培训班")),
    Category("N08", 8, ("木器厂", "印刷厂", "制衣厂", "机加工厂")),
    Category("N09", 2, ("液化气站", "烟花爆竹店")),
)

_OVER_THE_DOOR = (
    *("惠民", "百福", "顺达", "鑫源", "福临", "家和", "好邻居", "金穗", "聚贤", "龙泉"),
    *("明珠", "泉城", "绿源", "同心", "万家", "瑞祥", "永盛", "祥和", "老地方", "喜来"),
)


def places(grid: DemoGrid, rng: Random, people: People) -> Iterator[PlaceDraft]:
    """The places of a grid. An urban one has a shop and a restaurant at the least."""
    if grid.kind is GridKind.DEDICATED:
        name = f"{grid.community.short}学校"
        yield _draft(grid, SCHOOL, name, f"{grid.community.short}学校路1号", rng, people)
        return
    wanted = [each.code for each in rng.choices(CATEGORIES, _weights(), k=rng.randint(0, 2))]
    first = (
        (SHOP, RESTAURANT) if grid.community.urban else rng.choice(((SHOP,), (SHOP, RESTAURANT)))
    )
    doors = rng.sample(_OVER_THE_DOOR, len(first) + len(wanted))
    for n, (code, door) in enumerate(zip((*first, *wanted), doors, strict=True), 1):
        kind = rng.choice(next(each.names for each in CATEGORIES if each.code == code))
        address = f"{grid.community.short}商业街{20 * grid.number + n}号"
        yield _draft(grid, code, door + kind, address, rng, people)


def _weights() -> list[int]:
    return [each.weight for each in CATEGORIES]


def _draft(
    grid: DemoGrid, category: str, name: str, address: str, rng: Random, people: People
) -> PlaceDraft:
    return PlaceDraft(
        grid_code=grid.code,
        name=name,
        scheme=SCHEME,
        category=category,
        address=address,
        location=grid.box.point(rng) if rng.random() < 0.9 else None,
        responsible_person=people.name(rng.choice((Gender.FEMALE, Gender.MALE))),
    )
