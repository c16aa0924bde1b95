"""graphql-codegen makes TypeScript of the SDL and of the examples, and a front-end uses it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from tests.npm import install, run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SDL = ROOT / "schemas" / "gridql.graphql"
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture(scope="module")
def packages() -> Path:
    """The installed packages, which stay there until the lock file changes."""
    return install(HERE)


@pytest.fixture(scope="module")
def operations(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What graphql-codegen's plugins typescript and typescript-operations make."""
    output = tmp_path_factory.mktemp("front-end") / "operations.ts"
    run("node", HERE / "generate.mjs", SDL, EXAMPLES, output, folder=HERE)
    return output


def test_every_example_has_its_types(operations: Path) -> None:
    generated = operations.read_text(encoding="utf-8")
    examples = sorted(EXAMPLES.glob("*.graphql"))
    assert examples

    for example in examples:
        for definition in parse(example.read_text(encoding="utf-8")).definitions:
            assert isinstance(definition, OperationDefinitionNode)
            assert definition.name is not None, example
            name, kind = definition.name.value, definition.operation.value.title()
            assert f"export type {name}{kind} =" in generated
            assert f"export type {name}{kind}Variables =" in generated


def test_a_front_end_builds_on_them(packages: Path, operations: Path) -> None:
    for name in ("consumer.ts", "tsconfig.json"):
        shutil.copy(HERE / name, operations.parent)

    run("node", packages / "typescript" / "bin" / "tsc", "-p", ".", folder=operations.parent)
