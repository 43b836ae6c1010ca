"""Where two themes co-occur: lanes in reading order, and the sentences with both, in full."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.study_figure import StudyFigure, captioned, sizes
from analysis.figures.tables import named
from analysis.figures.thematic import reading
from analysis.figures.typeface import FAMILY
from analysis.schemas import SENTENCE
from analysis.wording import slug

_OTHERS = "#9A9A9A"
_DASHES: Any = (0, (2, 1.5))
# In mm, at print size: the height of a line, and the room for the numbers of the sentences.
_LINE, _INDENT = 4.0, 5.0
_OUTLINES = TextToPath()
_FONT = FontProperties(family=FAMILY, size=7)


def intimacy_and_technology(corpus: Corpus) -> StudyFigure:
    """Show where the two themes of the pair are raised, with the sentences on both in full.

    The table has a row for each of the two themes of each sentence: `interview`, `place`,
    `sentences` (int64: of the interview), `role`, `theme`, `by_codebook`, `by_reader`, `both`
    (bool: the codebook finds both), `number` (Int64: in the list of the figure), `matched`, `text`,
    `start`. The slug names the two themes.

    Raises
    ------
    ValueError
        If the codebook has no pair.
    """
    if corpus.pair is None:
        raise ValueError(
            "There is no pair of themes to show: the codebook does not name one; write"
            ' pair = ["…", "…"] at the top of the codebook.'
        )
    pair = {theme: named(corpus)[theme] for theme in corpus.pair}
    table = _marks(corpus, list(pair))
    upper, lower = (title.lower() for title in pair.values())
    reader, tests = reading(corpus), []
    own = table[table["role"] == "interviewee"]
    for coder, found, met in (
        ("the codebook", own["by_codebook"], corpus.theme_pairs),
        (reader, own["by_reader"], corpus.theme_pairs_by_reader),
    ):
        if met is not None:
            counts = [int((found & own["theme"].eq(theme)).sum()) for theme in pair]
            row = met[met["first"].isin(pair) & met["second"].isin(pair)].iloc[0]
            tests.append({"coder": coder, "counts": counts, **row.to_dict()})
    made = captioned(
        "intimacy-and-technology",
        partial(draw_meeting, labels=corpus.labels, pair=pair, reader=reader),
        table,
        "interview role theme by_codebook by_reader number text",
        corpus.labels | named(corpus),
        upper=upper,
        lower=lower,
        reader=reader,
        sentences=sizes(corpus, corpus.own_sentences),
        listed=int(table["number"].nunique()),
        tests=tests,
    )
    first, second = corpus.pair
    return replace(made, slug=slug(f"{second} and {first}"))


def _marks(corpus: Corpus, pair: list[str]) -> pd.DataFrame:
    """List where each coder finds two themes; number the interviewee's sentences with both."""
    keys = [*SENTENCE, "theme"]
    table = corpus.sentences.merge(pd.DataFrame({"theme": pair}), how="cross")
    table["sentences"] = table.groupby("interview")["place"].transform("nunique")
    found = corpus.codings[[*keys, "matched"]]
    read = (found[:0] if corpus.reader is None else corpus.reader)[keys]
    table = table.merge(found, "left", keys).merge(read, "left", keys, indicator="by_reader")
    table["by_codebook"] = table["matched"].notna()
    table["by_reader"] = table["by_reader"] == "both"
    # Each sentence has two rows here.
    table["both"] = table.groupby(SENTENCE)["by_codebook"].transform("all")
    listed = table["both"] & table["role"].eq("interviewee")
    table["number"] = ((listed.cumsum() + 1) // 2).where(listed).astype("Int64")
    table = table[table["by_codebook"] | table["by_reader"]].reset_index(drop=True)
    columns = "interview place sentences role theme by_codebook by_reader both number matched"
    return table[[*columns.split(), "text", "start"]].astype({"matched": "str"})


def draw_meeting(
    table: pd.DataFrame,
    profile: style.Profile,
    *,
    labels: style.Names,
    pair: style.Names,
    reader: str,
) -> Figure:
    """Draw a lane for each of two themes in each interview, and the numbered sentences below.

    Strokes are the codebook's, dots below them those of `reader`, if there is one. Sentences are
    never cut: on a page too short for all of them, the type is made smaller.
    """
    origin = ["strips", *(f"theme:{theme}" for theme in pair)]
    height = dict(zip(pair, (1.0, 0.0), strict=True))
    table = table.assign(y=table["theme"].map(height), to=marks.passages(table, *origin))
    listed = table[table["number"].notna()]
    agreed = listed.groupby("number")["by_reader"].transform("all")
    listed = listed.assign(alone=~agreed & bool(reader)).drop_duplicates("number")
    profile, lines, heights = _fitting(listed, profile, len(labels))
    inks = {name: style.legible(colour) for name, colour, _ in style.looks(labels)}
    listed = listed.assign(lines=lines, ink=listed["interview"].map(inks))
    with style.canvas(style.DOUBLE, sum(heights), profile) as (drawing, pt):
        above, below = drawing.subfigures(2, 1, height_ratios=heights, squeeze=False)[:, 0]
        longest = int(table["sentences"].max()) if len(table) else 1
        # Strokes of adjacent sentences must not fuse: the lanes take about five sixths of the
        # width.
        pitch = drawing.get_figwidth() * 72 * 5 / 6 / longest
        for ax, name, colour in style.in_reading_order(above, labels, longest):
            _draw_lanes(ax, table[table["interview"] == name], colour, pt, pitch)
            ax.set_yticks([1, 0], list(pair.values()))
            ax.set_ylim(-0.5, 1.75)
        _key(above, reader, len(listed) > 0, pt, _across(profile))
        ax = below.subplots()
        ax.set_axis_off()
        ax.set_xlim(0, 1)
        ax.set_ylim(max(listed["lines"].map(len).sum(), 1) - 0.4, -0.6)
        indent = _INDENT * pt / (drawing.get_figwidth() * 25.4)
        look: style.Look = {"va": "center", "fontsize": 7 * pt}
        at = 0
        for row in listed.itertuples():
            ax.text(0, at, str(row.number), color=row.ink, weight="bold", **look)
            for line in row.lines:
                marks.lead(ax.text(indent, at, line, **look), row.to)
                at += 1
    return drawing


def _fitting(
    listed: pd.DataFrame, profile: style.Profile, interviews: int
) -> tuple[style.Profile, list[list[str]], tuple[float, float]]:
    """Find the largest type in which all sentences fit: the page, their lines, both heights."""
    while True:
        width = min(style.DOUBLE, style.width_of(profile)) - _INDENT - 3
        lines = [lines_of(_in_one_line(row.text, row.alone), width) for row in listed.itertuples()]
        key = 3 + 4 * 4 // _across(profile)
        lanes = 9 + key + (14 if interviews > 4 else 19) * interviews
        heights = (lanes, _LINE * max(sum(map(len, lines)), 1) + 2)
        smaller = style.fitted(profile, sum(heights))
        if smaller is profile or smaller["font.size"] > 0.98 * profile["font.size"]:
            return smaller, lines, heights
        # Smaller type fits more words on a line, so fewer lines may do.
        points = max(0.96 * profile["font.size"], style.PRINT_SIZE)
        profile = profile | style.type_size(points)


def _across(profile: style.Profile) -> int:
    """Return how many of the four entries of the key fit side by side."""
    return 1 if style.narrow(profile) else 4 if style.width_of(profile) > style.DOUBLE - 1 else 2


def lines_of(text: str, width: float) -> list[str]:
    """Break a text into lines of at most `width` mm in 7-point type.

    >>> lines_of("one two three four five", 20)
    ['one two three', 'four five']
    """
    first, *words = text.split() or [""]
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        # In mm; measured by outlines, since there is no figure yet.
        if _OUTLINES.get_text_width_height_descent(longer, _FONT, False)[0] * 25.4 / 72 <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _in_one_line(text: str, alone: bool) -> str:
    text = " ".join(text.split())
    # A quotation of several sentences would leave one mark unpaired.
    if text.count("“") != text.count("”"):
        text = text.strip("“”")
    return text + (" (codebook only)" if alone else "")


def _draw_lanes(ax: Axes, rows: pd.DataFrame, colour: str, pt: float, pitch: float) -> None:
    """Draw the two lanes of one interview, and number the sentences with both."""
    last = rows["sentences"].max() if len(rows) else 1
    ax.hlines([0, 1], 0, last, color=style.PALE, linewidth=0.6 * pt, zorder=0)
    rows = rows.assign(x=rows["place"] + 0.5)
    for at in (1.0, 0.0):
        for mine, shade, wide in ((False, _OTHERS, 1.2 * pt), (True, colour, 2.4 * pt)):
            some = rows[rows["y"].eq(at) & rows["role"].eq("interviewee").eq(mine)]
            look: style.Look = {"color": shade, "zorder": 2 + mine}
            drawn, read = some[some["by_codebook"]], some.loc[some["by_reader"], "x"]
            ends, width = (at - 0.2, at + 0.24), min(wide, 0.6 * pitch)
            strokes = ax.vlines(drawn["x"], *ends, linewidth=width, **look)
            marks.lead(strokes, *drawn["to"])
            size = min(2 * pt, 0.7 * pitch)
            ax.plot(read, [at - 0.34] * len(read), "o", markersize=size, **look)
    met = rows[rows["number"].notna()].drop_duplicates("number")
    ax.vlines(met["x"], 0.28, 0.58, color=colour, linewidth=0.8 * pt, zorder=1, linestyle=_DASHES)
    # Numbers of neighbours make room for each other.
    before, after = met["place"].diff().abs().le(2), met["place"].diff(-1).abs().le(2)
    away = before.astype("int64").mask(after, -1)
    look = {"fontsize": 7 * pt, "color": style.legible(colour), "weight": "bold", "va": "bottom"}
    for x, number, to in zip(met["x"], met["number"], away, strict=True):
        place: style.Look = {"textcoords": "offset points", "ha": ("center", "left", "right")[to]}
        ax.annotate(str(number), (x - 0.5 * to, 1.3), (0.8 * to * pt, 0), **place, **look)


def _key(part: SubFigure, reader: str, numbered: bool, pt: float, across: int) -> None:
    """Explain what strokes, dots and dashes stand for."""
    colour, stroke = style.COLOURS[0], style.Look(marker="|", markersize=7 * pt)
    entries = [
        ("interviewee (codebook)", stroke | {"color": colour, "markeredgewidth": 2.4 * pt}),
        ("other voices (codebook)", stroke | {"color": _OTHERS, "markeredgewidth": 1.2 * pt}),
    ]
    if reader:
        entries.append((f"by {reader}", {"marker": "o", "markersize": 2 * pt, "color": style.INK}))
    if numbered:
        dashes = {"linestyle": _DASHES, "linewidth": 0.8 * pt, "color": colour}
        entries.append(("numbered: both themes (codebook)", dashes))
    place = style.Look(loc="outside lower center", ncols=across, fontsize=7 * pt)
    style.key(part, entries, handletextpad=0.3, **place)
