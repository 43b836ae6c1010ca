"""Where themes meet: in the same sentence or exchange, or near each other, against chance that keeps their bursts.

A theme comes in runs: who speaks of a machine in one sentence often does in the next. Tests that
take sentences as independent (Fisher's exact test) then find meetings where there are none:
benchmarks/cooccurrence.md says how often. So chance here means the same two themes with their runs
as they are, laid beside each other anywhere: the sequence of each is turned round by a random
number of units within its interview: a circular shift, in one dimension the toroidal shift of
Lotwick & Silverman (1982), doi:10.1111/j.2517-6161.1982.tb01221.x.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SENTENCE = ("interview", "utterance", "sentence")
_ALPHA = 0.05
# Statistics that are equal on paper may differ in their last bits.
_SAME = 1e-9


def co_occurrence(
    units: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    keys: Sequence[str] = SENTENCE,
    themes: Sequence[str] | None = None,
    level: float = 0.95,
    independent: bool = True,
    shifts: int = 1999,
    seed: int = 1,
) -> pd.DataFrame:
    """Count for each pair of themes the units that have both, and compare with what chance would give.

    Parameters
    ----------
    units : a row for each unit that could have been coded, one voice or more, with the columns
        `keys`, the first of which is the interview, in which units are in reading order by the
        others. Units without any theme belong here.
    codings : a row for each coding, with the columns `keys` and `theme`; a theme that is coded
        twice in a unit counts once. Codings of other units are left out.
    keys : the columns that name a unit: sentences, or ("interview", "exchange"), of
        `analysis.themes.coding.sentences`.
    themes : which themes, in which order; otherwise those in `codings`, by name.
    level : of the interval of the odds ratio.
    independent : whether what takes units as independent, the odds ratio, its interval and Fisher's
        test, is computed, which takes longest; NaN otherwise.
    shifts : how many times the sequences are turned for the test of the family; 0 for none.
    seed : of the random generator.

    Returns
    -------
    DataFrame with a row for each pair, the highest ratio first (undefined last), ties by name:

    - `first`, `second` (str); `units` (int64); `both`, `only_first`, `only_second`, `neither`
      (int64: units).
    - `expected` (float64): units with both if the themes were independent within each interview,
      the sum over interviews of n1 n2 / n. `ratio`: both / expected, 2 = twice as often as chance;
      NaN where a theme is nowhere.
    - `odds_ratio`, `odds_ratio_low`, `odds_ratio_high` (float64): conditional maximum likelihood
      estimate from all units together, with its exact interval (Fisher 1935;
      scipy.stats.contingency); 0 or inf where a cell is empty. `p_fisher`: two-sided. Both take
      units as independent, which they are not, and the interviews as one: for reference only.
    - `alignments`, `as_many` (float64): in how many ways one theme's sequence can be laid beside
      the other's, and in how many of them so many units or more have both. All are counted, none is
      drawn. `p`: as_many / alignments, one-sided; near 1 the themes keep apart. It is never 0,
      because what is observed is one of the alignments.
    - `p_max_t`: the same for all pairs as a family, by the largest standardised statistic of any
      pair in each of the drawn shifts, (b + 1) / (m + 1) (single-step max-T, Westfall & Young 1993;
      Phipson & Smyth 2010, doi:10.2202/1544-6115.1585), never below p. NaN without shifts.
    - `p_least` (float64): the smallest p these sequences can give, at the most units with both that
      any alignment has. Where it is above 0.05, no test could find anything.
    - `ratio_needed` (float64): the smallest ratio that has p <= 0.05 alone: what could be found at
      all. A true ratio of this size is found about every second time. inf where none has.

    Raises
    ------
    ValueError
        If a column is missing, a unit is in the table twice, or an option is out of range.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": 0, "sentence": range(20)})
    >>> codings = pd.DataFrame({"sentence": [3, 4, 5, 3, 4, 5], "theme": ["x"] * 3 + ["y"] * 3})
    >>> table = co_occurrence(units, codings.assign(interview="a", utterance=0))
    >>> table[["first", "second", "both", "neither", "expected", "ratio", "p"]].round(2).values.tolist()
    [['x', 'y', 3, 17, 0.45, 6.67, 0.05]]
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it lies between 0 and 1, such as 0.95.")
    names, sequences = _sequences(units, codings, keys, themes, shifts)
    pairs = list(combinations(range(len(names)), 2))
    rows = [_table(names, sequences, pair, level if independent else None) for pair in pairs]
    table = pd.DataFrame(rows, columns=_COUNTS)
    observed = table["both"].to_numpy(dtype=float)
    draws = _turns(sequences, shifts, seed)
    drawn = (
        np.stack([_meetings(sequences, draws, pair) for pair in pairs], axis=1)
        if pairs
        else np.empty((shifts, 0))
    )
    table = table.assign(**_tested(observed, drawn, more=True))
    alignments = [_alignments(sequences, pair) for pair in pairs]
    table["alignments"] = [ways.sum() for ways in alignments]
    table["as_many"] = [
        ways[both:].sum() for ways, both in zip(alignments, table["both"], strict=True)
    ]
    table["p"] = table["as_many"] / table["alignments"]
    table["p_least"] = [ways[np.flatnonzero(ways)[-1]] / ways.sum() for ways in alignments]
    table["p_max_t"] = table[["p", "p_max_t"]].max(axis=1, skipna=False)
    needed = np.array([_needed(ways) for ways in alignments])
    possible = np.minimum(table["both"] + table["only_first"], table["both"] + table["only_second"])
    expected = table["expected"].where(table["expected"] > 0)
    table["ratio"] = table["both"] / expected
    table["ratio_needed"] = (
        pd.Series(needed, dtype="float64").where(pd.Series(needed) <= possible, np.inf) / expected
    )
    texts = {"first": "str", "second": "str"}
    table = table[
        [*_COUNTS[:8], "ratio", *_COUNTS[8:], "alignments", "as_many", *_TESTS, "ratio_needed"]
    ].astype(texts)
    return table.sort_values(
        ["ratio", "first", "second"], ascending=[False, True, True], ignore_index=True
    )


