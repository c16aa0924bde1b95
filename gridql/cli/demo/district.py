"""Zhangqiu with its 18 real streets and towns; the communities and grids in them are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product
from random import Random
from typing import NamedTuple

from gridql.cli.demo.maps import ZHANGQIU, Box
from gridql.domain.areas.import_rules import AreaRow, AreaSheet
from gridql.domain.areas.rules import AreaLevel, GridKind
from gridql.domain.areas.settling import GridDraft

DISTRICT = "370114"


class Street(NamedTuple):
    """A street or town: its code and names (statistical codes of 2021), and what is made in it."""

    code: str
    name: str
    name_en: str
    communities: int
    urban: int
    """How many of the communities are urban ones."""
    column: int
    row: int
    """Roughly where it lies: on a raster of 3 by 6, from the north-west."""


STREETS = (
    Street("370114001", "明水街道", "Mingshui Street", 51, 15, 1, 3),
    Street("370114002", "双山街道", "Shuangshan Street", 44, 12, 1, 4),
    Street("370114003", "枣园街道", "Zaoyuan Street", 22, 4, 1, 2),
    Street("370114004", "龙山街道", "Longshan Street", 49, 3, 0, 2),
    Street("370114005", "埠村街道", "Bucun Street", 18, 2, 1, 5),
    Street("370114006", "圣井街道", "Shengjing Street", 33, 3, 0, 3),
    Street("370114007", "普集街道", "Puji Street", 47, 3, 2, 3),
    Street("370114008", "绣惠街道", "Xiuhui Street", 44, 3, 1, 1),
    Street("370114009", "相公庄街道", "Xianggongzhuang Street", 38, 2, 2, 2),
    Street("370114010", "文祖街道", "Wenzu Street", 23, 1, 2, 5),
    Street("370114011", "官庄街道", "Guanzhuang Street", 33, 1, 2, 4),
    Street("370114012", "高官寨街道", "Gaoguanzhai Street", 26, 1, 0, 0),
    Street("370114013", "白云湖街道", "Baiyunhu Street", 20, 1, 2, 0),
    Street("370114014", "宁家埠街道", "Ningjiabu Street", 16, 1, 0, 1),
    Street("370114015", "曹范街道", "Caofan Street", 24, 1, 0, 4),
    Street("370114016", "刁镇街道", "Diaozhen Street", 47, 2, 2, 1),
    Street("370114017", "黄河街道", "Huanghe Street", 41, 0, 1, 0),
    Street("370114101", "垛庄镇", "Duozhuang Town", 19, 0, 0, 5),
)

_ABOVE = (
    AreaRow(1, AreaLevel.PROVINCE, "370000", "山东省", None, "Shandong Province"),
    AreaRow(2, AreaLevel.CITY, "370100", "济南市", "370000", "Jinan City"),
    AreaRow(3, AreaLevel.DISTRICT, DISTRICT, "章丘区", "370100", "Zhangqiu District"),
)

# With 55 urban communities of four grids and 540 others of two this makes 1,300 grids.
URBAN_GRIDS = 4
VILLAGE_GRIDS = 2

_FIRST_VILLAGE = 201
"""Urban communities are numbered from 001 and villages from 201, as in the statistical codes."""

_URBAN = (
    *(("翠湖", "Cuihu"), ("锦绣", "Jinxiu"), ("和平", "Heping"), ("新华", "Xinhua")),
    *(("望山", "Wangshan"), ("幸福", "Xingfu"), ("紫薇", "Ziwei"), ("阳光", "Yangguang")),
)
_ESTATE = (("苑", "yuan"), ("花园", "huayuan"), ("新村", "xincun"))
_SIDE = (
    *(("东", "Dong"), ("西", "Xi"), ("南", "Nan")),
    *(("北", "Bei"), ("前", "Qian"), ("后", "Hou")),
)
_FAMILY = (
    *(("孟", "meng"), ("康", "kang"), ("袁", "yuan"), ("牛", "niu")),
    *(("柏", "bai"), ("苗", "miao"), ("景", "jing"), ("焦", "jiao")),
)
_HAMLET = (("家庄", "jiazhuang"), ("家坊", "jiafang"), ("官屯", "guantun"), ("家洼", "jiawa"))


@dataclass(frozen=True, slots=True)
class Community:
    """A community or village of the demo."""

    code: str
    name: str
    name_en: str
    short: str
    """The name without what it is, for addresses."""
    urban: bool
    box: Box


@dataclass(frozen=True, slots=True)
class DemoGrid:
    """A grid of the demo; those of one institution have no homes in them."""

    code: str
    number: int
    """Within its community, from 1."""
    community: Community
    kind: GridKind
    box: Box

    def draft(self) -> GridDraft:
        """What is taken over of it; institutions were not surveyed."""
        if self.kind is GridKind.DEDICATED:
            return GridDraft(self.code, f"{self.community.short}学校专属网格", self.kind)
        name = f"{self.community.name}第{self.number}网格"
        return GridDraft(self.code, name, self.kind, self.box.polygon())


def communities(street: Street, rng: Random) -> list[Community]:
    """The communities of a street: the urban ones first."""
    box = ZHANGQIU.cell(street.column, street.row, 3, 6)
    urban = [(a + b, x + y) for (a, x), (b, y) in product(_URBAN, _ESTATE)]
    villages = [
        (a + b + c, x + y + z) for (a, x), (b, y), (c, z) in product(_SIDE, _FAMILY, _HAMLET)
    ]
    names = rng.sample(urban, street.urban)
    names += rng.sample(villages, street.communities - street.urban)
    numbers = [*range(1, street.urban + 1)]
    numbers += range(_FIRST_VILLAGE, _FIRST_VILLAGE + street.communities - street.urban)
    found = []
    for (short, english), number, piece in zip(
        names, numbers, box.cut(street.communities), strict=True
    ):
        is_urban = number < _FIRST_VILLAGE
        found.append(
            Community(
                f"{street.code}{number:03}",
                f"{short}社区" if is_urban else f"{short}村",
                f"{english} Community" if is_urban else f"{english} Village",
                short,
                is_urban,
                piece,
            )
        )
    return found


def grids(community: Community) -> Iterator[DemoGrid]:
    """The grids of a community; the last of an urban one is a school's own."""
    total = URBAN_GRIDS if community.urban else VILLAGE_GRIDS
    for number, box in enumerate(community.box.cut(total), 1):
        dedicated = number == URBAN_GRIDS
        yield DemoGrid(
            f"{community.code}{number:03}",
            number,
            community,
            GridKind.DEDICATED if dedicated else GridKind.BASIC,
            box,
        )


def sheet(found: list[Community]) -> AreaSheet:
    """All areas as the file would have them from which a district imports its own."""
    line = count(len(_ABOVE) + 1)
    rows = [
        *_ABOVE,
        *(
            AreaRow(next(line), AreaLevel.STREET, each.code, each.name, DISTRICT, each.name_en)
            for each in STREETS
        ),
        *(
            AreaRow(
                next(line),
                AreaLevel.COMMUNITY,
                each.code,
                each.name,
                each.code[:9],
                each.name_en,
            )
            for each in found
        ),
    ]
    return AreaSheet(tuple(rows), codes=frozenset(row.code for row in rows))
