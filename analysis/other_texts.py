"""Names in texts that neither gazetteer nor rules had in view: what to expect on a page of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.entities import entities, model_mentions
from analysis.entity_accuracy import WAYS, entity_accuracy, entity_gold
from analysis.interviews import read_interviews, read_source
from analysis.tokens import annotate_once, load_page_tokens

# Texts of other kinds with labels set by hand. No rule may be written with these in view.
UNSEEN = "tests/gold/elsewhere/unseen"
_RESAMPLES, _SEED = 2000, 4


def load_paragraphs(folder: str | Path = UNSEEN) -> pd.DataFrame:
    """Read texts whose voices are not told apart: every line that is not blank is a paragraph of narration.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame with the columns of `load_utterances`, a row for each paragraph.

    Raises
    ------
    SourceError
        If the list or one of its files cannot be used.

    Examples
    --------
    >>> paragraphs = load_paragraphs()
    >>> paragraphs.loc[paragraphs.interview == "cyclone", "text"].head(3).to_list()[1:]
    ['File photo of interviewee David Titley.', 'Image: David Titley.']
    """
    from analysis.schemas import UTTERANCES

    rows = []
    for interview in read_interviews(folder):
        at = number = 0
        for line in read_source(folder, interview).splitlines(keepends=True):
            text = line.strip()
            start = at + line.index(text)
            at += len(line)
            if text:
                rows.append((interview.id, number, "narration", text, start, start + len(text)))
                number += 1
    table = pd.DataFrame(rows, columns=["interview", "utterance", "role", "text", "start", "end"])
    table = table.assign(turn=None, speaker=None, prompt=None)
    table = table.astype({"turn": "Int64"} | dict.fromkeys(["interview", "role", "speaker", "prompt", "text"], "str"))
    return UTTERANCES.validate(table[list(UTTERANCES.columns)])


def ways_elsewhere(folder: str | Path = UNSEEN) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Find mentions in texts of other kinds, in the three ways of `four_ways` that need no gazetteer.

    Parameters
    ----------
    folder : as for `load_paragraphs`.

    Returns
    -------
    Tables of mentions by way, and the tokens of the paragraphs.

    Raises
    ------
    SourceError
        As `load_paragraphs`.
    """
    paragraphs = load_paragraphs(folder)
    tokens = annotate_once(paragraphs, folder)
    found = [model_mentions(load_page_tokens(folder)), model_mentions(tokens), entities(paragraphs, tokens)]
    return dict(zip(WAYS, found, strict=False)), tokens


def accuracy_elsewhere(
    folder: str | Path = UNSEEN, ways: tuple[Mapping[str, pd.DataFrame], pd.DataFrame] | None = None
) -> pd.DataFrame:
    """Compare mentions in texts of other kinds with labels set by hand, kind by kind.

    Parameters
    ----------
    folder : a folder of texts with `<id>.entities.tsv` beside them; `label` in its `interviews.toml` is the kind.
    ways : as `ways_elsewhere` returns them, if they are at hand.

    Returns
    -------
    The tables of `entity_accuracy` one after the other, with `kind` ("all" last) and `way` (str) before, and
    `f1_low`, `f1_high` (float64) after `f1`: the 95 % interval of resampling whole sentences (percentile bootstrap,
    Efron 1979, doi:10.1214/aos/1176344552, with a fixed seed). It says how far the figure would move with other
    sentences of the same texts, not with other texts. NaN where there is nothing to be right about.

    Raises
    ------
    SourceError
        As `load_paragraphs` and `entity_gold`.

    Examples
    --------
    >>> table = accuracy_elsewhere()
    >>> table.loc[table.label == "all", ["kind", "gold"]].drop_duplicates().values.tolist()
    [['interview', 67], ['encyclopaedia', 91], ['speech', 14], ['all', 172]]
    """
    found_by, tokens = ways_elsewhere(folder) if ways is None else ways
    gold = entity_gold(folder, folder)
    kind_of = {interview.id: interview.label or interview.id for interview in read_interviews(folder)}
    kinds = [*dict.fromkeys(kind_of.values()), "all"]
    tables = []
    for kind in kinds:
        texts = [name for name in kind_of if kind in ("all", kind_of[name])]
        ours, words = (table[table["interview"].isin(texts)] for table in (gold, tokens))
        first, drawn = _resampled(words)
        for way, found in found_by.items():
            theirs = found[found["interview"].isin(texts)]
            table = entity_accuracy(theirs, ours)
            limits = [_interval(theirs, ours, label, first, drawn) for label in table["label"]]
            table.insert(table.columns.get_loc("f1") + 1, "f1_low", [low for low, _ in limits])
            table.insert(table.columns.get_loc("f1_low") + 1, "f1_high", [high for _, high in limits])
            table.insert(0, "kind", kind)
            table.insert(1, "way", way)
            tables.append(table)
    return pd.concat(tables, ignore_index=True).astype({"kind": "str", "way": "str"})


def _resampled(tokens: pd.DataFrame) -> tuple[pd.DataFrame, Any]:
    """Draw sentences with replacement: where each begins, and how often each is drawn in every resample."""
    first = tokens.groupby(["interview", "utterance", "sentence"], sort=False)["start"].min().reset_index()
    size = len(first)
    return first, np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)


def _interval(
    found: pd.DataFrame, gold: pd.DataFrame, label: str, first: pd.DataFrame, drawn: Any
) -> tuple[float, float]:
    """Bound the strict F1 of a label, or of all, over the resamples."""
    if label != "all":
        found, gold = found[found["label"] == label], gold[gold["label"] == label]
    place = ["interview", "label", "start", "end"]
    right = found[place].merge(gold[place], on=place)
    theirs, ours, both = (drawn @ _in_sentences(table, first) for table in (found, gold, right))
    some = theirs + ours > 0
    if not some.any():
        return float("nan"), float("nan")
    low, high = np.quantile(2 * both[some] / (theirs + ours)[some], [0.025, 0.975])
    return float(low), float(high)


def _in_sentences(mentions: pd.DataFrame, first: pd.DataFrame) -> Any:
    """Count the mentions that begin in each sentence."""
    counts = np.zeros(len(first), dtype=np.int64)
    for interview, rows in mentions.groupby("interview"):
        here = np.flatnonzero(first["interview"] == interview)
        at = first["start"].to_numpy()[here].searchsorted(rows["start"].to_numpy(), side="right") - 1
        np.add.at(counts, here[np.maximum(at, 0)], 1)
    return counts
