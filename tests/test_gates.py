"""Planted faults: what CI must catch is planted in a copy of the project, and must be caught."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def copy(tmp_path_factory, request):
    """Copy the project once; each test plants its faults in files of its own."""
    root, folder = request.config.rootpath, tmp_path_factory.mktemp("project")
    for name in ("notebooks", "seeds", "figures", "tests"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md", "conftest.py"):
        shutil.copy(root / name, folder / name)
    return folder


def run(folder, *arguments):
    """Run pytest in a copy; the library is the installed one."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def edit(path, change):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change([cell for cell in notebook["cells"] if cell["cell_type"] == "code"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def validated(tmp_path, copy):
    """Validate two notebooks, one of them with a wrong number in an output."""
    for name in ("seeds", "tests"):
        (tmp_path / name).symlink_to(copy / name)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(copy / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()

    def change(cells):
        cell = next(cell for cell in cells if "account" in "".join(cell["source"]))
        data = cell["outputs"][0]["data"]
        for kind in ("text/html", "text/plain"):
            data[kind] = "".join(data[kind]).replace("6,160", "6161")

    for name in ("01-interviews-as-data", "03-names"):
        shutil.copy(copy / "notebooks" / f"{name}.ipynb", tmp_path / "notebooks")
    edit(tmp_path / "notebooks" / "01-interviews-as-data.ipynb", change)
    return tmp_path, run(tmp_path, "--nbval", "--nbval-current-env", "notebooks")


def test_a_changed_output_fails_and_the_others_pass(validated):
    folder, result = validated
    assert result.returncode == 1, result.stdout
    assert "6161" in result.stdout
    assert "not every cell of every notebook passed" in result.stdout
    counted = re.search(r"notebooks: 2, code cells: (\d+), of which passed: (\d+)", result.stdout)
    assert int(counted[1]) - int(counted[2]) == 1, "the planted one alone"
    for path in (folder / "notebooks").glob("*.ipynb"):
        path.unlink()
    none = run(folder, "--nbval", "--nbval-current-env", "notebooks")
    assert none.returncode != 0, "no notebook at all"


def test_faults_in_notebooks_fail(copy):
    def out_of_order(cells):
        cells[1]["execution_count"], cells[2]["execution_count"] = 3, 2

    def stripped(cells):
        for cell in cells:
            cell["outputs"] = []

    def let_off(cells):
        cells[3]["source"] = ["# NBVAL_IGNORE_OUTPUT\n", *cells[3]["source"]]

    def unchecked(cells):
        for cell in cells:
            if "check" in cell["metadata"].get("tags", []):
                cell["source"] = ["assert True\n", "assert True"]

    def another_picture(cells):
        cell = next(cell for cell in cells if "figure" in cell["metadata"].get("tags", []))
        data = cell["outputs"][0]["data"]
        data["image/png"] = "".join(data["image/png"])[:-8] + "AAAAAAA="

    folder = copy / "notebooks"
    edit(folder / "01-interviews-as-data.ipynb", out_of_order)
    edit(folder / "02-word-frequencies.ipynb", stripped)
    edit(folder / "03-names.ipynb", let_off)
    edit(folder / "04-themes.ipynb", unchecked)
    edit(folder / "05-recurring-ideas.ipynb", another_picture)
    (folder / "old").mkdir()
    shutil.copy(folder / "00-in-short.ipynb", folder / "old")
    readme = (copy / "README.md").read_text(encoding="utf-8")
    (copy / "README.md").write_text(readme.replace("says 907", "says 908"), encoding="utf-8")
    result = run(copy, "tests/study/test_notebooks.py")
    assert result.returncode == 1
    for failed in (
        "test_it_was_run_from_the_top_once[01-interviews-as-data]",
        "test_it_was_run_from_the_top_once[02-word-frequencies]",
        "test_its_answer_is_checked_and_no_output_is_let_off[03-names]",
        "test_its_answer_is_checked_and_no_output_is_let_off[04-themes]",
        "test_its_pictures_are_those_of_the_study[05-recurring-ideas]",
        "test_these_are_the_notebooks",
        "test_the_readme_says_what_the_study_computes",
    ):
        assert failed in result.stdout, failed


def test_changed_and_left_over_figures_fail(copy):
    changed = ["02-frequent-words.csv", "01-voices.png", "word-clouds.svg", "index.html"]
    for name in changed:
        path = copy / "figures" / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))
    (copy / "figures" / "99-old.svg").write_text("<svg/>", encoding="utf-8")
    result = run(copy, "tests/figures/test_figures.py", "-k", "second_export")
    assert result.returncode == 1
    assert "run: make figures" in result.stdout
    for name in [*changed, "99-old.svg"]:
        assert name in result.stdout, name


def test_a_changed_source_fails(copy):
    path = copy / "seeds" / "tiff-in-conversation.txt"
    original = path.read_bytes()
    path.write_bytes(original.replace(b"organic", b"orgamic"))
    result = run(copy, "tests/figures/test_figures.py", "-k", "second_export")
    path.write_bytes(original)
    assert result.returncode == 1
    assert "tiff-in-conversation.txt: has changed since it was listed" in result.stdout


def test_no_test_is_let_off(request):
    """A test is skipped only where its tool is missing, and is never expected to fail."""
    for path in (request.config.rootpath / "tests").rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"mark\.xfail|mark\.skip\(|mark\.skip$|pytest\.xfail", text, re.M), (
            path
        )
