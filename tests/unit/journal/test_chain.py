"""The hash chain: what is sealed, byte for byte."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from gridql.journal.chain import SEALED, START, seal
from gridql.journal.models import Entry

ROW: dict[str, Any] = {
    "id": 7,
    "position": 1,
    "occurred_at": "2024-05-01T08:30:00.25+00:00",
    "recorded_at": "2024-05-01T08:30:00.5+00:00",
    "actor_id": None,
    "actor_role": "OPERATOR",
    "subject_type": "Hazard",
    "subject_id": 3,
    "grid_code": "370114001003001",
    "kind": "CLOSED",
    "from_state": "REPORTED",
    "to_state": "CLOSED",
    "revision": 2,
    "note": "已整改",
    "changes": '{"a": 1}',
}


def test_every_column_but_the_hash_is_sealed() -> None:
    assert set(SEALED) == set(Entry._meta.db_fields) - {"hash"}
    assert list(SEALED) == sorted(SEALED)


def test_the_hash_covers_the_hash_before_it_and_the_row_as_json() -> None:
    text = (
        '{"actor_id":null,"actor_role":"OPERATOR","changes":"{\\"a\\": 1}",'
        '"from_state":"REPORTED","grid_code":"370114001003001","id":7,"kind":"CLOSED",'
        '"note":"已整改","occurred_at":"2024-05-01T08:30:00.25+00:00","position":1,'
        '"recorded_at":"2024-05-01T08:30:00.5+00:00","revision":2,"subject_id":3,'
        '"subject_type":"Hazard","to_state":"CLOSED"}'
    )
    assert seal(START, ROW) == sha256(("0" * 64 + text).encode()).hexdigest()


def test_an_entry_from_before_it_was_kept_is_sealed_without_when_it_was_written() -> None:
    text = (
        '{"actor_id":null,"actor_role":"OPERATOR","changes":"{\\"a\\": 1}",'
        '"from_state":"REPORTED","grid_code":"370114001003001","id":7,"kind":"CLOSED",'
        '"note":"已整改","occurred_at":"2024-05-01T08:30:00.25+00:00","position":1,"revision":2,'
        '"subject_id":3,"subject_type":"Hazard","to_state":"CLOSED"}'
    )
    sealed = seal(START, ROW | {"recorded_at": None})
    assert sealed == sha256(("0" * 64 + text).encode()).hexdigest()


def test_both_databases_seal_the_same() -> None:
    occurred = datetime(2024, 5, 1, 8, 30, 0, 250_000, tzinfo=UTC)
    recorded = datetime(2024, 5, 1, 8, 30, 0, 500_000, tzinfo=UTC)
    moments = {"occurred_at": occurred, "recorded_at": recorded}
    assert seal(START, ROW | moments) == seal(START, ROW)


@pytest.mark.parametrize("column", SEALED)
def test_a_change_in_any_column_changes_the_hash(column: str) -> None:
    for other in (None if ROW[column] is not None else 0, "other"):
        assert seal(START, ROW | {column: other}) != seal(START, ROW)


@pytest.mark.parametrize("column", SEALED)
@pytest.mark.parametrize("value", [b"CLOSED", "\udcff", float("inf"), 0.5])
def test_what_no_entry_can_hold_has_no_hash(column: str, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        seal(START, ROW | {column: value})
