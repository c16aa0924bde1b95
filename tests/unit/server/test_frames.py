"""What is written to a WebSocket without the library, and when it is not."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from gridql.server.protocols import Wire


class Peer:
    """A transport whose other end keeps what comes."""

    def __init__(self) -> None:
        self.stream = StreamReader()
        self.closing = False

    @property
    def wire(self) -> Wire:
        """A wire to it."""
        transport = SimpleNamespace(write=self.stream.feed_data, is_closing=lambda: self.closing)
        return Wire(cast(Any, transport))


@pytest.mark.parametrize("size", [2, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_text_of_any_length_comes_in_one_frame(size: int) -> None:
    peer = Peer()
    payload = b"<" + b"x" * (size - 2) + b">"

    assert peer.wire.sender(payload[:1], payload[-1:])(payload[1:-1])

    frame = done(Frame.parse(peer.stream.read_exact, mask=False, max_size=None))
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, payload)


@pytest.mark.parametrize("why", ["no room", "closing"])
def test_nothing_is_written_where_it_would_wait_or_nobody_is_there(why: str) -> None:
    peer = Peer()
    wire = peer.wire
    wire.room, peer.closing = why != "no room", why == "closing"

    assert not wire.sender(b"<", b">")(b"x")
    assert peer.stream.buffer == b""


def done(parsing: Generator[None, None, Frame]) -> Frame:
    """What a parser gives that has all that it needs."""
    with pytest.raises(StopIteration) as stopped:
        next(parsing)
    frame: Frame = stopped.value.value
    return frame
