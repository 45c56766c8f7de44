"""Links of aggregators: the article's address where it stands in the link, in its bytes, or on the page behind it.

Which services wrap or hide addresses, and how, is data (``web.toml``). What cannot be found out offline is asked for
by plain GETs, within a run's budget, and asked for again later; nothing is guessed.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import html
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit, urlunsplit

from flows.capture import urls
from flows.encoding import decode
from flows.web import Hider, WebRules

HIDDEN = "hidden address"
"""The kind of failure: the link is there, but nothing tells where it leads."""
FIRST_LOOK, LAST_LOOK = dt.timedelta(hours=6), dt.timedelta(days=7)
_WRAPPINGS = 3
"""Wrappings of one link that are undone: a cache in a redirect in an alert."""
_SCHEMES = ("http://", "https://")
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def reveal(url: str, rules: WebRules) -> tuple[str, str]:
    """What can be told of a link without asking anybody.

    Returns:
        The address to fetch, and the address by which its entry is known: the same, but for links that hide the
        article's address, which are known by their path alone (their query tells who asks).

    Raises:
        UrlError: the link is no http address.
    """
    address = url
    for _ in range(_WRAPPINGS):
        inner = _unwrapped(address, rules)
        if inner is None:
            break
        address = inner
    hider = rules.hider(address)
    if hider is None:
        return address, address
    found = _packed(hider, address)
    if found is not None:
        return found, found
    parts = urls.split(address)
    return address, urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def find_address(body: bytes, content_type: str, link: str, hider: Hider) -> str | None:
    """The article's address on the page behind a link, outside the service's own hosts; None where it shows none."""
    text, _ = decode(body, content_type)
    here = _domain(link)
    for pattern in hider.finds:
        for match in pattern.finditer(text):
            address = html.unescape(match["address"])
            if _domain(address) != here and _is_address(address):
                return address
    return None


def elsewhere(link: str, final: str) -> bool:
    """Whether a request for a link ended outside the service that made the link."""
    return bool(_domain(final)) and _domain(final) != _domain(link)


def next_look(failures: int, now: dt.datetime) -> dt.datetime:
    """When to ask a service again for an address that it did not tell: ever more rarely, never given up."""
    return now + min(LAST_LOOK, FIRST_LOOK * float(2 ** min(failures, 8)))


def _unwrapped(url: str, rules: WebRules) -> str | None:
    for pattern in rules.wrapped:
        match = pattern.match(url)
        if match is None:
            continue
        address = match["address"]
        if "%3a" in address.lower() and "://" not in address:
            address = unquote(address)
        if not address.lower().startswith(_SCHEMES):
            secure = "secure" in pattern.groupindex and match["secure"]
            address = f"{'https' if secure else 'http'}://{address}"
        if address != url and _is_address(address):
            return address
    return None


def _is_address(address: str) -> bool:
    try:
        urls.normalize(address)
    except urls.UrlError:
        return False
    return True


def _packed(hider: Hider, link: str) -> str | None:
    """The address in a link's token: base64 (RFC 4648, 5) of a protocol buffer with an address among its strings."""
    match = hider.pattern.match(link)
    token = match["token"].rstrip("=") if match else ""
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    for value in _strings(data):
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if text.startswith(_SCHEMES) and _is_address(text):
            return text
    return None


def _strings(data: bytes) -> Iterator[bytes]:
    """The length-delimited fields of a protocol buffer, in order; what breaks off ends it."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        kind = key & 7
        if kind == _VARINT:
            _, position = _varint(data, position)
        elif kind == _BYTES:
            size, position = _varint(data, position)
            if position + size > len(data):
                return
            yield data[position : position + size]
            position += size
        elif kind in {_FIXED64, _FIXED32}:
            position += 8 if kind == _FIXED64 else 4
        else:
            return


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(data) and shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    return value, len(data) + 1


def _domain(url: str) -> str:
    """The last two labels of an address's host."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host if host.replace(".", "").isdigit() or ":" in host else ".".join(host.rstrip(".").split(".")[-2:])
