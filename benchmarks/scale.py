"""Grow the corpus 1, 10, 100 times: time and peak memory of every stage, beside bare spaCy.

    python benchmarks/scale.py

Interviews are made of the first seed: its exchanges of question and answer, shuffled with a fixed
seed, one text file each, two for each step. Every stage runs in a process of its own; models are
loaded before the clock starts. Seconds are those of the processor that the process used, so that
other work on the machine matters little; where processes work side by side, they are seconds of the
clock. Writes scale.csv, scale.svg and scale.md beside this file. Linux: peak memory is asked for as
that system tells it. About five minutes on two idle processors.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
SEEDS = HERE.parent / "seeds"
SIZES = (1, 10, 100)
# nlp.pipe at its best here: documents of one utterance, about 30,000 characters together.
BARE_BATCH = 128
ROUNDS = 4


def main() -> None:
    """Measure everything and write the report, or be one stage."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--stage", choices=[*STAGES, *BESIDE], help=argparse.SUPPRESS)
    arguments.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.stage:
        run = STAGES.get(given.stage) or BESIDE[given.stage]
        sys.stdout.write("\n" + json.dumps(run(given.folder)) + "\n")
        return
    rows = []
    with tempfile.TemporaryDirectory() as where:
        for size in SIZES:
            folder = Path(where) / str(size)
            words = make_corpus(folder, 2 * size)
            rows += [
                {"size": size, "words": words, "stage": name, **measure(name, folder)}
                for name in STAGES
            ]
        table = pd.DataFrame(rows)
        table["per_1000_words"] = 1000 * table["seconds"] / table["words"]
        table.round(4).to_csv(HERE / "scale.csv", index=False, lineterminator="\n")
        beside = {name: measure(name, Path(where) / "10") for name in BESIDE}
    draw(table).savefig(HERE / "scale.svg", metadata={"Date": None})
    (HERE / "scale.md").write_text(report(table, beside), encoding="utf-8", newline="\n")


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


def measure(stage: str, folder: Path) -> dict[str, Any]:
    """Run one stage in a process of its own."""
    command = [sys.executable, __file__, "--stage", stage, "--folder", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout.strip().splitlines()[-1])


def timed(call: Callable[[], Any]) -> dict[str, float]:
    """Time a call, by processor and by clock, and measure the process's peak memory."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    spent = {"seconds": time.process_time() - processor, "clock": time.perf_counter() - clock}
    return spent | {"memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


# ---- stages
# ------------------------------------------------------------------------------


def _load_utterances(folder: Path) -> dict[str, float]:
    from analysis.sources.utterances import load_utterances

    return timed(lambda: load_utterances(folder))


def _texts(folder: Path) -> list[str]:
    from analysis.annotation import tokens
    from analysis.sources.utterances import load_utterances

    utterances = load_utterances(folder)
    return [
        tokens._straight(text)
        for text in utterances.loc[utterances["role"] != "boilerplate", "text"]
    ]


def _drain(texts: list[str], **options: Any) -> int:
    from analysis.annotation import tokens

    return sum(len(doc) for doc in tokens._model().pipe(texts, **options))


def _bare(folder: Path) -> dict[str, float]:
    texts = _texts(folder)
    _drain(texts[:5])
    return timed(lambda: _drain(texts, batch_size=BARE_BATCH))


def _annotate(folder: Path) -> dict[str, float]:
    from analysis.annotation.tokens import annotate
    from analysis.sources.utterances import load_utterances

    utterances = load_utterances(folder)
    annotate(utterances.head(5))
    return timed(lambda: annotate(utterances))


def _first_run(folder: Path) -> dict[str, float]:
    from analysis.annotation.tokens import annotate, iter_tokens
    from analysis.sources.utterances import load_utterances

    annotate(load_utterances(SEEDS).head(5))
    return timed(lambda: sum(len(table) for table in iter_tokens(folder)))


def _second_run(folder: Path) -> dict[str, float]:
    from analysis.annotation.tokens import iter_tokens

    return timed(lambda: sum(len(table) for table in iter_tokens(folder)))


def _whole_table(folder: Path) -> dict[str, float]:
    from analysis.annotation.tokens import load_tokens

    return timed(lambda: load_tokens(folder))


def _frequencies(folder: Path) -> dict[str, float]:
    from analysis.annotation.terms import terms_of
    from analysis.annotation.tokens import load_tokens
    from analysis.words.counts import frequencies

    tokens = load_tokens(folder)
    return timed(lambda: frequencies(terms_of(tokens)))


def _keyness(folder: Path) -> dict[str, float]:
    from analysis.annotation.terms import terms_of
    from analysis.annotation.tokens import load_tokens
    from analysis.words.comparison import keyness

    words = terms_of(load_tokens(folder))
    interviews = words["interview"].unique()
    half = list(interviews[: len(interviews) // 2])
    return timed(lambda: keyness(words, half, permutations=99))


def _entities(folder: Path) -> dict[str, float]:
    from analysis.annotation.tokens import load_tokens
    from analysis.names.gazetteer import load_gazetteer
    from analysis.names.recognition import entities
    from analysis.sources.utterances import load_utterances

    utterances, tokens, gazetteer = (
        load_utterances(folder),
        load_tokens(folder),
        load_gazetteer(SEEDS / "gazetteer.csv"),
    )
    return timed(lambda: entities(utterances, tokens, gazetteer))


def _matches(folder: Path) -> dict[str, float]:
    from analysis.annotation.tokens import load_tokens
    from analysis.schemas import ENTITIES
    from analysis.themes.codebook import load_indicators
    from analysis.themes.coding import matches

    types = {name: str(column.dtype.type) for name, column in ENTITIES.columns.items()}
    nobody = pd.DataFrame({name: [] for name in types}).astype(types)
    tokens, indicators = load_tokens(folder), load_indicators(SEEDS / "codebook.toml")
    return timed(lambda: matches(tokens, nobody, indicators))


def _study(folder: Path) -> dict[str, float]:
    from analysis.corpus import load_corpus
    from analysis.study.run import of_folder

    for name in ("gazetteer.csv", "codebook.toml"):
        shutil.copy(SEEDS / name, folder)
    # Its notebook computes everything once more, and in a process of its own.
    return timed(lambda: of_folder(load_corpus(folder), folder.with_name("results"), run=False))


STAGES: dict[str, Callable[[Path], dict[str, float]]] = {
    "load_utterances": _load_utterances,
    "bare nlp.pipe": _bare,
    "annotate": _annotate,
    "iter_tokens, nothing stored": _first_run,
    "iter_tokens, all stored": _second_run,
    "load_tokens, all stored": _whole_table,
    "terms, frequencies": _frequencies,
    "keyness, 99 permutations": _keyness,
    "entities": _entities,
    "matches of themes": _matches,
    "study, all stored, notebook not run": _study,
}


# ---- side by side
# ------------------------------------------------------------------------------


def _rounds(calls: dict[str, Callable[[], Any]], words: int, rounds: int) -> dict[str, Any]:
    """Call them in turn, several times; return words a second of the processor, best and median."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            seconds[name].append(timed(call)["seconds"])
    return {
        name: {"best": words / min(spent), "median": words / float(np.median(spent))}
        for name, spent in seconds.items()
    }


