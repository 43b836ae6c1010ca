"""Where two themes co-occur: lanes in reading order, and the sentences with both, in full."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextToPath

from analysis.corpus import PAIR, Corpus
from analysis.figures import marks, style
from analysis.figures.study_figure import StudyFigure, captioned
from analysis.figures.tables import named
from analysis.figures.thematic import reading
from analysis.schemas import SENTENCE

_OTHERS = "#9A9A9A"
_DASHED: style.Look = {"linestyle": (0, (2, 1.5))}
# In mm, at print size: the height of a line, and the room for the numbers of the sentences.
_LINE, _INDENT = 4.0, 5.0
_OUTLINES = TextToPath()


def intimacy_and_technology(
    corpus: Corpus, *, upper: str | None = None, lower: str | None = None
) -> StudyFigure:
    """Show where two themes are raised, with the interviewee's sentences on both in full.

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
    """List where each coder finds two themes; number the interviewee's sentences with both."""
    keys = [*SENTENCE, "theme"]
    found = codings.loc[codings["theme"].isin(pair), [*keys, "matched"]]
    read = (codings[:0] if reader is None else reader).loc[:, keys]
    read = read[read["theme"].isin(pair)]
    places = sentences.assign(
        sentences=sentences.groupby("interview")["place"].transform("size"),
        row=range(len(sentences)),
    )
    table = found.merge(read, on=keys, how="outer", indicator="by").merge(
        places[[*SENTENCE, "place", "sentences", "role", "text", "start", "row"]], on=SENTENCE
    )
    table = table.assign(
        by_codebook=table["by"] != "right_only",
        by_reader=table["by"] != "left_only",
        order=pd.Index(pair).get_indexer(table["theme"]),
    ).sort_values(["row", "order"], ignore_index=True)
    table["both"] = table.groupby("row")["by_codebook"].transform("sum").eq(2)
    listed = table["both"] & table["role"].eq("interviewee")
    number = pd.Series(pd.factorize(table["row"].where(listed))[0] + 1, dtype="Int64")
    table["number"] = number.where(listed)
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
    with style.canvas(style.DOUBLE, sum(heights), profile) as (drawing, pt):
        above, below = drawing.subfigures(2, 1, height_ratios=heights, squeeze=False)[:, 0]
        longest = int(table["sentences"].max()) if len(table) else 1
        # Strokes of adjacent sentences must not fuse: the lanes take about five sixths of the
        # width.
        pitch = drawing.get_figwidth() * 72 * 5 / 6 / longest
        for ax, name, colour in style.in_reading_order(above, labels, longest):
            _draw_lanes(ax, table[table["interview"] == name], colour, list(pair), pt, pitch)
            ax.set_yticks([1, 0], list(pair.values()))
            ax.set_ylim(-0.5, 1.75)
        palette = style.colours(list(labels))
        _key(above, next(iter(palette.values())), reader, len(listed) > 0, pt, _across(profile))
        _list_sentences(below, listed, lines, palette, list(pair), pt)
    return drawing


def _fitting(
    listed: pd.DataFrame, profile: style.Profile, interviews: int, coded: bool
) -> tuple[style.Profile, list[list[str]], tuple[float, float]]:
    """Find the largest type at which all sentences fit: the page, their lines, both heights."""
    while True:
        width = min(style.DOUBLE, style.width_of(profile)) - _INDENT - 3
        lines = [
            lines_of(_in_one_line(row.text, coded and not row.by_reader), width)
            for row in listed.itertuples()
        ]
        lanes = (14 if interviews > 4 else 19) * interviews
        key = 3 + 4 * 4 // _across(profile)
        heights = (9 + key + lanes, _LINE * max(sum(map(len, lines)), 1) + 2)
        smaller = style.fitted(profile, sum(heights))
        if smaller is profile or smaller["font.size"] > 0.98 * profile["font.size"]:
            return smaller, lines, heights
        # Smaller type fits more words on a line, so fewer lines may do.
        points = max(0.96 * profile["font.size"], style.PRINT_SIZE)
        profile = profile | style.type_size(points)


def _across(profile: style.Profile) -> int:
    """Return how many of the four entries of the key fit side by side."""
    return 1 if style.narrow(profile) else 4 if style.width_of(profile) > style.DOUBLE - 1 else 2


def lines_of(text: str, width: float, points: float = 7) -> list[str]:
    """Break a text into lines of at most `width` mm in type of a given size.

    >>> lines_of("one two three four five", 20)
    ['one two three', 'four five']
    """
    font = FontProperties(family=style.STYLE["font.family"], size=points)
    first, *words = text.split() or [""]
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        # In mm; measured by outlines, since there is no figure yet.
        if _OUTLINES.get_text_width_height_descent(longer, font, False)[0] * 25.4 / 72 <= width:
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


