"""The site's folder: each file replaced whole, and only where it differs."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from flows.digests.style import COLOURS

_PACKAGE = resources.files("flows.digests.site")
_ASSETS = ("style.css", "search.js")
_STATE = ".site.json"


def assets() -> dict[str, str]:
    """The files that are the same in every site; the style begins with the colours of the digests."""
    files = {name: _PACKAGE.joinpath("assets", name).read_text(encoding="utf-8") for name in _ASSETS}
    return files | {"style.css": COLOURS.lstrip() + files["style.css"]}


def program_version() -> str:
    """A hash of everything that shapes pages: after a change of it the site is written anew, whole."""
    flows = resources.files("flows")
    modules = [
        f for folder in (_PACKAGE, flows.joinpath("digests")) for f in folder.iterdir() if f.name.endswith(".py")
    ]
    texts = [f.read_bytes() for f in (*sorted(modules, key=str), flows.joinpath("wording.py"))]
    return hashlib.sha256(b"\0".join([*texts, *(text.encode() for text in assets().values())])).hexdigest()


class Folder:
    """A folder of pages, and what was last written to it."""

    def __init__(self, path: Path) -> None:
        """Names the folder; it need not exist."""
        self.path = path
        self.written = 0
        """Files that were new or different."""

    def write(self, name: str, text: str) -> None:
        """Puts a file in place: readers see the old one or the new one, never half of it."""
        path = self.path / name
        body = text.encode("utf-8")
        if path.is_file() and path.read_bytes() == body:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(body)
        draft.replace(path)
        self.written += 1

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return (self.path / name).is_file()

    def keep_only(self, folder: str, names: set[str]) -> None:
        """Removes the pages of a folder that are not among some names."""
        for path in (self.path / folder).glob("*"):
            if path.name not in names:
                path.unlink()

    def state(self) -> dict[str, Any]:
        """What was noted last; empty where nothing was, or it cannot be read."""
        try:
            found = json.loads((self.path / _STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def note(self, state: dict[str, Any]) -> None:
        """Notes how far the site is. Last of all: a site whose writing is cut off is written again from there."""
        self.write(_STATE, json.dumps(state, ensure_ascii=False, indent=1) + "\n")
