"""Lexical diversity, by measures that are robust to text length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import ceil, comb, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from scipy import special

from analysis.annotation.terms import forms, is_word
from analysis.schemas import TOKEN, UTTERANCE
from analysis.statistics import FEWEST_UTTERANCES
from analysis.words.counts import LEVEL

Numbers = npt.NDArray[np.int64]
# An utterance: its words, as numbers that stand for forms, and the lengths of its sentences.
Utterance = tuple[Numbers, Numbers]

MEASURES = ("mattr", "mtld", "hdd", "sentence_length", "sentence_spread")
# McCarthy & Jarvis (2010): the type-token ratio at which a factor is full, and the words drawn for
# HD-D.
_FACTOR = 0.72
_DRAWS = 42


def lexical_diversity(
    tokens: pd.DataFrame,
    by: Sequence[str] = ("interview",),
    *,
    window: int = 50,
    across: bool = True,
    replicates: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure the lexical diversity of each group, and the length of its sentences.

    The measures count word forms, ignoring case; clitics (do + n’t) and numbers are words,
    punctuation is not:

    - `mattr`: moving-average type-token ratio, the mean share of types in every window of `window`
      consecutive words; 1/window to 1. Covington & McFall (2010), doi:10.1080/09296171003643098.
    - `mtld`: the mean length, in words, of the stretches (factors) over which the type-token ratio
      falls to 0.72; what is left at the end counts as (1 - TTR) / (1 - 0.72) of a factor. The mean
      of reading forwards and backwards; 2 or more. McCarthy & Jarvis (2010),
      doi:10.3758/BRM.42.2.381.
    - `hdd`: HD-D, the expected share of types in 42 words drawn without replacement: the sum over
      types of 1 - C(N - f, 42) / C(N, 42), divided by 42; 1/42 to 1. McCarthy & Jarvis (2007),
      doi:10.1177/0265532207080767.
    - `sentence_length`: mean length of sentences in words, with sentences as spaCy divides them.
      Where an utterance quotes somebody, the rest of that sentence counts as a sentence of its own.
    - `sentence_spread`: standard deviation of that length, in words (divisor n - 1).

    Higher is more varied, or longer. Do not compare the first three between different windows,
    draws or factor sizes, nor between forms and lemmas. Unlike a type-token ratio, they can be
    compared between texts of unequal length, but `mattr` and `mtld` not between texts whose
    utterances differ in length: where utterances are short, windows and factors run over more of
    them and over more subjects, and both rise, even for one speaker. (One simulated speaker
    at the lengths of this study had an expected MATTR of 0.727 and 0.764, MTLD of 47 and 60, HD-D
    of 0.827 and 0.823: benchmarks/diversity.md.) Such texts can be compared by `hdd`, which ignores
    the order of words, and by `mattr` within utterances: `across=False`, with a window shorter than
    most utterances. A difference in `mattr` or `mtld` that neither of these shows comes from the
    length of the utterances. Cutting the longer text into stretches as long as the shorter one does
    not help, because a stretch of long utterances has few subjects.

    The intervals come from leaving out whole utterances, not from drawing them with replacement: an
    utterance drawn twice repeats all its words, so a bootstrap sample is less varied than any text.
    (In the same simulation, percentile intervals of a bootstrap of utterances covered the true HD-D
    of the shorter side in 19 of 100 cases, and these did in 94; for MATTR, 82 and 98; MTLD, 85
    and 97.) The
    method is the delete-d jackknife, Shao & Wu (1989), doi:10.1214/aos/1176347263: d = ⌈√n⌉ of n
    utterances are left out, in all ways or in `replicates` random ones; the variance is (n - d)/d
    times the mean squared deviation of the values from their mean, and the interval is value ±
    t(n - 1) standard errors, cut off at the limits of the measure. Leaving out one utterance at a
    time would not work, because MTLD is not smooth. The interval covers what other utterances of
    the same voice on the same occasion could have given; it treats utterances as independent.

    Parameters
    ----------
    tokens : a table as returned by `annotate`, or all tokens of some utterances; the order of rows
        does not matter.
    by : the columns that define a group; NA is a group too.
    window : words in a window of `mattr`.
    across : whether windows of `mattr` may run on from one utterance into the next; if not,
        utterances shorter than a window are left out.
    replicates : the largest number of sets of utterances to leave out; 0 for no intervals.
    seed : of the random sets. With up to 12 utterances and the default `replicates`, every set is
        left out in turn and nothing is random.

    Returns
    -------
    DataFrame with a row for each group, in the order of the keys' values, and measure, in the order
    above: the columns of `by`, `measure` (str), `value`, `low`, `high`, `standard_error` (float64),
    `words` (int64; of the group), `utterances` (int64; those the value rests on). NaN means
    undefined: `value` with fewer words than a window or 42, without a window inside an utterance,
    for `mtld` if no factor is ever full, for the spread of one sentence; `low`, `high`,
    `standard_error` with fewer than 5 utterances, or if any of the sets kept cannot be measured.

    Raises
    ------
    ValueError
        If an option is out of range.

    Examples
    --------
    >>> words = "a b c a b d a b e a f b a".split()
    >>> tokens = pd.DataFrame(
    ...     {"interview": "x", "utterance": 0, "sentence": 0, "token": range(13), "text": words}
    ... )
    >>> lexical_diversity(tokens, window=5)[["measure", "value"]].round(3).values.tolist()[:2]
    [['mattr', 0.756], ['mtld', 6.5]]
    """
    if window < 1:
        raise ValueError(f"window is {window}; give a number of words, 1 or more.")
    keys = list(by)
    words = tokens[is_word(tokens)].sort_values(TOKEN)
    words = words.assign(form=pd.factorize(forms(words))[0])
    rows = []
    for name, group in words.groupby(keys, dropna=False):
        utterances = _utterances(group)
        values = _measure(utterances, window, across)
        errors = _errors(utterances, window, across, replicates, seed)
        sizes = [len(utterances)] * len(MEASURES)
        if not across:
            # Only utterances as long as a window have one: they are all that this value rests on.
            long = [utterance for utterance in utterances if len(utterance[0]) >= window]
            errors[0], sizes[0] = _errors(long, window, across, replicates, seed)[0], len(long)
        measured = zip(MEASURES, values, errors, sizes, strict=True)
        rows += [(*name, *row, len(group)) for row in measured]
    columns = [*keys, "measure", "value", "standard_error", "utterances", "words"]
    numbers = dict.fromkeys(["value", "standard_error"], "float64")
    numbers |= dict.fromkeys(["utterances", "words"], "int64")
    kept = {key: tokens[key].dtype for key in keys}
    table = pd.DataFrame(rows, columns=columns).astype(kept | {"measure": "str"} | numbers)
    value, error = table["value"], table["standard_error"].where(table["value"].notna())
    half = special.stdtrit(table["utterances"] - 1, (1 + LEVEL) / 2) * error
    # MATTR and HD-D are shares.
    most = np.where(table["measure"].isin(["mattr", "hdd"]), 1, np.inf)
    ends = {"low": (value - half).clip(lower=0), "high": np.minimum(value + half, most)}
    table = table.assign(**ends, standard_error=error)
    columns = ["measure", "value", "low", "high", "standard_error", "words", "utterances"]
    return table[[*keys, *columns]]


