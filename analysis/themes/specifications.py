"""Every defensible way to count whether two themes meet, side by side, and one test over all.

A specification curve (Simonsohn, Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z): who coded,
what is a unit, what chance turns, which interviews, and what is left out, in every combination.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.schemas import SENTENCE
from analysis.statistics import Flags, Floats, odds_ratio
from analysis.themes.coding import counted
from analysis.themes.cooccurrence import Ints, every_turn, gathered, steps

# A unit, and what chance turns: the units, or the sentences of one theme before they are gathered.
WAYS = (
    ("sentence", "units"),
    ("exchange", "units"),
    ("exchange", "sentences of the first theme"),
    ("exchange", "sentences of the second theme"),
    ("distance", "units"),
)
_ALPHA, _SAME = 0.05, 1e-9


class Curve(NamedTuple):
    """The specifications, a row each, and the joint tests over all of them."""

    table: pd.DataFrame
    joint: pd.DataFrame


class _Counted(NamedTuple):
    """One interview counted one way, for each turn of the second theme (row).

    `seen` is the count, or the sum of distances; `chance` the share of the alignments that give 0,
    1, 2 …; `ways` how many there are. `measured` (sentences whose distance is taken) and `cells`
    (both themes, the first, the second, neither) are those of the turn by 0.
    """

    seen: Ints
    chance: Floats
    ways: int
    measured: int
    cells: Ints


def specification_curve(
    sentences: pd.DataFrame,
    coders: Mapping[str, pd.DataFrame],
    pair: tuple[str, str],
    without: Mapping[str, Mapping[str, pd.DataFrame]] | None = None,
    *,
    turns: int = 1999,
    seed: int = 1,
) -> Curve:
    """Count in every way whether two themes meet, and test all ways at once.

    Parameters
    ----------
    sentences : a table as `analysis.themes.sentences` returns it, of one voice.
    coders : codings (`interview`, `utterance`, `sentence`, `theme`) by name of the coder.
    pair : two themes; distances are those from a sentence with the first to the nearest with the
        second.
    without : by coder and indicator, codings with that indicator left out (`without_each`).
    turns : how many turns the joint test takes, drawn where there are more; all where there are
        fewer.
    seed : of the random generator.

    Returns
    -------
    `table`, a row for each specification, highest ratio first, undefined last:

    - the choices: `coder` (str); `unit` (str: sentence, exchange, distance); `chance` (str: what is
      turned: the units; or the sentences of one theme, before they are gathered into exchanges);
      `interviews` (str: all, or the id of the only one); `left_out` (str: nothing, indicator,
      exchange), `which` (str: the indicator, or the interview and number of the exchange);
    - `observed`, `expected` (float64): units with both themes, and their mean over all alignments;
      for distances the mean distance in sentences; `ratio` (float64: observed over expected; for
      distances expected over observed, so that more than 1 always says that the themes are
      together; NaN where it is undefined);
    - `odds_ratio`, `odds_ratio_low`, `odds_ratio_high` (float64: as in `co_occurrence`: they take
      units as independent; NaN for distances);
    - `alignments`, `as_many` (float64: ways to turn, and those that give as much or more), `p`,
      `p_least` (float64: the smallest p that was possible). NaN where a theme is missing.

    `joint`, a row for each statistic of the whole curve, of the part where nothing is left out, and
    of each coder's part: `over` (str: all, nothing left out, or the coder), `specifications`
    (int64), `statistic` (str), `observed`, `expected` (float64: mean over the turns), `turns`
    (int64), `p` (float64: share of the turns with as much or more; what was observed is one of
    them). In every turn the second theme of every coder is turned by the same number of sentences
    in each interview, so that coders agree as they do and each theme keeps its runs; then every
    specification is computed anew. The statistics are the median p (an undefined p counts as 1),
    the number of specifications with p <= 0.05, and the mean of -log10 p (Fisher's combination).
    The first is the test, the others stand beside it.

    Raises
    ------
    ValueError
        If there is no sentence.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(20), "sentence": 0})
    >>> units["exchange"] = units["utterance"] // 4
    >>> coded = pd.concat([units.iloc[[2, 3, 4]].assign(theme=theme) for theme in "xy"])
    >>> curve = specification_curve(units, {"reader": coded}, ("x", "y"))
    >>> whole = curve.table[curve.table["left_out"] == "nothing"].set_index("unit")
    >>> whole.loc["sentence", ["observed", "p"]].to_list()
    [3.0, 0.05]
    >>> curve.joint["p"].round(2).unique().tolist()
    [0.05]
    """
    if sentences.empty:
        raise ValueError("There is no sentence in which two themes could meet; give some.")
    names = list(sentences["interview"].unique())
    turned = _joint_turns(sentences.groupby("interview", sort=False).size().to_list(), turns, seed)
    rows, p_values = [], []
    for choices, parts in _specified(sentences, coders, pair, without or {}):
        where = [names.index(name) for name in parts]
        row, p = _combined(list(parts.values()), turned[:, where], choices[1] == "distance")
        rows.append((*choices, *row))
        p_values.append(p)
    table = pd.DataFrame(rows, columns=[*_CHOICES, *_RESULTS]).astype(
        dict.fromkeys(_CHOICES, "str")
    )
    drawn = np.array(p_values)
    joint = [_joint(drawn, "all")]
    joint.append(_joint(drawn[table["left_out"].eq("nothing")], "nothing left out"))
    joint += [_joint(drawn[table["coder"].eq(coder)], coder) for coder in coders]
    order = ["ratio", *_CHOICES]
    table = table.sort_values(order, ascending=[False] + [True] * len(_CHOICES), ignore_index=True)
    return Curve(table, pd.concat(joint, ignore_index=True))


def without_each(
    sentences: pd.DataFrame,
    matches: pd.DataFrame,
    indicators: pd.DataFrame,
    themes: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Code with each indicator left out in turn, of those that match in these sentences.

    Parameters
    ----------
    sentences, matches, indicators : as for `analysis.themes.codings`.
    themes : whose indicators are left out.

    Returns
    -------
    Coded sentences (`interview`, `utterance`, `sentence`, `theme`) by "theme: indicator".
    """
    found = matches.merge(sentences[SENTENCE], on=SENTENCE)
    found = found.loc[found["theme"].isin(themes), ["theme", "indicator"]].drop_duplicates()
    coding = counted(matches, indicators).merge(sentences[SENTENCE], on=SENTENCE)
    tables = {}
    for theme, indicator in sorted(found.itertuples(index=False, name=None)):
        left = coding[coding["theme"].ne(theme) | coding["indicator"].ne(indicator)]
        tables[f"{theme}: {indicator}"] = left[[*SENTENCE, "theme"]].drop_duplicates()
    return tables


