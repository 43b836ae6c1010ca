"""Marks of figures lead to their passages, by mouse, key and touch, and only on a page."""

import io
import re
from urllib.parse import unquote

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from analysis.figures.named import draw_names
from analysis.figures.study_figure import StudyFigure
from analysis.study.export import svg
from analysis.study.page import page

EVIL = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def led(around):
    """Where the marks of each figure lead, one address a mark."""
    return {
        one.slug: [unquote(to) for to in re.findall(r'<a data-explore="([^"]*)"', one.wide)]
        for one in around["drawings"]
    }


@pytest.fixture(scope="module")
def written(around, tmp_path_factory):
    """A page of all figures below the explorer."""
    drawings = [one._replace(narrow=None) for one in around["drawings"]]
    shown = "\n\n".join(f"![x](figures/{drawing.slug}.svg)" for drawing in drawings)
    text = page({}, "Figures", f"## Found\n\n{shown}", None, drawings, around["explorer"])
    path = tmp_path_factory.mktemp("marks") / "page.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def visit(open_file, written):
    """Open the page; nothing may go wrong in it."""
    tabs = []

    def opened(width=1280, scheme="light", **options):
        tabs.append(open_file(written, width=width, scheme=scheme, **options))
        return tabs[-1]

    yield opened
    assert [fault for tab in tabs for fault in tab.faults] == []


def mark(tab, slug, address):
    found = tab.locator(f'#figure-{slug} [data-explore^="{address}"]').first
    found.scroll_into_view_if_needed()
    return found


