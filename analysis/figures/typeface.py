"""The typeface of the figures: Fira Sans, drawn for small sizes, shipped as a Python package."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import fontpkg
from matplotlib.font_manager import fontManager

# Glyphs that the first lacks, such as those of other scripts, come from the second.
FAMILY = ["Fira Sans", "DejaVu Sans"]
_WEIGHTS = (400, 700)
REGULAR = str(fontpkg.path(FAMILY[0], 400))

for _weight in _WEIGHTS:
    fontManager.addfont(fontpkg.path(FAMILY[0], _weight))


@contextmanager
def unshaped() -> Iterator[None]:
    """Embed fonts in a PDF without the tables that shape words.

    A PDF gives the position of each letter, so viewers ignore these tables. Matplotlib embeds them
    all the same, which takes two thirds of the time of a PDF, and fontTools has no option to change
    the tables that are left out by default.

    >>> from fontTools.subset import Options
    >>> with unshaped():
    ...     "GPOS" in Options().drop_tables
    True
    >>> "GPOS" in Options().drop_tables
    False
    """
    # Only an export needs it, and it is slow to import.
    from fontTools.subset import Options

    dropped = Options._drop_tables_default
    Options._drop_tables_default = [*dropped, "GDEF", "GPOS", "GSUB"]
    try:
        yield
    finally:
        Options._drop_tables_default = dropped


def embedded(svg: bytes) -> bytes:
    """Embed the letters that a drawing uses, so that it looks the same everywhere.

    Its text stays text, which can be searched and corrected.

    >>> b"@font-face" in embedded(b"<svg><text>Her</text></svg>")
    True
    """
    style = f"<style>{faces(svg.decode())}</style>".encode()
    return re.sub(rb"(<svg\b[^>]*>)", rb"\1\n " + style, svg, count=1)


def faces(drawings: str) -> str:
    """Return the style-sheet rules that embed the letters of one or more SVG drawings."""
    text = "".join(re.findall(r"<text\b[^>]*>(.*?)</text>", drawings, re.DOTALL))
    letters = "".join(sorted(set(text)))
    return "".join(
        f"@font-face{{font-family:'{FAMILY[0]}';font-weight:{weight};"
        f"src:url(data:font/woff;base64,{_subset(weight, letters)})}}"
        for weight in _WEIGHTS
    )


# Other pages and exports need the same letters again.
@cache
def _subset(weight: int, letters: str) -> str:
    """Return letters in one weight as WOFF, in base64, the same each time."""
    # Only an export needs it, and it is slow to import.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    # The font's tables cover all scripts; only what these letters need is read.
    place, written = fontpkg.path(FAMILY[0], weight), io.BytesIO()
    with TTFont(place, recalcTimestamp=False, lazy=True) as font:
        subsetter = Subsetter(Options(layout_features=["kern", "liga"], hinting=False))
        subsetter.populate(text=letters)
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(written)
    return base64.b64encode(written.getvalue()).decode()
