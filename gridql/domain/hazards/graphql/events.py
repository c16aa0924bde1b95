"""Which events of hazards somebody follows or reads, and following them."""

from __future__ import annotations

import strawberry

from gridql.domain.hazards.graphql.types import HazardEvent
from gridql.domain.hazards.rules import HazardEventKind, Severity
from gridql.graph.compiler import Arguments, Compiler, Take
from gridql.graph.conditions import in_list
from gridql.graph.follows import followed
from gridql.graph.ranges import Area, under
from gridql.graph.roots import argument


@strawberry.input(description="Which events to follow; everything that is given has to hold.")
class HazardEventFilter:
    under: str | None = strawberry.field(
        default=strawberry.UNSET, description="In this area or grid: a code."
    )
    severity: list[Severity] | None = strawberry.field(
        default=strawberry.UNSET, description="Of hazards of one of these severities."
    )
    category: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Of hazards of one of these categories."
    )
    kind: list[HazardEventKind] | None = strawberry.field(
        default=strawberry.UNSET, description="Of one of these kinds."
    )
    department: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Of hazards that one of these departments leads, helps with, or was called "
        "for: codes.",
    )


ONLY = "Only events that this filter lets through."


def narrow(compiler: Compiler, row: str, arguments: Arguments) -> list[str]:
    """The conditions of a HazardEventFilter on an event."""
    found = []
    for name, value in (arguments.values.get("filter") or {}).items():
        if value is None:
            continue
        take = arguments.take("filter", name)
        if name == "under":
            found.append(under(compiler, f"{row}.grid_code", Area(value, take)))
        elif name == "kind":
            found.append(in_list(compiler, f"{row}.kind", take))
        elif name == "department":
            found.append(_of_departments(compiler, row, take))
        else:
            found.append(in_list(compiler, _of_hazard(name, row), take))
    return found


def _of_hazard(column: str, row: str) -> str:
    return f"(select h.{column} from hazard h where h.id = {row}.subject_id)"


def _of_departments(compiler: Compiler, row: str, take: Take) -> str:
    leads = in_list(compiler, _of_hazard("department", row), take)
    part = in_list(compiler, "p.department", take)
    has_part = f"select 1 from hazard_part p where p.hazard_id = {row}.subject_id and {part}"
    return f"({leads} or exists ({has_part}))"


@strawberry.type
class Subscription:
    hazard_updates: HazardEvent = followed(
        HazardEvent,
        "What happens to hazards that you may see, in order and without a gap.",
        "Hazard",
        narrow,
        argument("filter", HazardEventFilter | None, ONLY),
    )
