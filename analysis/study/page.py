"""The whole study as one page: notebooks, figures and explorer, to be read without Jupyter.

The tags of a cell say what it is for: "check" (folded away), the slug of a figure, "caption" (of
the figure before it), "explorer".
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from markupsafe import Markup, escape
from nbconvert.filters import Highlight2HTML, markdown2html_mistune

from analysis.figures.typeface import faces
from analysis.study.export import template
from analysis.study.notebooks import CAPTION, CHECK, EXPLORE
from analysis.wording import plural, slug

# Elements that would run, fetch or draw something, and Jupyter's own anchors.
_LEFT_OUT = "script, style, link, iframe, object, embed, meta, base, form, svg, math, .anchor-link"
_KEPT = {"href", "id", "class", "colspan", "rowspan", "style", "alt", "src", "width", "height"}
_VALUE = r"(?:> )?[-−+]?[\d,]*\.?\d+(?:e[-+]?\d+)?\s?%?"
_BRACKET = rf"\[(?:{_VALUE}|unbounded), (?:{_VALUE}|unbounded)\]"
_NUMBER = re.compile(rf"{_VALUE}(?:\s{_BRACKET})?")
_INTERVAL = re.compile(rf"((?:{_VALUE}\s)?{_BRACKET})")
_UNDEFINED = {"", "NaN", "nan", "<NA>", "None", "inf", "-inf", "NaT", "–"}
_LONG = 40  # characters; a column of such cells is prose and needs its own width
_NARROW = 44  # characters that fit a phone, counting a blank after each column
_MANY = 8  # rows; a table with more is folded
_ROLES = {
    "table": "table",
    "thead": "rowgroup",
    "tbody": "rowgroup",
    "tr": "row",
    "td": "cell",
    "th": "columnheader",
}
# Scripts that run, not those that contain data.
_SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)
_HEADINGS = re.compile("^h[1-6]$")
_COMPUTED = re.compile(r"<!-- findings\b.*?-->(.*?)<!-- end of findings -->", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\((?:[^)]*/)?(?:\d+-)?([\w-]*)[^)]*\)")
# Where a figure belongs; it is drawn at the first such place.
_PLACE = '<figure id="figure-{}"></figure>'
_PLACES = re.compile(_PLACE.format(r"([\w-]*)"))
_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_FOUND = "found"  # the name of the opening among the notebooks
# A computed list that directly follows a heading.
_FINDINGS = ".prose:has(> :is(h1, h2, h3):last-child) + .cell .output:has(> .prose > ul)"


class Drawing(NamedTuple):
    """A figure for the page: its SVG as in print and, if that is wide, one drawn for a phone."""

    number: int | None
    slug: str
    title: str
    caption: str
    alt: str
    wide: str
    narrow: str | None = None


def page(
    notebooks: Mapping[str, Any],
    title: str,
    opening: str = "",
    citation: Mapping[str, str] | None = None,
    drawings: Sequence[Drawing] = (),
    explorer: str = "",
    appendix: str = "",
) -> str:
    """Return one HTML page with every notebook; it needs no other file and no network.

    The opening comes first, then the explorer, the contents and the notebooks; all of it can be
    read without JavaScript. Headings move one level down, under the page's title; ids begin with
    the notebook's name, so they are unique; links between notebooks stay links, and links to files
    of the project become file names. A figure is drawn once; if it occurs again, there is a link.

    Code, checks, findings under a heading of their own, tables of more than eight rows or with the
    numbers of a figure in the same section, and the appendix are folded. A printout shows all but
    code and checks. Tables get header cells with scope, numbers flush right, and a box to scroll
    in; on a phone, tables that are too wide show each row as a block.

    Parameters
    ----------
    notebooks : name without suffix to notebook (nbformat 4, with outputs), in the order of the
        page.
    title : of the page, as Markdown in which only `*` is special.
    opening : Markdown with a heading of the second level. A picture whose file name has the slug
        of a figure is replaced by that figure; a list between `<!-- findings -->` and `<!--
        end of findings -->` is folded.
    citation : `title`, `authors`, `version` and `license`, for the foot of the page; by default
        there is none.
    drawings : the figures that are shown by cells with their slugs among the tags.
    explorer : a fragment of HTML, inserted unchanged with its scripts; cells tagged "explorer" are
        then left out.
    appendix : name of the notebook that is folded, except its first cell.

    Returns
    -------
    The page; the same arguments give the same bytes.

    Examples
    --------
    >>> import nbformat
    >>> cell = nbformat.v4.new_markdown_cell("# Words & names")
    >>> shown = page({"01-words": nbformat.v4.new_notebook(cells=[cell])}, "A study")
    >>> '<h2 id="01-words">Words &amp; names' in shown
    True
    """
    by_slug = {drawing.slug: drawing for drawing in drawings}
    bodies = {_FOUND: _opening(opening)} if opening else {}
    for name, notebook in notebooks.items():
        bodies[name] = _body(notebook, by_slug, explorer, folded=name == appendix)
    anchors = {name: _headings(body, name) for name, body in bodies.items()}
    for name, body in bodies.items():
        _links(body, name, anchors)
        _tables(body)
        _intervals(body)
    script = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
    drawn: set[str] = set()

    def figure(place: re.Match[str]) -> str:
        drawing = by_slug.get(place[1])
        if drawing is None:
            return ""
        name = f"Figure {drawing.number}. {drawing.title}" if drawing.number else drawing.title
        pictures = {} if drawing.slug in drawn else _pictures(drawing, name)
        drawn.add(drawing.slug)
        return template("figure.html.j2").render(drawing=drawing, name=name, pictures=pictures)

    entries = _entries(bodies, figure)
    # The typeface of the drawings, each glyph once for the whole page.
    letters = "".join(drawing.wide + (drawing.narrow or "") for drawing in drawings)
    return template("page.html.j2").render(
        title=Markup(re.sub(r"\*(.+?)\*", r"<em>\1</em>", str(escape(title)))),  # noqa: S704
        plain_title=title.replace("*", ""),
        opening=entries.pop(0) if opening else None,
        notebooks=entries,
        citation=citation,
        explorer=Markup(explorer),  # noqa: S704 - a piece of this study
        script=Markup(script),  # noqa: S704
        faces=Markup(faces(letters) if letters else ""),  # noqa: S704
        hashes=[_hash(one) for one in (*_SCRIPT.findall(explorer), script)],
    )


def _opening(text: str) -> BeautifulSoup:
    """Turn the opening into HTML, with the computed findings folded."""
    words = _COMPUTED.sub(
        r'<details class="kept"><summary>All computed findings</summary>\n\n\1\n\n</details>',
        re.sub("^#", "", text),
    )
    words = _PICTURE.sub(lambda picture: _PLACE.format(picture[1]), words)
    body = _clean(f'<div class="prose">{markdown2html_mistune(words)}</div>')
    for image in body.find_all("img"):
        image.decompose()  # a file that the page does not contain
    return body


def _body(notebook: Any, figures: Collection[str], explorer: str, *, folded: bool) -> BeautifulSoup:
    """Turn a notebook's cells into HTML; join adjacent checks, and each figure with its caption."""
    parts: list[dict[str, Any]] = [{"tags": set()}]
    for cell in notebook.cells:
        tags, last = cell.metadata.get("tags", []), parts[-1]
        if explorer and EXPLORE in tags:
            continue
        if (CHECK in tags and CHECK in last["tags"]) or (CAPTION in tags and last.get("figure")):
            last["cells"].append(cell)
        else:
            figure = next((tag for tag in tags if tag in figures), None)
            parts.append({"tags": tags, "cells": [cell], "figure": figure})
    text = template("notebook.html.j2").render(
        parts=parts[1:],
        check=CHECK,
        folded=folded,
        markdown=markdown2html_mistune,
        highlighted=Highlight2HTML(pygments_lexer="ipython3"),
    )
    body = _clean(text)
    for found in body.select(_FINDINGS):
        _fold(found, plural(len(found.find_all("li")), "finding", "findings"))
    return body


