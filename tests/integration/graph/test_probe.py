from __future__ import annotations
import pytest, time
from tests.integration.graph.world import World
from tests.integration.graph.people import *

def nest(n: int) -> str:
    q = "code"
    for _ in range(n):
        q = f"community {{ grids(first: 2) {{ edges {{ node {{ {q} }} }} }} }}"
    return f'{{ grid(code: "{GRID_1}") {{ {q} }} }}'
def nest2(n: int) -> str:
    q = "id"
    for _ in range(n):
        q = f"children(first: 2) {{ edges {{ node {{ {q} }} }} }}"
    return f'{{ area(code: "370000") {{ {q} }} }}'
def nest3(n: int) -> str:
    q = "code"
    for _ in range(n):
        q = f"parent {{ {q} }}"
    return f'{{ area(code: "{COMMUNITY_A}") {{ {q} }} }}'

async def test_probe(world: World) -> None:
    from gridql.graph.limits import Limits
    world.engine.limits = Limits(depth=1000, aliases=1000, cost=10**9)
    for f in (nest, nest2, nest3):
        for n in (*range(1, 12),15,20,30,40,60,100):
            t=time.time()
            r = await world.ask(f(n))
            if "errors" in r:
                print(f.__name__, n, str(r)[:200])
                break
        else: print(f.__name__, "ok", n, time.time()-t)
