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

from analysis import study
from analysis.command_line import app
from analysis.page import page

code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def shown(metadata=None, **data):
    """Return a code cell that showed something; keywords name the kinds, with _ for /."""
    content = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    output = nbformat.v4.new_output("execute_result", content, metadata=metadata or {}, execution_count=1)
    return code("shown", outputs=[output], execution_count=1)


def parse(**notebooks):
    return BeautifulSoup(page(notebooks, "Title"), "html.parser")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    return study.write_page(Path("notebooks"), folder / "build" / "study.html", Path("README.md"))


@pytest.fixture(scope="module")
def whole(written):
    return BeautifulSoup(written.read_text(encoding="utf-8"), "html.parser")


# What is in it


def test_every_notebook_stands_in_it_in_order_with_all_its_headings(whole, root):
    stored = [nbformat.read(path, as_version=4) for path in sorted((root / "notebooks").glob("*.ipynb"))]
    prose = [cell.source for stored in stored for cell in stored.cells if cell.cell_type == "markdown"]
    wanted = re.findall(r"^(#+) (.+)$", "\n".join(prose), re.MULTILINE)
    there = [(int(tag.name[1]) - 1, tag.get_text()) for tag in whole.main.find_all(re.compile("^h[2-6]$"))]
    assert there == [(1, "What the study found"), *((len(level), text) for level, text in wanted)]
    assert len(whole.find_all("article")) == len(stored) + 1
    assert whole.h1.get_text() == "Two interviews with Spike Jonze about Her, compared"


