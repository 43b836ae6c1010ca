"""How accurately names are found and labelled: agreement with reference labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.agreement.scores import precision_recall_f1
from analysis.annotation.terms import span_of
from analysis.files import SourceError, labelled_lines
from analysis.names.gazetteer import LABELS
from analysis.names.recognition import entities, model_mentions
from analysis.sources.interviews import read_interviews, read_source

_COLUMNS = ["label", "canonical", "text", "in"]
_MENTION = ["interview", "text", "label", "canonical", "start", "end"]
PLACE = ["interview", "label", "start", "end"]
_SCORES = ("precision", "recall", "f1")
# The methods that the accuracy table compares, from the least preparation to the most.
WAYS = ("model on the page", "model on utterances", "rules", "rules and gazetteer")


def load_entity_gold(path: str | Path, source: str, interview: str) -> pd.DataFrame:
    """Read mentions with reference labels and find them in their source.

    Parameters
    ----------
    path : a tab-separated file with the columns label, canonical, text, in; a line for each mention
        in reading order. `in` is a stretch of the source that contains the mention once.
    source : the decoded source.
    interview : id of the interview.

    Returns
    -------
    DataFrame in reading order: `interview`, `text`, `label`, `canonical` (str), `start`, `end`
    (int64).

    Raises
    ------
    SourceError
        If the file is malformed or empty, a label is unknown, or a mention does not come after the
        previous one in the source.
    """
    rows = []
    last = 0
    for number, (label, canonical, text, around) in labelled_lines(path, _COLUMNS):
        if label not in LABELS:
            raise SourceError(
                f"{path}, line {number}: label {label!r} is unknown; use one of"
                f" {', '.join(LABELS)}."
            )
        if not text or around.count(text) != 1:
            raise SourceError(
                f"{path}, line {number}: {text!r} does not occur exactly once in {around!r};"
                " correct one of them."
            )
        before = around.index(text)
        # The context may overlap the last mention; the mention itself may not.
        start = source.find(around, max(0, last - before)) + before
        if start < last:
            raise SourceError(
                f"{path}, line {number}: {around[:40]!r} is not what comes next in the"
                " source; correct it."
            )
        last = start + len(text)
        rows.append((interview, text, label, canonical, start, last))
    if not rows:
        raise SourceError(
            f"{path}, line 2: no labelled mentions follow the header; put one on each line,"
            " or remove the file."
        )
    texts = dict.fromkeys(_MENTION[:4], "str")
    return pd.DataFrame(rows, columns=_MENTION).astype(texts | {"start": "int64", "end": "int64"})


def entity_gold(folder: str | Path = "seeds", gold: str | Path = "tests/gold") -> pd.DataFrame:
    """Read the reference labels of mentions in every `<interview>.entities.tsv`.

    Parameters
    ----------
    folder : the folder that contains `interviews.toml`.
    gold : the folder that contains the labels.

    Returns
    -------
    DataFrame as returned by `load_entity_gold`, interviews in the order of `interviews.toml`.

    Raises
    ------
    SourceError
        As for `load_entity_gold`; also if no interview has labels.

    Examples
    --------
    >>> entity_gold().groupby("interview").size().to_dict()
    {'indiewire': 51, 'tiff': 41}
    """
    tables = [
        load_entity_gold(path, read_source(folder, interview), interview.id)
        for interview in read_interviews(folder)
        if (path := Path(gold) / f"{interview.id}.entities.tsv").exists()
    ]
    if not tables:
        raise SourceError(
            f"{gold} has no labelled mentions for any interview in {folder}; add a file"
            " <interview>.entities.tsv for at least one of them."
        )
    return pd.concat(tables, ignore_index=True)


def names_of_others(
    utterances: pd.DataFrame, tokens: pd.DataFrame, gazetteer: pd.DataFrame, gold: pd.DataFrame
) -> pd.DataFrame:
    """Find mentions in each interview as if the gazetteer had been written without it.

    For each interview, the gazetteer is reduced to the names in the other interviews: what would be
    known about an unread interview on the same subject.

    Parameters
    ----------
    utterances, tokens, gazetteer : as for `four_ways`.
    gold : a table as returned by `entity_gold`; it says what is named where.

    Returns
    -------
    DataFrame as returned by `entities`.
    """
    tables = [entities(utterances.head(0), tokens.head(0))]
    for interview, rows in tokens.groupby("interview"):
        others = gold.loc[gold["interview"] != interview, ["canonical", "label"]].drop_duplicates()
        known = gazetteer.merge(others, on=["canonical", "label"])
        tables.append(entities(utterances[utterances["interview"] == interview], rows, known))
    return pd.concat(tables, ignore_index=True)


def four_ways(
    utterances: pd.DataFrame,
    tokens: pd.DataFrame,
    page: pd.DataFrame,
    gazetteer: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Find mentions by each of the methods to be compared for accuracy.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`.
    tokens : as returned by `load_tokens`.
    page : as returned by `load_page_tokens`.
    gazetteer : as returned by `load_gazetteer`; without it there are three ways.

    Returns
    -------
    Tables of mentions by method: the model on the untouched page, without page furniture; the model
    on the utterances; rules that use no list of names; rules and gazetteer. All contain only the
    labels in scope.
    """
    bare = model_mentions(page)
    furniture = utterances.loc[utterances["role"] == "boilerplate", ["interview", "start", "end"]]
    bare = bare[span_of(bare, furniture) < 0].reset_index(drop=True)
    found = [bare, model_mentions(tokens), entities(utterances, tokens)]
    if gazetteer is not None:
        found.append(entities(utterances, tokens, gazetteer))
    return dict(zip(WAYS, found, strict=False))


