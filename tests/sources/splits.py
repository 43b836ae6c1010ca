"""How texts are split today: texts of the tests, as they are and changed, down to each offset.

A row is a text in one form: its layout, the role of each passage by its first letter, and a
checksum of all that the split says. A change of the rules changes some rows. Right is not what is
stored but what people have labelled (tests/gold*).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from analysis.sources import read_interviews, read_source
from analysis.sources.interviews import Interview
from analysis.sources.layouts import candidates
from analysis.sources.utterances import voices_of

ROOT = Path(__file__).parents[2]
LETTERS = {
    "interviewer": "q", "interviewee": "a", "narration": "n", "quoted": "c", "boilerplate": ".",
}  # fmt: skip
FOLDERS = ("seeds", "tests/gold-layouts", "tests/gold-headings", "tests/gold/elsewhere/refined")
Text = tuple[str, str, Interview]  # its name, its characters, what is known of it
_STRAIGHT = str.maketrans("“”„«»‘’", '"""""\'\'')
# Headings are read by the parser of questions and answers.
_SET = ("subtitles", "labelled", "digest", "q_and_a")
_BLANK = re.compile(r"\n[ \t]*\n\s*")


def texts() -> Iterator[Text]:
    """Yield the labelled texts, and the pages that were written to train the splitting."""
    for folder in FOLDERS:
        for interview in read_interviews(ROOT / folder):
            known = replace(interview, layout=None, attribution=())
            yield interview.id, read_source(ROOT / folder, interview), known
    pages = (ROOT / "benchmarks" / "layouts_pages.txt").read_text(encoding="utf-8")
    for number, page in enumerate(pages.split("====\n")[1:], 1):
        paragraphs = [line.partition("|")[2] for line in page.splitlines() if "|" in line]
        name = f"page-{number}"
        yield name, "\n\n".join(paragraphs), Interview(name, f"{name}.txt")


def forms(source: str, known: Interview) -> Iterator[Text]:
    """Yield a text as it is, without what is known of it, and changed in one way each."""
    nobody = Interview(known.id, known.file)
    blocks = _BLANK.split(source.strip())
    half = len(blocks) // 2
    yield "as it is", source, known
    for layout in _SET:
        yield layout, source, replace(known, layout=layout)
    changed = {
        "nobody known": source if known.interviewee else "",
        "no question marks": re.sub(r"[?？؟;]", ".", source),
        "no labels": re.sub(r"(?m)^[^\n:]{1,30}: ?", "", source),
        "straight quotes": source.translate(_STRAIGHT),
        "capitals": source.upper(),
        "no blank lines": "\n".join(blocks),
        "first half": "\n\n".join(blocks[:half]),
        "last half": "\n\n".join(blocks[half:]),
        "every other": "\n\n".join(blocks[::2]),
        "pairs turned": "\n\n".join(one for two in pairwise(blocks) for one in two[::-1]),
    }
    for form, text in changed.items():
        if text and (text != source or form == "nobody known"):
            yield form, text, nobody


def split(source: str, interview: Interview) -> tuple[str, str, str]:
    """Return the layout of a text, the letters of its passages, and a checksum of all of it."""
    told, layout = [], interview.layout
    if layout is None:
        found = candidates(source, interview)
        told = [
            (row.layout, round(row.evidence, 6), *re.findall(r"\d+", row.reason))
            for row in found.itertuples()
        ]
        layout = found.iat[0, 0]
    rows = voices_of(source, interview, layout)
    cells = [
        (row.role, row.speaker, row.turn, row.prompt, row.start, row.end, round(row.certainty, 6))
        for row in rows
    ]
    return layout, "".join(LETTERS[row.role] for row in rows), checksum([told, cells])


def checksum(what: object) -> str:
    """Tell contents apart."""
    return hashlib.sha256(repr(what).encode()).hexdigest()[:8]


def splits() -> list[tuple[str, str]]:
    """Return the name of each text in each form, and what is stored of it."""
    return [
        (f"{name}, {form}", "\t".join(split(changed, interview)))
        for name, source, known in texts()
        for form, changed, interview in forms(source, known)
    ]
