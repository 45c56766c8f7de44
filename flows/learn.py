"""Learns topic profiles from a folder of seed documents into a seeds folder."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from flows.model import KawarabanError
from flows.reading.learning import documents_in, learn, profiles_toml, write_profiles
from flows.reading.topic_features import load_terms
from flows.reading.topics import PROFILES, WEIGHTS
from seeds import Seeds, load_seeds

_TEXTS = frozenset({".txt", ".md"})
_SHOWN = 8


class SeedDocumentsError(KawarabanError):
    """The seed documents cannot be learned from: there are none, or it is not known what they treat."""


@dataclasses.dataclass(frozen=True, slots=True)
class LearnedTopic:
    """A topic, the documents that treat it, and what was learned of it."""

    topic: str
    documents: tuple[str, ...]
    number: int
    """Terms of its profile."""
    terms: tuple[str, ...]
    """Those that weigh most."""


@dataclasses.dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned, where it was written, and what the user should know."""

    topics: tuple[LearnedTopic, ...]
    written: Path
    notes: tuple[str, ...]


def learn_topics(documents: Path, folder: Path) -> Lesson:
    """Learns the profiles of a seeds folder's topics and writes them to its ``topic_profiles.toml``.

    The same documents and topics give the same file, byte for byte. It holds terms and weights, no sentence.

    Args:
        documents: the folder with the texts (``.txt`` and ``.md``, UTF-8, the title on the first line).
        folder: the seeds folder; ``documents.toml`` or ``topics.toml`` tells which topics each document treats.

    Raises:
        SeedDocumentsError: there is no document, one that is assigned to no topic, or one that is no UTF-8 text.
        SeedsError: a file of the seeds folder is wrong.
    """
    seeds = load_seeds(folder)
    assigned = assignments(documents, seeds)
    terms = load_terms(seeds, {})
    try:
        profiles = learn(list(documents_in(documents, assigned)), terms)
    except (OSError, UnicodeDecodeError) as error:
        raise SeedDocumentsError(f"a document in {documents} cannot be read as UTF-8 text: {error}") from error
    path = folder / PROFILES
    changed = not path.exists() or path.read_text(encoding="utf-8") != profiles_toml(profiles)
    try:
        write_profiles(path, profiles)
    except OSError as error:
        raise SeedDocumentsError(f"{path} cannot be written: {error}; KAWARABAN_SEEDS names the folder") from error
    ids = {document.file: document.id for document in seeds.documents}
    learned = tuple(
        LearnedTopic(
            topic,
            tuple(ids.get(name, name) for name, topics in assigned.items() if topic in topics),
            len(profiles.get(topic, {})),
            tuple(profiles.get(topic, {}))[:_SHOWN],
        )
        for topic in seeds.topics
    )
    return Lesson(learned, path, tuple(_notes(learned, documents, assigned, seeds, changed)))


def assignments(folder: Path, seeds: Seeds) -> dict[str, tuple[str, ...]]:
    """File name -> the ids of the topics that the document treats, for the documents in a folder, in order.

    A document's topics are those that ``documents.toml`` gives it and those of ``topics.toml`` that name it among their
    ``seeds``.

    Raises:
        SeedDocumentsError: the folder holds no document, one without topics, or one with a topic that there is not.
    """
    if not folder.is_dir():
        raise SeedDocumentsError(f"{folder} is no folder; name the folder that holds the seed documents")
    names = sorted(
        f.name for f in folder.iterdir() if f.suffix in _TEXTS and not f.name.startswith(".") and f.is_file()
    )
    if not names:
        raise SeedDocumentsError(f"{folder} holds no seed document: they are files that end in .txt or .md")
    listed = {document.file: document for document in seeds.documents}
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        document, stem = listed.get(name), Path(name).stem
        own = document.topics if document else ()
        called = {name, stem, document.id if document else stem.partition("_")[0]}
        found[name] = tuple(dict.fromkeys((*own, *(t.id for t in seeds.topics.values() if called & set(t.seeds)))))
    if lost := [name for name, topics in found.items() if not topics]:
        raise SeedDocumentsError(
            f"{', '.join(lost)}: no topic is assigned; give each a [[document]] with file and topics in "
            f"{seeds.folder / 'documents.toml'}"
        )
    if wrong := sorted({topic for topics in found.values() for topic in topics} - seeds.topics.keys()):
        raise SeedDocumentsError(
            f"{seeds.folder / 'documents.toml'} assigns topics that topics.toml does not have: {', '.join(wrong)}"
        )
    return found


def _notes(
    learned: tuple[LearnedTopic, ...],
    folder: Path,
    assigned: Mapping[str, tuple[str, ...]],
    seeds: Seeds,
    changed: bool,
) -> Iterator[str]:
    known = {document.file: document.sha256 for document in seeds.documents}
    if absent := [name for name in known if name not in assigned]:
        yield f"documents.toml names documents that are not in the folder, learned without: {', '.join(absent)}"
    if other := [
        n for n in assigned if known.get(n) and known[n] != hashlib.sha256((folder / n).read_bytes()).hexdigest()
    ]:
        yield f"not the documents that documents.toml describes, by their sha256: {', '.join(other)}"
    if empty := [t.topic for t in learned if not t.number]:
        yield f"no document tells these topics apart, their cues alone decide: {', '.join(empty)}"
    if changed and (seeds.folder / WEIGHTS).exists():
        yield f"{WEIGHTS} was learned with other profiles: weigh anew (see CONTRIBUTING.md), or take the file away"
