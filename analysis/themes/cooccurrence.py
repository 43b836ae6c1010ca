"""Where two themes co-occur: in a sentence, in an exchange or nearby, compared with chance.

A theme comes in runs: a speaker who mentions a machine in one sentence often does so in the next.
Tests that treat sentences as independent then find co-occurrence where there is none
(benchmarks/cooccurrence.md says how often). The null model here keeps the runs and aligns the two
themes at random: the sequence of one is rotated within its interview, a circular shift, which is
the toroidal shift of Lotwick & Silverman (1982,
doi:10.1111/j.2517-6161.1982.tb01221.x) in one dimension. Interviews are rotated independently.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.schemas import EXCHANGE, SENTENCE
from analysis.statistics import Flags, Floats, max_t, odds_ratio
from analysis.themes.coding import Ints, flags

ALPHA = 0.05
# Statistics that are equal on paper may differ in their last bits.
SAME = 1e-9
_OF_SECOND = "sentences of the second theme"
# A unit, and what is rotated: the units, or the sentences of one theme before they are grouped into
# exchanges, which then keep their lengths: a long answer is more likely to have a theme.
WAYS = (
    ("sentence", "units"),
    ("exchange", "units"),
    ("exchange", "sentences of the first theme"),
    ("exchange", _OF_SECOND),
    ("distance", "units"),
)
CELLS = ["both", "only_first", "only_second", "neither"]
ODDS = ["odds_ratio", "odds_ratio_low", "odds_ratio_high"]


class Counts(NamedTuple):
    """One interview counted in one way, with a row for each rotation of the second theme.

    `seen` is the number of units with both themes, or the sum of distances; `chances` the share of
    the alignments that give 0, 1, 2 and so on (one row if it is the same for all rotations); `ways`
    the number of alignments. `cells` (units with both themes, the first alone, the second alone,
    neither) and `measured` (sentences from which a distance is measured) are those of the themes as
    observed.
    """

    seen: Ints
    chances: Floats
    ways: int
    cells: Ints
    measured: int


def co_occurrence(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    themes: Sequence[str] | None = None,
    *,
    shifts: int = 1999,
    seed: int = 1,
) -> pd.DataFrame:
    """Count the sentences that have both themes of each pair, and compare them with chance.

    Parameters
    ----------
    sentences : a row for each sentence that was coded, with or without a theme, of one or more
        voices: `interview`, `utterance`, `sentence`.
    codings : the same keys and `theme`; a theme coded twice in a sentence counts once, and codings
        of other sentences are ignored.
    themes : which themes, in which order; otherwise those in `codings`, by name.
    shifts : how many random rotations of all themes the family-wise test draws; 0 for no test.
    seed : of the random generator.

    Returns
    -------
    DataFrame with a row for each pair, highest ratio first, ties by name: `first`, `second` (str),
    `units`, `both`, `only_first`, `only_second`, `neither` (int64: sentences), `expected` (float64:
    mean of `both` over all alignments), `ratio` (float64: observed over expected; more than 1: they
    co-occur more often than expected by chance; NaN if a theme is missing), `alignments`, `as_many`
    (float64: ways to rotate one theme against the other, and those that give as many or more), `p`
    (float64: their quotient, one-sided), `p_max_t` (float64: of all pairs as one family, from the
    random rotations, `analysis.statistics.max_t`), `p_least` (float64: the smallest possible p),
    `ratio_needed` (float64: the smallest ratio that would have p <= 0.05; inf if none would).

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": 0, "sentence": range(20)})
    >>> codings = units.iloc[[2, 3, 4, 2, 3, 9]].assign(theme=[*"xxx", *"yyy"])
    >>> table = co_occurrence(units, codings)
    >>> table[["first", "second", "both", "expected", "as_many"]].values.tolist()
    [['x', 'y', 2, 0.45, 2.0]]
    """
    names = sorted(codings["theme"].unique()) if themes is None else list(themes)
    talks = list(sequences(sentences.sort_values(SENTENCE), codings, names).values())
    generator = np.random.default_rng(seed)
    rotated = [generator.integers(0, len(has), (shifts, len(names))) for has in talks]
    rows, drawn = [], list[Floats]()
    for one, other in combinations(range(len(names)), 2):
        parts = [count(has[:, [one, other]], np.zeros(len(has), dtype=np.int64)) for has in talks]
        row, _ = together(parts)
        rows.append({"first": names[one], "second": names[other]} | row)
        turns = [turn[:, other] - turn[:, one] for turn in rotated]
        seen = (part.seen[by % len(part.seen)] for part, by in zip(parts, turns, strict=True))
        drawn.append(sum(seen, np.zeros(shifts)))
    columns = "first second units both only_first only_second neither expected ratio alignments"
    columns += " as_many p p_max_t p_least ratio_needed"
    table = pd.DataFrame(rows, columns=columns.split())
    table["p_max_t"] = _family(table["both"].to_numpy(dtype=float), np.array(drawn).T)
    table["p_max_t"] = table[["p", "p_max_t"]].max(axis=1, skipna=False)
    table = table.astype({"first": "str", "second": "str"})
    return table.sort_values(
        ["ratio", "first", "second"], ascending=[False, True, True], ignore_index=True
    )


def co_occurrence_by_voice(
    sentences: pd.DataFrame, codings: pd.DataFrame, pair: tuple[str, str]
) -> pd.DataFrame:
    """Count how often two themes co-occur in the interviewee's sentences and in the journalist's.

    A film about two things makes everybody who talks about it mention both. If the themes co-occur
    as often in the journalist's words, bringing them together is not the interviewee's own habit.

    Parameters
    ----------
    sentences : a table as returned by `analysis.themes.sentences`, all voices.
    codings : a table with the keys of a sentence and `theme`.
    pair : two themes.

    Returns
    -------
    DataFrame with a row for each voice and interview: `voice` (str: "interviewee"; "journalist",
    the interviewer and the narration; of these, "questions and leads", which precede an answer, and
    "around", the rest), `interviews` (str: "all", or the id of one), the columns of `co_occurrence`
    without `p_max_t`, and `odds_ratio`, `odds_ratio_low`, `odds_ratio_high` (float64: with its 95%
    interval, `analysis.statistics.odds_ratio`, which treats sentences as independent).

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
    voices = {"interviewee": said, "journalist": told}
    voices |= {"questions and leads": before, "around": told & ~before}
    tables = []
    for voice, rows in voices.items():
        talks = list(sentences.loc[rows, "interview"].unique())
        for name in ["all", *(talks if len(talks) > 1 else [])]:
            part = sentences[rows & (sentences["interview"].eq(name) | (name == "all"))]
            table = co_occurrence(part, codings, pair, shifts=0).drop(columns="p_max_t")
            cells = table[CELLS].iloc[0].to_list()
            taken = dict(zip(ODDS, odds(*cells), strict=True))
            tables.append(table.assign(voice=voice, interviews=name, **taken))
    table = pd.concat(tables, ignore_index=True)
    return table[["voice", "interviews", *table.columns.drop(["voice", "interviews"])]]


