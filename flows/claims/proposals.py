"""What might be claimed at each anchor, with what the frames say of it: anchors and candidates brought together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from flows.claims.anchors import Anchor, Option, Slots, anchors
from flows.claims.candidates import Candidate, candidates
from flows.claims.choice import choose
from flows.claims.dates import DateSpan
from flows.claims.features import Features
from flows.claims.frames import Frame
from flows.claims.literals import Prefilter
from flows.claims.markup import Marked
from flows.claims.names import Mention
from flows.claims.owners import Owners
from flows.claims.quantities import Quantity
from flows.claims.subjects import Scene, Subject, resolve

_NOTHING: Mapping[str, Sequence[Candidate]] = {}


@dataclasses.dataclass(frozen=True)
class Proposal:
    """An option at an anchor."""

    anchor: Anchor
    option: Option
    rules: tuple[Candidate, ...]
    """The frames' candidates for the same thing, best first; empty where no frame found it."""


def common(label: str, frame: Frame, topic: str, title: str) -> Features:
    """The shared features of a label that do not depend on its place in a sentence."""
    attribute = frame.attribute
    return {
        f"bias={label}": 1.0,
        f"topic={topic}": 1.0,
        f"topic={topic[:-1]}{attribute.id}": 1.0,
        f"title={title}{attribute.topic}": 1.0,
        f"title={title}": 1.0,
    }


class Proposer:
    """The candidates of one article, laid on its anchors."""

    def __init__(
        self,
        marked: Sequence[Marked],
        frames: Sequence[Frame],
        prefilter: Prefilter,
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
        self.title = next((k for k in ("own", "company", "rival", "organization") if k in kinds), "none")
        found = list(candidates(marked, frames, prefilter))
        kept, _ = choose(found)
        chosen = {id(c) for c in kept}
        self._kept = chosen
        self._by_place: dict[tuple[int, int], dict[str, list[Candidate]]] = {}
        self._loose: dict[Anchor, list[Candidate]] = {}
        self._owners = Owners(marked, scene.company)
        self._subjects: dict[tuple[int, int, tuple[object, ...]], tuple[Subject | None, str]] = {}
        for candidate in found:
            for label, start in self._places(candidate, who):
                self._by_place.setdefault((candidate.index, start), {}).setdefault(label, []).append(candidate)

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
                text = candidate.value.text or ""
                anchor = Anchor(candidate.index, candidate.start, candidate.end, "pattern", None, text)
                self._loose.setdefault(anchor, []).append(candidate)
            return
        label = f"{attribute.id}:{candidate.value.text}"
        if frame.role:
            named = {i.entity: p for p, i in reversed(sentence.names)}
            spots = [named[entity] for entity in who(candidate) if entity in named]
            if spots:
                yield from ((label, p) for p in spots)
                return
        yield label, -1

    def anchors(self) -> list[Anchor]:
        """Every anchor in order of the text, then those that only a frame's pattern found."""
        found = list(anchors(self._marked, self._slots, self._scene.company, self._scene.trim))
        return [*found, *self._loose]

    def proposals(self, anchor: Anchor, likely: Set[str] | None = None) -> list[Proposal]:
        """What an anchor could tell, in the catalogue's order.

        Args:
            anchor: one of ``anchors``.
            likely: the labels that are worth a proposal where no frame speaks for them; all where None.
        """
        if anchor.kind == "pattern":
            return [Proposal(anchor, Option(c.frame, c.frame.attribute.id, c.value), (c,)) for c in self._loose[anchor]]
        found = self._by_place.get((anchor.index, -1 if anchor.kind == "sentence" else anchor.start), _NOTHING)
        wanted = None if likely is None else likely | found.keys()
        if wanted is not None and not wanted:
            return []
        return [
            Proposal(anchor, option, tuple(found.get(option.label, ())))
            for option in self._slots.options(anchor, wanted)
            if not self._only_told(anchor, option)
        ]

    def _only_told(self, anchor: Anchor, option: Option) -> bool:
        """Whether a date is the one on which something was told, not the one on which it happens."""
        told_on = option.frame.told_on
        return anchor.kind == "date" and bool(told_on and told_on.match(self._marked[anchor.index].masked, anchor.end))

    def shared(self, proposal: Proposal) -> Features:
        """What speaks for a proposal beside the words around it, by features that all attributes share."""
        anchor, option = proposal.anchor, proposal.option
        at = self._at(anchor)
        found = common(option.label, option.frame, self.topic(anchor), self.title)
        for candidate in proposal.rules:
            found["rule"] = max(found.get("rule", 0.0), candidate.score)
            found[f"rule={option.label}"] = 1.0
            if id(candidate) in self._kept:
                found["kept"] = found[f"kept={option.label}"] = 1.0
        subject, reason = self._subject(anchor.index, at, option.frame)
        if subject is not None:
            found["subject"] = subject.score
            found[f"subject={subject.where}"] = 1.0
        else:
            found[f"nobody={reason}"] = 1.0
        return found

    def _at(self, anchor: Anchor) -> int:
        return anchor.start if anchor.kind != "sentence" else len(self._marked[anchor.index].masked) - 1

    def topic(self, anchor: Anchor) -> str:
        """Whose figures the text gives where an anchor stands."""
        return self._owners.before(anchor.index, self._at(anchor))

    def _subject(self, index: int, at: int, frame: Frame) -> tuple[Subject | None, str]:
        """The likeliest subject by rule: the same for all frames that can be said of the same."""
        key = (index, at, frame.kin)
        if key not in self._subjects:
            subjects, reason = resolve(self._marked, index, at, frame, self._scene)
            self._subjects[key] = (subjects[0] if subjects else None, reason)
        return self._subjects[key]
