"""A specification curve: one effect, estimated in every way that could be defended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import StrMethodFormatter

from analysis.corpus import Corpus
from analysis.figures import style
from analysis.figures.study_figure import StudyFigure, captioned
from analysis.figures.tables import in_words, named
from analysis.wording import listed, plural

_CHOICES = ("coder", "unit", "chance", "interviews", "left_out")
# What is left out only to see whether all depends on it.
_WHOLE = "nothing"
# What is rotated, where it is one theme.
_ROTATED = ("sentences of the first theme", "sentences of the second theme")
# What p of a specification may be, and how its marker says so: face and edge.
_MARKS = {
    "filled: p < 0.05 alone": (style.COLOURS[0], style.COLOURS[0]),
    "open: p ≥ 0.05": ("white", style.COLOURS[0]),
    "pale: could not reach 0.05 on texts this short": (style.PALE, "#B0B0B0"),
}


def specifications(corpus: Corpus) -> StudyFigure:
    """Show whether the two themes of the pair meet, counted in every way that could be defended.

    The table has the specifications that leave nothing out, of `themes.specification_curve`; the
    caption says what becomes of those that leave one indicator or one exchange out.

    Raises
    ------
    ValueError
        If the codebook has no pair, or the interviewee says nothing.
    """
    curve = corpus.specifications
    if curve is None:
        raise ValueError("There are no two themes to count; name a pair in the codebook.")
    whole = curve.table[curve.table["left_out"] == _WHOLE]
    median = curve.joint[curve.joint["statistic"] == "median p"].set_index("over")["p"]
    joint = {
        plural(len(curve.table), "specification", "specifications"): median["all"],
        f"the {len(whole)} of the figure": median[f"{_WHOLE} left out"],
    }
    themes = [named(corpus)[theme].lower() for theme in corpus.pair or ()]
    rotated = dict(zip(_ROTATED, themes, strict=True))
    return specified(
        whole,
        corpus.labels | corpus.coder_names | rotated,
        subject=f"{listed(themes)} meet",
        everything=curve.table,
        joint=joint,
    )


def specified(
    table: pd.DataFrame,
    names: Mapping[str, str],
    effect: str = "ratio",
    *,
    subject: str = "two themes meet",
    everything: pd.DataFrame | None = None,
    joint: Mapping[str, float] | None = None,
) -> StudyFigure:
    """Show an effect under every specification, sorted, and below it the choices that led to it.

    Simonsohn, Simmons & Nelson 2020 (doi:10.1038/s41562-020-0912-z) describe the plot. The table of
    the figure is the one given, sorted by the effect; undefined effects come last and are not
    drawn.

    Parameters
    ----------
    table : one row a specification: `coder`, `unit`, `chance`, `interviews`, `left_out`, or some of
        them, `effect` (1: none), `p`, `p_least` (the smallest p that was possible), and where there
        are intervals `effect_low`, `effect_high`.
    names : ids with what to call them.
    effect : the column that is drawn.
    subject : what is counted, as a clause.
    everything : the same with specifications that are counted and not drawn.
    joint : p of a test of all specifications at once, by what it tests.
    """
    table = table.sort_values(effect, kind="stable", na_position="last", ignore_index=True)
    varied = [name for name in _CHOICES if name in table and table[name].nunique(dropna=False) > 1]
    known = table[effect].replace([np.inf, -np.inf], np.nan)
    counted = {
        kind: {
            "specifications": len(rows),
            "known": int(rows[effect].notna().sum()),
            "above": int((rows[effect] > 1).sum()),
            "found": int((rows["p"] < 0.05).sum()),
            "short": int((rows["p_least"] > 0.05).sum()),
        }
        for kind, rows in (("drawn", table), ("all", table if everything is None else everything))
    }
    return captioned(
        "specifications",
        partial(draw_specifications, effect=effect, choices=varied, names=names),
        table,
        " ".join([*varied, "observed", "expected", effect, f"{effect}_low", f"{effect}_high", "p"]),
        names,
        subject=subject,
        least=known.min(),
        median=table[effect].median(),
        most=known.max(),
        joint=dict(joint or {}),
        by_interview=everything is not None and bool(everything["left_out"].eq("interview").any()),
        drawn=counted["drawn"],
        all=counted["all"],
    )


def _called(value: object, names: Mapping[str, str]) -> str:
    text = "none" if pd.isna(value) or value == "" else str(value)
    return names.get(text) or in_words("choices", text) or text.replace("_", " ")


def draw_specifications(
    table: pd.DataFrame,
    profile: style.Profile = style.PRINT,
    *,
    effect: str,
    choices: Sequence[str],
    names: Mapping[str, str],
) -> Figure:
    """Draw the effects on top, each with the mark of its p, and a tick for each choice below."""
    table = table[np.isfinite(table[effect])].reset_index(drop=True)
    # By name: in the order of the effects, ties would shuffle the rows.
    called = partial(_called, names=names)
    rows = [
        (name, value)
        for name in choices
        for value in sorted(sorted(set(table[name].fillna("none"))), key=called)
    ]
    heights = (36.0, 3.5 * max(len(rows), 1) + 1.5 * len(choices))
    across = 1 if style.narrow(profile) else len(_MARKS)
    height = 16 + 4 * len(_MARKS) / across + sum(heights)
    profile = style.fitted(profile, height)
    with style.styled(profile) as pt:
        drawing = style.figure(style.DOUBLE, height, profile)
        above, below = drawing.subplots(2, 1, sharex=True, height_ratios=heights)
        room = drawing.get_figwidth() * 72 * 0.75 / max(len(table), 1)
        _draw_effects(above, table, effect, pt, room)
        notes = ["log scale"] if above.get_yscale() == "log" else []
        if "unit" in table and table["unit"].eq("distance").any():
            notes.append("for distances\nchance over observed")
        above.set_ylabel(
            "\n".join([_called(effect, names), f"({'; '.join(notes)})" if notes else ""])
        )
        above.tick_params(axis="x", length=0)
        above.spines["bottom"].set_visible(False)
        _draw_choices(below, table, rows, names, pt, room)
        below.set_xlabel("specifications, from the smallest ratio to the largest")
        handles = [
            Line2D([], [], marker="o", linewidth=0, label=label, markerfacecolor=face, color=edge)
            for label, (face, edge) in _MARKS.items()
        ]
        look: style.Look = {"frameon": False, "handletextpad": 0.1, "ncols": across}
        drawing.legend(handles=handles, loc="outside upper left", **look)
        return style.settle(drawing)


def _draw_effects(ax: Axes, table: pd.DataFrame, effect: str, pt: float, room: float) -> None:
    """Draw a marker for each effect, as its p has it, with its interval if it has one."""
    x = pd.Series(range(1, len(table) + 1), index=table.index)
    if {f"{effect}_low", f"{effect}_high"} <= set(table):
        high = table[f"{effect}_high"].clip(upper=3 * table[effect].max() if len(table) else 1)
        look: style.Look = {"color": style.PALE, "linewidth": min(1.2 * pt, 0.6 * room)}
        ax.vlines(x, table[f"{effect}_low"], high, zorder=0, **look)
    sure, short = table["p"] < 0.05, table["p_least"] > 0.05
    size = min(3.5 * pt, max(0.8 * room, 1.2 * pt))
    kinds = (sure, ~sure & ~short, short)
    for some, (face, edge) in zip(kinds, _MARKS.values(), strict=True):
        look = {"markerfacecolor": face, "markersize": size, "markeredgewidth": 0.6 * pt}
        ax.plot(x[some], table.loc[some, effect], "o", color=edge, **look)
    ax.axhline(1, color=style.GREY, linewidth=0.6 * pt, zorder=0)
    beside: style.Look = {"textcoords": "offset points", "va": "center_baseline"}
    at = ("axes fraction", "data")
    ax.annotate("chance", (1, 1), (4 * pt, 0), at, fontsize=7 * pt, **beside)
    if (table[effect] > 0).all():
        # Half as often is as far from even as twice as often.
        ax.set_yscale("log", base=2)
        ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.minorticks_off()


def _draw_choices(
    ax: Axes,
    table: pd.DataFrame,
    rows: list[tuple[str, str]],
    names: Mapping[str, str],
    pt: float,
    room: float,
) -> None:
    """Draw a tick where a specification has made a choice, one row a value, groups apart."""
    x = pd.Series(range(1, len(table) + 1), index=table.index)
    places, at = [], 0.0
    for number, (name, value) in enumerate(rows):
        first = not number or rows[number - 1][0] != name
        at += 0.0 if not number else 1.5 if first else 1.0
        places.append(at)
        chosen = x[table[name].fillna("none") == value]
        line: style.Look = {"color": style.PALE, "linewidth": 0.4 * pt, "zorder": 0}
        ax.hlines(at, 0.5, len(table) + 0.5, **line)
        tick: style.Look = {"color": style.INK, "linewidth": min(1.6 * pt, 0.6 * room)}
        ax.vlines(chosen, at - 0.34, at + 0.34, **tick)
        if first:
            look: style.Look = {"fontsize": 7 * pt, "weight": "bold", "annotation_clip": False}
            look |= {"textcoords": "offset points", "va": "center_baseline"}
            at_right = ("axes fraction", "data")
            ax.annotate(_called(name, names), (1, at), (4 * pt, 0), at_right, **look)
    ax.set_yticks(places, [_called(value, names) for _, value in rows], fontsize=7.5 * pt)
    ax.set_ylim(at + 0.6, -0.6)
    ax.set_xlim(0.5, len(table) + 0.5)
    style.without_frame(ax)
    ax.set_xticks([])
