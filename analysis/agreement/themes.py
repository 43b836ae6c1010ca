"""How far a coding of themes can be trusted: agreement of coders theme by theme, and what it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.agreement.scores import alpha_of, jackknife, kappa_of, precision_recall_f1
from analysis.files import SourceError, labelled_lines
from analysis.schemas import SENTENCE, UTTERANCE
from analysis.themes.coding import counted

_NUMBERS = ["both", "only_reader", "only_other", "neither"]
_CODED = [*SENTENCE, "theme"]
PASSES = ("first", "second")
_FILE = "{}.themes.tsv"


def load_reader_codings(
    folder: str | Path, sentences: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame:
    """Read what a reader has coded, twice, the second time blind to the first.

    Parameters
    ----------
    folder : holds a file `<interview>.themes.tsv` for each interview of `sentences`: a line for
        each sentence in reading order, `first`, `second` (ids of themes with blanks between, or
        nothing) and `text`.
    sentences : a table as `analysis.themes.coding.sentences` returns it, all voices.
    themes : the ids that may stand there.

    Returns
    -------
    DataFrame with a row for each theme of each sentence in each pass: `coder` ("first" or
    "second"), `interview` (str), `utterance`, `sentence` (int64), `theme` (str).

    Raises
    ------
    SourceError
        If an interview has no file, a line is malformed, or the sentences are others than those
        coded.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.themes.coding import sentences
    >>> units = sentences(load_utterances("seeds"), load_tokens("seeds"))
    >>> coded = load_reader_codings("tests/gold", units, ["technology"] + "films intimacy process".split()
    ...     + "collaboration emotion".split())
    >>> coded.loc[coded["interview"] == "tiff", "coder"].unique().tolist()
    ['first', 'second']
    """
    paths = {name: Path(folder) / _FILE.format(name) for name in sentences["interview"].unique()}
    missing = [path for path in paths.values() if not path.exists()]
    # Else sentences that nobody has read would count as sentences without a theme.
    if missing and len(missing) < len(paths):
        raise SourceError(
            f"{missing[0]}: there is no such file, but other interviews of the folder are coded;"
            " code this one too, or take the files of the others away."
        )
    rows = []
    for interview, units in sentences.groupby("interview", sort=False):
        path = paths[interview]
        if not path.exists():
            continue
        lines = list(labelled_lines(path, [*PASSES, "text"]))
        if len(lines) != len(units):
            raise SourceError(
                f"{path}: has {len(lines)} sentences, the interview {len(units)}; code it again."
            )
        for (line, cells), unit in zip(lines, units.itertuples(), strict=True):
            if cells[2] != " ".join(unit.text.split()):
                raise SourceError(
                    f"{path}, line {line}: is {cells[2][:40]!r}, but the interview's next sentence"
                    f" is {unit.text[:40]!r}; correct the line, or code the interview again."
                )
            for coder, cell in zip(PASSES, cells, strict=False):
                unknown = sorted(set(cell.split()) - set(themes))
                if unknown:
                    raise SourceError(
                        f"{path}, line {line}: theme {unknown[0]!r} is not in the codebook;"
                        " correct it."
                    )
                keys = (interview, unit.utterance, unit.sentence)
                rows += [(coder, *keys, theme) for theme in themes if theme in cell.split()]
    if not rows:
        raise SourceError(
            f"{folder}: holds no coding of these interviews; name files <interview>.themes.tsv."
        )
    return pd.DataFrame(rows, columns=["coder", *SENTENCE, "theme"]).astype(
        {"interview": "str", "theme": "str"}
    )


def first_pass(
    folder: str | Path | None, sentences: pd.DataFrame, themes: Sequence[str]
) -> pd.DataFrame | None:
    """Return a reader's first pass, the reference; None unless every interview has been coded.

    An interview that nobody has coded is not one in which a reader finds nothing, so with one more
    interview the codebook stands alone until that is coded too.

    Parameters
    ----------
    folder, sentences, themes : as for `load_reader_codings`.

    Raises
    ------
    SourceError
        If a file is malformed or codes other sentences.
    """
    names = sentences["interview"].unique()
    if folder is None or not all((Path(folder) / _FILE.format(name)).exists() for name in names):
        return None
    coded = load_reader_codings(folder, sentences, themes)
    return coded[coded["coder"] == PASSES[0]]


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
    >>> coding_agreement(units, one, two, ["rain"])[["theme", "precision", "recall", "kappa"]].values.tolist()
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
    >>> units = pd.DataFrame({"interview": "a", "utterance": [0, 1], "sentence": 0, "role": "interviewee", "start": 0})
    >>> units["text"] = ["Wet again.", "Dry."]
    >>> coded = units[:1].assign(theme="rain")
    >>> disagreements(units, coded, coded[:0], ["rain"])[["theme", "given_by", "text"]].values.tolist()
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
    >>> units = pd.DataFrame({"interview": "a", "utterance": range(4), "sentence": 0, "place": range(4)})
    >>> units = units.assign(exchange=0, role="interviewee", speaker="Ann", start=range(4), end=range(1, 5))
    >>> listed = pd.DataFrame({"theme": "rain", "indicator": ["wet", "drop"], "negated": True})
    >>> found = units.iloc[[0, 1]].assign(theme="rain", indicator=["wet", "drop"], text="x", negated=False)
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
    >>> found = pd.DataFrame({"interview": ["a", "b", "b"], "theme": "rain", "indicator": ["wet", "wet", "drop"]})
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
    """Sum values of pairs of sentence and theme: by theme, all last; and so without each utterance."""
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
