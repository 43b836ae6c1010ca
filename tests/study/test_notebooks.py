"""Rules for the stored notebooks, and a README that says what they compute."""

import ast
import html
import json
import re
import tomllib

import nbformat
import pytest

from analysis import load_corpus
from analysis.study import findings, study_figures
from analysis.study.notebooks import CAPTION, CHECK, EXPLORE, FIGURE, IMPORTS
from analysis.study.run import title_of

TAGS = {FIGURE, CAPTION, CHECK, EXPLORE, IMPORTS, "question", "answer", "limits"}

STORY = "00-in-short"
NAMES = [
    STORY,
    "01-interviews-as-data",
    "02-word-frequencies",
    "03-names",
    "04-themes",
    "05-recurring-ideas",
    "06-how-far-to-trust-it",
]


def test_these_are_the_notebooks(root):
    found = (root / "notebooks").rglob("*.ipynb")
    # What JupyterLab keeps beside an open notebook is nobody's notebook.
    shown = [path for path in found if ".ipynb_checkpoints" not in path.parts]
    assert sorted(path.relative_to(root / "notebooks").as_posix() for path in shown) == [
        f"{name}.ipynb" for name in NAMES
    ]


@pytest.fixture(params=NAMES)
def notebook(request, root):
    return nbformat.read(root / "notebooks" / f"{request.param}.ipynb", as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_was_run_from_the_top_once(notebook):
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells[1:]:
        assert cell.outputs, f"no output: {cell.source[:40]}"


def test_it_has_no_error_warning_or_print(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type in ("execute_result", "display_data"), cell.source


def test_it_holds_nothing_of_a_machine_or_an_hour(notebook, root):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            # A picture is a text of chance letters.
            output.data.pop("image/png", None)
    text = nbformat.writes(notebook)
    assert not re.search(r"0x[0-9a-f]{6,}", text), "a memory address"
    assert str(root) not in text
    assert "ipykernel_" not in text
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)


def test_its_cells_say_what_they_are_for(notebook):
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    assert tags[0] == ["question", "answer"] and tags[-1] == ["limits"] and IMPORTS in tags[1]
    for place, (cell, of_cell) in enumerate(zip(notebook.cells, tags, strict=True)):
        own = set(of_cell) - TAGS
        if FIGURE in of_cell:
            assert len(own) == 1, "the slug of its figure"
            assert tags[place + 1] == [CAPTION]
        else:
            assert not own, "a tag that nothing knows"
            pictures = [one for one in cell.get("outputs", []) if "image/png" in one.data]
            assert not pictures, "a figure is tagged as one"
        if CHECK in of_cell:
            assert cell.cell_type == "code"


def test_its_answer_is_checked_and_no_output_is_let_off(notebook):
    checks = [cell for cell in notebook.cells if CHECK in cell.metadata.get("tags", [])]
    claims = [
        node.test
        for cell in checks
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Assert)
    ]
    assert len(claims) >= 2, "the cells that hold its answer against the tables"
    assert not [claim for claim in claims if isinstance(claim, ast.Constant)], "assert True"
    marks = json.dumps([[cell.source, cell.metadata] for cell in notebook.cells]).lower()
    assert "nbval" not in marks and "raises-exception" not in marks, "nobody compares it"


@pytest.fixture(scope="module")
def drawn():
    return {figure.slug: figure for figure in study_figures(load_corpus("seeds", "tests/gold"))}


def test_its_pictures_are_those_of_the_study(notebook, drawn):
    # nbval compares no pictures.
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if FIGURE in tags:
            (slug,) = set(tags) - TAGS
            stored = "".join(cell.outputs[0].data["image/png"].split())
            data, _ = drawn[slug]._repr_mimebundle_()
            assert stored == data["image/png"], slug


def test_it_is_short(notebook):
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    assert words <= 900
    assert len(code_cells(notebook)) <= 15


def test_it_defines_no_function_and_uses_no_magic(notebook):
    for cell in code_cells(notebook):
        assert not re.search(
            r"^\s*(def|class|async def)\b|lambda|^\s*[%!]|;\s*$", cell.source, re.MULTILINE
        ), cell.source
        assert len(cell.source.splitlines()) <= 10, "short cells"


