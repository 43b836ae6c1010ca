"""Figures, tables and findings on disk, with one index and one gallery page. Same inputs, same bytes.

NN-slug.svg, .pdf, .png     the figure
NN-slug.csv                 what it draws
tables/NN-slug.md, .tex     the same to be read and printed
tables/slug.csv, .md, .tex  the tables of the study
findings.json               every sentence of the conclusions with its numbers
index.json, index.html      all of it with captions, alternative texts and hashes
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.annotation.tokens import model_name
from analysis.figures.study_figure import StudyFigure
from analysis.figures.style import PRINT, Profile, styled
from analysis.figures.tables import StudyTable, as_latex, as_markdown
from analysis.figures.typeface import embedded
from analysis.files import write_files
from analysis.names.gazetteer import GAZETTEER
from analysis.sources.interviews import LIST_OF_INTERVIEWS, read_interviews
from analysis.study import findings as findings_of_words
from analysis.study import theme_findings
from analysis.study.findings import Finding
from analysis.themes.codebook import CODEBOOK

# Without dates and program versions, which would change the bytes and not the picture.
_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def input_hashes(folder: str | Path, gold: str | Path | None = None) -> dict[str, str]:
    """Say what the figures are made of: the sha256 of every input file, and the model that annotated it.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.
    gold : path of the folder with the labels set by hand, if accuracy is told.

    Examples
    --------
    >>> sorted(input_hashes("seeds"))
    ['codebook.toml', 'gazetteer.csv', 'indiewire-q-and-a.txt', 'interviews.toml', 'model',
    'tiff-in-conversation.txt']
    """
    interviews = read_interviews(folder)
    names = [LIST_OF_INTERVIEWS, *(interview.file for interview in interviews)]
    names += [name for name in (GAZETTEER, CODEBOOK) if (Path(folder) / name).exists()]
    paths = {name: Path(folder) / name for name in names}
    if gold is not None:
        kinds = ("entities", "themes")
        labels = [f"{interview.id}.{kind}.tsv" for interview in interviews for kind in kinds]
        paths |= {name: Path(gold) / name for name in labels if (Path(gold) / name).exists()}
    return {name: _sha256(path.read_bytes()) for name, path in paths.items()} | {
        "model": model_name()
    }


def render(figure: StudyFigure, number: int, profile: Profile = PRINT) -> dict[str, bytes]:
    """Return the files of one figure, name to content: svg, pdf, png and the csv of what is drawn.

    The svg carries its alternative text as `title` and `desc`. Numbers in the csv have up to nine
    digits.
    """
    stem = _stem(figure, number)
    drawing = figure.figure if profile is PRINT else figure.draw(profile)
    files = {}
    with styled(profile):
        for suffix, metadata in _METADATA.items():
            buffer = io.BytesIO()
            drawing.savefig(buffer, format=suffix, dpi=profile["savefig.dpi"], metadata=metadata)
            files[f"{stem}.{suffix}"] = buffer.getvalue()
    files[f"{stem}.svg"] = _describe(embedded(files[f"{stem}.svg"]), figure)
    files[f"{stem}.csv"] = _csv(figure.table)
    return files


def render_table(table: StudyTable, stem: str) -> dict[str, bytes]:
    """Return the files of one table, name to content: csv of everything, Markdown and LaTeX rounded for reading."""
    return {
        f"tables/{stem}.csv": _csv(table.table),
        f"tables/{stem}.md": as_markdown(table.read, table.caption).encode(),
        f"tables/{stem}.tex": as_latex(table.read, table.caption, f"tab:{stem}").encode(),
    }


def as_json(findings: Iterable[Finding]) -> bytes:
    """Write findings as JSON: id, sentence, values with up to nine digits, and the function that computes them."""
    listed = [
        {
            "id": finding.id,
            "sentence": finding.sentence,
            "values": {name: _plain(value) for name, value in finding.values.items()},
            "source": _source(finding.id.split(".")[0]),
        }
        for finding in findings
    ]
    return (json.dumps(listed, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _source(function: str) -> str:
    """Name the function that made a finding: those of themes have a module of their own."""
    module = theme_findings if hasattr(theme_findings, function) else findings_of_words
    return f"{module.__name__}.{function}"


def export(
    figures: Sequence[StudyFigure],
    folder: str | Path,
    inputs: dict[str, str],
    tables: Sequence[StudyTable] = (),
    findings: Sequence[Finding] = (),
    profile: Profile = PRINT,
    left_out: Sequence[str] = (),
) -> list[Path]:
    """Write figures, tables and findings, their index (`index.json`) and their gallery (`index.html`) into a folder.

    Everything is rendered and written beside its place before the first file is replaced, and each
    is replaced whole: a fault in a figure or a full disk leaves the earlier export as it was. Files
    of figures that are made no longer are left where they are.

    Parameters
    ----------
    figures : in the order of their numbers, which start at 1.
    folder : where to write; made if it is not there.
    inputs : what the figures are made of, as `input_hashes` returns it.
    tables : tables of the study; those of the figures are written with them.
    findings : as `analysis.study.findings.study_findings` returns them.
    profile : the page the figures are for, one of `analysis.figures.style.PROFILES`.
    left_out : sentences on what there was too little for, as
        `analysis.study.contents.left_out` returns them.

    Returns
    -------
    The paths written, the gallery last.

    Raises
    ------
    SourceError
        If the folder or a file of it cannot be written.
    """
    folder = Path(folder)
    files: dict[str, bytes] = {}
    listing: dict[str, Any] = {"inputs": inputs, "figures": [], "tables": []}
    for number, figure in enumerate(figures, 1):
        rendered = render(figure, number, profile)
        files |= rendered
        entry = {
            "number": number if figure.numbered else None,
            "title": figure.title,
            "caption": figure.caption,
            "alt": figure.alt,
        }
        entry |= _size(next(iter(rendered.values())))
        listing["figures"].append(entry | {"files": _hashes(rendered)})
    if tables:
        of_figures = [
            (
                StudyTable(
                    figure.slug,
                    figure.title,
                    figure.table,
                    f"What {f'figure {number}' if figure.numbered else 'the picture'} draws."
                    f" {figure.caption}",
                    figure.printed,
                ),
                _stem(figure, number),
            )
            for number, figure in enumerate(figures, 1)
        ]
        for table, stem in [*of_figures, *((table, _slug(table.slug)) for table in tables)]:
            rendered = render_table(table, stem)
            if f"{stem}.csv" in files:
                # A figure's csv stands beside the figure, once.
                del rendered[f"tables/{stem}.csv"]
            files |= rendered
            entry = {"title": table.title, "caption": table.caption, "rows": len(table.table)}
            listing["tables"].append(
                entry | {"columns": list(map(str, table.table)), "files": _hashes(rendered)}
            )
    if findings:
        files["findings.json"] = as_json(findings)
        listing["findings"] = _hashes({"findings.json": files["findings.json"]})
    if left_out:
        listing["left_out"] = list(left_out)
    files["index.json"] = (json.dumps(listing, indent=1, ensure_ascii=False) + "\n").encode()
    files["index.html"] = _gallery(listing).encode()
    return write_files(files, folder)


def _csv(table: pd.DataFrame) -> bytes:
    text: str = table.to_csv(index=False, lineterminator="\n", float_format="%.9g")
    return text.encode()


def _plain(value: float | str) -> float | str | None:
    """Return what JSON can hold: up to nine digits, nothing for what is undefined."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.9g}") if math.isfinite(value) else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hashes(files: dict[str, bytes]) -> dict[str, str]:
    return {name: _sha256(content) for name, content in files.items()}


