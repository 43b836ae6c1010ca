"""Where themes meet: in a sentence, an exchange, or near by, against chance that keeps bursts.

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

from analysis.schemas import EXCHANGE, SENTENCE
from analysis.statistics import Flags, Floats, max_t, odds_ratio

Ints = npt.NDArray[np.int64]
Pair = tuple[int, int]

_ALPHA = 0.05
# Statistics that are equal on paper may differ in their last bits.
_SAME = 1e-9
# Whole numbers above this are not exact in float64.
_EXACT = 2**53


def co_occurrence(
    units: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    keys: Sequence[str] = tuple(SENTENCE),
    gather: str | None = None,
    themes: Sequence[str] | None = None,
    level: float = 0.95,
    independent: bool = True,
    shifts: int = 1999,
    seed: int = 1,
) -> pd.DataFrame:
    """Count for each pair of themes the units that have both, and compare with chance.

    Parameters
    ----------
    units : a row for each unit that could have been coded, one voice or more, with the columns
        `keys`, the first of which is the interview, in which units are in reading order by the
        others. Units without any theme belong here.
    codings : a row for each coding, with the columns `keys` and `theme`; a theme that is coded
        twice in a unit counts once. Codings of other units are left out.
    keys : the columns that name a unit: sentences, or ("interview", "exchange"), of
        `analysis.themes.coding.sentences`.
    gather : a column of `units`, such as "exchange", whose values are counted in place of units: a
        group has a theme where one of its units has it. Chance then turns the units of the first
        theme before they are gathered, beside the second as it is, so that groups keep their
        lengths: a long answer has a theme more easily than a short one.
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
      (int64: units, or groups of them).
    - `expected` (float64): units with both in the mean of all alignments; without `gather` that is
      what independence within each interview gives, the sum over interviews of n1 n2 / n.
      `ratio`: both / expected, 2 = twice as often as chance; NaN where a theme is nowhere.
    - `odds_ratio`, `odds_ratio_low`, `odds_ratio_high` (float64): conditional maximum likelihood
      estimate from all units together, with its exact interval (Fisher 1935;
      scipy.stats.contingency); 0 or inf where a cell is empty. `p_fisher`: two-sided. Both take
      units as independent, which they are not, and the interviews as one: for reference only.
    - `alignments`, `as_many` (float64): in how many ways one theme's sequence can be laid beside
      the other's, and in how many of them so many units or more have both. All are counted, none
      is drawn. `p`: as_many / alignments, one-sided; near 1 the themes keep apart. It is never 0,
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
    >>> table[["first", "second", "both", "neither", "expected", "p"]].round(2).values.tolist()
    [['x', 'y', 3, 17, 0.45, 0.05]]
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it lies between 0 and 1, such as 0.95.")
    names, sequences, groups = _sequences(units, codings, keys, themes, shifts, gather)
    draws = _turns(sequences, shifts, seed)
    rows, drawn = [], [np.empty((shifts, 0))]
    for pair in combinations(range(len(names)), 2):
        cells = _cells(sequences, groups, pair)
        tables = [
            meetings(rows[:, pair[0]], rows[:, pair[1]], group)
            for rows, group in zip(sequences, groups, strict=True)
        ]
        tested = _against_all(tables, int(cells[0]))
        row = {"first": names[pair[0]], "second": names[pair[1]], "units": int(cells.sum())}
        row |= dict(zip(("both", "only_first", "only_second", "neither"), cells, strict=True))
        if gather is None:
            tested["expected"] = _independent(sequences, pair)
        rows.append(row | odds_of(cells, level if independent else None) | tested)
        drawn.append(_turned(tables, draws, pair, shifts)[:, None])
    table = pd.DataFrame(rows, columns=[*_COUNTS, *_TESTS, "needed"])
    observed = table["both"].to_numpy(dtype=float)
    table["p_max_t"] = _family(observed, np.hstack(drawn), more=True)
    table["p_max_t"] = table[["p", "p_max_t"]].max(axis=1, skipna=False)
    expected = table["expected"].where(table["expected"] > 0)
    possible = table["both"] + table[["only_first", "only_second"]].min(axis=1)
    table["ratio"] = table["both"] / expected
    table["ratio_needed"] = table["needed"].where(table["needed"] <= possible, np.inf) / expected
    columns = [*_COUNTS[:8], "ratio", *_COUNTS[8:], *_TESTS, "ratio_needed"]
    table = table[columns].astype({"first": "str", "second": "str"})
    return table.sort_values(
        ["ratio", "first", "second"], ascending=[False, True, True], ignore_index=True
    )


