"""Which rows of the world each role sees, written down by hand: the policy, in numbers."""

from __future__ import annotations

from collections.abc import Iterable

from gridql.access.roles import Actor, Role
from tests.integration.graph.people import (
    GRID_1,
    GRID_2,
    GRID_3,
    GRID_4,
    OTHER_AGENCY,
    OTHER_WORKER,
    STREET_A,
    STREET_B,
    TWO_GRIDS,
)

Keys = frozenset[str]


def _keys(*keys: int | str | Iterable[int]) -> Keys:
    found: set[str] = set()
    for key in keys:
        found.update([str(key)] if isinstance(key, int | str) else map(str, key))
    return frozenset(found)


NONE = _keys()
AREAS = _keys(
    "370000", "370100", "370114", STREET_A, STREET_B, "370114001003", "370114001004", "370114002014"
)

# Hazards as `inhabitants` places them, and what happened to them: the journal begins with six
# visits, so hazard 1 has entry 7; the closings of 7, 14, 21 … come as 67, 68, 69 …; then follow the
# submissions with the hazards that were found in them, and at last what some hazards went through.
IN_GRID_1 = _keys(range(1, 25), range(61, 65))
IN_GRID_2 = _keys(range(25, 37))
IN_GRID_3 = _keys(range(37, 55))
IN_GRID_4 = _keys(range(55, 61))
OF_GRID_1 = _keys(range(7, 31), 67, 68, 69, 76, 77, 78, 82, 86, 87, 88, range(91, 96))
OF_GRID_2 = _keys(range(31, 43), 70, 71)
OF_GRID_3 = _keys(range(43, 61), 72, 73, 89, 90)
OF_GRID_4 = _keys(range(61, 67), 74)

VISIBLE: dict[Role, dict[str, Keys]] = {
    Role.DISTRICT: {
        "Area": AREAS,
        "Grid": _keys(GRID_1, GRID_2, GRID_3, GRID_4),
        "GridWorker": _keys(range(1, 6)),
        "Household": _keys(range(1, 7)),
        "Resident": _keys(range(1, 6)),
        "Place": _keys(range(1, 6)),
        "Visit": _keys(range(1, 7)),
        "Submission": _keys(range(1, 8)),
        "Finding": _keys(range(1, 6)),
        "Hazard": IN_GRID_1 | IN_GRID_2 | IN_GRID_3 | IN_GRID_4,
        "HazardPart": _keys(1, 2, 3),
        "HazardEvent": OF_GRID_1 | OF_GRID_2 | OF_GRID_3 | OF_GRID_4,
        "Webhook": _keys(2),
        "WebhookDelivery": _keys(3),
    },
    Role.STREET: {
        "Area": AREAS,
        "Grid": _keys(GRID_1, GRID_2, GRID_3),
        "GridWorker": _keys(1, 2, 3, 5),
        "Household": _keys(range(1, 6)),
        "Resident": _keys(range(1, 5)),
        "Place": _keys(range(1, 5)),
        "Visit": _keys(range(1, 6)),
        "Submission": _keys(range(1, 7)),
        "Finding": _keys(range(1, 6)),
        "Hazard": IN_GRID_1 | IN_GRID_2 | IN_GRID_3,
        "HazardPart": _keys(1, 2, 3),
        "HazardEvent": OF_GRID_1 | OF_GRID_2 | OF_GRID_3,
        "Webhook": NONE,
        "WebhookDelivery": NONE,
    },
    Role.COMMUNITY: {
        "Area": AREAS,
        "Grid": _keys(GRID_1, GRID_2),
        "GridWorker": _keys(1, 2, 5),
        "Household": _keys(range(1, 5)),
        "Resident": _keys(range(1, 4)),
        "Place": _keys(range(1, 4)),
        "Visit": _keys(range(1, 6)),
        "Submission": _keys(1, 2, 3, 4, 6),
        "Finding": _keys(range(1, 5)),
        "Hazard": IN_GRID_1 | IN_GRID_2,
        "HazardPart": _keys(1),
        "HazardEvent": OF_GRID_1 | OF_GRID_2,
        "Webhook": NONE,
        "WebhookDelivery": NONE,
    },
    Role.GRID_WORKER: {
        "Area": AREAS,
        "Grid": _keys(GRID_1),
        "GridWorker": _keys(1, 2),
        "Household": _keys(1, 2, 3),
        "Resident": _keys(1, 2, 3),
        "Place": _keys(1, 2),
        "Visit": _keys(1, 2, 3, 4),
        "Submission": _keys(1, 2, 3, 4, 6),
        "Finding": _keys(range(1, 5)),
        "Hazard": IN_GRID_1,
        "HazardPart": _keys(1),
        "HazardEvent": OF_GRID_1,
        "Webhook": NONE,
        "WebhookDelivery": NONE,
    },
    Role.DEPARTMENT: {
        "Area": AREAS,
        "Grid": _keys(GRID_1, GRID_2, GRID_3, GRID_4),
        "GridWorker": NONE,
        "Household": NONE,
        "Resident": NONE,
        "Place": _keys(range(1, 6)),
        "Visit": NONE,
        "Submission": NONE,
        "Finding": NONE,
        # Every third is for the fire service, and so is what was found in the shop; it helps with
        # the thirteenth, and was called for the fortieth.
        "Hazard": _keys(range(3, 61, 3), 61, 62, 63, 13, 40),
        "HazardPart": _keys(1, 2, 3),
        "HazardEvent": _keys(
            range(9, 67, 3), 69, 72, 76, 77, 78, 19, 46, range(86, 91), range(92, 96)
        ),
        "Webhook": NONE,
        "WebhookDelivery": NONE,
    },
    Role.AGENCY: {
        "Area": AREAS,
        "Grid": _keys(GRID_1, GRID_2, GRID_3),
        "GridWorker": NONE,
        "Household": NONE,
        "Resident": NONE,
        "Place": _keys(range(1, 5)),
        "Visit": NONE,
        "Submission": NONE,
        "Finding": NONE,
        "Hazard": IN_GRID_1 | IN_GRID_2 | IN_GRID_3,
        "HazardPart": _keys(1, 2, 3),
        "HazardEvent": OF_GRID_1 | OF_GRID_2 | OF_GRID_3,
        "Webhook": _keys(1),
        "WebhookDelivery": _keys(1, 2),
    },
    Role.AUDITOR: {
        "Area": AREAS,
        "Grid": _keys(GRID_1, GRID_2, GRID_3, GRID_4),
        "GridWorker": _keys(range(1, 6)),
        "Household": NONE,
        "Resident": NONE,
        "Place": _keys(range(1, 6)),
        "Visit": _keys(range(1, 7)),
        "Submission": _keys(range(1, 8)),
        "Finding": _keys(range(1, 6)),
        "Hazard": IN_GRID_1 | IN_GRID_2 | IN_GRID_3 | IN_GRID_4,
        "HazardPart": _keys(1, 2, 3),
        "HazardEvent": OF_GRID_1 | OF_GRID_2 | OF_GRID_3 | OF_GRID_4,
        "Webhook": NONE,
        "WebhookDelivery": NONE,
    },
}

