"""Subtitles (WebVTT, SubRip) with voice tags (`<v Ann>`), labels (`>> ANN:`) or bare marks (`- `).

Automatic transcripts with a name above each cue (Microsoft Teams), or with the times in front of
it (Whisper), are subtitles too.

Cue numbers, times, headers, notes, styles and tags are `boilerplate`. What is left of a cue, its
payload, is one row. A sentence that runs over several cues is therefore several rows, because
times come between them and a row is the source's own characters. Word counts stay the same, but
coding and parsing by sentence see pieces of sentences.

The code is our own because no library says where in the file a payload is; the tests compare
it with `webvtt-py`. Format: W3C, WebVTT: The Web Video Text Tracks
Format (Candidate Recommendation, 2019).
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from dataclasses import replace
from itertools import groupby

from analysis.sources.interviews import Interview
from analysis.sources.layouts.conversation import read
from analysis.sources.layouts.labelled import assign
from analysis.sources.layouts.labels import ENDS, Label, read_label
from analysis.sources.layouts.marks import Block, with_marks
from analysis.sources.layouts.paragraphs import Passage, in_turns, masked

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMES = rf"{_TIME}[ \t]*-->[ \t]*{_TIME}"
_TIMING = re.compile(rf"\s*\[?{_TIMES}")
# A line, or the times at its beginning.
_LINE = re.compile(rf"[ \t]*\[{_TIMES}\][ \t]*(?=\S)|[^\r\n]+")
_TAG = re.compile(r"</?(?:[a-zA-Z]|\d{1,2}:)[^<>\r\n]{0,200}>|\{\\[^{}\r\n]{0,80}\}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,40})?[ \t]+([^<>\r\n]{1,100})>")
_BREAK = re.compile(r"\r\n|\r|\n")
# The speaker may change where a line or a sentence begins.
_BEGINS = re.compile(
    r"(?:\A|(?<=[\r\n\0])|(?<=[.?!…。？！\"”)\]])(?=\s))[\0\s\u200b-\u200f\ufeff]{0,300}"
    r"(?P<mark>>>+|&gt;&gt;|[-–—](?=[\0\s])|(?<=[\r\n])[-–—])?[\0\s]{0,9}"
)
# What is said within one cue, up to an empty line or something that is not speech.
_PIECE = re.compile(
    r"[^\s\0](?:(?!(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*[\r\n])[^\0])*(?<=[^\s\0])", re.DOTALL
)
_TURNS = 3  # this many changes of speaker make a conversation
_BLOCKS = ("WEBVTT", "NOTE", "STYLE", "REGION")
_Line = tuple[int, int, str]


def cues(source: str) -> float:
    r"""Return the share of the non-blank lines that belong to cues; 0 with fewer than two timings.

    >>> cues("1\n00:01,000 --> 00:02,000\nWhy?\n\n2\n00:02,000 --> 00:03,000\nIt rained.")
    1.0
    """
    lines = _lines(source)
    if sum(kind == "time" for _, _, kind in lines) < 2:
        return 0.0
    return sum(kind != "other" for _, _, kind in lines) / len(lines)


def parse(source: str, interview: Interview) -> list[Passage]:
    """Split subtitles: a passage for each voice in a cue and for each piece around it.

    Parameters
    ----------
    source : the decoded file.
    interview : its entry; the rules of `analysis.sources.layouts.labelled` decide who
        interviews. Before the first cue that names a speaker, and throughout if there are neither
        names nor three marks of a new speaker, the speaker is unknown and the role narration.

    Returns
    -------
    Passages in reading order. Consecutive cues of one speaker are one turn.
    """
    lines = _lines(source)
    said = _said(source, lines)
    if _VOICE.search(source):
        labels = _voices(source, lines)
    else:
        labels = _above(source, lines) or _labels(said, lines)
    said = masked(said, [(label.start, label.end) for label in labels], "\0")
    spoken = [piece.span() for piece in _PIECE.finditer(said) if any(map(str.isalnum, piece[0]))]
    starts = [label.start for label in labels]
    numbered = [(bisect(starts, span[0]), span) for span in spoken]
    if any(label.name for label in labels):
        names = ["", *(label.name for label in labels)]
        pieces = [(*span, names[number]) for number, span in numbered]
        return with_marks(source, assign(source, pieces, interview))
    # Only a dash or chevrons show that the speaker changes.
    turns = [[span for _, span in turn] for _, turn in groupby(numbered, lambda one: one[0])]
    found = []
    for turn in turns:
        text = " ".join(word for span in turn for word in source[slice(*span)].split())
        found.append(Block(turn[0][0], turn[-1][1], "", text))
    rows = read(found, begins=[True] * len(found))
    if len(labels) < _TURNS:
        rows = [row._replace(role="narration") for row in rows]
    cues = [
        row._replace(start=start, end=end)
        for row, turn in zip(rows, turns, strict=True)
        for start, end in turn
    ]
    return with_marks(source, in_turns(cues))


def _said(source: str, lines: list[_Line]) -> str:
    """Replace everything that is not speech with null characters."""
    text = masked(source, [(start, end) for start, end, kind in lines if kind != "text"], "\0")
    return _TAG.sub(lambda tag: "\0" * len(tag[0]), text)


def _voices(source: str, lines: list[_Line]) -> list[Label]:
    """Find the voice tags; a cue without one has no speaker."""
    found: list[Label] = []
    new_cue = True
    for start, end, kind in lines:
        if kind == "text":
            if new_cue and not _VOICE.match(source, start, end):
                found.append(Label(start, start, ""))
            found += [
                Label(*match.span(), match[1].strip())
                for match in _VOICE.finditer(source, start, end)
            ]
        new_cue = kind == "time"
    return found


def _above(source: str, lines: list[_Line]) -> list[Label]:
    """Find the names that most cues have on a first line of their own."""
    kinds = ["", *(kind for _, _, kind in lines), ""]
    found = [
        Label(start, end, source[start:end].strip())
        for number, (start, end, _) in enumerate(lines)
        if kinds[number : number + 3] == ["time", "text", "text"]
    ]
    times = Counter(label.name for label in found)
    again = sum(times[label.name] > 1 and not ENDS.search(label.name) for label in found)
    return found if 2 * again > kinds.count("time") else []


def _labels(said: str, lines: list[_Line]) -> list[Label]:
    """Find names that recur or follow chevrons; if there are none, bare marks."""
    found: list[tuple[Label, str]] = []
    for start, end, kind in lines:
        for match in _BEGINS.finditer(said, start, end) if kind == "text" else ():
            until, name = read_label(said, match.end(), end) or (match.end(), "")
            mark = match["mark"] or ""
            at = match.start("mark") if mark else match.end()
            if (name or mark) and (not found or found[-1][0].end <= at):
                found.append((Label(at, until, name), mark))
    times = Counter(label.name for label, _ in found)
    marks = [mark[:1] for _, mark in found if mark]
    chevrons = {">", "&"} if sum(mark in (">", "&") for mark in marks) > 1 else set()
    named = [
        label
        for label, mark in found
        if mark[:1] in chevrons or (label.name and times[label.name] > 1)
    ]
    if 2 * sum(bool(label.name) for label in named) > max(len(named), len(marks)):
        return named
    # Most turns have no name: marks show where they begin; names are set aside but not used.
    return [replace(label, name="") for label, mark in found if mark]


def _lines(source: str) -> list[_Line]:
    """Find the non-blank lines: each is time, text, head (the rest of a cue) or other."""
    spans = [match.span() for match in _LINE.finditer(source) if match[0].strip()]
    timed = [bool(_TIMING.match(source, *span)) for span in spans]
    found: list[_Line] = []
    kind, last = "other", 0
    for (start, end), now, soon in zip(spans, timed, [*timed, False][1:], strict=True):
        text = source[start:end].strip()
        follows_blank = not last or len(_BREAK.findall(source, last, start)) > 1
        last = end
        if now:
            kind = "time"
        elif (soon and text.isdigit()) or (follows_blank and (soon or text.split()[0] in _BLOCKS)):
            kind = "head"
        elif kind in ("time", "text"):
            # A blank line ends a cue, but where a file does not keep to the format, text after it
            # still belongs to the cue.
            kind = "text"
        elif kind != "head" or follows_blank:
            kind = "other"
        found.append((start, end, kind))
    return found
