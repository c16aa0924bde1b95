"""Signatures after Standard Webhooks 1.0: secrets, what is signed with them, and the check.

The HMAC-SHA256 of `<id>.<timestamp>.<body>`, in base64 behind `v1,`; a message carries one for each
secret that is live. See github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence

from gridql import clock

PREFIX = "whsec_"
"""So that a secret that leaked into a text is recognised, by people and by scanners."""

SECRET_BYTES = 32
TOLERANCE_S = 300
"""How far the time of a message may lie from that of its receiver: older ones may be replayed."""

_VERSION = "v1"
_LEAST_BYTES, _MOST_BYTES = 24, 64
"""Of a secret, as the standard has it."""
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def new_secret() -> str:
    """A fresh random secret, as its owner keeps it."""
    return PREFIX + b64encode(clock.random_bytes(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that a secret stands for; raises ValueError, without quoting it, if it is none."""
    text = secret.strip().removeprefix(PREFIX).rstrip("=")
    try:
        key = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (Base64Error, ValueError):
        raise ValueError(f"a secret is {PREFIX} and base64 behind it") from None
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(
            f"a secret has {_LEAST_BYTES} to {_MOST_BYTES} bytes, this one has {len(key)}"
        )
    return key


def sign(secrets: Sequence[str], message_id: str, timestamp: str, body: bytes) -> str:
    """The header `webhook-signature` of a message: one signature for each secret."""
    signatures = (_signature(key_of(secret), message_id, timestamp, body) for secret in secrets)
    return " ".join(f"{_VERSION},{each}" for each in signatures)


def faults(
    secrets: Sequence[str],
    message_id: str,
    timestamp: str,
    signatures: str,
    body: bytes,
    *,
    tolerance_s: float | None = TOLERANCE_S,
) -> list[str]:
    """Everything for which a message must not be believed; nothing where it may be.

    Any of the signatures that fits any of the secrets will do. Without a tolerance its age does not
    matter. Raises ValueError for a secret that is none.
    """
    found = [] if message_id else ["webhook-id is empty"]
    found += _faults_of_time(timestamp, tolerance_s)
    given = [each for each in signatures.split() if each.startswith(f"{_VERSION},")]
    if not given:
        found.append(
            f"webhook-signature has no signature of version {_VERSION}: "
            f"it should be `{_VERSION},` and base64 behind it"
        )
        return found
    expected = [
        f"{_VERSION},{_signature(key_of(secret), message_id, timestamp, body)}"
        for secret in secrets
    ]
    # All are compared, so that the time that it takes tells nothing.
    fits = [
        hmac.compare_digest(one.encode(), other.encode()) for one in given for other in expected
    ]
    if not any(fits):
        found.append(
            f"none of the {len(given)} signature(s) fits: another secret, or id, timestamp or body "
            "are not what was sent, to the byte"
        )
    return found


def _faults_of_time(timestamp: str, tolerance_s: float | None) -> list[str]:
    if not _SECONDS.fullmatch(timestamp):
        return ["webhook-timestamp is not a whole number of seconds since 1970"]
    age_s = clock.now().timestamp() - int(timestamp)
    if tolerance_s is None or abs(age_s) <= tolerance_s:
        return []
    where = "old" if age_s > 0 else "ahead of this clock"
    return [
        f"webhook-timestamp is {abs(age_s):.0f} s {where}, and may be {tolerance_s:g} s: replayed, "
        "or a clock is wrong"
    ]


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    message = b".".join((message_id.encode(), timestamp.encode(), body))
    return b64encode(hmac.digest(key, message, hashlib.sha256)).decode()
