"""Counts against tables counted by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import load_tokens, load_utterances
from analysis.annotation.terms import forms, is_word, lemmas, terms_of
from analysis.annotation.titles import titles_of
from analysis.words import counts as words

# a: “We made films, films!” — b: “Films. Her hats.”
TOKENS = pd.DataFrame(
    [
        ("a", 0, 0, 0, "We", "we", "PRON", True),
        ("a", 0, 0, 1, "made", "make", "VERB", True),
        ("a", 0, 0, 2, "films", "film", "NOUN", False),
        ("a", 0, 0, 3, ",", ",", "PUNCT", False),
        ("a", 0, 0, 4, "Films", "Film", "NOUN", False),
        ("a", 0, 0, 5, "!", "!", "PUNCT", False),
        ("b", 0, 0, 0, "Films", "film", "NOUN", False),
        ("b", 0, 0, 1, ".", ".", "PUNCT", False),
        ("b", 0, 1, 2, "Her", "Her", "PROPN", False),
        ("b", 0, 1, 3, "hats", "hat", "NOUN", False),
    ],
    columns=["interview", "utterance", "sentence", "token", "text", "lemma", "pos", "is_stop"],
)
TOKENS["start"] = TOKENS.groupby("interview").cumcount() * 10
TOKENS["end"] = TOKENS["start"] + TOKENS["text"].str.len()


def test_counts_and_rates_by_hand():
    table = words.frequencies(terms_of(TOKENS))
    assert table[["interview", "term", "count", "words"]].values.tolist() == [
        ["a", "film", 2, 4],
        ["b", "Her", 1, 3],
        ["b", "film", 1, 3],
        ["b", "hat", 1, 3],
    ]
    assert table["rate"].round(3).to_list() == [500.0, 333.333, 333.333, 333.333]
    assert table[["rate_low", "rate_high"]].isna().all(axis=None), (
        "one utterance says nothing about variance"
    )


def test_all_words_on_request():
    table = words.frequencies(terms_of(TOKENS, content=False))
    assert table.groupby("interview")["count"].sum().to_dict() == {"a": 4, "b": 3}
    assert table.groupby("interview")["rate"].sum().round(6).to_dict() == {"a": 1000.0, "b": 1000.0}


def test_the_order_of_rows_does_not_matter():
    shuffled = TOKENS.iloc[[5, 3, 9, 1, 4, 7, 2, 0, 8, 6]]
    pd.testing.assert_frame_equal(
        words.frequencies(terms_of(shuffled)), words.frequencies(terms_of(TOKENS))
    )


def test_words_in_a_row_stay_inside_a_sentence():
    assert terms_of(TOKENS, size=2, content=False)["term"].dropna().to_list() == [
        "we make",
        "make film",
        "film film",
        "Her hat",
    ]
    assert terms_of(TOKENS, size=2)["term"].dropna().to_list() == ["film film", "Her hat"]
    assert terms_of(TOKENS, size=3, content=False)["term"].dropna().to_list() == [
        "we make film",
        "make film film",
    ]


def test_a_title_is_one_name_and_never_the_words_it_is_made_of():
    title = pd.DataFrame(
        {"interview": ["b"], "utterance": [0], "title": ["Her Hats"], "start": [20], "end": [34]}
    )
    assert terms_of(TOKENS, title)["term"].dropna().to_list() == [
        "film",
        "film",
        "film",
        "“Her Hats”",
    ]
    counted = terms_of(TOKENS, title, content=False)
    assert len(counted) == 7, "the length stays the same"
    assert (
        terms_of(TOKENS, title, size=2, content=False)["term"].dropna().to_list()[-1] == "film film"
    )


def test_wrong_options_are_refused():
    with pytest.raises(ValueError, match="'lemma' or 'form'"):
        terms_of(TOKENS, unit="stem")
    with pytest.raises(ValueError, match="1 or more"):
        terms_of(TOKENS, size=0)


def test_forms_do_not_tell_apostrophes_or_case_apart():
    assert forms(pd.DataFrame({"text": ["Don’t", "don't", "DON’T"]})).nunique() == 1
    assert lemmas(TOKENS).to_list()[4] == "film"


def test_a_name_in_capitals_is_the_same_name():
    words = pd.DataFrame(
        {"lemma": ["RAIN", "Rain", "SNOW", "the"], "pos": ["PROPN", "PROPN", "PROPN", "DET"]}
    )
    assert lemmas(words).to_list() == [
        "Rain",
        "Rain",
        "SNOW",
        "the",
    ], "SNOW is nowhere set otherwise"


def test_marks_of_a_list_are_no_content():
    marked = TOKENS.assign(
        text=TOKENS["text"].replace({"hats": "C"}), lemma=TOKENS["lemma"].replace({"hat": "c"})
    )
    assert "c" not in set(terms_of(marked)["term"].dropna())
    assert "c" in set(terms_of(marked, content=False)["term"].dropna())


def test_a_group_of_one_number_is_the_poisson_limit():
    """Without excess variance the interval is Garwood's, widened by t over z."""
    said = pd.DataFrame(
        {"interview": "a", "utterance": np.repeat(range(9), 20), "text": "x", "term": None}
    )
    said.loc[said.index % 20 == 0, "term"] = "x"
    row = words.frequencies(said).iloc[0]
    scale = (stats.t.ppf(0.975, 8) / stats.norm.ppf(0.975)) ** 2
    low, high = stats.gamma.ppf(0.025, 9 / scale), stats.gamma.ppf(0.975, 9 / scale + 1)
    assert row["rate_low"] == pytest.approx(1000 * low * scale / 180)
    assert row["rate_high"] == pytest.approx(1000 * high * scale / 180)


