"""What a device sends twice under one client id: the same is kept once, anything else refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from tortoise.models import Model

from gridql.errors import Refusal, client_id_taken

M = TypeVar("M", bound=Model)


def the_same(earlier: M, about: Mapping[str, Any], sent: Mapping[str, Any]) -> M:
    """The row of the first time, when what came now says the same of the same subject.

    `about` holds the columns that say what it is about, and all of them have to be equal; in `sent`
    a column that is None was left out, and matches whatever the first time said. Raises CONFLICT.
    """
    given = {name: value for name, value in sent.items() if value is not None}
    if all(getattr(earlier, name) == value for name, value in {**about, **given}.items()):
        return earlier
    raise Refusal([client_id_taken()])
