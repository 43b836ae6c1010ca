"""The whole study as one page: notebooks, figures and explorer, to be read without Jupyter.

The tags of a cell say what it is for: "check" (folded away), "figure" with the slug of the figure,
"caption" (of the figure before it), "explorer". Nothing is inferred from its text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from markupsafe import Markup, escape
from nbconvert.filters import Highlight2HTML, markdown2html_mistune

from analysis.figures.typeface import faces
from analysis.study.export import template
from analysis.study.notebooks import CAPTION, CHECK, EXPLORE, FIGURE

# Of each output, the first of these that it has is shown.
_KINDS = ("text/html", "text/markdown", "image/png", "text/plain")
_RUNS = ["script", "style", "link", "iframe", "object", "embed", "meta", "base", "form"]
_KEPT = {"href", "id", "class", "colspan", "rowspan", "style", "alt", "src", "width", "height"}
_SIDES = ("width", "height")
_VALUE = r"(?:> )?[-−+]?[\d,]*\.?\d+(?:e[-+]?\d+)?\s?%?"
_BRACKET = rf"\[(?:{_VALUE}|unbounded), (?:{_VALUE}|unbounded)\]"
_NUMBER = re.compile(rf"{_VALUE}(?:\s{_BRACKET})?")
_INTERVAL = re.compile(rf"((?:{_VALUE}\s)?{_BRACKET})")
_UNDEFINED = {"", "NaN", "nan", "<NA>", "None", "inf", "-inf", "NaT", "–"}
_LONG = 40  # characters; a column of such cells is prose and needs its own width
_NARROW = 44  # characters that fit a phone, counting a blank after each column
_CONTEXT = {"left": "before", "node": "node", "right": "after"}  # the columns of a concordance
_ROLES = {
    "table": "table",
    "thead": "rowgroup",
    "tbody": "rowgroup",
    "tr": "row",
    "td": "cell",
    "th": "columnheader",
}
_HEADINGS = re.compile("^h[1-6]$")
_COMPUTED = re.compile(r"<!-- findings\b.*?-->(.*?)<!-- end of findings -->", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n*")
_DRAWING = re.compile(r"<!--drawing ([\w-]+)-->")
_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_FOUND = "found"  # the name of the opening among the notebooks


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
) -> str:
    """Return one HTML page with every notebook, which needs no other file and no network.

    The opening comes first, then the explorer, the contents and the notebooks; all of it can be
    read without script. Headings move one level down, under the page's title; ids begin with the
    notebook's name, so that they are unique; links between notebooks stay links, and links to files
    of the project become file names. Code and checks are folded away. Tables get header cells
    with scope, numbers flush right, and a box to scroll in; on a phone, tables that are too wide
    show each row as a block.

    Parameters
    ----------
    notebooks : name without suffix to notebook (nbformat 4, with outputs), in the order of the
        page.
    title : of the page, as Markdown in which only `*` is a mark.
    opening : Markdown with a heading of the second level. A picture whose file name has the slug
        of a figure is replaced by that figure; a list between `<!-- findings -->` and `<!--
        end of findings -->` is folded.
    citation : `title`, `authors`, `version` and `license`, for the foot of the page; without it
        there is none.
    drawings : the figures that are shown by cells with their slugs among the tags.
    explorer : a fragment of HTML, inserted unchanged with its scripts; cells tagged "explorer" are
        then left out.

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
    bodies = {_FOUND: _opening(opening, by_slug)} if opening else {}
    bodies |= {
        name: _body(notebook, by_slug, explored=bool(explorer))
        for name, notebook in notebooks.items()
    }
    anchors = {name: _headings(body, name) for name, body in bodies.items()}
    for name, body in bodies.items():
        _links(body, name, anchors)
        _tables(body)
        _intervals(body)
    script = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
    entries = _entries(bodies)
    whole = template(
        "page.html.j2"
    ).render(
        title=Markup(re.sub(r"\*(.+?)\*", r"<em>\1</em>", str(escape(title)))),  # noqa: S704
        plain_title=title.replace("*", ""),
        opening=entries[0] if opening else None,
        notebooks=entries[1:] if opening else entries,
        citation=citation,
        explorer=Markup(explorer),  # noqa: S704 - a piece of this study
        script=Markup(script),  # noqa: S704
        faces=Markup(_letters(drawings)),  # noqa: S704
        hashes=[_hash(one) for one in (*_scripts(explorer), script)],
    )
    copies: Counter[str] = Counter()

    def drawn(found: re.Match[str]) -> str:
        drawing = by_slug[found[1]]
        copies[drawing.slug] += 1
        number = copies[drawing.slug]
        return _figure(drawing, drawing.slug if number == 1 else f"{drawing.slug}-{number}")

    return _DRAWING.sub(drawn, whole)


