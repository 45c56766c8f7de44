"""What Kawaraban knows: topics, attributes, entities, feeds, baseline claims and the seed documents, as data."""

from __future__ import annotations

from seeds.loader import (
    Attribute,
    Document,
    Entity,
    Seeds,
    SeedsError,
    Topic,
    folded,
    load_seeds,
)

__all__ = ["Attribute", "Document", "Entity", "Seeds", "SeedsError", "Topic", "folded", "load_seeds"]
