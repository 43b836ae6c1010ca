"""Markup (Markdown, HTML) around paragraphs, and where a paragraph's words begin and end.

A mark around a whole paragraph says what it is: a heading, bold, a block quote. Layouts give such
marks rows of their own, as page furniture. Marks inside a paragraph (a bold word, a link) stay in
its row, which is the source's own text: a sentence cut there would be parsed wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

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
_BREAK = re.compile(r"<br\s{0,3}/?>\s*", re.IGNORECASE)
_UNDERLINE = re.compile(r"\n[ \t]*(={3,}|-{3,})\s*$")
_RULE = re.compile(r"(?:[-*_=~•]\s*){3,}")
_ATTRIBUTES = re.compile(r"\s\{[#.][^{}]{0,200}\}$")
_FENCE = re.compile(r"(?:\A\ufeff?|(?<=[\r\n]))(---|\+\+\+)[ \t]*(?=[\r\n]|\Z)")
_FACT = re.compile(r"(?<=[\r\n])[\w\-]{1,40}[ \t]?[:=]")
_MACHINE = re.compile(r"=>|<<|\{\{|\{%|:::")
_IMAGE = re.compile(r"!\[[^\[\]]{0,500}\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])")
_LINK = re.compile(r"\[([^\[\]]{1,500})\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,200}\])")
_SHORTCODE = re.compile(r"\{[{%][^{}]{0,500}[%}]\}")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|\#\d{1,6});")
_EMPHASIS = re.compile(r"\*{1,3}|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])|`")
_STRONG, _EM = "**", "*"
_HEADING_WORDS = 60
_FRONT_MATTER = 10_000  # characters
# Marks that open a paragraph are among its first characters. Limits keep the work linear in the
# length of a text.
_OPENINGS = 300


@dataclass(frozen=True)
class Block:
    """One paragraph, or the marked words it opens with, without the marks around it.

    `[start, end)` are the words. `mark` is the outermost mark: "#" to "######", "**" (bold), "*"
    (italics), ">" (a block quote), "1." (a number), "---" (a rule), "" (none); "+" is added if
    the marked words open a paragraph that continues.
    `text` is the readable text, without tags, addresses and emphasis; `machine` is whether there
    is nothing to read.
    """

    start: int
    end: int
    mark: str
    text: str
    machine: bool = False


def readable(text: str) -> str:
    """Return the readable text, without tags, images, addresses of links and emphasis.

    >>> readable("I **like** [rain](https://x.org/rain).<br/>")
    'I like rain.'
    """
    if not any(mark in text for mark in "<[{&*_`"):
        return text
    text = _LINK.sub(r"\1", _IMAGE.sub(" ", _SHORTCODE.sub(" ", _TAG.sub(" ", text))))
    return _EMPHASIS.sub("", _ENTITY.sub(" ", text)).strip()


def blocks(source: str) -> list[Block]:
    r"""Find the paragraphs of a source and the marks around them.

    >>> [(block.mark, block.text) for block in blocks("## Why?\n\nI *do*.\n\n**And then?** I did.")]
    [('##', 'Why?'), ('', 'I do.'), ('**+', 'And then?'), ('', 'I did.')]
    """
    found: list[Block] = []
    spans = list(_cut(source, paragraphs(source)))
    front = front_matter(source)
    # Wrapped lines may come directly below the fence, in one block with it.
    halves = [
        [(start, front), (front, end)] if start < front < end else [(start, end)]
        for start, end in spans
    ]
    for start, end in (_trimmed(source, *span) for half in halves for span in half):
        text = source[start:end]
        if start < front:
            found.append(Block(start, end, "", "", machine=True))
        elif _RULE.fullmatch(text):
            above = found[-1] if found else None
            # A line of = or - under a line of words makes it a heading.
            if (
                above is not None
                and set(text) <= {"=", "-"}
                and _is_next_line(source, above.end, start)
                and above.mark in ("", "1.")
                and not above.machine
                and len(above.text.split()) <= _HEADING_WORDS
            ):
                found[-1] = replace(above, mark="#" if text[0] == "=" else "##")
                found.append(Block(start, end, "", "", machine=True))
            else:
                found.append(Block(start, end, "---", "", machine=True))
        else:
            found += _blocks_of(text, start)
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
    """Cut paragraphs at HTML line breaks."""
    for start, end in spans:
        at = start
        breaks = (
            [match.end() for match in _BREAK.finditer(source, start, end)]
            if "<" in source[start:end]
            else []
        )
        for cut in [*breaks, end]:
            piece = source[at:cut]
            if piece.strip():
                yield at, at + len(piece.rstrip())
            at = cut


def _trimmed(source: str, start: int, end: int) -> tuple[int, int]:
    text = source[start:end]
    return end - len(text.lstrip()), start + len(text.rstrip())


def _is_next_line(source: str, end: int, start: int) -> bool:
    between = source[end:start]
    return not between.strip() and len(between.replace("\r\n", "\n").strip(" \t")) <= 1


def front_matter(source: str) -> int:
    """Return the end of a file's front matter, its facts between two lines of --- or +++."""
    opened = _FENCE.match(source)
    closed = (
        _FENCE.search(source, opened.end(), min(len(source), opened.end() + _FRONT_MATTER))
        if opened
        else None
    )
    if opened is None or closed is None or closed[1] != opened[1]:
        return 0
    # Facts are written as “key: value”. A line of dashes may also open an article.
    return closed.end() if _FACT.search(source, opened.end(), closed.start()) else 0


