"""Import codings and codebooks from programs for qualitative analysis, via REFI-QDA."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.files import SourceError, read_bytes, visible
from analysis.schemas import SENTENCE
from analysis.study.exchange.copies import Copy, guid
from analysis.study.exchange.refi import INDICATORS, SAYINGS, VOICES

_LARGEST = 200_000_000  # bytes of the texts and codings of a project, unpacked


@dataclass(frozen=True)
class Imported:
    """The parts of a REFI-QDA file that a study can use.

    Attributes
    ----------
    codes : DataFrame with `code` (an identifier), `name` (preceded by the names of the codes above
        it, separated by slashes) and `description` (str), for codes that a passage may have.
    passages : DataFrame with `coder`, `source`, `code` (str), `start`, `end` (int64: code points of
        the source's text), a row for each coding of a passage of text.
    texts : the text of each source.
    """

    codes: pd.DataFrame
    passages: pd.DataFrame
    texts: dict[str, str]


def read_refi(path: str | Path) -> Imported:
    """Read a REFI-QDA project (.qdpx) or codebook (.qdc).

    Sources other than texts are ignored.

    Raises
    ------
    SourceError
        If the file is neither.
    """
    path = Path(path)
    content = read_bytes(path, "name a .qdpx or .qdc file")
    try:
        return _imported(path, content)
    except SourceError:
        raise
    # Raised by damaged archives, XML, encodings and numbers, and by XML nested too deeply.
    except (SyntaxError, zipfile.BadZipFile, RuntimeError, zlib.error, ValueError, LookupError):
        raise SourceError(
            f"{path} is not a REFI-QDA file; export the project as .qdpx, or its codebook as .qdc."
        ) from None


def _imported(path: Path, content: bytes) -> Imported:
    files: dict[str, bytes] = {}
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            wanted = [
                one for one in packed.infolist() if one.filename.lower().endswith((".qde", ".txt"))
            ]
            if sum(one.file_size for one in wanted) > _LARGEST:
                raise SourceError(
                    f"{path}: its texts exceed {_LARGEST // 1_000_000} MB in total; export fewer."
                )
            files = {Path(one.filename).name.lower(): packed.read(one) for one in wanted}
        content = next((files[name] for name in files if name.endswith(".qde")), b"")
    root = ElementTree.fromstring(content)  # noqa: S314 - expat refuses entities that swell
    if root.tag.rpartition("}")[2] not in ("Project", "CodeBook"):
        raise LookupError
    users = {user.get("guid"): user.get("name") for user in root.iterfind(".//{*}User")}
    texts: dict[str, str] = {}
    rows = []
    for source in root.iterfind("{*}Sources/{*}TextSource"):
        name = source.get("name") or f"source {len(texts) + 1}"
        text = source.findtext("{*}PlainTextContent")
        if text is None:
            file = Path(source.get("plainTextPath") or "").name.lower()
            if file not in files:
                raise SourceError(f"{path}: lacks the text of {name!r}; export the sources too.")
            text = files[file].decode("utf-8-sig", errors="replace")
        # ATLAS.ti counts a line ending as one character, whatever the file has.
        if "ATLAS" in root.get("origin", "").upper():
            text = Copy(text).text
        texts[name] = text
        for passage in source.iterfind("{*}PlainTextSelection"):
            start, end = (int(passage.get(f"{side}Position", 0)) for side in ("start", "end"))
            for coding in passage.iterfind("{*}Coding"):
                user = coding.get("creatingUser") or passage.get("creatingUser")
                code = coding.find("{*}CodeRef")
                if code is not None and 0 <= start < end <= len(text):
                    coder = users.get(user) or "unnamed"
                    rows.append((coder, name, code.get("targetGUID"), start, end))
    codes = [row for above in root.iterfind(".//{*}Codes") for row in _codes(above)]
    return Imported(
        pd.DataFrame(codes, columns=["code", "name", "description"]),
        pd.DataFrame(rows, columns=["coder", "source", "code", "start", "end"]),
        texts,
    )


def sentences_coded(corpus: Corpus, imported: Imported) -> tuple[pd.DataFrame, list[str]]:
    """Turn coded passages into coded sentences, the units that coders are compared on.

    A sentence is coded if a passage covers at least half of it, or if at least half of the passage
    lies in it, not counting whitespace. So a stray letter of the next sentence codes nothing, but
    marking only a word or two of a sentence codes it. A code is a theme if it has the identifier
    that the export gave the theme, or its name or id. The coding by the codebook's indicators, if
    present, is left out.

    Returns
    -------
    DataFrame with a row for each theme of each sentence of each coder: `coder`, `interview`,
    `theme` (str), `utterance`, `sentence` (int64), in reading order; and a sentence about
    each thing left out.

    Raises
    ------
    SourceError
        If the file contains none of the texts, or no passage coded with a theme.
    """
    themes = {
        name: theme.theme
        for theme in corpus.codebook.itertuples()
        for name in (guid("code", theme.theme), theme.theme.casefold(), theme.name.casefold())
    }
    codes = {
        row.code: themes.get(row.code.lower().strip("{}")) or themes.get(row.name.casefold())
        for row in imported.codes.itertuples()
    }
    passages = imported.passages.assign(theme=imported.passages["code"].map(codes))
    passages = passages[passages["coder"] != INDICATORS]
    unknown = passages.loc[passages["theme"].isna(), "code"]
    said = [
        f"The code {name!r} is not a theme of the codebook; its passages are left out."
        for name in imported.codes.loc[imported.codes["code"].isin(unknown), "name"]
        if not name.startswith(VOICES)
    ]
    interviews = {Copy(text).text.rstrip(): name for name, text in corpus.texts.items()}
    units, tables = corpus.sentences, []
    for name, text in imported.texts.items():
        other = Copy(text)
        interview = interviews.get(other.text.rstrip())
        if interview is None:
            said.append(f"The source {name!r} is not an interview of this folder; it is left out.")
            continue
        copy = Copy(corpus.texts[interview])
        within = copy.placed(units[units["interview"] == interview])
        own = other.placed(passages[passages["source"].eq(name) & passages["theme"].notna()])
        passage, unit = np.nonzero(_covered(copy.text, within, own))
        tables.append(own[["coder", "theme"]].iloc[passage].assign(row=within.index[unit]))
    if not sum(map(len, tables)):
        raise SourceError(
            "That file has no coded passages from these interviews; code a project exported from"
            " this study." + "".join(f" {one}" for one in said)
        )
    coded = pd.concat(tables).drop_duplicates().sort_values(["coder", "row", "theme"])
    coded = coded.join(units[SENTENCE], on="row")
    return coded[["coder", *SENTENCE, "theme"]].reset_index(drop=True), said


def coder_files(coded: pd.DataFrame, corpus: Corpus, file: str) -> dict[str, bytes]:
    """Write a file of hand codings for each coder, as `agreement.load_coders` reads them.

    Interviews in which a coder has coded nothing at all count as not coded and are left out. In the
    others, a sentence without a code counts as one without a theme.

    Parameters
    ----------
    coded : as returned by `sentences_coded`.
    corpus : of the same sentences.
    file : the name of the imported file, which the files mention.

    Returns
    -------
    File contents by file name.
    """
    files = {}
    for coder, own in coded.groupby("coder", sort=False):
        units = corpus.sentences[corpus.sentences["interview"].isin(own["interview"])]
        units = units.join(own.groupby(SENTENCE)["theme"].agg(" ".join), on=SENTENCE)
        lines = [f"# coder: {visible(str(coder))}", f"# from: {visible(file)}, via REFI-QDA"]
        lines.append("interview\tthemes\ttext")
        told = units[["interview", "theme", "text"]].fillna("").itertuples(index=False)
        lines += [f"{name}\t{themes}\t{' '.join(text.split())}" for name, themes, text in told]
        files[f"{_key(str(coder), 'coder')}.tsv"] = ("\n".join(lines) + "\n").encode()
    return files


def codebook_of(imported: Imported) -> str:
    r"""Write codes as a codebook, `codebook.toml`, to which indicators must be added.

    Examples
    --------
    >>> codes = pd.DataFrame({"code": ["1"], "name": ["Rain"]})
    >>> codes["description"] = "Water.\nCounts: hail"
    >>> print(codebook_of(Imported(codes, codes, {})), end="")
    # Add to each theme the words that show it: lemmas, phrases, mentions or patterns.
    <BLANKLINE>
    [[theme]]
    id = "rain"
    name = "Rain"
    definition = "Water."
    counts = ["hail"]
    """
    parts = ["# Add to each theme the words that show it: lemmas, phrases, mentions or patterns.\n"]
    taken: set[str] = set()
    for number, code in enumerate(imported.codes.itertuples(), 1):
        key = _key(code.name, f"theme-{number}")
        key = f"{key}-{number}" if key in taken else key
        taken.add(key)
        definition, sayings = _undescribed(code.description or code.name)
        values = {"id": key, "name": code.name, "definition": definition} | sayings
        lines = [f"{name} = {_toml(value)}\n" for name, value in values.items()]
        parts += ["\n[[theme]]\n", *lines]
    return "".join(parts)


def _codes(parent: ElementTree.Element, above: str = "") -> Iterator[tuple[str, str, str]]:
    for code in parent.iterfind("{*}Code"):
        name = above + " ".join((code.get("name") or "unnamed").split())
        if code.get("isCodable", "true") in ("true", "1"):
            yield code.get("guid", ""), name, (code.findtext("{*}Description") or "").strip()
        yield from _codes(code, f"{name}/")


def _undescribed(text: str) -> tuple[str, dict[str, str | list[str]]]:
    """Split a description, as the export writes it, into the definition and the rest."""
    sayings: dict[str, str | list[str]] = {}
    lines = []
    for line in text.splitlines():
        key, _, rest = line.partition(": ")
        if (key := key.lower()) in SAYINGS and rest.strip():
            sayings[key] = rest.split("; ") if key in ("counts", "excludes") else rest
        else:
            lines.append(line.strip())
    return " ".join(filter(None, lines)) or text.strip(), sayings


def _key(name: str, otherwise: str) -> str:
    return re.sub(r"\W+", "-", name.casefold()).strip("-") or otherwise


def _toml(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _covered(text: str, units: pd.DataFrame, passages: pd.DataFrame) -> np.ndarray:
    """Return which units (columns) each passage of a text (a row) codes; see `sentences_coded`."""
    letters = np.cumsum([0, *(not char.isspace() for char in text)])
    first, last = units[["start", "end"]].to_numpy(int).T
    start, end = passages[["start", "end"]].to_numpy(int).clip(max=len(text)).T[..., None]
    inside = letters[np.clip(last, start, end)] - letters[np.clip(first, start, end)]
    least = np.minimum(letters[last] - letters[first], letters[end] - letters[start])
    return (inside > 0) & (2 * inside >= least)
