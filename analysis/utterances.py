"""Who said what: from untouched sources to one row a voice."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.interviews import LIST_OF_INTERVIEWS, Attribution, Interview, SourceError, read_interviews, read_source
from analysis.layouts import LAYOUTS, recognise
from analysis.layouts.paragraphs import Passage
from analysis.quotations import MARKS, People, Quotation, Voice, inside, people_in, quotations

# In the journalist's prose, this many words in quotation marks that are no title are somebody's statement.
_STATEMENT = 4


def load_utterances(folder: str | Path = "seeds") -> pd.DataFrame:
    """Split every interview of a folder into utterances: one row, one voice, at most one paragraph.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame in reading order, interviews in the order of `interviews.toml`:

    - `interview` (str): id of the interview.
    - `turn` (Int64): number of the go in the conversation, from 0; consecutive utterances of one speaker share it,
      and so do the words he quotes. NA outside the conversation.
    - `utterance` (int64): reading order within the interview, from 0.
    - `role` (str): interviewer, interviewee, narration, quoted or boilerplate.
    - `speaker` (str): full name; NA where neither the text nor `interviews.toml` says who speaks.
    - `prompt` (str): the question or the lead, without its colon, that the words answer; NA elsewhere.
    - `text` (str): the source's own characters, `source[start:end]`.
    - `start`, `end` (int64): half-open offsets in code points of the decoded file.

    Every non-blank character of a source is in exactly one row.

    Raises
    ------
    SourceError
        If a file cannot be used, its layout is unknown or not recognised, no interviewee speech is found in it, or
        an attribution set by hand does not fit its text.

    Examples
    --------
    >>> utterances = load_utterances("seeds")
    >>> utterances.loc[utterances.role == "quoted", "speaker"].to_list()
    ['Eric Kohn', 'David Edelstein', 'Catherine Keener']
    """
    from analysis.schemas import UTTERANCES

    tables = [split_voices(read_source(folder, interview), interview, folder) for interview in read_interviews(folder)]
    return UTTERANCES.validate(pd.concat(tables, ignore_index=True))


def split_voices(source: str, interview: Interview, folder: str | Path = "") -> pd.DataFrame:
    """Split one decoded source into the rows of `load_utterances`.

    Raises
    ------
    SourceError
        As `load_utterances`.
    """
    path = Path(folder) / interview.file
    layout = interview.layout or recognise(source)
    if layout is None:
        raise SourceError(
            f"{path}: its layout is not recognised: no paragraph ends in a question mark or is a lead with a "
            f"quotation; set layout of {interview.id!r} in {LIST_OF_INTERVIEWS} to one of {', '.join(LAYOUTS)}."
        )
    if layout not in LAYOUTS:
        raise SourceError(
            f"{Path(folder) / LIST_OF_INTERVIEWS}: layout {layout!r} of {interview.id!r} is unknown; "
            f"use one of {', '.join(LAYOUTS)}, or leave it out to have it recognised."
        )
    people = people_in(source, [interview.interviewee, interview.interviewer])
    passages = LAYOUTS[layout](source, interview.interviewee, interview.interviewer)
    rows = [row for passage in passages for row in _separate(source, passage, people, interview.interviewee)]
    for attribution in interview.attribution:
        rows = _attribute_by_hand(source, rows, attribution, path)
    if not any(row.role == "interviewee" for row in rows):
        raise SourceError(
            f"{path}: no words of an interviewee are found with the layout {layout!r}; "
            f"check the file, or set another layout for {interview.id!r} in {LIST_OF_INTERVIEWS}."
        )
    return _table(source, interview.id, rows)


def _separate(source: str, passage: Passage, people: People, interviewee: str | None) -> list[Passage]:
    """Give the words that somebody else says inside a passage rows of their own."""
    if passage.role == "boilerplate":
        return [passage]
    text = source[passage.start : passage.end]
    # In a digest the interviewee's words stand in marks; what matters is quoted inside them.
    first, last = inside(text) if passage.role == "interviewee" else (0, len(text))
    inner = passage.start + first, passage.start + last
    rows: list[Passage] = []
    at = passage.start
    for quotation in quotations(source[inner[0] : inner[1]], people):
        start, end = inner[0] + quotation.start, inner[0] + quotation.end
        speaks, speaker = _quoted_speaker(quotation, source[start:end], passage, interviewee)
        if not speaks:
            continue
        # A remainder without a letter (a bracket, a full stop) has no voice of its own.
        if not _has_letters(source[at:start]):
            start = at
        elif at < start:
            rows.append(replace(passage, start=at, end=start))
        if not _has_letters(source[end : passage.end]):
            end = passage.end
        rows.append(replace(passage, start=start, end=end, role="quoted", speaker=speaker))
        at = end
    if at < passage.end:
        rows.append(replace(passage, start=at))
    return [_trimmed(source, row) for row in rows]


def _quoted_speaker(
    quotation: Quotation, words: str, passage: Passage, interviewee: str | None
) -> tuple[bool, str | None]:
    """Say whether a quotation is a row of its own, and whose."""
    if quotation.voice is Voice.OTHER:
        own = quotation.speaker is not None and quotation.speaker == passage.speaker
        return not own, quotation.speaker
    if quotation.voice is Voice.ADDRESSED:
        # “You said …” from the interviewer means the interviewee; from him it means people in general.
        return passage.role == "interviewer", interviewee
    if quotation.voice is Voice.UNSAID and passage.role == "narration":
        return len(words.split()) >= _STATEMENT, None
    return False, None


def _attribute_by_hand(source: str, rows: list[Passage], attribution: Attribution, path: Path) -> list[Passage]:
    """Set the speaker of the words that `interviews.toml` names, in a row of their own."""
    place = f"{path.parent / LIST_OF_INTERVIEWS}: attribution of {attribution.words[:40]!r} to {attribution.speaker}"
    found = source.count(attribution.words)
    if found != 1:
        raise SourceError(f"{place}: the words stand {found} times in {path.name}; give words that stand there once.")
    start = source.index(attribution.words)
    end = start + len(attribution.words)
    around = [number for number, row in enumerate(rows) if row.start <= start and end <= row.end]
    if not around:
        raise SourceError(f"{place}: the words run over more than one utterance; name one utterance at a time.")
    number, row = around[0], rows[around[0]]
    before, after = source[row.start : start], source[end : row.end]
    if row.role == "quoted" or not (_has_letters(before) or _has_letters(after)):
        return [*rows[:number], replace(row, speaker=attribution.speaker), *rows[number + 1 :]]
    start -= len(before) - len(before.rstrip(MARKS))
    end += len(after) - len(after.lstrip(MARKS))
    pieces = [
        replace(row, end=start),
        replace(row, start=start, end=end, role="quoted", speaker=attribution.speaker),
        replace(row, start=end),
    ]
    kept = [_trimmed(source, piece) for piece in pieces if source[piece.start : piece.end].strip()]
    return [*rows[:number], *kept, *rows[number + 1 :]]


def _has_letters(text: str) -> bool:
    return bool(re.search(r"[^\W_]", text))


def _trimmed(source: str, row: Passage) -> Passage:
    text = source[row.start : row.end]
    return replace(row, start=row.end - len(text.lstrip()), end=row.start + len(text.rstrip()))


def _table(source: str, interview: str, rows: list[Passage]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "interview": interview,
            "turn": [row.turn for row in rows],
            "utterance": range(len(rows)),
            "role": [row.role for row in rows],
            "speaker": [row.speaker for row in rows],
            "prompt": [source[slice(*row.prompt)] if row.prompt else None for row in rows],
            "text": [source[row.start : row.end] for row in rows],
            "start": [row.start for row in rows],
            "end": [row.end for row in rows],
        }
    )
    texts = ["interview", "role", "speaker", "prompt", "text"]
    return table.astype(
        dict.fromkeys(texts, "str") | {"turn": "Int64"} | dict.fromkeys(["utterance", "start", "end"], "int64")
    )
