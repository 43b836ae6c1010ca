"""An intended change is shown before it is written, and written whole or not at all."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from analysis.study import accept, run
from analysis.study.findings import Finding


def notebook(*cells):
    """Make a notebook with the outputs given, source to output."""
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
    return (nbformat.writes(nbformat.v4.new_notebook(cells=made)) + "\n").encode()


@pytest.fixture(scope="module")
def study(pytestconfig):
    """A study whose results are those that are stored; tests/figures computes them."""
    folder = pytestconfig.rootpath / "figures"
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    told = json.loads(files["findings.json"])
    findings = [Finding(one["id"], one["sentence"], one["values"]) for one in told]
    return SimpleNamespace(files=files, findings=findings)


@pytest.fixture(scope="module")
def computed(study):
    """What the study computes, with one small notebook."""
    right = notebook(("1 + 1", "2"), ("40 + 2", "42"), ("'as it was'", "'as it was'"))
    placed = {f"figures/{name}": content for name, content in study.files.items()}
    return {**placed, "notebooks/01-sums.ipynb": right, run.PAGE: b"the page"}


@pytest.fixture(scope="module")
def planted(tmp_path_factory, pytestconfig, study, computed):
    """Write a project with one wrong number in each kind of file."""
    folder = tmp_path_factory.mktemp("planted")
    for name, content in computed.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    wrong = notebook(("1 + 1", "2"), ("40 + 2", "41"), ("'as it was'", "'as it was'"))
    (folder / "notebooks" / "01-sums.ipynb").write_bytes(wrong)
    alt = json.loads(study.files["index.json"])["figures"][1]["alt"]
    shutil.copy(pytestconfig.rootpath / "README.md", folder)
    for name, old, new in (
        ("README.md", "907 of the 1,340 words", "908 of the 1,340 words"),
        ("figures/02-frequent-words.csv", "movie,", "moovie,"),
        ("figures/index.json", alt, "A pie chart."),
        ("figures/findings.json", "197 of the 566 words", "198 of the 566 words"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), "utf-8", newline="\n")
    (folder / "figures" / "04-names.png").write_bytes(b"another picture")
    (folder / "figures" / "05-themes.pdf").unlink()
    (folder / "figures" / "99-old.svg").write_text("<svg/>", encoding="utf-8")
    return folder


@pytest.fixture
def project(planted, study, computed, tmp_path, monkeypatch):
    """Stand in a copy of the planted project, whose computation is done."""
    shutil.copytree(planted, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACCEPT", raising=False)
    monkeypatch.setattr(accept, "repository", lambda root: (dict(computed), study))
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
    assert asked == ["\nReplace 8 files with what was computed? [y/N] "]
    lines = said.splitlines()
    assert "notebooks/01-sums.ipynb:" in lines and "cell 1" not in said
    at = lines.index("  cell 2, 40 + 2:")
    assert [line.strip() for line in lines[at + 1 : at + 3]] == ["-41", "+42"]
    assert "as it was" not in said
    at = lines.index("figures/02-frequent-words.csv:")
    assert [line.strip()[0] for line in lines[at + 1 : at + 3]] == ["-", "+"]
    assert "figures/04-names.png: changed" in lines
    assert "figures/05-themes.pdf: new" in lines
    assert "figures/99-old.svg: no longer made; will be removed" in lines
    at = lines.index("  figures 2 alt:")
    assert lines[at + 1].strip() == "-A pie chart."
    at = lines.index("  voices.tiff sentence:")
    assert "198 of the" in lines[at + 1] and "197 of the" in lines[at + 2]
    assert any("908 of the" in line and line.strip().startswith("-") for line in lines)
    assert any("907 of the" in line and line.strip().startswith("+") for line in lines)
    assert "01-voices.svg: changed" not in said and "build/" not in said
    assert lines[-1].startswith("Nothing was written.")


def test_no_answer_is_a_no(project, monkeypatch):
    def ended(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", ended)
    before = contents(project)
    assert accept.main([]) == 1
    assert contents(project) == before


@pytest.mark.parametrize("way", ["answer", "flag", "environment"])
def test_accepted_the_files_are_what_the_study_computes(
    project, computed, monkeypatch, way, capsys
):
    asked = answers(monkeypatch, "y")
    if way == "environment":
        monkeypatch.setenv("ACCEPT", "yes")
    assert accept.main(["--yes"] if way == "flag" else []) == 0
    assert bool(asked) == (way == "answer")
    assert "908 of the" in capsys.readouterr().out, (
        "the difference is shown even when nobody is asked"
    )
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert "907 of the" in readme and "908 of the" not in readme
    assert contents(project) == {Path(name): content for name, content in computed.items()} | {
        Path("README.md"): readme.encode()
    }
    assert accept.main([]) == 0
    assert "Nothing changed" in capsys.readouterr().out


def test_interrupted_it_is_130_and_everything_is_as_it_was(project, monkeypatch, capsys):
    before, replace, calls = contents(project), Path.replace, []

    def interrupted(path, target):
        calls.append(path)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    assert accept.main(["--yes"]) == 130
    assert contents(project) == before
    assert capsys.readouterr().out.splitlines()[-1] == "Interrupted; nothing was written."


def test_a_full_disk_is_one_sentence_and_replaces_nothing(project, monkeypatch, capsys):
    before, write = contents(project), Path.write_bytes

    def full(path, content):
        if path.name == "README.md":
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
    (tmp_path / "notebooks" / "01-bad.ipynb").write_bytes(notebook(("assert 1 > 2", "2")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "surroundings", lambda study, readme: {})
    monkeypatch.setattr(run.Study, "files", {"index.json": b"{}"})
    before = contents(tmp_path)
    assert accept.main(["--yes"]) == 1
    said = capsys.readouterr().out
    assert "nothing was written" in said and "assert 1 > 2" in said and len(said.splitlines()) <= 2
    assert contents(tmp_path) == before


def test_missing_sources_are_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert accept.main(["--yes"]) == 1
    assert "interviews.toml: there is no such file" in capsys.readouterr().out.splitlines()[-1]


@pytest.fixture
def told(tmp_path):
    """Say how the outputs of a cell differ."""

    def differences(old, new, sources=("x", "x")):
        before, after = (
            json.dumps({"cells": [{"cell_type": "code", "source": [source], "outputs": outputs}]})
            for source, outputs in zip(sources, (old, new), strict=True)
        )
        (tmp_path / "a.ipynb").write_text(before, encoding="utf-8")
        return accept.differences({"a.ipynb": after.encode()}, tmp_path)[1:]

    return differences


def test_a_difference_is_told_by_what_a_person_can_read(told):
    table = {"text/plain": ["a"], "text/html": ["<tr><td>a</td><td>1</td></tr>"]}
    other = table | {"text/html": ["<tr><td>a</td>", "<td>2</td></tr>"]}
    assert told([{"data": table}], [{"data": other}]) == ["  cell 1, x:", "  -a 1", "  +a 2"]
    picture = {"text/plain": ["same"], "image/png": "AAAA"}
    lines = told([{"data": picture}], [{"data": picture | {"image/png": "AAAB"}}])
    assert [line[:10] for line in lines[1:]] == ["  -picture", "  +picture"]
    assert told([], [{"text": ["printed\n"]}]) == ["  cell 1, x:", "  +printed"]
    form = [{"data": table, "execution_count": number} for number in (1, 2)]
    assert told(form[:1], form[1:]) == ["  only the way it is stored"]


def test_a_notebook_with_another_number_of_cells_is_compared_cell_by_cell(tmp_path):
    (tmp_path / "a.ipynb").write_bytes(notebook(("1", "1")))
    told = accept.differences({"a.ipynb": notebook(("1", "2"), ("3", "3"))}, tmp_path)
    assert told == ["a.ipynb:", "  cell 1, 1:", "  -1", "  +2", "  cell 2, 3:", "  +3"]


def test_findings_are_compared_by_their_names(tmp_path):
    old = [{"id": "a", "sentence": "1", "values": {"n": 1}}, {"id": "b", "sentence": "x"}]
    (tmp_path / "findings.json").write_text(json.dumps(old), encoding="utf-8")
    new = [{"id": "b", "sentence": "x"}, {"id": "a", "sentence": "2", "values": {"n": 1}}]
    told = accept.differences({"findings.json": json.dumps(new).encode()}, tmp_path)
    assert told == ["findings.json:", "  a sentence:", "  -1", "  +2"]
