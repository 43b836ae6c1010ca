"""How each file of a folder would be split, and what looks wrong, before anything is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.files import SourceError
from analysis.sources.interviews import LIST_OF_INTERVIEWS, Interview, read_interviews, read_source
from analysis.sources.layouts import candidates
from analysis.sources.layouts.conversation import sureness
from analysis.sources.layouts.paragraphs import Passage
from analysis.sources.proposal import TEXTS, layout_doubts, propose
from analysis.sources.utterances import split_voices, voices_of

# Conventions, not measurements: beyond these a person should look.
_LITTLE = 0.2  # of the characters outside the furniture, said by the interviewee
_ASIDE = 0.4  # of the characters of a page, furniture
_LONG = 5_000  # characters of one paragraph
_SURE = 0.95  # of the characters likely right; below, a person should look
_SHOWN = 5  # lines in doubt that are named
# A decoding that went wrong: replacement characters, control characters of Latin-1, UTF-8 read as
# cp1252.
_MISREAD = re.compile(r"[\ufffd\x80-\x9f]|â€|Ã[\x80-\xbf©¨¼¶¤]")


@dataclass(frozen=True)
class Split:
    """How one file would be split.

    `layout` and `reason` say by which layout and why; `utterances` is the table of
    `load_utterances`; `warnings` are sentences on what looks wrong; `sure` is the share of the
    characters whose role is likely to be right. `fault` is None, or one
    sentence on why the file cannot be used.
    """

    interview: Interview
    layout: str = ""
    reason: str = ""
    utterances: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()
    sure: float = 1.0
    fault: str | None = None


def check_interviews(folder: str | Path) -> Iterator[Split]:
    """Split each interview of a folder, whatever is wrong with the others.

    Where there is no `interviews.toml`, the one that `analysis.sources.proposal.propose` would
    write is taken. Nothing is written.

    Parameters
    ----------
    folder : path of the folder.

    Raises
    ------
    SourceError
        If the list itself cannot be used, or the folder holds neither list nor texts.

    Examples
    --------
    >>> [(split.interview.id, split.layout, split.warnings) for split in check_interviews("seeds")]
    [('indiewire', 'q_and_a', ()), ('tiff', 'digest', ('no words of an interviewer are found',))]
    """
    folder = Path(folder)
    if folder.is_dir() and not (folder / LIST_OF_INTERVIEWS).exists():
        proposals = propose(folder)
        if not proposals:
            raise SourceError(
                f"{folder}: holds no text; put interviews there, as {', '.join(TEXTS)}."
            )
        for one in proposals:
            yield (
                Split(one.interview, fault=one.fault)
                if one.fault
                else check_interview(folder, one.interview)
            )
        return
    for interview in read_interviews(folder):
        yield check_interview(folder, interview)


def check_interview(folder: str | Path, interview: Interview) -> Split:
    """Split one interview and say what looks wrong with the result.

    Nothing is raised for a fault of its file.
    """
    try:
        source = read_source(folder, interview)
        utterances = split_voices(source, interview, folder)
    except SourceError as error:
        return Split(interview, fault=str(error))
    found = candidates(source, interview.interviewee, interview.interviewer)
    reasons = dict(zip(found["layout"], found["reason"], strict=True))
    layout = interview.layout or found["layout"].iloc[0]
    sure, doubtful = _sureness(source, voices_of(source, interview, layout))
    # Another layout is worth a look only where this one is not sure.
    doubts = layout_doubts(found) if doubtful and layout == found["layout"].iloc[0] else []
    if layout != found["layout"].iloc[0]:
        doubts.append(
            f'the list says layout = "{layout}"; "{found["layout"].iloc[0]}" would be recognised'
        )
    said = warnings_of(source, utterances, replace(interview, layout=layout))
    return Split(interview, layout, reasons[layout], utterances, (*doubtful, *doubts, *said), sure)


def _sureness(source: str, rows: list[Passage]) -> tuple[float, list[str]]:
    """Say how much of a split is likely to be right, and where it is in doubt."""
    sizes = [row.end - row.start for row in rows]
    certain = sum(row.certainty * size for row, size in zip(rows, sizes, strict=True))
    sure = sureness(certain / sum(sizes)) if rows else 1.0
    if sure >= _SURE:
        return sure, []
    least = sorted(rows, key=lambda row: (row.certainty - 1) * (row.end - row.start))[:_SHOWN]
    lines = sorted({source.count("\n", 0, row.start) + 1 for row in least if row.certainty < 1})
    shown = ", ".join(str(line) for line in lines)
    return sure, [
        f"only {sure:.0%} of the characters are likely to be split right; look at line {shown}"
    ]


def shares(utterances: pd.DataFrame) -> pd.DataFrame:
    """Say how much of a page each role has.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it, of one interview.

    Returns
    -------
    DataFrame with a row for each role, the largest first: `role` (str), `utterances`, `words`
    (int64: what stands between blanks), `share` (float64, 0 to 1: of the characters of all
    utterances).

    Examples
    --------
    >>> said = {"role": ["interviewer", "interviewee"], "text": ["Why?", "It rained a lot."]}
    >>> table = pd.DataFrame(said)
    >>> shares(table).values.tolist()
    [['interviewee', 1, 4, 0.8], ['interviewer', 1, 1, 0.2]]
    """
    sizes = pd.DataFrame(
        {
            "role": utterances["role"],
            "utterances": 1,
            "words": utterances["text"].str.split().map(len).astype("int64"),
            "characters": utterances["text"].str.len().astype("int64"),
        }
    )
    table = sizes.groupby("role").sum().reset_index()
    table["share"] = table["characters"] / table["characters"].sum()
    return table.sort_values(["share", "role"], ascending=[False, True], ignore_index=True).drop(
        columns="characters"
    )


def warnings_of(source: str, utterances: pd.DataFrame, interview: Interview) -> list[str]:
    r"""Say in sentences what looks wrong with a split.

    So that a person looks before words are counted.

    Parameters
    ----------
    source : the decoded file.
    utterances : what `split_voices` makes of it.
    interview : its entry.

    Examples
    --------
    >>> interview = Interview(id="a", file="a.txt")
    >>> source = "Q: Why?\n\nA: It rained.\n\nQ: And then?\n\nA: It stopped."
    >>> warnings_of(source, split_voices(source, interview), interview)
    ['who the interviewee is, neither the file nor the list says: set interviewee']
    """
    share = dict(shares(utterances)[["role", "share"]].itertuples(index=False))
    aside = share.pop("boilerplate", 0.0)
    spoken = sum(share.values())
    said = share.get("interviewee", 0.0) / spoken if spoken else 0.0
    warnings = []
    if len(share) == 1:
        warnings.append(f"all words that are not furniture have one role, {next(iter(share))}")
    elif "interviewer" not in share:
        warnings.append("no words of an interviewer are found")
    if said < _LITTLE:
        warnings.append(
            f"the interviewee says only {said:.0%} of the characters that are not furniture"
        )
    if aside > _ASIDE and interview.layout != "subtitles":  # the times of cues are furniture
        warnings.append(f"{aside:.0%} of the characters are taken for furniture and set aside")
    own = utterances[utterances["role"] == "interviewee"]
    if own["speaker"].isna().all():
        warnings.append(
            "who the interviewee is, neither the file nor the list says: set interviewee"
        )
    elif own["speaker"].isna().any():
        warnings.append(
            f"{own['speaker'].isna().sum()} utterances of an interviewee have no known speaker"
        )
    names = list(own["speaker"].dropna().unique())
    if len(names) > 1:
        warnings.append(
            "several are taken for interviewees:"
            f" {', '.join(names[:4])}{', …' if len(names) > 4 else ''}"
        )
    long = utterances[
        (utterances["text"].str.len() > _LONG) & (utterances["role"] != "boilerplate")
    ]
    if len(long):
        at = int(long["start"].iloc[0])
        line = source.count("\n", 0, at) + 1
        warnings.append(
            f"{len(long)} paragraphs are longer than {_LONG:,} characters (the first at line"
            f" {line}): more than one voice may be in one"
        )
    if interview.encoding:
        warnings.append(f"it is read as {interview.encoding}: look at accents and quotation marks")
    misread = _MISREAD.search(source)
    if misread:
        line = source.count("\n", 0, misread.start()) + 1
        warnings.append(
            f"line {line} holds {misread[0]!r}, as text does that was read in a wrong encoding"
        )
    return warnings
