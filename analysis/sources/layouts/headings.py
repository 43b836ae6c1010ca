"""Questions as headings, in bold, in italics, as block quotes; answers below them in plain paragraphs.

Which mark the questions stand in is found, not assumed: the one that most paragraphs with a
question mark stand in. What is known from the marks is then handed, as evidence, to the reading of
`analysis.sources.layouts.q_and_a`, which decides the rest (preface, notes, furniture, where the
conversation ends). Sometimes the answers are what is marked: then the plain paragraphs before them
are the questions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from analysis.sources.layouts import q_and_a
from analysis.sources.layouts.furniture import is_control, is_fragment
from analysis.sources.layouts.marks import Block, blocks, joined
from analysis.sources.layouts.paragraphs import Passage, asks

# This much is certain; this much speaks against a question without the mark, before the first
# marked one and after it.
_CERTAIN, _UNMARKED_BEFORE, _UNMARKED = 200.0, -3.0, -8.0
_APART = ("head", "between, after a question", "between, after an answer", "tail")
_NOTE = ("note, after a question", "note, after an answer")
# A heading of a section is no longer than this; statements in a mark that mostly asks are rare
# below it.
_SECTION = 6  # words


@dataclass(frozen=True)
class _Marking:
    """Which marks questions stand in, which answers stand in, and the share of the marked questions that ask."""

    questions: frozenset[str]
    answers: frozenset[str]
    asking: float


def questions(source: str) -> int:
    r"""Count the marked paragraphs that ask, 0 where marks do not tell questions from answers.

    >>> questions("**Why?**\n\nIt rained.\n\n**And then?**\n\nIt stopped."), questions("Why?\n\nIt rained.")
    (2, 0)
    """
    found = blocks(source)
    marking = _marking(found)
    if marking is None:
        return 0
    if marking.answers:
        return sum(asks(found[number - 1].text) for number in _firsts(found, marking.answers))
    return sum(_puts_a_question(block.text) for block in found if block.mark in marking.questions)


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split an interview whose questions are marked into one passage a paragraph, and one for marks around it.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known; they become the speakers.
    """
    found = blocks(source)
    marking = _marking(found, at_least=1) or _Marking(frozenset(), frozenset(), 1.0)
    found = joined(found, source, marking.questions)
    leaning = _leaning(found, marking)
    return q_and_a.passages(
        source, found, q_and_a.parts(found, interviewee, leaning), interviewee, interviewer
    )


def _marking(found: list[Block], at_least: int = 2) -> _Marking | None:
    marked = [block for block in found if block.mark and not block.machine]
    asking = Counter(block.mark for block in marked if _puts_a_question(block.text))
    plain = sum(asks(block.text) for block in found if not block.mark)
    answers = _marked_answers(found, asking)
    if answers:
        return _Marking(frozenset(), answers, 1.0)
    if not asking:
        return None
    total = Counter(block.mark for block in marked)
    best = max(asking, key=lambda mark: (asking[mark], asking[mark] / total[mark], mark))
    if asking[best] < at_least or (at_least > 1 and asking[best] < plain / 2):
        return None
    also = {mark for mark in asking if asking[mark] >= 2 and asking[mark] >= 0.6 * total[mark]}
    # Of marked words, some open a paragraph and some stand alone: a question is one in either
    # place.
    also |= {
        mark
        for mark in asking
        if mark.rstrip("+") == best.rstrip("+") and asking[mark] >= 0.6 * total[mark]
    }
    chosen = frozenset({best} | also)
    long = [block for block in marked if block.mark in chosen and not _is_short(block)]
    return _Marking(
        chosen, frozenset(), sum(_puts_a_question(block.text) for block in long) / max(len(long), 1)
    )


def _marked_answers(found: list[Block], asking: Counter[str]) -> frozenset[str]:
    """Find a mark that answers stand in: most of its paragraphs do not ask, those right before them do."""
    chosen = set()
    for mark in {block.mark for block in found} - {""}:
        before = [found[number - 1] for number in _firsts(found, {mark})]
        asked = sum(asks(block.text) and not block.mark for block in before)
        if asked >= max(2, 0.6 * len(before)) and asked > sum(asking.values()):
            chosen.add(mark)
    return frozenset(chosen)


def _firsts(found: list[Block], marks: frozenset[str] | set[str]) -> list[int]:
    return [
        number
        for number, block in enumerate(found)
        if number
        and block.mark in marks
        and found[number - 1].mark not in marks
        and not found[number - 1].machine
    ]


