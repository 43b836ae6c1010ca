"""An intended change is shown before it is written, and written whole or not at all."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from analysis import SourceError
from analysis.study import accept


def write_notebook(path, *cells):
    """Write a notebook with the outputs given, source to output."""
    made = [
        nbformat.v4.new_code_cell(
            source,
            id=f"cell-{number}",
            execution_count=number,
            outputs=[
                nbformat.v4.new_output(
                    "execute_result", {"text/plain": output}, execution_count=number
                )
            ],
        )
        for number, (source, output) in enumerate(cells, 1)
    ]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    text = nbformat.writes(nbformat.v4.new_notebook(cells=made, metadata=metadata)) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def planted(tmp_path_factory, request):
    """Copy the project with a small notebook, and plant one wrong number in each kind of file."""
    root, folder = Path(request.config.rootpath), tmp_path_factory.mktemp("planted")
    for name in ("seeds", "figures"):
        shutil.copytree(root / name, folder / name)
    shutil.copytree(root / "tests" / "gold", folder / "tests" / "gold")
    (folder / "notebooks").mkdir()
    write_notebook(
        folder / "notebooks" / "01-sums.ipynb",
        ("1 + 1", "2"),
        ("40 + 2", "41"),
        ("'as it was'", "'as it was'"),
    )
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert "the interviewee says 907" in readme
    changed = readme.replace("the interviewee says 907", "the interviewee says 908").replace(
        "![Timelines", "![Lines"
    )
    (folder / "README.md").write_text(changed, encoding="utf-8", newline="\n")
    table = folder / "figures" / "02-frequent-words.csv"
    rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    rows[1] = (
        rows[1].replace("movie,12", "movie,13") if "movie,12" in rows[1] else "planted," + rows[1]
    )
    table.write_text("".join(rows), encoding="utf-8", newline="\n")
    index = folder / "figures" / "index.json"
    index.write_text(
        index.read_text(encoding="utf-8").replace("Dot plot", "Pie chart"),
        encoding="utf-8",
        newline="\n",
    )
    (folder / "figures" / "04-vocabularies.png").write_bytes(b"another picture")
    (folder / "figures" / "05-dispersion.pdf").unlink()
    (folder / "figures" / "99-old.svg").write_text("<svg/>", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def computed(planted):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(planted)
        return accept.compute(Path())


@pytest.fixture
def project(planted, computed, tmp_path, monkeypatch):
    """Stand in a copy of the planted project, whose computation is done."""
    shutil.copytree(planted, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACCEPT", raising=False)
    monkeypatch.setattr(accept, "compute", lambda root: computed)
    return tmp_path


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def answers(monkeypatch, answer):
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    return asked


def test_what_differs_is_shown_and_a_no_writes_nothing(project, monkeypatch, capsys):
    before, asked = contents(project), answers(monkeypatch, "n")
    assert accept.main([]) == 1
    said = capsys.readouterr().out
    assert contents(project) == before
    assert asked == ["\nReplace 7 files by what was computed? [y/N] "]
    lines = said.splitlines()
    assert "notebooks/01-sums.ipynb: 1 cells differ" in lines
    at = lines.index("  cell 2, 40 + 2")
    assert [line.strip() for line in lines[at + 1 : at + 3]] == ["-41", "+42"]
    assert "as it was" not in said
    at = lines.index("figures/02-frequent-words.csv:")
    assert [line.strip()[0] for line in lines[at + 1 : at + 3]] == ["-", "+"]
    assert "figures/04-vocabularies.png: changed" in lines
    assert "figures/05-dispersion.pdf: new" in lines
    assert "figures/99-old.svg: made no longer, will be removed" in lines
    assert any("Pie chart" in line and line.strip().startswith("-") for line in lines)
    assert any("says 908" in line and line.strip().startswith("-") for line in lines)
    assert any("says 907" in line and line.strip().startswith("+") for line in lines)
    assert "01-voices.svg: changed" not in said
    assert lines[-1].startswith("Nothing was written.")


def test_no_answer_is_a_no(project, monkeypatch, capsys):
    def ended(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", ended)
    before = contents(project)
    assert accept.main([]) == 1
    assert contents(project) == before


@pytest.mark.parametrize("way", ["answer", "flag", "environment"])
def test_accepted_the_files_are_what_the_study_computes(project, monkeypatch, root, way, capsys):
    asked = answers(monkeypatch, "y")
    if way == "environment":
        monkeypatch.setenv("ACCEPT", "yes")
    assert accept.main(["--yes"] if way == "flag" else []) == 0
    assert bool(asked) == (way == "answer")
    assert "says 908" in capsys.readouterr().out, (
        "the difference is shown even when nobody is asked"
    )
    assert contents(project / "figures") == contents(root / "figures")
    assert (project / "README.md").read_bytes() == (root / "README.md").read_bytes()
    cells = json.loads((project / "notebooks" / "01-sums.ipynb").read_text(encoding="utf-8"))[
        "cells"
    ]
    assert cells[1]["outputs"][0]["data"]["text/plain"] == ["42"]
    assert not list(project.rglob("*.part"))
    assert accept.main([]) == 0
    assert "Nothing changed" in capsys.readouterr().out


@pytest.mark.parametrize("stop", [1, 2, 5])
def test_an_interruption_takes_everything_back(project, monkeypatch, stop):
    before, replace, calls = contents(project), Path.replace, []

    def interrupted(path, target):
        calls.append(path)
        if len(calls) == stop:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        accept.main(["--yes"])
    assert contents(project) == before


def test_a_full_disk_is_one_sentence_and_replaces_nothing(project, monkeypatch, capsys):
    before, write = contents(project), Path.write_bytes

    def full(path, content):
        if path.name == "README.md.part":
            raise OSError(28, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    assert accept.main(["--yes"]) == 1
    assert "No space left" in capsys.readouterr().out.splitlines()[-1]
    monkeypatch.undo()
    assert contents(project) == before


def test_a_cell_that_fails_stops_before_anything_is_written(tmp_path, monkeypatch, capsys, root):
    shutil.copytree(root / "seeds", tmp_path / "seeds")
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path / "notebooks" / "01-bad.ipynb", ("assert 1 > 2", "2"))
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    assert accept.main(["--yes"]) == 1
    said = capsys.readouterr().out
    assert "nothing was written" in said and "assert 1 > 2" in said and len(said.splitlines()) <= 2
    assert contents(tmp_path) == before


def test_missing_sources_are_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert accept.main(["--yes"]) == 1
    assert "interviews.toml: there is no such file" in capsys.readouterr().out.splitlines()[-1]


def changed_cell(old, new):
    """Compare two notebooks of one cell, given its outputs."""
    cell = {"cell_type": "code", "source": ["x"]}
    return list(
        accept._cells_that_differ(
            {"cells": [cell | {"outputs": old}]}, {"cells": [cell | {"outputs": new}]}
        )
    )


def test_a_difference_is_told_by_what_a_person_can_read():
    table = {"text/plain": ["a"], "text/html": ["<b>1</b>"]}
    picture = {"text/plain": ["same"], "image/png": "AAAA"}
    assert changed_cell([{"data": table}], [{"data": table}]) == []
    (lines,) = changed_cell([{"data": table}], [{"data": table | {"text/html": ["<b>2</b>"]}}])
    assert [line.strip() for line in lines[1:]] == ["-1", "+2"]
    (lines,) = changed_cell([{"data": picture}], [{"data": picture | {"image/png": "AAAB"}}])
    assert lines[1:] == ["    the picture differs"]
    (lines,) = changed_cell([], [{"text": ["printed\n"]}])
    assert lines[1:] == ["    0 outputs become 1", "    +printed"]
    (lines,) = changed_cell(
        [{"data": table, "execution_count": 1}], [{"data": table, "execution_count": 2}]
    )
    assert lines[1:] == ["    only how it is stored differs"]


def test_replacing_makes_removes_and_reports(tmp_path):
    (tmp_path / "old").write_bytes(b"1")
    accept.replace_all({tmp_path / "old": None, tmp_path / "new": b"2"})
    assert contents(tmp_path) == {Path("new"): b"2"}
    with pytest.raises(SourceError, match="Nothing was replaced"):
        accept.replace_all({tmp_path / "new": b"3", tmp_path / "new" / "file": b"4"})
    assert contents(tmp_path) == {Path("new"): b"2"}


def test_replacing_makes_the_folders_that_are_missing(tmp_path):
    accept.replace_all(
        {tmp_path / "figures" / "tables" / "a.csv": b"1", tmp_path / "figures" / "a.svg": b"2"}
    )
    assert contents(tmp_path) == {Path("figures/tables/a.csv"): b"1", Path("figures/a.svg"): b"2"}