def _blocks_of(text: str, offset: int) -> list[Block]:
    """Remove the marks around one paragraph, and separate the marked words that open it."""
    mark, high = _underlined(text)
    if _MACHINE.match(text) and not (text.startswith("{{") and readable(text)):
        return [Block(offset, offset + high, "", "", machine=True)]
    low, high, number = 0, _closing(text, 0, high), ""
    while low < min(high, _OPENINGS) and (match := _OPENING.match(text, low, high)):
        if match["emphasis"] or match["tag"]:
            inner = _closed(text, match, high)
            if inner is None:
                break
            kind = _kind(match)
            if _goes_on(readable(text[inner[1] : high]).strip()):
                run_in = _run_in(text, offset, inner, high, mark, kind)
                if run_in:
                    return run_in
                break
            mark, low = mark or kind, inner[0]
            high = high if readable(text[inner[1] : high]).strip() else inner[2]
            continue
        if match["number"] and not number:
            number = "1."
            if not mark and not _is_marked(text, match.end() + 1, high):
                break  # plain words with a number: it stays with them
        if match["heading"] and not mark:
            high = _closing(text, low, len(text[:high].rstrip("# \t")))
        mark, low = mark or _kind(match), match.end()
    low += len(text[low:high]) - len(text[low:high].lstrip())
    words = readable(text[low:high])
    if not any(char.isalnum() for char in words):
        return [Block(offset, offset + len(text), mark, "", machine=True)]
    anchor = _LINK.fullmatch(text[low:high]) if "](#" in text[low:high] else None
    machine = anchor is not None and text[low:high].endswith(")")
    return [Block(offset + low, offset + high, mark or number, words, machine)]


def _underlined(text: str) -> tuple[str, int]:
    """Return the mark of a heading underlined with = or -, and where its words end."""
    found = _UNDERLINE.search(text, max(len(text) - 300, 0)) if "\n" in text else None
    if found is None or len(text[: found.start()].split()) > _HEADING_WORDS:
        return "", len(text)
    return "#" if found[1][0] == "=" else "##", found.start()


def _kind(match: re.Match[str]) -> str:
    """Return the mark that an opening makes."""
    if match["emphasis"] or match["tag"]:
        slanted = len(match["emphasis"] or "") == 1 or (match["tag"] or "").lower() in {"em", "i"}
        return _EM if slanted else _STRONG
    if match["quote"] or match["block"]:
        return ">"
    return match["heading"] or "#" * int(match["level"] or 0)


def _is_marked(text: str, start: int, high: int) -> bool:
    ahead = _OPENING.match(text, start, high)
    return bool(ahead and (ahead["emphasis"] or ahead["tag"] or ahead["level"]))


def _goes_on(after: str) -> bool:
    """Return whether words, not only a question mark, follow marked ones."""
    return bool(after) and not (asks(after) and not after.strip(" ?!…？؟;"))


def _closing(text: str, low: int, high: int) -> int:
    """Return where the words end: before closing tags and whitespace."""
    while True:
        high = low + len(text[low:high].rstrip()) if text[high - 1 : high].isspace() else high
        opened = text.rfind("<", max(low, high - 500), high) if text[high - 1 : high] == ">" else -1
        if opened >= 0 and _TAG.fullmatch(text, opened, high):
            high = opened
            continue
        if text.endswith(("&nbsp;",), low, high):
            high -= len("&nbsp;")
            continue
        attributes = (
            _ATTRIBUTES.search(text, max(low, high - 202), high)
            if text[high - 1 : high] == "}"
            else None
        )
        if attributes is None:
            return high
        high = attributes.start()


def _closed(text: str, match: re.Match[str], high: int) -> tuple[int, int, int] | None:
    """Return where marked words begin, where the text after them begins, and where they end."""
    if match["tag"]:
        closing = re.compile(rf"</{match['tag']}\s*>", re.IGNORECASE).search(text, match.end())
        if closing is None:
            return None
        if closing.start() >= high:
            return match.end(), high, high
        return match.end(), closing.end(), closing.start()
    at = text.find(match["emphasis"], match.end(), high)
    return (match.end(), at + len(match["emphasis"]), at) if at >= 0 else None


def _run_in(
    text: str, offset: int, inner: tuple[int, int, int], high: int, mark: str, kind: str
) -> list[Block] | None:
    """Split marked words that ask, or end as a sentence does, from the words after them."""
    begin, after, end = inner
    words = readable(text[begin:end])
    rest = readable(text[after:high])
    if mark or not rest or not any(char.isalnum() for char in rest):
        return None
    if not (
        asks(words) or (len(words.split()) >= 3 and words.rstrip().endswith((".", "…", "...", ":")))
    ):
        return None
    begin += len(text[begin:end]) - len(text[begin:end].lstrip())
    end = begin + len(text[begin:end].rstrip())
    while (opening := _OPENING.match(text, after, high)) and opening["nothing"]:
        after = opening.end()
    rest = readable(text[after:high])
    return [
        Block(offset + begin, offset + end, kind + "+", words),
        Block(offset + after, offset + high, "", rest),
    ]
