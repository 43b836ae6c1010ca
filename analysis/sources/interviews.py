"""The list of interviews, `interviews.toml`, and the untouched text files it names."""

from __future__ import annotations

import codecs
import difflib
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.files import SourceError, is_inside, is_shown, parsed, read_bytes, read_text

LIST_OF_INTERVIEWS = "interviews.toml"

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Encodings of strings in programs and of host names, not of text files.
_NO_TEXT_FILES = frozenset(
    "utf-7 punycode idna unicode-escape raw-unicode-escape undefined".split()
)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_PAGE_START = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|\?xml)\b", re.IGNORECASE)
_LONGEST_PAGE = 20_000_000  # characters
_PAGE_TAG = re.compile(
    r"</?(?:p|div|span|a|li|ul|ol|td|tr|table|body|html|script|section|article|main|h[1-6])(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
# How files that are not plain text begin, though part of them may decode as text.
_KINDS = {
    rb"%PDF": "a PDF",
    rb"{\\rtf": "an RTF document",
    rb"PK\x03\x04": "a ZIP archive or an office document",
    rb'\s*(?:{\s*"|\[\s*{)': "a JSON file",
}


class WrongEncodingError(SourceError):
    """A file's bytes are not text in the encoding declared for it."""


@dataclass(frozen=True)
class Attribution:
    """Who says certain words, entered by hand in `interviews.toml` because no rule can tell."""

    words: str
    speaker: str


@dataclass(frozen=True)
class Interview:
    """One entry in `interviews.toml`. Optional facts that the source does not give are None."""

    id: str
    file: str
    label: str | None = None
    sha256: str | None = None
    title: str | None = None
    publication: str | None = None
    date: str | None = None
    interviewee: str | None = None
    interviewer: str | None = None
    layout: str | None = None
    encoding: str | None = None
    attribution: tuple[Attribution, ...] = ()
    # Further facts that the researcher wants to group by.
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def interviewees(self) -> list[str]:
        """The names of the interviewees."""
        return several(self.interviewee)

    @property
    def interviewers(self) -> list[str]:
        """The names of the interviewers."""
        return several(self.interviewer)


def several(names: str | None) -> list[str]:
    """Split the names of several people, as `interviews.toml` may give them.

    >>> several("Ann Lee, Bo Chan and Ida Stone"), several(None)
    (['Ann Lee', 'Bo Chan', 'Ida Stone'], [])
    """
    found = re.split(r"\s*(?:[,;&/]|\band\b|\bund\b|\bet\b|\by\b)\s*", names or "")
    return [name for name in found if name]


_KEYS = [one.name for one in fields(Interview)]
NOBODY = Interview("", "")  # for a source about which nothing is known


def load_interviews(folder: str | Path = "seeds") -> pd.DataFrame:
    """Describe every interview in a folder, one row each, in the order of `interviews.toml`.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame with the columns `interview`, `file`, `label` (short name for figures; the id where
    none is given), `sha256`, `title`, `publication`, `date`, `interviewee`, `interviewer`,
    `layout`, `encoding` (all str or NA) and `characters` (int64: code points of the decoded file,
    spaces included); then a column (str or NA) for each key that some interview has
    under `[interview.about]`.

    Raises
    ------
    SourceError
        If the list or one of its files is missing, malformed, changed, or not text in its encoding.

    Examples
    --------
    >>> load_interviews("seeds")[["interview", "layout"]]
       interview   layout
    0  indiewire  q_and_a
    1       tiff   digest
    """
    listed = read_interviews(folder)
    facts = [key for key in _KEYS if key not in ("id", "attribution", "about")]
    own = dict.fromkeys(key for interview in listed for key in interview.about)
    rows = [
        {"interview": interview.id, **{name: getattr(interview, name) for name in facts}}
        | {"label": interview.label or interview.id}
        | {"characters": len(read_source(folder, interview))}
        | {key: interview.about.get(key) for key in own}
        for interview in listed
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(["interview", *facts, *own], "str"))


def labels_of(interviews: pd.DataFrame) -> dict[str, str]:
    """Return the name of each interview in figures and sentences, by its id.

    >>> labels_of(load_interviews("seeds"))
    {'indiewire': 'IndieWire', 'tiff': 'TIFF'}
    """
    return dict(zip(interviews["interview"], interviews["label"], strict=True))


def read_interviews(folder: str | Path) -> list[Interview]:
    """Read the `interviews.toml` of a folder and check every key in it.

    Raises
    ------
    SourceError
        If the list is missing, is not TOML, or has an unknown, missing or malformed entry.
    """
    path = Path(folder) / LIST_OF_INTERVIEWS
    text = read_text(path, f"write one with: python -m analysis new {folder}")
    content = parsed(text, path)
    _check_keys(content, ["names", "interview"], path, text, "the file")
    entries = content.get("interview")
    if not isinstance(entries, list) or not entries:
        raise SourceError(
            f"{path}: lists no interviews; add an [[interview]] table with id and file."
        )
    interviews = [_interview(entry, number, path, text) for number, entry in enumerate(entries, 1)]
    taken, times = Counter(interview.id for interview in interviews).most_common(1)[0]
    if times > 1:
        raise SourceError(f"{path}: two interviews have the id {taken!r}; rename one.")
    return interviews


def read_source(folder: str | Path, interview: Interview) -> str:
    """Decode an interview's file, keeping every character except a leading BOM.

    A file is UTF-8 unless `encoding` names another encoding. From a saved HTML page, only the
    article is taken, as Markdown (by trafilatura). Offsets count characters of the result.

    Raises
    ------
    SourceError
        If the file is missing, empty, not text in its encoding, an HTML page without an article, or
        not the one whose sha256 is listed.
    """
    path = Path(folder) / interview.file
    raw = read_bytes(
        path, f"put it there or correct the `file` of {interview.id!r} in {LIST_OF_INTERVIEWS}"
    )
    found = hashlib.sha256(raw).hexdigest()
    if interview.sha256 is not None and found != interview.sha256:
        raise SourceError(
            f"{path} has changed since it was listed (sha256 {found[:12]}…, expected"
            f" {interview.sha256[:12]}…); "
            f"restore the file or, if the change is intended, set the sha256 of {interview.id!r}"
            f' in {LIST_OF_INTERVIEWS} to "{found}".'
        )
    for opening, kind in _KINDS.items():
        if re.match(opening, raw.removeprefix(b"\xef\xbb\xbf")):
            raise SourceError(
                f"{path} is {kind}, not plain text; save its text as a .txt file in UTF-8."
            )
    source = _decode(raw, path, interview)
    if is_page(source):
        source = _article(source, path)
    if not source.strip():
        raise SourceError(
            f"{path}: contains no text; add the text or remove the file from {LIST_OF_INTERVIEWS}."
        )
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        raise SourceError(
            f"{path}, line {line}: contains a null character, so it is not plain text; export it as"
            " text."
        )
    return source


def is_page(source: str) -> bool:
    r"""Return whether a source is a saved HTML page: it opens like one, or most lines contain tags.

    >>> is_page("<!doctype html><p>Why?</p>"), is_page("Why <b>now</b>?\\n\\n<p>Because.</p>")
    (True, False)
    """
    if _PAGE_START.match(source):
        return True
    lines = [line for line in source.splitlines() if line.strip()] if "<" in source else []
    tagged = sum(bool(_PAGE_TAG.search(line)) for line in lines)
    return 2 * tagged > len(lines) and len(_PAGE_TAG.findall(source)) >= 3


def _article(page: str, path: Path) -> str:
    """Take the article from a saved page, as Markdown."""
    import trafilatura  # here, because it is rarely needed and takes a second to load

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # faults are reported below
    found = None
    if len(page) <= _LONGEST_PAGE:
        found = trafilatura.extract(
            page,
            output_format="markdown",
            include_formatting=True,
            include_comments=False,
            favor_recall=True,
        )
    if not found:
        raise SourceError(
            f"{path} is an HTML page in which no article was found; save the page's text as a .txt"
            " file."
        )
    return str(found)


def likely_encoding(raw: bytes) -> tuple[str, str]:
    """Guess the encoding of bytes that are not UTF-8: a description, and its name in Python."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:200].count(0) > len(raw[:200]) // 4:
        return "UTF-16", "utf-16"
    # 0x80-0x9f are control characters in Latin-1 and the typographic marks of Windows-1252.
    if any(0x80 <= byte <= 0x9F for byte in raw):
        return "cp1252 (Windows)", "cp1252"
    return "latin-1 or cp1252 (Western European)", "cp1252"


def _interview(entry: Any, number: int, path: Path, text: str) -> Interview:
    place = f"interview {number}"
    if not isinstance(entry, dict):
        raise SourceError(f"{path}: {place} is not a table; write [[interview]] above its keys.")
    place += f" ({entry['id']!r})" if isinstance(entry.get("id"), str) else ""
    _check_keys(entry, _KEYS, path, text, place)
    if isinstance(entry.get("date"), date):
        entry["date"] = entry["date"].isoformat()
    attributions, about = entry.pop("attribution", []), entry.pop("about", {})
    if not isinstance(attributions, list) or not all(isinstance(one, dict) for one in attributions):
        raise SourceError(
            f"{path}: {place}, attribution: is not a list of tables; write"
            " [[interview.attribution]]."
        )
    for one in attributions:
        _check_keys(one, ["words", "speaker"], path, text, f"{place}, attribution")
        _check_texts(one, ["words", "speaker"], path, f"{place}, attribution")
    if not isinstance(about, dict):
        raise SourceError(
            f"{path}: {place}, about: is not a table; write [interview.about] above its keys."
        )
    _check_texts(about, [], path, f"{place}, about")
    _check_texts(entry, ["id", "file"], path, place)
    if fault := _fault(entry, about, path.parent):
        key, sentence = fault
        raise SourceError(f"{path}: {place}, {key}: {sentence}")
    entry["sha256"] = entry.get("sha256", "").lower() or None
    return Interview(
        **entry, attribution=tuple(Attribution(**one) for one in attributions), about=about
    )


def _fault(entry: dict[str, str], about: dict[str, str], folder: Path) -> tuple[str, str] | None:
    """Return the first key whose value cannot be used, and why."""
    if not _IDENTIFIER.fullmatch(entry["id"]):
        return "id", (
            "may contain only letters (a-z, A-Z), digits, - and _, at most 100 in all, and must"
            " begin with a letter or digit; choose another id."
        )
    for key, value in [*entry.items(), *about.items()]:
        if not is_shown(value):
            return key, f"contains a control character ({value[:40]!r}); remove it."
    if not is_inside(folder / entry["file"], folder):
        return "file", f"is outside {folder}; move the file into it."
    if not _SHA256.fullmatch(entry.get("sha256", "0" * 64)):
        return "sha256", "is not 64 hexadecimal digits; correct or remove it."
    encoding = entry.get("encoding", "utf-8")
    if not _is_encoding(encoding):
        return "encoding", (
            f'is {encoding[:40]!r}, which is not a file encoding; write one, for example "cp1252".'
        )
    for key in about:
        if not _NAME.fullmatch(key):
            return "about", (
                f"has a key {key!r}; a key may contain only letters, digits and _, and must begin"
                " with a letter; choose another."
            )
        if key in _columns():
            return "about", f"has a key {key!r}, which is already the name of a column; rename it."
    return None


@cache
def _columns() -> set[str]:
    """Return the names that columns already have."""
    from analysis.schemas import TOKENS, UTTERANCES  # here, because it takes a second to load

    computed = "group year term theme characters place exchange canonical label source".split()
    return {*_KEYS, *computed, *TOKENS.columns, *UTTERANCES.columns}


def _check_keys(table: dict[str, Any], known: list[str], path: Path, text: str, place: str) -> None:
    for key in (one for one in table if one not in known):
        found = re.search(rf"^[\s\[\"']*{re.escape(key)}\b", text, re.MULTILINE)
        line = text.count("\n", 0, found.end()) + 1 if found else 1
        close = difflib.get_close_matches(key, known, 1)
        remedy = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(known)}."
        raise SourceError(f"{path}, line {line}: {place}: unknown key {key!r}; {remedy}")


def _check_texts(table: dict[str, Any], required: list[str], path: Path, place: str) -> None:
    for key in required:
        if key not in table:
            raise SourceError(f"{path}: {place}: {key!r} is missing; add it.")
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise SourceError(
                f'{path}: {place}, {key}: must be text in quotation marks: {key} = "…".'
            )


def _is_encoding(name: str) -> bool:
    """Return whether a name is that of a text encoding, unlike rot13 or punycode."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return found._is_text_encoding and found.name not in _NO_TEXT_FILES


def _decode(raw: bytes, path: Path, interview: Interview) -> str:
    encoding, place = interview.encoding or "utf-8", f"{interview.id!r} in {LIST_OF_INTERVIEWS}"
    try:
        return raw.decode("utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        remedy = f"{encoding}; correct or remove the encoding of {place}"
        if encoding == "utf-8":
            likely, name = likely_encoding(raw)
            remedy = (
                f"UTF-8; the file looks like {likely}; save it as UTF-8, or set encoding ="
                f' "{name}" for {place}'
            )
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start : error.start + 1].hex()
        raise WrongEncodingError(
            f"{path}, line {line}: byte {error.start} (0x{byte}) is not {remedy}."
        ) from None
