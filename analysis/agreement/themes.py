"""How far a coding of themes can be trusted: agreement of coders, and what it depends on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.agreement.scores import alpha_of, jackknife, kappa_of, precision_recall_f1
from analysis.schemas import SENTENCE, UTTERANCE
from analysis.themes.coding import counted

_NUMBERS = ["both", "only_reader", "only_other", "neither"]
_CODED = [*SENTENCE, "theme"]


def coding_agreement(
    sentences: pd.DataFrame, reader: pd.DataFrame, other: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """Compare two codings of the same sentences, theme by theme and over all.

    Parameters
    ----------
    sentences : a table as `analysis.themes.coding.sentences` returns it, or some voices of it.
    reader, other : tables with `interview`, `utterance`, `sentence`, `theme`: the reference, and
        what is held against it. Codings of other sentences are passed over.
    themes : ids in the order of the rows.

    Returns
    -------
    DataFrame with a row for each theme, and a last one, `all`, over every pair of sentence and
    theme:

    - `theme` (str); `both`, `only_reader`, `only_other`, `neither` (int64): sentences, for `all`
      pairs.
    - `precision`, `recall`, `f1` (float64, 0 to 1): of `other` with `reader` as the truth; NaN
      where undefined.
    - `kappa` (float64): Cohen's kappa (Cohen 1960, doi:10.1177/001316446002000104), `alpha`
      (float64): Krippendorff's alpha for nominal data (Krippendorff 2019, Content Analysis, 4th
      ed.), of two coders who say yes or no: kappa is (p_o - p_e) / (1 - p_e), alpha 1 - (n - 1) d /
      (n_0 n_1) with n values in all, n_1 of them yes, and d sentences that differ. 1 is perfect, 0
      what chance gives; NaN where neither coder, or both always, give the theme. They weigh the
      common no as well as the yes, so they may be compared between themes only if these are about
      equally frequent.
    - `kappa_low`, `kappa_high`, `alpha_low`, `alpha_high` (float64): 95% intervals by leaving out
      one utterance at a time (jackknife, Tukey 1958; t with one degree of freedom less than there
      are utterances), cut at 1. NaN where leaving out any utterance changes nothing, as where all
      agree: no interval can then be had from these data.

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(10), "sentence": 0})
    >>> one, two = units.iloc[:5].assign(theme="rain"), units.iloc[1:5].assign(theme="rain")
    >>> table = coding_agreement(units, one, two, ["rain"])
    >>> table[["theme", "precision", "recall", "kappa"]].values.tolist()
    [['rain', 1.0, 0.8, 0.8], ['all', 1.0, 0.8, 0.8]]
    """
    cells = _cells(sentences, {"reader": reader, "other": other}, themes)
    kind = 3 - 2 * cells["reader"].to_numpy(dtype=int) - cells["other"].to_numpy(dtype=int)
    # Kinds 0 to 3 are both, the reader alone, the other alone, neither.
    total, without = _by_utterance(cells, np.eye(4, dtype=np.int64)[kind], len(themes))
    both, missed, added, _ = total.T
    table = pd.DataFrame(total, columns=_NUMBERS)
    table.insert(0, "theme", pd.Series([*themes, "all"], dtype="str"))
    scores = precision_recall_f1(both, both + added, both + missed)
    table["precision"], table["recall"], table["f1"] = scores
    for name, measure in (("kappa", kappa_of), ("alpha", _alpha_of_two)):
        value = measure(total)
        low, high = jackknife(value, measure(without))
        table = table.assign(**{name: value, f"{name}_low": low, f"{name}_high": high})
    return table


def coder_agreement(
    sentences: pd.DataFrame, coders: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """Compare every pair of coders, theme by theme and over all.

    Parameters
    ----------
    sentences, themes : as for `coding_agreement`.
    coders : a table as `analysis.agreement.load_coders` returns it. To hold a codebook against
        each coder, add its codings with `coder` set to its name.

    Returns
    -------
    The tables of `coding_agreement` one after the other, with `one`, `other` (str: the coders)
    before, `sentences` (int64: that both have coded) after `theme`, and `only_one` for
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
    tables = []
    by_coder = dict(iter(coders.groupby("coder", sort=False)))
    for one, other in combinations(by_coder, 2):
        pair = by_coder[one], by_coder[other]
        both = sentences
        for coded in pair:
            both = both.merge(coded[SENTENCE].drop_duplicates(), on=SENTENCE)
        table = coding_agreement(both, *pair, themes)
        table.insert(1, "sentences", len(both))
        table.insert(0, "one", one)
        table.insert(1, "other", other)
        tables.append(table.rename(columns={"only_reader": "only_one"}))
    return pd.concat(tables, ignore_index=True).astype({"one": "str", "other": "str"})


