"""What makes two claims the same: the canonical form of names and qualifiers, and the ids that follow from it.

A claim is its subject, its attribute and the attribute's key qualifiers (for money also the currency); value, time,
speaker and sentence are no part of it. Ids are hashes of that, so any warehouse gives a claim the same one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from flows.model import KnownClaim, Value, digest_of
from flows.wording import UNTOLD, attribute_of
from seeds.loader import Seeds, baseline_value, folded


@dataclasses.dataclass(frozen=True)
class _Makers:
    """The table ``makers.toml``: who makes what, as far as names are compared by it."""

    prefixes: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    maker: Mapping[str, str] = dataclasses.field(default_factory=dict)


def _makers(seeds: Seeds) -> _Makers:
    """The folder's makers, read once for each ``Seeds`` and kept with it, as its own cached properties are."""
    kept = vars(seeds)
    if "_makers" not in kept:
        table = seeds.extra("makers.toml")
        kept["_makers"] = _Makers(
            prefixes=tuple(folded(name) for name in table.get("prefixes", ())),
            attributes=frozenset(table.get("attributes", ())),
            maker=dict(table.get("maker", {})),
        )
    makers: _Makers = kept["_makers"]
    return makers


def canonical_name(name: str, seeds: Seeds) -> str:
    """The form in which names are compared: an entity's id where the name is one of its spellings, else the name
    folded (width, case, spaces, hyphens), a product's without its maker's in front.
    """
    plain = folded(name)
    if plain in seeds.spellings:
        return seeds.spellings[plain]
    for prefix in _makers(seeds).prefixes:
        if plain.startswith(prefix) and len(plain) > len(prefix):
            plain = plain.removeprefix(prefix)
    return seeds.spellings.get(plain, plain)


def canonical_value_name(name: str, attribute: str, seeds: Seeds) -> str:
    """A value's name as it is compared: where the attribute asks for makers, a product is its maker."""
    plain = canonical_name(name, seeds)
    makers = _makers(seeds)
    return canonical_name(makers.maker.get(plain, plain), seeds) if attribute in makers.attributes else plain


def canonical_qualifiers(attribute: str, qualifiers: Mapping[str, str], seeds: Seeds) -> dict[str, str]:
    """The attribute's key qualifiers, sorted by name, with names in the form in which they are compared.

    A qualifier that is missing or empty is ``any``; those that do not belong to the key are left out.
    """
    return {
        name: canonical_name(qualifiers.get(name) or UNTOLD, seeds)
        for name in sorted(attribute_of(attribute, seeds).key)
    }


def claim_id(
    subject: str,
    attribute: str,
    qualifiers: Mapping[str, str],
    unit: str | None,
    seeds: Seeds,
    *,
    proposition: str = "",
) -> str:
    """The id of the claim that speaks of a subject's attribute under its key qualifiers.

    Args:
        subject: an entity's id or a name as the text has it.
        attribute: the attribute's id.
        qualifiers: what the text tells; only the key qualifiers count.
        unit: the value's unit; counts for money alone, where prices in two currencies are two claims.
        seeds: the catalogue and the names.
        proposition: for what fits no attribute of the catalogue, the normalized proposition that identifies it.
    """
    parts = canonical_qualifiers(attribute, qualifiers, seeds)
    if attribute_of(attribute, seeds).value == "money":
        parts["currency"] = (unit or "").casefold()
    if attribute not in seeds.attributes:
        parts["proposition"] = folded(proposition)
    return digest_of("claim", canonical_name(subject, seeds), attribute, sorted(parts.items()))


def observation_id(
    claim: str,
    article_id: str,
    revision: int,
    char_start: int,
    char_end: int,
    value: Value,
    *,
    polarity: str = "affirmed",
    past: bool = False,
) -> str:
    """The id of a place in one revision's text that states a claim with a value."""
    low, high = (None if number is None else float(number) for number in (value.low, value.high))
    said = (low, high, value.unit, value.start, value.end, value.text, value.approximate)
    return digest_of("observation", claim, article_id, revision, char_start, char_end, said, polarity, past)


def known_claims(seeds: Seeds) -> tuple[KnownClaim, ...]:
    """The baseline of ``claims.toml``, with ids, in the order of the file."""
    known: list[KnownClaim] = []
    for raw in seeds.baseline:
        value = baseline_value(raw)
        subject, attribute = str(raw["subject"]), str(raw["attribute"])
        qualifiers = {str(name): str(said) for name, said in (raw.get("qualifiers") or {}).items()}
        known.append(
            KnownClaim(
                claim_id=claim_id(subject, attribute, qualifiers, value.unit, seeds, proposition=value.text or ""),
                subject=subject,
                attribute=attribute,
                qualifiers=qualifiers,
                value=value,
                source=raw.get("source"),
                past=bool(raw.get("past", False)),
                polarity=str(raw.get("polarity", "affirmed")),
            )
        )
    return tuple(known)
