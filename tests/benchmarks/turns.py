"""Measuring two servers in turns, so that whatever else the machine does meets both alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import orjson

from tests.benchmarks.client import connections, request
from tests.benchmarks.processes import Server
from tests.benchmarks.queries import Query, differences, rounds

MANY = 32
"""Connections of a server that is busy."""


@dataclass(frozen=True)
class Plan:
    """How long everything is measured."""

    turns: int
    alone_s: float
    """Of each turn: at one connection."""
    busy_s: float
    """Of each turn: at 32."""


@dataclass
class Taken:
    """What one query took at one server, over all its turns."""

    alone_s: list[float] = field(default_factory=list)
    """Each request at one connection."""
    busy: int = 0
    """Requests at 32 connections."""
    busy_s: float = 0
    server_s: float = 0
    database_s: float = 0

    def figures(self) -> dict[str, float]:
        """The figures that are reported."""
        return {
            "server_cpu_s_per_1000": self.server_s / self.busy * 1000,
            "database_cpu_s_per_1000": self.database_s / self.busy * 1000,
            "p50_ms": median(self.alone_s) * 1000,
            "requests_per_s": self.busy / self.busy_s,
        }


async def same(servers: Sequence[tuple[Server, str]], query: Query, at_most: int = 50) -> list[str]:
    """Where the servers' answers differ, asking for up to so many of the query's variables."""
    bodies = query.bodies()[:at_most]
    answers = []
    for server, token in servers:
        async with connections(server.port, 1) as (one,):
            answers.append([await one.ask(request(body, token)) for body in bodies])
    found = []
    for texts in zip(*answers, strict=True):
        first, *others = map(orjson.loads, texts)
        found += [
            f"{query.name}: errors: {each}" for each in (first, *others) if each.get("errors")
        ]
        for other in others:
            found += [
                f"{query.name}{at}" for at in differences(first.get("data"), other.get("data"))
            ]
    return found


async def in_turns(
    servers: Sequence[tuple[Server, str]],
    query: Query,
    plan: Plan,
    database_cpu_s: Callable[[], float],
) -> list[Taken]:
    """What the query takes at each of the servers."""
    taken = [Taken() for _ in servers]
    requests = [[request(body, token) for body in query.bodies()] for _, token in servers]
    for number, (server, _) in enumerate(servers):  # everything once, so that caches are warm
        await _drive(server, requests[number], MANY, 0.5)
    for _ in range(plan.turns):
        for number, (server, _) in enumerate(servers):
            into = taken[number]
            times, _ = await _drive(server, requests[number], 1, plan.alone_s)
            into.alone_s += times
            server_s, database_s = server.cpu_s(), database_cpu_s()
            times, elapsed_s = await _drive(server, requests[number], MANY, plan.busy_s)
            into.server_s += server.cpu_s() - server_s
            into.database_s += database_cpu_s() - database_s
            into.busy += len(times)
            into.busy_s += elapsed_s
    return taken


async def _drive(
    server: Server, requests: list[bytes], number: int, for_s: float
) -> tuple[list[float], float]:
    """How long each request took at so many connections, and all of them together, in seconds."""
    async with connections(server.port, number) as opened:
        start = perf_counter()
        until = start + for_s
        found = await asyncio.gather(
            *(one.drive(rounds(requests, n), until) for n, one in enumerate(opened))
        )
        return [each for times in found for each in times], perf_counter() - start
