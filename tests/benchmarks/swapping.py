"""Swapping in one form that has changed, beside building all of them: how much of the time it is.

python -m tests.benchmarks.swapping
"""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from gridql import bundled
from gridql.database import connect, migrate
from gridql.server.opening import opened
from gridql.settings import Settings, load

FORMS = 50
TURNS = 5

_MODEL = "nineSmallPlacesShop"


@dataclass(frozen=True, slots=True)
class Swapped:
    """Seconds that one run took."""

    all_s: float
    """A start: every form loaded, published, typed."""
    one_s: float
    """One more version of one form, taken in while the server runs."""

    @property
    def ratio(self) -> float:
        """What part of building all of them the swap is."""
        return self.one_s / self.all_s


async def measured(folder: Path, forms: int = FORMS, turns: int = TURNS) -> Swapped:
    """Build that many forms once, and swap one of them several times: the median of the swaps."""
    plugin = folder / "plugins" / "checklists"
    documents = [_write(plugin, number) for number in range(forms)]
    settings = load({}, folder, data_dir=folder, plugins_watch=False, plugins_allow=[plugin.name])
    await _make_tables(settings)
    async with AsyncExitStack() as stack:
        begun = time.perf_counter()
        parts = await stack.enter_async_context(opened(settings))
        all_s = time.perf_counter() - begun
        assert parts.services.reload is not None
        taken = []
        for version in range(2, turns + 2):
            _raise(documents[version % forms], version)
            begun = time.perf_counter()
            reloaded = await parts.services.reload()
            taken.append(time.perf_counter() - begun)
            assert len(reloaded.published) == 1, reloaded
    return Swapped(all_s, median(taken))


def _write(plugin: Path, number: int) -> Path:
    """A form as long as the longest that comes with gridql, with its translation and library."""
    model = bundled.folder("plugins") / "nine_small_places"
    if not (plugin / "library").exists():
        shutil.copytree(model / "library", plugin / "library")
        (plugin / "forms").mkdir()
    name = f"checklist{number}"
    document = json.loads((model / "forms" / f"{_MODEL}.json").read_text(encoding="utf-8"))
    path = plugin / "forms" / f"{name}.json"
    path.write_text(json.dumps({**document, "name": name}, ensure_ascii=False), encoding="utf-8")
    shutil.copy(model / "forms" / f"{_MODEL}.en.json", path.with_name(f"{name}.en.json"))
    return path


def _raise(path: Path, version: int) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "version": version}), encoding="utf-8")


async def _make_tables(settings: Settings) -> None:
    database = await connect(settings.database_url)
    try:
        await migrate(database)
    finally:
        await database.close()


def told(found: Iterable[Swapped]) -> list[str]:
    """Each run in a line."""
    return [
        f"{FORMS} forms: all {each.all_s * 1000:.0f} ms, one changed {each.one_s * 1000:.0f} ms, "
        f"ratio {each.ratio:.2f}"
        for each in found
    ]


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        print(*told([asyncio.run(measured(Path(made)))]), sep="\n")  # noqa: T201 -- what the process is asked for
