"""How the graph says that an operation asks for more than it may."""

from __future__ import annotations

from graphql import GraphQLError


def too_much(name: str, asked: int, most: int) -> GraphQLError:
    """The refusal of an operation that has `asked` of something of which `most` are allowed."""
    # A number of ten thousand digits says no more than its size.
    shown = str(asked) if asked < 10**15 else "over 10^15"
    return GraphQLError(
        f"The operation's {name.replace('_', ' ')} is {shown}, and may be {most} at most.",
        extensions={"code": "LIMIT_EXCEEDED", "limit": name, "allowed": most, "asked": shown},
    )


def too_many_feeds(most: int) -> GraphQLError:
    """The refusal of a subscription unlike `most` others that the account has here already."""
    return GraphQLError(
        f"Your account follows {most} different things here already, which is the most that it "
        "may: end some, or ask several the same.",
        extensions={"code": "LIMIT_EXCEEDED", "limit": "feeds", "allowed": most},
    )


def no_introspection() -> GraphQLError:
    """The refusal of an operation that asks for the schema where that is not told."""
    return GraphQLError(
        "The schema cannot be asked for here: introspection is switched off.",
        extensions={"code": "INTROSPECTION_DISABLED"},
    )
