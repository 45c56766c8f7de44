from __future__ import annotations

import feedparser
import httpx

from flows.demo.newsroom import Newsroom
from flows.demo.world import load_world
from flows.model import iso_week


def test_the_world_is_as_large_as_it_says_and_sound() -> None:
    world = load_world()
    pages = {(r["site"], r["path"]) for r in world.records}
    assert len(pages) >= 20
    assert len(world.sites) == 6
    assert len({iso_week(now) for _, now in world.waves}) == 4
    assert len({r["id"] for r in world.records}) == len(world.records)
    assert all(r["site"] in world.sites for r in world.records)
    assert len(world.records) > len(pages), "some records are revisions"


def test_the_newsroom_serves_what_the_records_say() -> None:
    with Newsroom() as room, httpx.Client(proxy=room.proxy_url, trust_env=False) as client:
        room.wave = 8
        for host in room.world.sites:
            answer = client.get(f"http://{host}/feed.xml")
            assert answer.status_code == 200
            if "json" not in answer.headers["content-type"]:
                assert feedparser.parse(answer.content).entries
            again = client.get(f"http://{host}/feed.xml", headers={"If-None-Match": answer.headers["etag"]})
            assert again.status_code == 304
        assert client.get("http://koe-hoso.example/n/52701.html").status_code == 410
        assert client.get("http://koe-hoso.example/none").status_code == 404
        assert client.get("http://elsewhere.example/").status_code == 502