def distances(
    units: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    keys: Sequence[str] = SENTENCE,
    themes: Sequence[str] | None = None,
    shifts: int = 1999,
    seed: int = 1,
) -> pd.DataFrame:
    """Measure how far it is from each unit with one theme to the nearest unit with another.

    The nearest neighbour of point patterns (the cross-type G function, Diggle 2013, Statistical
    Analysis of Spatial and Spatio-Temporal Point Patterns, chapter 4, by its mean), in units of one
    interview; a unit that has both themes has distance 0. It sees themes that answer each other a
    sentence later, which `co_occurrence` does not.

    Parameters
    ----------
    units, codings, keys, themes, shifts, seed : as for `co_occurrence`.

    Returns
    -------
    DataFrame with a row for each ordered pair: `theme`, `nearest` (str), `measured` (int64: units
    with the theme, in interviews that have the other at all), `distance` (float64: their mean
    distance in units; NaN where there are none), `expected` (float64: mean over the shifts), `p`
    (float64: share of the shifts with so short a distance, or shorter, (b + 1) / (m + 1)),
    `p_max_t` (of all pairs as a family), `p_least`. Smallest p first, ties by name.

    Raises
    ------
    ValueError
        As `co_occurrence`.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": 0, "sentence": range(20)})
    >>> codings = pd.DataFrame({"sentence": [3, 9, 4, 10], "theme": ["x", "x", "y", "y"]})
    >>> table = distances(units, codings.assign(interview="a", utterance=0))
    >>> table[["theme", "nearest", "measured", "distance"]].values.tolist()
    [['x', 'y', 2, 1.0], ['y', 'x', 2, 1.0]]
    """
    names, sequences = _sequences(units, codings, keys, themes, shifts)
    pairs = list(permutations(range(len(names)), 2))
    draws = _turns(sequences, shifts, seed)
    still = [np.zeros((1, len(names)), dtype=np.int64) for _ in sequences]
    observed, measured = np.full(len(pairs), np.nan), np.zeros(len(pairs), dtype=np.int64)
    drawn = np.full((shifts, len(pairs)), np.nan)
    for column, pair in enumerate(pairs):
        where = [
            number for number, rows in enumerate(sequences) if rows[:, list(pair)].any(axis=0).all()
        ]
        measured[column] = sum(int(sequences[number][:, pair[0]].sum()) for number in where)
        if measured[column]:
            chosen = [sequences[number] for number in where]
            observed[column] = (
                _paths(chosen, [still[number] for number in where], pair)[0] / measured[column]
            )
            if shifts:
                drawn[:, column] = (
                    _paths(chosen, [draws[number] for number in where], pair) / measured[column]
                )
    table = pd.DataFrame(
        {
            "theme": [names[a] for a, _ in pairs],
            "nearest": [names[b] for _, b in pairs],
            "measured": measured,
            "distance": observed,
            "expected": drawn.mean(axis=0) if shifts else np.nan,
        }
    ).astype({"theme": "str", "nearest": "str"})
    table = table.assign(**_tested(observed, drawn, more=False))
    return table.sort_values(["p", "theme", "nearest"], ignore_index=True)


