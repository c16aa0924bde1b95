"""Signatures, against what the standard's own libraries are tested with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridql import clock
from gridql.domain.agencies.signatures import faults, key_of, new_secret, sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SENT_AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""test_sign_function of the Python library; the same stands in those of other languages."""


def verify(signatures: str = SIGNATURE, *, at: datetime = SENT_AT, **otherwise: Any) -> list[str]:
    given: dict[str, Any] = {
        "id": ID,
        "timestamp": "1614265330",
        "body": BODY,
        "secrets": [SECRET],
        **otherwise,
    }
    with clock.using(clock.HeldClock(at)):
        return faults(
            given["secrets"],
            given["id"],
            given["timestamp"],
            signatures,
            given["body"],
        )


def test_a_message_is_signed_as_the_standard_says() -> None:
    assert sign([SECRET], ID, "1614265330", BODY) == SIGNATURE


def test_each_live_secret_has_its_signature() -> None:
    both = sign([OTHER, SECRET], ID, "1614265330", BODY)

    first, second = both.split(" ")
    assert second == SIGNATURE
    assert first.startswith("v1,") and first != SIGNATURE
    assert verify(both) == verify(both, secrets=[OTHER]) == []


@pytest.mark.parametrize(
    "signatures",
    [
        SIGNATURE,
        f"v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x {SIGNATURE}",
        f"v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZ {SIGNATURE}",
    ],
)
def test_one_that_fits_is_enough(signatures: str) -> None:
    assert verify(signatures) == []


NOT_ONE = (
    "none of the 1 signature(s) fits: another secret, or id, timestamp or body are not what was "
    "sent, to the byte"
)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"signatures": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="},
        {"id": "msg_other"},
        {"timestamp": "1614265331"},
        {"body": b'{"test":2432232314}'},
        {"secrets": [OTHER]},
    ],
    ids=lambda otherwise: next(iter(otherwise)),
)
def test_what_is_not_what_was_signed_does_not_fit(otherwise: dict[str, Any]) -> None:
    assert verify(**otherwise) == [NOT_ONE]


@pytest.mark.parametrize("off_s", [-300, 0, 300])
def test_five_minutes_of_age_are_tolerated(off_s: int) -> None:
    assert verify(at=SENT_AT + timedelta(seconds=off_s)) == []


def test_what_is_wrong_is_told_all_together() -> None:
    assert verify("v2,abc", at=SENT_AT + timedelta(seconds=301), id="") == [
        "webhook-id is empty",
        "webhook-timestamp is 301 s old, and may be 300 s: replayed, or a clock is wrong",
        "webhook-signature has no signature of version v1: it should be `v1,` and base64 behind it",
    ]
    assert verify(at=SENT_AT - timedelta(seconds=301)) == [
        "webhook-timestamp is 301 s ahead of this clock, and may be 300 s: replayed, or a clock "
        "is wrong"
    ]
    assert verify(timestamp="now")[0] == (
        "webhook-timestamp is not a whole number of seconds since 1970"
    )


def test_a_secret_is_taken_with_its_prefix_and_without_and_without_padding() -> None:
    assert key_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == key_of(SECRET)
    assert key_of("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==") == b"\0" * 25
    assert key_of("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") == b"\0" * 25


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("whsec_ÄÖÜ", "a secret is whsec_ and base64 behind it"),
        ("whsec_AAAA", "a secret has 24 to 64 bytes, this one has 3"),
        ("", "a secret has 24 to 64 bytes, this one has 0"),
    ],
)
def test_what_is_no_secret_is_told_without_being_quoted(secret: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        key_of(secret)
    assert str(caught.value) == reason


def test_a_new_secret_has_32_bytes() -> None:
    secret = new_secret()

    assert secret.startswith("whsec_")
    assert len(key_of(secret)) == 32
    assert new_secret() != secret
