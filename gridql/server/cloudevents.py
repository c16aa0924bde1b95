"""What is sent of an event: CloudEvents 1.0 in structured JSON, signed after Standard Webhooks."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from gridql import __version__, clock
from gridql.domain.agencies.rules import event_type
from gridql.domain.agencies.signatures import sign
from gridql.graph.ids import encode_id
from gridql.journal import cursor
from gridql.journal.tail import Numbered

CONTENT_TYPE = "application/cloudevents+json"


def event_id(entry: Numbered) -> str:
    """The id of the event in every message about it, however often it is sent."""
    return encode_id("HazardEvent", entry.id)


def body(entry: Numbered, occurred_at: str, source: str, data: object) -> bytes:
    """The event, with `data` as what was selected of it.

    The extension attribute `cursor` is where it stands in the journal.
    """
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": event_id(entry),
            "source": source,
            "type": event_type(entry.kind),
            "subject": encode_id(entry.subject_type, entry.subject_id),
            "time": occurred_at,
            "datacontenttype": "application/json",
            "cursor": cursor.encode(entry.position),
            "data": data,
        }
    )


def headers(secrets: Sequence[str], message_id: str, body: bytes) -> dict[str, str]:
    """The headers of a message that is sent now, with a signature for each secret."""
    timestamp = str(int(clock.now().timestamp()))
    return {
        "content-type": CONTENT_TYPE,
        "user-agent": f"gridql/{__version__}",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": sign(secrets, message_id, timestamp, body),
    }
