"""The page of the whole study: complete, self-contained, accessible, in a real browser."""

import re
import shutil
from contextlib import contextmanager
from functools import cache

import nbformat
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from stored import as_stored
from tabs import watched
from typer.testing import CliRunner

from analysis.study import run
from analysis.study.command_line import app
from analysis.study.page import Drawing, page

code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
SEVEN = Drawing(
    7, "rain", "It rains.", "How <much>.", "Bars.",
    '<svg width="9"><g id="a"><text>wide</text></g><use href="#a" clip-path="url(#a)"/></svg>',
    '<svg width="5"><text>narrow</text></svg>',
)  # fmt: skip


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def tagged(cell, *tags):
    cell.metadata["tags"] = list(tags)
    return cell


def shown(metadata=None, **data):
    """Return a code cell that showed something; keywords name the kinds, with _ for /."""
    content = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    output = nbformat.v4.new_output(
        "execute_result", content, metadata=metadata or {}, execution_count=1
    )
    return code("shown", outputs=[output], execution_count=1)


def parse(opening="", *, drawings=(), explorer="", **notebooks):
    return BeautifulSoup(
        page(notebooks, "Title", opening, drawings=drawings, explorer=explorer), "html.parser"
    )


@pytest.fixture(scope="module")
def text(stored, around):
    return page(stored, **around)


