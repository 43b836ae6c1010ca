"""A specification curve: one effect, estimated in every way that could be defended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.study_figure import StudyFigure, captioned

CHOICES = ("coder", "unit", "chance", "interviews", "left_out")


def specification_curve(
    table: pd.DataFrame,
    effect: str = "ratio",
    choices: Sequence[str] = CHOICES,
    *,
    neutral: float = 1.0,
    names: Mapping[str, str] | None = None,
    subject: str = "how often two themes share a sentence, against chance",
) -> StudyFigure:
    """Show an effect under every specification, sorted, and below it the choices that led to it.

    Simonsohn, Simmons & Nelson 2020 (doi:10.1038/s41562-020-0912-z) describe the plot. The table of
    the figure is the one given, sorted by the effect, undefined effects last.

    Parameters
    ----------
    table : one row a specification: a column for each choice, `effect`, `p`, and where there are
        intervals `effect_low` and `effect_high`.
    effect : the column that is drawn.
    choices : the columns that say how an effect was estimated; those the table lacks, and those
        that have the same value everywhere, are left out.
    neutral : the value of no effect.
    names : what to call columns and their values.
    subject : what the effect measures, in words.
    """
    table = table.sort_values(effect, kind="stable", na_position="last", ignore_index=True)
    varied = [name for name in choices if name in table and table[name].nunique(dropna=False) > 1]
    known = table[effect].replace([np.inf, -np.inf], np.nan)
    return captioned(
        "specification-curve",
        partial(draw_specifications, effect=effect, choices=varied, neutral=neutral, names=names),
        table,
        " ".join([*varied, "observed", "expected", effect, f"{effect}_low", f"{effect}_high", "p"]),
        dict(names or {}),
        subject=subject,
        specifications=len(table),
        choices=[(_called(name, names), int(table[name].nunique(dropna=False))) for name in varied],
        least=known.min(),
        median=table[effect].median(),
        most=known.max(),
        above=int((table[effect] > neutral).sum()),
        found=int((table["p"] < 0.05).sum()),
        neutral=neutral,
    )


def _called(value: object, names: Mapping[str, str] | None) -> str:
    text = "none" if pd.isna(value) or value == "" else str(value)
    return (names or {}).get(text, text.replace("_", " "))


def draw_specifications(
    table: pd.DataFrame,
    profile: style.Profile = style.PRINT,
    *,
    effect: str,
    choices: Sequence[str],
    neutral: float,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the effects on top, filled where p < 0.05, and a tick for each choice below."""
    rows = [
        (name, value) for name in choices for value in dict.fromkeys(table[name].fillna("none"))
    ]
    heights = (34.0, 4.0 * max(len(rows), 1) + 2 * len(choices))
    height = 18 + sum(heights)
    profile = style.fitted(profile, height)
    with style.styled(profile) as pt:
        drawing = style.figure(style.DOUBLE, height, profile)
        above, below = drawing.subplots(2, 1, sharex=True, height_ratios=heights)
        x = pd.Series(range(1, len(table) + 1), index=table.index)
        room = drawing.get_figwidth() * 72 * 0.75 / max(len(table), 1)
        size = min(3.5 * pt, max(0.8 * room, 1.2 * pt))
        if {f"{effect}_low", f"{effect}_high"} <= set(table):
            low = table[f"{effect}_low"]
            high = table[f"{effect}_high"].clip(upper=3 * _finite_most(table[effect]))
            look = {"color": style.PALE, "linewidth": min(1.2 * pt, 0.6 * room), "zorder": 0}
            above.vlines(x, low, high, **look)
        sure = table["p"] < 0.05
        for some, face in ((sure, style.COLOURS[0]), (~sure, "white")):
            look = {"markerfacecolor": face, "markersize": size, "markeredgewidth": 0.6 * pt}
            above.plot(x[some], table.loc[some, effect], "o", color=style.COLOURS[0], **look)
        above.axhline(neutral, color=style.GREY, linewidth=0.6 * pt, zorder=0)
        above.set_ylabel(_called(effect, names))
        above.tick_params(axis="x", length=0)
        above.spines["bottom"].set_visible(False)
        place, labels, at = {}, [], 0.0
        for number, (name, value) in enumerate(rows):
            at += 1.5 if number and rows[number - 1][0] != name else float(number > 0)
            place[name, value] = at
            labels.append(_called(value, names))
        for (name, value), y in place.items():
            chosen = x[table[name].fillna("none") == value]
            below.hlines(y, 0.5, len(table) + 0.5, color=style.PALE, linewidth=0.4 * pt, zorder=0)
            wide = min(1.6 * pt, 0.6 * room)
            below.vlines(chosen, y - 0.34, y + 0.34, color=style.INK, linewidth=wide)
        below.set_yticks(list(place.values()), labels, fontsize=7 * pt)
        below.set_ylim(at + 0.6, -0.6)
        below.set_xlim(0.5, len(table) + 0.5)
        below.set_xlabel("specifications, sorted by the effect")
        style.without_frame(below)
        below.set_xticks([])
        for name in choices:
            first = min(y for (choice, _), y in place.items() if choice == name)
            beside = {"textcoords": "offset points", "ha": "left", "va": "center_baseline"}
            look = {"fontsize": 7 * pt, "weight": "bold", "annotation_clip": False}
            below.annotate(
                _called(name, names), (1, first), (4 * pt, 0), ("axes fraction", "data"),
                **beside, **look,
            )  # fmt: skip
        return style.settle(drawing)


def _finite_most(effects: pd.Series) -> float:
    known = effects[np.isfinite(effects)]
    return float(known.max()) if len(known) else 1.0