def _beside_bare(folder: Path) -> dict[str, Any]:
    from analysis.annotation.tokens import annotate
    from analysis.sources.utterances import load_utterances

    utterances, texts = load_utterances(folder), _texts(folder)
    words = _drain(texts, batch_size=BARE_BATCH)
    calls = {
        "annotate": lambda: annotate(utterances),
        "bare nlp.pipe": lambda: _drain(texts, batch_size=BARE_BATCH),
    }
    return _rounds(calls, words, ROUNDS)


def _batches(folder: Path) -> dict[str, Any]:
    from analysis.annotation import tokens
    from analysis.sources.utterances import load_utterances

    utterances = load_utterances(folder)
    words = len(tokens.annotate(utterances))

    def at(size: int) -> Callable[[], Any]:
        def call() -> None:
            tokens._BATCH = size
            tokens.annotate(utterances)

        return call

    return _rounds({f"{size:,}": at(size) for size in (2_000, 8_000, 32_000, 128_000)}, words, 2)


def _processes(folder: Path) -> dict[str, Any]:
    from analysis.annotation.tokens import iter_tokens

    texts = _texts(folder) * 3
    words = sum(len(text.split()) for text in texts)
    _drain(texts[:5])

    def fresh(run: Callable[[Path], Any]) -> dict[str, float]:
        with tempfile.TemporaryDirectory() as where:
            copy = Path(where) / "corpus"
            made = make_corpus(copy, 60)
            spent = timed(lambda: run(copy))
        return {"seconds": spent["clock"], "words a second": made / spent["clock"]}

    def on_dask(copy: Path) -> None:
        from distributed import Client

        from analysis.annotation.distributed import annotate_on

        with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
            annotate_on(client, copy)

    def piped(count: int) -> dict[str, float]:
        spent = timed(lambda: _drain(texts, batch_size=BARE_BATCH, n_process=count))["clock"]
        return {"seconds": spent, "words a second": words / spent}

    return {
        "iter_tokens, one process": fresh(
            lambda copy: sum(len(table) for table in iter_tokens(copy))
        ),
        "iter_tokens, processes=2": fresh(
            lambda copy: sum(len(table) for table in iter_tokens(copy, processes=2))
        ),
        "annotate_on, Dask with two workers, their start included": fresh(on_dask),
        "bare nlp.pipe, one process": piped(1),
        "bare nlp.pipe, n_process=2": piped(2),
        "load of the machine meanwhile": {
            "one minute": os.getloadavg()[0],
            "processors": os.cpu_count(),
        },
    }


