"""What grid workers are, and what falls to them."""

from __future__ import annotations

from gridql.words import Word


class WorkerKind(Word):
    """How a grid worker is employed."""

    FULL_TIME = "FULL_TIME", "Employed for it."
    PART_TIME = "PART_TIME", "Does it beside something else."


class Duty(Word):
    """What falls to a grid worker within the grid: a duty, not a type of worker."""

    LEADER = "LEADER", "Answers for the grid."
    MEMBER = "MEMBER", "Works the grid with others."
