"""The interviewee's words: how frequent they are and where they fall, and what sets texts apart."""

from __future__ import annotations

import re
import textwrap
from functools import partial
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import words
from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.lanes import draw_lanes
from analysis.figures.study_figure import StudyFigure, captioned
from analysis.wording import plural
from analysis.words.counts import leading

_LANES = 48  # that fit on a page
_LIMIT = 8.0  # where the interval of a log ratio is cut and ends in an arrow
_MEASURES = ["count", "rate", "rate_low", "rate_high"]
_SAID: dict[str, str] = {"role": "interviewee"}  # whose lines the explorer shows


def frequent_words(corpus: Corpus, most: int = 16) -> StudyFigure:
    """Show where the interviewee's most frequent content words fall, and how frequent they are.

    The table has a row for each occurrence, and one without position for a word that an interview
    lacks: `interview`, `term`, `count`, `rate`, `rate_low`, `rate_high` of the word there
    (`words.side_by_side`), then what `words.positions` returns. The words that are most frequent in
    all interviews together come first; fewer are drawn if there are many interviews.
    """
    labels = corpus.labels
    ranked = corpus.words_ranked
    fits = min(most, max(_LANES // len(labels), 5))
    ranked = leading(ranked, ranked["count"], fits)
    if len(ranked) > 2 * fits:
        ranked = ranked.head(fits)
    terms = list(ranked["term"])
    each = pd.concat(
        ranked[["term", *(f"{measure}_{name}" for measure in _MEASURES)]]
        .set_axis(["term", *_MEASURES], axis="columns")
        .assign(interview=name)
        for name in labels
    )
    table = each.merge(words.positions(corpus.terms, terms), on=["interview", "term"], how="left")
    table = table.assign(
        row=pd.Index(terms).get_indexer(table["term"]),
        number=pd.Index(labels).get_indexer(table["interview"]),
    ).sort_values(["row", "number", "word"], ignore_index=True)
    integers = dict.fromkeys(["utterance", "word", "words", "start", "end"], "Int64")
    table = table[["interview", "term", *_MEASURES, *integers, "position"]]
    table = table.astype(integers | {"interview": "str", "term": "str"})
    once = table.drop_duplicates(["interview", "term"])
    highest = [
        (label, part[part["rate"] == part["rate"].max()] if part["count"].any() else part.head(0))
        for name, label in labels.items()
        if len(part := once[once["interview"] == name])
    ]
    none = once[once["count"] == 0].groupby("interview", sort=False)["rate_high"].max().dropna()
    return captioned(
        "frequent-words",
        partial(draw_occurrences, labels=labels, lengths=corpus.lengths),
        table,
        "interview term count rate rate_low rate_high",
        labels,
        words=len(terms),
        lengths=lengths(corpus),
        gaps=bool(table["rate_low"].isna().any()),
        absent=[(labels[name], high) for name, high in none.items()],
        once=[(label, 1000 / size) for label, size in lengths(corpus) if size],
        highest=[(label, rows.to_dict("records")) for label, rows in highest],
    )


def lengths(corpus: Corpus) -> list[tuple[str, int]]:
    """Return the label of each interview and how many words its interviewee says."""
    return [(label, corpus.lengths[name]) for name, label in corpus.labels.items()]


def draw_occurrences(
    table: pd.DataFrame,
    profile: style.Profile = style.PRINT,
    *,
    labels: dict[str, str],
    lengths: dict[str, int],
) -> Figure:
    """Draw a row for each word, with a lane for each interview: where it falls, and its rate."""
    terms = list(dict.fromkeys(table["term"]))

    def rates(ax: Axes, y: dict[str, pd.Series], lane: float, pt: float) -> None:
        # Markers of neighbouring lanes must not cover each other.
        high = ax.figure.bbox.height / ax.figure.dpi
        room = 0.95 * lane * high * 72 / (len(terms) + 4)
        palette = style.colours(list(labels))
        for name, marker in zip(labels, cycle(style.MARKERS), strict=False):
            once = table[table["interview"] == name].drop_duplicates("term")
            place = y[name][once.index], once, "rate", palette[name], marker
            leads = _lines(once["term"], interview=name)
            size: style.Look = {"markersize": min(4 * pt, room)}
            style.intervals(ax, *place, leads, once["count"] > 0, **size)
        highest = table[["rate", "rate_high"]].max().max()
        ticks = MaxNLocator(4, integer=True).tick_values(0, highest if highest > 0 else 1)
        ax.set_xlim(0, ticks[-1])
        ax.set_xticks(ticks)
        ax.set_xlabel("per 1,000 words")

    key = {
        name: f"{label} ({plural(lengths[name], 'word', 'words')})"
        for name, label in labels.items()
    }
    said = table.assign(role="interviewee")
    return draw_lanes(
        said, "term", terms, rates, profile, labels=labels, key=key, said="where it is said",
        note="most frequent word at the top", way="lemma", filters=_SAID, ratio=2,
    )  # fmt: skip


def _lines(terms: pd.Series, **filters: str) -> list[str]:
    """Return the addresses of the interviewee's lines of some words."""
    return [marks.address("concordance", "lemma", term, **_SAID, **filters) for term in terms]


def keywords(corpus: Corpus, minimum: int = 4, most: int = 8) -> StudyFigure:
    """Show which words are more frequent in each interview than in the rest.

    The table has the leading words of each interview, the strongest by weighted log-odds first, as
    `words.keyness_against_rest` returns them, and `found` (bool: `p_family` below 0.05). Two
    interviews are compared once: the words of the second are that comparison, reversed.

    Raises
    ------
    ValueError
        If there is only one interview; also as `words.keyness`.
    """
    if len(corpus.labels) < 2:
        raise ValueError("Keywords compare interviews, but there is only one; give two or more.")
    compared, without = _compared(corpus)
    often = compared["count_target"] + compared["count_reference"] >= minimum
    table = compared[often & (compared["log_ratio"] > 0)]
    table = table.assign(
        rank=-table["log_odds_z"].round(9),
        place=pd.Index(corpus.labels).get_indexer(table["target"]),
        found=table["p_family"] < 0.05,
    ).sort_values(["place", "rank", "term"], ignore_index=True)
    parts = [
        rows if len(rows := leading(part, -part["rank"], most)) <= 2 * most else rows.head(0)
        for _, part in table.groupby("place")
    ]
    table = pd.concat([table.head(0), *parts], ignore_index=True)
    table = table.drop(columns=["place", "rank"])
    pair = len(corpus.labels) == 2
    tested = len(compared) // 2 if pair else len(compared)
    found = int((compared["p_family"] < 0.05).sum())
    return captioned(
        "keywords",
        partial(draw_keywords, labels=corpus.labels),
        table,
        "target term count_target count_reference log_ratio log_ratio_low log_ratio_high p_family",
        corpus.labels | {"rest": "the rest"},
        names=list(corpus.labels.values()),
        pair=pair,
        minimum=minimum,
        most=most,
        lengths=lengths(corpus),
        found=found // 2 if pair else found,
        tested=tested,
        p=compared["p_family"].min(),
        without=without,
        tops=[
            (corpus.labels[name], part.head(3).to_dict("records"))
            for name, part in table.groupby("target", sort=False)
        ],
    )


def _compared(corpus: Corpus) -> tuple[pd.DataFrame, list[str]]:
    """Compare each interview with the rest, and name those too short to compare."""
    labels = corpus.labels
    if len(labels) > 2:
        table, missing = corpus.keyness_against_rest
        return table, [labels[name] for name in missing["target"].dropna()]
    one, other = labels
    table = corpus.keyness.assign(target=one, reference=other)
    table["p_family"] = table["p_max_t"]
    sides = {"target": "reference", "reference": "target"}
    mirrored = table.rename(
        columns=lambda name: re.sub("target|reference", lambda side: sides[side[0]], name)
    )
    mirrored["log_odds_z"] *= -1
    ends = ["log_ratio", "log_ratio_low", "log_ratio_high"]
    mirrored[ends] = -table[["log_ratio", "log_ratio_high", "log_ratio_low"]].to_numpy()
    columns = "target reference term count_target count_reference rate_target rate_reference"
    columns += " log_ratio log_ratio_low log_ratio_high log_odds_z p_max_t p_family"
    return pd.concat([table, mirrored], ignore_index=True)[columns.split()], []


def draw_keywords(
    table: pd.DataFrame, profile: style.Profile = style.PRINT, *, labels: dict[str, str]
) -> Figure:
    """Draw the log ratios of each interview's keywords with their intervals, one panel each."""
    palette, across = style.colours(list(labels)), style.columns(len(labels), profile, 3)
    counts = [int((table["target"] == name).sum()) for name in labels]
    heights = [max(1, *counts[first : first + across]) for first in range(0, len(labels), across)]
    height = 8 + sum(10 + 4.4 * rows for rows in heights)
    with style.canvas(style.DOUBLE, height, profile) as (drawing, pt):
        ratios = [3 + rows for rows in heights]
        axes = style.panels(drawing, len(labels), across, sharex=True, height_ratios=ratios)
        # An arrow at the end of a panel and the first word of the next must not read as one.
        drawing.get_layout_engine().set(wspace=0.04)  # type: ignore[union-attr, call-arg]
        for number, (ax, name, marker) in enumerate(
            zip(axes, labels, cycle(style.MARKERS), strict=False)
        ):
            rows = table[table["target"] == name].reset_index(drop=True)
            colour, leads = palette[name], _lines(rows["term"])
            place = rows.index, rows, "log_ratio", colour, marker, leads
            style.intervals(ax, *place, rows["found"], _LIMIT)
            ax.axvline(0, color=style.GREY, linewidth=0.6 * pt, zorder=0)
            beside = [f"{row.term}  {row.count_target} : {row.count_reference}"
                      for row in rows.itertuples()]  # fmt: skip
            style.rows_of(ax, beside, pt, leads, heights[number // across])
            ax.set_xlim(-_LIMIT, _LIMIT)
            ax.set_xticks([-8, -4, 0, 4, 8])
            title = textwrap.fill(f"more frequent in {labels[name]}", 88 // across)
            ax.set_title(title, color=style.legible(colour))
        others = "other interview" if len(labels) == 2 else "others together"
        said = f"times as frequent as in the {others}, log2"
        if not table["found"].all():
            said += ("\n" if style.narrow(profile) else "; ") + "open markers: not significant"
        drawing.supxlabel(said, fontsize=7.5 * pt)
    return drawing