def sequences(
    sentences: pd.DataFrame, codings: pd.DataFrame, themes: Sequence[str]
) -> dict[str, Flags]:
    """Say for each interview which sentences (rows) have which themes (columns)."""
    has = flags(sentences, codings, themes)
    return {name: has[rows] for name, rows in rows_of(sentences).items()}


def rows_of(sentences: pd.DataFrame) -> dict[str, Ints]:
    """Return the positions of each interview's rows, in the order in which interviews appear."""
    return sentences.groupby("interview", sort=False).indices


def count(
    has: Flags,
    exchanges: Ints,
    unit: str = "sentence",
    chance: str = "units",
    without: int = -1,
) -> Counts:
    """Count one interview for every rotation of the second theme, optionally without one exchange.

    `has` says which sentences (rows) have the two themes (columns).
    """
    one, other = has.T
    kept = exchanges != without
    group = np.unique(exchanges[kept], return_inverse=True)[1]
    first, second = one[kept], every_turn(other)[:, kept]
    units = np.stack([first, second[0]])
    if unit == "exchange":
        units = gathered(units, group)
    cells = np.bincount(np.array([2, 1]) @ ~units, minlength=4)
    measured = int(first.sum()) if unit == "distance" and second[0].any() else 0
    # With nothing left out, two rotations in a row are one, so that every shift has the same
    # alignments, unless it makes other exchanges.
    alike = kept.all() and (measured or unit == "sentence" or chance == _OF_SECOND)
    counted = _aligned(first, second[: 1 if alike else None], group, unit, chance)
    seen = counted[0][: len(has)] if alike else np.array([counts[0] for counts in counted])
    size = max(counts.max() for counts in counted) + 1
    chances = [np.bincount(counts, minlength=size) / len(counts) for counts in counted]
    return Counts(seen, np.stack(chances), len(counted[0]), cells, measured)


