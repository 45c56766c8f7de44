"""Writes to the list of sources, ``feeds.toml``, and leaves every line of it that is there as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from flows.model import Source
from seeds.loader import SeedsError, load_sources


def add_sources(folder: Path, sources: Iterable[Source]) -> tuple[list[Source], list[Source]]:
    """Appends sources to a seeds folder's ``feeds.toml``.

    Returns:
        Those that were added, and those that the list has already.

    Raises:
        SeedsError: the file cannot be read or written.
    """
    path = folder / "feeds.toml"
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SeedsError(f"{path} cannot be read as TOML: {error}") from error
    known = {source.url for source in load_sources(folder)} if path.exists() else set()
    added: list[Source] = []
    present: list[Source] = []
    for source in sources:
        (present if source.url in known else added).append(source)
        known.add(source.url)
    if added:
        tables = document.setdefault("feed", tomlkit.aot())
        if not isinstance(tables, AoT):
            raise SeedsError(f"{path}: feed = [...] cannot be added to; write it as [[feed]] tables")
        for source in added:
            tables.append(_table(source))
        _replace(path, tomlkit.dumps(document))
    return added, present


def _table(source: Source) -> tomlkit.items.Table:
    table = tomlkit.table()
    table["url"] = source.url
    table["publisher"] = source.publisher
    if source.kind != "news":
        table["kind"] = source.kind
    if source.interval is not None:
        table["interval"] = source.interval
    if source.hosts:
        table["hosts"] = list(source.hosts)
    if source.links is not None:
        table["links"] = tomlkit.string(source.links, literal="'" not in source.links)
    return table


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise SeedsError(
            f"{path} cannot be written ({error.strerror}): copy the seeds folder and name the copy in KAWARABAN_SEEDS"
        ) from error
