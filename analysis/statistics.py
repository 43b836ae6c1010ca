"""Effect sizes, intervals and permutation tests of counts.

Words inside one utterance are not independent: somebody who says “software” once tends to say it
again. Intervals and tests therefore keep utterances whole.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# With fewer, neither a variance between utterances nor a permutation of them is of any use.
FEWEST_UTTERANCES = 5
# Cells of one block, few enough for a processor's cache: bounds the memory, however many types,
# utterances and permutations there are.
_CELLS = 1 << 16
# Cells to permute if no number of permutations is given: about a second's work.
_WORK = 1 << 24
# Statistics that are equal on paper may differ in their last bits.
_SAME = 1e-9


def log_ratio(
    target: Floats, words_target: float, reference: Floats, words_reference: float
) -> Floats:
    """Return log2 of the ratio of two rates; its sign is that of their difference.

    If both counts are positive, this is the Log Ratio of Hardie (2014, Log Ratio: an informal
    introduction, CASS). If one is 0, one occurrence is divided between the counts in proportion to
    the words of the sides: both rates then rise by 1 / (all words), equal rates stay equal, and the
    higher one stays higher. At equal lengths that is half an occurrence per side. Hardie replaces
    only the 0, by 0.5, which at unequal lengths can reverse the sign: a word said once in 900
    words and never in 200 would be called more frequent in the 200 (0.5 / 200 against 1 / 900).

    Examples
    --------
    >>> log_ratio(np.array([4.0, 1.0]), 100, np.array([1.0, 0.0]), 100).round(2).tolist()
    [2.0, 1.58]
    >>> log_ratio(np.array([0.0]), 200, np.array([1.0]), 900).round(2).tolist()
    [-1.15]
    """
    more = np.where((target > 0) & (reference > 0), 0, 1 / (words_target + words_reference))
    return np.log2(target / words_target + more) - np.log2(reference / words_reference + more)


def log_odds(
    target: Floats,
    words_target: float,
    reference: Floats,
    words_reference: float,
    alpha: Floats,
    alpha_0: float,
) -> tuple[Floats, Floats]:
    """Return the log-odds ratio with an informative Dirichlet prior, and its z.

    Monroe, Colaresi & Quinn 2008 (doi:10.1093/pan/mpn018); natural logarithm; z is the log-odds
    ratio over its standard deviation. `alpha` is the prior's count of each term, `alpha_0` that of
    all words. NaN where a side consists of a single word type.

    Examples
    --------
    >>> odds, z = log_odds(np.array([3.0]), 10, np.array([1.0]), 10, np.array([1.0]), 10)
    >>> odds.round(4).tolist(), z.round(4).tolist()
    ([0.8109], [0.9364])
    """
    sides = (target + alpha, words_target + alpha_0), (reference + alpha, words_reference + alpha_0)
    one, other = (
        np.log(count / np.where(words > count, words - count, np.nan)) for count, words in sides
    )
    return one - other, (one - other) / np.sqrt(1 / sides[0][0] + 1 / sides[1][0])


def g2_two_cell(
    target: Floats, words_target: float, reference: Floats, words_reference: float
) -> Floats:
    """Return the log-likelihood of the occurrences alone.

    Rayson & Garside 2000, doi:10.3115/1117729.1117730.

    Examples
    --------
    >>> g2_two_cell(np.array([2.0, 1.0]), 10, np.array([0.0, 1.0]), 10).round(4).tolist()
    [2.7726, 0.0]
    """
    total, words = target + reference, words_target + words_reference
    halves = [
        # What does not occur at all has no ratio.
        own * np.log(np.where(own > 0, own / np.maximum(total * size / words, 1e-300), 1))
        for own, size in ((target, words_target), (reference, words_reference))
    ]
    return np.maximum(2 * sum(halves), 0)


def g2_four_cell(
    target: Floats, words_target: float, reference: Floats, words_reference: float
) -> Floats:
    """Return the log-likelihood of the occurrences and all other words, without a correction.

    Dunning 1993, Computational Linguistics 19, 61-74.

    Examples
    --------
    >>> g2_four_cell(np.array([2.0, 1.0]), 10, np.array([0.0, 1.0]), 10).round(4).tolist()
    [2.9953, 0.0]
    """
    # The two-cell form of all other words is the other half of the table.
    return g2_two_cell(target, words_target, reference, words_reference) + g2_two_cell(
        words_target - target, words_target, words_reference - reference, words_reference
    )


def max_t(observed: Any, drawn: Any) -> Floats:
    """Return the p of each member of a family, from the largest of the family in each draw.

    Single-step max-T (Westfall & Young 1993, Resampling-Based Multiple Testing, Wiley): the chance
    of even one false alarm in the family is controlled, however dependent its members. p is
    (b + 1) / (m + 1) (Phipson & Smyth 2010, doi:10.2202/1544-6115.1585).

    Parameters
    ----------
    observed : the statistic of each member, on one scale.
    drawn : the same when chance alone decides, a row for each draw, a column for each member; or
        only the largest of each draw.

    Examples
    --------
    >>> max_t([3.0, 1.0], [[0.5, 1.0], [2.0, 0.0], [0.0, 0.5]]).tolist()
    [0.25, 0.75]
    """
    drawn = np.asarray(drawn, dtype=np.float64)
    observed = np.asarray(observed, dtype=np.float64)
    largest = np.sort(drawn.max(axis=1) if drawn.ndim > 1 else drawn)
    tolerance = _SAME * np.maximum(np.abs(observed), 1)
    with np.errstate(invalid="ignore"):
        reached = len(largest) - np.searchsorted(largest, observed - tolerance)
    return np.where(np.isnan(observed), np.nan, (1 + reached) / (1 + len(largest)))


def _widening(freedom: Any, tail: float) -> Floats:
    """Return the square of t over z: the price of a variance that is itself estimated."""
    return (special.stdtrit(freedom, 1 - tail) / special.ndtri(1 - tail)) ** 2


def _jeffreys(successes: Floats, failures: Floats, scale: Floats, tail: float) -> Floats:
    """Return Jeffreys' interval for counts over `scale`; it ends at 0 or 1 where a count is 0."""
    shape = successes / scale + 0.5, failures / scale + 0.5
    low = np.where(successes > 0, special.betaincinv(*shape, tail), 0.0)
    high = np.where(failures > 0, special.betaincinv(*shape, 1 - tail), 1.0)
    return np.stack([low, high])


