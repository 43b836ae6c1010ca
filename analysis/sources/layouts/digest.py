"""Digests (leads such as "On her work:" with a quotation each), and other prose that quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from dataclasses import replace

from analysis.sources.layouts.furniture import WORD, is_control, is_fragment, opens_comments
from analysis.sources.layouts.marks import blocks, joined, with_marks
from analysis.sources.layouts.paragraphs import Passage, asks
from analysis.sources.quotations import (
    MARKS,
    SENTENCE_END,
    People,
    Voice,
    attribute,
    closes,
    is_title,
    left_open,
    opens_quoted,
    people_in,
    quotations,
    quoted_spans,
)

_LEAD_ENDS = (":", "…", "...", "—", "–", "-")
_LIST_MARKER = re.compile(r"^\W{0,3}(?:\d{1,3}|[A-Za-z])[.)]\s+")
_ON = re.compile(r"\W*(?:on|about|regarding|concerning)\b", re.IGNORECASE)
# Words that open a lead by naming its topic, even with a person: “On what Lee told him”. Others are
# found by their use.
_TOPIC = re.compile(
    r"\W*(?:on|about|of|regarding|concerning|what|why|how|where|whether|asked|sobre|sur|über|zu|zum|zur|su|sul|sulla|о|об)\b",
    re.IGNORECASE,
)
_LONGEST_LEAD = 30, 400  # words, characters
# A lead before words without quotation marks, or without a mark at its end, is shorter.
_SHORT_LEAD = 12, 100
_BEFORE_PLAIN = re.compile(
    r"\W{0,5}[^\W_][^:…—–\n]{0,100}?\s?(?::|…|\.\.\.|\s[—–-])[*_]{0,3}\s+(?=[^\s“„«\"‘'])"
)
# A topic without a preposition is this short: “Her first job:”.
_BARE = 3
# The end of an open quotation is sought in this many paragraphs; after that, its closing mark is
# taken to be missing.
_LONGEST_QUOTATION = 6
# What may come between a lead and its end, or the quotation: spaces, and marks of bold type.
_BLANKS = " \t\r\n\u00a0*_"
_NOBODY = People()
_SPOKEN = 4  # words in quotation marks that are somebody's statement
# A word that begins this many leads is taken for the opening of a lead.
_SHARED = 3


def leads(texts: list[str], marks: list[str] | None = None) -> dict[int, int]:
    """Find the paragraphs with a lead: their numbers, and where in each the lead ends.

    A lead is followed by a quotation, in its own paragraph or at the start of the next. Before
    words without quotation marks, it must open as leads do: “On her work: I like it.”

    Parameters
    ----------
    texts : the paragraphs.
    marks : the markup of each, see `analysis.sources.layouts.marks.Block`; by default none.

    >>> said = ["Hello.", "On her work: “I like it.” So.", "On her next film…", "“Ask me later.”"]
    >>> leads(said)
    {1: 13, 2: 17}
    """
    marks = marks or [""] * len(texts)
    found: dict[int, int] = {}
    # Words without a mark at their end (a heading, a phrase) are a lead if others are, too.
    possible: dict[int, int] = {}
    for number, text in enumerate(texts):
        end = _lead_end(text)
        before_quotation = number + 1 < len(texts) and opens_quoted(texts[number + 1])
        if end is None and before_quotation and text.endswith(_LEAD_ENDS) and not is_control(text):
            end = len(text)
        if end is not None:
            found[number] = end
        elif (
            before_quotation and (number or marks[number] or _ON.match(text)) and _may_be_lead(text)
        ):
            possible[number] = len(text)
    if len(found) + len(possible) > 1:
        found |= possible
    return dict(sorted((_before_plain_words(texts, marks, found) | found).items()))


def _may_be_lead(text: str) -> bool:
    words, characters = _SHORT_LEAD
    return (
        len(text) <= characters
        and len(text.split()) <= words
        and text[-1:].isalnum()
        and not is_control(text)
    )


def _before_plain_words(
    texts: list[str], marks: list[str], quoted: dict[int, int]
) -> dict[int, int]:
    """Find leads before unquoted words, by their first word: “On” and its like, or a shared one."""
    candidates: dict[int, tuple[int, str, str]] = {}
    for number, text in enumerate(texts):
        if number in quoted or is_control(text):
            continue
        match = _BEFORE_PLAIN.match(text)
        alone = (
            bool(marks[number])
            and number + 1 < len(texts)
            and not marks[number + 1]
            and _may_be_lead(text.rstrip(":"))
        )
        if match is None and not alone:
            continue
        lead = text[: match.end()] if match and not alone else text
        opener = WORD.search(lead)
        if (
            opener
            and len(lead.split()) <= _SHORT_LEAD[0]
            and not SENTENCE_END.search(lead.rstrip(" …"))
        ):
            candidates[number] = len(lead), opener[0].lower(), lead.lower()
    shared = Counter(
        opener for opener, _ in {(opener, lead) for _, opener, lead in candidates.values()}
    )
    return {
        number: end
        for number, (end, opener, lead) in candidates.items()
        if _ON.match(lead)
        or (":" in lead[-4:] and shared[opener] >= _SHARED and 2 * shared[opener] > len(candidates))
    }


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split a digest into one passage per paragraph, noting where an answer begins in it.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names, None if unknown. The interviewee speaks in the
        quotations; a digest has no interviewer's words.
    """
    found = joined(blocks(source), source, {"**+", "*+"})
    texts = [source[block.start : block.end] for block in found]
    people = people_in(source, [interviewee, interviewer])
    all_leads = leads(texts, [block.mark for block in found])
    lead_ends = _announcing(texts, all_leads, people, interviewee)
    plain = {
        number for number, end in lead_ends.items() if not _before_quotation(texts, number, end)
    }
    if not lead_ends:
        return _prose(source, people, interviewee)
    first, last = min(lead_ends, default=len(texts)), max(lead_ends, default=-1)
    others = _others(texts, all_leads.keys() - lead_ends.keys(), all_leads)
    passages: list[Passage] = []
    turn = -1
    prompt: tuple[int, int] | None = None
    in_comments = False
    going_on: dict[int, int] = {}
    speaking = False
    for number, (block, text) in enumerate(zip(found, texts, strict=True)):
        start, end = block.start, block.end
        in_comments = in_comments or (number > last and opens_comments(text))
        if number in lead_ends:
            turn += 1
            lead = text[: lead_ends[number]]
            prompt_at = start + len(lead) - len(lead.lstrip(_BLANKS))
            prompt = (prompt_at, prompt_at + len(_lead(lead)))
            answers_at = lead_ends[number]
            speaking = number in plain
            if speaking:
                passages.append(
                    Passage(start, start + len(text[:answers_at].rstrip()), "narration")
                )
                if answers_at < len(text):
                    passages.append(
                        Passage(start + answers_at, end, "interviewee", interviewee, turn, prompt)
                    )
                continue
        elif number in going_on:
            answers_at = going_on[number]
            passages.append(
                Passage(start, start + answers_at, "interviewee", interviewee, turn, prompt)
            )
        elif number > first and not in_comments and number not in others and opens_quoted(text):
            answers_at = 0
        else:
            is_furniture = (
                block.machine or in_comments or is_control(block.text) or is_fragment(block.text)
            )
            speaking = speaking and not in_comments
            if speaking and not is_furniture:
                passages.append(Passage(start, end, "interviewee", interviewee, turn, prompt))
            else:
                passages.append(Passage(start, end, "boilerplate" if is_furniture else "narration"))
            continue
        going_on |= _going_on(texts, number, all_leads)
        begin = start + answers_at if number in going_on else start
        if source[begin:end].strip():
            passages.append(
                Passage(begin, end, "narration", None, turn, prompt, start + answers_at)
            )
    return with_marks(source, passages)


