"""WARC records as bytes, by WARC 1.1 (ISO 28500:2017): each a gzip member of its own, so that it can be read alone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid
import zlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from flows.capture.client import Response
from flows.model import digest_of

_LEVEL = 6
"""zlib's own default: a quarter less time than the highest level, for one byte in a hundred."""


def warcinfo(name: str, software: str, at: dt.datetime) -> bytes:
    """The record that a file begins with: its name, and what wrote it."""
    stem = name.partition(".")[0]
    fields = {"software": software, "format": "WARC File Format 1.1", "isPartOf": stem}
    block = "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode()
    named = {"WARC-Filename": name, "Content-Type": "application/warc-fields"}
    return _record("warcinfo", record_id("warcinfo", name), at, named, block)


def exchange(response: Response, at: dt.datetime, reason: str, place: str) -> bytes:
    """An answer and its request, two records that name each other; ``place`` is where the first will lie.

    The body is kept as it came, in its content coding but without its chunks; so the header that announces chunks is
    renamed, as other crawlers do.
    """
    answered, asked = record_id("response", place), record_id("request", place)
    kept = [(f"X-Crawler-{k}" if k.lower() == "transfer-encoding" else k, v) for k, v in response.headers]
    head = _head(f"HTTP/1.1 {response.status} {response.reason_phrase}".rstrip(), kept)
    about = {"WARC-Target-URI": response.final_url, "WARC-Concurrent-To": asked, "WARC-Fetch-Reason": reason}
    about |= {"Content-Type": "application/http; msgtype=response", "WARC-Payload-Digest": digest(response.raw)}
    parts = urlsplit(response.final_url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = _head(f"GET {target} HTTP/1.1", response.request_headers)
    told = {"WARC-Target-URI": response.final_url, "WARC-Concurrent-To": answered, "WARC-Fetch-Reason": reason}
    told["Content-Type"] = "application/http; msgtype=request"
    return _record("response", answered, at, about, head + response.raw) + _record("request", asked, at, told, request)


def resource(url: str, body: bytes, content_type: str, at: dt.datetime, reason: str, place: str) -> bytes:
    """A file that no request brought."""
    about = {"WARC-Target-URI": url, "WARC-Fetch-Reason": reason, "Content-Type": content_type}
    return _record("resource", record_id("resource", place), at, about, body)


def record_id(kind: str, place: str) -> str:
    """A record's id, derived from its place, so that the same captures give the same file."""
    return f"<{uuid.UUID(digest_of(kind, place, size=32)).urn}>"


def digest(data: bytes) -> str:
    """A digest as WARC files name it: the algorithm, and the sum in base 32."""
    return f"sha1:{base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"


def _record(kind: str, identity: str, at: dt.datetime, named: dict[str, str], block: bytes) -> bytes:
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": identity,
        "WARC-Date": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **named,
        "WARC-Block-Digest": digest(block),
        "Content-Length": str(len(block)),
    }
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return engine.compress(_head("WARC/1.1", fields.items()) + block + b"\r\n\r\n") + engine.flush()


def _head(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in fields)]
    # What breaks a line would break the record.
    return "".join(f"{' '.join(line.splitlines())}\r\n" for line in [*lines, ""]).encode("utf-8", "replace")
