"""The commands: what they say, write and leave behind, and how they end."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import get_args

import nbformat
import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis import load_corpus, load_tokens, load_utterances
from analysis.annotation import tokens
from analysis.figures import style
from analysis.figures.tables import literally
from analysis.files import write_files
from analysis.study import run as runs
from analysis.study.command_line import Profile, app
from analysis.study.export import data_files, data_tables

TALK = """\
A talk by the sea

BO CHAN: Why do you paint the harbour in winter?

ANN LEE: It rained for a week in {place}, so I bought some colours and I stayed in.

BO CHAN: What did your neighbours say when they saw the pictures?

ANN LEE: They laughed. My uncle bought one and hung it over the stove, where it is still.

BO CHAN: Do you sell many of them?

ANN LEE: I sell two in a year, and I paint ten, so the house is full of harbours.
"""


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def command(*arguments, **options):
    """Start a real process."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "analysis", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def talks(folder, *places):
    for place in places:
        (folder / f"{place}.txt").write_text(TALK.format(place=place), encoding="utf-8")
    return folder


@pytest.fixture
def listed(tmp_path):
    """Make a folder of three interviews with their list."""
    folder = tmp_path / "talks"
    folder.mkdir()
    assert run("new", talks(folder, "bergen", "oslo", "tromso")).exit_code == 0
    return folder


# Asking for help


@pytest.mark.parametrize("name", ["new", "check", "study", "export"])
def test_each_command_tells_what_it_does_with_examples(name):
    said = run(name, "--help")
    assert said.exit_code == 0
    assert f"python -m analysis {name}" in said.stdout.split("Examples:")[1]
    assert "Exit code: 0 done" in said.stdout


