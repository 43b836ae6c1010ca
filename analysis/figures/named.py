"""Who and what is named: where in each interview, how often, and by whom."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import words
from analysis.annotation import is_word
from analysis.corpus import Corpus
from analysis.figures import marks, style
from analysis.figures.lanes import draw_lanes
from analysis.figures.study_figure import StudyFigure, captioned, sizes
from analysis.names.mentions import mention_terms
from analysis.schemas import UTTERANCE

_LANES = 64  # that fit on a page


def names(corpus: Corpus, most: int = 40) -> StudyFigure:
    """Show where each name is mentioned in each interview, how often, and by whom.

    The table has a row for each mention of a name that is mentioned more than once, dates left out:
    what `words.positions` returns for all voices, with `canonical` in place of `term`, `label` and
    `role`. Names shared by more interviews come first, then those mentioned more often.
    """
    labels = corpus.labels
    mentions = corpus.mentions[corpus.mentions["label"] != "DATE"]
    of_name = mentions.groupby("canonical").agg(
        total=("start", "size"), shared=("interview", "nunique"), label=("label", "first")
    )
    ranked = of_name[of_name["total"] > 1].sort_values(
        ["shared", "total", "canonical"], ascending=[False, False, True]
    )
    drawn = ranked.head(min(most, max(_LANES // len(labels), 8)))
    order = list(drawn.index)
    # Names from top to bottom and, within each, the interviews.
    rows = pd.MultiIndex.from_product([order, list(labels)], names=["term", "interview"])
    places = words.positions(mention_terms(corpus.tokens, mentions), order)
    voices = corpus.utterances[[*UTTERANCE, "role", "speaker"]]
    table = rows.to_frame(index=False).merge(places).merge(voices)
    table = table.rename(columns={"term": "canonical"})
    table["label"] = table["canonical"].map(drawn["label"])
    columns = "canonical label interview role speaker position word words utterance start end"
    table = table[columns.split()]
    counted = table.groupby(["canonical", "interview"]).size()
    key = {name: f"{label}, interviewee" for name, label in labels.items()}
    return captioned(
        "names",
        partial(draw_names, key=key, order=order),
        table,
        "canonical label interview role speaker position",
        labels,
        drawn=len(drawn),
        cut=len(drawn) < len(ranked),
        pages=sizes(corpus, corpus.tokens[is_word(corpus.tokens)]),
        mentions=len(mentions),
        all=len(of_name),
        checked=len(of_name) - len(corpus.names_to_check),
        own=int(mentions["role"].eq("interviewee").sum()),
        in_all=[
            (name, [int(counted.get((name, interview), 0)) for interview in labels])
            for name in drawn.index[drawn["shared"] == len(labels)]
        ],
    )


def draw_names(
    table: pd.DataFrame, profile: style.Profile, *, key: style.Names, order: list[str]
) -> Figure:
    """Draw a row for each name, with a lane for each interview: where and how often it is said."""

    def counts(ax: Axes, rows: pd.DataFrame, lane: float, pt: float) -> None:
        for name, colour, _ in style.looks(key):
            said = rows[rows["interview"] == name]
            each = said["role"].eq("interviewee").groupby(said["y"]).agg(["size", "sum"])
            bar: style.Look = {"height": 0.8 * lane, "edgecolor": colour}
            bars = ax.barh(each.index, each["size"], color="white", linewidth=0.7 * pt, **bar)
            for part, y in zip(bars, each.index, strict=True):
                found = ("concordance", "name", order[round(y)])
                marks.lead(part, marks.address(*found, interview=name))
            ax.barh(each.index, each["sum"], color=colour, linewidth=0, **bar)
        ax.set_xlim(left=0)
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.set_xlabel("mentions")

    return draw_lanes(
        table, "canonical", order, counts, profile, key=key, others="other voices",
        said="where on the page", note="names in every interview at the top", way="name",
        ratio=1,
    )  # fmt: skip
