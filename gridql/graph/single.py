"""Whether a text is one subscription with one field, and nothing that was slipped in beside it."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from graphql import FieldNode, OperationType

from gridql.graph.context import Wrong
from gridql.graph.executor import Engine, Request
from gridql.graph.refusals import too_much
from gridql.graph.responses import Result

_MORE = "It says more than one selection: its braces do not match."


def faults(engine: Engine, document: str) -> Sequence[Wrong]:
    """What the engine has against the document, and whether it is more than it should be.

    The latter is for texts that were put together with one from outside.
    """
    operation = engine.operation(Request(document))
    if isinstance(operation, Result):
        return [_wrong(error) for error in orjson.loads(operation.body)["errors"]]
    if operation.kind is not OperationType.SUBSCRIPTION or len(operation.document.definitions) > 1:
        return [Wrong(_MORE, None)]
    fields = operation.definition.selection_set.selections
    if len(fields) > 1 or not isinstance(fields[0], FieldNode) or fields[0].directives:
        return [Wrong(_MORE, None)]
    cost, most = operation.measured.cost.of({}), engine.limits.cost
    return [Wrong(too_much("cost", cost, most).message, None)] if cost > most else []


def _wrong(error: dict[str, object]) -> Wrong:
    places: object = error.get("locations")
    line = places[0]["line"] if isinstance(places, list) and places else None
    return Wrong(str(error["message"]), line)
