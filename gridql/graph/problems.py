"""Problems as payloads carry them: what stands in the way, where, in the caller's language."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from gridql.errors import Fault, Lang, ProblemCode
from gridql.graph.enums import graphql_enum

graphql_enum(ProblemCode)


@strawberry.type(description="Something that the caller can mend; nothing was written.")
class Problem:
    code: ProblemCode = strawberry.field(description="What kind of thing it is; permanent.")
    path: str | None = strawberry.field(
        description="JSON Pointer into the input; null where it is about the whole."
    )
    message: str = strawberry.field(description="What is wrong, in the caller's language.")


def problems_of(faults: Sequence[Fault], lang: Lang) -> list[Problem]:
    """The faults as a payload shows them."""
    return [Problem(code=f.code, path=f.path, message=f.message(lang)) for f in faults]
