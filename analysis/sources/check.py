"""Preview how each file in a folder would be split, and what looks wrong with the result."""

from __future__ import annotations

import os
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
from analysis.sources.proposal import layout_doubts, nothing_usable, propose
from analysis.sources.utterances import split_voices, voices_of

# Limits set by convention, not measured, beyond which a person should look at the split.
_LITTLE = 0.2  # of the characters outside the furniture are the interviewee's
_ASIDE = 0.5  # of a page's characters are furniture: more is set aside than kept
_LONG = 5_000  # characters of one paragraph
_SURE = 0.95  # of the characters are likely right
_SHOWN = 5  # doubtful lines that are listed
# Common English words that German, French, Spanish and Italian lack. Of the interviews tried, they
# make up at least 6% of the words in English and at most 0.4% in nine other languages.
_COMMON = frozenset(
    "the and to of it that is you for with this but not they what have are be".split()
)
_ENGLISH = 0.03  # of the words, at least
_TOO_SHORT = 50  # words: fewer do not show the language
# Signs of a wrong decoding: replacement characters, control characters of Latin-1, UTF-8 read as
# cp1252, letters of another script read as cp1252 (no Western word has four accents in a row).
_MISREAD = re.compile(r"[\ufffd\x80-\x9f]|â€|Ã[\x80-\xbf©¨¼¶¤]|[À-ÖØ-öø-ÿ]{4}")


@dataclass(frozen=True)
class Split:
    """How one file would be split.

    `layout` and `reason` say which layout is used and why; `utterances` is the table of
    `load_utterances`; `warnings` are sentences on what looks wrong; `sure` is the share of the
    characters whose role is likely to be right. `fault` is None, or one sentence on why the file
    cannot be used.
    """

    interview: Interview
    layout: str = ""
    reason: str = ""
    utterances: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()
    sure: float = 1.0
    fault: str | None = None


def check_interviews(folder: str | Path) -> Iterator[Split]:
    """Split each interview in a folder, even if others cannot be used.

    If there is no `interviews.toml`, the one that `analysis.sources.proposal.propose` would
    write is used. Nothing is written.

    Parameters
    ----------
    folder : path of the folder.

    Raises
    ------
    SourceError
        If the list itself cannot be used, or the folder contains neither list nor texts.

    Examples
    --------
    >>> [(split.interview.id, split.layout, split.warnings) for split in check_interviews("seeds")]
    [('indiewire', 'q_and_a', ()), ('tiff', 'digest', ())]
    """
    if os.path.lexists(Path(folder) / LIST_OF_INTERVIEWS):
        for interview in read_interviews(folder):
            yield check_interview(folder, interview)
        return
    proposals = propose(folder)
    if not proposals:
        raise SourceError(nothing_usable(folder, proposals))
    for one in proposals:
        usable = one.fault is None
        yield (
            check_interview(folder, one.interview)
            if usable
            else Split(one.interview, fault=one.fault)
        )


def check_interview(folder: str | Path, interview: Interview) -> Split:
    """Split one interview and say what looks wrong, even if its file cannot be used."""
    try:
        source = read_source(folder, interview)
        utterances = split_voices(source, interview, folder)
    except SourceError as error:
        return Split(interview, fault=str(error))
    found = candidates(source, interview)
    reasons, likeliest = dict(zip(found["layout"], found["reason"], strict=True)), found.iat[0, 0]
    layout = interview.layout or likeliest
    sure, doubts = _sureness(source, voices_of(source, interview, layout))
    if layout != likeliest:
        doubts.append(f'the list sets layout = "{layout}", but the text looks like "{likeliest}"')
    elif doubts:  # another layout is worth a look only where this one is uncertain
        doubts += layout_doubts(found)
    doubts += warnings_of(source, utterances, replace(interview, layout=layout))
    return Split(interview, layout, reasons[layout], utterances, tuple(doubts), sure)


def _sureness(source: str, rows: list[Passage]) -> tuple[float, list[str]]:
    """Say how much of a split is likely to be right, and where it is in doubt."""
    lost = {row.start: (1 - row.certainty) * (row.end - row.start) for row in rows}
    sure = sureness(1 - sum(lost.values()) / sum(row.end - row.start for row in rows))
    if sure >= _SURE:
        return sure, []
    worst = [start for start in sorted(lost, key=lost.__getitem__)[-_SHOWN:] if lost[start]]
    lines = sorted({_line(source, start) for start in worst})
    return sure, [
        f"only {sure:.0%} of the characters are likely to be split correctly; check"
        f" {'lines' if len(lines) > 1 else 'line'} {', '.join(map(str, lines))}"
    ]


