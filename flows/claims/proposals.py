"""What might be claimed at each anchor, with what the frames say of it: anchors and candidates brought together."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterator, Sequence

from flows.claims.anchors import Anchor, Option, Slots, anchors
from flows.claims.candidates import Candidate, candidates
from flows.claims.choice import choose
from flows.claims.dates import DateSpan
from flows.claims.features import Features, topic_before
from flows.claims.frames import Frame
from flows.claims.markup import Marked
from flows.claims.names import Mention
from flows.claims.quantities import Quantity
from flows.claims.subjects import Scene, resolve

Place = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Proposal:
    """An option at an anchor, with what speaks for it beside the words."""

    anchor: Anchor
    option: Option
    shared: Features
    """Features that all attributes share."""
    rules: tuple[Candidate, ...]
    """The frames' candidates for the same thing, best first; empty where no frame found it."""


class Proposer:
    """The candidates of one article, laid on its anchors."""

    def __init__(
        self,
        marked: Sequence[Marked],
        frames: Sequence[Frame],
        slots: Slots,
        scene: Scene,
        who: Callable[[Candidate], list[str]],
    ) -> None:
        """Reads the article's sentences; ``who`` names the actors that a status candidate's qualifiers give."""
        self._marked = marked
        self._slots = slots
        self._scene = scene
        own = {"model", "product"}
        kinds = {"own" if m.kind in own else "company" if m.entity == scene.company else m.kind for m in scene.title}
        self._title = next((k for k in ("own", "company", "rival", "organization") if k in kinds), "none")
        found = list(candidates(marked, frames))
        kept, _ = choose(found)
        chosen = {id(c) for c in kept}
        self._kept = chosen
        self._by_place: dict[tuple[str, int, int], list[Candidate]] = collections.defaultdict(list)
        self._loose: list[Candidate] = []
        for candidate in found:
            for label, start in self._places(candidate, who):
                self._by_place[label, candidate.index, start].append(candidate)

    def _places(self, candidate: Candidate, who: Callable[[Candidate], list[str]]) -> Iterator[tuple[str, int]]:
        frame, sentence = candidate.frame, self._marked[candidate.index]
        attribute = frame.attribute
        span = range(candidate.start, candidate.end)
        if candidate.value.numeric or candidate.value.dated:
            wanted = Quantity if candidate.value.numeric else DateSpan
            spots = [p for p in span if isinstance(sentence.items.get(p), wanted)]
            told = [p for p in spots if sentence.items[p].text == candidate.value.text] or spots[:1]
            yield from ((attribute.id, p) for p in told[:1])
            return
        if attribute.value != "status":
            spots = [
                p for p in span if isinstance(i := sentence.items.get(p), Mention) and i.entity == candidate.value.text
            ]
            if spots and frame.names:
                yield attribute.id, spots[-1]
            else:
                self._loose.append(candidate)
            return
        label = f"{attribute.id}:{candidate.value.text}"
        if frame.role:
            named = {i.entity: p for p, i in sorted(sentence.items.items(), reverse=True) if isinstance(i, Mention)}
            spots = [named[entity] for entity in who(candidate) if entity in named]
            if spots:
                yield from ((label, p) for p in spots)
                return
        yield label, -1

    def proposals(self) -> Iterator[tuple[Anchor, list[Proposal]]]:
        """Every anchor with its proposals, in order of the text."""
        for anchor in anchors(self._marked, self._slots, self._scene.company):
            made = []
            for option in self._slots.options(anchor):
                start = -1 if anchor.kind == "sentence" else anchor.start
                rules = self._by_place.get((option.label, anchor.index, start), [])
                made.append(Proposal(anchor, option, self._shared(anchor, option, rules), tuple(rules)))
            yield anchor, made
        for candidate in self._loose:
            anchor = Anchor(
                candidate.index, candidate.start, candidate.end, "pattern", None, candidate.value.text or ""
            )
            option = Option(candidate.frame, candidate.frame.attribute.id, candidate.value)
            yield anchor, [Proposal(anchor, option, self._shared(anchor, option, [candidate]), (candidate,))]

    def _shared(self, anchor: Anchor, option: Option, rules: Sequence[Candidate]) -> Features:
        found: Features = {f"bias={option.label}": 1.0}
        for candidate in rules:
            found["rule"] = max(found.get("rule", 0.0), candidate.score)
            found[f"rule={option.label}"] = 1.0
            if id(candidate) in self._kept:
                found["kept"] = found[f"kept={option.label}"] = 1.0
        at = anchor.start if anchor.kind != "sentence" else len(self._marked[anchor.index].masked) - 1
        topic = topic_before(self._marked, anchor.index, at, self._scene.company)
        found[f"topic={topic}"] = found[f"topic={topic[:-1]}{option.frame.attribute.id}"] = 1.0
        found[f"title={self._title}{option.frame.attribute.topic}"] = found[f"title={self._title}"] = 1.0
        subjects, reason = resolve(self._marked, anchor.index, at, option.frame, self._scene)
        if subjects:
            found["subject"] = subjects[0].score
            found[f"subject={subjects[0].where}"] = 1.0
        else:
            found[f"nobody={reason}"] = 1.0
        return found
