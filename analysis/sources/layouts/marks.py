"""Markup (Markdown, HTML) around paragraphs, and where a paragraph's words begin and end.

A mark around a whole paragraph says what it is: a heading, bold, a block quote. Layouts give such
marks rows of their own, as page furniture. Marks inside a paragraph (a bold word, a link) stay in
its row, which is the source's own text: a sentence cut there would be parsed wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from analysis.sources.layouts.paragraphs import Passage, asks, paragraphs

# Every pattern is bounded, or stops at the character it begins with, so that no text is read
# repeatedly.
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>|<!--[^<>]{0,500}-->")
_OPENING = re.compile(
    r"(?P<heading>\#{1,6})(?=\s)|(?P<quote>>)|(?P<item>[-*+•](?=\s))|(?P<number>\(?\d{1,3}[.)](?=\s))|"
    r"<h(?P<level>[1-6])\b[^<>]{0,500}>|(?P<block><blockquote\b[^<>]{0,500}>)|"
    r"(?P<emphasis>\*{1,3}(?=[^\s*])|_{1,3}(?=[^\s_]))|<(?P<tag>strong|b|em|i)\b[^<>]{0,500}>|"
    r"(?P<nothing></?[A-Za-z][^<>]{0,500}>|&(?:nbsp|\#160);|\s)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[<\r\n](?:(?<=<)[bB][rR]\s{0,3}/?>\s*|(?<!<)(?=(?:={3,}|-{3,})$))")
_RULE = re.compile(r"(?:[-*_=~•]\s*){3,}")
# What may close a paragraph. A run of blanks is matched only from its first one.
_CLOSING = re.compile(
    r"(?:(?<!\s)\s+|</?[A-Za-z][^<>]{0,500}>|<!--[^<>]{0,500}-->|&nbsp;|(?<=\s)\{[#.][^{}]{0,200}\})+\Z"
)
_FRONT = re.compile(
    r"\ufeff?(---|\+\+\+)[ \t]*[\r\n](?P<facts>.{0,10000}?[\r\n])\1[ \t]*(?=[\r\n]|\Z)", re.DOTALL
)
_FACT = re.compile(r"(?<=[\r\n])[\w\-]{1,40}[ \t]?[:=]")
_MACHINE = re.compile(r"=>|<<|\{\{|\{%|:::")
_IMAGE = re.compile(r"!\[[^\[\]]{0,500}\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])")
_LINK = re.compile(r"\[([^\[\]]{1,500})\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])")
_SHORTCODE = re.compile(r"\{[{%][^{}]{0,500}[%}]\}")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|\#\d{1,6});")
_EMPHASIS = re.compile(r"\*{1,3}|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])|`")
_STRONG, _EM = "**", "*"
_HEADING_WORDS = 60
# Marks that open or close a paragraph are among its first or last characters. Limits keep the work
# linear in the length of a text.
_OPENINGS, _CLOSINGS = 300, 1000


@dataclass(frozen=True)
class Block:
    """One paragraph, or the marked words it opens with, without the marks around it.

    `[start, end)` are the words. `mark` is the outermost mark: "#" to "######", "**" (bold), "*"
    (italics), ">" (a block quote), "1." (a number), "---" (a rule), "" (none); "+" is added if
    the marked words open a paragraph that continues.
    `text` is the readable text, without tags, addresses and emphasis.
    """

    start: int
    end: int
    mark: str
    text: str


def readable(text: str) -> str:
    """Return the readable text, without tags, images, link addresses or emphasis.

    >>> readable("I **like** [rain](https://x.org/rain).<br/>")
    'I like rain.'
    """
    if not any(mark in text for mark in "<[{&*_`"):
        return text
    text = _LINK.sub(r"\1", _IMAGE.sub(" ", _SHORTCODE.sub(" ", _TAG.sub(" ", text))))
    return _EMPHASIS.sub("", _ENTITY.sub(" ", text)).strip()


@lru_cache(maxsize=1)  # each layout that is weighed reads the same source
def blocks(source: str) -> list[Block]:
    r"""Find the paragraphs of a source that contain something to read, and the marks around them.

    >>> [(block.mark, block.text) for block in blocks("## Why?\n\nI *do*.\n\n**And then?** I did.")]
    [('##', 'Why?'), ('', 'I do.'), ('**+', 'And then?'), ('', 'I did.')]
    """
    found: list[Block] = []
    for start, end in _cut(source, paragraphs(source, front_matter(source))):
        text = source[start:end]
        if not _RULE.fullmatch(text):
            found += _blocks_of(text, start)
        elif found and set(text) in ({"="}, {"-"}):
            # A line of = or - under a line of words makes it a heading.
            above = found[-1]
            if (
                source[above.end : start].strip(" \t") in ("\n", "\r", "\r\n")
                and above.mark in ("", "1.")
                and len(above.text.split()) <= _HEADING_WORDS
            ):
                found[-1] = replace(above, mark="#" if text[0] == "=" else "##")
    return found


def joined(found: list[Block], source: str, kept: Set[str]) -> list[Block]:
    """Join marked words that open a paragraph with what follows, unless their mark is in `kept`."""
    together: list[Block] = []
    for block in found:
        before = together[-1] if together else None
        if before is not None and before.mark.endswith("+") and before.mark not in kept:
            text = source[before.start : block.end]
            together[-1] = Block(before.start, block.end, "", readable(text))
        else:
            together.append(block)
    return together


def with_marks(source: str, passages: Iterable[Passage]) -> list[Passage]:
    """Add the markup between passages as furniture."""
    found: list[Passage] = []
    at = 0
    for passage in passages:
        found += _furniture(source, at, passage.start)
        found.append(passage)
        at = passage.end
    return found + _furniture(source, at, len(source))


def _furniture(source: str, start: int, end: int) -> list[Passage]:
    if not source[start:end].strip():
        return []
    return [
        Passage(start + match.start(), start + match.end(), "boilerplate")
        for match in re.finditer(
            r"\S(?:[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*\S)?", source[start:end]
        )
    ]


def _cut(source: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut paragraphs at HTML line breaks, and before a line of = or - under a heading."""
    for start, end in spans:
        at = start
        for cut in [*(match.end() for match in _BREAK.finditer(source, start, end)), end]:
            piece = source[at:cut]
            if piece.strip():
                yield at, at + len(piece.rstrip())
            at = cut