def shares(utterances: pd.DataFrame) -> pd.DataFrame:
    """Return each role's share of a page.

    Parameters
    ----------
    utterances : a table as returned by `load_utterances`, of one interview.

    Returns
    -------
    DataFrame with a row for each role, the largest first: `role` (str), `utterances`, `words`
    (int64: whitespace-separated tokens), `share` (float64, 0 to 1: of the characters of all
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
            "words": utterances["text"].str.split().str.len(),
            "share": utterances["text"].str.len() / utterances["text"].str.len().sum(),
        }
    )
    table = sizes.groupby("role").sum().reset_index()
    return table.sort_values(["share", "role"], ascending=[False, True], ignore_index=True)


def seems_english(text: str) -> bool:
    """Return whether a text seems to be in English, the language of the models and word lists.

    The answer is always yes for a text of fewer than 50 words.

    Examples
    --------
    >>> seems_english("The rain came back, and it was hard for all of them to stay. " * 5)
    True
    >>> seems_english("Der Regen kam zurück, und es fiel allen schwer zu bleiben. " * 5)
    False
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    common = sum(word in _COMMON for word in words)
    return len(words) < _TOO_SHORT or common >= _ENGLISH * len(words)


def warnings_of(source: str, utterances: pd.DataFrame, interview: Interview) -> Iterator[str]:
    r"""Say in sentences what looks wrong with a split, before words are counted.

    Parameters
    ----------
    source : the decoded file.
    utterances : what `split_voices` makes of it.
    interview : its entry, with the layout that was used.

    Examples
    --------
    >>> interview = Interview(id="a", file="a.txt")
    >>> source = "Q: Why?\n\nA: It rained.\n\nQ: And then?\n\nA: It stopped."
    >>> list(warnings_of(source, split_voices(source, interview), interview))
    ['unclear who the interviewee is, neither file nor list saying so; set interviewee']
    """
    share = dict(shares(utterances)[["role", "share"]].itertuples(index=False))
    aside = share.pop("boilerplate", 0.0)
    said = share.get("interviewee", 0.0) / (sum(share.values()) or 1.0)
    if len(share) == 1:
        yield f"all words outside the page furniture have the same role, {next(iter(share))}"
    elif "interviewer" not in share and interview.layout != "digest":  # which leaves questions out
        yield "no words by an interviewer were found"
    if said < _LITTLE:
        yield f"only {said:.0%} of the characters outside the page furniture are the interviewee’s"
    if aside > _ASIDE and interview.layout != "subtitles":  # the times of cues are furniture
        yield f"{aside:.0%} of the characters are treated as page furniture and set aside"
    own = utterances.loc[utterances["role"] == "interviewee", "speaker"]
    if own.isna().all():
        yield "unclear who the interviewee is, neither file nor list saying so; set interviewee"
    elif own.isna().any():
        yield f"utterances by an interviewee that have no known speaker: {own.isna().sum()}"
    others = [name for name in own.dropna().unique() if name not in interview.interviewees]
    if interview.interviewees and others:
        names = ", ".join(others[:4]) + (", …" if len(others) > 4 else "")
        yield f"treated as interviewees, although the list does not name them: {names}"
    size = utterances["text"].str.len().where(utterances["role"] != "boilerplate")
    long = utterances.loc[size > _LONG, "start"]
    if len(long):
        yield (
            f"paragraphs longer than {_LONG:,} characters: {len(long)} (the first at line"
            f" {_line(source, long.iloc[0])}); such a paragraph may mix several voices"
        )
    if misread := _MISREAD.search(source):
        yield (
            f"line {_line(source, misread.start())} holds {misread[0]!r}, which suggests"
            " the wrong encoding"
        )
    if not seems_english(source):
        yield (
            "it is read as English but seems to be in another language, so lemmas, names and themes"
            " will be wrong"
        )


def _line(source: str, place: int) -> int:
    return source.count("\n", 0, place) + 1