def test_help_does_not_wait_for_what_it_does_not_need():
    code = (
        "import sys; from typer.testing import CliRunner; from analysis.study.command_line import"
        " app\nassert CliRunner().invoke(app, ['study', '--help']).exit_code == 0\nprint([name for"
        " name in ('pandas', 'spacy', 'matplotlib', 'nbclient') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_profiles_are_those_of_the_figures():
    assert get_args(Profile) == tuple(style.PROFILES)


@pytest.mark.parametrize(
    "arguments",
    [
        ["everything"],
        ["new"],
        ["export", "somewhere"],
        ["export", "somewhere", "--out", "x", "--format", "xls"],
        ["study", "somewhere"],
        ["study", "--out", "x"],
        ["study", "somewhere", "--out", "x", "--only", "page"],
        ["study", "--profile", "poster"],
        ["check", "somewhere", "--rows", "-1"],
    ],
)
def test_wrong_usage_is_2(arguments):
    said = run(*arguments)
    assert said.exit_code == 2
    assert "Usage: " in said.stderr


# Faults are one sentence


@pytest.mark.parametrize(
    "arguments", [["new"], ["check"], ["export", "--out", "results"], ["study", "--out", "results"]]
)
def test_no_such_folder_is_one_sentence(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    said = run(arguments[0], "[red]\x1b[31mnowhere", *arguments[1:])
    assert said.exit_code == 1
    assert said.stdout == ""
    assert (
        said.stderr
        == r"Stopped: [red]\x1b[31mnowhere: there is no such folder; give the folder that contains"
        + " the texts.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_study_outside_the_repository_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run("study")
    assert said.exit_code == 1
    assert said.stderr.splitlines()[-1].startswith("Stopped: ")
    assert (
        "interviews.toml: there is no such file; write one with: python -m analysis new seeds"
        in said.stderr
    )


@pytest.mark.parametrize("name", ["check", "study", "export"])
def test_a_list_that_points_outside_is_one_sentence(tmp_path, name):
    folder = tmp_path / "talks"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text(TALK.format(place="heliotrope"), encoding="utf-8")
    (folder / "interviews.toml").write_text(
        '[[interview]]\nid = "a"\nfile = "../secret.txt"\n', encoding="utf-8"
    )
    said = run(name, folder, *([] if name == "check" else ["--out", tmp_path / "results"]))
    assert said.exit_code == 1
    assert "is outside" in said.stderr
    assert "heliotrope" not in said.output
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("name", ["study", "export"])
def test_each_file_that_cannot_be_used_is_named_before_the_long_work(listed, tmp_path, name):
    (listed / "bergen.txt").write_bytes(b"")
    (listed / "oslo.txt").write_bytes(b"a\0b")
    said = run(name, listed, "--out", tmp_path / "results")
    assert said.exit_code == 1
    assert [line.split(": ")[0].split("talks")[1][1:] for line in said.stderr.splitlines()[:2]] == [
        "bergen.txt",
        "oslo.txt, line 1",
    ]
    assert "Stopped: 2 of 3 interviews cannot be used." in said.stderr
    assert not (tmp_path / "results").exists()
    assert not (listed / ".annotations").exists()


# new and check


def test_new_tells_what_it_listed_and_never_replaces(listed):
    before = files(listed)
    said = run("new", listed)
    assert said.exit_code == 1
    assert "left as it is" in said.stderr
    said = run("new", listed, "--add")
    assert said.exit_code == 0
    assert "Nothing to add" in said.stdout
    assert files(listed) == before
    talks(listed, "voss")
    said = run("new", listed, "--add")
    assert said.stdout.splitlines()[0] == "listed: voss.txt as voss, layout labelled"
    assert list(pd.unique(load_utterances(listed)["interview"])) == [
        "bergen",
        "oslo",
        "tromso",
        "voss",
    ]


def test_check_writes_nothing_and_shows_the_files_after_one_that_cannot_be_used(listed):
    (listed / "bergen.txt").write_bytes(b"\xff\xfe\x00")
    before = files(listed)
    said = run("check", listed)
    assert said.exit_code == 1
    assert "cannot be used: " in said.stdout
    assert "It rained for a week in oslo" in said.stdout
    assert "It rained for a week in tromso" in said.stdout
    assert (
        said.stdout.splitlines()[-1] == "Interviews: 3; cannot be used: 1; with points to check: 0."
    )
    assert files(listed) == before


def test_check_of_good_files_is_0_and_names_what_is_not_listed(listed):
    talks(listed, "voss")
    said = run("check", listed, "--rows", 2)
    assert said.exit_code == 0
    assert said.stdout.splitlines()[-1] == "Files not in the list: 1 (voss.txt)."


def test_a_hostile_folder_is_listed_checked_and_split(tmp_path):
    talks(tmp_path, "oslo")
    hostile = {
        "[bold]<b>&.txt": TALK.format(place="[red]Oslo[/red] \x1b[2J\x1b]0;x\x07"),
        "empty.txt": "",
        "null.txt": "Why?\0\n\nBecause.",
        "one-line.txt": "“So,” he said. Why? " * 50_000,
        "quotes.txt": "Q: Why?\n\nA: " + "“" * 1_000 + "\n\nQ: So?\n\nA: " + "'\"" * 1_000 + " no.",
        "right-to-left.txt": TALK.format(place="\u202eחיפה\u202c"),
        "lines.txt": "\n" * 100_000 + TALK.format(place="the end"),
    }
    for name, text in hostile.items():
        try:
            (tmp_path / name).write_text(text, encoding="utf-8")
        except OSError:
            continue  # a name that this system does not take
    (tmp_path / "cp1252.txt").write_bytes(TALK.format(place="Zürich – “Züri”").encode("cp1252"))
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 100)
    before = files(tmp_path)
    started = time.monotonic()
    said = run("new", tmp_path)
    assert said.exit_code == 0, said.output
    assert run("check", tmp_path).exit_code == 0
    assert time.monotonic() - started < 60
    shown = run("check", tmp_path, "--rows", 0).stdout
    assert not {"\x1b", "\x07", "\u202e", "\0"} & set(shown + said.output)
    assert r"[red]Oslo[/red] \x1b[2J" in shown
    after = files(tmp_path)
    after.pop("interviews.toml")
    assert after == before
    for name in ("empty", "null", "binary"):
        assert f"left out: {tmp_path}{os.sep}{name}.txt" in said.stdout
    utterances = load_utterances(tmp_path)
    for interview in ("cp1252", "quotes", "right-to-left", "lines", "oslo"):
        assert "interviewee" in set(utterances.loc[utterances["interview"] == interview, "role"]), (
            interview
        )


# export and study


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_exported_tables_are_those_of_the_library(corpus_of_seeds, tmp_path, kind):
    tables = data_tables(corpus_of_seeds)
    assert list(tables) == ["utterances", "tokens", "entities", "codings"]
    write_files(data_files(tables, kind), tmp_path)
    read = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "json": lambda path: pd.DataFrame(json.loads(path.read_text("utf-8"))),
    }
    for name, table in tables.items():
        back = read[kind](tmp_path / f"{name}.{kind}")
        assert list(back.columns) == list(table.columns)
        assert len(back) == len(table)
        if kind == "parquet":
            pd.testing.assert_frame_equal(back, table)
        elif "text" in table and kind == "json":
            assert back["text"].to_list() == table["text"].to_list()
        assert back["start"].to_list() == table["start"].to_list()


def test_export_writes_each_table_and_says_where(listed, tmp_path):
    said = run("export", listed, "--out", tmp_path / "tables")
    assert said.exit_code == 0, said.output
    tables = data_files(data_tables(load_corpus(listed)))
    assert [line for line in said.stdout.splitlines() if line] == [
        str(tmp_path / "tables" / name) for name in tables
    ]
    assert files(tmp_path / "tables") == tables


@pytest.mark.usefixtures("svg_alone")
def test_one_interview_without_codebook_or_gazetteer_is_studied(tmp_path, monkeypatch):
    folder, out = tmp_path / "talks", tmp_path / "results"
    folder.mkdir()
    assert run("new", talks(folder, "bergen")).exit_code == 0
    said = run("study", folder, "--out", out)
    assert said.exit_code == 0, said.output
    assert said.stdout == (
        f"The study as one page: {out / 'study.html'}\nFigures: {out / 'index.html'}\n"
        f"Notebook: {out / 'study.ipynb'}\n"
    )
    written = files(out)
    assert {
        "index.html",
        "index.json",
        "findings.md",
        "findings.json",
        "01-voices.svg",
        "tables/frequencies.csv",
    } <= set(written)
    assert {"data/utterances.parquet", "data/tokens.parquet", "data/entities.parquet"} <= set(
        written
    )
    sentences = [one["sentence"] for one in json.loads(written["findings.json"])]
    assert sentences
    assert all(literally(sentence) in written["findings.md"].decode() for sentence in sentences)
    assert not any(".part" in name for name in written)
    assert {path.name for path in folder.iterdir()} == {
        "bergen.txt",
        "interviews.toml",
        ".annotations",
    }
    notebook = nbformat.reads(written["study.ipynb"].decode(), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[1].source.startswith("corpus = analysis.load_corpus('../talks')\n")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(cell.outputs for cell in code[2:])
    assert {output.output_type for cell in code for output in cell.outputs} == {"execute_result"}
    shown = "".join(cell.source for cell in notebook.cells)
    listed = json.loads(written["index.json"])["figures"]
    assert all(literally(figure["title"]) in shown for figure in listed)
    assert str(tmp_path) not in written["study.ipynb"].decode()
    # Run again, it writes the same bytes.
    assert run("study", folder, "--out", out, "--no-notebook").exit_code == 0
    unrun = nbformat.read(out / "study.ipynb", as_version=4)
    assert [cell.source for cell in unrun.cells] == [cell.source for cell in notebook.cells]
    assert not any(cell.get("outputs") for cell in unrun.cells)
    shown = {"study.ipynb", "study.html"}
    again = files(out)
    assert {name: again[name] for name in again.keys() - shown} == {
        name: written[name] for name in written.keys() - shown
    }
    # A notebook that was changed stays; nothing is drawn here any more.
    drawn = {name: written[name] for name in ("index.html", "index.json")}
    monkeypatch.setattr(runs.Study, "files", drawn)
    monkeypatch.setattr(runs, "drawings_of", lambda study: [])
    notebook.cells[3].source += "  # mine"
    nbformat.write(notebook, out / "study.ipynb")
    changed = (out / "study.ipynb").read_bytes()
    said = run("study", folder, "--out", out)
    assert "has been changed, so it is kept" in said.stdout
    assert (out / "study.ipynb").read_bytes() == changed
    # Figures for another page have a folder of their own.
    said = run("study", folder, "--out", out, "--profile", "slide")
    assert said.stdout == f"Figures: {tmp_path / 'results-slide' / 'index.html'}\n"
    assert files(tmp_path / "results-slide") == drawn


@pytest.mark.usefixtures("svg_alone")
def test_several_are_studied_in_the_folder_of_the_texts_and_what_is_left_out_is_said(listed):
    # What HTML, Markdown, mathematics in matplotlib and a terminal would take for commands.
    hostile = TALK.format(
        place="[red]Oslo[/red] \x1b[2J <b>R&D</b> with Anna $Smith^2$ and Anna $Smith^2$ \u202eחיפה"
    )
    (listed / "a $x$ [b] & c_d.txt").write_text(hostile, encoding="utf-8")
    assert run("new", listed, "--add").exit_code == 0
    said = run("study", listed, "--out", listed, "--no-notebook")
    assert said.exit_code == 0, said.output
    written = {name: content.decode() for name, content in files(listed).items()
               if name.endswith((".html", ".md", ".json", ".ipynb"))}  # fmt: skip
    assert "<b>R" not in written["index.html"]
    left_out = json.loads(written["index.json"])["left_out"]
    assert left_out == [
        "Keywords and the comparison of themes are left out because they need two interviews in"
        " which the interviewee has at least 5 utterances.",
        "The names figure is left out because no name is mentioned more than once.",
        "Themes are left out because there is no codebook.toml that defines any. To get one to fill"
        " in, run “python -m analysis new FOLDER --codebook empty”.",
    ]
    themes = "Themes are left out"
    assert all(themes in written[name] for name in ("study.html", "index.html", "findings.md"))
    assert "study.left_out(corpus)" in written["study.ipynb"]
    assert themes in said.stderr and themes in run("export", listed, "--out", listed).stderr
    assert set(pd.read_parquet(listed / "data" / "utterances.parquet")["interview"]) == {
        "bergen",
        "oslo",
        "tromso",
        "a-x-b-c_d",
    }
    # Nothing of it is taken for an interview.
    said = run("check", listed, "--rows", 1)
    assert said.exit_code == 0 and "not in the list" not in said.stdout
    assert "Nothing to add" in run("new", listed, "--add").stdout


def test_an_interview_without_a_word_to_count_is_one_sentence(listed, tmp_path):
    (listed / "oslo.txt").write_text(
        "Q: Why?\n\nA: No. “” (…)\n\nQ: And then?\n\nA: It was so.", encoding="utf-8"
    )
    said = run("study", listed, "--out", tmp_path / "results")
    assert said.exit_code == 1
    assert (
        "the interviewee uses no content words in oslo, so there is nothing to count" in said.stderr
    )
    assert not (tmp_path / "results").exists()


def test_somebody_elses_page_is_not_replaced(listed, tmp_path):
    out = tmp_path / "site"
    out.mkdir()
    (out / "index.html").write_text("my page", encoding="utf-8")
    said = run("study", listed, "--out", out)
    assert said.exit_code == 1
    assert "was not written by an earlier study" in said.stderr
    assert files(out) == {"index.html": b"my page"}


def test_what_cannot_be_written_is_one_sentence(listed, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    for name in ("export", "study"):
        said = run(name, listed, "--out", tmp_path / "taken")
        assert said.exit_code == 1
        fault = f"Stopped: {tmp_path / 'taken'} is a file, so nothing can be written there"
        assert said.stderr.startswith(fault), "before anything is annotated"
    assert not (listed / ".annotations").exists()


@pytest.mark.parametrize("name", ["export", "study"])
@pytest.mark.parametrize(
    ("file", "content"),
    [("gazetteer.csv", "no,such,columns\n"), ("codebook.toml", "[[theme"), ("codebook.toml", None)],
)
def test_a_fault_of_gazetteer_or_codebook_is_met_before_anything_is_annotated(
    listed, tmp_path, name, file, content
):
    if content is None:
        (listed / file).symlink_to(file)  # a link that leads to itself
    else:
        (listed / file).write_text(content, encoding="utf-8")
    said = run(name, listed, "--out", tmp_path / "results")
    assert said.exit_code == 1
    assert (
        said.stderr.startswith(f"Stopped: {listed / file}") and len(said.stderr.splitlines()) == 1
    )
    assert not (listed / ".annotations").exists() and not (tmp_path / "results").exists()


# Interrupted


@pytest.fixture
def annotated(monkeypatch):
    """Note which interviews are annotated."""
    names = []
    whole = tokens._annotated

    def noting(utterances, **options):
        names.extend(pd.unique(utterances["interview"]))
        return whole(utterances, **options)

    monkeypatch.setattr(tokens, "_annotated", noting)
    return names


def test_interrupted_it_says_that_it_goes_on_and_does(listed, tmp_path, monkeypatch, annotated):
    assert run("export", listed, "--out", tmp_path / "tables").exit_code == 0
    assert annotated == ["bergen", "oslo", "tromso"]
    talks(listed, "voss")
    run("new", listed, "--add")
    annotated.clear()
    with monkeypatch.context() as patch:

        def stop(*_, **__):
            raise KeyboardInterrupt

        patch.setattr(tokens, "_annotated", stop)
        before = files(tmp_path / "tables")
        said = run("export", listed, "--out", tmp_path / "tables")
    assert said.exit_code == 130
    assert (
        said.stderr.splitlines()[-1]
        == "Interrupted. Finished work has been kept; run the command again to continue."
    )
    assert files(tmp_path / "tables") == before
    assert run("export", listed, "--out", tmp_path / "tables").exit_code == 0
    assert annotated == ["voss"]


def test_killed_between_interviews_only_the_rest_is_annotated(tmp_path, annotated):
    folder = tmp_path / "talks"
    folder.mkdir()
    talks(folder, "bergen", "oslo", "tromso")
    (folder / "oslo.txt").write_text(
        TALK.format(place="oslo") * 20, encoding="utf-8"
    )  # annotated for a second or two
    assert run("new", folder).exit_code == 0
    assert tokens._PART > 1
    one_by_one = (
        "from analysis.annotation import tokens; from analysis.study import command_line;"
        " tokens._PART = 1; command_line.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", one_by_one, "export", str(folder), "--out", str(tmp_path / "x")]
    )
    store, one = folder / ".annotations", "?" * 32 + ".parquet"  # not all together
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until and not list(store.glob(one)):
        time.sleep(0.001)
    process.kill()
    process.wait()
    kept = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in store.glob(one)}
    assert 0 < len(kept) < 3
    result = load_tokens(folder)
    assert annotated == ["bergen", "oslo", "tromso"][len(kept) :]
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in kept} == kept
    pd.testing.assert_frame_equal(result, tokens.annotate(load_utterances(folder)))


@pytest.mark.skipif(os.name == "nt", reason="Windows has another signal for Ctrl-C")
def test_ctrl_c_is_130_and_one_line(listed, tmp_path):
    process = command("study", listed, "--out", tmp_path / "results")
    assert process.stderr.readline() == "Annotating new texts …\n"
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out == ""
    assert said.splitlines()[-1].startswith("Interrupted. Finished work has been kept")
    assert "Traceback" not in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has another signal for Ctrl-C")
def test_interrupted_inside_an_exec_it_is_130_too(tmp_path):
    (tmp_path / "interrupted.py").write_text(
        "from analysis.study.command_line import interruptible\ntry:\n with interruptible():"
        " exec('raise KeyboardInterrupt')\nexcept KeyboardInterrupt: raise SystemExit(130)",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "interrupted"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 130


def test_a_reader_that_stops_reading_is_no_fault_to_tell(root):
    process = command("check", root / "tests/gold-layouts", "--rows", 0)
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.wait(timeout=60)
    process.stderr.close()