_COUNTS = (
    "first second units both only_first only_second neither expected odds_ratio odds_ratio_low"
    " odds_ratio_high p_fisher"
).split()
_TESTS = ["p", "p_max_t", "p_least"]


def _sequences(
    units: pd.DataFrame,
    codings: pd.DataFrame,
    keys: Sequence[str],
    themes: Sequence[str] | None,
    shifts: int,
) -> tuple[list[str], list[Flags]]:
    """Say for each interview, unit by unit in reading order, which themes it has."""
    keys = list(keys)
    if shifts < 0:
        raise ValueError(f"shifts is {shifts}: it is a number of shifts, 0 or more.")
    for name, table, wanted in (("units", units, keys), ("codings", codings, [*keys, "theme"])):
        if lost := [column for column in wanted if column not in table]:
            raise ValueError(
                f"{name} has no column {', '.join(lost)}: give it, or name other keys."
            )
    if units.duplicated(keys).any():
        twice = units.loc[units.duplicated(keys), keys].iloc[0].to_dict()
        raise ValueError(f"units has a unit twice: {twice}. Give each once.")
    names = sorted(codings["theme"].unique()) if themes is None else list(dict.fromkeys(themes))
    ordered = units[keys].sort_values(keys, ignore_index=True)
    place = pd.Series(ordered.index, index=pd.MultiIndex.from_frame(ordered))
    row = place.reindex(pd.MultiIndex.from_frame(codings[keys])).to_numpy(dtype=float)
    column = pd.Index(names).get_indexer(codings["theme"])
    known = ~np.isnan(row) & (column >= 0)
    has = np.zeros((len(ordered), len(names)), dtype=bool)
    has[row[known].astype(np.int64), column[known]] = True
    code, _ = pd.factorize(ordered[keys[0]])
    return names, [has[code == number] for number in range(int(code.max(initial=-1)) + 1)]


def _turns(sequences: list[Flags], shifts: int, seed: int) -> list[Ints]:
    """Draw how far each theme's sequence is turned in each interview: a row for each shift."""
    generator = np.random.default_rng(seed)
    return [generator.integers(0, len(rows), size=(shifts, rows.shape[1])) for rows in sequences]


def _meetings(sequences: list[Flags], draws: list[Ints], pair: tuple[int, int]) -> Floats:
    """Count the units with both themes after each shift, of all interviews together."""
    total: Floats = np.zeros(len(draws[0]) if draws else 0)
    for rows, turned in zip(sequences, draws, strict=True):
        # How many meet depends on how far one is turned against the other: all of that by one
        # correlation.
        spectra = np.fft.rfft(rows[:, list(pair)].astype(np.float64), axis=0)
        counts = np.rint(np.fft.irfft(np.conj(spectra[:, 0]) * spectra[:, 1], n=len(rows)))
        total += counts[(turned[:, pair[0]] - turned[:, pair[1]]) % len(rows)]
    return total


def _alignments(sequences: list[Flags], pair: tuple[int, int]) -> Floats:
    """Count the ways to lay one theme beside the other, by how many units then have both (0, 1, 2 …)."""
    ways: Floats = np.ones(1)
    for rows in sequences:
        spectra = np.fft.rfft(rows[:, list(pair)].astype(np.float64), axis=0)
        counts = np.rint(np.fft.irfft(np.conj(spectra[:, 0]) * spectra[:, 1], n=len(rows))).astype(
            np.int64
        )
        # The interviews are turned each for itself, so their numbers add up and their ways
        # multiply.
        ways = np.convolve(ways, np.bincount(counts).astype(np.float64))
    return ways