def _fold(tag: Tag, summary: str, about: str = "") -> None:
    """Fold a part of the page, unless it is inside another folded part."""
    if tag.find_parent("details"):
        return
    words, more = Tag(name="summary"), Tag(name="span", attrs={"class": "place"})
    more.string = about
    words.extend([summary, more])
    tag.wrap(Tag(name="details", attrs={"class": "kept"})).insert(0, words)


def _clean(text: str) -> BeautifulSoup:
    """Parse HTML, dropping anything that would run or be fetched, and the outputs' styles."""
    body = BeautifulSoup(text, "html.parser")
    for tag in body.select(_LEFT_OUT):
        tag.decompose()
    for tag in body.find_all(True):
        tag.attrs = {key: value for key, value in tag.attrs.items() if key.lower() in _KEPT}
    # Outputs with their own colours assume the white background of a notebook.
    for output in body.select('div.output:has([style*="color"])'):
        output["class"] = "output paper"
    return body


def _headings(body: BeautifulSoup, name: str) -> dict[str, str]:
    """Move headings a level down and give each an anchor; return the old ids with the new."""
    anchors: dict[str, str] = {}
    taken: Counter[str] = Counter()
    if not (body.find("h1") or name == _FOUND):
        body.insert(0, body.new_tag("h1", string=name))
    for heading in body.find_all(_HEADINGS):
        words = heading.get_text()
        wanted = f"{name}--{slug(words) or 'section'}" if anchors else name
        taken[wanted] += 1
        fresh = wanted if taken[wanted] == 1 else f"{wanted}-{taken[wanted]}"
        anchors.setdefault(str(heading.get("id", "")), fresh)
        heading.name = f"h{min(int(heading.name[1]) + 1, 6)}"
        heading.attrs = {"id": fresh}
        link = {"class": "anchor", "href": f"#{fresh}", "aria-label": f"Link to “{words}”"}
        heading.append(body.new_tag("a", attrs=link))
    return anchors


