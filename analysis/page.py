"""The whole study as one page: every notebook, converted by nbconvert and made fit to read without Jupyter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader

_TEMPLATES = Path(__file__).parent
# The static result of a cell that also offers a widget, and the table before its plain text.
_PRIORITY = ["text/html", "text/markdown", "image/png", "text/plain"]
_WIDGET = "application/vnd.jupyter.widget-view+json"
_NUMBER = re.compile(r"[-−+]?[\d,]*\.?\d+(e[-+]?\d+)?\s?%?")
_UNDEFINED = {"", "NaN", "nan", "<NA>", "None", "inf", "-inf", "NaT", "–"}
_PHONE = 400  # px; a narrower picture may shrink to the width of a phone and stay readable, a wider one scrolls
_LONG = 40  # characters; a column of such cells is prose and needs a width of its own on a phone


def page(notebooks: Mapping[str, Any], title: str) -> str:
    """Return one HTML page that holds every notebook and needs no other file, no network and no script.

    Headings move one level down, under the page's title; ids are prefixed with the notebook's name, so that they are
    unique; links between notebooks stay links, and links to files of the project become the files' names. Code is
    folded away. Pictures keep the alternative text of their metadata, and a paragraph after a picture that starts
    with "Figure" becomes its caption. Tables get header cells with scope, numbers flush right, and a box of their
    own to scroll in.

    Parameters
    ----------
    notebooks : name without suffix to notebook (nbformat 4, with outputs), in the order of the page.
    title : of the page, as plain text.

    Returns
    -------
    The page. Same notebooks, same bytes.

    Examples
    --------
    >>> import nbformat
    >>> cell = nbformat.v4.new_markdown_cell("# Words & names")
    >>> shown = page({"01-words": nbformat.v4.new_notebook(cells=[cell])}, "A study")
    >>> '<h2 id="01-words">Words &amp; names</h2>' in shown
    True
    """
    bodies = {name: BeautifulSoup(_converted(notebook), "html.parser") for name, notebook in notebooks.items()}
    anchors = {name: _headings(body, name) for name, body in bodies.items()}
    entries = []
    for name, body in bodies.items():
        _without_active_content(body)
        _links(body, name, anchors)
        _figures(body, name)
        for number, table in enumerate(body.find_all("table"), 1):
            _table(body, table, f"Table {number} of notebook {name}")
        sections = [(str(heading["id"]), heading.get_text()) for heading in body.find_all("h3")]
        first = body.find("h2")
        heading = first.get_text() if first else name
        entries.append({"id": name, "title": heading, "sections": sections, "body": body.decode(formatter="minimal")})
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, keep_trailing_newline=True)
    return environment.get_template("page.html.j2").render(title=title, notebooks=entries)


def _converted(notebook: Any) -> str:
    """Turn cells into HTML with nbconvert and this study's template."""
    import nbformat
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _only_a_widget(output)]
    exporter = HTMLExporter(
        extra_loaders=[FileSystemLoader(_TEMPLATES)],
        template_file="notebook.html.j2",
        exclude_anchor_links=True,
        config=Config({"NbConvertBase": {"display_data_priority": _PRIORITY}}),
    )
    body, _ = exporter.from_notebook_node(notebook)
    return body


def _only_a_widget(output: Any) -> bool:
    data = output.get("data", {})
    return _WIDGET in data and not {"text/html", "text/markdown", "image/png"} & set(data)


def _headings(body: BeautifulSoup, name: str) -> dict[str, str]:
    """Move headings one level down, give every id the notebook's name, and return the old ids with the new ones."""
    anchors = {}
    for tag in body.find_all(id=True):
        anchors[str(tag["id"])] = tag["id"] = f"{name}--{tag['id']}"
    taken = set(anchors.values()) | {name}
    first = True
    for heading in body.find_all(re.compile("^h[1-6]$")):
        level = int(heading.name[1])
        slug = re.sub(r"[^a-z0-9]+", "-", heading.get_text().lower()).strip("-") or "section"
        wanted = name if first and level == 1 else f"{name}--{slug}"
        fresh, number = wanted, 2
        while fresh in taken and fresh != name:
            fresh, number = f"{wanted}-{number}", number + 1
        taken.add(fresh)
        first = first and level != 1
        # A link inside Jupyter names a heading by its words joined with hyphens.
        anchors.setdefault(heading.get_text().replace(" ", "-"), fresh)
        heading.name = f"h{min(level + 1, 6)}"
        heading.attrs.clear()
        heading["id"] = fresh
    if first:
        heading = body.new_tag("h2", id=name)
        heading.string = name
        body.insert(0, heading)
    return anchors