def _leaning(found: list[Block], marking: _Marking) -> list[q_and_a.Leaning]:
    """Say for each paragraph what its mark tells about the part it plays."""
    if marking.answers:
        return _leaning_of_answers(found, marking.answers)
    sections = _sections(found, marking)
    asked = [
        number
        for number, block in enumerate(found)
        if _is_question(block, marking) and number not in sections
    ]
    certain = [number for number in asked if _puts_a_question(found[number].text)]
    first, last = min(certain, default=len(found)), max(asked, default=-1)
    # Statements before the first question are questions too where that is the habit.
    for number in reversed([number for number in asked if number < first]):
        if marking.asking > 0.75 or is_fragment(found[number].text):
            break
        first = number
    questions_at = {number for number in asked if number >= first}
    quoted = _quotes_answer(found, asked)
    leaning: list[q_and_a.Leaning] = []
    ended = False
    for number, block in enumerate(found):
        ends = number in sections or _is_section(block) or _is_rule(block)
        ended = ended or (ends and last < number)
        if number in questions_at:
            known = _only(q_and_a.ASKED)
        elif number < first:
            known = dict.fromkeys(q_and_a.ASKED, _UNMARKED_BEFORE) | dict.fromkeys(
                q_and_a.ANSWERED, -2.0
            )
            if block.mark.startswith("#") or (block.mark in marking.questions and _is_short(block)):
                known = _only(("head",))
        elif number in sections or _is_section(block):
            known = _only(_APART)
        elif ended:
            known = dict.fromkeys(q_and_a.ASKED + q_and_a.ANSWERED, -_CERTAIN)
        elif block.mark == ">" and not quoted:
            known = _only(_APART)
        elif block.mark in ("*", "**") and not asks(block.text):
            known = dict.fromkeys(q_and_a.ASKED, -_CERTAIN)
            if _is_caption(found, number):
                known = _only(_APART)
        else:
            known = dict.fromkeys(q_and_a.ASKED, _UNMARKED)
        leaning.append(known)
    return leaning


def _leaning_of_answers(found: list[Block], answers: frozenset[str]) -> list[q_and_a.Leaning]:
    firsts = _firsts(found, answers)
    asked = {number - 1 for number in firsts if not found[number - 1].mark}
    first = min(asked, default=0)
    last = max((number for number, block in enumerate(found) if block.mark in answers), default=-1)
    leaning: list[q_and_a.Leaning] = []
    for number, block in enumerate(found):
        if number in asked:
            known = _only(q_and_a.ASKED)
        elif block.mark in answers:
            known = _only(q_and_a.ANSWERED) if number > first else _only(("head", "preface"))
        elif _is_section(block):
            known = _only(_APART)
        elif number > last:
            known = dict.fromkeys(q_and_a.ASKED + q_and_a.ANSWERED, -_CERTAIN)
        else:
            known = dict.fromkeys(q_and_a.ASKED, _UNMARKED)
        leaning.append(known)
    return leaning


def _only(parts: tuple[str, ...]) -> q_and_a.Leaning:
    return {part: -_CERTAIN for part in q_and_a.ROLES if part not in parts}


def _is_question(block: Block, marking: _Marking) -> bool:
    return block.mark in marking.questions and not block.machine and not is_control(block.text)


def _puts_a_question(text: str) -> bool:
    """Tell whether a text asks, or requests something (“Tell me …”)."""
    return asks(text) or q_and_a.requests(text)


def _is_short(block: Block) -> bool:
    return (
        len(block.text.split()) <= _SECTION
        and is_fragment(block.text)
        and not _puts_a_question(block.text)
    )


def _is_section(block: Block) -> bool:
    return block.mark.startswith("#") and not block.machine


def _is_rule(block: Block) -> bool:
    return block.mark == "---"


def _sections(found: list[Block], marking: _Marking) -> set[int]:
    """Find the headings among what is marked as questions are: a few words that do not ask, where nearly all others do.

    Others are statements that ask. A heading may be told by what follows it, too: a question, or
    nothing said.
    """
    sections = set()
    following: Block | None = None
    for number in range(len(found) - 1, -1, -1):
        block = found[number]
        if block.mark in marking.questions and _is_short(block):
            before_a_question = following is None or _is_question(following, marking)
            if before_a_question or marking.asking >= 0.75:
                sections.add(number)
        if not block.machine:
            following = block
    return sections


def _quotes_answer(found: list[Block], asked: list[int]) -> bool:
    """Tell whether answers stand in block quotes: most of the questions have one right below."""
    below = 0
    for number in asked:
        following = next(
            (other for other in found[number + 1 : number + 6] if not other.machine), None
        )
        below += following is not None and following.mark == ">"
    return 2 * below > len(asked)


def _is_caption(found: list[Block], number: int) -> bool:
    return is_fragment(found[number].text) and (
        found[number].mark == "*" or found[number - 1].machine
    )
