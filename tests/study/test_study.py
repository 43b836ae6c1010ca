"""The study: what it computes once, what it writes, and what a failure leaves behind."""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from typer.testing import CliRunner

from analysis import SourceError
from analysis.files import write_files
from analysis.study import accept, run
from analysis.study.command_line import app
from analysis.study.contents import left_out
from analysis.study.findings import Finding
from analysis.study.notebooks import read_notebook, read_notebooks, running, written


def test_a_study_splits_each_source_once_and_makes_no_table_twice(counted_study):
    study, made = counted_study
    assert left_out(study.corpus) == []
    splits = [
        number
        for (name, *_), number in made.items()
        if name.endswith(("load_utterances", "load_split"))
    ]
    assert splits == [1]
    assert len(made) > 30
    assert not [name for (name, *_), number in made.items() if number > 1]


def test_in_short_what_concerns_all_interviews_comes_before_what_concerns_one():
    labels = {f"talk-{number}": "" for number in range(20)}
    found = [Finding(f"voices.{name}", "", {}) for name in labels]
    study = SimpleNamespace(
        findings=[*found, Finding("ideas_meet.curve", "", {})],
        corpus=SimpleNamespace(labels=labels),
    )
    brief = [one.id for one in run.in_short(study)]
    assert len(brief) == 12 and brief[::11] == ["voices.talk-0", "ideas_meet.curve"]


def write(path, *cells):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells]
    )
    nbformat.write(notebook, path)


def run_all(folder):
    with running(read_notebooks(folder)) as results:
        return {path: written(one) for path, one in results().items()}


@pytest.mark.usefixtures("svg_alone")
def test_another_profile_has_a_folder_of_its_own_and_only_figures(study, root):
    single = run.Study(study.corpus, "single")
    vars(single)["figures"] = study.figures[:1]
    files = single.placed("figures")
    assert set(files) == {
        f"figures-single/{name}"
        for name in ("01-voices.svg", "01-voices.csv", "index.json", "index.html")
    }
    assert "/figures-*/" in (root / ".gitignore").read_text(encoding="utf-8")


def test_a_notebook_that_fails_stays_as_it_was(tmp_path):
    write(tmp_path / "a.ipynb", "1", "1 / 0")
    write(tmp_path / "b.ipynb", "import time; time.sleep(60)")
    before = (tmp_path / "a.ipynb").read_bytes()
    with pytest.raises(SourceError) as error:
        run_all(tmp_path)
    fault = "a.ipynb: cell 2, '1 / 0', failed (ZeroDivisionError: division by zero); correct it."
    assert fault in str(error.value)
    assert (tmp_path / "a.ipynb").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ipynb", "b.ipynb"]


def test_running_twice_gives_the_same_bytes_and_work_goes_on_meanwhile(tmp_path, monkeypatch):
    write(tmp_path / "a.ipynb", "import pandas as pd", "pd.DataFrame({'a': [1]})")
    write(tmp_path / "b.ipynb", "'b'")
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    with running(read_notebooks(tmp_path)) as results:
        begun = 1 + 1
        once = {path: written(one) for path, one in results().items()}
    assert begun == 2
    assert "3/3" in terminal.getvalue(), "on a terminal, cells are counted"
    write_files({path.name: content for path, content in once.items()}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ipynb", "b.ipynb"]
    assert run_all(tmp_path) == once
    assert list(once) == [tmp_path / "a.ipynb", tmp_path / "b.ipynb"]
    assert b"dataframe" in once[tmp_path / "a.ipynb"]


def test_where_the_other_work_fails_the_kernels_are_stopped(tmp_path):
    write(tmp_path / "a.ipynb", "import time; time.sleep(60)")
    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError), running(read_notebooks(tmp_path)):
        time.sleep(2)
        raise ZeroDivisionError
    assert time.monotonic() - begun < 30


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize(
    ("module", "request_to_end"),
    [("analysis", signal.SIGINT), ("analysis.study.accept", signal.SIGTERM)],
)
def test_ended_during_notebooks_it_is_130_and_one_sentence(tmp_path, root, request_to_end, module):
    shutil.copytree(root / "seeds", tmp_path / "seeds")
    (tmp_path / "notebooks").mkdir()
    write(
        tmp_path / "notebooks" / "a.ipynb",
        "open('begun', 'w').close()",
        "import time; time.sleep(99)",
    )
    before = (tmp_path / "notebooks" / "a.ipynb").read_bytes()
    command = [sys.executable, "-m", module]
    command += ["study", "--only", "notebooks"] if module == "analysis" else ["--yes"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    until = time.monotonic() + 120
    while not (tmp_path / "notebooks" / "begun").exists() and time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(request_to_end)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said.splitlines()[-1].startswith("Interrupted")
    assert "Traceback" not in said
    assert (tmp_path / "notebooks" / "a.ipynb").read_bytes() == before


def by_study(capsys):
    done = CliRunner().invoke(app, ["study", "--only", "notebooks"])
    return done.exit_code, done.output


def by_accept(capsys):
    code = accept.main(["--yes"])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("command", [by_study, by_accept])
def test_a_fault_of_a_notebook_is_one_sentence(tmp_path, monkeypatch, capsys, root, command):
    shutil.copytree(root / "seeds", tmp_path / "seeds")
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "surroundings", lambda study, readme: {})
    monkeypatch.setattr(run.Study, "files", {})
    cases = [
        ("", "there are no notebooks"),
        ("{", "is not a readable notebook"),
        ("[]", "is not a readable notebook"),
        ('{"cells": 3}', "is not a readable notebook"),
        ("raise ValueError('\\x1b[31mred\\x1b[0m')", "failed (ValueError: red)"),
    ]
    for content, fault in cases:
        if content.startswith(("{", "[")):
            (notebooks / "a.ipynb").write_text(content, encoding="utf-8")
        elif content:
            write(notebooks / "a.ipynb", content)
        code, said = command(capsys)
        assert code == 1
        last = said.splitlines()[-1]
        assert last.startswith("Stopped") and fault in last
        assert "\x1b" not in last and "Traceback" not in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_is_no_notebook(tmp_path):
    os.mkfifo(tmp_path / "a.ipynb")
    with pytest.raises(SourceError, match="is not a readable notebook"):
        read_notebook(Path(tmp_path / "a.ipynb"))
