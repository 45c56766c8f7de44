"""Whom or what a number or a statement is about: the subject, or the decision that nobody can tell.

Candidates are the names of the sentence that an attribute can be said of; where the sentence has none, those of the
sentences before it, the title, and what the whole article is about. Particles, order and distance decide. Where a
rival's name owns the number, there is no subject.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import re
from collections.abc import Callable, Iterable, Sequence

from flows.claims.frames import Frame
from flows.claims.markup import MASKS, Marked, compile_pattern
from flows.claims.names import Mention, NameFinder

_CLOSERS = re.compile(
    r"[」』”\"'］\]]*(?:\([^()]{0,24}\)|（[^（）]{0,24}）)?(?:氏|さん|サン|社|株|版|の株価|アプリ|のアプリ)?"
)
_SOURCE = re.compile(
    r"(?:によ[るれり]|の(?:推計|試算|調べ|集計|調査|試験|まとめ|報告|発表|論文)|が(?:推計|試算)|は、?[^。]*(?:推計|試算|見積|はじ[いく]|報じ|伝え|と(?:みる|した|述べ|発表|説明|主張))|製)"
)
_TOPIC = re.compile(r"[」』]?(?:\([^()]{0,24}\))?(?:は|も|では|が)")
_BACK = 3
"""Sentences that are looked back over for a subject."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """A resolved subject: the entity, how surely (0 to 1), and where it was found."""

    entity: str
    score: float
    where: str


@dataclasses.dataclass(frozen=True)
class Scene:
    """What an article as a whole is about: the fallbacks for sentences that name nobody."""

    company: str
    parents: frozenset[str]
    title: tuple[Mention, ...]
    main_model: str | None
    main_person: str | None
    modifies: re.Pattern[str]
    """What makes a model's name only say where another comes from."""
    versions: tuple[tuple[str, re.Pattern[str]], ...]
    """How one model is told from another without its name: what words say of it (``old``, ``new``), and the words."""
    trim: Callable[[str, int], tuple[int, str] | None]
    """Frees an open name, with its position, of the words around it."""

    def tells_both(self, masked: str) -> bool:
        """Whether a masked sentence speaks of two models at once (両モデル)."""
        return any(name == "both" and told.search(masked) for name, told in self.versions)


@functools.lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return compile_pattern(pattern)


def scene_of(title: Sequence[Mention], body: Sequence[Mention], names: NameFinder) -> Scene:
    """The scene of an article: its title's names, its commonest own model, its commonest person."""
    models = collections.Counter(m.entity for m in body if m.kind == "model")
    people = collections.Counter(m.entity for m in body if m.kind == "person")
    titled = [m.entity for m in title if m.kind == "model"]
    return Scene(
        company=names.company,
        parents=names.parents,
        title=tuple(title),
        main_model=titled[0] if titled else (models.most_common(1)[0][0] if models else None),
        modifies=_compiled(names.modifies),
        versions=names.versions,
        trim=names.trimmed,
        main_person=people.most_common(1)[0][0] if people else None,
    )


def suits(mention: Mention, kind: str, scene: Scene) -> bool:
    """Whether a name is of a kind that ``attributes.toml`` allows as subject."""
    if kind in {"model", "product"}:
        return mention.kind in {"model", "product"}
    if kind == "company":
        return mention.entity == scene.company or mention.text in {"同社", "当社", "弊社"}
    if kind == "parent":
        return mention.entity in scene.parents
    if kind == "person":
        return mention.kind == "person" or mention.text == "同氏"
    return mention.kind == "organization"


def _weight(marked: Marked, at: int, anchor: int, frame: Frame, mention: Mention, scene: Scene) -> float:
    behind = marked.masked[at + 1 :]
    closer = _CLOSERS.match(behind)
    particle = behind[closer.end() if closer else 0 :][:2]
    weight = 0.55
    if particle[:1] in {"は", "も"}:
        weight += 0.3
    elif particle[:1] == "が":
        weight += 0.25
    elif particle[:1] in {"の", "を"}:
        weight += 0.2
    if at < anchor:
        weight -= 0.012 * (anchor - at)
    else:
        weight -= 0.2 + 0.02 * (at - anchor)
    rank = next((n for n, kind in enumerate(frame.subjects) if suits(mention, kind, scene)), 0)
    return weight - 0.15 * rank


def _here(marked: Marked, anchor: int, frame: Frame, scene: Scene) -> list[tuple[float, int, Mention]]:
    found = []
    for at, item in marked.names:
        if any(suits(item, kind, scene) for kind in frame.subjects):
            behind = marked.masked[at + 1 :]
            if item.kind == "organization" and item.entity != scene.company and _SOURCE.match(behind):
                continue
            found.append((_weight(marked, at, anchor, frame, item, scene), at, item))
    return sorted(found, key=lambda entry: (-entry[0], entry[1]))


def rival_owner(marked: Marked, anchor: int, frame: Frame, scene: Scene) -> Mention | None:
    """The rival that a number belongs to: named before it as topic or owner, nearer than any subject."""
    for at, item in reversed(marked.names):
        if at >= anchor:
            continue
        if any(suits(item, kind, scene) for kind in frame.subjects) or item.entity == scene.company:
            return None
        if item.kind not in {"rival", "organization"}:
            continue
        behind = marked.masked[at + 1 : anchor]
        closer = _CLOSERS.match(behind)
        rest = behind[closer.end() if closer else 0 :]
        if rest[:1] in {"は", "が", "の", "も"} and not _SOURCE.match(rest):
            return item if item.kind == "rival" or not rest.startswith("の") else None
    return None