def middle(tab, locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def status(tab):
    return tab.locator(".status").inner_text()


def spans(rows):
    return sorted(f"passage/{row.interview}/{row.start}-{row.end}" for row in rows.itertuples())


def test_every_mark_that_stands_for_a_passage_leads_there(study, led):
    tables = {figure.slug: figure.table for figure in study.figures}
    assert sorted(led["voices"]) == spans(tables["voices"])
    for slug, column, way in (("frequent-words", "term", "lemma"), ("names", "canonical", "name")):
        drawn = tables[slug][tables[slug]["position"].notna()]
        strokes = [one for one in led[slug] if one.startswith("passage")]
        assert sorted("/".join(one.split("/")[:3]) for one in strokes) == spans(drawn)
        words = {re.split("[?]", one)[0] for one in led[slug] if one.startswith("concordance")}
        assert words == {f"concordance/{way}/{word}" for word in tables[slug][column]}
    places = tables["theme-map"].drop_duplicates(["interview", "place"])
    coded = tables["theme-map"]["theme"].notna().sum()
    sentences = [one for one in led["theme-map"] if one.startswith("passage")]
    assert len(sentences) == len(places) + coded
    assert {re.split("/strips", one)[0] for one in sentences} == {
        f"passage/{row.interview}/{row.start}" for row in places.itertuples()
    }
    meeting = tables["intimacy-and-technology"]
    strokes = meeting["by_codebook"].sum()
    assert len(led["intimacy-and-technology"]) >= strokes + meeting["number"].nunique()
    shares = tables["themes"]
    assert {one for one in led["themes"] if one.startswith("quotes")} == {
        f"quotes/themes/{row.theme}/{row.interview}?role=interviewee" for row in shares.itertuples()
    }
    assert len(led["themes-together"]) == len(tables["themes-together"])
    assert len(led["specifications"]) == tables["specifications"]["ratio"].notna().sum()
    assert len(led["word-clouds"]) == len(tables["word-clouds"])
    assert {one.split("?")[0] for one in led["keywords"]} == {
        f"concordance/lemma/{term}" for term in tables["keywords"]["term"]
    }


def test_files_for_print_have_no_links_also_after_a_page_was_written(figures, led):
    figure = next(figure for figure in figures if figure.slug == "themes")
    assert led["themes"]
    content = io.BytesIO()
    figure.figure.savefig(content, format="svg")
    assert b"<a " not in content.getvalue() and b"explore" not in content.getvalue()


def test_a_hostile_name_is_an_address_and_nothing_else():
    row = {"interview": EVIL, "canonical": EVIL, "role": "interviewee", "position": 0.5}
    table = pd.DataFrame([row | {"start": 3, "end": 9}])

    def draw(profile):
        return draw_names(table, profile, key={EVIL: EVIL}, order=[EVIL])

    text = svg(StudyFigure("x", "Names", draw, table, "", ""))
    soup = BeautifulSoup(text, "html.parser")
    assert not soup.find_all("script") and EVIL in soup.get_text()
    assert {unquote(one["data-explore"]).split("?")[0] for one in soup.select("a")} == {
        f"passage/{EVIL}/3-9/concordance/name/{EVIL}", f"concordance/name/{EVIL}"
    }  # fmt: skip


OPENED = {
    ("voices", "passage/tiff"): "TIFF, ",
    ("frequent-words", "passage/indiewire"): "1 of 14.",
    ("frequent-words", "concordance"): "“movie” (lemma), interviewee, all interviews: 14 lines.",
    ("keywords", "concordance/lemma/know"): "“know” (lemma), interviewee, all interviews: 6 lines.",
    ("names", "concordance/name/Theodore"): "Theodore (name), ",
    ("themes", "quotes/themes/technology/tiff"): "Technology, TIFF: 2 passages, interviewee.",
    ("theme-map", "passage/tiff/2844/strips"): "TIFF, Spike Jonze, characters 2844–2896",
    (
        "themes-together",
        "strips/theme%3Aintimacy/theme%3Atech",
    ): "Intimacy: 12 marks; Technology: 7",
    ("intimacy-and-technology", "passage/tiff/2844"): "TIFF, Spike Jonze, characters 2844–2896",
    ("specifications", "evidence"): "5 of 7 according to the codebook",
    ("word-clouds", "concordance"): "“movie” (lemma), interviewee, IndieWire: 12 lines.",
}


def test_a_click_on_any_kind_of_mark_opens_what_it_stands_for_and_back_returns(visit):
    tab = visit()
    for (slug, address), told in OPENED.items():
        found = mark(tab, slug, address)
        tab.mouse.click(*middle(tab, found))
        assert told in status(tab), (slug, status(tab))
        assert tab.evaluate("location.hash").startswith(f"#x1/{address}")
        assert tab.locator(".status").evaluate("one => one.getBoundingClientRect().top") < 900
        tab.go_back()
        assert tab.evaluate("document.activeElement.dataset.explore").startswith(address)
    assert len({slug for slug, _ in OPENED}) == 10


def test_what_is_near_the_pointer_is_told_and_opened(visit):
    tab = visit()
    x, y = middle(tab, mark(tab, "theme-map", "passage/tiff/2844/strips"))
    tab.mouse.move(x, y)
    assert tab.locator(".tip").inner_text().startswith("Spike Jonze, TIFF: “I don’t know if I’m")
    tab.mouse.move(x, y - 500)
    assert not tab.locator(".tip").is_visible()


def test_one_stop_of_the_tab_key_and_the_arrows_reach_every_mark(visit):
    tab = visit()
    stops = "[...document.querySelectorAll('figure svg')].map(one =>"
    stops += " [...one.querySelectorAll('a')].filter(mark => mark.tabIndex === 0).length)"
    assert set(tab.evaluate(stops)) == {1}
    mark(tab, "themes", "quotes").focus()
    first = tab.locator(".tip").inner_text()
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".tip").inner_text() not in ("", first)
    told = tab.evaluate("document.activeElement.getAttribute('aria-label')")
    tab.keyboard.press("Enter")
    assert told.split(",")[0] in status(tab)
    assert tab.evaluate("document.activeElement.className") == "status"
    tab.go_back()
    tab.keyboard.press("Escape")
    assert not tab.locator(".tip").is_visible()


def test_a_finger_finds_the_mark_that_is_near(visit):
    tab = visit(390, has_touch=True, is_mobile=True)
    x, y = middle(tab, mark(tab, "intimacy-and-technology", "passage/tiff/2898"))
    tab.touchscreen.tap(x, y)
    assert "characters 2898–" in status(tab)


def test_without_script_a_figure_is_one_picture(browser, written):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(written.as_uri())
    drawing = tab.locator("#figure-voices svg")
    assert drawing.get_attribute("role") == "img" and drawing.get_attribute("aria-label")
    assert drawing.locator("a").count() and not drawing.locator("a[href], [tabindex]").count()
    context.close()


# The whole page, with the same figures, is tested the other way round: a screen in light colours
# and a phone in dark ones.
@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_axe_finds_nothing_in_a_page_of_figures(visit, width, scheme):
    tab = visit(width, scheme)
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    assert tab.evaluate("document.documentElement.scrollWidth") == width
