"""A server of the test's own, and the programs that follow it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.processes import Installation
from tests.npm import install
from tests.partners.kit import compile_all, write_out

HERE = Path(__file__).parent


@pytest.fixture
def installation(migrated_url: str, tmp_path: Path) -> Installation:
    """An installation on an empty database with all its tables."""
    folder = tmp_path / "server"
    folder.mkdir()
    return Installation(folder, migrated_url)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the guide's programs in Python."""
    folder = tmp_path_factory.mktemp("python")
    write_out(folder, (".py",))
    return folder


@pytest.fixture(scope="session")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the guide's programs in TypeScript, checked and translated."""
    folder = tmp_path_factory.mktemp("typescript")
    compile_all(folder, install(HERE))
    return folder
