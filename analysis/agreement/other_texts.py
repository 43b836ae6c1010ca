"""How accurately names are found in texts unseen when the gazetteer and rules were written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.agreement.names import PLACE, entity_accuracy, entity_gold, four_ways
from analysis.agreement.scores import precision_recall_f1
from analysis.annotation.tokens import annotate_once, load_page_tokens
from analysis.names.gazetteer import LABELS
from analysis.schemas import SENTENCE, UTTERANCES, typed
from analysis.sources.interviews import read_interviews, read_source

# Texts of other kinds with reference labels. No rule may be written with these in view.
UNSEEN = "tests/gold/elsewhere/unseen"
_RESAMPLES, _SEED = 2000, 4


def load_paragraphs(folder: str | Path = UNSEEN) -> pd.DataFrame:
    """Read texts as narration, without separating voices: each non-blank line is an utterance.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.

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
    rows = [
        (interview.id, number, "narration", line.group(), *line.span())
        for interview in read_interviews(folder)
        for number, line in enumerate(re.finditer(r"\S.*\S|\S", read_source(folder, interview)))
    ]
    table = pd.DataFrame(rows, columns=["interview", "utterance", "role", "text", "start", "end"])
    return typed(table, UTTERANCES)


def ways_elsewhere(folder: str | Path = UNSEEN) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Find mentions in texts of other kinds, by the methods of `four_ways` without a gazetteer.

    Parameters
    ----------
    folder : as for `load_paragraphs`.

    Returns
    -------
    Tables of mentions by method, and the tokens of the paragraphs.
    """
    paragraphs = load_paragraphs(folder)
    tokens = annotate_once(paragraphs, folder)
    return four_ways(paragraphs, tokens, load_page_tokens(folder)), tokens


def accuracy_elsewhere(
    folder: str | Path = UNSEEN, ways: tuple[Mapping[str, pd.DataFrame], pd.DataFrame] | None = None
) -> pd.DataFrame:
    """Compare mentions in texts of other kinds with reference labels, kind by kind.

    Parameters
    ----------
    folder : a folder of texts with `<id>.entities.tsv` beside them; `label` in its
        `interviews.toml` is the kind.
    ways : as returned by `ways_elsewhere`, if already computed.

    Returns
    -------
    The tables of `entity_accuracy` one after the other, with `kind` ("all" last) and `way` (str)
    in front and, at the end, `f1_low`, `f1_high` (float64): the 95% interval from resampling whole
    sentences (percentile bootstrap, Efron 1979, doi:10.1214/aos/1176344552, with a fixed seed). It
    says how far f1 would vary with other sentences of the same texts, not with other texts.
    NaN where there is nothing to be right about.

    Raises
    ------
    SourceError
        As for `load_paragraphs` and `entity_gold`.

    Examples
    --------
    >>> table = accuracy_elsewhere()
    >>> table.loc[table.label == "all", ["kind", "gold"]].drop_duplicates().values.tolist()
    [['interview', 67], ['encyclopaedia', 91], ['speech', 14], ['all', 172]]
    """
    found_by, tokens = ways_elsewhere(folder) if ways is None else ways
    gold = entity_gold(folder, folder)
    kind_of = {text.id: text.label or text.id for text in read_interviews(folder)}
    labels = [*LABELS, "all"]
    begins = tokens.groupby(SENTENCE, sort=False)["start"].min().reset_index()
    counts = {way: _in_sentences(found, gold, labels, begins) for way, found in found_by.items()}
    tables = {}
    for kind in [*dict.fromkeys(kind_of.values()), "all"]:
        texts = [name for name in kind_of if kind in ("all", kind_of[name])]
        ours, here = (table["interview"].isin(texts) for table in (gold, begins))
        size = int(here.sum())
        draws = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), _RESAMPLES)
        for way, found in found_by.items():
            table = entity_accuracy(found[found["interview"].isin(texts)], gold[ours])
            column = pd.Index(labels).get_indexer(table["label"])
            theirs, true, both = draws @ counts[way][:, here][:, :, column]
            # A resample without a mention of a label, found or labelled, says nothing about it.
            f1 = pd.DataFrame(precision_recall_f1(both, theirs, true)[2])
            ends = f1.quantile([0.025, 0.975]).to_numpy()
            tables[kind, way] = table.assign(f1_low=ends[0], f1_high=ends[1])
    return pd.concat(tables, names=["kind", "way"]).droplevel(2).reset_index()


def _in_sentences(
    found: pd.DataFrame, gold: pd.DataFrame, labels: list[str], begins: pd.DataFrame
) -> Any:
    """Count mentions found, true, and both, by the sentence they begin in and by label."""
    tables = found, gold, found[PLACE].merge(gold[PLACE])
    counts = np.zeros((len(tables), len(begins), len(labels)), dtype=np.int64)
    starts = begins.reset_index(names="row").sort_values("start")
    for number, mentions in enumerate(tables):
        at = pd.merge_asof(mentions.sort_values("start"), starts, on="start", by="interview")
        np.add.at(counts[number], (at["row"], pd.Index(labels).get_indexer(at["label"])), 1)
    counts[:, :, -1] = counts[:, :, :-1].sum(axis=2)
    return counts
