"""Global ids: `Type:key` as text, opaque by contract and cheap in SQL."""

from __future__ import annotations

from gridql.graph.kinds import Kind

LARGEST_KEY = 2**63 - 1


def encode_id(type_name: str, key: int | str) -> str:
    """The global id of the row of that type with that key."""
    return f"{type_name}:{key}"


def type_of_id(global_id: str) -> str:
    """The type that a global id names; empty for what is no global id."""
    name, colon, _ = global_id.partition(":")
    return name if colon else ""


def decode_id(type_name: str, kind: Kind, global_id: str) -> int | str | None:
    """The key in a global id of that type; None where it is of another type, or no id at all."""
    name, _, key = global_id.partition(":")
    if name != type_name or not (key.isascii() and key.isdigit()):
        return None
    if kind is not Kind.INTEGER:
        return key
    number = int(key[:20])
    # One way only to write an id, so that ids can be compared as they stand.
    return number if number <= LARGEST_KEY and str(number) == key else None