@pytest.fixture(scope="module")
def written(text, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "study.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def whole(text):
    return BeautifulSoup(text, "html.parser")


# What is in it


def test_it_is_as_stored_from_heading_to_heading(text):
    as_stored("page", {"study.html": text})


def test_every_notebook_stands_in_it_in_order_with_all_its_headings(whole, stored):
    prose = [
        cell.source
        for one in stored.values()
        for cell in one.cells
        if cell.cell_type == "markdown" and "explorer" not in cell.metadata.get("tags", [])
    ]
    wanted = re.findall(r"^(#+) (.+)$", "\n".join(prose), re.MULTILINE)
    there = [
        (int(tag.name[1]) - 1, tag.get_text())
        for tag in whole.select_one("#notebooks").find_all(re.compile("^h[2-6]$"))
    ]
    assert there == [(len(level), text) for level, text in wanted]
    assert len(whole.find_all("article")) == len(stored) + 1


def test_the_title_is_set_as_the_readme_sets_it(whole, root):
    title = re.search(r"^# (.+)$", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)[
        1
    ]
    assert (
        "".join(f"*{part.get_text()}*" if part.name == "em" else part for part in whole.h1) == title
    )
    assert whole.title.get_text() == title.replace("*", "")


def test_what_the_readme_says_was_found_stands_first_with_its_figure_and_the_findings_folded(
    whole, root
):
    first = whole.main.find(True)
    assert first.name == "article"
    parts = [
        part.name
        for part in first.find_all(["p", "figure", "details"])
        if not part.find_parent(["figure", "details"])
    ]
    assert parts.index("p") < parts.index("figure") < parts.index("details")
    assert whole.select(f'#notebooks .again a[href="#{first.figure["id"]}"]')
    listed = re.findall(r"^- (.+)$", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = [item.get_text() for item in first.select("details li")]
    assert told and all(sentence in listed for sentence in told)
    assert first.summary.get_text() == "All computed findings"
    assert run.found_in(root / "LICENSE") == ""


def test_a_figure_is_drawn_once_and_linked_to_where_it_comes_again():
    opening = (
        "## Found\n\nText.\n\n![x](figures/07-rain.svg)\n\n![y](figures/08-b.svg)\n\n<!-- findings:"
        " so -->\n- One.\n<!-- end of findings -->\n\nAfter.\n"
    )
    soup = parse(
        opening, drawings=[SEVEN], a=notebook(markdown("# A"), tagged(code("x"), "figure", "rain"))
    )
    first = soup.main.article
    assert [text.get_text() for text in first.select("svg text")] == ["wide", "narrow"]
    assert first.figcaption.get_text() == "Figure 7. How <much>."
    assert [item.get_text() for item in first.select("details li")] == ["One."]
    assert first.find_all("p")[-1].get_text() == "After."
    assert len(soup.find_all("figure")) == 1 and not soup.find_all("img")
    again = soup.select_one("#notebooks .again a")
    assert (again["href"], again.get_text()) == (f"#{first.figure['id']}", "Figure 7. It rains.")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), "also those of the two drawings"
    for use in soup.find_all("use"):
        assert use["href"][1:] in ids and use["clip-path"][5:-1] in ids


def test_findings_under_a_heading_and_long_tables_and_those_of_a_figure_are_folded():
    def table(rows):
        return shown(text_html=pd.DataFrame({"n": range(rows)}).to_html(index=False))

    def computed():
        return shown(text_markdown="- One.\n- Two.")

    figure = tagged(code("x"), "figure", "rain")
    cells = [
        markdown("# A"), table(8), table(9), figure, table(3), markdown("## Findings"), computed(),
        markdown("## Other\n\nIn a sentence:"), table(3), computed(),
    ]  # fmt: skip
    soup = parse(drawings=[SEVEN], a=notebook(*cells))
    folds = [" ".join(one.summary.get_text().split()) for one in soup.select("details.kept")]
    assert folds == ["Table of 9 rows under A", "Table of 3 rows under A", "2 findings"]
    assert len(soup.find_all("table")) == 4 and len(soup.select("li:-soup-contains('One.')")) == 2


def test_the_appendix_is_folded_whole_but_for_its_first_cell_and_nothing_but_code_within_it():
    cells = [
        markdown("# B\n\nAnswer."), shown(text_html=pd.DataFrame({"n": range(9)}).to_html()),
        markdown("## Part"), shown(text_markdown="- One."),
    ]  # fmt: skip
    text = page({"a": notebook(*cells), "b": notebook(*cells)}, "Title", appendix="b")
    plain, appendix = BeautifulSoup(text, "html.parser").select("article")
    assert not plain.select(".appendix") and len(plain.select(".kept")) == 2
    (folded,) = appendix.select(".kept")
    assert "Answer." in appendix.get_text() and "Answer." not in folded.get_text()
    assert folded.table and folded.li and folded.h3["id"] == "b--part"


def test_the_contents_lead_to_every_notebook_and_section_but_those_of_several_notebooks(whole):
    headings = whole.select("article h2, article h3, #explore")
    texts = [heading.get_text() for heading in headings]
    wanted = [heading for heading in headings if texts.count(heading.get_text()) == 1]
    assert [link["href"] for link in whole.nav.find_all("a")] == [
        f"#{heading['id']}" for heading in wanted
    ]
    assert {"Findings", "Limits"} <= set(texts) - {
        link.get_text() for link in whole.nav.find_all("a")
    }


def test_every_heading_and_figure_has_a_link_to_itself_with_a_name_of_its_own(whole):
    for heading in whole.select("article h2, article h3, article h4"):
        assert heading.a["href"] == f"#{heading['id']}"
        assert heading.get_text() in heading.a["aria-label"]
    for figure in whole.select("#notebooks figure"):
        assert figure.figcaption.a["href"] == f"#{figure['id']}"


def test_every_notebook_leads_back_to_the_contents(whole):
    for article in whole.select("#notebooks article"):
        assert article.select_one(".back a")["href"] == "#contents"


def test_the_foot_says_who_made_it_how_to_cite_it_and_what_may_be_done_with_it(whole, root):
    cited = run.citation_in(root / "CITATION.cff")
    foot = " ".join(whole.select_one("body > footer").get_text().split())
    assert len(cited) == 4 and all(value in foot for value in cited.values())
    assert "CC BY 4.0" in foot and "publishers" in foot
    assert not parse(a=notebook()).find("footer")


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("title: A\nauthors:\n  - name: B\n", None),
        ("MIT License", None),
        ("title: A\nversion: 1\nlicense: M\nauthors: [{name: B},{given-names: E, family-names: F}]",
         "B, E F"),
    ],
)  # fmt: skip
def test_a_citation_is_whole_or_none(tmp_path, text, authors):
    (tmp_path / "CITATION.cff").write_text(text, encoding="utf-8")
    assert run.citation_in(tmp_path / "CITATION.cff").get("authors") == authors


