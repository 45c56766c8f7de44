"""One address for one article: URL normalization (RFC 3986, section 6) and the id that is derived from it.

Nothing here merges what may be two articles: query parameters that sites use to name an article (``id``, ``eid``,
``cid``, ``p``) stay, in their order, as do paths as they are written. Only what is known to track readers goes.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from flows.model import KawarabanError, digest_of


class UrlError(KawarabanError):
    """An address that cannot be that of an article: no http or https, no host, or not a URL at all."""


_TRACKERS = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igshid igsh mc_cid mc_eid _ga _gl "
    "_hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok vero_id vero_conv oly_anon_id oly_enc_id wickedid s_cid "
    "ncid icid ref_src ref_url cmpid ito rss_id xtor _openstat spm iref n_cid cx_testid at_medium at_campaign".split()
)
"""Parameters that tell publishers where a reader came from, lower-case."""

_TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "itm_", "hsa_", "stm_", "at_custom")
_ORIGIN_NAMES = frozenset("ref referrer referer from source src via medium cmp mode rss feed origin".split())
_ORIGIN_VALUES = re.compile(
    r"(?:rss|rss[\d.]+|atom|rdf|feed|feedburner|jsonfeed|twitter|facebook|line|hatena|newsletter|share|social)[\w.-]*",
    re.IGNORECASE,
)
"""``ref=rss`` and the like: a parameter about the origin is dropped only where its value names a feed or a network."""

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset("/!$&'()*+,;=:@")
_QUERY_SAFE = _PATH_SAFE | frozenset("?")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalize(url: str, base: str | None = None) -> str:
    """The canonical form of a link, resolved against ``base`` where one is given; idempotent.

    Lower-case scheme and host (IDNA), no default port, no credentials, no fragment, dot segments resolved, percent
    escapes in one notation, tracking parameters removed. Raises UrlError for what no article can be fetched from.
    """
    parts = split(url, base)
    host = _host(parts, url)
    port = _port(parts, url)
    netloc = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    path = _escaped(_without_dots(parts.path) or "/", _PATH_SAFE)
    query = "&".join(field for field in parts.query.split("&") if field and not _tracks(field))
    return urlunsplit((parts.scheme, netloc, path, _escaped(query, _QUERY_SAFE), ""))


def split(url: str, base: str | None = None) -> SplitResult:
    """The parts of a link as written, resolved against ``base``; UrlError where it is not http or https."""
    cleaned = re.sub(r"[\t\r\n]", "", url).strip(" \u3000\x00\ufeff").replace("\\", "%5C")
    try:
        joined = urljoin(base, cleaned) if base else cleaned
        parts = urlsplit(joined)
    except ValueError as error:
        raise UrlError(f"not an address: {url!r} ({error})") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise UrlError(f"not an http or https address: {url!r}")
    return parts


def join(base: str, link: str) -> str:
    """A link resolved against a base; the base where the link cannot be."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return base


def host_of(url: str) -> str:
    """The host of an address, lower-case, without port; an empty string where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def forms(url: str) -> list[str]:
    """The addresses under which one page may be stored: with http and https, with and without ``www.`` and a final
    slash. What is no address of the web has one form.
    """
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS:
        return [url]
    host, path = parts.netloc.removeprefix("www."), parts.path.rstrip("/")
    return [
        urlunsplit((scheme, prefix + host, path + slash, parts.query, ""))
        for scheme in ("http", "https")
        for prefix in ("", "www.")
        for slash in ("", "/")
    ]


def article_id(canonical_url: str) -> str:
    """The id of the article at a canonical URL: the same in every warehouse."""
    return digest_of(canonical_url)


def _host(parts: SplitResult, url: str) -> str:
    try:
        host = (parts.hostname or "").rstrip(".")
        if host and not host.isascii():
            host = host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError) as error:
        raise UrlError(f"no valid host in {url!r}") from error
    if ":" in host:
        return f"[{host}]"
    if not host or not re.fullmatch(r"[a-z0-9_.-]+", host) or host.startswith(".") or ".." in host:
        raise UrlError(f"no valid host in {url!r}")
    return host


def _port(parts: SplitResult, url: str) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise UrlError(f"no valid port in {url!r}") from error


def _without_dots(path: str) -> str:
    """A path without ``.`` and ``..`` segments (RFC 3986, 5.2.4), escaped or not; empty segments stay."""
    kept: list[str] = []
    segments = path.split("/")
    for number, segment in enumerate(segments):
        plain = re.sub(r"%2e", ".", segment, flags=re.IGNORECASE)
        if plain not in {".", ".."}:
            kept.append(segment)
            continue
        if plain == ".." and len(kept) > 1:
            kept.pop()
        if number == len(segments) - 1:
            kept.append("")
    joined = "/".join(kept)
    return joined if joined.startswith("/") or not joined else f"/{joined}"


def _escaped(text: str, safe: frozenset[str]) -> str:
    """Text with unreserved characters plain, others escaped in upper case, and stray percent signs made sound."""
    out: list[str] = []
    position = 0
    while position < len(text):
        match = _ESCAPE.match(text, position)
        if match:
            char = chr(int(match.group(1), 16))
            out.append(char if char in _UNRESERVED else f"%{match.group(1).upper()}")
            position += 3
            continue
        char = text[position]
        out.append(char if char in safe else "".join(f"%{b:02X}" for b in char.encode("utf-8", "replace")))
        position += 1
    return "".join(out)


def _tracks(field: str) -> bool:
    name, _, value = field.partition("=")
    name = name.lower()
    if name in _TRACKERS or name.startswith(_TRACKER_PREFIXES):
        return True
    return name in _ORIGIN_NAMES and _ORIGIN_VALUES.fullmatch(value) is not None