def _entries(
    bodies: Mapping[str, BeautifulSoup], figure: Callable[[re.Match[str]], str]
) -> list[dict[str, Any]]:
    """Return each notebook's body with its figures and, for the contents, title and sections."""
    sections = {
        name: {str(tag["id"]): tag.get_text() for tag in body.find_all("h3")}
        for name, body in bodies.items()
    }
    shared = Counter(text for texts in sections.values() for text in set(texts.values()))
    return [
        {
            "id": name,
            "title": heading.get_text() if (heading := body.find("h2")) else name,
            "sections": [(one, text) for one, text in sections[name].items() if shared[text] == 1],
            "body": Markup(  # noqa: S704 - cleaned above
                _PLACES.sub(figure, body.decode(formatter="minimal"))
            ),
        }
        for name, body in bodies.items()
    ]


def _pictures(drawing: Drawing, name: str) -> dict[str, Markup]:
    """Return the drawings of a figure by kind, described, with ids that are unique on the page."""
    kinds = {"wide" if drawing.narrow else "only": drawing.wide, "narrow": drawing.narrow}
    label = Markup('<svg role="img" aria-label="{}" ').format(f"{name}. {drawing.alt}")
    pictures = {}
    for kind, svg in kinds.items():
        if svg:
            own = _IDS.sub(rf"\g<1>{drawing.slug}-{kind}-", svg)
            pictures[kind] = Markup(own.replace("<svg ", label, 1))  # noqa: S704 - drawn here
    return pictures


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _links(body: BeautifulSoup, name: str, anchors: Mapping[str, Mapping[str, str]]) -> None:
    """Point links between notebooks to their targets on the page; turn others into file names."""
    for link in body.select("a[href]:not(.anchor)"):
        target = urlsplit(str(link["href"]))
        if target.scheme in ("http", "https", "mailto"):
            continue
        notebook = Path(target.path).stem if target.path else name
        path = re.sub(r"^(\.\./)+", "", target.path)
        code = body.new_tag("code", string=path)
        if notebook in anchors and not target.scheme:
            link["href"] = "#" + anchors[notebook].get(unquote(target.fragment), notebook)
        elif link.get_text() == path:
            link.replace_with(code)
        else:
            if path and not target.scheme:
                link.extend([" ", code])
            link.unwrap()


