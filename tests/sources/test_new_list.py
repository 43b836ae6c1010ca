"""A proposed list says what the files tell, and breaks on no name and no content."""

import json
import os
import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import SourceError
from analysis.sources.interviews import Interview, read_interviews
from analysis.sources.layouts import LAYOUTS
from analysis.sources.proposal import (
    Proposal,
    layout_doubts,
    propose,
    safe_id,
    speakers,
    unlisted,
    write_list,
    written,
)
from analysis.sources.utterances import split_voices

TALK = (
    "A talk by the sea\n\nBO CHAN: Why do you paint?\n\nANN LEE: {}\n\nBO CHAN: And now?\n\nANN"
    " LEE: Now I rest.\n"
)
ANSWER = "It rained for a week, so I bought some colours and stayed in."


def talk(answer=ANSWER):
    return TALK.format(answer)


def entries(folder):
    return {one.file: one for one in read_interviews(folder)}


# What the files tell


def test_each_gold_file_gets_its_layout(root):
    for folder in ("seeds", "tests/gold-headings", "tests/gold-layouts"):
        proposed = {one.interview.file: one for one in propose(root / folder)}
        for listed in read_interviews(root / folder):
            one = proposed[listed.file]
            assert one.fault is None, one.fault
            assert listed.layout in (None, one.interview.layout), listed.file
            assert one.doubts == (), listed.file


def test_who_is_interviewed_is_never_written_as_known_and_never_guessed_wrong(root):
    folder = root / "tests/gold-layouts"
    known = {listed.file: listed.interviewee for listed in read_interviews(folder)}
    guessed = 0
    for one in propose(folder):
        assert one.interview.interviewee is None
        text = written([one])
        guess = re.search(r'^# interviewee = "(.*)"  # a guess', text, re.MULTILINE)
        assert not re.search(r"^interviewee", text, re.MULTILINE)
        if guess and known[one.interview.file]:
            assert guess[1] == known[one.interview.file]
            guessed += 1
    assert guessed >= 8


@pytest.mark.parametrize("labels", [("Q: ", "A: "), ("INTERVIEWER:\n", "JO ORR:\n")])
def test_the_label_of_a_speaker_is_no_title(tmp_path, labels):
    asked, answered = labels
    turns = "".join(f"{asked}Why {one}?\n\n{answered}Because I do.\n\n" for one in "abc")
    (tmp_path / "jo_orr.txt").write_text(turns, encoding="utf-8")
    (tmp_path / "titled.txt").write_text(f"A talk with Jo\n\n{turns}", encoding="utf-8")
    text = written(propose(tmp_path))
    assert text.count("title = ") == 1 and '# title = "A talk with Jo"' in text
    assert 'label = "Jo Orr"' in text


def test_speakers_are_counted():
    source = talk()
    table = speakers(split_voices(source, Interview(id="a", file="a.txt", layout="labelled")))
    assert table.values.tolist() == [
        ["interviewee", "ANN LEE", 2, 13 + 3],
        ["interviewer", "BO CHAN", 2, 4 + 2],
    ]


@pytest.mark.parametrize("more", [False, True])
def test_the_first_six_speakers_are_listed(more):
    names = "Ann Bea Cid Dov Eva Fay Gil".split()[: 6 + more]
    found = pd.DataFrame({"role": "interviewee", "speaker": names, "turns": 1, "words": 2})
    listed = written([Proposal(Interview(id="a", file="a.txt"), speakers=found)])
    line = next(line for line in listed.splitlines() if line.startswith("# speakers: "))
    assert line.count("(turns: 1, words: 2)") == 6
    assert line.endswith(", …") == more


def test_two_layouts_that_fit_are_a_doubt():
    rows = [
        ("subtitles", 0.9, "many cues"),
        ("labelled", 0.8, "labels\nof two"),
        ("q_and_a", 1.0, "questions"),
    ]
    found = pd.DataFrame(rows, columns=["layout", "evidence", "reason"])
    assert layout_doubts(found) == ['the layout may also be "labelled": labels of two']


