"""How accurate the automatic split is: agreement with reference labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.files import SourceError, labelled_lines
from analysis.sources.interviews import read_interviews, read_source

_COLUMNS = ["role", "speaker", "turn", "text"]


def account(utterances: pd.DataFrame, folder: str | Path = "seeds") -> pd.DataFrame:
    """Show that nothing was lost: where each non-whitespace character of the sources went.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`.
    folder : the folder it was read from.

    Returns
    -------
    DataFrame with a row for each interview: `interview` (str), `characters` (int64, non-blank ones
    of the file), `in_one_row`, `in_no_row`, `in_several_rows` (int64), `rows_that_differ` (int64:
    rows whose text is not the source's own at their offsets). The last three should be 0.

    Raises
    ------
    SourceError
        As for `load_interviews`.

    Examples
    --------
    >>> from analysis import load_utterances
    >>> table = account(load_utterances("seeds"))
    >>> table[["in_no_row", "in_several_rows", "rows_that_differ"]].sum().to_list()
    [0, 0, 0]
    """
    rows = []
    for interview in read_interviews(folder):
        source = read_source(folder, interview)
        table = utterances[utterances["interview"] == interview.id]
        times, differ = np.zeros(len(source), dtype=int), 0
        for row in table.itertuples():
            times[row.start : row.end] += 1
            differ += source[row.start : row.end] != row.text
        found = times[[not char.isspace() for char in source]]
        places = (found == 1).sum(), (found == 0).sum(), (found > 1).sum()
        rows.append((interview.id, len(found), *places, differ))
    columns = "interview characters in_one_row in_no_row in_several_rows rows_that_differ"
    return pd.DataFrame(rows, columns=columns.split())


def load_gold(path: str | Path, source: str) -> pd.DataFrame:
    """Read passages with reference labels and find them in their source.

    Parameters
    ----------
    path : a tab-separated file with the columns role, speaker, turn, text, one line per passage in
        reading order; speaker and turn may be empty.
    source : the decoded source.

    Returns
    -------
    DataFrame with `role`, `speaker` (str or NA), `turn` (Int64), `text`, `start`, `end` (int64).

    Raises
    ------
    SourceError
        If the file is malformed, or its passages are not the source's text, all of it and in order.
    """
    rows = []
    at = 0
    for number, (role, speaker, turn, text) in labelled_lines(path, _COLUMNS):
        start = source.find(text, at)
        if start < 0 or source[at:start].strip():
            raise SourceError(
                f"{path}, line {number}: {text[:40]!r} is not what comes next in the"
                " source; correct the line."
            )
        at = start + len(text)
        rows.append((role, speaker or None, int(turn) if turn else None, text, start, at))
    if source[at:].strip():
        raise SourceError(
            f"{path}: the source continues after the last line: {source[at:].strip()[:40]!r};"
            " label it."
        )
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "start", "end"])
    return table.astype({"role": "str", "speaker": "str", "text": "str", "turn": "Int64"})


def voice_agreement(utterances: pd.DataFrame, gold: pd.DataFrame) -> dict[str, float]:
    """Compare the split of one interview with reference labels, character by character.

    Parameters
    ----------
    utterances : the rows of one interview, as returned by `load_utterances`.
    gold : the passages with reference labels, as returned by `load_gold`.

    Returns
    -------
    Shares from 0 to 1; higher is better, except for the last:

    - `role`, `speaker`, `turn`, `all`: of the non-whitespace characters with a reference label,
      those with the same label (two NAs count as the same);
    - `interviewer_recall`: of the interviewer's characters, those found (NaN if there are none);
    - `kept_boilerplate`: of the boilerplate's characters, those taken for somebody's words (NaN if
      there are none).

    Examples
    --------
    >>> gold = pd.DataFrame({"role": ["interviewer"], "speaker": [None], "turn": [0]})
    >>> gold = gold.assign(text="Why?", start=0)
    >>> voice_agreement(gold, gold)["all"]
    1.0
    """
    ours, theirs = _by_character(utterances), _by_character(gold)
    ours = ours.reindex(theirs.index)
    # A turn on one side alone is a difference; Int64 would make the comparison missing.
    same = (theirs.eq(ours).fillna(False) | (theirs.isna() & ours.isna())).astype("bool")
    interviewer, boilerplate = (theirs["role"] == role for role in ("interviewer", "boilerplate"))
    return {
        **same.mean().to_dict(),
        "all": float(same.all(axis=1).mean()),
        "interviewer_recall": float(same.loc[interviewer, "role"].mean()),
        "kept_boilerplate": float(1 - same.loc[boilerplate, "role"].mean()),
    }


def agreement_by_interview(
    utterances: pd.DataFrame, gold: str | Path, folder: str | Path = "seeds"
) -> pd.DataFrame:
    """Compare the split of every interview that has reference labels.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`.
    gold : folder with a file `<interview>.tsv` for each labelled interview, as `load_gold` reads
        it.
    folder : the folder the utterances were read from.

    Returns
    -------
    DataFrame with the columns `interview`, `characters` (int64, labelled ones, without whitespace)
    and those of `voice_agreement`, a row for each interview that has labels.

    Raises
    ------
    SourceError
        As for `load_gold`; also if no interview has labels.

    Examples
    --------
    >>> from analysis import load_utterances
    >>> table = agreement_by_interview(load_utterances("seeds"), "tests/gold")
    >>> table[["interview", "all"]].values.tolist()
    [['indiewire', 1.0], ['tiff', 1.0]]
    """
    rows = []
    for interview in read_interviews(folder):
        path = Path(gold) / f"{interview.id}.tsv"
        if path.exists():
            labelled = load_gold(path, read_source(folder, interview))
            size = len("".join(" ".join(labelled["text"]).split()))
            same = voice_agreement(utterances[utterances["interview"] == interview.id], labelled)
            rows.append({"interview": interview.id, "characters": size} | same)
    if not rows:
        raise SourceError(
            f"{gold} has no labels for any interview in {folder}; add <interview>.tsv."
        )
    return pd.DataFrame(rows)


def _by_character(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat each row's labels for each of its non-whitespace characters, by offset."""
    at = [
        [start + place for place, char in enumerate(text) if not char.isspace()]
        for start, text in zip(rows["start"], rows["text"], strict=True)
    ]
    labels = rows[["role", "speaker", "turn"]].astype({"speaker": "str", "turn": "Int64"})
    return labels.assign(at=at).explode("at").set_index("at")
