"""The words of a digest in the reader's language: data, in ``labels.*.toml``, a file for each language."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import tomllib
import typing
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from flows.model import JST, KawarabanError
from flows.wording import Language

_FOLDER = resources.files("flows.digests")


class LanguageError(KawarabanError):
    """A language that there are no words for; the message names those that there are."""


@dataclasses.dataclass(frozen=True)
class Labels:
    """The labels of one language, by dotted keys such as ``section.changed``."""

    lang: Language
    table: Mapping[str, Any]

    def __call__(self, key: str, n: int | None = None, **given: object) -> str:
        """A label with its places filled.

        Args:
            key: where it stands in the file.
            n: the number that decides between ``one`` and ``other``, and that ``{n}`` stands for.
            given: what the other ``{names}`` stand for; text in it is not read as a pattern.

        Raises:
            KeyError: the file has no such label, or the label wants a name that was not given.
        """
        found = self._find(key)
        if isinstance(found, Mapping):
            found = found["one" if n == 1 else "other"]
        return str(found).format(n=n, **given)

    def find(self, key: str) -> str | None:
        """A label without places, None where there is none."""
        try:
            return str(self._find(key))
        except KeyError:
            return None

    def _find(self, key: str) -> Any:
        found: Any = self.table
        for step in key.split("."):
            found = found[step]
        return found

    def listed(self, words: Iterable[str]) -> str:
        """Words in a row: a、b、c."""
        return self("text.list").join(words)

    def day(self, day: dt.date, *, year: bool) -> str:
        """A day in words."""
        months = self.table["date"]["months"]
        name = months[day.month - 1] if months else ""
        key = "date.day_year" if year else "date.day"
        return self(key, year=day.year, month=day.month, day=day.day, month_name=name)

    def moment(self, moment: dt.datetime, years: Iterable[int]) -> str:
        """The day of a moment in Japan, with its year unless that is one of some."""
        local = moment.astimezone(JST).date()
        return self.day(local, year=local.year not in set(years))


def languages() -> tuple[Language, ...]:
    """The languages that digests can be written in."""
    return typing.get_args(Language)


@functools.cache
def labels_of(lang: Language) -> Labels:
    """The labels of a language.

    Raises:
        LanguageError: there are none.
    """
    if lang not in languages():
        raise LanguageError(f"a digest can be written in {', '.join(languages())}, not in {lang!r}")
    text = _FOLDER.joinpath(f"labels.{lang}.toml").read_text(encoding="utf-8")
    return Labels(lang, tomllib.loads(text))
