"""How often tests of co-occurrence find themes that meet where they are placed apart, in bursts.

    python benchmarks/cooccurrence.py

Writes cooccurrence.md beside this file. A few minutes of one core.

Six themes are placed over as many sentences as the interviewee has in each interview, each
independently of the others: in runs of three sentences (two states, as a Markov chain), or by
utterance (a theme is taken up in two utterances of five, and then in half of the sentences). Themes
that do meet are made by letting the second copy the first in half of the sentences. The
specification curve is made of two of them, by two coders of whom the second misses one coded
sentence in ten and adds one in fifty.
"""

from __future__ import annotations

from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from analysis import load_corpus
from analysis.themes import co_occurrence, specification_curve
from analysis.themes.cooccurrence import CELLS, count, rows_of, together

HERE = Path(__file__).resolve().parent
RUNS, RUNS_NEAR, RUNS_CURVE, SHIFTS, SEED = 160, 40, 60, 199, 11
THEMES = ["a", "b", "c", "d", "e", "f"]
SHARE, RUN = 0.2, 3.0
OF_UTTERANCES, OF_SENTENCES = 0.4, 0.5


def sentences(times: int) -> pd.DataFrame:
    """Return the interviewee's sentences, so many times over, as longer interviews."""
    corpus = load_corpus(HERE.parent / "seeds")
    units = corpus.sentences[corpus.sentences["role"] == "interviewee"]
    units = units[["interview", "utterance", "sentence", "exchange"]]
    return pd.concat(
        [units.assign(utterance=units["utterance"] + 1000 * n) for n in range(times)],
        ignore_index=True,
    )


def in_runs(units: pd.DataFrame, generator: np.random.Generator) -> np.ndarray:
    """Switch a theme on and off so that it has its share and its mean run."""
    leave, enter = 1 / RUN, SHARE / (1 - SHARE) / RUN
    state = generator.random() < SHARE
    states = []
    for number in generator.random(len(units)):
        state = number >= leave if state else number < enter
        states.append(state)
    return np.array(states)


def by_utterance(units: pd.DataFrame, generator: np.random.Generator) -> np.ndarray:
    """Take a theme up in some utterances, and there in some sentences."""
    number = units.groupby(["interview", "utterance"]).ngroup().to_numpy()
    taken = generator.random(number.max() + 1) < OF_UTTERANCES
    return taken[number] & (generator.random(len(units)) < OF_SENTENCES)


def shuffled(
    has: dict[str, np.ndarray], units: pd.DataFrame, generator: np.random.Generator
) -> list[float]:
    """Test each pair by shuffling sentences within their interview, as if they were independent."""
    code, _ = pd.factorize(units["interview"])
    orders = [np.lexsort((generator.random(len(units)), code)) for _ in range(SHIFTS)]
    by_interview = np.argsort(code, kind="stable")
    p = []
    for one, other in combinations(THEMES, 2):
        base = has[other][by_interview]
        counts = np.array([(has[one][order] & base).sum() for order in orders])
        p.append((1 + (counts >= (has[one] & has[other]).sum()).sum()) / (1 + SHIFTS))
    return p


def nearest(units: pd.DataFrame, one: np.ndarray, other: np.ndarray) -> float:
    """Test the mean distance from a sentence with one theme to the nearest with another."""
    has, alone = np.stack([one, other], axis=1), np.zeros(len(units), dtype=np.int64)
    parts = [count(has[rows], alone[rows], "distance") for rows in rows_of(units).values()]
    return together(parts, near=True)[0]["p"]


def measure(
    units: pd.DataFrame, place, meet: bool, generator: np.random.Generator
) -> dict[str, float]:
    """Return the share of false (or true) findings of each test."""
    shift, fisher, plain, family, ratio, needed, near = [], [], [], [], [], [], []
    for run in range(RUNS):
        has = {theme: place(units, generator) for theme in THEMES}
        if meet:
            copied = generator.random(len(units)) < OF_SENTENCES
            has["b"] = np.where(copied, has["a"], has["b"])
        codings = pd.concat([units[has[theme]].assign(theme=theme) for theme in THEMES])
        table = co_occurrence(units, codings, THEMES, shifts=SHIFTS, seed=run)
        table = table.sort_values(["first", "second"], ignore_index=True)
        plain_p = shuffled(has, units, generator)
        chosen = [0] if meet else list(range(len(table)))
        above = table["ratio"].gt(1)
        shift += table["p"].le(0.05)[chosen].to_list()
        p_fisher = [
            fisher_exact(np.reshape(cells, (2, 2))).pvalue for cells in table[CELLS].to_numpy()
        ]
        fisher += ((np.array(p_fisher) <= 0.1) & above)[chosen].to_list()
        plain += [plain_p[number] <= 0.05 for number in chosen]
        family.append(bool(table["p_max_t"][chosen].le(0.05).any()))
        ratio += table["ratio"][chosen].to_list()
        if not meet and run < RUNS_NEAR:
            near += [
                nearest(units, has[one], has[two]) <= 0.05 for one, two in permutations(has, 2)
            ]
        needed += table["ratio_needed"][chosen].to_list()
    shares = {
        "shift": np.mean(shift),
        "sentences": np.mean(plain),
        "fisher": np.mean(fisher),
        "family": np.mean(family),
    }
    shares["near"] = np.mean(near) if near else np.nan
    return shares | {"ratio": float(np.nanmedian(ratio)), "needed": float(np.nanmedian(needed))}


