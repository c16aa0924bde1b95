"""Packages of npm that a test needs, in the versions of the lock file beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MISSING = "node and npm are not installed (Debian: apt-get install nodejs npm)"


def install(folder: Path) -> Path:
    """The packages of `folder`, which stay installed until its lock file changes.

    Without npm the test is skipped, in CI it fails.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".installed"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        run("npm", "ci", "--prefer-offline", folder=folder)
        shutil.copy(lock, installed)
    return folder / "node_modules"


def run(*command: str | Path, folder: Path) -> str:
    """What a command writes, which has to succeed."""
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
