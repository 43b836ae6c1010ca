"""Rules for the stored notebooks, and a README that says what they compute.

Faults are planted at the end, in copies, and each must be caught by the rule it breaks.
"""

import ast
import copy
import html
import json
import re
import shutil
import tomllib
from base64 import b64decode

import nbformat
import pytest
import yaml
from pictures import same_file

from analysis.study import findings
from analysis.study.notebooks import CAPTION, CHECK, EXPLORE, FIGURE, IMPORTS
from analysis.study.run import heading_of

TAGS = {FIGURE, CAPTION, CHECK, EXPLORE, IMPORTS, "question", "passage", "findings", "limits"}

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
def notebook(request, stored):
    return copy.deepcopy(stored[request.param])


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
    assert tags[0] == ["question"] and tags[-1] == ["limits"] and IMPORTS in tags[1]
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
    for claim in claims:
        names = [node.id for node in ast.walk(claim) if isinstance(node, ast.Name)]
        assert names, f"nothing computed is compared: {ast.unparse(claim)}"
    marks = json.dumps([[cell.source, cell.metadata] for cell in notebook.cells]).lower()
    assert "nbval" not in marks and "raises-exception" not in marks, "nobody compares it"


@pytest.fixture(scope="module")
def drawn(study):
    """The figures by name, each as a notebook stores it."""
    return {figure.slug: figure._repr_mimebundle_()[0]["image/png"] for figure in study.figures}


def test_its_pictures_are_those_of_the_study(notebook, drawn):
    # nbval compares no pictures.
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if FIGURE in tags:
            (slug,) = set(tags) - TAGS
            stored = b64decode(cell.outputs[0].data["image/png"])
            assert same_file(f"{slug}.png", b64decode(drawn[slug]), stored), slug


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
    assert shown == [(alts[file], file) for file in ("07-intimacy-and-technology.svg",)]


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
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["title"] == heading_of(root / "README.md").replace("*", "")


# What the README says in words, as patterns; each with what must then be true of the findings.
PROSE = {
    r"\bhe brings technology and intimacy together more often than expected by chance in every way"
    r" of counting that yields a ratio\. but": (
        lambda told: told("ideas_meet.curve", "above") == told("ideas_meet.curve", "defined") > 0
    ),
    r"\bmost of these counts could not have reached significance": (
        lambda told: told("ideas_meet.curve", "could") < told("ideas_meet.curve", "counts") / 2
    ),
    r"\bthe ai readers’ codings show it less clearly than does our own list of words": (
        lambda told: (
            told("ideas_meet.sentences", "coder_1").startswith("the codebook")
            and told("ideas_meet.sentences", "p_1")
            < min(told("ideas_meet.sentences", f"p_{place}") for place in (2, 3, 4))
        )
    ),
    r"\bthe pages’ introductions also bring the two together"
    r" \(in 4 of 4 sentences on technology, by one reading\)": (
        lambda told: (
            told("ideas_meet.journalists", "p") < 0.05
            and told("ideas_meet.journalists", "around_both") == 4
            and told("ideas_meet.journalists", "around_of") == 4
            and "reading" in told("ideas_meet.journalists", "coder")
        )
    ),
    r"\bno word and no theme can be shown to differ": (
        lambda told: (
            told("words_apart.told_apart", "found") == "none"
            and told("themes_told.apart", "found") == 0
        )
    ),
    r"\bmost of the first page is in jonze’s words, most of the second in a journalist’s": (
        lambda told: told("voices.indiewire", "share") > 0.5 > told("voices.tiff", "share")
    ),
    r"\| none can be shown to differ": (
        lambda told: told("words_apart.told_apart", "found") == "none"
    ),
    r"\| mostly by the journalists": (
        lambda told: (
            sum(told(f"names.{one}", "own") for one in ("indiewire", "tiff"))
            < sum(told(f"names.{one}", "mentions") for one in ("indiewire", "tiff")) / 2
        )
    ),
    r"\| most often how work gets made": (
        lambda told: (
            {told(f"themes_told.{one}", "theme") for one in ("indiewire", "tiff")}
            == {"creative process"}
        )
    ),
    r"\| more often than expected by chance, but so do the introductions": (
        lambda told: told("ideas_meet.curve", "p") < 0.05 > told("ideas_meet.journalists", "p")
    ),
}


@pytest.mark.parametrize("claim", PROSE)
def test_what_the_readme_says_in_words_is_true(root, study, claim):
    by_id = {one.id: one.values for one in study.findings}
    readme = (root / "README.md").read_text(encoding="utf-8").replace("**", "")
    assert re.search(claim, " ".join(readme.split()).lower()), "reworded: is it still true?"
    assert PROSE[claim](lambda finding, value: by_id[finding][value])


