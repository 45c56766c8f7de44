"""The claims of a digest in HTML: what a change says, its values, and the sentences with their sources."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from flows.digests.addresses import DEFAULT_LANGUAGE, claim_anchor, claim_page
from flows.digests.document import LONGEST_NAME, LONGEST_VALUE
from flows.digests.markup import Element, Html, joined, own, text
from flows.digests.phrases import Phrases, Side, same_sentence
from flows.digests.text import web_address
from flows.report import Evidence, WeekChange

_LONGEST_TITLE = 160
_LOUD = frozenset({"disputed", "denied", "retracted"})


@dataclasses.dataclass(frozen=True)
class ClaimHtml:
    """Writes claims with one kind of elements: those of a page, or those of mail."""

    phrases: Phrases
    make: Element
    linked: bool
    """Whether the pages of claims lie beside the digest."""
    _placed: set[str] = dataclasses.field(default_factory=set)
    """The claims that stand in the page already: one that moved twice can be led to once."""

    def claims(self, changes: Sequence[WeekChange], heading: str) -> Html:
        """Claims in their order, those of one sentence together, each under a heading of a level such as ``h3``."""
        return joined([self._together(group, heading) for group in same_sentence(changes)])

    def _together(self, group: Sequence[WeekChange], heading: str) -> Html:
        told = [part for change in group for part in self._told(change, heading)]
        sides = [self._side(side) for side in self.phrases.sides(group[-1])]
        return self.make("article", *told, *sides, style="claim")

    def _told(self, change: WeekChange, heading: str) -> list[Html]:
        make, phrases, labels = self.make, self.phrases, self.phrases.labels
        about = text(phrases.about(change))
        if change.kind != "new":
            loud = " loud" if change.kind in _LOUD else ""
            about = joined([make("span", own(phrases.kind(change)), style=f"kind{loud}"), about], " ")
        value = make("strong", text(phrases.new_value(change), LONGEST_VALUE))
        old = phrases.old_value(change)
        if old is not None:
            # The pattern is ours; what it is filled with is ready.
            value = Html(labels(phrases.move_pattern(change), old=text(old, LONGEST_VALUE), new=value))
        parts = [value]
        marks = phrases.marks(change)
        if marks:
            parts.append(make("span", text(labels.listed(marks)), style="marks"))
        if self.linked:
            page = claim_page(change.claim_id)
            parts.append(make("a", own(labels("page.history")), href=page, aria_label=self._history(change)))
        anchor = None if change.claim_id in self._placed else claim_anchor(change.claim_id)
        self._placed.add(change.claim_id)
        return [
            make(heading, about, id=anchor),
            make("p", joined(parts, " "), style="value"),
        ]

    def _history(self, change: WeekChange) -> str:
        return f"{self.phrases.labels('page.history')}: {text(self.phrases.about(change))}"

    def _side(self, side: Side) -> Html:
        make, labels = self.make, self.phrases.labels
        label = own(labels("text.label", label=side.label)) if side.label else Html("")
        if side.evidence is None:
            return make("figure", make("figcaption", label, own(labels("side.baseline")), style="source"), style="side")
        said = make("blockquote", text(side.evidence.sentence), lang=self.foreign)
        source = make("figcaption", label, self.source(side.evidence), style="source")
        return make("figure", said, source, style="side")

    @property
    def foreign(self) -> str | None:
        """The language to tell for what articles say, where it is not the page's."""
        return None if self.phrases.lang == DEFAULT_LANGUAGE else DEFAULT_LANGUAGE

    def source(self, evidence: Evidence) -> Html:
        """An article: outlet, day, and its title as a link."""
        labels = self.phrases.labels
        outlet = text(self.phrases.outlet(evidence.publisher), LONGEST_NAME)
        before = Html(labels("text.pair", outlet=outlet, date=own(self.phrases.date(evidence))))
        return joined([before, self.link(evidence.title, evidence.url)])

    def link(self, title: str, url: str) -> Html:
        """A title that leads to an article, or the title alone where nobody may be sent to its address."""
        label = text(title, _LONGEST_TITLE) or own(self.phrases.labels("text.untitled"))
        address = web_address(url)
        if address is None:
            return self.make("span", label, lang=self.foreign, style="")
        return self.make("a", label, href=address, lang=self.foreign, rel="noreferrer")
