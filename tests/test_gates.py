"""Planted faults: each is planted where CI looks, and the check that CI runs must catch it.

Faults in notebooks and in the README are planted in tests/study/test_notebooks.py.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis import SourceError, load_interviews


def test_nbval_compares_every_output_and_counts_the_cells_that_ran(tmp_path, root):
    """One wrong number in an output; and, in a second run, no notebook at all."""
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(root / name, tmp_path)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, stored in (("right", "42"), ("wrong", "41")):
        cells = []
        for number, (source, text) in enumerate({"1 + 1": "2", "40 + 2": stored}.items(), 1):
            result = new_output("execute_result", {"text/plain": text}, execution_count=number)
            cells.append(new_code_cell(source, execution_count=number, outputs=[result]))
        text = json.dumps(new_notebook(cells=cells))
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    result = validated(tmp_path)
    assert result.returncode == 1, result.stdout
    assert "wrong.ipynb::Cell 1" in result.stdout and "right.ipynb::" not in result.stdout
    assert "notebooks: 2, code cells: 4, of which passed: 3" in result.stdout
    assert "not every cell of every notebook passed" in result.stdout
    for path in folder.glob("*.ipynb"):
        path.unlink()
    assert validated(tmp_path).returncode != 0


def validated(folder):
    """Validate the notebooks of a folder as `make test` does."""
    options = ["-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    command = [sys.executable, "-m", "pytest", *options, "notebooks"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_changed_and_left_over_figures_fail(tmp_path, root):
    path = root / "tests" / "figures" / "test_figures.py"
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location("gate", path))
    module.__spec__.loader.exec_module(module)
    gate = module.test_a_second_export_is_the_figures_folder_byte_for_byte
    shutil.copytree(root / "figures", tmp_path / "figures")
    gate(root / "figures", tmp_path)
    changed = ["02-frequent-words.csv", "01-voices.png", "word-clouds.svg", "index.html"]
    for name in changed:
        path = tmp_path / "figures" / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    (tmp_path / "figures" / "99-old.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "figures" / "05-themes.pdf").unlink()
    with pytest.raises(AssertionError, match="run: make figures") as caught:
        gate(root / "figures", tmp_path)
    for name in [*changed, "99-old.svg", "05-themes.pdf"]:
        assert name in str(caught.value), name


def test_a_changed_source_fails(tmp_path, root):
    folder = shutil.copytree(root / "seeds", tmp_path / "seeds")
    load_interviews(folder)
    path = folder / "tiff-in-conversation.txt"
    path.write_bytes(path.read_bytes().replace(b"organic", b"orgamic"))
    with pytest.raises(SourceError, match="has changed since it was listed"):
        load_interviews(folder)


def let_off(text):
    """Find where a test is skipped or expected to fail, whatever the machine.

    `skipif` names a reason, and so does a skip inside a branch.
    """
    pattern = r"\bmark\.(?:xfail|skip)\b|\bpytest\.xfail\(|^ {0,4}pytest\.skip\(|unittest"
    return re.findall(pattern, text, re.MULTILINE)


def test_no_test_is_let_off(root):
    """A test is skipped only where its tool is missing, and is never expected to fail."""
    for path in (root / "tests").rglob("test_*.py"):
        if path.name != "test_gates.py":
            assert not let_off(path.read_text(encoding="utf-8")), path
    for planted in (
        "@pytest.mark.xfail(strict=False)",
        "@pytest.mark.skip",
        "@pytest.mark.skip(reason='later')",
        "pytestmark = pytest.mark.skip",
        "pytest.param(1, marks=pytest.mark.xfail)",
        "    pytest.skip('later')",
        "    pytest.xfail()",
    ):
        assert let_off(planted), planted
    assert not let_off("@pytest.mark.skipif(os.name == 'nt')\npytest.raises(pytest.skip.Exception)")
