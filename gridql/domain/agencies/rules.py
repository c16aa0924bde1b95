"""Webhooks: what can be registered, how one stands, and when a delivery is tried again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from gridql.domain.agencies.addresses import is_public
from gridql.errors import Fault, ProblemCode, invalid, storable, text_faults
from gridql.words import Word


class WebhookStatus(Word):
    """Whether a webhook is being delivered."""

    ACTIVE = "ACTIVE", "Events are sent as they happen."
    PARKED = "PARKED", "It stands at an event that could not be delivered; nothing is left out."
    DISABLED = "DISABLED", "Nothing is sent until it is resumed."


class WebhookReason(Word):
    """Why a webhook is not being delivered."""

    OWNER = "OWNER", "Its account has disabled it."
    TRIES_EXHAUSTED = "TRIES_EXHAUSTED", "An event could not be delivered, however often tried."
    GONE = "GONE", "The endpoint answered 410 Gone: it wants nothing more."
    CURSOR_EXPIRED = "CURSOR_EXPIRED", "It stands at a place that followers are not kept any more."
    SELECTION_INVALID = "SELECTION_INVALID", "Its selection or filter does not fit the schema now."
    NOT_ALLOWED = "NOT_ALLOWED", "Its account is disabled, or may not have webhooks any more."


class DeliveryOutcome(Word):
    """What came of one try to deliver an event."""

    DELIVERED = "DELIVERED", "The endpoint took it: it answered 2xx."
    FAILED = "FAILED", "It was not taken; the webhook says when it is tried again."
    PARKED = "PARKED", "It was not taken, and that was the last try: the webhook is parked."


class DeliveryFailure(Word):
    """Why a try to deliver an event failed."""

    STATUS = "STATUS", "The endpoint answered, but not with 2xx."
    REDIRECT = "REDIRECT", "The endpoint answered with a redirect, which is not followed."
    GONE = "GONE", "The endpoint answered 410 Gone; the webhook is disabled."
    TIMEOUT = "TIMEOUT", "It took longer than 15 seconds in all."
    TOO_LONG = "TOO_LONG", "The answer was longer than 64 KB."
    NO_ADDRESS = "NO_ADDRESS", "The host has no address, or its name could not be looked up."
    ADDRESS_REFUSED = (
        "ADDRESS_REFUSED",
        "An address of the host is not one of the public internet: nothing is sent there.",
    )
    UNREACHABLE = "UNREACHABLE", "No connection could be made."
    TLS = "TLS", "No secure connection: the certificate is not valid for the host, or TLS failed."
    BROKEN_OFF = "BROKEN_OFF", "The connection broke off, or the answer was not HTTP."
    EVENT = "EVENT", "The event could not be put together; the operator's log says why."


MOST_WEBHOOKS = 100
"""Of one account."""
LONGEST_LABEL = 100
LONGEST_URL = 2000
LONGEST_SELECTION = 20_000
LONGEST_NAME = 36
"""Of a courier."""
LONGEST_DETAIL = 200
"""Characters that are kept of what an endpoint answers."""

_FIRST_LINE = 3
"""The line of the document that a selection begins in."""

_URL = re.compile(r"[!-\[\]-~]+", re.ASCII)
"""Visible ASCII but the backslash, which some take for a slash."""
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?", re.ASCII)
_OF_THIS_MACHINE = re.compile(r"(.+\.)?localhost\.?", re.ASCII)


def document(selection: str) -> str:
    """The subscription that says of each event what a webhook sends."""
    return (
        "subscription Webhook($filter: HazardEventFilter) {\n"
        "  hazardUpdates(filter: $filter)\n"
        f"{selection}\n"
        "}"
    )


def event_type(kind: str) -> str:
    """The CloudEvents type of an event about a hazard."""
    return f"gridql.hazard.{kind.lower()}"


def pause_s(pauses_s: Sequence[float], tries: int, chance: float) -> float | None:
    """How long to wait after so many failed tries; None after the last.

    Up to a tenth longer by `chance` (0 to 1), so that those who failed together do not come back
    together.
    """
    if tries > len(pauses_s):
        return None
    return pauses_s[tries - 1] * (1 + chance / 10)


def too_many() -> Fault:
    """What is said to an account that has as many webhooks as it may have."""
    return Fault(
        ProblemCode.CONFLICT,
        None,
        {
            "zh": f"每个账号最多 {MOST_WEBHOOKS} 个推送端点。",
            "en": f"An account has at most {MOST_WEBHOOKS} webhooks.",
        },
    )


def label_faults(label: str) -> list[Fault]:
    """What is wrong with what a webhook is called."""
    return text_faults(
        "/label",
        label,
        "名称应为 1 至 100 个字。",
        "A label has 1 to 100 characters.",
        least=1,
        most=LONGEST_LABEL,
    )


def selection_text_faults(selection: str) -> list[Fault]:
    """What is wrong with a selection before anybody parses it."""
    return text_faults(
        "/selection",
        selection,
        "选择集应为 2 至 20000 个字符。",
        "A selection has 2 to 20000 characters.",
        least=2,
        most=LONGEST_SELECTION,
    )


def selection_fault(message: str, line: int | None) -> Fault:
    """What the schema has against a selection, in the validator's words, and in which line."""
    if line is None:
        zh, en = "", ""
    else:
        within = max(1, line - _FIRST_LINE + 1)
        zh, en = f"（第 {within} 行）", f" (line {within})"
    return invalid("/selection", f"选择集无效：{message}{zh}", f"{message}{en}")


def url_faults(url: str, *, private_addresses: bool) -> list[Fault]:
    """What is wrong with where a webhook leads to, as far as its text tells.

    The addresses behind its name are looked at whenever something is sent.
    """
    if len(url) > LONGEST_URL or not storable(url) or not _URL.fullmatch(url):
        return [
            _url(
                "网址应为 1 至 2000 个可见 ASCII 字符，不含空格和反斜杠。",
                "A URL has 1 to 2000 visible ASCII characters, without spaces or backslashes; "
                "other names of hosts are written in punycode.",
            )
        ]
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return [_url("网址的主机或端口无效。", "The host or the port is not valid.")]
    faults = []
    schemes = ("https", "http") if private_addresses else ("https",)
    if parts.scheme not in schemes:
        faults.append(_url("网址必须以 https:// 开头。", "It has to begin with https://."))
    if parts.username is not None or parts.password is not None:
        faults.append(
            _url(
                "网址不能包含用户名或密码。",
                "No user or password in it: the signature says who sends.",
            )
        )
    if "#" in url:
        faults.append(_url("网址不能包含 # 片段。", "No fragment (#) in it: it is never sent."))
    if port == 0:
        faults.append(_url("端口无效。", "The port is not valid."))
    faults += _host_faults(host, private_addresses)
    return faults


def _host_faults(host: str, private_addresses: bool) -> list[Fault]:
    try:
        address = str(ip_address(host))
    except ValueError:
        if not _HOST.fullmatch(host) or len(host) > 253:
            return [_url("网址的主机无效。", "The host is not valid.")]
        refused = _OF_THIS_MACHINE.fullmatch(host) is not None
    else:
        refused = not is_public(address)
    if refused and not private_addresses:
        return [
            _url(
                "该地址不是公网地址，不能作为接收端。",
                "This is no address of the public internet: nothing is sent there.",
            )
        ]
    return []


def _url(zh: str, en: str) -> Fault:
    return invalid("/url", zh, en)
