"""What `gridql plugin try` says by itself, in the language in which it asks."""

from __future__ import annotations

from gridql.errors import Lang

_YES = frozenset({"y", "yes", "true", "是", "对", "有"})
_NO = frozenset({"n", "no", "false", "否", "不", "没有", "无"})

_ZH = {
    "yes": "是",
    "no": "否",
    "optional": "（选填，直接回车跳过）",
    "needed": "这一项必须回答。",
    "several": "可选多项，用逗号隔开，如 1,3",
    "one_a_line": "每行一项，空行结束",
    "fill_in": "要填写吗？[y/N]",
    "another": "再添一项吗？[y/N]",
    "item": "第{}项",
    "findings": "发现 {} 个问题",
    "no_findings": "没有发现问题",
    "on_the_spot": "当场整改",
    "within": "{} 个工作日内整改",
    "department": "责任部门 {}",
    "remark": "备注：{}",
    "score": "得分 {} / {}",
    "grade": "等级 {}",
    "start": "起评分",
    "counts": "统计指标",
    "counted": "计入",
    "not_counted": "计入总数，不计入分子",
    "left_out": "不统计",
    "dropped": "因其他答案而不适用，不会保存：{}",
    "refused": "这份答卷有 {} 处问题，不会被接收",
    "by_code": "（由插件代码发现）",
}
_EN = {
    "yes": "yes",
    "no": "no",
    "optional": " (optional, Enter to skip)",
    "needed": "This has to be answered.",
    "several": "several, with commas between: 1,3",
    "one_a_line": "one a line, an empty line ends the list",
    "fill_in": "Fill it in? [y/N]",
    "another": "Another one? [y/N]",
    "item": "item {}",
    "findings": "{} finding(s)",
    "no_findings": "no findings",
    "on_the_spot": "on the spot",
    "within": "within {} working day(s)",
    "department": "by {}",
    "remark": "remark: {}",
    "score": "score {} of {}",
    "grade": "grade {}",
    "start": "to begin with",
    "counts": "rates",
    "counted": "counts",
    "not_counted": "counts against",
    "left_out": "does not count",
    "dropped": "does not apply with the other answers, and is not kept: {}",
    "refused": "{} problem(s): these answers would not be taken",
    "by_code": "(found by the plugin's code)",
}


class Wording:
    """Words in one language, by what they are for: `say.needed`, `say.item(2)`."""

    def __init__(self, lang: Lang) -> None:
        self._words = _ZH if lang == "zh" else _EN
        self.yes = self._words["yes"]
        self.no = self._words["no"]
        self.optional = self._words["optional"]
        self.needed = self._words["needed"]
        self.several = self._words["several"]
        self.one_a_line = self._words["one_a_line"]
        self.fill_in = self._words["fill_in"]
        self.another = self._words["another"]

    def item(self, number: int) -> str:
        """What one item of a list is called."""
        return self._words["item"].format(number)

    def of(self, what: str, *facts: object) -> str:
        """What is said of `what`, with `facts` filled in."""
        return self._words[what].format(*facts)

    def is_yes(self, text: str) -> bool:
        """Whether what was typed means yes."""
        return text.strip().casefold() in _YES

    def is_no(self, text: str) -> bool:
        """Whether what was typed means no."""
        return text.strip().casefold() in _NO