def alpha_of_all(
    sentences: pd.DataFrame, coders: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """Measure how far all coders agree at once: Krippendorff's alpha, theme by theme and over all.

    Parameters
    ----------
    sentences, coders, themes : as for `coder_agreement`. Sentences that fewer than two have coded
        are left out.

    Returns
    -------
    DataFrame with a row for each theme and a last one, `all`: `theme` (str), `coders`, `sentences`
    (int64), `yes` (int64: codings with the theme), `alpha`, `alpha_low`, `alpha_high` (float64: as
    in `coding_agreement`; any number of coders, sentences that some have not coded).

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(10), "sentence": 0})
    >>> one, two = (units.assign(coder=coder, theme=None) for coder in "cd")
    >>> one.loc[:4, "theme"], two.loc[1:4, "theme"] = "rain", "rain"
    >>> alpha_of_all(units, pd.concat([one, two]), ["rain"])["alpha"].round(2).to_list()
    [0.81, 0.81]
    """
    by_coder = dict(iter(coders.groupby("coder", sort=False)))
    cells = _cells(sentences, by_coder, themes)
    keys = pd.MultiIndex.from_frame(cells[SENTENCE])
    has = np.column_stack(
        [keys.isin(pd.MultiIndex.from_frame(own[SENTENCE])) for own in by_coder.values()]
    )
    size, yes = has.sum(axis=1), cells[list(by_coder)].to_numpy().sum(axis=1)
    counts = np.column_stack([yes, size - yes, yes * (size - yes) / np.maximum(size - 1, 1)])
    total, without = _by_utterance(cells, counts * (size > 1)[:, None], len(themes))
    alpha = alpha_of(*total.T)
    low, high = jackknife(alpha, alpha_of(*np.moveaxis(without, -1, 0)))
    units = int((size > 1).sum()) // len(themes)
    return pd.DataFrame(
        {
            "theme": pd.Series([*themes, "all"], dtype="str"),
            "coders": len(by_coder),
            "sentences": units,
            "yes": total[:, 0].astype("int64"),
            "alpha": alpha,
            "alpha_low": low,
            "alpha_high": high,
        }
    )


def contested(sentences: pd.DataFrame, coders: pd.DataFrame, themes: Sequence[str]) -> pd.DataFrame:
    """List the sentences on which coders differ, with what each of them says.

    Parameters
    ----------
    sentences, coders, themes : as for `coder_agreement`.

    Returns
    -------
    DataFrame with a row for each theme and sentence that some who coded it give and others do not,
    by theme, in reading order: `theme` (str), the keys, `role`, `text` (str), `start`, `end`
    (int64), `yes`, `no` (int64: coders), and a column for each coder (boolean; NA where they did
    not code the sentence).

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
    by_coder = dict(iter(coders.groupby("coder", sort=False)))
    cells = _cells(sentences, by_coder, themes)
    keys = pd.MultiIndex.from_frame(cells[SENTENCE])
    for name, own in by_coder.items():
        read = keys.isin(pd.MultiIndex.from_frame(own[SENTENCE]))
        cells[name] = cells[name].astype("boolean").where(read)
    said = cells[list(by_coder)]
    cells = cells.assign(yes=said.sum(axis=1).astype("int64"), no=(~said).sum(axis=1))
    cells = cells[(cells["yes"] > 0) & (cells["no"] > 0)].assign(no=cells["no"].astype("int64"))
    table = cells.merge(sentences[[*SENTENCE, "role", "text", "start", "end"]], on=SENTENCE)
    rank = {theme: number for number, theme in enumerate(themes)}
    table = table.sort_values(
        "theme", key=lambda column: column.map(rank), kind="stable", ignore_index=True
    )
    return table[["theme", *SENTENCE, "role", "text", "start", "end", "yes", "no", *by_coder]]


def disagreements(
    sentences: pd.DataFrame, reader: pd.DataFrame, other: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """List the sentences on which two codings differ.

    Parameters
    ----------
    sentences, reader, other, themes : as for `coding_agreement`; if `other` has the column
        `matched`, it is shown.

    Returns
    -------
    DataFrame with a row for each sentence and theme that only one of them has, by theme, in reading
    order: `theme`, `given_by` ("reader" or "other"), `interview`, `role`, `text`, `matched` (str;
    NA where there is none), `start` (int64).

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": [0, 1], "sentence": 0})
    >>> units = units.assign(role="interviewee", start=0, text=["Wet again.", "Dry."])
    >>> coded = units[:1].assign(theme="rain")
    >>> table = disagreements(units, coded, coded[:0], ["rain"])
    >>> table[["theme", "given_by", "text"]].values.tolist()
    [['rain', 'reader', 'Wet again.']]
    """
    cells = _cells(sentences, {"reader": reader, "other": other}, themes)
    differ = cells[cells["reader"] != cells["other"]]
    shown = other[_CODED].assign(matched=other.get("matched"))
    table = differ.merge(shown, on=_CODED, how="left").merge(
        sentences[[*SENTENCE, "role", "text", "start"]], on=SENTENCE
    )
    table["given_by"] = table["reader"].map({True: "reader", False: "other"})
    rank = {theme: number for number, theme in enumerate(themes)}
    table = table.sort_values(
        "theme", key=lambda column: column.map(rank), kind="stable", ignore_index=True
    )
    columns = ["theme", "given_by", "interview", "role", "text", "matched", "start"]
    return table[columns].astype(dict.fromkeys(columns[:-1], "str"))


def indicator_weight(
    sentences: pd.DataFrame, reader: pd.DataFrame, matches: pd.DataFrame, indicators: pd.DataFrame
) -> pd.DataFrame:
    """Say how the codebook does with each indicator left out.

    Parameters
    ----------
    sentences, reader : as for `coding_agreement`.
    matches, indicators : tables as `analysis.themes.coding.matches` and
        `analysis.themes.codebook.load_indicators` return them.

    Returns
    -------
    DataFrame with a row for each indicator that matches, by theme, the one the theme hangs on most
    first: `theme`, `indicator` (str), `sentences` (int64: in which it matches), `alone` (int64:
    that no other indicator of the theme codes), `right` (int64: of these, coded by the reader),
    `kappa` (float64: of the theme without it), `difference` (float64: kappa with all less kappa
    without it; less than 0: the theme would agree better without it).

    Examples
    --------
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(4), "sentence": 0})
    >>> listed = pd.DataFrame({"theme": "rain", "indicator": ["wet", "drop"], "negated": True})
    >>> found = units.iloc[[0, 1]].assign(theme="rain", indicator=["wet", "drop"])
    >>> found["negated"] = False
    >>> weight = indicator_weight(units, units.iloc[[0]].assign(theme="rain"), found, listed)
    >>> weight[["indicator", "alone", "right", "difference"]].round(2).values.tolist()
    [['wet', 1, 1, 0.83], ['drop', 1, 0, -0.5]]
    """
    kept = counted(matches, indicators).merge(sentences[SENTENCE], on=SENTENCE)
    kept = kept.drop_duplicates([*_CODED, "indicator"])
    coded = reader[_CODED].drop_duplicates().merge(sentences[SENTENCE], on=SENTENCE)
    kept = kept.merge(coded.assign(right=True), on=_CODED, how="left")
    kept["right"] = kept["right"].eq(True).fillna(False).astype("bool")
    kept["alone"] = ~kept.duplicated(_CODED, keep=False)
    sizes = coded.groupby("theme").size()
    rows = []
    for theme, own in kept.groupby("theme", sort=False):
        right = own.drop_duplicates(SENTENCE)["right"]
        both, added, true = right.sum(), (~right).sum(), sizes.get(theme, 0)
        cells = np.array([both, true - both, added, len(sentences) - true - added])
        whole = float(kappa_of(cells))
        for indicator, hits in own.groupby("indicator", sort=False):
            good, bad = (
                (hits["alone"] & hits["right"]).sum(),
                (hits["alone"] & ~hits["right"]).sum(),
            )
            kappa = float(kappa_of(cells + np.array([-good, good, -bad, bad])))
            rows.append((theme, indicator, len(hits), good + bad, good, kappa, whole - kappa))
    columns = ["theme", "indicator", "sentences", "alone", "right", "kappa", "difference"]
    table = pd.DataFrame(rows, columns=columns).astype({"theme": "str", "indicator": "str"})
    rank = {theme: number for number, theme in enumerate(indicators["theme"].unique())}
    table = table.assign(rank=table["theme"].map(rank))
    table = table.sort_values(
        ["rank", "difference", "indicator"], ascending=[True, False, True], ignore_index=True
    )
    return table.drop(columns="rank")


def attested_elsewhere(matches: pd.DataFrame, interview: str) -> pd.DataFrame:
    """Keep, for one interview, the matches of indicators that another interview has as well.

    So a codebook is scored on an interview as if it had been written with only the others in view:
    what matches nowhere else could not have been known to be needed.

    Parameters
    ----------
    matches : a table as `analysis.themes.coding.matches` returns it, of several interviews.
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


