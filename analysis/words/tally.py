"""Terms counted by utterance, the basis of frequencies, dispersion and keyness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.annotation.terms import begins
from analysis.schemas import UTTERANCE

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


class Tally(NamedTuple):
    """How often each term occurs in each utterance; both are sorted."""

    names: npt.NDArray[Any]  # of the terms
    counts: Any  # sparse: a row for each term, a column for each utterance
    lengths: Floats  # words of each utterance
    keys: pd.DataFrame  # what identifies each utterance
    group: Codes  # the row of `groups` that each utterance belongs to
    groups: pd.DataFrame  # what identifies each group


def count_by_utterance(
    words: pd.DataFrame,
    by: Sequence[str],
    cluster: Sequence[str] = tuple(UTTERANCE),
    *,
    sort: bool = True,
) -> Tally:
    """Count the terms in each utterance of each group.

    Parameters
    ----------
    words : words, one per row, in any order; NA in the column `term` for a word that only counts
        towards the length.
    by : the columns that define a group; NA is a group too.
    cluster : the columns that identify an utterance, or a larger unit.
    sort : whether to sort groups by name rather than by first appearance.

    Raises
    ------
    ValueError
        If a column is missing or a word belongs to no utterance.

    Examples
    --------
    >>> words = pd.DataFrame({"interview": "a", "utterance": [0, 0, 1], "term": ["b", "a", "b"]})
    >>> tally = count_by_utterance(words, ["interview"])
    >>> tally.names.tolist(), tally.counts.toarray().tolist(), tally.lengths.tolist()
    (['a', 'b'], [[1, 0], [1, 1]], [2.0, 1.0])
    """
    columns = list(dict.fromkeys([*cluster, *by]))
    if lost := [column for column in (*columns, "term") if column not in words]:
        raise ValueError(
            f"the words have no column {lost[0]!r}; they have {', '.join(map(str, words.columns))}"
        )
    # Words of one utterance are usually adjacent: a row for each run of them is enough.
    begun = begins(words, columns)
    start = np.flatnonzero(begun)
    size = np.diff(start, append=len(words))
    first = pd.DataFrame({column: _uncategorised(words[column]).array[begun] for column in columns})
    if len(lost := first.columns[first.isna().any()].intersection(cluster)):
        raise ValueError(f"some words have no {lost[0]}")
    utterances = first.groupby(columns, dropna=False)
    utterance = utterances.ngroup().to_numpy()
    keys = utterances.size().index.to_frame(index=False)
    groups = first.groupby(list(by), dropna=False, sort=sort)
    group = np.empty(len(keys), dtype=np.int64)
    group[utterance] = groups.ngroup()
    terms = _uncategorised(words["term"])
    # Most words are no terms: those left out first need not be looked up.
    named = terms.notna().to_numpy()
    term, names = pd.factorize(terms[named], sort=True)
    place = np.repeat(utterance, np.add.reduceat(named, start, dtype=np.int64))
    # By utterance first, whose few terms are quickly put in order.
    counts = sparse.coo_array(
        (np.ones(len(term), dtype=np.int32), (term, place)), shape=(len(names), len(keys))
    ).tocsc()
    lengths = np.bincount(utterance, weights=size, minlength=len(keys)).astype(np.float64)
    return Tally(
        np.asarray(names, dtype=object),
        counts.tocsr(),
        lengths,
        keys,
        group,
        groups.size().index.to_frame(index=False),
    )


def _uncategorised(values: pd.Series) -> pd.Series:
    """Return values without categories, whose order need not be that of their names."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.astype(values.cat.categories.dtype)
    return values
