"""Bad input gets one clear sentence: which file, where, what is wrong, what to do."""

import hashlib
from pathlib import Path

import pytest

from analysis import SourceError, load_interviews, load_utterances
from analysis.sources.interviews import read_interviews, read_source

Q_AND_A = "How did it begin?\n\nI had an idea, and I wrote it down.\n"


def message_of(folder) -> str:
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(SourceError) as caught:
        load_utterances(folder)
    assert sorted(path.name for path in folder.iterdir()) == before, "nothing is written"
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_the_sources_are_those_that_were_listed():
    interviews = load_interviews("seeds").set_index("interview")
    assert list(interviews.index) == ["indiewire", "tiff"]
    for row in interviews.itertuples():
        assert hashlib.sha256(Path("seeds", row.file).read_bytes()).hexdigest() == row.sha256


def test_a_changed_file_is_named(folder_with):
    folder = folder_with(Q_AND_A, f'sha256 = "{"0" * 64}"\n')
    text = message_of(folder)
    assert "one.txt" in text
    assert "has changed" in text
    assert hashlib.sha256(Q_AND_A.encode()).hexdigest() in text, (
        "says what to write if the change is intended"
    )


def test_a_matching_hash_passes(folder_with):
    folder = folder_with(Q_AND_A, f'sha256 = "{hashlib.sha256(Q_AND_A.encode()).hexdigest()}"\n')
    assert set(load_utterances(folder)["role"]) == {"interviewer", "interviewee"}


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"", ["one.txt", "contains no text"]),
        (b" \n\t\r\n", ["one.txt", "contains no text"]),
        (
            "Why?\n\nIt’s caf\u00e9 time.".encode("cp1252"),
            ["one.txt, line 3", "byte 8 (0x92)", "cp1252"],
        ),
        (
            "Warum?\n\nEs ist grün.".encode("latin-1"),
            ["one.txt, line 3", "byte 17 (0xfc)", "latin-1"],
        ),
        ("Why?\n\nBecause.".encode("utf-16"), ["one.txt, line 1", "byte 0 (0xff)", "UTF-16"]),
        (b"Why?\n\nBecause\x00.", ["one.txt, line 3", "null character"]),
        (
            b"<!DOCTYPE html>\n<html><body><script>1</script></body></html>",
            ["one.txt", "HTML page", "no article was found", "save the page's text"],
        ),
        (b"%PDF-1.7\n\xe2\xe3", ["one.txt", "a PDF", "save its text"]),
        (b"{\\rtf1\\ansi Why?}", ["one.txt", "an RTF document", "save its text"]),
        (
            b"PK\x03\x04\x14\x00",
            ["one.txt", "a ZIP archive or an office document", "save its text"],
        ),
        (b'{\n "segments": [{"text": "Why?"}]}', ["one.txt", "a JSON file", "save its text"]),
        (
            "The film opens on Friday in the capital.\n\nIt was made in two years.",
            ["one.txt", "layout is not recognised", "digest, headings, q_and_a"],
        ),
    ],
    ids=[
        "empty",
        "blank",
        "cp1252",
        "latin-1",
        "utf-16",
        "null",
        "html",
        "pdf",
        "rtf",
        "docx",
        "json",
        "no layout",
    ],
)
def test_a_file_that_cannot_be_used(folder_with, content, parts):
    text = message_of(folder_with(content))
    for part in parts:
        assert part in text


PAGE = """<!doctype html><html><head><title>Bells</title></head><body>
<nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>
<article><h1>The woman who tunes bells</h1>
<p>Edda Brook tunes church bells with a lathe and a good ear. We met her on the coast.</p>
<p><strong>How does one learn to tune a bell?</strong></p>
<p>By ruining a few. The first one I cut was a semitone flat, and it hangs in a school.</p>
<p><strong>That must hurt to hear. Does it?</strong></p>
<p>Every morning at eight. The children like it, so there is that.</p></article>
<footer>All rights reserved</footer></body></html>
"""


def test_a_saved_page_is_read_as_the_text_that_is_taken_from_it(folder_with):
    folder = folder_with(PAGE)
    [interview] = read_interviews(folder)
    source, table = read_source(folder, interview), load_utterances(folder)
    assert "<" not in source
    assert "Shop" not in source
    for row in table.itertuples():
        assert source[row.start : row.end] == row.text
    spoken = table[table["role"].isin(["interviewer", "interviewee"])]
    assert spoken["role"].to_list() == ["interviewer", "interviewee"] * 2
    assert spoken["text"].iloc[0] == "How does one learn to tune a bell?"


