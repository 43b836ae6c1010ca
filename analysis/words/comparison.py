"""Keyness: which words set two sides apart, by how much, and how sure one can be at this length.

Effect sizes come first, each with an interval; then the evidence, word by word and for the whole
family of words. What is not calibrated at which length, benchmarks/calibration.md says in numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, special

from analysis.statistics import FEWEST_UTTERANCES, design_effect, permutation_test, split_interval

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Coded = Callable[[str], tuple[Codes, npt.NDArray[Any]]]
# A side: a value of the grouping column, several of them, or a mask over the rows.
Side = Any


def keyness(
    tokens: pd.DataFrame,
    target: Side,
    reference: Side = None,
    *,
    by: str = "interview",
    unit: str = "term",
    cluster: Sequence[str] = ("interview", "utterance"),
    prior: str | pd.Series = "pooled",
    prior_words: float | None = None,
    minimum: int = 1,
    level: float = 0.95,
    intervals: bool = True,
    permutations: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare the words of a target with those of a reference.

    Positive values mean more frequent in the target. Exchanging target and reference flips every
    sign and mirrors every interval; the order of the rows of `tokens` changes nothing.

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
        (0: not at all), and the seed for it.

    Returns
    -------
    DataFrame with a row for each term, highest log ratio first, ties by name:

    - `term`.
    - `count_target`, `count_reference` (int64), `rate_target`, `rate_reference` (float64):
      occurrences, and occurrences per 1,000 words of the side.
    - `utterances_target`, `utterances_reference` (int64): range, the number of utterances that have
      the term.
    - `log_ratio` (float64, in doublings: 1 = twice the rate): log2 of the ratio of the rates; a
      count of 0, and only a 0, is taken as 0.5 (Hardie 2014, Log Ratio: an informal introduction,
      CASS).
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
      control of the whole family (`permutation_test`). NaN without permutations.
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
    >>> words = pd.DataFrame({"interview": ["a"] * 10 + ["b"] * 10, "utterance": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4] * 2})
    >>> words["term"] = ["x", "y", "x", "y", "x", "y", "x", "y"] + ["y"] * 12
    >>> table = keyness(words, "a", "b", permutations=0)
    >>> table[["term", "count_target", "count_reference", "log_ratio", "log_ratio_low"]].round(2).values.tolist()
    [['x', 4, 0, 3.0, -1.01], ['y', 6, 10, -0.74, -2.52]]
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it lies between 0 and 1, such as 0.95.")
    names, counts, lengths, side = _count(tokens, target, reference, by, unit, cluster, minimum)
    if intervals or permutations:
        _refuse_too_few(side, target, reference)
    sides = np.stack([side, ~side], axis=1).astype(np.float64)
    (in_target, in_reference), words = (counts @ sides).T, lengths @ sides
    rows_of = counts.sign() @ sides
    alpha, alpha_0 = _prior(prior, prior_words, names, in_target + in_reference, words.sum())
    sizes = in_target, words[0], in_reference, words[1]
    odds, z = log_odds(*sizes, alpha, alpha_0)
    g2 = g2_four_cell(*sizes)
    p = special.chdtrc(1, g2)
    undefined = np.full((4, len(names)), np.nan)
    tests = (
        permutation_test(counts, lengths, side, permutations, seed)
        if permutations
        else undefined[:2]
    )
    effect, ends = undefined[0], undefined
    if intervals:
        effect, freedom = design_effect(counts, lengths, side)
        ends = _interval_ends(
            *sizes, alpha, alpha_0, split_interval(in_target, in_reference, effect, freedom, level)
        )
    table = pd.DataFrame(
        {
            "term": names,
            "count_target": in_target.astype(np.int64),
            "count_reference": in_reference.astype(np.int64),
            "rate_target": 1000 * in_target / words[0],
            "rate_reference": 1000 * in_reference / words[1],
            "utterances_target": rows_of[:, 0].astype(np.int64),
            "utterances_reference": rows_of[:, 1].astype(np.int64),
            "log_ratio": log_ratio(*sizes),
            "log_ratio_low": ends[0],
            "log_ratio_high": ends[1],
            "log_odds": odds,
            "log_odds_low": ends[2],
            "log_odds_high": ends[3],
            "log_odds_z": z,
            "g2_two_cell": g2_two_cell(*sizes),
            "g2_four_cell": g2,
            "p": p,
            "q": benjamini_hochberg(p),
            "p_permutation": tests[0],
            "p_max_t": tests[1],
            "design_effect": effect,
        }
    )
    # Terms are in the order of their names, so a stable sort breaks ties by name.
    return table.take(np.argsort(-table["log_ratio"].to_numpy(), kind="stable")).reset_index(
        drop=True
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
    more = _rate_found(
        rate, np.full_like(rate, 1000.0), needed, words_target, expected, words_reference
    )
    less = _rate_found(rate, np.zeros_like(rate), needed, words_target, expected, words_reference)
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
    """Return the mean design effect of a table of `keyness`, weighted by the counts: that of a usual occurrence.

    Examples
    --------
    >>> table = pd.DataFrame({"count_target": [3, 1], "count_reference": [0, 0], "design_effect": [1.0, 2.0]})
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


def log_ratio(
    target: Floats, words_target: float, reference: Floats, words_reference: float
) -> Floats:
    """Return log2 of the ratio of two rates; a count of 0, and only a 0, is taken as 0.5 (Hardie 2014).

    Examples
    --------
    >>> log_ratio(np.array([4.0, 1.0]), 100, np.array([1.0, 0.0]), 100).tolist()
    [2.0, 1.0]
    """
    rates = (
        np.where(target > 0, target, 0.5) / words_target,
        np.where(reference > 0, reference, 0.5) / words_reference,
    )
    return np.log2(rates[0]) - np.log2(rates[1])


