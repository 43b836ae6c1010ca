"""Who and what is named: where in each interview, how often, and by whom."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis import words
from analysis.annotation import is_word
from analysis.corpus import Corpus
from analysis.figures import style
from analysis.figures.study_figure import StudyFigure, captioned
from analysis.names.mentions import mention_terms

# Rows of lanes that a page holds.
_LANES = 64


def names(corpus: Corpus, most: int = 40) -> StudyFigure:
    """Show where each name is mentioned in each interview, how often, and by whom.

    The table has a row for each mention of a name that is mentioned more than once, dates left out:
    what `words.positions` returns of all voices, with `canonical` in place of `term`, `label` and
    `role`. Names that more interviews share come first, then those mentioned more often.
    """
    labels = corpus.labels
    mentions = corpus.mentions[corpus.mentions["label"] != "DATE"]
    of_name = mentions.groupby("canonical").agg(
        total=("start", "size"), shared=("interview", "nunique"), label=("label", "first")
    )
    ranked = of_name[of_name["total"] > 1].reset_index()
    order = ["shared", "total", "canonical"]
    ranked = ranked.sort_values(order, ascending=[False, False, True])
    several = len(ranked)
    ranked = ranked.head(min(most, max(_LANES // len(labels), 8)))
    table = words.positions(mention_terms(corpus.tokens, mentions), list(ranked["canonical"]))
    table = table.rename(columns={"term": "canonical"})
    voices = corpus.utterances[["interview", "utterance", "role", "speaker"]]
    table = table.merge(voices, on=["interview", "utterance"], how="left")
    place = {name: row for row, name in enumerate(ranked["canonical"])}
    number = {name: row for row, name in enumerate(labels)}
    table = table.assign(
        row=table["canonical"].map(place),
        number=table["interview"].map(number),
        label=table["canonical"].map(of_name["label"]),
    ).sort_values(["row", "number", "word"], ignore_index=True)
    columns = "canonical label interview role speaker position word words utterance start end"
    table = table[columns.split()]
    sizes = corpus.tokens[is_word(corpus.tokens)].groupby("interview").size()
    counted = table.groupby(["canonical", "interview"], sort=False).size()
    in_all = ranked.loc[ranked["shared"] == len(labels), "canonical"]
    return captioned(
        "names",
        partial(draw_names, labels=labels, order=list(ranked["canonical"])),
        table,
        "canonical label interview role speaker position",
        labels,
        drawn=len(ranked),
        cut=len(ranked) < several,
        pages=[(label, int(sizes.get(name, 0))) for name, label in labels.items()],
        mentions=len(mentions),
        all=len(of_name),
        checked=len(of_name) - len(corpus.names_to_check),
        own=int(mentions["role"].eq("interviewee").sum()),
        in_all=[
            (name, [int(counted.get((name, interview), 0)) for interview in labels])
            for name in in_all
        ],
    )


def draw_names(
    table: pd.DataFrame,
    profile: style.Profile = style.PRINT,
    *,
    labels: dict[str, str],
    order: list[str],
) -> Figure:
    """Draw a row for each name, in it a lane for each interview: where it is said, how often."""
    palette, lane = style.colours(list(labels)), 0.8 / len(labels)
    height = 26 + style.row_height(len(labels)) * max(len(order), 1)
    height = style.with_key(height, len(labels), profile)
    profile = style.fitted(profile, height) if len(labels) > 2 else profile
    with style.styled(profile) as pt:
        drawing = style.figure(style.DOUBLE, height, profile)
        falls, counts, y = style.lanes(drawing, table, "canonical", order, labels, pt, 1)
        for name, at in y.items():
            total = at.value_counts(sort=False)
            own = table["role"].eq("interviewee").groupby(at).sum()
            bar: style.Look = {"height": 0.8 * lane, "edgecolor": palette[name]}
            counts.barh(total.index, total, color="white", linewidth=0.7 * pt, **bar)
            counts.barh(own.index, own, color=palette[name], linewidth=0, **bar)
        falls.set_xlabel("where in the page")
        counts.set_xlim(left=0)
        counts.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        counts.set_xlabel("mentions")
        stroke: style.Look = {"linewidth": 0, "marker": "|", "markersize": 7 * pt}
        others = Line2D([], [], color=style.GREY, label="other voices", **stroke)
        across = 1 if style.narrow(profile) else 4
        said = {name: f"{label}, interviewee" for name, label in labels.items()}
        style.key_of(drawing, said, pt, [others], "|", ncols=across)
        style.noted(falls, "names in every interview at the top", pt)
        return style.settle(drawing)