def _without_active_content(body: BeautifulSoup) -> None:
    """Leave out what would run or fetch, and styles that outputs bring along."""
    for tag in body.find_all(["script", "style", "link", "iframe", "object", "embed", "meta", "base"]):
        tag.decompose()
    for tag in body.find_all(True):
        tag.attrs = {key: value for key, value in tag.attrs.items() if not key.lower().startswith("on")}
    for output in body.select("div.output"):
        # Outputs that set colours of their own assume the white of a notebook.
        if any("color" in str(tag["style"]) for tag in output.find_all(style=True)):
            output["class"] = "output paper"


def _links(body: BeautifulSoup, name: str, anchors: Mapping[str, Mapping[str, str]]) -> None:
    """Lead links between notebooks to their place in the page, and turn links to files into the files' names."""
    for link in body.find_all("a", href=True):
        target = urlsplit(str(link["href"]))
        if target.scheme in ("http", "https", "mailto"):
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
            link.extend([" [", code, "]"])
        link.unwrap()


def _figures(body: BeautifulSoup, name: str) -> None:
    """Put each picture into a figure of its own, with the caption that follows it, and the code of both together."""
    for number, image in enumerate(body.find_all("img"), 1):
        image["alt"] = image.get("alt") or f"Picture {number} of notebook {name}, without a description."
        cell = image.find_parent("div", class_="cell")
        # Pictures without a size of their own are as wide as they are.
        if int(str(image.get("width") or _PHONE)) < _PHONE:
            image["class"] = "narrow"
        figure, box = body.new_tag("figure"), body.new_tag("div")
        image.wrap(box)
        box.wrap(figure)
        _scrolls(box, f"Picture {number} of notebook {name}")
        following = cell.find_next_sibling() if cell else None
        caption = following.select_one("div.output.prose > p") if following else None
        if cell is None or following is None or caption is None or not caption.get_text().startswith("Figure "):
            continue
        caption.name = "figcaption"
        output = caption.parent
        figure.append(caption.extract())
        if output and not output.get_text(strip=True):
            output.decompose()
        code, more = cell.find("details"), following.find("details")
        if code and more and not following.find("div", class_="output"):
            code.extend([part.extract() for part in more.find_all("div", class_="highlight")])
            following.decompose()


def _table(body: BeautifulSoup, table: Tag, label: str) -> None:
    """Give a table headers with scope, alignment by what its columns hold, and a box to scroll in."""
    for tag in [table, *table.find_all(True)]:
        tag.attrs = {key: value for key, value in tag.attrs.items() if key in ("colspan", "rowspan")}
    head = table.find("thead")
    if head:
        _one_header_row(head)
        for cell in head.find_all(["th", "td"]):
            if not cell.get_text(strip=True):
                cell.name = "td"
            else:
                cell["scope"] = "colgroup" if int(str(cell.get("colspan") or 1)) > 1 else "col"
    rows = [row for part in table.find_all("tbody") for row in part.find_all("tr")]
    for row in rows:
        for cell in row.find_all("th"):
            cell["scope"] = "rowgroup" if int(str(cell.get("rowspan") or 1)) > 1 else "row"
    # From the right, because merged index cells are missing on the left.
    above = [_from_the_right(row) for row in head.find_all("tr")] if head else []
    cells = [_from_the_right(row) for row in rows]
    names = [cell.get_text().strip() for cell in above[0]] if above else []
    for place in range(max(map(len, cells), default=0)):
        column = [row[place] for row in cells if place < len(row)]
        texts = [cell.get_text().strip() for cell in column]
        defined = [text for text in texts if text not in _UNDEFINED]
        kind = None
        if defined and all(_NUMBER.fullmatch(text) for text in defined):
            kind = "number"
        elif names[place - 1 : place + 1] == ["node", "left"]:
            kind = "before"  # what stands before the word of a concordance ends at the word
        elif any(len(text) > _LONG for text in texts):
            kind = "long"
        if kind:
            for line in [*above, *cells]:
                if place < len(line) and "colspan" not in line[place].attrs:
                    line[place]["class"] = kind
    box = table.wrap(body.new_tag("div"))
    _scrolls(box, label)


def _from_the_right(row: Tag) -> list[Tag]:
    return row.find_all(["th", "td"])[::-1]


def _one_header_row(head: Tag) -> None:
    """Join the row of the columns' names with the row of the index's names, where pandas writes two."""
    rows = head.find_all("tr")
    if len(rows) != 2:
        return
    above, below = (row.find_all(["th", "td"]) for row in rows)
    if len(above) != len(below) or any(one.get_text(strip=True) and two.get_text(strip=True)
                                       for one, two in zip(above, below, strict=True)):  # fmt: skip
        return
    for one, two in zip(above, below, strict=True):
        if two.get_text(strip=True):
            one.replace_with(two.extract())
    rows[1].decompose()


def _scrolls(box: Tag, label: str) -> None:
    """Make a box that can be scrolled with the keyboard, named for those who do not see it."""
    box.attrs = {"class": "scroll", "role": "group", "aria-label": label, "tabindex": "0"}
