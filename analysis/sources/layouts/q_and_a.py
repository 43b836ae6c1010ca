"""Questions and answers without labels, plain or set apart by headings, bold or block quotes.

`analysis.sources.layouts.conversation` decides who speaks.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from analysis.sources.interviews import Interview
from analysis.sources.layouts.conversation import marks_of, puts_a_question, read
from analysis.sources.layouts.marks import Block, blocks, joined, with_marks
from analysis.sources.layouts.paragraphs import Passage, asks, in_turns
from analysis.sources.quotations import opens_quoted

# If this many questions have a quotation below them, the quotations are the answers.
_QUOTED = 2


def parse(source: str, interview: Interview) -> list[Passage]:
    """Split questions and answers into one passage per paragraph, and one for the marks around it.

    Parameters
    ----------
    source : the decoded file.
    interview : its entry; the names in it become the speakers.
    """
    found = paragraphs_of(source)
    rows = read(found)
    quoted = _answers_are_quoted(found, rows)
    # If several people are interviewed, nothing says which of them speaks.
    people = {"interviewer": interview.interviewers, "interviewee": interview.interviewees}
    speakers = {role: names[0] for role, names in people.items() if len(names) == 1}
    rows = in_turns(row._replace(speaker=speakers.get(row.role)) for row in rows)
    if quoted:  # outside the quotation marks of an answer, the writer speaks
        rows = [
            row._replace(role="narration", speaker=None, answers_from=row.start)
            if row.role == "interviewee"
            else row
            for row in rows
        ]
    return with_marks(source, rows)


def paragraphs_of(source: str) -> list[Block]:
    """Find the paragraphs; marked words that open one are kept separate if most are questions."""
    found = blocks(source)
    opening: dict[str, list[bool]] = {}
    for block in found:
        if block.mark.endswith("+"):
            opening.setdefault(block.mark, []).append(puts_a_question(block.text))
    kept = {mark for mark, asking in opening.items() if sum(asking) >= 0.6 * len(asking)}
    return joined(found, source, kept)


def marked_questions(source: str) -> int:
    r"""Count the marked questions, or those before marked answers; 0 if the marks are not decisive.

    >>> marked_questions("**Why?**\n\nIt rained.\n\n**And then?**\n\nIt stopped.")
    2
    >>> marked_questions("Why?\n\nIt rained.")
    0
    """
    found = blocks(source)
    asking = Counter(block.mark for block in found if block.mark and puts_a_question(block.text))
    most = max(asking.values(), default=0)
    plain = sum(asks(block.text) for block in found if not block.mark)
    if marks_of(found)[1] and plain > asking.total():
        return plain
    return asking.total() if most >= 2 and 2 * most >= plain else 0


def _answers_are_quoted(found: list[Block], rows: list[Passage]) -> bool:
    """Return whether most answers are in quotation marks, and the questions outside them."""
    plain = [
        opens_quoted(after.text)
        for (block, after), row in zip(pairwise(found), rows, strict=False)
        if row.role == "interviewer" and not opens_quoted(block.text)
    ]
    return sum(plain) >= _QUOTED and 3 * sum(plain) >= 2 * len(plain)
