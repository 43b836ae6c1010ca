"""Who said what: untouched sources, split into one row per voice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.files import SourceError
from analysis.sources.interviews import (
    LIST_OF_INTERVIEWS,
    Attribution,
    Interview,
    read_interviews,
    read_source,
)
from analysis.sources.layouts import LAYOUTS, calmed, recognise
from analysis.sources.layouts.paragraphs import Passage
from analysis.sources.quotations import (
    MARKS,
    People,
    Quotation,
    Voice,
    has_letters,
    inside,
    people_in,
    quotations,
)

# In the journalist's prose, this many words in quotation marks that are not a title are somebody's
# statement.
_STATEMENT = 4
_TYPES = {
    **{"interview": "str", "turn": "Int64", "utterance": "int64"},
    **dict.fromkeys(["role", "speaker", "prompt", "text"], "str"),
    **dict.fromkeys(["start", "end"], "int64"),
}
# How far back the end of a sentence before a quotation is looked for.
_REACH = 40  # characters


def load_utterances(folder: str | Path = "seeds") -> pd.DataFrame:
    """Split every interview in a folder into utterances: one row, one voice, at most one paragraph.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame in reading order, interviews in the order of `interviews.toml`:

    - `interview` (str): id of the interview.
    - `turn` (Int64): turn number in the conversation, from 0; consecutive utterances of one
      speaker share it, and so do the words they quote. NA outside the conversation.
    - `utterance` (int64): reading order within the interview, from 0.
    - `role` (str): interviewer, interviewee, narration, quoted or boilerplate.
    - `speaker` (str): full name; NA if neither the text nor `interviews.toml` says who speaks.
    - `prompt` (str): the question or the lead, without its colon, that the words answer; NA
      elsewhere.
    - `text` (str): the source's own characters, `source[start:end]`.
    - `start`, `end` (int64): half-open offsets in code points of the decoded file.

    Every non-whitespace character of a source is in exactly one row.

    Raises
    ------
    SourceError
        If a file cannot be used, its layout is unknown or not recognised, no interviewee speech is
        found in it, or an attribution in `interviews.toml` does not fit the text.

    Examples
    --------
    >>> utterances = load_utterances("seeds")
    >>> utterances.loc[utterances.role == "quoted", "speaker"].to_list()
    ['Eric Kohn', 'David Edelstein', 'Catherine Keener']
    """
    from analysis.schemas import UTTERANCES

    rows = [
        row
        for interview in read_interviews(folder)
        for row in _rows(read_source(folder, interview), interview, folder)
    ]
    return UTTERANCES.validate(_table(rows))


def split_voices(source: str, interview: Interview, folder: str | Path = "") -> pd.DataFrame:
    """Split one decoded source into the rows of `load_utterances`.

    Raises
    ------
    SourceError
        As for `load_utterances`.
    """
    return _table([*_rows(source, interview, folder)])


def _table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def _rows(source: str, interview: Interview, folder: str | Path) -> Iterator[tuple[Any, ...]]:
    """Split one decoded source into the cells of `load_utterances`."""
    path = Path(folder) / interview.file
    layout = interview.layout or recognise(source, interview)
    if layout is None:
        raise SourceError(
            f"{path}: its layout is not recognised: no subtitle timestamps, no recurring speaker"
            " labels, no paragraph ending in a question mark, and fewer than two leads followed by"
            f" a quotation; set the layout of {interview.id!r} in {LIST_OF_INTERVIEWS} to"
            f" one of {', '.join(LAYOUTS)}."
        )
    if layout not in LAYOUTS:
        raise SourceError(
            f"{path.parent / LIST_OF_INTERVIEWS}: {interview.id!r} has an unknown layout,"
            f" {layout!r}; use one of {', '.join(LAYOUTS)}, or remove the key to let the"
            " layout be recognised."
        )
    rows = voices_of(source, interview, layout)
    for attribution in interview.attribution:
        rows = _attribute_by_hand(source, rows, attribution, path)
    if not any(row.role == "interviewee" for row in rows):
        raise SourceError(
            f"{path}: no words by an interviewee were found with the layout {layout!r}; "
            "mark who speaks in the file, for example “ANN: …”, or set another layout for"
            f" {interview.id!r} in {LIST_OF_INTERVIEWS}."
        )
    for number, row in enumerate(rows):
        prompt, text = row.prompt and source[slice(*row.prompt)], source[row.start : row.end]
        voice = row.role, row.speaker, prompt
        yield (interview.id, row.turn, number, *voice, text, row.start, row.end)


def voices_of(source: str, interview: Interview, layout: str) -> list[Passage]:
    """Split a whole decoded source, according to a layout, into passages of one voice each."""
    people = people_in(source, [interview.interviewee, interview.interviewer])
    passages = LAYOUTS[layout](calmed(source), interview)
    return [
        row
        for passage in passages
        for row in _separate(source, passage, people, interview.interviewee)
    ]


def _separate(
    source: str, passage: Passage, people: People, interviewee: str | None
) -> list[Passage]:
    """Put the words of another voice inside a passage into rows of their own."""
    if passage.role == "boilerplate":
        return [passage]
    # Marks around the whole of an interviewee's passage mean nothing; others inside it count.
    text = source[passage.start : passage.end]
    first, last = inside(text) if passage.role == "interviewee" else (0, len(text))
    # Whatever surrounds the answers of a digest is outside the conversation.
    around = passage
    if passage.answers_from is not None:
        interviewee = passage.speaker or interviewee
        around = passage._replace(turn=None, prompt=None, speaker=None)
    rows: list[Passage] = []
    at = passage.start
    for quotation in quotations(text[first:last], people):
        start, end = passage.start + first + quotation.start, passage.start + first + quotation.end
        voice = _voice(quotation, start, source, passage, interviewee)
        if voice is None:
            continue
        # A remainder without a letter (a bracket, a full stop) has no voice of its own.
        if has_letters(source, at, start):
            rows.append(around._replace(start=at, end=start))
            at = start
        if not has_letters(source, end, passage.end):
            end = passage.end
        role, speaker = voice
        said = around._replace(start=at, end=end, role=role, speaker=speaker)
        if role == "interviewee":
            answer = said._replace(turn=passage.turn, prompt=passage.prompt, answers_from=None)
            rows += _separate(source, _trimmed(source, answer), people, interviewee)
        else:
            rows.append(said)
        if (at := end) == passage.end:
            break
    if at < passage.end:
        rows.append(around._replace(start=at))
    return [_trimmed(source, row) for row in rows]


def _voice(
    quotation: Quotation, start: int, source: str, passage: Passage, interviewee: str | None
) -> tuple[str, str | None] | None:
    """Decide the role and speaker of a quotation; None if it stays with the words around it.

    Layouts say who speaks a passage and where its answers are; who speaks a quotation is
    decided only here.
    """
    voice, speaker = quotation.voice, quotation.speaker
    words = source[start : start + quotation.end - quotation.start]
    if passage.answers_from is not None and start >= passage.answers_from:
        before = source[max(passage.start, start - _REACH) : start].rstrip().rstrip(MARKS)[-1:]
        # “Never.” looks like a title, but a sentence ends before it, and another inside it.
        sentence = before in {"", *".!?…:"} and words.rstrip(MARKS).endswith(tuple(".!?…"))
        named = voice is Voice.OTHER and speaker is not None and speaker == interviewee
        said = voice in (Voice.UNSAID, Voice.PRONOUN) or (voice is Voice.TITLE and sentence)
        if start == passage.answers_from or (has_letters(words, 0, len(words)) and (named or said)):
            return "interviewee", interviewee
    if voice in (Voice.OTHER, Voice.PRONOUN):
        own = speaker is not None and speaker == passage.speaker
        return None if own else ("quoted", speaker)
    if voice is Voice.ADDRESSED and passage.role == "interviewer":
        # “You said …” from the interviewee would mean people in general.
        return "quoted", interviewee
    if voice is Voice.UNSAID and passage.role == "narration" and len(words.split()) >= _STATEMENT:
        return "quoted", None
    return None


def _attribute_by_hand(
    source: str, rows: list[Passage], attribution: Attribution, path: Path
) -> list[Passage]:
    """Put the words that `interviews.toml` attributes in a row of their own, with their speaker."""
    words, speaker = attribution.words, attribution.speaker
    place = f"{path.parent / LIST_OF_INTERVIEWS}: attribution of {words[:40]!r} to {speaker}"
    if (found := source.count(words)) != 1:
        raise SourceError(
            f"{place}: these words occur {found} times in {path.name}; quote a passage that occurs"
            " exactly once."
        )
    start = source.index(words)
    end = start + len(words)
    number = next((n for n, row in enumerate(rows) if row.start <= start and end <= row.end), None)
    if number is None:
        raise SourceError(
            f"{place}: these words span more than one utterance; write one attribution for each."
        )
    row = rows[number]
    if row.role == "quoted" or not (
        has_letters(source, row.start, start) or has_letters(source, end, row.end)
    ):
        pieces = [row._replace(speaker=speaker)]
    else:
        start = row.start + len(source[row.start : start].rstrip(MARKS))
        end = row.end - len(source[end : row.end].lstrip(MARKS))
        quoted = row._replace(start=start, end=end, role="quoted", speaker=speaker)
        pieces = [row._replace(end=start), quoted, row._replace(start=end)]
    kept = [piece for piece in (_trimmed(source, one) for one in pieces) if piece.start < piece.end]
    return [*rows[:number], *kept, *rows[number + 1 :]]


def _trimmed(source: str, row: Passage) -> Passage:
    text = source[row.start : row.end]
    if text == text.strip():
        return row
    return row._replace(start=row.end - len(text.lstrip()), end=row.start + len(text.rstrip()))