def _intervals(body: BeautifulSoup) -> None:
    """Keep a number and the interval in brackets after it on one line."""
    for text in body.find_all(string=_INTERVAL):
        if text.find_parent(["pre", "code"]):
            continue
        parts: list[Any] = _INTERVAL.split(str(text))
        kept = {"class": "whole"}
        parts[1::2] = [body.new_tag("span", attrs=kept, string=part) for part in parts[1::2]]
        text.replace_with(*parts)


def _tables(body: BeautifulSoup) -> None:
    """Prepare tables and pictures for reading, each in a box named by the heading above it."""
    under: Counter[str] = Counter()
    for table in body.find_all(["table", "img"]):
        above = table.find_previous(_HEADINGS)
        heading = f"under {above.get_text() if above else 'no heading'}"
        if table.name == "table":
            _table(table)
            under[heading] += 1
            label = f"Table{f' {under[heading]}' if under[heading] > 1 else ''} {heading}"
        else:
            label = f"Picture {heading}"
        about = {"class": "scroll", "role": "group", "aria-label": label, "tabindex": "0"}
        box = table.wrap(Tag(name="div", attrs=about))
        rows = len(table.select("tbody tr"))
        before = table.find_previous(["figure", _HEADINGS])
        if rows > _MANY or (rows and before and before.name == "figure"):
            _fold(box, f"Table of {plural(rows, 'row', 'rows')}", f" {heading}")


def _table(table: Tag) -> None:
    """Add scopes to the headers of a table, and classes and column names to its cells."""
    for tag in [table, *table.find_all(True)]:
        tag.attrs = {key: tag.attrs[key] for key in ("colspan", "rowspan") if key in tag.attrs}
    for cell in table.select("thead :is(th, td)"):
        cell.name = "th" if cell.get_text(strip=True) else "td"
    for cell in table.find_all("th"):
        cell["scope"] = "col" if cell.find_parent("thead") else "row"
    above, rows = (
        [row.find_all(["th", "td"])[::-1] for row in table.select(f"{part} tr")]
        for part in ("thead", "tbody")
    )
    names = []
    kinds = []
    width = 0
    # From the right, because merged index cells are missing on the left.
    for column in zip_longest(*above, *rows):
        heads, cells = (
            [cell for cell in part if cell is not None]
            for part in (column[: len(above)], column[len(above) :])
        )
        texts = [cell.get_text().strip() for cell in cells]
        kind, name = _kind(texts), " ".join(cell.get_text().strip() for cell in heads).strip()
        names.append(name)
        kinds.append(kind)
        # Numbers are not broken.
        parts = texts if kind == "number" else " ".join(texts).split()
        width += 1 + max(map(len, [*name.split(), *parts]), default=0)
        for cell in heads + cells:
            if kind and "colspan" not in cell.attrs:
                cell["class"] = kind
    if "long" in kinds or width > _NARROW:
        _stacks(table, rows, names)


def _kind(texts: list[str]) -> str:
    """Return how a column is set: as numbers, as prose, or ("") as words."""
    defined = [text for text in texts if text not in _UNDEFINED]
    if defined and all(_NUMBER.fullmatch(text) for text in defined):
        return "number"
    return "long" if any(len(text) > _LONG for text in texts) else ""


def _stacks(table: Tag, cells: list[list[Tag]], names: list[str]) -> None:
    """Let a phone show each row of a table as a block: each cell names its column and role."""
    table["class"] = "stacks"
    for tag in [table, *table.find_all(list(_ROLES))]:
        tag["role"] = "rowheader" if tag.get("scope") == "row" else _ROLES[tag.name]
    for row in cells:
        for cell, name in zip(row, names, strict=False):
            cell["data-column"] = name
            if cell.get_text().strip() in _UNDEFINED:
                cell["class"] = f"{cell.get('class', '')} none".strip()
