"""The whole study as one page: every notebook, converted by nbconvert and made fit to read without Jupyter."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

_TEMPLATES = Path(__file__).parent
# The static result of a cell that also offers a widget, and the table before its plain text.
_PRIORITY = ["text/html", "text/markdown", "image/png", "text/plain"]
_WIDGET = "application/vnd.jupyter.widget-view+json"
_VALUE = r"[-−+]?[\d,]*\.?\d+(?:e[-+]?\d+)?\s?%?"
_BRACKET = rf"\[(?:{_VALUE}|no end), (?:{_VALUE}|no end)\]"
_NUMBER = re.compile(rf"{_VALUE}(?:\s{_BRACKET})?")
_INTERVAL = re.compile(rf"((?:{_VALUE}\s)?{_BRACKET})")
_UNDEFINED = {"", "NaN", "nan", "<NA>", "None", "inf", "-inf", "NaT", "–"}
_PHONE = 400  # px; a narrower picture may shrink to the width of a phone and stay readable, a wider one scrolls
_LONG = 40  # characters; a column of such cells is prose and needs a width of its own
_NARROW = 44  # characters, a blank after each column counted in; what a table in small type may have on a phone
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
_ASSERTS = re.compile(r"^\s*assert\b", re.MULTILINE)
_STOPS = re.compile(r"\bstops?\s+the\s+notebook\b")
_COMPUTED = re.compile(r"<!-- findings\b.*?-->(.*?)<!-- end of findings -->", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n*")
_FOUND = "found"  # the name of the opening among the notebooks
_FIRST_RESULT = "The interactive version is in the notebook; its first result:"


@dataclass(frozen=True)
class Picture:
    """A picture for the page: a data URI and its size on the screen in px."""

    source: str
    width: int
    height: int


def page(
    notebooks: Mapping[str, Any],
    title: str,
    opening: str = "",
    citation: Mapping[str, str] | None = None,
    on_a_phone: Mapping[str, Picture] | None = None,
) -> str:
    """Return one HTML page that holds every notebook and needs no other file, no network and no script.

    The opening stands first, then the contents, then the notebooks. Headings move one level down,
    under the page's title; ids are prefixed with the notebook's name, so that they are unique;
    links between notebooks stay links, and links to files of the project become the files' names.
    Code is folded away, and with it what only checks: a sentence that a cell "stops the notebook",
    at the end of a piece of prose, and the cells after it up to the last that asserts and is not
    explained. Pictures keep the alternative text of their metadata, and a paragraph after a picture
    that starts with "Figure" becomes its caption. Tables get header cells with scope, numbers flush
    right, and a box of their own to scroll in; those that are too wide for a phone stand there as
    one block a row.

    Parameters
    ----------
    notebooks : name without suffix to notebook (nbformat 4, with outputs), in the order of the
        page.
    title : of the page, as Markdown with no other marks than `*`.
    opening : Markdown with a heading of the second level. A picture whose file name starts with a
        number stands for the figure of that number; a list between `<!-- findings -->` and `<!--
        end of findings -->` is folded.
    citation : `title`, `authors`, `version` and `license`, for the foot of the page; without it,
        there is none.
    on_a_phone : number of a figure to its drawing for a narrow screen, in place of the notebook's
        where that is wider.

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
    converted = {**({_FOUND: _notebook_of(opening)} if opening else {}), **notebooks}
    bodies = {
        name: BeautifulSoup(_converted(notebook), "html.parser")
        for name, notebook in converted.items()
    }
    anchors = {name: _headings(body, name) for name, body in bodies.items()}
    for name, body in bodies.items():
        _without_active_content(body)
        _links(body, name, anchors)
        _figures(body, name)
        _tables(body)
        _lists(body)
        _checks(body)
        _first_results(body)
        _intervals(body)
    figures = _numbered(bodies.values())
    for number, drawing in (on_a_phone or {}).items():
        if number in figures:
            _drawn_for_a_phone(figures[number], drawing)
    for body in bodies.values():
        _figures_of_files(body, figures)
    entries = _entries(bodies)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, keep_trailing_newline=True
    )
    return environment.get_template("page.html.j2").render(
        title=Markup(re.sub(r"\*(.+?)\*", r"<em>\1</em>", str(escape(title)))),
        plain_title=title.replace("*", ""),
        opening=entries[0] if opening else None,
        notebooks=entries[1:] if opening else entries,
        citation=citation,
    )


def _notebook_of(opening: str) -> Any:
    """Turn the opening into a notebook of one cell, its computed findings folded and no picture after them."""
    import nbformat

    words = re.sub("^#", "", opening)
    computed = _COMPUTED.search(words)
    if computed:
        folded = (
            "<details><summary>All computed"
            f" findings</summary>\n\n{computed[1].strip()}\n\n</details>\n"
        )
        words = words[: computed.start()] + folded + _PICTURE.sub("", words[computed.end() :])
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(words, id="cell-01")])


