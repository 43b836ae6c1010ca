"""How texts are split today: texts of the tests, as they are and changed, down to each offset.

A row is a text in one form: its layout, the role of each passage by its first letter, and a
checksum of all that the split says. A change of the rules changes some rows. Right is not what is
stored but what people have labelled (tests/gold*).
"""

import hashlib
import re
import textwrap
from collections.abc import Callable, Iterator
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
    # A quarter of them for each text, so that it takes a moment and not a dozen seconds.
    first = len(source) % 4
    changed |= dict(list(marked(blocks).items())[first::4])
    for form, text in changed.items():
        if text and (text != source or form == "nobody known"):
            yield form, text, nobody


def marked(blocks: list[str]) -> dict[str, str]:
    """Return a text as other people would have set it, marks and labels by the place alone."""
    bare = [re.sub(r"(?m)^[^\n:]{1,30}: ?", "", block) for block in blocks]
    asked = [block.rstrip().endswith("?") for block in bare]

    def each(form: Callable[[int, str], str], between: str = "\n\n") -> str:
        return between.join(form(number, block) for number, block in enumerate(bare))

    def named(*names: str, form: str = "{}: ") -> str:
        return each(lambda number, block: form.format(names[number % len(names)]) + block)

    def questions(form: str) -> str:
        return each(lambda number, block: form.format(block) if asked[number] else block)

    two, seven = ("Ann Lee", "Bo Ek"), "Ann Bo Cy Dee Eve Flo Gus".split()
    return {
        "two names": named(*two),
        "three names, one of them two times": named(*two, "Ann Lee", "Cy Orr"),
        "seven names": named(*seven),
        "names on lines of their own": named(*two, form="{}\n"),
        "names in capitals": named("ANN LEE", "BO"),
        "names in bold": named(*two, form="**{}:** "),
        "names in brackets": named(*two, form="[{}] "),
        "letters": named("Q", "A", form="{}. "),
        "names of some": each(lambda at, block: f"{two[at // 3 % 2]}: " * (at % 3 == 0) + block),
        "names of a few": each(lambda at, block: f"{two[at // 9 % 2]}: " * (at % 9 == 0) + block),
        "a name mistyped": named(*two * 4, "An Lee", "Bo Ek"),
        "handles": named("@annlee", "@bo"),
        "times": each(lambda at, block: f"[00:{at % 60:02}:07] {two[at % 2]}: {block}"),
        "questions in bold": questions("**{}**"),
        "questions in italics": questions("_{}_"),
        "questions as headings": questions("### {}"),
        "questions numbered": each(lambda at, block: f"{at}. " * asked[at] + block),
        "questions underlined": questions("{}\n-----"),
        "dashes": each(lambda at, block: "– " * (at % 2) + block),
        "bullets": each(lambda _, block: "* " + block),
        "quotation marks": each(lambda at, block: f"“{block}”" if at % 2 else block),
        "wrapped": each(lambda _, block: textwrap.fill(block, 60)),
        "indented": each(lambda at, block: "    " * (at % 2) + block, "\n"),
        "asides": each(lambda at, block: block + " (laughs)" * (at % 3 == 0)),
        "cut short": each(lambda _, block: " ".join(block.split()[:6])),
    }


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
