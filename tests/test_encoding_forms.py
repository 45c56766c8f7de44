"""Bytes to text: whatever is declared, the Japanese that was meant comes out."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.encoding import codec_of, declared, decode

TEXT = "ディープシークが新しいモデルを公開し、株式市場が揺れた。価格は①約5%・㈱の表記～"
PLAIN = "生成AIの開発を手がける中国の新興企業は、低い費用で高い性能を示した。「安い」と話題だ。"
PEER = Path(os.environ.get("PEER_DATA") or Path(__file__).resolve().parents[2] / "shared" / "peer")
LEGACY = {"EUC-JP": "euc_jp", "SHIFT_JIS": "cp932", "CP932": "cp932", "ISO-2022-JP": "iso2022_jp"}


def page(text: str, charset: str | None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<!DOCTYPE html><html><head>{meta}<title>{text}</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("label", ["Shift_JIS", "x-sjis", "MS_Kanji", "windows-31j", "sjis", "CP932", "shift-jis"])
def test_shift_jis_by_any_name_is_that_of_windows(label: str) -> None:
    body = page(TEXT, label).encode("cp932")
    assert decode(body) == (page(TEXT, label), "cp932")
    assert decode(page(TEXT, None).encode("cp932"), f"text/html; charset={label}")[0] == page(TEXT, None)


@pytest.mark.parametrize(
    ("label", "codec"),
    [("utf-8", "utf-8"), ("EUC-JP", "euc_jp"), ("Shift_JIS", "cp932"), ("iso-2022-jp", "iso2022_jp"), ("", "utf-8")],
)
@pytest.mark.parametrize("real", ["utf-8", "euc_jp", "cp932", "iso2022_jp"])
def test_a_wrong_or_missing_declaration_does_no_harm(label: str, codec: str, real: str) -> None:
    written = page(PLAIN, label or None)
    assert decode(written.encode(real)) == (written, real)
    assert decode(page(PLAIN, None).encode(real), f"text/html; charset={label or 'iso-8859-1'}")[1] == real


@pytest.mark.parametrize(
    "label", ["iso-8859-1", "gb2312", "big5", "euc-kr", "windows-1251", "base64", "no-such", "utf-16"]
)
@pytest.mark.parametrize("real", ["utf-8", "euc_jp", "cp932"])
def test_japanese_is_not_taken_for_something_else(label: str, real: str) -> None:
    assert decode(page(PLAIN, label).encode(real))[0] == page(PLAIN, label)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_and_marked_encodings(codec: str) -> None:
    text = f'<?xml version="1.0" encoding="utf-16"?><rss><title>{TEXT}</title></rss>'
    assert decode(text.encode(codec))[0] == text


def test_vendor_characters_in_euc_and_iso_2022() -> None:
    euc = page("機種①依存㈱", "euc-jp").encode("euc_jp", "ignore").replace("依存".encode("euc_jp"), b"\xad\xa1\xad\xea")
    assert "機種①㈱" in decode(euc)[0]
    jis = b"<title>" + "機種".encode("iso2022_jp")[:-3] + b"\x2d\x21\x2d\x6a\x1b(B</title>"
    assert decode(jis) == ("<title>機種①㈱</title>", "iso2022_jp")


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp"])
def test_a_character_cut_in_half_does_not_spoil_the_rest(codec: str) -> None:
    body = page(PLAIN * 5, codec).encode(codec)
    cut = body.replace("話題だ。".encode(codec), "話題".encode(codec) + "だ".encode(codec)[:1] + b"<br>", 1)
    text, found = decode(cut)
    assert found == codec
    assert text.count(PLAIN) == 9


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Él está aquí, señor — «muy bien»", "iso-8859-1"),
        ("模型很便宜，性能很好，引起了市场的关注", "gb2312"),
        ("딥시크가 새로운 모델을 공개했다", "euc-kr"),
    ],
)
def test_other_languages_as_declared(text: str, charset: str) -> None:
    codec = codec_of(charset)
    assert codec is not None
    assert decode(page(text, charset).encode(codec))[0] == page(text, charset)


def test_declarations_are_found_in_order_and_once() -> None:
    body = (
        b'<?xml version="1.0" encoding="euc-jp"?><meta http-equiv="Content-Type" content="text/html; charset=x-sjis">'
    )
    assert declared(body, 'text/html; Charset="UTF-8"') == ["utf-8", "euc_jp", "cp932"]
    assert declared(b"<meta charset=unicode_escape><meta charset=rot13><meta charset=hex>") == []


@given(st.binary(max_size=400), st.text(max_size=30))
def test_never_raises(body: bytes, content_type: str) -> None:
    text, codec = decode(body, content_type)
    assert isinstance(text, str)
    assert codec_of(codec)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x1b\x00\ufeff"), max_size=200))
def test_declared_utf8_comes_back_as_written(text: str) -> None:
    written = page(text, "utf-8")
    assert decode(written.encode())[0] == written


@pytest.mark.skipif(not PEER.is_dir(), reason="no folder with other projects' feeds")
@pytest.mark.parametrize(
    "declaration", [None, b"", b'encoding="iso-8859-1"', b'encoding="utf-8"', b'encoding="euc-jp"']
)
def test_real_legacy_feeds_under_any_declaration(declaration: bytes | None) -> None:
    files = sorted(PEER.glob("legacy-feeds/*/*"))
    assert len(files) == 53
    for file in files:
        body = file.read_bytes()
        if declaration is not None:
            body = re.sub(rb'encoding="[^"]*"', declaration, body)
        text, codec = decode(body)
        assert codec == LEGACY[file.parent.name.upper()], file.name
        assert "\ufffd" not in "".join(re.findall("<title>(.*?)</title>", text, re.DOTALL)), file.name