def statements(source: str) -> tuple[int, int]:
    r"""Count the paragraphs of prose that quote a statement, and the other paragraphs that ask.

    >>> statements("“It rained for a week,” Lee said.\n\nWhy?")
    (1, 1)
    """
    texts = [block.text for block in blocks(source) if not block.machine]
    quoted = [
        any(len(text[start:end].split()) >= _SPOKEN for start, end in quoted_spans(text))
        for text in texts
    ]
    asking = sum(asks(text) for text, quotes in zip(texts, quoted, strict=True) if not quotes)
    return sum(quoted), asking


def _prose(source: str, people: People, interviewee: str | None) -> list[Passage]:
    """Read prose that quotes; whoever is quoted most often is the interviewee."""
    found = blocks(source)
    said = [quotations(block.text, people) for block in found]
    named = Counter(
        quotation.speaker
        for quoted in said
        for quotation in quoted
        if quotation.voice is Voice.OTHER and quotation.speaker
    )
    often = next((name for name, _ in named.most_common(1)), interviewee)
    first = interviewee if interviewee in named else often
    passages = []
    speaker, turn = None, -1
    for block, quoted in zip(found, said, strict=True):
        if block.machine or is_control(block.text) or is_fragment(block.text):
            passages.append(Passage(block.start, block.end, "boilerplate"))
            continue
        mentioned = [quotation.speaker for quotation in quoted if quotation.speaker]
        # A quotation without a name belongs to the speaker named last.
        speaker = mentioned[0] if mentioned else _named_in(block.text, named) or speaker
        answers = block.start if quoted and speaker in (first, None) else None
        row = Passage(block.start, block.end, "narration")
        if answers is not None:
            turn += 1
            row = replace(row, speaker=first, turn=turn, answers_from=answers)
        passages.append(row)
    return with_marks(source, passages)


