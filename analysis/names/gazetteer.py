"""The gazetteer: one editable line per name."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.annotation.terms import straight
from analysis.files import SourceError, read_text
from analysis.wording import plural

# The labels in scope, as spaCy's English models name them (OntoNotes 5).
LABELS = ("PERSON", "WORK_OF_ART", "ORG", "GPE", "LOC", "FAC", "EVENT", "DATE")
# The gazetteer of a folder of interviews; a folder may have none.
GAZETTEER = "gazetteer.csv"
HEADER = ["canonical", "label", "aliases", "wikidata", "note"]


def gazetteer_of(folder: str | Path) -> pd.DataFrame | None:
    """Read the gazetteer of a folder of interviews; None if it has none.

    Parameters
    ----------
    folder : contains the interviews and, optionally, `gazetteer.csv`.

    Raises
    ------
    SourceError
        As for `load_gazetteer`.

    Examples
    --------
    >>> gazetteer_of("seeds") is None, gazetteer_of("figures") is None
    (False, True)
    """
    path = Path(folder) / GAZETTEER
    return load_gazetteer(path) if os.path.lexists(path) else None


def load_gazetteer(path: str | Path = "seeds/gazetteer.csv") -> pd.DataFrame:
    """Read the names that a scholar knows, one per line.

    Parameters
    ----------
    path : a comma-separated file in UTF-8 with the columns canonical, label, aliases, wikidata,
        note. Aliases are other spellings of the name, separated by semicolons; the
        canonical name itself always counts as one. wikidata (Q and a number) and note may be empty.
        Blank lines are ignored.

    Returns
    -------
    DataFrame with a row for each spelling of a name: `alias`, `canonical`, `label` (str),
    `wikidata`, `note` (str; NA where empty), `line` (int64: of the file).

    Raises
    ------
    SourceError
        If the file is missing, a line is malformed, or two lines share an alias; the message
        names the line.

    Examples
    --------
    >>> table = load_gazetteer()
    >>> table.loc[table["canonical"] == "New York", ["alias", "label"]].values.tolist()
    [['New York', 'GPE'], ['New York City', 'GPE']]
    """
    rows = []
    claimed: dict[str, int] = {}
    for line, cells in _lines(Path(path)):
        place = f"{path}, line {line}"
        if len(cells) != len(HEADER):
            raise SourceError(
                f"{place}: has {plural(len(cells), 'cell', 'cells')}, not {len(HEADER)}; write"
                f" {', '.join(HEADER)}"
                " separated by commas, and put a cell that contains a comma in quotation marks."
            )
        canonical, label, listed, wikidata, note = cells
        if label not in LABELS:
            raise SourceError(
                f"{place}: label {label!r} is unknown; use one of {', '.join(LABELS)}."
            )
        if wikidata and not re.fullmatch(r"Q[1-9]\d*", wikidata):
            raise SourceError(
                f"{place}: Wikidata id {wikidata!r} is not Q followed by a number; correct it or"
                " leave it empty."
            )
        if not canonical:
            raise SourceError(
                f"{place}: the canonical name is empty; write the name as it appears in the text."
            )
        for alias in dict.fromkeys([canonical, *filter(None, map(str.strip, listed.split(";")))]):
            if not has_capital(alias):
                raise SourceError(
                    f"{place}: alias {alias!r} has no capital letter and would be mistaken for"
                    " common words; write the name as it appears in the text."
                )
            first = claimed.setdefault(folded(alias), line)
            if first != line:
                raise SourceError(
                    f"{path}, lines {first} and {line}: both have the name {alias!r}; remove it"
                    " from one, because the name alone is ambiguous."
                )
            rows.append((alias, canonical, label, wikidata or None, note or None, line))
    table = pd.DataFrame(rows, columns=["alias", "canonical", "label", "wikidata", "note", "line"])
    return table.astype(dict.fromkeys(table.columns.drop("line"), "str") | {"line": "int64"})


def folded(name: str) -> str:
    """Normalise spelling differences that do not distinguish names: case, spaces, apostrophes."""
    return " ".join(straight(name).casefold().split())


def has_capital(name: str) -> bool:
    """Return whether a name has a capital letter or a digit, and so cannot be a common word."""
    return any(char.isalnum() and not char.islower() for char in name)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read the non-blank lines below the header of a gazetteer, each with its number."""
    text = read_text(path, "supply a gazetteer, a CSV file in UTF-8")
    rows = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip(" ,")]
    if not rows:
        raise SourceError(f"{path}, line 1: is empty; start with the columns {','.join(HEADER)}.")
    for number, line in rows:
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], strict=True))]
        except csv.Error as error:
            raise SourceError(
                f"{path}, line {number}: {error}; close every quotation mark on the line."
            ) from None
        if number != rows[0][0]:
            yield number, cells
        elif cells != HEADER:
            raise SourceError(
                f"{path}, line {number}: the columns are not {', '.join(HEADER)}; correct them."
            )
