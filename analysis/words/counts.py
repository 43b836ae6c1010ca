"""Word counts: by voice, by interview, per 1,000 words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.annotation.terms import is_word
from analysis.statistics import none_interval, rate_interval
from analysis.words.distribution import by_group, spread
from analysis.words.tally import count_by_utterance

LEVEL = 0.95  # of all intervals


def words_by_voice(utterances: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Measure how much each voice speaks.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`.
    tokens : the table that `annotate` makes from it.

    Returns
    -------
    DataFrame with a row for each interview, role and speaker, in order of first appearance:
    `utterances` (int64), `characters` (int64, without whitespace between rows), `share` (float64,
    of the interview's characters, 0 to 1), `words` (Int64; NA for boilerplate, which is not
    annotated).

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> table = words_by_voice(load_utterances("seeds"), load_tokens("seeds"))
    >>> table[["role", "speaker", "words"]].iloc[2:4].values.tolist()
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


def frequencies(terms: pd.DataFrame, by: Sequence[str] = ("interview",)) -> pd.DataFrame:
    """Count the terms of each group, with their rates, intervals, range and dispersion.

    Rates can be compared between groups of very different length; whether they differ by more than
    chance is a question for `keyness`. The interval gives the rates compatible with these
    utterances, taken as a sample of many like them; it treats utterances, not words, as
    independent (`analysis.statistics.rate_interval`).

    Parameters
    ----------
    terms : a table as returned by `analysis.annotation.terms.terms_of`, or the rows of some voices.
    by : the columns that define a group, such as `interview`, `role`, `speaker`; NA is a group too.

    Returns
    -------
    DataFrame with the columns of `by`, then

    - `term` (str), `count` (int64), `words` (int64: all words of the group, stop words included);
    - `rate` (float64: count per 1,000 words), `rate_low`, `rate_high`: its 95% interval; NaN with
      fewer than 5 utterances;
    - `range` (int64: utterances that have the term), `utterances` (int64: those that have words),
      `dp`, `dp_norm` (float64, from 0, even, to 1, all in one place): Gries' deviation of
      proportions (`analysis.words.distribution.spread`).

    Groups come in order of first appearance; within each, the most frequent term first, ties by
    name. A term that does not occur in a group has no row there.

    Raises
    ------
    ValueError
        If `terms` has no rows.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {"interview": "a", "utterance": [0, 0, 0, 1], "text": ["x", "y", "x", "the"]}
    ... )
    >>> terms["term"] = terms["text"].mask(terms["text"].eq("the"))
    >>> frequencies(terms)[["term", "count", "words", "rate", "range"]].values.tolist()
    [['x', 2, 4, 500.0, 1], ['y', 1, 4, 250.0, 1]]
    """
    if terms.empty:
        raise ValueError("There are no words to count; give the tokens of at least one utterance.")
    tally = count_by_utterance(terms, by, sort=False)
    rates = []
    for group in range(len(tally.groups)):
        own = tally.group == group
        counts = tally.counts[:, own]
        counts = counts[counts.sum(axis=1) > 0]
        rates.append(1000 * rate_interval(counts, tally.lengths[own], LEVEL))
    table = spread(tally)
    table["rate_low"], table["rate_high"] = np.concatenate(rates, axis=1)
    table["words"] = np.bincount(tally.group, weights=tally.lengths).astype(np.int64)[
        table["group"]
    ]
    table["rate"] = 1000 * table["count"] / table["words"]
    columns = "term count words rate rate_low rate_high range utterances dp dp_norm".split()
    return by_group(table, tally)[[*by, *columns]]


def side_by_side(
    frequencies: pd.DataFrame,
    interviews: Sequence[str] | None = None,
    by: str = "interview",
) -> pd.DataFrame:
    """Arrange the counts and rates of each term in all interviews, or other groups, side by side.

    Parameters
    ----------
    frequencies : a table as returned by `frequencies`, by interview or another column.
    interviews : ids, or values of `by`, in the order of the columns, including any without terms;
        by default those in the table.
    by : the column of groups. Rows where it is NA are left out.

    Returns
    -------
    DataFrame with a row for each term: `term`, then `count`, `rate`, `rate_low`, `rate_high` of
    each interview, for example `count_tiff` (int64) and `rate_tiff` (float64, per 1,000 words),
    which are 0 if the term does not occur; its interval then runs from 0 to the bound of
    `analysis.statistics.none_interval`, the same for all such terms. `count` (int64): in all
    interviews; `interviews` (int64): how many contain it. Most frequent first, ties by name.

    Examples
    --------
    >>> counted = pd.DataFrame(
    ...     {"interview": ["a", "b"], "term": ["x", "y"], "count": [2, 3], "rate": [20.0, 30.0]}
    ... )
    >>> counted = counted.assign(rate_low=1.0, rate_high=90.0, words=100, utterances=9)
    >>> table = side_by_side(counted)
    >>> table[["term", "count_a", "rate_high_a", "count_b", "interviews"]].round(1).values.tolist()
    [['y', 0, 51.1, 3, 1], ['x', 2, 90.0, 0, 1]]
    """
    frequencies = frequencies[frequencies[by].notna()]
    interviews = list(frequencies[by].unique()) if interviews is None else list(interviews)
    measures = ["count", "rate", "rate_low", "rate_high"]
    columns = pd.MultiIndex.from_product([interviews, measures]).swaplevel()
    wide = frequencies.pivot(index="term", columns=by, values=measures).sort_index()
    wide = wide.reindex(columns=columns)
    lengths = frequencies.drop_duplicates(by).set_index(by)[["words", "utterances"]]
    sizes = lengths.reindex(interviews).to_numpy(dtype=np.float64).T
    most = 1000 * none_interval(sizes[0], sizes[1], LEVEL)
    absent = np.outer(most, [0, 0, 0, 1])
    absent[:, :2] = 0
    counts = wide["count"]
    table = wide.where(wide.notna(), pd.Series(absent.ravel(), index=columns), axis=1)
    table.columns = [f"{measure}_{interview}" for measure, interview in columns]
    table.index = table.index.astype("str")
    # In one block, because adding columns one at a time is slow with many interviews.
    table = table.astype({f"count_{interview}": "int64" for interview in interviews}).copy()
    table = table.assign(count=counts.sum(axis=1).astype("int64"), interviews=counts.count(axis=1))
    return table.reset_index().sort_values(
        ["count", "term"], ascending=[False, True], ignore_index=True
    )


def leading(table: pd.DataFrame, by: pd.Series, most: int) -> pd.DataFrame:
    """Keep the rows with the highest values, without splitting a tie.

    Rows with equal values are either all kept or all left out: alphabetical order is not a finding.
    If more rows than `most` share the highest value, all of them are kept.

    Parameters
    ----------
    table : any; its order is kept.
    by : a value for each row.
    most : the largest number of rows to keep.

    Examples
    --------
    >>> table = pd.DataFrame({"term": ["a", "b", "c", "d"], "count": [3, 2, 1, 1]})
    >>> leading(table, table["count"], 3)["term"].to_list()
    ['a', 'b']
    """
    rank = by.rank(ascending=False, method="max")
    return table[rank <= max(most, rank.min())]


def vocabulary(
    frequencies: pd.DataFrame,
    interviews: Sequence[str] | None = None,
    by: str = "interview",
) -> pd.DataFrame:
    """Separate the words that all interviews, or groups, share from those that only one has.

    Parameters
    ----------
    frequencies, interviews, by : as for `side_by_side`.

    Returns
    -------
    The table of `side_by_side` with two more columns, sorted: `vocabulary` (str): "shared" (in
    every interview), "only <id>", or "some"; and `evenness` (float64, 0 to 1): the lowest rate
    divided by the highest, 1 where the word is equally frequent everywhere, 0 where an interview
    lacks it. Shared words come first, the most even first, then those of only one interview,
    the most frequent first; ties by count, then by name.

    Do not compare the evenness of rare words, which is a matter of luck: for a word that occurs
    once in each of two texts, it is only the ratio of their lengths.

    Examples
    --------
    >>> counted = pd.DataFrame(
    ...     {"interview": ["a", "b", "b"], "term": ["x", "x", "y"], "count": [2, 3, 1]}
    ... )
    >>> counted = counted.assign(
    ...     rate=[20.0, 30.0, 10.0], rate_low=1.0, rate_high=90.0, words=100, utterances=9
    ... )
    >>> vocabulary(counted)[["vocabulary", "term", "evenness"]].round(2).values.tolist()
    [['shared', 'x', 0.67], ['only b', 'y', 0.0]]
    """
    interviews = list(frequencies[by].dropna().unique()) if interviews is None else list(interviews)
    table = side_by_side(frequencies, interviews, by)
    rates = table[[f"rate_{interview}" for interview in interviews]]
    only = "only " + rates.idxmax(axis=1).str.removeprefix("rate_")
    shared = table["interviews"] == len(interviews)
    table["vocabulary"] = only.where(table["interviews"] == 1, "some").mask(shared, "shared")
    table["evenness"] = rates.min(axis=1) / rates.max(axis=1)
    places = ["shared", *(f"only {name}" for name in interviews), "some"]
    place = pd.Index(places).get_indexer(table["vocabulary"])
    # Sorted by count and name already.
    return table.iloc[np.lexsort((-table["evenness"], place))].reset_index(drop=True)
