"""A week's digest in all its forms, and which edition of it stands when it is written again."""

from __future__ import annotations

import dataclasses
import hashlib

from flows.digests.addresses import digest_file
from flows.digests.html import render_html, render_mail
from flows.digests.json_form import render_json
from flows.digests.markdown import render_markdown
from flows.digests.phrases import Phrases
from flows.digests.selection import Digest
from flows.model import JST
from flows.report import Edition, RecordedEdition
from flows.wording import Language
from seeds import Seeds


@dataclasses.dataclass(frozen=True)
class Standing:
    """The edition that stands, whether it is to be recorded, and what a user should hear about it."""

    edition: Edition
    fresh: bool
    note: str | None = None


def render(digest: Digest, seeds: Seeds, lang: Language) -> Edition:
    """The digest of a week in all its forms. The same facts give the same bytes.

    Raises:
        LanguageError: there are no words for the language.
    """
    markdown = render_markdown(digest, seeds, lang)
    return Edition(
        week=digest.facts.week,
        subject=Phrases(digest, seeds, lang).subject(),
        markdown=markdown,
        html=render_html(digest, seeds, lang, linked=True),
        sha256=hashlib.sha256(markdown.encode()).hexdigest(),
        lang=lang,
        json=render_json(digest, seeds, lang),
        mail=render_mail(digest, seeds, lang),
    )


def files_of(edition: Edition) -> dict[str, str]:
    """The files of an edition: name -> text."""
    forms = {"md": edition.markdown, "html": edition.html, "json": edition.json}
    return {digest_file(edition.week, edition.lang, ending): text for ending, text in forms.items() if text is not None}


def settle(made: Edition, last: RecordedEdition | None, *, revise: bool) -> Standing:
    """Which edition stands: the one recorded where it says the same, else the one made now, unless it was sent.

    What was sent is never changed by itself. What was only written gives way to a further edition; the warehouse keeps
    both.

    Args:
        made: the digest as it would be written now.
        last: the week's last edition in the same language.
        revise: whether a new edition is wanted also where the last one was sent.
    """
    if last is None:
        return Standing(made, fresh=True)
    old = last.edition
    if old.sha256 == made.sha256 and old.json in {None, made.json}:
        return Standing(old, fresh=False)
    written = f"{last.created_at.astimezone(JST):%Y-%m-%d %H:%M}"
    changed = f"{made.week}: the warehouse, the seeds or the program has changed since edition {last.version}"
    if last.sent and not revise:
        note = f"{changed} was sent ({written}); that edition stands as it is (--revise writes another one)"
        return Standing(old, fresh=False, note=note)
    note = f"{changed} was written ({written}); this is edition {last.version + 1}, the warehouse keeps all"
    return Standing(made, fresh=True, note=note)
