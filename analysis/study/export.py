"""Figures, tables and findings as files, with an index and a gallery; same inputs, same bytes.

NN-slug.svg, .pdf, .png     the figure
NN-slug.csv                 what it draws
tables/NN-slug.md, .tex     the same, for reading and printing
tables/slug.csv, .md, .tex  the tables of the study
findings.json               every sentence of the findings with its numbers
index.json, index.html      all of it with captions, alternative texts and hashes
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, Template
from matplotlib.figure import Figure

from analysis.agreement.coders import CODERS
from analysis.annotation.tokens import model_name, names_by
from analysis.corpus import Corpus
from analysis.figures.marks import explorable, linked
from analysis.figures.study_figure import StudyFigure
from analysis.figures.style import PRINT, Profile, styled
from analysis.figures.tables import StudyTable, as_latex, as_markdown
from analysis.figures.typeface import embedded, unshaped
from analysis.files import without_controls
from analysis.names.gazetteer import GAZETTEER
from analysis.sources.interviews import LIST_OF_INTERVIEWS, read_interviews
from analysis.study.contents import OF_THEMES, OF_WORDS
from analysis.study.findings import Finding
from analysis.themes.codebook import CODEBOOK
from analysis.wording import slug

# No dates or program versions: they would change the bytes but not the picture.
_METADATA = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
_NUMBERS = "%.9g"
# An id that matplotlib made by hashing, where it is defined or used.
_HASHED = re.compile(r"""(?<=["#])[a-z]+[0-9a-f]{10}(?=[")])""")


def input_hashes(folder: str | Path, gold: str | Path | None = None) -> dict[str, str]:
    """Return the sha256 of every input file, and the name of the language model.

    Parameters
    ----------
    folder : path of the folder that contains `interviews.toml` and the files it names.
    gold : path of the folder of reference labels, if there is one.

    Examples
    --------
    >>> sorted(input_hashes("seeds"))[:3]
    ['codebook.toml', 'gazetteer.csv', 'indiewire-q-and-a.txt']
    """
    interviews, folder = read_interviews(folder), Path(folder)
    names = (LIST_OF_INTERVIEWS, *(interview.file for interview in interviews), GAZETTEER, CODEBOOK)
    paths = {name: folder / name for name in names}
    if gold is not None:
        gold = Path(gold)
        labels = [gold / f"{interview.id}.entities.tsv" for interview in interviews]
        labels += sorted(gold.glob(f"{CODERS}/*.tsv"))
        paths |= {path.relative_to(gold).as_posix(): path for path in labels}
    hashes = {name: _sha256(path.read_bytes()) for name, path in paths.items() if path.exists()}
    return hashes | {"model": model_name(names_by(folder))}


def render(figure: StudyFigure, number: int, profile: Profile = PRINT) -> dict[str, bytes]:
    """Return the files of one figure by name: svg, pdf, png, and a csv of what it shows.

    The svg contains its alternative text as `title` and `desc`. Numbers in the csv have up to nine
    digits.
    """
    stem = _stem(figure, number)
    drawing = figure.figure if profile is PRINT else figure.draw(profile)
    # The png first: a drawing keeps the last canvas it was drawn on, and a png's holds every pixel.
    saved = {suffix: _saved(drawing, profile, suffix) for suffix in reversed(_METADATA)}
    files = {f"{stem}.{suffix}": saved[suffix] for suffix in _METADATA}
    files[f"{stem}.svg"] = _described(embedded(_well_formed(files[f"{stem}.svg"])), figure)
    files[f"{stem}.csv"] = _csv(figure.table, _NUMBERS)
    return files


def svg(figure: StudyFigure, profile: Profile = PRINT) -> str:
    """Return a figure as SVG for a page: nothing but the element itself, its text as text.

    Marks that stand for passages have an address of the explorer in `data-explore`.
    """
    drawing = figure.figure if profile is PRINT else figure.draw(profile)
    with linked(drawing):
        text = _well_formed(_saved(drawing, profile, "svg")).decode()
    text = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>", "", text, flags=re.DOTALL)
    return explorable(text[text.index("<svg") :].strip())


def _saved(drawing: Figure, profile: Profile, suffix: str) -> bytes:
    buffer = io.BytesIO()
    with styled(profile), unshaped():
        drawing.savefig(buffer, format=suffix, metadata=_METADATA[suffix])
    return buffer.getvalue()


def size(svg: bytes) -> dict[str, float]:
    """Return the width and height of a picture in mm, from its SVG, which gives them in pt."""
    sides = re.findall(r'(?<=\s)(width|height)="([\d.]+)pt"', svg.decode())
    return {f"{side}_mm": round(float(points) * 25.4 / 72, 1) for side, points in sides}


def render_table(table: StudyTable, stem: str) -> dict[str, bytes]:
    """Return the files of one table: a full csv; Markdown and LaTeX, rounded for reading."""
    return {
        f"tables/{stem}.csv": _csv(table.table, _NUMBERS),
        f"tables/{stem}.md": as_markdown(table.read, table.caption).encode(),
        f"tables/{stem}.tex": as_latex(table.read, table.caption, f"tab:{stem}").encode(),
    }


def as_json(findings: Iterable[Finding]) -> bytes:
    """Write findings as JSON, each with the function that computes it; up to nine digits."""
    makers = {make.__name__: make.__module__ for make in OF_WORDS + OF_THEMES}
    listed = [
        {
            "id": finding.id,
            "sentence": finding.sentence,
            "values": {
                name: float(f"{value:.9g}") if isinstance(value, float) else value
                for name, value in finding.values.items()
            },
            "source": f"{makers[maker := finding.id.split('.')[0]]}.{maker}",
            "rows": list(finding.rows),
        }
        for finding in findings
    ]
    return _json(listed)


def exported(
    figures: Sequence[StudyFigure],
    inputs: Mapping[str, str],
    tables: Sequence[StudyTable] = (),
    findings: Sequence[Finding] = (),
    profile: Profile = PRINT,
    left_out: Sequence[str] = (),
) -> dict[str, bytes]:
    """Return the files of an export by name: figures, tables, findings, index and gallery.

    Parameters
    ----------
    figures : in the order of their numbers, from 1.
    inputs : as returned by `input_hashes`.
    tables : tables of the study; those of the figures are written with them.
    findings : as returned by `analysis.study.study_findings`.
    profile : what the figures are for, one of `analysis.figures.style.PROFILES`.
    left_out : sentences on what could not be made, as returned by `analysis.study.left_out`.
    """
    files: dict[str, bytes] = {}
    listing: dict[str, Any] = {"inputs": inputs, "figures": [], "tables": []}

    def add(kind: str, rendered: dict[str, bytes], **facts: object) -> None:
        files.update(rendered)
        hashes = {name: _sha256(content) for name, content in rendered.items()}
        listing[kind].append(facts | {"files": hashes})

    plotted = []
    for number, figure in enumerate(figures, 1):
        rendered, stem = render(figure, number, profile), _stem(figure, number)
        add(
            "figures",
            rendered,
            number=number if figure.numbered else None,
            title=figure.title,
            caption=figure.caption,
            alt=figure.alt,
            **size(rendered[f"{stem}.svg"]),
        )
        name = f"figure {number}" if figure.numbered else "the picture"
        caption = f"The data plotted in {name}. {figure.caption}"
        drawn = StudyTable(figure.slug, figure.title, figure.table, caption, figure.printed)
        plotted.append((drawn, stem))
    for table, stem in [*plotted, *((one, _name(one.slug)) for one in tables)] if tables else []:
        rendered = render_table(table, stem)
        if f"{stem}.csv" in files:  # beside the figure
            del rendered[f"tables/{stem}.csv"]
        add(
            "tables",
            rendered,
            title=table.title,
            caption=table.caption,
            rows=len(table.table),
            columns=[str(column) for column in table.table],
        )
    if findings:
        files["findings.json"] = as_json(findings)
        listing["findings"] = {"findings.json": _sha256(files["findings.json"])}
    if left_out:
        listing["left_out"] = list(left_out)
    files["index.json"] = _json(listing)
    files["index.html"] = template("gallery.html.j2").render(listing).encode()
    return files


def data_tables(corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Return the tables that everything else is computed from, for other programs.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> list(data_tables(load_corpus("seeds")))
    ['utterances', 'tokens', 'entities', 'codings']
    """
    tables = {"utterances": corpus.utterances, "tokens": corpus.tokens, "entities": corpus.mentions}
    return tables | ({"codings": corpus.codings} if corpus.has_codebook else {})