_CHOICES = ["coder", "unit", "chance", "interviews", "left_out", "which"]
_RESULTS = (
    "observed expected ratio odds_ratio odds_ratio_low odds_ratio_high alignments as_many p p_least"
).split()


def _joint_turns(sizes: list[int], turns: int, seed: int) -> Ints:
    """List how far to turn the second theme in each interview: 0 first, then all ways or some."""
    if np.prod(np.array(sizes, dtype=float)) <= turns + 1:
        return np.stack([grid.ravel() for grid in np.indices(sizes)], axis=1)
    drawn = np.random.default_rng(seed).integers(0, sizes, size=(turns, len(sizes)))
    return np.vstack([np.zeros(len(sizes), dtype=np.int64), drawn])


def _specified(
    sentences: pd.DataFrame,
    coders: Mapping[str, pd.DataFrame],
    pair: tuple[str, str],
    without: Mapping[str, Mapping[str, pd.DataFrame]],
) -> Iterator[tuple[tuple[str, ...], dict[str, _Counted]]]:
    """List every specification: its choices, and its interviews, each counted by itself."""
    keys = pd.MultiIndex.from_frame(sentences[SENTENCE])
    talks = sentences.groupby("interview", sort=False).indices
    exchanges = {name: sentences["exchange"].to_numpy()[rows] for name, rows in talks.items()}
    alone = list(talks) if len(talks) > 1 else []

    def sequences(coded: pd.DataFrame) -> dict[str, tuple[Flags, Flags]]:
        coded_by = (coded.loc[coded["theme"] == theme, SENTENCE] for theme in pair)
        has = [keys.isin(pd.MultiIndex.from_frame(own)) for own in coded_by]
        return {name: (has[0][rows], has[1][rows]) for name, rows in talks.items()}

    for coder, coded in coders.items():
        as_is = sequences(coded)
        listed = [("nothing", "", as_is)]
        for indicator, table in without.get(coder, {}).items():
            listed.append(("indicator", indicator, sequences(table)))
        for unit, chance in WAYS:
            for *left_out, has in listed[::-1]:
                whole = {name: _count(*has[name], exchanges[name], unit, chance) for name in talks}
                yield (coder, unit, chance, "all", *left_out), whole
                for name in alone:
                    yield (coder, unit, chance, name, *left_out), {name: whole[name]}
            # Last in the list was the coding as it is; now it loses one exchange at a time.
            for name, own in exchanges.items():
                for exchange in pd.unique(own) if own[0] != own[-1] else ():
                    part = {name: _count(*as_is[name], own, unit, chance, exchange)}
                    choices = "exchange", f"{name} {exchange}"
                    yield (coder, unit, chance, "all", *choices), whole | part
                    if alone:
                        yield (coder, unit, chance, name, *choices), part