def test_bursts_widen_the_interval():
    even = pd.DataFrame(
        {"interview": "a", "utterance": np.repeat(range(10), 20), "text": "x", "term": None}
    )
    burst = even.copy()
    even.loc[even.index % 20 == 0, "term"] = "x"
    burst.loc[burst.index < 10, "term"] = "x"
    one, other = words.frequencies(even).iloc[0], words.frequencies(burst).iloc[0]
    assert one["rate"] == other["rate"]
    assert other["rate_low"] < one["rate_low"] and one["rate_high"] < other["rate_high"]


def test_any_grouping():
    said = terms_of(load_tokens("seeds"))
    table = words.frequencies(said, ["interview", "role", "speaker"])
    assert set(table["role"]) == {"interviewer", "interviewee", "narration", "quoted"}
    assert table["count"].sum() == said["term"].notna().sum(), (
        "a group without a speaker is a group too"
    )
    lengths = said.groupby(["interview", "role", "speaker"], dropna=False).size()
    assert (
        table.groupby(["interview", "role", "speaker"], dropna=False)["words"]
        .first()
        .isin(lengths)
        .all()
    )


def test_side_by_side_and_vocabulary():
    counted = words.frequencies(terms_of(TOKENS))
    table = words.side_by_side(counted)
    assert table[["term", "count_a", "count_b", "count"]].values.tolist() == [
        ["film", 2, 1, 3],
        ["Her", 0, 1, 1],
        ["hat", 0, 1, 1],
    ]
    kinds = words.vocabulary(counted).set_index("term")
    assert kinds["vocabulary"].to_dict() == {"film": "shared", "Her": "only b", "hat": "only b"}
    assert kinds.loc["film", "evenness"] == pytest.approx(333.333 / 500, abs=1e-5)


def test_an_interview_without_terms_keeps_its_columns():
    counted = words.frequencies(terms_of(TOKENS))
    table = words.side_by_side(counted, ["a", "b", "c"])
    assert table["count_c"].eq(0).all()
    assert table["rate_c"].eq(0).all()