def compare_diversity(
    diversity: pd.DataFrame, target: str, reference: str, by: str = "interview"
) -> pd.DataFrame:
    """Compute the difference between two groups in each measure, with its interval.

    Two values can differ although their own intervals overlap; they differ if the interval of their
    difference excludes 0. The two standard errors add in quadrature, with the
    degrees of freedom of Welch (1947), doi:10.1093/biomet/34.1-2.28. Five measures are five chances
    of a false alarm.

    Parameters
    ----------
    diversity : a table as returned by `lexical_diversity`, with one row for each value of `by` and
        measure.
    target, reference : values of `by`; a positive difference means that the target has more.

    Returns
    -------
    DataFrame with a row for each measure, in the order of `lexical_diversity`: `measure` (str),
    `target`, `reference`, `difference`, `low`, `high` (float64, in the unit of the measure). NaN
    where a side is undefined.

    Raises
    ------
    ValueError
        If a side is not in the table, or has several rows for one measure.

    Examples
    --------
    >>> one = {"measure": "hdd", "utterances": 9}
    >>> diversity = pd.DataFrame(
    ...     [
    ...         {"interview": "a", "value": 0.80, "standard_error": 0.03, **one},
    ...         {"interview": "b", "value": 0.85, "standard_error": 0.04, **one},
    ...     ]
    ... )
    >>> compare_diversity(diversity, "b", "a")[["difference", "low", "high"]].round(
    ...     3
    ... ).values.tolist()
    [[0.05, -0.057, 0.157]]
    """
    sides = [target, reference]
    if missing := [name for name in sides if name not in set(diversity[by])]:
        raise ValueError(f"{missing[0]!r} is not in the column {by!r} of the table.")
    wide = diversity[diversity[by].isin(sides)].pivot(index="measure", columns=by)
    wide = wide.reindex(diversity["measure"].unique())
    values, variances = wide["value"], wide["standard_error"] ** 2
    total, difference = variances[target] + variances[reference], values[target] - values[reference]
    parts = variances**2 / (wide["utterances"] - 1)
    degrees = total**2 / (parts[target] + parts[reference])
    half = special.stdtrit(degrees, (1 + LEVEL) / 2) * np.sqrt(total)
    table = {"target": values[target], "reference": values[reference], "difference": difference}
    return pd.DataFrame(table | {"low": difference - half, "high": difference + half}).reset_index()


