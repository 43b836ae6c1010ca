"""The interviewee's words: how frequent they are and where they fall, and what sets texts apart."""

from __future__ import annotations

import textwrap
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import words
from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.lanes import draw_lanes
from analysis.figures.study_figure import StudyFigure, captioned, sizes
from analysis.wording import plural
from analysis.words.counts import leading

_LANES = 48  # that fit on a page
_LIMIT = 8.0  # where the interval of a log ratio is cut and ends in an arrow
_MEASURES = ["count", "rate", "rate_low", "rate_high"]


def frequent_words(corpus: Corpus, most: int = 16) -> StudyFigure:
    """Show where the interviewee's most frequent content words fall, and how frequent they are.

    The table has a row for each occurrence, and one without a position for each word that an
    interview lacks: `interview`, `term`, `count`, `rate`, `rate_low`, `rate_high` of the word there
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
    # Words from top to bottom and, within each, the interviews.
    each = pd.concat(
        ranked[["term", *(f"{measure}_{name}" for measure in _MEASURES)]]
        .set_axis(["term", *_MEASURES], axis="columns")
        .assign(interview=name)
        for name in labels
    ).sort_index(kind="stable")
    table = each.merge(words.positions(corpus.terms, terms), on=["interview", "term"], how="left")
    integers = dict.fromkeys(["utterance", "word", "words", "start", "end"], "Int64")
    table = table[["interview", "term", *_MEASURES, *integers, "position"]].astype(integers)
    once = table.drop_duplicates(["interview", "term"])
    absent = once[once["count"] == 0].groupby("interview", sort=False)["rate_high"].max().dropna()
    key = {
        name: f"{label} ({plural(corpus.lengths[name], 'word', 'words')})"
        for name, label in labels.items()
    }
    return captioned(
        "frequent-words",
        partial(draw_occurrences, key=key),
        table,
        "interview term count rate rate_low rate_high",
        labels,
        words=len(terms),
        lengths=sizes(corpus, corpus.terms),
        gaps=bool(table["rate_low"].isna().any()),
        absent=[(labels[name], high) for name, high in absent.items()],
        highest=[
            (
                labels[name],
                rows[rows["rate"].eq(rows["rate"].max()) & rows["count"].gt(0)].to_dict("records"),
            )
            for name, rows in once.groupby("interview", sort=False)
        ],
    )


def draw_occurrences(table: pd.DataFrame, profile: style.Profile, *, key: style.Names) -> Figure:
    """Draw a row for each word, with a lane for each interview: where it falls, and its rate."""
    terms = list(dict.fromkeys(table["term"]))

    def rates(ax: Axes, rows: pd.DataFrame, lane: float, pt: float) -> None:
        # Markers in neighbouring lanes must not overlap.
        high = ax.figure.bbox.height / ax.figure.dpi
        size = min(4 * pt, 0.95 * lane * high * 72 / (len(terms) + 4))
        for name, colour, marker in style.looks(key):
            once = rows[rows["interview"] == name].drop_duplicates("term")
            place, leads = (ax, once, "rate"), _lines(once["term"], interview=name)
            style.intervals(*place, colour, marker, leads, once["count"] > 0, markersize=size)
        highest = table[["rate", "rate_high"]].max().max()
        ticks = MaxNLocator(4, integer=True).tick_values(0, highest)
        ax.set_xlim(0, ticks[-1])
        ax.set_xticks(ticks)
        ax.set_xlabel("per 1,000 words")

    said = table.assign(role="interviewee")
    return draw_lanes(
        said, "term", terms, rates, profile, key=key, said="where it is said",
        note="most frequent word at the top", way="lemma", ratio=2, role="interviewee",
    )  # fmt: skip


def _lines(terms: pd.Series, **filters: str) -> list[str]:
    """Return, for each word, the address of the interviewee's lines that contain it."""
    own = partial(marks.address, "concordance", "lemma", role="interviewee", **filters)
    return [own(term) for term in terms]