def test_ids_are_unique_and_every_link_within_the_page_leads_somewhere(whole):
    ids = [tag["id"] for tag in whole.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [link["href"] for link in whole.find_all("a", href=True)]
    assert links
    for link in links:
        assert link.startswith(("#", "https://")), link
        assert link.startswith("https://") or link[1:] in ids, link


def test_every_figure_of_a_notebook_is_there_as_text_with_its_alternative_and_caption(
    whole, stored, study
):
    figures = {figure.slug: figure for figure in study.figures}
    shown = [
        f"figure-{tag}"
        for one in stored.values()
        for cell in one.cells
        for tag in cell.metadata.get("tags", [])
        if tag in figures
    ]
    there = whole.select("figure")
    assert {box["id"] for box in there} == set(shown) and len(there) == len(set(shown))
    links = whole.select("#notebooks .again a")
    assert len(whole.select("#notebooks figure")) + len(links) == len(shown)
    for box in there:
        figure = figures[box["id"].removeprefix("figure-")]
        assert box.figcaption.get_text().endswith(figure.caption)
        for drawing in box.find_all("svg"):
            assert drawing["aria-label"].endswith(f"{figure.title}. {figure.alt}")
            assert drawing.find("text")


def test_every_code_cell_is_there_folded_and_is_its_source(whole, stored):
    articles = whole.select("#notebooks article")
    for one, article in zip(stored.values(), articles, strict=True):
        cells = [
            cell.source
            for cell in one.cells
            if cell.cell_type == "code" and "explorer" not in cell.metadata.get("tags", [])
        ]
        there = [block.get_text().strip() for block in article.select("details .highlight pre")]
        assert there == cells
        assert len(article.select(".highlight pre")) == len(cells), "none stands open"
    assert not whole.select("article details[open]")


def test_it_needs_nothing_but_itself(whole, text):
    assert not whole.find_all(["link", "iframe", "object", "embed", "base", "video", "audio"])
    assert not whole.find_all("script", src=True)
    assert all(tag["src"].startswith("data:image/png;base64,") for tag in whole.select("[src]"))
    for address in re.findall(r"url\(([^)]{1,30})", text):
        assert address.startswith(("#", "data:")), address
    assert "@import" not in text
    policy = whole.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'") and "script-src 'sha256-" in policy
    assert whole.html["lang"] == "en"


def test_the_same_notebooks_give_the_same_bytes(text, stored, around):
    assert page(stored, **around) == text


def test_the_step_writes_it_where_git_does_not_look(tmp_path, monkeypatch, root):
    shutil.copytree(root / "seeds", tmp_path / "seeds")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook(markdown("# One")), tmp_path / "notebooks" / "01-one.ipynb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "surroundings", lambda study, readme: {"title": "A study"})
    said = CliRunner().invoke(app, ["study", "--only", "page"])
    assert said.exit_code == 0
    assert "build" in said.stdout.splitlines()[-1]
    assert '<h2 id="01-one">One' in (tmp_path / "build" / "study.html").read_text(encoding="utf-8")
    assert "build/" in (root / ".gitignore").read_text(encoding="utf-8").splitlines()


# How a notebook becomes a part of it


def test_what_comes_out_of_a_source_is_escaped():
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    picture = {"image/png": {"alt": evil}}
    soup = parse(
        one=notebook(
            markdown(f"# {evil}\n\n## `{evil}`"),
            shown(text_plain=evil),
            shown(text_html=f"<p onclick='alert(1)'>said</p><iframe src='x'></iframe>{evil}"),
            shown(text_markdown=evil),
            shown(picture, image_png="AAAA", text_plain="x"),
            code(f"text = {evil!r}"),
        )
    )
    assert not soup.find_all("iframe")
    assert not [
        tag for tag in soup.find_all(True) if any(key.startswith("on") for key in tag.attrs)
    ]
    assert soup.pre.get_text() == "shown\n"
    assert [script.get_text()[:2] for script in soup.find_all("script")] == ["//"], (
        "that of the page"
    )
    assert evil in [block.get_text() for block in soup.select(".output pre")]
    assert evil in [image.get("alt") for image in soup.find_all("img")]
    assert any(evil in block.get_text() for block in soup.select("details pre"))
    drawing = Drawing(1, "x", evil, evil, evil, "<svg width='9'></svg>")
    figure = notebook(tagged(code("x"), "figure", "x"))
    hostile = BeautifulSoup(
        page({"a": figure}, f"*{evil}*", evil, {"authors": evil}, [drawing]), "html.parser"
    )
    assert len(hostile.find_all("script")) == 1 and not hostile.find_all("img")
    assert evil in hostile.svg["aria-label"] and evil in hostile.figcaption.get_text()


def test_equal_headings_of_one_and_of_two_notebooks_have_their_own_ids():
    cells = [markdown("# T"), markdown("## Findings"), markdown("## Findings"), markdown("## T")]
    soup = parse(a=notebook(*cells), b=notebook(*cells))
    ids = [heading["id"] for heading in soup.select("#notebooks h2, #notebooks h3")]
    assert ids == [
        "a",
        "a--findings",
        "a--findings-2",
        "a--t",
        "b",
        "b--findings",
        "b--findings-2",
        "b--t",
    ]


def test_links_between_notebooks_stay_and_links_to_files_become_names():
    text = (
        "# A\n\n## My section\n\n[a](https://doi.org/10.1/x), [b](02-b.ipynb),"
        " [c](02-b.ipynb#Its-part), [d](#My-section),"
        " [e](../seeds/README.md), [seeds/README.md](../seeds/README.md),"
        " [g](javascript:alert(1))"
    )
    soup = parse(
        **{"01-a": notebook(markdown(text)), "02-b": notebook(markdown("# B\n\n## Its part"))}
    )
    links = [link["href"] for link in soup.select("#notebooks .prose a:not(.anchor)")]
    assert links == ["https://doi.org/10.1/x", "#02-b", "#02-b--its-part", "#01-a--my-section"]
    assert "e seeds/README.md, seeds/README.md, g" in soup.main.get_text()
    assert [name.get_text() for name in soup.select(".prose code")] == ["seeds/README.md"] * 2


def test_a_notebook_without_a_heading_is_known_by_its_name():
    soup = parse(**{"07-x": notebook(markdown("Text.")), "08-y": notebook()})
    assert [heading.get_text() for heading in soup.select("#notebooks h2")] == ["07-x", "08-y"]


def test_a_picture_that_is_no_figure_of_the_study_stays_and_is_described():
    cells = [
        shown(image_png="AAAA"),
        shown({"image/png": {"alt": "B", "width": 9}}, image_png="AA"),
    ]
    soup = parse(a=notebook(*cells, tagged(shown(image_png="AAA"), "figure", "other")))
    assert [image["alt"] for image in soup.find_all("img")] == [
        "A picture without a description.", "B", "A picture without a description.",
    ]  # fmt: skip
    assert not soup.find("figure")


def test_a_figure_takes_the_caption_from_the_study_and_the_code_of_both_cells_is_folded_together():
    figure, caption = (
        tagged(shown(image_png="AAAA"), "figure", "rain"),
        shown(text_markdown="Other."),
    )
    caption.source = "Markdown(caption)"
    soup = parse(
        drawings=[SEVEN], a=notebook(figure, tagged(caption, "caption"), markdown("After."))
    )
    assert soup.figcaption.get_text() == "Figure 7. How <much>."
    assert soup.svg["aria-label"] == "Figure 7. It rains.. Bars."
    assert [part["class"] for part in soup.select("figure .paper")] == [
        ["paper", "wide"],
        ["paper", "narrow"],
    ]
    assert [pre.get_text().strip() for pre in soup.select("details pre")] == [
        "shown",
        "Markdown(caption)",
    ]
    assert "Other." not in soup.get_text() and not soup.find("img")


def test_cells_that_only_check_are_folded_together_with_what_is_said_of_them():
    check = shown(text_html="<p>as it should be</p>")
    check.source = "assert 1 < 2"
    cells = [tagged(markdown("This stops the notebook."), "check"), tagged(check, "check")]
    soup = parse(a=notebook(markdown("# A"), *cells, shown(text_html="<p>last table</p>")))
    folded = soup.select_one("details.checks")
    assert folded.summary.get_text() == "Checks"
    assert [part.get_text().strip() for part in folded.find_all(["p", "pre"])] == [
        "This stops the notebook.", "assert 1 < 2", "as it should be",
    ]  # fmt: skip
    assert not folded.find("details"), "it is opened once"
    assert [
        part.get_text() for part in soup.select(".output") if not part.find_parent("details")
    ] == ["last table"]


def test_a_notebook_without_a_heading_is_called_by_its_name_and_the_opening_is_not():
    soup = parse("## In short\n\nIt rained.", a=notebook(markdown("It rained.")))
    headings = [heading.find(string=True) for heading in soup.select("main h2")]
    assert headings == ["In short", "Contents", "a"]
    assert soup.select_one("#a").find(string=True) == "a"


def test_words_alone_fold_nothing():
    soup = parse(a=notebook(markdown("The cell stops the notebook."), code("assert True")))
    assert not soup.select("details.checks")


def test_where_there_is_an_explorer_the_cells_for_it_are_left_out():
    explore = [
        tagged(markdown("## Explore"), "explorer"),
        tagged(shown(text_html="<p>first</p>"), "explorer"),
    ]
    assert "first" in parse(a=notebook(*explore)).get_text()
    fragment = (
        "<p>here</p><script type='application/json'>{}</script><script>\nlet a = 1;\n</script>"
    )
    soup = parse(explorer=fragment, a=notebook(markdown("# A"), *explore))
    assert "first" not in soup.get_text()
    assert soup.select_one("#explorer p").get_text() == "here"
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.count("sha256-") == 2, "the two scripts that run"


def test_a_box_that_scrolls_says_what_is_in_it():
    def table():
        return shown(text_html="<table><tr><td>1</td></tr></table>")

    cells = [markdown("# A"), table(), markdown("## B"), table(), table(), shown(image_png="AAAA")]
    soup = parse(a=notebook(*cells))
    assert [box["aria-label"] for box in soup.select(".scroll")] == [
        "Table under A", "Table under B", "Table 2 under B", "Picture under B",
    ]  # fmt: skip


def test_a_number_and_its_interval_are_never_parted():
    text = (
        "kappa 0.80 [0.75, 0.85], +9% of all [-22%, +32%], -4.2 [unbounded, 0.9], see [a, b] and `1"
        " [2, 3]`"
    )
    soup = parse(a=notebook(shown(text_markdown=text)))
    assert [part.get_text() for part in soup.select(".whole")] == [
        "0.80 [0.75, 0.85]",
        "[-22%, +32%]",
        "-4.2 [unbounded, 0.9]",
    ]
    assert soup.select_one(".output p").get_text() == text.replace("`", "")


def table_of(frame, **options):
    return parse(a=notebook(shown(text_html=frame.to_html(**options)))).table


def headers(table):
    return [
        (cell.name, cell.get("scope"), cell.get_text())
        for cell in table.thead.find_all(["th", "td"])
    ]


def test_columns_of_numbers_are_flush_right_and_columns_of_words_left():
    frame = pd.DataFrame(
        {
            "word": ["movie", "7"],
            "rate": [1.5, float("nan")],
            "kept": ["1,340", "6 %"],
            "said": ["x" * 50, "y"],
        }
    )
    table = table_of(frame)
    assert [cell.get("class") for cell in table.thead.find_all(["th", "td"])] == [
        ["number"], None, ["number"], ["number"], ["long"],
    ]  # fmt: skip
    for row in table.tbody.find_all("tr"):
        kinds = [
            [kind for kind in cell.get("class", []) if kind != "none"]
            for cell in row.find_all("td")
        ]
        assert kinds == [[], ["number"], ["number"], ["long"]]
        assert row.th["scope"] == "row"
    assert headers(table)[:2] == [("td", None, ""), ("th", "col", "word")]
    assert table.parent["class"] == ["scroll"] and table.parent["tabindex"] == "0"


def test_an_interval_is_a_number():
    frame = pd.DataFrame(
        {"rate": ["13.2 [5.6, 26.5]", "-4.2 [unbounded, 0.9]"], "term": ["a", "b"]}
    )
    assert [cell.get("class") for cell in table_of(frame, index=False).tbody.tr.find_all("td")] == [
        ["number"],
        None,
    ]


def test_a_table_of_texts_or_of_many_columns_names_the_column_of_each_cell():
    table = table_of(pd.DataFrame({"voice": ["<b>", "–"], "text": ["x" * 50, "y"]}), index=False)
    assert table["class"] == ["stacks"]
    assert [cell["data-column"] for cell in table.tbody.find_all("td")] == ["voice", "text"] * 2
    assert [part["role"] for part in (table, table.tbody, table.tr, table.th, table.td)] == [
        "table", "rowgroup", "row", "columnheader", "cell",
    ]  # fmt: skip
    assert not table_of(pd.DataFrame({"voice": ["a"]})).get("class")
    many = pd.DataFrame(
        {name: [1.25] for name in ("expected", "together", "precision", "difference", "recall")}
    )
    assert table_of(many).get("class") == ["stacks"] and not table_of(many.iloc[:, :3]).get("class")


def test_the_name_of_the_index_is_that_of_its_column():
    frame = pd.DataFrame({"count": [1], "text": "x" * 50}, index=pd.Index(["a"], name="term"))
    cells = table_of(frame).tbody.find_all(["th", "td"])
    assert [cell["data-column"] for cell in cells] == ["term", "count", "text"]


def test_an_index_of_two_levels_keeps_its_columns_aligned():
    index = pd.MultiIndex.from_tuples(
        [("a", "x"), ("a", "y"), ("b", "x")], names=["interview", "role"]
    )
    table = table_of(pd.DataFrame({"text": ["one", "two", "six"], "count": [1, 2, 3]}, index=index))
    assert [header for header in headers(table) if header[0] == "th"] == [
        ("th", "col", name) for name in ("text", "count", "interview", "role")
    ]
    for row in table.tbody.find_all("tr"):
        assert [cell.get("class") for cell in row.find_all(["th", "td"])][-2:] == [None, ["number"]]
    assert [cell["scope"] for cell in table.tbody.tr.find_all("th")] == ["row", "row"]


def test_tables_of_every_width_and_height_are_as_stored():
    cells = [markdown("# Of all kinds")]
    for long in (39, 40, 41):  # characters of a cell
        cells.append(shown(text_html=pd.DataFrame({"a": ["x" * long, "y"]}).to_html()))
    for width in range(40, 48):  # characters of all columns
        frame = pd.DataFrame({"a": ["x" * (width - 12)], "b": ["1.25 [0.50, 2.00]"], "c": ["–"]})
        cells.append(shown(text_html=frame.to_html(index=False)))
        frame = pd.DataFrame({"x" * (width - 8): [1], "b": [2.5]}, index=pd.Index(["y"], name="z"))
        cells.append(shown(text_html=frame.to_html()))
    for rows in (7, 8, 9):
        cells.append(shown(text_html=pd.DataFrame({"a": range(rows)}).to_html()))
    for level in range(1, 7):
        cells.append(markdown(f"{'#' * level} Level {level}\n\nSee [it](b.ipynb#Level-{level})."))
    soup = page({"a": notebook(*cells), "b": notebook(*cells[-6:])}, "Title", "## Found\n\n1.")
    body = BeautifulSoup(soup, "html.parser").main
    as_stored("page-of-tables", {"page.html": str(body)})


# How it behaves in a browser


@pytest.fixture
def visit(open_file, written):
    """Open a page."""

    def opened(width, path=written, at="", **options):
        return open_file(path, at, width, 800, **options)

    return opened


@contextmanager
def tabs(browser, written):
    """Yield what opens the page at a width and in a colour scheme, each in a tab of its own."""
    contexts = []

    def opened(width, scheme="light"):
        screen = {"width": width, "height": 800}
        contexts.append(browser.new_context(viewport=screen, color_scheme=scheme))
        tab = watched(contexts[-1].new_page())
        tab.goto(written.as_uri())
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def seen(browser, written):
    """The page in a tab for each width, for tests that only look at it."""
    with tabs(browser, written) as opened:
        yield cache(opened)


@pytest.fixture(scope="module", params=[(1280, "light"), (390, "dark")])
def unfolded(request, browser, written):
    """The page on a screen and on a phone, with everything open that is folded."""
    with tabs(browser, written) as opened:
        tab = opened(*request.param)
        tab.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        yield tab


def test_axe_finds_nothing_with_all_code_open(unfolded):
    tab, width = unfolded, unfolded.viewport_size["width"]
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    assert not tab.faults
    assert not [url for url in tab.asked if not url.startswith(("data:", "file:"))]
    assert len([url for url in tab.asked if url.startswith("file:")]) == 1, "the page alone"
    assert tab.evaluate("document.documentElement.scrollWidth") == width, (
        "the page itself does not scroll sideways"
    )


SCROLLING = """[...document.querySelectorAll('.scroll')]
    .filter(box => box.scrollWidth > box.clientWidth && !box.querySelector('img'))
    .map(box => box.ariaLabel)"""


def test_every_table_fits_a_screen_and_a_phone(unfolded):
    assert unfolded.evaluate(SCROLLING) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (r' role="img" aria-label="[^"]+"', ' role="img"', "svg-img-alt"),
        (r"--quiet: #\w+", "--quiet: #b0b0b0", "color-contrast"),
        (r'<html lang="en">', "<html>", "html-has-lang"),
        (r' tabindex="0"', "", "scrollable-region-focusable"),
        (r'(<th[^>]* scope="col"[^>]*>)[^<]+', r"\1", "empty-table-header"),
    ],
)
def test_axe_finds_what_is_planted(visit, tmp_path, old, new, rule):
    wide = shown(text_html=pd.DataFrame({"word": ["x"], "rate": [1]}).to_html(index=False))
    figure = tagged(code("x"), "figure", "rain")
    cells = [markdown("# A"), figure, markdown("## B"), wide]
    small = page({"a": notebook(*cells)}, "Title", drawings=[SEVEN])
    text, changed = re.subn(old, new, small.replace("thead th {", "thead th { min-width: 60rem;"))
    assert changed
    (tmp_path / "worse.html").write_text(text, encoding="utf-8")
    tab = visit(360, path=tmp_path / "worse.html")
    found = Axe().run(tab, options={"runOnly": {"type": "rule", "values": [rule]}})
    assert [violation["id"] for violation in found.response["violations"]] == [rule]


