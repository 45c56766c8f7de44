from __future__ import annotations

import json

from flows.digests.webhook import MOST_BLOCKS, MOST_TEXT, address_words, payload, post
from flows.report import Edition, Outcome
from seeds import Seeds
from tests.digests.chat import Chat, chatting
from tests.digests.facts import HOSTILE, change, evidence, markdown


def edition(text: str, subject: str = "題") -> Edition:
    return Edition("2025-W05", subject, text, "<p>題</p>", "00")


def texts(message: dict[str, object]) -> str:
    """All that the message shows."""
    found: list[str] = []

    def walk(item: object) -> None:
        if isinstance(item, dict):
            found.extend([item["text"]] if isinstance(item.get("text"), str) else [])
            for value in item.values():
                walk(value)
        elif isinstance(item, list):
            for value in item:
                walk(value)

    walk(message["blocks"])
    return "\n".join(found)


def test_a_digest_is_headers_paragraphs_and_lists() -> None:
    text = "# 題\n\n文。\n\n## 変わったこと\n\n- **更新** [記事](<https://a.example/1>)\n  - 新: 「あ」\n- 次\n"
    message = payload(edition(text, "週報 <1>&"), "https://d.example/2025-W05.html")
    assert message["text"] == "週報 &lt;1&gt;&amp;\nhttps://d.example/2025-W05.html"
    blocks = message["blocks"]
    assert [b["type"] for b in blocks] == ["header", "rich_text", "header", "rich_text", "rich_text", "rich_text"]
    first = blocks[3]["elements"]
    assert [part["indent"] for part in first] == [0, 1]
    assert first[0]["elements"][0]["elements"] == [
        {"type": "text", "text": "更新", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "link", "url": "https://a.example/1", "text": "記事"},
    ]
    assert blocks[-1]["elements"][0]["elements"][0]["url"] == "https://d.example/2025-W05.html"


def test_hostile_text_is_text_alone(seeds: Seeds) -> None:
    said = evidence(1, sentence=HOSTILE, title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)")
    message = payload(edition(markdown(seeds, change(1, evidence=said))))
    kinds = set(json.dumps(message["blocks"], ensure_ascii=False).split('"type": "')[1:])
    assert not any(kind.startswith(("mrkdwn", "image", "button", "user", "broadcast")) for kind in kinds)
    assert "javascript:" not in str(_links(message))
    assert "<script>" in texts(message)
    assert "\u202e" not in texts(message)


def _links(message: object) -> list[str]:
    if isinstance(message, dict):
        return [message["url"]] if "url" in message else [u for v in message.values() for u in _links(v)]
    return [u for v in message for u in _links(v)] if isinstance(message, list) else []


def test_a_long_week_is_cut_with_a_count() -> None:
    message = payload(edition("\n".join(f"- 主張{n}{'あ' * 100}" for n in range(300))))
    assert len(message["blocks"]) <= MOST_BLOCKS + 1
    assert len(texts(message)) < MOST_TEXT + 500
    assert "ほかに255段落" in texts(message)


def test_a_webhook_is_named_without_its_secret() -> None:
    name = address_words("https://hooks.chat.example/services/T0/secret")
    assert name.startswith("hooks.chat.example/")
    assert "secret" not in name
    assert name != address_words("https://hooks.chat.example/services/T0/other")


def test_what_may_pass_is_told_from_what_will_not() -> None:
    with chatting(Chat(200, 503, 429, 404, 0)) as chat:
        outcomes = [post(chat.url, {"text": "x"}, "1", 10, lambda _: None) for _ in range(5)]
    assert outcomes[0] == Outcome("sent")
    assert [(o.status, o.again) for o in outcomes[1:]] == [
        ("failed", True),
        ("failed", True),
        ("failed", False),
        ("unclear", False),
    ]
    assert post(chat.url, {"text": "x"}, "1", 10, lambda _: None).again
    assert post("file:///etc/passwd", {"text": "x"}, "1", 10, lambda _: None).status == "failed"
