"""The SELECT behind coverage: one row for each area, counted over the rows that the caller sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphql import GraphQLError

from gridql.domain.areas.rules import AreaLevel
from gridql.domain.hazards.rules import OPEN_STATUSES, Severity
from gridql.domain.scorecards.rules import DIGITS, MET
from gridql.graph.compiler import Arguments, Compiler
from gridql.graph.kinds import Kind
from gridql.graph.ranges import Area, within
from gridql.graph.visibility import visible


def coverage(compiler: Compiler, arguments: Arguments) -> str:
    """The areas of the level asked for, each with its homes and open hazards.

    Without an end of the span the households' own columns say when they were last visited; with
    one the visits have to be looked at, which costs several times as much.
    """
    level: AreaLevel = arguments.values["by"]
    if level not in DIGITS:
        levels = ", ".join(DIGITS)
        raise GraphQLError(f"`by` is {level.value}, but has to be one of {levels}.")
    area = Area(arguments.values["under"], arguments.take("under"), whole=True)
    homes = _by_area(DIGITS[level], _homes(compiler, arguments, area), HOMES)
    hazards = _by_area(DIGITS[level], _hazards(compiler, area), SEVERITIES)
    counted = [f"coalesce(h.{name}, 0) as {name}" for name in HOMES]
    counted += [f"coalesce(z.{name}, 0) as {name}" for name in SEVERITIES]
    return (
        f"select a.code as code, {', '.join(counted)} "
        f"from {_areas(compiler, area, level)} a "
        f"left join {homes} h on h.code = a.code left join {hazards} z on z.code = a.code"
    )


HOMES = ("households", "visited", "attempted")

SEVERITIES = {severity.value.lower(): severity for severity in Severity}
"""The column that counts the open hazards of each severity."""


def _areas(compiler: Compiler, area: Area, level: AreaLevel) -> str:
    table = "grid" if level is AreaLevel.GRID else "area"
    conditions = [within(compiler, "code", area)]
    if level is not AreaLevel.GRID:
        conditions.append(f"level = '{level.value}'")
    return f"(select code from {table} where {' and '.join(conditions)})"


def _by_area(digits: int, by_grid: str, names: Sequence[str] | Mapping[str, Severity]) -> str:
    """The sums over the grids of each area.

    Rows are counted by grid first: in that order they stand in the index, and the part of the
    code that names the area is taken once for each grid and not for each row.
    """
    sums = ", ".join(f"sum({name}) as {name}" for name in names)
    return f"(select substr(grid_code, 1, {digits}) as code, {sums} from ({by_grid}) g group by 1)"


def _homes(compiler: Compiler, arguments: Arguments, area: Area) -> str:
    since = compiler.bind(Kind.MOMENT, arguments.take("since"))
    if arguments.values.get("until") is None:
        visited, attempted = f"h.last_visited_at >= {since}", f"h.last_attempted_at >= {since}"
    else:
        until = compiler.bind(Kind.MOMENT, arguments.take("until"))
        attempted = (
            "exists (select 1 from visit v where v.household_id = h.id "
            f"and v.visited_at >= {since} and v.visited_at < {until}"
        )
        visited = f"{attempted} and v.outcome in ({_listed(MET)}))"
        attempted += ")"
    conditions = ["not h.vacant", *visible(compiler, compiler.exposed("Household"), "h", area)]
    return (
        "select h.grid_code, count(*) as households, "
        f"count(*) filter (where {visited}) as visited, "
        f"count(*) filter (where {attempted}) as attempted "
        f"from household h where {' and '.join(conditions)} group by h.grid_code"
    )


def _hazards(compiler: Compiler, area: Area) -> str:
    counts = ", ".join(
        f"count(*) filter (where z.severity = '{severity.value}') as {name}"
        for name, severity in SEVERITIES.items()
    )
    conditions = [
        # Written as in the index `hazard_open`, which holds nothing else.
        f"z.status in ({_listed(OPEN_STATUSES)})",
        *visible(compiler, compiler.exposed("Hazard"), "z", area),
    ]
    return (
        f"select z.grid_code, {counts} "
        f"from hazard z where {' and '.join(conditions)} group by z.grid_code"
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
