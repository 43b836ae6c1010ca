"""Propose a list of interviews for a folder, leaving what only a person can tell as comments."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from analysis.files import (
    SourceError,
    first_words,
    is_inside,
    read_bytes,
    visible,
    write_files,
)
from analysis.sources.interviews import (
    LIST_OF_INTERVIEWS,
    Interview,
    WrongEncodingError,
    likely_encoding,
    read_interviews,
    read_source,
)
from analysis.sources.layouts import candidates
from analysis.sources.utterances import split_voices

TEXTS = (".txt", ".text", ".md", ".markdown", ".vtt", ".srt", ".html", ".htm")
# Formats that interviews often have but that cannot be read here; such files are reported.
_DOCUMENTS = tuple(".pdf .doc .docx .odt .rtf .pages .epub .ass .json .xml".split())
# Common names of files that are about a folder.
_ABOUT = re.compile(r"(?:readme|licen[cs]e|changelog|contributing)\b", re.IGNORECASE)
# Another layout with this much evidence deserves a look, except questions and answers: they occur
# in every layout, so they are not a sign of one.
_RIVAL = 0.3
# If fewer than one paragraph in ten ends in a question mark, the layout of questions and answers is
# uncertain.
_FEW_QUESTIONS = 0.2
_OF_A_STUDY = {"study.html", "index.html", "index.json", "findings.json", "findings.md"}
_LABEL = 40  # characters
_TITLE = 150  # characters; a longer first line is text
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

_HEAD = """\
# The interviews in this folder, as proposed by: python -m analysis new
# To see how each would be split: python -m analysis check
# Optional keys: label (short name in figures), title, publication, date, interviewee, interviewer,
# layout, encoding, sha256; and keys of your own, to group by, under [interview.about].
# Uncertain entries are commented out: correct them, then remove the #.
"""


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one file.

    `interview` is its entry; `reason` says why its layout fits; `doubts` are sentences on what is
    uncertain; `speakers` are those the split finds, with `role`, `speaker`, `turns` and `words`;
    `title` is the text found where a title would be. `fault` is None, or one sentence on why the
    file cannot be used, and then the entry is not listed.
    """

    interview: Interview
    reason: str = ""
    doubts: tuple[str, ...] = ()
    speakers: pd.DataFrame | None = None
    title: str | None = None
    fault: str | None = None


def propose(folder: str | Path, listed: Sequence[Interview] = ()) -> list[Proposal]:
    """Propose an entry of `interviews.toml` for each text file in a folder, ordered by name.

    Nothing is written. Subfolders, and files whose names begin with a dot, are
    ignored.

    Parameters
    ----------
    folder : path of the folder.
    listed : interviews that are already in the list; their files and ids are not proposed again.

    Raises
    ------
    SourceError
        If the folder cannot be read.

    Examples
    --------
    >>> [(one.interview.id, one.interview.layout) for one in propose("seeds")]
    [('indiewire-q-and-a', 'q_and_a'), ('readme', None), ('tiff-in-conversation', 'digest')]
    """
    folder = Path(folder)
    taken = {interview.id for interview in listed}
    found = []
    # A progress bar on a terminal, if it takes longer than a moment.
    for path in tqdm(
        unlisted(folder, listed), "reading", unit="file", disable=None, delay=2, leave=False
    ):
        one = _proposal(folder, path.name, safe_id(path.name, taken))
        if one.fault is None:
            taken.add(one.interview.id)
        found.append(one)
    return found


def unlisted(folder: str | Path, listed: Sequence[Interview]) -> list[Path]:
    """List the unlisted files in a folder that, judging by their names, may be interviews.

    Raises
    ------
    SourceError
        If the folder cannot be read.
    """
    folder = Path(folder)
    passed_over = {os.path.realpath(folder / interview.file) for interview in listed}
    passed_over |= {os.path.realpath(folder / name) for name in _written_by_a_study(folder)}
    try:
        paths = sorted(folder.iterdir(), key=lambda path: (path.name.casefold(), path.name))
    except OSError as error:
        raise SourceError(
            f"{folder} cannot be read as a folder ({error.strerror}); name a folder of texts."
        ) from None
    return [
        path
        for path in paths
        if path.suffix.lower() in TEXTS + _DOCUMENTS
        and not path.name.startswith(".")
        and not path.is_dir()
        and os.path.realpath(path) not in passed_over
    ]


def _written_by_a_study(folder: Path) -> set[str]:
    """Name the files of a study stored in the same folder as its texts; they are not interviews."""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        named = {name for one in index["figures"] + index["tables"] for name in one["files"]}
        if all(isinstance(name, str) for name in named):
            return named | _OF_A_STUDY
    return set()


