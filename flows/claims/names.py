"""Names before tokens: finds the entities of the seeds, and names that no list has, in Japanese text.

Listed names are matched by an Aho-Corasick automaton over width- and case-folded text, longest match first, with a
border check of its own so that R1 is not found in R10, メタ not in メタン and 米 not in 米国産. Names that no list has
are recognized by their form: a model's name with a suffix (V4-Pro), a quoted or bare Latin product name, and a run of
katakana, kanji or Latin letters that ends like an organization or stands where an actor stands.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

import ahocorasick

from seeds import Seeds


@dataclasses.dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: its place, what it names and whether the seeds list it."""

    start: int
    end: int
    entity: str
    """The entity's id, or the name as the text has it."""
    kind: str
    """The group of ``entities.toml``, or ``model``, ``organization``, ``benchmark``, ``product`` for open names."""
    text: str
    listed: bool = True


@functools.lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).casefold()
    return folded if len(folded) == 1 else char


@functools.lru_cache(maxsize=64)
def fold_width(text: str) -> str:
    """The text with width and case folded character by character, so that positions stay what they were."""
    return "".join(map(_fold_char, text))


_PRONOUN = re.compile(
    r"同社|同氏|同行|同委員会|同委|同庁|同局|同省|同当局|当社|弊社|我々|私たち|われわれ|このモデル|同モデル|両モデル|両者|前者|後者"
)
_LATIN = re.compile(r"[a-z0-9]")
_KATAKANA = re.compile(r"[ァ-ヺー]")
_KANJI = re.compile(r"[一-鿿々]")