def _utterances(words: pd.DataFrame) -> list[Utterance]:
    """Split sorted words of one group into their utterances."""
    return [
        (own["form"].to_numpy(), own.groupby("sentence").size().to_numpy())
        for _, own in words.groupby(UTTERANCE)
    ]


def _measure(
    utterances: Sequence[Utterance], window: int, across: bool, whole: bool = True
) -> npt.NDArray[np.float64]:
    """Return the measures of some utterances; MTLD of a whole text needs a full factor."""
    words = np.concatenate([form for form, _ in utterances])
    number = np.repeat(np.arange(len(utterances)), [len(form) for form, _ in utterances])
    sentences = np.concatenate([lengths for _, lengths in utterances])
    spread = sentences.std(ddof=1) if len(sentences) > 1 else np.nan
    diversity = _mattr(words, number, window, across), _mtld(words, whole), _hdd(words)
    return np.array([*diversity, sentences.mean(), spread])


def _errors(
    utterances: list[Utterance], window: int, across: bool, replicates: int, seed: int
) -> npt.NDArray[np.float64]:
    """Return the standard error of each measure by the delete-d jackknife."""
    size = len(utterances)
    if size < FEWEST_UTTERANCES or replicates < 2:
        return np.full(len(MEASURES), np.nan)
    leave = ceil(sqrt(size))
    parts: Iterable[Sequence[int]] = combinations(range(size), size - leave)
    if comb(size, leave) > replicates:
        rng = np.random.default_rng(seed)
        # In reading order: windows and factors run over neighbours.
        drawn = (rng.choice(size, size - leave, replace=False) for _ in range(replicates))
        parts = (sorted(part.tolist()) for part in drawn)
    kept = [
        _measure([utterances[at] for at in part], window, across, whole=False) for part in parts
    ]
    return np.sqrt((size - leave) / leave * np.var(kept, axis=0))


def _last_seen(words: Numbers) -> Numbers:
    """Return the place of each word's previous occurrence, -1 for none."""
    order = np.argsort(words, kind="stable")
    again = words[order][1:] == words[order][:-1]
    last = np.full(len(words), -1)
    last[order[1:][again]] = order[:-1][again]
    return last


def _mattr(words: Numbers, utterance: Numbers, window: int, across: bool) -> float:
    if len(words) < window:
        return np.nan
    # A word adds a type to a window that begins after its previous occurrence.
    first = np.arange(len(words) - window + 1)
    types = (sliding_window_view(_last_seen(words), window) < first[:, None]).sum(axis=1)
    if not across:
        types = types[utterance[first] == utterance[first + window - 1]]
    return float(types.mean() / window) if len(types) else np.nan


def _mtld(words: Numbers, whole: bool) -> float:
    factors = [_factors(way) for way in (words, words[::-1])]
    # Without a full factor, the mean length would be extrapolated from the remainder alone.
    if min(factors) == 0 or (whole and min(factors) < 1):
        return np.nan
    return float(np.mean([len(words) / number for number in factors]))


def _factors(words: Numbers) -> float:
    full, size, types = 0, 0, set[int]()
    for word in words.tolist():
        size += 1
        types.add(word)
        if len(types) / size <= _FACTOR:
            full, size, types = full + 1, 0, set()
    return full + (1 - len(types) / size) / (1 - _FACTOR) if size else float(full)


def _hdd(words: Numbers) -> float:
    size = len(words)
    if size < _DRAWS:
        return np.nan
    counts = np.sort(np.unique(words, return_counts=True)[1])
    never = special.binom(size - counts, _DRAWS) / special.binom(size, _DRAWS)
    return float((1 - never).sum()) / _DRAWS