def safe_id(name: str, taken: Collection[str] = ()) -> str:
    """Make an id from a file's name (letters a to z, digits, - and _) that is not yet taken.

    >>> safe_id("<b>Ann Müller.txt"), safe_id("דנה.txt"), safe_id("a b.md", {"a-b"})
    ('b-ann-muller', 'interview', 'a-b-2')
    """
    plain = unicodedata.normalize("NFKD", Path(name).stem).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-_")[:60] or "interview"
    numbered = (f"{made}-{number}" for number in count(2))
    return next(one for one in chain([made], numbered) if one not in taken)


def layout_doubts(found: pd.DataFrame) -> list[str]:
    """Say in sentences what is uncertain about the first layout of a table of `candidates`.

    >>> found = [("headings", 1.0, "4 questions"), ("digest", 0.4, "2 leads")]
    >>> found = pd.DataFrame(found, columns=["layout", "evidence", "reason"])
    >>> layout_doubts(found)
    ['the layout may also be "digest": 2 leads']
    """
    first = found.iloc[0]
    doubts = [
        f'the layout may also be "{row.layout}": {visible(row.reason)}'
        for row in found.iloc[1:].itertuples()
        if row.evidence >= _RIVAL and row.layout != "q_and_a"
    ]
    if first["layout"] == "q_and_a" and first["evidence"] < _FEW_QUESTIONS:
        doubts.append(f"the layout is uncertain: only {first['reason']}")
    return doubts


def speakers(utterances: pd.DataFrame) -> pd.DataFrame:
    """Count the turns and words of each speaker in the conversation, most words first.

    Parameters
    ----------
    utterances : a table as returned by `analysis.sources.utterances.load_utterances`, of one
        interview.

    Returns
    -------
    DataFrame with a row for each role and name: `role`, `speaker` (str; NA if no name is known),
    `turns` and `words` (int64: whitespace-separated tokens).
    """
    spoken = utterances[utterances["role"].isin(["interviewer", "interviewee"])]
    spoken = spoken.assign(words=spoken["text"].str.split().str.len())
    table = spoken.groupby(["role", "speaker"], dropna=False).agg(
        turns=("turn", "nunique"), words=("words", "sum")
    )
    return table.reset_index().sort_values(
        ["words", "role", "speaker"], ascending=[False, True, True], ignore_index=True
    )


def written(proposals: Sequence[Proposal], *, head: bool = True) -> str:
    """Write proposals as the text of an `interviews.toml`; what is uncertain becomes a comment.

    Parameters
    ----------
    proposals : as returned by `propose`.
    head : whether to begin with an explanation of the keys; False for entries added to a list.
    """
    return (_HEAD if head else "") + "".join(f"\n{_entry(one)}" for one in proposals)


def write_list(folder: str | Path, *, add: bool = False) -> list[Proposal]:
    """Write `interviews.toml` for the texts in a folder, and return what was proposed.

    Parameters
    ----------
    folder : path of the folder.
    add : append entries for unlisted files to an existing list, whose entries stay as they
        are.

    Raises
    ------
    SourceError
        If there is a list and `add` is False, if that list cannot be used, or if no file can be
        listed.
    """
    path = Path(folder) / LIST_OF_INTERVIEWS
    there = os.path.lexists(path)
    if there and not add:
        raise SourceError(
            f"{path}: already exists and is left as it is; --add appends unlisted files."
        )
    proposals = propose(folder, read_interviews(folder) if there else ())
    if not there and (faults := nothing_usable(folder, proposals)):
        raise SourceError(faults)
    if any(one.fault is None for one in proposals):
        before = path.read_bytes() if there else b""
        gap = b"\n" if before and not before.endswith(b"\n") else b""
        entries = written(proposals, head=not there).encode()
        write_files({path.name: before + gap + entries}, folder)
    return proposals


def nothing_usable(folder: str | Path, proposals: Sequence[Proposal]) -> str | None:
    """Say why there is nothing to list in a folder; None if there is something."""
    if not proposals:
        return f"{folder}: contains no texts; put interviews in it, as {', '.join(TEXTS)}."
    faults = [one.fault for one in proposals if one.fault is not None]
    if len(faults) < len(proposals):
        return None
    return (
        f"{folder}: none of the files in it can be used, so no list was written. {' '.join(faults)}"
    )


