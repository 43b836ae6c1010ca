"""Transcripts whose turns carry the speaker's label: "ANN LEE:", "Q.", "**Bo:**", "[00:12] Ann –", a line of its own.

`analysis.sources.layouts.labels` finds the labels, `analysis.sources.layouts.speakers` says who
interviews; here the paragraphs between them become passages. A label is a row of its own,
`boilerplate`: kept, and never counted as anybody's words. So is a time code before a turn, or the
marks of bold type around it. A stage direction within a turn ("[laughs]") stays in its row; one
that is a paragraph of its own is narration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from analysis.sources.layouts import q_and_a
from analysis.sources.layouts.furniture import is_control, is_fragment, is_headline, opens_comments
from analysis.sources.layouts.labels import (
    ANSWERING,
    ASKING,
    CLOCK,
    ENDS,
    FORMS,
    FRONT_MATTER,
    NOTES,
    Block,
    Label,
    Transcript,
    asks_or_is_bold,
    blocks_of,
    fold,
    same_speakers,
    several,
    transcript,
)
from analysis.sources.layouts.paragraphs import Passage, paragraphs
from analysis.sources.layouts.speakers import names_of, roles_of

_STAMP = re.compile(rf"\\?[\[(]{CLOCK}\\?[\])]:?(?=\s|$)")
_FIRST = re.compile(
    r"\b(?:I|me|my|we|us|our|ich|mein\w*|wir|uns|je|mon|ma|mes|nous|yo|mi|mis|nosotros|io|noi)\b",
    re.IGNORECASE,
)
# How editors close: who asked, that it was shortened.
_CLOSING = re.compile(
    r"\W*(?:propos\s+recueillis|(?:das\s+)?(?:interview|gespräch)\s+(?:führte|wurde)|(?:this|the)\s+(?:interview|conversation)\b.{0,80}"
    r"\b(?:edited|condensed|translated|conducted)|interview(?:ed)?\s*(?:by|von|par|:)|entrevista\s+(?:realizada|de|por)|"
    r"intervista\s+(?:di|a\s+cura))",
    re.IGNORECASE | re.DOTALL,
)
_IN_BRACKETS = re.compile(r"[*_]{0,2}[\[(][^\[\]()]*[\])][.*_]{0,2}")
_RULE = re.compile(r"[-*_=~#\s•·]{3,}")
_HEADING = re.compile(r"#{1,6}\s")
# After this many turns of one paragraph each, one more paragraph at the end is no speech.
# After this many turns of one paragraph each, one more paragraph at the end is no speech.
_HABIT = 20


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split a labelled transcript: a row for each label, and one passage a paragraph of speech.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names if known, several with commas or "and" between. A label
        that stands for one has this name and role.

    Returns
    -------
    Passages in reading order. The speaker is the name set by hand, or the full name to which the
    text completes the label, or the label itself; None for a label that names nobody ("Q").
    """
    found = transcript(source, interviewee, interviewer, layout_is_set=True)
    if found is None:
        return [Passage(start, end, _aside(source[start:end])) for start, end in paragraphs(source)]
    blocks = blocks_of(source, found)
    roles = roles_of(source, found, blocks, several(interviewee), several(interviewer))
    names = names_of(source, found, roles, interviewee, interviewer)
    pieces = [_Piece(label.start, label.end, "boilerplate") for label in found.labels]
    for number, block in enumerate(blocks):
        pieces += _spoken(source, found, roles, blocks, number, block)
    pieces = [part for piece in pieces for part in _without_marks(source, piece)]
    return _numbered(sorted(pieces, key=lambda piece: piece.start), names)


def assign(
    source: str,
    pieces: list[tuple[int, int, str | None]],
    interviewee: str | None,
    interviewer: str | None,
) -> list[Passage]:
    """Give pieces of which the speaker's name is known ("" where not, None where nobody speaks) roles and turns.

    Parameters
    ----------
    source : the decoded file.
    pieces : start, end and name of each, in reading order.
    interviewee, interviewer : as for `parse`.
    """
    labels: list[Label] = []
    blocks = [Block(None, [])]
    for number, (start, end, name) in enumerate(pieces):
        if name:
            if not labels or labels[-1].name != name:
                labels.append(Label(start, start, name, "colon", False, number, source[start:end]))
                blocks.append(Block(labels[-1], []))
            blocks[-1].spans.append((start, end))
    if not labels:
        return [
            Passage(start, end, "boilerplate" if name is None else "narration")
            for start, end, name in pieces
        ]
    found = Transcript(labels, same_speakers(labels), None, 1.0)
    roles = roles_of(source, found, blocks, several(interviewee), several(interviewer))
    names = names_of(source, found, roles, interviewee, interviewer)
    spoken = []
    for start, end, name in pieces:
        key = found.speakers[" ".join(fold(name))] if name else None
        role = roles[key] if key is not None else "boilerplate" if name is None else "narration"
        spoken.append(_Piece(start, end, role, key))
    return _numbered(spoken, names)


