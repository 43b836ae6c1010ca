"""What the tests of words share."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from analysis import annotate
from analysis.annotation.tokens import _model


@pytest.fixture(scope="package")
def annotated():
    """Annotate sentences, each an utterance of its own; the model is loaded once."""

    def annotated(sentences: list[str]) -> pd.DataFrame:
        """Annotate sentences, each an utterance of its own."""
        starts = [
            sum(len(text) + 1 for text in sentences[:number]) for number in range(len(sentences))
        ]
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

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.annotation.tokens._model", cache(_model))
        yield annotated
