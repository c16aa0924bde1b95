"""Every example in the documentation fits the schema."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema

from gridql import hooks, schema
from gridql.graph.executor import Document, Engine

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.graphql"))
FENCED = re.compile(r"```graphql\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def engine() -> Engine:
    built: GraphQLSchema = schema.build(hooks.discover().forms())
    return Engine(built)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid(engine: Engine, example: Path) -> None:
    assert isinstance(engine.document(example.read_text(encoding="utf-8")), Document)


def test_the_readme_is_valid(engine: Engine) -> None:
    blocks = FENCED.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert blocks
    found = [engine.document(block) for block in blocks]
    assert [each for each in found if not isinstance(each, Document)] == []