def _count(
    one: Flags, other: Flags, exchanges: Ints, unit: str, chance: str, without: int = -1
) -> _Counted:
    """Count one interview for every turn of the second theme, then without an exchange."""
    kept = exchanges != without
    group = np.unique(exchanges[kept], return_inverse=True)[1]
    first, second = one[kept], every_turn(other)[:, kept]
    units = np.stack([first, second[0]])
    if unit == "exchange":
        units = gathered(units, group)
    cells = np.bincount(np.array([2, 1]) @ ~units, minlength=4)
    measured = int(first.sum()) if unit == "distance" and second[0].any() else 0
    counted: Sequence[Ints]
    if unit == "distance":
        seen, counted = _distances(first, second, other if kept.all() else None)
    else:
        met = _meetings(first, second, group, unit, chance)
        seen, counted = met[:, 0], list(met)
    size = max(counts.max() for counts in counted) + 1
    shares = np.stack([np.bincount(counts, minlength=size) / len(counts) for counts in counted])
    chances = np.broadcast_to(shares, (len(second), size))
    return _Counted(seen, chances, len(counted[0]), measured, cells)


def _meetings(first: Flags, second: Flags, group: Ints, unit: str, chance: str) -> Ints:
    """Count both themes in every alignment (column) for each turn of the second (row)."""
    if chance == "sentences of the second theme":
        # Only exchanges with the first theme count: where each turn has the second in one of them.
        with_first = np.flatnonzero(gathered(first[None], group)[0])
        counts = np.zeros((len(second), len(first)), dtype=np.int64)
        for exchange in with_first:
            counts += _product(second, every_turn(group == exchange)[-np.arange(len(group))]) > 0
        return counts
    if unit == "exchange":
        second = gathered(second, group)
        if chance == "units":
            return _product(second, every_turn(gathered(first[None], group)[0]))
        return _product(second, gathered(every_turn(first), group))
    return _product(second, every_turn(first))


def _product(rows: Flags, turned: Flags) -> Ints:
    """Count what each row has in common with each turn; whole numbers, so floats are exact."""
    common = rows.astype(np.float32) @ turned.astype(np.float32).T
    return common.astype(np.int64)