class NameFinder:
    """Finds mentions in texts. Built once for a seeds folder; ``names.toml`` there holds the rules of form."""

    def __init__(self, seeds: Seeds) -> None:
        """Compiles the automaton and the patterns of form.

        Raises:
            SeedsError: ``names.toml`` cannot be read.
        """
        data = seeds.extra("names.toml")
        rules: Mapping[str, object] = data.get("rules", {})
        subject = data.get("subject", {})
        self.company = seeds.subject
        self.parents = frozenset(subject.get("parents", ()))
        self._own = re.compile(subject.get("own", r"(?!)"))
        self._not_own = re.compile(subject.get("not_own", r"(?!)"))
        self._seeds = seeds
        self._automaton = ahocorasick.Automaton()
        listed: dict[str, tuple[str, str]] = {}
        for entity in seeds.entities.values():
            for name in entity.names:
                listed.setdefault(fold_width(name), (entity.id, entity.kind))
        for code, labels in seeds.extra("places.toml").items():
            if isinstance(labels, dict):
                for name in (labels.get("ja", ""), *labels.get("also", ())):
                    if len(name) > 1:
                        listed.setdefault(fold_width(name), (code, "place"))
        for spelling, target in listed.items():
            self._automaton.add_word(spelling, (spelling, *target))
        self._automaton.make_automaton()
        self._short_followers = re.compile(_text(rules, "short_place_followers", r"(?!)"))
        self._not_before = {k: re.compile(v) for k, v in _table(rules, "not_before").items()}
        self._not_after = {k: re.compile(v) for k, v in _table(rules, "not_after").items()}
        self._model = re.compile(_text(rules, "open_model", r"(?!)"), re.IGNORECASE)
        self._organization = re.compile(_text(rules, "open_organization", r"(?!)"))
        self._actor = re.compile(_text(rules, "open_actor", r"(?!)"))
        self._no_name = re.compile(_text(rules, "no_name", r"(?!)"))
        self._strip_before = re.compile(_text(rules, "strip_before", r"(?!)"))
        self._strip_after = re.compile(_text(rules, "strip_after", r"(?!)"))
        self._benchmark = re.compile(_text(rules, "open_benchmark", r"(?!)"), re.IGNORECASE)
        self._person = re.compile(_text(rules, "open_person", r"(?!)"))
        self._no_person = re.compile(_text(rules, "no_person", r"(?!)"))
        self.modifies = _text(rules, "modifies", r"(?!)")
        """A pattern over masked sentences: what makes a model's name only say where another comes from."""
        self.versions = tuple((name, re.compile(told)) for name, told in _table(rules, "versions").items())
        """How one model is told from another without its name: what the words say of it, and the words."""
        self.public_place = re.compile(_text(rules, "public_place", r"(?!)"))
        self._place_list = re.compile(_text(rules, "place_list", r"(?!)"))
        self._places = {name: entity for name, (entity, kind) in listed.items() if kind == "place"}
        self._issuer = re.compile(_text(rules, "issuer", r"(?!)"))
        self._bare_body = re.compile(_text(rules, "bare_body", r"(?!)"))
        self._surname = re.compile(_text(rules, "surname_followers", r"(?!)"))

    def find(self, text: str) -> list[Mention]:
        """All mentions of a text, in order, none overlapping another; the longer and the listed win."""
        folded = fold_width(text)
        found = list(self._listed(text, folded))
        found += self._open_models(text, folded)
        found += self._surnames(text, found)
        found += self._place_lists(text)
        taken = _without_overlaps(found)
        more = [m for m in self._open(text) if not any(m.start < t.end and t.start < m.end for t in taken)]
        return [self._told_apart(m) for m in _without_overlaps([*taken, *more, *self._pronouns(text)])]

    def _pronouns(self, text: str) -> Iterable[Mention]:
        for match in _PRONOUN.finditer(text):
            yield Mention(match.start(), match.end(), match.group(), "pronoun", match.group(), listed=False)
        for pattern in (self._issuer, self._bare_body):
            for match in pattern.finditer(text):
                yield Mention(match.start(), match.end(), match.group(), "pronoun", match.group(), listed=False)

    def speaks_of_itself(self, mention: Mention) -> bool:
        """Whether a mention is how a body speaks of itself (本学)."""
        return bool(self._issuer.fullmatch(mention.text))

    def _place_lists(self, text: str) -> Iterable[Mention]:
        """Places that are listed without what they are (鳥取、三重の両県)."""
        for match in self._place_list.finditer(text):
            kind = match["kind"][-1]
            for part in re.finditer(r"[一-鿿ァ-ヺー]+(?:(?=\()|(?=、|と|・|や|$))", match["names"]):
                entity = self._places.get(fold_width(part[0] + kind))
                if entity:
                    start = match.start("names") + part.start()
                    yield Mention(start, start + len(part[0]), entity, "place", part[0])

    def _told_apart(self, mention: Mention) -> Mention:
        """A model's mention as ``model`` where it is the subject's own, else as ``rival``."""
        if mention.kind != "model":
            return mention
        names = (fold_width(mention.entity), fold_width(mention.text))
        own = any(self._own.match(name) for name in names) and not any(self._not_own.search(name) for name in names)
        return mention if own else dataclasses.replace(mention, kind="rival")

    def _listed(self, text: str, folded: str) -> Iterable[Mention]:
        for last, (spelling, entity, kind) in self._automaton.iter(folded):
            start, end = last - len(spelling) + 1, last + 1
            if self._bordered(folded, start, end, spelling):
                yield Mention(start, end, entity, kind, text[start:end])

    def _bordered(self, folded: str, start: int, end: int, spelling: str) -> bool:
        before, after = folded[start - 1 : start], folded[end : end + 1]
        first, last = spelling[0], spelling[-1]
        if _LATIN.match(first) and _LATIN.match(before):
            return False
        if _LATIN.match(last) and (_LATIN.match(after) or (after == "." and folded[end + 1 : end + 2].isdigit())):
            return False
        if _KATAKANA.match(first) and (_KATAKANA.match(before) or before == "・"):
            return False
        if _KATAKANA.match(last) and (_KATAKANA.match(after)):
            return False
        if len(spelling) == 1:
            return not _KANJI.match(before) and bool(self._short_followers.match(folded, end))
        not_before, not_after = self._not_before.get(spelling), self._not_after.get(spelling)
        if not_after and not_after.match(folded, end):
            return False
        return not (not_before and not_before.search(folded[max(0, start - 12) : start]))

    def _open_models(self, text: str, folded: str) -> Iterable[Mention]:
        for match in self._model.finditer(folded):
            surface = text[match.start() : match.end()]
            entity = self._seeds.entity_id(surface)
            known = self._seeds.entities.get(entity)
            kind = known.kind if known else "model"
            yield Mention(match.start(), match.end(), entity, kind, surface, listed=known is not None)

    def _surnames(self, text: str, found: list[Mention]) -> Iterable[Mention]:
        """People by their surname with a title behind it (梁氏), once the text has given the whole name."""
        people = {m.text[0]: m for m in found if m.kind == "person" and _KANJI.match(m.text) and len(m.text) <= 4}
        for surname, full in people.items():
            for match in re.finditer(re.escape(surname), text):
                if self._surname.match(text, match.end()):
                    yield Mention(match.start(), match.end(), full.entity, "person", surname)

    def _open(self, text: str) -> Iterable[Mention]:
        for match in self._benchmark.finditer(text):
            yield Mention(
                match.start("name"), match.end("name"), match["name"], "benchmark", match["name"], listed=False
            )
        for match in self._person.finditer(text):
            if not self._no_person.match(match["name"]):
                yield Mention(*match.span("name"), match["name"], "person", match["name"], listed=False)
        for pattern in (self._organization, self._actor):
            for match in pattern.finditer(text):
                trimmed = self.trimmed(match["name"], match.start("name"))
                if trimmed:
                    start, name = trimmed
                    yield Mention(start, start + len(name), name, "organization", name, listed=False)

    def trimmed(self, name: str, start: int) -> tuple[int, str] | None:
        """An open name without the words around it (大手の…, …社), or None where it is no name."""
        before = self._strip_before.match(name)
        if before:
            start += before.end()
            name = name[before.end() :]
        name = self._strip_after.sub("", name)
        return (start, name) if len(name) >= 2 and not self._no_name.fullmatch(name) else None


def _text(rules: Mapping[str, object], key: str, default: str) -> str:
    value = rules.get(key, default)
    return str(value)


def _table(rules: Mapping[str, object], key: str) -> dict[str, str]:
    value = rules.get(key, {})
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, not m.listed, m.start)):
        if all(mention.end <= k.start or k.end <= mention.start for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
