"""How to show the questions: the UI schema may only speak of questions that there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gridql.forms.faults import FormFault
from gridql.forms.references import Dangling, Node, Shelf

ORDER = "ui:order"


def check_ui(ui: Node, questions: Node, shelf: Shelf) -> Iterator[FormFault]:
    """Every entry of the UI schema that no question answers to, and orders that leave one out."""
    if not isinstance(ui.value, dict):
        return
    try:
        about = shelf.resolve(questions).value
    except Dangling:
        return
    names = about.get("properties", {}) if isinstance(about, dict) else {}
    if not isinstance(names, dict):
        return
    for key in ui.value:
        if key.startswith("ui:"):
            continue
        if key == "items" and about.get("type") == "array" and "items" in about:
            yield from check_ui(ui.child(key), shelf.resolve(questions).child("items"), shelf)
        elif key in names:
            child = shelf.resolve(questions).child("properties", key)
            yield from check_ui(ui.child(key), child, shelf)
        else:
            place = ui.child(key)
            reason = f"there is no question {key!r}"
            yield place.source.fault(place.pointer, reason, "Name a question, or an `ui:` option.")
    if isinstance(ui.value.get(ORDER), list):
        yield from _order(ui.child(ORDER), names)


def _order(order: Node, names: dict[str, Any]) -> Iterator[FormFault]:
    for index, name in enumerate(order.value):
        if name != "*" and name not in list(names):
            place = order.child(index)
            reason = f"there is no question {name!r}"
            yield place.source.fault(place.pointer, reason, "Leave it out.")
    left_out = [name for name in names if name not in order.value]
    if left_out and "*" not in order.value:
        reason = f"the order leaves out {', '.join(left_out)}"
        yield order.source.fault(order.pointer, reason, 'Add "*" for all the others.')