def _entries(bodies: Mapping[str, BeautifulSoup]) -> list[dict[str, Any]]:
    """Return of each notebook its body and, for the contents, its title and the sections that it alone has."""
    sections = {
        name: {str(tag["id"]): tag.get_text() for tag in body.find_all("h3")}
        for name, body in bodies.items()
    }
    shared = Counter(text for texts in sections.values() for text in set(texts.values()))
    entries = []
    for name, body in bodies.items():
        own = [(anchor, text) for anchor, text in sections[name].items() if shared[text] == 1]
        first = body.find("h2")
        heading = first.get_text() if first else name
        entries.append(
            {
                "id": name,
                "title": heading,
                "sections": own,
                "body": body.decode(formatter="minimal"),
            }
        )
    return entries


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
    for heading in body.find_all(_HEADINGS):
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
    for tag in body.find_all(
        ["script", "style", "link", "iframe", "object", "embed", "meta", "base"]
    ):
        tag.decompose()
    for tag in body.find_all(True):
        tag.attrs = {
            key: value for key, value in tag.attrs.items() if not key.lower().startswith("on")
        }
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
            link.extend([" ", code])
        link.unwrap()


def _figures(body: BeautifulSoup, name: str) -> None:
    """Put each picture into a figure of its own, with the caption that follows it, and the code of both together."""
    for number, image in enumerate(body.find_all("img", src=re.compile("^data:")), 1):
        said = str(image.attrs.pop("data-said", ""))
        heading = (
            said.removesuffix(str(image.get("alt", ""))).strip(" .") if image.get("alt") else ""
        )
        image["alt"] = (
            image.get("alt") or f"Picture {number} of notebook {name}, without a description."
        )
        cell = image.find_parent("div", class_="cell")
        # Pictures without a size of their own are as wide as they are.
        if int(str(image.get("width") or _PHONE)) < _PHONE:
            image["class"] = "narrow"
        figure, box = body.new_tag("figure"), body.new_tag("div")
        image.wrap(box)
        box.wrap(figure)
        _scrolls(box, f"Picture under {_heading_of(figure)}")
        following = cell.find_next_sibling() if cell else None
        caption = following.select_one("div.output.prose > p") if following else None
        told = re.match(r"Figure \d+", caption.get_text()) if caption else None
        if cell is None or following is None or caption is None or told is None:
            continue
        box["aria-label"] = f"{told[0]}: {heading}" if heading else told[0]
        caption.name = "figcaption"
        output = caption.parent
        figure.append(caption.extract())
        if output and not output.get_text(strip=True):
            output.decompose()
        code, more = cell.find("details"), following.find("details")
        if code and more and not following.find("div", class_="output"):
            code.extend([part.extract() for part in more.find_all("div", class_="highlight")])
            following.decompose()


def _heading_of(tag: Tag) -> str:
    """Return the words of the heading under which something stands."""
    heading = tag.find_previous(_HEADINGS)
    return heading.get_text() if heading else "no heading"


def _numbered(bodies: Collection[BeautifulSoup]) -> dict[str, Tag]:
    """Return the figures by the numbers in their captions."""
    figures = [
        figure for body in bodies for figure in body.find_all("figure") if figure.find("figcaption")
    ]
    return {re.findall(r"\d+", figure.get_text())[0]: figure for figure in figures}


def _drawn_for_a_phone(figure: Tag, drawing: Picture) -> None:
    """Show another drawing of a figure where the screen is narrow."""
    image = figure.find("img")
    if image is None or image.get("class") == "narrow":
        return
    making = BeautifulSoup("", "html.parser")
    picture = making.new_tag("picture")
    image.wrap(picture)
    size = {"width": str(drawing.width), "height": str(drawing.height)}
    source = making.new_tag(
        "source", attrs={"media": "(max-width: 40rem)", "srcset": drawing.source, **size}
    )
    image.insert_before(source)


def _figures_of_files(body: BeautifulSoup, figures: Mapping[str, Tag]) -> None:
    """Put the figure of that number where a picture in prose names a file; other pictures are not in the page."""
    for image in body.find_all("img", src=lambda source: not str(source).startswith("data:")):
        number = re.match(r"0*(\d+)", Path(str(image.get("src", ""))).name)
        figure = figures.get(number[1]) if number else None
        paragraph = image.find_parent("p")
        if figure and paragraph:
            paragraph.insert_before(copy(figure))
        image.decompose()
        if paragraph and not paragraph.get_text(strip=True):
            paragraph.decompose()


def _lists(body: BeautifulSoup) -> None:
    """Fold a result that is a Python list of strings, which nobody set as a text to be read, away with its code."""
    for block in body.select("div.cell > div.output > pre"):
        cell, output = block.find_parent("div", class_="cell"), block.parent
        code = cell.find("details") if cell else None
        if code and output and _is_list_of_strings(block.get_text()):
            code.append(output.extract())


