"""Time keyness on two million words, beside packages that compute the same measures.

    python benchmarks/keyness.py --others /path/to/another/environment/bin/python

The other environment holds the packages compared with, never this study's (`pip install pycorpdiff
scattertext convokit pyarrow`); without --others only this study is timed. Words are made, with a
fixed seed, by Zipf's law. Every contender runs in a process of its own, the same words in memory in
the shape it likes best; a time is the best of three. Writes keyness.md beside this file. Linux:
peak memory is asked for as that system tells it. About five minutes.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
WORDS = 2_000_000
DRAWS = 999
BEST_OF = 3
# Packages of this study's own environment; the others run in theirs.
OURS = ("analysis", "scipy", "keyflux")
# Types in the language, and utterances (or documents) that the words are cut into.
SIZES = ((10_000, 400), (50_000, 400), (50_000, 20_000))


def main() -> None:
    """Time everything and write the report, or be one contender."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--others", help="the Python of the environment that holds the other packages"
    )
    arguments.add_argument("--contender", help=argparse.SUPPRESS)
    arguments.add_argument("--words", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.contender:
        measured = time_contender(given.contender, pd.read_parquet(given.words))
        sys.stdout.write("\n" + json.dumps(measured) + "\n")
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for types, utterances in SIZES:
            path = Path(folder) / "words.parquet"
            make_words(types, utterances).to_parquet(path, index=False)
            for name, (package, _) in CONTENDERS.items():
                python = sys.executable if package in OURS else given.others
                # pycorpdiff's dense matrix of 20,000 documents by 50,000 types would take 8 GB.
                if python and (package in OURS or utterances <= 400):
                    rows.append(
                        {"types": types, "utterances": utterances} | run(python, name, path)
                    )
    (HERE / "keyness.md").write_text(report(pd.DataFrame(rows)), encoding="utf-8", newline="\n")


def make_words(types: int, utterances: int) -> pd.DataFrame:
    """Make two interviews, utterances of about equal length, types by Zipf's law."""
    generator = np.random.default_rng(20261122)
    chances = 1 / np.arange(1, types + 1) ** 1.05
    drawn = generator.choice(types, size=WORDS, p=chances / chances.sum())
    names = np.array([f"word{number}" for number in range(types)])
    utterance = np.sort(generator.integers(utterances, size=WORDS))
    interview = np.where(utterance < utterances // 2, "a", "b")
    return pd.DataFrame({"interview": interview, "utterance": utterance, "term": names[drawn]})


def run(python: str, contender: str, path: Path) -> dict[str, Any]:
    """Time one contender in a process of its own; what it cannot do is said, not hidden."""
    command = [python, __file__, "--contender", contender, "--words", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        return {
            "contender": contender,
            "failed": (done.stderr.strip() or "killed").splitlines()[-1],
        }
    return {"contender": contender} | json.loads(done.stdout.strip().splitlines()[-1])


def time_contender(name: str, words: pd.DataFrame) -> dict[str, Any]:
    """Return the best time of one contender, what it found, and its memory."""
    package, prepare = CONTENDERS[name]
    call = prepare(words)
    times = []
    for _ in range(BEST_OF):
        started = time.perf_counter()
        terms = call()
        times.append(time.perf_counter() - started)
        # Once is enough for what takes long.
        if times[-1] > 30:
            break
    version = "this study" if package == "analysis" else metadata.version(package)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"seconds": min(times), "terms": int(terms), "version": version, "memory": memory}


def beside_counter(types: int, utterances: int) -> dict[str, float]:
    """Return the processor seconds of keyness on a stored corpus, and of Counter on ready lists.

    Keyness takes a dictionary-encoded table, as a stored corpus is loaded, and computes its
    measures without intervals and permutations. Each time is the best of three, in turn.
    """
    words = make_words(types, utterances)
    calls = {
        "keyness": _ours("category", intervals=False, permutations=0)(words),
        "Counter": _from_lists(_counter)(words),
    }
    seconds = dict.fromkeys(calls, float("inf"))
    for _ in range(BEST_OF):
        for name, call in calls.items():
            started = time.process_time()
            call()
            seconds[name] = min(seconds[name], time.process_time() - started)
    return seconds


# ---- contenders: prepare the words in the shape each likes best, return what is timed
# -------------------------------


def _ours(kept_as: str = "str", **options: Any) -> Callable[[pd.DataFrame], Callable[[], int]]:
    def prepare(words: pd.DataFrame) -> Callable[[], int]:
        keyness = importlib.import_module("analysis.words.comparison").keyness
        words = words.astype({"interview": kept_as, "term": kept_as})
        return lambda: len(keyness(words, "a", "b", **options))

    return prepare


def _lists(words: pd.DataFrame) -> list[list[str]]:
    return [words.loc[words["interview"] == side, "term"].tolist() for side in "ab"]


def _from_table(
    count: Callable[[list[list[str]]], int],
) -> Callable[[pd.DataFrame], Callable[[], int]]:
    def prepare(words: pd.DataFrame) -> Callable[[], int]:
        words = words.astype({"interview": "str", "term": "str"})
        return lambda: count(_lists(words))

    return prepare


def _from_lists(
    count: Callable[[list[list[str]]], int],
) -> Callable[[pd.DataFrame], Callable[[], int]]:
    def prepare(words: pd.DataFrame) -> Callable[[], int]:
        # Every occurrence of a word is the same object, which no reader of text gives, and the
        # fastest to count.
        lists = [[sys.intern(word) for word in side] for side in _lists(words)]
        return lambda: count(lists)

    return prepare


def _documents(words: pd.DataFrame) -> pd.DataFrame:
    texts = words.groupby(["interview", "utterance"])["term"].agg(" ".join).reset_index()
    return texts.rename(columns={"term": "text"}).astype({"interview": object, "text": object})


def _counter(lists: list[list[str]]) -> int:
    special = importlib.import_module("scipy.special")
    counted = [Counter(side) for side in lists]
    terms = sorted(counted[0].keys() | counted[1].keys())
    counts = np.array([[side[term] for term in terms] for side in counted], dtype=float)
    sizes = counts.sum(axis=1, keepdims=True)
    expected = counts.sum(axis=0) * sizes / sizes.sum()
    g2 = 2 * (special.xlogy(counts, counts) - special.xlogy(counts, expected)).sum(axis=0)
    p = special.chdtrc(1, np.maximum(g2, 0))
    rates = np.where(counts > 0, counts, 0.5) / sizes
    return len(
        pd.DataFrame({"term": terms, "g2": g2, "p": p, "log_ratio": np.log2(rates[0] / rates[1])})
    )


def _keyflux(lists: list[list[str]]) -> int:
    keyness = importlib.import_module("keyflux.keyness").Keyness
    return len(
        keyness(
            Counter(lists[0]), Counter(lists[1]), min_focus_freq=1, min_reference_freq=1
        ).table()
    )


def _pycorpdiff(**options: Any) -> Callable[[pd.DataFrame], Callable[[], int]]:
    def prepare(words: pd.DataFrame) -> Callable[[], int]:
        package = importlib.import_module("pycorpdiff")
        documents = _documents(words)

        def call() -> int:
            sides = [
                package.from_dataframe(
                    documents[documents["interview"] == side], text_col="text", tokenizer=str.split
                )
                for side in "ab"
            ]
            return len(package.compare(*sides).keyness(min_count=1, **options).table)

        return call

    return prepare


def _scattertext(words: pd.DataFrame) -> Callable[[], int]:
    package = importlib.import_module("scattertext")
    documents = _documents(words)

    def call() -> int:
        corpus = package.CorpusFromPandas(
            documents, category_col="interview", text_col="text", nlp=package.whitespace_nlp
        ).build()
        frequencies = corpus.get_unigram_corpus().get_term_freq_df()
        scorer = package.LogOddsRatioInformativeDirichletPrior(
            frequencies.sum(axis=1).to_numpy(), frequencies.sum().sum(), "word"
        )
        return len(scorer.get_scores(frequencies["a freq"], frequencies["b freq"]))

    return call


def _convokit(words: pd.DataFrame) -> Callable[[], int]:
    package = importlib.import_module("convokit")
    vectoriser = importlib.import_module("sklearn.feature_extraction.text").CountVectorizer
    speakers = {side: package.Speaker(id=side) for side in "ab"}
    corpus = package.Corpus(
        utterances=[
            package.Utterance(
                id=str(number), speaker=speakers[row.interview], conversation_id="0", text=row.text
            )
            for number, row in enumerate(_documents(words).itertuples())
        ]
    )

    def call() -> int:
        fighting = package.FightingWords(
            cv=vectoriser(tokenizer=str.split, token_pattern=None), text_func=_text
        )
        fighting.fit(
            corpus,
            class1_func=lambda utterance: utterance.speaker.id == "a",
            class2_func=lambda utterance: utterance.speaker.id == "b",
        )
        return len(fighting.ngram_zscores)

    return call


def _text(utterance: Any) -> str:
    return utterance.text


CONTENDERS: dict[str, tuple[str, Callable[[pd.DataFrame], Callable[[], int]]]] = {
    "keyness, measures alone": ("analysis", _ours(intervals=False, permutations=0)),
    "keyness, measures alone, dictionary-encoded": (
        "analysis",
        _ours("category", intervals=False, permutations=0),
    ),
    "keyness, with intervals": ("analysis", _ours(permutations=0)),
    f"keyness, with {DRAWS} permutations": ("analysis", _ours(intervals=False, permutations=DRAWS)),
    f"keyness, with intervals and {DRAWS} permutations": ("analysis", _ours(permutations=DRAWS)),
    "Counter and scipy, from the same table": ("scipy", _from_table(_counter)),
    "Counter and scipy, from lists": ("scipy", _from_lists(_counter)),
    "keyflux, from the same table": ("keyflux", _from_table(_keyflux)),
    "keyflux, from lists": ("keyflux", _from_lists(_keyflux)),
    "pycorpdiff": ("pycorpdiff", _pycorpdiff()),
    f"pycorpdiff, with {DRAWS} permutations": (
        "pycorpdiff",
        _pycorpdiff(permutation_n=DRAWS, permutation_seed=1),
    ),
    f"pycorpdiff, with {DRAWS} resamples and {DRAWS} permutations": (
        "pycorpdiff",
        _pycorpdiff(
            permutation_n=DRAWS, permutation_seed=1, ci="bootstrap", n_boot=DRAWS, bootstrap_seed=1
        ),
    ),
    "scattertext": ("scattertext", _scattertext),
    "ConvoKit, FightingWords": ("convokit", _convokit),
}


def report(rows: pd.DataFrame) -> str:
    """Write the times, and what was compared with what."""
    lines = [INTRODUCTION.format(python=platform.python_version(), draws=DRAWS, best_of=BEST_OF)]
    for (types, utterances), table in rows.groupby(["types", "utterances"], sort=False):
        lines.append(f"## Words of a language of {types:,} types, in {utterances:,} utterances\n")
        lines.append("| contender | version | seconds | terms in the table | memory, GB |")
        lines.append("| --- | --- | ---: | ---: | ---: |")
        for row in table.to_dict("records"):
            if isinstance(row.get("failed"), str):
                lines.append(f"| {row['contender']} | | failed: {row['failed']} | | |")
                continue
            numbers = f"{row['seconds']:.2f} | {row['terms']:,.0f} | {row['memory']:.1f}"
            lines.append(f"| {row['contender']} | {row['version']} | {numbers} |")
        lines.append("")
    return "\n".join(lines)


INTRODUCTION = """# Keyness on two million words

Made by `python benchmarks/keyness.py --others /path/to/another/environment/bin/python`; Python
{python}, two processors shared with other work. Seconds are wall time, the best of {best_of} in
one process (once if a call takes more than 30 s); memory is the peak of the process, including the
generated words.

What is timed:

- **keyness**: from a table of words (interview, utterance, term, as text; or dictionary-encoded, as
  in a stored corpus) to the sorted table of all measures. Its intervals use the closed form of the
  variance between utterances, to which resampling converges, so there is no number of resamples to
  set; it runs as many permutations as the others.
- **Counter and scipy**, **keyflux**: counts, G2 and log ratio of two sides; no utterances, no
  log-odds, no intervals. Timed from the same table, and from two ready Python lists in which equal
  words are one object, which is faster than looking up the words of any table.
- **pycorpdiff**, **scattertext**, **ConvoKit**: from texts, one for each utterance, of words
  joined and split again at spaces (ConvoKit's corpus and all joining are done beforehand).
  pycorpdiff resamples and permutes utterances, {draws} times each, and keeps every term (by default
  it drops those below 5).
- conc was left out: it builds an index on disk with a spaCy model before it counts.
"""

if __name__ == "__main__":
    main()
