from __future__ import annotations

import dataclasses
import datetime as dt
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reading.duplicates import Candidate, CopyVerdict, find_original, resolve_batch
from flows.reading.shingles import BANDS, LEAD_BANDS, SCHEME, overlap, shingles, signature

START = dt.datetime(2025, 1, 28, 9, 0, tzinfo=dt.UTC)
TEXT = """\
【北京】架空AI社は27日、夜間の利用料を75%引き下げると発表した。対象は主力の対話モデルで、入力は100万語当たり2元になる。
同社の広報担当者は「昼間に集まる利用を夜に分けたい」と説明した。割引は北京時間の0時30分から8時30分まで続く。
国内の開発者からは歓迎する声が上がる。都内の受託会社は月に12万円の節約になると試算し、夜間の処理に移す準備を始めた。
一方、競合する3社はいずれも値下げの予定はないとしている。市場の調査会社は、消耗戦が長引けば小さな会社の淘汰が進むとみる。
同社は昨年11月にも利用料を見直しており、値下げは半年で2度目となる。利用者は1日に3000万人を超えたという。"""
REWRITE = """\
対話型AIの夜間料金が大きく下がる。架空AI社が27日に明らかにしたもので、主力モデルの値段は4分の1になった。
狙いは混雑の分散にある。昼に偏る利用者を深夜や早朝へ誘い、計算機を遊ばせない考えだ。日本の小さな開発会社には追い風となる。
もっとも、ほかの会社が追いかける気配はまだない。体力勝負を警戒する声が業界にはある。"""
FOLLOW_UP = """\
夜間の利用料を下げた架空AI社に対し、業界2位の大手が5日、対抗する料金を公表した。新しい料金は終日同じで、入力が1.5元と割安になる。
大手の担当役員は「時間で値段を変えるやり方は利用者に優しくない」と述べた。来月には企業向けの定額も始める。
架空AI社は27日、夜間の利用料を75%引き下げると発表した。対象は主力の対話モデルで、入力は100万語当たり2元になる。
証券会社の分析では、両社の差は1割ほどに縮まる。先に動いた側の利点は薄れ、次の一手に注目が集まっている。"""


def article(name: str, text: str = TEXT, hours: float = 0, **more: object) -> Candidate:
    moment = START + dt.timedelta(hours=hours)
    made = Candidate(name, f"https://{name}.example/{name}", f"{name}新聞", text, moment, moment)
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def cut(text: str, paragraphs: int) -> str:
    return "\n".join(text.split("\n")[:paragraphs])


EDITS = {
    "as it is": (TEXT, "exact"),
    "in full-width digits": (TEXT.translate(str.maketrans("0123456789", "０１２３４５６７８９")), "exact"),
    "with another byline": (TEXT.replace("【北京】", "【北京＝海外ワイヤ】"), "near"),
    "with a new lead": ("値下げの波が広がってきた。\n" + "\n".join(TEXT.split("\n")[1:]), "near"),
    "in plain style": (TEXT.replace("した。", "しました。").replace("という。", "ということです。"), "near"),
    "its first two paragraphs": (cut(TEXT, 2), "truncated"),
    "cut off with a pitch": (cut(TEXT, 2) + "(続きは電子版で)", "truncated"),
}


@pytest.mark.parametrize(("text", "kind"), EDITS.values(), ids=EDITS.keys())
def test_copies_are_found_within_a_run_by_their_bands_and_told_by_kind(text: str, kind: str) -> None:
    verdicts = resolve_batch([article("copy", text, 3), article("original")], {})
    assert set(verdicts) == {"copy"}
    assert (verdicts["copy"].original_id, verdicts["copy"].kind) == ("original", kind)


@pytest.mark.parametrize("text", [REWRITE, FOLLOW_UP], ids=["rewrite", "follow-up"])
def test_rewrites_and_follow_ups_are_no_copies(text: str) -> None:
    assert find_original(article("later", text, 5), [article("original")]) is None


def test_the_same_template_with_other_numbers_is_no_copy() -> None:
    def report(*numbers: str) -> str:
        close, change, high, low, turnover = numbers
        return (
            f"東京株式市場で架空平均株価は{close}円で取引を終えた。前の日に比べて{change}円の値動きとなった。"
            f"値上がりした銘柄の数は{high}、値下がりした銘柄の数は{low}だった。売買代金は概算で{turnover}億円となった。"
        )

    monday, tuesday = report("39565", "366", "1146", "450", "43421"), report("39016", "548", "1116", "480", "45102")
    assert overlap(shingles(tuesday), shingles(monday))[0] > 0.45
    assert find_original(article("tuesday", tuesday, 24), [article("monday", monday)]) is None


