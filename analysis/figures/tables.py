"""Tables for reading, in a notebook, in LaTeX and in Markdown: headers in words, numbers rounded.

The header of a column and the number of its decimals are set in `headers.toml`.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool, is_number, is_scalar

from analysis.corpus import Corpus
from analysis.files import without_controls
from analysis.wording import number, signed

HEADERS = tomllib.loads(Path(__file__).with_name("headers.toml").read_text(encoding="utf-8"))
# Columns with ids of interviews or themes in their cells.
_NAMING = (
    "interview target reference theme first second vocabulary where label role voice interviews"
    " coder one other"
).split()
# Characters with a meaning in Markdown, GitHub's included.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|&~$])")
# Characters that are commands in LaTeX or print as others: quotes and, in old fonts, < > |.
_LATEX = str.maketrans(
    {char: rf"\{char}" for char in "&%$#_{}"}
    | {char: rf"\ensuremath{{{char}}}" for char in "<>|"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"`": r"\textasciigrave{}", "'": r"\textquotesingle{}", "−": r"\ensuremath{-}"}
)
_MISSING = "–"
_LONG = 40  # rows that fit one page
# Characters that a line of an A4 page of LaTeX holds, at 10 points, 8 points and 7 points.
_LINES = {"": 84, r"\footnotesize": 106, r"\scriptsize": 122}
_TEXT = 40  # characters from which a cell takes several lines


def literally(text: str) -> str:
    r"""Escape a text for Markdown.

    >>> literally("A *star* & <b>")
    'A \\*star\\* \\& \\<b\\>'
    """
    return _MARKDOWN.sub(r"\\\1", text)


def literally_in_latex(text: str) -> str:
    r"""Escape a text for LaTeX.

    Combining accents are composed with their letters (NFC), as pdflatex requires; control
    characters are written as escapes.

    >>> print(literally_in_latex("50 % of R&D -- `x_1`"))
    50 \% of R\&D -{}- \textasciigrave{}x\_1\textasciigrave{}
    """
    composed = unicodedata.normalize("NFC", without_controls(text))
    return re.sub("-(?=-)", "-{}", composed.translate(_LATEX))


@dataclass(frozen=True)
class StudyTable:
    """A table ready for a write-up.

    `slug` names its files, `caption` says what its rows and columns are, `printed` is the part that
    people read, with names in place of ids; None for the whole table. The csv has everything.
    """

    slug: str
    title: str
    table: pd.DataFrame
    caption: str
    printed: pd.DataFrame | None = None

    @property
    def read(self) -> pd.DataFrame:
        """The table as people read it."""
        return self.table if self.printed is None else self.printed

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return Shown(self.read)._repr_mimebundle_()


@dataclass(frozen=True)
class Shown:
    """A table as a notebook shows it; made by `show`."""

    table: pd.DataFrame

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        # JupyterLab aligns cells to the right unless told otherwise.
        page = _tabulated(self.table, "html")
        page = re.sub("<(t[hd])>", r'<\1 style="text-align: left;">', page)
        page = re.sub("(?<=>) +| +(?=</t[hd]>)", "", page)
        return {"text/html": page, "text/plain": _tabulated(self.table, "simple")}


def as_read(
    table: pd.DataFrame,
    columns: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    most: int = 10,
) -> pd.DataFrame:
    """Return the leading rows of a table with names in place of the ids of interviews and themes.

    Parameters
    ----------
    table : any table of the study.
    columns : those to show; columns that the table lacks are skipped.
    labels : names by id, for cells and the names of columns.
    most : how many rows to show, each once; the csv has the others.

    Examples
    --------
    >>> table = pd.DataFrame({"term": ["kid"], "where": ["only tiff"], "rate_tiff": [5.08]})
    >>> print(as_markdown(as_read(table, labels={"tiff": "TIFF"})), end="")
    | Word   | Occurs in   |   TIFF: per 1,000 words |
    |:-------|:------------|------------------------:|
    | kid    | only TIFF   |                     5.1 |
    """
    shown = table[[name for name in columns if name in table] or list(table)]
    return _with_names(shown.drop_duplicates().head(most), dict(labels or {}))


def _with_names(
    table: pd.DataFrame, names: dict[str, str], in_cells: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Put names in place of ids, in cells and in the names of columns; some in cells only."""
    every = {
        **(in_cells or {}),
        **names,
        **HEADERS["cells"],
        **{f"only {name}": f"only {label}" for name, label in names.items()},
        "shared": "all" if len(names) > 2 else "both",
    }
    cells = {name: table[name].replace(every) for name in _NAMING if name in table}
    called = {
        column: f"{column.removesuffix(name)}{label}"
        for name, label in names.items()
        for column in map(str, table)
        if f"_{column}".endswith(f"_{name}")
    }
    if "share_target" in table:
        # Differences between shares are shown in percentage points.
        ends = ["difference", "difference_low", "difference_high"]
        called |= {column: column.replace("difference", "points") for column in ends}
    return table.assign(**cells).rename(columns=called)