def _distances(first: Flags, second: Flags, whole: Flags | None) -> tuple[Ints, Sequence[Ints]]:
    """Sum the distances as seen for each turn of the second theme, and in every alignment.

    With nothing left out (`whole` is the second theme), every turn has the same alignments.
    """
    if whole is not None and first.any() and whole.any():
        table = steps(np.stack([first, whole], axis=1), (0, 1))
        return table[0], [table.ravel()]
    nowhere = np.zeros(1, dtype=np.int64)
    sums = [
        steps(np.stack([first, one], axis=1), (0, 1)).ravel() if one.any() else nowhere
        for one in (second if first.any() else second[:, :0])
    ]
    return np.array([one[0] for one in sums]), sums


def _combined(parts: list[_Counted], turned: Ints, near: bool) -> tuple[list[float], Floats]:
    """Put interviews together: the results as observed, and p for every joint turn."""
    turns = list(zip(parts, turned.T, strict=True))
    seen = np.sum([part.seen[turn] for part, turn in turns], axis=0)
    chances = [part.chance[turn] for part, turn in turns]
    p = _reached(sorted(chances, key=lambda one: -one.shape[1]), seen, near)
    cells = np.sum([part.cells for part in parts], axis=0)
    both, second, first, _ = cells
    measured = sum(part.measured for part in parts)
    if not (measured if near else (both + first) and (both + second)):
        return [np.nan] * len(_RESULTS), np.ones_like(p)
    scale = measured if near else 1
    ways = float(np.prod([float(part.ways) for part in parts]))
    chance = reduce(np.convolve, [one[0] for one in chances])
    possible = np.flatnonzero(chance * ways > 0.5)[0 if near else -1]
    observed, expected = seen[0] / scale, float(chance @ np.arange(len(chance))) / scale
    over, under = (expected, observed) if near else (observed, expected)
    ratio = over / under if under else np.nan
    odds = [np.nan] * 3 if near else _odds(tuple(cells[[0, 2, 1, 3]].tolist()))
    tests = ways, round(p[0] * ways), p[0], chance[possible]
    return [observed, expected, ratio, *odds, *tests], p


def _reached(chances: list[Floats], seen: Ints, near: bool) -> Floats:
    """Give the share of alignments that reach what is seen in all interviews, a value a turn."""
    *others, last = chances
    if len(others) > 1:
        others = [reduce(_added, others)]
    rows, total = np.arange(len(seen)), np.zeros(len(seen))
    below = np.pad(
        (others[0] if others else np.ones((len(seen), 1))).cumsum(axis=1), ((0, 0), (1, 0))
    )
    for value in np.flatnonzero(last.any(axis=0)):
        # Of the others so much or less (`near`), or less than so much, is needed.
        least = np.clip(seen - value + near, 0, below.shape[1] - 1)
        share = below[rows, least]
        total += last[:, value] * (share if near else below[:, -1] - share)
    return total


def _added(one: Floats, other: Floats) -> Floats:
    """Give the distribution of a sum from those of its parts, row by row."""
    size = one.shape[1] + other.shape[1] - 1
    spectra = np.fft.rfft(one, size, axis=1) * np.fft.rfft(other, size, axis=1)
    return np.maximum(np.fft.irfft(spectra, size, axis=1), 0)


@cache
def _odds(cells: tuple[int, ...]) -> list[float]:
    """Give the odds ratio with its interval; many specifications share a table of four cells."""
    return list(odds_ratio(cells, 0.95))


def _joint(p: Floats, over: str) -> pd.DataFrame:
    """Test a curve as a whole; the first column of p is what was observed."""
    statistics = {
        "median p": -np.median(p, axis=0),
        "specifications with p <= 0.05": (p <= _ALPHA + _SAME).sum(axis=0).astype(float),
        "mean -log10 p": -np.log10(p).mean(axis=0),
    }
    rows = []
    for name, values in statistics.items():
        sign = -1.0 if name == "median p" else 1.0
        share = float((values >= values[0] - _SAME).mean())
        rows.append((over, len(p), name, sign * values[0], sign * values.mean(), p.shape[1], share))
    columns = ["over", "specifications", "statistic", "observed", "expected", "turns", "p"]
    return pd.DataFrame(rows, columns=columns).astype({"over": "str", "statistic": "str"})
