"""Which language a text is in: the script decides where it can, langdetect where it cannot.

langdetect alone is not safe here: unseeded it changes its mind from call to call, Latin names make Japanese titles
Dutch, and text in kanji alone is never Japanese to it. So the share of kana decides what is clear, characters that
only one country's standard has decide short kanji-only texts, and the rest is asked of a seeded detector, after Latin,
digits and quotations are taken out.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

import langdetect
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

UNDETERMINED = "und"
"""ISO 639-2 for a language that cannot be told."""

_QUOTATIONS = re.compile(r"「[^「」]*」|『[^『』]*』|“[^“”]*”|\"[^\"\n]*\"")
_ADDRESSES = re.compile(r"(?:https?://|www\.)[!-~]+|[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_FOREIGN_TO_DETECTION = re.compile(r"[A-Za-z0-9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")

_ENOUGH = 30
"""Letters from which on a text speaks for itself: below, its quotations and then its title are heard too."""
_JAPANESE_KANA, _CHINESE_KANA = 0.2, 0.02
"""Shares of kana among kana and kanji: Japanese bodies have .52-.73, headlines and tables less, Chinese texts .00."""
_EAST_ASIAN_WEIGHT = 2.5
"""Latin letters that say as much as one kanji or kana."""
_EAST_ASIAN_SHARE = 0.25
"""The share of a text's content from which on it is not a Latin-script text with a few names in it."""


def detect(text: str, title: str = "", declared: str | None = None) -> str:
    """The language of a text as ISO 639-1, ``und`` where nothing can be said.

    Args:
        text: the body; without one the language that the page declares is all there is.
        title: heard only together with a short body, never alone.
        declared: the page's own word (``ja``, ``ja-JP``): decides where the text could be either.
    """
    claimed = _primary(declared)
    body = _ADDRESSES.sub(" ", text)
    if not any(c.isalpha() for c in body):
        return claimed or UNDETERMINED
    own_words = _QUOTATIONS.sub(" ", body)
    if _letters(own_words) < _ENOUGH:
        own_words = body
    if _letters(own_words) < _ENOUGH:
        own_words = f"{_QUOTATIONS.sub(' ', title)}\n{own_words}"
    kana, han, hangul = (len(script.findall(own_words)) for script in (_KANA, _HAN, _HANGUL))
    latin = sum(1 for c in own_words if c.isalpha()) - kana - han - hangul
    content = (kana + han + hangul) * _EAST_ASIAN_WEIGHT + latin
    if not content:
        return claimed or UNDETERMINED
    if hangul > kana + han:
        return "ko"
    if (kana + han) * _EAST_ASIAN_WEIGHT < content * _EAST_ASIAN_SHARE:
        return _asked(own_words) or claimed or UNDETERMINED
    return _east_asian(own_words, kana / (kana + han), claimed)


def _east_asian(text: str, kana_share: float, claimed: str | None) -> str:
    if kana_share >= _JAPANESE_KANA:
        return "ja"
    lean = _standards_lean(text)
    if kana_share <= _CHINESE_KANA and (lean < 0 or (lean == 0 and claimed != "ja")):
        return "zh"
    if kana_share <= _CHINESE_KANA and lean > 0:
        return "ja"
    answer = _asked(_FOREIGN_TO_DETECTION.sub(" ", text))
    if answer in {"ja", "zh"} and kana_share > _CHINESE_KANA:
        return answer
    return claimed if claimed in {"ja", "zh"} else "zh" if lean < 0 else "ja"


def _letters(text: str) -> int:
    """Letters other than Latin ones; Latin letters where there are no others."""
    east = len(_KANA.findall(text)) + len(_HAN.findall(text)) + len(_HANGUL.findall(text))
    return east or sum(1 for c in text if c.isalpha())


def _standards_lean(text: str) -> int:
    """How many more characters are Japanese only (JIS, neither GB 2312 nor Big5) than Chinese only (not in JIS)."""
    return sum(_standard(c) for c in unicodedata.normalize("NFKC", text) if _HAN.match(c))


@functools.lru_cache(maxsize=8192)
def _standard(character: str) -> int:
    japanese = _encodable(character, "shift_jis")
    chinese = _encodable(character, "gb2312") or _encodable(character, "big5")
    return int(japanese) - int(chinese)


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@functools.cache
def _factory() -> DetectorFactory:
    """langdetect's profiles with a fixed seed, loaded once in each process (its own loader is not safe in threads)."""
    factory = DetectorFactory()
    factory.load_profile(str(Path(langdetect.__file__).parent / "profiles"))
    factory.set_seed(0)
    return factory


def _asked(text: str) -> str | None:
    """langdetect's answer as ISO 639-1, None where it finds no features."""
    detector = _factory().create()
    detector.append(text)
    try:
        return _primary(detector.detect())
    except LangDetectException:
        return None


def _primary(tag: str | None) -> str | None:
    """The primary subtag of a language tag (BCP 47) where it is a two-letter code, else None."""
    subtag = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return subtag if re.fullmatch(r"[a-z]{2}", subtag) else None