def named(corpus: Corpus) -> dict[str, str]:
    """Return the id of each theme with its name, in the order of the codebook."""
    return dict(zip(corpus.codebook["theme"], corpus.codebook["name"], strict=True))


def show(table: pd.DataFrame, corpus: Corpus | None = None) -> Shown:
    """Show a table in a notebook: headers in words, numbers rounded and right-aligned.

    With the corpus, interviews, themes and coders are shown by name; `x_target` and
    `x_reference` are then those of its first and its second interview, if it has two.

    The same table gives the same output, so that stored outputs can be compared. An index becomes a
    column, unless it is numeric and unnamed; missing values are shown as a dash.

    Examples
    --------
    >>> shown = show(pd.DataFrame({"term": ["movie", "think"], "rate": [13.2304, None]}))
    >>> print(shown._repr_mimebundle_()["text/plain"])
    Word      Per 1,000 words
    ------  -----------------
    movie                13.2
    think                   –
    """
    table = _with_index(table)
    if corpus is None:
        return Shown(_with_names(table, {}))
    names = corpus.labels | (named(corpus) if corpus.has_codebook else {})
    if len(corpus.labels) == 2 and not {"target", "reference"} & set(table):
        # Compared in the order of the corpus.
        names |= dict(zip(("target", "reference"), corpus.labels.values(), strict=True))
    return Shown(_with_names(table, names, corpus.coder_names))


def as_markdown(table: pd.DataFrame, caption: str = "") -> str:
    r"""Write a table in Markdown, below its caption, with every cell escaped.

    >>> print(as_markdown(pd.DataFrame({"term": ["a|b"], "count": [1200]})), end="")
    | Word   |   Count |
    |:-------|--------:|
    | a\|b   |   1,200 |
    """
    return (
        (f"{literally(_one_line(caption))}\n\n" if caption else "")
        + _tabulated(table, "pipe", literally)
        + "\n"
    )


def as_latex(table: pd.DataFrame, caption: str = "", label: str = "") -> str:
    r"""Write a table in LaTeX, with every cell escaped.

    It needs the booktabs package, longtable if there are more than 40 rows, and UTF-8. Long text
    wraps inside its cell, and a table too wide for an A4 page with one-inch margins is set smaller,
    down to 7 points.

    >>> print(as_latex(pd.DataFrame({"term": ["R&D"], "count": [1200]})), end="")
    \begin{tabular}{lr}
    \toprule
    Word & Count \\
    \midrule
    R\&D & 1,200 \\
    \bottomrule
    \end{tabular}
    """
    written, sides = _written(table)
    widths = [max(map(len, [header, *cells])) for header, cells in written.items()]
    wide = sum(min(width, _TEXT) + 2 for width in widths)
    size = next((name for name, most in _LINES.items() if wide <= most), list(_LINES)[-1])
    style = written.style.format(literally_in_latex).hide(axis="index")
    style = style.format_index(literally_in_latex, axis="columns")
    long = len(table) > _LONG
    title = literally_in_latex(_one_line(caption))
    text: str = style.to_latex(
        column_format="".join(
            "p{5cm}" if width > _TEXT else side[0]
            for width, side in zip(widths, sides, strict=True)
        ),
        hrules=True,
        caption=title or None,
        label=label or None,
        position_float="centering" if caption and not long else None,
        environment="longtable" if long else None,
    )
    # Pandas repeats the caption on each page.
    text = text.replace(rf"\caption[]{{{title}}}", r"\caption[]{(continued)}")
    if not size:
        return text
    size += r"\setlength{\tabcolsep}{3pt}" + "\n"
    if text.startswith(r"\begin{table}"):
        return text.replace(r"\begin{tabular}", size + r"\begin{tabular}", 1)
    return "{" + size + text + "}\n"


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as text: headers in words, numbers rounded, an interval after its number.

    Whole numbers have commas between thousands. Others have the decimals that `headers.toml` gives
    their column, or as many as the largest calls for: none from 1,000 up, one from 10 up, otherwise
    two; what would round to 0 keeps its first significant digit. A p has two decimals, or three
    below 0.1, and is never 1. The columns `x_low` and `x_high` are in brackets after `x`; an end at
    infinity is "unbounded". A missing value is a dash.

    >>> table = pd.DataFrame({"rate": [13.23, 0], "rate_low": [5.56, None]})
    >>> readable(table.assign(rate_high=[26.51, None])).values.tolist()
    [['13.2 [5.6, 26.5]'], ['0.0']]
    """
    return _written(table)[0]


def _written(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table as text, and the side on which each column is aligned."""
    columns = {
        " ".join(map(str, name)).strip() if isinstance(name, tuple) else str(name): column
        for name, column in _with_index(table).items()
    }
    intervals = {}
    # The ends for x are x_low and x_high; for x_y they are x_low_y and x_high_y.
    for low in list(columns):
        name, high = low.replace("_low", "", 1), low.replace("_low", "_high", 1)
        if name != low and {name, high} <= columns.keys():
            intervals[name] = columns.pop(low), columns.pop(high)
    headers, sides, cells = zip(
        *(_column(name, column, *intervals.get(name, ())) for name, column in columns.items()),
        strict=True,
    )
    return pd.DataFrame(zip(*cells, strict=True), columns=headers, dtype="str"), list(sides)


