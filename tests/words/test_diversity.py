"""Lexical diversity: toy texts by hand, another package, a transcription, intervals that cover."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import ceil, comb, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lexicalrichness import LexicalRichness
from scipy import stats
from scipy.special import gammaln

from analysis import load_tokens
from analysis.annotation.terms import forms, is_word
from analysis.words.diversity import compare_diversity, lexical_diversity


def table(utterances: list[str], interview: str = "a") -> pd.DataFrame:
    """Tokens of utterances whose sentences end in a full stop that stands apart."""
    rows = []
    for utterance, text in enumerate(utterances):
        sentence = 0
        for token, word in enumerate(text.split()):
            rows.append((interview, utterance, sentence, token, word))
            sentence += word == "."
    return pd.DataFrame(rows, columns=["interview", "utterance", "sentence", "token", "text"])


def values(tokens: pd.DataFrame, column: str = "value", **options: object) -> dict[str, float]:
    options.setdefault("replicates", 500 if column != "value" else 0)
    return lexical_diversity(tokens, **options).set_index("measure")[column].to_dict()


@pytest.fixture(scope="module")
def jonze() -> pd.DataFrame:
    tokens = load_tokens("seeds")
    return tokens[tokens["role"] == "interviewee"]


_TOTAL = np.cumsum(1 / (np.arange(1, 3001) + 2.7) ** 1.25)
_TOTAL /= _TOTAL[-1]


def _utterance(rng: np.random.Generator, size: int) -> np.ndarray:
    """Common words as they come, and every third or so from a few on the utterance's subject."""
    words = np.searchsorted(_TOTAL, rng.random(size))
    subject = np.searchsorted(_TOTAL, 0.4 + 0.6 * rng.random(12))
    own = rng.random(size) < 0.3
    words[own] = rng.choice(subject, own.sum())
    return words


def _frame(utterances: list[np.ndarray], interview: str) -> pd.DataFrame:
    sizes = [len(utterance) for utterance in utterances]
    words = np.concatenate(utterances)
    number = np.repeat(range(len(sizes)), sizes)
    columns = {
        "interview": interview,
        "utterance": number,
        "sentence": 0,
        "token": range(len(words)),
    }
    return pd.DataFrame(columns | {"text": words.astype(str)})


def hdd(words: np.ndarray) -> float:
    """Transcribe HD-D: C(N - f, 42) / C(N, 42), by logarithms of factorials."""
    size, count = len(words), np.unique(words, return_counts=True)[1]
    left = np.maximum(size - count - 42, 0)
    log = gammaln(size - count + 1) + gammaln(size - 41) - gammaln(left + 1) - gammaln(size + 1)
    never = np.where(size - count >= 42, np.exp(log), 0)
    return (1 - never).sum() / 42


# By hand


def test_forms_fold_case_and_apostrophes_and_nothing_else():
    tokens = pd.DataFrame({"text": ["Don’t", "don't", "‘em", "Café"]})
    assert forms(tokens).to_list() == ["don't", "don't", "'em", "café"]


def test_mattr_by_hand():
    # windows of 3: a b a, b a c, a c d -> 2/3, 1, 1
    assert values(table(["a b a c d"]), window=3)["mattr"] == pytest.approx(
        (2 / 3 + 1 + 1) / 3, abs=1e-12
    )


def test_mattr_inside_utterances_by_hand():
    # across: a b b, b b a, b a c, a c d; inside: nothing in the first utterance, b a c and a c d in
    # the second
    tokens = table(["a b", "b a c d"])
    assert values(tokens, window=3)["mattr"] == pytest.approx((2 / 3 + 2 / 3 + 1 + 1) / 4)
    assert values(tokens, window=3, across=False)["mattr"] == 1.0
    assert np.isnan(values(tokens, window=5, across=False)["mattr"])


def test_mtld_by_hand():
    # forward: a b a falls to 2/3, one factor; then b c d is all new, a partial factor of 0: 6 / 1.
    # backward: d c b a b: 4/5, a: 4/6 = one factor of all six words: 6 / 1.
    assert values(table(["a b a b c d"]), window=3)["mtld"] == pytest.approx(6.0)
    # forward: a a = one factor, then a b = partial 0, c: 5 / 1; backward: c b a a = 3/4 stays, a =
    # 3/5 factor: 5 / 1.
    assert values(table(["a a a b c"]), window=3)["mtld"] == pytest.approx(5.0)
    # forward: a a, one factor, b c d c left: (1 - 3/4) / 0.28 of a factor
    # backward: c d c = 2/3, one factor, b a a = 2/3, another
    assert values(table(["a a b c d c"]), window=3)["mtld"] == pytest.approx(
        (6 / (1 + 0.25 / 0.28) + 6 / 2) / 2
    )