def test_it_opens_with_the_question_and_ends_with_the_limits(notebook):
    first = notebook.cells[0].source
    named = ["Question.", "Answer."]
    if STORY[3:].replace("-", " ") not in first.lower():
        named += ["Method.", "In:", "Out:"]
    parts = [first.find(f"**{part}") for part in named]
    assert parts == sorted(parts) and parts[0] > 0, "all of them, in this order"
    assert first.count("\n1.") + first.count("\n2.") + first.count("\n3.") == 3
    linked = re.sub(r"\[[^]]*\]\([^)]*\)", "", first)
    assert not re.search(
        r"\d", re.sub(r"^(#.*|\d\.|\*\*Out.*|\*\*In.*)", "", linked, flags=re.MULTILINE)
    ), "typed numbers"
    assert notebook.cells[1].source.startswith(("import", "from"))
    assert notebook.cells[-1].source.startswith("## Limits")


def test_markup_in_a_source_stays_text(notebook):
    # The explorer brings its script; what it does with sources is tested in test_explorer.py.
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if EXPLORE not in cell.metadata.get("tags", []):
                assert "<script" not in output.get("data", {}).get("text/html", "")


def test_sentences_are_written_literally_in_markdown():
    sentence = "A *star* <b>&amp; _line_ [x](y) ~~$1$~~ | `a`"
    written = findings.as_list([findings.Finding("a.b", sentence, {})])
    from markdown_it import MarkdownIt

    shown = MarkdownIt().render(written)
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)).strip() == sentence
    assert "<b>" not in shown


def test_the_readme_says_what_the_study_computes(root, study):
    told = [one for one in study.findings if one.id.startswith(findings.BRIEF)]
    silent = [
        prefix for prefix in findings.BRIEF if not any(one.id.startswith(prefix) for one in told)
    ]
    assert silent == ["words_apart_of_many."], "of two interviews"
    computed = [one.sentence for one in told]
    readme = (root / "README.md").read_text(encoding="utf-8")
    written = re.search(
        r"<!-- findings:.*?-->\n(.*?)\n<!-- end of findings -->", readme, re.DOTALL
    )[1]
    assert written.splitlines() == [f"- {sentence}" for sentence in computed]
    index = json.loads((root / "figures" / "index.json").read_text(encoding="utf-8"))
    alts = {file: figure["alt"] for figure in index["figures"] for file in figure["files"]}
    shown = re.findall(r"!\[([^\]]*(?:\[[^\]]*\][^\]]*)*)\]\(figures/([^)]+)\)", readme)
    assert shown == [
        (alts[file], file) for file in ("07-intimacy-and-technology.svg",)
    ]


def test_the_readme_opens_with_the_two_commands(root):
    lines = (root / "README.md").read_text(encoding="utf-8").splitlines()
    assert lines[2].split()[:2] == ["make", "study"]
    assert lines[3].split()[:2] == ["make", "test"]


def test_every_link_of_the_texts_leads_somewhere(root):
    texts = [path.relative_to(root) for path in root.rglob("*.md")]
    # What lies in .venv and the like, and what `make study` builds, is nobody's text.
    texts = [
        path
        for path in texts
        if not any(part.startswith(".") or part == "build" for part in path.parts)
    ]
    assert {"benchmarks/scale.md", "seeds/README.md", "README.md"} <= {
        path.as_posix() for path in texts
    }
    for path in [root / name for name in texts]:
        for link in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path}: {link}"
    for path in (root / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for link in re.findall(r"\]\(([^)#]+)\)", "".join(cell["source"])):
                    assert (path.parent / link).exists(), f"{path}: {link}"


def test_every_command_of_the_texts_is_there(root):
    targets = re.findall(
        r"^(\w[\w ]*):(?!=)", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    there = {target for line in targets for target in line.split()}
    texts = "".join(
        (root / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")
    )
    named = set(re.findall(r"(?:`|^    )make ([a-z]+)", texts, re.MULTILINE))
    assert {"study", "test", "accept", "page"} <= named <= there


def test_the_citation_names_this_study_and_its_version(root):
    text = (root / "CITATION.cff").read_text(encoding="utf-8")
    citation = dict(re.findall(r"^([a-z-]+): (.+)$", text, re.MULTILINE))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["title"] == title_of(root / "README.md")
