"""Every defensible way to measure whether two themes co-occur, and one test of them all.

A specification curve (Simonsohn, Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z) combines all
choices: the coder, the unit, what the null model rotates, the interviews, and what is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.schemas import SENTENCE
from analysis.statistics import Floats
from analysis.themes.coding import Ints, counted
from analysis.themes.cooccurrence import (
    ALPHA,
    CELLS,
    ODDS,
    SAME,
    WAYS,
    Counts,
    count,
    odds,
    rows_of,
    sequences,
    together,
)

# With more interviews than this, none is counted singly; with more interviews or sentences than
# this, whole interviews are left out, not exchanges, so the curve grows linearly with them.
_FEW_INTERVIEWS, _FEW_SENTENCES = 5, 250


class Curve(NamedTuple):
    """The specifications, one row each, and the joint tests over all of them."""

    table: pd.DataFrame
    joint: pd.DataFrame


def specification_curve(
    sentences: pd.DataFrame,
    coders: Mapping[str, pd.DataFrame],
    pair: tuple[str, str],
    without: Mapping[str, Mapping[str, pd.DataFrame]] | None = None,
    *,
    turns: int = 1999,
    seed: int = 1,
) -> Curve:
    """Measure in every way whether two themes co-occur, and test all ways at once.

    Parameters
    ----------
    sentences : a table as returned by `analysis.themes.sentences`, of one voice.
    coders : codings (`interview`, `utterance`, `sentence`, `theme`) by the coder's name.
    pair : two themes; distances are those from a sentence with the first to the nearest with the
        second.
    without : by coder and indicator, codings with that indicator left out (`without_each`).
    turns : how many joint rotations the joint test draws; if there are no more than that, all.
    seed : of the random generator.

    Returns
    -------
    `table`, a row for each specification, highest ratio first, undefined last:

    - the choices: `coder` (str); `unit` (str: sentence, exchange, distance); `chance` (str: what is
      rotated: the units, or the sentences of one theme before they are grouped into exchanges);
      `interviews` (str: all, or the id of the only one); `left_out` (str: nothing, indicator,
      exchange, interview), `which` (str: the indicator, or the interview and the number of the
      exchange). With more than 5 interviews, none is counted alone; with more than 5 interviews or
      250 sentences, whole interviews are left out, not exchanges;
    - `observed`, `expected` (float64): units with both themes, and their mean over all alignments;
      for distances the mean distance in sentences; `ratio` (float64: observed over expected; for
      distances expected over observed; so above 1 the themes are together more often, or nearer,
      than expected by chance; NaN if undefined);
    - `odds_ratio`, `odds_ratio_low`, `odds_ratio_high` (float64: `analysis.statistics.odds_ratio`,
      which treats units as independent; NaN for distances);
    - `alignments`, `as_many` (float64: ways to rotate, and those that give at least as much, or at
      most as long a distance), `p`, `p_least` (float64: the smallest possible p). NaN if
      a theme is missing.

    `joint`, a row for each statistic of the whole curve, of the part where nothing is left out, and
    of each coder's part: `over` (str: all, nothing left out, or the coder), `specifications`
    (int64), `statistic` (str), `observed`, `expected` (float64: mean over the rotations), `turns`
    (int64), `p` (float64: share of the rotations with as much or more, including the observed
    one). In each rotation the second theme of every coder is rotated by the same number of
    sentences in each interview, so that the coders' agreement and the themes' runs are kept; then
    every specification is computed again. The statistics are the median p (an undefined p counts as
    1), the number of specifications with p <= 0.05, and the mean of -log10 p (Fisher's
    combination). The first is the test; the others are for comparison.

    Raises
    ------
    ValueError
        If there are no sentences.

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
        raise ValueError("There are no sentences in which two themes could co-occur; pass some.")
    talks = rows_of(sentences)
    turned = _joint_turns([len(rows) for rows in talks.values()], turns, seed)
    rows, p_values = [], []
    for choices, parts in _specified(sentences, coders, pair, without or {}):
        where = [list(talks).index(name) for name in parts]
        near = choices[1] == "distance"
        row, p = together(list(parts.values()), turned[:, where], near=near)
        cells = [int(row[name]) for name in CELLS]
        measured = sum(part.measured for part in parts.values())
        if measured if near else (cells[0] + cells[1] and cells[0] + cells[2]):
            row |= dict(zip(ODDS, [np.nan] * 3 if near else odds(*cells), strict=True))
        else:
            row, p = {}, np.ones_like(p)
        rows.append(dict(zip(_CHOICES, choices, strict=True)) | row)
        p_values.append(p)
    table = pd.DataFrame(rows, columns=[*_CHOICES, *_RESULTS])
    drawn = np.array(p_values)
    whole = table["left_out"].eq("nothing")
    over = {"all": whole | True, "nothing left out": whole}
    over |= {coder: table["coder"].eq(coder) for coder in coders}
    joint = [_joint(drawn[some], name) for name, some in over.items()]
    order = ["ratio", *_CHOICES]
    table = table.sort_values(order, ascending=[False] + [True] * len(_CHOICES), ignore_index=True)
    return Curve(table, pd.concat(joint, ignore_index=True))


