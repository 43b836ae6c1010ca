"""Dispersion: where a term occurs in the words of a voice, and how evenly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.schemas import TOKEN
from analysis.words.tally import Tally


def spread(tally: Tally) -> pd.DataFrame:
    """Measure how evenly each term is spread over the utterances of each group.

    Deviation of proportions, Gries (2008), doi:10.1075/ijcl.13.4.02gri: DP is half the sum of
    |v - s| over the parts, which are the utterances of the group that have words; v is a part's
    share of the term's occurrences and s its share of all words, stop words included. DPnorm
    divides DP by its greatest possible value, 1 - min(s): Lijffijt & Gries (2012),
    doi:10.1075/ijcl.17.1.08lij.

    Higher is more uneven: 0 for a term spread like the words as a whole, 1 (DPnorm) for one that
    occurs only in the shortest part. Compare only terms of similar frequency: one that occurs once
    has a DP of 1 - s whatever the word, and one with fewer occurrences than there are parts cannot
    be even. Do not compare DP between groups that are divided differently; DPnorm is little help.

    Returns
    -------
    DataFrame with a row for each group and each of its terms, in numerical order: `group`, `code`
    (int64: their places in `tally`), `count`, `range` (int64: utterances that have the term),
    `utterances` (int64: parts), `dp`, `dp_norm` (float64, 0 to 1; NaN if there is only one
    part).

    Examples
    --------
    >>> from analysis.words.tally import count_by_utterance
    >>> words = pd.DataFrame({"interview": "a", "utterance": [0, 0, 1, 1], "term": list("xyxz")})
    >>> tally = count_by_utterance(words, ["interview"])
    >>> spread(tally)[["code", "count", "dp"]].values.tolist()
    [[0.0, 2.0, 0.0], [1.0, 1.0, 0.5], [2.0, 1.0, 0.5]]
    """
    group = tally.group
    share = tally.lengths / np.bincount(group, weights=tally.lengths)[group]
    utterances = np.bincount(group)
    smallest = pd.Series(share).groupby(group).min().to_numpy()
    cells, terms = tally.counts.tocoo(), max(len(tally.names), 1)
    rows, back = np.unique(group[cells.col] * terms + cells.row, return_inverse=True)
    count = np.bincount(back, weights=cells.data, minlength=len(rows))
    own = share[cells.col]
    # Utterances without the term add their share: 1 minus the shares of those that have it.
    deviation = np.bincount(
        back, weights=np.abs(cells.data / count[back] - own) - own, minlength=len(rows)
    )
    at, code = np.divmod(rows, terms)
    dp = np.where(utterances[at] > 1, ((1 + deviation) / 2).clip(0), np.nan)
    table = {"group": at, "code": code, "count": count.astype("int64")}
    table |= {
        "range": np.bincount(back, minlength=len(rows)),
        "utterances": utterances[at],
        "dp": dp,
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.DataFrame(table | {"dp_norm": (dp / (1 - smallest[at])).clip(max=1)})


def by_group(table: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Name the groups and terms of `spread`; sort the most frequent first, ties by name."""
    table = table.iloc[np.lexsort((table["code"], -table["count"], table["group"]))]
    groups = tally.groups.iloc[table["group"]].reset_index(drop=True)
    term = pd.Series(tally.names[table["code"]], dtype="str", name="term")
    return pd.concat([groups, term, table.reset_index(drop=True)], axis=1)


def positions(words: pd.DataFrame, terms: Sequence[str]) -> pd.DataFrame:
    """Locate each occurrence of some terms among the words of its interview.

    The words of an interview are numbered as if nobody else spoke in between. Interviews of
    different lengths can be drawn one below the other, but equal distances then stand for unequal
    numbers of words.

    Parameters
    ----------
    words : a table as returned by `terms_of`, or all its rows for some voice; the order of rows
        does not matter.
    terms : values of the column `term`.

    Returns
    -------
    DataFrame with the columns `interview`, `term` (str), `utterance` (int64), `word` (int64: its
    number in the interview, from 0), `words` (int64: of the interview), `position` (float64: the
    middle of the word, (word + 1/2) / words, between 0 and 1), `start`, `end` (int64: offsets in
    the source). Interviews are in the order of their ids, terms in the order given, occurrences in
    reading order. A term that does not occur has no row.

    Raises
    ------
    TypeError
        If `terms` is a single string.

    Examples
    --------
    >>> words = pd.DataFrame({"interview": "a", "utterance": 0, "token": [0, 1]})
    >>> words = words.assign(term=["x", "y"], start=[0, 2], end=[1, 3])
    >>> positions(words, ["y"])[["term", "word", "words", "position"]].values.tolist()
    [['y', 1, 2, 0.75]]
    """
    if isinstance(terms, str):
        raise TypeError(f"{terms!r} is a single string: give a list of terms, [{terms!r}].")
    groups = words.sort_values(TOKEN).groupby("interview")
    words = words.assign(word=groups.cumcount(), words=groups["token"].transform("size"))
    order = pd.Index(terms).unique().get_indexer(words["term"])
    words = words.assign(position=(words["word"] + 0.5) / words["words"], order=order)
    hits = words[order >= 0]
    hits = hits.sort_values(["interview", "order", "word"], ignore_index=True)
    columns = ["interview", "term", "utterance", "word", "words", "position", "start", "end"]
    return hits[columns]
