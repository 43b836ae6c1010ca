"""How far a coding of themes can be trusted: agreement between coders, by theme and overall."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.agreement.scores import alpha_of, bounded, kappa_of, precision_recall_f1
from analysis.schemas import SENTENCE
from analysis.statistics import Flags
from analysis.themes.coding import by_utterance, flags


def coding_agreement(
    sentences: pd.DataFrame, reader: pd.DataFrame, other: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """Compare two codings of the same sentences, theme by theme and overall.

    Parameters
    ----------
    sentences : a table as returned by `analysis.themes.sentences`, or some of its voices.
    reader, other : tables with `interview`, `utterance`, `sentence`, `theme`: the reference, and
        what is compared with it. Codings of other sentences are ignored.
    themes : ids in the order of the rows.

    Returns
    -------
    DataFrame with a row for each theme, and a last one, `all`, over every pair of a sentence
    and a theme:

    - `theme` (str); `both`, `only_reader`, `only_other`, `neither` (int64): sentences or, for
      `all`, pairs.
    - `precision`, `recall`, `f1` (float64, 0 to 1, higher is better): of `other` with `reader` as
      the truth; NaN where undefined.
    - `kappa` (float64): Cohen's kappa (Cohen 1960, doi:10.1177/001316446002000104); `alpha`
      (float64): Krippendorff's alpha for nominal data (Krippendorff 2019, Content Analysis, 4th
      ed.); both of two coders who say yes or no. Kappa is (p_o - p_e) / (1 - p_e); alpha is 1 -
      (n - 1) d / (n_0 n_1), where d sentences differ and n_1 of all n values are yes. 1 is perfect
      agreement, 0 what chance gives; NaN where neither coder gives the theme, or both always do.
      Agreement on no counts as much as agreement on yes, so compare only themes of similar
      frequency.
    - `kappa_low`, `kappa_high`, `alpha_low`, `alpha_high` (float64): 95% intervals from leaving out
      one utterance at a time (jackknife, Tukey 1958; t with one fewer degree of freedom than there
      are utterances), cut at 1. NaN where leaving out any one utterance changes nothing, as when
      all agree: such data give no interval.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(10), "sentence": 0})
    >>> one, two = units.iloc[:5].assign(theme="rain"), units.iloc[1:5].assign(theme="rain")
    >>> table = coding_agreement(units, one, two, ["rain"])
    >>> table[["theme", "precision", "recall", "kappa"]].values.tolist()
    [['rain', 1.0, 0.8, 0.8], ['all', 1.0, 0.8, 0.8]]
    """
    said = np.stack([flags(sentences, coded, themes) for coded in (reader, other)])
    return _compared(sentences, said, themes)


def coder_agreement(
    sentences: pd.DataFrame, coders: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """Compare every pair of coders, theme by theme and overall.

    Parameters
    ----------
    sentences, themes : as for `coding_agreement`.
    coders : a table as returned by `load_coders`. To compare a codebook with each coder, add its
        codings as those of one more coder (`as_coder`).

    Returns
    -------
    The tables of `coding_agreement`, one after the other, with `one`, `other` (str: the coders)
    in front, `sentences` (int64: those both have coded) after `theme`, and `only_one` in place of
    `only_reader`; precision and recall are those of `other` with `one` as the truth.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(10), "sentence": 0})
    >>> said = {"c": [0, 1, 2, 3, 4], "d": [1, 2, 3, 4], "e": [9]}
    >>> coded = [
    ...     units.assign(coder=coder, theme=["rain" if at in yes else None for at in range(10)])
    ...     for coder, yes in said.items()
    ... ]
    >>> table = coder_agreement(units, pd.concat(coded), ["rain"])
    >>> table.loc[table["theme"] == "all", ["one", "other", "kappa"]].round(2).values.tolist()
    [['c', 'd', 0.8], ['c', 'e', -0.2], ['d', 'e', -0.19]]
    """
    names, said, read = _said(sentences, coders, themes)
    tables = {}
    for one, other in combinations(range(len(names)), 2):
        both = read[one] & read[other]
        table = _compared(sentences[both], said[[one, other]][:, both], themes)
        table.insert(1, "sentences", int(both.sum()))
        tables[names[one], names[other]] = table.rename(columns={"only_reader": "only_one"})
    return pd.concat(tables, names=["one", "other"]).droplevel(2).reset_index()


def alpha_of_all(
    sentences: pd.DataFrame, coders: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """Measure how far all coders agree: Krippendorff's alpha, theme by theme and overall.

    Parameters
    ----------
    sentences, coders, themes : as for `coder_agreement`. Sentences that fewer than two coders have
        coded are left out.

    Returns
    -------
    DataFrame with a row for each theme and a last one, `all`: `theme` (str), `coders`, `sentences`
    (int64), `yes` (int64: codings with the theme), `alpha`, `alpha_low`, `alpha_high` (float64: as
    in `coding_agreement`, for any number of coders, some of whom may have left sentences out).

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(10), "sentence": 0})
    >>> one, two = (units.assign(coder=coder, theme=None) for coder in "cd")
    >>> one.loc[:4, "theme"], two.loc[1:4, "theme"] = "rain", "rain"
    >>> alpha_of_all(units, pd.concat([one, two]), ["rain"])["alpha"].round(2).to_list()
    [0.81, 0.81]
    """
    names, said, read = _said(sentences, coders, themes)
    counts = _alpha_counts(sentences, said, read)
    table = pd.DataFrame({"theme": [*themes, "all"], "coders": len(names)})
    table = table.assign(sentences=int((read.sum(axis=0) > 1).sum()))
    table["yes"] = counts[..., 0].sum(axis=0).astype(np.int64)
    return table.assign(**bounded("alpha", alpha_of, counts))


def contested(sentences: pd.DataFrame, coders: pd.DataFrame, themes: Sequence[str]) -> pd.DataFrame:
    """List the sentences on which coders differ, with what each of them says.

    Parameters
    ----------
    sentences, coders, themes : as for `coder_agreement`.

    Returns
    -------
    DataFrame with a row for each theme and sentence on which those who coded it differ, by theme,
    in reading order: `theme` (str), the keys, `role`, `text` (str), `start`, `end` (int64), `yes`,
    `no` (int64: coders), and a column for each coder (boolean; NA where they did not code the
    sentence).

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": [0, 1], "sentence": 0, "role": "x"})
    >>> units = units.assign(text=["Wet.", "Dry."], start=[0, 5], end=[4, 9])
    >>> one, two = (units.assign(coder=coder, theme="rain") for coder in "cd")
    >>> two.loc[1, "theme"] = None
    >>> table = contested(units, pd.concat([one, two]), ["rain"])
    >>> table[["theme", "text", "c", "d"]].values.tolist()
    [['rain', 'Dry.', True, False]]
    """
    names, said, read = _said(sentences, coders, themes)
    yes = said.sum(axis=0)
    no = read.sum(axis=0)[:, None] - yes
    theme, row = np.nonzero(((yes > 0) & (no > 0)).T)
    table = sentences.iloc[row][[*SENTENCE, "role", "text", "start", "end"]].reset_index(drop=True)
    table.insert(0, "theme", pd.Series(np.array(themes, dtype=object)[theme], dtype="str"))
    table = table.assign(yes=yes[row, theme], no=no[row, theme])
    for name, own, coded in zip(names, said, read, strict=True):
        table[name] = pd.Series(own[row, theme], dtype="boolean").where(coded[row])
    return table


def attested_elsewhere(matches: pd.DataFrame, interview: str) -> pd.DataFrame:
    """Keep, for one interview, the matches of indicators that another interview has as well.

    This scores a codebook on an interview as if only the others had been known when it was written.

    Parameters
    ----------
    matches : a table as returned by `analysis.themes.matches`, of several interviews.
    interview : the one to be scored.

    Returns
    -------
    The rows of `matches` of that interview whose theme and indicator match in another one.

    Examples
    --------
    >>> found = pd.DataFrame({"interview": ["a", "b", "b"], "theme": "rain"})
    >>> found["indicator"] = ["wet", "wet", "drop"]
    >>> attested_elsewhere(found, "b")["indicator"].to_list()
    ['wet']
    """
    own, others = (matches[matches["interview"].eq(interview) == here] for here in (True, False))
    return own.merge(others[["theme", "indicator"]].drop_duplicates(), on=["theme", "indicator"])


def _said(
    sentences: pd.DataFrame, coders: pd.DataFrame, themes: Sequence[str]
) -> tuple[list[str], Flags, Flags]:
    """Say which themes each coder gives each sentence, and which sentences they have coded."""
    by_coder = dict(iter(coders.groupby("coder", sort=False)))
    keys = pd.MultiIndex.from_frame(sentences[SENTENCE])
    said = [flags(sentences, own, themes) for own in by_coder.values()]
    read = [keys.isin(pd.MultiIndex.from_frame(own[SENTENCE])) for own in by_coder.values()]
    return list(by_coder), np.stack(said), np.stack(read)


def _compared(sentences: pd.DataFrame, said: Flags, themes: Sequence[str]) -> pd.DataFrame:
    """Compare two coders who have coded every sentence."""
    one, two = said
    kinds = np.stack([one & two, one & ~two, ~one & two, ~(one | two)], axis=-1)
    counts = _by_utterance(sentences, kinds)
    total = counts.sum(axis=0)
    table = pd.DataFrame(total, columns=["both", "only_reader", "only_other", "neither"])
    table.insert(0, "theme", pd.Series([*themes, "all"], dtype="str"))
    both, missed, added, _ = total.T
    scores = precision_recall_f1(both, both + added, both + missed)
    table["precision"], table["recall"], table["f1"] = scores
    alpha = _alpha_counts(sentences, said, np.ones(said.shape[:2], dtype=bool))
    return table.assign(**bounded("kappa", kappa_of, counts), **bounded("alpha", alpha_of, alpha))


def _alpha_counts(sentences: pd.DataFrame, said: Flags, read: Flags) -> npt.NDArray[Any]:
    """Count what `alpha_of` needs, over the sentences that two or more coders have coded."""
    size, yes = read.sum(axis=0)[:, None], said.sum(axis=0)
    counts = np.stack([yes, size - yes, yes * (size - yes) / np.maximum(size - 1, 1)], axis=-1)
    return _by_utterance(sentences, counts * (size > 1)[..., None])


def _by_utterance(sentences: pd.DataFrame, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sum the values of sentences (rows) within each utterance, by theme, with “all” last."""
    values = np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)
    return by_utterance(sentences, values)
