"""A folder for a paper: figures, tables, numbers, references, and a document that uses them."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.corpus import Corpus
from analysis.figures.study_figure import StudyFigure
from analysis.figures.style import PROFILES
from analysis.figures.tables import StudyTable, literally, literally_in_latex, readable
from analysis.files import SourceError, without_controls
from analysis.study.contents import study_figures, study_findings, study_tables
from analysis.study.exchange.copies import repacked
from analysis.study.export import render, render_table, size
from analysis.study.findings import Finding
from analysis.wording import listed, number, percent

BIBLIOGRAPHY = Path(__file__).with_name("references.bib")
# Characters that fit a line of each width at 7 to 8 points, including gaps between columns.
_LINES = {"single": 80, "double": 120}
_LONG = 40  # characters above which a cell takes several lines
# The characters that pdfLaTeX can set unchanged, in the encodings that T1 and TS1 cover.
_KNOWN = ("ascii", "cp1252", "iso8859-2")
_MATHS = {
    "−": "-",
    "≥": r"\geq",
    "≤": r"\leq",
    "≈": r"\approx",
    "→": r"\rightarrow",
    "∞": r"\infty",
}
_MATHS |= {"α": r"\alpha", "β": r"\beta", "κ": r"\kappa", "χ": r"\chi", "Δ": r"\Delta"}

_FACTS = "interview label title publication interviewer date".split()

# LaTeX uses braces and comments itself.
_TEMPLATES = Environment(  # noqa: S701 - what is filled in has been escaped for LaTeX
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
    trim_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    loader=FileSystemLoader(Path(__file__).parent),
)
_TEMPLATES.filters["latex"] = literally_in_latex


def writeup_of(corpus: Corpus, wanted: Sequence[str], profile: str = "double") -> dict[str, bytes]:
    """Make the files for a paper on a folder of interviews (`chosen`, `writeup_files`)."""
    figures, tables = chosen(study_figures(corpus), study_tables(corpus), wanted)
    findings = study_findings(corpus)
    return writeup_files(corpus.interviews, figures, tables, findings, profile)


def chosen(
    figures: Sequence[StudyFigure], tables: Sequence[StudyTable], wanted: Sequence[str]
) -> tuple[dict[int, StudyFigure], list[StudyTable]]:
    """Pick figures by number or short name, and tables by short name.

    Raises
    ------
    SourceError
        If there is no figure or table of that name; the message lists those that exist.
    """
    numbered = dict(enumerate(figures, 1))
    slugs = [*(figure.slug for figure in figures), *(table.slug for table in tables)]
    for name in wanted:
        if name not in (*map(str, numbered), *slugs):
            raise SourceError(
                f"There is no figure or table {name!r}; there are figures 1 to {len(figures)}, and"
                f" {', '.join(slugs)}."
            )
    return (
        {place: one for place, one in numbered.items() if {str(place), one.slug} & {*wanted}},
        [table for table in tables if table.slug in wanted],
    )


def writeup_files(
    interviews: pd.DataFrame,
    figures: Mapping[int, StudyFigure],
    tables: Sequence[StudyTable],
    findings: Sequence[Finding],
    profile: str = "double",
) -> dict[str, bytes]:
    r"""Make the files for a paper, LaTeX and Word; no number or caption is typed by hand.

    Parameters
    ----------
    interviews : as returned by `load_interviews`, for the bibliography.
    figures : number to figure.
    tables : of the study.
    findings : those whose numbers may be quoted.
    profile : "single" for one of two columns, "double" for the full width of the page.

    Returns
    -------
    File contents by file name:

    - `figures/NN-name.pdf`, `.svg`, `.png`, `.csv`; caption and alternative text as `.tex` (a
      float), `.md` and `.txt`.
    - `tables/name.tex` (a float with a `tabular`), `.md`, `.csv`.
    - `numbers.tex`: each value and each sentence of the findings by name, for `\finding{…}`.
    - `study.sty`: the definitions that these need.
    - `references.bib`; `paper.tex`, which uses everything; and `paper.docx`.
    """
    files: dict[str, bytes] = {}
    title = f"Interviews: {', '.join(interviews['label'])}"
    pictures = []
    for place, figure in figures.items():
        drawn = render(figure, place, PROFILES[profile])
        name = next(iter(drawn)).removesuffix(".svg")
        stem = f"figures/{name}"
        files |= {f"figures/{file}": content for file, content in drawn.items()}
        width = size(drawn[f"{name}.svg"])["width_mm"]
        pictures.append((figure, drawn[f"{name}.png"], width))
        caption = f"{figure.title}. {figure.caption}"
        picture = f"![{literally(figure.alt)}]({name}.png)"
        graphic = f"{{{width:.1f}mm}}{{{stem}.pdf}}{{{literally_in_latex(figure.alt)}}}"
        files |= {
            f"{stem}.md": f"{picture}\n\n{literally(caption)}\n".encode(),
            f"{stem}.txt": f"{caption}\n\nAlternative text: {figure.alt}\n".encode(),
            f"{stem}.tex": _float(
                "figure", figure.slug, caption, profile, f"\\studygraphic{graphic}"
            ),
        }
    printed = [fitting(table, profile) for table in tables]
    for table, shown in zip(tables, printed, strict=True):
        content = _float("table", table.slug, shown.caption, profile, tabular(shown.table))
        files |= render_table(table, table.slug) | {f"tables/{table.slug}.tex": content}
    files["numbers.tex"] = numbers(findings)
    files["references.bib"] = BIBLIOGRAPHY.read_bytes() + references(interviews)
    labels = [f"figure~\\ref{{figure:{figure.slug}}}" for figure in figures.values()]
    labels += [f"table~\\ref{{table:{table.slug}}}" for table in tables]
    floats = [name for name in files if re.match(r"(figures|tables)/.*\.tex", name)]
    files["paper.tex"] = _filled(
        "paper.tex",
        title=literally_in_latex(title),
        options="[a4paper,twocolumn]" if profile == "single" else "[a4paper]",
        quoted=[_name(finding.id) for finding in findings[:3]],
        labels=listed(labels),
        floats=floats,
    )
    text = "".join(files[name].decode() for name in files if name.endswith((".tex", ".bib")))
    files["study.sty"] = _filled("study.sty", characters=_unknown(text))
    files["paper.docx"] = _word(title, pictures, printed, findings)
    return files


def fitting(table: StudyTable, profile: str) -> StudyTable:
    """Return a table as text with the columns that fit; its caption says what is left out.

    >>> words = pd.DataFrame({"term": ["rain" * 9], "text": ["a" * 75], "count": [2]})
    >>> fitting(StudyTable("t", "Words", words, "All."), "single").caption
    'Words. All. 2 of 3 columns are shown; all are in t.csv.'
    """
    text, left = readable(table.read), _LINES[profile]
    kept: list[str] = []
    for column in text:
        widest = max(map(len, [*str(column).split(), *text[column]]), default=0)
        left -= min(widest, _LONG) + 2
        if left < 0 and kept:
            break
        kept.append(column)
    said = f" {len(kept)} of {text.shape[1]} columns are shown; all are in {table.slug}.csv."
    caption = f"{table.title}. {table.caption}{said if len(kept) < text.shape[1] else ''}"
    return replace(table, table=text[kept], caption=caption, printed=None)


def tabular(text: pd.DataFrame) -> str:
    r"""Write a table of text in LaTeX, headers of several words on several lines.

    >>> print(tabular(pd.DataFrame({"term": ["R&D"], "log ratio": ["−1.2"]})))
    \studyfit{\footnotesize\setlength{\tabcolsep}{3pt}%
    \begin{tabular}{lr}
    \toprule
    term & \shortstack{log\\ratio} \\
    \midrule
    R\&D & \ensuremath{-}1.2 \\
    \bottomrule
    \end{tabular}}
    """
    style = text.style.format(literally_in_latex).hide(axis="index")
    content = style.format_index(_header, axis="columns").to_latex(
        column_format="".join(_side(text[column]) for column in text), hrules=True
    )
    return f"\\studyfit{{\\footnotesize\\setlength{{\\tabcolsep}}{{3pt}}%\n{content.rstrip()}}}"


def _header(text: str) -> str:
    """Write the header of a column; if it has several words, one below the other."""
    lines = r"\\".join(map(literally_in_latex, text.split()))
    return rf"\shortstack{{{lines}}}" if r"\\" in lines else lines


def numbers(findings: Sequence[Finding]) -> bytes:
    r"""Give each value and each sentence of the findings a name in LaTeX.

    A value is named after its finding and its kind, `voices.indiewire.words`; numbers between 0 and
    1 also come as a percentage, `voices.indiewire.share.percent`.

    >>> print(numbers([Finding("voices.a", "A: 68%.", {"share": 0.677})]).decode(), end="")
    \studynumber{voices.a}{A: 68\%.}
    \studynumber{voices.a.share}{0.677}
    \studynumber{voices.a.share.percent}{68\%}
    """
    values: dict[str, Any] = {}
    for finding in findings:
        values[finding.id] = finding.sentence
        for name, value in finding.values.items():
            values[f"{finding.id}.{name}"] = value
            if isinstance(value, float) and 0 < value < 1:
                values[f"{finding.id}.{name}.percent"] = percent(value)
    return "".join(
        f"\\studynumber{{{_name(name)}}}{{{literally_in_latex(_written(value))}}}\n"
        for name, value in values.items()
    ).encode()


def references(interviews: pd.DataFrame) -> bytes:
    r"""Write the interviews as BibTeX entries, with what is known about them.

    >>> table = pd.DataFrame({"interview": ["a"], "label": ["A"], "title": [None]})
    >>> print(references(table).decode(), end="")
    <BLANKLINE>
    @misc{a,
      title = {{A}},
      key = {{A}},
      year = {{n.d.}},
    }
    """
    known = interviews.reindex(columns=_FACTS).astype(object).fillna("")
    year = known["date"].astype("str").str.extract(r"\b(\d{4})\b", expand=False).fillna("n.d.")
    return _filled("references.bib", interviews=known.assign(year=year).to_dict("records"))


def _name(text: str) -> str:
    """Reduce a name to characters that LaTeX accepts in names."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)


