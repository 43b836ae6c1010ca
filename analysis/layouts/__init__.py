"""Layouts: how a page arranges who speaks. One parser each, behind one registry."""

from __future__ import annotations

import re
from collections.abc import Callable

from analysis.layouts import digest, q_and_a
from analysis.layouts.paragraphs import Passage, paragraphs

Parser = Callable[[str, str | None, str | None], list[Passage]]

# A new layout is a function from (source, interviewee, interviewer) to passages, and a line here.
LAYOUTS: dict[str, Parser] = {"q_and_a": q_and_a.parse, "digest": digest.parse}


def recognise(source: str) -> str | None:
    r"""Name the layout of a source, None where it shows neither questions nor leads.

    >>> recognise("On work: “It is play.”\n\nOn play: “It is work.”")
    'digest'
    """
    texts = [source[start:end] for start, end in paragraphs(source)]
    leads = len(digest.leads(texts))
    questions = sum(bool(re.search(r"\?[”’\"')\]]*$", text)) for text in texts)
    if leads >= 2 and leads > questions:
        return "digest"
    return "q_and_a" if questions else None