def test_it_can_be_used_with_the_keyboard_alone(visit):
    tab = visit(1280)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "notebooks"
    for _ in range(5):  # past the links of the first headings
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    assert not tab.locator("#notebooks details pre").first.is_visible()
    tab.keyboard.press("Enter")
    assert tab.locator("#notebooks details pre").first.is_visible()


def test_the_contents_follow_the_reader(visit, whole):
    tab = visit(1280)
    sections = [heading["id"] for heading in whole.select("#notebooks h3")][3:40:6]
    for section in [*sections, sections[0]]:
        tab.evaluate("section => { location.hash = section }", section)
        tab.wait_for_timeout(60)
        link = tab.locator("nav [aria-current]")
        if tab.locator(f'nav a[href="#{section}"]').count():
            assert link.get_attribute("href") == f"#{section}"
        assert 0 <= link.bounding_box()["y"] <= 800, "it is kept in sight"


def test_an_address_into_what_is_folded_opens_it(visit, tmp_path):
    inside = notebook(markdown("# A"), tagged(markdown("## Inside"), "check"))
    text = page({"a": inside}, "Title", appendix="a")
    (tmp_path / "folded.html").write_text(text, encoding="utf-8")
    at = {"path": tmp_path / "folded.html", "at": "#a--inside"}
    assert visit(1280, **at).locator("#a--inside").is_visible()
    assert visit(1280, **at, java_script_enabled=False).locator("#a--inside").is_visible()
    assert not visit(1280, path=at["path"]).locator("#a--inside").is_visible()


