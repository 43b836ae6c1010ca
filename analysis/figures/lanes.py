"""Where words fall: a row for each word, a lane for each interview, a stroke for each use."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures import marks, style

# Draws the panel on the right, given the axes, the table with heights `y`, the height of a lane,
# and the size of one point at print size.
Right = Callable[[Axes, pd.DataFrame, float, float], None]


def draw_lanes(
    table: pd.DataFrame,
    column: str,
    order: Sequence[str],
    right: Right,
    profile: style.Profile,
    *,
    key: style.Names,
    said: str,
    note: str,
    way: str,
    ratio: float,
    others: str = "",
    **filters: str,
) -> Figure:
    """Draw strokes on the left, and on the right what `right` draws, in the same rows.

    Parameters
    ----------
    table : `interview`, `column` (one of `order`), `position` (0 to 1, NA: nowhere), `role`,
        `start` and `end`; strokes of voices other than the interviewee are thin and grey.
    order : the rows from top to bottom.
    right : draws the panel on the right.
    profile : the page.
    key : names of the interviews by id, as in the key.
    said, note : the labels below and above the strokes.
    way, filters : how the explorer finds the passages of a row.
    ratio : the width of the right-hand panel, relative to 3 for the left one.
    others : the name of all other voices in the key, which then has strokes, not markers.
    """
    lane, count = 0.8 / len(key), len(key)
    height = 24 + max(4.4, (2.6 if count <= 4 else 2.0) * count) * max(len(order), 1)
    across = 4 if others else 3
    if style.narrow(profile):
        # The key has a line for each interview there.
        height, across = max(height, 34 + 8 * count), 1
    number = pd.Index(list(key)).get_indexer(table["interview"]) - (count - 1) / 2
    table = table.assign(y=pd.Index(order).get_indexer(table[column]) + lane * number)
    with style.canvas(style.DOUBLE, height, profile, count) as (drawing, pt):
        falls, beside = drawing.subplots(1, 2, sharey=True, width_ratios=[3, ratio])
        for name, colour, _ in style.looks(key):
            rows = table[table["interview"].eq(name) & table["position"].notna()]
            own = rows["role"] == "interviewee"
            for some, shade, wide in ((rows[~own], style.GREY, 0.7), (rows[own], colour, 1.1)):
                ends = some["y"] - 0.42 * lane, some["y"] + 0.42 * lane
                look: style.Look = {"color": shade, "linewidth": wide * pt, "clip_on": False}
                strokes = falls.vlines(some["position"], *ends, **look)
                words = zip(some.itertuples(), some[column], strict=True)
                to = (
                    marks.passage(use, "concordance", way, word, **filters) for use, word in words
                )
                marks.lead(strokes, *to)
        leads = [marks.address("concordance", way, name, **filters) for name in order]
        style.rows_of(falls, order, leads, fontsize=7 * pt)
        for ax in (falls, beside):
            style.separated(ax, len(order), pt)
        falls.set_xlim(0, 1)
        falls.set_xticks([0, 0.5, 1], ["first word", "middle", "last word"])
        for label, side in zip(falls.get_xticklabels(), ("left", "center", "right"), strict=True):
            label.set_horizontalalignment(side)
        falls.set_xlabel(said)
        falls.set_title(note, fontsize=7 * pt, weight="normal", color=style.GREY)
        right(beside, table, lane, pt)
        style.key_of(drawing, key, pt, across, others)
    return drawing