def test_mtld_reaches_the_factor_at_exactly_072():
    text = [f"w{number}" for number in range(18)] + ["w0"] * 7  # 18 types in 25 words
    assert values(table([" ".join([*text, *text])]), window=3)["mtld"] < 26


def test_hdd_is_the_expected_share_of_types_in_42_words():
    # 43 words, w0 twice: the one word left out of 42 is w0 with 2/43 (42 types), else another (41
    # types of 42 words)
    words = [f"w{number}" for number in range(42)] + ["w0"]
    expected = (2 / 43 * 42 + 41 / 43 * 41) / 42
    assert values(table([" ".join(words)]))["hdd"] == pytest.approx(expected, abs=1e-12)


def test_sentences_by_hand():
    found = values(table(["a b . c d e f .", ". g h i ."]))
    assert found["sentence_length"] == 3.0  # 2, 4, 3: a sentence without words is none
    assert found["sentence_spread"] == 1.0


def test_words_and_utterances_are_counted_without_punctuation():
    row = lexical_diversity(table(["a b .", "— .", "c"]), replicates=0).iloc[0]
    assert (row["words"], row["utterances"]) == (3, 2)


# Against other implementations


def test_agrees_with_lexicalrichness(jonze):
    for _, side in jonze.groupby("interview"):
        words = forms(side[side["text"].str.contains(r"[^\W_]")]).to_list()
        other = LexicalRichness(words, preprocessor=None, tokenizer=None)
        for window in (20, 50, 100):
            assert values(side, window=window)["mattr"] == pytest.approx(
                other.mattr(window), rel=0, abs=1e-9
            )
        found = values(side)
        assert found["mtld"] == pytest.approx(other.mtld(0.72), rel=0, abs=1e-9)
        assert found["hdd"] == pytest.approx(other.hdd(42), rel=0, abs=1e-9)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 12), min_size=60, max_size=400), st.integers(2, 60))
def test_agrees_with_lexicalrichness_on_any_text(numbers, window):
    words = [f"w{number}" for number in numbers]
    other = LexicalRichness(words, preprocessor=None, tokenizer=None)
    found = values(table([" ".join(words)]), window=window)
    assert found["mattr"] == pytest.approx(other.mattr(window), rel=0, abs=1e-9)
    assert found["mtld"] == pytest.approx(other.mtld(), rel=0, abs=1e-9)
    assert found["hdd"] == pytest.approx(other.hdd(), rel=0, abs=1e-9)
    assert 0 < found["mattr"] <= 1
    assert 0 < found["hdd"] <= 1
    assert found["mtld"] >= 2


@settings(max_examples=20)
@given(st.lists(st.integers(0, 9), min_size=42, max_size=120))
def test_hdd_agrees_with_binomials(numbers):
    size = len(numbers)
    expected = (
        sum(1 - comb(size - count, 42) / comb(size, 42) for count in Counter(numbers).values()) / 42
    )
    assert values(table([" ".join(f"w{n}" for n in numbers)]))["hdd"] == pytest.approx(
        expected, abs=1e-12
    )


# Properties


def test_one_word_repeated_is_the_minimum():
    found = values(table(["a " * 100]), window=50)
    assert found["mattr"] == pytest.approx(1 / 50)
    assert found["hdd"] == pytest.approx(1 / 42)
    assert found["mtld"] == pytest.approx(2.0)


def test_row_order_does_not_matter(jonze):
    shuffled = jonze.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        lexical_diversity(jonze, replicates=20),
        lexical_diversity(shuffled, replicates=20),
        check_exact=True,
    )


def test_a_group_does_not_depend_on_the_others(jonze):
    alone = lexical_diversity(jonze[jonze["interview"] == "tiff"], replicates=20)
    among = lexical_diversity(jonze, replicates=20)
    among = among[among["interview"] == "tiff"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among, check_exact=True)


def test_clitics_are_words_and_apostrophes_are_alike(jonze):
    straight = jonze.assign(text=jonze["text"].str.replace("’", "'"))
    pd.testing.assert_frame_equal(
        lexical_diversity(jonze, replicates=0), lexical_diversity(straight, replicates=0)
    )
    assert lexical_diversity(table(["do n’t"]), replicates=0)["words"].eq(2).all()