def design_effect(counts: Any, lengths: Floats, target: Flags) -> tuple[Floats, Floats]:
    """Measure how much more a term varies between utterances than independent words would.

    The variance of the log ratio between utterances, divided by that of independent words
    (Poisson). The former is the limit of resampling whole utterances: the infinitesimal jackknife
    (Efron 1982, doi:10.1137/1.9781611970319), times m / (m - 1) for m utterances. Each term has one
    value for both sides, because a word that comes in bursts on one side is likely to do so on the
    other. It is never below 1: in a handful of utterances, evenness beyond chance is itself chance.

    Parameters
    ----------
    counts : sparse matrix, a row for each term, a column for each utterance; every term occurs.
    lengths : words of each utterance.
    target : which utterances are the target's; the others are the reference's.

    Returns
    -------
    The design effects (1 = words vary as if independent, more = bursts) and the degrees of freedom
    behind each: utterances less one, of the sides in which the term occurs.

    Examples
    --------
    >>> from scipy import sparse
    >>> even, burst = [2, 2, 2, 2], [8, 0, 0, 0]
    >>> counts = sparse.csr_array([even + even, burst + even])
    >>> effect, freedom = design_effect(counts, np.full(8, 10.0), np.repeat([True, False], 4))
    >>> effect.tolist(), freedom.tolist()
    ([1.0, 4.0], [6.0, 6.0])
    """
    sides = np.stack([target, ~target], axis=1).astype(np.float64)
    occurrences = counts @ sides
    squares = counts.power(2) @ sides
    products = counts @ (sides * lengths[:, None])
    words, words_squared, utterances = lengths @ sides, lengths**2 @ sides, sides.sum(axis=0)
    rate = occurrences / np.maximum(words, 1)
    residuals = (
        np.maximum(squares - 2 * rate * products + rate**2 * words_squared, 0)
        * utterances
        / (utterances - 1)
    )
    # A side in which a term does not occur adds nothing.
    occurs, divisor = occurrences > 0, np.maximum(occurrences, 1)
    between, poisson = (residuals / divisor**2).sum(axis=1), (occurs / divisor).sum(axis=1)
    return np.maximum(between / poisson, 1), occurs @ (utterances - 1)