def entity_accuracy(found: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Compare the mentions found with reference labels, strictly and partially.

    Strict: the same characters and the same label. Partial: the label is ignored, and a mention
    that overlaps counts as half; in the rows of individual labels, a mention found under another
    label counts as missed for its own label and as wrong for the other. The counts are
    nervaluate's, which follow SemEval 2013 task 9.1.

    Parameters
    ----------
    found : a table with `interview`, `label`, `start`, `end`; no mention overlaps another.
    gold : a table as returned by `entity_gold`. Interviews that are not in it are left out of
        `found`.

    Returns
    -------
    DataFrame with a row for each label, in the order of `LABELS`, and a last row “all”: `label`
    (str), `gold`, `found`, `correct` (int64: strictly), `precision`, `recall`, `f1`,
    `partial_precision`, `partial_recall`, `partial_f1` (float64, 0 to 1, higher is better; NaN
    where there is nothing to be right about), `names` (float64, 0 to 1: of the mentions that are
    strictly correct, those under the reference canonical name; NaN where there is none to compare).

    Raises
    ------
    ValueError
        If `gold` has no mentions.

    Examples
    --------
    >>> gold = pd.DataFrame({"interview": "a", "label": ["PERSON", "GPE"], "start": [0, 9]})
    >>> gold["end"] = [5, 12]
    >>> scores = entity_accuracy(gold.assign(end=[5, 11]), gold)
    >>> scores[["label", "f1", "partial_f1"]].values.tolist()
    [['PERSON', 1.0, 1.0], ['GPE', 0.0, 0.5], ['all', 0.5, 0.75]]
    """
    from nervaluate import Evaluator

    if gold.empty:
        raise ValueError(
            "There are no reference labels to compare with; label the mentions in some of these"
            " interviews first."
        )
    names = list(gold["interview"].unique())
    found = found[found["interview"].isin(names)]
    labels = [label for label in LABELS if label in {*gold["label"], *found["label"]}]
    true, predicted = _documents(gold, names), _documents(found, names)
    counted = Evaluator(true, predicted, tags=labels, loader="dict").evaluate()
    same = pd.DataFrame({"label": [], "same": []})
    if "canonical" in found and "canonical" in gold:
        same = found.merge(gold, on=PLACE, suffixes=("", "_gold"))
        same["same"] = same["canonical"] == same["canonical_gold"]
    rows = []
    by_label = {**counted["entities"], "all": counted["overall"]}
    for label in [*labels, "all"]:
        results = by_label[label]
        ours, theirs, named = (
            table[table["label"].eq(label) | (label == "all")] for table in (gold, found, same)
        )
        row = {"label": label, "gold": len(ours), "found": len(theirs)}
        row["correct"] = results["strict"].correct
        for prefix, scheme in (("", "strict"), ("partial_", "partial")):
            right = results[scheme].correct + results[scheme].partial / 2
            scores = precision_recall_f1(right, len(theirs), len(ours))
            row |= {prefix + score: float(one) for score, one in zip(_SCORES, scores, strict=True)}
        rows.append(row | {"names": float(named["same"].mean())})
    return pd.DataFrame(rows)


def accuracy_by_way(ways: Mapping[str, pd.DataFrame], gold: pd.DataFrame) -> pd.DataFrame:
    """Compare several ways of finding mentions with the reference labels.

    Parameters
    ----------
    ways : tables of mentions by name, as returned by `four_ways`.
    gold : a table as returned by `entity_gold`.

    Returns
    -------
    The tables of `entity_accuracy` one after the other, preceded by `way` and `interview` (str).
    For each way, the row “all” of each interview comes first, then every label for all interviews
    together, where `interview` is “all”.
    """
    tables = {}
    for way, found in ways.items():
        for name, rows in gold.groupby("interview", sort=False):
            tables[way, name] = entity_accuracy(found, rows).tail(1)
        tables[way, "all"] = entity_accuracy(found, gold)
    return pd.concat(tables, names=["way", "interview"]).droplevel(2).reset_index()


def _documents(mentions: pd.DataFrame, names: list[str]) -> list[list[dict[str, Any]]]:
    """Write mentions as nervaluate reads them: a list for each interview, ends inclusive."""
    table = mentions[["interview", "label", "start"]].assign(end=mentions["end"] - 1)
    by_name = dict(iter(table.sort_values("start", kind="stable").groupby("interview")))
    return [
        by_name.get(name, table.head(0)).drop(columns="interview").to_dict("records")
        for name in names
    ]
