"""The site's entrance, with all weeks, topics and the search; and a topic's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flows.digests.addresses import digest_file, topic_page
from flows.digests.site.frame import badge, claim_link, day, esc, page
from flows.digests.site.words import head_words, site_name, topic_words, value_of_claim
from flows.history import ClaimLine, DigestLine, TopicLines
from flows.model import STATEMENT
from seeds import Seeds

MOST_CLAIMS = 200
"""Claims that a topic's page lists; the search finds the others."""
MOST_RECENT = 12


def index_html(digests: Sequence[DigestLine], topics: Sequence[TopicLines], seeds: Seeds) -> str:
    """The entrance.

    Args:
        digests: all weeks, the newest first.
        topics: with how many claims each has.
        seeds: for labels.
    """
    name = site_name(seeds)
    weeks = "".join(
        f'<li><a href="{digest_file(d.week, d.lang, "html")}">{esc(d.subject, 200)}</a> '
        f'<span class="aside">{_span(d.week)}</span></li>\n'
        for d in digests
    )
    lines = "".join(
        f'<li><a href="{topic_page(t.topic)}">{esc(topic_words(t.topic, seeds))}</a> '
        f'<span class="aside">{t.claims}件</span></li>\n'
        for t in _ordered(topics, seeds)
        if t.claims
    )
    body = (
        f"<h1>{esc(name)}</h1>\n"
        '<section id="search" aria-labelledby="search-head">\n<h2 id="search-head">検索</h2>\n'
        '<form role="search" id="search-form"><label for="query">主張を探す</label>\n'
        '<input type="search" id="query" name="q" autocomplete="off" spellcheck="false"></form>\n'
        '<p id="found" role="status"></p>\n<ol id="results"></ol>\n'
        "<noscript><p>検索にはスクリプトが要ります。話題のページからも探せます。</p></noscript>\n</section>\n"
        f'<section id="weeks" aria-labelledby="weeks-head">\n<h2 id="weeks-head">週報</h2>\n'
        + (f'<ol class="lines">\n{weeks}</ol>\n' if weeks else "<p>まだ週報がありません。</p>\n")
        + f"</section>\n{_recent(topics, seeds)}"
        + '<section id="topics" aria-labelledby="topics-head">\n<h2 id="topics-head">話題</h2>\n'
        + (f'<ul class="lines">\n{lines}</ul>\n' if lines else "<p>まだ主張がありません。</p>\n")
        + "</section>\n"
    )
    return page(name, name, body, "", ("search/weeks.js", "search.js"))


def topic_html(topic: TopicLines, seeds: Seeds) -> str:
    """The page of one topic: its claims, those that changed last first."""
    label = topic_words(topic.topic, seeds)
    cut = (
        f"<p>全{topic.claims}件のうち、最近変わった{len(topic.lines)}件です。ほかは検索で探せます。</p>\n"
        if topic.claims > len(topic.lines)
        else f"<p>全{topic.claims}件。最近変わったものから。</p>\n"
    )
    body = f"<h1>{esc(label)}</h1>\n{cut}" + (
        '<ul class="lines">\n' + "".join(_line(line, seeds, "../") for line in topic.lines) + "</ul>\n"
        if topic.lines
        else ""
    )
    return page(f"{label} | {site_name(seeds)}", site_name(seeds), body, "../")


def _recent(topics: Sequence[TopicLines], seeds: Seeds) -> str:
    """The claims that became new or different last, of all topics; statements, which are less sure, aside."""
    told = (line for topic in topics for line in topic.lines if line.attribute != STATEMENT)
    lines = sorted(told, key=lambda line: line.claim_id)
    lines.sort(key=lambda line: line.changed_at, reverse=True)
    if not lines:
        return ""
    shown = "".join(_line(line, seeds, "") for line in lines[:MOST_RECENT])
    return (
        '<section id="recent" aria-labelledby="recent-head">\n<h2 id="recent-head">最近動いた主張</h2>\n'
        f'<ul class="lines">\n{shown}</ul>\n</section>\n'
    )


def _line(line: ClaimLine, seeds: Seeds, up: str) -> str:
    head = esc(head_words(line.subject, line.attribute, line.qualifiers, seeds))
    value = esc(value_of_claim(line.value, line.attribute, seeds))
    return (
        f"<li>{claim_link(line.claim_id, head, up)}: <strong>{value}</strong>{badge(line.status)} "
        f'<span class="aside">{day(line.changed_at)}</span></li>\n'
    )


def _ordered(topics: Sequence[TopicLines], seeds: Seeds) -> list[TopicLines]:
    order = {topic: number for number, topic in enumerate(seeds.topics)}
    return sorted(topics, key=lambda t: (order.get(t.topic, len(order)), t.topic))


def _span(week: str) -> str:
    year, number = week.split("-W")
    first = dt.date.fromisocalendar(int(year), int(number), 1)
    last = first + dt.timedelta(days=6)
    return f"{first.year}年{first.month}月{first.day}日から{last.month}月{last.day}日まで"
