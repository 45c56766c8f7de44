from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.urls import UrlError, article_id, normalize


@given(st.text(alphabet="abc/.?&=#%é東%20-_~", max_size=40))
def test_normalization_is_idempotent(path: str) -> None:
    once = normalize(f"http://a.example/{path}")
    assert normalize(once) == once


def test_tracking_fragment_case_and_default_port_make_no_second_article() -> None:
    same = ["http://A.example:80/x?utm_source=rss#top", "http://a.example/x?fbclid=1", "http://a.example/x"]
    assert len({article_id(normalize(url)) for url in same}) == 1


def test_parameters_that_name_an_article_stay() -> None:
    assert normalize("http://a.example/x?id=3") != normalize("http://a.example/x?id=4")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/x"])
def test_what_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(UrlError):
        normalize(url)
