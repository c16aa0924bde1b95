"""The code of responsibility letters: what it says, in both languages, and that it never breaks."""

from __future__ import annotations

from typing import Any

import pytest

from gridql import bundled
from gridql.cli.plugin.found import alone
from gridql.forms.judge import Judge
from gridql.hooks import Plugins, Said

LETTER: dict[str, Any] = {
    "checkedOn": "2026-03-12",
    "signatory": {"name": "王芳", "role": "经营者"},
    "method": "PAPER",
    "signedOn": "2026-03-10",
    "validUntil": "2027-03-09",
    "pages": 2,
    "documentSha256": "a" * 64,
    "renewal": False,
}


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return alone(bundled.folder("plugins") / "responsibility_letter")


def said_of(plugins: Plugins, **answers: Any) -> Said:
    """What the code says of a sound letter with other `answers`."""
    [form] = plugins.forms()
    verdict = Judge(form).judge({**LETTER, **answers})
    assert verdict.faults == ()
    return plugins.ask_here(form, verdict.answers)


def test_an_expired_letter_is_a_small_hazard_that_names_no_law(plugins: Plugins) -> None:
    said = said_of(plugins, checkedOn="2027-03-10")

    [found] = said.findings
    assert (found.severity.value, found.category, found.days) == ("MINOR", "MANAGEMENT", 15)
    assert (found.at, found.department, found.remark) == (
        "/validUntil",
        "FIRE_RESCUE",
        "2027-03-09",
    )
    assert found.basis == ()
    assert said.objections == ()


@pytest.mark.parametrize(
    ("signed", "until", "message"),
    [
        (
            "2026-03-10",
            "2026-03-09",
            "The letter has to hold beyond the day on which it was signed.",
        ),
        ("2026-03-10", "2026-03-11", None),
        ("2026-03-10", "2029-03-10", None),
        ("2026-03-10", "2029-03-11", "A letter holds for 3 years at most: check the dates."),
        ("2024-02-29", "2027-02-28", None),
        ("2024-02-29", "2027-03-01", "A letter holds for 3 years at most: check the dates."),
    ],
)
def test_how_long_a_letter_may_hold(
    plugins: Plugins, signed: str, until: str, message: str | None
) -> None:
    said = said_of(plugins, signedOn=signed, validUntil=until)

    expected = [("/validUntil", message)] if message else []
    assert [(each.at, each.text["en"]) for each in said.objections] == expected


def test_all_that_is_wrong_is_said_together(plugins: Plugins) -> None:
    said = said_of(
        plugins,
        signedOn="2026-03-13",
        validUntil="2026-03-12",
        renewal=True,
        earlierDocumentSha256="a" * 64,
    )

    assert [(each.at, each.text["zh"]) for each in said.objections] == [
        ("/validUntil", "有效期要晚于签订日期。"),
        ("/checkedOn", "查看日期早于签订日期，请核对。"),
        ("/earlierDocumentSha256", "与这一份的SHA-256相同，请填上一份责任书的。"),
    ]


@pytest.mark.parametrize("year", ["0000", "0001", "9999"])
def test_any_day_that_a_form_takes_is_taken(plugins: Plugins, year: str) -> None:
    said = said_of(plugins, signedOn=f"{year}-01-01", validUntil=f"{year}-12-31")

    assert said.unheard == ()
    assert plugins.quarantined == ()


def test_other_forms_are_left_alone(plugins: Plugins) -> None:
    [other] = alone(bundled.folder("plugins") / "satisfaction").forms()

    assert plugins.ask_here(other, {"adult": True}) == Said()