def _long_utterances(_: Path) -> dict[str, Any]:
    code = (
        "import resource, sys; from analysis import annotate, load_utterances\nu ="
        " load_utterances(sys.argv[1]).query(\"role == 'interviewee'\").head(1); annotate(u)\npeak"
        " = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\nbefore, size ="
        " peak(), int(sys.argv[2]); text = u['text'].iloc[0] + ' '\ntext = (text * (size //"
        " len(text) + 1))[:size]; annotate(u.assign(text=text, start=0, end=size))\nprint(before,"
        " peak())\n"
    )
    found = {}
    for size in (50_000, 100_000, 200_000):
        command = [sys.executable, "-c", code, str(SEEDS), str(size)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
        before, peak = map(float, done.stdout.split())
        found[f"{size:,}"] = {
            "before_mb": before,
            "peak_mb": peak,
            "mb_per_100000": (peak - before) / size * 1e5,
        }
    return found


BESIDE: dict[str, Callable[[Path], dict[str, Any]]] = {
    "beside bare": _beside_bare,
    "batches": _batches,
    "processes": _processes,
    "long utterances": _long_utterances,
}


# ---- report
# ------------------------------------------------------------------------------


def draw(table: pd.DataFrame) -> Any:
    """Draw seconds and memory of each stage over the words, both axes by powers of ten."""
    import matplotlib as mpl

    mpl.rcParams.update({"svg.hashsalt": "scale", "font.size": 8})
    from matplotlib.figure import Figure

    figure = Figure(figsize=(183 / 25.4, 100 / 25.4), layout="constrained")
    axes = figure.subplots(1, 2)
    markers = "osv^D<>PphX"
    for (stage, rows), marker in zip(table.groupby("stage", sort=False), markers, strict=True):
        floor = stage == "bare nlp.pipe"
        style = {
            "marker": marker,
            "markersize": 4,
            "linewidth": 1,
            "color": "black" if floor else None,
            "label": stage,
        }
        axes[0].plot(rows["words"], rows["seconds"], **style)
        axes[1].plot(rows["words"], rows["memory_mb"], **style)
    axes[0].set(xscale="log", yscale="log", xlabel="words", ylabel="seconds of the processor")
    axes[1].set(xscale="log", ylim=(0, None), xlabel="words", ylabel="peak memory, MB")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper", frameon=False)
    return figure


def report(table: pd.DataFrame, beside: dict[str, Any]) -> str:
    """Write the report."""
    speeds, batches, processes, long = (beside[name] for name in BESIDE)
    ratios = {
        kind: speeds["annotate"][kind] / speeds["bare nlp.pipe"][kind]
        for kind in ("best", "median")
    }
    lines = [
        "# From two interviews to two hundred\n",
        (
            f"Made by `python benchmarks/scale.py`; Python {platform.python_version()},"
            f" {os.cpu_count()} processors shared with other work, so seconds are the processor's,"
            " not the clock's, unless said otherwise. How the interviews are made stands at the"
            " head of the script; their vocabulary does not grow with their number, as that of"
            " real ones does.\n"
        ),
        (
            "![Two plots over the number of words, one line a stage: seconds, and peak"
            " memory](scale.svg)\n"
        ),
        "## Seconds for each 1,000 words, and peak memory in MB\n",
        (
            "The same from left to right means linear time. The smallest includes what is paid once"
            " (imports).\n"
        ),
        "| stage | "
        + " | ".join(f"{words:,} words | MB" for words in table["words"].unique())
        + " |",
        "| --- |" + " ---: |" * (2 * table["words"].nunique()),
        *(
            f"| {stage} | "
            + " | ".join(
                f"{row.per_1000_words:.4f} | {row.memory_mb:.0f}" for row in rows.itertuples()
            )
            + " |"
            for stage, rows in table.groupby("stage", sort=False)
        ),
        "\n## Annotation beside bare `nlp.pipe`\n",
        (
            f"The same texts, the same components, in turn, {ROUNDS} times, in one process; tokens"
            " a second.\n"
        ),
        "| | best | median |",
        "| --- | ---: | ---: |",
        *(
            f"| {name} | {found['best']:,.0f} | {found['median']:,.0f} |"
            for name, found in speeds.items()
        ),
        f"| share of bare speed | {ratios['best']:.3f} | {ratios['median']:.3f} |",
        "\n## How much the model reads at once\n",
        "`annotate` with batches of so many characters, in turn, twice; tokens a second.\n",
        "| characters | best |",
        "| ---: | ---: |",
        *(f"| {name} | {found['best']:,.0f} |" for name, found in batches.items()),
        "\n## Several processes\n",
        (
            "Sixty new interviews; seconds of the clock, so other work on the machine counts."
            " Starting processes, loading the model in each, and storing the tables are included"
            " where they happen. Where the load is above the number of processors, this shows what"
            " several processes cost and cannot show what they gain.\n"
        ),
        "| | | |",
        "| --- | ---: | ---: |",
        *(
            f"| {name} | "
            + " | ".join(f"{value:,.1f} {unit}" for unit, value in found.items())
            + " |"
            for name, found in processes.items()
        ),
        "\n## One long utterance\n",
        "| characters | MB before | MB at the peak | MB for each 100,000 characters |",
        "| ---: | ---: | ---: | ---: |",
        *(
            f"| {name} | {found['before_mb']:.0f} | {found['peak_mb']:.0f} |"
            f" {found['mb_per_100000']:.0f} |"
            for name, found in long.items()
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