def data_files(tables: Mapping[str, pd.DataFrame], kind: str = "csv") -> dict[str, bytes]:
    r"""Write tables as files; the same table gives the same bytes.

    Parameters
    ----------
    tables : name to table.
    kind : "csv" (UTF-8, commas, empty cells for missing values), "parquet" (with types), or "json"
        (a list of rows, null for missing values).

    Returns
    -------
    File contents by file name.

    Examples
    --------
    >>> data_files({"words": pd.DataFrame({"term": ["movie"], "count": [12]})})
    {'words.csv': b'term,count\nmovie,12\n'}
    """
    write = {
        "csv": _csv,
        "json": lambda table: f"{table.to_json(orient='records', force_ascii=False)}\n".encode(),
        "parquet": lambda table: table.to_parquet(index=False),
    }
    return {f"{name}.{kind}": write[kind](table) for name, table in tables.items()}


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, keep_trailing_newline=True
)


def template(name: str) -> Template:
    """Return a template of this package; every inserted value is escaped."""
    return _TEMPLATES.get_template(name)


def _well_formed(drawing: bytes) -> bytes:
    """Write control characters as escapes, since XML cannot contain them, and number the ids.

    Matplotlib derives ids from coordinates with more digits than it writes, and the last of these
    digits can differ between two runs of the layout.

    >>> _well_formed(b'<g id="p0123456789"/><use href="#p0123456789"/><text>p0123456789</text>')
    b'<g id="id-1"/><use href="#id-1"/><text>p0123456789</text>'
    """
    numbers: dict[str, str] = {}

    def numbered(tag: re.Match[str]) -> str:
        return _HASHED.sub(lambda id_: numbers.setdefault(id_[0], f"id-{len(numbers) + 1}"), tag[0])

    return re.sub(r"<[^>]+>", numbered, without_controls(drawing.decode())).encode()


def _csv(table: pd.DataFrame, numbers: str | None = None) -> bytes:
    """Write a table as csv, each cell unchanged.

    Cells that begin with = + - @ stay as they are, since escaping them would change the data; a
    spreadsheet treats them as text if the columns are imported as text.
    """
    text: str = table.to_csv(index=False, lineterminator="\n", float_format=numbers)
    return text.encode()


def _json(listed: Any) -> bytes:
    return (json.dumps(listed, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _stem(figure: StudyFigure, number: int) -> str:
    """Return the stem of a figure's file names; that of an illustration has no number."""
    return f"{number:02d}-{_name(figure.slug)}" if figure.numbered else _name(figure.slug)


def _name(text: str) -> str:
    """Reduce a name to characters that every file system accepts."""
    return slug(text) or "figure"


def _described(svg: bytes, figure: StudyFigure) -> bytes:
    """Add an accessible name and description to an svg."""
    text = f"\n <title>{html.escape(figure.title)}</title>\n <desc>{html.escape(figure.alt)}</desc>"
    named = f' role="img">{without_controls(text)}'
    return re.sub(r"(<svg\b[^>]*)>", lambda tag: tag[1] + named, svg.decode(), count=1).encode()
