"""The programs of docs/partners.md as a partner has them: in a folder, ready to run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.acceptance.walkthrough import blocks
from tests.npm import run

GUIDE = Path(__file__).parents[2] / "docs" / "partners.md"
PATIENCE_S = 60.0


def write_out(folder: Path, suffixes: tuple[str, ...]) -> None:
    """Write the files of the guide whose names end so."""
    for block in blocks(GUIDE):
        if block.kind == "file" and block.path.endswith(suffixes):
            (folder / block.path).write_text(block.text, encoding="utf-8")


def compile_all(folder: Path, packages: Path) -> None:
    """Check and translate the TypeScript of the guide, as strictly as its tsconfig.json says."""
    write_out(folder, (".ts", "tsconfig.json"))
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "node_modules").symlink_to(packages)
    run("node", packages / "typescript" / "bin" / "tsc", "-p", ".", folder=folder)


@dataclass(frozen=True)
class Program:
    """One program of the guide, by the name that it has there."""

    name: str
    folder: Path
    """Where it lies."""

    def command(self) -> list[str]:
        """How it is started."""
        if self.name.endswith(".py"):
            return [sys.executable, str(self.folder / self.name)]
        return ["node", str(self.folder / "dist" / self.name.replace(".ts", ".js"))]


class Partner:
    """Somebody who runs a program of the guide, and reads what it prints."""

    def __init__(self, program: Program, folder: Path, **settings: str) -> None:
        self._command = program.command()
        self._folder = folder
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.place = folder / "place.txt"

    def start(self) -> None:
        """Start it, or start it again; what it prints is added to what it has printed."""
        kept = {
            name: value
            for name, value in os.environ.items()
            # Not through a proxy: all of it is on this machine.
            if not name.startswith(("GRIDQL_", "PARTNER_")) and "proxy" not in name.lower()
        }
        with (self._folder / "out").open("ab") as out, (self._folder / "err").open("ab") as err:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=kept | self._settings,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def set(self, **settings: str) -> None:
        """Run it with these settings from the next start on."""
        self._settings |= settings

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ended(self) -> int:
        """The code with which it ends by itself."""
        assert self._process is not None
        return self._process.wait(PATIENCE_S)

    def told(self) -> list[Any]:
        """All that it has printed, from the first start on."""
        # The last line may not be complete yet.
        *lines, _ = (self._folder / "out").read_bytes().split(b"\n")
        return [orjson.loads(line) for line in lines]

    def complained(self) -> str:
        """What it says of its troubles."""
        return (self._folder / "err").read_text(encoding="utf-8")

    def events(self) -> list[str]:
        """The cursors of the events that it was told of."""
        return [each["cursor"] for each in self.told() if "cursor" in each]

    def open_ones(self) -> list[str]:
        """The ids of the hazards that it was told are open."""
        return [each["open"]["id"] for each in self.told() if "open" in each]

    def kept(self) -> str | None:
        """The place that it remembers."""
        return self.place.read_text(encoding="utf-8") if self.place.exists() else None

    def wait(self, until: Callable[[Partner], bool]) -> None:
        """Until that holds of it; it must not end before."""
        end = time.monotonic() + PATIENCE_S
        while not until(self):
            assert self._process is not None
            assert self._process.poll() is None, self.complained()
            assert time.monotonic() < end, f"{self.told()}\n{self.complained()}"
            time.sleep(0.05)


@contextmanager
def running(program: Program, folder: Path, **settings: str) -> Iterator[Partner]:
    """Somebody with that program, started; it is ended with this, whatever happens."""
    folder.mkdir()
    partner = Partner(program, folder, **settings)
    partner.start()
    try:
        yield partner
    finally:
        partner.kill()
