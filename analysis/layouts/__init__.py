"""Layouts: how a page arranges who speaks. One parser each, behind one registry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from analysis.layouts import digest, headings, q_and_a
from analysis.layouts.furniture import is_control
from analysis.layouts.marks import blocks, joined
from analysis.layouts.paragraphs import Passage, asks, paragraphs

Parser = Callable[[str, str | None, str | None], list[Passage]]

# A new layout is a function from (source, interviewee, interviewer) to passages, and a line here.
LAYOUTS: dict[str, Parser] = {"q_and_a": q_and_a.parse, "digest": digest.parse, "headings": headings.parse}

# “Q:”, “Q.”, “ANN LEE:”, “Ann Lee (laughs):” at the start of a line.
_LABEL = re.compile(
    r"^[^\w\r\n]{0,4}(?:(?P<letter>[QA])\s?\d{0,3}\s?[.:]|"
    r"(?P<name>[A-Z][\w’'.\-]{0,30}(?:[ \t][A-Z][\w’'.\-]{0,30}){0,3})"
    r"(?:[ \t]\([^)\r\n]{0,30}\))?:)(?=\W{0,3}(?:\s|$))",
    re.MULTILINE,
)


def recognise(source: str) -> str | None:
    r"""Name the layout of a source, None where it shows neither questions nor two leads.

    >>> recognise("On work: “It is play.”\n\nOn play: “It is work.”")
    'digest'
    """
    found = joined(blocks(source), source, {"**+", "*+"})
    texts = [source[block.start : block.end] for block in found]
    leads = digest.leads(texts, [block.mark for block in found])
    questions = sum(asks(text) for number, text in enumerate(texts) if number not in leads)
    if len(leads) >= 2 and len(leads) > questions:
        return "digest"
    if headings.questions(source):
        return "headings"
    return "q_and_a" if questions else None


def labels(source: str) -> tuple[int, list[str]] | None:
    r"""Find the labels of a transcript ("Q:", "ANN LEE:"): where the first stands, and which there are.

    A label comes back, and at least two take turns: a digest's topics ("Fame:") do not come back, a menu's words
    ("Tags:") do not take turns over the page.

    >>> labels("Q: Why?\n\nA: It rained.\n\nQ: And then?")
    (0, ['Q', 'A'])
    """
    spans = paragraphs(source)
    labelled: list[int] = []
    names: list[str] = []
    first = None
    for number, (start, end) in enumerate(spans):
        text = source[start:end]
        found = [] if is_control(text) else [match["letter"] or match["name"] for match in _LABEL.finditer(text)]
        if found:
            labelled.append(number)
            names += found
            first = start if first is None else first
    known = Counter(names)
    if first is None or len(names) < 3 or not 2 <= len(known) <= 2 * len(names) / 3:
        return None
    # They run over most of the page; less is a scene somebody tells. Answers of several paragraphs carry one label.
    reach = labelled[-1] - labelled[0] + 1
    if 2 * reach < len(spans) or 3 * len(labelled) < reach:
        return None
    return first, list(known)