def _with_index(table: pd.DataFrame) -> pd.DataFrame:
    """Turn an index that carries information into columns."""
    names = ["" if name is None else name for name in table.index.names]
    if table.index.dtype.kind in "iu" and names == [""]:
        return table
    return table.rename_axis(index=names).reset_index(allow_duplicates=True)


def _column(name: str, *columns: pd.Series) -> tuple[str, str, list[str]]:
    """Return the header of a column, its side and its cells; the ends of intervals follow it."""
    kind = columns[0].dtype.kind
    measure, header = _header(name)
    decimals = HEADERS["decimals"].get(measure)
    if decimals is None or kind in "iu":
        decimals = _decimals(columns) if kind in "iuf" else 0
    cells, *limits = ([_cell(value, decimals) for value in column] for column in columns)
    if limits:
        cells = [
            cell if low == high == _MISSING else f"{cell} [{low}, {high}]"
            for cell, low, high in zip(cells, *limits, strict=True)
        ]
    # The left context of a concordance ends where its node begins.
    return header, "right" if kind in "iuf" or name == "left" else "left", cells


def _header(name: str) -> tuple[str, str]:
    """Return the measure that a column holds and its header: `rate_TIFF` is a rate, of TIFF."""
    words = HEADERS["words"]
    # The longest measure that the name begins with; it is followed by a group.
    begins = [measure for measure in words if f"{name}_".startswith(f"{measure}_")]
    measure = max(begins, key=len, default=name)
    header = words.get(measure, _one_line(name.replace("_", " ")))
    group = _one_line(name[len(measure) :].replace("_", " "))
    return measure, f"{group}: {header[0].lower()}{header[1:]}" if group else header


def _decimals(columns: Sequence[pd.Series]) -> int:
    """Choose how many decimals a column of numbers and the ends of its intervals need."""
    sizes = pd.concat(columns).astype("float64").abs()
    sizes = sizes[sizes < math.inf]
    if sizes.mod(1).eq(0).all() or sizes.max() >= 1000:
        return 0
    return 1 if sizes.max() >= 10 else 2


def _cell(value: Any, decimals: Any) -> str:
    if is_scalar(value) and pd.isna(value):
        return _MISSING
    if is_bool(value):
        return "yes" if value else "no"
    if not is_number(value):
        return _one_line(str(value))
    if math.isfinite(value):
        if decimals == "%":
            return f"{value:.0%}"
        if decimals == "points":
            return signed(100 * value, 0)
        if decimals == "p":
            if value > 0.99:
                return "> 0.99"
            decimals = 2 if value >= 0.1 else 3
        if value and round(value, decimals) == 0:
            return f"{value:.1g}".replace("-", "−")
    return number(value, decimals)


def _one_line(text: str) -> str:
    """Fold a text into one line."""
    return " ".join(text.split())


def _tabulated(table: pd.DataFrame, kind: str, escaped: Callable[[str], str] = str) -> str:
    """Lay out a table with tabulate, each cell and header escaped."""
    from tabulate import tabulate

    written, sides = _written(table)
    rows = written.map(escaped).to_numpy().tolist()
    headers = [escaped(header) for header in written]
    aligned = sides if rows else None
    return str(tabulate(rows, headers, kind, disable_numparse=True, colalign=aligned))