def _draw_lanes(
    ax: Axes, rows: pd.DataFrame, colour: str, pair: list[str], pt: float, pitch: float
) -> None:
    """Draw the two lanes of one interview, and number the sentences with both."""
    last = rows["sentences"].max() if len(rows) else 1
    ax.hlines([0, 1], 0, last, color=style.PALE, linewidth=0.6 * pt, zorder=0)
    for theme, at in zip(pair, (1.0, 0.0), strict=True):
        for mine, shade, wide in ((False, _OTHERS, 1.2 * pt), (True, colour, 2.4 * pt)):
            some = rows[rows["theme"].eq(theme) & rows["role"].eq("interviewee").eq(mine)]
            look: style.Look = {"color": shade, "zorder": 2 + mine}
            drawn, read = some[some["by_codebook"]], some.loc[some["by_reader"], "place"] + 0.5
            line = {"linewidth": min(wide, 0.6 * pitch), **look}
            strokes = ax.vlines(drawn["place"] + 0.5, at - 0.2, at + 0.24, **line)
            marks.lead(strokes, *marks.passages(drawn, *_origin(pair)))
            size: style.Look = {"markersize": min(2 * pt, 0.7 * pitch)}
            ax.plot(read, [at - 0.34] * len(read), "o", **look, **size)
    met = rows[rows["number"].notna()].drop_duplicates("number")
    dashes: style.Look = {"color": colour, "linewidth": 0.8 * pt, "zorder": 1} | _DASHED
    ax.vlines(met["place"] + 0.5, 0.28, 0.58, **dashes)
    # Numbers of neighbours make room for each other.
    before, after = met["place"].diff().abs().le(2), met["place"].diff(-1).abs().le(2)
    side = before.map({True: "left", False: "center"}).mask(after, "right")
    look = {"fontsize": 7 * pt, "color": style.legible(colour), "weight": "bold", "va": "bottom"}
    for place, number, align in zip(met["place"], met["number"], side, strict=True):
        x, away = {"left": (0, 0.8), "center": (0.5, 0), "right": (1, -0.8)}[align]
        at_mark = (place + x, 1.3), (away * pt, 0)
        ax.annotate(str(number), *at_mark, textcoords="offset points", ha=align, **look)


def _origin(pair: list[str]) -> list[str]:
    """Name the view of the explorer that shows both themes."""
    return ["strips", *(f"theme:{theme}" for theme in pair)]


def _key(part: SubFigure, colour: str, reader: str, numbered: bool, pt: float, across: int) -> None:
    """Say what strokes, dots and dashes are."""
    wide: style.Look = {"marker": "|", "markersize": 7 * pt, "markeredgewidth": 2.4 * pt}
    entries: dict[str, style.Look] = {
        "interviewee, by the codebook": wide | {"color": colour},
        "other voices, by the codebook": wide | {"color": _OTHERS, "markeredgewidth": 1.2 * pt},
    }
    if reader:
        entries[f"by {reader}"] = {"marker": "o", "markersize": 2 * pt, "color": style.INK}
    if numbered:
        dashes = _DASHED | {"linewidth": 0.8 * pt, "color": colour}
        entries["numbered: both themes, by the codebook"] = dashes
    none: style.Look = {"linewidth": 0}
    handles = [Line2D([], [], label=label, **(none | look)) for label, look in entries.items()]
    look: style.Look = {"fontsize": 7 * pt, "handletextpad": 0.3}
    part.legend(handles=handles, loc="outside lower center", ncols=across, **look)


def _list_sentences(
    part: SubFigure,
    listed: pd.DataFrame,
    lines: list[list[str]],
    palette: dict[str, str],
    pair: list[str],
    pt: float,
) -> None:
    """Write numbered sentences below each other, each over as many lines as it has."""
    ax = part.subplots()
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(max(sum(map(len, lines)), 1) - 0.4, -0.6)
    indent = _INDENT * pt / (part.figure.get_figwidth() * 25.4)
    look: style.Look = {"va": "center", "fontsize": 7 * pt}
    at = 0
    for row, words in zip(listed.itertuples(), lines, strict=True):
        colour, to = style.legible(palette[row.interview]), marks.passage(row, *_origin(pair))
        ax.text(0, at, str(row.number), color=colour, weight="bold", **look)
        for line in words:
            marks.lead(ax.text(indent, at, line, **look), to)
            at += 1