def test_markdown_with_tags_is_no_page(folder_with):
    source = "<b>Why?</b>\n\nIt rained.<br>All day.\n\n<b>And <a href='x'>then</a>?</b>\n\nI ran.\n"
    table = load_utterances(folder_with(source))
    assert table["role"].to_list().count("interviewer") == 2


def test_an_interview_without_interviewee(folder_with):
    prose = "The director was born in 1969. Her first film opened in Berlin, where she lives.\n"
    text = message_of(folder_with(prose, 'layout = "q_and_a"\n'))
    assert "one.txt" in text
    assert "no words by an interviewee" in text


def test_a_missing_file(folder_with):
    folder = folder_with(Q_AND_A)
    (folder / "one.txt").unlink()
    text = message_of(folder)
    assert "one.txt: there is no such file" in text
    assert "'one'" in text


def test_a_missing_list(tmp_path):
    assert "interviews.toml: there is no such file" in message_of(tmp_path)


@pytest.mark.parametrize(
    ("toml", "parts"),
    [
        ('layout = "talk"\n', ["'talk'", "'one'", "digest, headings, q_and_a"]),
        ('interviewre = "Bo"\n', ["line 5", "'interviewre'", "did you mean 'interviewer'?"]),
        ('colour = "red"\n', ["line 5", "'colour'", "use one of id, file"]),
        ("title = 3\n", ["title", "'one'", "must be text"]),
        ('sha256 = "abc"\n', ["sha256", "64 hexadecimal"]),
        ('[[interview]]\nid = "one"\nfile = "one.txt"\n', ["two interviews have the id 'one'"]),
        ('[[interview]]\nid = "a b"\nfile = "one.txt"\n', ["interview 2 ('a b'), id:", "letters"]),
        ('[[interview]]\nid = "two"\n', ["interview 2 ('two'): 'file' is missing"]),
        ('[[interview]]\nid = "two"\nfile = "../two.txt"\n', ["outside"]),
        (
            '[[interview]]\nid = "two"\nfile = "a\\u0000.txt"\n',
            ["interview 2 ", ", file: contains a control character"],
        ),
        ('[[interview.attribution]]\nword = "x"\n', ["line 6", "'word'", "did you mean 'words'?"]),
        ('[[interview.attribution]]\nwords = "x"\n', ["attribution: 'speaker' is missing"]),
        ('[[interview.attribution]]\nwords = "absent"\nspeaker = "Bo"\n', ["'absent'", "0 times"]),
        (
            '[[interview.attribution]]\nwords = "begin?\\n\\nI had"\nspeaker = "Bo"\n',
            ["more than one utterance"],
        ),
        ("[[interview]\n", ["not valid TOML", "line 5"]),
        ("[other]\n", ["line 5", "unknown key 'other'"]),
    ],
)
def test_a_fault_in_the_list(folder_with, toml, parts):
    text = message_of(folder_with(Q_AND_A, toml))
    assert "interviews.toml" in text
    for part in parts:
        assert part in text


def test_an_empty_list(tmp_path):
    (tmp_path / "interviews.toml").write_text("# nothing yet\n", encoding="utf-8")
    assert "lists no interviews" in message_of(tmp_path)


def test_dates_may_be_toml_dates_or_text(folder_with):
    assert load_interviews(folder_with(Q_AND_A, "date = 2013-12-18\n"))["date"].to_list() == [
        "2013-12-18"
    ]
    assert load_interviews(folder_with(Q_AND_A, 'date = "December 2013"\n'))["date"].to_list() == [
        "December 2013"
    ]


def test_a_folder_in_place_of_a_file(folder_with):
    folder = folder_with(Q_AND_A)
    (folder / "one.txt").unlink()
    (folder / "one.txt").mkdir()
    assert "one.txt is a folder, not a file" in message_of(folder)


def test_a_hash_may_be_written_in_capitals(folder_with):
    digits = hashlib.sha256(Q_AND_A.encode()).hexdigest().upper()
    assert load_interviews(folder_with(Q_AND_A, f'sha256 = "{digits}"\n'))["sha256"].to_list() == [
        digits.lower()
    ]


def test_a_tag_in_running_text_is_no_page(folder_with):
    text = "Do you still write <p> by hand?\n\nI do. I like tags.\n"
    assert set(load_utterances(folder_with(text))["role"]) == {"interviewer", "interviewee"}
