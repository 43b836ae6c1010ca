"""Time of recognising and splitting as texts grow: it should grow as they do, whatever they hold.

    python benchmarks/layouts.py [largest size in characters]

Writes layouts.csv (kind, characters, layout, the processor's seconds to recognise and to split, and
the exponent of growth from the size before: 1 is linear, 2 quadratic) and layouts.md (read this)
beside this file. A minute or two up to 100,000 characters.
"""

from __future__ import annotations

import math
import os
import platform
import sys
import time
from pathlib import Path

import pandas as pd

from analysis.sources.interviews import Interview
from analysis.sources.layouts import recognise
from analysis.sources.utterances import voices_of

HERE = Path(__file__).resolve().parent
KINDS = {
    "labels": (
        "ANN: Why did it rain “so much” then?\n\nBO LEE: It did. I was there.\nMore of it.\n\n"
    ),
    "letters": "Q. Why?\nA. Because it rains.\n",
    "colons": "a: b: c: ::: ",
    "time codes": "[00:12:34] ANN: no\n\n",
    "bold": "**Ann** what?\n\n**Bo** that\n\n",
    "own lines": "Ann\nwhy\nBo\nno no no\n",
    "dashes": "Ann – why?\nBo – no. I never.\n",
    "voice tags": (
        "00:01.000 --> 00:02.000\n<v Ann>Why?</v>\n\n00:02.000 --> 00:03.000\n<v Bo>It rains.\n\n"
    ),
    "open tags": "<v <v <v ",
    "brackets": "((([[[",
    "marks": '“a” "b" ',
    "single line": "no question here ",
    "right to left": "מראיין: איך התחלת?\n\nדנה לוי: סבא שלי היה נגר.\n\n",
    "asterisks": "*",
    "bold words": "**a** ",
    "bold questions": "**a?** ",
    "underscores": "_a",
    "hashes": "# ",
    "questions": "? ",
    "quotes": "“a ",
    "straight quotes": '"a ',
    "guillemets": "» a «",
    "tags": "<b>",
    "breaks": "<br>a",
    "less": "<a ",
    "greater": "> ",
    "links": "[a](",
    "images": "![a](b)",
    "shortcodes": "{% ",
    "headings": "a\n===\n",
    "marked": "**Why?**\n\nIt rains.\n\n",
    "leads": "On a: “b”\n\n",
    "plain leads": "On a: b.\n\n",
    "list": "1. a\n",
    "same": "the same five words again.\n\n",
    "rules": "---\n",
    "question marks": "?!",
    "comments": "Comments\n\nWhy?\n\n",
    "leads alone": "On work:\n“It is play.”\n",
    "open leads": "On work: “It is play.\n\nAnd more\n\n",
    "silent quotations": "He said, “yes.” “! ! ! !” ",
    "many speakers": "",
}


def text_of(kind: str, size: int) -> str:
    """Repeat what a kind is made of, or name a new speaker in every turn."""
    if kind == "many speakers":
        return (
            "".join(f"Name{i} Lee{i}: why is it so?\n\nB{i}o: No.\n\n" for i in range(size // 80))
            * 2
        )
    return (KINDS[kind] * (size // len(KINDS[kind]) + 1))[:size]


def measure(largest: int) -> pd.DataFrame:
    """Time each kind at sizes ten times apart."""
    rows = []
    for kind in KINDS:
        before: tuple[int, float] | None = None
        size = 10_000
        while size <= largest:
            source = text_of(kind, size)
            began = time.process_time()
            layout = recognise(source) or "q_and_a"
            recognised = time.process_time()
            voices_of(source, Interview(id="x", file="x", interviewee="Bo Lee"), layout)
            split = time.process_time()
            seconds = split - began
            growth = (
                math.log(seconds / before[1]) / math.log(len(source) / before[0])
                if before
                else math.nan
            )
            rows.append((kind, len(source), layout, recognised - began, split - recognised, growth))
            before = len(source), seconds
            size *= 10
    columns = ["kind", "characters", "layout", "recognise_s", "split_s", "growth"]
    return pd.DataFrame(rows, columns=columns).round({"recognise_s": 3, "split_s": 3, "growth": 2})


def report(table: pd.DataFrame) -> str:
    """Write the page from the numbers of layouts.csv."""
    largest = table[table.groupby("kind")["characters"].transform("max") == table["characters"]]
    whole = largest["recognise_s"] + largest["split_s"]
    slowest, grows = largest.loc[whole.idxmax()], table.loc[table["growth"].idxmax()]
    lines = [
        f"""# How the time to recognise and split a layout grows with the text

Made by `python benchmarks/layouts.py`;
Python {platform.python_version()}, {os.cpu_count()} processors
shared with other work, so seconds are the processor's.
{table["kind"].nunique()} kinds of text, each a short piece repeated (the
script lists them), each timed once at every length: labels, subtitles, marked questions, and
endless marks, which no interview has, but which slow down any rule that reads the rest of the page
at every step.

Growth is the power of the length with which splitting time grows, from one length to the next:
1 is linear, 2 quadratic. The largest is {grows["growth"]:.2f} (“{grows["kind"]}”,
{grows["characters"]:,} characters). The slowest of the longest texts is “{slowest["kind"]}”:
{whole.max():.1f} seconds for {slowest["characters"]:,} characters.

The layout is the one recognised, or q_and_a if none is, because the text has to be split somehow.
""",
        "| kind | layout | characters | seconds to recognise | seconds to split | growth |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row.kind} | {row.layout} | {row.characters:,} | {row.recognise_s:.3f} |"
        f" {row.split_s:.3f} | {row.growth:.2f} |"
        for row in largest.itertuples()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000).to_csv(
        HERE / "layouts.csv", index=False, lineterminator="\n"
    )
    page = report(pd.read_csv(HERE / "layouts.csv"))
    (HERE / "layouts.md").write_text(page, encoding="utf-8", newline="\n")
    sys.stdout.write(page)