def test_few_questions_are_a_doubt():
    rows = [
        ("q_and_a", 0.1, "2 of 40 paragraphs end in a question mark"),
        ("digest", 0.0, "no leads"),
    ]
    found = pd.DataFrame(rows, columns=["layout", "evidence", "reason"])
    assert layout_doubts(found) == [
        "the layout is uncertain: only 2 of 40 paragraphs end in a question mark"
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_another_encoding_is_named_and_doubted(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(talk("“It rained”, she said – in the café.").encode(encoding))
    [one] = propose(tmp_path)
    assert one.interview.encoding == encoding
    assert "encoding" in one.doubts[0]
    write_list(tmp_path)
    assert "# not sure: the encoding" in (tmp_path / "interviews.toml").read_text(encoding="utf-8")
    assert entries(tmp_path)["a.txt"].encoding == encoding


# What cannot be used


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "contains no text"),
        ("a.txt", b" \n\n ", "contains no text"),
        ("a.txt", b"One line about nothing in particular.", "layout is not recognised"),
        ("a.txt", b"Why?\0\n\nBecause.", "null character"),
        ("a.txt", bytes(range(256)) * 20, "is neither UTF-8 nor "),
        ("a.txt", b"%PDF-1.7 ...", "PDF"),
        ("a.txt", b"<!doctype html><script>1</script>", "HTML"),
        ("a.docx", b"PK\x03\x04", "docx file"),
        ("README.md", b"Why?\n\nBecause it is so.", "describes the folder"),
    ],
)
def test_what_cannot_be_used_is_left_out_with_its_reason(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text(talk(), encoding="utf-8")
    write_list(tmp_path)
    assert list(entries(tmp_path)) == ["good.txt"]
    comments = [
        line
        for line in (tmp_path / "interviews.toml").read_text(encoding="utf-8").splitlines()
        if line.startswith("# Left out")
    ]
    assert len(comments) == 1
    assert said in comments[0]
    assert name in comments[0]


def test_a_link_out_of_the_folder_is_left_out_and_not_read(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text(talk("The secret word is heliotrope."), encoding="utf-8")
    try:
        (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    except OSError:
        pytest.skip("links are not allowed here")
    [one] = propose(folder)
    assert "outside" in one.fault
    assert "heliotrope" not in written([one])


def test_folders_hidden_files_and_other_files_are_passed_over(tmp_path):
    (tmp_path / "deep.txt").mkdir()
    for name in (".hidden.txt", "photo.jpg", "codebook.toml"):
        (tmp_path / name).write_text(talk(), encoding="utf-8")
    assert propose(tmp_path) == []
    with pytest.raises(SourceError, match="contains no texts"):
        write_list(tmp_path)


def test_what_a_study_wrote_into_the_folder_is_no_interview(tmp_path):
    names = ["study.html", "index.html", "findings.md", "figures/rain.md", "names.html"]
    (tmp_path / "figures").mkdir()
    for name in [*names, "talk.html", "talk.md"]:
        (tmp_path / name).write_text(talk(), encoding="utf-8")
    index = {"figures": [{"files": ["figures/rain.md"]}], "tables": [{"files": ["names.html"]}]}
    every = ["findings.md", "index.html", "index.json", "names.html", "study.html"]
    for content, others in [
        (json.dumps(index), []),
        (json.dumps({"figures": []}), every),
        ("not JSON", every),
    ]:
        (tmp_path / "index.json").write_text(content, encoding="utf-8")
        listed = sorted(path.name for path in unlisted(tmp_path, []))
        assert listed == sorted([*others, "talk.html", "talk.md"])


def test_without_a_file_that_can_be_used_no_list_is_written(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(SourceError, match=r"none of the files in it.*contains no text"):
        write_list(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


# Names

NAMES = [
    "a\u202etxt.exe.txt",
    *(["up\\..\\..\\up.txt"] if os.sep == "/" else []),
    "[[interview]].txt",
    "<script>alert(1)</script>'.txt".replace("/", "∕"),
    'quote" and \\ back.txt',
    "two  blanks .txt",
    "דנה.txt",
    "日本.txt",
    "Müller.txt",
    "muller.txt",
    "MULLER .txt",
    "a # comment.txt",
    "$x$.txt",
]


def test_any_name_gets_an_id_of_its_own_and_comes_back(tmp_path):
    there = []
    for name in NAMES:
        try:
            (tmp_path / name).write_text(talk(), encoding="utf-8")
            there.append(name)
        except OSError:
            continue  # a name that this system does not take
    there = [path.name for path in tmp_path.iterdir() if path.name in there]
    write_list(tmp_path)
    listed = read_interviews(tmp_path)
    assert sorted(one.file for one in listed) == sorted(there)
    assert len({one.id for one in listed}) == len(there) >= 7


def test_a_name_with_a_control_character_is_left_out(tmp_path):
    try:
        (tmp_path / "a\n[[interview]]\x1b[31m.txt").write_text(talk(), encoding="utf-8")
    except OSError:
        pytest.skip("such names are not allowed here")
    (tmp_path / "b.txt").write_text(talk(), encoding="utf-8")
    write_list(tmp_path)
    text = (tmp_path / "interviews.toml").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert [one.file for one in read_interviews(tmp_path)] == ["b.txt"]


@given(st.lists(st.text(max_size=80), max_size=8))
def test_ids_are_safe_and_unique(names):
    taken = set()
    for name in names:
        made = safe_id(name, taken)
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", made)
        assert made not in taken
        taken.add(made)


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(
    st.lists(
        st.tuples(
            ANYTHING,
            ANYTHING,
            st.lists(ANYTHING, max_size=2),
            ANYTHING,
            st.none() | ANYTHING,
            ANYTHING,
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(list(LAYOUTS)),
)
def test_whatever_stands_in_names_and_texts_the_list_says_what_was_proposed(told, layout):
    proposals = []
    for number, (file, reason, doubts, title, fault, speaker) in enumerate(told):
        row = {"role": "interviewee", "speaker": speaker, "turns": 1, "words": 2}
        entry = Interview(id=f"i{number}", file=file, layout=layout)
        proposals.append(Proposal(entry, reason, tuple(doubts), pd.DataFrame([row]), title, fault))
    listed = tomllib.loads(written(proposals)).get("interview", [])
    expected = [one.interview for one in proposals if one.fault is None]
    # A label is made of the name of the file.
    assert all(row.pop("label") for row in listed)
    assert listed == [{"id": one.id, "file": one.file, "layout": layout} for one in expected]


# What is there stays


def test_a_list_that_is_there_is_never_replaced(tmp_path):
    (tmp_path / "a.txt").write_text(talk(), encoding="utf-8")
    (tmp_path / "interviews.toml").write_bytes(b"mine")
    with pytest.raises(SourceError, match="left as it is"):
        write_list(tmp_path)
    assert (tmp_path / "interviews.toml").read_bytes() == b"mine"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_adding_puts_only_what_is_new_below(tmp_path, end):
    (tmp_path / "a.txt").write_text(talk(), encoding="utf-8")
    before = f'# mine\r\n[[interview]]\r\nid = "b"\r\nfile = "a.txt"{end}'.encode()
    (tmp_path / "interviews.toml").write_bytes(before)
    (tmp_path / "b.txt").write_text(talk(), encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    write_list(tmp_path, add=True)
    after = (tmp_path / "interviews.toml").read_bytes()
    assert after.startswith(before)
    assert [(one.id, one.file) for one in read_interviews(tmp_path)] == [
        ("b", "a.txt"),
        ("b-2", "b.txt"),
    ]
    write_list(tmp_path, add=True)
    assert (tmp_path / "interviews.toml").read_bytes() == after
    assert [path.name for path in unlisted(tmp_path, read_interviews(tmp_path))] == ["empty.txt"]


def test_adding_to_a_list_that_cannot_be_used_changes_nothing(tmp_path):
    (tmp_path / "a.txt").write_text(talk(), encoding="utf-8")
    (tmp_path / "interviews.toml").write_bytes(b"not toml")
    with pytest.raises(SourceError, match="not valid TOML"):
        write_list(tmp_path, add=True)
    assert (tmp_path / "interviews.toml").read_bytes() == b"not toml"


def test_a_folder_that_cannot_be_read_is_said_so(tmp_path):
    with pytest.raises(SourceError, match="cannot be read as a folder"):
        propose(Path(tmp_path / "nowhere"))
