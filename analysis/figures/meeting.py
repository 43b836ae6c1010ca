"""Where two themes meet: lanes in reading order, and the sentences that hold both, in full."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.corpus import PAIR, Corpus
from analysis.figures import style
from analysis.figures.study_figure import StudyFigure, captioned
from analysis.figures.tables import named
from analysis.figures.thematic import reading
from analysis.schemas import SENTENCE

_OTHERS = "#9A9A9A"
# In mm, at print size: the height of a line, and the room for the numbers of the sentences.
_LINE, _INDENT = 4.0, 5.0


def intimacy_and_technology(
    corpus: Corpus, *, upper: str | None = None, lower: str | None = None
) -> StudyFigure:
    """Show where two themes are raised, and in full the interviewee's sentences that hold both.

    The table has a row for each of the two themes of each sentence: `interview`, `place`,
    `sentences` (int64: of the interview), `role`, `theme`, `by_codebook`, `by_reader`, `both`
    (bool: the codebook finds both), `number` (Int64: in the list of the figure), `matched`, `text`,
    `start`.

    Without `upper` and `lower` it shows the pair of the corpus; its slug names the two themes.

    Raises
    ------
    ValueError
        If `upper` and `lower` are not two themes of the codebook.
    """
    labels, titles = corpus.labels, named(corpus)
    upper, lower = upper or (corpus.pair or PAIR)[0], lower or (corpus.pair or PAIR)[1]
    if upper == lower or not {upper, lower} <= set(titles):
        raise ValueError(
            f"{upper!r} and {lower!r} are not two themes of the codebook; it has"
            f" {', '.join(titles)}."
        )
    pair = {theme: titles[theme] for theme in (upper, lower)}
    table = _marks(corpus.sentences, corpus.codings, corpus.reader, list(pair))
    said = corpus.sentences[corpus.sentences["role"] == "interviewee"]
    ours = table[table["role"] == "interviewee"]
    pairs = {"codebook": corpus.theme_pairs, "reader": corpus.theme_pairs_by_reader}
    reader, tests = reading(corpus), []
    for coder, met in pairs.items():
        if met is None:
            continue
        row = met[met["first"].isin(pair) & met["second"].isin(pair)].iloc[0]
        found = ours[ours[f"by_{coder}"]]["theme"].value_counts()
        counts = [int(found.get(theme, 0)) for theme in pair]
        name = reader if coder == "reader" else "the codebook"
        tests.append({"coder": name, "counts": counts, **row.to_dict()})
    made = captioned(
        "intimacy-and-technology",
        partial(draw_meeting, labels=labels, pair=pair, reader=reader),
        table,
        "interview role theme by_codebook by_reader number text",
        labels | titles,
        upper=pair[upper].lower(),
        lower=pair[lower].lower(),
        reader=reader,
        sentences=[
            (label, int(said["interview"].eq(name).sum())) for name, label in labels.items()
        ],
        listed=int(table["number"].nunique()),
        tests=tests,
    )
    slug = re.sub("[^a-z0-9]+", "-", f"{lower} and {upper}".lower()).strip("-")
    return replace(made, slug=slug)


def _marks(
    sentences: pd.DataFrame, codings: pd.DataFrame, reader: pd.DataFrame | None, pair: list[str]
) -> pd.DataFrame:
    """List what each coder finds of two themes; number the interviewee's sentences with both."""
    found = codings.loc[codings["theme"].isin(pair), [*SENTENCE, "theme", "matched"]]
    read = (codings[:0] if reader is None else reader).loc[:, [*SENTENCE, "theme"]]
    table = found.assign(by_codebook=True).merge(
        read[read["theme"].isin(pair)].assign(by_reader=True), on=[*SENTENCE, "theme"], how="outer"
    )
    for coder in ("by_codebook", "by_reader"):
        table[coder] = table[coder].eq(True).fillna(False).astype("bool")
    places = sentences.assign(
        sentences=sentences.groupby("interview")["place"].transform("size"),
        row=range(len(sentences)),
    )
    keep = [*SENTENCE, "place", "sentences", "role", "text", "start", "row"]
    table = table.merge(places[keep], on=SENTENCE)
    table["order"] = table["theme"].map({theme: number for number, theme in enumerate(pair)})
    table = table.sort_values(["row", "order"], ignore_index=True)
    table["both"] = table.groupby("row")["by_codebook"].transform("sum").eq(2)
    listed = table.loc[table["both"] & table["role"].eq("interviewee"), "row"].unique()
    numbers = {row: number for number, row in enumerate(listed, 1)}
    table["number"] = table["row"].map(numbers).astype("Int64")
    columns = "interview place sentences role theme by_codebook by_reader both number matched"
    return table[[*columns.split(), "text", "start"]].astype({"matched": "str"})


