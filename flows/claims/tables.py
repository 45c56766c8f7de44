"""Tables in text: which heading stands above a number of a row."""

from __future__ import annotations

from collections.abc import Sequence

from flows.claims.markup import Marked

_BAR = "|"


def column_heading(marked: Sequence[Marked], index: int, position: int) -> str | None:
    """The words at the head of the column that a masked position of a row stands in; None outside of tables.

    The head is the first row of those that follow one another; cells are parted by ``|``.
    """
    row = marked[index]
    if row.sentence.kind != "row" or _BAR not in row.masked:
        return None
    first = index
    while first and _continues(marked[first - 1], marked[first]):
        first -= 1
    if first == index:
        return None
    cells = marked[first].sentence.text.split(_BAR)
    column = row.masked.count(_BAR, 0, position)
    return cells[column].strip() if column < len(cells) else None


def _continues(above: Marked, below: Marked) -> bool:
    return (
        above.sentence.kind == "row"
        and _BAR in above.masked
        and below.sentence.paragraph - above.sentence.paragraph <= 1
    )
