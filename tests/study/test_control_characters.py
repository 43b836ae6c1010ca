"""What comes out of a source is data: in pictures, tables, notebooks, and on the terminal."""

import re
import unicodedata
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest
from markdown_it import MarkdownIt

from analysis import figures, load_corpus
from analysis.figures.tables import StudyTable, as_latex, as_markdown, literally
from analysis.files import visible
from analysis.study.export import exported, render, svg
from analysis.study.notebooks import own_notebook

LIVE = "<img src=x onerror=alert(1)>"
BELL = "red \x1b[31m bell \x07 page \x0c"
DECOMPOSED = "Ame\u0301lie"
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@pytest.fixture(scope="module")
def corpus():
    seeds = load_corpus("seeds")
    one, other = seeds.labels
    return seeds.with_tables(labels={one: f"{BELL}{LIVE}", other: DECOMPOSED})


@pytest.fixture(scope="module")
def figure(corpus):
    return figures.voices(corpus)


def test_pictures_are_well_formed_and_show_controls_as_escapes(figure):
    for drawn in (render(figure, 1)["01-voices.svg"].decode(), svg(figure)):
        ElementTree.fromstring(drawn)
        assert not CONTROLS.search(drawn)
        assert r"red \x1b[31m" in drawn
        assert "<img" not in drawn


@pytest.mark.parametrize("text", [BELL, LIVE, DECOMPOSED])
def test_latex_holds_no_control_character_and_composed_letters(text):
    written = as_latex(pd.DataFrame({"term": [text]}), text)
    assert not CONTROLS.search(written)
    assert written == unicodedata.normalize("NFC", written)


def test_markdown_shows_markup_as_text(figure):
    for written in (literally(figure.caption), as_markdown(figure.read, figure.caption)):
        assert "<img" not in MarkdownIt("commonmark").render(written)


def test_notebook_and_gallery_show_markup_as_text(corpus, figure, tmp_path):
    table = StudyTable("terms", LIVE, pd.DataFrame({"term": [LIVE]}), LIVE)
    notebook = own_notebook(corpus, tmp_path, [figure], [table])
    numbered = [f"cell-{number}" for number in range(1, len(notebook.cells) + 1)]
    assert [cell.id for cell in notebook.cells] == numbered
    assert "tables['terms']" in [cell.source for cell in notebook.cells]
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert not any("<img" in MarkdownIt("commonmark").render(text) for text in prose)
    page = exported([figure], {}, [table], left_out=[LIVE])["index.html"].decode()
    assert LIVE not in page


@pytest.mark.usefixtures("svg_alone")
def test_csv_holds_what_the_source_says(figure):
    cells = ["=1+1", "+1", "-1", "@SUM(A1)"]
    marked = replace(figure, table=pd.DataFrame({"term": cells}))
    assert render(marked, 1)["01-voices.csv"].decode().splitlines() == ["term", *cells]


def test_a_terminal_gets_no_control_character():
    assert not CONTROLS.search(visible(f"{BELL}\u202e"))
