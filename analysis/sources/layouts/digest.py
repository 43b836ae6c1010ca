"""Digests (leads such as "On her work:" with a quotation each), and other prose that quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from dataclasses import replace

from analysis.sources.interviews import Interview
from analysis.sources.layouts.furniture import WORD, is_control, is_fragment, opens_comments
from analysis.sources.layouts.marks import Block, blocks, joined, with_marks
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
# A lead that names its topic, even with a person: “On what Lee told him”. Other words are found
# by their use.
_TOPIC = re.compile(
    r"\W*(?:on|about|of|regarding|concerning|what|why|how|where|whether|asked|sobre|sur|über|zu|zum|zur|su|sul|sulla|о|об)\b",
    re.IGNORECASE,
)
_LONGEST_LEAD = 30, 400  # words, characters
# A lead before words without quotation marks, or one that ends in nothing, is shorter.
_SHORT_LEAD = 12, 100
_BEFORE_PLAIN = re.compile(
    r"\W{0,5}[^\W_][^:…—–\n]{0,100}?\s?(?::|…|\.\.\.|\s[—–-])[*_]{0,3}\s+(?=[^\s“„«\"‘'])"
)
# A topic without a preposition is this short: “Her first job:”.
_BARE = 3
# A quotation left open is looked for in this many paragraphs; after that its closing mark was
# forgotten.
_LONGEST_QUOTATION = 6
# What may come between a lead and its end, or the quotation: spaces, and the marks of bold words.
_BLANKS = " \t\r\n\u00a0*_"
_NOBODY = People()
_SPOKEN = 4  # words in quotation marks that are somebody's statement
# As many leads as open with the same word make it a word that opens leads.
_SHARED = 3


def leads(texts: list[str], marks: list[str] | None = None) -> dict[int, int]:
    """Find the paragraphs with a lead: their numbers, and where in each the lead ends.

    A lead ends before a quotation in its own paragraph, or comes before a paragraph that opens
    with one. Before words without quotation marks it opens as leads do: “On her work: I like it.”

    Parameters
    ----------
    texts : the paragraphs.
    marks : the markup of each, see `analysis.sources.layouts.marks.Block`; none if left out.

    >>> said = ["Hello.", "On her work: “I like it.” So.", "On her next film…", "“Ask me later.”"]
    >>> leads(said)
    {1: 13, 2: 17}
    """
    marks = marks or [""] * len(texts)
    found: dict[int, int] = {}
    # What ends in nothing (a heading, a few words) is a lead where it is not the only one.
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
    """Find leads before words without quotation marks, by the word they open with.

    It names a topic (“On”), or several leads share it.
    """
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


def paragraphs_of(source: str) -> list[Block]:
    """Find the paragraphs; marked words that open one may be a lead."""
    return joined(blocks(source), source, {"**+", "*+"})


def parse(source: str, interview: Interview) -> list[Passage]:
    """Split a digest into one passage a paragraph; where an answer begins in it, it says so.

    Parameters
    ----------
    source : the decoded file.
    interview : its entry. The interviewee speaks in the quotations; a digest has no interviewer's
        words.
    """
    found = paragraphs_of(source)
    texts = [source[block.start : block.end] for block in found]
    interviewee = interview.interviewee
    people = people_in(source, [interviewee, interview.interviewer])
    all_leads = leads(texts, [block.mark for block in found])
    lead_ends = _announcing(texts, all_leads, people, interviewee)
    if not lead_ends:
        return _prose(source, people, interviewee)
    plain = {at for at, end in lead_ends.items() if not opens_quoted(_after(texts, at, end))}
    first, last = min(lead_ends), max(lead_ends)
    others = _others(texts, all_leads.keys() - lead_ends.keys(), all_leads)
    passages: list[Passage] = []
    turn = -1
    prompt: tuple[int, int] | None = None
    in_comments = speaking = False
    going_on: dict[int, int] = {}
    for number, (block, text) in enumerate(zip(found, texts, strict=True)):
        start, end = block.start, block.end
        in_comments = in_comments or (number > last and opens_comments(text))
        answers_at = lead_ends.get(number, going_on.get(number))
        if number in lead_ends:
            turn += 1
            lead = text[:answers_at]
            prompt_at = start + len(lead) - len(lead.lstrip(_BLANKS))
            prompt = (prompt_at, prompt_at + len(_lead(lead)))
            speaking = number in plain
        elif number > first and not in_comments and number not in others and opens_quoted(text):
            answers_at = answers_at or 0
        around = Passage(start, end, "narration")
        answer = Passage(start, end, "interviewee", interviewee, turn, prompt)
        if answers_at is None:
            speaking = speaking and not in_comments
            if in_comments or is_control(block.text) or is_fragment(block.text):
                around = replace(around, role="boilerplate")
            rows = [answer if speaking and around.role == "narration" else around]
        elif number in plain:
            lead_end = start + len(text[:answers_at].rstrip())
            rows = [replace(around, end=lead_end), replace(answer, start=start + answers_at)]
        else:
            answers_from = start + answers_at
            around = replace(around, turn=turn, prompt=prompt, answers_from=answers_from)
            rows = [around]
            if number in going_on:
                rows = [replace(answer, end=answers_from), replace(around, start=answers_from)]
            going_on |= _going_on(texts, number, all_leads)
        passages += [row for row in rows if source[row.start : row.end].strip()]
    return with_marks(source, passages)


def statements(source: str) -> tuple[int, int]:
    r"""Count the paragraphs of prose that quote a statement, and the other paragraphs that ask.

    >>> statements("“It rained for a week,” Lee said.\n\nWhy?")
    (1, 1)
    """
    texts = [block.text for block in blocks(source)]
    quoted = [
        any(len(text[start:end].split()) >= _SPOKEN for start, end in quoted_spans(text))
        for text in texts
    ]
    asking = sum(asks(text) for text, quotes in zip(texts, quoted, strict=True) if not quotes)
    return sum(quoted), asking


def _prose(source: str, people: People, interviewee: str | None) -> list[Passage]:
    """Read prose that quotes: the one whose statements it gives most often is the interviewee."""
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
        if is_control(block.text) or is_fragment(block.text):
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


def _after(texts: list[str], number: int, end: int) -> str:
    """Return what follows a lead, in its own paragraph or the next."""
    return texts[number][end:].strip() or "".join(texts[number + 1 : number + 2])


def _announcing(
    texts: list[str], all_leads: dict[int, int], people: People, interviewee: str | None
) -> dict[int, int]:
    """Keep the leads that announce the interviewee's words: they name no other speaker.

    “New York:” could be a topic or a speaker. Where most leads are such bare words, it is a topic,
    unless somebody is known by it.
    """
    theirs, named, bare = {}, {}, 0
    for number, end in all_leads.items():
        lead = texts[number][:end]
        after = _after(texts, number, end)
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
    """Find the paragraphs into which an open quotation runs, and where it ends in each."""
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
    """Leave out what ends a lead."""
    text = text.strip(_BLANKS)
    ending = next((ending for ending in _LEAD_ENDS if text.endswith(ending)), "")
    return text.removesuffix(ending).rstrip(_BLANKS)


def _lead_end(text: str) -> int | None:
    """Return where the quotation of a lead begins, None where the paragraph is not a lead."""
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
            # A lead that ends in nothing, before a statement: “On fame “It is a cage.””
            said = text[start:end]
            is_sentence = said.rstrip(MARKS).endswith((".", "!", "?", "…")) and not is_title(said)
            if is_sentence and attribute(before, said, "", _NOBODY)[0] is Voice.UNSAID:
                return start
    return None