def front_matter(source: str) -> int:
    """Return the end of a file's front matter, metadata between two lines of --- or +++.

    Metadata are written as “key: value”. A line of dashes may also open an article.
    """
    found = _FRONT.match(source)
    return found.end() if found and _FACT.search(source, *found.span("facts")) else 0


def _blocks_of(text: str, offset: int) -> list[Block]:
    """Remove the marks around one paragraph, and separate the marked words that open it."""
    if _MACHINE.match(text) and not (text.startswith("{{") and readable(text)):
        return []
    mark, number, low, high = "", "", 0, _closing(text, 0, len(text))
    while low < min(high, _OPENINGS) and (match := _OPENING.match(text, low, high)):
        if match["emphasis"] or match["tag"]:
            closes = rf"</{match['tag']}\s*>" if match["tag"] else re.escape(match["emphasis"])
            closing = re.compile(closes, re.IGNORECASE).search(text, match.end())
            if closing is None:
                break
            rest = readable(text[closing.end() : high]).strip()
            if any(map(str.isalnum, rest)):  # more words follow, not only a question mark
                words = readable(text[match.end() : closing.start()])
                if mark or not _stands_alone(words):
                    break
                after = closing.end()
                while (opening := _OPENING.match(text, after, high)) and opening["nothing"]:
                    after = opening.end()
                return [
                    _block(text, offset, match.end(), closing.start(), _kind(match) + "+"),
                    _block(text, offset, after, high, ""),
                ]
            high = high if rest else min(high, closing.start())
        elif match["number"] and not number:
            number = "1."
            ahead = _OPENING.match(text, match.end() + 1, high)
            if not mark and not (ahead and (ahead["emphasis"] or ahead["tag"] or ahead["level"])):
                break  # a number before unmarked words stays with them
        elif match["heading"] and not mark:
            high = _closing(text, low, len(text[:high].rstrip("# \t")))
        mark, low = mark or _kind(match), match.end()
    found = _block(text, offset, low, high, mark or number)
    anchor = _LINK.fullmatch(text[low:high]) if "](#" in text[low:high] else None
    return [] if anchor or not any(map(str.isalnum, found.text)) else [found]


def _block(text: str, offset: int, low: int, high: int, mark: str) -> Block:
    """Make a block from part of a paragraph, without the blanks around it."""
    piece = text[low:high]
    low, high = high - len(piece.lstrip()), low + len(piece.rstrip())
    return Block(offset + low, offset + high, mark, readable(piece.strip()))


def _stands_alone(words: str) -> bool:
    """Return whether marked words form a question or a sentence, and are not just emphasised."""
    ends = words.rstrip().endswith((".", "…", ":"))
    return asks(words) or (len(words.split()) >= 3 and ends)


def _kind(match: re.Match[str]) -> str:
    """Return the mark that an opening tag or sign represents."""
    if match["emphasis"] or match["tag"]:
        slanted = len(match["emphasis"] or "") == 1 or (match["tag"] or "").lower() in {"em", "i"}
        return _EM if slanted else _STRONG
    if match["quote"] or match["block"]:
        return ">"
    return match["heading"] or "#" * int(match["level"] or 0)


def _closing(text: str, low: int, high: int) -> int:
    """Return where the words end: before closing tags and whitespace."""
    if high and text[high - 1] not in ">;}" and not text[high - 1].isspace():
        return high  # as most do
    closing = _CLOSING.search(text, max(low, high - _CLOSINGS), high)
    return closing.start() if closing else high
