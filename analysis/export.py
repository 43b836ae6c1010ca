"""Figures on disk: svg, pdf, png and csv of each, one index, one gallery page. Same inputs, same bytes."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from analysis.figures import StudyFigure
from analysis.gazetteer import GAZETTEER
from analysis.interviews import LIST_OF_INTERVIEWS, SourceError, read_interviews
from analysis.plots import STYLE
from analysis.tokens import model_name

_DPI = 300
# Without dates and program versions, which would change the bytes and not the picture.
_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def input_hashes(folder: str | Path) -> dict[str, str]:
    """Say what the figures are made of: the sha256 of every input file, and the model that annotated it.

    Examples
    --------
    >>> sorted(input_hashes("seeds"))
    ['gazetteer.csv', 'indiewire-q-and-a.txt', 'interviews.toml', 'model', 'tiff-in-conversation.txt']
    """
    names = [LIST_OF_INTERVIEWS, *(interview.file for interview in read_interviews(folder))]
    names += [GAZETTEER] if (Path(folder) / GAZETTEER).exists() else []
    return {name: hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest() for name in names} | {
        "model": model_name()
    }


def render(figure: StudyFigure, number: int) -> dict[str, bytes]:
    """Return the files of one figure, name to content: svg, pdf, png and the csv of what is drawn.

    The svg carries its alternative text as `title` and `desc`. Numbers in the csv have up to nine digits.
    """
    stem = f"{number:02d}-{_slug(figure.slug)}"
    files = {}
    with mpl.rc_context(STYLE):
        for suffix, metadata in _METADATA.items():
            buffer = io.BytesIO()
            figure.figure.savefig(buffer, format=suffix, dpi=_DPI, metadata=metadata)
            files[f"{stem}.{suffix}"] = buffer.getvalue()
    files[f"{stem}.svg"] = _describe(files[f"{stem}.svg"], figure)
    text = figure.table.to_csv(index=False, lineterminator="\n", float_format="%.9g")
    files[f"{stem}.csv"] = text.encode()
    return files


def export(figures: Sequence[StudyFigure], folder: str | Path, inputs: dict[str, str]) -> list[Path]:
    """Write all figures, their index (`index.json`) and their gallery (`index.html`) into a folder.

    Everything is rendered and written beside its place before the first file is replaced, and each is replaced
    whole: a fault in a figure or a full disk leaves the earlier export as it was. Files of figures that are made no
    longer are left where they are.

    Parameters
    ----------
    figures : in the order of their numbers, which start at 1.
    folder : where to write; made if it is not there.
    inputs : what the figures are made of, as `input_hashes` returns it.

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
    index = []
    for number, figure in enumerate(figures, 1):
        rendered = render(figure, number)
        files |= rendered
        width, height = (round(float(inches) * 25.4, 1) for inches in figure.figure.get_size_inches())
        index.append(
            {
                "number": number,
                "title": figure.title,
                "caption": figure.caption,
                "alt": figure.alt,
                "width_mm": width,
                "height_mm": height,
                "files": {name: hashlib.sha256(content).hexdigest() for name, content in rendered.items()},
            }
        )
    listing = {"inputs": inputs, "figures": index}
    files["index.json"] = (json.dumps(listing, indent=1, ensure_ascii=False) + "\n").encode()
    files["index.html"] = _gallery(index, inputs).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as parts:
            for name, content in files.items():
                (Path(parts) / name).write_bytes(content)
            for name in files:
                (Path(parts) / name).replace(folder / name)
    except OSError as error:
        raise SourceError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); make room or change its permissions."
        ) from None
    return [folder / name for name in files]


def _slug(text: str) -> str:
    """Keep of a name what every file system takes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "figure"


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
<p>Each figure comes as svg and pdf for print, png for slides, and as the csv of what is drawn.</p>
{figures}
<h2>Made from</h2>
<ul>
{inputs}
</ul>
</main>
</body>
</html>
"""
_FIGURE = """<figure id="figure-{number}">
<h2>{number}. {title}</h2>
<img src="{image}" alt="{alt}" style="width: {width_mm}mm">
<figcaption>{caption}<br>{width_mm} × {height_mm} mm. {links}</figcaption>
</figure>"""


def _gallery(index: Sequence[dict[str, Any]], inputs: dict[str, str]) -> str:
    items = []
    for entry in index:
        names = list(entry["files"])
        links = " · ".join(f'<a href="{html.escape(name)}">{name.rsplit(".", 1)[1]}</a>' for name in names)
        texts = {key: html.escape(str(value)) for key, value in entry.items()}
        items.append(_FIGURE.format(**texts, image=html.escape(names[0]), links=links))
    made = "\n".join(
        f"<li>{html.escape(name)}: <code>{html.escape(value)}</code></li>" for name, value in inputs.items()
    )
    return _PAGE.format(figures="\n".join(items), inputs=made)
