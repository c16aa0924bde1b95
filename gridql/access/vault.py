"""Sealed personal data: encrypted with its place, found by blind index, shown masked.

A sealed text is `<key id>.<base64url of nonce and ciphertext>`, AES-256-GCM with
"table.column|row key" as associated data: moved to another row or column, it does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
import unicodedata
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gridql import clock
from gridql.errors import SetupError

_KEY_BYTES = 32
_NONCE_BYTES = 12
_SEPARATORS = re.compile(r"[\s\-‐-―()()·.]+")
_COUNTRY = re.compile(r"^(\+|00)86(?=\d{11}$)")


class Unsealable(Exception):
    """A sealed text was changed, moved from its row, or sealed with a key that is not here."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one installation: any number to open with, one of them to seal with."""

    sealing: Mapping[str, bytes] = field(repr=False)
    current: str
    index: bytes = field(repr=False)
    """Never changes: with another one, what is stored is no longer found."""

    @classmethod
    def new(cls) -> Keys:
        """Fresh random keys."""
        return cls({"1": clock.random_bytes(_KEY_BYTES)}, "1", clock.random_bytes(_KEY_BYTES))

    @classmethod
    def parse(cls, text: str | bytes) -> Keys:
        """Read `{"current": "1", "sealing": {"1": base64}, "index": base64}`.

        Raises SetupError for anything else, without quoting it.
        """
        try:
            document = orjson.loads(text)
            sealing = {name: b64decode(key) for name, key in document["sealing"].items()}
            keys = cls(sealing, document["current"], b64decode(document["index"]))
        except (orjson.JSONDecodeError, Base64Error, KeyError, TypeError, AttributeError):
            raise SetupError("vault keys: not a JSON object of the expected shape") from None
        if any(len(key) != _KEY_BYTES for key in (*sealing.values(), keys.index)):
            raise SetupError(f"vault keys: every key has {_KEY_BYTES} bytes")
        if keys.current not in sealing or any("." in name for name in sealing):
            raise SetupError("vault keys: `current` names one of `sealing`; no name has a dot")
        return keys

    def dump(self) -> bytes:
        """The text that `parse` reads."""
        return orjson.dumps(
            {
                "current": self.current,
                "sealing": {name: b64encode(key).decode() for name, key in self.sealing.items()},
                "index": b64encode(self.index).decode(),
            }
        )


class Vault:
    """Seals and opens personal data, and makes the index by which it is found."""

    def __init__(self, keys: Keys) -> None:
        self._current = keys.current
        self._ciphers = {name: AESGCM(key) for name, key in keys.sealing.items()}
        self._index_key = keys.index

    @classmethod
    def open(cls, path: Path) -> Vault:
        """A vault with the keys in the file `path`, which is made, for its owner only, if absent.

        Raises SetupError if others may read the file, or it holds something else.
        """
        if not path.exists():
            _create(path, Keys.new().dump())
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SetupError(f"vault keys: {path} must be readable by its owner only (chmod 600)")
        return cls(Keys.parse(path.read_bytes()))

    def seal(self, table: str, column: str, row_key: UUID | str, plain: str) -> str:
        """`plain`, readable only with the key and only as this column of this row."""
        nonce = clock.random_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self._current]
        sealed = cipher.encrypt(nonce, plain.encode(), _place(table, column, row_key))
        return f"{self._current}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, table: str, column: str, row_key: UUID | str, sealed: str) -> str:
        """What `seal` was given for this place; raises Unsealable if it does not open."""
        key_id, _, body = sealed.partition(".")
        try:
            data = urlsafe_b64decode(body)
            nonce, ciphertext = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
            cipher = self._ciphers[key_id]
            return cipher.decrypt(nonce, ciphertext, _place(table, column, row_key)).decode()
        except (KeyError, ValueError, InvalidTag) as error:
            raise Unsealable(f"{table}.{column} of {row_key}") from error

    def index(self, table: str, column: str, plain: str) -> str:
        """The same 64 hex digits for all ways to write one value; it tells nothing else."""
        message = f"{table}.{column}|{normalise(plain)}".encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def normalise(plain: str) -> str:
    """One way to write a telephone or identity number: no separators, no +86, capital X."""
    text = unicodedata.normalize("NFKC", plain)
    return _COUNTRY.sub("", _SEPARATORS.sub("", text).upper())


def mask_phone(plain: str) -> str:
    """The first three and last four digits, 138****5678; nothing of a number below eleven."""
    return _mask(normalise(plain), 11)


def mask_id_number(plain: str) -> str:
    """The first three and last four characters: neither the district nor the birthday shows."""
    return _mask(normalise(plain), 15)


def _mask(text: str, expected: int) -> str:
    if len(text) < expected:
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


def _place(table: str, column: str, row_key: UUID | str) -> bytes:
    return f"{table}.{column}|{row_key}".encode()


def _create(path: Path, content: bytes) -> None:
    # Written whole under another name and then linked: of two processes that start at once, the
    # second finds the first one's keys, never half of them.
    draft = path.with_name(f".{path.name}.{clock.new_uuid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
