"""A form asked on the terminal, question by question, in the order in which it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gridql.cli.plugin.answering import Reading, reading, resolved
from gridql.cli.plugin.wording import Wording
from gridql.errors import Fault, Lang
from gridql.forms import pointer as json_pointer
from gridql.forms.judge import Judge
from gridql.forms.settle import settling
from gridql.forms.version import FormVersion, Schema

Path = tuple[str | int, ...]
Hear = Callable[[], str]
"""The next line that was typed, without its end."""
Tell = Callable[[str], None]


class Interview:
    """One set of answers to one form, while it is given."""

    def __init__(self, form: FormVersion, lang: Lang, hear: Hear, tell: Tell) -> None:
        self._schema = form.schemas[lang]
        self._shown = form.ui_schemas[lang]
        self._lang = lang
        self._say = Wording(lang)
        self._hear = hear
        self._tell = tell
        self._judge = Judge(form)
        self._settle = settling(form.schema)
        self.answers: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        """Ask until the form is complete; what conditions switch off is not asked."""
        self._group(())
        # What was answered later may have switched on what was passed by.
        while faults := self._judge.judge(self.answers).faults:
            for fault in faults:
                self._tell(f"! {fault.message(self._lang)}")
            path = self._path(faults[0])
            if not path:
                break
            _drop(self.answers, path)
            self._question(path)
        return self.answers

    def _group(self, path: Path) -> None:
        """Ask the questions at `path`, each as soon as it is its turn and switched on."""
        asked: set[str] = set()
        while (name := next(self._open(path, asked), None)) is not None:
            asked.add(name)
            self._question((*path, name))

    def _open(self, path: Path, asked: set[str]) -> Iterator[str]:
        names = list(self._at(path)["properties"])
        order = self._shown_at(path).get("ui:order", ["*"])
        rest = [name for name in names if name not in order]
        for each in order:
            for name in rest if each == "*" else [each]:
                if name not in asked and self._is_on((*path, name)):
                    yield name

    def _question(self, path: Path) -> None:
        question = self._at(path)
        if question["type"] == "object":
            self._optional(path, question, lambda: self._inner(path))
        elif question["type"] == "array" and self._at((*path, 0))["type"] == "object":
            self._optional(path, question, lambda: self._items(path, question))
        else:
            self._one(path, question)

    def _inner(self, path: Path) -> None:
        _put(self.answers, path, {})
        self._group(path)

    def _optional(self, path: Path, question: Schema, ask: Callable[[], None]) -> None:
        """Ask for a group or a list, unless it may be left out and is."""
        self._head(path, question)
        if self._is_needed(path) or self._agreed(self._say.fill_in):
            ask()

    def _items(self, path: Path, question: Schema) -> None:
        _put(self.answers, path, [])
        least, most = question.get("minItems", 1), question.get("maxItems")
        count = 0
        while most is None or count < most:
            if count >= least and not self._agreed(self._say.another):
                return
            self._tell(f"  {self._say.item(count + 1)}")
            self._inner((*path, count))
            count += 1

    def _one(self, path: Path, question: Schema) -> None:
        """Ask one question until its answer is taken, or left out where it may be."""
        self._head(path, question)
        how = reading(self._schema, question, self._say)
        for line in how.choices:
            self._tell(f"  {line}")
        while True:
            text = self._answer(how)
            if text is None and "default" not in question:
                if not self._is_needed(path):
                    return
                self._tell(f"! {self._say.needed}")
                continue
            value = question["default"] if text is None else how.read(text)
            _put(self.answers, path, value)
            faults = self._faults_at(path)
            if not faults:
                return
            _drop(self.answers, path)
            for fault in faults:
                self._tell(f"! {fault.message(self._lang)}")

    def _answer(self, how: Reading) -> str | None:
        """What was typed; None for nothing. A list without choices goes on to an empty line."""
        lines = [self._hear()]
        while how.lines and lines[-1].strip():
            lines.append(self._hear())
        return "\n".join(lines).strip() or None

    def _agreed(self, what: str) -> bool:
        self._tell(f"  {what}")
        return self._say.is_yes(self._hear())

    def _head(self, path: Path, question: Schema) -> None:
        needed = "" if self._is_needed(path) else self._say.optional
        self._tell("")
        self._tell(f"{question.get('title', path[-1])}{needed}")
        if "description" in question:
            self._tell(f"  {question['description']}")

    def _is_on(self, path: Path) -> bool:
        """Whether an answer at `path` would be kept, given the answers so far."""
        tried = _copy(self.answers)
        _put(tried, path, "")
        return _holds(self._settle(tried), path)

    def _is_needed(self, path: Path) -> bool:
        """Whether the form wants an answer at `path`, given the answers so far."""
        tried = _copy(self.answers)
        _drop(tried, path)
        where = json_pointer.of(path)
        return any(fault.path == where for fault in self._judge.judge(tried).faults)

    def _faults_at(self, path: Path) -> list[Fault]:
        where = json_pointer.of(path)
        faults = self._judge.judge(self.answers).faults
        return [fault for fault in faults if json_pointer.covers(where, fault.path or "")]

    def _path(self, fault: Fault) -> Path:
        """The question that a fault is about."""
        path: Path = ()
        schema = self._schema
        for token in json_pointer.split(fault.path or ""):
            schema = resolved(self._schema, schema)
            if schema["type"] == "array":
                item = resolved(self._schema, schema["items"])
                if item["type"] != "object":
                    break
                path, schema = (*path, int(token)), item
            else:
                path, schema = (*path, token), schema["properties"][token]
        return path

    def _at(self, path: Path) -> Schema:
        schema = self._schema
        for step in path:
            inner = schema["items"] if isinstance(step, int) else schema["properties"][step]
            schema = resolved(self._schema, inner)
        return schema

    def _shown_at(self, path: Path) -> Schema:
        shown: Any = self._shown
        for step in path:
            shown = shown.get("items" if isinstance(step, int) else step, {})
        return dict(shown)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(each) for name, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _put(answers: Any, path: Path, value: Any) -> None:
    *parents, last = path
    for step in parents:
        answers = answers[step]
    if isinstance(last, int) and last == len(answers):
        answers.append(value)
    else:
        answers[last] = value


def _drop(answers: Any, path: Path) -> None:
    *parents, last = path
    for step in parents:
        answers = answers[step]
    if isinstance(answers, dict):
        answers.pop(last, None)


def _holds(answers: Any, path: Path) -> bool:
    for step in path:
        if isinstance(answers, dict) and step not in answers:
            return False
        answers = answers[step]
    return True
