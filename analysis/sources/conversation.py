"""Exchanges: which questions (or leads) and answers belong together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd


def exchanges(utterances: pd.DataFrame) -> pd.DataFrame:
    """Give a number to each exchange of an interview: a turn and what prompted it.

    In a Q&A, an exchange is a question and its answer, with the words quoted in them; in a digest,
    a lead and its answer. Outside the conversation, each utterance is an exchange of its own.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`.

    Returns
    -------
    DataFrame with a row for each utterance that is not boilerplate, interviews by name, in reading
    order: `interview` (str), `utterance`, `exchange` (int64, from 0 in each interview).

    Examples
    --------
    >>> rows = pd.DataFrame({"role": ["narration", "interviewer", "interviewee"]})
    >>> rows["turn"] = [None, 0, 1]
    >>> rows = rows.assign(interview="a", utterance=range(3), prompt=None, text="x", start=range(3))
    >>> exchanges(rows)["exchange"].to_list()
    [0, 1, 1]
    """
    spoken = utterances[utterances["role"] != "boilerplate"].sort_values(
        ["interview", "start"], kind="stable"
    )
    rows = [*spoken.itertuples()]
    begins = [True] * len(rows[:1]) + [not _continues(*pair) for pair in pairwise(rows)]
    table = spoken[["interview", "utterance"]].reset_index(drop=True)
    numbers = pd.Series(begins, dtype="int64").groupby(table["interview"]).cumsum() - 1
    return table.assign(exchange=numbers)


def _continues(before: Any, row: Any) -> bool:
    """Return whether an utterance belongs to the same exchange as the one before it."""
    if before.interview != row.interview or pd.isna(row.turn):
        return False
    if pd.isna(before.turn):
        # The lead of a digest comes before its answer, outside the conversation.
        return (
            before.role == "narration" and isinstance(row.prompt, str) and row.prompt in before.text
        )
    return row.turn == before.turn or (row.role != "interviewer" and before.role != "interviewee")