def split_interval(
    target: Floats, reference: Floats, effect: Floats, freedom: Floats, level: float
) -> Floats:
    """Bound the share of a term's occurrences that is the target's.

    Jeffreys' interval for a proportion (Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286), for
    counts divided by the design effect (Rao & Scott 1992, doi:10.2307/2532311) and by the square of
    t over z, because the design effect is itself estimated from few utterances (Korn & Graubard
    1998, Survey Methodology 24, 193-201). Given the total, the split of an equally frequent term
    depends on the lengths of the sides alone, so the interval is valid for words chosen
    because they occurred.

    Parameters
    ----------
    target, reference : counts of each term; their sum is positive.
    effect, freedom : as returned by `design_effect`.
    level : of confidence, for instance 0.95.

    Returns
    -------
    Array of two rows, lower and upper bound, 0 to 1. Where a side has no occurrences, its share may
    be 0, so the bound at that end is exactly 0 or 1.

    Examples
    --------
    >>> split_interval(
    ...     np.array([5.0, 1.0]), np.array([5.0, 0.0]), np.ones(2), np.full(2, 18.0), 0.95
    ... ).round(2).tolist()
    [[0.21, 0.12], [0.79, 1.0]]
    """
    tail = (1 - level) / 2
    # Few distinct degrees of freedom: one side, the other, both.
    distinct, position = np.unique(freedom, return_inverse=True)
    return _jeffreys(target, reference, effect * _widening(distinct, tail)[position], tail)


def deal(lengths: Floats, words: float, times: int, generator: np.random.Generator) -> Flags:
    """Assign utterances to a side, in random order, until it has about a given number of words.

    Keeping the number of utterances instead would exchange short ones for long ones: at this
    study's lengths a side's share of the words would jump from 18 to 45%, and rare words would look
    like findings (benchmarks/calibration.md). Assigning by words keeps the sizes of the sides; the
    last utterance is included if more than half of it is still needed. With utterances of equal
    length this is the ordinary permutation.

    Parameters
    ----------
    lengths : words of each utterance.
    words : how many words the side should have.
    times : number of permutations.

    Returns
    -------
    Array of booleans, a row for each utterance, a column for each permutation. At least one
    utterance is on the side.

    Examples
    --------
    >>> lengths = np.array([10.0, 10.0, 10.0, 30.0])
    >>> dealt = deal(lengths, 30.0, 100, np.random.default_rng(1))
    >>> np.unique(lengths @ dealt).tolist()
    [20.0, 30.0, 40.0]
    """
    order = generator.permuted(np.tile(np.arange(len(lengths)), (times, 1)), axis=1)
    ordered = lengths[order]
    taken = ordered.cumsum(axis=1) - ordered / 2 <= words
    taken[:, 0] = True
    dealt = np.empty((times, len(lengths)), dtype=bool)
    np.put_along_axis(dealt, order, taken, axis=1)
    return dealt.T


