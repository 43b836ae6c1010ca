"""Keyness: which words set two or more sides apart, by how much, and how surely.

Effect sizes come first, each with an interval; then the evidence, word by word and for the whole
family of words. benchmarks/calibration.md measures how far each can be trusted at which length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, special

from analysis.schemas import UTTERANCE
from analysis.statistics import (
    FEWEST_UTTERANCES,
    design_effect,
    g2_four_cell,
    g2_two_cell,
    log_odds,
    log_ratio,
    permutation_test,
    split_interval,
)
from analysis.words.counts import leading

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Coded = Callable[[str], tuple[Codes, npt.NDArray[Any]]]
# A side: a value of the grouping column, several of them, or a mask over the rows.
Side = Any
# A comparison: the target, the name of its reference, and the groups in that reference.
Comparison = tuple[Any, Any, list[Any]]
_LEFT_OUT = {
    "target": "str",
    "reference": "str",
    "utterances_target": "int64",
    "utterances_reference": "int64",
    "reason": "str",
}


class _Counted(NamedTuple):
    """Terms in the order of their names, and utterances in the order of their keys."""

    names: npt.NDArray[Any]
    counts: Any  # sparse, a row for each term, a column for each utterance
    lengths: Floats
    on_target: Flags


class TooLittleError(ValueError):
    """A comparison cannot be made: too few utterances, or no term that occurs often enough."""

    def __init__(self, message: str, reason: str, utterances: tuple[int, int]) -> None:
        super().__init__(message)
        self.reason, self.utterances = reason, utterances


def keyness(
    tokens: pd.DataFrame,
    target: Side,
    reference: Side = None,
    *,
    by: str = "interview",
    unit: str = "term",
    cluster: Sequence[str] = tuple(UTTERANCE),
    prior: str | pd.Series = "pooled",
    prior_words: float | None = None,
    minimum: int = 1,
    level: float = 0.95,
    intervals: bool = True,
    permutations: int | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare the words of a target with those of a reference.

    Positive values mean more frequent in the target, in every row. Exchanging target and reference
    flips every sign and mirrors every interval; the order of the rows of `tokens` changes nothing.
    With a prior from elsewhere the log-odds are drawn to its rates, at unequal lengths not equally
    far on both sides: only the pooled prior keeps their sign that of the rates for certain.

    Parameters
    ----------
    tokens : words, one a row, punctuation left out, as `analysis.annotation.terms.terms_of` returns
        them, or some voices of it.
    target, reference : a value of the column `by`, a list of such values, or a boolean mask over
        the rows. Without a reference all other rows are it: one against the rest.
    by : the column whose values name the sides.
    unit : the column of terms. A row where it is NA is a word that counts in the length of its side
        and is no term itself: so function words are left out of the comparison and stay in the
        rates.
    cluster : the columns that tell utterances apart, or larger units that are to be kept whole
        instead, for instance `["interview"]` where many interviews stand on each side.
    prior : where the expectation of the log-odds comes from: "pooled", both sides together; or
        general English, as `general_english` returns it; or other counts or frequencies indexed by
        term (the whole list, in the unit's own spelling). A term that such a list lacks is taken to
        be as rare as its rarest. Leave names out before comparing with general English: they lead
        every such table.
    prior_words : how many words the prior weighs (alpha_0). Without it as many as both sides have:
        the sides are drawn halfway to the prior, and no effect size changes when both are doubled.
        A pooled prior draws a word of 2 occurrences as far as one of 200 with the same split; only
        the z tells them apart.
    minimum : the least number of occurrences, both sides together, with which a term is compared.
    level : of the intervals.
    intervals, permutations, seed : whether intervals are made, how often utterances are dealt anew
        (0: not at all; without a number as often as `analysis.statistics.permutation_test` says:
        100,000 times at the length of an interview), and the seed for it.

    Returns
    -------
    DataFrame with a row for each term, highest log ratio first, ties by name:

    - `term`.
    - `count_target`, `count_reference` (int64), `rate_target`, `rate_reference` (float64):
      occurrences, and occurrences per 1,000 words of the side.
    - `utterances_target`, `utterances_reference` (int64): range, the number of utterances that have
      the term.
    - `log_ratio` (float64, in doublings: 1 = twice the rate): log2 of the ratio of the rates
      (Hardie 2014, Log Ratio: an informal introduction, CASS). Where a side has no occurrence, one
      occurrence is shared out over both in proportion to their words, so that the sign is always
      that of the difference of the rates (`analysis.statistics.log_ratio` says why 0.5 is not
      used).
    - `log_ratio_low`, `log_ratio_high`: its interval, from the variance between whole utterances
      (`design_effect`, `split_interval` in analysis.statistics). -inf or inf where a side has no
      occurrence: how much rarer the word is there, no count can say. Every interval is its own
      word's: of a hundred some exclude 0 by chance.
    - `log_odds` (float64, natural logarithm): log-odds ratio with an informative Dirichlet prior;
      `log_odds_z`: the same over its standard deviation (Monroe, Colaresi & Quinn 2008,
      doi:10.1093/pan/mpn018). NaN where a side consists of one word alone.
    - `log_odds_low`, `log_odds_high`: the interval of the split of the term's occurrences over the
      sides, carried through the same formula. It ends at the estimate where a side has no
      occurrence: more than all cannot fall to the other.
    - `g2_two_cell` (Rayson & Garside 2000, doi:10.3115/1117729.1117730): log-likelihood of the
      occurrences alone; `g2_four_cell` (Dunning 1993, Computational Linguistics 19, 61-74): of
      occurrences and all other words, without a correction. Both 0 or more, in whichever direction.
    - `p`: of the four-cell G2, from chi squared with one degree of freedom; `q`: adjusted for all
      terms (Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x). Both take words as
      independent; they are not.
    - `p_permutation`, `p_max_t`: from dealing whole utterances anew, of the term alone and with
      control of the whole family (`permutation_test`). NaN without permutations. A small p says
      that whole utterances would hardly fall so by chance, not why: two stretches of one talk,
      which have their own subjects, differ so more often than one time in twenty
      (benchmarks/calibration.md).
    - `design_effect` (float64, 1 or more): how many times the variance between utterances is that
      of independent words. NaN without intervals.

    Raises
    ------
    ValueError
        If a column is missing, a side is empty, the sides overlap, an utterance is on both,
        punctuation is among the words, the prior cannot be used, or a side has fewer than 5
        utterances and intervals or permutations are asked for.

    Examples
    --------
    >>> words = pd.DataFrame(
    ...     {"interview": ["a"] * 10 + ["b"] * 10, "utterance": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4] * 2}
    ... )
    >>> words["term"] = ["x", "y", "x", "y", "x", "y", "x", "y"] + ["y"] * 12
    >>> table = keyness(words, "a", "b", permutations=0)
    >>> table[["term", "count_target", "count_reference", "log_ratio", "log_ratio_low"]].round(
    ...     2
    ... ).values.tolist()
    [['x', 4, 0, 3.17, -1.01], ['y', 6, 10, -0.74, -2.52]]
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it lies between 0 and 1, such as 0.95.")
    counted = _count(tokens, target, reference, by, unit, cluster)
    if intervals or permutations != 0:
        _refuse_too_few(counted, target, reference)
    names, counts, lengths, side = _often_enough(counted, unit, minimum)
    sides = np.stack([side, ~side], axis=1).astype(np.float64)
    occurrences, words, ranges = counts @ sides, lengths @ sides, counts.sign() @ sides
    alpha, alpha_0 = _prior(prior, prior_words, names, occurrences.sum(axis=1), words.sum())
    sizes = occurrences[:, 0], words[0], occurrences[:, 1], words[1]
    odds, z = log_odds(*sizes, alpha, alpha_0)
    p = special.chdtrc(1, g2_four_cell(*sizes))
    undefined = np.full((4, len(names)), np.nan)
    tests: Any = undefined[:2]
    if permutations != 0:
        tests = permutation_test(counts, lengths, side, permutations, seed)
    effect, ends = undefined[0], undefined
    if intervals:
        effect, freedom = design_effect(counts, lengths, side)
        split = split_interval(sizes[0], sizes[2], effect, freedom, level)
        ends = _interval_ends(*sizes, alpha, alpha_0, split)
    columns: dict[str, Any] = {"term": names}
    columns |= _of_sides("count", occurrences.astype(np.int64))
    columns |= _of_sides("rate", 1000 * occurrences / words)
    columns |= _of_sides("utterances", ranges.astype(np.int64))
    columns |= {"log_ratio": log_ratio(*sizes), "log_ratio_low": ends[0], "log_ratio_high": ends[1]}
    columns |= {"log_odds": odds, "log_odds_low": ends[2], "log_odds_high": ends[3]}
    columns |= {"log_odds_z": z, "g2_two_cell": g2_two_cell(*sizes)}
    columns |= {"g2_four_cell": g2_four_cell(*sizes), "p": p, "q": _adjusted(p)}
    columns |= {"p_permutation": tests[0], "p_max_t": tests[1], "design_effect": effect}
    # Terms are in the order of their names, so a stable sort breaks ties by name.
    order = np.argsort(-columns["log_ratio"], kind="stable")
    return pd.DataFrame(columns).take(order).reset_index(drop=True)


def strongest(table: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """Sort the words of a comparison by the size of their weighted log-odds, whatever its sign.

    Parameters
    ----------
    table : rows of `keyness`, of one comparison.
    most : how many rows to take at the most, those with equal values all or none (`leading`).

    Returns
    -------
    The rows by the absolute value of `log_odds_z`, the highest first, ties by name.

    Examples
    --------
    >>> table = pd.DataFrame({"term": ["c", "b", "a"], "log_odds_z": [0.5, -2.0, 2.0]})
    >>> strongest(table)["term"].to_list(), strongest(table, 2)["term"].to_list()
    (['a', 'b', 'c'], ['a', 'b'])
    """
    # Rounded, or noise in the last digits would put ties in another order on another machine.
    size = table["log_odds_z"].abs().round(9)
    kept = table if most is None else leading(table, size, most)
    order = pd.DataFrame({"size": -size[kept.index], "term": kept["term"]})
    return kept.loc[order.sort_values(["size", "term"]).index].reset_index(drop=True)


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
    by : the column of groups, for instance `group` of `group_by`. Rows where
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
      ask for more than 20 k. Without a number 100,000 are divided among the comparisons, 2,000 each
      at the least.

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
    >>> words = pd.DataFrame(
    ...     {"interview": list("aaaaabbbbbccccc"), "utterance": [*range(5)] * 3, "term": "y"}
    ... )
    >>> rain = words[words["interview"] == "a"].assign(term="rain")
    >>> table, left_out = keyness_pairwise(pd.concat([words, rain]), permutations=0)
    >>> table.loc[
    ...     table["term"] == "rain", ["target", "reference", "count_target", "log_ratio"]
    ... ].values.tolist()
    [['a', 'b', 5, 3.0874628412503395], ['a', 'c', 5, 3.0874628412503395]]
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
    >>> words = pd.DataFrame(
    ...     {"interview": list("aaaaabbbbbccccc"), "utterance": [*range(5)] * 3, "term": "y"}
    ... )
    >>> rain = words[words["interview"] == "a"].assign(term="rain")
    >>> table, left_out = keyness_against_rest(pd.concat([words, rain]), permutations=0)
    >>> table.loc[
    ...     table["term"] == "rain", ["target", "count_target", "count_reference"]
    ... ].values.tolist()
    [['a', 5, 0], ['b', 0, 5], ['c', 0, 5]]
    """
    names = _groups(terms, by, groups)
    rests: list[Comparison] = [
        (one, "rest", [other for other in names if other != one]) for one in names
    ]
    return _compare(
        terms, by, rests if len(names) > 1 else [], 1 if len(names) == 2 else len(names), options
    )