@dataclass(frozen=True)
class _Piece:
    """A passage to be: `key` is that of the speaker's label, "" for the side without labels, None for no speech."""

    start: int
    end: int
    role: str
    key: str | None = None


def _spoken(
    source: str,
    found: Transcript,
    roles: dict[str, str],
    blocks: list[Block],
    number: int,
    block: Block,
) -> list[_Piece]:
    """Say for the paragraphs of a block what they are: speech of its label, the other side's, or the page's."""
    spans = block.spans
    if block.label is None:
        return _preface(source, found, spans)
    if found.unlabelled == "alternating" and number == len(blocks) - 1:
        return _alternating(source, roles, found, block)
    key = found.speakers[block.label.key]
    last = number == len(blocks) - 1
    if not last:
        spoken, asked = spans, []
        following = blocks[number + 1].label
        if found.unlabelled == "questions" and len(spans) > 1 and following is not None:
            # Where somebody else answers next, a paragraph in the first person may be the answer
            # going on.
            same, text = found.speakers[following.key] == key, source[slice(*spans[-1])]
            if same or asks_or_is_bold(text) or not _FIRST.search(text):
                spoken, asked = spans[:-1], spans[-1:]
        rest: list[_Piece] = []
    else:
        at = _end_of_speech(source, blocks, found, roles[key])
        spoken, asked = spans[:at], []
        rest = _afterword(source, spans[at:])
    pieces = []
    for place, (start, end) in enumerate(spoken):
        text = source[start:end]
        note = _note(text) if place else None
        if note is not None:
            pieces.append(_Piece(start, end, note))
        elif place and (
            is_control(text)
            or _is_heading(text, place == len(spoken) - 1 and not last and not asked)
        ):
            pieces.append(_Piece(start, end, "boilerplate"))
        elif _IN_BRACKETS.fullmatch(text) and len(spoken) > 1 and place:
            pieces.append(
                _Piece(start, end, "boilerplate" if _STAMP.fullmatch(text) else "narration")
            )
        elif not any(char.isalpha() for char in text) and (place or len(spoken) > 1):
            pieces.append(_Piece(start, end, "boilerplate"))
        elif found.unlabelled == "answers" and place:
            pieces.append(_Piece(start, end, "interviewee", ""))
        else:
            pieces.append(_Piece(start, end, roles[key], key))
    pieces += [_Piece(start, end, "interviewer", "") for start, end in asked]
    return pieces + rest


def _preface(source: str, found: Transcript, spans: list[tuple[int, int]]) -> list[_Piece]:
    front = FRONT_MATTER.match(source)
    asked = None
    if found.unlabelled == "questions" and spans and asks_or_is_bold(source[slice(*spans[-1])]):
        asked = spans[-1]
    pieces = []
    for span in spans:
        start, end = span
        if span == asked:
            pieces.append(_Piece(start, end, "interviewer", ""))
        elif front and start < front.end():
            pieces.append(_Piece(start, end, "boilerplate"))
        else:
            pieces.append(_Piece(start, end, _aside(source[start:end])))
    return pieces


def _aside(text: str) -> str:
    """Tell the page's furniture from the journalist's prose."""
    if _IN_BRACKETS.fullmatch(text) and len(text.split()) >= 5 and not is_control(text):
        return "narration"
    furniture = (
        is_control(text)
        or opens_comments(text)
        or is_fragment(text.strip("*_ "))
        or _HEADING.match(text)
    )
    return "boilerplate" if furniture or _RULE.fullmatch(text) else "narration"


def _is_heading(text: str, before_label: bool) -> bool:
    """Tell whether a paragraph between turns is a heading: marked as one, or a few words in capitals before a label."""
    if _HEADING.match(text) or _RULE.fullmatch(text):
        return True
    return before_label and len(text.split()) <= 10 and not ENDS.search(text) and is_headline(text)


def _note(text: str) -> str | None:
    """Tell whether a paragraph is an editor's note (“Note: …”) or a mark (“**Break:**”), None where it is neither."""
    for form in ("colon", "bold"):
        said = FORMS[form].match(text)
        if said:
            groups = said.groupdict()
            words = fold(groups["name"] or groups.get("name2") or "")
            silent = not any(char.isalpha() for char in text[said.end() :])
            if words and (
                words[0] in NOTES or words[-1] == "note" or (silent and text[:2] in ("**", "__"))
            ):
                return "boilerplate" if silent else "narration"
    return None


