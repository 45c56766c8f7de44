"""What two texts share: their character 5-grams, and a MinHash signature by which a warehouse finds who shares many.

Signatures are stored for years, so all that they depend on is fixed here and named in ``SCHEME``; a signature of
another scheme must be made anew before it is compared.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import importlib.metadata
import re
import struct

import numpy as np
import numpy.typing as npt
from datasketch import MinHash

from flows.reading.normalize import skeleton

SHINGLE = 5
"""Characters in a shingle: in Japanese about two words."""
PERMUTATIONS, SEED = 128, 1
ROWS = 4
"""Values in a band: two texts share a given band with probability Jaccard ** 4."""
BANDS = PERMUTATIONS // ROWS
LEAD_BANDS = 8
LEAD = 120
"""Characters of a text's beginning that have bands of their own, by which copies cut off early are found."""
SCHEME = (
    f"minhash-affine32/{SHINGLE}-grams/{BANDS}x{ROWS}+lead{LEAD}:{LEAD_BANDS}x{ROWS}/seed{SEED}"
    f"/datasketch-{importlib.metadata.version('datasketch').split('.')[0]}"
)
"""The name under which signatures may be compared: the recipe and the library's major version."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclasses.dataclass(frozen=True, slots=True)
class TextSignature:
    """A text's MinHash, cut into bands: texts with an equal band are worth comparing."""

    scheme: str
    bands: tuple[int, ...]
    """Signed 64-bit numbers, each with its position hashed in, so that equal numbers mean the same band."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shingles:
    """A text as what is compared: the sorted hashes of its 5-grams, and its numbers."""

    grams: npt.NDArray[np.uint64]
    numbers: frozenset[str]
    length: int
    """Characters of the text without punctuation and blanks."""


def shingles(text: str) -> Shingles:
    """The distinct 5-grams of a text, without regard to typography; a shorter text is one gram."""
    bare = skeleton(text)
    return Shingles(np.unique(_grams(bare)), frozenset(_NUMBER.findall(bare)), len(bare))


def signature(text: str) -> TextSignature:
    """The MinHash signature (Broder 1997) of a text's 5-grams in bands; the same in every process.

    A text without letters has no bands.
    """
    bare = skeleton(text)
    if not bare:
        return TextSignature(SCHEME, ())
    whole, lead = _minhash(_grams(bare)), _minhash(_grams(bare[:LEAD]))
    values = [_band(number, whole[number * ROWS : (number + 1) * ROWS]) for number in range(BANDS)]
    values += [_band(BANDS + number, lead[number * ROWS : (number + 1) * ROWS]) for number in range(LEAD_BANDS)]
    return TextSignature(SCHEME, tuple(values))


def overlap(one: Shingles, other: Shingles) -> tuple[float, float]:
    """Jaccard similarity of two texts, and how much of ``one`` is contained in ``other``, both 0 to 1."""
    if not one.grams.size or not other.grams.size:
        return 0.0, 0.0
    both = int(np.intersect1d(one.grams, other.grams, assume_unique=True).size)
    return both / (one.grams.size + other.grams.size - both), both / one.grams.size


def _grams(bare: str) -> npt.NDArray[np.uint64]:
    """64-bit hashes of all 5-grams: a polynomial in the code points, then mixed (MurmurHash3's finalizer)."""
    points = np.frombuffer(bare.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if not points.size:
        return points
    width = min(SHINGLE, points.size)
    count = points.size - width + 1
    with np.errstate(over="ignore"):
        hashes = np.zeros(count, dtype=np.uint64)
        for place in range(width):
            hashes = hashes * _MULTIPLIER + points[place : place + count]
        hashes ^= hashes >> np.uint64(33)
        hashes *= np.uint64(0xFF51AFD7ED558CCD)
        hashes ^= hashes >> np.uint64(33)
        hashes *= np.uint64(0xC4CEB9FE1A85EC53)
        hashes ^= hashes >> np.uint64(33)
    return hashes


@functools.cache
def _permutations() -> npt.NDArray[np.uint32]:
    """datasketch's permutations for the seed, drawn once instead of for each text."""
    drawn: npt.NDArray[np.uint32] = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme="affine32").permutations
    return drawn


def _minhash(grams: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme="affine32", hashfunc=int, permutations=_permutations())
    sketch.update_batch((np.unique(grams) & np.uint64(0xFFFFFFFF)).tolist())
    values: npt.NDArray[np.uint32] = sketch.hashvalues
    return values


def _band(number: int, values: npt.NDArray[np.uint32]) -> int:
    packed = struct.pack(f"<B{ROWS}I", number, *(int(value) for value in values))
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "little", signed=True)
