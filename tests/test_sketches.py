"""Word sketches: sentences labelled by hand before they were parsed, and the two interviews."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import annotate, load_tokens
from analysis.sketches import CREATES, PREVENTS, causes, compare_sketches, relations, sketch, sketch_scores


def annotated(sentences: list[str]) -> pd.DataFrame:
    """Annotate sentences, each an utterance of its own."""
    starts = [sum(len(text) + 1 for text in sentences[:number]) for number in range(len(sentences))]
    utterances = pd.DataFrame(
        {
            "interview": "gold",
            "turn": range(len(sentences)),
            "utterance": range(len(sentences)),
            "role": "interviewee",
            "speaker": "Ann Lee",
            "prompt": None,
            "text": sentences,
            "start": starts,
            "end": [start + len(text) for start, text in zip(starts, sentences, strict=True)],
        }
    )
    return annotate(utterances.astype({"turn": "Int64", "prompt": "str", "text": "str"}))


def read_gold(path) -> pd.DataFrame:
    rows, sentence = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            sentence = line[2:]
        elif not line.startswith("#"):
            governor, relation, dependent, *negated = line.split("\t")
            rows.append((sentence, governor, relation, dependent, negated == ["not"]))
    return pd.DataFrame(rows, columns=["sentence", "governor", "relation", "dependent", "negated"])


@pytest.fixture(scope="module")
def labelled(request):
    """The gold relations and those found, as sets of (sentence, governor, relation, dependent, negated)."""
    gold = read_gold(request.config.rootpath / "tests" / "gold" / "relations.txt")
    sentences = gold["sentence"].drop_duplicates().to_list()
    tokens = annotated(sentences)
    form = tokens.set_index(["utterance", "token"])["text"]
    found = {
        (
            sentences[row.utterance],
            form[row.utterance, row.governor_token],
            row.relation,
            form[row.utterance, row.dependent_token],
            row.negated,
        )
        for row in relations(tokens).itertuples()
    }
    return set(gold.itertuples(index=False, name=None)), found
