"""Digests: an introduction, then leads ("On her work:") with a quotation each, and asides by the writer."""

from __future__ import annotations

import re
from collections.abc import Set

from analysis.layouts.furniture import is_control, is_fragment, opens_comments
from analysis.layouts.paragraphs import Passage, paragraphs
from analysis.quotations import SENTENCE_END, People, Voice, attribute, closes, left_open, people_in, quoted_spans

_LEAD_ENDS = (":", "…", "...", "—", "–", "-")
_LEAD_ALONE = (":", "…", "...")
_LIST_MARKER = re.compile(r"^\W{0,3}(?:\d{1,3}|[A-Za-z])[.)]\s+")
# A lead that names its topic, whoever is named in it: “On what Lee told him”.
_TOPIC = re.compile(r"\W*(?:on|about|of|regarding|concerning|what|why|how|where|whether|asked)\b", re.IGNORECASE)
_LONGEST_LEAD = 30, 400  # words, characters
# A quotation left open is looked for in this many paragraphs; after that its closing mark was forgotten.
_LONGEST_QUOTATION = 6


def leads(texts: list[str]) -> dict[int, int]:
    """Find the paragraphs with a lead: their numbers, and where in each the lead ends.

    A lead ends before a quotation in its own paragraph, or stands before a paragraph that opens with one.

    >>> leads(["Hello.", "On her work: “I like it.” So she says.", "On her next film…", "“Ask me later.”"])
    {1: 13, 2: 17}
    """
    found = {}
    for number, text in enumerate(texts):
        end = _lead_end(text)
        if end is None and number + 1 < len(texts) and text.endswith(_LEAD_ALONE) and _opens_quoted(texts[number + 1]):
            end = len(text)
        if end is not None:
            found[number] = end
    return found


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split a digest into one passage a paragraph; those with the interviewee's words say from where on they have them.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known. The interviewee speaks in the quotations; a digest has no
        interviewer's words.
    """
    spans = paragraphs(source)
    texts = [source[start:end] for start, end in spans]
    people = people_in(source, [interviewee, interviewer])
    all_leads = leads(texts)
    lead_ends = {
        number: end for number, end in all_leads.items() if _is_theirs(texts, number, end, people, interviewee)
    }
    first, last = min(lead_ends, default=len(texts)), max(lead_ends, default=-1)
    others = _others(texts, all_leads.keys() - lead_ends.keys(), all_leads)
    passages: list[Passage] = []
    turn = -1
    prompt: tuple[int, int] | None = None
    in_comments = False
    going_on: dict[int, int] = {}
    for number, ((start, end), text) in enumerate(zip(spans, texts, strict=True)):
        in_comments = in_comments or (number > last and opens_comments(text))
        if number in lead_ends:
            turn += 1
            prompt = (start, start + len(_lead(text[: lead_ends[number]])))
            answers_at = lead_ends[number]
        elif number in going_on:
            answers_at = going_on[number]
            passages.append(Passage(start, start + answers_at, "interviewee", interviewee, turn, prompt))
        elif number > first and not in_comments and number not in others and _opens_quoted(text):
            answers_at = 0
        else:
            is_furniture = in_comments or is_control(text) or is_fragment(text)
            passages.append(Passage(start, end, "boilerplate" if is_furniture else "narration"))
            continue
        going_on |= _going_on(texts, number, all_leads)
        begin = start + answers_at if number in going_on else start
        if source[begin:end].strip():
            passages.append(Passage(begin, end, "narration", None, turn, prompt, start + answers_at))
    return passages


def _opens_quoted(text: str) -> bool:
    return any(start == 0 for start, _ in quoted_spans(text)[:1])


def _is_theirs(texts: list[str], number: int, end: int, people: People, interviewee: str | None) -> bool:
    """Tell whether a lead announces the interviewee's words: it does if it names a topic, or nobody else as speaker."""
    lead, after = texts[number][:end], texts[number][end:] or texts[number + 1]
    if interviewee is None or _TOPIC.match(_LIST_MARKER.sub("", lead)):
        return True
    start, stop = quoted_spans(after)[0]
    voice, speaker = attribute(lead, after[start:stop], "", people)
    return voice is not Voice.OTHER or speaker == interviewee


def _others(texts: list[str], announcing: Set[int], all_leads: dict[int, int]) -> set[int]:
    """Find the paragraphs in which somebody else speaks: those that announce him, and what is quoted right after."""
    found = set()
    for number in announcing:
        found.add(number)
        later = number + 1
        while later < len(texts) and later not in all_leads and _opens_quoted(texts[later]):
            found.add(later)
            later += 1
    return found


def _going_on(texts: list[str], number: int, all_leads: dict[int, int]) -> dict[int, int]:
    """Find the paragraphs into which a quotation left open runs, and where in each it ends: where it is closed."""
    mark = left_open(texts[number])
    if mark is None:
        return {}
    found: dict[int, int] = {}
    for later in range(number + 1, min(number + 1 + _LONGEST_QUOTATION, len(texts))):
        if later in all_leads or _opens_quoted(texts[later]):
            return {}
        end = closes(texts[later], mark)
        found[later] = end or len(texts[later])
        if end is not None:
            return found
    return {}


def _lead(text: str) -> str:
    """Leave out what ends a lead."""
    text = text.rstrip()
    ending = next((ending for ending in _LEAD_ENDS if text.endswith(ending)), "")
    return text.removesuffix(ending).rstrip()


def _lead_end(text: str) -> int | None:
    """Return where the quotation of a lead begins, None where the paragraph is not a lead."""
    words, characters = _LONGEST_LEAD
    for start, _ in quoted_spans(text):
        if start > characters:
            return None
        before = text[:start].rstrip()
        if before.endswith(_LEAD_ENDS):
            lead = _LIST_MARKER.sub("", before)
            return start if len(lead.split()) <= words and not SENTENCE_END.search(lead) else None
    return None