def smallest_detectable_difference(
    words_target: float,
    words_reference: float,
    rates: Sequence[float] = (0.5, 1, 2, 5, 10, 20, 50),
    *,
    comparisons: int = 1,
    design_effect: float = 1.0,
    power: float = 0.8,
    level: float = 0.05,
) -> pd.DataFrame:
    """Say how large a difference must be to be found at these lengths.

    The difference for which the two-cell G2 of the expected counts equals the design effect times
    the square of the two normal quantiles, of `level` over `comparisons` (Bonferroni, two-sided)
    and of `power`. An approximation, and a friendly one: it takes the design effect as known.
    Simulated power is in benchmarks/calibration.md.

    Parameters
    ----------
    words_target, words_reference : lengths of the two sides.
    rates : of a word in the reference, per 1,000 words.
    comparisons : how many words are compared at once; 1 for a word named in advance.
    design_effect : how many times the variance between utterances is that of independent words. 1
        is the best case; for real speech take `mean_design_effect`.
    power : the chance with which the difference is found.
    level : the chance of a false alarm, for all comparisons together.

    Returns
    -------
    DataFrame with a row for each rate: `rate` (float64, per 1,000 words), `expected_target`,
    `expected_reference` (float64: occurrences when the rates are equal), `log_ratio_more` (in
    doublings: the least log ratio that is found when the word is more frequent in the target),
    `log_ratio_less` (the same when it is rarer), `rate_more`, `rate_less` (float64: the target's
    rates at those). NaN where no difference can be found: not even the complete absence of the
    word, or its rate would have to be above 1,000 per 1,000.

    Examples
    --------
    >>> table = smallest_detectable_difference(197, 907, [2, 20], comparisons=300)
    >>> table[["rate", "log_ratio_more", "log_ratio_less"]].round(1).values.tolist()
    [[2.0, 4.5, nan], [20.0, 2.3, nan]]
    """
    if not (words_target > 0 and words_reference > 0 and comparisons >= 1 and design_effect > 0):
        raise ValueError(
            "lengths and the design effect are positive, and at least one word is compared"
        )
    if not (0 < power < 1 and 0 < level < 1):
        raise ValueError(f"power and level lie between 0 and 1; they are {power} and {level}")
    rate = np.asarray(rates, dtype=np.float64)
    needed = (
        design_effect * (special.ndtri(1 - level / comparisons / 2) + special.ndtri(power)) ** 2
    )
    expected = rate * words_reference / 1000

    def found(near: Floats) -> Flags:
        target = near * words_target / 1000
        return g2_two_cell(target, words_target, expected, words_reference) >= needed

    more, less = (_nearest(rate, np.full_like(rate, far), found) for far in (1000.0, 0.0))
    with np.errstate(divide="ignore"):
        return pd.DataFrame(
            {
                "rate": rate,
                "expected_target": rate * words_target / 1000,
                "expected_reference": expected,
                "log_ratio_more": np.log2(more / rate),
                "log_ratio_less": np.log2(less / rate),
                "rate_more": more,
                "rate_less": less,
            }
        )


