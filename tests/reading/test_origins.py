"""Who wrote what a portal shows: where the page names the outlet, and never the portal itself."""

from __future__ import annotations

import json

import pytest

from flows.reading.cleaning import load_rules
from flows.reading.origins import find_origin
from flows.web import load_web_rules
from seeds import load_seeds
from seeds.loader import BUNDLED

RULES, WEB = load_rules(BUNDLED), load_web_rules(load_seeds(BUNDLED))
YAHOO = "https://news.yahoo.co.jp/articles/abc"
BODY = "<h1>題</h1><p>本文がここにある。</p>"


def linked(**members: object) -> str:
    data = json.dumps({"@type": "NewsArticle", "headline": "題", **members}, ensure_ascii=False)
    return f'<script type="application/ld+json">{data}</script>{BODY}'


def origin(page: str, url: str = YAHOO) -> str | None:
    portal = WEB.portal(url)
    assert portal is not None
    return find_origin(page.encode(), "text/html; charset=utf-8", url, portal, RULES)


@pytest.mark.parametrize(
    ("page", "outlet"),
    [
        (linked(author={"@type": "Organization", "name": "みなと新聞"}, publisher={"name": "Yahoo!ニュース"}), "みなと新聞"),
        (linked(provider={"name": "みなと新聞"}, author={"name": "記者 太郎"}), "みなと新聞"),
        (linked(author={"name": "Yahoo!ニュース オリジナル"}) + "<p>1/28(火) 12:30配信 みなと新聞</p>", "みなと新聞"),
        (BODY + "<p>みなと新聞 配信</p>", "みなと新聞"),
        (BODY + "<p>1/28(火) 12:30配信</p><div>提供:みなと新聞</div>", "みなと新聞"),
        (linked(author={"name": "Yahoo! JAPAN"}), None),
        (BODY, None),
        (BODY + "<p>サービスは世界中の利用者に向けて動画を配信。提供地域は来月から広がる見通しだと会社は説明している。</p>", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_outlet_is_what_the_page_names(page: str, outlet: str | None) -> None:
    assert origin(page) == outlet


def test_a_meta_element_names_it_where_the_portal_has_one() -> None:
    assert origin('<meta name="provider" content="みなと新聞">' + BODY, "https://www.msn.com/ja-jp/1") == "みなと新聞"


def test_an_outlets_own_site_is_no_portal() -> None:
    assert WEB.portal("https://www.shimbun.example/1") is None
