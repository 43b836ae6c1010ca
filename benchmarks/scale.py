"""Speed and memory of every stage, each beside the floor that it stands on.

    python benchmarks/scale.py           all parts but the study, about five processor minutes
    python benchmarks/scale.py study     the study of 30, 60, 120 and 300 interviews
    python benchmarks/scale.py PART ...  of reading, annotating, processes, memory, study

Interviews are made of the first seed: its exchanges of question and answer, shuffled with a fixed
seed, about 1,060 words each. Every measurement runs in a process of its own; models are loaded
before the clock starts. Seconds are those of the processor, so that other work on the machine
matters little; where processes work side by side, they are elapsed seconds. What was measured
is kept in scale.json and told in scale.md, beside this file. Linux: peak memory is asked for as
that system tells it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
SEEDS = HERE.parent / "seeds"
RESULTS = HERE / "scale.json"
# nlp.pipe at its best here: documents of one utterance, about 30,000 characters together.
BARE_BATCH = 128
ROUNDS = 3
LONG_ROUNDS = 8  # where a difference of one percent matters
STUDIES = (30, 60, 120, 300)


def main() -> None:
    """Measure the parts asked for and write the report, or be one measurement."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    arguments.add_argument("--measure", help=argparse.SUPPRESS)
    arguments.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.measure:
        sys.stdout.write("\n" + json.dumps(globals()[given.measure](given.folder)) + "\n")
        return
    if unknown := set(given.parts) - set(PARTS):
        arguments.error(f"no such part: {', '.join(sorted(unknown))}; use {', '.join(PARTS)}")
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for part in given.parts or [part for part in PARTS if part != "study"]:
        with tempfile.TemporaryDirectory() as where:
            results[part] = PARTS[part](Path(where)) | {
                "load": os.getloadavg()[0],
                "on": f"Python {platform.python_version()}, {os.cpu_count()} processors",
            }
        text = json.dumps(results, indent=1) + "\n"
        RESULTS.write_text(text, encoding="utf-8", newline="\n")
        (HERE / "scale.md").write_text(report(results), encoding="utf-8", newline="\n")


def make_corpus(folder: Path, interviews: int) -> int:
    """Write shuffled interviews and their list; return the number of words."""
    from analysis.sources.interviews import read_interviews, read_source
    from analysis.sources.utterances import load_utterances

    source = read_source(SEEDS, read_interviews(SEEDS)[0])
    spoken = load_utterances(SEEDS).query("interview == 'indiewire' and turn.notna()")
    # An exchange runs from a question to the next.
    exchange = (
        spoken["role"].eq("interviewer") & ~spoken["role"].shift().eq("interviewer")
    ).cumsum()
    spans = spoken[exchange > 0].groupby(exchange).agg(start=("start", "min"), end=("end", "max"))
    texts = [source[start:end] for start, end in zip(spans["start"], spans["end"], strict=True)]
    folder.mkdir()
    generator = np.random.default_rng(20261122)
    entries, words = [], 0
    for number in range(interviews):
        text = "\n\n".join(texts[place] for place in generator.permutation(len(texts)))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8", newline="\n")
        known = 'interviewee = "Spike Jonze"\nlayout = "q_and_a"\n'
        entries.append(f'[[interview]]\nid = "i{number:05d}"\nfile = "{number}.txt"\n{known}')
        words += len(text.split())
    (folder / "interviews.toml").write_text("\n".join(entries), encoding="utf-8", newline="\n")
    return words


def measure(name: str, folder: Path) -> Any:
    """Call one of the functions below in a process of its own."""
    command = [sys.executable, __file__, "--measure", name, "--folder", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout.strip().splitlines()[-1])


def seconds(call: Callable[[], Any]) -> float:
    """Time a call by the processor."""
    before = time.process_time()
    call()
    return time.process_time() - before


def in_turn(calls: dict[str, Callable[[], Any]], rounds: int = ROUNDS) -> dict[str, float]:
    """Call them in turn, several times; return the least seconds of each."""
    spent = [[seconds(call) for call in calls.values()] for _ in range(rounds)]
    return dict(zip(calls, np.min(spent, axis=0).tolist(), strict=True))