def log_odds(
    target: Floats,
    words_target: float,
    reference: Floats,
    words_reference: float,
    alpha: Floats,
    alpha_0: float,
) -> tuple[Floats, Floats]:
    """Return the log-odds ratio with an informative Dirichlet prior, and the same over its standard deviation.

    Monroe, Colaresi & Quinn 2008 (doi:10.1093/pan/mpn018); natural logarithm. `alpha` is the
    prior's count of each term, `alpha_0` that of all words. NaN where a side consists of one word
    alone.

    Examples
    --------
    >>> odds, z = log_odds(np.array([3.0]), 10, np.array([1.0]), 10, np.array([1.0]), 10)
    >>> odds.round(4).tolist(), z.round(4).tolist()
    ([0.8109], [0.9364])
    """
    posterior = target + alpha, reference + alpha
    rest = words_target + alpha_0 - posterior[0], words_reference + alpha_0 - posterior[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(posterior[0] / rest[0]) - np.log(posterior[1] / rest[1])
    odds = np.where((rest[0] > 0) & (rest[1] > 0), odds, np.nan)
    return odds, odds / np.sqrt(1 / posterior[0] + 1 / posterior[1])


def g2_two_cell(
    target: Floats, words_target: float, reference: Floats, words_reference: float
) -> Floats:
    """Return the log-likelihood of the occurrences alone (Rayson & Garside 2000, doi:10.3115/1117729.1117730).

    Examples
    --------
    >>> g2_two_cell(np.array([2.0, 1.0]), 10, np.array([0.0, 1.0]), 10).round(4).tolist()
    [2.7726, 0.0]
    """
    words = words_target + words_reference
    expected = (
        (target + reference) * words_target / words,
        (target + reference) * words_reference / words,
    )
    return np.maximum(
        2 * (_likelihood(target, expected[0]) + _likelihood(reference, expected[1])), 0
    )


def g2_four_cell(
    target: Floats, words_target: float, reference: Floats, words_reference: float
) -> Floats:
    """Return the log-likelihood of occurrences and all other words (Dunning 1993), without a correction.

    Examples
    --------
    >>> g2_four_cell(np.array([2.0, 1.0]), 10, np.array([0.0, 1.0]), 10).round(4).tolist()
    [2.9953, 0.0]
    """
    others = words_target - target, words_reference - reference
    # The two-cell form of all other words is the other half of the table.
    return g2_two_cell(target, words_target, reference, words_reference) + g2_two_cell(
        others[0], words_target, others[1], words_reference
    )


def benjamini_hochberg(p: Floats) -> Floats:
    """Adjust p values for the share of false ones among those accepted (doi:10.1111/j.2517-6161.1995.tb02031.x).

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(-p)
    ranks = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(p[order] * len(p) / ranks)
    return np.minimum(adjusted, 1)


def _likelihood(observed: Floats, expected: Floats) -> Floats:
    """O ln(O / E), and 0 where nothing is observed or expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(observed > 0, observed * np.log(observed / expected), 0.0)


def _count(
    tokens: pd.DataFrame,
    target: Side,
    reference: Side,
    by: str,
    unit: str,
    cluster: Sequence[str],
    minimum: int,
) -> tuple[npt.NDArray[Any], Any, Floats, Flags]:
    """Count terms by utterance.

    Returns the terms in the order of their names; the counts, a sparse matrix of terms by
    utterances; the words of each utterance; and which utterances are the target's. Utterances are
    in the order of their keys, so nothing depends on the order of the rows.
    """
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
    kept = counts.sum(axis=1) >= max(minimum, 1)
    if not kept.any():
        raise ValueError(f"no {unit} occurs {max(minimum, 1)} times; there is nothing to compare")
    lengths = np.bincount(utterance, minlength=np.count_nonzero(used)).astype(np.float64)
    return names[kept], counts[kept], lengths, is_target[used] > 0


def _interval_ends(
    target: Floats,
    words_target: float,
    reference: Floats,
    words_reference: float,
    alpha: Floats,
    alpha_0: float,
    split: Floats,
) -> Floats:
    """Carry the interval of a term's split to the log ratio (rows 0 and 1) and to the log-odds (rows 2 and 3)."""
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


def _refuse_too_few(side: Flags, target: Side, reference: Side) -> None:
    for role, name, number in (
        ("target", target, side.sum()),
        ("reference", reference, (~side).sum()),
    ):
        if number < FEWEST_UTTERANCES:
            named = f" {name!r}" if isinstance(name, str) else ""
            utterances = "1 utterance" if number == 1 else f"{number} utterances"
            raise ValueError(
                f"the {role}{named} has {utterances}, too few to resample: at least"
                f" {FEWEST_UTTERANCES} are needed; with intervals=False, permutations=0 the effect"
                " sizes stand alone"
            )


def _sorted_codes(column: pd.Series) -> tuple[Codes, npt.NDArray[Any]]:
    """Give the number of each value in the order of the names that occur, -1 for NA; and the names."""
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


def _rate_found(
    near: Floats,
    far: Floats,
    needed: float,
    words_target: float,
    expected: Floats,
    words_reference: float,
) -> Floats:
    """Halve the way between the reference's rate, never found, and the farthest rate; NaN where that is not found."""

    def found(rate: Floats) -> Flags:
        return (
            g2_two_cell(rate * words_target / 1000, words_target, expected, words_reference)
            >= needed
        )

    possible = found(far)
    for _ in range(60):
        middle = (near + far) / 2
        is_found = found(middle)
        near, far = np.where(is_found, near, middle), np.where(is_found, middle, far)
    return np.where(possible, far, np.nan)
