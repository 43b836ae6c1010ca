"""Open the explorer of 300 interviews of about 1,000 words in headless Chromium, and search it.

    python benchmarks/explorer.py

Interviews are made of the first seed, its exchanges shuffled, as in scale.py, with the seeds'
codebook and names. One explorer holds all of them, another the two seeds. Opening is measured from
the call to the first painted result, searching from the address to the laid out result: for each
query the median of nine, and of these the median and the longest. Python's seconds are those of the
processor, its tables of words, names and themes made before.
Writes explorer.md beside this file. About five minutes, most of it annotation.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SEEDS = HERE.parent / "seeds"
INTERVIEWS = 300
ROUNDS = 9  # other work on the machine disturbs single ones
QUERIES = [
    *(f"concordance/lemma/{word}" for word in "movie love think the be Jonze nowhere".split()),
    *(f"concordance/word/{word}" for word in ["don't", "technology", "of%20the", "I%20think"]),
    *(f"concordance/prefix/{word}" for word in ["techn", "a", "rela", "th"]),
    "concordance/name/Joaquin%20Phoenix",
    "concordance/lemma/movei",
    "strips/lemma%3Amovie/lemma%3Alove",
    "matrix/themes",
    "compare/interviewee/interviewer",
]
SEARCH = """queries => queries.map(query => {
    const start = performance.now();
    history.replaceState(null, "", "#x1/" + query);
    dispatchEvent(new PopStateEvent("popstate"));
    document.body.getBoundingClientRect();
    return performance.now() - start;
})"""


def main() -> None:
    """Measure and write the report."""
    from analysis.corpus import load_corpus

    with tempfile.TemporaryDirectory() as where:
        folder = Path(where) / "many"
        words = make(folder)
        corpus = load_corpus(folder)
        everything = list(corpus.labels)
        rows = [
            ("two seeds", *measure(load_corpus(SEEDS), None, Path(where))),
            (f"all {INTERVIEWS} interviews", *measure(corpus, everything, Path(where))),
        ]
    (HERE / "explorer.md").write_text(report(rows, words), encoding="utf-8", newline="\n")


def make(folder: Path) -> int:
    """Write the interviews, their list, the codebook and the names; return the number of words."""
    sys.path.insert(0, str(HERE))
    from scale import make_corpus

    words = make_corpus(folder, INTERVIEWS)
    for name in ("codebook.toml", "gazetteer.csv"):
        shutil.copy(SEEDS / name, folder)
    return words


def measure(corpus: Any, interviews: list[str] | None, where: Path) -> tuple[Any, ...]:
    """Make one explorer, open it and search it."""
    from playwright.sync_api import sync_playwright

    from analysis.figures.explorer import explore
    from analysis.study.page import page

    corpus.mentions, corpus.codings, corpus.titles  # noqa: B018 (before the clock starts)
    start = time.process_time()
    made = explore(corpus, word="movie", interviews=interviews)
    python = time.process_time() - start
    path = where / "explorer.html"
    path.write_text(page({}, "Explorer", explorer=made.html), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        opened = []
        for _ in range(5):
            tab = browser.new_page()
            start = time.perf_counter()
            tab.goto(path.as_uri())
            tab.locator(".explorer-live .status").wait_for()
            opened.append(time.perf_counter() - start)
        rounds = [tab.evaluate(SEARCH, QUERIES) for _ in range(ROUNDS)]
        browser.close()
    times = [statistics.median(own) for own in zip(*rounds, strict=True)]
    slowest = QUERIES[times.index(max(times))]
    numbers = statistics.median(opened), statistics.median(times), max(times), slowest
    return made.data["holds"], len(made.html.encode()), python, *numbers


def report(rows: list[tuple[Any, ...]], words: int) -> str:
    """Say what was measured, as a table."""
    lines = [
        f"| {name} | {size / 1000:,.0f} kB | {python:.1f} s | {opened:.2f} s | {median:.0f} ms |"
        f" {longest:.0f} ms | `{slowest}` |"
        for name, _, size, python, opened, median, longest, slowest in rows
    ]
    held = "\n".join(f"- {name}: {holds}" for name, holds, *_ in rows)
    return (
        "# The explorer for a large folder\n\n"
        f"`python benchmarks/explorer.py`: {INTERVIEWS} interviews, {words:,} words, made from the "
        "first seed's exchanges, in headless Chromium. Wanted: open within 2 s, search within "
        "100 ms.\n\n"
        "| explorer | bytes | made in Python | opened | search, median | longest | which |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |\n" + "\n".join(lines) + f"\n\n{held}\n"
    )


if __name__ == "__main__":
    main()