def curves(units: pd.DataFrame, place, meet: bool, generator: np.random.Generator) -> list[float]:
    """Return the share of runs in which each joint test of the curve has p <= 0.05."""
    found = []
    for run in range(RUNS_CURVE):
        has = {theme: place(units, generator) for theme in THEMES[:2]}
        if meet:
            copied = generator.random(len(units)) < OF_SENTENCES
            has["b"] = np.where(copied, has["a"], has["b"])
        coders = {}
        for coder, (missed, added) in {"first": (0, 0), "second": (0.1, 0.02)}.items():
            luck = generator.random((2, len(units)))
            coded = [
                units[np.where(own, luck[at] >= missed, luck[at] < added)].assign(theme=theme)
                for at, (theme, own) in enumerate(has.items())
            ]
            coders[coder] = pd.concat(coded)
        curve = specification_curve(units, coders, ("a", "b"), turns=99, seed=run)
        joint = curve.joint[curve.joint["over"] == "all"]
        found.append(joint.set_index("statistic")["p"] <= 0.05)
    return list(100 * pd.DataFrame(found).mean())


def main() -> None:
    """Write the tables."""
    generator = np.random.default_rng(SEED)
    rows = []
    ways = {"runs of three": in_runs, "by utterance": by_utterance}
    for times, meet in ((1, False), (4, False), (1, True)):
        units = sentences(times)
        size = " + ".join(str(n) for n in units.groupby("interview", sort=False).size())
        for name, place in ways.items():
            found = measure(units, place, meet, generator)
            told = [
                f"{100 * found[test]:.0f}" for test in ("shift", "family", "sentences", "fisher")
            ]
            told += ["" if meet else f"{100 * found['near']:.0f}"]
            told += [f"{found['ratio']:.2f}", f"{found['needed']:.2f}"]
            rows.append(
                f"| {'meet' if meet else 'independent'} | {name} | {size} | {' | '.join(told)} |"
            )
    pairs = RUNS * len(list(combinations(THEMES, 2)))
    head = [
        "# Calibration of co-occurrence",
        "",
        (
            f"Made by `python benchmarks/cooccurrence.py`: {RUNS} runs of six themes for each row,"
            f" fixed seed, {SHIFTS} shifts."
        ),
        (
            f"Where themes are independent, each share is out of {pairs} pairs (for the family, out"
            " of the runs) and should be 5."
        ),
        (
            "Its standard error, if pairs are independent, is"
            f" {100 * (0.05 * 0.95 / pairs) ** 0.5:.1f} (family"
            f" {100 * (0.05 * 0.95 / RUNS) ** 0.5:.1f})."
        ),
        (
            "Where two themes meet, each share is the power: the share of runs that find this, or"
            " find it in the family as well."
        ),
        (
            "Near: false alarms for the distance to the nearest sentence with the other theme, out"
            f" of {RUNS_NEAR} runs."
        ),
        (
            "The last two columns are medians: the ratio observed, and the ratio that p <= 0.05"
            " requires."
        ),
        "",
        (
            "| themes | placed | sentences | circular shift, % | the same, family, % | sentences"
            " shuffled, % | Fisher, p <= 0.1 and ratio > 1, % | near, % | ratio | needed |"
        ),
        "|---|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    units, joint = sentences(1), []
    for meet in (False, True):
        for name, place in ways.items():
            shares = " | ".join(f"{share:.0f}" for share in curves(units, place, meet, generator))
            joint.append(f"| {'meet' if meet else 'independent'} | {name} | {shares} |")
    tail = [
        "",
        "## Joint test of the specification curve",
        "",
        (
            f"Share of {RUNS_CURVE} runs with two coders in which p <= 0.05, %"
            " (standard error of 5:"
            f" {100 * (0.05 * 0.95 / RUNS_CURVE) ** 0.5:.1f})."
        ),
        "",
        "| themes | placed | median p | specifications with p <= 0.05 | mean -log10 p |",
        "|---|---|---:|---:|---:|",
    ]
    (HERE / "cooccurrence.md").write_text(
        "\n".join(head + rows + tail + joint) + "\n", encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    main()
