"""Drawings: each function takes a table and returns a matplotlib Figure at print size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

SINGLE, DOUBLE = 89.0, 183.0  # column widths in mm
# Okabe & Ito's colours and a marker each, given to the interviews in their order, the same in every figure.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "lines.linewidth": 1.0,
    "svg.hashsalt": "analysis",
    "pdf.fonttype": 42,
}

# Lanes of the ribbons from top to bottom, with the words for them.
LANES = {
    "interviewee": "interviewee",
    "interviewer": "interviewer",
    "quoted": "others, quoted",
    "narration": "journalist’s prose",
    "boilerplate": "page furniture",
}


def colours(interviews: Sequence[str]) -> dict[str, str]:
    """Give each interview its colour.

    >>> colours(["indiewire", "tiff"])
    {'indiewire': '#0072B2', 'tiff': '#D55E00'}
    """
    return dict(zip(interviews, COLOURS, strict=False))


def figure(width: float, height: float) -> Figure:
    """Make an empty figure of `width` x `height` mm, its text sizes fit for print."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width / 25.4, height / 25.4), layout="constrained")


def settle(drawing: Figure) -> Figure:
    """Lay out a finished figure once and for all, so that drawing it again moves nothing, whatever the format."""
    drawing.draw_without_rendering()
    drawing.set_layout_engine("none")
    return drawing


def ribbons(passages: pd.DataFrame, titles: dict[str, str]) -> Figure:
    """Draw each interview as a ribbon of voices in reading order, one lane a role, all to one scale.

    Parameters
    ----------
    passages : rows with `interview`, `role`, `speaker`, `start`, `end` (characters), `words`.
    titles : what to write above each interview; its order is the order of the ribbons.
    """
    with mpl.rc_context(STYLE):
        drawing = figure(DOUBLE, 12 + 37 * len(titles))
        axes = drawing.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0]
        palette = colours(list(titles))
        for ax, (interview, title) in zip(axes, titles.items(), strict=True):
            rows = passages[passages["interview"] == interview]
            shades = {
                "interviewee": palette[interview],
                "interviewer": INK,
                "quoted": INK,
                "narration": GREY,
                "boilerplate": PALE,
            }
            for lane, role in enumerate(LANES):
                spans = rows[rows["role"] == role]
                bars = list(zip(spans["start"], spans["end"] - spans["start"], strict=True))
                ax.axhline(lane, color=PALE, linewidth=0.5, zorder=0)
                ax.broken_barh(bars, (lane - 0.36, 0.72), facecolors=shades[role], edgecolor="white", linewidth=0.3)
                spoken = spans["words"].sum(min_count=1)
                label = "set aside" if role == "boilerplate" else f"{spoken:,}" if len(spans) else "–"
                ax.annotate(
                    label,
                    (1, lane),
                    xycoords=("axes fraction", "data"),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=7,
                )
            ax.annotate(
                "words",
                (1, -1.05),
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
                color=GREY,
                annotation_clip=False,
            )
            _name_quoted(ax, rows)
            ax.set_yticks(range(len(LANES)), list(LANES.values()))
            ax.set_ylim(len(LANES) - 0.5, -0.6)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.set_title(title, color=palette[interview])
        axes[-1].set_xlim(0, passages["end"].max())
        axes[-1].set_xlabel("position in the page (characters)")
        return settle(drawing)


def _name_quoted(ax: Axes, rows: pd.DataFrame) -> None:
    """Write the names of those quoted beside their bars, names of near neighbours in one line."""
    quoted = rows[(rows["role"] == "quoted") & rows["speaker"].notna()].sort_values("start")
    if quoted.empty:
        return
    lane = list(LANES).index("quoted")
    near = 0.06 * rows["end"].max()
    group = (quoted["start"] - quoted["end"].shift()).gt(near).cumsum()
    for _, members in quoted.groupby(group):
        names = ", ".join(members["speaker"].drop_duplicates())
        late = members["end"].max() > 0.75 * rows["end"].max()
        at = members["start"].min() if late else members["end"].max()
        ax.annotate(
            names,
            (at, lane),
            xytext=(-3 if late else 3, 0),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center",
            fontsize=7,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )


