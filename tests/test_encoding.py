from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.encoding import decode

TEXT = "<html><head>{}</head><p>中国のディープシークは新しい推論モデルを公開したと発表しました。</p></html>"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-8", "utf-8"),
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ("EUC-JP", "euc_jp"),
        ("ISO-2022-JP", "iso2022_jp"),
    ],
)
def test_declared_encodings_are_read(label: str, codec: str) -> None:
    page = TEXT.format(f'<meta charset="{label}">')
    assert decode(page.encode(codec))[0] == page


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp"])
def test_wrong_and_missing_declarations_are_seen_through(codec: str) -> None:
    page = TEXT.format("")
    assert decode(page.encode(codec), "text/html")[0] == page
    assert decode(page.encode(codec), "text/html; charset=iso-8859-1")[0] == page


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(body: bytes) -> None:
    text, codec = decode(body)
    assert isinstance(text, str)
    assert codec