def resolve(marked: Sequence[Marked], index: int, anchor: int, frame: Frame, scene: Scene) -> tuple[list[Subject], str]:
    """The subjects of something said at a masked position of a sentence, and why there are none.

    Usually one; two where the sentence says so (両モデルとも); an empty list with a reason where nobody can be told.
    """
    sentence = marked[index]
    here = _here(sentence, anchor, frame, scene)
    compared = "counterpart" in frame.attribute.key
    owned = not compared and not {"org", "person"} & set(frame.subjects)
    if owned and rival_owner(sentence, anchor, frame, scene):
        return [], "rival's figure"
    if scene.tells_both(sentence.masked) and set(frame.subjects) & {"model", "product"}:
        pair = _recent_models(marked, index, scene)
        if len(pair) == 2:
            return [Subject(entity, 0.6, "both") for entity in pair], ""
    if here:
        weight, _, mention = here[0]
        entity = scene.company if mention.kind == "pronoun" else mention.entity
        return [Subject(entity, max(0.1, min(1.0, weight)), "sentence")], ""
    if frame.explicit_subject:
        return [], "no subject"
    if owned and _rival_before(marked, index, frame):
        return [], "rival's figure"
    before = _before(marked, index, frame, scene)
    if before:
        return [before], ""
    return _whole(frame, scene)


def _rival_before(marked: Sequence[Marked], index: int, frame: Frame) -> bool:
    """Whether the sentence before it, of the same paragraph, was about a rival's model: its figures go on."""
    if set(frame.subjects) & {"company", "parent"} or index == 0:
        return False
    last = marked[index - 1]
    if last.sentence.paragraph != marked[index].sentence.paragraph:
        return False
    named = [(p, i) for p, i in last.of_kind("model", "product", "rival") if isinstance(i, Mention)]
    topics = [(p, i) for p, i in named if _TOPIC.match(last.masked, p + 1)]
    chosen = (topics or named)[-1:]
    return bool(chosen) and chosen[0][1].kind == "rival"


def _before(marked: Sequence[Marked], index: int, frame: Frame, scene: Scene) -> Subject | None:
    for back in range(1, _BACK + 1):
        if index - back < 0:
            return None
        sentence = marked[index - back]
        found = _here(sentence, len(sentence.masked), frame, scene)
        kinds = frame.subjects
        best = next((m for _, _, m in found if suits(m, kinds[0], scene)), None) or (found[0][2] if found else None)
        if best is not None:
            entity = scene.company if best.kind == "pronoun" else best.entity
            return Subject(entity, 0.5 - 0.08 * back, "before")
    return None


def _whole(frame: Frame, scene: Scene) -> tuple[list[Subject], str]:
    """What the whole article is about, where neither sentence nor neighbourhood names anybody."""
    for kind in frame.subjects:
        if kind in {"model", "product"} and scene.main_model:
            return [Subject(scene.main_model, 0.35, "article")], ""
        if kind == "company":
            return [Subject(scene.company, 0.4, "article")], ""
        if kind == "person" and scene.main_person:
            return [Subject(scene.main_person, 0.35, "article")], ""
        if kind == "parent" and frame.fallback:
            return [Subject(frame.fallback, 0.3, "article")], ""
    if set(frame.subjects) & {"model", "product"}:
        return [Subject(scene.company, 0.25, "article")], ""
    return [], "no subject"


def _recent_models(marked: Sequence[Marked], index: int, scene: Scene) -> list[str]:
    """The two own models named last, in the sentence, the ones before it, or the title."""
    found: list[str] = []
    for back in range(_BACK + 1):
        if index - back < 0:
            break
        for entity in reversed(_models(marked[index - back])):
            if entity not in found:
                found.append(entity)
    for mention in scene.title:
        if mention.kind == "model" and mention.entity not in found:
            found.append(mention.entity)
    return list(reversed(found[:2]))


def _models(marked: Marked) -> list[str]:
    return [i.entity for _, i in marked.of_kind("model", "product") if isinstance(i, Mention)]


def actors(marked: Marked, anchor: int, kinds: Iterable[str], avoid: frozenset[str]) -> list[Mention]:
    """The names of some kinds that act in a sentence: the nearest before the position that stands as an actor, with
    those it is listed with (A、B、Cの3社は); else the nearest at all.
    """
    wanted = {MASKS[k] for k in kinds}
    spots = [
        p
        for p, i in marked.ordered
        if marked.masked[p] in wanted
        and isinstance(i, Mention)
        and i.entity not in avoid
        and not _ACCORDING.match(marked.masked, p + 1)
    ]
    acting = [p for p in spots if p < anchor and _ACTOR.match(marked.masked, p + 1)]
    if not acting:
        acting = [p for p in spots if p < anchor][-1:] or spots[:1]
        return [_mention(marked, p) for p in acting]
    chosen = [acting[-1]]
    for spot in reversed(spots[: spots.index(chosen[0])]):
        if _LISTED.fullmatch(marked.masked, spot + 1, chosen[0]):
            chosen.insert(0, spot)
        else:
            break
    return [_mention(marked, p) for p in chosen]


def _mention(marked: Marked, position: int) -> Mention:
    item = marked.items[position]
    if not isinstance(item, Mention):
        raise TypeError(f"no name stands at masked position {position}")
    return item


_ACCORDING = re.compile(r"[」』]?によ[るれり]")
_ACTOR = re.compile(
    r"[」』]?(?:\([^()]{0,16}\)|（[^（）]{0,16}）)?(?:様|社|など|の\d社|の[^。、]{0,6}(?:各社|大手企業|大手|通信\d社))?[^。、はがもで]{0,8}?(?:は|が|も|では|でも|に|の)"
)
_LISTED = re.compile(r"[」』]?(?:\([^()]{0,16}\)|（[^（）]{0,16}）)?(?:、|と|や|・|及び|および|に加え)[^。]{0,3}")
