"""A guide, walked through: its blocks done in their order, as a reader does them.

What stands behind the language of a block says what is done with it: `sh server` is started and
left running, `sh set` is set for all that follows, `sh run` is run, with the block `text typed`
behind it as its input, and `sh soon` until it comes out as it should, for five seconds at most.
`text output` and `json answer` are what the block before them prints, with `…` for anything.
`json file PATH` and `py file PATH` are written. All else is only shown.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gridql

_BLOCK = re.compile(
    r"^```(\w+) (server|set|run|soon|typed|output|answer|file)(?: (\S+))?\n(.*?)^```", re.M | re.S
)
_SERVES = "gridql serves"
START_TIMEOUT_S = 90
SOON_S = 5.0
"""So soon a guide promises that a running server has taken in a change."""


@dataclass(frozen=True)
class Block:
    """One block of a guide that something is done with."""

    kind: str
    path: str
    text: str


def blocks(guide: Path) -> list[Block]:
    """The blocks of a guide, in their order."""
    found = _BLOCK.findall(guide.read_text(encoding="utf-8"))
    return [Block(kind, path, text) for _, kind, path, text in found]


class Walk:
    """Somebody who does what guides say, in one folder."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._set = ""
        self._place = folder / ".place"
        """Where a block has gone with `cd`, the next one goes on."""
        self._port = _free_port()
        self._environment = _environment(folder)

    def through(self, guide: Path) -> int:
        """Do all that a guide says; how many blocks it was compared with came out as they say."""
        self._set = ""
        self._place.unlink(missing_ok=True)
        waiting = blocks(guide)
        compared = 0
        while waiting:
            block = waiting.pop(0)
            if block.kind == "server":
                self._serve(block.text)
            elif block.kind == "set":
                self._set += self._here(block.text)
            elif block.kind == "file":
                path = self._folder / block.path
                assert path.parent.is_dir(), block.path
                path.write_text(block.text, encoding="utf-8")
            else:
                typed = waiting.pop(0).text if waiting and waiting[0].kind == "typed" else ""
                said = ("output", "answer")
                expected = waiting.pop(0) if waiting and waiting[0].kind in said else None
                self._run(block, typed, expected)
                compared += expected is not None
        return compared

    def _run(self, block: Block, typed: str, expected: Block | None) -> None:
        end = time.monotonic() + (SOON_S if block.kind == "soon" else 0)
        while True:
            done = self._shell(block.text, typed)
            right = expected is None or _alike(expected, done.stdout)
            if right or time.monotonic() > end:
                break
            time.sleep(0.2)
        assert expected is not None or done.returncode == 0, f"{block.text}\n{done.stderr}"
        assert right, f"{block.text}\nsays\n{done.stdout}{done.stderr}"

    def _shell(self, text: str, typed: str) -> subprocess.CompletedProcess[str]:
        place = self._place
        script = f'{self._set}\n[ -e {place} ] && cd "$(cat {place})"\n{self._here(text)}\n'
        script += f"code=$?; pwd > {place}; exit $code\n"
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self._folder,
            env=self._environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _serve(self, text: str) -> None:
        said = self._folder / "served.txt"
        with said.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {text.strip()} --port {self._port}"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._stack.callback(_stop, process)
        end = time.monotonic() + START_TIMEOUT_S
        while _SERVES not in said.read_text(encoding="utf-8"):
            assert process.poll() is None, said.read_text(encoding="utf-8")
            assert time.monotonic() < end, said.read_text(encoding="utf-8")
            time.sleep(0.1)

    def _here(self, text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self._port}")


@contextmanager
def walk(folder: Path) -> Iterator[Walk]:
    """Somebody in an empty folder; what they started ends with this."""
    with ExitStack() as stack:
        yield Walk(folder, stack)


def _alike(expected: Block, said: str) -> bool:
    if expected.kind == "answer":
        try:
            return _fits(json.loads(expected.text), json.loads(said))
        except ValueError:
            return False
    # No guide has spaces at the end of a line.
    wanted, lines = expected.text.splitlines(), [line.rstrip() for line in said.splitlines()]
    return len(wanted) == len(lines) and all(map(_line_fits, wanted, lines))


def _fits(expected: Any, value: Any) -> bool:
    if expected == "…":
        return value is not None
    if isinstance(expected, dict) and isinstance(value, dict):
        return expected.keys() == value.keys() and all(
            _fits(expected[key], value[key]) for key in expected
        )
    if isinstance(expected, list) and isinstance(value, list):
        return len(expected) == len(value) and all(map(_fits, expected, value))
    return bool(expected == value)


def _line_fits(expected: str, line: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), line) is not None


def _environment(folder: Path) -> dict[str, str]:
    """As after the installation: the commands are on the path."""
    programs = folder / ".programs"
    programs.mkdir()
    for name, module in (("gridql", "gridql"), ("pytest", "pytest"), ("python3", "")):
        arguments = f" -m {module}" if module else ""
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)}{arguments} "$@"\n')
        program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRIDQL_")}
    return kept | {
        "PATH": f"{programs}:{kept['PATH']}",
        "PYTHONPATH": str(Path(gridql.__file__).parent.parent),
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
