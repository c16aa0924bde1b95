"""An installation for each test, on an empty database without any tables yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation


@pytest.fixture
def bare(database_url: str, tmp_path: Path) -> Installation:
    """Settings only: `gridql migrate` has not been run."""
    folder = tmp_path / "installation"
    folder.mkdir()
    return Installation(folder, database_url)


@pytest.fixture
def installation(bare: Installation, migrated_url: str) -> Installation:
    """An installation whose database has its tables."""
    return replace(bare, database_url=migrated_url)


@pytest.fixture
def nowhere(tmp_path: Path) -> Installation:
    """For commands that need no database: a SQLite file that is not there."""
    return Installation(tmp_path, f"sqlite:///{tmp_path / 'missing' / 'gridql.sqlite3'}")
