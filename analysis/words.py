"""Words counted: by voice, by interview, per 1,000 words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

# Open classes of the universal parts of speech: the words that carry content.
CONTENT = ("ADJ", "ADV", "NOUN", "PROPN", "VERB")


def is_word(tokens: pd.DataFrame) -> pd.Series:
    """Tell which tokens are words: they hold a letter or a digit.

    A contraction is two words, as in the British National Corpus: do + n’t.

    Examples
    --------
    >>> is_word(pd.DataFrame({"text": ["do", "n’t", "—", "14"]})).to_list()
    [True, True, False, True]
    """
    return tokens["text"].str.contains(r"[^\W_]", regex=True)


def voices(utterances: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Measure how much each voice speaks.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it.
    tokens : the table that `annotate` makes of it.

    Returns
    -------
    DataFrame with a row for each interview, role and speaker, in order of first appearance: `utterances` (int64),
    `characters` (int64, blanks between rows left out), `share` (float64, of the interview's characters, 0 to 1),
    `words` (Int64; NA for boilerplate, which is not annotated).

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> voices(load_utterances("seeds"), load_tokens("seeds"))[["role", "speaker", "words"]].iloc[2:4].values.tolist()
    [['quoted', 'Eric Kohn', 9], ['quoted', 'David Edelstein', 7]]
    """
    voice = ["interview", "role", "speaker"]
    table = (
        utterances.assign(characters=utterances["end"] - utterances["start"])
        .groupby(voice, sort=False, dropna=False)
        .agg(utterances=("utterance", "size"), characters=("characters", "sum"))
    )
    table["share"] = table["characters"] / table.groupby("interview")["characters"].transform("sum")
    words = tokens[is_word(tokens)].groupby(voice, dropna=False).size()
    table["words"] = words.reindex(table.index).astype("Int64")
    return table.reset_index()


def frequencies(tokens: pd.DataFrame, by: Sequence[str] = ("interview",), *, content: bool = True) -> pd.DataFrame:
    """Count lemmas in each group, and their rate per 1,000 words of the group.

    Lemmas are lower-cased, names apart, so “Things” in a title is not “things”. Rates of groups of very different
    length can be compared; whether they differ by more than chance this table does not say.

    Parameters
    ----------
    tokens : a table as `annotate` returns it, or some rows of it: `tokens[tokens.role == "interviewee"]`.
    by : the columns that make a group.
    content : count adjectives, adverbs, nouns, names and verbs that are not stop words; otherwise all words.

    Returns
    -------
    DataFrame with the columns of `by`, `lemma` (str), `count` (int64), `words` (int64: all words of the group, stop
    words included) and `rate` (float64: count per 1,000 words). Most frequent first, ties by name; groups in order
    of first appearance. A lemma that a group lacks has no row there.

    Examples
    --------
    >>> tokens = pd.DataFrame({"text": ["x", "y", "x", "."]}).assign(interview="a", pos="NOUN", is_stop=False)
    >>> tokens["lemma"] = tokens["text"]
    >>> frequencies(tokens)[["lemma", "count", "words", "rate"]].round(1).values.tolist()
    [['x', 2, 3, 666.7], ['y', 1, 3, 333.3]]
    """
    keys = list(by)
    words = tokens[is_word(tokens)]
    groups = words.groupby(keys, sort=False).size().rename("words").reset_index()
    groups["group"] = range(len(groups))
    kept = words[words["pos"].isin(CONTENT) & ~words["is_stop"]] if content else words
    lemma = kept["lemma"].where(kept["pos"].eq("PROPN"), kept["lemma"].str.lower())
    counts = kept.assign(lemma=lemma).groupby([*keys, "lemma"]).size().rename("count").reset_index()
    table = counts.merge(groups, on=keys)
    table["rate"] = 1000 * table["count"] / table["words"]
    table = table.sort_values(["group", "count", "lemma"], ascending=[True, False, True], ignore_index=True)
    return table.drop(columns="group")


def side_by_side(frequencies: pd.DataFrame, most: int = 12, minimum: int = 2) -> pd.DataFrame:
    """Set the most frequent lemmas of each interview beside each other.

    Parameters
    ----------
    frequencies : a table as `frequencies` returns it, by interview.
    most : how many lemmas of each interview are taken; ties at the end are broken by name.
    minimum : the least count with which a lemma is taken: what occurs once has no rank.

    Returns
    -------
    DataFrame with `lemma`, then `count` and `rate` of each interview (0 where it does not occur), e.g. `count_tiff`,
    `rate_tiff`; sorted by the mean of the rates, highest first, ties by name.

    Examples
    --------
    >>> counted = pd.DataFrame(
    ...     {"interview": ["a", "b"], "lemma": ["x", "y"], "count": [2, 3], "words": [100, 100], "rate": [20.0, 30.0]}
    ... )
    >>> side_by_side(counted)[["lemma", "count_a", "count_b"]].values.tolist()
    [['y', 0, 3], ['x', 2, 0]]
    """
    interviews = frequencies["interview"].unique()
    taken = frequencies[frequencies["count"] >= minimum].groupby("interview", sort=False).head(most)["lemma"]
    wide = frequencies[frequencies["lemma"].isin(taken)].pivot(index="lemma", columns="interview")
    table = pd.DataFrame(index=wide.index)
    for interview in interviews:
        table[f"count_{interview}"] = wide["count", interview].fillna(0).astype("int64")
        table[f"rate_{interview}"] = wide["rate", interview].fillna(0.0)
    rate = table[[f"rate_{interview}" for interview in interviews]].mean(axis=1)
    return (
        table.assign(mean=rate)
        .reset_index()
        .sort_values(["mean", "lemma"], ascending=[False, True], ignore_index=True)
        .drop(columns="mean")
    )
