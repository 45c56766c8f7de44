"""Statements: sentences about the subject that say something to be checked and fit no attribute of the catalogue.

They are kept as attribute ``statement`` with a normalized proposition as value, in which the wordings of two outlets
meet: the names, amounts (to two digits), days and the polarity first, then what is done by the class of its words
(``statements.toml``). Where those are too few to tell one statement from another, the sentence's other words belong
to it as well, so that only nearly the same sentence is the same statement. Always less sure than a claim.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Mapping, Sequence

from flows.claims.dates import DateSpan
from flows.claims.extract import ArticleReader, ClaimKnowledge, Extraction
from flows.claims.identity import canonical_name, claim_id, observation_id
from flows.claims.markup import MASKS, Marked
from flows.claims.names import Mention
from flows.claims.quantities import Quantity
from flows.claims.speech import Speech
from flows.model import STATEMENT, Article, Observation, Value
from flows.wording import attribute_of, date_words, name_words, value_words
from seeds import Seeds, SeedsError

SUREST = 0.4
"""The confidence that no statement exceeds."""
_MASKED = "".join(MASKS.values())
_CLOSERS = r"[」』”\"'］\]]*(?:\([^()]{0,24}\)|（[^（）]{0,24}）)?(?:氏|さん|社|アプリ)?"
_ROLE = re.compile(
    rf"{_CLOSERS}(?:は|が|も|では|に|を|と|から|への|による|の[^。、{_MASKED}]{{0,12}}?(?:は|が|も|では))"
)
_TOPIC = re.compile(rf"{_CLOSERS}(?:は|が|も|では)")
_ATTRIBUTE_OF_NAME = re.compile(rf"の|[一-鿿]{{0,4}}[{_MASKED}]|[一-鿿ァ-ヺー]{{2}}")
"""Behind a place: it only says where another name belongs (中国の…, 米…)."""
_WORD = re.compile(r"[一-鿿々]{2,}|[ァ-ヺー]{3,}|[A-Za-z]{3,}")
_NOT_AN_ACT = "(?![一-鿿々ァ-ヺーの])"
"""Behind a word for an act: it is only a part of another noun (投資家, 調査会社, 投資の採算)."""
_NEWS = 14
"""Days before an article's own within which a day is that of the news that it tells."""
_KEPT_WORDS = 8


@dataclasses.dataclass(frozen=True)
class StatementCues:
    """A ``statements.toml``, compiled."""

    acts: re.Pattern[str]
    """Words for what is done."""
    act_of: Mapping[str, str]
    """Word -> the act, as readers see it."""
    tells: re.Pattern[str]
    passed_on: re.Pattern[str]
    """That somebody outside hands it on: whoever does is no part of what is told."""
    negative: re.Pattern[str]
    opinions: re.Pattern[str]
    pointers: re.Pattern[str]
    no_names: re.Pattern[str]
    common: re.Pattern[str]
    about: tuple[str, ...]
    """Ids of the subject's own names, or patterns of them (``relevance.toml``)."""
    most: int
    longest: int


def statement_cues(seeds: Seeds) -> StatementCues | None:
    """The cues of a seeds folder, compiled once for each ``Seeds``; None where it has no ``statements.toml``.

    Raises:
        SeedsError: one of the patterns is no regular expression, or the file lacks a table.
    """
    kept = vars(seeds)
    if "_statements" not in kept:
        kept["_statements"] = _compiled(seeds)
    found: StatementCues | None = kept["_statements"]
    return found


def _compiled(seeds: Seeds) -> StatementCues | None:
    table = seeds.extra("statements.toml")
    if not table:
        return None
    try:
        refused, choice = table["refused"], table["choice"]
        return StatementCues(
            acts=re.compile(_any(" ".join(table["acts"].values())) + _NOT_AN_ACT),
            act_of={word: act for act, words in table["acts"].items() for word in words.split()},
            tells=re.compile(_any(table["tells"]["words"])),
            passed_on=re.compile(_any(table["tells"]["passed_on"])),
            negative=re.compile(table["negative"]["ends"]),
            opinions=re.compile(refused["opinions"]),
            pointers=re.compile(refused["pointers"]),
            no_names=re.compile(refused["no_names"]),
            common=re.compile(refused["common"]),
            about=tuple(seeds.extra("relevance.toml").get("subject", {}).get("entities", (seeds.subject,))),
            most=int(choice["most"]),
            longest=int(choice["longest"]),
        )
    except (KeyError, re.error) as error:
        raise SeedsError(f"{seeds.folder / 'statements.toml'} cannot be used: {error}") from error