def test_many_interviews_stand_side_by_side():
    """Columns added one by one would end in a PerformanceWarning, which is an error here."""
    many = [
        words.frequencies(terms_of(TOKENS.assign(interview=TOKENS["interview"] + f"{n:03d}")))
        for n in range(20)
    ]
    table = words.vocabulary(pd.concat(many, ignore_index=True)).set_index("term")
    assert table.shape == (3, 4 * 40 + 4)
    assert table["interviews"].to_dict() == {"film": 40, "Her": 20, "hat": 20}
    assert table["vocabulary"].to_dict() == {"film": "shared", "Her": "some", "hat": "some"}
    assert table.loc["film", ["count_a019", "count_b019"]].to_list() == [2, 1]


def test_ties_are_taken_all_or_none():
    table = pd.DataFrame({"term": list("abcde"), "count": [5, 3, 3, 1, 1]})
    assert words.leading(table, table["count"], 2)["term"].to_list() == ["a"]
    assert words.leading(table, table["count"], 4)["term"].to_list() == ["a", "b", "c"]
    assert words.leading(table, table["count"] * 0, 2)["term"].to_list() == list("abcde")


def test_voices_add_up_to_the_whole():
    utterances, tokens = load_utterances("seeds"), load_tokens("seeds")
    table = words.words_by_voice(utterances, tokens)
    assert table.groupby("interview")["share"].sum().round(12).to_list() == [1.0, 1.0]
    assert table["utterances"].sum() == len(utterances)
    assert table["words"].sum() == is_word(tokens).sum()
    assert table.loc[table["role"] == "boilerplate", "words"].isna().all()


def test_words_agree_with_an_independent_count():
    """Whitespace-delimited words are fewer than ours by the contractions and hyphens only."""
    utterances, tokens = load_utterances("seeds"), load_tokens("seeds")
    for interview in ("indiewire", "tiff"):
        said = utterances[
            (utterances["interview"] == interview) & (utterances["role"] == "interviewee")
        ]["text"]
        plain = said.str.replace(r"n[’']t\b|[’'](?:s|m|re|ve|d|ll)\b", r" \g<0>", regex=True)
        expected = plain.str.findall(r"[’'\w]*\w").str.len().sum()
        ours = tokens[(tokens["interview"] == interview) & (tokens["role"] == "interviewee")]
        assert is_word(ours).sum() == expected


# --- titles
# ------------------------------------------------------------------------------


def title_names(*texts: str, role: str = "narration") -> list[str]:
    rows = pd.DataFrame(
        {"interview": "a", "utterance": range(len(texts)), "role": role, "text": texts}
    )
    rows["start"] = rows["text"].str.len().cumsum().shift(fill_value=0)
    found = titles_of(rows)
    whole = "".join(texts)
    assert [
        whole[start:end].casefold() for start, end in zip(found["start"], found["end"], strict=True)
    ] == [name.casefold() for name in found["title"]]
    return found["title"].to_list()


def test_titles_however_they_are_set():
    assert title_names("In “Rain,” and in ‘The Long Way,’ she acts.") == ["Rain", "The Long Way"]
    assert title_names("After “Rain” came THE LONG WAY, and I was in it.") == [
        "Rain",
        "The Long Way",
    ]
    assert title_names("After THE LONG WAY came RAIN, and I was in it.") == ["The Long Way", "Rain"]


def test_capitals_alone_are_no_title_where_the_page_does_not_set_titles_so():
    assert title_names("NATO and I said NO.") == []


def test_words_somebody_says_are_no_title():
    assert title_names("Bo Chan said, “Rain is good for you.”") == []
    assert title_names("“I was in ‘Rain’ then,”", role="interviewee") == ["Rain"]


def test_titles_of_the_sources_as_counted_by_hand():
    found = titles_of(load_utterances("seeds"))
    her = found[found["title"] == "Her"].groupby("interview").size()
    assert her.to_dict() == {"indiewire": 6, "tiff": 7}