def distances(
    units: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    keys: Sequence[str] = tuple(SENTENCE),
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
    distance in units; NaN where there are none), `expected` (float64: mean over all alignments),
    `alignments`, `as_many` (float64: ways to turn both sequences, and those with so short a
    distance or shorter, counted as in `co_occurrence`), `p`, `p_max_t` (of all pairs as a family,
    from the drawn shifts), `p_least`. Smallest p first, ties by name.

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
    names, sequences, _ = _sequences(units, codings, keys, themes, shifts)
    draws = _turns(sequences, shifts, seed)
    rows, observed, drawn = [], [], [np.empty((shifts, 0))]
    for pair in permutations(range(len(names)), 2):
        where = [at for at, rows in enumerate(sequences) if rows[:, list(pair)].any(axis=0).all()]
        measured = sum(int(sequences[at][:, pair[0]].sum()) for at in where)
        row = {"theme": names[pair[0]], "nearest": names[pair[1]], "measured": measured}
        seen, turned = np.nan, np.full(shifts, np.nan)
        if measured:
            tables = [steps(sequences[at], pair) for at in where]
            seen = float(sum(table[0, 0] for table in tables))
            turned = _turned(tables, [draws[at] for at in where], pair, shifts) / measured
            tested = _against_all(tables, int(seen), more=False)
            row |= tested | {"expected": tested["expected"] / measured}
        rows.append(row | {"distance": seen / measured if measured else np.nan})
        observed.append(rows[-1]["distance"])
        drawn.append(turned[:, None])
    columns = ["theme", "nearest", "measured", "distance", "expected", *_TESTS]
    table = pd.DataFrame(rows, columns=columns).astype({"theme": "str", "nearest": "str"})
    table["p_max_t"] = _family(np.array(observed), np.hstack(drawn), more=False)
    table["p_max_t"] = table[["p", "p_max_t"]].max(axis=1, skipna=False)
    return table.sort_values(["p", "theme", "nearest"], ignore_index=True)


def co_occurrence_by_voice(
    sentences: pd.DataFrame, codings: pd.DataFrame, pair: tuple[str, str]
) -> pd.DataFrame:
    """Count how often two themes meet in the interviewee's sentences, and in the journalist's.

    A film about two things makes everybody who talks of it speak of both. Where they meet in the
    journalist's words as often, a meeting in the interviewee's is no habit of the interviewee's.

    Parameters
    ----------
    sentences : a table as `analysis.themes.sentences` returns it, all voices.
    codings : a table with the keys of a sentence and `theme`.
    pair : two themes.

    Returns
    -------
    DataFrame with a row for each voice and interview: `voice` (str: "interviewee"; "journalist",
    which is the interviewer and the narration; of it "questions and leads", which stand before an
    answer, and "around", the rest), `interviews` (str: "all", or the id of one), and the columns of
    `co_occurrence` from `first` on, without shifts.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(4), "sentence": 0})
    >>> units["role"] = ["narration", "interviewer", "interviewee", "narration"]
    >>> units["exchange"] = [0, 1, 1, 2]
    >>> coded = pd.concat([units[:2].assign(theme="x"), units[1:3].assign(theme="y")])
    >>> table = co_occurrence_by_voice(units, coded, ("x", "y"))
    >>> table.loc[table["interviews"] == "all", ["voice", "units", "both"]].values.tolist()
    [['interviewee', 1, 0], ['journalist', 3, 1], ['questions and leads', 1, 1], ['around', 2, 0]]
    """
    said = sentences["role"].eq("interviewee")
    told = sentences["role"].isin(["interviewer", "narration"])
    exchange = pd.MultiIndex.from_frame(sentences[EXCHANGE])
    before = told & exchange.isin(exchange[said])
    voices = {
        "interviewee": said,
        "journalist": told,
        "questions and leads": before,
        "around": told & ~before,
    }
    tables = []
    for voice, rows in voices.items():
        own = sentences[rows]
        talks = list(own["interview"].unique())
        for name in ["all", *(talks if len(talks) > 1 else [])]:
            part = own if name == "all" else own[own["interview"] == name]
            table = co_occurrence(part, codings, themes=pair, shifts=0)
            tables.append(table.assign(voice=voice, interviews=name))
    table = pd.concat(tables, ignore_index=True).astype({"voice": "str", "interviews": "str"})
    columns = ["voice", "interviews", *table.columns.drop(["voice", "interviews", "p_max_t"])]
    return table[columns]


