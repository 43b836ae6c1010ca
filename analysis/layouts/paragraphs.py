"""Paragraphs of a source, and the passages a layout makes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Passage:
    """Characters `[start, end)` of a source that one voice speaks, within one paragraph.

    `turn` counts the goes of the conversation from 0 and is None outside it. `prompt` is the span of the question
    or lead that the words answer.
    """

    start: int
    end: int
    role: str
    speaker: str | None = None
    turn: int | None = None
    prompt: tuple[int, int] | None = None


def paragraphs(source: str) -> list[tuple[int, int]]:
    r"""Find the paragraphs as `[start, end)`: every line that is not blank, without the blanks at its ends.

    >>> paragraphs("One. \n\n  Two.")
    [(0, 4), (9, 13)]
    """
    spans = []
    for line in _LINE.finditer(source):
        text = line[0]
        if text.strip():
            start = line.start() + len(text) - len(text.lstrip())
            spans.append((start, start + len(text.strip())))
    return spans