def test_a_longer_version_of_an_earlier_flash_is_no_copy() -> None:
    assert find_original(article("full", TEXT, 1), [article("flash", cut(TEXT, 1))]) is None


def test_revisions_of_one_article_are_no_copies() -> None:
    assert find_original(article("same", TEXT + "\n訂正しました。", 4), [article("same")]) is None


def test_the_first_published_is_the_original_even_if_seen_later() -> None:
    late = article("original", seen_at=START + dt.timedelta(days=1))
    assert set(resolve_batch([article("copy", hours=2), late], {})) == {"copy"}


def test_a_stored_copy_is_judged_anew_when_its_original_turns_up() -> None:
    stored = article("portal", hours=2)
    verdicts = resolve_batch([article("paper")], {"paper": [stored]})
    assert verdicts == {"portal": CopyVerdict("paper", "exact", 1.0)}
    moved = article("third", hours=3, duplicate_of="portal")
    verdicts = resolve_batch([article("paper")], {"paper": [stored, moved]})
    assert {name: verdict.original_id for name, verdict in verdicts.items()} == {"portal": "paper", "third": "paper"}


def test_what_a_page_declares_decides_over_time_and_text() -> None:
    early = article("early", cut(TEXT, 3), -5, declared_original="https://paper.example/paper?utm_source=rss")
    assert find_original(early, [article("paper")]) is None, "another address with a query is another article"
    early = dataclasses.replace(early, declared_original="http://www.paper.example/paper/")
    verdict = find_original(early, [article("paper", REWRITE)])
    assert verdict is not None
    assert (verdict.original_id, verdict.kind) == ("paper", "declared")
    assert set(resolve_batch([early, article("paper")], {})) == {"early"}


def test_a_declared_original_that_is_not_known_makes_no_copy() -> None:
    assert resolve_batch([article("only", declared_original="https://gone.example/1")], {}) == {}


def test_pages_that_declare_each_other_keep_one_original() -> None:
    a = article("a", declared_original="https://b.example/b")
    b = article("b", declared_original="https://a.example/a")
    assert resolve_batch([a, b], {}) == {"b": CopyVerdict("a", "declared", 1.0)}


def test_a_chain_of_copies_leads_to_its_root() -> None:
    stored = article("second", hours=1, duplicate_of="first")
    verdict = find_original(article("third", hours=2), [stored])
    assert verdict is not None
    assert verdict.original_id == "first"
    batch = [article("x"), article("y", cut(TEXT, 4), 1), article("z", cut(TEXT, 3), 2)]
    assert {v.original_id for v in resolve_batch(batch, {}).values()} == {"x"}


def test_short_texts_must_be_the_same() -> None:
    flash = "架空AI社が値下げを発表した。"
    assert find_original(article("b", flash, 1), [article("a", flash)]) is not None
    assert find_original(article("b", "架空AI社が値上げを発表した。", 1), [article("a", flash)]) is None


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_order_of_a_run_makes_no_difference(order: random.Random) -> None:
    batch = [article(f"n{place}", text, place % 3) for place, (text, _) in enumerate(EDITS.values())]
    batch += [article("rewrite", REWRITE, 1), article("follow-up", FOLLOW_UP, 2)]
    expected = resolve_batch(batch, {})
    order.shuffle(batch)
    assert resolve_batch(batch, {}) == expected


def test_signatures_are_the_same_in_every_process_and_for_every_typography() -> None:
    made = signature(TEXT)
    assert made.scheme == SCHEME
    assert len(made.bands) == BANDS + LEAD_BANDS
    assert all(-(2**63) <= band < 2**63 for band in made.bands)
    assert signature(TEXT.replace("75%", "７５％").replace("\n", "\r\n\r\n")) == made
    program = f"from flows.reading.shingles import signature; print(signature({TEXT!r}).bands)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(made.bands)


def test_the_recipe_of_stored_signatures_is_pinned() -> None:
    assert SCHEME == "minhash-affine32/5-grams/32x4+lead120:8x4/seed1/datasketch-2"
    assert signature("深く探して求める").bands[:2] == (-1031113283611241882, -1912052697150237607)


def test_a_text_without_letters_has_no_bands() -> None:
    assert signature(" 。、\n").bands == ()


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_overlap_is_a_share_and_whole_for_equal_texts(one: str, other: str) -> None:
    jaccard, contained = overlap(shingles(one), shingles(other))
    assert 0 <= jaccard <= contained <= 1
    if shingles(one).grams.size:
        assert overlap(shingles(one), shingles(one)) == (1.0, 1.0)
