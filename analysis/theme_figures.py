"""The figures of the themes, each with the table it draws, its caption and its alternative text."""

from __future__ import annotations

import pandas as pd

from analysis import theme_plots
from analysis.cooccurrence import co_occurrence
from analysis.figures import StudyFigure
from analysis.themes import SENTENCE, theme_shares

# What one line of a figure at double width holds.
_LINE = 128


def themes(
    interviews: pd.DataFrame, codebook: pd.DataFrame, sentences: pd.DataFrame, codings: pd.DataFrame
) -> StudyFigure:
    """Show which themes the interviewee's sentences carry in each interview.

    The table is that of `analysis.themes.theme_shares`, of the interviewee.
    """
    labels, named = _labels(interviews), _themes(codebook)
    own = sentences[sentences["role"] == "interviewee"]
    table = theme_shares(own, codings, list(named))
    sizes = own.groupby("interview").size()
    lengths = ", ".join(f"{label} {sizes.get(name, 0)} sentences" for name, label in labels.items())
    tops = []
    for name, label in labels.items():
        rows = table[table["interview"] == name].set_index("theme")["share"]
        if len(rows):
            tops.append(f"{label}: {', '.join(f'{named[theme]} {share:.0%}' for theme, share in rows.items())}")
    return StudyFigure(
        slug="themes",
        title="What the interviewee talks about",
        figure=theme_plots.theme_dots(table, labels, named),
        table=table,
        caption=(
            f"Share of the interviewee’s sentences ({lengths}) in which the codebook finds a theme; a sentence may "
            "carry several. Lines: 95 % intervals that take whole utterances as independent."
        ),
        alt=(
            f"Dot plot, {len(named)} themes from top to bottom, share of sentences from left to right, a marker with "
            "an interval for each interview. " + "; ".join(tops) + "."
        ),
    )


def theme_map(
    interviews: pd.DataFrame, codebook: pd.DataFrame, sentences: pd.DataFrame, codings: pd.DataFrame
) -> StudyFigure:
    """Show where in each interview which theme is spoken of, and by whom, sentence by sentence.

    The table has a row for each theme of each sentence: `interview`, `place` (int64: number of the sentence), `role`,
    `theme` (str; NA where the sentence has none), `start` (int64: offset of the sentence).
    """
    labels, named = _labels(interviews), _themes(codebook)
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
        figure=theme_plots.theme_map(table, labels, named),
        table=table,
        caption=(
            "Each column is a sentence, each bar a theme that the codebook finds in it, in the colour of who speaks. "
            "All interviews have one scale; page furniture is left out. Sentences of all voices: "
            + "; ".join(parts)
            + "."
        ),
        alt=(
            f"Grid for each interview, {len(named)} themes from top to bottom, sentences in reading order from left to "
            "right, a bar where a sentence carries the theme. " + "; ".join(parts) + "."
        ),
    )


def themes_together(codebook: pd.DataFrame, sentences: pd.DataFrame, codings: pd.DataFrame) -> StudyFigure:
    """Show which themes stand together in the interviewee's sentences of all interviews, against chance.

    The table is that of `analysis.cooccurrence.co_occurrence`.
    """
    named = _themes(codebook)
    own = sentences[sentences["role"] == "interviewee"]
    table = co_occurrence(own, codings, themes=list(named))
    found = table[table["p_max_t"] < 0.05]
    parts = [
        f"{named[row.first].lower()} and {named[row.second].lower()} ({row.both} sentences, chance {row.expected:.1f}, "
        f"p = {row.p_max_t:.3f})"
        for row in found.itertuples()
    ]
    verdict = "; ".join(parts) or "no pair"
    return StudyFigure(
        slug="themes-together",
        title="Which themes share a sentence",
        figure=theme_plots.theme_pairs(table, named),
        table=table,
        caption=(
            f"Of {len(own)} sentences of the interviewee in all interviews, those that carry two themes; in brackets "
            "what chance would give. Green: more than chance, pink: fewer, darker: farther from it. Framed: can be "
            "told apart from chance (family-wise p < .05; each theme’s sequence turned round within its interview, "
            f"max-T over all pairs): {verdict}."
        ),
        alt=(
            f"Triangular matrix of {len(named)} themes against each other; each cell tells how many sentences carry "
            f"both and how many chance would give. Told apart from chance: {verdict}."
        ),
    )


