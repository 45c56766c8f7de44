"""A digest line by line, for the forms that are lines of text: Markdown and plain text differ in a handful of marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from flows.digests.addresses import topic_anchor
from flows.digests.phrases import Phrases, same_sentence
from flows.digests.selection import MOST_AGAIN, MOST_CHANGED, MOST_EMERGING, MOST_EXAMPLES, MOST_TROUBLES
from flows.digests.summary import summary
from flows.digests.text import LONGEST_SENTENCE
from flows.report import Evidence, WeekChange

LONGEST_VALUE = 120
LONGEST_NAME = 60
_LONGEST_SUMMARY = 1000


class Form(Protocol):
    """How one form writes things. What it returns is ready: nothing foreign in it does anything."""

    def text(self, text: str, longest: int = LONGEST_SENTENCE) -> str:
        """Foreign text on one line."""

    def heading(self, level: int, text: str) -> str:
        """A heading of text that is ready."""

    def strong(self, text: str) -> str:
        """Text that is ready, with weight."""

    def kind(self, text: str) -> str:
        """What kind of change an item is."""

    def item(self, lines: Sequence[str], below: Sequence[str]) -> list[str]:
        """An item of one or more lines, with items below it."""

    def link(self, title: str, url: str, untitled: str) -> str:
        """A title that leads to an address."""

    def address(self, url: str) -> str:
        """An address that leads to itself."""

    def rest(self, count: str, anchor: str | None) -> str:
        """How many more there are, and where."""


def document(phrases: Phrases, form: Form) -> str:
    """A digest in a form."""
    return "\n".join(_Document(phrases, form).lines()).rstrip() + "\n"


class _Document:
    def __init__(self, phrases: Phrases, form: Form) -> None:
        self.phrases = phrases
        self.form = form
        self.labels = phrases.labels
        self.digest = phrases.digest
        self.facts = phrases.digest.facts

    def lines(self) -> Iterator[str]:
        form = self.form
        yield form.heading(1, form.text(self.phrases.title()))
        yield ""
        yield form.text(self.phrases.span())
        yield ""
        yield form.text(summary(self.phrases), _LONGEST_SUMMARY)
        yield ""
        yield from self._changed()
        yield from self._new()
        yield from self._emerging()
        yield from self._again()
        yield from self._figures()
        yield from self._troubles()

    def _section(self, name: str) -> Iterator[str]:
        yield self.form.heading(2, self.labels(f"section.{name}"))
        yield ""

    def _changed(self) -> Iterator[str]:
        if not self.digest.changed:
            return
        yield from self._section("changed")
        for together in same_sentence(self.digest.changed[:MOST_CHANGED]):
            yield from self._item(together)
        yield from self._rest("claims", len(self.digest.changed) - MOST_CHANGED, "changed")
        yield ""

    def _new(self) -> Iterator[str]:
        if not self.digest.new:
            return
        yield from self._section("new")
        for group in self.digest.new:
            yield self.form.heading(3, self.form.text(self.phrases.topic(group.topic), LONGEST_NAME))
            yield ""
            for together in same_sentence(group.changes):
                yield from self._item(together)
            yield from self._rest("claims", group.more, topic_anchor(group.topic))
            yield ""

    def _headline(self, change: WeekChange) -> str:
        phrases, form = self.phrases, self.form
        about = form.text(phrases.about(change))
        now = form.strong(form.text(phrases.new_value(change), LONGEST_VALUE))
        old = phrases.old_value(change)
        if old is not None:
            now = self.labels(phrases.move_pattern(change), old=form.text(old, LONGEST_VALUE), new=now)
        marks = phrases.marks(change)
        tail = self.labels("text.marks", marks=form.text(self.labels.listed(marks))) if marks else ""
        kind = "" if change.kind == "new" else f"{form.kind(phrases.kind(change))} "
        return f"{kind}{about}: {now}{tail}"

    def _item(self, together: Sequence[WeekChange]) -> Iterator[str]:
        """Claims of one sentence as one item: a line each, then the sentence with its source."""
        below = []
        for side in self.phrases.sides(together[-1]):
            label = self.labels("text.label", label=side.label) if side.label else ""
            if side.evidence is None:
                below.append(label + self.labels("side.baseline"))
            else:
                quoted = self.labels("text.quoted", text=self.form.text(side.evidence.sentence))
                below.append(f"{label}{quoted} — {self._source(side.evidence)}")
        yield from self.form.item([self._headline(change) for change in together], below)

    def _source(self, evidence: Evidence) -> str:
        outlet = self.form.text(self.phrases.outlet(evidence.publisher), LONGEST_NAME)
        before = self.labels("text.pair", outlet=outlet, date=self.phrases.date(evidence))
        return before + self.form.link(evidence.title, evidence.url, self.labels("text.untitled"))

    def _emerging(self) -> Iterator[str]:
        emerging = self.facts.emerging
        if not emerging:
            return
        yield from self._section("emerging")
        for topic in emerging[:MOST_EMERGING]:
            name = self.form.strong(self.form.text(topic.name, LONGEST_NAME))
            told = self.labels("text.marks", marks=self.labels.listed(self.phrases.emerging(topic)))
            untitled = self.labels("text.untitled")
            examples = [self.form.link(title, url, untitled) for title, url, _ in topic.examples[:MOST_EXAMPLES]]
            tail = f": {self.labels.listed(examples)}" if examples else ""
            yield from self.form.item([f"{name}{told}{tail}"], [])
        yield from self._rest("topics", len(emerging) - MOST_EMERGING)
        yield ""

    def _again(self) -> Iterator[str]:
        if not self.digest.corroborated:
            return
        yield from self._section("again")
        for change in self.digest.corroborated[:MOST_AGAIN]:
            value = self.form.text(self.phrases.new_value(change), LONGEST_VALUE)
            outlets = self.labels("mark.outlets", n=change.publishers)
            told = self.labels("text.marks", marks=outlets) if change.publishers > 1 else ""
            about = self.form.text(self.phrases.about(change))
            yield from self.form.item([f"{about}: {value}{told} — {self._source(change.evidence)}"], [])
        yield from self._rest("claims", len(self.digest.corroborated) - MOST_AGAIN, "again")
        yield ""

    def _figures(self) -> Iterator[str]:
        yield from self._section("figures")
        yield from self.form.item([self.labels.listed(f"{name} {count}" for name, count in self.phrases.figures())], [])
        counted = [(topic, articles) for topic, articles, _ in self.phrases.topics() if articles]
        counted.sort(key=lambda row: -row[1])
        if counted:
            listed = self.labels.listed(
                f"{self.form.text(self.phrases.topic(topic), LONGEST_NAME)} {count}" for topic, count in counted
            )
            label = self.labels("text.label", label=self.labels("figure.topics"))
            yield from self.form.item([label + listed], [])
        yield ""

    def _troubles(self) -> Iterator[str]:
        if not self.digest.gaps:
            return
        yield from self._section("troubles")
        feed, page = self.labels("trouble.feed"), self.labels("trouble.page")
        sources = sorted(self.facts.source_troubles, key=lambda s: (-s.failures, s.feed_url))
        for source in sources[:MOST_TROUBLES]:
            reason = self._reason(source.last_error, self.phrases.attempts(source.failures, source.last_success_at))
            yield from self.form.item([f"{feed} {self._name(source.publisher)}: {reason}"], [])
        yield from self._rest("feeds", len(sources) - MOST_TROUBLES)
        silent = sorted(self.facts.silent, key=lambda s: (s.publisher, s.feed_url))
        for source_ in silent[:MOST_TROUBLES]:
            quiet = self.labels("trouble.silent", date=self.phrases.day(source_.last_new_at))
            yield from self.form.item([f"{feed} {self._name(source_.publisher)}: {quiet}"], [])
        yield from self._rest("feeds", len(silent) - MOST_TROUBLES)
        pages = sorted(self.facts.page_troubles, key=lambda p: (p.publisher, p.url))
        for trouble in pages[:MOST_TROUBLES]:
            reason = self._reason(trouble.error, [self.labels("trouble.times", n=trouble.attempts)])
            place = f"{self._name(trouble.publisher)} {self.form.address(trouble.url)}"
            yield from self.form.item([f"{page} {place}: {reason}"], [])
        yield from self._rest("articles", len(pages) - MOST_TROUBLES)
        yield ""

    def _name(self, publisher: str) -> str:
        return self.form.text(self.phrases.outlet(publisher), LONGEST_NAME)

    def _reason(self, error: str, notes: Sequence[str]) -> str:
        told = self.form.text(self.phrases.error(error), LONGEST_VALUE)
        return told + self.labels("text.marks", marks=self.labels.listed(notes))

    def _rest(self, what: str, more: int, anchor: str | None = None) -> Iterator[str]:
        """How many more there are where a list is cut, and where all of them stand."""
        if more > 0:
            yield from self.form.item([self.form.rest(self.labels(f"more.{what}", n=more), anchor)], [])