def together(
    parts: Sequence[Counts], turned: Ints | None = None, *, near: bool = False
) -> tuple[dict[str, float], Floats]:
    """Combine interviews: the results as observed, and p for each joint rotation.

    Parameters
    ----------
    parts : one for each interview.
    turned : how far the second theme is rotated in each interview (column), a row for each joint
        rotation, the first by 0; by default only that one.
    near : whether distances are counted, so that a smaller value is stronger evidence.
    """
    turned = np.zeros((1, len(parts)), dtype=np.int64) if turned is None else turned
    turns = list(zip(parts, turned.T, strict=True))
    seen = sum((part.seen[turn] for part, turn in turns), np.zeros(len(turned), dtype=np.int64))
    ways = float(np.prod([float(part.ways) for part in parts]))
    # What was observed is one of the alignments, even after rounding.
    p = np.clip(_reached(turns, seen, near), 1 / ways, 1)
    cells = sum((part.cells for part in parts), np.zeros(4, dtype=np.int64))
    both, only_first, only_second, _ = cells.tolist()
    measured = sum(part.measured for part in parts)
    scale = (measured or np.nan) if near else 1
    chance = reduce(np.convolve, [part.chances[0] for part in parts], np.ones(1))
    possible = np.flatnonzero(chance * ways > 0.5)
    observed, expected = seen[0] / scale, float(chance @ np.arange(len(chance))) / scale
    over, under = (expected, observed) if near else (observed, expected)
    rare = possible[chance[::-1].cumsum()[::-1][possible] <= ALPHA + SAME]
    needed = rare[0] if len(rare) and rare[0] <= both + min(only_first, only_second) else np.inf
    row = {
        "units": int(cells.sum()),
        **dict(zip(CELLS, cells.tolist(), strict=True)),
        "observed": observed,
        "expected": expected,
        "ratio": over / under if under else np.nan,
        "alignments": ways,
        "as_many": float(round(p[0] * ways)),
        "p": p[0],
        "p_least": chance[possible[0 if near else -1]],
        "ratio_needed": needed / expected if expected else np.nan,
    }
    return row, p


def _reached(turns: Sequence[tuple[Counts, Ints]], seen: Ints, near: bool) -> Floats:
    """Return, for each shift, the share of alignments at least as extreme as the total observed."""
    tables = sorted(
        ((part.chances, turn) for part, turn in turns), key=lambda one: -one[0].shape[1]
    )
    *others, (last, turn) = tables or [(np.ones((1, 1)), np.zeros_like(seen))]
    last = _at(last, turn)
    if len(others) == 1:
        below = _at(*others[0])
    else:
        # The distribution of a sum, by the product of the transforms of its parts.
        size = 1 + sum(chances.shape[1] - 1 for chances, _ in others)
        spectra = (_at(np.fft.rfft(chances, size, axis=1), turn) for chances, turn in others)
        product = reduce(np.multiply, spectra, np.ones((1, 1)))
        below = np.maximum(np.fft.irfft(product, size, axis=1), 0)
    below = np.pad(below.cumsum(axis=1), ((0, 0), (1, 0)))
    rows, total = np.arange(len(seen)) % len(below), np.zeros(len(seen))
    for value in np.flatnonzero(last.any(axis=0)):
        # The others must add at most this much (`near`), or at least this much.
        least = np.clip(seen - value + near, 0, below.shape[1] - 1)
        share = below[rows, least]
        total += last[:, value] * (share if near else below[:, -1] - share)
    return total


