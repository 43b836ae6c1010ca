"""Keyness of any number of groups: each against each, and each against the rest, as one family of comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analysis.statistics import FEWEST_UTTERANCES
from analysis.words.comparison import benjamini_hochberg, keyness

# A comparison: what to call both sides, and the groups that make the reference.
Comparison = tuple[Any, Any, list[Any]]
_LEFT_OUT = ["target", "reference", "utterances_target", "utterances_reference", "reason"]


def keyness_pairwise(
    terms: pd.DataFrame,
    by: str = "interview",
    *,
    groups: Sequence[Any] | None = None,
    **options: Any,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the words of every two groups.

    Parameters
    ----------
    terms : words, one a row, as `analysis.annotation.terms.terms_of` returns them, or some voices
        of it.
    by : the column of groups, for instance `group` of `analysis.words.groups.group_by`. Rows where
        it is NA are compared with nothing.
    groups : the groups that are compared, and their order: of two, the first named is the target.
        Otherwise all, by name.
    options : as for `keyness`: `unit`, `cluster`, `prior`, `prior_words`, `minimum`, `level`,
        `intervals`, `permutations`, `seed`. Where a group has several interviews whose own subjects
        should not pass for the group's, keep interviews whole: `cluster=["interview"]`.

    Returns
    -------
    Two tables. The first has a row for each comparison and term, comparisons in the order of the
    groups, terms as `keyness` sorts them: `target`, `reference`, the columns of `keyness`, and

    - `q` (float64): Benjamini-Hochberg, adjusted here for all rows of the table: all terms of all
      comparisons.
    - `p_max_t`: as in `keyness`, of the terms of its own comparison.
    - `p_family` (float64): of all terms of all comparisons: `p_max_t` times the number of
      comparisons, at most 1. With m permutations and k comparisons it is never below k / (m + 1):
      ask for more than 20 k.

    The second has a row for each comparison that was left out: `target`, `reference`,
    `utterances_target`, `utterances_reference` (int64: or whatever `cluster` keeps whole), `reason`
    (str): fewer than 5 utterances on a side while intervals or permutations are asked for, no term
    that occurs `minimum` times, or words without a group (`target` NA).

    Raises
    ------
    ValueError
        If a group is not in the table, or as `keyness`.

    Notes
    -----
    The family-wise p is made in two steps. In a comparison the terms are one family by max-T
    (`permutation_test`), its utterances dealt between its two groups alone. Over comparisons
    Bonferroni's inequality holds whatever their dependence. To deal the utterances of all groups at
    once and take the largest statistic of all pairs would be a test of "all groups are alike" only:
    once one group differs, its words are dealt into the pairs that do not, and their errors are no
    longer surely held (Petrondas & Gabriel 1983, Multiple comparisons by rerandomization tests,
    Journal of the American Statistical Association 78, 949-957). The price is care: among five
    groups that speak alike 1 to 2 % of pairwise families have a false alarm, and 3 to 6% of those
    against the rest (benchmarks/group_keyness.md). Holm's steps over comparisons would hold the
    error of saying that two groups differ at all, not that of naming the words: a comparison
    rejected for one word passes its whole share on while its other words have used it.

    Examples
    --------
    >>> words = pd.DataFrame({"interview": list("aaaaabbbbbccccc"), "utterance": [*range(5)] * 3, "term": "y"})
    >>> rain = words[words["interview"] == "a"].assign(term="rain")
    >>> table, left_out = keyness_pairwise(pd.concat([words, rain]), permutations=0)
    >>> table.loc[table["term"] == "rain", ["target", "reference", "count_target", "log_ratio"]].values.tolist()
    [['a', 'b', 5, 2.321928094887362], ['a', 'c', 5, 2.321928094887362]]
    """
    names = _groups(terms, by, groups)
    pairs: list[Comparison] = [(one, other, [other]) for one, other in combinations(names, 2)]
    return _compare(terms, by, pairs, len(pairs), options)


