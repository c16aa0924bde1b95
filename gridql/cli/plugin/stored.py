"""Answers that are kept for one version of a form, judged by another."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gridql.domain.submissions.models import Submission
from gridql.errors import Lang
from gridql.forms.judge import Judge
from gridql.forms.library import Published
from gridql.forms.version import FormVersion

PAGE = 500
SHOWN = 20
"""The faults that most answers have; more would be read by nobody."""

_LANG: Lang = "en"
_ITEM = re.compile(r"/\d+(?=/|$)")
_NUMBER = re.compile(r"item \d+")


@dataclass
class Judged:
    """What a form makes of answers that were given to another."""

    total: int = 0
    failing: int = 0
    shortened: int = 0
    """How many would be taken, but not whole: a condition switches an answer off."""
    faults: Counter[str] = field(default_factory=Counter)
    """Each fault, with how many sets of answers have it."""

    def most_common(self) -> list[tuple[str, int]]:
        """The faults that most answers have."""
        return sorted(self.faults.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]

    def add(self, judge: Judge, answers: Any) -> None:
        """Judge one more set of answers."""
        self.total += 1
        verdict = judge.judge(answers)
        if verdict.faults:
            self.failing += 1
            # The items of a list are alike: which of them it was says nothing here.
            self.faults.update(
                {
                    f"{_ITEM.sub('/-', fault.path or '/')}: "
                    f"{_NUMBER.sub('each item', fault.message(_LANG))}"
                    for fault in verdict.faults
                }
            )
        elif verdict.answers != answers:
            self.shortened += 1


async def judged(old: Published, new: FormVersion) -> Judged:
    """All answers to `old`, judged by `new`."""
    judge, found, last = Judge(new), Judged(), 0
    while True:
        page = Submission.filter(form_id=old.id, id__gt=last).order_by("id").limit(PAGE)
        rows = await page.values_list("id", "answers")
        for _, answers in rows:
            found.add(judge, answers)
        if len(rows) < PAGE:
            return found
        last = rows[-1][0]
