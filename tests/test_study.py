"""The study: what it writes, and what it leaves behind when something fails."""

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

from analysis import study


def test_another_profile_has_a_folder_of_its_own(tmp_path, root):
    gallery = study.export_figures(root / "seeds", tmp_path / "figures", root / "tests/gold", "single")
    assert gallery == tmp_path / "figures-single" / "index.html"
    assert not (tmp_path / "figures").exists()
    assert "figures-*/" in (root / ".gitignore").read_text(encoding="utf-8")


def write(path, *sources):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    nbformat.write(notebook, path)


def test_a_notebook_that_fails_stays_as_it_was(tmp_path):
    write(tmp_path / "a.ipynb", "1", "1 / 0")
    before = (tmp_path / "a.ipynb").read_bytes()
    with tqdm(disable=True) as progress, pytest.raises(CellExecutionError):
        study.run_notebook(tmp_path / "a.ipynb", progress)
    assert (tmp_path / "a.ipynb").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.ipynb"]


def test_running_twice_gives_the_same_bytes(tmp_path):
    write(tmp_path / "a.ipynb", "import pandas as pd", "pd.DataFrame({'a': [1]})")
    once = dict(study.run_notebooks(tmp_path))
    for path, content in once.items():
        study.replace_whole(path, content)
    assert [path.name for path in tmp_path.iterdir()] == ["a.ipynb"]
    assert dict(study.run_notebooks(tmp_path)) == once
    assert "dataframe" in once[tmp_path / "a.ipynb"]