def _stem(figure: StudyFigure, number: int) -> str:
    """Name the files of a figure by its number; those of an illustration have none."""
    return f"{number:02d}-{_slug(figure.slug)}" if figure.numbered else _slug(figure.slug)


def _slug(text: str) -> str:
    """Keep of a name what every file system takes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "figure"


def _size(svg: bytes) -> dict[str, float]:
    """Read the size of a picture in mm from its svg, which gives it in pt."""
    sizes = {}
    for side in ("width", "height"):
        points = re.search(rf'<svg\b[^>]*\s{side}="([\d.]+)pt"'.encode(), svg)
        assert points is not None, "matplotlib writes width and height in pt"
        sizes[f"{side}_mm"] = round(float(points[1]) * 25.4 / 72, 1)
    return sizes


def _describe(svg: bytes, figure: StudyFigure) -> bytes:
    """Give an svg its accessible name and description."""
    opening = re.compile(rb"<svg\b[^>]*>", re.DOTALL)
    tag = opening.search(svg)
    assert tag is not None, "matplotlib writes an svg element"
    text = f"\n <title>{html.escape(figure.title)}</title>\n <desc>{html.escape(figure.alt)}</desc>"
    return svg[: tag.end() - 1] + b' role="img">' + text.encode() + svg[tag.end() :]


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Figures of the study</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 52rem; margin: 0 auto; padding: 1rem; }}
figure {{ margin: 3rem 0; }}
img {{ max-width: 100%; height: auto; }}
figcaption {{ margin-top: .5rem; }}
code {{ overflow-wrap: anywhere; }}
a {{ color: #005a8c; }}
</style>
</head>
<body>
<main>
<h1>Figures of the study</h1>
<p>Each figure comes as svg and pdf for print, png for slides, and as the csv of what is drawn.{findings}</p>
{figures}
{tables}
<h2>Made from</h2>
<ul>
{inputs}
</ul>
</main>
</body>
</html>
"""
_FIGURE = """<figure>
<h2>{heading}</h2>
<img src="{image}" alt="{alt}" style="width: {width_mm}mm">
<figcaption>{caption}<br>{width_mm} × {height_mm} mm. {links}</figcaption>
</figure>"""


def _gallery(listing: dict[str, Any]) -> str:
    items = []
    for entry in listing["figures"]:
        texts = {key: html.escape(str(value)) for key, value in entry.items()}
        texts["heading"] = (
            f"{entry['number']}. {texts['title']}" if entry["number"] else texts["title"]
        )
        items.append(
            _FIGURE.format(
                **texts, image=html.escape(next(iter(entry["files"]))), links=_links(entry)
            )
        )
    tables = "\n".join(
        f"<li>{html.escape(entry['title'])} ({entry['rows']:,} rows): {_links(entry)}</li>"
        for entry in listing["tables"]
    )
    made = "\n".join(
        f"<li>{html.escape(name)}: <code>{html.escape(value)}</code></li>"
        for name, value in listing["inputs"].items()
    )
    return _PAGE.format(
        figures="\n".join(
            [*(f"<p>{html.escape(one)}</p>" for one in listing.get("left_out", ())), *items]
        ),
        tables=f"<h2>Tables</h2>\n<ul>\n{tables}\n</ul>" if tables else "",
        findings=(
            " What they show is said, with all numbers, in <a"
            ' href="findings.json">findings.json</a>.'
            if "findings" in listing
            else ""
        ),
        inputs=made,
    )


def _links(entry: dict[str, Any]) -> str:
    return " · ".join(
        f'<a href="{html.escape(name)}">{name.rsplit(".", 1)[1]}</a>' for name in entry["files"]
    )
