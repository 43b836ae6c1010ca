"""Link the marks of figures to passages: which part of a drawing opens what in the explorer.

A drawing records the addresses of its parts; an SVG for a page has them in `data-explore`, and the
explorer's script turns them into links. Files for print have no links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.figure import Figure

_NOTED: WeakKeyDictionary[Artist, list[str]] = WeakKeyDictionary()
_LINK = re.compile(r'<a xlink:href="([^"]*)" target="_blank">')


def address(*path: str, **filters: str) -> str:
    """Return the address of a view of the explorer.

    >>> address("concordance", "lemma", "a/b?", role="interviewee")
    'concordance/lemma/a%2Fb%3F?role=interviewee'
    """
    asked = "&".join(f"{key}={quote(value, safe='')}" for key, value in filters.items() if value)
    return "/".join(quote(part, safe="") for part in path) + (f"?{asked}" if asked else "")


def passage(row: Any, *origin: str, **filters: str) -> str:
    """Return the address of a passage, reached from another view.

    `row` has `interview` and `start`, and `end` unless it is a sentence of its own.
    """
    span = f"{row.start}-{row.end}" if hasattr(row, "end") else f"{row.start}"
    return address("passage", row.interview, span, *origin, **filters)


def passages(table: pd.DataFrame, *origin: str, **filters: str) -> list[str]:
    """Return the address of the passage of each row of a table, as `passage` does."""
    return [passage(row, *origin, **filters) for row in table.itertuples()]


def lead(artist: Artist, *addresses: str) -> None:
    """Record where an artist leads: a collection has an address for each of its members."""
    _NOTED[artist] = list(addresses)


@contextmanager
def linked(drawing: Figure) -> Iterator[None]:
    """Give the artists of a drawing their addresses while it is being written."""
    noted = [artist for artist in drawing.findobj() if artist in _NOTED]
    try:
        for artist in noted:
            _link(artist, _NOTED[artist])
        yield
    finally:
        for artist in noted:
            _link(artist, [None])


def _link(artist: Artist, urls: list[str] | list[None]) -> None:
    if isinstance(artist, Collection):
        artist.set_urls(urls)
    else:
        artist.set_url(urls[0])


def explorable(svg: str) -> str:
    """Turn the links of a drawing, written while it was `linked`, into addresses for a script.

    >>> explorable('<a xlink:href="evidence" target="_blank">')
    '<a data-explore="evidence">'
    """
    return _LINK.sub(r'<a data-explore="\1">', svg)