def _named_in(text: str, names: Counter[str]) -> str | None:
    return next((name for name in names if name.split()[-1] in text), None)


def _before_quotation(texts: list[str], number: int, end: int) -> bool:
    """Return whether a quotation follows a lead."""
    after = texts[number][end:]
    return (
        opens_quoted(after)
        if after.strip()
        else number + 1 < len(texts) and opens_quoted(texts[number + 1])
    )


def _announcing(
    texts: list[str], all_leads: dict[int, int], people: People, interviewee: str | None
) -> dict[int, int]:
    """Keep the leads that announce the interviewee's words: they name no other speaker.

    “New York:” could be a topic or a speaker. If most leads are such bare words, it is a topic,
    unless somebody is known by that name.
    """
    theirs, named, bare = {}, {}, 0
    for number, end in all_leads.items():
        lead = texts[number][:end]
        after = (
            texts[number][end:]
            if texts[number][end:].strip()
            else texts[min(number + 1, len(texts) - 1)]
        )
        if (
            interviewee is None
            or _TOPIC.match(_LIST_MARKER.sub("", lead))
            or not opens_quoted(after)
        ):
            theirs[number] = end
            continue
        start, stop = quoted_spans(after)[0]
        voice, speaker = attribute(lead, after[start:stop], "", people)
        if voice is not Voice.OTHER or speaker == interviewee:
            theirs[number] = end
            bare += len(lead.split()) <= _BARE
        elif speaker is not None and lead.strip(" :*_") == speaker and speaker not in people.named:
            named[number] = end
    return (
        dict(sorted((theirs | named).items())) if bare >= 2 and 2 * bare >= len(theirs) else theirs
    )


def _others(texts: list[str], announcing: Set[int], all_leads: dict[int, int]) -> set[int]:
    """Find the paragraphs that announce other speakers, and those that quote them right after."""
    found = set()
    for number in announcing:
        found.add(number)
        later = number + 1
        while later < len(texts) and later not in all_leads and opens_quoted(texts[later]):
            found.add(later)
            later += 1
    return found


def _going_on(texts: list[str], number: int, all_leads: dict[int, int]) -> dict[int, int]:
    """Find the paragraphs in which an open quotation continues, and where it ends in each."""
    mark = left_open(texts[number])
    if mark is None:
        return {}
    found: dict[int, int] = {}
    for later in range(number + 1, min(number + 1 + _LONGEST_QUOTATION, len(texts))):
        if later in all_leads or opens_quoted(texts[later]):
            return {}
        end = closes(texts[later], mark)
        found[later] = end or len(texts[later])
        if end is not None:
            return found
    return {}


def _lead(text: str) -> str:
    """Strip what ends a lead."""
    text = text.strip(_BLANKS)
    ending = next((ending for ending in _LEAD_ENDS if text.endswith(ending)), "")
    return text.removesuffix(ending).rstrip(_BLANKS)


def _lead_end(text: str) -> int | None:
    """Return where the quotation of a lead begins, None if the paragraph is not a lead."""
    words, characters = _LONGEST_LEAD
    for start, end in quoted_spans(text):
        if start > characters:
            return None
        before = text[:start].rstrip(_BLANKS)
        if before.endswith(_LEAD_ENDS):
            lead = _LIST_MARKER.sub("", before)
            return start if len(lead.split()) <= words and not SENTENCE_END.search(lead) else None
        if (
            _ON.match(before)
            and 2 <= len(before.split()) <= _SHORT_LEAD[0]
            and not before.endswith(",")
        ):
            # A lead without a mark at its end, before a statement: “On fame “It is a cage.””
            said = text[start:end]
            is_sentence = said.rstrip(MARKS).endswith((".", "!", "?", "…")) and not is_title(said)
            if is_sentence and attribute(before, said, "", _NOBODY)[0] is Voice.UNSAID:
                return start
    return None
