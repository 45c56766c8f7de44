"""``kawaraban seeds learn``: another set of seed documents gives other topics, without a change of code."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.cli import main
from flows.learn import SeedDocumentsError, learn_topics
from flows.reading.learning import LONGEST, learn, profiles_toml
from flows.reading.passages import passages
from flows.reading.topic_features import load_terms
from flows.reading.topics import THRESHOLD, TopicModel, classify, decisions, load_topics
from seeds import load_seeds
from seeds.loader import BUNDLED
from tests.reading.tram import ARTICLES, DOCUMENTS, TOPICS, seeds_folder, write_documents

SHARED = Path(os.environ.get("SHARED", BUNDLED.parent.parent / "shared"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    return seeds_folder(seeds)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "documents")


@pytest.fixture
def model(folder: Path, documents: Path) -> TopicModel:
    learn_topics(documents, folder)
    return load_topics(load_seeds(folder))


@pytest.mark.parametrize("title", ARTICLES)
def test_profiles_alone_tell_the_topics_of_another_subject(model: TopicModel, title: str) -> None:
    text, topics = ARTICLES[title]
    assert {score.topic for score in classify(title, text, model)} == topics


def test_before_anything_was_learned_the_words_of_the_labels_alone_tell(folder: Path) -> None:
    model = load_topics(load_seeds(folder))
    unlabelled, labelled = "港への路線、着工を1年延期", "潮風電車、来春に値上げへ"
    assert classify(unlabelled, ARTICLES[unlabelled][0], model) == ()
    assert [score.topic for score in classify(labelled, ARTICLES[labelled][0], model)] == ["fares"]


def test_other_documents_and_topics_give_other_profiles(tmp_path: Path, folder: Path, documents: Path) -> None:
    learn_topics(documents, folder)
    first = tomllib.loads((folder / "topic_profiles.toml").read_text(encoding="utf-8"))
    assert first.keys() == {"fares", "vehicles", "extension", "safety"}
    two = '[[topic]]\nid = "money"\nseeds = ["fares"]\n[[topic]]\nid = "rest"\nseeds = ["history", "safety"]\n'
    (folder / "topics.toml").write_text(two, encoding="utf-8")
    for name in ("vehicles", "extension"):
        (documents / f"{name}.txt").unlink()
    lesson = learn_topics(documents, folder)
    second = tomllib.loads((folder / "topic_profiles.toml").read_text(encoding="utf-8"))
    assert second.keys() == {"money", "rest"}
    assert any("vehicles.txt" in note for note in lesson.notes)
    model = load_topics(load_seeds(folder))
    title = "潮風電車、来春に値上げへ"
    assert [s.topic for s in classify(title, ARTICLES[title][0], model)] == ["money"]


def test_the_same_documents_give_the_same_file(folder: Path, documents: Path) -> None:
    learn_topics(documents, folder)
    first = (folder / "topic_profiles.toml").read_bytes()
    learn_topics(documents, folder)
    assert (folder / "topic_profiles.toml").read_bytes() == first
    assert not list(folder.glob("*.new"))


def test_no_sentence_of_a_document_gets_into_the_profiles(folder: Path, documents: Path) -> None:
    learn_topics(documents, folder)
    profiles = tomllib.loads((folder / "topic_profiles.toml").read_text(encoding="utf-8"))
    sentences = {part.plain.casefold() for text in DOCUMENTS.values() for part in passages(text)}
    terms = {term for profile in profiles.values() for term in profile}
    assert terms.isdisjoint(sentences)
    assert all(len(term) <= LONGEST and "。" not in term for term in terms)


def test_the_command_tells_what_each_topic_learned(
    folder: Path, documents: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAWARABAN_SEEDS", str(folder))
    monkeypatch.setattr(sys, "argv", ["kawaraban", "seeds", "learn", str(documents)])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    assert ended.value.code == 0
    rows = {line.split()[0]: line for line in shown.out.splitlines()}
    assert rows.keys() == {"topic", "fares", "vehicles", "extension", "safety"}
    assert "運賃" in rows["fares"]
    assert "extension history" in rows["extension"]
    assert "topic_profiles.toml" in shown.err


def test_a_topic_is_explained_by_passages_and_terms_also_where_its_profile_decides(model: TopicModel) -> None:
    title = "交差点で乗用車と衝突"
    best, *others = decisions(title, ARTICLES[title][0], model)
    assert (best.topic, best.score >= THRESHOLD) == ("safety", True)
    first = best.told[0]
    assert first.passage is not None
    assert ("事故" in first.passage.plain, "事故" in first.terms) == (True, True)
    assert [told.chance for told in best.told] == sorted((told.chance for told in best.told), reverse=True)
    assert all(term in told.passage.plain.casefold() for told in best.told if told.passage for term in told.terms)
    assert all(other.score < THRESHOLD for other in others)


def run(folder: Path, documents: Path) -> str:
    with pytest.raises(SeedDocumentsError) as told:
        learn_topics(documents, folder)
    assert not (folder / "topic_profiles.toml").exists()
    return str(told.value)


def test_an_empty_folder_and_one_that_is_not_there_are_told(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "documents").mkdir()
    assert "holds no seed document" in run(folder, tmp_path / "documents")
    assert "is no folder" in run(folder, tmp_path / "elsewhere")


def test_a_document_that_nothing_assigns_is_told_by_name(folder: Path, documents: Path) -> None:
    (documents / "weather.txt").write_text("天気\n晴れ。\n", encoding="utf-8")
    message = run(folder, documents)
    assert message.startswith("weather.txt: no topic is assigned")
    assert "documents.toml" in message


def test_a_topic_that_there_is_not_is_told_by_name(folder: Path, documents: Path) -> None:
    with (folder / "documents.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('\n[[document]]\nid = "w"\nfile = "weather.txt"\ntitle = "w"\ntopics = ["weather"]\n')
    (documents / "weather.txt").write_text("天気\n晴れ。\n", encoding="utf-8")
    assert "topics.toml does not have: weather" in run(folder, documents)


def test_a_document_that_is_no_text_is_told(folder: Path, documents: Path) -> None:
    (documents / "fares.txt").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as UTF-8 text" in run(folder, documents)


def test_notes_tell_what_may_surprise(folder: Path, documents: Path) -> None:
    with (folder / "documents.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('\n[[document]]\nid = "x"\nfile = "extra.txt"\ntitle = "x"\ntopics = ["fares"]\nsha256 = "00"\n')
    (documents / "extra.txt").write_text("題\n値上げの運賃。\n", encoding="utf-8")
    (folder / "topics.toml").write_text(TOPICS + '[[topic]]\nid = "empty"\nseeds = []\n', encoding="utf-8")
    (folder / "topic_weights.json").write_text('{"biases": {}, "weights": {}}', encoding="utf-8")
    notes = learn_topics(documents, folder).notes
    assert [word for word in ("extra.txt", "empty", "topic_weights.json") if any(word in note for note in notes)] == [
        "extra.txt",
        "empty",
        "topic_weights.json",
    ]
    assert not any("topic_weights.json" in note for note in learn_topics(documents, folder).notes)


words = st.text(st.sampled_from('運賃事故車両延伸の。、\nはADa1 「」"\\'), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(words, words, st.sets(st.sampled_from(["fares", "vehicles", "safety"]))), max_size=4))
def test_whatever_the_documents_the_profiles_are_sound(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str, set[str]]]
) -> None:
    folder = seeds_folder(tmp_path_factory.mktemp("seeds"))
    profiles = learn([(t, x, sorted(topics)) for t, x, topics in texts], load_terms(load_seeds(folder), {}))
    assert profiles.keys() <= {"fares", "vehicles", "safety"}
    assert all(0 < weight < 3 for profile in profiles.values() for weight in profile.values())
    assert tomllib.loads(profiles_toml(profiles)) == profiles


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the seed documents are not at hand")
def test_the_bundled_profiles_are_those_of_the_seed_documents(tmp_path: Path) -> None:
    for file in BUNDLED.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    lesson = learn_topics(SHARED / "seeds", tmp_path)
    assert (tmp_path / "topic_profiles.toml").read_bytes() == (BUNDLED / "topic_profiles.toml").read_bytes()
    assert all("sha256" not in note for note in lesson.notes)
