"""Digests (leads such as "On her work:", each with a quotation), and other prose with quotes."""

from __future__ import annotations

import re
from collections import Counter

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
_LONGEST_LEAD = 30  # words
# A lead before words without quotation marks, or without a mark at its end, is shorter.
_SHORT_LEAD = 12
_FAR = 400  # characters; anything further from the start of its paragraph is not a lead
_BEFORE_PLAIN = re.compile(
    r"\W{0,5}[^\W_][^:…—–\n]{0,100}?\s?(?::|…|\.\.\.|\s[—–-])[*_]{0,3}\s+(?=[^\s“„«\"‘'])"
)
# A topic without a preposition is this short: “Her first job:”.
_BARE = 3
# The end of an open quotation is sought in this many paragraphs; after that, its closing mark is
# taken to be missing.
_LONGEST_QUOTATION = 6
# What may separate a lead from its closing mark or its quotation: spaces, and marks of bold type.
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
    for number, text in enumerate(texts):
        end = _lead_end(text)
        if end is None and opens_quoted("".join(texts[number + 1 : number + 2])):
            # The first paragraph may be a title.
            short = (number or marks[number] or _ON.match(text)) and _may_be_lead(text)
            if short or (text.endswith(_LEAD_ENDS) and not is_control(text)):
                end = len(text)
        if end is not None:
            found[number] = end
    return dict(sorted((_before_plain_words(texts, marks, found) | found).items()))


def _may_be_lead(text: str) -> bool:
    return len(text.split()) <= _SHORT_LEAD and text[-1:].isalnum() and not is_control(text)


def _before_plain_words(
    texts: list[str], marks: list[str], quoted: dict[int, int]
) -> dict[int, int]:
    """Find leads before words without quotation marks, by their first word.

    That word announces a topic (“On”), or several leads share it.
    """
    candidates: dict[int, tuple[str, str]] = {}
    for number, text in enumerate(texts):
        match = _BEFORE_PLAIN.match(text)
        alone = marks[number] and marks[number + 1 : number + 2] == [""]
        lead = match[0] if match else ""
        lead = text if alone and _may_be_lead(text.rstrip(":")) else lead
        opener = WORD.search(lead)
        if (
            opener
            and number not in quoted
            and not is_control(text)
            and len(lead.split()) <= _SHORT_LEAD
            and not SENTENCE_END.search(lead.rstrip(" …"))
        ):
            candidates[number] = opener[0].lower(), lead
    shared = Counter(opener for opener, _ in set(candidates.values()))
    return {
        number: len(lead)
        for number, (opener, lead) in candidates.items()
        if _ON.match(lead)
        or (":" in lead[-4:] and shared[opener] >= _SHARED and 2 * shared[opener] > len(candidates))
    }


def paragraphs_of(source: str) -> list[Block]:
    """Find the paragraphs; marked words at the start of one are separate, as a possible lead."""
    return joined(blocks(source), source, {"**+", "*+"})


def parse(source: str, interview: Interview) -> list[Passage]:
    """Split a digest into one passage per paragraph, noting where an answer begins in it.

    Parameters
    ----------
    source : the decoded file.
    interview : its entry. The interviewee speaks in the quotations; a digest contains none
        of the interviewer's words.
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
    passages: list[Passage] = []
    turn = -1
    prompt: tuple[int, int] | None = None
    in_comments = speaking = others = False
    going_on: dict[int, int] = {}
    for number, (block, text) in enumerate(zip(found, texts, strict=True)):
        start, end = block.start, block.end
        in_comments = in_comments or (number > last and opens_comments(text))
        # After a lead that announces somebody else, quotations are not the interviewee's.
        others = number not in lead_ends if number in all_leads else others and opens_quoted(text)
        answers_at = lead_ends.get(number, going_on.get(number))
        if number in lead_ends:
            turn += 1
            lead = text[:answers_at]
            prompt_at = start + len(lead) - len(lead.lstrip(_BLANKS))
            prompt = (prompt_at, prompt_at + len(_lead(lead)))
            speaking = number in plain
        elif number > first and not in_comments and not others and opens_quoted(text):
            answers_at = answers_at or 0
        around = Passage(start, end, "narration")
        answer = Passage(start, end, "interviewee", interviewee, turn, prompt)
        if answers_at is None:
            speaking = speaking and not in_comments
            if in_comments or is_control(block.text) or is_fragment(block.text):
                around = around._replace(role="boilerplate")
            rows = [answer if speaking and around.role == "narration" else around]
        elif number in plain:
            lead_end = start + len(text[:answers_at].rstrip())
            rows = [around._replace(end=lead_end), answer._replace(start=start + answers_at)]
        else:
            answers_from = start + answers_at
            around = around._replace(turn=turn, prompt=prompt, answers_from=answers_from)
            rows = [around]
            if number in going_on:
                rows = [answer._replace(end=answers_from), around._replace(start=answers_from)]
            going_on |= _going_on(texts, number, all_leads)
        passages += [row for row in rows if source[row.start : row.end].strip()]
    return with_marks(source, passages)


def statements(source: str) -> tuple[int, int]:
    r"""Count the paragraphs of prose that quote a statement, and the others that are questions.

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
    """Read prose with quotations.

    The interviewee is the one listed or, if that person is not quoted, whoever is quoted most.
    """
    found = blocks(source)
    said = [quotations(block.text, people) for block in found]
    named = Counter(
        quotation.speaker for quoted in said for quotation in quoted if quotation.speaker
    )
    first = interviewee
    if named and interviewee not in named:
        first = named.most_common(1)[0][0]
    passages = []
    speaker, turn = None, -1
    for block, quoted in zip(found, said, strict=True):
        row = Passage(block.start, block.end, "narration")
        # A quotation without a name belongs to the speaker named last.
        names = [quotation.speaker for quotation in quoted if quotation.speaker]
        names = names or [name for name in named if name and name.split()[-1] in block.text]
        if is_control(block.text) or is_fragment(block.text):
            row = row._replace(role="boilerplate")
        else:
            speaker = next(iter(names), speaker)
            if quoted and speaker in (first, None):
                turn += 1
                row = row._replace(speaker=first, turn=turn, answers_from=block.start)
        passages.append(row)
    return with_marks(source, passages)


def _after(texts: list[str], number: int, end: int) -> str:
    """Return what follows a lead, in its own paragraph or the next."""
    return texts[number][end:].strip() or "".join(texts[number + 1 : number + 2])


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
    """Strip the ending of a lead."""
    text = text.strip(_BLANKS)
    ending = next((ending for ending in _LEAD_ENDS if text.endswith(ending)), "")
    return text.removesuffix(ending).rstrip(_BLANKS)


def _lead_end(text: str) -> int | None:
    """Return where the quotation after a lead begins; None if the paragraph has no lead."""
    for start, end in quoted_spans(text):
        if start > _FAR:
            return None
        before = text[:start].rstrip(_BLANKS)
        if before.endswith(_LEAD_ENDS):
            lead = _LIST_MARKER.sub("", before)
            short = len(lead.split()) <= _LONGEST_LEAD
            return start if short and not SENTENCE_END.search(lead) else None
        if (
            _ON.match(before)
            and 2 <= len(before.split()) <= _SHORT_LEAD
            and not before.endswith(",")
        ):
            # A lead without a mark at its end, before a statement: “On fame “It is a cage.””
            said = text[start:end]
            is_sentence = said.rstrip(MARKS).endswith((".", "!", "?", "…"))
            if is_sentence and attribute(before, said, "", _NOBODY)[0] is Voice.UNSAID:
                return start
    return None