def permutation_test(
    counts: Any, lengths: Floats, target: Flags, permutations: int | None, seed: int
) -> tuple[Floats, Floats]:
    """Test every term, singly and as one family, by permuting whole utterances.

    The statistic is the two-cell G2, at the lengths the sides have in each permutation. For the
    family, a term is compared with the largest statistic of any term in each permutation (`max_t`).

    Parameters
    ----------
    counts : sparse matrix of integers, a row for each term, a column for each utterance; every term
        occurs.
    lengths : words of each utterance.
    target : which utterances are the target's; the others are the reference's.
    permutations : how many; the smallest possible p is 1 / (permutations + 1), and two runs
        with different seeds differ by about sqrt(2 p (1 - p) / permutations). By default 100,000,
        so that two decimals of any p are stable; fewer for tables so large that this would take
        more than a second or so, but never fewer than 2,000.
    seed : of the random generator.

    Returns
    -------
    p of each term alone, and p of each term in the family. The second is never smaller than the
    first.

    Examples
    --------
    >>> from scipy import sparse
    >>> counts = sparse.csr_array([[3, 2, 4, 3, 2, 0, 0, 0, 0, 0], [1] * 10])
    >>> alone, family = permutation_test(
    ...     counts, np.full(10, 20.0), np.repeat([True, False], 5), 9999, seed=1
    ... )
    >>> alone.round(2).tolist(), family.round(2).tolist()
    ([0.01, 1.0], [0.01, 1.0])
    """
    counts, row = _distinct_rows(counts.astype(np.int32))
    if permutations is None:
        permutations = min(max(_WORK // sum(counts.shape), 2_000), 100_000)
    totals = counts.sum(axis=1).astype(np.int32)
    table = special.xlogy(np.arange(totals.max() + 1), np.arange(totals.max() + 1))
    # The side with fewer words is drawn; if both have the same number, the one with the first
    # utterance. Exchanging target and reference therefore changes nothing.
    side = min((target, ~target), key=lambda one: (lengths @ one, not one[0]))
    observed = _g2(counts, totals, table, lengths, side[:, None])[:, 0]
    reached = observed * (1 - _SAME)
    extreme = np.zeros(len(totals), dtype=np.int64)
    largest = np.empty(permutations)
    generator = np.random.default_rng(seed)
    width = max(1, _CELLS // max(counts.shape))
    for start in range(0, permutations, width):
        stop = min(start + width, permutations)
        dealt = deal(lengths, float(lengths @ side), stop - start, generator)
        statistics = _g2(counts, totals, table, lengths, dealt)
        extreme += np.count_nonzero(statistics >= reached[:, None], axis=1)
        largest[start:stop] = statistics.max(axis=0)
    return ((1 + extreme) / (1 + permutations))[row], max_t(observed, largest)[row]


def _distinct_rows(counts: Any) -> tuple[Any, npt.NDArray[np.int64]]:
    """Return the distinct rows, and which of them each row is: rare terms are often alike."""
    counts.sort_indices()
    keys = [
        counts.indices[start:end].tobytes() + counts.data[start:end].tobytes()
        for start, end in pairwise(counts.indptr)
    ]
    _, first, row = np.unique(np.array(keys, object), return_index=True, return_inverse=True)
    return counts[first], row


def _g2(
    counts: Any, totals: npt.NDArray[np.int32], table: Floats, lengths: Floats, side: Flags
) -> Floats:
    """Return the two-cell G2 of each term (row) in each permutation (column); `table`: k log k."""
    share = lengths @ side / lengths.sum()
    dealt = counts @ side.astype(np.int32)
    statistics = table[dealt]
    statistics += table[totals[:, None] - dealt]
    statistics -= dealt * (np.log(share) - np.log1p(-share))
    statistics -= totals[:, None] * np.log1p(-share)
    statistics -= table[totals][:, None]
    return np.maximum(2 * statistics, 0)


def rate_interval(counts: Any, lengths: Floats, level: float) -> Floats:
    """Bound the rate of each term in one voice.

    Exact Poisson limits of Garwood (1936, doi:10.1093/biomet/28.3-4.437), by way of the gamma
    distribution, on counts divided by the design effect and by the square of t over z, as in
    `split_interval`.

    Parameters
    ----------
    counts : sparse matrix, a row for each term, a column for each utterance; every term occurs.
    lengths : words of each utterance.
    level : of confidence, for instance 0.95.

    Returns
    -------
    Array of two rows, lower and upper bound, occurrences per word. NaN with fewer than 5
    utterances.

    Examples
    --------
    >>> from scipy import sparse
    >>> ends = rate_interval(sparse.csr_array([[2, 2, 2, 2, 2]]), np.full(5, 20.0), 0.95)
    >>> (100 * ends).round(1).tolist()
    [[3.2], [23.4]]
    """
    if len(lengths) < FEWEST_UTTERANCES:
        return np.full((2, counts.shape[0]), np.nan)
    tail = (1 - level) / 2
    effect, _ = design_effect(counts, lengths, np.ones(len(lengths), dtype=bool))
    scale = effect * _widening(len(lengths) - 1, tail)
    occurrences = counts.sum(axis=1) / scale
    bounds = np.stack(
        [special.gammaincinv(occurrences, tail), special.gammaincinv(occurrences + 1, 1 - tail)]
    )
    return bounds * scale / lengths.sum()


def none_interval(words: Floats, utterances: Floats, level: float) -> Floats:
    """Bound the rate of a term that does not occur.

    How frequent could it be and still be missing from so few words? Garwood's upper limit for a
    count of 0, as in `rate_interval`, widened only by the square of t over z: how a missing term
    would bunch is unknown, so the true limit is at least this.

    Parameters
    ----------
    words, utterances : of each voice.
    level : of confidence, for instance 0.95.

    Returns
    -------
    Upper bounds, occurrences per word. NaN with fewer than 5 utterances.

    Examples
    --------
    >>> (1000 * none_interval(np.array([200.0]), np.array([9.0]), 0.95)).round(1).tolist()
    [25.5]
    """
    tail = (1 - level) / 2
    enough = utterances >= FEWEST_UTTERANCES
    freedom = np.where(enough, utterances - 1, np.nan)
    return special.gammaincinv(1, 1 - tail) * _widening(freedom, tail) / words


def share_interval(counts: Floats, sizes: Floats, level: float = 0.95) -> Floats:
    """Bound the share of sentences, or other units, that have some property.

    Jeffreys' interval for a proportion (Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286), for
    counts divided by the design effect of the ratio (linearised variance between utterances over
    the binomial variance, never below 1) and by the square of t over z (Korn & Graubard 1998,
    Survey Methodology 24, 193-201). Where no unit has it, the lower bound is exactly 0; where all
    have it, the upper is 1. The other bound is that of independent units, widened by t alone.

    Parameters
    ----------
    counts : a row for each theme, a column for each utterance: units of the utterance that have
        it.
    sizes : units of each utterance.
    level : of confidence.

    Returns
    -------
    Array of two rows, lower and upper bound, 0 to 1. NaN with fewer than 5 utterances.

    Examples
    --------
    >>> alike, bunched = [1, 1, 1, 1, 1, 1], [2, 2, 2, 0, 0, 0]
    >>> share_interval(np.array([alike, bunched], dtype=float), np.full(6, 2.0)).round(2).tolist()
    [[0.18, 0.09], [0.82, 0.91]]
    """
    utterances = len(sizes)
    if utterances < FEWEST_UTTERANCES:
        return np.full((2, len(counts)), np.nan)
    tail = (1 - level) / 2
    total, carried = sizes.sum(), counts.sum(axis=1)
    share = carried / total
    residuals = counts - share[:, None] * sizes
    between = (residuals**2).sum(axis=1) * utterances / (utterances - 1) / total**2
    binomial = share * (1 - share) / total
    effect = np.maximum(
        np.divide(between, binomial, out=np.ones_like(share), where=binomial > 0), 1
    )
    return _jeffreys(carried, total - carried, effect * _widening(utterances - 1, tail), tail)


def odds_ratio(cells: Any, level: float) -> tuple[float, float, float]:
    """Return the conditional odds ratio of a table of four cells, with its exact interval.

    The odds ratio at which the first cell is as expected, given all margins, and those at which a
    count at least as high, or as low, has probability (1 - level) / 2 (Fisher 1935,
    doi:10.2307/2342435; Cornfield 1956).

    Parameters
    ----------
    cells : four counts: both, the first alone, the second alone, neither.
    level : of the interval.

    Returns
    -------
    The ratio (above 1: together more often than if independent) and the ends of its interval; NaN
    where a margin is 0.

    Examples
    --------
    >>> [round(value, 3) for value in odds_ratio([3, 1, 1, 3], 0.95)]
    [6.408, 0.212, 626.244]
    """
    # The rest of a study does not need scipy.stats, which takes a second to import.
    from scipy.stats import contingency

    found = contingency.odds_ratio(np.reshape(cells, (2, 2)))
    if np.isnan(found.statistic):
        return np.nan, np.nan, np.nan
    return found.statistic, *found.confidence_interval(level)