_COUNTS = (
    "first second units both only_first only_second neither expected odds_ratio odds_ratio_low"
    " odds_ratio_high p_fisher"
).split()
_TESTS = ["alignments", "as_many", "p", "p_max_t", "p_least"]


def _sequences(
    units: pd.DataFrame,
    codings: pd.DataFrame,
    keys: Sequence[str],
    themes: Sequence[str] | None,
    shifts: int,
    gather: str | None = None,
) -> tuple[list[str], list[Flags], list[Ints | None]]:
    """Say for each interview, unit by unit in reading order, which themes it has, and its group."""
    keys, also = list(keys), [] if gather is None else [gather]
    if shifts < 0:
        raise ValueError(f"shifts is {shifts}: it is a number of shifts, 0 or more.")
    wanted = ("units", units, [*keys, *also]), ("codings", codings, [*keys, "theme"])
    for name, table, columns in wanted:
        if lost := [column for column in columns if column not in table]:
            raise ValueError(
                f"{name} has no column {', '.join(lost)}: give it, or name other keys."
            )
    if units.duplicated(keys).any():
        twice = units.loc[units.duplicated(keys), keys].iloc[0].to_dict()
        raise ValueError(f"units has a unit twice: {twice}. Give each once.")
    names = sorted(codings["theme"].unique()) if themes is None else list(dict.fromkeys(themes))
    ordered = units.sort_values(keys, ignore_index=True)
    row = pd.MultiIndex.from_frame(ordered[keys]).get_indexer(
        pd.MultiIndex.from_frame(codings[keys])
    )
    column = pd.Index(names).get_indexer(codings["theme"])
    known = (row >= 0) & (column >= 0)
    has = np.zeros((len(ordered), len(names)), dtype=bool)
    has[row[known], column[known]] = True
    rows = ordered.groupby(keys[0]).indices.values()
    groups = [
        None if gather is None else pd.factorize(ordered[gather].iloc[own])[0] for own in rows
    ]
    return names, [has[own] for own in rows], groups


def _turns(sequences: list[Flags], shifts: int, seed: int) -> list[Ints]:
    """Draw how far each theme's sequence is turned in each interview: a row for each shift."""
    generator = np.random.default_rng(seed)
    return [generator.integers(0, len(rows), size=(shifts, rows.shape[1])) for rows in sequences]


def _turned(tables: list[Ints], draws: list[Ints], pair: Pair, shifts: int) -> Floats:
    """Look up what each drawn shift gives, summed over the interviews."""
    total: Floats = np.zeros(shifts)
    for table, turned in zip(tables, draws, strict=True):
        one, other = turned[:, pair[0]], turned[:, pair[1]]
        total += table[one, other] if table.ndim > 1 else table[(one - other) % len(table)]
    return total


def meetings(first: Flags, second: Flags, group: Ints | None = None) -> Ints:
    """Count the units, or the groups of units, with both themes for every turn of the first."""
    turned, fixed = every_turn(first), second[None]
    if group is not None:
        turned, fixed = gathered(turned, group), gathered(fixed, group)
    return np.asarray((turned & fixed).sum(axis=1))