def draw_meeting(
    table: pd.DataFrame,
    profile: style.Profile = style.PRINT,
    *,
    labels: dict[str, str],
    pair: dict[str, str],
    reader: str,
) -> Figure:
    """Draw a lane for each of two themes in each interview, and the numbered sentences below.

    Strokes are the codebook's, dots below them those of `reader`, if there is one. Sentences are
    never cut: on a page that is too low for all of them the type is made smaller.
    """
    listed = table[table["number"].notna()]
    agreed = listed.groupby("number")["by_reader"].transform("all")
    listed = listed.assign(by_reader=agreed).drop_duplicates("number")
    profile, lines, heights = _fitting(listed, profile, len(labels), bool(reader))
    with style.styled(profile) as pt:
        drawing = style.figure(style.DOUBLE, sum(heights), profile)
        above, below = drawing.subfigures(2, 1, height_ratios=heights, squeeze=False)[:, 0]
        axes = above.subplots(len(labels), 1, squeeze=False, sharex=True)[:, 0]
        longest = max(table["sentences"].max(), 1) if len(table) else 1
        # Strokes of sentences that follow each other must not fuse: the lanes take about five
        # sixths of the width.
        pitch = drawing.get_figwidth() * 72 * 5 / 6 / longest
        palette = style.colours(list(labels))
        for ax, (name, label) in zip(axes, labels.items(), strict=True):
            _draw_lanes(ax, table[table["interview"] == name], palette[name], list(pair), pt, pitch)
            ax.set_yticks([1, 0], list(pair.values()))
            ax.set_ylim(-0.5, 1.75)
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            ax.spines["bottom"].set_visible(ax is axes[-1])
            ax.tick_params(axis="x", length=3.5 * pt if ax is axes[-1] else 0)
            ax.set_title(label, color=style.legible(palette[name]))
        axes[-1].set_xlim(0, longest)
        ticks = MaxNLocator(9, integer=True).tick_values(0, longest)
        axes[-1].set_xticks([tick for tick in ticks if tick <= longest])
        axes[-1].set_xlabel("sentences in reading order")
        _key(above, next(iter(palette.values())), reader, pt, _across(profile))
        colours = [style.legible(palette[name]) for name in listed["interview"]]
        _list_sentences(below, lines, colours, pt)
        return style.settle(drawing)


def _fitting(
    listed: pd.DataFrame, profile: style.Profile, interviews: int, coded: bool
) -> tuple[style.Profile, list[list[str]], tuple[float, float]]:
    """Find the type at which all sentences have room: the page, their lines, the two heights."""
    while True:
        width = min(style.DOUBLE, profile["figure.figsize"][0] * 25.4 / style.scale(profile))
        lines = [
            style.lines_of(_in_one_line(row.text, coded and not row.by_reader), width - _INDENT - 3)
            for row in listed.itertuples()
        ]
        lanes = (14 if interviews > 4 else 19) * interviews
        key = 3 + 4 * 4 // _across(profile)
        heights = (9 + key + lanes, _LINE * max(sum(map(len, lines)), 1) + 2)
        smaller = style.fitted(profile, sum(heights))
        if smaller is profile or smaller["font.size"] > 0.98 * profile["font.size"]:
            return smaller, lines, heights
        # Smaller type holds more words in a line, so the page may do with less.
        points = max(0.96 * profile["font.size"], style.PRINT_SIZE)
        profile = profile | style.type_size(points)


def _across(profile: style.Profile) -> int:
    """Say how many of the four entries of the key stand side by side."""
    wide = profile["figure.figsize"][0] * 25.4 / style.scale(profile) > style.DOUBLE - 1
    return 1 if style.narrow(profile) else 4 if wide else 2


