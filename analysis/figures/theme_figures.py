"""The figures of the themes, each with the table it draws, its caption and its alternative text."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.corpus import Corpus
from analysis.figures import theme_plots
from analysis.figures.theme_plots import LINE
from analysis.figures.word_figures import StudyFigure
from analysis.schemas import SENTENCE
from analysis.themes.cooccurrence import co_occurrence
from analysis.themes.shares import theme_shares


def themes(corpus: Corpus) -> StudyFigure:
    """Show which themes the interviewee's sentences carry in each interview.

    The table is that of `analysis.themes.coding.theme_shares`, of the interviewee.
    """
    labels, named = corpus.labels, _themes(corpus.codebook)
    sentences, codings = corpus.sentences, corpus.codings
    own = sentences[sentences["role"] == "interviewee"]
    table = theme_shares(own, codings, list(named))
    sizes = own.groupby("interview").size()
    legend = {name: f"{label} ({sizes.get(name, 0)} sentences)" for name, label in labels.items()}
    legend = legend if len(labels) <= 2 else labels
    lengths = ", ".join(f"{label} {sizes.get(name, 0)} sentences" for name, label in labels.items())
    tops = []
    for name, label in labels.items():
        rows = table[table["interview"] == name].set_index("theme")["share"]
        if len(rows):
            tops.append(
                f"{label}:"
                f" {', '.join(f'{named[theme]} {share:.0%}' for theme, share in rows.items())}"
            )
    return StudyFigure(
        slug="themes",
        title="What the interviewee talks about",
        draw=partial(theme_plots.theme_dots, table, legend, named),
        table=table,
        caption=(
            f"Share of the interviewee’s sentences ({lengths}) in which the codebook finds a theme;"
            " a sentence may carry several. Lines: 95% intervals that take whole utterances as"
            " independent."
        ),
        alt=(
            f"Dot plot, {len(named)} themes from top to bottom, share of sentences from left to"
            " right, a marker with an interval for each interview. "
            + "; ".join(tops)
            + f".{_overlaps(table, list(labels))}"
        ),
    )


def _overlaps(shares: pd.DataFrame, interviews: list[str]) -> str:
    """Say in how many themes the intervals of two interviews overlap; nothing of more, or where there are none."""
    if len(interviews) != 2:
        return ""
    one, other = (shares[shares["interview"] == name].set_index("theme") for name in interviews)
    if one["share_low"].isna().any() or other["share_low"].isna().any() or one.empty or other.empty:
        return ""
    meet = (one["share_low"] <= other["share_high"]) & (other["share_low"] <= one["share_high"])
    return f" The intervals of the interviews overlap in {meet.sum()} of {len(meet)} themes."


def theme_map(corpus: Corpus) -> StudyFigure:
    """Show where in each interview which theme is spoken of, and by whom, sentence by sentence.

    The table has a row for each theme of each sentence: `interview`, `place` (int64: number of the
    sentence), `role`, `theme` (str; NA where the sentence has none), `start` (int64: offset of the
    sentence).
    """
    labels, named = corpus.labels, _themes(corpus.codebook)
    sentences, codings = corpus.sentences, corpus.codings
    table = sentences[[*SENTENCE, "place", "role", "start"]].merge(
        codings[[*SENTENCE, "theme"]], on=SENTENCE, how="left"
    )
    table = table[["interview", "place", "role", "theme", "start"]]
    parts = []
    for name, label in labels.items():
        rows = table[table["interview"] == name]
        size = rows["place"].nunique()
        counts = rows["theme"].value_counts()
        said = ", ".join(f"{named[theme]} {counts.get(theme, 0)}" for theme in named)
        parts.append(f"{label}, {size} sentences: {said}")
    return StudyFigure(
        slug="theme-map",
        title="The themes in reading order",
        draw=partial(theme_plots.theme_map, table, labels, named),
        table=table,
        caption=(
            "Each column is a sentence, each bar a theme that the codebook finds in it: high and"
            " coloured where the interviewee speaks, half as high and grey where others do; at the"
            " right how many. All interviews have one scale; page furniture is left out. Sentences"
            " of all voices: " + "; ".join(parts) + "."
        ),
        alt=(
            f"Grid for each interview, {len(named)} themes from top to bottom, sentences in reading"
            " order from left to right, a bar where a sentence carries the theme. "
            + "; ".join(parts)
            + "."
        ),
    )


def themes_together(corpus: Corpus) -> StudyFigure:
    """Show which themes stand together in the interviewee's sentences of all interviews, against chance.

    The table is that of `analysis.themes.cooccurrence.co_occurrence` without odds ratio and
    Fisher's test, which take sentences as independent; `both_reader`, `expected_reader`,
    `p_max_t_reader` are the same of a reader's coding, NaN where nobody has coded.
    """
    named, reader = _themes(corpus.codebook), corpus.reader
    sentences, codings = corpus.sentences, corpus.codings
    own = sentences[sentences["role"] == "interviewee"]
    table = co_occurrence(own, codings, themes=list(named), independent=False)
    table = table.loc[:, ~table.columns.str.startswith(("odds_ratio", "p_fisher"))]
    read = (
        table[:0]
        if reader is None
        else co_occurrence(own, reader, themes=list(named), independent=False)
    )
    columns = ["both", "expected", "p_max_t"]
    read = read[["first", "second", *columns]]
    table = table.merge(read, on=["first", "second"], how="left", suffixes=("", "_reader"))
    found = table[table["p_max_t"] < 0.05]
    parts = []
    for row in found.itertuples():
        part = f"{named[row.first].lower()} and {named[row.second].lower()} "
        part += f"({row.both}, chance {row.expected:.1f}, p = {row.p_max_t:.3f}"
        if reader is not None:
            part += (
                f"; in a reader’s coding {row.both_reader:.0f}, chance {row.expected_reader:.1f}"
            )
            part += f", p = {row.p_max_t_reader:.3f}"
        parts.append(part + ")")
    verdict = "; ".join(parts) or "no pair"
    note = "Sentences with both (by chance)."
    if len(found):
        sure = found["p_max_t_reader"] < 0.05
        read = (
            "by a reader too"
            if sure.all()
            else "not all by a reader"
            if sure.any()
            else "not by a reader"
        )
        note += f" Framed: p < 0.05 by the codebook{'' if reader is None else ', ' + read}."
    return StudyFigure(
        slug="themes-together",
        title="Which themes share a sentence",
        draw=partial(theme_plots.theme_pairs, table, named, note),
        table=table,
        caption=(
            f"Of {len(own)} sentences of the interviewee in all interviews, those in which the"
            " codebook finds two themes; in brackets what chance would give. The darker green, the"
            " more than by chance; outlined: not more. Framed: family-wise p < 0.05 (each theme’s"
            f" sequence rotated within its interview, max-T over all pairs): {verdict}."
        ),
        alt=(
            f"Triangular matrix of {len(named)} themes against each other; each cell tells how many"
            " sentences carry both and how many chance would give. Family-wise p below 0.05:"
            f" {verdict}."
        ),
        printed=tuple(
            "first second both expected ratio alignments as_many p p_max_t both_reader".split()
        ),
    )


def intimacy_and_technology(
    corpus: Corpus, *, upper: str = "technology", lower: str = "intimacy"
) -> StudyFigure:
    """Show where two themes fall, where one sentence of the interviewee holds both, and these sentences.

    The table has a row for each of the two themes of each sentence: `interview`, `place`,
    `sentences` (int64: of the interview), `role`, `theme`, `by_codebook`, `by_reader`, `both`
    (bool: the codebook finds both), `number` (Int64: in the list of the figure), `matched`, `text`,
    `start`.

    Raises
    ------
    ValueError
        If `upper` and `lower` are not two themes of the codebook.
    """
    labels, named = corpus.labels, _themes(corpus.codebook)
    sentences, codings = corpus.sentences, corpus.codings
    reader = corpus.reader
    if upper == lower or not {upper, lower} <= set(named):
        raise ValueError(
            f"{upper!r} and {lower!r} are not two themes of the codebook; it has"
            f" {', '.join(named)}."
        )
    pair = {theme: named[theme] for theme in (upper, lower)}
    names = [pair[upper].lower(), pair[lower].lower()]
    table = _marks(sentences, codings, reader, list(pair))
    passages = (
        table[table["number"].notna()]
        .groupby("number")
        .agg(
            interview=("interview", "first"),
            place=("place", "first"),
            text=("text", "first"),
            words=("matched", "; ".join),
            read=("by_reader", "all"),
        )
        .reset_index()
    )
    alone = " (codebook only)" if reader is not None else ""
    for column, room in (("line", 2 * LINE - 10), ("short", 2 * LINE // 3)):
        passages[column] = [
            _line(text, words.split("; "), room) + ("" if read else alone)
            for text, words, read in zip(
                passages["text"], passages["words"], passages["read"], strict=True
            )
        ]
    said = sentences[sentences["role"] == "interviewee"]
    ours = table[table["role"] == "interviewee"]
    lengths = ", ".join(
        f"{label} {(said['interview'] == name).sum()}" for name, label in labels.items()
    )
    coders = {"codebook": ("by_codebook", codings)} | (
        {} if reader is None else {"reader": ("by_reader", reader)}
    )
    verdicts, tests = [], []
    for coder, (column, coded) in coders.items():
        met = co_occurrence(said, coded, themes=[upper, lower], independent=False).iloc[0]
        counts = [int((ours[column] & ours["theme"].eq(theme)).sum()) for theme in (upper, lower)]
        verdicts.append(
            f"{coder} {met['both']} of {counts[0]} (chance {met['expected']:.1f}, p ="
            f" {met['p']:.3f})"
        )
        tests.append(
            f"{coder}: {counts[0]} {names[0]}, {counts[1]} {names[1]}, {met['both']} both,"
            f" {met['expected']:.1f} by chance ({met['as_many']:,.0f} of {met['alignments']:,.0f}"
            f" alignments have as many or more, p = {met['p']:.3f})"
        )
    verdict = (
        f"The interviewee’s sentences on {names[0]} that are on {names[1]} too:"
        f" {', '.join(verdicts)}"
    )
    columns = "interview place sentences role theme by_codebook by_reader both number matched text start".split()
    return StudyFigure(
        slug=f"{lower}-and-{upper}",
        title=f"Where {names[0]} and {names[1]} are spoken of",
        draw=partial(theme_plots.meeting_lines, table, passages, labels, pair, verdict),
        table=table[columns],
        caption=(
            f"Sentences with {names[0]} or {names[1]}, in reading order, page furniture left out:"
            " strokes where the codebook finds the theme"
            + ("" if reader is None else ", dots where a reader does")
            + ". Numbered are the interviewee’s in which the codebook finds both"
            + (
                ", shortened where there is no room"
                if any("…" in line for line in passages["short"])
                else ""
            )
            + f". Of {len(said)} sentences of the interviewee ({lengths}): {'; '.join(tests)}. "
            "Chance: each theme’s sequence rotated within its interview, its runs kept; one-sided."
        ),
        alt=(
            f"For each interview two lanes, {names[0]} above {names[1]}, sentences in reading order"
            f" from left to right, a stroke where the theme is spoken of; below, {len(passages)}"
            f" numbered lines of text. {verdict}."
        ),
        printed=(
            "interview",
            "place",
            "role",
            "theme",
            "by_codebook",
            "by_reader",
            "number",
            "text",
        ),
    )


def _marks(
    sentences: pd.DataFrame, codings: pd.DataFrame, reader: pd.DataFrame | None, pair: list[str]
) -> pd.DataFrame:
    """List what each coder finds of two themes, and number the interviewee's sentences that hold both."""
    found = codings.loc[codings["theme"].isin(pair), [*SENTENCE, "theme", "matched"]].assign(
        by_codebook=True
    )
    read = (codings[:0] if reader is None else reader).loc[:, [*SENTENCE, "theme"]]
    read = read[read["theme"].isin(pair)].assign(by_reader=True)
    table = found.merge(read, on=[*SENTENCE, "theme"], how="outer").astype({"matched": "str"})
    places = sentences.assign(
        sentences=sentences.groupby("interview")["place"].transform("size"),
        row=range(len(sentences)),
    )
    table = table.merge(
        places[[*SENTENCE, "place", "sentences", "role", "text", "start", "row"]], on=SENTENCE
    )
    for coder in ("by_codebook", "by_reader"):
        table[coder] = table[coder].eq(True).fillna(False).astype("bool")
    table["order"] = table["theme"].map({theme: number for number, theme in enumerate(pair)})
    table = table.sort_values(["row", "order"], ignore_index=True)
    table["both"] = table.groupby("row")["by_codebook"].transform("sum").eq(2)
    listed = table.loc[table["both"] & table["role"].eq("interviewee"), "row"].unique()
    table["number"] = (
        table["row"].map({row: number for number, row in enumerate(listed, 1)}).astype("Int64")
    )
    return table


def _line(text: str, words: list[str], room: int) -> str:
    """Cut a sentence to so many characters around the words that matter, at blanks, with an ellipsis where cut."""
    text = " ".join(text.split())
    # Of a quotation that runs over several sentences one mark would stand alone.
    if text.count("“") != text.count("”"):
        text = text.strip("“”")
    if len(text) <= room:
        return text
    found = [(text.find(word), text.find(word) + len(word)) for word in words if word in text]
    first, last = min(found)[0], max(found)[1]
    start = max(0, min(first, last - room, len(text) - room))
    start = start and text.find(" ", start) + 1
    end = start + room
    end = len(text) if end >= len(text) else text.rfind(" ", start, end)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def _themes(codebook: pd.DataFrame) -> dict[str, str]:
    return dict(zip(codebook["theme"], codebook["name"], strict=True))