def steps(rows: Flags, pair: Pair) -> Ints:
    """Sum the distances from the first theme to the nearest second, for every turn of each.

    Distance does not wrap round, so both turns matter: a row for the first, a column for the
    second.
    """
    size, place = len(rows), np.arange(len(rows))
    there = every_turn(rows[:, pair[1]])
    before = np.maximum.accumulate(np.where(there, place, -size), axis=1)
    after = np.minimum.accumulate(np.where(there, place, 2 * size)[:, ::-1], axis=1)[:, ::-1]
    nearest = np.minimum(place - before, after - place).astype(np.float64)
    here = np.conj(np.fft.rfft(rows[:, pair[0]].astype(np.float64)))
    sums = np.fft.irfft(np.fft.rfft(nearest, axis=1) * here, n=size, axis=1)
    return np.rint(sums).astype(np.int64).T


def every_turn(has: Flags) -> Flags:
    """Write a sequence turned by 0, 1, 2 … units, a row each."""
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([has, has]), len(has))
    return windows[len(has) : 0 : -1]


def gathered(has: Flags, group: Ints) -> Flags:
    """Tell for each row of units which groups have one that is set."""
    sets = np.zeros((has.shape[1], group.max(initial=-1) + 1), dtype=np.int64)
    sets[np.arange(len(group)), group] = 1
    return has.astype(np.int64) @ sets > 0


def _cells(sequences: list[Flags], groups: list[Ints | None], pair: Pair) -> Ints:
    """Count the units, or groups, with both themes, the first alone, the second alone, neither."""
    cells = np.zeros((2, 2), dtype=np.int64)
    for rows, group in zip(sequences, groups, strict=True):
        own = rows[:, list(pair)].T
        one, other = own if group is None else gathered(own, group)
        np.add.at(cells, (~one * 1, ~other * 1), 1)
    return cells.ravel()


def _independent(sequences: list[Flags], pair: Pair) -> float:
    return sum(
        float(rows[:, pair[0]].sum()) * float(rows[:, pair[1]].sum()) / len(rows)
        for rows in sequences
    )


def _against_all(tables: list[Ints], observed: int, *, more: bool = True) -> dict[str, float]:
    """Compare what is seen with every alignment; interviews turn apart, so ways multiply."""
    ways, alignments = np.ones(1), 1.0
    for table in tables:
        ways = np.convolve(ways, np.bincount(table.ravel()).astype(np.float64))
        alignments *= table.size
        if ways.sum() > _EXACT:
            ways = ways / ways.sum()
    total, values = ways.sum(), np.flatnonzero(ways)
    extreme = ways[observed:].sum() if more else ways[: observed + 1].sum()
    p = ways[::-1].cumsum()[::-1] / total
    reached = np.flatnonzero((p <= _ALPHA) & (p > 0))
    return {
        "expected": float((np.arange(len(ways)) * ways).sum() / total),
        "alignments": alignments,
        "as_many": extreme * (alignments / total),
        "p": extreme / total,
        "p_least": ways[values[-1 if more else 0]] / total,
        # The smallest count that is beyond chance.
        "needed": float(reached[0]) if len(reached) else np.inf,
    }


def odds_of(cells: Ints, level: float | None) -> dict[str, Any]:
    """Give the odds ratio, its interval and Fisher's p, which take units as independent."""
    names = ("odds_ratio", "odds_ratio_low", "odds_ratio_high", "p_fisher")
    found = (np.nan,) if level is None else odds_ratio(cells, level)
    if np.isnan(found[0]):
        return dict.fromkeys(names, np.nan)
    # scipy.stats takes a second to import, and drawing a figure does not need it.
    from scipy import stats

    return dict(zip(names, (*found, stats.fisher_exact(cells.reshape(2, 2)).pvalue), strict=True))


def _family(observed: Floats, drawn: Floats, *, more: bool) -> Floats:
    """Give p of each pair (column) in the family, on the scale of its own shifts (`max_t`)."""
    family = np.full(len(observed), np.nan)
    if not drawn.size:
        return family
    seen, chance = (observed, drawn) if more else (-observed, -drawn)
    spread = chance.std(axis=0)
    # A pair that no shift changes has no test, and no part in the family.
    moves = spread > _SAME
    if moves.any():
        mean, spread = chance[:, moves].mean(axis=0), spread[moves]
        family[moves] = max_t((seen[moves] - mean) / spread, (chance[:, moves] - mean) / spread)
    family[~moves & ~np.isnan(observed)] = 1.0
    return family
