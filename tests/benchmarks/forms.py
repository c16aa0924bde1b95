"""What forms cost: judging answers, batches of submissions, taking in a form that has changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from tests.benchmarks import holding, judging, swapping


async def measured(folder: Path, turns: int, console: Console) -> dict[str, Any]:
    """All the figures, as the report keeps them; everything is made in `folder`."""
    console.print("forms: judging", style="bold", highlight=False)
    found = {name: asdict(each) for name, each in judging.measured(turns).items()}
    console.print("forms: batches of submissions", style="bold", highlight=False)
    held = await holding.measured(_made(folder, "batches"), turns, console)
    console.print("forms: taking in one that has changed", style="bold", highlight=False)
    swaps = [await swapping.measured(_made(folder, f"swap{turn}")) for turn in range(turns)]
    return {
        "judging": found,
        "holding": asdict(held),
        "swapping": {
            "all_s": median(each.all_s for each in swaps),
            "one_s": median(each.one_s for each in swaps),
            "ratio": median(each.ratio for each in swaps),
        },
    }


def _made(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(parents=True)
    return made
