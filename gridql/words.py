"""Enums whose members say what they mean, for whoever reads the API."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A name with its meaning: `MINOR = "MINOR", "What it means."`"""

    description: str

    def __new__(cls, value: str, description: str = "") -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.description = description
        return word
