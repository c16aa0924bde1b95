"""The SELECT behind coverage: one row for each area, counted over the rows that the caller sees."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import GraphQLError

from gridql.domain.areas.rules import AreaLevel
from gridql.domain.hazards.rules import OPEN_STATUSES, Severity
from gridql.domain.scorecards.rules import DIGITS, MET
from gridql.graph.compiler import Arguments, Compiler
from gridql.graph.filters import under
from gridql.graph.kinds import Kind
from gridql.graph.visibility import visible, within


def coverage(compiler: Compiler, arguments: Arguments) -> str:
    """The areas of the level asked for, each with its homes and open hazards.

    Without an end of the span the households' own columns say when they were last visited; with
    one the visits have to be looked at, which costs several times as much.
    """
    level: AreaLevel = arguments.values["by"]
    if level not in DIGITS:
        levels = ", ".join(DIGITS)
        raise GraphQLError(f"`by` is {level.value}, but has to be one of {levels}.")
    homes = _homes(compiler, arguments, DIGITS[level])
    hazards = _hazards(compiler, arguments, DIGITS[level])
    counted = ", ".join(f"coalesce(z.{name}, 0) as {name}" for name in SEVERITIES)
    return (
        "select a.code as code, coalesce(h.households, 0) as households, "
        f"coalesce(h.visited, 0) as visited, coalesce(h.attempted, 0) as attempted, {counted} "
        f"from {_areas(compiler, arguments, level)} a "
        f"left join ({homes}) h on h.code = a.code left join ({hazards}) z on z.code = a.code"
    )


SEVERITIES = {severity.value.lower(): severity for severity in Severity}
"""The column that counts the open hazards of each severity."""


def _areas(compiler: Compiler, arguments: Arguments, level: AreaLevel) -> str:
    table = "grid" if level is AreaLevel.GRID else "area"
    conditions = [under(compiler, "code", arguments.take("under")), within(compiler, "code")]
    if level is not AreaLevel.GRID:
        conditions.append(f"level = '{level.value}'")
    return f"(select code from {table} where {' and '.join(conditions)})"


def _homes(compiler: Compiler, arguments: Arguments, digits: int) -> str:
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
    conditions = [
        under(compiler, "h.grid_code", arguments.take("under")),
        "not h.vacant",
        *visible(compiler, compiler.exposed("Household"), "h"),
    ]
    return (
        f"select substr(h.grid_code, 1, {digits}) as code, count(*) as households, "
        f"sum(case when {visited} then 1 else 0 end) as visited, "
        f"sum(case when {attempted} then 1 else 0 end) as attempted "
        f"from household h where {' and '.join(conditions)} group by 1"
    )


def _hazards(compiler: Compiler, arguments: Arguments, digits: int) -> str:
    counts = ", ".join(
        f"sum(case when z.severity = '{severity.value}' then 1 else 0 end) as {name}"
        for name, severity in SEVERITIES.items()
    )
    conditions = [
        under(compiler, "z.grid_code", arguments.take("under")),
        f"z.status in ({_listed(OPEN_STATUSES)})",
        *visible(compiler, compiler.exposed("Hazard"), "z"),
    ]
    return (
        f"select substr(z.grid_code, 1, {digits}) as code, {counts} "
        f"from hazard z where {' and '.join(conditions)} group by 1"
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
