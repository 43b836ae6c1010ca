"""The page of the whole study: complete, self-contained, accessible; looked at in a real browser."""

import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Error, sync_playwright
from typer.testing import CliRunner

from analysis.figures.word_figures import study_figures
from analysis.study import run as study
from analysis.study.command_line import app
from analysis.study.page import page

code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def shown(metadata=None, **data):
    """Return a code cell that showed something; keywords name the kinds, with _ for /."""
    content = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    output = nbformat.v4.new_output(
        "execute_result", content, metadata=metadata or {}, execution_count=1
    )
    return code("shown", outputs=[output], execution_count=1)


def parse(opening="", **notebooks):
    return BeautifulSoup(page(notebooks, "Title", opening), "html.parser")


@pytest.fixture(scope="module")
def drawings():
    return study.drawn_for_a_phone(study_figures("seeds", "tests/gold"))


@pytest.fixture(scope="module")
def written(tmp_path_factory, drawings):
    folder = tmp_path_factory.mktemp("page")
    return study.write_page(
        Path("notebooks"), folder / "build" / "study.html", Path("README.md"), drawings
    )


@pytest.fixture(scope="module")
def whole(written):
    return BeautifulSoup(written.read_text(encoding="utf-8"), "html.parser")


# What is in it


def test_every_notebook_stands_in_it_in_order_with_all_its_headings(whole, root):
    stored = [
        nbformat.read(path, as_version=4) for path in sorted((root / "notebooks").glob("*.ipynb"))
    ]
    prose = [
        cell.source for stored in stored for cell in stored.cells if cell.cell_type == "markdown"
    ]
    wanted = re.findall(r"^(#+) (.+)$", "\n".join(prose), re.MULTILINE)
    there = [
        (int(tag.name[1]) - 1, tag.get_text())
        for tag in whole.main.find_all(re.compile("^h[2-6]$"))
    ]
    own = [
        (1, title[1])
        for title in re.findall(r"^(## )(.+)$", study.found_in(root / "README.md"), re.MULTILINE)
    ]
    assert there == [*own, (1, "Contents"), *((len(level), text) for level, text in wanted)]
    assert len(own) == 1 and len(whole.find_all("article")) == len(stored) + 1


def test_the_title_is_set_as_the_readme_sets_it(whole, root):
    title = re.search(r"^# (.+)$", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)[
        1
    ]
    assert (
        "".join(f"*{part.get_text()}*" if part.name == "em" else part for part in whole.h1) == title
    )
    assert whole.title.get_text() == title.replace("*", "") == study.title_of(root / "README.md")


