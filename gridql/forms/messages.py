"""What is said about an answer that a form does not take, by keyword, in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridql.errors import Text

Say = Callable[[dict[str, Any]], Text]

SHOWN = 12
"""How many of a question's choices a message lists."""

_TYPES = {
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("“是”或“否”（true 或 false）", "true or false"),
    "array": ("列表", "a list"),
    "object": ("一组答案", "a group of answers"),
}
_FORMATS = {
    "date": ("日期（如 2026-05-01）", "a date (such as 2026-05-01)"),
    "date-time": (
        "带时区的时间（如 2026-05-01T08:30:00+08:00）",
        "a moment with its offset (such as 2026-05-01T08:30:00+08:00)",
    ),
    "time": (
        "带时区的钟点（如 08:30:00+08:00）",
        "a time of day with its offset (such as 08:30:00+08:00)",
    ),
    "email": ("电子邮件地址", "an e-mail address"),
    "uri": ("网址", "an address of the web"),
    "uuid": ("UUID", "a UUID"),
}


def _type(facts: dict[str, Any]) -> Text:
    zh, en = _TYPES[facts["types"][0]]
    return {"zh": f"应为{zh}。", "en": f"has to be {en}."}


def _format(facts: dict[str, Any]) -> Text:
    zh, en = _FORMATS[facts["format"]]
    return {"zh": f"应为{zh}。", "en": f"has to be {en}."}


def _limit(zh: str, en: str) -> Say:
    def say(facts: dict[str, Any]) -> Text:
        limit = facts["limit"] if "limit" in facts else facts["multiple_of"]
        return {"zh": zh.format(limit), "en": en.format(limit)}

    return say


def _always(zh: str, en: str) -> Say:
    return lambda _: {"zh": zh, "en": en}


NOT_ANSWERED = _always("没有回答。", "is not answered.")
OUT_OF_PLACE = _always("与其他答案不相符。", "does not go with the other answers.")
TWICE = _always("有重复的项。", "has the same item twice.")
NO_CHOICE = _always("不是可选的答案。", "is not one of the answers to choose from.")

SAYINGS: dict[str, Say] = {
    "required": NOT_ANSWERED,
    "type": _type,
    "format": _format,
    "pattern": _always("的格式不正确。", "does not have the right form."),
    "minLength": _limit("至少要有{}个字。", "needs at least {} characters."),
    "maxLength": _limit("最多{}个字。", "takes at most {} characters."),
    "minimum": _limit("不能小于{}。", "has to be at least {}."),
    "maximum": _limit("不能大于{}。", "has to be at most {}."),
    "exclusiveMinimum": _limit("要大于{}。", "has to be more than {}."),
    "exclusiveMaximum": _limit("要小于{}。", "has to be less than {}."),
    "multipleOf": _limit("应为{}的倍数。", "has to be a multiple of {}."),
    "minItems": _limit("至少要有{}项。", "needs at least {} items."),
    "maxItems": _limit("最多{}项。", "takes at most {} items."),
    "uniqueItems": TWICE,
    "oneOf": NO_CHOICE,
    "enum": NO_CHOICE,
    "const": NO_CHOICE,
    "falseSchema": _always(
        "在其他答案的情况下不用回答。", "does not apply with the other answers."
    ),
}


def about(labels: Text, said: Text) -> Text:
    """What is said, with the question named in front."""
    return {"zh": f"“{labels['zh']}”{said['zh']}", "en": f"“{labels['en']}” {said['en']}"}


def choose(choices: Text) -> Text:
    """That the answer is none of `choices`."""
    return {
        "zh": f"不是可选的答案，请选择：{choices['zh']}。",
        "en": f"is not one of the answers to choose from: {choices['en']}.",
    }


def unknown(name: str) -> Text:
    """That the form does not ask `name`."""
    return {"zh": f"表单里没有“{name}”这个问题。", "en": f"The form has no question “{name}”."}


NOT_STORABLE: Text = {
    "zh": "答案里有无法保存的内容：过大的数字、过深的嵌套或不成字的字符。",
    "en": "The answers hold what cannot be stored: a number too large, too deep a nesting, "
    "or half a character.",
}
NUL: Text = {
    "zh": "文字里有空字符（U+0000），请删去。",
    "en": "A text holds the character U+0000: take it out.",
}
