"""The interviews in TEI, the XML of the Text Encoding Initiative for texts and speech.

The TEI Consortium's Guidelines, P5; the tests validate against version 4.3.0.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pandas as pd

from analysis.corpus import Corpus
from analysis.schemas import ROLES, SENTENCE, UTTERANCE
from analysis.study.exchange.copies import Copy, add, as_xml, filled, holdable
from analysis.study.exchange.refi import themes_described

# The element of an utterance, by its role.
_ELEMENTS = {"interviewer": "u", "interviewee": "u", "narration": "p", "quoted": "q"}


def tei_documents(corpus: Corpus) -> dict[str, bytes]:
    """Write each interview as a TEI document.

    The text of its body is the source, character for character, except that lines end in LF and
    there is no byte-order mark, so offsets in it are those of such a copy (`Copy`). An
    utterance is a `u`, narration a `p`, quoted words a `q`, each with its speaker (`who`) if the
    source names one; page furniture is an `ab`. A sentence is a `seg`, with the themes the
    codebook's indicators find in it (`ana`), a name an `rs` with its canonical form (`key`). The
    header lists the people, roles and themes.

    Returns
    -------
    File contents by file name.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> list(tei_documents(load_corpus("seeds")))
    ['indiewire.xml', 'tiff.xml']
    """
    spans = _spans(corpus)
    return {
        f"{facts['interview']}.xml": _document(corpus, facts, spans)
        for facts in corpus.interviews.to_dict("records")
    }


def _document(corpus: Corpus, facts: dict[str, str], spans: pd.DataFrame) -> bytes:
    copy = Copy(corpus.texts[facts["interview"]])
    own = [table[table["interview"] == facts["interview"]] for table in (corpus.utterances, spans)]
    rows, spans = (
        table.assign(**{end: table[end].map(copy.in_copy) for end in ("start", "end")})
        for table in own
    )
    root = ElementTree.Element("TEI")
    people = {name: f"person-{i}" for i, name in enumerate(rows["speaker"].dropna().unique(), 1)}
    known = {key: value for key, value in facts.items() if not pd.isna(value)}
    themes = themes_described(corpus) if corpus.has_codebook else None
    root.append(filled("tei-header.xml.j2", known=known, roles=ROLES, themes=themes, people=people))
    division = add(add(add(root, "text"), "body"), "div", n=facts["interview"])
    _tail(division, copy.text[: rows["start"].iloc[0]])
    within = dict(iter(spans.groupby("utterance", sort=False)))
    for row, after in zip(rows.itertuples(), [*rows["start"].iloc[1:], None], strict=True):
        who = None if pd.isna(row.speaker) else f"#{people[row.speaker]}"
        tag = _ELEMENTS.get(row.role, "ab")
        element = add(division, tag, who=who, n=row.utterance, ana=f"#role-{row.role}")
        inside = within.get(row.utterance, spans.iloc[:0])
        _fill(element, copy.text, row.start, row.end, inside.to_dict("records"))
        _tail(division, copy.text[row.end : after])
    return as_xml(root, "http://www.tei-c.org/ns/1.0")


def _spans(corpus: Corpus) -> pd.DataFrame:
    """List sentences and the names in them, a sentence before its names."""
    sentences = corpus.sentences.assign(tag="seg")
    if corpus.has_codebook:
        numbers = {theme: f"#theme-{i}" for i, theme in enumerate(corpus.codebook["theme"], 1)}
        themes = (
            corpus.codings["theme"]
            .map(numbers)
            .groupby([corpus.codings[key] for key in SENTENCE], sort=False)
        )
        sentences = sentences.merge(themes.agg(" ".join).rename("ana").reset_index(), "left")
    names = corpus.mentions.assign(tag="rs", type=corpus.mentions["label"])
    names = names.rename(columns={"canonical": "key"})
    columns = [*UTTERANCE, "tag", "start", "end", "ana", "type", "key"]
    both = pd.concat([sentences, names]).reindex(columns=columns)
    both = both.sort_values(
        ["interview", "start", "end", "tag"], ascending=[True, True, False, False]
    )
    return both.astype(object).where(both.notna(), None)


def _fill(
    element: ElementTree.Element, text: str, start: int, end: int, spans: list[dict[str, Any]]
) -> None:
    """Add a passage to an element, with an element for each span inside it."""
    open_ = [(element, end)]
    for span in [*spans, {"start": end, "end": end}]:
        while open_[-1][1] <= span["start"] and len(open_) > 1:
            _tail(open_[-1][0], text[start : open_[-1][1]])
            start = open_.pop()[1]
        _tail(open_[-1][0], text[start : span["start"]])
        start = span["start"]
        if "tag" in span and span["end"] <= open_[-1][1]:  # a name across sentences is left out
            attributes = {key: span[key] for key in ("ana", "type", "key")}
            open_.append((add(open_[-1][0], str(span["tag"]), **attributes), span["end"]))


def _tail(element: ElementTree.Element, text: str) -> None:
    """Append text to an element; a division may contain no text except whitespace."""
    if element.tag == "div" and text.strip(" \n\t"):
        add(element, "ab", text)
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + holdable(text)
    else:
        element.text = (element.text or "") + holdable(text)
