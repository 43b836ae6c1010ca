"""Names in texts that neither gazetteer nor rules had in view: what to expect elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.agreement.names import WAYS, entity_accuracy, entity_gold
from analysis.agreement.scores import precision_recall_f1
from analysis.annotation.tokens import annotate_once, load_page_tokens
from analysis.names.gazetteer import LABELS
from analysis.names.recognition import entities, model_mentions
from analysis.schemas import SENTENCE, UTTERANCES
from analysis.sources.interviews import read_interviews, read_source

# Texts of other kinds with labels set by hand. No rule may be written with these in view.
UNSEEN = "tests/gold/elsewhere/unseen"
_RESAMPLES, _SEED = 2000, 4


def load_paragraphs(folder: str | Path = UNSEEN) -> pd.DataFrame:
    """Read texts whose voices are not told apart: each line that is not blank is narration.

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
    table = table.astype(
        {"turn": "Int64"} | dict.fromkeys(["interview", "role", "speaker", "prompt", "text"], "str")
    )
    return UTTERANCES.validate(table[list(UTTERANCES.columns)])


def ways_elsewhere(folder: str | Path = UNSEEN) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Find mentions in texts of other kinds, in the ways of `four_ways` that need no gazetteer.

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
    found = [
        model_mentions(load_page_tokens(folder)),
        model_mentions(tokens),
        entities(paragraphs, tokens),
    ]
    return dict(zip(WAYS, found, strict=False)), tokens


def accuracy_elsewhere(
    folder: str | Path = UNSEEN, ways: tuple[Mapping[str, pd.DataFrame], pd.DataFrame] | None = None
) -> pd.DataFrame:
    """Compare mentions in texts of other kinds with labels set by hand, kind by kind.

    Parameters
    ----------
    folder : a folder of texts with `<id>.entities.tsv` beside them; `label` in its
        `interviews.toml` is the kind.
    ways : as `ways_elsewhere` returns them, if they are at hand.

    Returns
    -------
    The tables of `entity_accuracy` one after the other, with `kind` ("all" last) and `way` (str)
    before, and `f1_low`, `f1_high` (float64) after `f1`: the 95% interval of resampling whole
    sentences (percentile bootstrap, Efron 1979, doi:10.1214/aos/1176344552, with a fixed seed). It
    says how far the figure would move with other sentences of the same texts, not with other texts.
    NaN where there is nothing to be right about.

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
    kind_of = {
        interview.id: interview.label or interview.id for interview in read_interviews(folder)
    }
    kinds = [*dict.fromkeys(kind_of.values()), "all"]
    labels = [*LABELS, "all"]
    begins = tokens.groupby(SENTENCE, sort=False)["start"].min().reset_index()
    begins = begins[["interview", "start"]]
    counts = {way: _in_sentences(found, gold, labels, begins) for way, found in found_by.items()}
    tables = []
    for kind in kinds:
        texts = [name for name in kind_of if kind in ("all", kind_of[name])]
        ours, here = gold[gold["interview"].isin(texts)], begins["interview"].isin(texts).to_numpy()
        size = int(here.sum())
        drawn = np.random.default_rng(_SEED).multinomial(
            size, np.full(size, 1 / size), size=_RESAMPLES
        )
        for way, found in found_by.items():
            theirs = found[found["interview"].isin(texts)]
            table = entity_accuracy(theirs, ours)
            low, high = _intervals(
                counts[way][:, here][:, :, [labels.index(label) for label in table["label"]]], drawn
            )
            at = table.columns.get_loc("f1") + 1
            columns = ["kind", "way", *table.columns[:at], "f1_low", "f1_high", *table.columns[at:]]
            tables.append(table.assign(kind=kind, way=way, f1_low=low, f1_high=high)[columns])
    return pd.concat(tables, ignore_index=True).astype({"kind": "str", "way": "str"})


def _in_sentences(
    found: pd.DataFrame, gold: pd.DataFrame, labels: list[str], begins: pd.DataFrame
) -> Any:
    """Count mentions found, true, and both, by the sentence they begin in and by label."""
    place = ["interview", "label", "start", "end"]
    tables = found, gold, found[place].merge(gold[place], on=place)
    counts = np.zeros((len(tables), len(begins), len(labels)), dtype=np.int64)
    starts = begins.reset_index(names="row").sort_values("start")
    for number, mentions in enumerate(tables):
        at = pd.merge_asof(mentions.sort_values("start"), starts, on="start", by="interview")
        np.add.at(counts[number], (at["row"], pd.Index(labels).get_indexer(at["label"])), 1)
    counts[:, :, -1] = counts[:, :, :-1].sum(axis=2)
    return counts


def _intervals(counts: Any, drawn: Any) -> tuple[Any, Any]:
    """Bound the strict F1 of each label over the resamples of sentences."""
    theirs, ours, both = drawn @ counts
    # A resample without a mention of a label, found or labelled, says nothing of it: NaN.
    f1 = precision_recall_f1(both, theirs, ours)[2]
    limits = np.full((2, f1.shape[1]), np.nan)
    defined = ~np.isnan(f1).all(axis=0)
    limits[:, defined] = np.nanquantile(f1[:, defined], [0.025, 0.975], axis=0)
    return limits[0], limits[1]
