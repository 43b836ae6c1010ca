"""Titles of works, however they are set (“Rain”, ‘Rain’, RAIN), each taken as one name."""

from __future__ import annotations

import re

import pandas as pd

from analysis.sources.quotations import MARKS, People, Voice, inside, quotations

# Two letters at the least: an I, or the A of a list, is no title.
_CAPITALS = r"[A-Z][A-Z’'\-]*[A-Z]"
_RUN = re.compile(
    rf"(?<![\w’'])(?:\d+\s+)?{_CAPITALS}(?:(?:\s+|:\s+)(?:{_CAPITALS}|\d+|[AI]\b))*(?![\w])"
)
_MINOR = frozenset("a an and as at but by de for from in of on or the to with".split())


def titles_of(utterances: pd.DataFrame) -> pd.DataFrame:
    """Find the titles that an interview's typography shows.

    Two ways of setting a title are known: in quotation marks with the capitals of a name, and in
    capitals only. Capitals count where the page sets titles so: where two or more words in a row
    stand in capitals at least once, in the sentence case of running text; an abbreviation on such a
    page is then taken for a title. A title set in italics, lost in plain text, is not found.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it; boilerplate is passed over.

    Returns
    -------
    DataFrame in reading order: `interview` (str), `utterance` (int64), `title` (str, in headline
    capitals), `start`, `end` (int64, half-open offsets in the decoded source, without quotation
    marks and the punctuation inside them).

    Examples
    --------
    >>> from analysis import load_utterances
    >>> found = titles_of(load_utterances("seeds"))
    >>> found.groupby("interview")["title"].value_counts().loc[
    ...     ["indiewire", "tiff"], "Her"
    ... ].to_list()
    [6, 7]
    """
    spoken = utterances[utterances["role"] != "boilerplate"]
    rows = [
        (
            row.interview,
            row.utterance,
            _name(row.text[start:end]),
            row.start + start,
            row.start + end,
        )
        for _, interview in spoken.groupby("interview", sort=False)
        for row, spans in zip(interview.itertuples(), _spans(interview["text"]), strict=True)
        for start, end in spans
    ]
    table = pd.DataFrame(rows, columns=["interview", "utterance", "title", "start", "end"])
    numbers = dict.fromkeys(["utterance", "start", "end"], "int64")
    return table.astype(numbers | dict.fromkeys(["interview", "title"], "str"))


def _spans(texts: pd.Series) -> list[list[tuple[int, int]]]:
    """Find the titles of one interview's passages, in each by place."""
    in_capitals = any(" " in run[0] for text in texts for run in _RUN.finditer(text))
    found = []
    for text in texts:
        spans = _in_marks(text)
        if in_capitals:
            runs = [run.span() for run in _RUN.finditer(text)]
            spans += [
                run
                for run in runs
                if not any(start < run[1] and run[0] < end for start, end in spans)
            ]
        found.append(sorted(spans))
    return found


def _in_marks(text: str) -> list[tuple[int, int]]:
    first, last = inside(text)
    spans = []
    for quotation in quotations(text[first:last], People()):
        if quotation.voice is Voice.TITLE:
            words = text[first + quotation.start : first + quotation.end]
            start = first + quotation.start + len(words) - len(words.lstrip(MARKS + " "))
            spans.append((start, start + len(words.strip(MARKS + " ").rstrip(".,;: "))))
    return spans


def _name(words: str) -> str:
    """Write a title in headline capitals: minor words small, but for the first.

    >>> _name("THE LONG WAY OF A RIVER"), _name("Rain")
    ('The Long Way of a River', 'Rain')
    """
    if not words.isupper():
        return " ".join(words.split())
    small = [word.lower() for word in words.split()]
    return " ".join(
        word if i and word in _MINOR else word[:1].upper() + word[1:]
        for i, word in enumerate(small)
    )
