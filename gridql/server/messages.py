"""The messages of the protocol `graphql-transport-ws`, as text and as values.

Follows PROTOCOL.md of the graphql-ws project; a message that does not is answered by closing the
socket with 4400.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

import orjson

from gridql.graph.executor import Request
from gridql.server.refusals import BadRequest
from gridql.server.requests import from_members, kind

PROTOCOL = "graphql-transport-ws"

MAX_ID_LENGTH = 255
"""Characters in the id of an operation; clients use a UUID or a small number."""

_MAX_REASON_BYTES = 123  # RFC 6455, 5.5: a control frame holds 125 bytes, 2 of them the code


class CloseCode(IntEnum):
    """Why the server ended the connection."""

    INTERNAL = 1011
    TRY_AGAIN_LATER = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INITIALISATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITIALISATIONS = 4429


class Violation(Exception):
    """The client broke the protocol: the socket is closed with this code and reason."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        # A reason may repeat what the client sent; it has to fit, whole characters only.
        self.code = code
        self.reason = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")
        super().__init__(f"{code}: {self.reason}")


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    """The first message: who is calling."""

    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong with the same payload."""

    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a ping, or a sign of life of its own."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Run this operation and send its answers under this id."""

    id: str
    request: Request


@dataclass(frozen=True, slots=True)
class Complete:
    """The client wants no more answers under this id."""

    id: str


ClientMessage = ConnectionInit | Ping | Pong | Subscribe | Complete


def read(text: str) -> ClientMessage:
    """The message that `text` stands for. Raises Violation (4400)."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as cause:
        raise _bad(f"The message is not JSON: {cause}") from cause
    if not isinstance(message, dict):
        raise _bad(f"A message is an object, not {kind(message)}")
    payload = message.get("payload")
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_optional_object("connection_init", payload) or {})
        case "ping":
            return Ping(_optional_object("ping", payload))
        case "pong":
            _optional_object("pong", payload)
            return Pong()
        case "subscribe":
            operation_id = _id("subscribe", message)
            if not isinstance(payload, dict):
                raise _bad(f"subscribe: payload must be an object, not {kind(payload)}")
            try:
                return Subscribe(operation_id, from_members(payload))
            except BadRequest as cause:
                raise _bad(f"subscribe: {cause}") from cause
        case "complete":
            return Complete(_id("complete", message))
        case str() as other:
            raise _bad(f"A client does not send messages of type {other!r}")
        case other:
            raise _bad(f"A message's type must be a string, not {kind(other)}")


def connection_ack() -> str:
    """The text that accepts a connection_init."""
    return '{"type":"connection_ack"}'


def pong(payload: dict[str, Any] | None) -> str:
    """The text that answers a ping."""
    if payload is None:
        return '{"type":"pong"}'
    return orjson.dumps({"type": "pong", "payload": payload}).decode()


def answer(operation_id: str, kind: Literal["next", "error"], payload: bytes) -> str:
    """The text of an answer whose payload is JSON already."""
    head, tail = around(operation_id, kind)
    return (head + payload + tail).decode()


def around(operation_id: str, kind: Literal["next", "error"] = "next") -> tuple[bytes, bytes]:
    """What stands before and after the payload of an answer."""
    return b'{"id":%s,"type":"%s","payload":' % (orjson.dumps(operation_id), kind.encode()), b"}"


def complete(operation_id: str) -> str:
    """The text that says that an operation has ended."""
    return orjson.dumps({"id": operation_id, "type": "complete"}).decode()


def _id(kind_of_message: str, message: dict[str, Any]) -> str:
    given = message.get("id")
    if not isinstance(given, str):
        raise _bad(f"{kind_of_message}: id must be a string, not {kind(given)}")
    if not 0 < len(given) <= MAX_ID_LENGTH:
        raise _bad(f"{kind_of_message}: id must have 1 to {MAX_ID_LENGTH} characters")
    return given


def _optional_object(kind_of_message: str, payload: object) -> dict[str, Any] | None:
    if payload is None or isinstance(payload, dict):
        return payload
    raise _bad(f"{kind_of_message}: payload must be an object, not {kind(payload)}")


def _bad(reason: str) -> Violation:
    return Violation(CloseCode.BAD_MESSAGE, reason)
