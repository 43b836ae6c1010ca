"""Subtitles with speakers, WebVTT and SubRip.

Cues with times, voice tags (`<v Ann>`) or labels (`>> ANN:`).

Cue numbers, times, headers, notes, styles and tags are `boilerplate`. What is left of a cue, its
payload, is one row. So a sentence that runs over several cues runs over several rows: counts of
words and rates do not care, what is coded or parsed by sentence sees pieces of sentences. Cues
cannot be joined, for their times stand between, and a row is the source's own characters.

Own code, because no library tells where in the file a payload stands; `webvtt-py` is the
independent reading that the tests compare with. Format: W3C, WebVTT: The Web Video Text Tracks
Format (Candidate Recommendation, 2019).
"""

from __future__ import annotations

import re

from analysis.sources.layouts.conversation import PARTS, read
from analysis.sources.layouts.labelled import assign
from analysis.sources.layouts.labels import read_label
from analysis.sources.layouts.marks import Block
from analysis.sources.layouts.paragraphs import Passage, in_turns

_LINE = re.compile(r"[^\r\n]+")
_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*{_TIME}[ \t]*-->[ \t]*{_TIME}")
_TAG = re.compile(r"</?(?:[a-zA-Z]|\d{1,2}:)[^<>\r\n]{0,200}>|\{\\[^{}\r\n]{0,80}\}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,40})?[ \t]+([^<>\r\n]{1,100})>")
_LEADING = re.compile(r"[\s\u200b-\u200f\ufeff]*(?:(?:>>+|&gt;&gt;|[-–—])\s*)?")
_CHEVRONS = re.compile(r"[ \t]{0,20}(?:>>+|&gt;&gt;)")
_BREAK = re.compile(r"\r\n|\r|\n")
_TURN = re.compile(r"[^\S\r\n]*(?:[-–—]|>>+|&gt;&gt;)\s*")
_TURNS = 3  # so many marks of another speaker hold a conversation together
_BLOCKS = (["WEBVTT"], ["NOTE"], ["STYLE"], ["REGION"])


