"""Reading the headers in which a client says what it sends, what it takes and in which language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from gridql.errors import LANGS, Lang
from gridql.server.refusals import HttpFault

GRAPHQL_RESPONSE = "application/graphql-response+json"
PLAIN_JSON = "application/json"
EVENTS = "text/event-stream"
_OFFERED = ", ".join((GRAPHQL_RESPONSE, PLAIN_JSON, EVENTS))
UTF_8 = frozenset({"utf-8", "utf8"})

# The rank of a range that names the type fully, by its kind only, or not at all (RFC 9110, 12.5.1).
_EXACT, _KIND, _ANY = 2, 1, 0


def not_acceptable() -> HttpFault:
    """The client takes none of the types in which answers are written."""
    return HttpFault(
        406,
        "NOT_ACCEPTABLE",
        {
            "zh": f"服务器只能以 {_OFFERED} 应答，请检查 Accept。",
            "en": f"Answers come as {_OFFERED}; Accept allows none of them.",
        },
    )


def unsupported_type(given: str) -> HttpFault:
    """The body's type, charset or coding is not one that the server reads."""
    return HttpFault(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        {
            "zh": f"请求正文须为 {PLAIN_JSON}（UTF-8，不压缩），收到的是：{given}。",
            "en": f"The body must be {PLAIN_JSON} (UTF-8, not compressed), but is {given}.",
        },
        headers={"accept-encoding": "identity"},
        leaves_body_unread=True,
    )


@lru_cache(maxsize=64)
def response_type(accept: str) -> str | None:
    """The media type to answer with; None where `accept` allows neither.

    A client that says nothing, or that takes anything, gets `application/json`: it is either a
    person or a program from before `application/graphql-response+json`. Of two types that are
    wanted alike, the newer one is chosen.
    """
    if not accept.strip():
        return PLAIN_JSON
    wanted = {GRAPHQL_RESPONSE: (-1, 0.0), PLAIN_JSON: (-1, 0.0)}
    for media_range, parameters, quality in _entries(accept):
        if parameters.get("charset", "utf-8").lower() not in UTF_8:
            continue
        for media_type, (rank, _) in wanted.items():
            here = _rank(media_range, media_type)
            if here is not None and here > rank:
                wanted[media_type] = (here, quality)
    newer, plain = wanted[GRAPHQL_RESPONSE], wanted[PLAIN_JSON]
    if max(newer[1], plain[1]) == 0:
        return None
    if newer[1] == plain[1] and newer[0] != _EXACT:
        return PLAIN_JSON
    return GRAPHQL_RESPONSE if newer[1] >= plain[1] else PLAIN_JSON


@lru_cache(maxsize=64)
def takes_events(accept: str) -> bool:
    """Whether `accept` names server-sent events: who takes anything has not asked for them."""
    return any(name == EVENTS and quality > 0 for name, _, quality in _entries(accept))


@lru_cache(maxsize=64)
def language(accept_language: str) -> Lang:
    """The one of gridql's languages that the client likes best; Chinese where it names none."""
    best: Lang = LANGS[0]
    best_quality = 0.0
    for tag, _, quality in _entries(accept_language):
        main = tag.partition("-")[0]
        for lang in LANGS:
            if main == lang and quality > best_quality:
                best, best_quality = lang, quality
    return best


def check_body_type(content_type: str, content_encoding: str) -> None:
    """Raise HttpFault (415) for a body that is not uncompressed JSON in UTF-8."""
    if content_encoding.strip().lower() not in ("", "identity"):
        raise unsupported_type(f"Content-Encoding: {content_encoding}")
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    if media_type.lower() != PLAIN_JSON:
        raise unsupported_type(media_type or "—")
    charset = _parameters(parameters).get("charset", "utf-8")
    if charset.lower() not in UTF_8:
        raise unsupported_type(content_type)


def _rank(media_range: str, media_type: str) -> int | None:
    if media_range == media_type:
        return _EXACT
    if media_range == "application/*":
        return _KIND
    return _ANY if media_range == "*/*" else None


def _entries(header: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Each entry of a list with qualities: its name in small letters, parameters, quality."""
    for entry in header.split(","):
        name, *rest = (part.strip() for part in entry.split(";"))
        if name:
            parameters = _parameters(rest)
            yield name.lower(), parameters, _quality(parameters.pop("q", "1"))


def _parameters(parts: list[str]) -> dict[str, str]:
    pairs = (part.partition("=") for part in parts)
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
