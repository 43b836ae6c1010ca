"""A specification curve: one effect, estimated in every defensible way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.study_figure import StudyFigure, captioned
from analysis.figures.tables import HEADERS, named
from analysis.themes.cooccurrence import ALPHA
from analysis.wording import listed, plural

_CHOICES = ("coder", "unit", "chance", "interviews", "left_out")
# The specifications that leave nothing out.
_WHOLE = "nothing"
_EVIDENCE = "evidence/ideas_meet.sentences"  # in the explorer: what every coder finds
# What is rotated, if it is the sentences of only one theme.
_ROTATED = ("sentences of the first theme", "sentences of the second theme")
# The marker for each range of p: its face and its edge.
_MARKS = {
    "filled: p ≤ 0.05, taken singly": (style.COLOURS[0], style.COLOURS[0]),
    "open: p > 0.05": ("white", style.COLOURS[0]),
    "pale: could not reach p ≤ 0.05 on texts this short": (style.PALE, "#B0B0B0"),
}


def specifications(corpus: Corpus) -> StudyFigure:
    """Show whether the two themes of the pair co-occur, under every defensible way of counting.

    The table has those specifications of `themes.specification_curve` that leave nothing out; the
    caption gives the results of those that leave one indicator or one exchange out.

    Raises
    ------
    ValueError
        If the codebook has no pair, or the interviewee says nothing.
    """
    curve = corpus.specifications
    if curve is None:
        raise ValueError(
            "There is no pair of themes to count: the codebook does not name one, or the"
            ' interviewee says nothing; write pair = ["…", "…"] at the top of the codebook.'
        )
    whole = curve.table[curve.table["left_out"] == _WHOLE]
    median = curve.joint[curve.joint["statistic"] == "median p"].set_index("over")["p"]
    joint = {
        plural(len(curve.table), "specification", "specifications"): median["all"],
        f"the {len(whole)} shown": median[f"{_WHOLE} left out"],
    }
    themes = [named(corpus)[theme].lower() for theme in corpus.pair or ()]
    rotated = dict(zip(_ROTATED, [f"sentences on {theme}" for theme in themes], strict=True))
    return specified(
        whole,
        corpus.labels | corpus.coder_names | rotated,
        subject=listed(themes),
        everything=curve.table,
        joint=joint,
    )


def specified(
    table: pd.DataFrame,
    names: style.Names,
    *,
    subject: str = "two themes",
    everything: pd.DataFrame | None = None,
    joint: Mapping[str, float] | None = None,
) -> StudyFigure:
    """Show a ratio under every specification, sorted, and below it the choices that led to it.

    Simonsohn, Simmons & Nelson 2020 (doi:10.1038/s41562-020-0912-z) describe the plot. The table of
    the figure is the one given, sorted by the ratio; undefined ratios come last and are not drawn.

    Parameters
    ----------
    table : one row per specification: `coder`, `unit`, `chance`, `interviews`, `left_out`, or some
        of them, `ratio` (1: as expected by chance), `p`, and `p_least`, the smallest p that was
        possible.
    names : ids and the names shown for them.
    subject : the themes that are counted together, as a noun phrase.
    everything : the same table with the specifications that are counted but not drawn.
    joint : p of a test of all specifications at once, by what it tests.
    """
    everything = table if everything is None else everything
    table = table.sort_values("ratio", kind="stable", na_position="last", ignore_index=True)
    varied = [name for name in _CHOICES if name in table and table[name].nunique(dropna=False) > 1]
    known = table.loc[np.isfinite(table["ratio"]), "ratio"]
    return captioned(
        "specifications",
        partial(draw_specifications, choices=varied, names=names),
        table,
        " ".join([*varied, "observed", "expected", "ratio", "p"]),
        names,
        subject=subject,
        least=known.min(),
        median=table["ratio"].median(),
        most=known.max(),
        joint=joint,
        by_interview=bool(everything["left_out"].eq("interview").any()),
        drawn=_counted(table),
        all=_counted(everything),
    )


def _counted(table: pd.DataFrame) -> dict[str, int]:
    """Count the specifications: all, those with a ratio, and those with each result."""
    return {
        "specifications": len(table),
        "known": int(table["ratio"].notna().sum()),
        "above": int((table["ratio"] > 1).sum()),
        "found": int((table["p"] <= ALPHA).sum()),
        "could": int((table["p_least"] <= ALPHA).sum()),
    }


def _called(value: object, names: style.Names) -> str:
    text = "none" if pd.isna(value) or value == "" else str(value)
    return names.get(text) or HEADERS["choices"].get(text) or text.replace("_", " ")


def draw_specifications(
    table: pd.DataFrame, profile: style.Profile, *, choices: list[str], names: style.Names
) -> Figure:
    """Draw the ratios at the top, marked by their p, and below them a tick for each choice."""
    table = table[np.isfinite(table["ratio"])].reset_index(drop=True)
    called = partial(_called, names=names)
    made = table[choices].map(called).rename(columns=called)
    heights = (36.0, 3.5 * max(int(made.nunique().sum()), 1) + 1.5 * len(choices))
    across = 1 if style.narrow(profile) else len(_MARKS)
    height = 16 + 4 * len(_MARKS) / across + sum(heights)
    with style.canvas(style.DOUBLE, height, profile) as (drawing, pt):
        above, below = drawing.subplots(2, 1, sharex=True, height_ratios=heights)
        room = drawing.get_figwidth() * 72 * 0.75 / max(len(table), 1)
        _draw_ratios(above, table, pt, room)
        _draw_choices(below, made, pt, room)
        entries = [
            (label, {"marker": "o", "markerfacecolor": face, "color": edge})
            for label, (face, edge) in _MARKS.items()
        ]
        style.key(drawing, entries, loc="outside upper left", ncols=across)
    return drawing


def _draw_ratios(ax: Axes, table: pd.DataFrame, pt: float, room: float) -> None:
    """Draw each ratio with the marker for its p."""
    x, ratio = table.index + 1, table["ratio"]
    sure, short = table["p"] <= ALPHA, table["p_least"] > ALPHA
    size = min(3.5 * pt, max(0.8 * room, 1.2 * pt))
    look = style.Look(markersize=size, markeredgewidth=0.6 * pt)
    for some, (face, edge) in zip((sure, ~sure & ~short, short), _MARKS.values(), strict=True):
        ax.plot(x[some], ratio[some], "o", markerfacecolor=face, color=edge, **look)
    # The markers are drawn by range of p; invisible links to the passages lie over them all.
    unseen = ax.vlines(x, ratio / 1.04, ratio * 1.04, linewidth=0)
    marks.lead(unseen, *[_EVIDENCE] * len(table))
    ax.axhline(1, color=style.GREY, linewidth=0.6 * pt, zorder=0)
    style.beside(ax, "chance", 1, pt)
    ax.set_ylabel("observed / expected")
    if (ratio > 0).all():
        # Half as often is as far from even as twice as often.
        ax.set_yscale("log", base=2)
        ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.minorticks_off()
        ax.set_ylabel("observed / expected\n(log scale)")
    ax.tick_params(axis="x", length=0)
    ax.tick_params(axis="y", length=3.5 * pt)
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(True)


def _draw_choices(ax: Axes, made: pd.DataFrame, pt: float, room: float) -> None:
    """Draw a tick for each choice of a specification, a row for each value, in spaced groups."""
    x, end, at = made.index + 1, len(made) + 0.5, 0.0
    places: dict[float, str] = {}
    width = min(1.6 * pt, 0.6 * room)
    for name, values in made.items():
        style.beside(ax, str(name), at, pt, weight="bold", annotation_clip=False)
        # Sorted by name: in the order of the ratios, ties would shuffle the rows.
        for value in sorted(values.unique()):
            ax.hlines(at, 0.5, end, color=style.PALE, linewidth=0.4 * pt, zorder=0)
            here = x[values == value]
            ax.vlines(here, at - 0.34, at + 0.34, color=style.INK, linewidth=width)
            places[at] = value
            at += 1
        at += 0.5
    ax.set_yticks(list(places), list(places.values()))
    ax.set_ylim(at - 0.9, -0.6)
    ax.set_xlim(0.5, end)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    ax.set_xlabel("specifications, from the smallest ratio to the largest")