def _entry(one: Proposal) -> str:
    interview = one.interview
    if one.fault is not None:
        return f"# Left out: {visible(one.fault)}\n"
    lines = ["[[interview]]", f"id = {_quoted(interview.id)}", f"file = {_quoted(interview.file)}"]
    lines.append(f"label = {_quoted(_label(interview.file))}  # shown in figures; keep it short")
    if one.title:
        lines.append(f"# title = {_quoted(one.title)}  # how the file begins")
    if interview.encoding:
        lines.append(f"encoding = {_quoted(interview.encoding)}")
    if interview.layout:
        lines.append(f"layout = {_quoted(interview.layout)}  # {visible(one.reason)}")
    lines += [f"# not sure: {visible(doubt)}" for doubt in one.doubts]
    return "\n".join([*lines, *_of_speakers(one.speakers)]) + "\n"


def _label(file: str) -> str:
    """Make a short label from the name of a file, to distinguish the interviews.

    >>> _label("ann_muller-1.txt"), _label("TIFF.md")
    ('Ann Muller 1', 'TIFF')
    """
    parts = re.split(r"[\s_-]+", visible(Path(file).stem))
    name = " ".join(part[:1].upper() + part[1:] for part in parts).strip()
    return first_words(name, _LABEL) or file


def _of_speakers(found: pd.DataFrame | None) -> list[str]:
    if found is None or found["speaker"].isna().all():
        return ['# interviewee = "Full Name"  # the layout gives no names']
    named = found[found["speaker"].notna()]
    told = [
        f"{visible(row.speaker)} (turns: {row.turns}, words: {row.words:,})"
        for row in named.itertuples()
    ]
    more = ["…"] if len(told) > 6 else []
    lines = [f"# speakers: {', '.join(told[:6] + more)}"]
    likely = named.loc[named["role"] == "interviewee", "speaker"]
    if len(likely) == 1:
        lines.append(
            f"# interviewee = {_quoted(visible(likely.iloc[0]))}  # a guess, from how the labels"
            " are used"
        )
    else:
        said = "several may be" if len(likely) else "the layout does not show which of them is"
        lines.append(f'# interviewee = "Full Name"  # {said} the interviewee')
    return lines


def _quoted(text: str) -> str:
    """Write a text as a TOML string, which differs from JSON's only in the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _proposal(folder: Path, name: str, identifier: str) -> Proposal:
    """Read one file and propose its entry."""
    interview = Interview(id=identifier, file=name)
    try:
        if why := _refused(folder / name, folder):
            raise SourceError(f"{folder / name}: {why}")
        interview, source = _read(folder, interview)
        found = candidates(source)
        chosen = found.iloc[0]
        if chosen["evidence"] > 0:
            interview = replace(interview, layout=chosen["layout"])
        utterances = split_voices(source, interview, folder)
    except SourceError as error:
        return Proposal(interview, fault=str(error))
    doubts = layout_doubts(found)
    if interview.encoding:
        doubts.insert(
            0,
            "the encoding, guessed because the file is not UTF-8: check accents and quotation"
            " marks",
        )
    return Proposal(
        interview,
        chosen["reason"],
        tuple(doubts),
        speakers(utterances),
        _title(utterances, interview),
    )


def _refused(path: Path, folder: Path) -> str | None:
    """Say why a file must not be read; None if it may."""
    kind = path.suffix.lower()
    if _NO_TEXT.search(path.name):
        return "its name contains an invalid character; rename the file."
    if _ABOUT.match(path.name):
        return "describes the folder, judging by its name; if it is an interview, rename it."
    if kind in _DOCUMENTS:
        return f"is a {kind} file; save its text as a .txt file in UTF-8."
    if not is_inside(path, folder):
        return f"is a link to a file outside {folder}; put the file itself there."
    return None


def _read(folder: Path, interview: Interview) -> tuple[Interview, str]:
    """Read a source; if it is not UTF-8, in the encoding that its bytes suggest."""
    try:
        return interview, read_source(folder, interview)
    except WrongEncodingError:
        path = folder / interview.file
        encoding = likely_encoding(read_bytes(path, "put the file there"))[1]
        interview = replace(interview, encoding=encoding)
    try:
        return interview, read_source(folder, interview)
    except WrongEncodingError:
        raise SourceError(
            f"{path} is neither UTF-8 nor {encoding}; save it as a .txt file in UTF-8."
        ) from None


def _title(utterances: pd.DataFrame, interview: Interview) -> str | None:
    """Return the first line of a file if it lies outside the conversation and is short.

    The label of a speaker is not a title.
    """
    first = utterances.iloc[0]
    line = first["text"].strip().splitlines()[0].strip(" #*_\t")
    outside = first["role"] in ("narration", "boilerplate") and interview.layout != "subtitles"
    label = line.endswith(":") or utterances["text"].str.strip(" #*_\t\r\n").eq(line).sum() > 1
    fits = outside and line and len(line) <= _TITLE and not label
    return first_words(line, _TITLE) if fits else None