def test_what_the_readme_says_was_found_stands_first_with_its_figure_and_the_findings_folded(
    whole, root
):
    first = whole.main.find(True)
    assert first.name == "article" and first.find_next_sibling().name == "nav"
    parts = [
        part.name
        for part in first.find_all(["p", "figure", "details"])
        if not part.find_parent(["figure", "details"])
    ]
    assert parts.index("p") < parts.index("figure") < parts.index("details")
    assert first.img["alt"] in {image["alt"] for image in whole.select("#notebooks img")}
    listed = re.findall(r"^- (.+)$", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = [item.get_text() for item in first.select("details li")]
    assert told and all(sentence in listed for sentence in told)
    assert first.summary.get_text() == "All computed findings"
    assert study.found_in(root / "LICENSE") == ""


def test_an_opening_shows_the_figures_it_names_before_the_findings_and_none_after():
    opening = (
        "## Found\n\nText.\n\n![x](figures/07-a.svg)\n\n![y](figures/08-b.svg)\n\n<!-- findings: so"
        " -->\n- One.\n<!-- end of findings -->\n\n![z](figures/07-a.svg)\n\nAfter.\n"
    )
    figure = shown({"image/png": {"alt": "seven"}}, image_png="AAAA", text_plain="x")
    soup = parse(
        opening, a=notebook(markdown("# A"), figure, shown(text_markdown="**Figure 7.** Said."))
    )
    first = soup.main.article
    assert [image["alt"] for image in first.find_all("img")] == ["seven"]
    assert first.figcaption.get_text() == "Figure 7. Said."
    assert [item.get_text() for item in first.select("details li")] == ["One."]
    assert first.find_all("p")[-1].get_text() == "After."
    assert len(soup.find_all("img")) == 2


def test_the_contents_lead_to_every_notebook_and_section_but_those_of_several_notebooks(whole):
    headings = whole.main.find_all(["h2", "h3"])
    texts = [heading.get_text() for heading in headings]
    wanted = [
        heading
        for heading in headings
        if texts.count(heading.get_text()) == 1 and heading["id"] != "contents"
    ]
    assert [link["href"] for link in whole.nav.find_all("a")] == [
        f"#{heading['id']}" for heading in wanted
    ]
    assert {"Findings", "Limits"} <= set(texts) - {
        link.get_text() for link in whole.nav.find_all("a")
    }


def test_every_notebook_leads_back_to_the_contents(whole):
    for article in whole.select("#notebooks article"):
        assert article.find("a")["href"] == "#contents" and article.a.get_text() == "Contents"


def test_the_foot_says_who_made_it_how_to_cite_it_and_what_may_be_done_with_it(
    whole, root, tmp_path
):
    cited = (root / "CITATION.cff").read_text(encoding="utf-8")
    foot = " ".join(whole.footer.get_text().split())
    for key in ("name", "version", "title"):
        assert all(
            value in foot for value in re.findall(rf"^(?:  - )?{key}: (.+)$", cited, re.MULTILINE)
        )
    assert "MIT" in foot and "CC BY 4.0" in foot and "publishers" in foot
    assert study.citation_in(root / "LICENSE") == {}
    (tmp_path / "half.cff").write_text("title: A\nauthors:\n  - name: B\n", encoding="utf-8")
    assert study.citation_in(tmp_path / "half.cff") == {}, "no foot with gaps"
    assert not parse(a=notebook()).find("footer")


def test_ids_are_unique_and_every_link_within_the_page_leads_somewhere(whole):
    ids = [tag["id"] for tag in whole.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [link["href"] for link in whole.find_all("a", href=True)]
    assert links
    for link in links:
        assert link.startswith(("#", "https://")), link
        assert link.startswith("https://") or link[1:] in ids, link


def test_every_exported_figure_is_there_with_its_alternative_text_and_caption(whole, root):
    index = json.loads((root / "figures" / "index.json").read_text(encoding="utf-8"))["figures"]
    shown_there = whole.select_one("#notebooks")
    assert [image["alt"] for image in shown_there.find_all("img")] == [
        figure["alt"] for figure in index
    ]
    captions = [caption.get_text() for caption in shown_there.find_all("figcaption")]
    assert captions == [f"Figure {figure['number']}. {figure['caption']}" for figure in index]
    boxes = [box["aria-label"] for box in shown_there.select("figure .scroll")]
    assert boxes == [f"Figure {figure['number']}: {figure['title']}" for figure in index]


def test_every_code_cell_is_there_folded_and_is_its_source(whole, root):
    articles = whole.select("#notebooks article")
    for path, article in zip(sorted((root / "notebooks").glob("*.ipynb")), articles, strict=True):
        cells = [
            cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
        ]
        there = [block.get_text().strip() for block in article.select("details .highlight pre")]
        assert there == cells
        assert len(article.select(".highlight pre")) == len(cells), "none stands open"
    assert not whole.select("details[open]")


def test_it_needs_nothing_but_itself(written):
    text = written.read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser")
    assert not soup.find_all(
        ["script", "link", "iframe", "object", "embed", "base", "video", "audio"]
    )
    assert all(tag["src"].startswith("data:image/png;base64,") for tag in soup.find_all(src=True))
    assert all(
        tag["srcset"].startswith("data:image/png;base64,") for tag in soup.find_all("source")
    )
    assert not re.search(
        r"url\(|@import|srcset=\"(?!data:)|\ssrc=\"http", re.sub(r"base64,[^\"]+", "", text)
    )
    assert soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"].startswith(
        "default-src 'none'"
    )
    assert soup.html["lang"] == "en"


def test_the_same_notebooks_give_the_same_bytes(written, drawings, tmp_path):
    again = study.write_page(
        Path("notebooks"), tmp_path / "study.html", Path("README.md"), drawings
    )
    assert again.read_bytes() == written.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["study.html"]


def test_the_step_writes_it_where_git_does_not_look(tmp_path, monkeypatch, root):
    shutil.copytree(root / "seeds", tmp_path / "seeds")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook(markdown("# One")), tmp_path / "notebooks" / "01-one.ipynb")
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["study", "--only", "page"])
    assert said.exit_code == 0
    assert "build" in said.stdout.splitlines()[-1]
    assert '<h2 id="01-one">One</h2>' in (tmp_path / "build" / "study.html").read_text(
        encoding="utf-8"
    )
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
    assert not soup.find_all(["script", "iframe"])
    assert not [
        tag for tag in soup.find_all(True) if any(key.startswith("on") for key in tag.attrs)
    ]
    assert soup.pre.get_text() == "shown\n"
    assert evil in [block.get_text() for block in soup.select(".output pre")]
    assert evil in [image.get("alt") for image in soup.find_all("img")]
    assert any(evil in block.get_text() for block in soup.select("details pre"))
    assert not BeautifulSoup(
        page({}, f"*{evil}*", evil, {"authors": evil}), "html.parser"
    ).find_all(["script", "img"])


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
        "# A\n\n## My section\n\n[b](02-b.ipynb), [c](02-b.ipynb#Its-part), [d](#My-section),"
        " [e](../seeds/README.md), [seeds/README.md](../seeds/README.md),"
        " [f](https://doi.org/10.1/x), [g](javascript:alert(1))"
    )
    soup = parse(
        **{"01-a": notebook(markdown(text)), "02-b": notebook(markdown("# B\n\n## Its part"))}
    )
    links = [link["href"] for link in soup.select("#notebooks .prose a")]
    assert links == ["#02-b", "#02-b--its-part", "#01-a--my-section", "https://doi.org/10.1/x"]
    assert "e seeds/README.md, seeds/README.md, f" in soup.main.get_text()
    assert [name.get_text() for name in soup.select(".prose code")] == ["seeds/README.md"] * 2


