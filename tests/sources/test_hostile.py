"""Texts and files made to hurt: each gets a split or its sentence, all within a limit of time."""

import json
import os
import subprocess
import sys

import pytest

# Any step that reads the rest of a text again and again would need hours for these.
SECONDS = 400
CUES = "1\n00:00:01,000 --> 00:00:02,000\n- Why?\n\n2\n00:00:02,000 --> 00:00:03,000\n- No.\n\n"
NOTHING = "its layout is not recognised"
NOBODY = "no words of an interviewee are found"

TEXTS = {
    "front matter CRLF": ("---\r\n" + "a: b\r\n" * 5_000, NOTHING),
    "empty lines CRLF": ("---\r\n" + "\r\n" * 3_000 + "Why?\r\n\r\nIt rained.\r\n", "q_and_a"),
    "short paragraphs": ("Why?\n\nNo.\n\n" * 10_000, "q_and_a"),
    "colons": ("Why?\n\n" + ":" * 200_000 + "\n\nI do not know.", "q_and_a"),
    "question marks": ("Why?\n\n" + "?" * 200_000 + "\n\nI do not know.", "q_and_a"),
    "labels": ("".join(f"NAME{n}: Why?\n\nBO: No.\n\n" for n in range(3_000)), "labelled"),
    "labels in lines": ("ANN: Why? BO: I do not know. " * 5_000, "labelled"),
    "nested quotations": ("Why?\n\n" + "“a " * 10_000 + "”" * 10_000 + "\n\nI know.", "q_and_a"),
    "nested block quotes": (">" * 10_000 + " Why?\n\nI know.\n\nSo?\n\nI know.", "q_and_a"),
    "tags": ("<b>" * 50_000 + "Why?\n\nI do not know.", "q_and_a"),
    "asterisks": ("Why?\n\n" + "*" * 100_000 + "\n\nI do not know.", "q_and_a"),
    "dashes": ("Why?\n\n" + "- " * 100_000 + "\n\nI do not know.", "q_and_a"),
    "blanks": ("Why?" + " " * 200_000 + "\n\nI do not know.", "q_and_a"),
    "brackets": ("(" * 100_000, NOTHING),
    "no-break spaces": ("&nbsp;" * 30_000 + "Why?\n\nNo.\n\nSo?\n\nI know.", "q_and_a"),
    "cues far apart": (CUES * 20 + "\n" * 100_000 + CUES * 20, "subtitles"),
    "blanks in cues": (CUES * 20 + " " * 100_000 + "\n" + CUES * 20, "subtitles"),
    "capitals": ("WHO ASKS THIS, AND WHY?\n\nI SAID SO, AND I WAS RIGHT.\n\n" * 500, "q_and_a"),
}

WORKER = """
import json, sys
from analysis.sources.proposal import propose
print(json.dumps({p.interview.file: p.fault or p.interview.layout for p in propose(sys.argv[1])}))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    for name, (text, _) in TEXTS.items():
        (folder / f"{name}.txt").write_bytes(text.encode("utf-8"))
    if hasattr(os, "symlink") and os.name != "nt":
        (folder / "loop.txt").symlink_to("loop.txt")
        os.mkfifo(folder / "pipe.txt")
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(folder)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", TEXTS)
def test_each_text_gets_a_split_or_its_sentence(found, name):
    assert TEXTS[name][1] in found[f"{name}.txt"]


def test_links_in_a_circle_and_pipes_get_their_sentence(found):
    if "loop.txt" in found:
        assert "is a link that leads out of" in found["loop.txt"]
        assert "is no file that can be read" in found["pipe.txt"]


@pytest.mark.parametrize(
    "encoding", ["utf-7", "punycode", "idna", "raw_unicode_escape", "unicode_escape", "undefined"]
)
def test_encodings_that_are_none_of_files(folder_with, encoding):
    from analysis import SourceError, load_interviews

    with pytest.raises(SourceError, match=r"encoding of interview 1 .* which is none"):
        load_interviews(folder_with("Why?\n\nI know.\n", f'encoding = "{encoding}"\n'))


@pytest.mark.parametrize("toml", ["a = " + "[" * 3_000 + "]" * 3_000, "a = " + "9" * 5_000])
def test_a_list_that_no_parser_can_hold(tmp_path, toml):
    from analysis import SourceError, load_interviews

    (tmp_path / "interviews.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SourceError, match="not valid TOML"):
        load_interviews(tmp_path)
