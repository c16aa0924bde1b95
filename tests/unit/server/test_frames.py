"""Frames that are written by hand, read by the library."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from gridql.server.protocols import text_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_text_of_any_length(size: int) -> None:
    payload = b"x" * size
    stream = StreamReader()
    stream.feed_data(text_frame(payload))

    frame = done(Frame.parse(stream.read_exact, mask=False, max_size=None))

    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, payload)


def done(parsing: Generator[None, None, Frame]) -> Frame:
    """What a parser gives that has all that it needs."""
    with pytest.raises(StopIteration) as stopped:
        next(parsing)
    frame: Frame = stopped.value.value
    return frame
