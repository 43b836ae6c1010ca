"""The study: what it writes, and what it leaves behind when something fails."""

import shutil

import nbformat
import pytest
from tqdm import tqdm
from typer.testing import CliRunner

from analysis import SourceError
from analysis.study import accept
from analysis.study import run as study
from analysis.study.command_line import app


def test_another_profile_has_a_folder_of_its_own(tmp_path, root):
    gallery = study.export_figures(
        root / "seeds", tmp_path / "figures", root / "tests/gold", "single"
    )
    assert gallery == tmp_path / "figures-single" / "index.html"
    assert not (tmp_path / "figures").exists()
    assert "figures-*/" in (root / ".gitignore").read_text(encoding="utf-8")


def write(path, *sources):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )
    nbformat.write(notebook, path)


def test_a_notebook_that_fails_stays_as_it_was(tmp_path):
    write(tmp_path / "a.ipynb", "1", "1 / 0")
    before = (tmp_path / "a.ipynb").read_bytes()
    with tqdm(disable=True) as progress, pytest.raises(SourceError) as error:
        study.run_notebook(tmp_path / "a.ipynb", progress)
    fault = "a.ipynb: cell 2, '1 / 0', failed (ZeroDivisionError: division by zero); correct it."
    assert fault in str(error.value)
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


def seeds_at(folder, root):
    shutil.copytree(root / "seeds", folder / "seeds")
    (folder / "notebooks").mkdir()
    return folder / "notebooks"


def by_study(capsys):
    done = CliRunner().invoke(app, ["study", "--only", "notebooks"])
    return done.exit_code, done.output


def by_accept(capsys):
    code = accept.main(["--yes"])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("command", [by_study, by_accept])
def test_a_fault_of_a_notebook_is_one_sentence(tmp_path, monkeypatch, capsys, root, command):
    notebooks = seeds_at(tmp_path, root)
    monkeypatch.chdir(tmp_path)
    cases = [
        ("", "there are no notebooks"),
        ("{", "is no notebook that can be read"),
        ('{"cells": 3}', "is no notebook that can be read"),
        ("raise ValueError('\\x1b[31mred\\x1b[0m')", "failed (ValueError: red)"),
    ]
    for content, fault in cases:
        if content.startswith("{"):
            (notebooks / "a.ipynb").write_text(content, encoding="utf-8")
        elif content:
            write(notebooks / "a.ipynb", content)
        code, said = command(capsys)
        assert code == 1
        last = said.splitlines()[-1]
        assert last.startswith("Stopped") and fault in last
        assert "\x1b" not in last and "Traceback" not in said


def test_a_page_of_no_notebooks_is_refused(tmp_path):
    with pytest.raises(SourceError, match="there are no notebooks"):
        study.write_page(tmp_path, tmp_path / "page.html", tmp_path / "README.md")
