"""The interviews in TEI, the XML of the Text Encoding Initiative for texts and speech.

The TEI Consortium's Guidelines, P5; the tests validate against version 4.3.0.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from analysis.corpus import Corpus
from analysis.schemas import ROLES, SENTENCE
from analysis.study.exchange.copies import Copy, as_xml, filled, holdable
from analysis.study.exchange.refi import themes_described

# The element of an utterance, by its role.
_ELEMENTS = {"interviewer": "u", "interviewee": "u", "narration": "p", "quoted": "q"}
_ATTRIBUTES = ["who", "n", "ana", "type", "key"]


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
    elements = _elements(corpus)
    return {
        f"{facts['interview']}.xml": _document(corpus, facts, elements)
        for facts in corpus.interviews.astype(object).fillna("").to_dict("records")
    }


def _document(corpus: Corpus, facts: dict[str, Any], elements: pd.DataFrame) -> bytes:
    copy = Copy(corpus.texts[facts["interview"]])
    own = copy.placed(elements[elements["interview"] == facts["interview"]])
    people = {name: f"#person-{i}" for i, name in enumerate(own["speaker"].dropna().unique(), 1)}
    body = _marked(holdable(copy.text), own.assign(who=own["speaker"].map(people)))
    root, themes = ElementTree.Element("TEI"), themes_described(corpus)
    root.append(filled("tei-header.xml.j2", facts=facts, roles=ROLES, themes=themes, people=people))
    text = f"<text><body><div n={quoteattr(facts['interview'])}>{body}</div></body></text>"
    root.append(ElementTree.fromstring(text))  # noqa: S314 - our own
    return as_xml(root, "http://www.tei-c.org/ns/1.0")


def _elements(corpus: Corpus) -> pd.DataFrame:
    """List utterances, their sentences and the names in them, with tags and attributes.

    A name that crosses the end of a sentence is left out.
    """
    utterances, sentences = corpus.utterances, corpus.sentences.drop(columns="speaker")
    utterances = utterances.assign(
        tag=utterances["role"].map(_ELEMENTS).fillna("ab"),
        n=utterances["utterance"].astype("str"),
        ana="#role-" + utterances["role"],
    )
    ends = sentences[[*SENTENCE, "end"]]
    names = corpus.mentions.drop(columns="speaker").merge(ends, on=SENTENCE, suffixes=("", "_last"))
    names = names[names["end"] <= names["end_last"]]
    names = names.rename(columns={"canonical": "key", "label": "type"})
    if corpus.has_codebook:
        numbers = {theme: f"#theme-{i}" for i, theme in enumerate(corpus.codebook["theme"], 1)}
        coded = corpus.codings.assign(ana=corpus.codings["theme"].map(numbers))
        sentences = sentences.join(coded.groupby(SENTENCE)["ana"].agg(" ".join), on=SENTENCE)
    columns = ["interview", "speaker", "tag", "start", "end", *_ATTRIBUTES]
    tables = [utterances, sentences.assign(tag="seg"), names.assign(tag="rs")]
    both = pd.concat(tables).reindex(columns=columns)
    return both.sort_values(["start", "end"], ascending=[True, False])


def _marked(text: str, elements: pd.DataFrame) -> str:
    """Write a text with its elements; of two with the same extent, the first encloses the other.

    Outside utterances, a division may contain no text except whitespace.
    """
    opening, closing = defaultdict[int, str](str), defaultdict[int, str](str)
    for one in elements.astype(object).fillna("").to_dict("records"):
        given = [f" {key}={quoteattr(holdable(one[key]))}" for key in _ATTRIBUTES if one[key]]
        opening[one["start"]] += f"<{one['tag']}{''.join(given)}>"
        closing[one["end"]] = f"</{one['tag']}>{closing[one['end']]}"
    pieces, depth = [], 0
    for start, end in pairwise(sorted({0, *opening, *closing, len(text)})):
        depth += opening[start].count("<") - closing[start].count("<")
        piece = escape(text[start:end])
        if depth == 0 and piece.strip(" \n\t"):
            piece = f"<ab>{piece}</ab>"
        pieces.append(closing[start] + opening[start] + piece)
    return "".join([*pieces, closing[len(text)]])