def _opening(text: str, drawings: Mapping[str, Drawing]) -> BeautifulSoup:
    """Turn the opening into HTML, with the computed findings folded and no picture after them."""
    words = re.sub("^#", "", text)
    if computed := _COMPUTED.search(words):
        folded = (
            "<details><summary>All computed"
            f" findings</summary>\n\n{computed[1].strip()}\n\n</details>\n"
        )
        words = words[: computed.start()] + folded + _PICTURE.sub("", words[computed.end() :])
    body = _clean(f'<div class="prose">{markdown2html_mistune(words)}</div>')
    for image in body.find_all("img"):
        slug = re.sub(r"^\d+-", "", Path(str(image.get("src", ""))).stem)
        paragraph = image.find_parent("p") or image
        if slug in drawings:
            figure = f"<div><!--drawing {slug}--></div>"
            paragraph.insert_before(BeautifulSoup(figure, "html.parser"))
        image.extract()
        if not paragraph.get_text(strip=True):
            paragraph.extract()
    return body


def _body(notebook: Any, drawings: Mapping[str, Drawing], *, explored: bool) -> BeautifulSoup:
    """Turn the cells of a notebook into HTML."""
    cells = [_cell(cell, drawings) for cell in notebook.cells]
    if explored:
        cells = [cell for cell in cells if EXPLORE not in cell["tags"]]
    pieces: list[dict[str, Any]] = []
    for checks, group in groupby(cells, key=lambda cell: CHECK in cell["tags"]):
        together = list(group)
        pieces += [{"checks": together}] if checks else together
    kept: list[dict[str, Any]] = []
    for piece in pieces:
        if CAPTION in piece.get("tags", ()) and kept and kept[-1].get("drawing"):
            kept[-1]["more"].append(piece["code"])  # the page sets the caption itself
        else:
            kept.append(piece)
    return _clean(template("notebook.html.j2").render(cells=kept))