def _paths(sequences: list[Flags], draws: list[Ints], pair: tuple[int, int]) -> Floats:
    """Sum the distances from each unit with the first theme to the nearest with the second, after each shift."""
    total: Floats = np.zeros(len(draws[0]))
    for rows, turned in zip(sequences, draws, strict=True):
        size = len(rows)
        here, there = np.flatnonzero(rows[:, pair[0]]), np.flatnonzero(rows[:, pair[1]])
        # Distance does not wrap round, so both shifts matter; each pair of them is measured once.
        both, back = np.unique(turned[:, list(pair)], axis=0, return_inverse=True)
        sums = np.empty(len(both))
        for number, (one, other) in enumerate(both):
            from_, to = (here + one) % size, np.sort((there + other) % size)
            after = np.searchsorted(to, from_)
            right = np.where(after < len(to), to[np.minimum(after, len(to) - 1)] - from_, size)
            left = np.where(after > 0, from_ - to[after - 1], size)
            sums[number] = np.minimum(left, right).sum()
        total += sums[back.ravel()]
    return total


def _table(
    names: list[str], sequences: list[Flags], pair: tuple[int, int], level: float | None
) -> list[Any]:
    """Count the four cells of one pair, and what chance expects in the first."""
    a, b = pair
    rows = np.concatenate(sequences) if sequences else np.zeros((0, len(names)), dtype=bool)
    one, other = rows[:, a], rows[:, b]
    cells = [
        int((x & y).sum()) for x, y in ((one, other), (one, ~other), (~one, other), (~one, ~other))
    ]
    expected = sum(
        float(part[:, a].sum()) * float(part[:, b].sum()) / len(part) for part in sequences
    )
    ratio: list[float] = [np.nan] * 3
    p = np.nan
    if level is not None and 0 < one.sum() < len(rows) and 0 < other.sum() < len(rows):
        from scipy import stats

        found = stats.contingency.odds_ratio(np.array(cells).reshape(2, 2), kind="conditional")
        interval = found.confidence_interval(level)
        ratio = [found.statistic, interval.low, interval.high]
        p = stats.fisher_exact(np.array(cells).reshape(2, 2)).pvalue
    return [names[a], names[b], len(rows), *cells, expected, *ratio, p]


def _tested(observed: Floats, drawn: Floats, *, more: bool) -> dict[str, Floats]:
    """Compare what is seen with what the shifts give, pair by pair (columns) and as a family."""
    times = len(drawn)
    nothing = np.full(len(observed), np.nan)
    if not times or not len(observed):
        return dict.fromkeys(_TESTS, nothing)
    sign = 1.0 if more else -1.0
    seen, chance = sign * observed, sign * drawn
    spread = chance.std(axis=0)
    alone = (1 + (chance >= seen - _SAME).sum(axis=0)) / (1 + times)
    best = np.fmax(chance.max(axis=0), seen)
    least = (1 + (chance >= best - _SAME).sum(axis=0)) / (1 + times)
    # A pair that no shift changes has no test, and no part in the family.
    moves = spread > _SAME
    family = nothing.copy()
    if moves.any():
        mean = chance.mean(axis=0)[moves]
        largest = ((chance[:, moves] - mean) / spread[moves]).max(axis=1)
        standing = (seen[moves] - mean) / spread[moves]
        family[moves] = (1 + (largest[:, None] >= standing - _SAME).sum(axis=0)) / (1 + times)
    undefined = np.isnan(observed)
    family[~moves & ~undefined] = 1.0
    return {
        "p": np.where(undefined, np.nan, alone),
        "p_max_t": family,
        "p_least": np.where(undefined, np.nan, least),
    }


def _needed(ways: Floats) -> float:
    """Return the smallest count that has p <= 0.05; inf where too many alignments reach every count."""
    p = ways[::-1].cumsum()[::-1] / ways.sum()
    reached = np.flatnonzero((p <= _ALPHA) & (ways[::-1].cumsum()[::-1] > 0))
    return float(reached[0]) if len(reached) else np.inf