def test_without_script_all_of_it_can_be_read(visit, whole):
    tab = visit(1280, java_script_enabled=False)
    assert tab.locator("#notebooks article").count() == len(whole.select("#notebooks article"))
    assert tab.locator("#explorer table").is_visible(), "the explorer's first result"
    assert tab.locator("figure .wide svg").first.is_visible()


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (390, False)])
def test_the_contents_stand_beside_the_opening_or_after_it(seen, width, beside):
    tab = seen(width)
    opening, contents = (
        tab.locator(part).first.bounding_box() for part in ("main article p", "nav")
    )
    assert (
        contents["y"] <= opening["y"] and contents["x"] + contents["width"] <= opening["x"]
    ) == beside
    assert (contents["y"] > opening["y"]) != beside


def test_figures_are_drawn_for_a_phone_and_fit_it(seen):
    sizes = (
        "[...document.querySelectorAll('figure svg')].filter(one => one.checkVisibility())"
        ".map(one => one.getBoundingClientRect().width)"
    )
    narrow, wide = seen(390).evaluate(sizes), seen(1280).evaluate(sizes)
    assert len(narrow) == len(wide) > 5
    assert all(300 < width <= 358 for width in narrow), "as wide as a column, type of 7 points"
    assert max(wide) > 600


def test_the_letters_of_the_figures_are_those_they_were_drawn_with(seen):
    loaded = """document.fonts.ready.then(
        () => [...document.fonts].map(face => [face.family, face.status]))"""
    assert seen(1280).evaluate(loaded) == [["Fira Sans", "loaded"]] * 2


