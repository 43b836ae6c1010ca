"""Which tokens are words, and what they count as: lemmas, forms, words in a row, titles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.schemas import SENTENCE, TOKEN

# Open classes of the universal parts of speech: the words that carry content.
CONTENT = ("ADJ", "ADV", "NOUN", "PROPN", "VERB")


def is_word(tokens: pd.DataFrame) -> pd.Series:
    """Tell which tokens are words: those that contain a letter or a digit.

    A contraction is two words, as in the British National Corpus: do + n’t.

    Examples
    --------
    >>> is_word(pd.DataFrame({"text": ["do", "n’t", "—", "14"]})).to_list()
    [True, True, False, True]
    """
    return _of_types(tokens["text"], lambda types: types.str.contains(r"[^\W_]", regex=True))


def is_content(words: pd.DataFrame) -> pd.Series:
    """Tell which words carry content.

    Content words are adjectives, adverbs, nouns, names and verbs that are not stop words.
    A single capital letter is taken for a list marker or an initial, whatever its part of speech.

    Examples
    --------
    >>> words = pd.DataFrame(
    ...     {"text": ["rain", "C", "the"], "pos": ["NOUN", "NOUN", "DET"], "is_stop": [0, 0, 1]}
    ... )
    >>> is_content(words.astype({"is_stop": "bool"})).to_list()
    [True, False, False]
    """
    letter = _of_types(words["text"], lambda types: types.str.fullmatch(r"[A-Z]\W*"))
    return words["pos"].isin(CONTENT) & ~words["is_stop"] & ~letter


def terms_of(
    tokens: pd.DataFrame,
    titles: pd.DataFrame | None = None,
    *,
    unit: str = "lemma",
    size: int = 1,
    content: bool = True,
) -> pd.DataFrame:
    """Return the term that each word counts as.

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or all tokens of some utterances.
    titles : a table as returned by `analysis.annotation.titles.titles_of`. A title counts as one
        name, written “Her”, at its first word; its words are not counted separately. Without this
        table, titles are broken up into words, and *Her* becomes the pronoun.
    unit : "lemma": dictionary forms in lower case, except names, so that “Things” in a name is not
        “things”; or "form": words as written, ignoring case and the shape of apostrophes.
    size : 1 for words, 2 for pairs, n for n words in a row within one sentence.
    content : count only adjectives, adverbs, nouns, names and verbs that are not stop words, and
        titles; of words in a row, only those that begin and end with such a word.

    Returns
    -------
    The rows of `tokens` that are words, in reading order, with one more column: `term` (str), NA
    where a word counts towards the length of the text but not as a term.

    Raises
    ------
    ValueError
        If an option is not one of those above.

    Examples
    --------
    >>> tokens = pd.DataFrame(
    ...     {"interview": "a", "utterance": 0, "sentence": 0, "token": range(4), "start": range(4)}
    ... )
    >>> tokens = tokens.assign(text=["Her", "hats", "fell", "."], end=tokens["start"] + 1)
    >>> tokens = tokens.assign(lemma=["her", "hat", "fall", "."])
    >>> tokens = tokens.assign(
    ...     pos=["PRON", "NOUN", "VERB", "PUNCT"], is_stop=[True, False, False, False]
    ... )
    >>> titles = pd.DataFrame(
    ...     {"interview": ["a"], "utterance": [0], "title": ["Her"], "start": [0], "end": [1]}
    ... )
    >>> terms_of(tokens, titles)["term"].to_list()
    ['“Her”', 'hat', 'fall']
    >>> terms_of(tokens, size=2)["term"].to_list()
    [nan, 'hat fall', nan]
    """
    if unit not in ("lemma", "form"):
        raise ValueError(f"unit is {unit!r}: use 'lemma' or 'form'.")
    if size < 1:
        raise ValueError(f"size is {size}; give a number of words, 1 or more.")
    words = tokens[is_word(tokens)].sort_values(TOKEN, kind="stable")
    name = lemmas(words) if unit == "lemma" else forms(words)
    counts = is_content(words) if content else pd.Series(True, index=words.index)
    standing = pd.Series(True, index=words.index)
    if titles is not None and len(titles):
        at = span_of(words, titles)
        title = pd.Series(titles["title"].array.take(at, allow_fill=True), index=words.index)
        first = title.notna() & (np.diff(at, prepend=-1) != 0)
        name = name.mask(title.notna(), "“" + title + "”")
        # In a row of words a title counts as one word, so its later words are left out.
        standing = title.isna() | first
        counts = (counts & title.isna()) | first
    if size > 1:
        rows, first = words[standing], counts[standing]
        last = first.groupby([rows[key] for key in SENTENCE]).shift(1 - size, fill_value=False)
        name = in_a_row(rows, name[standing], size).reindex(words.index)
        counts = (first & last).reindex(words.index, fill_value=False)
    return words.assign(term=name.where(counts).astype("str"))


def lemmas(tokens: pd.DataFrame) -> pd.Series:
    """Return dictionary forms, in lower case except for names.

    A name in capitals is the same as the name in ordinary type, if that occurs too.

    Examples
    --------
    >>> lemmas(pd.DataFrame({"lemma": ["Thing", "Her"], "pos": ["NOUN", "PROPN"]})).to_list()
    ['thing', 'Her']
    """
    names = tokens["lemma"].where(tokens["pos"].eq("PROPN"))
    headline = names.str.capitalize()
    shouted = names.str.isupper().fillna(False).astype("bool") & headline.isin(
        names.dropna().unique()
    )
    return names.mask(shouted, headline).where(names.notna(), tokens["lemma"].str.lower())


def in_a_row(words: pd.DataFrame, names: pd.Series, size: int) -> pd.Series:
    """Join each word's name to those of the next few in its sentence; NA if too few follow."""
    sentence = names.groupby([words[key] for key in SENTENCE])
    return names.str.cat([sentence.shift(-step) for step in range(1, size)], sep=" ")