OF_OTHERS: dict[Actor, dict[str, Keys]] = {
    OTHER_AGENCY: {
        **VISIBLE[Role.AGENCY],
        "Grid": _keys(GRID_4),
        "Place": _keys(5),
        "Hazard": IN_GRID_4,
        "HazardPart": NONE,
        "HazardEvent": OF_GRID_4,
        "Webhook": _keys(3),
        "WebhookDelivery": NONE,
    },
    OTHER_WORKER: {
        "Area": AREAS,
        "Grid": _keys(GRID_4),
        "GridWorker": _keys(4),
        "Household": _keys(6),
        "Resident": _keys(5),
        "Place": _keys(5),
        "Visit": _keys(6),
        "Submission": _keys(7),
        "Finding": NONE,
        "Hazard": IN_GRID_4,
        "HazardPart": NONE,
        "HazardEvent": OF_GRID_4,
        "Webhook": NONE,
        "WebhookDelivery": NONE,
    },
    TWO_GRIDS: {
        "Area": AREAS,
        "Grid": _keys(GRID_2, GRID_3),
        "GridWorker": _keys(3, 5),
        "Household": _keys(4, 5),
        "Resident": _keys(4),
        "Place": _keys(3, 4),
        "Visit": _keys(5),
        "Submission": NONE,
        "Finding": NONE,
        "Hazard": IN_GRID_2 | IN_GRID_3,
        "HazardPart": _keys(2, 3),
        "HazardEvent": OF_GRID_2 | OF_GRID_3,
        "Webhook": NONE,
        "WebhookDelivery": NONE,
    },
}
"""What those see whose scope lies elsewhere than that of the first of their role."""

HIDDEN: dict[Role, frozenset[str]] = {
    Role.DEPARTMENT: frozenset({"responsible_person"}),
    Role.AGENCY: frozenset({"responsible_person"}),
    Role.AUDITOR: frozenset({"responsible_person", "description", "remark"}),
}
"""Columns of texts that a role does not read, even of rows that it sees."""


def seen_by(actor: Actor) -> dict[str, Keys]:
    """The keys of all rows that somebody sees, by type."""
    return OF_OTHERS.get(actor) or VISIBLE[actor.role]
