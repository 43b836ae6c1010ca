"""Questions and answers without labels, plain or set apart by headings, bold or block quotes.

`analysis.sources.layouts.conversation` decides who speaks; here its parts become passages.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from analysis.sources.layouts.conversation import PARTS, Reading, puts_a_question, read
from analysis.sources.layouts.labels import several
from analysis.sources.layouts.marks import Block, blocks, joined, with_marks
from analysis.sources.layouts.paragraphs import Passage, asks, in_turns
from analysis.sources.quotations import opens_quoted

# If this many questions have a quotation below them, the quotations are the answers.
_QUOTED = 2


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split questions and answers into one passage per paragraph, and one for the marks around it.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names, None if unknown; they become the speakers.
    """
    found = paragraphs_of(source)
    reading = read(found, interviewee)
    quoted = _answers_are_quoted(found, reading)
    # If several people are interviewed, nothing says which of them speaks.
    people = {"interviewer": several(interviewer), "interviewee": several(interviewee)}
    speakers = {role: names[0] for role, names in people.items() if len(names) == 1}
    rows = []
    for block, part, certainty in zip(found, reading.parts, reading.certainty, strict=True):
        role = PARTS[part]
        # Outside the quotation marks of an answer, the writer speaks.
        answers = block.start if quoted and role == "interviewee" else None
        rows.append(
            Passage(
                block.start,
                block.end,
                role,
                speakers.get(role),
                answers_from=answers,
                certainty=certainty,
            )
        )
    rows = [
        row if row.answers_from is None else replace(row, role="narration", speaker=None)
        for row in in_turns(rows)
    ]
    return with_marks(source, rows)


def paragraphs_of(source: str) -> list[Block]:
    """Find the paragraphs; marked words that open one are separate if such words ask."""
    found = blocks(source)
    opening = Counter(block.mark for block in found if block.mark.endswith("+"))
    asking = Counter(block.mark for block in found if puts_a_question(block.text))
    return joined(found, source, {mark for mark in opening if asking[mark] >= 0.6 * opening[mark]})


def marked_questions(source: str) -> int:
    r"""Count the questions in marks, or before answers in marks; 0 if marks do not decide.

    >>> marked_questions("**Why?**\n\nIt rained.\n\n**And then?**\n\nIt stopped.")
    2
    >>> marked_questions("Why?\n\nIt rained.")
    0
    """
    found = [block for block in blocks(source) if not block.machine]
    total = Counter(block.mark for block in found if block.mark)
    asking = Counter(block.mark for block in found if block.mark and puts_a_question(block.text))
    plain = sum(asks(block.text) for block in found if not block.mark)
    before = Counter(
        after.mark
        for block, after in pairwise(found)
        if after.mark and not block.mark and asks(block.text)
    )
    answered = max(before.values(), default=0)
    if answered >= 2 and answered > sum(asking.values()):
        return answered
    best = max(asking, key=lambda mark: (asking[mark], asking[mark] / total[mark]), default="")
    return 0 if asking[best] < 2 or asking[best] < plain / 2 else sum(asking.values())


def _answers_are_quoted(found: list[Block], reading: Reading) -> bool:
    """Return whether most answers are in quotation marks, and the questions outside them."""
    asked = [at for at, part in enumerate(reading.parts[:-1]) if part == "question"]
    plain = [at for at in asked if not opens_quoted(found[at].text)]
    quoted = sum(opens_quoted(found[at + 1].text) for at in plain)
    return quoted >= _QUOTED and 3 * quoted >= 2 * len(plain)