def intimacy_and_technology(
    interviews: pd.DataFrame,
    codebook: pd.DataFrame,
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    upper: str = "technology",
    lower: str = "intimacy",
) -> StudyFigure:
    """Show where two themes fall, where one sentence of the interviewee holds both, and these sentences.

    The table has a row for each of the two themes of each sentence: `interview`, `place`, `sentences` (int64: of the
    interview), `role`, `theme`, `matched`, `both` (bool: the sentence holds both), `number` (Int64: in the list of the
    figure), `text`, `start`.
    """
    labels, named = _labels(interviews), _themes(codebook)
    pair = {theme: named[theme] for theme in (upper, lower)}
    table = codings[codings["theme"].isin(pair)].merge(sentences[[*SENTENCE, "text"]], on=SENTENCE)
    table["sentences"] = table["interview"].map(sentences.groupby("interview").size())
    table["both"] = table.groupby(SENTENCE)["theme"].transform("nunique").eq(2)
    own = table[table["both"] & table["role"].eq("interviewee")]
    listed = own.drop_duplicates(SENTENCE)[SENTENCE]
    table = table.merge(listed.assign(number=range(1, len(listed) + 1)), on=SENTENCE, how="left")
    table["number"] = table["number"].astype("Int64")
    passages = (
        table[table["number"].notna()]
        .groupby("number")
        .agg(
            interview=("interview", "first"),
            place=("place", "first"),
            text=("text", "first"),
            words=("matched", "; ".join),
        )
        .reset_index()
    )
    passages["line"] = [
        _line(text, words.split("; ")) for text, words in zip(passages["text"], passages["words"], strict=True)
    ]
    said = sentences[sentences["role"] == "interviewee"]
    met = co_occurrence(said, codings, themes=[upper, lower]).iloc[0]
    ours = table[table["role"] == "interviewee"]
    counts = [int((ours["theme"] == theme).sum()) for theme in (upper, lower)]
    names = [pair[upper].lower(), pair[lower].lower()]
    verdict = (
        f"Of {counts[0]} sentences in which the interviewee speaks of {names[0]}, {met['both']} also speak of "
        f"{names[1]}; chance would give {met['expected']:.1f}"
    )
    lengths = ", ".join(f"{label} {(said['interview'] == name).sum()}" for name, label in labels.items())
    columns = ["interview", "place", "sentences", "role", "theme", "matched", "both", "number", "text", "start"]
    return StudyFigure(
        slug=f"{lower}-and-{upper}",
        title=f"Where {names[0]} and {names[1]} are spoken of",
        figure=theme_plots.meeting_lines(table, passages, labels, pair, verdict),
        table=table[columns],
        caption=(
            f"Sentences in which the codebook finds {names[0]} or {names[1]}, in reading order, page furniture left "
            f"out. Numbered are the interviewee’s that have both, cut to a line. Of {len(said)} sentences of the "
            f"interviewee ({lengths}) {counts[0]} have {names[0]}, {counts[1]} {names[1]}, {met['both']} both; chance "
            f"would give {met['expected']:.1f} (p = {met['p']:.4f}: each theme’s sequence turned round within its "
            "interview)."
        ),
        alt=(
            f"For each interview two lanes, {names[0]} above {names[1]}, sentences in reading order from left to "
            f"right, a stroke where the theme is spoken of; below, {len(passages)} numbered lines of text. {verdict}."
        ),
    )


def _line(text: str, words: list[str]) -> str:
    """Cut a sentence to one line around the words that matter, at blanks, with an ellipsis where something is cut."""
    text = " ".join(text.split())
    if len(text) <= _LINE:
        return text
    found = [(text.find(word), text.find(word) + len(word)) for word in words if word in text]
    first, last = min(found)[0], max(found)[1]
    start = max(0, min(first, last - _LINE, len(text) - _LINE))
    start = start and text.find(" ", start) + 1
    end = start + _LINE
    end = len(text) if end >= len(text) else text.rfind(" ", start, end)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def _labels(interviews: pd.DataFrame) -> dict[str, str]:
    return dict(zip(interviews["interview"], interviews["label"], strict=True))


def _themes(codebook: pd.DataFrame) -> dict[str, str]:
    return dict(zip(codebook["theme"], codebook["name"], strict=True))