def mean_design_effect(table: pd.DataFrame) -> float:
    """Return the mean design effect of a table of `keyness`, weighted by the counts.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"count_target": [3, 1], "count_reference": [0, 0], "design_effect": [1.0, 2.0]}
    ... )
    >>> mean_design_effect(table)
    1.25
    """
    weights = table["count_target"] + table["count_reference"]
    return float((table["design_effect"] * weights).sum() / weights.sum())


def general_english() -> pd.Series:
    """Return how often words occur in general English, as a prior for `keyness`.

    82,834 word forms with their counts in Google Books, as symspellpy ships them. It is general and
    written English: speech about films will differ from it in every word of the trade. Names are
    not in it, contractions are rough. It lists forms, so count forms: `terms_of(tokens,
    unit="form")`.

    Returns
    -------
    Series of counts (int64), indexed by form.

    Examples
    --------
    >>> counts = general_english()
    >>> bool(counts["the"] > counts["movie"] > counts["intimacy"])
    True
    """
    source = resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    with source.open(encoding="utf-8-sig") as file:
        table = pd.read_csv(file, sep=" ", names=["form", "count"], keep_default_na=False)
    return table.set_index("form")["count"]


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
    options = {"permutations": max(100_000 // max(len(comparisons), 1), 2_000), **options}
    tables, left_out = [], list[Any]()
    for target, reference, others in comparisons:
        try:
            table = keyness(terms, target, others, by=by, **options)
        except TooLittleError as lack:
            left_out.append((target, reference, *lack.utterances, lack.reason))
            continue
        table.insert(0, "reference", reference)
        table.insert(0, "target", target)
        tables.append(table)
    without = terms[terms[by].isna()]
    if len(without):
        utterances = len(without[list(options.get("cluster", UTTERANCE))].drop_duplicates())
        left_out.append((None, None, utterances, 0, f"{len(without):,} words have no {by}"))
    missing = pd.DataFrame(left_out, columns=list(_LEFT_OUT)).astype(_LEFT_OUT)
    compared = pd.concat(tables, ignore_index=True) if tables else _empty()
    compared["q"] = _adjusted(compared["p"].to_numpy())
    compared["p_family"] = np.minimum(compared["p_max_t"] * family, 1)
    return compared, missing


def _empty() -> pd.DataFrame:
    """Return the table of no comparison: its columns and their types are those of any other."""
    word = pd.DataFrame({"interview": ["a", "b"], "utterance": 0, "term": "x"})
    table = keyness(word, "a", intervals=False, permutations=0).head(0)
    table.insert(0, "reference", pd.Series(dtype="str"))
    table.insert(0, "target", pd.Series(dtype="str"))
    return table


def _adjusted(p: Floats) -> Floats:
    """Adjust p values for the false discovery rate (Benjamini & Hochberg 1995)."""
    # scipy.stats takes longer to import than all else here: only where it is used.
    from scipy.stats import false_discovery_control

    return false_discovery_control(p, method="bh") if len(p) else p


def _of_sides(name: str, values: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    return {f"{name}_target": values[:, 0], f"{name}_reference": values[:, 1]}


def _count(
    tokens: pd.DataFrame,
    target: Side,
    reference: Side,
    by: str,
    unit: str,
    cluster: Sequence[str],
) -> _Counted:
    """Count terms by utterance; nothing depends on the order of the rows."""
    if "is_punct" in tokens and tokens["is_punct"].any():
        raise ValueError(
            "punctuation is among the words; keep those that is_word finds, as"
            " analysis.annotation.terms.terms_of does"
        )
    given = [side for side in (target, reference) if side is not None]
    named = (
        []
        if all(pd.api.types.is_bool_dtype(getattr(side, "dtype", None)) for side in given)
        else [by]
    )
    if lost := [column for column in (*named, unit, *cluster) if column not in tokens]:
        raise ValueError(
            f"the words have no column {lost[0]!r}; they have {', '.join(map(str, tokens.columns))}"
        )
    # Looking text up takes most of the time: once for each column.
    coded = cache(lambda column: _sorted_codes(tokens[column]))
    rows = _sides(tokens, coded, target, reference, by)
    utterance, keys = _utterances(coded, cluster)
    is_target = _side_of_utterances(utterance, *rows, keys)
    used = is_target != 0
    counted = rows[0] | rows[1]
    utterance = (np.cumsum(used) - 1)[utterance[counted]]
    codes, names = coded(unit)
    codes = codes[counted]
    is_term = codes >= 0
    counts = sparse.coo_array(
        (np.ones(np.count_nonzero(is_term), dtype=np.int64), (codes[is_term], utterance[is_term])),
        shape=(len(names), np.count_nonzero(used)),
    ).tocsr()
    lengths = np.bincount(utterance, minlength=np.count_nonzero(used)).astype(np.float64)
    return _Counted(names, counts, lengths, is_target[used] > 0)


def _often_enough(counted: _Counted, unit: str, minimum: int) -> _Counted:
    """Keep the terms that occur often enough to be compared."""
    least = max(minimum, 1)
    kept = counted.counts.sum(axis=1) >= least
    if not kept.any():
        raise TooLittleError(
            f"no {unit} occurs {least} times; there is nothing to compare",
            f"no term occurs {least} times",
            _utterances_of(counted),
        )
    return counted._replace(names=counted.names[kept], counts=counted.counts[kept])


def _utterances_of(counted: _Counted) -> tuple[int, int]:
    """Say how many utterances the target and the reference have."""
    of_target = int(counted.on_target.sum())
    return of_target, len(counted.on_target) - of_target


def _interval_ends(
    target: Floats,
    words_target: float,
    reference: Floats,
    words_reference: float,
    alpha: Floats,
    alpha_0: float,
    split: Floats,
) -> Floats:
    """Carry the interval of a term's split to the log ratio and to the log-odds, two rows each."""
    with np.errstate(divide="ignore"):
        log_ratios = np.log2(split) - np.log2(1 - split) - np.log2(words_target / words_reference)
    total = target + reference
    # No side can have more occurrences than words.
    fallen = np.clip(total * split, total - words_reference, words_target)
    odds, _ = log_odds(fallen, words_target, total - fallen, words_reference, alpha, alpha_0)
    return np.concatenate([log_ratios, odds])


def _sides(
    tokens: pd.DataFrame, coded: Coded, target: Side, reference: Side, by: str
) -> tuple[Flags, Flags]:
    """Rows of the target and of the reference."""
    on_target = _mask(tokens, coded, target, by)
    on_reference = ~on_target if reference is None else _mask(tokens, coded, reference, by)
    if (on_target & on_reference).any():
        raise ValueError(
            f"target and reference share {np.count_nonzero(on_target & on_reference)} words"
        )
    for name, mask in (("target", on_target), ("reference", on_reference)):
        if not mask.any():
            raise ValueError(f"the {name} has no words")
    return on_target, on_reference


def _mask(tokens: pd.DataFrame, coded: Coded, side: Side, by: str) -> Flags:
    if pd.api.types.is_bool_dtype(getattr(side, "dtype", None)):
        if len(side) != len(tokens) or (
            isinstance(side, pd.Series) and not side.index.equals(tokens.index)
        ):
            raise ValueError(
                f"a mask of {len(side)} values does not fit the {len(tokens)} rows of the words"
            )
        return np.asarray(side, dtype=bool)
    values = set(side) if isinstance(side, (list, tuple, set, frozenset, pd.Index)) else {side}
    codes, names = coded(by)
    unknown = sorted(map(str, values.difference(names)))
    if unknown:
        raise ValueError(f"no word has {' or '.join(unknown)} in {by!r}")
    # The code -1 of NA reads the last place.
    return np.array([*(name in values for name in names), False])[codes]


def _utterances(coded: Coded, cluster: Sequence[str]) -> tuple[Codes, list[tuple[Any, ...]]]:
    """Give the number of each row's utterance, in the order of their keys; and the keys."""
    combined: Any = 0
    values: list[Any] = []
    for column in cluster:
        codes, names = coded(column)
        if (codes < 0).any():
            raise ValueError(f"{np.count_nonzero(codes < 0)} words have no {column}")
        combined = combined * len(names) + codes
        values.append(names)
    utterance, distinct = pd.factorize(combined, sort=True)
    keys = np.unravel_index(distinct, [len(names) for names in values])
    return utterance, list(
        zip(*(names[key] for names, key in zip(values, keys, strict=True)), strict=True)
    )


def _side_of_utterances(
    utterance: Codes, on_target: Flags, on_reference: Flags, keys: list[tuple[Any, ...]]
) -> Codes:
    """1 for an utterance of the target, -1 for one of the reference, 0 for any other."""
    in_target = np.bincount(utterance[on_target], minlength=len(keys)) > 0
    in_reference = np.bincount(utterance[on_reference], minlength=len(keys)) > 0
    both = np.flatnonzero(in_target & in_reference)
    if len(both):
        key = " ".join(str(part) for part in keys[both[0]])
        raise ValueError(
            f"{len(both)} utterances are on both sides, first {key}; an utterance is kept whole"
        )
    return in_target.astype(np.int64) - in_reference


def _refuse_too_few(counted: _Counted, target: Side, reference: Side) -> None:
    sizes = _utterances_of(counted)
    for role, name, number in zip(("target", "reference"), (target, reference), sizes, strict=True):
        if number < FEWEST_UTTERANCES:
            named = f" {name!r}" if isinstance(name, str) else ""
            utterances = "1 utterance" if number == 1 else f"{number} utterances"
            raise TooLittleError(
                f"the {role}{named} has {utterances}, too few to resample: at least"
                f" {FEWEST_UTTERANCES} are needed; with intervals=False, permutations=0 the effect"
                " sizes stand alone",
                f"the {role} has fewer than {FEWEST_UTTERANCES} utterances",
                sizes,
            )


def _sorted_codes(column: pd.Series) -> tuple[Codes, npt.NDArray[Any]]:
    """Return each value's place among the sorted names, -1 for NA, and those names."""
    codes, found = pd.factorize(column)
    names = np.asarray(found, dtype=object)
    order = np.argsort(names, kind="stable")
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    # The code -1 of NA reads the last place.
    rank[-1] = -1
    return rank[codes], names[order]


def _prior(
    prior: str | pd.Series,
    prior_words: float | None,
    names: npt.NDArray[Any],
    pooled: Floats,
    words: float,
) -> tuple[Floats, float]:
    """Count of each term that the prior stands for, and of all its words."""
    size = words if prior_words is None else prior_words
    if not size > 0:
        raise ValueError(f"the prior weighs {size} words; it must weigh more than 0")
    if isinstance(prior, str):
        if prior != "pooled":
            raise ValueError(f"prior is {prior!r}; it is 'pooled' or counts indexed by term")
        return pooled * size / words, size
    positive = prior[prior > 0]
    if not len(positive) or (prior < 0).any() or not prior.index.is_unique:
        raise ValueError(
            "a prior has one count or frequency a term, none of them negative, and some above 0"
        )
    share = (
        positive.reindex(names).fillna(positive.min()).to_numpy(dtype=np.float64) / positive.sum()
    )
    return share * size, size


def _nearest(near: Floats, far: Floats, found: Callable[[Floats], Flags]) -> Floats:
    """Return the nearest rate that is found on the way to `far`, by halving; NaN for none."""
    possible = found(far)
    for _ in range(60):
        middle = (near + far) / 2
        is_found = found(middle)
        near, far = np.where(is_found, near, middle), np.where(is_found, middle, far)
    return np.where(possible, far, np.nan)
