"""Dispersion: the published example, toy texts by hand, a direct transcription."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import load_tokens
from analysis.annotation.terms import lemmas, terms_of
from analysis.words.counts import frequencies
from analysis.words.distribution import positions


def table(utterances: list[str], interview: str = "a", role: str = "interviewee") -> pd.DataFrame:
    """Words that are their own lemmas, a blank between words, a line between utterances."""
    rows, at = [], 0
    for utterance, text in enumerate(utterances):
        for token, word in enumerate(text.split()):
            rows.append((interview, utterance, 0, token, role, word, at, at + len(word)))
            at += len(word) + 1
    columns = ["interview", "utterance", "sentence", "token", "role", "text", "start", "end"]
    made = pd.DataFrame(rows, columns=columns)
    return made.assign(lemma=made["text"], pos="NOUN", is_stop=False)


@pytest.fixture(scope="module")
def jonze() -> pd.DataFrame:
    tokens = load_tokens("seeds")
    return tokens[tokens["role"] == "interviewee"]


def test_the_example_of_gries_2008():
    # five parts of 9, 10, 10, 10, 11 letters, of which a is 1, 2, 3, 4, 5: DP 0.18
    parts = ["bamnibeup", "basatbewqn", "bcagabesta", "baghabeaat", "bahaabeaxat"]
    found = frequencies(terms_of(table([" ".join(part) for part in parts]))).set_index("term")
    assert found.loc["a", ["count", "range", "utterances"]].to_list() == [15, 5, 5]
    assert found.loc["a", "dp"] == pytest.approx(0.18)
    assert found.loc["a", "dp_norm"] == pytest.approx(0.18 / (1 - 9 / 50))
    # x: only in the last part, of 11 letters in 50
    assert found.loc["x", "dp"] == pytest.approx(1 - 11 / 50)


def test_even_is_0_and_the_smallest_part_alone_is_1():
    found = frequencies(terms_of(table(["x y", "x z z z", "x z z z"]))).set_index("term")
    assert found.loc["y", "dp"] == pytest.approx(0.8)
    assert found.loc["y", "dp_norm"] == pytest.approx(1.0)
    even = frequencies(terms_of(table(["x y", "x x y y"]))).set_index("term")
    assert even["dp"].to_list() == [0, 0]
    assert even["dp_norm"].to_list() == [0, 0]


def test_an_utterance_without_the_lemma_is_a_part_and_one_without_words_is_none():
    tokens = table(["x x", "y y", "—", "y y y y"])
    found = frequencies(terms_of(tokens)).set_index("term").loc["x"]
    assert found["utterances"] == 3
    assert found["dp"] == pytest.approx((abs(1 - 2 / 8) + 2 / 8 + 4 / 8) / 2)


def test_one_utterance_has_no_dispersion():
    found = frequencies(terms_of(table(["x y x"])))
    assert found[["dp", "dp_norm"]].isna().all(axis=None)
    assert found["range"].to_list() == [1, 1]


def test_groups_have_parts_of_their_own():
    tokens = pd.concat([table(["x", "y"]), table(["x y", "x y y"], "b")])
    found = frequencies(terms_of(tokens))
    assert found[["interview", "term", "count"]].values.tolist() == [
        ["a", "x", 1],
        ["a", "y", 1],
        ["b", "y", 3],
        ["b", "x", 2],
    ]
    # the same utterance number of another interview is another part
    together = frequencies(terms_of(tokens), by=("role",)).set_index("term")
    assert together["utterances"].to_list() == [4, 4]


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=9), min_size=2, max_size=8))
def test_agrees_with_the_formula(utterances):
    texts = [" ".join(f"w{n}" for n in utterance) for utterance in utterances]
    found = frequencies(terms_of(table(texts))).set_index("term")
    sizes = np.array([len(utterance) for utterance in utterances])
    share = sizes / sizes.sum()
    for term, row in found.iterrows():
        counts = np.array([text.split().count(term) for text in texts])
        expected = np.abs(counts / counts.sum() - share).sum() / 2
        assert row["dp"] == pytest.approx(expected, abs=1e-9)
        assert row["dp_norm"] == pytest.approx(expected / (1 - share.min()), abs=1e-9)
        assert 0 <= row["dp"] <= 1
        assert row["range"] == (counts > 0).sum()


def test_counts_are_those_of_the_words(jonze):
    words = jonze[jonze["text"].str.contains(r"[^\W_]")]
    terms = terms_of(jonze, content=False)
    found = frequencies(terms, by=("role",)).set_index("term")["count"]
    assert found.to_dict() == lemmas(words).value_counts().to_dict()


def test_a_column_of_terms_is_what_is_counted():
    tokens = table(["x y", "z z"]).assign(term=["“Her”", None, None, "z"])
    found = frequencies(tokens).set_index("term")
    assert found["count"].to_dict() == {"z": 1, "“Her”": 1}
    assert found.loc["z", "dp"] == pytest.approx(0.5)  # of all four words
    assert positions(tokens, ["“Her”"])["words"].to_list() == [4]


def test_shares_are_of_all_words_not_of_content_words():
    tokens = table(["x o o o", "x o"])
    tokens["is_stop"] = tokens["text"].eq("o")
    assert frequencies(terms_of(tokens))["dp"].to_list() == [pytest.approx(abs(1 / 2 - 4 / 6))]


def test_row_order_does_not_matter(jonze):
    jonze = terms_of(jonze)
    shuffled = jonze.sample(frac=1, random_state=1)
    by = ["interview", "count", "term"]
    one, other = (
        frequencies(rows).sort_values(by, ignore_index=True) for rows in (jonze, shuffled)
    )
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(positions(jonze, ["love"]), positions(shuffled, ["love"]))


def test_positions_by_hand():
    found = positions(terms_of(table(["x y .", "z x"])), ["x", "z"])
    assert found[["term", "utterance", "word", "words"]].values.tolist() == [
        ["x", 0, 0, 4],
        ["x", 1, 3, 4],
        ["z", 1, 2, 4],
    ]
    assert found["position"].to_list() == [0.125, 0.875, 0.625]
    assert found["start"].to_list() == [0, 8, 6]


def test_positions_keep_the_order_asked_for_and_say_nothing_of_what_is_absent():
    found = positions(terms_of(table(["x y"])), ["y", "nowhere", "x"])
    assert found["term"].to_list() == ["y", "x"]
    assert positions(terms_of(table(["x"])), []).empty


def test_positions_point_at_their_tokens(jonze):
    found = positions(terms_of(jonze), ["movie", "relationship", "thing"])
    assert found["position"].between(0, 1, inclusive="neither").all()
    merged = found.merge(jonze, on=["interview", "utterance", "start", "end"])
    assert (merged["term"] == merged["lemma"].str.lower()).all()
    assert len(merged) == len(found) > 5


def test_a_single_lemma_is_not_a_list_of_letters():
    with pytest.raises(TypeError, match="list"):
        positions(terms_of(table(["x"])), "love")


def test_no_tokens_make_empty_tables():
    assert positions(terms_of(table(["x"]).iloc[:0]), ["x"]).empty
