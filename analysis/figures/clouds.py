"""Word clouds: an illustration beside the table of frequencies, never evidence."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.study_figure import StudyFigure, captioned, sizes
from analysis.figures.typeface import REGULAR

_PIXELS_PER_MM = 10
_PIXELS_PER_PT = _PIXELS_PER_MM * 25.4 / 72


def word_clouds(corpus: Corpus, minimum: int = 2) -> StudyFigure:
    """Show the words of each interview as a cloud, the area of a word proportional to its rate.

    The table has the words that fitted, as returned by `place_words`.
    """
    labels = corpus.labels
    tried = corpus.frequencies[corpus.frequencies["count"] >= minimum]
    table = place_words(tried, len(labels))
    tops = [
        (labels[name], rows[rows["count"] == rows["count"].max()].to_dict("records"))
        for name, rows in table.groupby("interview", sort=False)
    ]
    return captioned(
        "word-clouds",
        partial(draw_clouds, labels=labels),
        table,
        "interview term count rate rate_low rate_high",
        labels,
        numbered=False,
        minimum=minimum,
        lengths=sizes(corpus, corpus.terms),
        fitted=len(table),
        tried=len(tried),
        tops=tops,
    )


def _cloud_size(clouds: int) -> tuple[int, int]:
    """Return the width and height of one of several clouds, in mm at print size."""
    return int(style.DOUBLE / min(clouds, style.ACROSS)) - 3, 44


def place_words(frequencies: pd.DataFrame, clouds: int) -> pd.DataFrame:
    """Find the size and the place of each word in the cloud of its interview, all words upright.

    The height of letters is proportional to the square root of the rate, their area to the rate,
    on one scale for all clouds; none is smaller than 7 pt at print size.

    Parameters
    ----------
    frequencies : a table as returned by `words.frequencies`, by interview; every row is tried.
    clouds : how many will be drawn.

    Returns
    -------
    The rows of `frequencies` that fitted at their size, with `size` (float64: type size in pt at
    print size), `left`, `top` (int64: upper left corner of the ink in tenths of a mm, downwards).
    """
    from wordcloud import WordCloud  # slow to import, and most figures do without

    if frequencies.empty:
        return frequencies.assign(size=0.0, left=0, top=0)
    wide, high = _cloud_size(clouds)
    weights = frequencies["rate"] ** 0.5
    # The largest word of all is set at 22 pt, unless the smallest would then be below 7.
    scale = max(22 / weights.max(), 7 / weights.min()) * _PIXELS_PER_PT
    frequencies = frequencies.assign(pixels=(scale * weights).round().astype("int64"))
    placed = []
    for _, rows in frequencies.groupby("interview", sort=False):
        wanted = dict(zip(rows["term"], rows["pixels"], strict=True))
        # A new object each time and a fixed seed: the same words always fall in the same places.
        cloud = WordCloud(
            font_path=REGULAR,
            width=wide * _PIXELS_PER_MM,
            height=high * _PIXELS_PER_MM,
            prefer_horizontal=1.0,
            min_font_size=int(7 * _PIXELS_PER_PT),
            max_font_size=max(wanted.values()),
            relative_scaling=1,
            margin=17,
            random_state=1,
        ).generate_from_frequencies(wanted)
        # A word that does not fit is shrunk, and its size would no longer show its rate.
        places = {
            word: (left, top)
            for (word, _), size, (top, left), _, _ in cloud.layout_
            if size >= wanted[word] - 1
        }
        shown = rows[rows["term"].isin(places)]
        left, top = ([places[term][side] for term in shown["term"]] for side in (0, 1))
        placed.append(shown.assign(size=shown["pixels"] / _PIXELS_PER_PT, left=left, top=top))
    return pd.concat(placed, ignore_index=True).drop(columns="pixels")


def draw_clouds(placed: pd.DataFrame, profile: style.Profile, *, labels: style.Names) -> Figure:
    """Draw a word cloud for each interview; on other pages the clouds are scaled as a whole."""
    width, height = _cloud_size(len(labels))
    across = style.columns(len(labels), profile)
    down = ceil(len(labels) / across)
    if len(labels) > style.ACROSS and not style.narrow(profile):
        profile = style.fitted(profile, down * (height + 10))
    high = height * min(style.DOUBLE, style.width_of(profile)) / across / (width + 3) + 10
    with style.canvas(style.DOUBLE, down * high, profile, 0) as (drawing, _):
        for ax, name, colour, _ in style.panels(drawing, labels, across):
            for word in placed[placed["interview"] == name].itertuples():
                _draw_word(ax, word, colour)
            ax.set_xlim(0, width * _PIXELS_PER_MM)
            ax.set_ylim(height * _PIXELS_PER_MM, 0)
            ax.set_aspect("equal")
            ax.set_axis_off()
    return drawing


def _draw_word(ax: Axes, word: Any, colour: str) -> None:
    """Draw a word as outlines, the upper left corner of its ink where the cloud has put it."""
    size, font = round(word.size * _PIXELS_PER_PT), FontProperties(fname=REGULAR)
    outline = TextPath((0, 0), word.term, size=size, prop=font)
    # The outline of a letter has a point at each of its extremes, so the ink ends where they do.
    x, y = outline.vertices[outline.codes != Path.CLOSEPOLY].T
    flipped = Affine2D().translate(-x.min(), -y.max()).scale(1, -1)
    place = flipped.translate(word.left, word.top) + ax.transData
    # As an artist and not with add_patch, which would follow every curve to fit axes whose limits
    # are set anyway.
    drawn = ax.add_artist(PathPatch(outline, transform=place, facecolor=colour, edgecolor="none"))
    found = ("concordance", "lemma", word.term)
    marks.lead(drawn, marks.address(*found, interview=word.interview, role="interviewee"))
