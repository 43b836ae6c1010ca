"""Who speaks: each page as ribbons of voices."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from analysis.annotation import is_word
from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.study_figure import StudyFigure, captioned, sizes
from analysis.schemas import UTTERANCE


def voices(corpus: Corpus) -> StudyFigure:
    """Show each interview as a ribbon of voices in reading order.

    The table has one row per utterance: `interview`, `utterance`, `turn`, `role`, `speaker`,
    `start`, `end`, and `words` (Int64; NA for boilerplate, which is not annotated).
    """
    tokens = corpus.tokens[is_word(corpus.tokens)]
    counted = tokens.groupby(UTTERANCE).size().astype("Int64").rename("words")
    table = corpus.utterances.drop(columns=["prompt", "text"]).join(counted, on=UTTERANCE)
    own = sizes(corpus, tokens[tokens["role"] == "interviewee"])
    said = zip(own, sizes(corpus, tokens), strict=True)
    return captioned(
        "voices",
        partial(draw_ribbons, labels=corpus.labels),
        table,
        "interview utterance turn role speaker words start end",
        corpus.labels,
        shares=[(label, some, every) for (label, some), (_, every) in said],
    )


def draw_ribbons(passages: pd.DataFrame, profile: style.Profile, *, labels: style.Names) -> Figure:
    """Draw each interview as a ribbon, with a lane for each of its voices, all to one scale."""
    parts = [passages[passages["interview"] == name] for name in labels]
    lanes = [[role for role in style.LANES if role in set(rows["role"])] for rows in parts]
    # If there are many, they are drawn as flat as they can be and still be read.
    slim = style.narrow(profile)
    heights = [2 + len(roles) for roles in lanes]
    height = 12 + (4 if len(labels) > 4 else 7 if slim else 5.4) * sum(heights)
    with style.canvas(style.DOUBLE, height, profile, len(labels)) as (drawing, pt):
        panels = style.panels(drawing, labels, 1, sharex=True, height_ratios=heights)
        for (ax, _, colour, _), rows, own in zip(panels, parts, lanes, strict=True):
            _ribbon(ax, rows, own, colour, pt, slim)
        ax.set_xlim(0, passages["end"].max())
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        ax.xaxis.set_major_locator(MaxNLocator(5 if slim else 9))
        ax.set_xlabel("position on the page, in characters")
    return drawing


def _ribbon(
    ax: Axes, rows: pd.DataFrame, lanes: list[str], colour: str, pt: float, slim: bool
) -> None:
    """Draw the bars of each voice, with its word count on the right and the names of those quoted.

    The names of near neighbours are written together.
    """
    # A fine line between passages that touch; on a narrow page it would hide the short ones.
    gap: style.Look = {"edgecolor": "white", "linewidth": (0.1 if slim else 0.3) * pt}
    small: style.Look = {"textcoords": "offset points", "fontsize": 7 * pt}
    shades, last = {"interviewee": colour, **style.OTHERS}, rows["end"].max()
    for lane, role in enumerate(lanes):
        spans = rows[rows["role"] == role]
        bars = list(zip(spans["start"], spans["end"] - spans["start"], strict=True))
        ax.plot([0, last], [lane] * 2, color=style.PALE, linewidth=0.5 * pt, zorder=0)
        drawn = ax.broken_barh(bars, (lane - 0.36, 0.72), facecolors=shades[role], **gap)
        marks.lead(drawn, *marks.passages(spans))
        spoken = "set aside" if role == "boilerplate" else f"{spans['words'].sum():,}"
        style.beside(ax, spoken, lane, pt)
    ax.annotate("words", (1, 1), (4 * pt, 6 * pt), "axes fraction", color=style.GREY, **small)
    quoted = rows[(rows["role"] == "quoted") & rows["speaker"].notna()].sort_values("start")
    group = (quoted["start"] - quoted["end"].shift()).gt(0.06 * last).cumsum()
    for _, members in quoted.groupby(group):
        names = ", ".join(members["speaker"].drop_duplicates())
        if slim:
            names = names.replace(", ", ",\n") if "," in names else names.replace(" ", "\n")
        start, end = members["start"].min(), members["end"].max()
        side, at, away = ("right", start, -3) if end > 0.75 * last else ("left", end, 3)
        ax.annotate(
            names,
            (at, lanes.index("quoted")),
            (away * pt, 0),
            ha=side,
            va="center" if "\n" in names else "center_baseline",
            linespacing=1,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8 * pt},
            **small,
        )
    style.rows_of(ax, [style.LANES[role] for role in lanes])
    ax.set_ylim(len(lanes) - 0.5, -0.6)
