"""The themes of the codebook: how much is said about each, where, and which share a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import PercentFormatter

from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.study_figure import StudyFigure, captioned, sizes
from analysis.figures.tables import named
from analysis.schemas import SENTENCE
from analysis.wording import plural

_VOICES = list(style.LANES)[:-1]  # page furniture is left out


def reading(corpus: Corpus) -> str:
    """Name the reading that the codebook is compared with; empty if there is none."""
    if corpus.reader is None:
        return ""
    names = corpus.reader["coder"].unique()
    return corpus.coder_names.get(names[0], names[0]) if len(names) else "the reading"


def themes(corpus: Corpus) -> StudyFigure:
    """Show what share of the interviewee's sentences is on each theme in each interview.

    The table is that of `themes.theme_shares`, for the interviewee.
    """
    labels, titles, table = corpus.labels, named(corpus), corpus.theme_shares
    sentences = sizes(corpus, corpus.own_sentences)
    shares = [
        (labels[name], [(titles[row.theme], row.share) for row in rows.itertuples()])
        for name, rows in table.groupby("interview", sort=False)
    ]
    legend = labels
    if len(labels) < 3:
        told = [f"{label} ({plural(size, 'sentence', 'sentences')})" for label, size in sentences]
        legend = dict(zip(labels, told, strict=True))
    return captioned(
        "themes",
        partial(draw_shares, labels=legend, titles=titles),
        table,
        "interview theme coded sentences share share_low share_high",
        labels | titles,
        sentences=sentences,
        themes=len(titles),
        shares=shares,
        gaps=bool(table["share_low"].isna().any()),
    )


def draw_shares(
    table: pd.DataFrame,
    profile: style.Profile,
    *,
    labels: style.Names,
    titles: style.Names,
) -> Figure:
    """Draw the share of sentences of each theme, a marker with an interval for each interview."""
    count, rows = len(labels), len(titles)
    # Up to two interviews have room between their markers, and names one above the other.
    row, step, across = (9, 0.3, 1) if count <= 2 else (1 + 2.6 * count, 0.85 / count, 3)
    height = 24 + row * rows
    with style.canvas(style.SINGLE, height, profile, count) as (drawing, pt):
        ax = drawing.subplots()
        for number, (name, colour, marker) in enumerate(style.looks(labels)):
            own = table[table["interview"] == name].set_index("theme").reindex(list(titles))
            own["y"] = np.arange(rows) + step * (number - (count - 1) / 2)
            found = partial(marks.address, "quotes", "themes", role="interviewee")
            leads = [found(theme, name) for theme in titles]
            style.intervals(ax, own, "share", colour, marker, leads)
        style.rows_of(ax, titles.values(), _strips(titles, role="interviewee"))
        ax.set_ylim(rows - 0.5, -0.5)
        style.separated(ax, rows, pt)
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.set_xlabel("share of the interviewee’s sentences")
        style.key_of(drawing, labels, pt, across)
    return drawing


def _strips(titles: Iterable[str], **filters: str) -> list[str]:
    """Return the addresses of the strips of themes."""
    return [marks.address("strips", f"theme:{theme}", **filters) for theme in titles]


def theme_map(corpus: Corpus) -> StudyFigure:
    """Show where each theme is raised in each interview, and by whom, sentence by sentence.

    The table has a row for each theme of each sentence: `interview`, `place` (int64: number of the
    sentence), `role`, `theme` (str; NA if the sentence has none), `start` (int64: offset of the
    sentence).
    """
    labels, titles = corpus.labels, named(corpus)
    table = corpus.sentences[[*SENTENCE, "place", "role", "start"]].merge(
        corpus.codings[[*SENTENCE, "theme"]], on=SENTENCE, how="left"
    )[["interview", "place", "role", "theme", "start"]]
    counts = []
    for name, label in labels.items():
        every = table[table["interview"] == name]
        own = every[every["role"] == "interviewee"]
        said, found = (
            rows["theme"].value_counts().reindex(list(titles), fill_value=0)
            for rows in (own, every)
        )
        each = list(zip(titles.values(), said, found, strict=True))
        counts.append((label, own["place"].nunique(), every["place"].nunique(), each))
    return captioned(
        "theme-map",
        partial(draw_map, labels=labels, titles=titles),
        table,
        "interview place role theme",
        labels | titles,
        counts=counts,
        themes=len(titles),
    )


def draw_map(
    places: pd.DataFrame,
    profile: style.Profile,
    *,
    labels: style.Names,
    titles: style.Names,
) -> Figure:
    """Draw a row for each theme and a column for each sentence, the interviewee's in colour."""
    # Many interviews are drawn in two columns.
    below = style.narrow(profile)
    across = 2 if len(labels) > 4 and not below else 1
    height = 21 + (9 + 4.6 * (len(titles) + 1)) * math.ceil(len(labels) / across)
    with style.canvas(style.DOUBLE, height, profile, len(labels)) as (drawing, pt):
        longest = int(places["place"].max()) + 1
        for ax, name, colour in style.in_reading_order(drawing, labels, longest, across):
            rows = places[places["interview"] == name]
            _draw_bars(ax, rows, titles, {**style.OTHERS, "interviewee": colour})
            for row, theme in enumerate(titles, 1):
                coded = rows.loc[rows["theme"] == theme, "role"]
                style.beside(ax, f"{coded.eq('interviewee').sum()} of {len(coded)}", row, pt)
            last = int(rows["place"].max()) + 1 if len(rows) else 0
            lines = [row + 0.5 for row in range(len(titles) + 1)]
            ax.hlines(lines, 0, last, color=style.PALE, linewidth=0.4 * pt, zorder=0)
            style.rows_of(ax, ["who speaks", *titles.values()], ["", *_strips(titles)])
            # An inner panel has no labels.
            for label in ax.get_yticklabels()[:1]:
                label.set_color(style.GREY)
        shades = {"interviewee": style.COLOURS[0], **style.OTHERS}
        told = style.LANES | {"interviewee": "interviewee (one colour per interview)"}
        drawing.legend(
            handles=[
                Patch(color=shades[role], label=told[role])
                for role in _VOICES
                if places["role"].eq(role).any()
            ],
            ncols=1 if below else 4,
            loc="outside lower center" if below else "outside upper right",
            fontsize=7 * pt,
            handlelength=0.8,
            handleheight=0.8,
            handletextpad=0.4,
            columnspacing=1.2,
        )
    return drawing


