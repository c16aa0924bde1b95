"""Who asks: one actor of each role, and some whose scope lies elsewhere."""

from __future__ import annotations

from gridql.access.roles import Actor, Role

STREET_A, STREET_B = "370114001", "370114002"
COMMUNITY_A = "370114001003"
GRID_1, GRID_2 = "370114001003001", "370114001003002"
GRID_3, GRID_4 = "370114001004001", "370114002014001"
"""The first three lie in street A, the first two in community A; the fourth in street B."""

DISTRICT = Actor(1, "区中心", Role.DISTRICT, ("370114",))
STREET = Actor(2, "双山街道", Role.STREET, (STREET_A,))
COMMUNITY = Actor(3, "白泉社区", Role.COMMUNITY, (COMMUNITY_A,))
WORKER = Actor(4, "王芳", Role.GRID_WORKER, (GRID_1,))
DEPARTMENT = Actor(5, "消防救援大队", Role.DEPARTMENT, ("370114",), "FIRE_RESCUE")
AGENCY = Actor(6, "协作单位甲", Role.AGENCY, (STREET_A,))
AUDITOR = Actor(7, "审计组", Role.AUDITOR, ("370114",))
OTHER_AGENCY = Actor(8, "协作单位乙", Role.AGENCY, (STREET_B,))
OTHER_WORKER = Actor(9, "陈静", Role.GRID_WORKER, (GRID_4,))
TWO_GRIDS = Actor(10, "赵敏", Role.GRID_WORKER, (GRID_2, GRID_3))
NOWHERE = Actor(11, "新账号", Role.STREET, ())

ACCOUNTS = (
    DISTRICT,
    STREET,
    COMMUNITY,
    WORKER,
    DEPARTMENT,
    AGENCY,
    AUDITOR,
    OTHER_AGENCY,
    OTHER_WORKER,
    TWO_GRIDS,
)
"""In the order of their numbers; NOWHERE has no account, because none can be made like that."""

ROLES = {
    actor.role: actor
    for actor in (DISTRICT, STREET, COMMUNITY, WORKER, DEPARTMENT, AGENCY, AUDITOR)
}
