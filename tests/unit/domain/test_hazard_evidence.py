"""What is taken as evidence: addresses that a page can show, and nothing that it would run."""

from __future__ import annotations

import pytest

from gridql.domain.hazards.evidence import Photo, evidence_faults

SHA256 = "ab" * 32


@pytest.mark.parametrize(
    "uri",
    [
        "https://files.example/1.jpg",
        "HTTPS://files.example:8443/a;b/1.jpg?size=2#left",
        "http://10.1.2.3/1.jpg",
        "https://[2001:db8::1]/1.jpg",
    ],
)
def test_addresses_of_a_file_service(uri: str) -> None:
    assert evidence_faults("/evidence", [Photo(uri, SHA256)], least=1) == []


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://files.example/%0Aalert(1)",
        "vbscript:msgbox",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://files.example/1.jpg",
        "mailto:li@example.org",
        "/1.jpg",
        "https:",
        "https://",
        "https:///1.jpg",
        "https://li:secret@files.example/1.jpg",
        "https://files.example@elsewhere.example/1.jpg",
        "https://[::1/1.jpg",
        "https://files.example:port/1.jpg",
        " https://files.example/1.jpg",
        "https://files.example/1.jpg\n",
        "https://files.example/" + "a" * 1000,
    ],
)
def test_what_is_no_such_address(uri: str) -> None:
    [fault] = evidence_faults("/evidence", [Photo(uri, SHA256)], least=1)

    assert fault.path == "/evidence/0/uri"
    assert fault.text["en"] == (
        "The address has to be an https or http URL, without user and password, of at most 1000 "
        "characters."
    )


def test_of_too_many_only_that_is_said() -> None:
    photos = [Photo("x", "y") for _ in range(9000)]

    [fault] = evidence_faults("/evidence", photos, least=1)

    assert fault.path == "/evidence"
