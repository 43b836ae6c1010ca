"""Counts against a table counted by hand."""

import pandas as pd

from analysis import load_tokens, load_utterances, words

# a: “We made films, films!” — b: “Films. Her hats.”
TOKENS = pd.DataFrame(
    [
        ("a", "We", "we", "PRON", True),
        ("a", "made", "make", "VERB", True),
        ("a", "films", "film", "NOUN", False),
        ("a", ",", ",", "PUNCT", False),
        ("a", "Films", "Film", "NOUN", False),
        ("a", "!", "!", "PUNCT", False),
        ("b", "Films", "film", "NOUN", False),
        ("b", ".", ".", "PUNCT", False),
        ("b", "Her", "Her", "PROPN", False),
        ("b", "hats", "hat", "NOUN", False),
    ],
    columns=["interview", "text", "lemma", "pos", "is_stop"],
)


def test_counts_and_rates_by_hand():
    table = words.frequencies(TOKENS)
    assert table[["interview", "lemma", "count", "words"]].values.tolist() == [
        ["a", "film", 2, 4],
        ["b", "Her", 1, 3],
        ["b", "film", 1, 3],
        ["b", "hat", 1, 3],
    ]
    assert table["rate"].round(3).to_list() == [500.0, 333.333, 333.333, 333.333]


def test_all_words_on_request():
    table = words.frequencies(TOKENS, content=False)
    assert table.groupby("interview")["count"].sum().to_dict() == {"a": 4, "b": 3}
    assert table.groupby("interview")["rate"].sum().round(6).to_dict() == {"a": 1000.0, "b": 1000.0}


def test_the_order_of_rows_does_not_matter_within_an_interview():
    shuffled = pd.concat([TOKENS.iloc[[5, 3, 1, 4, 2, 0]], TOKENS.iloc[[9, 7, 8, 6]]])
    pd.testing.assert_frame_equal(words.frequencies(shuffled), words.frequencies(TOKENS))


def test_side_by_side():
    table = words.side_by_side(words.frequencies(TOKENS), most=5, minimum=1)
    assert table["lemma"].to_list() == ["film", "Her", "hat"]
    assert table["count_a"].to_list() == [2, 0, 0]
    assert table["count_b"].to_list() == [1, 1, 1]
    assert words.side_by_side(words.frequencies(TOKENS), most=5, minimum=2)["lemma"].to_list() == ["film"]


def test_voices_add_up_to_the_whole():
    utterances, tokens = load_utterances("seeds"), load_tokens("seeds")
    table = words.voices(utterances, tokens)
    assert table.groupby("interview")["share"].sum().round(12).to_list() == [1.0, 1.0]
    assert table["utterances"].sum() == len(utterances)
    assert table["words"].sum() == words.is_word(tokens).sum()
    assert table.loc[table["role"] == "boilerplate", "words"].isna().all()


def test_words_agree_with_an_independent_count():
    """Whitespace-delimited words are fewer than ours by the contractions and hyphens only."""
    utterances, tokens = load_utterances("seeds"), load_tokens("seeds")
    for interview in ("indiewire", "tiff"):
        said = utterances[(utterances["interview"] == interview) & (utterances["role"] == "interviewee")]["text"]
        plain = said.str.replace(r"n[’']t\b|[’'](?:s|m|re|ve|d|ll)\b", r" \g<0>", regex=True)
        expected = plain.str.findall(r"[’'\w]*\w").str.len().sum()
        ours = tokens[(tokens["interview"] == interview) & (tokens["role"] == "interviewee")]
        assert words.is_word(ours).sum() == expected