def keyness_against_rest(
    terms: pd.DataFrame,
    by: str = "interview",
    *,
    groups: Sequence[Any] | None = None,
    **options: Any,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the words of every group with those of all other groups together.

    A word that one group alone uses much makes all others fall below the rest: what sets two groups
    apart, `keyness_pairwise` says. Large groups weigh more in the rest, as their words do.

    Parameters
    ----------
    terms, by, options : as for `keyness_pairwise`. Words without a group are nobody's rest: whose
        they are is not known.
    groups : the groups that are compared and make the rest, and their order.

    Returns
    -------
    Two tables as those of `keyness_pairwise`, with "rest" as the `reference`. A group that is too
    small is still part of the rest of the others. Two groups are one comparison told from both
    sides, and `p_family` counts it once.

    Raises
    ------
    ValueError
        As `keyness_pairwise`.

    Examples
    --------
    >>> words = pd.DataFrame({"interview": list("aaaaabbbbbccccc"), "utterance": [*range(5)] * 3, "term": "y"})
    >>> rain = words[words["interview"] == "a"].assign(term="rain")
    >>> table, left_out = keyness_against_rest(pd.concat([words, rain]), permutations=0)
    >>> table.loc[table["term"] == "rain", ["target", "count_target", "count_reference"]].values.tolist()
    [['a', 5, 0], ['b', 0, 5], ['c', 0, 5]]
    """
    names = _groups(terms, by, groups)
    rests: list[Comparison] = [
        (one, "rest", [other for other in names if other != one]) for one in names
    ]
    return _compare(
        terms, by, rests if len(names) > 1 else [], 1 if len(names) == 2 else len(names), options
    )


def _groups(terms: pd.DataFrame, by: str, groups: Sequence[Any] | None) -> list[Any]:
    found = sorted(terms[by].dropna().unique())
    if groups is None:
        return found
    unknown = [name for name in groups if name not in found]
    if unknown or len(set(groups)) < len(groups):
        raise ValueError(
            f"no word has {unknown[0]!r} in {by!r}"
            if unknown
            else f"a group is named twice in {list(groups)}"
        )
    return list(groups)


def _compare(
    terms: pd.DataFrame,
    by: str,
    comparisons: list[Comparison],
    family: int,
    options: dict[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run `keyness` for each comparison that can be made, and say which cannot."""
    tables, left_out = [], []
    for target, reference, others in comparisons:
        sides = [terms[terms[by] == target], terms[terms[by].isin(others)]]
        reason = _too_little(sides, options)
        if reason:
            left_out.append((target, reference, *map(_units(options), sides), reason))
            continue
        table = keyness(pd.concat(sides), target, others, by=by, **options)
        table.insert(0, "reference", reference)
        table.insert(0, "target", target)
        tables.append(table)
    without = terms[terms[by].isna()]
    if len(without):
        left_out.append(
            (None, None, _units(options)(without), 0, f"{len(without):,} words have no {by}")
        )
    missing = pd.DataFrame(left_out, columns=_LEFT_OUT).astype(
        {
            "target": "str",
            "reference": "str",
            "utterances_target": "int64",
            "utterances_reference": "int64",
        }
    )
    if not tables:
        return _empty(), missing
    compared = pd.concat(tables, ignore_index=True)
    compared["q"] = benjamini_hochberg(compared["p"].to_numpy())
    compared["p_family"] = np.minimum(compared["p_max_t"] * family, 1)
    return compared, missing


def _too_little(sides: list[pd.DataFrame], options: dict[str, Any]) -> str | None:
    """Say why a comparison cannot be made, if it cannot."""
    resampled = options.get("intervals", True) or options.get("permutations", 1)
    for role, side in zip(("target", "reference"), sides, strict=True):
        if resampled and _units(options)(side) < FEWEST_UTTERANCES:
            return f"the {role} has fewer than {FEWEST_UTTERANCES} utterances"
    least = max(options.get("minimum", 1), 1)
    counts = pd.concat([side[options.get("unit", "term")] for side in sides]).value_counts()
    return f"no term occurs {least} times" if counts.empty or counts.iloc[0] < least else None


def _units(options: dict[str, Any]) -> Callable[[pd.DataFrame], int]:
    """Return what counts the utterances of a side, or the larger units that are kept whole."""
    cluster = list(options.get("cluster", ("interview", "utterance")))
    return lambda side: len(side[cluster].drop_duplicates())


def _empty() -> pd.DataFrame:
    """Return the table of no comparison: its columns and their types are those of any other."""
    word = pd.DataFrame({"interview": ["a", "b"], "utterance": 0, "term": "x"})
    table = keyness(word, "a", intervals=False, permutations=0).head(0).assign(p_family=np.nan)
    table.insert(0, "reference", pd.Series(dtype="str"))
    table.insert(0, "target", pd.Series(dtype="str"))
    return table
