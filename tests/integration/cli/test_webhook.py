"""`gridql webhook verify`: a message that was kept, checked by hand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gridql.domain.agencies.signatures import sign
from tests.acceptance.processes import Installation

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
OLD = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")
BODY = '{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(message_id: str, timestamp: str, signature: str) -> list[str]:
    pairs = {
        "Webhook-Id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature,
        "content-type": "application/cloudevents+json",
    }
    return [word for name, value in pairs.items() for word in ("-H", f"{name}: {value}")]


def test_one_that_just_came_is_valid(nowhere: Installation, tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_bytes(b'{"id":"HazardEvent:1"}\n')
    now = str(int(time.time()))
    signature = sign([OTHER, SECRET], "HazardEvent:1", now, body.read_bytes())

    found = nowhere.run(
        "webhook",
        "verify",
        str(body),
        *headers("HazardEvent:1", now, signature),
        "--secret",
        SECRET,
    )

    assert (found.returncode, found.stdout) == (0, "the message HazardEvent:1 is valid\n")


def test_what_is_wrong_is_told_and_the_code_is_one(nowhere: Installation) -> None:
    found = nowhere.run(
        "webhook", "verify", *headers(*OLD, SIGNATURE), "--secret", OTHER, typed=BODY
    )

    assert (found.returncode, found.stdout) == (1, "")
    lines = found.stderr.splitlines()
    assert lines[0] == "error: the message is not valid"
    assert lines[1].startswith("  webhook-timestamp is ")
    assert lines[2].startswith("  none of the 1 signature(s) fits: another secret, or id, ")


def test_an_old_one_is_valid_where_its_age_does_not_matter(nowhere: Installation) -> None:
    asked = ("webhook", "verify", *headers(*OLD, SIGNATURE), "--secret", SECRET)

    assert nowhere.run(*asked, "--tolerance", "0", typed=BODY).returncode == 0
    assert nowhere.run(*asked, "--tolerance", "0", typed=BODY + "\n").returncode == 1


def test_the_secret_need_not_stand_on_the_command_line(
    nowhere: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", f"{OTHER} {SECRET}")

    found = nowhere.run(
        "webhook", "verify", *headers(*OLD, SIGNATURE), "--tolerance", "0", typed=BODY
    )

    assert found.returncode == 0, found.stderr


def test_what_cannot_be_checked_is_refused(nowhere: Installation) -> None:
    bare = nowhere.run("webhook", "verify", "-H", "webhook-id: a", "--secret", SECRET)
    odd = nowhere.run("webhook", "verify", "-H", "webhook-id=a", "--secret", SECRET)
    none = nowhere.run("webhook", "verify", *headers(*OLD, SIGNATURE), "--secret", "hush")

    assert bare.stderr == (
        "error: the headers are not complete:\n"
        "  --header 'webhook-timestamp: …' is missing\n"
        "  --header 'webhook-signature: …' is missing\n"
    )
    assert odd.stderr == "error: 'webhook-id=a' is no header: 'NAME: VALUE'\n"
    assert none.stderr == "error: a secret has 24 to 64 bytes, this one has 3\n"
    assert {each.returncode for each in (bare, odd, none)} == {1}