def test_a_speaker_who_is_not_known_is_a_group_too():
    tokens = pd.concat([table(["a b"]).assign(speaker="A"), table(["c"], "b").assign(speaker=None)])
    found = lexical_diversity(tokens, by=("interview", "speaker"), replicates=0)
    assert found["words"].to_list() == [2] * 5 + [1] * 5


# Undefined


def test_too_few_words_are_nan_and_never_0():
    found = lexical_diversity(table(["a b c"]))
    assert found.set_index("measure")["value"].drop("sentence_length").isna().all()
    assert found[["low", "high", "standard_error"]].isna().all(axis=None)


def test_mtld_without_one_whole_factor_is_nan():
    assert np.isnan(values(table([" ".join(f"w{n}" for n in range(80))]))["mtld"])
    # a partial factor alone would say 60 / ((1 - 59/60) / 0.28) = 1,008 words
    assert np.isnan(values(table([" ".join([*(f"w{n}" for n in range(59)), "w0"])]))["mtld"])


def test_too_few_utterances_have_values_and_no_interval(jonze):
    kept = jonze[(jonze["interview"] == "indiewire") & jonze["utterance"].isin([12, 14, 15, 16])]
    found = lexical_diversity(kept)
    assert found["value"].notna().all()
    assert found[["low", "high", "standard_error"]].isna().all(axis=None)


def test_no_interval_where_a_part_of_the_text_is_too_short_to_measure():
    tokens = table([" ".join(f"w{n % 7}" for n in range(12))] * 5)
    found = lexical_diversity(tokens, window=50).set_index("measure")
    assert np.isfinite(found.loc["mattr", "value"])
    assert np.isnan(found.loc["mattr", "low"])


def test_no_tokens_make_an_empty_table():
    found = lexical_diversity(table(["a"]).iloc[:0])
    assert found.empty
    assert found.columns.to_list() == lexical_diversity(table(["a"])).columns.to_list()


def test_a_window_holds_a_word():
    with pytest.raises(ValueError, match="window is 0"):
        lexical_diversity(table(["a b"]), window=0)


# Equal terms


def test_windows_inside_utterances_rest_on_utterances_that_hold_one(jonze):
    found = lexical_diversity(
        jonze[jonze["interview"] == "tiff"], window=20, across=False
    ).set_index("measure")
    assert found["utterances"].to_list() == [5, 9, 9, 9, 9]
    assert np.isfinite(found.loc["mattr", "low"])
    wider = lexical_diversity(
        jonze[jonze["interview"] == "tiff"], window=25, across=False
    ).set_index("measure")
    assert wider.loc["mattr", "utterances"] == 3
    assert np.isfinite(wider.loc["mattr", "value"])
    assert np.isnan(wider.loc["mattr", "low"])


def test_short_utterances_raise_mattr_and_leave_hdd_and_windows_inside_alone():
    """One speaker, a subject for each utterance, utterances of 80 words or of 20."""
    rng = np.random.default_rng(11)
    sides = {}
    for side, (many, size) in {"long": (12, 80), "short": (12, 20)}.items():
        frames = []
        for number in range(40):
            utterances = [_utterance(rng, size) for _ in range(many)]
            frames.append(_frame(utterances, f"{number:03}"))
        tokens = pd.concat(frames, ignore_index=True)
        inside = (
            lexical_diversity(tokens, window=15, across=False, replicates=0)
            .groupby("measure")["value"]
            .mean()
        )
        over = lexical_diversity(tokens, replicates=0).groupby("measure")["value"].mean()
        sides[side] = (over["mattr"], over["mtld"], over["hdd"], inside["mattr"])
    mattr, mtld, hdd, inside = np.subtract(sides["short"], sides["long"])
    assert mattr > 0.02
    assert mtld > 5
    assert abs(hdd) < 0.008
    assert abs(inside) < 0.008


# Intervals


def test_interval_by_a_direct_transcription_of_shao_and_wu(jonze):
    side = jonze[jonze["interview"] == "tiff"]
    keys = side["utterance"].unique()
    leave = ceil(sqrt(len(keys)))
    words = side[is_word(side)]
    numbers = pd.Series(pd.factorize(forms(words))[0]).groupby(words["utterance"].to_numpy())
    of = {key: part.to_numpy() for key, part in numbers}
    kept = [
        hdd(np.concatenate([of[key] for key in part]))
        for part in combinations(keys, len(keys) - leave)
    ]
    error = sqrt((len(keys) - leave) / leave * np.mean((np.array(kept) - np.mean(kept)) ** 2))
    found = lexical_diversity(side).set_index("measure").loc["hdd"]
    assert len(kept) == 84
    assert found["standard_error"] == pytest.approx(error, rel=1e-9)
    assert found["low"] == pytest.approx(found["value"] - stats.t.ppf(0.975, 8) * error, rel=1e-9)
    assert found["high"] == pytest.approx(found["value"] + stats.t.ppf(0.975, 8) * error, rel=1e-9)


