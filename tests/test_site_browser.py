"""The site in a real browser: from a disk and from a server, on a phone, in the dark, for people who cannot see it.

Needs Chromium (``make browser``); without one these tests are skipped, and reported so.
"""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, Response, expect, sync_playwright

from flows.settings import load_settings
from flows.site import update_site
from seeds import Seeds
from tests.digests.pressroom import Pressroom

pytestmark = pytest.mark.browser
PAGES = ("index.html", "2025-W06.html", "claims/users.html", "claims/evil.html", "topics/pricing.html")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    with sync_playwright() as playwright:
        try:
            # Within a container Chromium has no sandbox of its own; it opens nothing but the pages made here.
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"no browser can be started (make browser): {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, seeds: Seeds) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KAWARABAN_DATA", str(tmp_path_factory.mktemp("site")))
        settings = load_settings()
        room = Pressroom(settings)
        for number in range(3):
            room.week(number)
            room.digest(number)
        update_site(settings, seeds)
        yield settings.digests_path


@pytest.fixture(scope="module", params=["file", "http"])
def base(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Where the site is: a folder that a browser opens, or a plain server of files."""
    if request.param == "file":
        yield site.as_uri()
        return

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Visit:
    """A page of the browser that notes what goes wrong and what is asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", self._asked)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", lambda request: self.wrong.append(request.url))
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if "favicon" not in message.text:
            self.wrong.append(message.text)

    def _asked(self, dialog: Dialog) -> None:
        self.wrong.append(dialog.message)
        dialog.dismiss()

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status} {response.url}")


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    options = {"viewport": DESK, "color_scheme": "light"} | getattr(request, "param", {})
    context = browser.new_context(**options)
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    yield Visit(context.new_page())
    context.close()


def test_every_page_opens_without_an_error_and_asks_for_nothing_outside(visit: Visit, base: str, site: Path) -> None:
    for path in sorted(site.rglob("*.html")):
        visit.page.goto(f"{base}/{path.relative_to(site)}")
    assert visit.wrong == []
    assert visit.asked
    assert not [url for url in visit.asked if not url.startswith(base)]


def test_one_can_go_from_the_entrance_to_the_sentence_and_back(visit: Visit, base: str) -> None:
    page = visit.page
    page.goto(f"{base}/index.html")
    page.get_by_role("link", name="価格・事業").click()
    page.get_by_role("link", name="利用者数").first.click()
    assert "いまの値" in page.inner_text("main")
    page.locator("ol.changes a").first.click()
    assert "#o-" in page.url
    page.get_by_role("link", name="2025-W06").first.click()
    page.go_back()
    page.get_by_role("link", name="DeepSeek週報").first.click()
    assert page.url.endswith("/index.html")
    assert visit.wrong == []


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("利用者", "利用者数"),
        ("ディープシーク 利用", "利用者数"),
        ("でぃーぷしーく", "利用者数"),
        ("3000万", "3000万人"),
        ("ＤＥＥＰＳＥＥＫ", "DeepSeek"),
        ("利用者数は何人", "利用者数"),
    ],
)
def test_the_search_finds(visit: Visit, base: str, query: str, first: str) -> None:
    page = visit.page
    page.goto(f"{base}/index.html")
    page.fill("#query", query)
    page.locator("#results li").first.wait_for()
    assert first in page.locator("#results li a").first.inner_text()
    page.locator("#results li a").first.click()
    assert "いまの値" in page.inner_text("main")
    assert visit.wrong == []


def test_the_search_shows_the_newest_state_of_a_claim_once(visit: Visit, base: str) -> None:
    visit.page.goto(f"{base}/index.html")
    visit.page.fill("#query", "利用者数")
    visit.page.locator("#results li").first.wait_for()
    found = visit.page.locator("#results li").all_inner_texts()
    assert len(found) == 1
    assert "3000万人" in found[0]
    assert "食い違い" in found[0]


def test_hostile_text_is_found_as_text_and_does_nothing(visit: Visit, base: str) -> None:
    page = visit.page
    page.goto(f"{base}/index.html")
    for query in ("<script>alert(1)", "onerror", "<img src=x onerror=alert(1)>"):
        page.fill("#query", query)
        page.locator("#results li").first.wait_for()
        assert "<script>alert(1)</script>" in page.inner_text("#results")
    assert page.locator("#results script, #results img").count() == 0
    page.fill("#query", "そのようなものは無い")
    expect(page.locator("#found")).to_have_text("見つかりません")
    assert visit.wrong == []


@pytest.mark.parametrize("visit", [{"viewport": PHONE}], indirect=True)
def test_a_phone_never_scrolls_sideways(visit: Visit, base: str, site: Path) -> None:
    for path in sorted(site.rglob("*.html")):
        visit.page.goto(f"{base}/{path.relative_to(site)}")
        width = visit.page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
        assert width <= PHONE["width"], path.name


@pytest.mark.parametrize(
    "visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True, ids=["light", "dark"]
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_mend(visit: Visit, site: Path, name: str) -> None:
    """All of axe-core's rules, best practices too: contrast, landmarks, names, order of headings."""
    visit.page.goto(f"{site.as_uri()}/{name}")
    if name == "index.html":
        visit.page.fill("#query", "利用者")
        visit.page.locator("#results li").first.wait_for()
    results = Axe().run(visit.page)
    broken = [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in results.response["violations"]]
    assert broken == []
    passed = {rule["id"] for rule in results.response["passes"]}
    assert {"document-title", "html-has-lang", "landmark-one-main", "region"} <= passed
    if "/" in name or name == "index.html":  # a digest leaves its colours to the browser, which axe cannot measure
        assert "color-contrast" in passed
