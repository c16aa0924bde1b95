"""The root fields: what is filtered, ordered, joined and counted."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.extensions import (
    AddValidationRules,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    ValidationCache,
)
from tortoise.expressions import Q
from tortoise.functions import Count

from gridql.access import enforce
from gridql.access.codes import prefix, successor
from gridql.domain.areas import models as areas
from gridql.domain.areas.rules import AreaLevel
from gridql.domain.hazards import models as hazards
from gridql.domain.hazards.rules import OPEN_STATUSES, HazardStatus, Severity
from gridql.domain.people.models import Household
from gridql.rows import utc_text
from tests.benchmarks.idiomatic.types import (
    Area,
    Connection,
    Coverage,
    Edge,
    Hazard,
    Info,
    SeverityCounts,
    connection,
)

strawberry.enum(AreaLevel)


@strawberry.input
class StatusFilter:
    eq: HazardStatus | None = None
    in_: list[HazardStatus] | None = strawberry.field(name="in", default=None)


@strawberry.input
class SeverityFilter:
    eq: Severity | None = None
    in_: list[Severity] | None = strawberry.field(name="in", default=None)


@strawberry.input
class HazardFilter:
    under: str | None = None
    status: StatusFilter | None = None
    severity: SeverityFilter | None = None

    def condition(self) -> Q:
        """What a hazard has to fulfil."""
        parts = []
        if self.under is not None:
            parts.append(_under("grid_id", self.under))
        for name, of in (("status", self.status), ("severity", self.severity)):
            if of is not None and of.eq is not None:
                parts.append(_where(name, of.eq))
            if of is not None and of.in_ is not None:
                parts.append(_where(f"{name}__in", of.in_))
        return Q(*parts)


@strawberry.enum
class HazardOrder(Enum):
    REPORTED_AT_DESC = ("-reported_at", "-id")
    REPORTED_AT_ASC = ("reported_at", "id")


def _under(column: str, code: str) -> Q:
    start = prefix(code)
    return _where(f"{column}__gte", start) & _where(f"{column}__lt", successor(start))


def _where(column: str, value: Any) -> Q:
    return Q(**{column: value})


@strawberry.type
class Query:
    @strawberry.field
    async def hazard(
        self, info: Info, hazard_id: Annotated[strawberry.ID, strawberry.argument(name="id")]
    ) -> Hazard | None:
        kind, _, number = hazard_id.partition(":")
        if kind != "Hazard" or not number.isdecimal():
            return None
        seen = enforce.rows(info.context.actor, hazards.Hazard)
        row = await hazards.Hazard.filter(seen, id=int(number)).first()
        return Hazard.of(row) if row is not None else None

    @strawberry.field
    async def hazards(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        filter: HazardFilter | None = None,
        order_by: list[HazardOrder] | None = None,
    ) -> Connection[Hazard]:
        order = order_by[0] if order_by else HazardOrder.REPORTED_AT_DESC
        rows = hazards.Hazard.filter(enforce.rows(info.context.actor, hazards.Hazard))
        if filter is not None:
            rows = rows.filter(filter.condition())
        if after is not None:
            rows = rows.filter(_behind(after, order))
        rows = rows.select_related("grid__community", "place").order_by(*order.value)
        found = await rows.limit(min(first, 100) + 1)
        edges = [Edge(cursor=_cursor(row), node=Hazard.of(row)) for row in found[:first]]
        return connection(edges, before=after is not None, after=len(found) > first)

    @strawberry.field
    async def coverage(
        self, info: Info, under: str, by: AreaLevel, since: datetime
    ) -> list[Coverage]:
        actor = info.context.actor
        area = {
            AreaLevel.STREET: "grid__community__parent_id",
            AreaLevel.COMMUNITY: "grid__community_id",
        }[by]
        homes = (
            Household.filter(enforce.rows(actor, Household), _under("grid_id", under), vacant=False)
            .annotate(
                households=Count("id"),
                visited=Count("id", _filter=Q(last_visited_at__gte=since)),
                attempted=Count("id", _filter=Q(last_attempted_at__gte=since)),
            )
            .group_by(area)
            .values(area, "households", "visited", "attempted")
        )
        unsolved = (
            hazards.Hazard.filter(
                enforce.rows(actor, hazards.Hazard),
                _under("grid_id", under),
                status__in=OPEN_STATUSES,
            )
            .annotate(count=Count("id"))
            .group_by(area, "severity")
            .values(area, "severity", "count")
        )
        shown = areas.Area.filter(_under("code", under), level=by).order_by("code")
        rows, visits, found = await asyncio.gather(shown, homes, unsolved)

        figures = {each[area]: each for each in visits}
        counts: dict[str, SeverityCounts] = {row.code: SeverityCounts() for row in rows}
        for each in found:
            setattr(counts[each[area]], each["severity"].lower(), each["count"])
        return [
            Coverage(
                area=Area.of(row),
                households=figures[row.code]["households"] if row.code in figures else 0,
                visited=figures[row.code]["visited"] if row.code in figures else 0,
                attempted=figures[row.code]["attempted"] if row.code in figures else 0,
                open_hazards=counts[row.code],
            )
            for row in rows
        ]


def _cursor(row: hazards.Hazard) -> str:
    return f"{utc_text(row.reported_at)}|{row.id}"


def _behind(cursor: str, order: HazardOrder) -> Q:
    text, _, number = cursor.partition("|")
    at, sign = datetime.fromisoformat(text), "lt" if order.value[0][0] == "-" else "gt"
    tie = _where("reported_at", at) & _where(f"id__{sign}", int(number))
    return _where(f"reported_at__{sign}", at) | tie


def build(*, rules_made_once: bool) -> strawberry.Schema:
    """The schema with its extensions as their documentation writes them.

    With `rules_made_once` the limits' rules are the same for every request, so that the
    ValidationCache knows a document again.
    """
    depth, aliases = QueryDepthLimiter(max_depth=15), MaxAliasesLimiter(max_alias_count=30)
    rules = [*depth.validation_rules, *aliases.validation_rules]
    documented = [
        lambda: QueryDepthLimiter(max_depth=15),
        lambda: MaxAliasesLimiter(max_alias_count=30),
    ]
    return strawberry.Schema(
        Query,
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=3_000),
            *([lambda: AddValidationRules(rules)] if rules_made_once else documented),
            lambda: ParserCache(maxsize=100),
            lambda: ValidationCache(maxsize=100),
        ],
    )
