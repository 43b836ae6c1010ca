"""Keyness: which words set groups apart, by how much, and with what certainty.

Effect sizes come first, each with an interval; then the evidence, word by word and for the whole
family of words. benchmarks/calibration.md measures how far each can be trusted at a given length.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import special
from scipy.optimize import elementwise

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
from analysis.words.counts import LEVEL, leading
from analysis.words.tally import Flags, Floats, Tally, count_by_utterance

# A value of the grouping column, or several of them.
Side: TypeAlias = Any
_LEFT_OUT = {
    "target": "str",
    "reference": "str",
    "utterances_target": "int64",
    "utterances_reference": "int64",
    "reason": "str",
}


class TooLittleError(ValueError):
    """A comparison cannot be made: too few utterances, or no term occurs often enough."""


def keyness(
    tokens: pd.DataFrame,
    target: Side,
    reference: Side = None,
    *,
    by: str = "interview",
    cluster: Sequence[str] = tuple(UTTERANCE),
    prior: str | pd.Series = "pooled",
    prior_words: float | None = None,
    minimum: int = 1,
    intervals: bool = True,
    permutations: int | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare the words of a target with those of a reference.

    Positive values always mean that a term is more frequent in the target. Exchanging target and
    reference flips every sign and mirrors every interval; the order of the rows of `tokens` makes
    no difference. Do not compare log-odds made with different priors, or p values made with
    different numbers of permutations. The log-odds are certain to have the sign of the difference
    between the rates only with the pooled prior: any other prior shrinks them towards its own
    rates and, at unequal lengths, shrinks the two sides unequally.

    Parameters
    ----------
    tokens : words without punctuation, as returned by `analysis.annotation.terms.terms_of`, or
        those of some voices. A row where `term` is NA counts towards the length of its side but is
        not a term: function words thus count in the rates but are not compared.
    target, reference : a value of the column `by`, or a list of values. Without a reference, the
        target is compared with all other rows.
    by : the column whose values name the sides.
    cluster : the columns that identify an utterance, or a larger unit to be kept whole instead,
        for example `["interview"]` where each side has many interviews.
    prior : the expectation behind the log-odds: "pooled" (both sides together), general
        English (`general_english`), or other counts or frequencies indexed by term (the whole list,
        spelled as in `term`). A term missing from the list is taken to be as rare as its rarest.
        Leave names out before comparing with general English, or they will top the table.
    prior_words : the weight of the prior in words (alpha_0); by default the words of both sides.
        Each side is then shrunk halfway towards the prior, and doubling both sides changes no
        effect size. A pooled prior shrinks a word with 2 occurrences as far as one with 200 split
        in the same way; only the z distinguishes them.
    minimum : how often a term must occur, on both sides together, to be compared.
    intervals, permutations, seed : whether to compute 95% intervals, the number of permutations of
        the utterances (0: no test; None: the default of `analysis.statistics.permutation_test`,
        100,000 for texts as long as an interview), and the seed of the random generator.

    Returns
    -------
    DataFrame with a row for each term, highest log ratio first, ties by name:

    - `term`.
    - `count_target`, `count_reference` (int64), `rate_target`, `rate_reference` (float64):
      occurrences, and occurrences per 1,000 words of the side.
    - `utterances_target`, `utterances_reference` (int64): range, the number of utterances that have
      the term.
    - `log_ratio` (float64, in doublings: 1 = twice the rate): log2 of the ratio of the rates
      (Hardie 2014, Log Ratio: an informal introduction, CASS). If a side has no occurrences, one
      occurrence is divided between both sides in proportion to their words, so that the sign is
      always that of the difference of the rates (`analysis.statistics.log_ratio` says why 0.5 is
      not used).
    - `log_ratio_low`, `log_ratio_high`: its interval, from the variance between whole utterances
      (`design_effect`, `split_interval` in analysis.statistics). -inf or inf if a side has no
      occurrence: no count can say how much rarer the word is there. Each interval is for one word
      alone: out of a hundred, some exclude 0 by chance.
    - `log_odds` (float64, natural logarithm): log-odds ratio with an informative Dirichlet prior;
      `log_odds_z`: the same divided by its standard deviation (Monroe, Colaresi & Quinn 2008,
      doi:10.1093/pan/mpn018). NaN if a side consists of a single word type.
    - `log_odds_low`, `log_odds_high`: the interval for the proportion of the term's occurrences on
      each side, put through the same formula. If a side has none, it ends at the estimate,
      because the other side cannot have more than all of them.
    - `g2_two_cell` (Rayson & Garside 2000, doi:10.3115/1117729.1117730): log-likelihood of the
      occurrences alone; `g2_four_cell` (Dunning 1993, Computational Linguistics 19, 61-74): of
      occurrences and all other words, without a correction. Both are 0 or more in either direction.
    - `p`: of the four-cell G2, from chi squared with one degree of freedom; `q`: adjusted for all
      terms (Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x). Both treat words as
      independent, which they are not.
    - `p_permutation`, `p_max_t`: from permuting whole utterances, for the term by itself, and
      with the error rate controlled over the whole family (`permutation_test`). NaN without
      permutations. A small p says that whole utterances would rarely fall this way by chance, not
      why they did: two stretches of one conversation differ more often than one time in twenty,
      because each has its own subjects (benchmarks/calibration.md).
    - `design_effect` (float64, 1 or more): the variance between utterances divided by that of
      independent words. NaN without intervals.

    Raises
    ------
    ValueError
        If a side is empty, the sides overlap, an utterance is on both, there is punctuation among
        the words, the prior cannot be used, or a side has fewer than 5 utterances and intervals or
        permutations are asked for.

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
    if "is_punct" in tokens and tokens["is_punct"].any():
        raise ValueError(
            "there is punctuation among the words; analysis.annotation.terms.terms_of removes it"
        )
    tally = count_by_utterance(tokens, [by], cluster)
    on_target = _chosen(tally.groups[by], target)
    on_reference = ~on_target if reference is None else _chosen(tally.groups[by], reference)
    if (on_target & on_reference).any():
        shared = tally.lengths[(on_target & on_reference)[tally.group]].sum()
        raise ValueError(f"target and reference overlap: {shared:.0f} tokens belong to both")
    for name, groups in (("target", on_target), ("reference", on_reference)):
        if not groups.any():
            raise ValueError(f"the {name} has no words")
    return _measures(
        tally,
        on_target,
        on_reference,
        cluster,
        prior=prior,
        prior_words=prior_words,
        minimum=minimum,
        intervals=intervals,
        permutations=permutations,
        seed=seed,
    )


def strongest(table: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """Sort the words of a comparison by the absolute value of their weighted log-odds.

    Parameters
    ----------
    table : rows of `keyness`, of one comparison.
    most : the largest number of rows to keep; rows with equal values are all kept or all left out.

    Returns
    -------
    The rows, the highest absolute `log_odds_z` first, ties by name.

    Examples
    --------
    >>> table = pd.DataFrame({"term": ["c", "b", "a"], "log_odds_z": [0.5, -2.0, 2.0]})
    >>> strongest(table)["term"].to_list(), strongest(table, 2)["term"].to_list()
    (['a', 'b', 'c'], ['a', 'b'])
    """
    # Rounded, so that noise in the last digits does not order ties differently on each machine.
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
    """Compare the words of every pair of groups.

    Parameters
    ----------
    terms : words, as returned by `analysis.annotation.terms.terms_of`, or the words of
        some voices.
    by : the column of groups, such as `group` of `group_by`. Rows where it is NA are left out.
    groups : the groups to compare, in order: in each pair, the first named is the target. By
        default all groups, by name.
    options : as for `keyness`: `cluster`, `prior`, `prior_words`, `minimum`,
        `intervals`, `permutations`, `seed`. Where a group has several interviews, each with its own
        subjects, keep interviews whole: `cluster=["interview"]`.

    Returns
    -------
    Two tables. The first has a row for each comparison and term, comparisons in the order of the
    groups, terms as `keyness` sorts them: `target`, `reference`, the columns of `keyness`, and

    - `q` (float64): Benjamini-Hochberg, here adjusted for all rows of the table: all terms of all
      comparisons.
    - `p_max_t`: as in `keyness`, for the terms of its own comparison.
    - `p_family` (float64): for all terms of all comparisons: `p_max_t` times the number of
      comparisons, at most 1. With m permutations and k comparisons it is never below k / (m + 1),
      so request more than 20 times k. By default 100,000 permutations are divided among the
      comparisons, with at least 2,000 for each.

    The second has a row for each comparison that was left out: `target`, `reference`,
    `utterances_target`, `utterances_reference` (int64: utterances, or the units that `cluster`
    keeps whole), `reason` (str): fewer than 5 utterances on a side when intervals or permutations
    are asked for, no term that occurs `minimum` times, or words without a group (`target` NA).

    Raises
    ------
    ValueError
        If a group is not in the table, or as for `keyness`.

    Notes
    -----
    The family-wise p takes two steps. Within a comparison the terms are one family, by max-T
    (`permutation_test`), and utterances are permuted between its two groups only. Across
    comparisons, Bonferroni's inequality holds however dependent they are. Permuting the utterances
    of all groups at once and taking the largest statistic of all pairs would only test "all groups
    are alike": once one group differs, its words are permuted into the pairs that do not, and their
    errors are no longer controlled (Petrondas & Gabriel 1983, Multiple comparisons by
    rerandomization tests, Journal of the American Statistical Association 78, 949-957). The price
    is caution: among five groups that speak alike, 1 to 2% of the pairwise families have a false
    alarm, and 3 to 6% of those against the rest (benchmarks/group_keyness.md). Holm's steps over
    comparisons would control the error of saying that two groups differ at all, not that of naming
    the words: a comparison rejected because of one word would pass on its whole share of the
    error rate, although its other words have already spent it.

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
    return _compare(terms, by, groups, 2, **options)


