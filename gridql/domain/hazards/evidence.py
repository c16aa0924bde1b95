"""Photographs as evidence: what is kept of them, and what they have to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from gridql.errors import Fault, invalid, storable, text_faults
from gridql.forms.compiled import compiled
from gridql.rows import utc_text

MOST_PHOTOS = 9
LONGEST_URI = 1000
LONGEST_CAPTION = 200

_URI = compiled({"type": "string", "format": "uri"})
_SCHEMES = frozenset({"https", "http"})
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Photo:
    """Where a photograph lies, with the hash of its content; as in `schemas/photo.json`."""

    uri: str
    sha256: str
    taken_at: datetime | None = None
    caption: str | None = None

    def document(self) -> dict[str, Any]:
        """What is kept of it, as the API names it."""
        found: dict[str, Any] = {"uri": self.uri, "sha256": self.sha256}
        if self.taken_at is not None:
            found["takenAt"] = utc_text(self.taken_at)
        if self.caption is not None:
            found["caption"] = self.caption
        return found


def documents(photos: Sequence[Photo]) -> list[dict[str, Any]]:
    """What is kept of all of them, in their order."""
    return [photo.document() for photo in photos]


def evidence_faults(path: str, photos: Sequence[Photo], *, least: int) -> list[Fault]:
    """Everything that is wrong with the photographs at `path` of the input."""
    faults = []
    if not least <= len(photos) <= MOST_PHOTOS:
        faults.append(
            invalid(
                path,
                f"照片应为 {least} 至 {MOST_PHOTOS} 张。",
                f"There have to be {least} to {MOST_PHOTOS} photographs.",
            )
        )
    if len(photos) > MOST_PHOTOS:
        return faults
    seen: set[str] = set()
    for number, photo in enumerate(photos):
        faults += _photo_faults(f"{path}/{number}", photo)
        if photo.sha256 in seen:
            faults.append(
                invalid(f"{path}/{number}/sha256", "照片重复。", "This photograph is there twice.")
            )
        seen.add(photo.sha256)
    return faults


def _photo_faults(path: str, photo: Photo) -> list[Fault]:
    faults = []
    if not _is_address(photo.uri):
        faults.append(
            invalid(
                f"{path}/uri",
                "照片地址应为 https 或 http 网址，不含用户名和密码，最多 1000 个字符。",
                "The address has to be an https or http URL, without user and password, of at "
                "most 1000 characters.",
            )
        )
    if not _SHA256.fullmatch(photo.sha256):
        faults.append(
            invalid(
                f"{path}/sha256",
                "SHA-256 应为 64 位小写十六进制。",
                "A SHA-256 has 64 hexadecimal digits, in small letters.",
            )
        )
    return faults + text_faults(
        f"{path}/caption",
        photo.caption,
        "照片说明应为 1 至 200 个字。",
        "A caption has 1 to 200 characters.",
        least=1,
        most=LONGEST_CAPTION,
    )


def _is_address(uri: str) -> bool:
    """Whether it is one that a page can show: others would be run by it, or tell a password."""
    if len(uri) > LONGEST_URI or not storable(uri) or not _URI.is_valid(uri):
        return False
    parts = urlsplit(uri)
    return parts.scheme in _SCHEMES and bool(parts.hostname) and "@" not in parts.netloc
