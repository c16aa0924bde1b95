"""Invented people: names, telephone and identity numbers that nobody can have."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

from gridql.domain.people.rules import Gender

NO_DISTRICT = "990114"
"""What the identity numbers begin with: no district of GB/T 2260 has that code."""

NO_NETWORK = "154"
"""What the telephone numbers begin with: the mobile numbers below it were never given out."""

_SURNAMES = "王李张刘陈杨孙赵徐马高于韩郑宋袁孟牛焦康柏景苗翟"
_COMMON = 8
"""So many of the surnames make up about half of the people."""
_FEMALE = "芳娟敏静丽艳秀玉桂凤英兰霞萍莲梅雪琴月红慧颖欣怡"
_MALE = "伟强磊军勇杰涛明刚建国志文辉鹏斌海波宁浩宇轩泽庆"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"

# Prime to 10^8: the numbers jump about, and none comes twice.
_STRIDE = 61_803_399
_RANGE = 10**8


class People:
    """Makes people up, one after the other, none with the number of another."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._phones = rng.randrange(_RANGE)
        self._births: Counter[tuple[date, Gender]] = Counter()

    def surname(self) -> str:
        """A surname, as often as it might be met in Shandong."""
        rng = self._rng
        return rng.choice(_SURNAMES[:_COMMON] if rng.random() < 0.5 else _SURNAMES)

    def name(self, gender: Gender, surname: str | None = None) -> str:
        """A full name, of the family `surname` if that is given."""
        rng = self._rng
        given = _FEMALE if gender is Gender.FEMALE else _MALE
        second = rng.choice(given) if rng.random() < 0.6 else ""
        return (surname or self.surname()) + rng.choice(given) + second

    def phone(self) -> str:
        """A telephone number that rings with nobody."""
        self._phones = (self._phones + _STRIDE) % _RANGE
        return f"{NO_NETWORK}{self._phones:08}"

    def id_number(self, born: date, gender: Gender) -> str:
        """An identity number that nobody has, with a check digit that is right."""
        self._births[born, gender] += 1
        # Odd for men, even for women (GB 11643).
        order = 2 * self._births[born, gender] - (gender is Gender.MALE)
        digits = f"{NO_DISTRICT}{born:%Y%m%d}{order:03}"
        return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The last character of the identity number that begins so (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK[total % 11]