def _cell(cell: Any, drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code":
        return {"tags": tags, "prose": markdown2html_mistune(cell.source)}
    return {
        "tags": tags,
        "number": cell.execution_count or 0,
        "code": Highlight2HTML(pygments_lexer="ipython3")(cell.source),
        "more": [],
        "outputs": list(filter(None, map(_output, cell.outputs))),
        "drawing": next((drawings[tag] for tag in tags if tag in drawings), None)
        if FIGURE in tags
        else None,
    }


def _output(output: Any) -> str:
    """Return the best form of an output as HTML, or "" if only a notebook can show it."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    kind = next((kind for kind in _KINDS if data.get(kind)), "")
    text = data.get(kind, "")
    if kind == "text/markdown":
        return f'<div class="prose">{markdown2html_mistune(text)}</div>'
    if kind == "image/png":
        about = output.metadata.get(kind, {})
        alt = escape(about.get("alt") or "A picture without a description.")
        sides = "".join(f' {side}="{int(about[side])}"' for side in _SIDES if side in about)
        source = escape("".join(text.split()))
        return f'<img src="data:image/png;base64,{source}" alt="{alt}"{sides}>'
    return f"<pre>{escape(text)}</pre>" if kind == "text/plain" else text


def _clean(text: str) -> BeautifulSoup:
    """Parse HTML, without anything that would run or fetch, and without the outputs' styles."""
    body = BeautifulSoup(text, "html.parser")
    for tag in body.find_all([*_RUNS, "svg", "math"]):
        tag.decompose()
    for tag in body.select(".anchor-link"):
        tag.decompose()
    for tag in body.find_all(True):
        tag.attrs = {key: value for key, value in tag.attrs.items() if key.lower() in _KEPT}
    for output in body.select("div.output"):
        # Outputs with their own colours assume the white background of a notebook.
        if any("color" in str(tag["style"]) for tag in output.find_all(style=True)):
            output["class"] = "output paper"
    return body


def _headings(body: BeautifulSoup, name: str) -> dict[str, str]:
    """Move headings a level down and give each an anchor; return the old ids with the new."""
    anchors: dict[str, str] = {}
    taken = Counter({name: 0})
    if not (body.find("h1") or name == _FOUND):
        heading = body.new_tag("h1")
        heading.string = name
        body.insert(0, heading)
    for heading in body.find_all(_HEADINGS):
        slug = re.sub(r"[^a-z0-9]+", "-", heading.get_text().lower()).strip("-") or "section"
        wanted = name if not anchors else f"{name}--{slug}"
        taken[wanted] += 1
        fresh = wanted if taken[wanted] == 1 else f"{wanted}-{taken[wanted]}"
        anchors.setdefault(str(heading.get("id", "")), fresh)
        heading.name = f"h{min(int(heading.name[1]) + 1, 6)}"
        heading.attrs = {"id": fresh}
        words = heading.get_text()
        link = {"class": "anchor", "href": f"#{fresh}", "aria-label": f"Link to “{words}”"}
        heading.append(body.new_tag("a", attrs=link))
    return anchors


def _entries(bodies: Mapping[str, BeautifulSoup]) -> list[dict[str, Any]]:
    """Return each notebook's body and, for the contents, its title and its own sections."""
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
            "body": Markup(body.decode(formatter="minimal")),  # noqa: S704 - cleaned above
        }
        for name, body in bodies.items()
    ]


def _figure(drawing: Drawing, name_in_page: str) -> str:
    """Return a figure: its drawings, with unique ids, and its caption."""
    name = f"Figure {drawing.number}. " if drawing.number else ""
    label = escape(f"{name}{drawing.title}. {drawing.alt}")
    both = {"wide" if drawing.narrow else "": drawing.wide, "narrow": drawing.narrow}
    pictures = ""
    for kind, svg in both.items():
        if svg:
            own = _IDS.sub(rf"\g<1>{name_in_page}-{kind}-", svg)
            own = own.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
            pictures += f'<div class="paper {kind}">{own}</div>'
    link = (
        f'<a class="anchor" href="#figure-{name_in_page}"'
        f' aria-label="Link to “{escape(drawing.title)}”"></a>'
    )
    caption = f"<strong>{name}</strong>{escape(drawing.caption)}"
    caption = f"<figcaption>{caption}{link}</figcaption>"
    return f'<figure id="figure-{name_in_page}">{pictures}{caption}</figure>'


def _letters(drawings: Sequence[Drawing]) -> str:
    """Return the typeface of the drawings, each glyph once for the whole page."""
    text = "".join(drawing.wide + (drawing.narrow or "") for drawing in drawings)
    return faces(text) if drawings else ""


def _scripts(fragment: str) -> Iterator[str]:
    """Return the scripts of a fragment that run, not those that contain data."""
    for script in BeautifulSoup(fragment, "html.parser").find_all("script"):
        if script.get("type", "text/javascript") in ("text/javascript", "module"):
            yield script.get_text()


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _links(body: BeautifulSoup, name: str, anchors: Mapping[str, Mapping[str, str]]) -> None:
    """Point links between notebooks to their place in the page; turn others into file names."""
    for link in body.find_all("a", href=True):
        target = urlsplit(str(link["href"]))
        if target.scheme in ("http", "https", "mailto") or "anchor" in (link.get("class") or ()):
            continue
        notebook = Path(target.path).stem if target.path else name
        if notebook in anchors and not target.scheme:
            link["href"] = "#" + anchors[notebook].get(unquote(target.fragment), notebook)
            continue
        path = re.sub(r"^(\.\./)+", "", target.path)
        code = body.new_tag("code")
        code.string = path
        if link.get_text() == path:
            link.replace_with(code)
            continue
        if path and not target.scheme:
            link.extend([" ", code])
        link.unwrap()


