from __future__ import annotations

import subprocess
import sys

import pytest

from flows.reading.language import detect

JAPANESE = "中国の新興企業が新しい大規模言語モデルを公開した。利用者は無料で試すことができるという。"
CHINESE = "这家中国初创公司发布了新的大型语言模型，用户可以免费试用，开发者也可以下载全部权重。"
TRADITIONAL = "這家中國新創公司發布了新的大型語言模型，使用者可以免費試用，開發者也能下載全部權重。"
ENGLISH = "The Chinese startup released a new large language model that anyone can download and try for free."
KOREAN = "중국 스타트업이 새로운 대규모 언어 모델을 공개했다. 누구나 무료로 써 볼 수 있다."


@pytest.mark.parametrize(
    ("text", "language"),
    [(JAPANESE, "ja"), (CHINESE, "zh"), (TRADITIONAL, "zh"), (ENGLISH, "en"), (KOREAN, "ko")],
)
def test_plain_texts_are_told_by_their_script_or_by_langdetect(text: str, language: str) -> None:
    assert detect(text) == language


def test_a_chinese_text_that_quotes_japanese_is_chinese() -> None:
    assert detect(f"{CHINESE}一位用户写道:「日本語の答えがとても自然でおどろきました。これからも使います」。") == "zh"


def test_an_interview_that_is_all_quotation_is_japanese() -> None:
    assert detect("「これからも使い続けます」\n「日本語の答えが自然でした」") == "ja"


def test_names_commands_and_addresses_do_not_make_a_japanese_text_english() -> None:
    text = "手元で動かすには次のように打ちます。\nollama run deepseek-r1:14b --verbose\nhttps://example.org/models/deepseek"
    assert detect(text) == "ja"


def test_an_english_text_with_a_japanese_name_is_english() -> None:
    assert detect(f"{ENGLISH} The company is known as ディープシーク in Japan.") == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("東京株式市場、円高で続落。対米金利差拡大、売買代金増", "ja"),
        ("国内股市全线下跌，芯片股领跌，成交额创新低", "zh"),
    ],
)
def test_texts_in_kanji_alone_are_told_by_characters_of_one_country(text: str, language: str) -> None:
    assert detect(text) == language


def test_a_title_alone_decides_nothing() -> None:
    assert detect("", "ディープシークが新しいモデルを公開した") == "und"
    assert detect("  \n12345", "DeepSeek releases its model") == "und"


def test_without_letters_the_page_is_taken_at_its_word() -> None:
    assert detect("2025/01/28", declared="ja-JP") == "ja"
    assert detect("", declared="x-default-nonsense") == "und"


def test_a_short_text_is_heard_with_its_title() -> None:
    assert detect("続報待", "ディープシークの新しいモデルについて") == "ja"


def test_every_process_gives_the_same_answer() -> None:
    text = "DeepSeek R1 vs o1 benchmark AIME"
    program = f"from flows.reading.language import detect; print(detect({text!r}))"
    answers = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    }
    assert answers == {detect(text)}
