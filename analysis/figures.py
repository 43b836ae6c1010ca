"""The figures of the study: each with the table it draws, its caption and its alternative text."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from analysis import plots, words
from analysis.interviews import load_interviews
from analysis.tokens import load_tokens
from analysis.utterances import load_utterances

_SCREEN_DPI = 96


@dataclass(frozen=True)
class StudyFigure:
    """A figure ready for print.

    `slug` names its files, `table` is what is drawn, `caption` says what is shown, of how many words, `alt` tells
    somebody who cannot see it the kind of chart, its axes and the main contrast in numbers.
    """

    slug: str
    title: str
    figure: Figure
    table: pd.DataFrame
    caption: str
    alt: str

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the picture in a notebook at print size, with the alternative text where pictures are not shown."""
        picture = io.BytesIO()
        with mpl.rc_context(plots.STYLE):
            self.figure.savefig(picture, format="png", dpi=2 * _SCREEN_DPI, metadata={"Software": None})
        width, height = (round(float(inches) * _SCREEN_DPI) for inches in self.figure.get_size_inches())
        content = {
            "image/png": base64.b64encode(picture.getvalue()).decode(),
            "text/plain": f"{self.title}. {self.alt}",
        }
        return content, {"image/png": {"width": width, "height": height, "alt": self.alt}}


def study_figures(folder: str | Path = "seeds") -> list[StudyFigure]:
    """Make every figure of the study, in the order of their numbers.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.

    Raises
    ------
    SourceError
        As `load_utterances`.

    Examples
    --------
    >>> [figure.slug for figure in study_figures("seeds")]
    ['voices', 'frequent-words', 'word-clouds']
    """
    interviews, utterances, tokens = load_interviews(folder), load_utterances(folder), load_tokens(folder)
    return [
        voices(interviews, utterances, tokens),
        frequent_words(interviews, tokens),
        word_clouds(interviews, tokens),
    ]


def voices(interviews: pd.DataFrame, utterances: pd.DataFrame, tokens: pd.DataFrame) -> StudyFigure:
    """Show both interviews as ribbons of voices in reading order.

    The table has one row an utterance: `interview`, `utterance`, `turn`, `role`, `speaker`, `start`, `end`, and
    `words` (Int64; NA for boilerplate, which is not annotated).
    """
    counted = tokens[words.is_word(tokens)].groupby(["interview", "utterance"]).size().rename("words")
    table = utterances.drop(columns=["prompt", "text"]).merge(
        counted.reset_index(), on=["interview", "utterance"], how="left"
    )
    table["words"] = table["words"].astype("Int64")
    labels = _labels(interviews)
    said = words.voices(utterances, tokens).groupby(["interview", "role"])[["words", "share"]].sum()
    parts = [
        f"{labels[name]}: {said.loc[(name, 'interviewee'), 'words']:,} words by the interviewee, "
        f"{said.loc[(name, 'interviewee'), 'share']:.0%} of the page"
        for name in labels
    ]
    lanes = (
        "interviewee, interviewer, other people quoted, the journalist’s prose, and page furniture, which is set aside"
    )
    return StudyFigure(
        slug="voices",
        title="Who speaks, from the first to the last character of each page",
        figure=plots.ribbons(table, labels),
        table=table,
        caption=(
            "Who speaks, from the first to the last character of each page. Each bar is a passage of one voice; all "
            f"pages have one scale. Lanes: {lanes}. Numbers at the right: words of the voice. " + "; ".join(parts) + "."
        ),
        alt=(
            f"Timelines, one for each page, position in characters from left to right, one lane a voice: {lanes}. "
            + "; ".join(parts)
            + "."
        ),
    )


def frequent_words(interviews: pd.DataFrame, tokens: pd.DataFrame) -> StudyFigure:
    """Show the most frequent content words of the interviewee in each interview, rates side by side.

    The table is that of `analysis.words.side_by_side`.
    """
    labels = _labels(interviews)
    counted = words.frequencies(_interviewee(tokens))
    table = words.side_by_side(counted)
    sizes = counted.groupby("interview")["words"].first()
    tops = [
        f"{labels[name]}: {', '.join(_most_frequent(table, name))}, "
        f"{table[f'rate_{name}'].max():.1f} per 1,000 words ({table[f'count_{name}'].max()} times)"
        for name in labels
    ]
    length = ", ".join(f"{labels[name]} {sizes[name]:,}" for name in labels)
    return StudyFigure(
        slug="frequent-words",
        title="The interviewee’s most frequent content words",
        figure=plots.paired_rates(table, {name: f"{label} ({sizes[name]:,} words)" for name, label in labels.items()}),
        table=table,
        caption=(
            "The interviewee’s most frequent content words, per 1,000 of his words in each interview "
            f"({length}); up to 12 lemmas of each, used at least twice. An open marker: not used there. At these "
            "lengths one occurrence is "
            + ", ".join(f"{1000 / sizes[name]:.1f} ({labels[name]})" for name in labels)
            + " per 1,000, so a difference in this figure is not yet a finding."
        ),
        alt=(
            f"Dot plot, {len(table)} words from top to bottom, occurrences per 1,000 words from left to right, a "
            "marker for each interview. Most frequent: " + "; ".join(tops) + "."
        ),
    )


def word_clouds(interviews: pd.DataFrame, tokens: pd.DataFrame) -> StudyFigure:
    """Show the interviewee's content words of each interview as a pair of word clouds.

    The table has the drawn rows of `analysis.words.frequencies`, and `size` (float64: type size in pt).
    """
    labels = _labels(interviews)
    counted = words.frequencies(_interviewee(tokens))
    figure, table = plots.word_clouds(counted[counted["count"] >= 2], labels)
    drawn = table.groupby("interview").size()
    parts = [f"{labels[name]}, {drawn[name]} words, the largest {_largest(table, name)}" for name in labels]
    return StudyFigure(
        slug="word-clouds",
        title="The same words as clouds",
        figure=figure,
        table=table,
        caption=(
            "The interviewee’s content words used at least twice, by how often he uses them; the most frequent of each "
            "interview has the same size, so sizes compare within a cloud and not between the two. Position and "
            "closeness mean nothing: the evidence is the table."
        ),
        alt="A word cloud for each interview, larger words being more frequent: " + "; ".join(parts) + ".",
    )


def _labels(interviews: pd.DataFrame) -> dict[str, str]:
    return dict(zip(interviews["interview"], interviews["label"], strict=True))


def _interviewee(tokens: pd.DataFrame) -> pd.DataFrame:
    return tokens[tokens["role"] == "interviewee"]


def _most_frequent(table: pd.DataFrame, interview: str) -> list[str]:
    counts = table[f"count_{interview}"]
    return list(table.loc[counts == counts.max(), "lemma"])


def _largest(table: pd.DataFrame, interview: str) -> str:
    row = table[table["interview"] == interview].iloc[0]
    return f"“{row['lemma']}” ({row['count']} times)"
