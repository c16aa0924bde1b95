"""Operations made to hold the server up: refused at once, while it answers everybody else."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest

from gridql.access.roles import Role
from tests.acceptance.town import DISTRICT, Town

AT_MOST_S = 0.1
ROUNDS = 5
"""Of which the quickest counts: the machine has other things to do."""

ATTACKERS = 3
ATTACK_S = 2.0
SMALL = "{ viewer { name } hazards(first: 1) { edges { node { id } } } }"


@dataclass(frozen=True)
class Monster:
    """A request, and how the one error begins that it is refused with."""

    query: str
    refusal: str
    variables: dict[str, Any] = field(default_factory=dict)


def spreads(levels: int, of: str, inner: str) -> str:
    """Fragments that spread the next one twice: `inner` 2 to the power of `levels` times."""
    chain = [f"fragment F{n} on {of} {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return " ".join([*chain, f"fragment F{levels} on {of} {{ {inner} }}"])


def nested(levels: int) -> str:
    """The parent of the parent of the parent … of an area."""
    inner = "name"
    for _ in range(levels - 2):
        inner = f"parent {{ {inner} }}"
    return f'{{ area(code: "370114") {{ {inner} }} }}'


PAGE = "hazards(first: {}) {{ edges {{ node {{ id }} }} }}"
NO_INT = "Int cannot represent non 32-bit signed integer value: 4000000000"

MONSTERS = {
    "2^40 spreads of a root field": Monster(
        "{ ...F0 } " + spreads(40, "Query", "viewer { name }"),
        "The operation's root fields is 1099511627776, and may be ",
    ),
    "2^40 spreads below a list": Monster(
        "{ hazards { edges { node { ...F0 } } } } " + spreads(40, "Hazard", "grid { code }"),
        "The operation's cost is 21990232555561, and may be ",
    ),
    "2^40 spreads of an alias": Monster(
        "{ viewer { ...F0 } } " + spreads(40, "Viewer", "a: name"),
        "The operation's aliases is 1099511627776, and may be ",
    ),
    "depth of 45": Monster(nested(45), "The operation's depth is 45, and may be "),
    "10,000 aliases": Monster(
        f"{{ {' '.join(f'a{number}: __typename' for number in range(10_000))} }}",
        "The operation's characters is 178893, and may be ",
    ),
    "990 aliases, as many as there can be words for": Monster(
        f"{{ viewer {{ {' '.join(f'a{number}: name' for number in range(990))} }} }}",
        "The operation's aliases is 990, and may be ",
    ),
    "700 times the same object": Monster(
        f"{{ hazards {{ edges {{ node {{ {'grid { name } ' * 700}}} }} }} }}",
        "The operation's overlaps is 244650, and may be ",
    ),
    "290 times the same page": Monster(
        f'{{ hazard(id: "Hazard:1") {{ {"events(first: 1) { totalCount } " * 290}}} }}',
        "The operation's overlaps is 41905, and may be ",
    ),
    "30 times 30 times the same": Monster(
        f"{{ {('viewer { ' + 'name ' * 30 + '} ') * 30}}}",
        "The operation's root fields is 30, and may be ",
    ),
    "twenty times one hundred times the same": Monster(
        f"{{ {('viewer { ' + 'name ' * 100 + '} ') * 20}}}",
        "The operation's overlaps is ",
    ),
    "a page of 4,000,000,000": Monster(f"{{ {PAGE.format(4_000_000_000)} }}", NO_INT),
    "a page of 4,000,000,000 in a variable": Monster(
        f"query($first: Int) {{ {PAGE.format('$first')} }}",
        f"Variable '$first' has invalid value: {NO_INT}",
        {"first": 4_000_000_000},
    ),
}


@pytest.mark.parametrize("monster", MONSTERS.values(), ids=MONSTERS)
async def test_refused_in_a_tenth_of_a_second(town: Town, monster: Monster) -> None:
    caller = await town.someone(Role.DISTRICT, DISTRICT)

    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = (await caller.post(monster.query, **monster.variables)).json()
        took.append(time.perf_counter() - began)

        assert "data" not in answer
        (error,) = answer["errors"]
        assert error["message"].startswith(monster.refusal)

    assert min(took) < AT_MOST_S


async def test_others_are_answered_meanwhile(town: Town) -> None:
    caller = await town.someone(Role.DISTRICT, DISTRICT)
    end = time.perf_counter() + ATTACK_S

    async def attack(number: int) -> int:
        monsters = [*MONSTERS.values()]
        refused = 0
        while time.perf_counter() < end:
            monster = monsters[(number + refused) % len(monsters)]
            answer = (await caller.post(monster.query, **monster.variables)).json()
            assert "errors" in answer
            refused += 1
        return refused

    async def ask() -> list[float]:
        took = []
        while time.perf_counter() < end:
            began = time.perf_counter()
            await caller.ask(SMALL)
            took.append(time.perf_counter() - began)
        return took

    # When several send nothing but monsters, one after another, and one asks ordinary questions
    async with asyncio.TaskGroup() as crowd:
        attacks = [crowd.create_task(attack(number)) for number in range(ATTACKERS)]
        asking = crowd.create_task(ask())

    # Then every monster was met, and an ordinary question waits for a few of them at most
    assert all(each.result() >= len(MONSTERS) for each in attacks)
    took = asking.result()
    assert len(took) >= len(MONSTERS)
    assert median(took) < AT_MOST_S * ATTACKERS
    assert max(took) < 1