def without_each(
    sentences: pd.DataFrame,
    matches: pd.DataFrame,
    indicators: pd.DataFrame,
    themes: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Code the sentences again, leaving out in turn each indicator that matches in them.

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
    """List the rotations of the second theme in each interview: 0, then all others or a sample."""
    if np.prod(np.array(sizes, dtype=float)) <= turns + 1:
        return np.stack([grid.ravel() for grid in np.indices(sizes)], axis=1)
    drawn = np.random.default_rng(seed).integers(0, sizes, size=(turns, len(sizes)))
    return np.vstack([np.zeros(len(sizes), dtype=np.int64), drawn])


def _specified(
    sentences: pd.DataFrame,
    coders: Mapping[str, pd.DataFrame],
    pair: tuple[str, str],
    without: Mapping[str, Mapping[str, pd.DataFrame]],
) -> Iterator[tuple[tuple[str, ...], dict[str, Counts]]]:
    """List every specification: its choices, and its interviews, each counted by itself."""
    number = sentences["exchange"].to_numpy()
    exchanges = {name: number[rows] for name, rows in rows_of(sentences).items()}
    alone = list(exchanges) if 1 < len(exchanges) <= _FEW_INTERVIEWS else []
    few = len(exchanges) <= _FEW_INTERVIEWS and len(sentences) <= _FEW_SENTENCES
    for coder, coded in coders.items():
        as_is = sequences(sentences, coded, pair)
        listed = [("nothing", "", as_is)]
        for indicator, table in without.get(coder, {}).items():
            listed.append(("indicator", indicator, sequences(sentences, table, pair)))
        for unit, chance in WAYS:
            choices = coder, unit, chance
            for *left_out, has in listed[::-1]:
                whole = {
                    name: count(has[name], own, unit, chance) for name, own in exchanges.items()
                }
                yield (*choices, "all", *left_out), whole
                for name in alone:
                    yield (*choices, name, *left_out), {name: whole[name]}
            # The last entry was the unchanged coding; now one part at a time is left out.
            for name, own in exchanges.items():
                rest = {other: part for other, part in whole.items() if other != name}
                if rest and not few:
                    yield (*choices, "all", "interview", name), rest
                for exchange in pd.unique(own) if few and own[0] != own[-1] else ():
                    part = {name: count(as_is[name], own, unit, chance, exchange)}
                    left = "exchange", f"{name} {exchange}"
                    yield (*choices, "all", *left), whole | part
                    if alone:
                        yield (*choices, name, *left), part


def _joint(p: Floats, over: str) -> pd.DataFrame:
    """Test a curve as a whole; the first column of p is what was observed."""
    values = pd.DataFrame(
        {
            "median p": np.median(p, axis=0),
            "specifications with p <= 0.05": (p <= ALPHA + SAME).sum(axis=0),
            "mean -log10 p": -np.log10(p).mean(axis=0),
        }
    )
    observed = values.iloc[0]
    # The median is to be low, the others high.
    share = ((values - observed) * [-1, 1, 1] >= -SAME).mean()
    table = pd.DataFrame({"observed": observed, "expected": values.mean(), "p": share})
    table = table.rename_axis("statistic").reset_index()
    table = table.assign(over=over, specifications=len(p), turns=p.shape[1])
    columns = ["over", "specifications", "statistic", "observed", "expected", "turns", "p"]
    return table[columns]
