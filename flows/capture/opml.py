"""The list of sources as OPML 2.0, the form in which feed readers exchange theirs.

What OPML has no word for stands in attributes of a namespace of our own, so that a list comes back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from flows.capture.items import spaced, xml_bytes
from flows.encoding import decode
from flows.model import KawarabanError, Source

SPACE = "https://kawaraban.invalid/opml"
"""Of our own attributes; a name, nothing to be fetched."""
_OWN = ("publisher", "kind", "interval", "hosts", "links", "query")


class OpmlError(KawarabanError):
    """A file that is no OPML, or has no feed in it."""


def write_opml(sources: Iterable[Source], title: str) -> bytes:
    """Sources as an OPML document in UTF-8, an outline for each publisher with its feeds in it."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"kawaraban": SPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    body = etree.SubElement(root, "body")
    groups: dict[str, etree._Element] = {}
    for source in sources:
        if source.publisher not in groups:
            groups[source.publisher] = etree.SubElement(body, "outline", {"text": source.publisher})
        name = source.publisher if source.query is None else f"{source.publisher}: {source.query}"
        outline = etree.SubElement(
            groups[source.publisher], "outline", {"type": "rss", "text": name, "title": name, "xmlUrl": source.url}
        )
        outline.set("category", source.kind)
        for field, value in _told(source).items():
            outline.set(f"{{{SPACE}}}{field}", value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _told(source: Source) -> dict[str, str]:
    told = {
        "publisher": source.publisher,
        "kind": source.kind,
        "interval": str(source.interval or ""),
        "hosts": " ".join(source.hosts),
        "links": source.links or "",
    }
    return {field: value for field, value in told.items() if value}


def read_opml(body: bytes) -> list[Source]:
    """The feeds of an OPML document, each address once, in its order.

    A feed's publisher is its own title; the outline around it counts where that has none.

    Raises:
        OpmlError: it is no OPML, or names no feed.
    """
    text, _ = decode(body, "")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(xml_bytes(text.lstrip("\ufeff \t\r\n")), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OpmlError(f"this is no OPML: {error}") from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise OpmlError("this is no OPML: its root is not <opml>")
    found: dict[str, Source] = {}
    for outline in root.iter("outline"):
        attributes = {str(name).lower(): spaced(str(value)) for name, value in outline.attrib.items()}
        url = attributes.get("xmlurl", "")
        if url.startswith(("http://", "https://")):
            found.setdefault(url, _source(url, attributes, outline))
    if not found:
        raise OpmlError("this OPML names no feed: no <outline> has an xmlUrl with an http address")
    return list(found.values())


def _source(url: str, attributes: dict[str, str], outline: etree._Element) -> Source:
    own = {field: attributes.get(f"{{{SPACE}}}{field}".lower(), "") for field in _OWN}
    parent = outline.getparent()
    around = spaced(parent.get("text") or parent.get("title") or "") if parent is not None else ""
    name = own["publisher"] or attributes.get("title") or attributes.get("text") or around
    return Source(
        url=url,
        publisher=name or url.split("/")[2],
        kind=own["kind"] or "news",
        interval=int(own["interval"]) if own["interval"].isascii() and own["interval"].isdigit() else None,
        hosts=tuple(own["hosts"].split()),
        links=own["links"] or None,
    )
