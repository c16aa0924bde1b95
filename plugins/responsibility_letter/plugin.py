"""What a responsibility letter's dates and digests say when they are held against one another."""

from collections.abc import Mapping
from typing import Any

from gridql.plugin import FormVersion, Found, Objection, Severity, hookimpl

FORM = "responsibilityLetter"

# This plugin's own rule, so that a letter is read and signed anew now and then: no law sets a term.
MOST_YEARS = 3


@hookimpl
def objections(form: FormVersion, answers: Mapping[str, Any]) -> list[Objection]:
    """Refuse a letter whose dates cannot be, or that renews itself."""
    if form.name != FORM:
        return []
    signed, until, checked = (answers[key] for key in ("signedOn", "validUntil", "checkedOn"))
    found = []
    # Dates stay texts: they sort as days do, also in the year 0, which Python's dates have not.
    if until <= signed:
        text = {
            "zh": "有效期要晚于签订日期。",
            "en": "The letter has to hold beyond the day on which it was signed.",
        }
        found.append(Objection("/validUntil", text))
    elif _years_on(until) > _years_on(signed, MOST_YEARS):
        text = {
            "zh": f"有效期从签订之日起最长{MOST_YEARS}年，请核对日期。",
            "en": f"A letter holds for {MOST_YEARS} years at most: check the dates.",
        }
        found.append(Objection("/validUntil", text))
    if checked < signed:
        text = {
            "zh": "查看日期早于签订日期，请核对。",
            "en": "The letter cannot have been seen before it was signed: check the dates.",
        }
        found.append(Objection("/checkedOn", text))
    if answers.get("earlierDocumentSha256") == answers["documentSha256"]:
        text = {
            "zh": "与这一份的SHA-256相同，请填上一份责任书的。",
            "en": "This is the digest of the new letter: give that of the earlier one.",
        }
        found.append(Objection("/earlierDocumentSha256", text))
    return found


@hookimpl
def findings(form: FormVersion, answers: Mapping[str, Any]) -> list[Found]:
    """Report a letter that had expired when it was seen.

    That is the day in the answers, not today: they mean the same whenever they are judged.
    """
    if form.name != FORM or answers["validUntil"] >= answers["checkedOn"]:
        return []
    return [
        Found(
            rule="expired",
            at="/validUntil",
            severity=Severity.MINOR,
            category="MANAGEMENT",
            days=15,
            title={
                "zh": "消防安全责任书已过期，需续签",
                "en": "Fire safety responsibility letter expired, to be renewed",
            },
            department="FIRE_RESCUE",
            remark=answers["validUntil"],
        )
    ]


def _years_on(day: str, years: int = 0) -> tuple[int, str]:
    """The year, and the day in it; three years on from 29 February sorts before 1 March."""
    return int(day[:4]) + years, day[5:]
