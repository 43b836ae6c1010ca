"""Which tokens are words, and what they count as: lemmas, forms, words in a row, titles."""

from __future__ import annotations

from collections.abc import Callable

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
    tokens : a table as `annotate` returns it, or all tokens of some utterances.
    titles : a table as `analysis.annotation.titles.titles_of` returns it. A title counts as one
        name, written “Her”, at its first word; its words are not counted singly. Without this
        table, titles fall apart into words, and *Her* becomes the pronoun.
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
    >>> tokens = tokens.assign(text=["Her", "hats", "fell", "."], lemma=["her", "hat", "fall", "."])
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
        title, first = _title_of(words, titles)
        name = name.mask(title.notna(), "“" + title + "”")
        # In a row of words a title counts as one word, so its later words are left out.
        standing = title.isna() | first
        counts = (counts & title.isna()) | first
    if size > 1:
        name, counts = _rows(words[standing], name[standing], counts[standing], size)
        name, counts = name.reindex(words.index), counts.reindex(words.index, fill_value=False)
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


def _title_of(words: pd.DataFrame, titles: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the title that each word is part of (or NA), and whether the word begins it."""
    known = pd.Index(titles["interview"].unique())
    # The offsets of all interviews on one number line, where titles do not overlap.
    size = 1 + max(titles["end"].max(), words["start"].max())
    at, begin, end = (
        known.get_indexer(table["interview"]) * size + table[column].to_numpy()
        for table, column in ((words, "start"), (titles, "start"), (titles, "end"))
    )
    order = begin.argsort()
    nearest = order[begin[order].searchsorted(at, "right") - 1]
    inside = (begin[nearest] <= at) & (at < end[nearest])
    title = pd.Series(titles["title"].array.take(nearest), index=words.index).where(inside)
    return title, pd.Series(inside & (begin[nearest] == at), index=words.index)


def _rows(
    words: pd.DataFrame, name: pd.Series, counts: pd.Series, size: int
) -> tuple[pd.Series, pd.Series]:
    """Join words in a row within a sentence, if the row begins and ends with a term."""
    sentence = [words[key] for key in SENTENCE]
    following = [name.groupby(sentence).shift(-step) for step in range(1, size)]
    joined = name.str.cat(following, sep=" ")
    last = counts.groupby(sentence).shift(1 - size, fill_value=False).astype("bool")
    return joined, counts & last & joined.notna()


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
    """Replace every apostrophe by a straight one, character for character.

    >>> straight("Don’t")
    "Don't"
    """
    for mark in "‘’‛ʼ′":  # ten times as fast as str.translate
        text = text.replace(mark, "'")
    return text


def named(words: pd.DataFrame, content: bool) -> pd.Series:
    """Return what each word counts as: its `term` if there is such a column, otherwise its lemma.

    Examples
    --------
    >>> words = pd.DataFrame(
    ...     {"lemma": ["Thing", "the"], "pos": ["NOUN", "DET"], "is_stop": [False, True]}
    ... )
    >>> words["text"] = words["lemma"]
    >>> named(words, content=True).to_list()
    ['thing', nan]
    >>> named(words.assign(term=["“Her”", None]), content=False).to_list()
    ['“Her”', nan]
    """
    if "term" in words:
        return words["term"]
    return lemmas(words).where(is_content(words)) if content else lemmas(words)