def test_a_notebook_without_a_heading_is_known_by_its_name():
    soup = parse(**{"07-x": notebook(markdown("Text.")), "08-y": notebook()})
    assert [heading.get_text() for heading in soup.select("#notebooks h2")] == ["07-x", "08-y"]


def test_a_picture_without_description_says_so_and_takes_no_other_text_for_its_caption():
    soup = parse(
        a=notebook(
            shown(image_png="AAAA"), shown(text_markdown="Figures lie."), markdown("Figure 1. No.")
        )
    )
    assert soup.img["alt"] == "Picture 1 of notebook a, without a description."
    assert not soup.find("figcaption")
    assert "Figures lie." in soup.get_text()


def test_the_static_result_of_a_widget_is_shown_and_a_widget_alone_is_not():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    both = nbformat.v4.new_output(
        "display_data", {**widget, "text/html": "<p>static</p>", "text/plain": "VBox()"}
    )
    alone = nbformat.v4.new_output("display_data", {**widget, "text/plain": "VBox()"})
    soup = parse(a=notebook(code("x", outputs=[alone, both])))
    assert [block.get_text() for block in soup.select(".output")] == ["static"]


def test_what_only_checks_is_folded_with_the_sentence_before_it():
    told = "**Sure.** Yes.\n\nThe answer is in words; this cell stops the\nnotebook otherwise."
    check = shown(text_html="<p>as it should be</p>")
    check.source = "assert 1 < 2\nshow(1)"
    kept = shown(text_html="<p>last table</p>")
    soup = parse(
        a=notebook(markdown("# A"), markdown(told), shown(text_html="<p>counted</p>"), check, kept)
    )
    folded = soup.select_one("details.checks")
    assert folded.summary.get_text() == "Checks"
    assert [" ".join(part.get_text().split()) for part in folded.find_all(["p", "pre"])] == [
        "The answer is in words; this cell stops the notebook otherwise.",
        "shown", "counted", "assert 1 < 2 show(1)", "as it should be",
    ]  # fmt: skip
    assert not folded.find("details"), "it is opened once"
    assert [
        block.get_text() for block in soup.select(".output") if not block.find_parent("details")
    ] == ["last table"]
    assert "Sure." in soup.get_text().replace(folded.get_text(), "")


