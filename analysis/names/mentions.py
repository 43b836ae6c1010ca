"""Compare mentions of names: how often, by whom, which are shared, which occur together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from analysis.annotation.terms import is_word, span_of
from analysis.schemas import EXCHANGE, SENTENCE, UTTERANCE
from analysis.sources.conversation import exchanges
from analysis.words.counts import frequencies, vocabulary


def mention_terms(tokens: pd.DataFrame, entities: pd.DataFrame) -> pd.DataFrame:
    """Turn mentions into terms, so that functions that count words also count names.

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or only some of its voices.
    entities : a table as returned by `analysis.names.recognition.entities`, or only some
        of its labels.

    Returns
    -------
    The rows of `tokens` that are words, in reading order, interviews by name, with `term` (str):
    the canonical name at the first word of a mention, NA elsewhere. The words of a name
    count towards the length of the text, as any words do.

    Examples
    --------
    >>> tokens = pd.DataFrame({"interview": "a", "text": ["Ann", "Lee", "ran"]})
    >>> tokens = tokens.assign(start=[0, 4, 8], end=[3, 7, 11])
    >>> mention = tokens.head(1).assign(canonical="Ann Lee", end=7)
    >>> mention_terms(tokens, mention)["term"].to_list()
    ['Ann Lee', nan, nan]
    """
    words = tokens[is_word(tokens)].sort_values(["interview", "start"], kind="stable")
    # A mention may begin inside one of spaCy's tokens; it counts there.
    at = span_of(words, entities)
    first = np.where(np.diff(at, prepend=-1) != 0, at, -1)
    names = entities["canonical"].array.take(first, allow_fill=True)
    return words.assign(term=pd.Series(names, index=words.index, dtype="str"))


def mention_rates(
    tokens: pd.DataFrame,
    entities: pd.DataFrame,
    by: Sequence[str] = ("interview", "role", "speaker"),
) -> pd.DataFrame:
    """Count the mentions of each name in each voice, per 1,000 words of that voice.

    Parameters
    ----------
    tokens, entities : as for `mention_terms`.
    by : the columns that define a group.

    Returns
    -------
    The table of `analysis.words.counts.frequencies` (`count`, `words`, `rate` per 1,000 words with
    `rate_low`, `rate_high`, `range`, `utterances`, `dp`, `dp_norm`), with `canonical` in place of
    `term` and `label` (str) after it. A name that a voice never mentions has no row for it.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> corpus = load_corpus("seeds")
    >>> rates = mention_rates(corpus.tokens, corpus.mentions, ["interview"])
    >>> rates.loc[rates.canonical == "Her", ["interview", "count"]].values.tolist()
    [['indiewire', 6], ['tiff', 7]]
    """
    columns = [*dict.fromkeys([*UTTERANCE, *by, "text", "start", "end"])]
    return _labelled(frequencies(mention_terms(tokens[columns], entities), by), entities)


def shared_names(
    tokens: pd.DataFrame,
    entities: pd.DataFrame,
    interviews: Sequence[str] | None = None,
    by: str = "interview",
) -> pd.DataFrame:
    """Separate names that all interviews, or other groups, share from those in only one.

    Parameters
    ----------
    tokens, entities : as for `mention_terms`; to compare one voice, pass only its rows of both.
    interviews : ids, or values of `by`, in the order of the columns; otherwise those of `tokens`,
        by name.
    by : the column of `tokens` whose values are the groups.

    Returns
    -------
    The table of `analysis.words.counts.vocabulary` with `canonical` in place of `term`, `label`
    (str) after it, and its column `vocabulary` named `where` ("shared", "only <id>", "some").
    Shared first.

    Examples
    --------
    >>> tokens = pd.DataFrame({"interview": ["a", "b"], "utterance": 0, "text": "Ann"})
    >>> tokens = tokens.assign(start=0, end=3)
    >>> mention = tokens.assign(canonical="Ann Lee", label="PERSON")
    >>> shared_names(tokens, mention)[["canonical", "count_a", "count_b", "where"]].values.tolist()
    [['Ann Lee', 1, 1, 'shared']]
    """
    names = sorted(tokens[by].dropna().unique()) if interviews is None else list(interviews)
    counted = frequencies(mention_terms(tokens, entities), [by])
    return _labelled(vocabulary(counted, names, by), entities)


def who_mentions_whom(entities: pd.DataFrame) -> pd.DataFrame:
    """Count how often each voice mentions each person.

    Parameters
    ----------
    entities : a table as returned by `analysis.names.recognition.entities`.

    Returns
    -------
    DataFrame: `interview`, `role`, `speaker` (str; speaker NA where the source names none),
    `canonical` (str: the person), `count` (int64), `self` (bool: the person is the speaker). Sorted
    by interview, role, speaker, then most often named first, ties by name.

    Examples
    --------
    >>> row = {"interview": "a", "role": "interviewee", "speaker": "Ann Lee", "label": "PERSON"}
    >>> table = who_mentions_whom(pd.DataFrame([row | {"canonical": "Bo Chan"}]))
    >>> table[["speaker", "canonical", "count"]].values.tolist()
    [['Ann Lee', 'Bo Chan', 1]]
    """
    voice = ["interview", "role", "speaker"]
    people = entities[entities["label"] == "PERSON"]
    table = people.groupby([*voice, "canonical"], dropna=False).size().rename("count").reset_index()
    table["self"] = table["speaker"].eq(table["canonical"]).fillna(False).astype("bool")
    order = [*voice, "count", "canonical"]
    return table.sort_values(order, ascending=[True, True, True, False, True], ignore_index=True)


def co_mentions(
    entities: pd.DataFrame,
    utterances: pd.DataFrame | None = None,
    *,
    within: Literal["sentence", "exchange"] = "sentence",
    by: str = "interview",
) -> pd.DataFrame:
    """Count how often names occur together.

    Parameters
    ----------
    entities : a table as returned by `analysis.names.recognition.entities`, or only some
        of its labels.
    utterances : a table as returned by `load_utterances`; needed for exchanges.
    within : "sentence", or "exchange" as `exchanges` numbers them.
    by : the column of `entities` whose values are the groups; mentions where it is NA are left out.

    Returns
    -------
    DataFrame with a row for each pair of names in an interview, or other group: the column `by`,
    `first`, `second` (str; first before second by name), `together` (int64: sentences or exchanges
    that have both), `with_first`, `with_second` (int64: that have the first or the second name),
    `jaccard` (float64: those with both over those with either, 0 to 1). By group, the most frequent
    pairs first, ties by name.

    Raises
    ------
    ValueError
        If `within` is anything else, or exchanges are asked for without utterances.

    Examples
    --------
    >>> mention = pd.DataFrame({"sentence": [0, 0, 1], "canonical": ["y", "x", "x"]})
    >>> mention = mention.assign(interview="a", utterance=0)
    >>> co_mentions(mention).drop(columns="interview").values.tolist()
    [['x', 'y', 1, 2, 1, 0.5]]
    """
    if within == "sentence":
        placed, unit = entities, SENTENCE
    elif within == "exchange" and utterances is not None:
        placed, unit = entities.merge(exchanges(utterances), on=UTTERANCE), EXCHANGE
    else:
        raise ValueError(
            f"within is {within!r}: use 'sentence', or 'exchange' and give the utterances."
        )
    keys = list(dict.fromkeys([by, *unit]))
    has = placed[[*keys, "canonical"]].dropna(subset=by).drop_duplicates()
    one, other = (has.rename(columns={"canonical": side}) for side in ("first", "second"))
    pairs = one.merge(other, on=keys).query("first < second")
    table = pairs.groupby([by, "first", "second"]).size().rename("together").reset_index()
    alone = has.groupby([by, "canonical"]).size()
    for side in ("first", "second"):
        table = table.join(alone.rename(f"with_{side}"), on=[by, side])
    either = table["with_first"] + table["with_second"] - table["together"]
    table["jaccard"] = table["together"] / either
    return table.sort_values(
        [by, "together", "first", "second"], ascending=[True, False, True, True], ignore_index=True
    )


def _labelled(table: pd.DataFrame, entities: pd.DataFrame) -> pd.DataFrame:
    """Rename the columns for names, and add the most frequent label of each, ties by name."""
    labels = entities.groupby("canonical")["label"].agg(lambda own: own.mode().iloc[0])
    table = table.rename(columns={"term": "canonical", "vocabulary": "where"})
    label = table["canonical"].map(labels).astype("str")
    table.insert(table.columns.get_loc("canonical") + 1, "label", label)
    return table
