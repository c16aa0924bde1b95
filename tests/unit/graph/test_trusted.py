"""Manifests of trusted documents: the formats that clients' compilers write, and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError

from gridql.errors import SetupError
from gridql.graph.trusted import TrustedDocuments, bare, read

VIEWER = "query Viewer { viewer { name } }"
VIEWER_MD5 = "eab36bd10b9cdacf6218d91c55271371"
VIEWER_SHA1 = "90d53f98561ce7d99bccce0c8f95f402b0874502"
VIEWER_SHA256 = "eaeaa2e100ebedd7c4026676d17d9c2005626544c0375da61de59de281a36ebf"
PLUGINS = "query Plugins { plugins { name } }"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "manifest.json"


def written(path: Path, content: Any) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def apollo(*operations: Any, **members: Any) -> dict[str, Any]:
    return {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": list(operations),
        **members,
    }


def code(found: str | GraphQLError) -> Any:
    assert isinstance(found, GraphQLError)
    return (found.extensions or {})["code"]


@pytest.mark.parametrize("document_id", [VIEWER_MD5, VIEWER_SHA1, VIEWER_SHA256, "viewer-1.0"])
def test_what_the_relay_compiler_writes(manifest: Path, document_id: str) -> None:
    found = read(written(manifest, {document_id: VIEWER}))

    assert found.documents == {document_id: VIEWER}
    assert found.faults == ()


def test_what_is_written_for_apollos_clients(manifest: Path) -> None:
    operation = {"id": VIEWER_SHA256, "name": "Viewer", "type": "query", "body": VIEWER}

    found = read(written(manifest, apollo(operation, operation)))

    assert found.documents == {VIEWER_SHA256: VIEWER}
    assert found.faults == ()


def test_an_id_with_the_prefix_of_graphql_over_http(manifest: Path) -> None:
    found = read(written(manifest, {f"sha256:{VIEWER_SHA256}": VIEWER}))

    assert found.documents == {VIEWER_SHA256: VIEWER}


def test_every_fault_of_every_entry(manifest: Path) -> None:
    text = (
        f'{{"{VIEWER_MD5}": {json.dumps(PLUGINS)}, "{"0" * 40}": {json.dumps(VIEWER)}, '
        f'"{"a" * 64}": {json.dumps(VIEWER)}, "one": {json.dumps(VIEWER)}, '
        f'"one": {json.dumps(PLUGINS)}, "two": {json.dumps(VIEWER)}}}'
    )

    found = read(written(manifest, text))

    assert found.documents == {"one": VIEWER, "two": VIEWER}
    assert found.faults == (
        f"{VIEWER_MD5}: is not the hash of its document, which is aa854f8fcb79918d1906209df045a270",
        f"{'0' * 40}: is not the hash of its document, which is {VIEWER_SHA1}",
        f"{'a' * 64}: is not the hash of its document, which is {VIEWER_SHA256}",
        "one: there are two documents of this hash",
    )


def test_every_fault_of_every_operation(manifest: Path) -> None:
    operations = ["query", {"body": VIEWER}, {"id": "a"}, {"id": "b", "body": VIEWER}, {"id": 1}]
    operations.append({"id": "b", "body": PLUGINS})

    found = read(written(manifest, apollo(*operations)))

    assert found.faults == (
        "operation 1: has to have a text for `id` and for `body`",
        "operation 2: has to have a text for `id` and for `body`",
        "a: has to have a text for `id` and for `body`",
        "operation 5: has to have a text for `id` and for `body`",
        "b: there are two documents of this hash",
    )


@pytest.mark.parametrize("empty", [{}, apollo()], ids=["relay", "apollo"])
def test_a_manifest_without_documents(manifest: Path, empty: Any) -> None:
    assert read(written(manifest, empty)).faults == ("holds no document",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "is not JSON: Expecting property name"),
        ("[" * 100_000, "is not JSON: "),
        ([VIEWER], "has to be an object of texts by hash"),
        ({"a": VIEWER, "b": 1}, "has to be an object of texts by hash"),
        ({"format": "another", "operations": []}, "has to be an object of texts by hash"),
        (apollo(version=2), "of apollo-persisted-query-manifest, version 1 with its operations"),
        (apollo(operations={}), "of apollo-persisted-query-manifest, version 1"),
    ],
)
def test_a_file_that_is_no_manifest(manifest: Path, content: Any, reason: str) -> None:
    with pytest.raises(SetupError) as caught:
        read(written(manifest, content))

    assert str(caught.value).startswith(f"trusted documents: {manifest}: {reason}")


def test_a_file_that_cannot_be_read(manifest: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read: No such file"):
        read(manifest)
    manifest.write_bytes(b"\xff")
    with pytest.raises(SetupError, match="is not UTF-8"):
        read(manifest)


def test_a_document_is_found_by_its_id_and_by_its_sha256() -> None:
    trusted = TrustedDocuments({VIEWER_MD5: VIEWER, "viewer-1.0": PLUGINS})

    assert trusted.document(None, VIEWER_MD5) == VIEWER
    assert trusted.document(None, VIEWER_SHA256) == VIEWER
    assert trusted.document(None, "viewer-1.0") == PLUGINS
    assert code(trusted.document(None, VIEWER_SHA1)) == "PERSISTED_QUERY_NOT_FOUND"
    assert code(trusted.document(None, None)) == "PERSISTED_QUERY_NOT_FOUND"


def test_a_text_runs_where_it_is_trusted_to_the_letter() -> None:
    trusted = TrustedDocuments({VIEWER_MD5: VIEWER, "plugins": PLUGINS})

    assert trusted.document(VIEWER, None) == VIEWER
    assert trusted.document(VIEWER, VIEWER_SHA256) == VIEWER
    assert code(trusted.document(VIEWER + " ", None)) == "DOCUMENT_NOT_TRUSTED"
    assert code(trusted.document("{ viewer { name } }", VIEWER_MD5)) == "DOCUMENT_NOT_TRUSTED"
    assert trusted.document(VIEWER, "unknown") == VIEWER


def test_the_prefix_of_graphql_over_http() -> None:
    assert bare(f"sha256:{VIEWER_SHA256}") == VIEWER_SHA256
    assert bare(VIEWER_SHA256) == VIEWER_SHA256
    for other in (f"sha256:{VIEWER_MD5}", f"sha256:{'A' * 64}", f"x-own:{VIEWER_SHA256}", ""):
        assert bare(other) == other