def test_what_the_readme_says_was_found_stands_first(whole, root):
    first = whole.find("article")
    listed = re.findall(r"^- (.+)$", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = [item.get_text() for item in first.find_all("li")]
    assert told and all(sentence in listed for sentence in told)
    assert not first.find_all("img")
    assert study.found_in(root / "LICENSE") == {}


def test_the_contents_lead_to_every_notebook_and_section(whole):
    targets = [link["href"] for link in whole.nav.find_all("a")]
    assert targets == [f"#{heading['id']}" for heading in whole.main.find_all(["h2", "h3"])]


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
    assert [image["alt"] for image in whole.find_all("img")] == [figure["alt"] for figure in index]
    captions = [caption.get_text() for caption in whole.find_all("figcaption")]
    assert captions == [f"Figure {figure['number']}. {figure['caption']}" for figure in index]


def test_every_code_cell_is_there_folded_and_is_its_source(whole, root):
    for path, article in zip(sorted((root / "notebooks").glob("*.ipynb")), whole.find_all("article")[1:], strict=True):
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        there = [block.get_text().strip() for block in article.select("details pre")]
        assert there == cells
        assert len(article.select(".highlight pre")) == len(cells), "none stands open"
    assert not whole.select("details[open]")


def test_it_needs_nothing_but_itself(written):
    text = written.read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser")
    assert not soup.find_all(["script", "link", "iframe", "object", "embed", "base", "video", "audio", "source"])
    assert all(tag["src"].startswith("data:image/png;base64,") for tag in soup.find_all(src=True))
    assert not re.search(r"url\(|@import|srcset=|\ssrc=\"http", re.sub(r"base64,[^\"]+", "", text))
    assert soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"].startswith("default-src 'none'")
    assert soup.html["lang"] == "en"


def test_the_same_notebooks_give_the_same_bytes(written, tmp_path):
    again = study.write_page(Path("notebooks"), tmp_path / "study.html", Path("README.md"))
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
    assert '<h2 id="01-one">One</h2>' in (tmp_path / "build" / "study.html").read_text(encoding="utf-8")
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
    assert not [tag for tag in soup.find_all(True) if any(key.startswith("on") for key in tag.attrs)]
    assert soup.pre.get_text() == "shown\n"
    assert evil in [block.get_text() for block in soup.select(".output pre")]
    assert evil in [image.get("alt") for image in soup.find_all("img")]
    assert any(evil in block.get_text() for block in soup.select("details pre"))
    title = page({}, evil)
    assert "<script>" not in title


def test_equal_headings_of_one_and_of_two_notebooks_have_their_own_ids():
    cells = [markdown("# T"), markdown("## Findings"), markdown("## Findings"), markdown("## T")]
    soup = parse(a=notebook(*cells), b=notebook(*cells))
    ids = [heading["id"] for heading in soup.main.find_all(["h2", "h3"])]
    assert ids == ["a", "a--findings", "a--findings-2", "a--t", "b", "b--findings", "b--findings-2", "b--t"]


def test_links_between_notebooks_stay_and_links_to_files_become_names():
    text = (
        "# A\n\n## My section\n\n[b](02-b.ipynb), [c](02-b.ipynb#Its-part), [d](#My-section), [e](../seeds/README.md), "
        "[seeds/README.md](../seeds/README.md), [f](https://doi.org/10.1/x), [g](javascript:alert(1))"
    )
    soup = parse(**{"01-a": notebook(markdown(text)), "02-b": notebook(markdown("# B\n\n## Its part"))})
    links = [link["href"] for link in soup.main.find_all("a")]
    assert links == ["#02-b", "#02-b--its-part", "#01-a--my-section", "https://doi.org/10.1/x"]
    assert "e [seeds/README.md], seeds/README.md, f" in soup.main.get_text()


def test_a_notebook_without_a_heading_is_known_by_its_name():
    soup = parse(**{"07-x": notebook(markdown("Text.")), "08-y": notebook()})
    assert [heading.get_text() for heading in soup.main.find_all("h2")] == ["07-x", "08-y"]


def test_a_picture_without_description_says_so_and_takes_no_other_text_for_its_caption():
    soup = parse(a=notebook(shown(image_png="AAAA"), shown(text_markdown="Figures lie."), markdown("Figure 1. No.")))
    assert soup.img["alt"] == "Picture 1 of notebook a, without a description."
    assert not soup.find("figcaption")
    assert "Figures lie." in soup.get_text()


def test_the_static_result_of_a_widget_is_shown_and_a_widget_alone_is_not():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    both = nbformat.v4.new_output("display_data", {**widget, "text/html": "<p>static</p>", "text/plain": "VBox()"})
    alone = nbformat.v4.new_output("display_data", {**widget, "text/plain": "VBox()"})
    soup = parse(a=notebook(code("x", outputs=[alone, both])))
    assert [block.get_text() for block in soup.select(".output")] == ["static"]


def table_of(frame, **options):
    return parse(a=notebook(shown(text_html=frame.to_html(**options)))).table


def headers(table):
    return [(cell.name, cell.get("scope"), cell.get_text()) for cell in table.thead.find_all(["th", "td"])]


def test_columns_of_numbers_are_flush_right_and_columns_of_words_left():
    import pandas as pd

    frame = pd.DataFrame(
        {"word": ["movie", "7"], "rate": [1.5, float("nan")], "kept": ["1,340", "6 %"], "said": ["x" * 50, "y"]}
    )
    table = table_of(frame)
    assert [cell.get("class") for cell in table.thead.find_all(["th", "td"])] == [
        ["number"], None, ["number"], ["number"], ["long"],
    ]  # fmt: skip
    for row in table.tbody.find_all("tr"):
        assert [cell.get("class") for cell in row.find_all("td")] == [None, ["number"], ["number"], ["long"]]
        assert row.th["scope"] == "row"
    assert headers(table)[:2] == [("td", None, ""), ("th", "col", "word")]
    assert table.parent["class"] == ["scroll"] and table.parent["tabindex"] == "0"


def test_the_name_of_the_index_stands_in_the_row_of_the_columns():
    import pandas as pd

    frame = pd.DataFrame({"count": [1, 2]}, index=pd.Index(["a", "b"], name="term"))
    assert headers(table_of(frame)) == [("th", "col", "term"), ("th", "col", "count")]


def test_an_index_of_two_levels_keeps_its_columns_aligned():
    import pandas as pd

    index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x")], names=["interview", "role"])
    table = table_of(pd.DataFrame({"text": ["one", "two", "six"], "count": [1, 2, 3]}, index=index))
    assert headers(table) == [("th", "col", name) for name in ("interview", "role", "text", "count")]
    for row in table.tbody.find_all("tr"):
        assert [cell.get("class") for cell in row.find_all(["th", "td"])][-2:] == [None, ["number"]]
    assert [cell["scope"] for cell in table.tbody.tr.find_all("th")] == ["rowgroup", "row"]


# How it behaves in a browser


@pytest.fixture(scope="module")
def browser():
    """Open a headless Chromium or Chrome: playwright's own, or the one of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    ways = [{}, *({"executable_path": path} for path in map(shutil.which, names) if path), {"channel": "chrome"}]
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


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_axe_finds_nothing_with_all_code_open(visit, width, scheme):
    tab = visit(width, scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    assert not [url for url in tab.requests if not url.startswith(("data:", "file:"))]
    assert len([url for url in tab.requests if url.startswith("file:")]) == 1, "the page alone"
    assert tab.evaluate("document.documentElement.scrollWidth") == width, "the page itself does not scroll sideways"


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
    (tmp_path / "worse.html").write_text(text, encoding="utf-8")
    tab = visit(360, path=tmp_path / "worse.html")
    found = Axe().run(tab, options={"runOnly": {"type": "rule", "values": [rule]}})
    assert [violation["id"] for violation in found.response["violations"]] == [rule]


def test_it_can_be_used_with_the_keyboard_alone(visit):
    tab = visit(1280)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "study"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert not tab.locator("details pre").first.is_visible()
    tab.keyboard.press("Enter")
    assert tab.locator("details pre").first.is_visible()


def test_wide_tables_and_pictures_scroll_in_their_own_box_on_a_phone(visit):
    tab = visit(360)
    boxes = tab.evaluate(
        "[...document.querySelectorAll('.scroll')].map(box => [box.scrollWidth, box.clientWidth, box.clientHeight])"
    )
    assert any(inner > outer for inner, outer, _ in boxes), "something is wide"
    assert all(outer <= 360 - 2 * 16 and height > 0 for _, outer, height in boxes)


def test_pictures_are_drawn(visit):
    tab = visit(1280)
    sizes = tab.evaluate("[...document.images].map(image => [image.complete, image.naturalWidth, image.clientWidth])")
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
    assert 'BROWSER_REQUIRED: "1"' in (root / ".github/workflows/test.yml").read_text(encoding="utf-8")
