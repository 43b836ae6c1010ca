"""What is proposed, checked and split of whole folders is what it was."""

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from stored import as_stored

from analysis.sources import check_interviews, exchanges, load_utterances, propose
from analysis.sources.proposal import written
from analysis.study.preview import preview

GOOD = "Q: Why do you paint?\n\nA: It rained – “for a week”, so I stayed in the café.\n\n"
PAGE = "<!doctype html><title>A talk</title><nav>Home</nav><article>{}</article>"
# Beside the labelled texts: what is hard to read, to tell or to use.
OTHERS = {
    "cp1252.txt": (GOOD * 3).encode("cp1252"),
    "utf-16.txt": (GOOD * 2).encode("utf-16"),
    "bom.txt": (GOOD * 2).encode("utf-8-sig"),
    "crlf.txt": (GOOD * 2).replace("\n", "\r\n").encode(),
    "page.html": PAGE.format("".join(f"<p>{p}</p>" for p in GOOD.split("\n\n") * 3)).encode(),
    "prose.txt": ("She paints by the sea, and it rains. " * 9).encode() * 2,
    "long.txt": (GOOD + "A: " + "It rained for a week. " * 300).encode(),
    "answers.txt": b"Q: Why?\n\n" + b"The sea rose, and we left the house.\n\n" * 6,
    "misread.txt": (GOOD * 2).encode().decode("latin-1").encode(),
    "questions.txt": b"Why?\n\nBecause.\n\n" + b"It rained again that day.\n\n" * 12,
    "empty.txt": b" \n",
    "a.docx": b"PK",
    "README.md": b"About this folder",
    "The long talk, with a name & more.txt": GOOD.encode() * 2,
    "the long talk with a name more.txt": GOOD.encode() * 2,
}


@pytest.fixture
def folder(request, tmp_path, monkeypatch):
    """Make a folder of texts without a list; faults name it as it is seen from where we stand."""
    monkeypatch.chdir(tmp_path)
    folder = Path("texts")
    folder.mkdir()
    for name in ("seeds", "tests/gold-layouts", "tests/gold-headings"):
        for path in (request.config.rootpath / name).glob("*.txt"):
            shutil.copy(path, folder)
    for name, content in OTHERS.items():
        (folder / name).write_bytes(content)
    return folder


def shown(splits):
    """Return what a terminal shows of each split."""
    told = {}
    for split in splits:
        target = io.StringIO()
        Console(file=target, width=120).print(preview(split, rows=12))
        told[split.interview.id] = target.getvalue()
    return told


def test_what_is_proposed_is_as_stored(folder):
    proposals = propose(folder)
    told = {one.interview.file: written([one], head=False) for one in proposals if not one.fault}
    for one in proposals:
        more = one.interview, one.reason, one.doubts, one.title, one.fault
        told[f"{one.interview.file}, more"] = repr(more)
        if one.speakers is not None:
            told[f"{one.interview.file}, speakers"] = one.speakers
    as_stored("proposed", told | {"all": written(proposals)})


def test_what_a_check_shows_is_as_stored(folder, root):
    told = shown(check_interviews(folder))
    for name in ("seeds", "tests/gold-headings", "tests/gold-layouts"):
        listed = shown(check_interviews(root / name))
        told |= {f"{one}, listed": text for one, text in listed.items()}
    as_stored("checked", told)


@pytest.mark.parametrize("name", ["seeds", "tests/gold-headings", "tests/gold-layouts"])
def test_utterances_and_exchanges_are_as_stored(root, name):
    utterances = load_utterances(root / name)
    found = {"utterances": utterances, "exchanges": exchanges(utterances)}
    as_stored(f"utterances-{name.rpartition('/')[2]}", found)
