"""Brings the site up to date: the pages of the claims that became different since, the weeks' index, the entrance."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence

from filelock import FileLock, Timeout

from flows.digests.addresses import claim_page, digest_file, topic_page
from flows.digests.editions import files_of
from flows.digests.site.atom import MOST_ENTRIES, feed_xml
from flows.digests.site.claims import claim_html
from flows.digests.site.folder import Folder, assets, program_version
from flows.digests.site.indexes import MOST_CLAIMS, index_html, topic_html
from flows.digests.site.search import entries_script, weeks_script
from flows.history import DigestLine, TopicLines
from flows.model import KawarabanError, digest_of
from flows.settings import Settings
from seeds import Seeds
from warehouse.store import Reader, Warehouse

_BATCH = 500
_PATIENCE = 900
_WORDS = ("attributes.toml", "entities.toml", "labels.toml", "names.toml", "places.toml", "topics.toml")


class BusySiteError(KawarabanError):
    """Another run has been writing the site for longer than this one would wait."""


@dataclasses.dataclass(frozen=True)
class SiteReport:
    """What was done: claims looked at, files that were new or different, and whether all was written anew."""

    claims: int
    written: int
    anew: bool


def update_site(settings: Settings, seeds: Seeds) -> SiteReport:
    """Writes what is new or different in the folder of digests.

    The same warehouse and seeds give the same files, whether they are written at once or week by week.

    Raises:
        BusySiteError: another run is writing it.
    """
    folder = Folder(settings.digests_path)
    folder.path.mkdir(parents=True, exist_ok=True)
    try:
        with (
            FileLock(folder.path / ".site.lock", timeout=_PATIENCE),
            Warehouse(settings.warehouse_path).reader() as reader,
        ):
            return _update(folder, reader, settings, seeds)
    except Timeout as error:
        raise BusySiteError(
            f"another run has been writing {folder.path} for {_PATIENCE} s; wait for it to end"
        ) from error


def _update(folder: Folder, reader: Reader, settings: Settings, seeds: Seeds) -> SiteReport:
    version = digest_of(program_version(), _seeds_hash(seeds), settings.site_url)
    before = folder.state()
    seen = int(before.get("runs", 0)) if before.get("version") == version else 0
    runs = reader.site.runs_seen(seen)
    told = (before.get("last_run"), before.get("baseline"), before.get("mark"))
    anew = not seen or (runs.last_seen, runs.baseline, runs.mark_seen) != told
    seen = 0 if anew else seen
    digests = reader.site.digests()
    written = {d.week: digest_file(d.week, d.lang, "html") for d in digests}
    fresh = [] if anew else [week for week, file in written.items() if file != before["weeks"].get(week)]
    touched = reader.site.touched(seen, fresh)
    for name, text in assets().items():
        folder.write(name, text)
    pages = _write_claims(folder, reader, touched, seeds, written)
    parts = reader.site.weeks_touched(seen)
    for week in parts:
        folder.write(f"search/{week}.js", entries_script(week, reader.site.entries(week), seeds))
    all_parts = sorted({*parts, *([] if anew else before["parts"])})
    folder.write("search/weeks.js", weeks_script(all_parts))
    topics = _write_topics(folder, reader, seeds)
    _write_digests(folder, reader, digests, seeds, settings)
    folder.write("index.html", index_html(digests, topics, seeds))
    if anew:
        folder.keep_only("claims", pages)
        folder.keep_only("search", {"weeks.js", *(f"{week}.js" for week in all_parts)})
        folder.keep_only("topics", {topic_page(t.topic).split("/")[1] for t in topics})
    state = {"version": version, "runs": runs.runs, "last_run": runs.last, "baseline": runs.baseline, "mark": runs.mark}
    folder.note(state | {"weeks": written, "parts": all_parts})
    return SiteReport(len(touched), folder.written, anew)


def _write_claims(
    folder: Folder, reader: Reader, touched: Sequence[str], seeds: Seeds, weeks: Mapping[str, str]
) -> set[str]:
    """The pages of some claims; returns their names."""
    pages = set()
    for start in range(0, len(touched), _BATCH):
        for history in reader.site.histories(touched[start : start + _BATCH]):
            name = claim_page(history.claim_id)
            folder.write(name, claim_html(history, seeds, weeks))
            pages.add(name.split("/")[1])
    return pages


def _write_topics(folder: Folder, reader: Reader, seeds: Seeds) -> list[TopicLines]:
    """A page for each topic, also for those without a claim yet, so that every link to one leads somewhere."""
    found = {t.topic: t for t in reader.site.topics({a.id: a.topic for a in seeds.attributes.values()}, MOST_CLAIMS)}
    topics = [found.get(name, TopicLines(name, 0, ())) for name in sorted({*seeds.topics, *found})]
    for topic in topics:
        folder.write(topic_page(topic.topic), topic_html(topic, seeds))
    return topics


def _write_digests(
    folder: Folder, reader: Reader, digests: Sequence[DigestLine], seeds: Seeds, settings: Settings
) -> None:
    """The feed; and the digests that the folder lacks, as the warehouse has them, so that no link leads nowhere."""
    texts = {}
    for number, line in enumerate(digests):
        lacking = not folder.has(digest_file(line.week, line.lang, "html"))
        if number < MOST_ENTRIES or lacking:
            edition = reader.digest_version(line.week, line.sha256)
            if edition is not None:
                texts[line.week] = edition.markdown
                for name, text in files_of(edition).items() if lacking else ():
                    folder.write(name, text)
    folder.write("feed.xml", feed_xml(digests, texts, seeds, settings.site_url))


def _seeds_hash(seeds: Seeds) -> str:
    """Of the files whose words and names are on the pages; which feeds there are is not."""
    files = [path for name in _WORDS if (path := seeds.folder / name).exists()]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
