"""Transcripts with labels: "ANN LEE:", "Q.", "**Bo:**", "[00:12] Ann –", a line of its own.

`analysis.sources.layouts.labels` finds the labels, `analysis.sources.layouts.speakers` decides who
interviews, and `analysis.sources.layouts.conversation` what each paragraph without a label is:
continued speech, the unlabelled side, a note, or page furniture. A label is a row of its own, as
`boilerplate`: it is kept, but never counted as anybody's words. So are a time code before a turn
and the marks of bold type around it. A stage direction within a turn ("[laughs]") stays in its row;
one that is a paragraph of its own is narration.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import groupby, pairwise

from analysis.sources.interviews import Interview
from analysis.sources.layouts.conversation import read
from analysis.sources.layouts.labels import (
    CLOCK,
    Label,
    Transcript,
    fold_key,
    transcript,
    unlabelled,
)
from analysis.sources.layouts.marks import Block, blocks, joined, with_marks
from analysis.sources.layouts.paragraphs import Passage, in_turns
from analysis.sources.layouts.speakers import names_of, roles_of

_STAMP = re.compile(rf"\\?[\[(]{CLOCK}\\?[\])]:?(?=\s|$)")
_PART_OF = {"interviewer": "question", "interviewee": "answer"}
# The side without a label is listed under its role.
_SIDES = tuple(_PART_OF)


def parse(source: str, interview: Interview) -> list[Passage]:
    """Split a labelled transcript into passages, one for each label and paragraph of speech.

    Parameters
    ----------
    source : the decoded file.
    interview : its entry. A label that stands for a name in it gets that name and its role.

    Returns
    -------
    Passages in reading order. The speaker is the name given by hand, or the full name that the
    text gives for the label, or the label itself; None for a label without a name ("Q").
    """
    found = transcript(source, interview, layout_is_set=True)
    if found is None:
        return with_marks(source, [])
    roles = roles_of(found, interview)
    text = unlabelled(source, found.labels)
    paragraphs = joined(blocks(text), text, set())
    owners = _owners(paragraphs, found)
    sides = [_PART_OF[roles[key]] if key and begins else "" for key, begins in owners]
    bare = any(not label.name for label in found.labels)
    begins = [begin for _, begin in owners] if bare else []
    rows = [Passage(label.start, label.end, "boilerplate") for label in found.labels]
    read_as = read(paragraphs, sides, begins)
    for row, (key, _) in zip(read_as, owners, strict=True):
        # The speaker is the one with the label before, unless the other side continues here.
        speaker = key if key and roles[key] == row.role else _other(roles, row.role)
        rows += _without_stamp(source, row._replace(speaker=speaker))
    rows.sort(key=lambda row: row.start)
    names = names_of(source, found, roles, interview)
    return with_marks(source, named_turns(rows, names))


def assign(source: str, pieces: list[tuple[int, int, str]], interview: Interview) -> list[Passage]:
    """Give roles and turns to pieces whose speaker's name is known ("" if unknown).

    Parameters
    ----------
    source : the decoded file.
    pieces : start, end and name of each, in reading order.
    interview : as for `parse`.
    """
    spoken = [piece for piece in pieces if piece[2]]
    turns = [list(turn) for _, turn in groupby(spoken, lambda piece: piece[2])]
    labels = [Label(turn[0][0], turn[0][0], turn[0][2]) for turn in turns]
    said = [[source[start:end] for start, end, _ in turn] for turn in turns]
    found = Transcript(labels, said)
    roles = roles_of(found, interview)
    keys = [found.speakers[fold_key(name)] if name else "" for _, _, name in pieces]
    rows = [
        Passage(start, end, roles.get(key, "narration"), key)
        for (start, end, _), key in zip(pieces, keys, strict=True)
    ]
    return named_turns(rows, names_of(source, found, roles, interview))


def named_turns(rows: list[Passage], names: dict[str, str | None]) -> list[Passage]:
    """Count the turns, and name the speaker of each."""
    return [row._replace(speaker=names.get(row.speaker or "")) for row in in_turns(rows)]


def _other(roles: dict[str, str], role: str) -> str:
    """Return the only speaker of a role, or the role itself if there is not exactly one."""
    of_role = [key for key, one in roles.items() if one == role]
    return of_role[0] if len(of_role) == 1 else role


def _owners(paragraphs: list[Block], found: Transcript) -> list[tuple[str, bool]]:
    """Find the label before each paragraph ("" if none), and whether it is directly before it."""
    starts = [label.start for label in found.labels]
    numbers = [bisect(starts, block.start) for block in paragraphs]
    keys = ["", *(found.speakers[label.key] for label in found.labels)]
    return [(keys[now], now > before) for before, now in pairwise([0, *numbers])]


def _without_stamp(source: str, row: Passage) -> Iterator[Passage]:
    """Separate a time code from the words that follow it."""
    stamp = _STAMP.match(source, row.start, row.end) if row.role in _SIDES else None
    if stamp and stamp.end() < row.end:
        yield Passage(row.start, stamp.end(), "boilerplate")
        rest = source[stamp.end() : row.end]
        row = row._replace(start=row.end - len(rest.lstrip()))
    yield row