def keyness_against_rest(
    terms: pd.DataFrame,
    by: str = "interview",
    *,
    groups: Sequence[Any] | None = None,
    own: bool = False,
    **options: Any,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the words of every group with those of all other groups together.

    If only one group uses a word often, every other group falls below the rest; to see what sets
    two groups apart, use `keyness_pairwise`. Each group counts in the rest in proportion to its
    number of words.

    Parameters
    ----------
    terms, by, options : as for `keyness_pairwise`. Words without a group are left out of the rest.
    groups : the groups to compare, which also make up the rest, in order.
    own : compare only terms that the target has. With `permutations=0` the time then grows little
        faster than the number of words, so that hundreds of groups can be compared.

    Returns
    -------
    Two tables like those of `keyness_pairwise`, with "rest" as the `reference`. A group that is too
    small to be compared is still part of the rest for the others. Two groups are one comparison
    seen from both sides, and `p_family` counts it once.

    Raises
    ------
    ValueError
        As for `keyness_pairwise`.

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
    return _compare(terms, by, groups, 1, own=own, **options)


def smallest_detectable_difference(
    words_target: float,
    words_reference: float,
    rates: Sequence[float],
    *,
    comparisons: int = 1,
    design_effect: float = 1.0,
) -> pd.DataFrame:
    """Compute how large a difference must be to be detected at these lengths.

    It is the difference at which the two-cell G2 of the expected counts equals the design effect
    times (z of 1 - 0.05 / `comparisons` / 2 + z of 0.8)², z being a normal quantile: it is detected
    four times in five, with one false alarm in twenty (Bonferroni, two-sided). The approximation is
    optimistic, because it takes the design effect as known. Simulated power is in
    benchmarks/calibration.md.

    Parameters
    ----------
    words_target, words_reference : lengths of the two sides.
    rates : of a word in the reference, per 1,000 words.
    comparisons : how many words are compared at once; 1 for a word named in advance.
    design_effect : the variance between utterances divided by that of independent words. 1 is the
        best case; for real speech use `mean_design_effect`.

    Returns
    -------
    DataFrame with a row for each rate (float64): `rate` (per 1,000 words), `log_ratio_more` (in
    doublings: the smallest log ratio detected when the word is more frequent in the target),
    `log_ratio_less` (the same when it is rarer there), `rate_more`, `rate_less` (the target's rates
    at those, per 1,000 words). NaN if no difference can be detected: if not even the complete
    absence of the word, or a rate of 1,000 per 1,000, would suffice.

    Examples
    --------
    >>> table = smallest_detectable_difference(197, 907, [2, 20], comparisons=300)
    >>> table[["rate", "log_ratio_more", "log_ratio_less"]].round(1).values.tolist()
    [[2.0, 4.5, nan], [20.0, 2.3, nan]]
    """
    if not (words_target > 0 and words_reference > 0 and comparisons >= 1 and design_effect > 0):
        raise ValueError(
            "lengths and the design effect must be positive, and at least one word must be compared"
        )
    rate = np.asarray(rates, dtype=np.float64)
    # The difference is found where the G2 of the expected counts reaches this.
    needed = design_effect * (special.ndtri(1 - 0.025 / comparisons) + special.ndtri(0.8)) ** 2

    def lacking(found: Floats, expected: Floats) -> Floats:
        counts = found * words_target / 1000, expected * words_reference / 1000
        return needed - g2_two_cell(counts[0], words_target, counts[1], words_reference)

    more, less = (
        elementwise.find_root(lacking, (rate, np.full_like(rate, end)), args=(rate,)).x
        for end in (1000.0, 0.0)
    )
    with np.errstate(divide="ignore"):
        return pd.DataFrame(
            {
                "rate": rate,
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

    The list has 82,834 word forms with their counts in Google Books, as shipped with symspellpy. It
    is general, written English, so speech about films differs from it in every technical term.
    Names are missing, and contractions are treated crudely. As it lists forms, count forms:
    `terms_of(tokens, unit="form")`.

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


def _compare(
    terms: pd.DataFrame,
    by: str,
    groups: Sequence[Any] | None,
    named: int,
    *,
    cluster: Sequence[str] = tuple(UTTERANCE),
    **options: Any,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make each possible comparison, of two named groups or of one with the rest."""
    tally = count_by_utterance(terms, [by], cluster)
    names = list(tally.groups[by].dropna()) if groups is None else list(groups)
    codes = [np.flatnonzero(_chosen(tally.groups[by], name)).item() for name in names]
    if len(set(codes)) < len(names):
        raise ValueError(f"a group is named twice in {names}")
    every = np.isin(np.arange(len(tally.groups)), codes)
    planned = list(combinations(range(len(names)), named)) if len(names) > 1 else []
    options = {"permutations": max(100_000 // max(len(planned), 1), 2_000)} | options
    tables, left_out = [], list[Any]()
    for target, *other in planned:
        on_target = np.arange(len(every)) == codes[target]
        on_reference = np.arange(len(every)) == codes[other[0]] if other else every & ~on_target
        called = {"target": names[target], "reference": names[other[0]] if other else "rest"}
        try:
            table = _measures(tally, on_target, on_reference, cluster, **options)
            tables.append(table.assign(**called))
        except TooLittleError as lack:
            sizes = [side[tally.group].sum() for side in (on_target, on_reference)]
            left_out.append((*called.values(), *sizes, str(lack)))
    if len(without := np.flatnonzero(tally.groups[by].isna()[tally.group])):
        words = f"words with no {by}: {tally.lengths[without].sum():,.0f}"
        left_out.append((None, None, len(without), 0, words))
    missing = pd.DataFrame(left_out, columns=list(_LEFT_OUT)).astype(_LEFT_OUT)
    table = pd.concat(tables or [_nothing()], ignore_index=True)
    table = table[["target", "reference", *table.columns.drop(["target", "reference"])]]
    # If there are only two groups, each against the rest is one comparison, seen from both sides.
    family = 1 if len(names) == 2 else len(planned)
    q, p_family = _adjusted(table["p"].to_numpy()), np.minimum(table["p_max_t"] * family, 1)
    return table.assign(q=q, p_family=p_family), missing


def _nothing() -> pd.DataFrame:
    """Return an empty table of comparisons, with the usual columns and types."""
    words = pd.DataFrame({"interview": ["a", "b"], "utterance": 0, "term": "x"})
    table = keyness(words, "a", intervals=False, permutations=0)
    return table.assign(target="a", reference="b").head(0)


def _measures(
    tally: Tally,
    on_target: Flags,
    on_reference: Flags,
    cluster: Sequence[str],
    *,
    prior: str | pd.Series = "pooled",
    prior_words: float | None = None,
    minimum: int = 1,
    intervals: bool = True,
    permutations: int | None = None,
    seed: int = 1,
    own: bool = False,
) -> pd.DataFrame:
    """Compare the groups on the target's side with those of the reference, term by term."""
    kept = (on_target | on_reference)[tally.group]
    keys = tally.keys.loc[kept, list(cluster)]
    if (torn := keys.duplicated()).any():
        first = " ".join(map(str, keys[torn].iloc[0]))
        raise ValueError(f"{first} has words on both sides; assign each utterance to one side")
    counts = tally.counts if kept.all() else tally.counts[:, kept]
    lengths, side = tally.lengths[kept], on_target[tally.group[kept]]
    sides = np.stack([side, ~side], axis=1).astype(np.float64)
    for role, number in zip(("target", "reference"), sides.sum(axis=0), strict=True):
        if number < FEWEST_UTTERANCES and (intervals or permutations != 0):
            raise TooLittleError(
                f"the {role} has fewer than {FEWEST_UTTERANCES} utterances, too few for intervals"
                " and permutations; turn both off with intervals=False, permutations=0"
            )
    occurrences, words = counts @ sides, lengths @ sides
    least = max(minimum, 1)
    kept = (occurrences.sum(axis=1) >= least) & ((occurrences[:, 0] > 0) | (not own))
    if not kept.any():
        raise TooLittleError("no term occurs" + f" {least} times or more" * (least > 1))
    names, counts, occurrences = tally.names[kept], counts[kept], occurrences[kept]
    alpha, alpha_0 = _prior(prior, prior_words, names, occurrences.sum(axis=1), words.sum())
    sizes = occurrences[:, 0], words[0], occurrences[:, 1], words[1]
    odds, z = log_odds(*sizes, alpha, alpha_0)
    four_cell = g2_four_cell(*sizes)
    p = special.chdtrc(1, four_cell)
    # NaN for intervals or permutations that are not made.
    effect, *ends = np.full((5, len(names)), np.nan)
    tests: Any = ends[:2]
    if permutations != 0:
        tests = permutation_test(counts, lengths, side, permutations, seed)
    if intervals:
        effect, freedom = design_effect(counts, lengths, side)
        split = split_interval(sizes[0], sizes[2], effect, freedom, LEVEL)
        with np.errstate(divide="ignore"):
            ends = [*(np.log2(split) - np.log2(1 - split) - np.log2(words[0] / words[1]))]
        total = sizes[0] + sizes[2]
        # No side can have more occurrences than words.
        fallen = np.clip(total * split, total - words[1], words[0])
        ends += [*log_odds(fallen, words[0], total - fallen, words[1], alpha, alpha_0)[0]]
    columns: dict[str, Any] = {"term": names}
    for name, values in (
        ("count", occurrences.astype(np.int64)),
        ("rate", 1000 * occurrences / words),
        ("utterances", (counts.sign() @ sides).astype(np.int64)),
    ):
        columns |= {f"{name}_target": values[:, 0], f"{name}_reference": values[:, 1]}
    columns |= {"log_ratio": log_ratio(*sizes), "log_ratio_low": ends[0], "log_ratio_high": ends[1]}
    columns |= {"log_odds": odds, "log_odds_low": ends[2], "log_odds_high": ends[3]}
    columns |= {"log_odds_z": z, "g2_two_cell": g2_two_cell(*sizes), "g2_four_cell": four_cell}
    columns |= {"p": p, "q": _adjusted(p), "p_permutation": tests[0], "p_max_t": tests[1]}
    # Terms are sorted by name, so a stable sort breaks ties by name.
    order = np.argsort(-columns["log_ratio"], kind="stable")
    return pd.DataFrame(columns | {"design_effect": effect}).take(order).reset_index(drop=True)


def _adjusted(p: Floats) -> Floats:
    """Adjust p values for the false discovery rate (Benjamini & Hochberg 1995)."""
    # scipy.stats takes longer to import than everything else here, so it is imported when needed.
    from scipy.stats import false_discovery_control

    return false_discovery_control(p) if len(p) else p


def _chosen(groups: pd.Series, side: Side) -> Flags:
    """Return which groups are on a side."""
    values = set(side) if pd.api.types.is_list_like(side) else {side}
    own = groups.to_list()
    if unknown := sorted(map(repr, values.difference(own))):
        raise ValueError(
            f"no word has the value {' or '.join(unknown)} in the column {groups.name!r}"
        )
    return np.array([group in values for group in own], dtype=bool)


def _prior(
    prior: str | pd.Series,
    prior_words: float | None,
    names: Any,
    pooled: Floats,
    words: float,
) -> tuple[Floats, float]:
    """Return how many occurrences of each term, and how many words, the prior represents."""
    size = words if prior_words is None else prior_words
    if not size > 0:
        raise ValueError(f"the prior has a weight of {size} words; set prior_words above 0")
    if isinstance(prior, str):
        if prior != "pooled":
            raise ValueError(f"prior is {prior!r}; use 'pooled' or counts indexed by term")
        return pooled * size / words, size
    positive = prior[prior > 0]
    if not len(positive) or (prior < 0).any() or not prior.index.is_unique:
        raise ValueError(
            "a prior needs one count or frequency for each term, none negative and some above 0"
        )
    share = positive.reindex(names).fillna(positive.min()).to_numpy(np.float64) / positive.sum()
    return share * size, size