# Planted faults


def out_of_order(notebook, cells):
    cells[1].execution_count, cells[2].execution_count = 3, 2


def stripped(notebook, cells):
    cells[1].outputs = []


def warned(notebook, cells):
    cells[1].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="warning"))


def let_off(notebook, cells):
    cells[3].source = f"# NBVAL_IGNORE_OUTPUT\n{cells[3].source}"


def let_off_by_its_tag(notebook, cells):
    cells[3].metadata.tags = ["nbval-skip"]


def allowed_to_fail(notebook, cells):
    cells[3].metadata.tags = ["raises-exception"]


def unchecked(notebook, cells):
    notebook.cells = [one for one in notebook.cells if CHECK not in one.metadata.get("tags", [])]


def checked_in_name_alone(notebook, cells):
    for cell in cells:
        if CHECK in cell.metadata.get("tags", []):
            cell.source = "assert True\nassert True"


def checked_by_nothing(notebook, cells):
    for cell in cells:
        if CHECK in cell.metadata.get("tags", []):
            cell.source = "assert 1 == 1\nassert 'a' in 'abc'"


def another_picture(notebook, cells):
    data = next(one for one in cells if FIGURE in one.metadata.get("tags", [])).outputs[0].data
    data["image/png"] = "".join(data["image/png"])[:-8] + "AAAAAAA="


@pytest.mark.parametrize(
    ("plant", "gate"),
    [
        (out_of_order, test_it_was_run_from_the_top_once),
        (stripped, test_it_was_run_from_the_top_once),
        (warned, test_it_has_no_error_warning_or_print),
        (let_off, test_its_answer_is_checked_and_no_output_is_let_off),
        (let_off_by_its_tag, test_its_answer_is_checked_and_no_output_is_let_off),
        (allowed_to_fail, test_its_answer_is_checked_and_no_output_is_let_off),
        (unchecked, test_its_answer_is_checked_and_no_output_is_let_off),
        (checked_in_name_alone, test_its_answer_is_checked_and_no_output_is_let_off),
        (checked_by_nothing, test_its_answer_is_checked_and_no_output_is_let_off),
    ],
)
def test_a_fault_planted_in_a_notebook_is_caught(stored, plant, gate):
    planted = copy.deepcopy(stored["05-recurring-ideas"])
    plant(planted, code_cells(planted))
    with pytest.raises(AssertionError):
        gate(planted)


def test_a_picture_that_was_changed_is_caught(stored, drawn):
    planted = copy.deepcopy(stored["05-recurring-ideas"])
    another_picture(planted, code_cells(planted))
    with pytest.raises(AssertionError):
        test_its_pictures_are_those_of_the_study(planted, drawn)


def test_a_notebook_in_a_subfolder_is_caught(tmp_path):
    for name in (*NAMES, "old/00-in-short"):
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    with pytest.raises(AssertionError):
        test_these_are_the_notebooks(tmp_path)


@pytest.fixture
def reworded(tmp_path, root):
    """Return a project whose README is stored with some words replaced by others."""
    shutil.copytree(root / "figures", tmp_path / "figures")

    def made(old, new):
        text = (root / "README.md").read_text(encoding="utf-8")
        text, changed = re.subn(old.replace(" ", r"\s+"), new, text)
        assert changed
        (tmp_path / "README.md").write_text(text, encoding="utf-8")
        return tmp_path

    return made


def test_a_number_of_the_readme_that_was_changed_is_caught(reworded, study):
    with pytest.raises(AssertionError):
        test_the_readme_says_what_the_study_computes(reworded("says 907", "says 908"), study)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("in every way of counting", "in no way of counting"),
        ("No word and no theme can be shown", "Every word and theme can be shown"),
        ("introductions also bring", "introductions do not bring"),
        (r"\| None can be shown to differ", "| Most can be shown to differ"),
        ("Mostly by the journalists.", "Mostly by him."),
        ("could not have reached", "could have reached"),
        ("less clearly than", "more clearly than"),
        ("Most often how work gets made", "Least often how work gets made"),
        ("More often than expected by chance, but so do", "No more often than chance; nor do"),
    ],
)
def test_words_of_the_readme_that_were_reversed_are_caught(reworded, study, old, new):
    folder, caught = reworded(old, new), []
    for claim in PROSE:
        try:
            test_what_the_readme_says_in_words_is_true(folder, study, claim)
        except AssertionError:
            caught.append(claim)
    assert caught