def _draw_bars(ax: Axes, rows: pd.DataFrame, titles: style.Names, shades: style.Names) -> None:
    """Draw a bar for each sentence: who speaks, and below, in the row of each of its themes."""
    voices = rows.drop_duplicates("place")
    for role in _VOICES:
        high = 0.76 if role == "interviewee" else 0.38
        for row, theme in enumerate(["", *titles]):
            # There are gaps between themes, but not between voices.
            some, apart = (rows[rows["theme"] == theme], 0.06) if theme else (voices, 0)
            some = some[some["role"] == role]
            spans = [(place + apart, 1 - 2 * apart) for place in some["place"]]
            heights = (row + 0.38 - high, high)
            bars = ax.broken_barh(spans, heights, linewidth=0, facecolors=shades[role])
            origin = ("strips", f"theme:{theme}") if theme else ()
            marks.lead(bars, *marks.passages(some, *origin))


def themes_together(corpus: Corpus) -> StudyFigure:
    """Show which themes share the interviewee's sentences more often than expected by chance.

    The table is that of `themes.co_occurrence` over all interviews, without the measures that treat
    sentences as independent; `both_reader`, `expected_reader`, `p_max_t_reader` are the same for
    a reader's coding, NaN if there is none.
    """
    titles = named(corpus)
    columns = ["both", "expected", "p_max_t"]
    table, read = corpus.theme_pairs, corpus.theme_pairs_by_reader
    read = (table[:0] if read is None else read)[["first", "second", *columns]]
    table = table.merge(read, on=["first", "second"], how="left", suffixes=("", "_reader"))
    lower = {theme: title.lower() for theme, title in titles.items()}
    found = table[table["p_max_t"] < 0.05].replace({"first": lower, "second": lower})
    return captioned(
        "themes-together",
        partial(draw_pairs, titles=titles),
        table,
        "first second both expected p_max_t both_reader expected_reader p_max_t_reader",
        titles,
        sentences=len(corpus.own_sentences),
        themes=len(titles),
        reader=reading(corpus),
        found=found.to_dict("records"),
    )


def draw_pairs(table: pd.DataFrame, profile: style.Profile, *, titles: style.Names) -> Figure:
    """Draw how often two themes share a sentence and, in brackets, how often they would by chance.

    Darker cells are further above chance; cells not above it are outlined. Heavy frame: `p_max_t`
    < 0.05, dashed where there is a reader and `p_max_t_reader` is not.
    """
    order = list(titles)
    read = table["p_max_t_reader"].notna().any()
    with style.canvas(style.SINGLE, 22 + 9 * (len(titles) - 1), profile) as (drawing, pt):
        ax = drawing.subplots()
        # Three-digit numbers take two lines.
        gap = "\n" if table["both"].max() > 99 else " "
        for row in table.itertuples():
            x, y = sorted((order.index(row.first), order.index(row.second)))
            weight = "normal"
            cell = partial(Rectangle, (x - 0.47, y - 0.47), 0.94, 0.94)
            if row.ratio > 1:
                shade = 0.1 + 0.25 * min(math.log2(row.ratio), 2)
                ax.add_patch(cell(facecolor=style.COLOURS[2], alpha=shade, linewidth=0))
            else:
                ax.add_patch(cell(fill=False, edgecolor=style.PALE, linewidth=0.6 * pt))
            if row.p_max_t < 0.05:
                weight, alone = "bold", read and not row.p_max_t_reader < 0.05
                line: Any = (0, (3, 2)) if alone else "solid"
                frame = cell(fill=False, edgecolor=style.INK, linewidth=1.2 * pt, linestyle=line)
                ax.add_patch(frame)
            said = f"{row.both}{gap}({row.expected:.1f})"
            text = ax.text(x, y, said, ha="center", va="center", fontsize=7 * pt, weight=weight)
            pair = (f"theme:{row.first}", f"theme:{row.second}")
            marks.lead(text, marks.address("strips", *pair, role="interviewee"))
        ax.set_xlim(-0.5, len(titles) - 1.5)
        ax.set_ylim(len(titles) - 0.5, 0.5)
        ax.set_yticks(range(1, len(titles)), list(titles.values())[1:])
        ax.set_xticks(range(len(titles) - 1), list(titles.values())[:-1], rotation=90)
        ax.tick_params(axis="x", length=0)
        ax.spines["bottom"].set_visible(False)
    return drawing
