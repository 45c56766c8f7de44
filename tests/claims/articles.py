"""Articles made up for tests."""

from __future__ import annotations

import datetime as dt

from flows.model import JST, Article

DAY = dt.datetime(2025, 3, 6, 12, tzinfo=JST)


def article(text: str, **changes: object) -> Article:
    fields: dict[str, object] = {
        "article_id": "a",
        "url": "http://a.example/1",
        "feed_url": None,
        "publisher": "P",
        "title": "ディープシークの動き",
        "author": None,
        "published_at": DAY,
        "modified_at": None,
        "language": "ja",
        "relevant": True,
        "text": text,
        "content_hash": "h",
        "revision": 1,
        "seen_at": DAY,
        "raw_path": "r",
    }
    return Article(**{**fields, **changes})  # type: ignore[arg-type]
