"""Concordance lines and collocates: two sentences by hand, the sources, scipy."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from analysis import load_interviews, load_tokens
from analysis.annotation.terms import is_word, lemmas, terms_of
from analysis.words.contexts import collocates, concordance

COLUMNS = "interview utterance role speaker left node right start end".split()


def table(*utterances: str, interview: str = "a") -> pd.DataFrame:
    """Tokens as spaCy cuts these texts, each an utterance; a sentence ends at a full stop."""
    rows, at = [], 0
    for utterance, text in enumerate(utterances):
        sentence = 0
        for token, found in enumerate(
            re.finditer(r"n[’']t|[’']\w+|\w+?(?=n[’']t)|\w+|[^\w\s]", text)
        ):
            span = (at + found.start(), at + found.end())
            rows.append(
                (interview, utterance, sentence, token, "interviewee", "Ann", found.group(), *span)
            )
            sentence += found.group() == "."
        at += len(text) + 1
    columns = [
        "interview",
        "utterance",
        "sentence",
        "token",
        "role",
        "speaker",
        "text",
        "start",
        "end",
    ]
    made = pd.DataFrame(rows, columns=columns)
    return made.assign(lemma=made["text"].str.lower(), pos="NOUN", is_stop=False)


def lines(found: pd.DataFrame) -> list[list[str]]:
    return found[["left", "node", "right"]].values.tolist()


@pytest.fixture(scope="module")
def tokens() -> pd.DataFrame:
    return load_tokens("seeds")


@pytest.fixture
def sources(root) -> dict[str, str]:
    listed = load_interviews(root / "seeds")
    return {
        row.interview: (root / "seeds" / row.file).read_bytes().decode("utf-8")
        for row in listed.itertuples()
    }


# Lines


def test_a_line_by_hand():
    found = concordance(
        table("She said: “I love it, I do.” No love lost.", "Love!"), "love", window=3
    )
    assert found.columns.to_list() == COLUMNS
    assert lines(found) == [
        ["She said: “I ", "love", " it, I do"],
        ["I do.” No ", "love", " lost."],
        ["", "Love", "!"],
    ]
    assert found[["start", "end"]].values.tolist() == [[13, 17], [32, 36], [43, 47]]


def test_a_line_is_the_sources_own_characters(tokens, sources):
    for options in ({"window": 5}, {"unit": "sentence"}):
        found = concordance(tokens, r"\w*love\w*|her", **options)
        assert len(found) > 10
        for row in found.itertuples():
            source = sources[row.interview]
            assert source[row.start : row.end] == row.node
            line = row.left + row.node + row.right
            begin = row.start - len(row.left)
            assert source[begin : begin + len(line)] == line


def test_a_sentence_as_context():
    found = concordance(table("So. We met, I think. Yes."), "met", unit="sentence")
    assert lines(found) == [["We ", "met", ", I think."]]


def test_never_joined_across_utterances():
    assert lines(concordance(table("a b", "c d"), "c")) == [["", "c", " d"]]
    assert concordance(table("a b", "c d"), "b c").empty
    assert concordance(table("a b. C d"), "b c").empty  # nor across sentences


def test_window_counts_words_and_0_is_none():
    assert lines(concordance(table("a — b, c d"), "c", window=1)) == [["b, ", "c", " d"]]
    assert lines(concordance(table("“a” b"), "a|b", window=0)) == [["", "a", ""], ["", "b", ""]]
    assert lines(concordance(table("“a” b."), "a|b", window=1)) == [
        ["“", "a", "” b."],
        ["“a” ", "b", "."],
    ]


def test_a_contraction_at_the_edge_is_shown_whole():
    assert lines(concordance(table("a don’t b can’t c"), "b", window=1)) == [
        ["don’t ", "b", " can’t"]
    ]


# What is found


def test_a_pattern_is_a_whole_word_without_regard_to_case():
    text = table("Lovely LOVE, love loves.")
    assert concordance(text, "love")["node"].to_list() == ["LOVE", "love"]
    assert concordance(text, "love.*")["node"].to_list() == ["Lovely", "LOVE", "love", "loves"]
    assert concordance(text, "love", case=True)["node"].to_list() == ["love"]


@pytest.mark.parametrize("pattern", ["don't", "don’t"])
@pytest.mark.parametrize("mark", ["'", "’"])
def test_apostrophes_are_alike_and_contractions_are_found_whole_or_in_part(pattern, mark):
    text = table(f"I don{mark}t. It{mark}s not.")
    assert concordance(text, pattern)["node"].to_list() == [f"don{mark}t"]
    assert concordance(text, "do")["node"].to_list() == ["do"]
    assert concordance(text, "n't")["node"].to_list() == [f"n{mark}t"]
    assert concordance(text, "it's not")["node"].to_list() == [f"It{mark}s not"]
    assert concordance(text, "it 's not")["node"].to_list() == [f"It{mark}s not"]
    assert concordance(text, "do.*")["node"].to_list() == [f"don{mark}t"]


def test_a_phrase_is_words_in_a_row_whatever_stands_between_them():
    assert concordance(table("in love, in, love in"), "in love")["node"].to_list() == [
        "in love",
        "in, love",
    ]
    assert concordance(table("a very very very nice"), "very very")["node"].to_list() == [
        "very very"
    ]


def test_alternatives_hold_within_a_word():
    assert concordance(table("in love of war"), "in|of love|war")["node"].to_list() == [
        "in love",
        "of war",
    ]


def test_what_python_alone_can_search():
    assert concordance(table("lovely loved"), "love(?!ly).*")["node"].to_list() == ["loved"]


def test_a_lemma_as_the_tables_write_it(tokens):
    text = table("Her film. I saw her.").assign(pos=["PROPN", *["NOUN"] * 6])
    text["lemma"] = ["Her", "film", ".", "I", "see", "she", "."]
    assert concordance(text, lemma="Her")["node"].to_list() == ["Her"]
    assert concordance(text, lemma="i see")["node"].to_list() == ["I saw"]
    made = concordance(tokens, lemma="make")
    assert set(made["node"].str.lower()) > {"make", "making"}
    assert len(made) == (is_word(tokens) & tokens["lemma"].eq("make")).sum()


def test_nothing_found_is_an_empty_table_of_the_same_columns():
    found = concordance(table("a b"), "zebra")
    assert found.empty
    assert found.dtypes.to_dict() == concordance(table("a b"), "a").dtypes.to_dict()
    assert concordance(table("a").iloc[:0], "a").empty


@pytest.mark.parametrize("pattern", ["lo(ve", "in [a", "*"])
def test_a_wrong_expression_is_one_clear_error(pattern):
    with pytest.raises(ValueError, match=re.escape(repr(pattern.split()[-1]))) as caught:
        concordance(table("a"), pattern)
    assert "regular expression" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "pattern or a lemma"),
        ({"pattern": "a", "lemma": "a"}, "pattern or a lemma"),
        ({"pattern": " "}, "empty"),
        ({"pattern": "a", "sort": "middle"}, "sort"),
        ({"pattern": "a", "unit": "page"}, "unit"),
        ({"pattern": "a", "window": -1}, "window"),
    ],
)
def test_wrong_options_are_named(options, says):
    with pytest.raises(ValueError, match=says):
        concordance(table("a"), **options)


# Order


def test_sorted_by_the_nearest_word_then_the_next_then_position():
    text = table("b x a. B x a. A c x b. a b x.")
    assert concordance(text, "x", unit="sentence")["start"].to_list() == [2, 9, 18, 27]
    assert concordance(text, "x", unit="sentence", sort="right")["start"].to_list() == [
        27,
        2,
        9,
        18,
    ]
    # b (nothing before), b (nothing before), b a, c a
    assert concordance(text, "x", unit="sentence", sort="left")["start"].to_list() == [2, 9, 27, 18]


@pytest.mark.parametrize("sort", ["position", "left", "right"])
def test_row_order_does_not_matter(tokens, sort):
    shuffled = tokens.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(
        concordance(tokens, "the|a", sort=sort),
        concordance(shuffled, "the|a", sort=sort),
        check_exact=True,
    )


@settings(max_examples=30)
@given(st.lists(st.text("ab .", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=4))
def test_every_word_has_its_line(texts):
    tokens = table(*texts)
    found = concordance(tokens, ".*", window=100)
    assert found["node"].to_list() == tokens.loc[is_word(tokens), "text"].to_list()
    for row in found.itertuples():
        assert texts[row.utterance].strip() == row.left + row.node + row.right


# Collocates


def test_collocates_by_hand():
    text = table("a x b d", "d c x a", "b d")
    found = collocates(terms_of(text), "x", window=1, minimum=1).set_index("collocate")
    assert found.columns.to_list() == ["count", "expected", "frequency", "log_dice", "g2_four_cell"]
    assert found["count"].to_dict() == {"a": 2, "c": 1, "b": 1}  # d is never near
    assert found.index.to_list() == ["a", "c", "b"]
    assert found.loc["a", "expected"] == pytest.approx(
        4 * 2 / 8
    )  # 4 words near x, 8 words other than x
    assert found.loc["a", "log_dice"] == pytest.approx(14 + np.log2(2 * 2 / (2 + 2)))
    assert found.loc["b", "log_dice"] == pytest.approx(14 + np.log2(2 * 1 / (2 + 2)))
    # a: 2 near, 0 far; other words: 2 near, 4 far
    expected = 2 * (2 * np.log(2 / 1) + 2 * np.log(2 / 3) + 4 * np.log(4 / 3))
    assert found.loc["a", "g2_four_cell"] == pytest.approx(expected)


def test_a_word_between_two_nodes_counts_once_and_a_node_is_no_collocate():
    found = collocates(terms_of(table("x a x x b c")), "x", window=1, minimum=1).set_index(
        "collocate"
    )
    assert found["count"].to_dict() == {"a": 1, "b": 1}
    assert found.loc["a", "expected"] == pytest.approx(2 * 1 / 3)


def test_windows_do_not_cross_utterances_and_sentences_only_if_asked():
    text = table("a x. Bo c", "d")
    assert set(collocates(terms_of(text), "x", window=3, minimum=1)["collocate"]) == {
        "a",
        "bo",
        "c",
    }
    assert set(
        collocates(terms_of(text), "x", window=3, minimum=1, within="sentence")["collocate"]
    ) == {"a"}


def test_windows_count_all_words_and_the_table_content_words():
    text = table("a the x the b")
    text["is_stop"] = text["text"].eq("the")
    assert collocates(terms_of(text), "x", window=1, minimum=1).empty
    assert collocates(terms_of(text), "x", window=2, minimum=1)["collocate"].to_list() == ["a", "b"]
    everything = collocates(terms_of(text, content=False), "x", window=1, minimum=1)
    assert everything[["collocate", "count", "frequency"]].values.tolist() == [["the", 2, 2]]


def test_a_column_of_terms_is_what_is_counted():
    text = table("a x b c").assign(term=["A", "X", None, "c"])
    found = collocates(text, "X", window=2, minimum=1)
    assert found[["collocate", "count"]].values.tolist() == [["A", 1], ["c", 1]]
    assert found["expected"].to_list() == [1.0, 1.0]


def test_minimum_is_of_occurrences_near_the_node():
    text = table("a x b", "a x", "b b b")
    assert collocates(terms_of(text), "x")["collocate"].to_list() == ["a"]


@pytest.mark.parametrize("within", ["utterance", "sentence"])
@pytest.mark.parametrize("window", [1, 5, 200])
def test_g2_agrees_with_scipy(tokens, window, within):
    words = terms_of(tokens, content=False).reset_index(drop=True)
    found = collocates(words, "love", window=window, within=within, minimum=1)
    lemma = lemmas(words)
    unit = words.groupby(
        ["interview", "utterance", *(["sentence"] if within == "sentence" else [])]
    ).ngroup()
    near = np.zeros(len(words), dtype=bool)
    for at in np.flatnonzero(lemma.eq("love")):
        for there in range(max(at - window, 0), min(at + window + 1, len(words))):
            near[there] |= unit[there] == unit[at]
    others = lemma.ne("love").to_numpy()
    assert len(found) > 5
    for row in found.itertuples():
        is_it = lemma.eq(row.collocate).to_numpy()
        cells = [[(a & b & others).sum() for b in (is_it, ~is_it)] for a in (near, ~near)]
        assert row.count == cells[0][0]
        assert row.frequency == is_it.sum()
        result = chi2_contingency(cells, lambda_="log-likelihood", correction=False)
        assert row.g2_four_cell == pytest.approx(result.statistic, rel=0, abs=1e-9)
        assert row.expected == pytest.approx(result.expected_freq[0, 0], rel=0, abs=1e-9)


def test_order_of_collocates_and_of_rows(tokens):
    terms = terms_of(tokens, content=False)
    found = collocates(terms, "make", minimum=1)
    again = found.sort_values(["log_dice", "collocate"], ascending=[False, True], ignore_index=True)
    pd.testing.assert_frame_equal(found, again)
    pd.testing.assert_frame_equal(
        found, collocates(terms.sample(frac=1, random_state=4), "make", minimum=1)
    )


def test_a_lemma_that_does_not_occur_has_no_collocates():
    found = collocates(terms_of(table("a b")), "x")
    assert found.empty
    assert found.dtypes.to_dict() == collocates(terms_of(table("a x", "a x")), "x").dtypes.to_dict()


@pytest.mark.parametrize(("option", "value"), [("window", 0), ("within", "page")])
def test_wrong_options_of_collocates_are_named(option, value):
    with pytest.raises(ValueError, match=option):
        collocates(terms_of(table("a x")), "x", **{option: value})
