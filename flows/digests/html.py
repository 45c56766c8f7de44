"""A digest as HTML, made of the model: a page for browsers, and a body for mail.

The page is readable on a phone, dark where the reader's device is, without scripts and without anything remote. The
body carries its style at its elements and its pictures as attachments, as mail programs want it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.digests.addresses import DEFAULT_LANGUAGE, digest_file, topic_anchor, topic_page
from flows.digests.charts import Chart, charts
from flows.digests.claim_html import ClaimHtml
from flows.digests.document import LONGEST_NAME, LONGEST_VALUE
from flows.digests.markup import Element, Html, element, joined, own, styled, text
from flows.digests.phrases import Phrases
from flows.digests.plain import render_text
from flows.digests.png import png
from flows.digests.selection import MOST_AGAIN, MOST_CHANGED, MOST_EMERGING, MOST_EXAMPLES, MOST_TROUBLES, Digest
from flows.digests.style import CSS, MAIL
from flows.digests.summary import summary
from flows.digests.svg import svg
from flows.digests.text import clean
from flows.report import MailBody, Picture, WeekChange
from flows.wording import Language
from seeds import Seeds

_LONGEST_SUMMARY = 1000
_LONGEST_ALT = 1000
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'"
"""Should anything active ever pass, the browser still loads and runs nothing (Content Security Policy Level 3)."""


def render_html(digest: Digest, seeds: Seeds, lang: Language = DEFAULT_LANGUAGE, *, linked: bool = False) -> str:
    """The digest of a week as a complete page. The same facts give the same text.

    Args:
        digest: the week, selected.
        seeds: for labels of subjects, attributes and topics.
        lang: the language of labels and values; sentences stay as they were written.
        linked: whether the pages of claims and topics lie beside it, to be linked.

    Raises:
        LanguageError: there are no words for the language.
    """
    phrases = Phrases(digest, seeds, lang)
    page = _Page(phrases, element, linked, mail=False)
    title = text(phrases.title())
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n{page.body()}\n</body>\n</html>\n"
    )


def render_mail(digest: Digest, seeds: Seeds, lang: Language = DEFAULT_LANGUAGE) -> MailBody:
    """The digest of a week as mail: plain text, HTML and pictures. The same facts give the same bytes.

    Raises:
        LanguageError: there are no words for the language.
    """
    phrases = Phrases(digest, seeds, lang)
    page = _Page(phrases, styled(MAIL), linked=False, mail=True)
    body = page.make("div", page.body(), style="body")
    html = (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{text(phrases.title())}</title>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    week = digest.facts.week
    pictures = [Picture(_picture(chart, week), png(chart), clean(chart.text, _LONGEST_ALT)) for chart in page.charts]
    return MailBody(render_text(digest, seeds, lang), html, tuple(pictures))


def _picture(chart: Chart, week: str) -> str:
    """The Content-ID of a picture: another one in every mail, since programs keep pictures by it."""
    return f"{chart.name}.{week}@kawaraban"


class _Page:
    def __init__(self, phrases: Phrases, make: Element, linked: bool, *, mail: bool) -> None:
        self.phrases = phrases
        self.make = make
        self.linked = linked
        self.mail = mail
        self.labels = phrases.labels
        self.digest = phrases.digest
        self.facts = phrases.digest.facts
        self.claims = ClaimHtml(phrases, make, linked)
        self.charts = charts(phrases)

    def body(self) -> Html:
        parts = (self._changed, self._new, self._emerging, self._again, self._figures, self._troubles)
        sections = [section for part in parts if (section := part()) is not None]
        main = self.make("main", *(section for _, section in sections))
        return joined([self._header([name for name, _ in sections]), main, self._footer()], "\n")

    def _header(self, names: Sequence[str]) -> Html:
        make = self.make
        way_up = make("a", own(self.labels("page.all_weeks")), href="index.html")
        parts = [
            *([make("p", way_up, style="span")] if self.linked else []),
            make("h1", text(self.phrases.title())),
            make("p", own(self.phrases.span()), style="span"),
            make("p", text(summary(self.phrases), _LONGEST_SUMMARY), style="summary"),
        ]
        if not self.mail:
            counts = {
                "changed": len(self.digest.changed),
                "new": self.digest.new_count,
                "again": len(self.digest.corroborated),
            }
            told = [f"{self.labels(f'section.{name}')} {counts.get(name, '')}".rstrip() for name in names]
            entries = [
                make("li", make("a", own(line), href=f"#{name}")) for name, line in zip(names, told, strict=True)
            ]
            parts.append(make("nav", make("ul", *entries), aria_label=self.labels("page.contents")))
        return make("header", *parts)

    def _section(self, name: str, *content: Html) -> tuple[str, Html]:
        heading = self.make("h2", own(self.labels(f"section.{name}")), id=name)
        return name, self.make("section", heading, *content, aria_labelledby=name)

    def _changed(self) -> tuple[str, Html] | None:
        changed = self.digest.changed
        if not changed:
            return None
        shown = self.claims.claims(changed[:MOST_CHANGED], "h3")
        return self._section("changed", shown, self._rest(changed[MOST_CHANGED:], "h3"))

    def _new(self) -> tuple[str, Html] | None:
        groups: list[Html] = []
        for group in self.digest.new:
            name = text(self.phrases.topic(group.topic), LONGEST_NAME)
            if self.linked:
                name = self.make("a", name, href=topic_page(group.topic))
            groups += [
                self.make("h3", name, id=topic_anchor(group.topic)),
                self.claims.claims(group.changes, "h4"),
                self._rest(group.rest, "h4"),
            ]
        return self._section("new", *groups) if groups else None

    def _rest(self, changes: Sequence[WeekChange], heading: str) -> Html:
        """What a long week leaves out: folded away in a page, counted in mail."""
        if not changes:
            return Html("")
        count = own(self.labels("more.claims", n=len(changes)))
        if self.mail:
            return self.make("p", count, own(f" ({digest_file(self.facts.week, self.phrases.lang, 'html')})"))
        return self.make("details", self.make("summary", count), self.claims.claims(changes, heading))

    def _emerging(self) -> tuple[str, Html] | None:
        emerging = self.facts.emerging
        if not emerging:
            return None
        lines: list[Html] = []
        for topic in emerging[:MOST_EMERGING]:
            name = self.make("strong", text(topic.name, LONGEST_NAME))
            told = own(self.labels("text.marks", marks=self.labels.listed(self.phrases.emerging(topic))))
            examples = [
                self.make("li", self.claims.link(title, url)) for title, url, _ in topic.examples[:MOST_EXAMPLES]
            ]
            lines.append(self.make("li", name, told, *([self.make("ul", *examples)] if examples else [])))
        if len(emerging) > MOST_EMERGING:
            lines.append(self.make("li", own(self.labels("more.topics", n=len(emerging) - MOST_EMERGING))))
        return self._section("emerging", self.make("ul", *lines, style="plain"))

    def _again(self) -> tuple[str, Html] | None:
        changes = self.digest.corroborated
        if not changes:
            return None
        shown = self._lines(changes[:MOST_AGAIN])
        rest = changes[MOST_AGAIN:]
        if not rest:
            return self._section("again", shown)
        count = own(self.labels("more.claims", n=len(rest)))
        more = self.make("details", self.make("summary", count), self._lines(rest))
        return self._section("again", shown, self.make("p", count) if self.mail else more)

    def _lines(self, changes: Sequence[WeekChange]) -> Html:
        lines = []
        for change in changes:
            value = text(self.phrases.new_value(change), LONGEST_VALUE)
            outlets = self.labels("mark.outlets", n=change.publishers)
            told = own(self.labels("text.marks", marks=outlets)) if change.publishers > 1 else Html("")
            about = Html(self.labels("text.label", label=text(self.phrases.about(change))))
            source = self.make("span", self.claims.source(change.evidence), style="source")
            lines.append(self.make("li", about, value, told, own(" — "), source))
        return self.make("ul", *lines, style="plain")

    def _figures(self) -> tuple[str, Html]:
        drawn = [self._drawing(chart) for chart in self.charts]
        counted = [
            self.make("tr", self.make("th", own(name), scope="row"), self.make("td", own(count)))
            for name, count in self.phrases.figures()
        ]
        return self._section("figures", *drawn, self.make("table", self.make("tbody", *counted)))

    def _drawing(self, chart: Chart) -> Html:
        if self.mail:
            size = {"width": f"{chart.width:.0f}"}
            image = self.make(
                "img", src=f"cid:{_picture(chart, self.facts.week)}", alt=clean(chart.text, _LONGEST_ALT), **size
            )
            return self.make("figure", image)
        drawing = Html(svg(chart, f"picture-{chart.name}"))
        return self.make("figure", self.make("figcaption", text(chart.title)), drawing)

    def _troubles(self) -> tuple[str, Html] | None:
        if not self.digest.gaps:
            return None
        feed, page = self.labels("trouble.feed"), self.labels("trouble.page")
        lines: list[Html] = []
        sources = sorted(self.facts.source_troubles, key=lambda s: (-s.failures, s.feed_url))
        for source in sources[:MOST_TROUBLES]:
            notes = self.phrases.attempts(source.failures, source.last_success_at)
            lines.append(self._trouble(f"{feed} ", source.publisher, Html(""), source.last_error, notes))
        lines += self._more("feeds", len(sources))
        silent = sorted(self.facts.silent, key=lambda s: (s.publisher, s.feed_url))
        for quiet in silent[:MOST_TROUBLES]:
            told = self.labels("trouble.silent", date=self.phrases.day(quiet.last_new_at))
            name = text(self.phrases.outlet(quiet.publisher), LONGEST_NAME)
            lines.append(self.make("li", own(f"{feed} "), name, own(f": {told}")))
        lines += self._more("feeds", len(silent))
        pages = sorted(self.facts.page_troubles, key=lambda p: (p.publisher, p.url))
        for missed in pages[:MOST_TROUBLES]:
            place = joined([Html(""), self.claims.link(missed.url, missed.url)], " ")
            notes = [self.labels("trouble.times", n=missed.attempts)]
            lines.append(self._trouble(f"{page} ", missed.publisher, place, missed.error, notes))
        lines += self._more("articles", len(pages))
        return self._section("troubles", self.make("ul", *lines, style="plain"))

    def _trouble(self, what: str, publisher: str, place: Html, error: str, notes: Sequence[str]) -> Html:
        name = text(self.phrases.outlet(publisher), LONGEST_NAME)
        reason = text(self.phrases.error(error), LONGEST_VALUE)
        tail = own(self.labels("text.marks", marks=self.labels.listed(notes)))
        return self.make("li", own(what), name, place, own(": "), reason, tail)

    def _more(self, what: str, count: int) -> list[Html]:
        more = count - MOST_TROUBLES
        return [self.make("li", own(self.labels(f"more.{what}", n=more)))] if more > 0 else []

    def _footer(self) -> Html:
        note = self.make("p", own(self.labels("page.footer")))
        if self.mail:
            return self.make("footer", note)
        forms = [
            self.make("a", own(name), href=digest_file(self.facts.week, self.phrases.lang, ending))
            for name, ending in (("Markdown", "md"), ("JSON", "json"))
        ]
        label = own(self.labels("text.label", label=self.labels("page.other_forms")))
        return self.make("footer", note, self.make("p", label, joined(forms, self.labels("text.list"))))
