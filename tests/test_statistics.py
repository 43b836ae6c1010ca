"""Variance between utterances, intervals from it, and utterances dealt anew."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, special

from analysis import statistics as resampling
from analysis.statistics import (
    deal,
    design_effect,
    max_t,
    permutation_test,
    rate_interval,
    split_interval,
)


@pytest.fixture
def counts_of_unequal_utterances():
    generator = np.random.default_rng(7)
    lengths = np.array([14, 22, 18, 30, 9, 76, 68, 153, 27, 98], dtype=float)
    target = np.arange(10) < 5
    rates = generator.gamma(0.5, 0.04, size=(30, 1))
    counts = generator.poisson(rates * lengths * generator.gamma(2, 0.5, size=(30, 10)))
    return counts[counts.sum(axis=1) > 0], lengths, target


def test_the_design_effect_is_the_variance_between_utterances_over_poissons(
    counts_of_unequal_utterances,
):
    counts, lengths, target = counts_of_unequal_utterances
    effect, freedom = design_effect(sparse.csr_array(counts), lengths, target)
    for row, found, degrees in zip(counts, effect, freedom, strict=True):
        between = poisson = expected_degrees = 0.0
        for side in (target, ~target):
            occurrences, words, utterances = row[side].sum(), lengths[side].sum(), side.sum()
            if occurrences:
                rate = occurrences / words
                variance = (
                    ((row[side] - rate * lengths[side]) ** 2).sum()
                    * utterances
                    / (utterances - 1)
                    / words**2
                )
                between += variance / rate**2
                poisson += 1 / occurrences
                expected_degrees += utterances - 1
        assert found == pytest.approx(max(between / poisson, 1), rel=1e-9)
        assert degrees == expected_degrees


def test_the_design_effect_is_what_resampling_converges_to():
    """100,000 resamples of utterances give the same variance, times m / (m - 1)."""
    generator = np.random.default_rng(3)
    lengths, each = np.full(120, 50.0), 60
    target = np.arange(120) < each
    counts = generator.poisson(generator.gamma(4, 1.5, size=120))
    effect, _ = design_effect(sparse.csr_array(counts[None]), lengths, target)
    weights = generator.multinomial(each, np.full(each, 1 / each), size=100_000)
    log_ratios = np.log(weights @ counts[:each]) - np.log(weights[::-1] @ counts[each:])
    poisson = 1 / counts[:each].sum() + 1 / counts[each:].sum()
    assert log_ratios.var() * each / (each - 1) / poisson == pytest.approx(effect[0], rel=0.03)


def test_a_design_effect_is_never_below_one():
    effect, _ = design_effect(sparse.csr_array([[1] * 12]), np.full(12, 20.0), np.arange(12) < 6)
    assert effect.tolist() == [1.0]


def test_the_split_of_independent_words_is_jeffreys_widened_by_t():
    low, high = split_interval(np.array([4.0]), np.array([9.0]), np.ones(1), np.array([18.0]), 0.95)
    scale = (special.stdtrit(18, 0.975) / special.ndtri(0.975)) ** 2
    assert low == pytest.approx(special.betaincinv(4 / scale + 0.5, 9 / scale + 0.5, 0.025))
    assert high == pytest.approx(special.betaincinv(4 / scale + 0.5, 9 / scale + 0.5, 0.975))


@given(
    target=st.integers(0, 300),
    reference=st.integers(0, 300),
    effect=st.floats(1, 40),
    freedom=st.integers(4, 60),
    level=st.floats(0.5, 0.999),
)
def test_a_split_has_width_and_holds_its_estimate(target, reference, effect, freedom, level):
    if target + reference == 0:
        return
    arguments = [np.array([float(value)]) for value in (target, reference, effect, freedom)]
    (low,), (high,) = split_interval(*arguments, level)
    assert low < high
    # At low levels and great design effects Jeffreys' interval is drawn to the middle.
    if level >= 0.9:
        assert low <= target / (target + reference) <= high
    (mirrored_low,), (mirrored_high,) = split_interval(
        arguments[1], arguments[0], *arguments[2:], level
    )
    assert (mirrored_low, mirrored_high) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_more_confidence_more_bursts_and_fewer_utterances_widen():
    def width(effect=1.0, freedom=18.0, level=0.95):
        low, high = split_interval(
            np.array([6.0]), np.array([9.0]), np.array([effect]), np.array([freedom]), level
        )
        return (high - low)[0]

    assert width() < width(effect=2)
    assert width() < width(freedom=8)
    assert width() < width(level=0.99)


def test_utterances_are_dealt_by_words():
    lengths = np.array(
        [14, 22, 18, 30, 28, 18, 22, 36, 9, 76, 68, 153, 83, 27, 98, 79, 70, 59, 88, 106],
        dtype=float,
    )
    dealt = deal(lengths, 197, 4000, np.random.default_rng(1))
    words = lengths @ dealt
    assert dealt.any(axis=0).all()
    assert not dealt.all(axis=0).any()
    assert abs(words - 197).max() <= 153 / 2
    # So a word that stands once falls to this side with the side's own share of the words.
    assert words.mean() == pytest.approx(197, rel=0.05)


def test_one_long_utterance_is_still_dealt():
    dealt = deal(np.array([500.0, 10, 10, 10, 10, 10]), 30, 200, np.random.default_rng(1))
    assert dealt.any(axis=0).all()
    assert not dealt.all(axis=0).any()


def test_utterances_of_one_length_are_permuted():
    dealt = deal(np.full(9, 12.0), 48, 20_000, np.random.default_rng(1))
    assert (dealt.sum(axis=0) == 4).all()
    assert dealt.mean(axis=1) == pytest.approx(4 / 9, abs=0.015)


def test_permutation_p_agrees_with_all_labellings():
    counts = np.array(
        [
            [3, 2, 1, 4, 2, 0, 1, 0, 0, 1],
            [0, 1, 0, 0, 2, 1, 0, 1, 1, 1],
            [5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
    )
    lengths, target = np.full(10, 25.0), np.arange(10) < 5

    def g2(inside):
        occurrences = np.stack([counts[:, inside].sum(axis=1), counts[:, ~inside].sum(axis=1)])
        expected = occurrences.sum(axis=0) / 2
        return 2 * special.xlogy(occurrences, occurrences / expected).sum(axis=0)

    labellings = [np.isin(np.arange(10), chosen) for chosen in itertools.combinations(range(10), 5)]
    statistics = np.array([g2(inside) for inside in labellings])
    exact = (statistics >= g2(target) - 1e-9).mean(axis=0)
    exact_family = (statistics.max(axis=1)[:, None] >= g2(target) - 1e-9).mean(axis=0)
    alone, family = permutation_test(sparse.csr_array(counts), lengths, target, 20_000, seed=2)
    assert alone == pytest.approx(exact, abs=0.012)
    assert family == pytest.approx(exact_family, abs=0.012)


def test_blocks_change_nothing(counts_of_unequal_utterances, monkeypatch):
    counts, lengths, target = counts_of_unequal_utterances
    whole = permutation_test(sparse.csr_array(counts), lengths, target, 200, seed=5)
    monkeypatch.setattr(resampling, "_CELLS", 170)
    blocks = permutation_test(sparse.csr_array(counts), lengths, target, 200, seed=5)
    np.testing.assert_array_equal(whole, blocks)


def test_rows_that_are_alike_change_nothing_else(counts_of_unequal_utterances):
    counts, lengths, target = counts_of_unequal_utterances
    once = permutation_test(sparse.csr_array(counts), lengths, target, 200, seed=5)
    order = [*range(len(counts)), 3, 0, 3]
    again = permutation_test(sparse.csr_array(counts[order]), lengths, target, 200, seed=5)
    np.testing.assert_array_equal(np.array(again), np.array(once)[:, order])


def test_the_family_is_never_easier_than_the_word_alone(counts_of_unequal_utterances):
    counts, lengths, target = counts_of_unequal_utterances
    alone, family = permutation_test(sparse.csr_array(counts), lengths, target, 500, seed=5)
    assert (family >= alone).all()
    assert alone.min() >= 1 / 501


def test_exchanging_the_sides_changes_no_p(counts_of_unequal_utterances):
    counts, lengths, target = counts_of_unequal_utterances
    for sizes in (lengths, np.full_like(lengths, 40)):
        there = permutation_test(sparse.csr_array(counts), sizes, target, 300, seed=5)
        back = permutation_test(sparse.csr_array(counts), sizes, ~target, 300, seed=5)
        np.testing.assert_array_equal(there, back)


def test_rates_hold_the_truth_about_as_often_as_they_say():
    """In 2,000 voices of independent words, and of bursts: too careful is allowed, too sure not."""
    generator = np.random.default_rng(1)
    lengths = np.full(11, 80.0)
    for shape in (None, 2.0):
        bursts = 1.0 if shape is None else generator.gamma(shape, 1 / shape, (2000, 11))
        counts = generator.binomial(80, np.clip(0.02 * np.broadcast_to(bursts, (2000, 11)), 0, 1))
        counts[counts.sum(axis=1) == 0, 0] = 1
        low, high = rate_interval(sparse.csr_array(counts), lengths, 0.95)
        assert ((low <= 0.02) & (high >= 0.02)).mean() >= 0.93, shape


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 30))
def test_max_t_is_the_share_of_draws_whose_largest_reaches_it(seed, members, draws):
    generator = np.random.default_rng(seed)
    drawn, observed = generator.integers(0, 9, (draws, members)), generator.integers(0, 9, members)
    largest = drawn.max(axis=1)
    expected = [(1 + sum(one >= value for one in largest)) / (1 + draws) for value in observed]
    assert max_t(observed, drawn).tolist() == expected
    assert max_t(observed, largest).tolist() == expected


def test_max_t_of_nothing_is_nothing():
    found = max_t([np.nan, 1.0, -np.inf], [[0.0, 2.0, -np.inf]])
    assert np.isnan(found[0])
    assert found[1:].tolist() == [1.0, 1.0]
