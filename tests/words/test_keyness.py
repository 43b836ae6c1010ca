"""Keyness against hand counts, published formulas, other packages, and properties."""

import math
from itertools import pairwise
from pathlib import Path

import keyflux.keyness
import logodds
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import contingency

from analysis import load_tokens, load_utterances
from analysis.annotation.terms import terms_of
from analysis.annotation.titles import titles_of
from analysis.statistics import g2_four_cell, log_odds, log_ratio
from analysis.words.comparison import keyness, smallest_detectable_difference, strongest

SIGNED = ["log_ratio", "log_odds", "log_odds_z"]
SYMMETRIC = ["g2_two_cell", "g2_four_cell", "p", "q", "p_permutation", "p_max_t", "design_effect"]


def words(**sides: list[str]) -> pd.DataFrame:
    """One string an utterance; “-” is a word that is no term."""
    rows = [
        (interview, number, None if term == "-" else term)
        for interview, utterances in sides.items()
        for number, utterance in enumerate(utterances)
        for term in utterance.split()
    ]
    table = pd.DataFrame(rows, columns=["interview", "utterance", "term"])
    return table.astype({"interview": "str", "term": "str"})


# a: 10 words in 5 utterances, b: 20 words in 5.
TOY = words(
    a=["love -", "love love", "film -", "love -", "- -"],
    b=["film love - -", "film - - -", "film film - -", "- - - -", "hat - - -"],
)


def test_counts_rates_range_and_effect_sizes_by_hand():
    table = keyness(TOY, "a", "b", permutations=0).set_index("term")
    assert table.index.to_list() == ["love", "film", "hat"]
    counted = table[
        ["count_target", "count_reference", "utterances_target", "utterances_reference"]
    ]
    assert counted.loc["love"].to_list() == [4, 1, 3, 1]
    assert counted.loc["film"].to_list() == [1, 4, 1, 3]
    assert counted.loc["hat"].to_list() == [0, 1, 0, 1]
    assert table.loc["love", ["rate_target", "rate_reference"]].to_list() == [400, 50]
    # 400 / 50 = 2^3; 100 / 200 = 2^-1; 1 / 30 over 1 / 20 + 1 / 30: an occurrence shared out.
    expected = {"love": 3, "film": -1, "hat": math.log2(0.4)}
    assert table["log_ratio"].to_dict() == pytest.approx(expected)


def test_log_odds_by_hand():
    table = keyness(TOY, "a", "b", permutations=0).set_index("term")
    # The prior is both sides together: 5 of 30 words are love.
    expected = math.log((4 + 5) / (10 + 30 - 4 - 5)) - math.log((1 + 5) / (20 + 30 - 1 - 5))
    assert table.loc["love", "log_odds"] == pytest.approx(expected, rel=1e-12)
    assert table.loc["love", "log_odds_z"] == pytest.approx(
        expected / math.sqrt(1 / 9 + 1 / 6), rel=1e-12
    )
    weighed = keyness(TOY, "a", "b", permutations=0, prior_words=6).set_index("term")
    expected = math.log((4 + 1) / (10 + 6 - 4 - 1)) - math.log((1 + 1) / (20 + 6 - 1 - 1))
    assert weighed.loc["love", "log_odds"] == pytest.approx(expected, rel=1e-12)


def test_g2_by_hand():
    table = keyness(TOY, "a", "b", permutations=0).set_index("term")
    # 5 occurrences, of which 10 / 30 are expected in a.
    two = 2 * (4 * math.log(4 / (5 / 3)) + 1 * math.log(1 / (10 / 3)))
    four = two + 2 * (6 * math.log(6 / (25 / 3)) + 19 * math.log(19 / (50 / 3)))
    assert table.loc["love", "g2_two_cell"] == pytest.approx(two, rel=1e-12)
    assert table.loc["love", "g2_four_cell"] == pytest.approx(four, rel=1e-12)
    assert table.loc["love", "p"] == pytest.approx(stats.chi2.sf(four, 1), rel=1e-9)


def test_words_that_are_no_terms_count_in_the_length_only():
    without = keyness(TOY.dropna(), "a", "b", intervals=False, permutations=0)
    table = keyness(TOY, "a", "b", intervals=False, permutations=0)
    assert set(table["term"]) == set(without["term"])
    assert table["rate_target"].sum() == 500
    assert without["rate_target"].sum() == 1000


# ---- independent computations
# ------------------------------------------------------------------------------