def test_print_holds_the_computed_findings_and_the_argument_and_no_code(visit):
    tab = visit(700)
    tab.emulate_media(media="print")
    folded = tab.locator(".kept :is(li, table, h3)")
    assert folded.count() > 20 and folded.filter(visible=True).count() == folded.count()
    assert (
        not tab.locator("details pre, summary, .checks, .back, .screen, .skip, .anchor, #explorer")
        .filter(visible=True)
        .count()
    )
    assert (
        tab.locator("nav").evaluate("contents => getComputedStyle(contents).position") == "static"
    )
    exact = (
        "[...document.querySelectorAll('mark')].every(part =>"
        " getComputedStyle(part).printColorAdjust == 'exact')"
    )
    assert tab.evaluate(exact)


def test_no_browser_is_a_failure_in_ci_and_a_skip_elsewhere(monkeypatch, root, no_browser):
    monkeypatch.delenv("BROWSER_REQUIRED", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make browser"):
        no_browser()
    monkeypatch.setenv("BROWSER_REQUIRED", "1")
    with pytest.raises(pytest.fail.Exception, match="make browser"):
        no_browser()
    assert "export BROWSER_REQUIRED=1" in (root / ".ci/run").read_text(encoding="utf-8")
    assert 'BROWSER_REQUIRED: "1"' in (root / ".github/workflows/test.yml").read_text(
        encoding="utf-8"
    )
