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
from analysis.figures.study_figure import StudyFigure, captioned


def voices(corpus: Corpus) -> StudyFigure:
    """Show each interview as a ribbon of voices in reading order.

    The table has one row per utterance: `interview`, `utterance`, `turn`, `role`, `speaker`,
    `start`, `end`, and `words` (Int64; NA for boilerplate, which is not annotated).
    """
    key = ["interview", "utterance"]
    counted = corpus.tokens[is_word(corpus.tokens)].groupby(key).size().rename("words")
    table = corpus.utterances.drop(columns=["prompt", "text"])
    table = table.merge(counted.reset_index(), on=key, how="left").astype({"words": "Int64"})
    words = table.groupby(["interview", "role"])["words"].sum().unstack(fill_value=0)
    said = words.reindex(list(corpus.labels), columns=["interviewee"], fill_value=0)["interviewee"]
    told = words.sum(axis=1).reindex(list(corpus.labels), fill_value=0)
    shares = zip(corpus.labels.values(), said, told, strict=True)
    return captioned(
        "voices",
        partial(draw_ribbons, labels=corpus.labels),
        table,
        "interview utterance turn role speaker words start end",
        corpus.labels,
        shares=list(shares),
    )


def draw_ribbons(
    passages: pd.DataFrame, profile: style.Profile = style.PRINT, *, labels: dict[str, str]
) -> Figure:
    """Draw each interview as a ribbon, with a lane for each of its voices, all to one scale."""
    voices = {name: set(rows["role"]) for name, rows in passages.groupby("interview")}
    lanes = {
        name: [role for role in style.LANES if role in voices.get(name, ())] for name in labels
    }
    # If there are many, they are drawn as low as can still be read.
    slim = style.narrow(profile)
    heights = [2 + len(roles) for roles in lanes.values()]
    height = 12 + (4 if len(labels) > 4 else 7 if slim else 5.4) * sum(heights)
    with style.canvas(style.DOUBLE, height, profile, len(labels)) as (drawing, pt):
        axes = style.panels(drawing, len(labels), 1, sharex=True, height_ratios=heights)
        for ax, (name, colour) in zip(axes, style.colours(list(labels)).items(), strict=True):
            rows = passages[passages["interview"] == name]
            _lanes(ax, rows, lanes[name], {"interviewee": colour, **style.OTHERS}, pt, slim)
            _name_quoted(ax, rows, lanes[name], pt, slim)
            style.rows_of(ax, [style.LANES[role] for role in lanes[name]], pt, size=7.5)
            ax.set_ylim(len(lanes[name]) - 0.5, -0.6)
            ax.set_title(labels[name], color=style.legible(colour))
        axes[-1].set_xlim(0, passages["end"].max())
        axes[-1].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes[-1].xaxis.set_major_locator(MaxNLocator(5 if slim else 9))
        axes[-1].set_xlabel("position on the page, in characters")
    return drawing


def _lanes(
    ax: Axes, rows: pd.DataFrame, lanes: list[str], shades: dict[str, str], pt: float, slim: bool
) -> None:
    """Draw the bars of each voice, with its words at the right."""
    # A fine line between passages that touch; on a narrow page it would hide the short ones.
    gap: style.Look = {"edgecolor": "white", "linewidth": (0.1 if slim else 0.3) * pt}
    for lane, role in enumerate(lanes):
        spans = rows[rows["role"] == role]
        bars = list(zip(spans["start"], spans["end"] - spans["start"], strict=True))
        last = rows["end"].max()
        ax.plot([0, last], [lane, lane], color=style.PALE, linewidth=0.5 * pt, zorder=0)
        drawn = ax.broken_barh(bars, (lane - 0.36, 0.72), facecolors=shades[role], **gap)
        marks.lead(drawn, *marks.passages(spans))
        spoken = "set aside" if role == "boilerplate" else f"{spans['words'].sum():,}"
        style.beside(ax, spoken, lane, pt)
    said: style.Look = {"textcoords": "offset points", "fontsize": 7 * pt, "color": style.GREY}
    ax.annotate("words", (1, 1), (4 * pt, 6 * pt), "axes fraction", **said)


def _name_quoted(ax: Axes, rows: pd.DataFrame, lanes: list[str], pt: float, slim: bool) -> None:
    """Write the names of those quoted beside their bars, those of near neighbours together."""
    quoted = rows[(rows["role"] == "quoted") & rows["speaker"].notna()].sort_values("start")
    last = rows["end"].max()
    group = (quoted["start"] - quoted["end"].shift()).gt(0.06 * last).cumsum()
    for _, members in quoted.groupby(group):
        names = ", ".join(members["speaker"].drop_duplicates())
        if slim:
            names = names.replace(", ", ",\n") if "," in names else names.replace(" ", "\n")
        late = members["end"].max() > 0.75 * last
        at = members["start"].min() if late else members["end"].max()
        ax.annotate(
            names,
            (at, lanes.index("quoted")),
            xytext=((-3 if late else 3) * pt, 0),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center" if "\n" in names else "center_baseline",
            fontsize=7 * pt,
            linespacing=1,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8 * pt},
        )