def _is_list_of_strings(text: str) -> bool:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _checks(body: BeautifulSoup) -> None:
    """Fold what only checks that the words still hold: the sentence that says so, and the cells up to the last assert.

    A sentence that is all that a heading has below it stays, with its cells: there the check is
    what is told. So does the last cell where prose goes on after it, which explains its result.
    """
    for prose in body.find_all("div", class_="prose", recursive=False):
        sentence = (prose.find_all(True, recursive=False) or [prose])[-1]
        before = sentence.find_previous_sibling()
        if sentence.name != "p" or not _STOPS.search(sentence.get_text()):
            continue
        if before and _HEADINGS.match(before.name):
            continue
        cells = _cells_after(prose)
        after = cells[-1].find_next_sibling() if cells else None
        if after and not _HEADINGS.match((after.find(True) or after).name):
            cells.pop()
        while cells and not any(
            _ASSERTS.search(block.get_text()) for block in cells[-1].select(".highlight")
        ):
            cells.pop()
        if not cells:
            continue
        checks, summary = (
            body.new_tag("details", attrs={"class": "checks"}),
            body.new_tag("summary"),
        )
        summary.string = "Checks"
        prose.insert_after(checks)
        checks.extend([summary, sentence.extract(), *[cell.extract() for cell in cells]])
        for code in checks.find_all("details"):
            for part in code.find_all("summary"):
                part.decompose()
            code.unwrap()
        if not prose.get_text(strip=True):
            prose.decompose()


def _cells_after(prose: Tag) -> list[Tag]:
    """Return the code cells between a piece of prose and the next."""
    cells = []
    for tag in prose.find_next_siblings():
        if "cell" not in (tag.get("class") or ()):
            break
        cells.append(tag)
    return cells


def _first_results(body: BeautifulSoup) -> None:
    """Say below the heading Explore what the page has of a widget, in place of how to use it in JupyterLab."""
    for heading in body.find_all("h3", string=re.compile(r"^\s*Explore\s*$")):
        told, prose = heading.find_next_sibling("p"), heading.find_parent("div", class_="prose")
        if told and prose and _cells_after(prose):
            told.string = _FIRST_RESULT


def _intervals(body: BeautifulSoup) -> None:
    """Keep a number and the interval in brackets after it in one line."""
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
    """Make every table fit to read, and name it by the heading under which it stands."""
    under: Counter[str] = Counter()
    for table in body.find_all("table"):
        heading = _heading_of(table)
        under[heading] += 1
        number = f" {under[heading]}" if under[heading] > 1 else ""
        _table(body, table, f"Table{number} under {heading}")


def _table(body: BeautifulSoup, table: Tag, label: str) -> None:
    """Give a table headers with scope, classes and names of columns for the style, and a box to scroll in."""
    for tag in [table, *table.find_all(True)]:
        tag.attrs = {
            key: value for key, value in tag.attrs.items() if key in ("colspan", "rowspan")
        }
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
    kinds = [
        _kind(names, place, [row[place].get_text().strip() for row in cells if place < len(row)])
        for place in range(max(map(len, cells), default=0))
    ]
    for line in [*above, *cells]:
        for cell, kind in zip(line, kinds, strict=False):
            if kind and "colspan" not in cell.attrs:
                cell["class"] = kind
    for cell in table.find_all("td", class_="before"):
        # Cut at its beginning where it is too long; the text itself still runs from left to right.
        text = body.new_tag("bdi")
        text.extend([part.extract() for part in list(cell.contents)])
        cell.append(text)
    widths = [
        _width([line[place] for line in [*above, *cells] if place < len(line)])
        for place in range(len(kinds))
    ]
    if "node" not in kinds and ("long" in kinds or sum(widths) > _NARROW):
        _stacks(table, cells, names)
    box = table.wrap(body.new_tag("div"))
    _scrolls(box, label)


def _kind(names: list[str], place: int, texts: list[str]) -> str:
    """Return the classes of a column: how it is set, and whether a phone has room for it beside a concordance."""
    defined = [text for text in texts if text not in _UNDEFINED]
    number = "number" if defined and all(_NUMBER.fullmatch(text) for text in defined) else ""
    if set(_CONTEXT) <= set(names):
        return _CONTEXT.get(names[place]) or f"{number} aside".strip()
    return number or ("long" if any(len(text) > _LONG for text in texts) else "")


def _width(column: list[Tag]) -> int:
    """Return the characters of the longest piece of a column that cannot be broken, and a blank."""
    whole = [[cell.get_text()] if cell.name == "td" and cell.get("class") == "number" else cell.get_text().split()
             for cell in column]  # fmt: skip
    return max((len(piece) for pieces in whole for piece in pieces), default=0) + 1


def _stacks(table: Tag, cells: list[list[Tag]], names: list[str]) -> None:
    """Let a table stand on a phone as one block a row: each cell names its column, and roles say what it is."""
    table["class"] = "stacks"
    for tag in [table, *table.find_all(list(_ROLES))]:
        tag["role"] = "rowheader" if tag.get("scope") == "row" else _ROLES[tag.name]
    for row in cells:
        for cell, name in zip(row, names, strict=False):
            cell["data-column"] = name
            if cell.get_text().strip() in _UNDEFINED:
                cell["class"] = f"{cell.get('class', '')} none".strip()


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