def _written(value: Any) -> str:
    """Write a value for a sentence: three significant digits, a true minus."""
    if isinstance(value, str):
        return value
    whole = isinstance(value, int) or not value or not math.isfinite(value)
    return number(value, 0 if whole else max(2 - math.floor(math.log10(abs(value))), 0))


def _side(cells: pd.Series) -> str:
    if cells.str.len().max() > _LONG:
        return "p{16em}"
    return "r" if cells.str.fullmatch(r"(?:> )?[−-]?[\d,.]+( \[.*\])?|–|unbounded").all() else "l"


def _float(kind: str, slug: str, caption: str, profile: str, content: str) -> bytes:
    star = "*" if profile == "double" else ""
    text = (
        f"\\begin{{{kind}{star}}}\n\\centering\n{content}\n"
        f"\\caption{{{literally_in_latex(' '.join(caption.split()))}}}\n"
        f"\\label{{{kind}:{slug}}}\n\\end{{{kind}{star}}}\n"
    )
    return text.encode()


def _unknown(text: str) -> list[tuple[str, str]]:
    """List the characters that pdfLaTeX cannot set, each with its replacement."""
    found = []
    for char in sorted(set(text) - {"\n"}):
        if char in _MATHS:
            found.append((f"{ord(char):04X}", rf"\ensuremath{{{_MATHS[char]}}}"))
        elif not any(char.encode(encoding, "ignore") for encoding in _KNOWN):
            found.append((f"{ord(char):04X}", rf"[U+{ord(char):04X}]\allowbreak{{}}"))
    return found


