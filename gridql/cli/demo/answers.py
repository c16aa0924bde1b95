"""Invented answers to the inspection forms and the survey that come with gridql."""

from __future__ import annotations

from random import Random
from typing import Any

from gridql.forms import FormVersion

INSPECTIONS = ("nineSmallPlacesShop", "nineSmallPlacesRestaurant")
SURVEY = "satisfaction"

_FAILING = {"MINOR": 0.035, "SERIOUS": 0.022, "SUSPECTED_MAJOR": 0.012}
"""How often an item is not in order, by the severity of what its rule finds."""
_NOT_APPLICABLE = 0.04

_REMARKS = (
    "已现场告知负责人，限期整改",
    "店主表示当日清理",
    "已拍照留存，下周复查",
    "已发放告知书",
)

_SATISFACTION = ("VERY_SATISFIED", "SATISFIED", "BASICALLY_SATISFIED", "DISSATISFIED")
_SATISFIED = (34, 40, 20, 6)
_SAFETY = ("SAFE", "FAIRLY_SAFE", "NOT_VERY_SAFE", "UNSAFE")
_SAFE = (62, 32, 5, 1)
_PROBLEMS = ("THEFT_FRAUD", "TELECOM_FRAUD", "FOOD_DRUG_ENVIRONMENT", "OTHER")
_COMMENTS = ("希望增加电动自行车充电桩", "路灯有几盏不亮", "网格员很热心", "希望多组织活动")


def inspection(form: FormVersion, rng: Random) -> dict[str, Any]:
    """What a grid worker might see at a place: mostly in order."""
    severity = {rule.at.removeprefix("/"): rule.severity.value for rule in form.findings}
    answers: dict[str, Any] = {
        item: _checked(_FAILING[severity[item]], rng)
        for item in form.schema["required"]
        if item in severity
    }
    if "NOT_OK" in answers.values() and rng.random() < 0.6:
        answers["remark"] = rng.choice(_REMARKS)
    return answers


def _checked(failing: float, rng: Random) -> str:
    drawn = rng.random()
    if drawn < failing:
        return "NOT_OK"
    return "NOT_APPLICABLE" if drawn < failing + _NOT_APPLICABLE else "OK"


def survey(rng: Random, *, visited: bool) -> dict[str, Any]:
    """What a household might say; those who were visited know their grid worker more often."""
    if rng.random() < 0.04:
        return {"livedHereOneYear": False, "adult": True}
    known = rng.random() < (0.9 if visited else 0.55)
    [safety] = rng.choices(_SAFETY, _SAFE)
    reported = rng.random() < 0.15
    answers: dict[str, Any] = {
        "livedHereOneYear": True,
        "adult": True,
        "knowsGridWorker": known,
        "hasContact": known and rng.random() < 0.8,
        "visitedLastThreeMonths": visited and rng.random() < 0.95,
        "knowsReportChannel": rng.random() < 0.8,
        "knowsSafetyActivities": rng.random() < 0.7,
        "participated": rng.random() < 0.35,
        "safety": safety,
        "reported": reported,
        "recommendation": rng.choice((6, 7, 8, 8, 9, 9, 10, 10)),
    }
    for topic in ("gridWorker", "hygiene", "fire"):
        answers[f"{topic}Satisfaction"] = _satisfied(rng)
    if known:
        answers["recognisesGridWorker"] = rng.random() < 0.9
    if safety in ("NOT_VERY_SAFE", "UNSAFE"):
        answers["safetyProblems"] = rng.sample(_PROBLEMS, rng.randint(1, 2))
    if reported:
        answers |= {"resolved": rng.random() < 0.8, "responseSatisfaction": _satisfied(rng)}
    if rng.random() < 0.1:
        answers["comment"] = rng.choice(_COMMENTS)
    return answers


def _satisfied(rng: Random) -> str:
    [answer] = rng.choices(_SATISFACTION, _SATISFIED)
    return answer
