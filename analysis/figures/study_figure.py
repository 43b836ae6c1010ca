"""A figure of the study: its picture, the table it draws, its caption and its alternative text."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from analysis.corpus import Corpus
from analysis.figures import style
from analysis.figures.tables import as_read
from analysis.wording import Wording

_SCREEN_DPI = 96
_CAPTIONS = Wording(Path(__file__).with_name("captions.toml"))


@dataclass(frozen=True)
class StudyFigure:
    """A figure ready for print.

    `slug` names its files, `draw` makes the picture for one of `analysis.figures.style.PROFILES`,
    `table` is what is drawn, `caption` says what is shown and how many words it rests on, `alt`
    describes the chart type, the axes and the main contrast to somebody who cannot see the picture.
    `printed` is the part of the table that people read, with names in place of ids; None if that is
    the whole table. `numbered` is False for an illustration that accompanies a table.
    """

    slug: str
    title: str
    draw: Callable[[style.Profile], Figure]
    table: pd.DataFrame
    caption: str
    alt: str
    printed: pd.DataFrame | None = None
    numbered: bool = True

    @property
    def read(self) -> pd.DataFrame:
        """The table as people read it."""
        return self.table if self.printed is None else self.printed

    @cached_property
    def figure(self) -> Figure:
        """The picture for print, at the column width that the figure is made for."""
        return self.draw(style.PRINT)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the picture in a notebook at print size, described for those who cannot see it."""
        picture, (width, height) = on_screen(self.figure)
        stop = "" if self.title.endswith(("?", "!")) else "."
        content = {"image/png": picture, "text/plain": f"{self.title}{stop} {self.alt}"}
        return content, {"image/png": {"width": width, "height": height, "alt": self.alt}}


def on_screen(drawing: Figure) -> tuple[str, tuple[int, int]]:
    """Return a drawing as PNG in base64, two dots per px, with its print size in px."""
    picture = io.BytesIO()
    with mpl.rc_context(style.STYLE):
        drawing.savefig(picture, format="png", dpi=2 * _SCREEN_DPI, metadata={"Software": None})
    width, height = (round(float(inches) * _SCREEN_DPI) for inches in drawing.get_size_inches())
    return base64.b64encode(picture.getvalue()).decode(), (width, height)


def sizes(corpus: Corpus, table: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the label of each interview and the number of its rows in a table."""
    counted = table["interview"].value_counts()
    return [(label, int(counted.get(name, 0))) for name, label in corpus.labels.items()]


def captioned(
    slug: str,
    draw: Callable[..., Figure],
    table: pd.DataFrame,
    columns: str,
    labels: style.Names,
    *,
    numbered: bool = True,
    **values: Any,
) -> StudyFigure:
    """Make a figure whose title, caption and alternative text are in `captions.toml`.

    Parameters
    ----------
    slug : the table of `captions.toml` and the name of the files.
    draw : takes the table and a profile.
    table : what is drawn.
    columns : those shown to readers, separated by spaces.
    labels : names of interviews and themes by id, for that table.
    numbered : False for an illustration.
    values : what the templates need.
    """
    title, caption, alt = (
        _CAPTIONS.say(f"{slug}.{text}", **values) for text in ("title", "caption", "alt")
    )
    printed = as_read(table, columns.split(), labels)
    return StudyFigure(slug, title, partial(draw, table), table, caption, alt, printed, numbered)