def _filled(name: str, **values: Any) -> bytes:
    return _TEMPLATES.get_template(f"{name}.j2").render(**values).encode()


def _word(
    title: str,
    pictures: Sequence[tuple[StudyFigure, bytes, float]],
    tables: Sequence[StudyTable],
    findings: Sequence[Finding],
) -> bytes:
    """Make the Word document: findings, figures with alternative texts, tables, captions."""
    from docx import Document  # here, since only a write-up needs it
    from docx.shared import Mm

    document = Document()

    def add(text: str, style: str) -> None:
        document.add_paragraph(without_controls(text), style)

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(13.5)
    document.core_properties.title = title
    document.core_properties.author = ""
    document.add_heading(title, 0)
    for finding in findings:
        add(finding.sentence, "List Bullet")
    for count, (figure, png, width) in enumerate(pictures, 1):
        picture = document.add_picture(io.BytesIO(png), width=Mm(width))
        described = picture._inline.docPr  # python-docx has no other way to the alternative text
        described.set("descr", without_controls(figure.alt))
        described.set("title", figure.title)
        add(f"Figure {count}. {figure.title}. {figure.caption}", "Caption")
    for count, table in enumerate(tables, 1):
        add(f"Table {count}. {table.caption}", "Caption")
        grid = document.add_table(rows=0, cols=table.table.shape[1], style="Light List")
        for row in [list(table.table), *table.table.values.tolist()]:
            for cell, value in zip(grid.add_row().cells, row, strict=True):
                cell.text = without_controls(str(value))
    buffer = io.BytesIO()
    document.save(buffer)
    return repacked(buffer.getvalue())
