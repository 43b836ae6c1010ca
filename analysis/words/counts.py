"""Words counted: by voice, by interview, per 1,000 words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.annotation.terms import is_word
from analysis.schemas import UTTERANCE
from analysis.statistics import none_interval, rate_interval
from analysis.words.distribution import dispersion


def words_by_voice(utterances: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Measure how much each voice speaks.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it.
    tokens : the table that `annotate` makes of it.

    Returns
    -------
    DataFrame with a row for each interview, role and speaker, in order of first appearance:
    `utterances` (int64), `characters` (int64, blanks between rows left out), `share` (float64, of
    the interview's characters, 0 to 1), `words` (Int64; NA for boilerplate, which is not
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


def frequencies(
    terms: pd.DataFrame, by: Sequence[str] = ("interview",), *, level: float = 0.95
) -> pd.DataFrame:
    """Count terms in each group: how often, how sure, in how many utterances, how evenly.

    Rates of groups of very different length can be compared; whether they differ by more than
    chance is a question for `analysis.words.comparison.keyness`. The interval says which rates are
    compatible with these utterances if each had been drawn from many like it; it takes utterances,
    not words, as independent (`analysis.statistics.rate_interval`).

    Parameters
    ----------
    terms : a table as `analysis.annotation.terms.terms_of` returns it, or some voices of it.
    by : the columns that make a group, of `interview`, `role`, `speaker` and others; NA is a group
        too.
    level : of the intervals.

    Returns
    -------
    DataFrame with the columns of `by`, then

    - `term` (str), `count` (int64), `words` (int64: all words of the group, stop words included);
    - `rate` (float64: count per 1,000 words), `rate_low`, `rate_high`: its interval; NaN with fewer
      than 5 utterances;
    - `range` (int64: utterances that have the term), `utterances` (int64: those that have words),
      `dp`, `dp_norm` (float64, 0 even to 1 in one place): Gries' deviation of proportions, as
      `analysis.words.distribution.dispersion`.

    Groups in order of first appearance; in each the most frequent first, ties by name. A term that
    a group lacks has no row there.

    Raises
    ------
    ValueError
        If `terms` has no row, or `level` does not lie between 0 and 1.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {"interview": "a", "utterance": [0, 0, 0, 1], "text": ["x", "y", "x", "the"]}
    ... )
    >>> terms["term"] = terms["text"].mask(terms["text"].eq("the"))
    >>> frequencies(terms)[["term", "count", "words", "rate", "range"]].values.tolist()
    [['x', 2, 4, 500.0, 1], ['y', 1, 4, 250.0, 1]]
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it lies between 0 and 1, such as 0.95.")
    if terms.empty:
        raise ValueError("There are no words to count; give the tokens of at least one utterance.")
    keys = list(by)
    voices = terms.groupby(keys, sort=False, dropna=False)
    groups = voices.size().rename("words").reset_index()
    groups["group"] = range(len(groups))
    table = dispersion(terms, by).merge(groups, on=keys)
    table["rate"] = 1000 * table["count"] / table["words"]
    intervals = [
        _rates(rows, level).assign(group=number)
        for number, rows in enumerate(rows for _, rows in voices)
    ]
    table = table.merge(pd.concat(intervals, ignore_index=True), on=["group", "term"])
    table = table.sort_values(
        ["group", "count", "term"], ascending=[True, False, True], ignore_index=True
    )
    columns = [
        "term",
        "count",
        "words",
        "rate",
        "rate_low",
        "rate_high",
        "range",
        "utterances",
        "dp",
        "dp_norm",
    ]
    return table[[*keys, *columns]]