def _at(table: npt.NDArray[Any], turn: Ints) -> npt.NDArray[Any]:
    """Return a row for each shift, or the one row that all share."""
    return table if len(table) == 1 else table[turn]


@cache
def odds(*cells: int) -> tuple[float, float, float]:
    """Return the odds ratio with its interval; cached, since many counts share a table."""
    return odds_ratio(cells, 0.95)


def _aligned(first: Flags, second: Flags, group: Ints, unit: str, chance: str) -> Sequence[Ints]:
    """Count units with both themes, or sum distances, in all alignments.

    There is an array for each row of `second`. It begins with that row as it is, followed by its
    rotations by 1, 2 … units.
    """
    if unit == "distance":
        return [
            steps(first, one).ravel() if first.any() and one.any() else np.zeros(1, dtype=np.int64)
            for one in second
        ]
    # To rotate the one theme is to rotate the other back.
    back = -np.arange(len(first))
    if chance == _OF_SECOND:
        counts = np.zeros((len(second), len(first)), dtype=np.int64)
        # Only exchanges with the first theme count: which shifts have the second in one of them?
        for exchange in np.unique(group[first]):
            counts += _product(second, every_turn(group == exchange)[back]) > 0
        return list(counts)
    turned = every_turn(first)[back]
    if unit == "exchange":
        second = gathered(second, group)
        turned = (
            every_turn(gathered(first[None], group)[0])
            if chance == "units"
            else gathered(turned, group)
        )
    return list(_product(second, turned))


def _product(rows: Flags, turned: Flags) -> Ints:
    """Count what each row has in common with each shift; whole numbers, so floats are exact."""
    return (rows.astype(np.float32) @ turned.astype(np.float32).T).astype(np.int64)


def steps(first: Flags, second: Flags) -> Ints:
    """Sum the distances from the first theme to the nearest second, for every shift of each.

    This is the nearest-neighbour statistic of point patterns (the mean of the cross-type G
    function, Diggle 2013, Statistical Analysis of Spatial and Spatio-Temporal Point Patterns,
    chapter 4). Distance does not wrap round, so both shifts matter: a row for the first, a column
    for the second.
    """
    size, place = len(first), np.arange(len(first))
    there = every_turn(second)
    before = np.maximum.accumulate(np.where(there, place, -size), axis=1)
    after = np.minimum.accumulate(np.where(there, place, 2 * size)[:, ::-1], axis=1)[:, ::-1]
    nearest = np.minimum(place - before, after - place).astype(np.float64)
    here = np.conj(np.fft.rfft(first.astype(np.float64)))
    sums = np.fft.irfft(np.fft.rfft(nearest, axis=1) * here, n=size, axis=1)
    return np.rint(sums).astype(np.int64).T


def every_turn(has: Flags) -> Flags:
    """Write a sequence rotated by 0, 1, 2 … units, one row each."""
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([has, has]), len(has))
    return windows[len(has) : 0 : -1]


def gathered(has: Flags, group: Ints) -> Flags:
    """Say, for each row of units, which groups contain a unit that is true."""
    sets = group[:, None] == np.arange(group.max(initial=-1) + 1)
    return has.astype(np.int64) @ sets.astype(np.int64) > 0


def _family(observed: Floats, drawn: Floats) -> Floats:
    """Return the family-wise p of each pair (column), on the scale of its own shifts (`max_t`)."""
    if not drawn.size:
        return np.full(len(observed), np.nan)
    mean, spread = drawn.mean(axis=0), drawn.std(axis=0)
    # A pair that no shift changes has no test and no part in the family.
    scaled = (
        np.where(spread > SAME, (one - mean) / np.maximum(spread, SAME), -np.inf)
        for one in (observed, drawn)
    )
    return max_t(*scaled)
