"""The guides about plugins: every step is done, and comes out as they say."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from gridql.plugin import PROJECT
from tests.acceptance.walkthrough import blocks, walk

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
SHELL = pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("curl") is None,
    reason="the guides are written for bash and curl",
)


@SHELL
@pytest.mark.timeout(300)
def test_from_paper_to_a_hazard_and_on_to_the_next_version(tmp_path: Path) -> None:
    with walk(tmp_path) as reader:
        assert reader.through(GUIDES / "first-checklist.md") == 8
        assert reader.through(GUIDES / "versions-and-changes.md") == 10


@SHELL
def test_a_plugin_with_code(tmp_path: Path) -> None:
    with walk(tmp_path) as reader:
        assert reader.through(GUIDES / "plugin-with-code.md") == 5


def test_a_package_names_its_module_for_gridql() -> None:
    text = (GUIDES / "plugin-with-code.md").read_text(encoding="utf-8")
    (block,) = [part.split("```")[0] for part in text.split("```toml package\n")[1:]]

    points = tomllib.loads(block)["project"]["entry-points"]

    assert points == {PROJECT: {"tea_house": "gridql_tea_house.plugin"}}


def test_no_step_is_overlooked() -> None:
    counts = {guide.stem: len(blocks(guide)) for guide in sorted(GUIDES.glob("*.md"))}

    assert {guide: count for guide, count in counts.items() if count} == {
        "first-checklist": 23,
        "plugin-with-code": 16,
        "versions-and-changes": 22,
    }