def _any(words: str) -> str:
    """A pattern for any of some words, longer ones first."""
    found = sorted(words.split(), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, found)) or '(?!)'})"


def extract_all(article: Article, knowledge: ClaimKnowledge) -> Extraction:
    """The claims of an article (``extract``) and its statements, in order of the text."""
    if not article.relevant or article.duplicate_of is not None:
        return Extraction((), ())
    reader = ArticleReader(article, knowledge)
    found = reader.read()
    more = statements(reader, found.observations)
    ordered = sorted((*found.observations, *more), key=lambda o: (o.char_start, o.observation_id))
    return Extraction(tuple(ordered), found.set_aside)


def statements(reader: ArticleReader, observations: Sequence[Observation]) -> list[Observation]:
    """The statements of an article among the sentences that give no claim; few, those that name the most first."""
    cues = statement_cues(reader.knowledge.seeds)
    if cues is None:
        return []
    claimed = {marked.index for marked in reader.marked if _within(marked, observations)}
    drafts = [
        draft
        for marked in reader.marked
        if marked.index not in claimed and (draft := draft_of(reader, marked, cues)) is not None
    ]
    best: dict[str, _Draft] = {}
    for draft in sorted(drafts, key=lambda d: (-len(d.things), not d.acts, d.marked.start)):
        best.setdefault(draft.claim, draft)
    chosen = list(best.values())[: cues.most]
    return [_observation(reader, draft) for draft in sorted(chosen, key=lambda d: d.marked.start)]


def _within(marked: Marked, observations: Sequence[Observation]) -> bool:
    return any(marked.start <= o.char_start < marked.sentence.end for o in observations)


@dataclasses.dataclass(frozen=True)
class _Draft:
    """A sentence that may become a statement, with its proposition."""

    marked: Marked
    subject: str
    acts: tuple[str, ...]
    things: tuple[str, ...]
    """The names, amounts and days that it speaks of, in the form in which they are compared."""
    proposition: str
    claim: str
    said: Speech


def worthy(marked: Marked, cues: StatementCues) -> bool:
    """Whether a sentence asserts something to be checked: a reporting or acting verb, no opinion, nothing to click."""
    sentence = marked.sentence
    return (
        sentence.kind in {"prose", "item", "turn"}
        and sentence.speaker != "Q"
        and len(sentence.text) <= cues.longest
        and bool(cues.tells.search(marked.masked) or cues.acts.search(marked.masked))
        and not cues.opinions.search(sentence.text)
        and not cues.pointers.search(sentence.text)
    )


def own_names(marked: Marked, cues: StatementCues) -> list[tuple[int, Mention]]:
    """The subject's own names (its models and people too) in a sentence, with their masked positions."""
    return [
        (position, item)
        for position, item in marked.ordered
        if isinstance(item, Mention) and item.kind != "pronoun" and _own(item, cues)
    ]


def _own(mention: Mention, cues: StatementCues) -> bool:
    return mention.kind == "model" or any(fnmatch.fnmatchcase(mention.entity, pattern) for pattern in cues.about)


def draft_of(reader: ArticleReader, marked: Marked, cues: StatementCues) -> _Draft | None:
    """The statement that a sentence makes; None where it makes none."""
    if not worthy(marked, cues) or marked.sentence.paragraph in reader.notes:
        return None
    own = [(p, m) for p, m in own_names(marked, cues) if _ROLE.match(marked.masked, p + 1)]
    if not own:
        return None
    acts, last = _acts(marked, cues)
    said = reader.speech.analyse(marked.index, marked.original(*last))
    if not said.claim or said.modality == "estimated":
        return None
    subject = _subject(marked, own, said)
    names, amounts, days = _things(reader, marked, subject, said, cues)
    if not (names or amounts or days):
        return None
    told_apart = len(names) + len(amounts) + len(days) > 1 and bool(names or amounts) and bool(acts)
    words = [] if told_apart else _content(marked, acts, cues)
    things = (*names, *amounts, *days)
    proposition = f"{'・'.join(acts) or '言明'}: {'、'.join((*things, *words))}"
    if (said.polarity == "denied") != bool(cues.negative.search(marked.masked)):
        proposition += " (否定)"
    claim = claim_id(subject, STATEMENT, {}, None, reader.knowledge.seeds, proposition=proposition)
    return _Draft(marked, subject, acts, things, proposition, claim, said)