def keywords(corpus: Corpus, minimum: int = 4, most: int = 8) -> StudyFigure:
    """Show which words are more frequent in each interview than in the rest.

    The table has the leading words of each interview, the strongest by weighted log-odds first, as
    `words.keyness_against_rest` returns them, and `found` (bool: `p_family` below 0.05). Two
    interviews are compared once; the words of the second come from the reversed comparison.

    Raises
    ------
    ValueError
        If there is only one interview; also as for `words.keyness`.
    """
    if len(corpus.labels) < 2:
        raise ValueError("Keywords compare interviews, but there is only one; supply two or more.")
    compared, without = _compared(corpus)
    often = compared["count_target"] + compared["count_reference"] >= minimum
    table = compared[often & (compared["log_ratio"] > 0)]
    table = table.assign(strength=table["log_odds_z"].round(9), found=table["p_family"] < 0.05)
    table = table.sort_values(["strength", "term"], ascending=[False, True])
    own = (table[table["target"] == name] for name in corpus.labels)
    leads = (leading(rows, rows["strength"], most) for rows in own)
    parts = [rows for rows in leads if len(rows) <= 2 * most]
    table = pd.concat([table.head(0), *parts], ignore_index=True).drop(columns="strength")
    pair = len(corpus.labels) == 2
    # If there are two interviews, their comparison is listed from both sides.
    sides = 2 if pair else 1
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
        lengths=sizes(corpus, corpus.terms),
        found=int((compared["p_family"] < 0.05).sum()) // sides,
        tested=len(compared) // sides,
        p=compared["p_family"].min(),
        without=without,
        tops=[
            (corpus.labels[name], part.head(3).to_dict("records"))
            for name, part in table.groupby("target", sort=False)
        ],
    )


def _compared(corpus: Corpus) -> tuple[pd.DataFrame, list[str]]:
    """Compare each interview with the rest, and name those too short to compare."""
    if len(corpus.labels) > 2:
        table, missing = corpus.keyness_against_rest
        return table, [corpus.labels[name] for name in missing["target"].dropna()]
    one, other = corpus.labels
    table = corpus.keyness.assign(target=one, reference=other)
    table["p_family"] = table["p_max_t"]
    seen = "target reference term count_target count_reference rate_target rate_reference"
    there = "reference target term count_reference count_target rate_reference rate_target"
    turned = ["log_ratio", "log_ratio_low", "log_ratio_high", "log_odds_z"]
    columns = [*seen.split(), *turned, "p_max_t", "p_family"]
    swapped = [*there.split(), "log_ratio", "log_ratio_high", "log_ratio_low", *columns[-3:]]
    mirrored = table[swapped].set_axis(columns, axis="columns")
    mirrored[turned] *= -1
    return pd.concat([table[columns], mirrored], ignore_index=True), []


def draw_keywords(table: pd.DataFrame, profile: style.Profile, *, labels: style.Names) -> Figure:
    """Draw the log ratios of each interview's keywords with their intervals, one panel each."""
    across = style.columns(len(labels), profile)
    counts = [int((table["target"] == name).sum()) for name in labels]
    heights = [max(1, *counts[first : first + across]) for first in range(0, len(labels), across)]
    height = 8 + sum(10 + 4.4 * rows for rows in heights)
    with style.canvas(style.DOUBLE, height, profile) as (drawing, pt):
        ratios = [3 + rows for rows in heights]
        titles = {
            name: textwrap.fill(f"more frequent in {label}", 88 // across)
            for name, label in labels.items()
        }
        panels = style.panels(drawing, titles, across, sharex=True, height_ratios=ratios)
        # An arrow at the end of a panel and the first word of the next must not read as one.
        drawing.get_layout_engine().set(wspace=0.04)  # type: ignore[union-attr, call-arg]
        for number, (ax, name, colour, marker) in enumerate(panels):
            rows = table[table["target"] == name].reset_index(drop=True)
            rows["y"] = rows.index
            leads = _lines(rows["term"])
            place = (ax, rows, "log_ratio")
            style.intervals(*place, colour, marker, leads, rows["found"], _LIMIT)
            ax.axvline(0, color=style.GREY, linewidth=0.6 * pt, zorder=0)
            beside = [f"{row.term}  {row.count_target} : {row.count_reference}"
                      for row in rows.itertuples()]  # fmt: skip
            style.rows_of(ax, beside, leads, fontsize=7 * pt)
            ax.set_ylim(heights[number // across] - 0.4, -0.6)
            ax.set_xlim(-_LIMIT, _LIMIT)
            ax.set_xticks([-8, -4, 0, 4, 8])
        others = "other interview" if len(labels) == 2 else "others together"
        said = f"times as frequent as in the {others}, log2"
        if not table["found"].all():
            said += ("\n" if style.narrow(profile) else "; ") + "open markers: not significant"
        drawing.supxlabel(said, fontsize=7.5 * pt)
    return drawing
