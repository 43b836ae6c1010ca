"""The themes of the codebook: how much of what is said, where, and which share a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from itertools import cycle
from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import PercentFormatter

from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.study_figure import StudyFigure, captioned
from analysis.figures.tables import named
from analysis.schemas import SENTENCE
from analysis.wording import plural

_VOICES = {role: words for role, words in style.LANES.items() if role != "boilerplate"}


def reading(corpus: Corpus) -> str:
    """Name the reading that the codebook is compared with; empty if there is none."""
    if corpus.reader is None:
        return ""
    names = corpus.reader["coder"].unique()
    return corpus.coder_names.get(names[0], names[0]) if len(names) else "the reading"


def themes(corpus: Corpus) -> StudyFigure:
    """Show what share of the interviewee's sentences is on each theme in each interview.

    The table is that of `themes.theme_shares`, of the interviewee.
    """
    labels, titles = corpus.labels, named(corpus)
    own = corpus.sentences[corpus.sentences["role"] == "interviewee"]
    table = corpus.theme_shares
    sizes = own.groupby("interview").size()
    sentences = [(label, int(sizes.get(name, 0))) for name, label in labels.items()]
    shares = [
        (labels[name], [(titles[row.theme], row.share) for row in rows.itertuples()])
        for name, rows in table.groupby("interview", sort=False)
    ]
    legend = {
        name: f"{label} ({plural(size, 'sentence', 'sentences')})" if len(labels) < 3 else label
        for (name, label), (_, size) in zip(labels.items(), sentences, strict=True)
    }
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
    profile: style.Profile = style.PRINT,
    *,
    labels: dict[str, str],
    titles: dict[str, str],
) -> Figure:
    """Draw the share of sentences of each theme, a marker with an interval for each interview."""
    count, rows = len(labels), len(titles)
    height = 24 + (9 if count <= 2 else 1 + 2.6 * count) * rows
    with style.canvas(style.SINGLE, height, profile, count) as (drawing, pt):
        ax = drawing.subplots()
        step = 0.3 if count <= 2 else 0.85 / count
        kinds = zip(style.colours(list(labels)).items(), cycle(style.MARKERS), strict=False)
        for number, ((name, colour), marker) in enumerate(kinds):
            own = table[table["interview"] == name].set_index("theme").reindex(list(titles))
            at = [row + step * (number - (count - 1) / 2) for row in range(rows)]
            leads = [
                marks.address("quotes", "themes", theme, name, role="interviewee")
                for theme in titles
            ]
            style.intervals(ax, at, own, "share", colour, marker, leads)
        style.rows_of(ax, list(titles.values()), pt, _strips(titles, role="interviewee"), size=7.5)
        ax.set_ylim(rows - 0.5, -0.5)
        style.separated(ax, rows, pt)
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.set_xlabel("share of the interviewee’s sentences")
        style.key_of(drawing, labels, pt, ncols=1 if count <= 2 else 3)
    return drawing


def _strips(titles: Iterable[str], **filters: str) -> list[str]:
    """Return the addresses of the strips of themes."""
    return [marks.address("strips", f"theme:{theme}", **filters) for theme in titles]


def theme_map(corpus: Corpus) -> StudyFigure:
    """Show where each theme is raised in each interview, and by whom, sentence by sentence.

    The table has a row for each theme of each sentence: `interview`, `place` (int64: number of the
    sentence), `role`, `theme` (str; NA where the sentence has none), `start` (int64: offset of the
    sentence).
    """
    labels, titles = corpus.labels, named(corpus)
    table = corpus.sentences[[*SENTENCE, "place", "role", "start"]].merge(
        corpus.codings[[*SENTENCE, "theme"]], on=SENTENCE, how="left"
    )[["interview", "place", "role", "theme", "start"]]
    counts = []
    for name, label in labels.items():
        rows = table[table["interview"] == name]
        own = rows[rows["role"] == "interviewee"]
        each = [
            (title, int(own["theme"].eq(theme).sum()), int(rows["theme"].eq(theme).sum()))
            for theme, title in titles.items()
        ]
        counts.append((label, own["place"].nunique(), rows["place"].nunique(), each))
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
    profile: style.Profile = style.PRINT,
    *,
    labels: dict[str, str],
    titles: dict[str, str],
) -> Figure:
    """Draw a row for each theme and a column for each sentence, the interviewee's in colour."""
    # Many interviews are drawn in two columns.
    across = 2 if len(labels) > 4 and not style.narrow(profile) else 1
    height = 21 + (9 + 4.6 * (len(titles) + 1)) * ceil(len(labels) / across)
    with style.canvas(style.DOUBLE, height, profile, len(labels)) as (drawing, pt):
        longest = int(places["place"].max()) + 1
        for ax, name, colour in style.in_reading_order(drawing, labels, longest, across):
            _map_of_one(ax, places[places["interview"] == name], colour, titles, pt)
        shades = {"interviewee": style.COLOURS[0], **style.OTHERS}
        told = _VOICES | {"interviewee": "interviewee (one colour per interview)"}
        handles = [
            Patch(color=shades[role], label=told[role])
            for role in _VOICES
            if places["role"].eq(role).any()
        ]
        below = style.narrow(profile)
        look: style.Look = {"handlelength": 0.8, "handleheight": 0.8, "handletextpad": 0.4}
        look |= {"fontsize": 7 * pt, "columnspacing": 1.2}
        look |= {"loc": f"outside {'lower center' if below else 'upper right'}"}
        drawing.legend(handles=handles, ncols=1 if below else 4, **look)
    return drawing