def peak() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---- reading what is stored
# ------------------------------------------------------------------------------


def reading(where: Path) -> dict[str, Any]:
    """Measure what reads a stored corpus, on 10 and on 60 interviews."""
    found = {}
    for interviews in (10, 60):
        folder = where / str(interviews)
        words = make_corpus(folder, interviews)
        measure("store", folder)
        stages = {stage: measure(stage, folder) for stage in STAGES}
        found[str(interviews)] = {"words": words, "stages": stages}
    found["keyness"] = measure("keyness_of_millions", where / "60")
    return found


def store(folder: Path) -> int:
    """Annotate and store everything."""
    from analysis import load_corpus

    corpus = load_corpus(folder)
    return len(corpus.tokens) + len(corpus.utterances)


def _tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    from analysis import load_corpus

    corpus = load_corpus(folder)
    return corpus.utterances, corpus.tokens


def loading(folder: Path) -> dict[str, float]:
    """Load utterances and tokens, beside pyarrow that reads the two files."""
    from pyarrow import parquet

    from analysis import load_corpus

    def load() -> None:
        corpus = load_corpus(folder)
        assert len(corpus.utterances) and len(corpus.tokens)

    files = [next((folder / ".annotations").glob(f"{kind}-*")) for kind in ("split", "all")]
    return _beside(load, lambda: [parquet.read_table(file).to_pandas() for file in files])


def terms(folder: Path) -> dict[str, float]:
    """Say what each word counts as, beside pandas, which takes the words' rows and sorts them."""
    from analysis.annotation import is_word, terms_of, titles_of
    from analysis.schemas import TOKEN

    utterances, tokens = _tables(folder)
    titles, words = titles_of(utterances), is_word(tokens)
    return _beside(
        lambda: terms_of(tokens, titles), lambda: tokens[words].sort_values(TOKEN, kind="stable")
    )


def names(folder: Path) -> dict[str, float]:
    """Find the names, beside a loop that looks at each word once."""
    from analysis.names import entities, load_gazetteer

    utterances, tokens = _tables(folder)
    gazetteer = load_gazetteer(SEEDS / "gazetteer.csv")
    return _beside(lambda: entities(utterances, tokens, gazetteer), lambda: _each_word(utterances))


def indicators(folder: Path) -> dict[str, float]:
    """Find the themes' indicators, beside a loop that looks at each word once."""
    from analysis.names import entities
    from analysis.themes import load_indicators, matches

    utterances, tokens = _tables(folder)
    mentions, known = entities(utterances, tokens), load_indicators(SEEDS / "codebook.toml")
    return _beside(lambda: matches(tokens, mentions, known), lambda: _each_word(utterances))


def _each_word(utterances: pd.DataFrame) -> int:
    known = {"machine", "Jonze", "love"}
    found = (word for text in utterances["text"] for word in re.findall(r"\w+", text))
    return sum(word in known for word in found)


def _beside(ours: Callable[[], Any], floor: Callable[[], Any]) -> dict[str, float]:
    return in_turn({"ours": ours, "floor": floor}) | {"memory": peak()}


