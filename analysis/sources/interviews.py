"""Which interviews there are: `interviews.toml` and the untouched text files it names."""

from __future__ import annotations

import codecs
import difflib
import hashlib
import logging
import re
import tomllib
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.files import SourceError, is_inside, read_bytes

LIST_OF_INTERVIEWS = "interviews.toml"

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Columns that are computed.
_TAKEN = {
    "group",
    "year",
    "term",
    "theme",
    "characters",
    "place",
    "exchange",
    "canonical",
    "label",
    "source",
}
# Encodings of strings in programs and of host names: text that breaks off, or no text at all.
_NO_TEXT_FILES = frozenset(
    "utf-7 punycode idna unicode-escape raw-unicode-escape undefined".split()
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PAGE_START = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|\?xml)\b", re.IGNORECASE)
_LONGEST_PAGE = 20_000_000  # characters
_PAGE_TAG = re.compile(
    r"</?(?:p|div|span|a|li|ul|ol|td|tr|table|body|html|script|section|article|main|h[1-6])(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
# How files begin that are no text, though part of them may decode as such.
_KINDS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF document",
    b"PK\x03\x04": "a ZIP archive or an office document",
}


@dataclass(frozen=True)
class Attribution:
    """Who says some words, set by hand in `interviews.toml` because no rule can know."""

    words: str
    speaker: str


@dataclass(frozen=True)
class Interview:
    """One entry of `interviews.toml`. Optional facts the source does not tell are None."""

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
    attribution: tuple[Attribution, ...] = field(default=())
    # What the researcher wants to group by besides: pairs of a name and its value.
    about: tuple[tuple[str, str], ...] = field(default=())


def load_interviews(folder: str | Path = "seeds") -> pd.DataFrame:
    """Describe every interview of a folder, one row each, in the order of `interviews.toml`.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.

    Returns
    -------
    DataFrame with the columns `interview`, `file`, `label` (short name for figures; the id where
    none is given), `sha256`, `title`, `publication`, `date`, `interviewee`, `interviewer`,
    `layout`, `encoding` (all str or NA) and `characters` (int64: code points of the decoded file,
    blanks included); then a column (str or NA) for each key that stands under `[interview.about]`
    of any of them.

    Raises
    ------
    SourceError
        If the list or one of its files is missing, malformed, changed, or not a UTF-8 text.

    Examples
    --------
    >>> load_interviews("seeds")[["interview", "layout"]]
       interview   layout
    0  indiewire  q_and_a
    1       tiff   digest
    """
    facts = [
        name
        for name in (f.name for f in fields(Interview))
        if name not in ("id", "attribution", "about")
    ]
    listed = read_interviews(folder)
    own = list(dict.fromkeys(key for interview in listed for key, _ in interview.about))
    rows = [
        {"interview": interview.id}
        | {name: getattr(interview, name) for name in facts}
        | {
            "label": interview.label or interview.id,
            "characters": len(read_source(folder, interview)),
        }
        | {key: dict(interview.about).get(key) for key in own}
        for interview in listed
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(["interview", *facts, *own], "str"))


def labels_of(interviews: pd.DataFrame) -> dict[str, str]:
    """Return what each interview is called in figures and sentences, by its id.

    >>> labels_of(load_interviews("seeds"))
    {'indiewire': 'IndieWire', 'tiff': 'TIFF'}
    """
    return dict(zip(interviews["interview"], interviews["label"], strict=True))


def read_interviews(folder: str | Path) -> list[Interview]:
    """Read `interviews.toml` of a folder and check every key of it.

    Raises
    ------
    SourceError
        If the list is missing, is not TOML, or has an unknown, missing or malformed entry.
    """
    path = Path(folder) / LIST_OF_INTERVIEWS
    text = _decode(read_bytes(path, f"write one with: python -m analysis new {folder}"), path)
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise SourceError(f"{path}: not valid TOML: it is nested too deeply.") from None
    except ValueError as error:  # a number of thousands of digits is no TOMLDecodeError
        raise SourceError(f"{path}: not valid TOML: {error}.") from None
    _check_keys(content, ["names", "interview"], path, text, "the file")
    entries = content.get("interview")
    if not isinstance(entries, list) or not entries:
        raise SourceError(
            f"{path}: lists no interview; add an [[interview]] table with id and file."
        )
    interviews = [_interview(entry, number, path, text) for number, entry in enumerate(entries, 1)]
    seen: set[str] = set()
    for interview in interviews:
        if interview.id in seen:
            raise SourceError(
                f"{path}: two interviews have the id {interview.id!r}; give one another id."
            )
        seen.add(interview.id)
    return interviews


