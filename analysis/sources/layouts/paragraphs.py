"""Paragraphs of a source, and the passages a layout makes of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import NamedTuple

# What Python's str.splitlines takes for a line, without its end.
LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_ENDS = ".!?…:;。？！؟"
_CLOSES = "”“’\"'»«」』)]!"
_ASKS = "?？؟\u037e՞፧⸮"
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_GREEK_REACH = 40  # characters

# A text counts as wrapped when this share of the lines inside its blocks look cut.
_MOSTLY = 0.5
# Wrapped lines differ in width by up to a long word; no text is wrapped wider than this.
_NARROWEST, _WIDEST = 0.75, 120


class Passage(NamedTuple):
    """Characters `[start, end)` of a source that one voice speaks, within one paragraph.

    `turn` numbers the turns of the conversation from 0 and is None outside it. `prompt` is the span
    of the question or lead that the words answer. `answers_from` is for paragraphs of
    narration: from that offset on, words in quotation marks are the interviewee's answer, unless
    the text attributes them to somebody else. `certainty` is how probable the role is, 1 if the
    page states it.
    """

    start: int
    end: int
    role: str
    speaker: str | None = None
    turn: int | None = None
    prompt: tuple[int, int] | None = None
    answers_from: int | None = None
    certainty: float = 1.0


def in_turns(passages: Iterable[Passage]) -> list[Passage]:
    """Count the turns of a conversation, and give each answer the question before it.

    A turn begins where the role or the speaker changes; passages of other roles have none.
    """
    counted: list[Passage] = []
    turn, speaking = -1, None
    question: tuple[int, int] | None = None
    for passage in passages:
        if passage.role not in ("interviewer", "interviewee"):
            counted.append(passage)
            continue
        begins = (passage.role, passage.speaker) != speaking
        speaking, turn = (passage.role, passage.speaker), turn + begins
        if passage.role == "interviewer":
            opened = passage.start if begins or question is None else question[0]
            question = (opened, passage.end)
        prompt = question if passage.role == "interviewee" else None
        counted.append(passage._replace(turn=turn, prompt=prompt))
    return counted


def paragraphs(source: str, start: int = 0) -> list[tuple[int, int]]:
    r"""Find the paragraphs from an offset on, as `[start, end)`, without surrounding whitespace.

    Every non-blank line is a paragraph. If lines are wrapped at some width, with blank lines
    between blocks of them, each block is one.

    >>> paragraphs("One. \n\n  Two.")
    [(0, 4), (9, 13)]
    >>> paragraphs("One and\ntwo and\nthree.\n\nFour.")
    [(0, 22), (24, 29)]
    """
    lines, blocks = [], []
    block, at = 0, start
    for line in LINE.finditer(source, start):
        text = line[0]
        if not text.strip():
            continue
        start = line.start() + len(text) - len(text.lstrip())
        # More than one line end since the last line that is not blank: another block.
        block += len(_LINE_END.findall(source, at, start)) > 1
        at = start + len(text.strip())
        lines.append((start, at))
        blocks.append(block)
    grouped = [
        [span for span, _ in group]
        for _, group in groupby(zip(lines, blocks, strict=True), lambda pair: pair[1])
    ]
    if not _is_wrapped([[source[start:end] for start, end in spans] for spans in grouped]):
        return lines
    return [(spans[0][0], spans[-1][1]) for spans in grouped]


def masked(text: str, spans: Iterable[tuple[int, int]], by: str) -> str:
    """Replace each character in the spans with another, so that all others keep their offsets.

    >>> masked("Q: Why?", [(0, 2)], "-")
    '-- Why?'
    """
    chars = list(text)
    for start, end in spans:
        chars[start:end] = by * (end - start)
    return "".join(chars)


def asks(text: str) -> bool:
    """Return whether a text ends in a question mark, perhaps followed by closing marks.

    >>> asks("Why?”"), asks("Why？"), asks("Γιατί;"), asks("Why? No.")
    (True, True, True, False)
    """
    at = len(text)
    # Characters of the category Cf print nothing: a zero-width space.
    while at and (
        (last := text[at - 1]) in _CLOSES or last.isspace() or unicodedata.category(last) == "Cf"
    ):
        at -= 1
    # The Greek question mark is a semicolon.
    asks_in_greek = text[at - 1 : at] == ";" and bool(
        _GREEK.search(text, max(at - _GREEK_REACH, 0), at)
    )
    return at > 0 and (text[at - 1] in _ASKS or asks_in_greek)


def asks_within(text: str) -> bool:
    """Return whether a text contains a question mark."""
    return any(mark in text for mark in _ASKS)


def _is_wrapped(blocks: list[list[str]]) -> bool:
    """Return whether most lines stop in mid-sentence, so that blocks of them are paragraphs."""
    cut = [(line, following) for block in blocks for line, following in pairwise(block)]
    if len(blocks) < 2 or len(cut) < 2:
        return False
    open_ended = [following for line, following in cut if line.rstrip(_CLOSES)[-1:] not in _ENDS]
    going_on = sum(following[0].islower() for following in open_ended)
    # In a text without capitals, a small letter does not mean that a sentence
    # continues.
    written_small = sum(block[0][0].islower() for block in blocks) > len(blocks) / 2
    if going_on >= _MOSTLY * len(cut) and not written_small:
        return True
    width = max(len(line) for block in blocks for line in block)
    full = sum(len(line) >= _NARROWEST * width for line, _ in cut)
    return (
        len(cut) >= 8
        and width <= _WIDEST
        and full >= 0.9 * len(cut)
        and len(open_ended) >= _MOSTLY * len(cut)
    )