def cues(source: str) -> float:
    r"""Return the share of the lines, blank ones apart, that belong to cues; 0 without two times.

    >>> cues("1\n00:01,000 --> 00:02,000\nWhy?\n\n2\n00:02,000 --> 00:03,000\nIt rained.")
    1.0
    """
    lines = _lines(source)
    if sum(kind == "time" for _, _, kind in lines) < 2:
        return 0.0
    return sum(kind != "other" for _, _, kind in lines) / len(lines)


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split subtitles: a passage for each line of speech and each piece around it.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known, as in `analysis.sources.layouts.labelled`, whose
        rules say who interviews. Where no cue names a speaker, and in cues before the first that
        does, nobody is known to speak: narration.

    Returns
    -------
    Passages in reading order. Consecutive cues of one speaker are one turn.
    """
    pieces: list[
        tuple[int, int, str | None]
    ] = []  # start, end, and the speaker's name; None for what is not said
    speaker: str | None = None
    voiced = _VOICE.search(source) is not None
    chevrons = len(_CHEVRONS.findall(source)) >= 2
    known = _names_used(source, voiced)
    new_cue = True
    for start, end, kind in _lines(source):
        if kind != "text":
            pieces.append((start, end, None))
            new_cue = new_cue or kind == "time"
            continue
        if voiced and new_cue and not _VOICE.match(source, start, end):
            speaker = ""
        new_cue = False
        speaker, found = _line(source, start, end, speaker, voiced, chevrons, known)
        pieces += found
    pieces = _joined(source, pieces)
    if not any(name for _, _, name in pieces):
        return _turns_by_marks(source, pieces, interviewee)
    return assign(source, pieces, interviewee, interviewer)


def _turns_by_marks(
    source: str, pieces: list[tuple[int, int, str | None]], interviewee: str | None
) -> list[Passage]:
    """Read cues in which only a dash or chevrons say that somebody else speaks now."""
    turns: list[list[tuple[int, int]]] = []
    marks = 0
    for start, end, name in pieces:
        if name is None:
            continue
        begins = _begins_turn(source, start)
        marks += begins
        if begins or not turns:
            turns.append([])
        turns[-1].append((start, end))
    found = [
        Block(
            spans[0][0],
            spans[-1][1],
            "",
            " ".join(" ".join(source[slice(*span)].split()) for span in spans).lstrip("-–—> "),
        )
        for spans in turns
    ]
    rows = {start: Passage(start, end, "boilerplate") for start, end, _ in pieces}
    reading = read(found, interviewee, begins=[True] * len(found))
    for part, certainty, spans in zip(reading.parts, reading.certainty, turns, strict=True):
        role = PARTS[part] if marks >= _TURNS else "narration"
        for start, end in spans:
            rows[start] = Passage(start, end, role, certainty=certainty)
    return in_turns(rows.values())


def _begins_turn(source: str, start: int) -> bool:
    near = max(0, start - 20)
    line = max(source.rfind("\n", near, start), source.rfind("\r", near, start), near - 1) + 1
    return _TURN.match(source, line, line + 20) is not None


def _lines(source: str) -> list[tuple[int, int, str]]:
    """Find the lines that are not blank and what each is.

    Head, number, time, text, or other (outside any cue).
    """
    spans = [match.span() for match in _LINE.finditer(source) if match[0].strip()]
    found: list[tuple[int, int, str]] = []
    kind = "other"
    for number, (start, end) in enumerate(spans):
        text = source[start:end].lstrip("\ufeff")
        follows_blank = number == 0 or len(_BREAK.findall(source, spans[number - 1][1], start)) > 1
        timed_next = (
            number + 1 < len(spans) and _TIMING.match(source, *spans[number + 1]) is not None
        )
        if _TIMING.match(text):
            kind = "time"
        elif (
            follows_blank
            and text.split()[:1] in _BLOCKS
            and (number == 0 or text.split() != ["WEBVTT"])
        ):
            kind = "head"
        elif timed_next and (follows_blank or text.strip().isdigit()):
            kind = "number"
        elif kind in ("time", "text"):
            # A blank line ends a cue; text after it belongs to it still where the file is not
            # strict.
            kind = "text"
        elif kind != "head" or follows_blank:
            kind = "other"
        found.append((start, end, kind))
    return found


def _names_used(source: str, voiced: bool) -> set[str]:
    """Collect the labels that begin lines of cues and come back.

    Where there are voice tags, a colon is no label.
    """
    if voiced:
        return set()
    times: dict[str, int] = {}
    for start, end, kind in _lines(source):
        if kind == "text":
            label = read_label(source, _start_of_speech(source, start, end), end)
            if label is not None:
                times[label[1]] = times.get(label[1], 0) + 1
    return {name for name, count in times.items() if count > 1}


def _start_of_speech(source: str, start: int, end: int) -> int:
    leading = _LEADING.match(source, start, end)
    return leading.end() if leading else start


def _line(
    source: str,
    start: int,
    end: int,
    speaker: str | None,
    voiced: bool,
    chevrons: bool,
    known: set[str],
) -> tuple[str | None, list[tuple[int, int, str | None]]]:
    """Split a line of a cue into tags, label and words; who speaks goes on from the line before."""
    pieces: list[tuple[int, int, str | None]] = []
    at = start
    if not voiced:
        label_at = _start_of_speech(source, start, end)
        label = read_label(source, label_at, end)
        turned = chevrons and _CHEVRONS.match(source, start, end) is not None
        if label is not None and (label[1] in known or turned):
            at, speaker = label[0], label[1]
            pieces.append((start, at, None))
        elif turned:
            at, speaker = label_at, ""
            pieces.append((start, at, None))
    for tag in _TAG.finditer(source, at, end):
        if tag.start() > at:
            pieces.append((at, tag.start(), speaker or ""))
        voice = _VOICE.fullmatch(tag[0])
        if voice:
            speaker = voice[1].strip()
        pieces.append((*tag.span(), None))
        at = tag.end()
    if at < end:
        pieces.append((at, end, speaker or ""))
    return speaker, pieces


def _joined(
    source: str, pieces: list[tuple[int, int, str | None]]
) -> list[tuple[int, int, str | None]]:
    """Trim the pieces, leave out blanks, and join the lines of one cue that one voice says."""
    found: list[tuple[int, int, str | None]] = []
    for begin, stop, name in pieces:
        text = source[begin:stop]
        start, end = stop - len(text.lstrip()), begin + len(text.rstrip())
        if start >= end:
            continue
        said = name if any(char.isalnum() for char in source[start:end]) else None
        turned = said == "" and _begins_turn(source, start)
        if (
            found
            and not turned
            and found[-1][2] == said
            and len(_BREAK.findall(source, found[-1][1], start)) <= 1
        ):
            found[-1] = (found[-1][0], end, said)
        else:
            found.append((start, end, said))
    return found