def _cells(
    sentences: pd.DataFrame, coders: dict[str, pd.DataFrame], themes: Sequence[str]
) -> pd.DataFrame:
    """List every pair of sentence and theme with what each coder says, yes or no."""
    named = pd.Series(list(themes), name="theme", dtype="str")
    cells = sentences[SENTENCE].merge(named, how="cross")
    pairs = pd.MultiIndex.from_frame(cells[_CODED])
    for name, coded in coders.items():
        cells[name] = pairs.isin(pd.MultiIndex.from_frame(coded[_CODED]))
    return cells


def _by_utterance(
    cells: pd.DataFrame, values: np.ndarray, themes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sum values of sentences and themes, by theme, all last; and without each utterance."""
    utterance = cells.groupby(UTTERANCE, sort=False).ngroup().to_numpy()
    sums = np.zeros((themes + 1, utterance.max(initial=-1) + 1, values.shape[1]), values.dtype)
    np.add.at(sums, (np.arange(len(cells)) % themes, utterance), values)
    sums[-1] = sums[:-1].sum(axis=0)
    total = sums.sum(axis=1)
    return total, total[:, None] - sums


def _alpha_of_two(counts: np.ndarray) -> np.ndarray:
    both, only_one, only_two, neither = np.moveaxis(counts, -1, 0)
    differ = only_one + only_two
    return alpha_of(2 * both + differ, 2 * neither + differ, differ)
