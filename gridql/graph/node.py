"""The interface of everything with a global id."""

from __future__ import annotations

import strawberry


@strawberry.interface(description="Anything with an id: `node` finds it again.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Global id: stays the same, is unique over all types, and is opaque."
    )