def _intervals(body: BeautifulSoup) -> None:
    """Keep a number and the interval in brackets after it on one line."""
    for text in body.find_all(string=_INTERVAL):
        if text.find_parent(["pre", "code"]):
            continue
        parts = _INTERVAL.split(str(text))
        for place in range(1, len(parts), 2):
            whole = body.new_tag("span", attrs={"class": "whole"})
            whole.string = parts[place]
            parts[place] = whole
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
        table.wrap(body.new_tag("div")).attrs = {
            "class": "scroll", "role": "group", "aria-label": label, "tabindex": "0",
        }  # fmt: skip


def _table(table: Tag) -> None:
    """Add scopes to the headers of a table, and classes and column names to its cells."""
    for tag in [table, *table.find_all(True)]:
        tag.attrs = {key: tag.attrs[key] for key in ("colspan", "rowspan") if key in tag.attrs}
    _scopes(table)
    above, rows = (
        [row.find_all(["th", "td"])[::-1] for row in table.select(f"{part} tr")]
        for part in ("thead", "tbody")
    )
    names = [cell.get_text().strip() for cell in above[0]] if above else []
    kinds, width = [], 0
    # From the right, because merged index cells are missing on the left.
    for place, column in enumerate(zip_longest(*rows)):
        cells = [cell for cell in column if cell is not None]
        both = [row[place] for row in above if place < len(row)] + cells
        kind = _kind(names, place, [cell.get_text().strip() for cell in cells])
        kinds.append(kind)
        width += 1 + max(_longest(cell, kind) for cell in both)
        for cell in both:
            if kind and "colspan" not in cell.attrs:
                cell["class"] = kind
    for cell in table.select("td.before"):
        # Text that is too long is cut at its beginning, but still runs from left to right.
        text = Tag(name="bdi")
        text.extend(list(cell.contents))
        cell.append(text)
    if "node" not in kinds and ("long" in kinds or width > _NARROW):
        _stacks(table, rows, names)


def _scopes(table: Tag) -> None:
    """Give each header cell its scope."""
    if head := table.find("thead"):
        _one_header_row(head)
        for cell in head.find_all(["th", "td"]):
            if not cell.get_text(strip=True):
                cell.name = "td"
            else:
                cell["scope"] = "colgroup" if "colspan" in cell.attrs else "col"
    for cell in table.select("tbody th"):
        cell["scope"] = "rowgroup" if "rowspan" in cell.attrs else "row"


def _kind(names: list[str], place: int, texts: list[str]) -> str:
    """Return the classes of a column: how it is set, and whether a phone shows it."""
    defined = [text for text in texts if text not in _UNDEFINED]
    number = "number" if defined and all(_NUMBER.fullmatch(text) for text in defined) else ""
    if set(_CONTEXT) <= set(names):
        return _CONTEXT.get(names[place]) or f"{number} aside".strip()
    return number or ("long" if any(len(text) > _LONG for text in texts) else "")


def _longest(cell: Tag, kind: str) -> int:
    """Return the length of the longest unbreakable piece of a cell."""
    text = cell.get_text()
    whole = cell.name == "td" and kind == "number"
    return max(map(len, [text] if whole else text.split()), default=0)


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


def _one_header_row(head: Tag) -> None:
    """Join the two header rows that pandas writes: the columns' names and the index's."""
    rows = [row.find_all(["th", "td"]) for row in head.find_all("tr")]
    if len(rows) != 2 or len(rows[0]) != len(rows[1]):
        return
    pairs = list(zip(*rows, strict=True))
    if any(one.get_text(strip=True) and two.get_text(strip=True) for one, two in pairs):
        return
    for one, two in pairs:
        if two.get_text(strip=True):
            one.replace_with(two.extract())
    head.find_all("tr")[1].decompose()