@pytest.mark.parametrize(("after", "folded"), [("## Explore", 2), ("The last table shows it.", 1)])
def test_of_several_checks_the_one_that_is_explained_stays(after, folded):
    cells = [shown(text_html="<p>said</p>"), shown(text_html="<p>told</p>")]
    for cell in cells:
        cell.source = "assert True"
    told = markdown("Yes.\n\nThe next two cells stop the notebook otherwise.")
    soup = parse(a=notebook(told, *cells, markdown(after)))
    assert len(soup.select("details.checks .cell")) == folded
    assert soup.select("details.checks ~ .prose")[0].get_text().strip() == after.removeprefix("## ")


@pytest.mark.parametrize(
    "text",
    [
        "The table says so.",  # no sentence
        "## Nothing is lost\n\nEach is in one row; the cell stops the notebook otherwise.",  # the section is about it
        "This cell stops the notebook if it is wrong.\n\nAnd this is its table:",  # another sentence lies between
    ],
)
def test_a_check_that_is_a_part_of_the_argument_stays(text):
    check = shown(text_html="<p>said</p>")
    check.source = "assert True"
    assert not parse(a=notebook(markdown(text), check, markdown("## More"))).select(
        "details.checks"
    )


def test_a_sentence_on_stopping_without_a_check_stays():
    text = "The answer.\n\nThis cell stops the notebook otherwise."
    soup = parse(
        a=notebook(markdown(text), shown(text_plain="x"), code("x = 'assert'"), markdown("More."))
    )
    assert "stops the notebook" in soup.select_one("article .prose").get_text()


def test_where_a_widget_was_its_first_result_is_announced():
    told = markdown(
        "## Explore\n\nIn JupyterLab, type a word;\nelsewhere the first result stands here."
    )
    soup = parse(
        a=notebook(markdown("# A"), told, shown(text_html="<p>static</p>")), b=notebook(told)
    )
    assert [part.get_text() for part in soup.select("#notebooks .prose p")] == [
        "The interactive version is in the notebook; its first result:",
        "In JupyterLab, type a word;\nelsewhere the first result stands here.",
    ]


def test_a_list_of_strings_stays_folded_with_its_code():
    soup = parse(
        a=notebook(
            shown(text_plain="['a', '<b>']"), shown(text_plain="[1]"), shown(text_plain="'a'")
        )
    )
    assert [block.get_text() for block in soup.select("details .output")] == ["['a', '<b>']"]
    assert [block.get_text() for block in soup.select(".cell > .output")] == ["[1]", "'a'"]


def test_a_box_that_scrolls_says_what_is_in_it():
    def table():
        return shown(text_html="<table><tr><td>1</td></tr></table>")

    def picture():
        return shown(
            {"image/png": {"alt": "Bars."}}, image_png="AAAA", text_plain="What is told. Bars."
        )

    cells = [markdown("# A"), table(), markdown("## B"), table(), table(), picture()]
    soup = parse(a=notebook(*cells, shown(text_markdown="**Figure 3.** Told."), picture()))
    assert [box["aria-label"] for box in soup.select(".scroll")] == [
        "Table under A", "Table under B", "Table 2 under B", "Figure 3: What is told", "Picture under B",
    ]  # fmt: skip


