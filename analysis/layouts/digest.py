"""Digests: an introduction, then leads ("On his process:") with a quotation each, and asides by the writer."""

from __future__ import annotations

import re

from analysis.layouts.furniture import is_control, is_fragment, opens_comments
from analysis.layouts.paragraphs import Passage, paragraphs
from analysis.quotations import People, Voice, people_in, quotations, quoted_spans

_LEAD_END = re.compile(r"\s*(?:[:…]|\.\.\.|[—–-])\s*$")
_LEAD_ALONE = re.compile(r"(?:[:…]|\.\.\.)$")
_LONGEST_LEAD = 30  # words


def leads(texts: list[str]) -> dict[int, int]:
    """Find the paragraphs with a lead: their numbers, and where in each the lead ends.

    A lead ends before a quotation in its own paragraph, or stands before a paragraph that opens with one.

    >>> leads(["Hello.", "On his process: “It is organic.” So he says.", "On his next film…", "“Ask me later.”"])
    {1: 16, 2: 17}
    """
    found = {}
    for number, text in enumerate(texts):
        end = _lead_end(text)
        if end is None and number + 1 < len(texts) and _LEAD_ALONE.search(text) and _opens_quoted(texts[number + 1]):
            end = len(text)
        if end is not None:
            found[number] = end
    return found


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split a digest: leads and asides are the writer's, the quotations after a lead the interviewee's.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known. The interviewee speaks in the quotations; a digest has no
        interviewer's words.
    """
    spans = paragraphs(source)
    texts = [source[start:end] for start, end in spans]
    lead_ends = leads(texts)
    first, last = min(lead_ends, default=len(texts)), max(lead_ends, default=-1)
    people = people_in(source, [interviewee, interviewer])
    passages: list[Passage] = []
    turn = -1
    prompt: tuple[int, int] | None = None
    in_comments = False
    for number, ((start, end), text) in enumerate(zip(spans, texts, strict=True)):
        in_comments = in_comments or (number > last and opens_comments(text))
        quoted_from = 0
        if number in lead_ends:
            turn += 1
            quoted_from = lead_ends[number]
            prompt = (start, start + len(_LEAD_END.sub("", text[:quoted_from])))
        if number in lead_ends or (number > first and not in_comments and _opens_quoted(text)):
            passages += _voices(text, start, quoted_from, interviewee, people, turn, prompt)
        elif in_comments or is_control(text) or is_fragment(text):
            passages.append(Passage(start, end, "boilerplate"))
        else:
            passages.append(Passage(start, end, "narration"))
    return passages


def _opens_quoted(text: str) -> bool:
    return any(start == 0 for start, _ in quoted_spans(text)[:1])


def _voices(
    text: str,
    start: int,
    quoted_from: int,
    interviewee: str | None,
    people: People,
    turn: int,
    prompt: tuple[int, int] | None,
) -> list[Passage]:
    """Split a paragraph: what is quoted in it, from `quoted_from` on, is the interviewee's unless it says otherwise."""
    passages = []
    at = 0
    for quotation in quotations(text, people):
        if quotation.start < quoted_from:
            continue
        theirs = quotation.start == quoted_from or (
            quotation.voice in (Voice.OTHER, Voice.UNSAID) and quotation.speaker in (None, interviewee)
        )
        if not theirs:
            continue
        if text[at : quotation.start].strip():
            passages.append(Passage(start + at, start + quotation.start, "narration"))
        passages.append(
            Passage(start + quotation.start, start + quotation.end, "interviewee", interviewee, turn, prompt)
        )
        at = quotation.end
    if text[at:].strip():
        passages.append(Passage(start + at, start + len(text), "narration"))
    return passages


def _lead_end(text: str) -> int | None:
    """Return where the quotation of a lead begins, None where the paragraph is not a lead."""
    for start, _ in quoted_spans(text):
        before = text[:start]
        if not _LEAD_END.search(before):
            continue
        if len(before.split()) <= _LONGEST_LEAD and not re.search(r"[.!?]\s", before):
            return start
        return None
    return None