def _acts(marked: Marked, cues: StatementCues) -> tuple[tuple[str, ...], tuple[int, int]]:
    """What is done in a sentence, and the masked place of the last word for it (or of the last that tells it)."""
    found = list(cues.acts.finditer(marked.masked))
    last = (found or list(cues.tells.finditer(marked.masked)))[-1]
    return tuple(sorted({cues.act_of[match.group()] for match in found})), last.span()


def _subject(marked: Marked, own: Sequence[tuple[int, Mention]], said: Speech) -> str:
    """Whom it is said of: the own name that stands as topic or actor, a speaker only where nobody else does."""
    topics = [m.entity for p, m in own if _TOPIC.match(marked.masked, p + 1)]
    candidates = topics or [m.entity for _, m in own]
    return next((entity for entity in candidates if entity != said.attribution), candidates[0])


def _things(
    reader: ArticleReader, marked: Marked, subject: str, said: Speech, cues: StatementCues
) -> tuple[list[str], list[str], list[str]]:
    """The other names, the amounts and the days of a sentence, each as it is compared, sorted, once."""
    seeds = reader.knowledge.seeds
    source = said.attribution if cues.passed_on.search(marked.masked) else None
    left_out = {subject, reader.scene.company, source, reader.article.publisher}
    names: dict[str, str] = {}
    amounts, days = set(), set()
    for position, item in marked.items.items():
        if isinstance(item, Mention):
            if item.kind == "pronoun" or item.entity in left_out or cues.no_names.match(item.entity):
                continue
            if item.kind == "place" and _ATTRIBUTE_OF_NAME.match(marked.masked, position + 1):
                continue
            names.setdefault(canonical_name(item.entity, seeds), name_words(item.entity, seeds, "ja"))
        elif isinstance(item, DateSpan):
            # What is planned lies ahead (「公開は3月になる見通し」 is the coming March); the day of the news does not.
            told_now = (reader.day.date() - item.last).days <= _NEWS
            day = reader.ahead.get(item.start, item) if said.modality == "planned" and not told_now else item
            days.add(date_words(day.first, day.last, "ja"))
        elif _tells_something(item):
            amounts.add(_amount(item, seeds))
    return [names[name] for name in sorted(names)], sorted(amounts), sorted(days)


def _tells_something(quantity: Quantity) -> bool:
    """Whether an amount tells statements apart: no bare number, no conversion, none of a few things (1つ, 3社)."""
    few = quantity.kind == "count" and not quantity.unit and (quantity.high or 0) < 10
    return quantity.kind != "plain" and not quantity.converted and not few


def _amount(quantity: Quantity, seeds: Seeds) -> str:
    """An amount to two digits, so that 約560万ドル and 557万6000ドル are one; with its unit, without its hedges."""
    low, high = (None if n is None else float(f"{n:.1e}") for n in (quantity.low, quantity.high))
    unit = quantity.unit or quantity.counter or quantity.kind
    return value_words(Value(low=low, high=high, unit=unit), attribute_of(STATEMENT, seeds), seeds, "ja")


def _content(marked: Marked, acts: Sequence[str], cues: StatementCues) -> list[str]:
    """The words of a sentence that tell it from others, sorted."""
    found = {
        word
        for word in _WORD.findall(marked.masked)
        if not cues.common.fullmatch(word) and not cues.tells.match(word) and cues.act_of.get(word) not in acts
    }
    return sorted(found)[:_KEPT_WORDS]


def _observation(reader: ArticleReader, draft: _Draft) -> Observation:
    article, sentence = reader.article, draft.marked.sentence
    value = Value(text=draft.proposition)
    said = draft.said
    return Observation(
        observation_id=observation_id(
            draft.claim,
            article.article_id,
            article.revision,
            sentence.start,
            sentence.end,
            value,
            polarity=said.polarity,
        ),
        claim_id=draft.claim,
        article_id=article.article_id,
        revision=article.revision,
        subject=draft.subject,
        attribute=STATEMENT,
        qualifiers={},
        value=value,
        past=False,
        modality=said.modality,
        polarity=said.polarity,
        attribution=said.attribution,
        sentence=sentence.text,
        char_start=sentence.start,
        char_end=sentence.end,
        published_at=article.published_at,
        seen_at=article.seen_at,
        confidence=round(min(SUREST, 0.2 + 0.05 * len(draft.things)), 3),
    )