def test_a_number_and_its_interval_are_never_parted():
    text = (
        "kappa 0.80 [0.75, 0.85], +9% of all [-22%, +32%], -4.2 [no end, 0.9], see [a, b] and `1"
        " [2, 3]`"
    )
    soup = parse(a=notebook(shown(text_markdown=text)))
    assert [part.get_text() for part in soup.select(".whole")] == [
        "0.80 [0.75, 0.85]",
        "[-22%, +32%]",
        "-4.2 [no end, 0.9]",
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
    import pandas as pd

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


def test_an_interval_is_a_number_and_a_concordance_knows_its_columns():
    import pandas as pd

    frame = pd.DataFrame({"rate": ["13.2 [5.6, 26.5]", "-4.2 [no end, 0.9]"], "term": ["a", "b"]})
    assert [cell.get("class") for cell in table_of(frame, index=False).tbody.tr.find_all("td")] == [
        ["number"],
        None,
    ]
    lines = {
        "interview": ["tiff"],
        "left": ["to"],
        "node": ["connect"],
        "right": ["or " * 30],
        "characters": [12],
    }
    cells = table_of(pd.DataFrame(lines), index=False).tbody.tr.find_all("td")
    assert [" ".join(cell.get("class", [])) for cell in cells] == [
        "aside",
        "before",
        "node",
        "after",
        "number aside",
    ]
    assert cells[1].bdi.get_text() == "to"


def test_a_table_of_texts_or_of_many_columns_names_the_column_of_each_cell():
    import pandas as pd

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


def test_the_name_of_the_index_stands_in_the_row_of_the_columns():
    import pandas as pd

    frame = pd.DataFrame({"count": [1, 2]}, index=pd.Index(["a", "b"], name="term"))
    assert headers(table_of(frame)) == [("th", "col", "term"), ("th", "col", "count")]


def test_an_index_of_two_levels_keeps_its_columns_aligned():
    import pandas as pd

    index = pd.MultiIndex.from_tuples(
        [("a", "x"), ("a", "y"), ("b", "x")], names=["interview", "role"]
    )
    table = table_of(pd.DataFrame({"text": ["one", "two", "six"], "count": [1, 2, 3]}, index=index))
    assert headers(table) == [
        ("th", "col", name) for name in ("interview", "role", "text", "count")
    ]
    for row in table.tbody.find_all("tr"):
        assert [cell.get("class") for cell in row.find_all(["th", "td"])][-2:] == [None, ["number"]]
    assert [cell["scope"] for cell in table.tbody.tr.find_all("th")] == ["rowgroup", "row"]


# How it behaves in a browser


@pytest.fixture(scope="module")
def browser():
    """Open a headless Chromium or Chrome: playwright's own, or the one of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    ways = [
        {},
        *({"executable_path": path} for path in map(shutil.which, names) if path),
        {"channel": "chrome"},
    ]
    with sync_playwright() as playwright:
        for way in ways:
            try:
                opened = playwright.chromium.launch(**way)
            except Error:
                continue
            yield opened
            opened.close()
            return
        without_a_browser()


def without_a_browser():
    """Skip; but CI requires a browser, or nobody would notice that the accessibility check never runs."""
    say = pytest.fail if os.environ.get("BROWSER_REQUIRED") else pytest.skip
    say("no Chromium or Chrome was found; install one, or run: make browser")


@pytest.fixture
def visit(browser, written):
    """Open a page at a width and in a colour scheme; the contexts are closed at the end."""
    contexts = []

    def opened(width, scheme="light", path=written):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        tab = context.new_page()
        tab.requests = []
        tab.on("request", lambda request: tab.requests.append(request.url))
        tab.goto(path.as_uri())
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
)
def test_axe_finds_nothing_with_all_code_open(visit, width, scheme):
    tab = visit(width, scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    assert not [url for url in tab.requests if not url.startswith(("data:", "file:"))]
    assert len([url for url in tab.requests if url.startswith("file:")]) == 1, "the page alone"
    assert tab.evaluate("document.documentElement.scrollWidth") == width, (
        "the page itself does not scroll sideways"
    )


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (r' alt="[^"]+"', "", "image-alt"),
        (r"--quiet: #\w+", "--quiet: #b0b0b0", "color-contrast"),
        (r'<html lang="en">', "<html>", "html-has-lang"),
        (r' tabindex="0"', "", "scrollable-region-focusable"),
        (r'<th scope="col">[^<]+</th>', '<th scope="col"></th>', "empty-table-header"),
    ],
)
def test_axe_finds_what_is_planted(visit, written, tmp_path, old, new, rule):
    text, changed = re.subn(old, new, written.read_text(encoding="utf-8"))
    assert changed
    # Without the drawings for a phone something scrolls there.
    text = re.sub("</?picture>|<source[^>]+>", "", text)
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
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert not tab.locator("details pre").first.is_visible()
    tab.keyboard.press("Enter")
    assert tab.locator("details pre").first.is_visible()


SCROLLING = """[...document.querySelectorAll('.scroll')].filter(
    box => box.scrollWidth > box.clientWidth && !box.querySelector('img')).map(box => box.ariaLabel)"""


def test_every_table_fits_a_screen(visit):
    assert visit(1280).evaluate(SCROLLING) == []


def test_every_table_fits_a_phone_and_a_concordance_keeps_its_word_on_it(visit):
    tab = visit(390)
    assert tab.evaluate(SCROLLING) == []
    nodes = "[...document.querySelectorAll('td.node')].map(cell => cell.getBoundingClientRect())"
    assert all(
        box["left"] > 0 and box["right"] < 390 for box in tab.evaluate(nodes) if box["width"]
    )
    assert not tab.locator("td.aside").first.is_visible()
    # What stands before the word is cut at its beginning: its end lies at the word.
    ends = (
        "[...document.querySelectorAll('td.before bdi')].map(text =>"
        " text.getBoundingClientRect().right)"
    )
    starts = (
        "[...document.querySelectorAll('td.before')].map(cell =>"
        " cell.getBoundingClientRect().right)"
    )
    assert all(
        end <= start for end, start in zip(tab.evaluate(ends), tab.evaluate(starts), strict=True)
    )


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (390, False)])
def test_the_contents_stand_beside_the_opening_or_after_it(visit, width, beside):
    tab = visit(width)
    opening, contents = (
        tab.locator(part).first.bounding_box() for part in ("main article p", "nav")
    )
    assert (
        contents["y"] <= opening["y"] and contents["x"] + contents["width"] <= opening["x"]
    ) == beside
    assert (contents["y"] > opening["y"]) != beside


def test_pictures_are_drawn_for_a_phone_and_fit_it(visit, drawings):
    sizes = (
        "[...document.images].map(image => [image.clientWidth, image.clientHeight,"
        " image.naturalWidth])"
    )
    tab = visit(390)
    for width, height, natural in tab.evaluate(sizes):
        assert 0 < width <= 390 and abs(width / 337 - 1) < 0.02, (
            "as wide as a column: type of 7 points and more"
        )
        assert natural == pytest.approx(2 * width, abs=2) and height > 0
    assert tab.evaluate(SCROLLING.replace("&& !box.querySelector('img')", "")) == []
    assert max(width for width, _, _ in visit(1280).evaluate(sizes)) > 600
    assert {"1", "3", "12"} <= set(drawings) and "2" not in drawings, (
        "those that are wider than a column"
    )


def test_a_picture_with_no_drawing_for_a_phone_scrolls_in_its_own_box(visit, tmp_path):
    tab = visit(
        360, path=study.write_page(Path("notebooks"), tmp_path / "study.html", Path("README.md"))
    )
    boxes = tab.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(box => box.checkVisibility())"
        ".map(box => [box.scrollWidth, box.clientWidth, box.clientHeight])"
    )
    assert any(inner > outer for inner, outer, _ in boxes), "something is wide"
    assert all(outer <= 360 - 2 * 16 and height > 0 for _, outer, height in boxes)


def test_print_holds_the_computed_findings_and_the_argument_and_no_code(visit):
    tab = visit(700)
    tab.emulate_media(media="print")
    assert tab.locator("article > .prose > details li").first.is_visible()
    assert (
        not tab.locator("details pre, .checks, .back, .screen, .skip").filter(visible=True).count()
    )
    assert (
        tab.locator("nav").evaluate("contents => getComputedStyle(contents).position") == "static"
    )
    exact = (
        "[...document.querySelectorAll('mark')].every(part =>"
        " getComputedStyle(part).printColorAdjust == 'exact')"
    )
    assert tab.locator("mark").count() and tab.evaluate(exact)


def test_pictures_are_drawn(visit):
    tab = visit(1280)
    sizes = tab.evaluate(
        "[...document.images].map(image => [image.complete, image.naturalWidth, image.clientWidth])"
    )
    assert sizes
    assert all(complete and natural > 0 and drawn > 0 for complete, natural, drawn in sizes)


def test_no_browser_is_a_failure_in_ci_and_a_skip_elsewhere(monkeypatch, root):
    monkeypatch.delenv("BROWSER_REQUIRED", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make browser"):
        without_a_browser()
    monkeypatch.setenv("BROWSER_REQUIRED", "1")
    with pytest.raises(pytest.fail.Exception, match="make browser"):
        without_a_browser()
    assert "export BROWSER_REQUIRED=1" in (root / ".ci/run").read_text(encoding="utf-8")
    assert 'BROWSER_REQUIRED: "1"' in (root / ".github/workflows/test.yml").read_text(
        encoding="utf-8"
    )
