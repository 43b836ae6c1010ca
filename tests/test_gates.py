"""Planted faults: what CI must catch is planted in a copy of the project, and must be caught."""

import json
import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def copy(tmp_path, root):
    for name in ("notebooks", "seeds", "figures", "tests"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "conftest.py"):
        shutil.copy(root / name, tmp_path / name)
    return tmp_path


def run(folder, *arguments):
    """Run pytest in a copy; the library is the installed one."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def keep(folder, name):
    for path in (folder / "notebooks").glob("*.ipynb"):
        if path.stem != name:
            path.unlink()


def edit(path, change):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change([cell for cell in notebook["cells"] if cell["cell_type"] == "code"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


VALIDATE = ("--nbval", "--nbval-current-env", "notebooks")


def test_a_changed_output_fails(copy):
    def change(cells):
        output = next(
            cell
            for cell in cells
            if "assert" in cell["source"][-2] or "account" in cell["source"][-1]
        )
        data = output["outputs"][0]["data"]
        data["text/html"] = [line.replace("6,160", "6161") for line in data["text/html"]]
        data["text/plain"] = [line.replace("6,160", "6161") for line in data["text/plain"]]

    edit(copy / "notebooks" / "01-interviews-as-data.ipynb", change)
    keep(copy, "01-interviews-as-data")
    result = run(copy, *VALIDATE)
    assert result.returncode == 1, result.stdout
    assert "6161" in result.stdout
    assert "not every cell of every notebook passed" in result.stdout


def test_the_stored_outputs_pass_as_they_are(copy):
    keep(copy, "02-word-frequencies")
    result = run(copy, *VALIDATE)
    assert result.returncode == 0, result.stdout
    assert "notebooks: 1, code cells: " in result.stdout


def test_no_notebook_at_all_fails(copy):
    for path in (copy / "notebooks").glob("*.ipynb"):
        path.unlink()
    result = run(copy, *VALIDATE)
    assert result.returncode != 0, result.stdout


def test_cells_out_of_order_fail(copy):
    def change(cells):
        cells[1]["execution_count"], cells[2]["execution_count"] = 3, 2

    edit(copy / "notebooks" / "01-interviews-as-data.ipynb", change)
    result = run(copy, "tests/study/test_notebooks.py")
    assert result.returncode == 1
    assert "test_it_was_run_from_the_top_once[01-interviews-as-data]" in result.stdout


def test_stripped_outputs_fail(copy):
    def change(cells):
        for cell in cells:
            cell["outputs"] = []

    edit(copy / "notebooks" / "02-word-frequencies.ipynb", change)
    result = run(copy, "tests/study/test_notebooks.py")
    assert result.returncode == 1
    assert "test_it_was_run_from_the_top_once[02-word-frequencies]" in result.stdout


@pytest.mark.parametrize(
    "name", ["02-frequent-words.csv", "01-voices.png", "06-word-clouds.svg", "index.html"]
)
def test_a_changed_figure_fails(copy, name):
    path = copy / "figures" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    result = run(copy, "tests/figures/test_figures.py", "-k", "second_export")
    assert result.returncode == 1
    assert "run: make figures" in result.stdout


def test_a_left_over_figure_fails(copy):
    (copy / "figures" / "99-old.svg").write_text("<svg/>", encoding="utf-8")
    assert run(copy, "tests/figures/test_figures.py", "-k", "second_export").returncode == 1


def test_a_changed_source_fails(copy):
    path = copy / "seeds" / "tiff-in-conversation.txt"
    path.write_bytes(path.read_bytes().replace(b"organic", b"orgamic"))
    result = run(copy, "tests/figures/test_figures.py", "-k", "second_export")
    assert result.returncode == 1
    assert "tiff-in-conversation.txt: has changed since it was listed" in result.stdout