def forms(tokens: pd.DataFrame) -> pd.Series:
    """Return word forms, ignoring case and the shape of apostrophes.

    Examples
    --------
    >>> forms(pd.DataFrame({"text": ["Do", "n’t", "Her"]})).to_list()
    ['do', "n't", 'her']
    """
    return _of_types(tokens["text"], lambda types: types.map(straight).str.casefold())


def _of_types(texts: pd.Series, ask: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Apply a function once to each type: millions of words have only thousands of types."""
    codes, types = pd.factorize(texts)
    return pd.Series(ask(pd.Series(types, dtype="str")).array.take(codes), index=texts.index)


def straight(text: str) -> str:
    """Replace every apostrophe with a straight one, character for character.

    >>> straight("Don’t")
    "Don't"
    """
    for mark in "‘’‛ʼ′":  # ten times as fast as str.translate
        text = text.replace(mark, "'")
    return text


def span_of(tokens: pd.DataFrame, spans: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the number of the span in which each token has characters, -1 for none.

    Parameters
    ----------
    tokens : a table with `interview`, `start` and `end`.
    spans : the same; those of one interview do not overlap.

    Examples
    --------
    >>> tokens = pd.DataFrame({"interview": "a", "start": [0, 4, 9], "end": [3, 8, 12]})
    >>> span_of(tokens, tokens.assign(end=[2, 5, 11])[1:]).tolist()
    [-1, 0, 1]
    """
    known = pd.Index(spans["interview"].unique())
    if known.empty:
        return np.full(len(tokens), -1)
    # The offsets of all interviews are laid on one line. Only the last span on it that begins
    # before a token ends can contain the token.
    size = 1 + max(tokens["end"].max(), spans["end"].max())

    def on_line(table: pd.DataFrame) -> tuple[Any, Any]:
        origin = known.get_indexer(table["interview"]) * size
        return origin + table["start"].to_numpy(), origin + table["end"].to_numpy()

    (first, last), (begin, end) = on_line(tokens), on_line(spans)
    order = begin.argsort()
    nearest = order[begin[order].searchsorted(last) - 1]
    return np.where((begin[nearest] < last) & (first < end[nearest]), nearest, -1)


def begins(rows: pd.DataFrame, keys: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which rows begin a run of rows with the same keys.

    >>> begins(pd.DataFrame({"utterance": [0, 0, 4, 0]}), ["utterance"]).tolist()
    [True, False, True, True]
    """
    new = np.zeros(len(rows), dtype=bool)
    new[:1] = True
    for key in keys:
        values = rows[key].array
        new[1:] |= np.asarray(values[1:] != values[:-1], dtype=bool)
    return new


def runs(rows: pd.DataFrame, keys: Sequence[str]) -> npt.NDArray[np.int64]:
    """Give each run of rows with the same keys a number, from 0.

    >>> runs(pd.DataFrame({"utterance": [0, 0, 4, 0]}), ["utterance"]).tolist()
    [0, 0, 1, 2]
    """
    return np.cumsum(begins(rows, keys)) - 1
