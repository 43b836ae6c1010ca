"""Titles of works, however they are set (“Rain”, ‘Rain’, RAIN), each taken as one name."""

from __future__ import annotations

import re

import pandas as pd

from analysis.sources.quotations import MARKS, People, Voice, inside, quotations, quoted_spans

# Two letters at least: an I, or the A of a list, is not a title.
_CAPITALS = r"[A-Z][A-Z’'\-]*[A-Z]"
_RUN = re.compile(
    rf"(?<![\w’'])(?:\d+\s+)?{_CAPITALS}(?:(?:\s+|:\s+)(?:{_CAPITALS}|\d+|[AI]\b))*(?![\w])"
)
_MINOR = frozenset("a an and as at but by de for from in of on or the to with".split())
# Words of a title in capitals; what is longer is running text in capitals.
_LONGEST = 12
# Running text in capitals: at most one word in so many has a small letter.
_SMALL = 5


def titles_of(utterances: pd.DataFrame) -> pd.DataFrame:
    """Find the titles that an interview's typography shows.

    Two ways of setting a title are known: in quotation marks with the capitals of a name, and in
    capitals only. Capitals count where the page sets titles so: where two or more words in a row
    stand in capitals at least once, in the sentence case of running text; an abbreviation on such a
    page is then taken for a title. A title set in italics, lost in plain text, is not found, nor is
    any in an utterance that is set in capitals throughout (`in_capitals`).

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
    rows, several = [], set()
    for interview, number, text, at in zip(
        *(spoken[name] for name in ("interview", "utterance", "text", "start")), strict=True
    ):
        runs = [run.span() for run in _RUN.finditer(text) if len(run[0].split()) <= _LONGEST]
        marked = _in_marks(text)
        if not (marked or runs) or in_capitals(text):
            continue
        if any(" " in text[start:end] for start, end in runs):
            several.add(interview)
        alone = [run for run in runs if not any(a < run[1] and run[0] < b for a, b in marked)]
        rows += [
            (
                interview,
                number,
                _name(text[start:end]),
                at + start,
                at + end,
                (start, end) in marked,
            )
            for start, end in sorted(marked + alone)
        ]
    columns = ["interview", "utterance", "title", "start", "end"]
    shown = [row[:-1] for row in rows if row[-1] or row[0] in several]
    table = pd.DataFrame(shown, columns=columns)
    numbers = dict.fromkeys(["utterance", "start", "end"], "int64")
    return table.astype(numbers | dict.fromkeys(["interview", "title"], "str"))


def in_capitals(text: str) -> bool:
    """Tell running text in capitals, as in subtitles and some transcripts, from other text.

    What is said in it is known, and what it means by capitals is not: neither a title nor a name
    can be told from a common word by them.

    >>> in_capitals("HE SAW BEING ANN LEE, TWICE."), in_capitals("He saw BEING ANN LEE, twice.")
    (True, False)
    """
    words = re.findall(r"[^\W\d_]{2,}", text)
    small = sum(not word.isupper() for word in words)
    return len(words) > _SMALL * small


def _in_marks(text: str) -> list[tuple[int, int]]:
    if not quoted_spans(text):
        return []
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