def read_source(folder: str | Path, interview: Interview) -> str:
    """Decode an interview's file, all its characters as they are, a leading BOM apart.

    A file is UTF-8 unless `encoding` names another encoding; offsets count characters of the
    decoded text either way. Of a saved HTML page the article is taken, as Markdown (by
    trafilatura), and offsets count in that.

    Raises
    ------
    SourceError
        If the file is missing, empty, an HTML page without an article, not in its encoding, or not
        the one whose sha256 is listed.
    """
    path = Path(folder) / interview.file
    raw = read_bytes(
        path, f"put it there or correct `file` of {interview.id!r} in {LIST_OF_INTERVIEWS}"
    )
    found = hashlib.sha256(raw).hexdigest()
    if interview.sha256 is not None and found != interview.sha256:
        raise SourceError(
            f"{path}: has changed since it was listed (sha256 {found[:12]}…, expected"
            f" {interview.sha256[:12]}…); "
            f"restore the file, or if the change is meant, set sha256 of {interview.id!r} in "
            f'{LIST_OF_INTERVIEWS} to "{found}".'
        )
    for magic, kind in _KINDS.items():
        if raw.removeprefix(b"\xef\xbb\xbf").startswith(magic):
            raise SourceError(
                f"{path}: is {kind}, not plain text; save its text as a .txt file in UTF-8."
            )
    source = _decode(raw, path, interview)
    if is_page(source):
        source = _article(source, path)
    if not source.strip():
        raise SourceError(
            f"{path}: holds no text; put the interview in it or take it off {LIST_OF_INTERVIEWS}."
        )
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        raise SourceError(
            f"{path}, line {line}: holds a null character, so it is not plain text; export it as"
            " text."
        )
    return source


def is_page(source: str) -> bool:
    r"""Tell whether a source is a saved HTML page: by its first tag, or most lines hold such tags.

    >>> is_page("<!doctype html><p>Why?</p>"), is_page("Why <b>now</b>?\\n\\n<p>Because.</p>")
    (True, False)
    """
    if _PAGE_START.match(source):
        return True
    lines = [line for line in source.splitlines() if line.strip()]
    tagged = sum(bool(_PAGE_TAG.search(line)) for line in lines)
    return 2 * tagged > len(lines) and len(_PAGE_TAG.findall(source)) >= 3


def _article(page: str, path: Path) -> str:
    """Take the article from a saved page, as Markdown; offsets count in what comes out."""
    import trafilatura  # here, because few read pages, and it takes a second to load

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it finds is told below
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
            f"{path}: is an HTML page in which no article is found; save the page's text as a .txt"
            " file."
        )
    return str(found)


