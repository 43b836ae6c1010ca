"""Passages of the interviews, quoted from the source with their place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from analysis.corpus import Corpus


@dataclass(frozen=True)
class Passage:
    """Consecutive sentences of one utterance, as written in the source.

    `text` is what is quoted, `interview` the label of the page, `prompt` the question or lead that
    the words answer (None if there is none), `start` and `end` the characters of the file.
    """

    text: str
    interview: str
    prompt: str | None
    start: int
    end: int

    @property
    def place(self) -> str:
        """Where the passage is, in words."""
        told = ""
        if self.prompt:
            # In a long question, only the last sentence asks.
            last = re.split(r"(?<=[.!?)])\s+", self.prompt)[-1]
            told = f", {'asked' if last.endswith('?') else 'under'} “{last}”"
        return f"{self.interview}{told}, characters {self.start:,} to {self.end:,}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {
            "text/plain": f"{self.text}\n({self.place})",
            "text/html": (
                f'<blockquote class="passage"><p>{escape(self.text)}</p>'
                f"<footer>{escape(self.place)}</footer></blockquote>"
            ),
        }


def passage(
    corpus: Corpus, interview: str, utterance: int, first: int = 0, last: int | None = None
) -> Passage:
    """Quote some sentences of an utterance.

    Parameters
    ----------
    corpus : the interviews.
    interview, utterance : which utterance, by its key.
    first, last : the first and the last sentence quoted, counted from 0; by default to the end
        of the utterance.

    Raises
    ------
    KeyError
        If the utterance has no such sentence.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> print(passage(load_corpus("seeds"), "tiff", 20, 0, 0).text)
    “I don’t know if I’m in love or afraid of technology.
    """
    rows = corpus.sentences
    rows = rows[rows["interview"].eq(interview) & rows["utterance"].eq(utterance)]
    rows = rows[rows["sentence"].between(first, rows["sentence"].max() if last is None else last)]
    if rows.empty:
        raise KeyError(f"{interview} has no sentence {first} in utterance {utterance}.")
    words = corpus.utterances.set_index(["interview", "utterance"]).loc[(interview, utterance)]
    start, end = int(rows["start"].min()), int(rows["end"].max())
    prompt = words["prompt"] if isinstance(words["prompt"], str) else None
    text = words["text"][start - words["start"] : end - words["start"]]
    return Passage(text, corpus.labels[interview], prompt, start, end)