SIZES = st.tuples(
    st.integers(0, 60), st.integers(0, 60), st.integers(61, 5000), st.integers(61, 5000)
).filter(lambda sizes: sizes[0] + sizes[1] > 0)


def one(sizes):
    target, reference, words_target, words_reference = sizes
    return np.array([float(target)]), words_target, np.array([float(reference)]), words_reference


@given(SIZES)
def test_four_cells_agree_with_scipy(sizes):
    target, reference, words_target, words_reference = sizes
    observed = [[target, words_target - target], [reference, words_reference - reference]]
    expected = contingency.chi2_contingency(
        observed, correction=False, lambda_="log-likelihood"
    ).statistic
    assert g2_four_cell(*one(sizes))[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(SIZES, st.floats(0.01, 30), st.floats(100, 5000))
def test_log_odds_agree_with_the_published_formula(sizes, alpha, alpha_0):
    """Monroe, Colaresi & Quinn 2008: delta, its approximate variance, and zeta, word by word."""
    y_i, y_j, n_i, n_j = sizes
    omega_i = (y_i + alpha) / (n_i + alpha_0 - y_i - alpha)
    omega_j = (y_j + alpha) / (n_j + alpha_0 - y_j - alpha)
    delta = math.log(omega_i) - math.log(omega_j)
    variance = 1 / (y_i + alpha) + 1 / (y_j + alpha)
    odds, z = log_odds(*one(sizes), np.array([alpha]), alpha_0)
    assert odds[0] == pytest.approx(delta, rel=1e-9, abs=1e-9)
    assert z[0] == pytest.approx(delta / math.sqrt(variance), rel=1e-9, abs=1e-9)


# Thirty utterances, skewed counts, terms on one side alone, words that are no terms.
TERMS = ["-", "be", "love", "film", "time", "work", "hat", "sky", "bus", "art", "toy", "zoo"]
_GENERATOR = np.random.default_rng(11)


def utterances(number: int, shift: int) -> list[str]:
    chances = np.roll(1 / np.arange(1, len(TERMS) + 1), shift) ** 1.2
    lengths = _GENERATOR.integers(8, 60, size=number)
    return [
        " ".join(_GENERATOR.choice(TERMS, size=length, p=chances / chances.sum()))
        for length in lengths
    ]


SPOKEN = words(a=utterances(9, 0), b=utterances(16, 3), c=utterances(5, 1))


def counters(table):
    return [
        table[table["interview"] == side]["term"].value_counts().sort_index().to_dict()
        for side in ("a", "b")
    ]


def test_log_odds_agree_with_the_package_logodds():
    # The package sees no words beside the terms, so none are given; its floor of the prior is made
    # negligible.
    table = SPOKEN.dropna()
    ours = keyness(table, "a", "b", intervals=False, permutations=0).set_index("term")
    target, reference = counters(table)
    pooled = table[table["interview"] != "c"]["term"].value_counts().to_dict()
    theirs = pd.DataFrame(
        logodds.log_odds_details(target, reference, prior_counts=pooled, alpha=1e-12)
    ).T
    theirs = theirs.loc[ours.index]
    assert ours["log_odds"].to_list() == pytest.approx(
        theirs["delta"].to_list(), rel=1e-9, abs=1e-9
    )
    assert ours["log_odds_z"].to_list() == pytest.approx(theirs["z"].to_list(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("column", ["g2_two_cell", "log_ratio"])
def test_two_cells_and_log_ratio_agree_with_the_package_keyflux(column):
    # Its G2 has two cells; it replaces a 0 by 0.5, so log ratios agree where there is none.
    ours = keyness(SPOKEN, "a", "b", intervals=False, permutations=0)
    if column == "log_ratio":
        ours = ours[(ours["count_target"] > 0) & (ours["count_reference"] > 0)]
    measure = {
        "g2_two_cell": keyflux.keyness.log_likelihood,
        "log_ratio": keyflux.keyness.log_ratio,
    }[column]
    sizes = [int((SPOKEN["interview"] == side).sum()) for side in ("a", "b")]
    counts = zip(ours["count_target"].to_list(), ours["count_reference"].to_list(), strict=True)
    theirs = [measure(target, reference, *sizes) for target, reference in counts]
    assert ours[column].to_list() == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_q_is_benjamini_and_hochbergs():
    table = keyness(SPOKEN, "a", "b", intervals=False, permutations=0).sort_values("p")
    p, rank = table["p"].to_numpy(), np.arange(1, len(table) + 1)
    expected = np.minimum.accumulate((p * len(p) / rank)[::-1])[::-1]
    np.testing.assert_allclose(table["q"], expected, rtol=1e-12)


# ---- properties
# ------------------------------------------------------------------------------


@st.composite
def tables(draw):
    utterance = st.lists(st.sampled_from(["-", "x", "y", "z", "w"]), min_size=1, max_size=12).map(
        " ".join
    )
    sides = {side: draw(st.lists(utterance, min_size=5, max_size=8)) for side in "ab"}
    table = words(**sides)
    return table if table["term"].notna().any() else words(a=["x"] * 5, b=["-"] * 5)


@settings(max_examples=15)
@given(tables())
def test_exchanging_the_sides_flips_every_sign(table):
    there = keyness(table, "a", "b", permutations=50).set_index("term").sort_index()
    back = keyness(table, "b", "a", permutations=50).set_index("term").sort_index()
    for column in SIGNED:
        np.testing.assert_allclose(back[column], -there[column], rtol=1e-9, atol=1e-12)
    for effect in ("log_ratio", "log_odds"):
        np.testing.assert_allclose(
            back[f"{effect}_low"], -there[f"{effect}_high"], rtol=1e-7, atol=1e-9
        )
        np.testing.assert_allclose(
            back[f"{effect}_high"], -there[f"{effect}_low"], rtol=1e-7, atol=1e-9
        )
    for column in SYMMETRIC:
        np.testing.assert_allclose(back[column], there[column], rtol=1e-9)


@settings(max_examples=15)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_words_changes_nothing_at_all(table, random):
    order = list(range(len(table)))
    random.shuffle(order)
    expected = keyness(table, "a", "b", permutations=50)
    pd.testing.assert_frame_equal(
        keyness(table.iloc[order], "a", "b", permutations=50), expected, check_exact=True
    )


COUNTS = st.integers(0, 2000)


@given(COUNTS, COUNTS, st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_log_ratio_has_the_sign_of_the_difference_of_rates(target, reference, more, others):
    if target + reference == 0:
        return
    words, others = target + more, reference + others
    [found] = log_ratio(np.array([float(target)]), words, np.array([float(reference)]), others)
    difference = target * others - reference * words
    assert np.isfinite(found)
    assert found == pytest.approx(0, abs=1e-9) if difference == 0 else found * difference > 0
    [turned] = log_ratio(np.array([float(reference)]), others, np.array([float(target)]), words)
    assert turned == pytest.approx(-found)


def test_no_row_of_the_two_interviews_contradicts_its_rates():
    terms = terms_of(load_tokens("seeds"), titles_of(load_utterances("seeds")))
    said = terms[terms["role"] == "interviewee"]
    found = keyness(said, "indiewire", "tiff", permutations=0)
    lacking = (found["count_target"] == 0) | (found["count_reference"] == 0)
    assert lacking.sum() > 100
    difference = np.sign(found["rate_target"] - found["rate_reference"])
    for effect in ("log_ratio", "log_odds", "log_odds_z"):
        np.testing.assert_array_equal(np.sign(found[effect]), difference)
    assert (found["log_ratio_low"] < found["log_ratio"]).all()
    assert (found["log_ratio"] < found["log_ratio_high"]).all()


def test_two_decimals_of_p_do_not_depend_on_the_seed():
    terms = terms_of(load_tokens("seeds"), titles_of(load_utterances("seeds")))
    said = terms[terms["role"] == "interviewee"]
    runs = [keyness(said, "indiewire", "tiff", intervals=False, seed=seed) for seed in (1, 2, 3)]
    smallest = [run["p_max_t"].min() for run in runs]
    assert len({round(p, 2) for p in smallest}) == 1, smallest
    for one, other in pairwise(runs):
        for p in ("p_permutation", "p_max_t"):
            np.testing.assert_allclose(one[p], other[p], atol=0.01)


@settings(max_examples=15)
@given(tables())
def test_intervals_have_width_and_hold_the_estimate(table):
    found = keyness(table, "a", "b", permutations=50)
    difference = np.sign(found["rate_target"] - found["rate_reference"])
    for effect in ("log_ratio", "log_odds", "log_odds_z"):
        known = found[effect].notna()
        rounded = np.sign(found[effect].round(9))
        np.testing.assert_array_equal(rounded[known], difference[known])
    for effect in ("log_ratio", "log_odds"):
        known = found[found[effect].notna()]
        assert (known[f"{effect}_low"] < known[f"{effect}_high"]).all()
        assert (known[f"{effect}_low"] <= known[effect] + 1e-9).all()
        assert (known[f"{effect}_high"] >= known[effect] - 1e-9).all()
    np.testing.assert_array_equal(np.isneginf(found["log_ratio_low"]), found["count_target"] == 0)
    np.testing.assert_array_equal(
        np.isposinf(found["log_ratio_high"]), found["count_reference"] == 0
    )
    assert (found["p_max_t"] >= found["p_permutation"]).all()
    assert found["p_permutation"].between(1 / 51, 1).all()
    assert (found["design_effect"] >= 1).all()


@settings(max_examples=15)
@given(tables())
def test_both_effect_sizes_tell_a_term_apart_or_neither(table):
    """With the pooled prior: both intervals are that of the split of the term's occurrences."""
    found = keyness(table, "a", "b", permutations=0)
    found = found[
        found["log_odds"].notna() & found["log_ratio_low"].ne(0) & found["log_ratio_high"].ne(0)
    ]
    np.testing.assert_array_equal(found["log_odds_low"] > 0, found["log_ratio_low"] > 0)
    np.testing.assert_array_equal(found["log_odds_high"] < 0, found["log_ratio_high"] < 0)


@settings(max_examples=15)
@given(tables())
def test_doubling_both_sides_leaves_the_effect_sizes(table):
    """Also the log-odds, because the prior weighs as much as both sides; evidence doubles."""
    once = keyness(table, "a", "b", permutations=0).set_index("term").sort_index()
    twice = (
        keyness(pd.concat([table, table]), "a", "b", permutations=0).set_index("term").sort_index()
    )
    both = (once["count_target"] > 0) & (once["count_reference"] > 0)
    np.testing.assert_allclose(
        twice["log_ratio"][both], once["log_ratio"][both], rtol=1e-9, atol=1e-12
    )
    # The occurrence that is shared out does not double: farther from 0, by less than a doubling.
    farther = abs(twice["log_ratio"])[~both] - abs(once["log_ratio"])[~both]
    assert farther.between(0, 1, inclusive="neither").all()
    np.testing.assert_allclose(twice["log_odds"], once["log_odds"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        twice["log_odds_z"], math.sqrt(2) * once["log_odds_z"], rtol=1e-9, atol=1e-12
    )
    for form in ("g2_two_cell", "g2_four_cell"):
        np.testing.assert_allclose(twice[form], 2 * once[form], rtol=1e-9, atol=1e-9)


def test_a_term_spread_evenly_still_has_an_interval():
    """Every resample of whole utterances gives the same counts here."""
    even = words(a=["x y"] * 6, b=["x y"] * 6)
    table = keyness(even, "a", "b")
    assert table["log_ratio"].to_list() == [0, 0]
    assert (table["log_ratio_low"] < -0.5).all()
    assert (table["log_ratio_high"] > 0.5).all()
    assert table["p_max_t"].to_list() == [1, 1]


def test_one_seed_one_table():
    first, second = (keyness(SPOKEN, "a", "b", permutations=200, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    other = keyness(SPOKEN, "a", "b", permutations=200, seed=5)
    assert (other["p_permutation"] != first["p_permutation"]).any()
    pd.testing.assert_frame_equal(
        other.drop(columns=["p_permutation", "p_max_t"]),
        first.drop(columns=["p_permutation", "p_max_t"]),
    )


def test_highest_log_ratio_first_ties_by_name():
    table = keyness(words(a=["d c -"] * 5, b=["b a -"] * 5), "a", "b", permutations=0)
    assert table["term"].to_list() == ["c", "d", "a", "b"]


def test_the_strongest_first_ties_by_name_and_all_or_none():
    table = pd.DataFrame({"term": list("dcba"), "log_odds_z": [1.0, -2.0, 2.0 + 1e-13, np.nan]})
    ordered = table.iloc[[2, 1, 0, 3]].reset_index(drop=True)
    pd.testing.assert_frame_equal(strongest(table), ordered)
    assert strongest(table, 1)["term"].to_list() == ["b", "c"], "equal but for the last digits"
    assert strongest(table, 3)["term"].to_list() == ["b", "c", "d"]
    assert strongest(table.head(0)).empty


# ---- sides, groups, units
# ------------------------------------------------------------------------------


def test_values_and_the_rest_name_the_same_sides():
    expected = keyness(SPOKEN, "a", ["b", "c"], permutations=50)
    late = SPOKEN.assign(late=SPOKEN["interview"].ne("a"))
    pd.testing.assert_frame_equal(keyness(SPOKEN, "a", permutations=50), expected)
    pd.testing.assert_frame_equal(keyness(late, False, True, by="late", permutations=50), expected)


def test_a_third_interview_changes_nothing():
    expected = keyness(SPOKEN[SPOKEN["interview"] != "c"], "a", "b", permutations=50)
    pd.testing.assert_frame_equal(keyness(SPOKEN, "a", "b", permutations=50), expected)


def test_any_column_groups_and_categories_count_like_text():
    table = SPOKEN.assign(decade=SPOKEN["interview"].map({"a": 2010, "b": 2020, "c": 2020}))
    expected = keyness(SPOKEN, "a", None, permutations=50)
    pd.testing.assert_frame_equal(
        keyness(table, 2010, 2020, by="decade", permutations=50), expected
    )
    reversed_names = sorted(table["term"].dropna().unique(), reverse=True)
    table["term"] = pd.Categorical(table["term"], categories=[*reversed_names, "unseen"])
    pd.testing.assert_frame_equal(
        keyness(table, "a", None, permutations=50), expected, check_dtype=False
    )


def test_larger_units_can_be_kept_whole():
    interviews = words(**{name: ["x y z", "x -"] for name in "abcdefghijkl"})
    table = keyness(interviews, list("abcdef"), cluster=["interview"], permutations=50)
    assert table["utterances_target"].to_list() == [6, 6, 6]


def test_a_minimum_makes_the_family_smaller():
    table = keyness(SPOKEN, "a", "b", minimum=20, permutations=50)
    assert 0 < len(table) < len(TERMS) - 1
    assert (table["count_target"] + table["count_reference"] >= 20).all()


# ---- the prior
# ------------------------------------------------------------------------------


def test_general_english_as_the_prior():
    general = pd.Series({"love": 30.0, "film": 10.0, "the": 960.0})
    table = keyness(TOY, "a", "b", prior=general, prior_words=100, permutations=0).set_index("term")
    # love is 3 in 100; hat, which the list lacks, is as rare as film.
    expected = math.log((4 + 3) / (10 + 100 - 4 - 3)) - math.log((1 + 3) / (20 + 100 - 1 - 3))
    assert table.loc["love", "log_odds"] == pytest.approx(expected, rel=1e-12)
    expected = math.log((0 + 1) / (10 + 100 - 0 - 1)) - math.log((1 + 1) / (20 + 100 - 1 - 1))
    assert table.loc["hat", "log_odds"] == pytest.approx(expected, rel=1e-12)
    frequencies = keyness(
        TOY, "a", "b", prior=general / 1000, prior_words=100, permutations=0
    ).set_index("term")
    pd.testing.assert_frame_equal(frequencies, table)


def test_a_heavier_prior_draws_closer():
    odds = [
        keyness(TOY, "a", "b", prior_words=size, permutations=0)["log_odds"].abs().max()
        for size in (1, 30, 900)
    ]
    assert odds == sorted(odds, reverse=True)


@pytest.mark.parametrize(
    "prior",
    [
        pd.Series({"love": -1.0, "film": 2.0}),
        pd.Series({"love": 0.0}),
        pd.Series([1, 2], ["love", "love"]),
    ],
)
def test_a_prior_that_cannot_be_one_is_refused(prior):
    with pytest.raises(ValueError, match="prior"):
        keyness(TOY, "a", "b", prior=prior)


# ---- undefined and refused
# ------------------------------------------------------------------------------


def test_what_is_undefined_is_nan():
    table = keyness(words(a=["x x"] * 5, b=["x x"] * 5), "a", "b", permutations=0).iloc[0]
    assert (
        table[
            ["log_odds", "log_odds_low", "log_odds_high", "log_odds_z", "p_permutation", "p_max_t"]
        ]
        .isna()
        .all()
    )
    assert table["log_ratio"] == 0
    alone = keyness(TOY, "a", "b", intervals=False, permutations=0)
    assert (
        alone[["log_ratio_low", "log_ratio_high", "log_odds_low", "log_odds_high", "design_effect"]]
        .isna()
        .all()
        .all()
    )


def test_too_few_utterances_are_refused_in_words():
    few = words(a=["x y"] * 4, b=["x y"] * 9)
    with pytest.raises(
        ValueError, match="the target has fewer than 5 utterances, too few for intervals"
    ):
        keyness(few, "a", "b")
    with pytest.raises(ValueError, match="the reference has fewer than 5"):
        keyness(few, "b", permutations=0)
    with pytest.raises(ValueError, match="fewer than 5 utterances"):
        keyness(few, "a", "b", intervals=False)
    assert len(keyness(few, "a", "b", intervals=False, permutations=0)) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "d"}, "no word has the value 'd' in the column 'interview'"),
        ({"reference": ["a", "b"]}, "overlap"),
        (
            {"target": 0, "reference": None, "by": "row", "tokens": TOY.assign(row=range(30))},
            "a 0 has words on both sides",
        ),
        ({"target": []}, "the target has no words"),
        ({"minimum": 100}, "no term occurs 100 times or more"),
        ({"prior": "general"}, "prior is 'general'"),
        ({"prior_words": 0}, "set prior_words above 0"),
        ({"tokens": TOY.assign(is_punct=True)}, "punctuation"),
        (
            {"tokens": TOY.assign(utterance=TOY["utterance"].where(TOY["utterance"] > 0))},
            "some words have no utterance",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        keyness(**({"tokens": TOY, "target": "a", "reference": "b"} | changes))


# ---- what could be found
# ------------------------------------------------------------------------------


def test_the_smallest_detectable_difference_is_found_four_times_in_five():
    sizes, rate, effect, comparisons = (9000, 6000), 8.0, 1.8, 50
    table = smallest_detectable_difference(
        *sizes, [rate], comparisons=comparisons, design_effect=effect
    ).iloc[0]
    assert table["rate_more"] == pytest.approx(rate * 2 ** table["log_ratio_more"])
    generator = np.random.default_rng(1)
    for found in (table["rate_more"], table["rate_less"]):
        # Negative binomial counts whose variance is the design effect times their mean.
        means = np.array([found * sizes[0], rate * sizes[1]]) / 1000
        counts = generator.negative_binomial(
            means / (effect - 1), 1 / effect, size=(20_000, 2)
        ).T.astype(float)
        words_two = np.array(sizes, dtype=float)
        g2 = g2_four_cell(counts[0], words_two[0], counts[1], words_two[1])
        power = (g2 / effect > stats.chi2.isf(0.05 / comparisons, 1)).mean()
        assert power == pytest.approx(0.8, abs=0.07)


def test_what_is_found_shrinks_with_length_and_grows_with_the_family():
    def least(*sizes, **options):
        return smallest_detectable_difference(*sizes, [5.0], **options)["log_ratio_more"].iloc[0]

    assert least(2000, 9000) < least(197, 907)
    assert least(197, 907, comparisons=300) > least(197, 907)
    assert least(197, 907, design_effect=2) > least(197, 907)


def test_what_cannot_be_found_is_nan():
    table = smallest_detectable_difference(197, 907, [0.5, 600], comparisons=300, design_effect=3)
    assert table["log_ratio_less"].isna().to_list() == [True, False]
    assert table["rate_more"].isna().to_list() == [False, True]
    with pytest.raises(ValueError, match="positive"):
        smallest_detectable_difference(0, 907, [1])


# ---- what benchmarks/calibration.py found
# ------------------------------------------------------------------------------


def test_the_stored_calibration_holds_what_the_docstrings_promise():
    stored = pd.read_csv(Path(__file__).parents[2] / "benchmarks" / "calibration.csv")
    measured = stored.set_index(["measure", "method"]).sort_index()
    coverage = measured.loc[("coverage", "keyness")]
    assert (coverage["value"] + 2 * coverage["standard_error"] > 0.945).all()
    family = measured.loc[("any alarm", "permutation by words, max-T")]
    assert (family["value"] - 2 * family["standard_error"] < 0.05).all()
    alone = measured.loc[("alarms a word", "permutation by words")]
    assert (alone["value"] < 0.05).all()
    real = measured.loc[("any alarm, real speeches", "max-T")].set_index("scenario")
    block, random = (
        real.loc["one block against the next"],
        real.loc["the same utterances at random"],
    )
    assert block["value"] - 2 * block["standard_error"] > 0.05
    assert random["value"] - 2 * random["standard_error"] < 0.05
    power = measured.loc[("power", "G2 over the design effect")]
    assert power["value"].between(0.75, 0.85).all()
