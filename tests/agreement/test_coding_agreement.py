"""Agreement is that of the published examples; the codebook agrees with the reader as it should."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.agreement.coders import as_coder
from analysis.agreement.scores import bounded
from analysis.agreement.themes import (
    alpha_of_all,
    attested_elsewhere,
    coder_agreement,
    coding_agreement,
    contested,
)
from analysis.themes.codebook import load_codebook
from analysis.themes.coding import codings


def two_coders(
    both: int, one: int, other: int, neither: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    size = both + one + other + neither
    units = pd.DataFrame({"interview": "a", "utterance": range(size), "sentence": 0})
    first, second = (
        units.iloc[: both + one],
        units.drop(index=range(both, both + one)).iloc[: both + other],
    )
    return units, first.assign(theme="x"), second.assign(theme="x")


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # Sim & Wright 2005, doi:10.1093/ptj/85.3.257, table 1: 22, 2, 4, 11 give 0.67.
        ((22, 2, 4, 11), 0.6667),
        # By hand: po 0.7, pe 0.5 * 0.6 + 0.5 * 0.4.
        ((20, 5, 10, 15), 0.4),
    ],
)
def test_kappa_is_the_published_one(table, kappa):
    row = coding_agreement(*two_coders(*table), ["x"]).iloc[0]
    assert row["kappa"] == pytest.approx(kappa, abs=1e-4)
    assert row[["both", "only_reader", "only_other", "neither"]].to_list() == list(table)


def test_alpha_is_the_formula_for_two_coders_and_two_values():
    """1 - (n - 1) * o01 / (n0 * n1), n values, o01 in pairs that differ (Krippendorff 2011)."""
    both, one, other, neither = 12, 3, 5, 20
    row = coding_agreement(*two_coders(both, one, other, neither), ["x"]).iloc[0]
    ones, zeros = 2 * both + one + other, 2 * neither + one + other
    assert row["alpha"] == pytest.approx(1 - (ones + zeros - 1) * (one + other) / (ones * zeros))


@pytest.mark.parametrize(
    "table", [(12, 3, 5, 20), (1, 0, 0, 1), (0, 2, 3, 4), (7, 0, 4, 0), (3, 3, 3, 3), (0, 1, 0, 9)]
)
def test_kappa_and_alpha_are_those_of_another_computation(table):
    from nltk.metrics.agreement import AnnotationTask

    row = coding_agreement(*two_coders(*table), ["x"]).iloc[0]
    pairs = [
        pair
        for pair, times in zip(["11", "10", "01", "00"], table, strict=True)
        for _ in range(times)
    ]
    task = AnnotationTask(
        [(coder, item, pair[coder]) for item, pair in enumerate(pairs) for coder in (0, 1)]
    )
    assert row[["kappa", "alpha"]].to_list() == pytest.approx(
        [task.kappa(), task.alpha()], abs=1e-12
    )


def test_precision_and_recall_change_places_with_the_coders():
    units, one, other = two_coders(10, 4, 2, 30)
    row, turned = (
        coding_agreement(units, *pair, ["x"]).iloc[0] for pair in ((one, other), (other, one))
    )
    assert row["precision"] == pytest.approx(10 / 12)
    assert row["recall"] == pytest.approx(10 / 14)
    assert (row["precision"], row["kappa"]) == (turned["recall"], turned["kappa"])


def test_what_is_undefined_is_nan():
    units, one, other = two_coders(0, 0, 0, 6)
    row = coding_agreement(units, one, other, ["x"]).iloc[0]
    assert row[["precision", "recall", "f1", "kappa", "alpha", "kappa_low"]].isna().all()
    perfect = coding_agreement(*two_coders(5, 0, 0, 5), ["x"]).iloc[0]
    assert perfect["kappa"] == 1
    assert np.isnan(perfect["kappa_low"]), "no disagreement: no interval can be had"


def test_leaving_out_each_utterance_gives_a_mean_its_usual_interval():
    values = np.array([0.1, 0.4, 0.2, 0.6, 0.3])
    counts = np.stack([values, np.ones(5)], axis=-1)
    row = bounded("mean", lambda total: total[..., 0] / total[..., 1], counts)
    usual = stats.t.interval(0.95, 4, loc=values.mean(), scale=stats.sem(values))
    assert [row["mean_low"], row["mean_high"]] == pytest.approx(usual)


def test_the_interval_of_kappa_holds_the_truth():
    """Sentences of one utterance share their luck; the jackknife over utterances must know."""
    rng = np.random.default_rng(2)
    units = pd.DataFrame(
        {"interview": "a", "utterance": np.arange(120) // 4, "sentence": np.arange(120) % 4}
    )
    runs = [f"run {number}" for number in range(150)]
    said: tuple[list[pd.DataFrame], ...] = ([], [])
    for run in runs:
        rate = rng.beta(1, 1, 30).repeat(4)
        truth = rng.random(120) < rate
        wrong = rng.random(120) < rng.choice([0.02, 0.25], 30, p=[0.6, 0.4]).repeat(4)
        for coder, yes in zip(said, (truth, truth ^ wrong), strict=True):
            coder.append(units[yes].assign(theme=run))
    # Themes do not touch each other, so each run may be one.
    table = coding_agreement(units, *map(pd.concat, said), runs).iloc[:-1]
    # Share wrong 0.112 of each kind at prevalence 0.5: kappa is 1 - 2 * 0.112.
    held = (table["kappa_low"] <= 1 - 2 * 0.112) & (table["kappa_high"] >= 1 - 2 * 0.112)
    assert held.mean() >= 0.9


@pytest.fixture(scope="module")
def coded(study):
    units, themes = study.sentences, list(study.codebook["theme"])
    passes = dict(iter(study.hand_codings.groupby("coder")))
    return units, themes, passes, study.codebooks


def test_the_reader_agrees_with_himself_and_with_the_codebook(coded):
    """The aims: 0.8 for technology and intimacy, 0.7 over all; 0.6 for the blind codebook."""
    units, themes, passes, found = coded
    intra = coding_agreement(units, passes["first"], passes["second"], themes).set_index("theme")[
        "kappa"
    ]
    assert (intra > 0.8).all()
    kappa = {}
    for name, (hits, listed) in found.items():
        table = coding_agreement(units, passes["first"], codings(units, hits, listed), themes)
        kappa[name] = table.set_index("theme")["kappa"]
    last, before = kappa["codebook"], kappa["blind codebook"]
    assert last["technology"] >= 0.8
    assert last["intimacy"] >= 0.8
    assert last["all"] >= 0.7
    assert before["all"] >= 0.6


def test_the_first_codebook_is_a_part_of_nothing_else(coded):
    """What was written before the coding is kept: its definitions are those that were coded by."""
    before = load_codebook("tests/gold/codebook-before-the-coding.toml").drop(columns="name")
    pd.testing.assert_frame_equal(before, load_codebook().drop(columns="name"))


def test_what_is_contested_is_as_much_as_the_table_counts(coded):
    units, themes, passes, found = coded
    own = codings(units, *found["codebook"])
    counts = coding_agreement(units, passes["first"], own, themes).set_index("theme")
    both = pd.concat([passes["first"], as_coder(units, own, "codebook")])
    table = contested(units, both, themes)
    assert len(table) == counts.loc["all", ["only_reader", "only_other"]].sum()
    assert table["codebook"].sum() == counts.loc["all", "only_other"]


def test_attested_elsewhere_keeps_what_another_interview_has():
    found = pd.DataFrame(
        {"interview": ["a", "a", "b", "c"], "theme": "x", "indicator": ["wet", "dry", "wet", "dry"]}
    )
    assert attested_elsewhere(found, "a")["indicator"].to_list() == ["wet", "dry"]
    assert attested_elsewhere(found[found["interview"] != "c"], "a")["indicator"].to_list() == [
        "wet"
    ]


@pytest.mark.parametrize("missing", [(0, 0, 0), (0, 0, 4), (0, 2, 4)])
def test_alpha_of_several_coders_is_that_of_another_computation(missing):
    """Sentences that a coder has not coded; those that one alone has coded do not count."""
    from nltk.metrics.agreement import AnnotationTask

    rng = np.random.default_rng(6)
    units = pd.DataFrame({"interview": "a", "utterance": range(30), "sentence": 0})
    truth = rng.random(30) < 0.4
    said = {coder: truth ^ (rng.random(30) < 0.15) for coder in "cde"}
    coded = pd.concat(
        units.assign(coder=coder, theme=np.where(yes, "x", None)).iloc[first:]
        for first, (coder, yes) in zip(missing, said.items(), strict=True)
    )
    triples = zip(coded["coder"], coded["utterance"], coded["theme"].notna(), strict=True)
    row = alpha_of_all(units, coded, ["x"]).iloc[0]
    assert row["alpha"] == pytest.approx(AnnotationTask(list(triples)).alpha(), abs=1e-12)
    assert row["alpha_low"] < row["alpha"] < row["alpha_high"]


def test_pairs_of_coders_are_compared_on_what_both_have_coded():
    units = pd.DataFrame(
        {"interview": "a", "utterance": range(6), "sentence": 0, "role": "x", "text": "y"}
    ).assign(start=range(6), end=range(1, 7))
    coded = pd.concat(
        [
            units.assign(coder="c", theme=["x", "x", None, None, None, None]),
            units.iloc[1:].assign(coder="d", theme=["x", "x", None, None, None]),
        ]
    )
    row = coder_agreement(units, coded, ["x"]).iloc[0]
    counts = ["sentences", "both", "only_one", "only_other", "neither"]
    assert row[counts].to_list() == [5, 1, 0, 1, 3]
    table = contested(units, coded, ["x"])
    assert table[["utterance", "yes", "no", "c", "d"]].to_numpy().tolist() == [
        [2, 1, 1, False, True]
    ]
