"""Titles of works, however they are set (“Rain”, ‘Rain’, RAIN), each taken as one name."""

from __future__ import annotations

import re

import pandas as pd

from analysis.sources.quotations import MARKS, People, Voice, inside, quotations, quoted_spans

# At least two letters: an I, or the A of a list, is not a title.
_CAPITALS = r"[A-Z][A-Z’'\-]*[A-Z]"
_RUN = re.compile(
    rf"(?<![\w’'])(?:\d+\s+)?{_CAPITALS}(?:(?:\s+|:\s+)(?:{_CAPITALS}|\d+|[AI]\b))*(?![\w])"
)
_MINOR = frozenset("a an and as at but by de for from in of on or the to with".split())
# The most words in a title in capitals; anything longer is running text.
_LONGEST = 12
# In running text in capitals, at most one word in this many has a small letter.
_SMALL = 5


def titles_of(utterances: pd.DataFrame) -> pd.DataFrame:
    """Find the titles that an interview marks by typography.

    A title is either in quotation marks and capitalised like a name, or entirely in capitals.
    Capitals count only if the page sets titles this way, that is, if two or more words in a row are
    in capitals at least once amid ordinary text; abbreviations on such a page are then taken for
    titles. Titles in italics, which plain text loses, are not found, nor are any in an utterance
    that is in capitals throughout (`in_capitals`).

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`; boilerplate is ignored.

    Returns
    -------
    DataFrame in reading order: `interview` (str), `utterance` (int64), `title` (str, in headline
    capitals), `start`, `end` (int64, half-open offsets in the decoded source, without quotation
    marks or the punctuation inside them).

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
    """Return whether a text is in capitals throughout, as in subtitles and some transcripts.

    In such a text, capitals do not distinguish a title or a name from a common word.

    >>> in_capitals("HE SAW BEING ANN LEE, TWICE."), in_capitals("He saw BEING ANN LEE, twice.")
    (True, False)
    """
    words = re.findall(r"[^\W\d_]{2,}", text)
    small = len(words) - sum(map(str.isupper, words))
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
    """Write a title in headline capitals: minor words in lower case, except the first.

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
