"""Where words fall: a row for each word, a lane for each interview, a stroke for each use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures import marks, style

# Draws the panel at the right: the axes, the height of each row by interview, a lane, a point.
Right = Callable[[Axes, dict[str, pd.Series], float, float], None]


def draw_lanes(
    table: pd.DataFrame,
    column: str,
    order: Sequence[str],
    right: Right,
    profile: style.Profile,
    *,
    labels: dict[str, str],
    key: dict[str, str],
    said: str,
    note: str,
    way: str,
    filters: dict[str, str],
    ratio: float,
    across: int = 3,
    others: str = "",
) -> Figure:
    """Draw strokes on the left, and on the right what `right` draws, in the same rows.

    Parameters
    ----------
    table : `interview`, `column` (one of `order`), `position` (0 to 1, NA: nowhere), `role`,
        `start` and `end`; strokes of voices other than the interviewee are thin and grey.
    order : the rows from top to bottom.
    right : draws the panel at the right.
    profile : the page.
    labels, key : names of the interviews by id, in the lanes and in the key.
    said, note : texts under the strokes and above them.
    way, filters : how the explorer finds the passages of a row.
    ratio : the width of the right-hand panel, relative to 3 for the left one.
    across, others : of the key; with `others` it has strokes and no markers.
    """
    lane, count = 0.8 / len(labels), len(labels)
    height = 24 + max(4.4, (2.6 if count <= 4 else 2.0) * count) * max(len(order), 1)
    if style.narrow(profile):
        # The key has a line for each interview there.
        height, across = max(height, 34 + 8 * count), 1
    with style.canvas(style.DOUBLE, height, profile, count) as (drawing, pt):
        falls, beside = drawing.subplots(1, 2, sharey=True, width_ratios=[3, ratio])
        place = {name: row for row, name in enumerate(order)}
        heights = {}
        for number, (name, colour) in enumerate(style.colours(list(labels)).items()):
            rows = table[table["interview"] == name]
            y = rows[column].map(place).astype("float64") + lane * (number - (count - 1) / 2)
            heights[name] = y
            own, there = rows["role"].eq("interviewee"), rows["position"].notna()
            for some, shade, wide in ((there & ~own, style.GREY, 0.7), (there & own, colour, 1.1)):
                look: style.Look = {"color": shade, "linewidth": wide * pt, "clip_on": False}
                low, high = y[some] - 0.42 * lane, y[some] + 0.42 * lane
                strokes = falls.vlines(rows.loc[some, "position"], low, high, **look)
                marks.lead(strokes, *(_use(row, column, way, filters)
                                      for row in rows[some].itertuples()))  # fmt: skip
        leads = [marks.address("concordance", way, name, **filters) for name in order]
        style.rows_of(falls, order, pt, leads)
        for ax in (falls, beside):
            style.separated(ax, len(order), pt)
        falls.set_xlim(0, 1)
        falls.set_xticks([0, 0.5, 1], ["first word", "middle", "last word"])
        for label, side in zip(falls.get_xticklabels(), ("left", "center", "right"), strict=True):
            label.set_horizontalalignment(side)
        falls.set_xlabel(said)
        falls.set_title(note, fontsize=7 * pt, weight="normal", color=style.GREY)
        right(beside, heights, lane, pt)
        kinds = "|" if others else style.MARKERS
        style.key_of(drawing, key, pt, others, kinds, ncols=across)
    return drawing


def _use(row: Any, column: str, way: str, filters: dict[str, str]) -> str:
    return marks.passage(row, "concordance", way, getattr(row, column), **filters)
