"""The week in three sentences, as a reader would hear them."""

from __future__ import annotations

import pytest

from flows.digests.phrases import Phrases
from flows.digests.selection import select
from flows.digests.summary import summary
from flows.model import Value
from flows.report import PageTrouble, SilentSource, SourceTrouble, WeekFacts
from flows.wording import Language
from seeds import Seeds
from tests.digests.facts import NOW, change, evidence, facts

FEED = SourceTrouble("http://a.example/f", "甲", 2, "timeout", None)
PAGE = PageTrouble("http://a.example/p", "乙", "http: 404", 1)
SILENT = SilentSource("http://a.example/g", "丙", NOW)
READ = "4媒体の関連記事8本(うち転載2本)を読みました。"


def told(seeds: Seeds, week: WeekFacts, lang: Language = "ja") -> str:
    return summary(Phrases(select(week, seeds), seeds, lang))


def test_a_quiet_week_is_called_quiet(seeds: Seeds) -> None:
    assert told(seeds, facts()) == f"静かな週で、新しい主張も変わった主張もありません。{READ}"
    assert told(seeds, facts(copies=0)).endswith("4媒体の関連記事8本を読みました。")
    again = told(seeds, facts(change(1, "corroborated"), change(2, "corroborated")))
    assert "知られていた主張2件を、別の記事も伝えました。" in again


def test_a_week_without_a_run_is_not_called_quiet(seeds: Seeds) -> None:
    assert told(seeds, facts(runs=0)) == "この週は一度も実行されていません。静かだったのではなく、見ていません。"
    assert "静か" not in told(seeds, facts(change(), runs=0))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("updated", "主張の変化は1件で、DeepSeekの利用者数(1日当たり)が2000万人から3000万人に更新されました。"),
        (
            "disputed",
            "主張の変化は1件で、DeepSeekの利用者数(1日当たり)をめぐって2000万人と3000万人が食い違っています。",
        ),
        ("corrected", "主張の変化は1件で、DeepSeekの利用者数(1日当たり)が2000万人から3000万人に訂正されました。"),
        ("denied", "主張の変化は1件で、DeepSeekの利用者数(1日当たり)(3000万人)が否定されました。"),
        ("retracted", "主張の変化は1件で、DeepSeekの利用者数(1日当たり)(3000万人)が撤回されました。"),
    ],
)
def test_what_matters_most_is_told_first(seeds: Seeds, kind: str, sentence: str) -> None:
    assert told(seeds, facts(change(1, kind))) == f"{sentence}新しい主張はありません。{READ}"


@pytest.mark.parametrize("kind", ["updated", "disputed", "corrected"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_change_from_nothing_names_no_former_value(seeds: Seeds, kind: str, lang: Language) -> None:
    text = told(seeds, facts(change(1, kind, previous=None, previous_value=None)), lang)
    assert "None" not in text
    assert "2000万" not in text


def test_several_changes_are_counted_and_the_first_is_told(seeds: Seeds) -> None:
    text = told(seeds, facts(change(1, "updated"), change(2, "denied"), change(3, "updated")))
    assert text.startswith("主張の変化は3件あり、まずDeepSeekの利用者数(1日当たり)(3000万人)が否定されました。")


def test_new_claims_are_told_by_their_topics(seeds: Seeds) -> None:
    age, ban, users = (change(n, attribute=a) for n, a in enumerate(("age", "ban", "users")))
    more = change(9, attribute="users")
    assert "新しい主張は1件で、DeepSeekの利用者数(1日当たり)(3000万人)です。" in told(seeds, facts(users))
    assert "新しい主張は2件で、いずれも「価格・事業」についてのものです。" in told(seeds, facts(users, more))
    assert "新しい主張は3件で、3つの話題にわたります。" in told(seeds, facts(age, ban, users))
    assert "新しい主張は4件で、最も多い話題は「価格・事業」(2件)です。" in told(seeds, facts(age, ban, users, more))
    first = told(seeds, facts(age, ban, first=True))
    assert "記録を始めた最初の週なので、基準の資料にない2件はすべて新しい主張として数えています。" in first


@pytest.mark.parametrize(
    ("gaps", "clause"),
    [
        ({"source_troubles": (FEED,)}, "フィード1本を読めておらず、"),
        ({"page_troubles": (PAGE, PAGE)}, "記事2本を読めておらず、"),
        ({"source_troubles": (FEED,), "page_troubles": (PAGE,)}, "フィード1本と記事1本を読めておらず、"),
        ({"silent": (SILENT,)}, "フィード1本からはいつもの新着がなく、"),
        (
            {"page_troubles": (PAGE,), "silent": (SILENT,)},
            "記事1本を読めておらず、フィード1本からはいつもの新着もなく、",
        ),
    ],
)
def test_a_gap_is_never_taken_for_quiet(seeds: Seeds, gaps: dict[str, object], clause: str) -> None:
    assert told(seeds, facts(**gaps)).endswith(f"を読みましたが、{clause}見落としがあるかもしれません。")
    nothing = told(seeds, facts(relevant=0, copies=0, **gaps))
    assert nothing.endswith(f"関連する記事は見つかりませんでしたが、{clause}静かだったとは言い切れません。")


def test_the_english_summary_reads_as_english(seeds: Seeds) -> None:
    one = told(seeds, facts(change(1, "updated"), change(2, attribute="ban"), page_troubles=(PAGE,)), "en")
    assert one == (
        "There was 1 change to known claims: DeepSeek: users (per day) went from 20 million people to 30 million people. "
        "One claim is new: DeepSeek: ban or restriction (30 million people). "
        "8 relevant articles from 4 outlets (2 of them copies) were read, but 1 article could not be read, "
        "so something may be missing."
    )
    assert told(seeds, facts(runs=0), "en") == "Nothing ran in this week. It was not quiet: nobody looked."


def test_no_sentence_is_longer_than_its_data_need(seeds: Seeds) -> None:
    value = Value(text="長" * 10_000)
    text = told(seeds, facts(change(1, "denied", attribute="founder", evidence=evidence(value=value))))
    assert len(text) < 600