def likely_encoding(raw: bytes) -> tuple[str, str]:
    """Guess the encoding of bytes that are not UTF-8: in words, and by the name Python knows."""
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
    _check_keys(entry, [f.name for f in fields(Interview)], path, text, place)
    if isinstance(entry.get("date"), date):
        entry = entry | {"date": entry["date"].isoformat()}
    attributions = entry.get("attribution", [])
    if not isinstance(attributions, list) or not all(
        isinstance(item, dict) for item in attributions
    ):
        raise SourceError(
            f"{path}: attribution of {place} is not a list of tables; write"
            " [[interview.attribution]]."
        )
    for item in attributions:
        _check_keys(item, ["words", "speaker"], path, text, f"attribution of {place}")
        _check_texts(item, ["words", "speaker"], path, f"attribution of {place}")
    about = _about(entry.get("about", {}), path, place)
    facts = {key: value for key, value in entry.items() if key not in ("attribution", "about")}
    _check_texts(facts, ["id", "file"], path, place)
    if not _IDENTIFIER.fullmatch(facts["id"]):
        raise SourceError(
            f"{path}: id of {place} may hold only letters A-Z, digits, - and _; choose another id."
        )
    if _CONTROL.search(facts["file"]):
        raise SourceError(
            f"{path}: file of {place} is {facts['file']!r}, with a control character; correct it."
        )
    if "sha256" in facts:
        facts["sha256"] = facts["sha256"].lower()
    if not _SHA256.fullmatch(facts.get("sha256", "0" * 64)):
        raise SourceError(
            f"{path}: sha256 of {place} is not 64 hexadecimal digits; correct or remove it."
        )
    if "encoding" in facts and not _is_encoding(facts["encoding"]):
        raise SourceError(
            f"{path}: encoding of {place} is {facts['encoding']!r}, which is none; write one such"
            ' as "cp1252".'
        )
    if not is_inside(path.parent / facts["file"], path.parent):
        raise SourceError(f"{path}: file of {place} lies outside {path.parent}; move it there.")
    return Interview(
        **facts, attribution=tuple(Attribution(**item) for item in attributions), about=about
    )


def _about(entry: Any, path: Path, place: str) -> tuple[tuple[str, str], ...]:
    """Check the researcher's own facts.

    Each becomes a column, so none may have the name of another column.
    """
    if not entry:
        return ()
    from analysis.schemas import TOKENS, UTTERANCES

    if not isinstance(entry, dict):
        raise SourceError(
            f"{path}: about of {place} is not a table; write [interview.about] above its keys."
        )
    _check_texts(entry, [], path, f"about of {place}")
    taken = {f.name for f in fields(Interview)} | set(TOKENS.columns) | set(UTTERANCES.columns)
    for key in entry:
        if not _NAME.fullmatch(key):
            raise SourceError(
                f"{path}: about of {place} has a key {key!r}; a key may hold only letters a-z,"
                " digits and _, and begins with a letter; choose another."
            )
        if key in taken | _TAKEN:
            raise SourceError(
                f"{path}: about of {place} has a key {key!r}, which a column has already;"
                " rename it."
            )
    return tuple(entry.items())


def _check_keys(table: dict[str, Any], known: list[str], path: Path, text: str, place: str) -> None:
    for key in table:
        if key not in known:
            line = next(
                (
                    n
                    for n, row in enumerate(text.splitlines(), 1)
                    if re.match(rf"[\s\[\"']*{re.escape(key)}\b", row)
                ),
                1,
            )
            close = difflib.get_close_matches(key, known, 1)
            remedy = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(known)}."
            raise SourceError(f"{path}, line {line}: {place} has an unknown key {key!r}; {remedy}")


def _check_texts(table: dict[str, Any], required: list[str], path: Path, place: str) -> None:
    for key in required:
        if key not in table:
            raise SourceError(f"{path}: {place} has no {key!r}; add it.")
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise SourceError(
                f"{path}: {key} of {place} is {value!r}; write some text in quotation marks, {key}"
                ' = "…".'
            )


def _is_encoding(name: str) -> bool:
    """Tell whether a name is that of an encoding of text.

    Python has others, such as rot13 and punycode.
    """
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return found._is_text_encoding and found.name not in _NO_TEXT_FILES


def _decode(raw: bytes, path: Path, interview: Interview | None = None) -> str:
    encoding = interview.encoding if interview and interview.encoding else "utf-8"
    try:
        return raw.decode("utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        place = f"{path}, line {line}: byte {error.start} (0x{raw[error.start]:02x}) is not"
        if encoding != "utf-8":
            remedy = (
                f"correct or remove encoding of {interview.id!r} in {LIST_OF_INTERVIEWS}"
                if interview
                else ""
            )
            raise SourceError(f"{place} {encoding}; {remedy}.") from None
        likely, name = likely_encoding(raw)
        option = (
            f', or set encoding = "{name}" of {interview.id!r} in {LIST_OF_INTERVIEWS}'
            if interview
            else ""
        )
        raise SourceError(
            f"{place} UTF-8; the file looks like {likely}; save it as UTF-8{option}."
        ) from None