def test_the_error_of_mean_sentence_length_is_the_textbook_one():
    # one sentence each: the mean of n independent values, whose standard error is s / sqrt(n),
    # whatever is left out
    lengths = [3, 9, 4, 7, 5, 8, 2]
    found = lexical_diversity(table(["a " * length for length in lengths])).set_index("measure")
    assert found.loc["sentence_length", "standard_error"] == pytest.approx(
        np.std(lengths, ddof=1) / sqrt(7)
    )


def test_many_utterances_are_sampled_with_a_seed():
    rng = np.random.default_rng(1)
    tokens = table([" ".join(f"w{n}" for n in rng.zipf(1.5, 20)) for _ in range(40)])
    first, again, other = (
        lexical_diversity(tokens, replicates=60, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    measured = first["measure"].isin(["mattr", "mtld", "hdd"])
    assert (first["standard_error"] != other["standard_error"])[measured].all()
    assert np.allclose(first["standard_error"], other["standard_error"], rtol=0.5)


def test_limits_stay_where_a_value_can_be():
    varied = [" ".join(f"w{k}-{n}" for n in range(20)) for k in range(5)]
    found = lexical_diversity(table([*varied, "x y " * 10])).set_index("measure")
    assert found.loc[["mattr", "hdd"], "high"].eq(1).all()
    assert (found.loc["mattr", "value"] + 2.5 * found.loc["mattr", "standard_error"]) > 1
    found = lexical_diversity(table([*"abcde", "x " * 60])).set_index("measure")
    assert found.loc["sentence_length", "low"] == 0
    assert (
        found.loc["sentence_length", "value"] < 2.5 * found.loc["sentence_length", "standard_error"]
    )


def test_intervals_cover_and_the_bootstrap_does_not():
    """The claim of the docstring, made small: 60 voices of one speaker, measured by HD-D."""
    rng = np.random.default_rng(5)
    lengths = [14, 22, 18, 30, 28, 18, 22, 36, 9]
    voices = [[_utterance(rng, size) for size in rng.choice(lengths, 9)] for _ in range(60)]

    truth = np.mean([hdd(np.concatenate(voice)) for voice in voices])
    held = []
    for voice in voices:
        again = [hdd(np.concatenate([voice[k] for k in rng.integers(0, 9, 9)])) for _ in range(40)]
        low, high = np.percentile(again, [2.5, 97.5])
        held.append(low <= truth <= high)
    tokens = pd.concat(
        [_frame(voice, f"{number:03}") for number, voice in enumerate(voices)], ignore_index=True
    )
    found = lexical_diversity(tokens, replicates=40)
    found = found[found["measure"] == "hdd"]
    assert (found["low"].le(truth) & found["high"].ge(truth)).mean() > 0.88
    assert np.mean(held) < 0.5  # utterances drawn twice repeat their words


# Comparison


def test_difference_by_hand(jonze):
    measured = lexical_diversity(jonze, replicates=50)
    found = compare_diversity(measured, "tiff", "indiewire").set_index("measure").loc["hdd"]
    tiff, indiewire = (
        measured[measured["measure"] == "hdd"]
        .set_index("interview")
        .loc[["tiff", "indiewire"]]
        .iloc
    )
    a, b = tiff["standard_error"] ** 2, indiewire["standard_error"] ** 2
    degrees = (a + b) ** 2 / (a**2 / 8 + b**2 / 10)
    assert found["difference"] == pytest.approx(tiff["value"] - indiewire["value"])
    half = stats.t.ppf(0.975, degrees) * sqrt(a + b)
    assert (found["low"], found["high"]) == pytest.approx(
        (found["difference"] - half, found["difference"] + half)
    )


def test_swapping_sides_flips_every_sign(jonze):
    measured = lexical_diversity(jonze, replicates=20)
    there = compare_diversity(measured, "tiff", "indiewire")
    back = compare_diversity(measured, "indiewire", "tiff")
    assert np.allclose(there["difference"], -back["difference"])
    assert np.allclose(there["low"], -back["high"])


def test_a_side_that_is_not_there_is_named(jonze):
    measured = lexical_diversity(jonze, replicates=0)
    with pytest.raises(ValueError, match="'vulture'"):
        compare_diversity(measured, "vulture", "tiff")
    assert compare_diversity(measured, "tiff", "indiewire")[["low", "high"]].isna().all(axis=None)
