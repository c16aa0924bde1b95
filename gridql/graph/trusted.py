"""Trusted documents: the manifest that a client's compiler writes, and what a request may run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import GraphQLError

from gridql.errors import SetupError

APOLLO = "apollo-persisted-query-manifest"
"""What a manifest for Apollo's clients names as its `format`."""

_PREFIXED = re.compile(r"sha256:([0-9a-f]{64})")
_HEXADECIMAL = re.compile(r"[0-9a-f]+")

_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}
"""Those that compilers use, by the number of their hexadecimal digits."""


def bare(document_id: str) -> str:
    """The id without the prefix that names SHA-256; `sha256:` before anything else stays."""
    prefixed = _PREFIXED.fullmatch(document_id)
    return prefixed[1] if prefixed else document_id


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says may be asked: documents by id, and everything that is wrong with it."""

    path: Path
    documents: Mapping[str, str]
    faults: tuple[str, ...] = ()


class TrustedDocuments:
    """The only documents that are served, found by the manifest's ids and by their SHA-256."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self.documents = documents
        self._by_id = {_hash("sha256", text): text for text in documents.values()} | dict(documents)
        self._texts = frozenset(documents.values())

    def document(self, query: str | None, document_id: str | None) -> str | GraphQLError:
        """The text to run for a request that gives a text or an id; or why it is refused."""
        if query is None:
            known = None if document_id is None else self._by_id.get(document_id)
            return known if known is not None else not_found()
        if query not in self._texts:
            return _refusal(
                "DOCUMENT_NOT_TRUSTED",
                "Only the trusted documents are served here, and this is none of them. "
                "None is taken up by being sent.",
            )
        return query


def not_found() -> GraphQLError:
    """There is no trusted document of that id; told in the words that Apollo's clients know."""
    return _refusal(
        "PERSISTED_QUERY_NOT_FOUND",
        "PersistedQueryNotFound",
        hint="No trusted document has this hash; none is taken up by being sent.",
    )


def not_supported() -> GraphQLError:
    """Documents cannot be asked for by id; told in the words that Apollo's clients know."""
    return _refusal(
        "PERSISTED_QUERY_NOT_SUPPORTED",
        "PersistedQueryNotSupported",
        hint="This server knows no documents by their hash: send the text as `query`.",
    )


def read(path: Path) -> Manifest:
    """The manifest in a file: what the Relay compiler writes, or what is made for Apollo's clients.

    Faults of single entries come with it, since the schema may find more. Raises SetupError for a
    file that cannot be read, or that is in neither format.
    """
    try:
        written = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_Pairs)
    except OSError as cause:
        raise SetupError(f"trusted documents: {path}: cannot be read: {cause.strerror}") from cause
    except UnicodeDecodeError as cause:
        raise SetupError(f"trusted documents: {path}: is not UTF-8") from cause
    except (ValueError, RecursionError) as cause:
        raise SetupError(f"trusted documents: {path}: is not JSON: {cause}") from cause
    if not isinstance(written, _Pairs):
        raise _neither(path)
    members = dict(written)
    if members.get("format") == APOLLO:
        if members.get("version") != 1 or type(members.get("operations")) is not list:
            raise SetupError(
                f"trusted documents: {path}: of {APOLLO}, version 1 with its operations is read"
            )
        entries = _of_apollo(members["operations"])
    elif "format" in members or not all(isinstance(text, str) for _, text in written):
        raise _neither(path)
    else:
        entries = iter(written)
    return _manifest(path, entries)


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with all its members, also those of one name."""


def _of_apollo(operations: list[Any]) -> Iterator[tuple[str, Any]]:
    for number, operation in enumerate(operations, 1):
        members = dict(operation) if isinstance(operation, _Pairs) else {}
        document_id = members.get("id")
        if isinstance(document_id, str):
            yield document_id, members.get("body")
        else:
            yield f"operation {number}", None


def _manifest(path: Path, entries: Iterator[tuple[str, Any]]) -> Manifest:
    documents: dict[str, str] = {}
    faults: list[str] = []
    for written_id, text in entries:
        document_id = bare(written_id)
        if not isinstance(text, str):
            faults.append(f"{written_id}: has to have a text for `id` and for `body`")
        elif documents.get(document_id, text) != text:
            faults.append(f"{written_id}: there are two documents of this hash")
        elif (right := _recomputed(document_id, text)) != document_id:
            faults.append(f"{written_id}: is not the hash of its document, which is {right}")
        else:
            documents[document_id] = text
    if not documents and not faults:
        faults.append("holds no document")
    return Manifest(path, documents, tuple(faults))


def _recomputed(document_id: str, text: str) -> str:
    """The hash that the id has to be; the id itself where it does not look like one."""
    algorithm = _ALGORITHMS.get(len(document_id))
    if algorithm is None or not _HEXADECIMAL.fullmatch(document_id):
        return document_id
    return _hash(algorithm, text)


def _hash(algorithm: str, text: str) -> str:
    # What is found by its hash is the manifest's: nobody gains by a second text of the same one.
    encoded = text.encode("utf-8", "surrogatepass")
    return hashlib.new(algorithm, encoded, usedforsecurity=False).hexdigest()


def _refusal(code: str, message: str, **more: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code, **more})


def _neither(path: Path) -> SetupError:
    return SetupError(
        f"trusted documents: {path}: has to be an object of texts by hash, as the Relay compiler "
        f"writes it, or an {APOLLO}"
    )
