"""Ideas that return: the published measure by hand, planted words, the two interviews."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import load_tokens, load_utterances
from analysis.annotation.terms import is_word, lemmas
from analysis.annotation.titles import titles_of
from analysis.words.recurrence import phrases, recurring, reduced_frequency

STOPS = {"the", "of", "and", "to", "a"}


def table(**interviews: list[str]) -> pd.DataFrame:
    """Utterances of one sentence; words are their own lemmas, capitals names, marks apart."""
    rows = []
    for name, utterances in interviews.items():
        at = 0
        for utterance, text in enumerate(utterances):
            for token, word in enumerate(text.split()):
                rows.append((name, utterance, 0, token, word, at, at + len(word)))
                at += len(word) + 1
    made = pd.DataFrame(
        rows, columns=["interview", "utterance", "sentence", "token", "text", "start", "end"]
    )
    pos = made["text"].map(
        lambda word: "PROPN" if word[0].isupper() else "NOUN" if word[0].isalnum() else "PUNCT"
    )
    return made.assign(lemma=made["text"], pos=pos, is_stop=made["text"].isin(STOPS))


@pytest.fixture(scope="module")
def jonze() -> tuple[pd.DataFrame, pd.DataFrame]:
    tokens = load_tokens("seeds")
    return tokens[tokens["role"] == "interviewee"], titles_of(load_utterances("seeds"))


def test_reduced_frequency_by_hand():
    # N 12, f 3, v 4: distances 1, 5, 6 round the ring give (1 + 4 + 4) / 4
    assert reduced_frequency([2, 3, 8], 12) == pytest.approx(2.25)
    assert reduced_frequency([8, 2, 3], 12) == pytest.approx(2.25)
    assert reduced_frequency([5], 12) == 1
    assert reduced_frequency([], 12) == 0
    assert reduced_frequency(range(12), 12) == 12


@given(st.sets(st.integers(0, 59), min_size=1, max_size=20), st.integers(0, 59))
def test_reduced_frequency_against_a_transcription_and_round_the_ring(places, turn):
    ordered, size = sorted(places), 60
    mean = size / len(ordered)
    gaps = [b - a for a, b in pairwise([*ordered, ordered[0] + size])]
    value = reduced_frequency(ordered, size)
    assert value == pytest.approx(sum(min(gap, mean) for gap in gaps) / mean)
    assert 1 - 1e-9 <= value <= len(ordered) + 1e-9
    assert reduced_frequency([(place + turn) % size for place in ordered], size) == pytest.approx(
        value
    )


def test_phrases_stop_at_marks_sentences_names_and_small_words():
    tokens = table(
        a=["the red boat sank , red boat and sail", "boat , sank the red Nile boat", "red - boat"]
    )
    found = phrases(tokens)
    kept = found[found["kind"] == "phrase"]
    # red boat three times, once over a hyphen; "boat , sank" and "red Nile boat" are none
    assert kept["term"].to_list() == ["red boat"] * 3
    assert kept["word"].to_list() == [1, 4, 14]
    assert kept["size"].to_list() == [2, 2, 2]
    assert "Nile" not in set(found["term"])
    assert "the" not in set(found["term"])
    assert set(phrases(tokens, longest=1)["kind"]) == {"word"}


def test_the_longest_form_stands_for_a_phrase():
    tokens = table(a=["wish to see rain , wish to see rain", "see rain to see"], b=["see rain"])
    found = phrases(tokens)
    counts = found[found["kind"] == "phrase"].groupby("term").size().to_dict()
    # "wish to see" occurs only inside "wish to see rain"; "see rain" also alone, and is counted
    # each time
    assert counts == {"wish to see rain": 2, "see rain": 4}


def test_a_phrase_that_only_ends_or_begins_a_longer_one_is_left_out():
    found = phrases(table(a=["wish to see rain", "wish to see rain"]))
    kept = found.loc[found["kind"] == "phrase", ["term", "word"]].values.tolist()
    assert kept == [["wish to see rain", 0], ["wish to see rain", 4]]


def test_titles_are_no_words_and_no_parts_of_phrases():
    tokens = table(a=["red rain falls", "red rain falls"])
    in_title = pd.DataFrame(
        {"interview": ["a"], "utterance": [0], "title": ["Red Rain"], "start": [0], "end": [8]}
    )
    found = phrases(tokens, in_title, minimum=1)
    assert sorted(found.loc[found["utterance"] == 0, "term"]) == ["falls"]
    assert "red rain falls" in set(found["term"])


def test_the_measure_by_hand():
    tokens = table(a=["x y y y y y", "x y"], b=["x z", "z z"])
    row = recurring(tokens, longest=1, minimum=1, shuffles=0).set_index("term").loc["x"]
    # a: 8 words, x at 0 and 6, v 4, distances 6 and 2: ARF 1.5; b: 4 words, once
    assert row[["count_a", "count_b", "parts_a", "parts_b", "returns"]].to_list() == [2, 1, 2, 1, 1]
    assert row["arf_a"] == pytest.approx(1.5)
    assert row["recurrence"] == pytest.approx((1000 * 1.5 / 8 * 1000 / 4) ** 0.5)


def test_what_one_interview_lacks_does_not_recur():
    tokens = table(a=["x y", "x y"], b=["x z"])
    found = recurring(tokens, longest=1, shuffles=99).set_index("term")
    assert found.loc["y", "recurrence"] == 0
    assert found.loc["y", "p"] == 1
    assert found.loc["y", ["count_b", "arf_b", "parts_b"]].to_list() == [0, 0, 0]
    assert found.index[0] == "x"


def test_an_interview_in_which_nothing_recurs_has_counts_of_0():
    found = recurring(table(a=["x y", "x y"], b=["p q"]), longest=1, shuffles=0).set_index("term")
    assert found[["count_b", "arf_b", "parts_b"]].to_numpy().tolist() == [[0, 0, 0], [0, 0, 0]]


def test_the_order_does_not_depend_on_how_long_an_interview_is():
    # The same words, and other ones, for ten times as long: all reduced frequencies of 1 fall
    # alike.
    short = {"a": ["x y p", "p z x"], "b": ["x y z q"]}
    long = {**short, "b": ["x y z q", *["q q q q"] * 10]}
    first, second = (
        recurring(table(**made), longest=1, minimum=1, shuffles=0) for made in (short, long)
    )
    shared = ["x", "y", "z"]
    ratio = [
        made.set_index("term").loc[shared, "recurrence"].to_numpy()
        / made.set_index("term").loc["x", "recurrence"]
        for made in (first, second)
    ]
    assert ratio[0] == pytest.approx(ratio[1])


def test_a_word_that_is_everywhere_recurs_as_by_chance():
    found = recurring(table(a=["x x x"], b=["x x"]), longest=1, shuffles=50).iloc[0]
    assert found[["recurrence", "chance"]].to_list() == pytest.approx([1000, 1000])
    assert found[["p", "p_max_t", "p_least"]].to_list() == [1, 1, 1]


def test_one_burst_recurs_less_than_the_same_count_spread_out():
    filler = "k l m n o p q r s t"
    burst, spread = [f"x x x x x {filler} y"], [f"{filler} y"] * 4
    tokens = table(a=[*burst, *spread])
    found = recurring(tokens, longest=1, shuffles=999).set_index("term")
    assert found.loc["x", "count"] == found.loc["y", "count"] == 5
    assert found.loc["y", "recurrence"] > 2 * found.loc["x", "recurrence"]
    assert found.loc["y", "p"] < 0.05 < found.loc["x", "p"]
    assert found.loc["x", "p"] > 0.99
    assert (found["p_max_t"] >= found["p"]).all()


def test_chance_alone_calls_few_words_recurrent():
    generator = np.random.default_rng(2)
    shares = []
    for _ in range(6):
        texts = {
            name: [" ".join(f"w{n}" for n in generator.zipf(1.6, 400) if n < 60) for _ in range(2)]
            for name in "ab"
        }
        found = recurring(table(**texts), longest=1, shuffles=199, seed=3)
        shares.append((found["p"] <= 0.05).mean())
    assert np.mean(shares) < 0.08


def test_a_term_of_two_occurrences_can_prove_nothing():
    # Two of 1,104 words, one in each interview: by chance 2 * (907 / 1104) * (197 / 1103) of the
    # time.
    words = {"a": ["x " + "k " * 906], "b": ["x " + "l " * 196]}
    found = recurring(table(**words), longest=1, shuffles=1999).set_index("term")
    assert found.loc["x", "p_least"] == pytest.approx(2 * 907 / 1104 * 197 / 1103, abs=0.04)
    assert found.loc["x", "p"] == pytest.approx(found.loc["x", "p_least"], abs=0.04)


@settings(max_examples=8)
@given(
    st.lists(
        st.lists(st.sampled_from("v w x y the ,".split()), min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    ),
    st.lists(
        st.lists(st.sampled_from("v w x".split()), min_size=1, max_size=8), min_size=1, max_size=4
    ),
)
def test_tables_hold_together(first, second):
    tokens = table(
        a=[" ".join(words) for words in first] + ["v"], b=[" ".join(words) for words in second]
    )
    found = recurring(tokens, shuffles=19)
    assert found["recurrence"].is_monotonic_decreasing
    assert (found["count"] == found["count_a"] + found["count_b"]).all()
    assert (found["count"] >= 2).all()
    assert (found["arf_a"] <= found["count_a"] + 1e-9).all()
    assert (found["parts_a"] <= found["count_a"]).all()
    assert found["p"].between(1 / 20, 1).all()
    mixed = tokens.sample(frac=1, random_state=1).sort_values("interview", kind="stable")
    pd.testing.assert_frame_equal(recurring(mixed, shuffles=19), found)
    occurrences = phrases(tokens)
    phrase = occurrences[occurrences["kind"] == "phrase"]
    assert not phrase["term"].str.contains(",").any()
    assert not phrase["term"].str.split().str[0].isin(STOPS).any()
    assert not phrase["term"].str.split().str[-1].isin(STOPS).any()
    assert (phrase.groupby("term").size() >= 2).all()


def test_occurrences_are_where_they_say(jonze, root):
    tokens, works = jonze
    page = (root / "seeds" / "indiewire-q-and-a.txt").read_text(encoding="utf-8")
    found = phrases(tokens, works)
    spoken = tokens[is_word(tokens) & tokens["interview"].eq("indiewire")].sort_values(
        ["utterance", "token"]
    )
    base = lemmas(tokens)
    for row in found[found["interview"].eq("indiewire")].itertuples():
        words = spoken.iloc[row.word : row.word + row.size]
        assert row.start == words["start"].iloc[0]
        assert row.end == words["end"].iloc[-1]
        assert " ".join(base[words.index]) == row.term
        assert page[row.start : row.end].split()


def test_the_two_interviews(jonze):
    tokens, works = jonze
    found = recurring(tokens, works, shuffles=499).set_index("term")
    # Nothing recurs more than its frequency alone would make it: 197 words cannot show that.
    assert found["p_max_t"].min() > 0.05
    # "Movie" is the word that returns most; the film's own title is a name and no word.
    assert found.index[0] == "movie"
    assert not found.index.str.contains("“").any()
    assert found.loc["operating system", "kind"] == "phrase"
    assert "Malkovich" not in found.index


def test_clear_refusals():
    tokens = table(a=["x y"])
    with pytest.raises(ValueError, match="longest is 0"):
        phrases(tokens, longest=0)
    with pytest.raises(ValueError, match="minimum is 0"):
        phrases(tokens, minimum=0)
    with pytest.raises(ValueError, match="shuffles is -1"):
        recurring(tokens, shuffles=-1)


def test_no_term_gives_an_empty_table():
    assert recurring(table(a=["x y"], b=["z"]), shuffles=9).empty


def test_an_interview_without_words_is_left_out():
    found = recurring(table(a=["x y", "x y"], b=[","]), shuffles=9)
    assert "count_a" in found and "count_b" not in found
    pd.testing.assert_frame_equal(found, recurring(table(a=["x y", "x y"]), shuffles=9))
