"""What has happened in the demo's district: forms filled in, hazards, and their closing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from gridql.cli.demo import answers, rounds, troubles
from gridql.domain.hazards import settling as hazards
from gridql.domain.hazards.settling import PastClosing
from gridql.domain.submissions import settling as submissions
from gridql.domain.submissions.settling import PastSubmission
from gridql.forms.library import Library
from gridql.handling import Handling
from gridql.hooks import Plugins

INSPECTED = 0.45
"""How many of the places that there is a form for were inspected."""

SURVEYED = 400
"""Households that were asked."""

BY_HAND = 419
"""Hazards that were reported without an inspection."""

PERIOD_DAYS = 30
"""The past is taken over in such pieces, so that the journal keeps its order by and large."""


@dataclass(slots=True)
class Traces:
    """What was made so far, as far as the past refers to it."""

    workers: dict[str, int] = field(default_factory=dict)
    """Worker by grid."""
    places: list[tuple[int, str, int]] = field(default_factory=list)
    """Id, category, worker."""
    homes: list[tuple[int, bool, int]] = field(default_factory=list)
    """Of those in use: id, whether somebody was met there, worker."""


async def fill_history(
    library: Library,
    plugins: Plugins,
    handling: Handling,
    traces: Traces,
    rng: Random,
    now: datetime,
) -> None:
    """Make what has happened, period after period."""
    forms = [*_inspections(library, traces, rng, now), *_surveys(library, traces, rng, now)]
    grids = list(traces.workers.items())
    by_hand = troubles.reported_by_hand(rng, now, BY_HAND, grids, handling.calendar)
    closings: list[PastClosing] = []
    for days in range(troubles.DAYS_BACK, -1, -PERIOD_DAYS):
        begin, end = now - timedelta(days=days + PERIOD_DAYS), now - timedelta(days=days)
        filled_in = [each for each in forms if begin <= each.submitted_at < end]
        reported = [each for each in by_hand if begin <= each.reported_at < end]
        filled_in.sort(key=lambda each: each.submitted_at)
        reported.sort(key=lambda each: each.reported_at)
        opened = await submissions.settle(None, library, plugins, handling, filled_in)
        opened += await hazards.settle(None, handling, reported)
        closings += troubles.closings(rng, now, opened)
        due = [each for each in closings if each.closed_at < end]
        closings = [each for each in closings if each.closed_at >= end]
        await hazards.close(None, sorted(due, key=lambda each: each.closed_at))


def _inspections(
    library: Library, traces: Traces, rng: Random, now: datetime
) -> Iterator[PastSubmission]:
    for name in answers.INSPECTIONS:
        published = library.get(name)
        if published is None or published.form.category is None:
            continue  # the plugin was left out
        form, code = published.form, published.form.category.code
        for number, category, worker in traces.places:
            if category == code and rng.random() < INSPECTED:
                yield PastSubmission(
                    rounds.client_id(rng),
                    form.name,
                    form.version,
                    answers.inspection(form, rng),
                    number,
                    rounds.moment(rng, now, troubles.DAYS_BACK, 1),
                    worker,
                )


def _surveys(
    library: Library, traces: Traces, rng: Random, now: datetime
) -> Iterator[PastSubmission]:
    published = library.get(answers.SURVEY)
    if published is None:
        return
    for number, visited, worker in rng.sample(traces.homes, SURVEYED):
        yield PastSubmission(
            rounds.client_id(rng),
            published.form.name,
            published.form.version,
            answers.survey(rng, visited=visited),
            number,
            rounds.moment(rng, now, rounds.MONTHS_BACK_DAYS, 1),
            worker,
        )
