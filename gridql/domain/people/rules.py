"""What is known of people, in the words of the API."""

from __future__ import annotations

from gridql.words import Word


class Gender(Word):
    """Gender as on the identity card."""

    FEMALE = "FEMALE", "Female."
    MALE = "MALE", "Male."


class CareGroup(Word):
    """Why somebody is to be looked in on more often."""

    LIVING_ALONE = "LIVING_ALONE", "Lives alone, at an age when that is hard."
    ELDERLY_80_PLUS = "ELDERLY_80_PLUS", "Is eighty or older."
    DISABLED = "DISABLED", "Lives with a disability."
    LEFT_BEHIND_CHILD = "LEFT_BEHIND_CHILD", "A child whose parents work elsewhere."
    LOW_INCOME = "LOW_INCOME", "Draws the subsistence allowance."
    CHRONICALLY_ILL = "CHRONICALLY_ILL", "Has a grave or lasting illness."
