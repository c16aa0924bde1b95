"""The guides say what is so: limits, scalars and the files that they point to."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from gridql.domain.hazards.rules import HazardEventKind
from gridql.graph.limits import Limits
from gridql.settings import describe

ROOT = Path(__file__).parents[2]
GUIDES = [*sorted((ROOT / "docs" / "guides").glob("*.md")), ROOT / "docs" / "partners.md"]
FRONT_END = (ROOT / "docs" / "guides" / "front-end.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(((?!https:)[^)#]+)")


def block(kind: str) -> Any:
    """The JSON of the block with this mark."""
    (found,) = re.findall(rf"```json {kind}\n(.*?)```", FRONT_END, re.DOTALL)
    return json.loads(found)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_what_a_guide_points_to_is_there(guide: Path) -> None:
    links = LINK.findall(guide.read_text(encoding="utf-8"))

    assert links
    assert [link for link in links if not (guide.parent / link).exists()] == []


def test_the_limits_are_those_of_the_engine_and_of_the_settings() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| `(\w+)` \|", FRONT_END, re.MULTILINE)
    defaults = {each.name: each.default for each in describe()}

    assert {name: int(default) for name, default, _ in rows} == asdict(Limits())
    assert [(name, defaults[setting]) for name, _, setting in rows] == [
        (name, default) for name, default, _ in rows
    ]


@pytest.mark.parametrize(
    "scalars", [block("relay")["customScalarTypes"], block("codegen")["config"]["scalars"]]
)
def test_every_scalar_is_told_to_the_compilers(scalars: dict[str, str]) -> None:
    sdl = (ROOT / "schemas" / "gridql.graphql").read_text(encoding="utf-8")

    assert set(scalars) == set(re.findall(r"^scalar (\w+)", sdl, re.MULTILINE))


def test_every_kind_of_event_is_told_to_partners() -> None:
    partners = (ROOT / "docs" / "partners.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([A-Z][^|]*\.) \|$", partners, re.MULTILINE)

    assert rows == [(kind.value, kind.description) for kind in HazardEventKind]