def _map_of_one(
    ax: Axes, rows: pd.DataFrame, colour: str, titles: dict[str, str], pt: float
) -> None:
    """Draw who speaks and where each theme is; bars of other voices are grey and half as high."""
    voices = rows.drop_duplicates("place")
    for role in _VOICES:
        high = 0.76 if role == "interviewee" else 0.38
        look: style.Look = {
            "linewidth": 0,
            "facecolors": {**style.OTHERS, "interviewee": colour}[role],
        }
        own = voices[voices["role"] == role]
        bars = ax.broken_barh([(place, 1) for place in own["place"]], (0.38 - high, high), **look)
        marks.lead(bars, *marks.passages(own))
        for row, theme in enumerate(titles, 1):
            coded = rows[rows["role"].eq(role) & rows["theme"].eq(theme)]
            spans = [(place + 0.06, 0.88) for place in coded["place"]]
            bars = ax.broken_barh(spans, (row + 0.38 - high, high), **look)
            marks.lead(bars, *marks.passages(coded, "strips", f"theme:{theme}"))
    for row, theme in enumerate(titles, 1):
        coded = rows.loc[rows["theme"] == theme, "role"]
        style.beside(ax, f"{coded.eq('interviewee').sum()} of {len(coded)}", row, pt)
    last = int(voices["place"].max()) + 1 if len(voices) else 0
    lines = [row + 0.5 for row in range(len(titles) + 1)]
    ax.hlines(lines, 0, last, color=style.PALE, linewidth=0.4 * pt, zorder=0)
    style.rows_of(ax, ["who speaks", *titles.values()], pt, ["", *_strips(titles)], size=7.5)
    # An inner panel has no labels.
    for label in ax.get_yticklabels()[:1]:
        label.set_color(style.GREY)
    ax.set_ylim(len(titles) + 0.6, -0.6)


def themes_together(corpus: Corpus) -> StudyFigure:
    """Show which themes share a sentence of the interviewee more often than by chance.

    The table is that of `themes.co_occurrence` over all interviews, without the measures that treat
    sentences as independent; `both_reader`, `expected_reader`, `p_max_t_reader` are the same of a
    reader's coding, NaN without one.
    """
    titles = named(corpus)
    columns = ["both", "expected", "p_max_t"]
    table, read = corpus.theme_pairs, corpus.theme_pairs_by_reader
    read = (table[:0] if read is None else read)[["first", "second", *columns]]
    table = table.merge(read, on=["first", "second"], how="left", suffixes=("", "_reader"))
    found = table[table["p_max_t"] < 0.05]
    rows = found.assign(
        first=found["first"].map(titles).str.lower(), second=found["second"].map(titles).str.lower()
    )
    return captioned(
        "themes-together",
        partial(draw_pairs, titles=titles),
        table,
        "first second both expected p_max_t both_reader expected_reader p_max_t_reader",
        titles,
        sentences=int(corpus.sentences["role"].eq("interviewee").sum()),
        themes=len(titles),
        reader=reading(corpus),
        found=rows.to_dict("records"),
    )


def draw_pairs(
    table: pd.DataFrame, profile: style.Profile = style.PRINT, *, titles: dict[str, str]
) -> Figure:
    """Draw how often two themes share a sentence and, in brackets, how often by chance.

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
            found = row.p_max_t < 0.05
            cell = partial(Rectangle, (x - 0.47, y - 0.47), 0.94, 0.94)
            if row.ratio > 1:
                shade = 0.1 + 0.25 * min(math.log2(row.ratio), 2)
                ax.add_patch(cell(facecolor=style.COLOURS[2], alpha=shade, linewidth=0))
            else:
                ax.add_patch(cell(fill=False, edgecolor=style.PALE, linewidth=0.6 * pt))
            if found:
                alone = read and not row.p_max_t_reader < 0.05
                line: style.Look = {"linestyle": (0, (3, 2)) if alone else "solid"}
                ax.add_patch(cell(fill=False, edgecolor=style.INK, linewidth=1.2 * pt, **line))
            said = f"{row.both}{gap}({row.expected:.1f})"
            look: style.Look = {"fontsize": 7 * pt, "weight": "bold" if found else "normal"}
            text = ax.text(x, y, said, ha="center", va="center", **look)
            pair = (f"theme:{row.first}", f"theme:{row.second}")
            marks.lead(text, marks.address("strips", *pair, role="interviewee"))
        ax.set_xlim(-0.5, len(titles) - 1.5)
        ax.set_ylim(len(titles) - 0.5, 0.5)
        ax.set_yticks(range(1, len(titles)), list(titles.values())[1:])
        ax.set_xticks(range(len(titles) - 1), list(titles.values())[:-1], rotation=90)
        ax.tick_params(axis="x", length=0)
        ax.spines["bottom"].set_visible(False)
    return drawing