def keyness_of_millions(folder: Path) -> dict[str, float]:
    """Compare two halves of 2 million words, beside Counter that counts ready lists."""
    from analysis import load_corpus
    from analysis.words import keyness

    some = load_corpus(folder).terms
    parts = [
        some.assign(interview=f"{number}-" + some["interview"])
        for number in range(1 + 2_000_000 // len(some))
    ]
    words = pd.concat(parts, ignore_index=True)
    ids = words["interview"].unique()
    half = list(ids[: len(ids) // 2])
    sides = [own for _, own in words.groupby(words["interview"].isin(half))]
    terms, texts = (
        [side[column].dropna().to_list() for side in sides] for column in ("term", "text")
    )
    calls = {
        "ours": lambda: keyness(words, half, permutations=0),
        "floor": lambda: [*map(Counter, terms)],
        "every word": lambda: [*map(Counter, texts)],
    }
    return in_turn(calls, 2) | {"memory": peak(), "words": len(words)}


# The words a second that are wanted of each.
STAGES = {"loading": 1e6, "terms": 1e6, "names": 250e3, "indicators": 250e3}


# ---- annotating
# ------------------------------------------------------------------------------


def annotating(where: Path) -> dict[str, Any]:
    """Measure annotation beside bare `nlp.pipe`, and how much the model should read at once."""
    words = make_corpus(where / "new", 20)
    return {
        "words": words,
        "seconds": measure("beside_bare", where / "new"),
        "batches": measure("batches", where / "new"),
    }


def _texts(folder: Path) -> list[str]:
    from analysis import load_utterances
    from analysis.annotation import tokens

    utterances = load_utterances(folder)
    return [tokens._reading(text) for text in tokens._spoken(utterances)["text"]]


def _drain(texts: list[str], **options: Any) -> int:
    from analysis.annotation import tokens

    return sum(len(doc) for doc in tokens._model().pipe(texts, batch_size=BARE_BATCH, **options))


def beside_bare(folder: Path) -> dict[str, float]:
    """Annotate the same texts in turn: bare, as a table, and stored, with and without splitting."""
    from analysis import annotate, load_utterances
    from analysis.annotation import tokens

    utterances, texts = load_utterances(folder), _texts(folder)
    _drain(texts[:5])

    def stored() -> None:
        for part in tokens.parts_to_annotate(folder, processes=1):
            tokens.annotate_part(folder, part)

    def emptied(kinds: str) -> None:
        for path in (folder / ".annotations").glob(kinds):
            path.unlink()

    def all_anew() -> float:
        emptied("*")
        return seconds(stored)

    def annotated_anew() -> float:
        emptied("?" * 32 + ".parquet")
        return seconds(stored)

    rounds = [
        {
            "bare": seconds(lambda: _drain(texts)),
            "annotate": seconds(lambda: annotate(utterances)),
            "annotate and store": annotated_anew(),
            "split, annotate and store": all_anew(),
        }
        for _ in range(1 + LONG_ROUNDS)
    ]
    return pd.DataFrame(rounds[1:]).min().to_dict()


def batches(folder: Path) -> dict[str, float]:
    """Annotate with batches of so many characters."""
    from analysis import annotate, load_utterances
    from analysis.annotation import tokens

    utterances = load_utterances(folder)
    annotate(utterances.head(5))

    def at(size: int) -> Callable[[], Any]:
        def call() -> None:
            tokens._BATCH = size
            annotate(utterances)

        return call

    return in_turn({f"{size:,}": at(size) for size in (2_000, 8_000, 24_000, 100_000)}, 2)


# ---- several processes
# ------------------------------------------------------------------------------


def processes(where: Path) -> dict[str, Any]:
    """Measure what a second process gains, by the clock, on 60 new interviews."""
    words = make_corpus(where / "new", 60)
    return {"words": words, "seconds": measure("side_by_side", where / "new")}


def side_by_side(folder: Path) -> dict[str, float]:
    """Annotate everything anew with one process and with two, of each kind."""
    from distributed import Client

    from analysis.annotation import annotate_on, load_tokens

    texts = _texts(folder)
    _drain(texts[:5])

    def clock(call: Callable[[], Any]) -> float:
        shutil.rmtree(folder / ".annotations", ignore_errors=True)
        before = time.perf_counter()
        call()
        return time.perf_counter() - before

    found = {
        "bare nlp.pipe, 1": clock(lambda: _drain(texts)),
        "bare nlp.pipe, 2": clock(lambda: _drain(texts, n_process=2)),
        "load_tokens, 1": clock(lambda: load_tokens(folder)),
        "load_tokens, 2": clock(lambda: load_tokens(folder, processes=2)),
    }
    small = folder.with_name("small")
    for workers in (1, 2):
        shutil.rmtree(small, ignore_errors=True)
        make_corpus(small, 4 * workers)
        with Client(n_workers=workers, threads_per_worker=1, dashboard_address=None) as client:
            # Every worker starts and loads the model before the clock does.
            client.run(_warm)
            annotate_on(client, small)
            found[f"annotate_on, {workers}"] = clock(lambda: annotate_on(client, folder))
    return found


def _warm() -> None:
    from analysis import annotate, load_utterances

    annotate(load_utterances(SEEDS).head(5))


# ---- memory
# ------------------------------------------------------------------------------


def memory(_: Path) -> dict[str, Any]:
    """Measure the memory that one long utterance takes."""
    return {size: measure("long_utterance", Path(size)) for size in ("50000", "100000", "200000")}


def long_utterance(size: Path) -> dict[str, float]:
    """Annotate an utterance of so many characters."""
    from analysis import annotate, load_utterances

    one, characters = load_utterances(SEEDS).query("role == 'interviewee'").head(1), int(str(size))
    annotate(one)
    before = peak()
    text = one["text"].iloc[0] + " "
    text = (text * (characters // len(text) + 1))[:characters]
    annotate(one.assign(text=text, start=0, end=characters))
    return {"before": before, "peak": peak()}


# ---- the study
# ------------------------------------------------------------------------------


def study(where: Path) -> dict[str, Any]:
    """Measure the study of 30 to 300 interviews whose annotation is stored."""
    found = {}
    for interviews in STUDIES:
        folder = where / str(interviews) / "interviews"
        folder.parent.mkdir()
        words = make_corpus(folder, interviews)
        for name in ("gazetteer.csv", "codebook.toml"):
            shutil.copy(SEEDS / name, folder)
        measure("store", folder)
        found[str(interviews)] = {"words": words, **measure("whole_study", folder)}
    return found


def whole_study(folder: Path) -> dict[str, float]:
    """Compute all figures, tables, findings and the page; the notebook is written and not run."""
    from analysis.corpus import load_corpus
    from analysis.study.run import of_folder

    out = folder.with_name("results")
    spent = seconds(lambda: of_folder(load_corpus(folder), out, run=False))
    return {"seconds": spent, "memory": peak()}


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "reading": reading,
    "annotating": annotating,
    "processes": processes,
    "memory": memory,
    "study": study,
}


# ---- report
# ------------------------------------------------------------------------------

FLOORS = {
    "loading": ("load utterances and tokens", "pyarrow reads the two files"),
    "terms": ("terms", "pandas takes the words' rows and sorts them"),
    "names": ("names", "a loop looks at each word once"),
    "indicators": ("theme indicators", "a loop looks at each word once"),
}


def report(results: dict[str, Any]) -> str:
    """Write the report of the parts that have been measured."""
    lines = [
        "# Speed and memory, compared with simpler code",
        "Made by `python benchmarks/scale.py`, and the study by `python benchmarks/scale.py study`;"
        " its docstring says how. In these interviews, unlike real ones, the vocabulary does not"
        " grow with their number. Words are those of the interviews, without furniture and"
        " punctuation.",
    ]
    for part, write in WRITERS.items():
        if part in results:
            found = dict(results[part])
            on, load = found.pop("on"), found.pop("load")
            lines += [*write(found), f"{on}; one-minute load of the machine {load:.1f}."]
    return "\n\n".join(lines) + "\n"


def _grid(head: str, rows: list[list[str]]) -> str:
    width = head.count("|") + 1
    rule = ["---"] + ["---:"] * (width - 1)
    body = [" | ".join(row) for row in [rule, *rows]]
    return "\n".join(f"| {row} |" for row in [head, *body])


def _of_reading(found: dict[str, Any]) -> list[str]:
    keyness = found.pop("keyness")
    rows = [
        [
            FLOORS[stage][0],
            f"{one['words']:,}",
            f"{one['words'] / spent['ours']:,.0f}",
            f"{STAGES[stage]:,.0f}",
            f"{one['words'] / spent['floor']:,.0f}",
            FLOORS[stage][1],
            f"{spent['memory']:.0f}",
        ]
        for stage in STAGES
        for one in found.values()
        for spent in [one["stages"][stage]]
    ]
    return [
        "## Reading a stored corpus",
        f"Words per second of processor time, the best of {ROUNDS} rounds in one process.",
        _grid("what | words | ours | wanted | floor | which is | MB", rows),
        f"Keyness of two halves of {keyness['words']:,} words, without permutations:"
        f" {keyness['ours']:.2f} s; `Counter` from ready lists of those that are terms:"
        f" {keyness['floor']:.2f} s, of all of them: {keyness['every word']:.2f} s; peak"
        f" memory {keyness['memory']:.0f} MB.",
    ]


def _of_annotating(found: dict[str, Any]) -> list[str]:
    bare = found["seconds"]["bare"]
    rows = [
        [name, f"{spent:.2f}", f"{found['words'] / spent:,.0f}", f"{bare / spent:.3f}"]
        for name, spent in found["seconds"].items()
    ]
    batches = [[size, f"{spent:.2f}"] for size, spent in found["batches"].items()]
    return [
        "## Annotation compared with bare `nlp.pipe`",
        f"{found['words']:,} words, the same texts and components, in turn, in one process, the"
        f" best of {LONG_ROUNDS} rounds. Wanted: 0.97 for annotation, 0.95 with splitting and"
        " storing.",
        _grid("what | seconds | words a second | share of the bare speed", rows),
        "Annotation, by the number of characters that the model reads at once:",
        _grid("characters | seconds", batches),
    ]


def _of_processes(found: dict[str, Any]) -> list[str]:
    spent = found["seconds"]
    kinds = dict.fromkeys(name.rpartition(", ")[0] for name in spent)
    rows = [
        [
            kind,
            f"{spent[f'{kind}, 1']:.1f}",
            f"{spent[f'{kind}, 2']:.1f}",
            f"{spent[f'{kind}, 1'] / spent[f'{kind}, 2']:.2f}",
        ]
        for kind in kinds
    ]
    return [
        "## Two processes",
        f"Sixty new interviews, {found['words']:,} words; elapsed seconds, so other work on"
        " the machine counts: where its load is above the number of processors, this shows what a"
        " second process costs and cannot show what it gains. `load_tokens` starts its processes"
        " and loads the model in each; the workers of Dask have started. Wanted: 95% of what bare"
        " gains; 1.5 for Dask.",
        _grid("what | one, s | two, s | gain", rows),
    ]


def _of_memory(found: dict[str, Any]) -> list[str]:
    rows = [
        [
            f"{int(size):,}",
            f"{one['before']:.0f}",
            f"{one['peak']:.0f}",
            f"{(one['peak'] - one['before']) / int(size) * 1e5:.0f}",
        ]
        for size, one in found.items()
    ]
    head = "characters | MB before | MB at the peak | MB for each 100,000 characters"
    return ["## One long utterance", _grid(head, rows)]


def _of_study(found: dict[str, Any]) -> list[str]:
    each = {size: one["seconds"] / int(size) for size, one in found.items()}
    least = min(each.values())
    rows = [
        [
            size,
            f"{one['words']:,}",
            f"{one['seconds']:.1f}",
            f"{each[size]:.2f}",
            f"{each[size] / least:.2f}",
            f"{one['memory']:.0f}",
        ]
        for size, one in found.items()
    ]
    return [
        "## The study",
        "All figures, tables, findings and the page, annotation stored, the notebook written, not"
        " run; processor seconds. Wanted: 300 interviews in 60 s and 1 GB, and time for each"
        " interview within 1.3 times from 30 to 300.",
        _grid("interviews | words | seconds | for each | times the least | MB", rows),
    ]


WRITERS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "reading": _of_reading,
    "annotating": _of_annotating,
    "processes": _of_processes,
    "memory": _of_memory,
    "study": _of_study,
}


if __name__ == "__main__":
    main()
