"""Transcripts with labels: "ANN LEE:", "Q.", "**Bo:**", "[00:12] Ann –", a line of its own.

`analysis.sources.layouts.labels` finds the labels, `analysis.sources.layouts.speakers` decides who
interviews, and `analysis.sources.layouts.conversation` what each paragraph without a label is:
continued speech, the unlabelled side, a note, or page furniture. A label is a row of its own, as
`boilerplate`: it is kept, but never counted as anybody's words. So is a time code before a turn, or
the marks of bold type around it. A stage direction within a turn ("[laughs]") stays in its row; one
that is a paragraph of its own is narration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from analysis.sources.layouts.conversation import PARTS, read
from analysis.sources.layouts.labels import (
    CLOCK,
    Label,
    Transcript,
    fold,
    masked,
    same_speakers,
    several,
    stretches,
    transcript,
)
from analysis.sources.layouts.marks import Block, blocks, joined, with_marks
from analysis.sources.layouts.paragraphs import Passage, in_turns
from analysis.sources.layouts.speakers import names_of, roles_of

_STAMP = re.compile(rf"\\?[\[(]{CLOCK}\\?[\])]:?(?=\s|$)")
_PART_OF = {"interviewer": "question", "interviewee": "answer"}
# The side without a label is listed under its role.
_SIDES = tuple(_PART_OF)


def parse(source: str, interviewee: str | None, interviewer: str | None) -> list[Passage]:
    """Split a labelled transcript into passages, one for each label and paragraph of speech.

    Parameters
    ----------
    source : the decoded file.
    interviewee, interviewer : full names, None if unknown, several separated by commas or "and". A
        label that stands for one of them gets this name and role.

    Returns
    -------
    Passages in reading order. The speaker is the name given by hand, or the full name that the
    text gives for the label, or the label itself; None for a label without a name ("Q").
    """
    found = transcript(source, interviewee, interviewer, layout_is_set=True)
    if found is None:
        return with_marks(source, [])
    said = [[source[slice(*span)] for span in spans] for spans in stretches(source, found.labels)]
    roles = roles_of(found, said[1:], several(interviewee), several(interviewer))
    names = names_of(source, found, roles, interviewee, interviewer)
    text = masked(source, found.labels)
    paragraphs = joined(blocks(text), text, set())
    owners = _owners(paragraphs, found)
    sides = [_PART_OF[roles[key]] if key and begins else "" for key, begins in owners]
    bare = any(not label.name for label in found.labels)
    begins = [begin for _, begin in owners] if bare else []
    reading = read(paragraphs, interviewee, sides, begins)
    rows = [Passage(label.start, label.end, "boilerplate") for label in found.labels]
    read_as = zip(paragraphs, reading.parts, reading.certainty, owners, strict=True)
    for block, part, certainty, (key, _) in read_as:
        role = PARTS[part]
        # The speaker is the one with the label before, unless the other side continues here.
        speaker = key if key and roles[key] == role else _other(roles, role)
        row = Passage(block.start, block.end, role, speaker, certainty=certainty)
        rows += _without_stamp(source, row if role in _SIDES else replace(row, speaker=None))
    rows.sort(key=lambda row: row.start)
    return _named(with_marks(source, in_turns(rows)), names)


def assign(
    source: str,
    pieces: list[tuple[int, int, str]],
    interviewee: str | None,
    interviewer: str | None,
) -> list[Passage]:
    """Give roles and turns to pieces whose speaker's name is known ("" if unknown).

    Parameters
    ----------
    source : the decoded file.
    pieces : start, end and name of each, in reading order.
    interviewee, interviewer : as for `parse`.
    """
    labels: list[Label] = []
    said: list[list[str]] = []
    for number, (start, end, name) in enumerate(pieces):
        if name:
            if not labels or labels[-1].name != name:
                labels.append(Label(start, start, name, "colon", False, number, source[start:end]))
                said.append([])
            said[-1].append(source[start:end])
    found = Transcript(labels, same_speakers(labels), None, 1.0)
    roles = roles_of(found, said, several(interviewee), several(interviewer)) if labels else {}
    names = names_of(source, found, roles, interviewee, interviewer) if labels else {}
    rows = []
    for start, end, name in pieces:
        # A name of nothing but marks (“—”) names nobody.
        key = found.speakers.get(" ".join(fold(name))) or None
        role = "narration" if key is None else roles[key]
        rows.append(Passage(start, end, role, key))
    return _named(in_turns(rows), names)


def _named(rows: Iterable[Passage], names: dict[str, str | None]) -> list[Passage]:
    return [replace(row, speaker=names.get(row.speaker or "")) for row in rows]


def _other(roles: dict[str, str], role: str) -> str:
    """Return the only speaker of a role, or the role if there is none, or several."""
    of_role = [key for key, one in roles.items() if one == role]
    return of_role[0] if len(of_role) == 1 else role


def _owners(paragraphs: list[Block], found: Transcript) -> list[tuple[str | None, bool]]:
    """Find the label before each paragraph, and whether it is directly before it."""
    owners: list[tuple[str | None, bool]] = []
    number, fresh = 0, False
    for block in paragraphs:
        while number < len(found.labels) and found.labels[number].start < block.start:
            number, fresh = number + 1, True
        key = found.speakers[found.labels[number - 1].key] if number else None
        begins = fresh and not block.machine
        owners.append((key, begins))
        fresh = fresh and not begins
    return owners


def _without_stamp(source: str, row: Passage) -> Iterator[Passage]:
    """Separate a time code from the words that follow it."""
    stamp = _STAMP.match(source, row.start, row.end) if row.role in _SIDES else None
    if stamp and stamp.end() < row.end:
        yield Passage(row.start, stamp.end(), "boilerplate")
        rest = source[stamp.end() : row.end]
        row = replace(row, start=row.end - len(rest.lstrip()))
    yield row