def paired_rates(table: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Draw each word's rate in every interview as markers on one line.

    Parameters
    ----------
    table : as `side_by_side` returns it; drawn from top to bottom.
    names : interview ids with what to call them.
    """
    with mpl.rc_context(STYLE):
        drawing = figure(SINGLE, 22 + 4.6 * len(table))
        ax = drawing.subplots()
        rates = table[[f"rate_{interview}" for interview in names]]
        rows = range(len(table))
        ax.hlines(rows, rates.min(axis=1), rates.max(axis=1), color=PALE, linewidth=1.6, zorder=1)
        palette = colours(list(names))
        for (interview, name), marker, column in zip(names.items(), MARKERS, rates, strict=False):
            drawn = table[f"count_{interview}"] > 0
            for some, face in ((drawn, palette[interview]), (~drawn, "white")):
                ax.plot(
                    rates.loc[some, column],
                    [row for row, wanted in zip(rows, some, strict=True) if wanted],
                    marker,
                    markersize=4.5,
                    markerfacecolor=face,
                    markeredgecolor=palette[interview],
                    markeredgewidth=0.9,
                    linestyle="none",
                    label=name if face != "white" else None,
                    clip_on=False,
                    zorder=2,
                )
        ax.set_yticks(list(rows), table["lemma"])
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.set_xlim(left=0)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("occurrences per 1,000 words of the interviewee")
        ax.legend(loc="lower right", frameon=False, fontsize=7.5, handletextpad=0.2)
        return settle(drawing)


def word_clouds(frequencies: pd.DataFrame, titles: dict[str, str]) -> tuple[Figure, pd.DataFrame]:
    """Draw a word cloud for each interview, side by side, from our own frequencies.

    The most frequent word of each cloud has the same size. All words stand upright; none is smaller than 6 pt at
    print size. What does not fit is not drawn and not in the table that is returned.

    Parameters
    ----------
    frequencies : a table as `frequencies` returns it, by interview; every row is tried.
    titles : interview ids with what to write above each cloud.

    Returns
    -------
    The figure, and the rows of `frequencies` that are drawn, with `size` (float64: type size in pt).
    """
    from wordcloud import WordCloud

    pixels_per_mm = 10
    width, height = int(DOUBLE / len(titles)) - 3, 62
    pixels_per_pt = pixels_per_mm * 25.4 / 72
    font = FontProperties(family="DejaVu Sans")
    path = findfont(font)
    palette = colours(list(titles))
    with mpl.rc_context(STYLE):
        drawing = figure(DOUBLE, height + 8)
        axes = drawing.subplots(1, len(titles), squeeze=False)[0]
        drawn = []
        for ax, (interview, title) in zip(axes, titles.items(), strict=True):
            rows = frequencies[frequencies["interview"] == interview]
            # A new object each time and a fixed seed: the same words always fall in the same places.
            cloud = WordCloud(
                font_path=path,
                width=width * pixels_per_mm,
                height=height * pixels_per_mm,
                prefer_horizontal=1.0,
                min_font_size=round(6 * pixels_per_pt),
                max_font_size=round(26 * pixels_per_pt),
                relative_scaling=0.6,
                margin=6,
                random_state=1,
            ).generate_from_frequencies(dict(zip(rows["lemma"], rows["count"], strict=True)))
            sizes = {}
            for (word, _), size, (top, left), _, _ in cloud.layout_:
                sizes[word] = size / pixels_per_pt
                _draw_word(ax, word, path, size, left, top, palette[interview])
            ax.set_xlim(0, cloud.width)
            ax.set_ylim(cloud.height, 0)
            ax.set_aspect("equal")
            ax.set_axis_off()
            ax.set_title(title, color=palette[interview])
            drawn.append(rows[rows["lemma"].isin(sizes)].assign(size=lambda table, s=sizes: table["lemma"].map(s)))
        return settle(drawing), pd.concat(drawn, ignore_index=True)


def _draw_word(ax: Axes, word: str, font: str, size: int, left: float, top: float, colour: str) -> None:
    """Draw a word as outlines, its ink's upper left corner where the cloud has put it (pixels, y downwards)."""
    outline = TextPath((0, 0), word, size=size, prop=FontProperties(fname=font))
    ink = outline.get_extents()
    place = Affine2D().translate(-ink.x0, -ink.y1).scale(1, -1).translate(left, top) + ax.transData
    ax.add_patch(PathPatch(outline, transform=place, facecolor=colour, edgecolor="none"))