def _in_one_line(text: str, alone: bool) -> str:
    text = " ".join(text.split())
    # Of a quotation that runs over several sentences one mark would stand alone.
    if text.count("“") != text.count("”"):
        text = text.strip("“”")
    return text + (" (codebook only)" if alone else "")


def _draw_lanes(
    ax: Axes, rows: pd.DataFrame, colour: str, pair: list[str], pt: float, pitch: float
) -> None:
    """Draw the two lanes of one interview, and number the sentences that hold both."""
    last = rows["sentences"].max() if len(rows) else 1
    ax.hlines([0, 1], 0, last, color=style.PALE, linewidth=0.6 * pt, zorder=0)
    for theme, at in zip(pair, (1.0, 0.0), strict=True):
        for mine, shade, wide in ((False, _OTHERS, 1.2 * pt), (True, colour, 2.4 * pt)):
            some = rows[rows["theme"].eq(theme) & rows["role"].eq("interviewee").eq(mine)]
            x = some["place"] + 0.5
            look: style.Look = {"color": shade, "zorder": 2 + mine}
            drawn, read = x[some["by_codebook"]], x[some["by_reader"]]
            ax.vlines(drawn, at - 0.2, at + 0.24, linewidth=min(wide, 0.6 * pitch), **look)
            size: style.Look = {"markersize": min(2 * pt, 0.7 * pitch)}
            ax.plot(read, [at - 0.34] * len(read), "o", **look, **size)
    met = rows[rows["number"].notna()].drop_duplicates("number")
    look = {"color": colour, "linewidth": 0.8 * pt, "linestyle": (0, (2, 1.5)), "zorder": 1}
    ax.vlines(met["place"] + 0.5, 0.28, 0.58, **look)
    # Numbers of neighbours make room for each other.
    before, after = met["place"].diff().abs().le(2), met["place"].diff(-1).abs().le(2)
    side = before.map({True: "left", False: "center"}).mask(after, "right")
    for place, number, align in zip(met["place"], met["number"], side, strict=True):
        x, away = {"left": (0, 0.8), "center": (0.5, 0), "right": (1, -0.8)}[align]
        look = {"fontsize": 7 * pt, "color": style.legible(colour), "weight": "bold"}
        ax.annotate(str(number), (place + x, 1.3), (away * pt, 0), textcoords="offset points",
                    ha=align, va="bottom", **look)  # fmt: skip


def _key(part: SubFigure, colour: str, reader: str, pt: float, across: int) -> None:
    stroke: style.Look = {"marker": "|", "markersize": 7 * pt, "linewidth": 0}
    handles = [
        Line2D([], [], color=colour, markeredgewidth=2.4 * pt, label="interviewee, by the codebook",
               **stroke),
        Line2D([], [], color=_OTHERS, markeredgewidth=1.2 * pt,
               label="other voices, by the codebook", **stroke),
    ]  # fmt: skip
    if reader:
        dot: style.Look = {"marker": "o", "markersize": 2 * pt, "linewidth": 0}
        handles.append(Line2D([], [], color=style.INK, label=f"by {reader}", **dot))
    dashed: style.Look = {"linewidth": 0.8 * pt, "linestyle": (0, (2, 1.5)), "color": colour}
    handles.append(Line2D([], [], label="numbered: both themes, by the codebook", **dashed))
    look: style.Look = {"frameon": False, "fontsize": 7 * pt, "handletextpad": 0.3}
    part.legend(handles=handles, loc="outside lower center", ncols=across, **look)


def _list_sentences(part: SubFigure, lines: list[list[str]], colours: list[str], pt: float) -> None:
    """Write numbered sentences below each other, each over as many lines as it has."""
    ax = part.subplots()
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(max(sum(map(len, lines)), 1) - 0.4, -0.6)
    indent = _INDENT * pt / (part.figure.get_figwidth() * 25.4)
    at = 0
    for number, (words, colour) in enumerate(zip(lines, colours, strict=True), 1):
        look: style.Look = {"va": "center", "fontsize": 7 * pt}
        ax.text(0, at, str(number), color=colour, weight="bold", **look)
        for line in words:
            ax.text(indent, at, line, **look)
            at += 1