def _end_of_speech(source: str, blocks: list[Block], found: Transcript, role: str) -> int:
    """Return how many paragraphs of the last block are still speech: all, or those before the page goes on."""
    spans = blocks[-1].spans
    going_on = sum(len(block.spans) > 1 for block in blocks[1:-1])
    if found.unlabelled is None and len(blocks) > _HABIT and not going_on:
        return min(1, len(spans))  # here each paragraph of speech has a label
    names = [
        label.name
        for label in found.labels
        if len(label.name) > 2 and label.key not in ASKING | ANSWERING
    ]
    words = {word for name in names for word in fold(name) if len(word) > 3}
    said = [source[start:end] for start, end in spans]
    for at, text in enumerate(said):
        # A conversation that ends with the interviewer ends with thanks; he does not go on.
        thanked = found.unlabelled is None and role == "interviewer" and not asks_or_is_bold(text)
        if at and (thanked or _ends_speech(text, words)):
            return at
    return len(spans)


def _ends_speech(text: str, names: set[str]) -> bool:
    if is_control(text) or opens_comments(text) or _RULE.fullmatch(text) or _HEADING.match(text):
        return True
    if _IN_BRACKETS.fullmatch(text) and len(text.split()) > 3:
        return True
    if len(text.split()) <= 60 and _CLOSING.match(text):
        return True
    if not ENDS.search(text) and (is_fragment(text) or text.startswith(("-", "—", "–", "©"))):
        return True
    marked = text[0] in "*_" and text[-1] in "*_" and len(text.split()) > 3
    # A note on the person: named, and nobody says I.
    about = bool(names & set(fold(text[:300]))) and not _FIRST.search(text)
    return marked or about


def _afterword(source: str, spans: list[tuple[int, int]]) -> list[_Piece]:
    pieces, comments = [], False
    for start, end in spans:
        text = source[start:end]
        comments = comments or opens_comments(text)
        credit = not comments and text.startswith(("-", "—", "–")) and len(text.split()) > 2
        role = "boilerplate" if comments else "narration" if credit else _aside(text)
        pieces.append(_Piece(start, end, role))
    return pieces


def _alternating(
    source: str, roles: dict[str, str], found: Transcript, block: Block
) -> list[_Piece]:
    """Read what follows the first turns as questions and answers without labels."""
    label = block.label
    assert label is not None
    key = found.speakers[label.key]
    of_role = {roles[found.speakers[each.key]]: found.speakers[each.key] for each in found.labels}
    begin = found.labels[0].start
    blanks = "".join(char if char in "\r\n" else " " for char in source[:begin])
    talk = list(blanks + source[begin:])
    for each in found.labels:
        talk[each.start : each.end] = "\n" * (each.end - each.start)
    read = {
        passage.start: passage.role
        for passage in q_and_a.parse("".join(talk), None, None)
        if passage.start >= label.end
    }
    pieces = []
    for place, (start, end) in enumerate(block.spans):
        role = read.get(start, "interviewee") if place else roles[key]
        speech = role in ("interviewer", "interviewee")
        pieces.append(_Piece(start, end, role, of_role.get(role, "") if speech else None))
    return pieces


def _without_marks(source: str, piece: _Piece) -> list[_Piece]:
    """Set apart what is not said: a time code before the words, marks of bold type that the label opened."""
    if piece.key is None:
        return [piece]
    start, end = piece.start, piece.end
    parts = []
    stamp = _STAMP.match(source, start, end)
    if stamp and stamp.end() < end:
        parts.append(_Piece(start, stamp.end(), "boilerplate"))
        start = (
            stamp.end() + len(source[stamp.end() : end]) - len(source[stamp.end() : end].lstrip())
        )
    text = source[start:end]
    closing = re.search(r"(?:\*\*|__)\s*$", text[-8:])
    if closing and text.count(closing[0].strip()) % 2 and len(text) > len(closing[0]) + 1:
        at = end - len(closing[0])
        kept = len(source[start:at].rstrip())
        return [
            *parts,
            replace(piece, start=start, end=start + kept),
            _Piece(at, end, "boilerplate"),
        ]
    return [*parts, replace(piece, start=start)]


def _numbered(pieces: list[_Piece], names: dict[str, str | None]) -> list[Passage]:
    """Count the turns, and give each answer the question before it."""
    passages: list[Passage] = []
    turn = -1
    speaking = None
    question: tuple[int, int] | None = None
    for piece in pieces:
        if piece.key is None:
            passages.append(Passage(piece.start, piece.end, piece.role))
            continue
        if (piece.role, piece.key) != speaking:
            speaking, turn = (piece.role, piece.key), turn + 1
            if piece.role == "interviewer":
                question = (piece.start, piece.end)
        if piece.role == "interviewer" and question:
            question = (question[0], piece.end)
        speaker = names.get(piece.key) if piece.key else names.get(piece.role)
        prompt = question if piece.role == "interviewee" else None
        passages.append(Passage(piece.start, piece.end, piece.role, speaker, turn, prompt))
    return passages