def _rates(terms: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the interval of each term's rate in one group, per 1,000 words."""
    utterance = terms.groupby(UTTERANCE, sort=False).ngroup().to_numpy()
    lengths = np.bincount(utterance).astype(np.float64)
    code, names = pd.factorize(terms["term"], sort=True)
    named = code >= 0
    ones = np.ones(int(named.sum()), dtype=np.int64)
    shape = (len(names), len(lengths))
    counts = sparse.csr_array((ones, (code[named], utterance[named])), shape=shape)
    low, high = 1000 * rate_interval(counts, lengths, level)
    return pd.DataFrame({"term": names, "rate_low": low, "rate_high": high}).astype({"term": "str"})


def side_by_side(
    frequencies: pd.DataFrame,
    interviews: Sequence[str] | None = None,
    by: str = "interview",
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Set the counts and rates of every term in all interviews, or other groups, beside each other.

    Parameters
    ----------
    frequencies : a table as `frequencies` returns it, by interview or another column.
    interviews : ids, or values of `by`, in the order of the columns; name those that may have no
        term at all. Otherwise those in the table.
    by : the column of groups. Rows where it is NA stand in no column.
    level : of the intervals in `frequencies`.

    Returns
    -------
    DataFrame with a row for each term: `term`, then `count`, `rate`, `rate_low`, `rate_high` of
    each interview, e.g. `count_tiff` (int64) and `rate_tiff` (float64): 0 where it does not occur;
    its interval then reaches from 0 to the bound of `analysis.statistics.none_interval`, the same
    for all such terms. `count` (int64): in all; `interviews` (int64): in how many it occurs. Most
    frequent first, ties by name.

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
    terms = pd.Index(sorted(frequencies["term"].unique()), name="term", dtype="str")
    # A table for each measure, a column for each interview, then all columns at once: one by one
    # they take time that grows with the square of the interviews.
    wide = {
        measure: (
            frequencies.pivot(index="term", columns=by, values=measure).reindex(
                terms, columns=interviews
            )
        )
        for measure in ("count", "rate", "rate_low", "rate_high")
    }
    lacking = wide["count"].isna()
    of_each = (
        frequencies.drop_duplicates(by)
        .set_index(by)[["words", "utterances"]]
        .reindex(interviews)
        .astype("float64")
    )
    most = 1000 * none_interval(
        of_each["words"].to_numpy(), of_each["utterances"].to_numpy(), level
    )
    bounded = ~np.isnan(most)
    wide["count"] = wide["count"].fillna(0).astype("int64")
    wide["rate"] = wide["rate"].fillna(0.0)
    wide["rate_low"] = wide["rate_low"].mask(lacking & bounded, 0.0)
    wide["rate_high"] = wide["rate_high"].mask(
        lacking, pd.Series(most, index=interviews), axis="columns"
    )
    columns = {
        f"{measure}_{interview}": wide[measure][interview]
        for interview in interviews
        for measure in wide
    }
    table = pd.DataFrame(columns, index=terms)
    counts = table[[f"count_{interview}" for interview in interviews]]
    table["count"] = counts.sum(axis=1)
    table["interviews"] = counts.gt(0).sum(axis=1)
    return table.reset_index().sort_values(
        ["count", "term"], ascending=[False, True], ignore_index=True
    )


def leading(table: pd.DataFrame, by: pd.Series, most: int) -> pd.DataFrame:
    """Take the rows with the highest values, at most so many; of equal values all or none.

    The names that the alphabet happens to put first are no finding. Where more rows than `most`
    share the highest value, they are all taken.

    Parameters
    ----------
    table : any; its order is kept.
    by : a value for each row.
    most : how many rows at the most.

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
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Tell words that only one interview, or group, has from those that all share, and rank both.

    Parameters
    ----------
    frequencies, interviews, by, level : as for `side_by_side`.

    Returns
    -------
    The table of `side_by_side` with two more columns, sorted: `vocabulary` (str): "shared" (in
    every interview), "only <id>", or "some"; and `evenness` (float64, 0 to 1): the lowest of the
    rates over the highest, 1 where the word is as frequent everywhere; 0 where one interview lacks
    it. Shared words come first, the most even first, then the words of each interview alone, the
    most frequent first; ties by count, then by name.

    Evenness of rare words is a matter of luck: of two words that each occur once in a short and
    once in a long text, both are as uneven as the lengths.

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
    table = side_by_side(frequencies, interviews, by, level=level)
    rates = table[[f"rate_{interview}" for interview in interviews]]
    only = "only " + rates.idxmax(axis=1).str.removeprefix("rate_")
    shared = table["interviews"] == len(interviews)
    table["vocabulary"] = only.where(table["interviews"] == 1, "some").mask(shared, "shared")
    table["evenness"] = rates.min(axis=1) / rates.max(axis=1)
    order = {
        name: place
        for place, name in enumerate(["shared", *(f"only {name}" for name in interviews), "some"])
    }
    table = table.assign(place=table["vocabulary"].map(order))
    table = table.sort_values(
        ["place", "evenness", "count", "term"],
        ascending=[True, False, False, True],
        ignore_index=True,
    )
    return table.drop(columns="place")
