"""Sentences are coded where an indicator stands; shares and tests are those computed by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaError
from scipy.stats import beta, fisher_exact, t
from spacy.lang.en import English
from spacy.matcher import Matcher
from spacy.tokens import Doc

from analysis import annotate
from analysis.names.recognition import entities
from analysis.schemas import CODINGS, SENTENCE
from analysis.sources.interviews import read_interviews, read_source
from analysis.statistics import share_interval
from analysis.themes import (
    codings,
    load_indicators,
    matches,
    sentences,
    theme_differences,
    theme_shares,
    who_raises,
)


def interview(*texts: str, role: str = "interviewee") -> pd.DataFrame:
    """Make the table of utterances of an interview in which each text is an utterance."""
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    return pd.DataFrame(
        {
            "interview": "a",
            "turn": range(len(texts)),
            "utterance": range(len(texts)),
            "role": role,
            "speaker": None,
            "prompt": None,
            "text": texts,
            "start": starts,
            "end": [start + len(text) for start, text in zip(starts, texts, strict=True)],
        }
    ).astype(
        {
            "interview": "str",
            "turn": "Int64",
            "role": "str",
            "speaker": "str",
            "prompt": "str",
            "text": "str",
        }
        | dict.fromkeys(["utterance", "start", "end"], "int64")
    )


def indicators(path, **themes: str) -> pd.DataFrame:
    """Read a codebook of themes with these indicators, each written in TOML."""
    text = "".join(
        f'[[theme]]\nid = "{theme}"\nname = "x"\ndefinition = "x"\n{written}\n'
        for theme, written in themes.items()
    )
    (path / "codebook.toml").write_text(text, encoding="utf-8")
    return load_indicators(path / "codebook.toml")


def coded(utterances: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    tokens = annotate(utterances)
    found = matches(tokens, entities(utterances, tokens), listed)
    return codings(sentences(utterances, tokens), found, listed)


def test_a_sentence_may_carry_several_themes_or_none(tmp_path):
    listed = indicators(
        tmp_path, machines='lemmas = ["computer"]', love='phrases = ["fall in love"]'
    )
    table = coded(
        interview("Nobody falls in love with computers. It rained. They fell in love."), listed
    )
    assert table[["sentence", "theme", "matched"]].to_numpy().tolist() == [
        [0, "machines", "computers"],
        [0, "love", "falls in love"],
        [2, "love", "fell in love"],
    ]


def test_a_pattern_may_ask_for_the_first_word_of_a_sentence(tmp_path):
    listed = indicators(tmp_path, rain='patterns = [[{LOWER = "rain", IS_SENT_START = true}]]')
    table = coded(interview("Rain fell on us. We like the rain."), listed)
    assert table[["sentence", "matched"]].to_numpy().tolist() == [[0, "Rain"]]


def test_names_and_titles_are_no_words(tmp_path):
    listed = indicators(
        tmp_path, machines='lemmas = ["machine", "computer"]', love='lemmas = ["love"]'
    )
    table = coded(
        interview("We all saw “The Love Machine” in Boston.", "I love the machine."), listed
    )
    assert set(table["utterance"]) == {1}
    named = indicators(tmp_path, works='mentions = ["WORK_OF_ART"]')
    assert coded(interview("We all saw “The Love Machine” in Boston."), named)[
        "matched"
    ].to_list() == ["The Love Machine"]


NEGATED = {
    "We used a computer.": False,
    "We didn’t use a computer.": True,
    "There was no computer.": True,
    "We wrote it without a computer.": True,
    "We never used the computer in the other room.": True,
    "It is a computer, not a friend.": False,
    "The computer was not there.": True,
    "I know nobody came, but we used a computer.": False,
}


def test_a_match_is_negated_by_what_its_highest_word_is_part_of(tmp_path):
    # Of “old rain”, “very old” belongs to “no wind”, but “rain” to the verb above both.
    words = "no wind very old rain fell".split()
    tokens = pd.DataFrame({"text": words, "lemma": words, "head": [1, 5, 3, 1, 5, 5]})
    tokens["dep"] = ["det", "nsubj", "advmod", "amod", "nsubj", "ROOT"]
    tokens["pos"] = ["DET", "NOUN", "ADV", "ADJ", "NOUN", "VERB"]
    tokens["start"], tokens["end"] = [0, 3, 8, 13, 17, 22], [2, 7, 12, 16, 21, 26]
    same = {"interview": "a", "utterance": 0, "sentence": 0, "is_punct": False, "is_space": False}
    tokens = tokens.assign(token=tokens.index, **same)
    nobody = pd.DataFrame(columns=["interview", "label", "start", "end"])
    listed = indicators(tmp_path, weather='phrases = ["old rain"]')
    assert matches(tokens, nobody, listed)["negated"].to_list() == [False]


def test_a_negated_match_is_marked_and_counts_only_if_the_codebook_says_so(tmp_path):
    utterances = interview(*NEGATED)
    tokens = annotate(utterances)
    units, named = sentences(utterances, tokens), entities(utterances, tokens)
    kept, dropped = (
        codings(units, matches(tokens, named, listed), listed)
        for listed in (
            indicators(tmp_path, machines='lemmas = ["computer"]'),
            indicators(tmp_path, machines='lemmas = ["computer"]\nnegated = false'),
        )
    )
    assert dict(zip(NEGATED, kept["negated"], strict=True)) == NEGATED
    assert [list(NEGATED)[at] for at in dropped["utterance"]] == [
        text for text, negated in NEGATED.items() if not negated
    ]


def test_a_match_does_not_cross_sentences(tmp_path):
    listed = indicators(
        tmp_path, x='patterns = [[{LEMMA = "rain"}, {OP = "{0,3}"}, {LEMMA = "stop"}]]'
    )
    assert coded(interview("I like the rain. Stop the car."), listed).empty
    assert len(coded(interview("The rain will stop."), listed)) == 1


def test_what_a_pattern_may_have_need_not_be_in_the_sentence(tmp_path):
    listed = indicators(
        tmp_path, x='patterns = [[{LEMMA = "rain"}, {LOWER = "hard", OP = "?"}, {LOWER = "today"}]]'
    )
    table = coded(interview("It rained today. It rained hard today."), listed)
    assert table["matched"].to_list() == ["rained today", "rained hard today"]


_VOCAB = English().vocab
_FITS = [{"LOWER": "a"}, {"LOWER": {"IN": ["a", "b"]}}, {"LEMMA": {"NOT_IN": ["a"]}}, {}]
_STEP = st.builds(
    lambda fits, op: fits | ({"OP": op} if op and (fits or op != "!") else {}),
    st.sampled_from(_FITS),
    st.sampled_from(["", "", "?", "*", "+", "!", "{1,2}", "{2}", "{,2}", "{1,}"]),
)


@settings(max_examples=25)
@given(
    st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=3),
    st.lists(_STEP, min_size=1, max_size=3),
)
def test_patterns_mean_what_they_mean_to_spacys_matcher(texts, pattern):
    words = list("".join(texts))
    sentence = np.repeat(range(len(texts)), [len(text) for text in texts])
    first = np.searchsorted(sentence, sentence)
    tokens = pd.DataFrame({"sentence": sentence, "text": words, "lemma": words, "head": first})
    tokens = tokens.assign(interview="x", utterance=0, token=range(len(words)), pos="NOUN")
    tokens = tokens.assign(dep="dep", is_punct=False, is_space=False, start=tokens.index)
    listed = pd.DataFrame({"theme": ["t"], "indicator": ["i"], "pattern": [pattern]})
    nobody = pd.DataFrame(columns=["interview", "label", "start", "end"])
    found = matches(tokens.assign(end=tokens.index + 1), nobody, listed)
    doc = Doc(_VOCAB, words, lemmas=words, heads=list(first), deps=["dep"] * len(words))
    finder = Matcher(_VOCAB)
    finder.add("i", [pattern])
    for begin, text in zip(np.unique(first), texts, strict=True):
        own = finder(doc[begin : begin + len(text)])
        every = {(begin + start, begin + end) for _, start, end in own if start < end}
        here = found[found["start"].between(begin, begin + len(text) - 1)]
        mine = set(zip(here["start"], here["end"], strict=True))
        assert mine <= every
        # Of those that begin at one word the longest counts. None of these is left out unless it
        # overlaps another, and the longest of all never is.
        longest = dict(sorted(every)).items()
        assert all(any(a < end and start < b for start, end in mine) for a, b in longest)
        assert max((b - a for a, b in every), default=0) == max((b - a for a, b in mine), default=0)
    assert (found["start"].iloc[1:].to_numpy() >= found["end"].iloc[:-1].to_numpy()).all()


def test_many_tokens_that_may_come_any_number_of_times_cost_no_more_than_their_number():
    words = ["rain", *["wet"] * 20_000, "rain"]
    tokens = pd.DataFrame({"text": words, "lemma": words, "token": range(len(words))})
    tokens = tokens.assign(interview="x", utterance=0, sentence=0, head=0, pos="NOUN", dep="dep")
    tokens = tokens.assign(is_punct=False, is_space=False, start=tokens.index, end=tokens.index + 1)
    pattern = [{"LEMMA": "rain"}, *[{"OP": "*"}] * 30, {"LEMMA": "rain"}]
    listed = pd.DataFrame({"theme": ["t"], "indicator": ["i"], "pattern": [pattern]})
    found = matches(tokens, pd.DataFrame(columns=["interview", "label", "start", "end"]), listed)
    assert found[["start", "end"]].to_numpy().tolist() == [[0, len(words)]]


def test_offsets_point_to_the_words(study):
    source = {
        interview.id: read_source("seeds", interview) for interview in read_interviews("seeds")
    }
    for row in study.matches.itertuples():
        said = source[row.interview][row.start : row.end]
        assert "".join(said.split()) == row.text.replace(" ", "")
    for row in study.sentences.itertuples():
        assert source[row.interview][row.start : row.end] == row.text
    for row in study.codings.itertuples():
        said = [source[row.interview][start:end] for start, end in row.spans]
        assert ["".join(one.split()) for one in said] == [
            one.replace(" ", "") for one in row.matched.split("; ")
        ]


def test_sentences_hold_every_word_once(study):
    words = study.tokens["text"].str.contains(r"[^\W_]").sum()
    assert study.sentences["words"].sum() == words
    assert (
        study.sentences.groupby("interview")["place"]
        .apply(list)
        .map(lambda own: own == list(range(len(own))))
        .all()
    )


@given(st.data())
@settings(max_examples=5)
def test_adding_an_indicator_never_removes_a_coding(study, data):
    listed = study.indicators
    some = data.draw(st.sets(st.sampled_from(range(len(listed))), max_size=len(listed)))
    more = some | data.draw(st.sets(st.sampled_from(range(len(listed)))))
    fewer, wider = (
        codings(study.sentences, study.matches, listed.iloc[sorted(rows)]) for rows in (some, more)
    )
    keys = [*SENTENCE, "theme"]
    assert set(map(tuple, fewer[keys].to_numpy())) <= set(map(tuple, wider[keys].to_numpy()))


@given(st.sets(st.sampled_from(["interviewee", "interviewer", "narration", "quoted"])))
@settings(max_examples=4)
def test_no_coding_outside_the_voices_asked_for(study, voices):
    own = study.sentences[study.sentences["role"].isin(voices)]
    table = codings(own, study.matches, study.indicators)
    assert set(table["role"]) <= voices
    assert table["start"].isin(own["start"]).all()


def test_a_span_outside_its_sentence_breaks_the_contract(study):
    wrong = study.codings.head(1).assign(spans=[[[0, 10**6]]])
    with pytest.raises(SchemaError, match="not inside its sentence"):
        CODINGS.validate(wrong)


def test_part_of_an_utterance_is_refused(study):
    part = study.tokens.iloc[3:9]
    with pytest.raises(ValueError, match="incomplete"):
        matches(part, study.matches.assign(label="x", canonical="x").iloc[:0], study.indicators)


def units_of(*counts: int, interview: str = "a") -> pd.DataFrame:
    rows = [
        (interview, utterance, number)
        for utterance, size in enumerate(counts)
        for number in range(size)
    ]
    return pd.DataFrame(rows, columns=SENTENCE)


def test_shares_are_counts_over_sentences_by_voice():
    units = units_of(2, 2, 2, 2, 2)
    table = theme_shares(
        units, units.iloc[[0, 1, 2]].assign(theme="rain"), ["rain", "wind"]
    ).set_index("theme")
    assert table.loc["rain", ["coded", "sentences", "utterances"]].to_list() == [3, 10, 2]
    assert table.loc["rain", "share"] == pytest.approx(0.3)
    assert table.loc["wind", ["coded", "share_low"]].to_list() == [0, 0]
    assert 0 < table.loc["wind", "share_high"] < 1


def test_the_interval_of_a_share_is_the_formula():
    """Written apart from the library: Korn & Graubard's effective counts in Jeffreys' interval."""
    counts, sizes = np.array([3.0, 0, 1, 0, 2, 0]), np.array([4.0, 3, 5, 2, 4, 6])
    share = counts.sum() / sizes.sum()
    variance = (
        6
        / 5
        * sum((c - share * n) ** 2 for c, n in zip(counts, sizes, strict=True))
        / sizes.sum() ** 2
    )
    effect = max(1, variance / (share * (1 - share) / sizes.sum()))
    n = sizes.sum() / effect / (t.ppf(0.975, 5) / t.ppf(0.975, 1e9)) ** 2
    expected = [beta.ppf(tail, share * n + 0.5, (1 - share) * n + 0.5) for tail in (0.025, 0.975)]
    assert share_interval(counts[None], sizes)[:, 0] == pytest.approx(expected, rel=1e-6)


def test_the_interval_of_a_share_holds_the_truth_where_themes_come_in_bursts():
    rng = np.random.default_rng(5)
    sizes = rng.integers(1, 9, 15).astype(float)
    rates = rng.beta(1.2, 3.6, (2000, 15))
    low, high = share_interval(rng.binomial(sizes.astype(int), rates).astype(float), sizes)
    assert 0.93 <= np.mean((low <= 0.25) & (high >= 0.25)) <= 1


def test_few_utterances_give_no_interval_and_no_comparison():
    units = units_of(3, 3)
    assert np.isnan(theme_shares(units, units.assign(theme="rain"), ["rain"])["share_low"]).all()
    with pytest.raises(ValueError, match="each side has 5 or more"):
        theme_differences(units, units.assign(theme="rain"), ["rain"], "a", "b")


def test_without_sentences_or_themes_there_is_nothing_to_share_or_compare():
    units = pd.concat([units_of(*[1] * 5), units_of(*[1] * 5, interview="b")])
    nobody = units.head(0).assign(theme="rain")
    shares = theme_shares(units.head(0), nobody, ["rain"])
    assert shares.empty and "share_low" in shares
    differences = theme_differences(units, nobody, ["rain", "wind"], "a", "b")
    assert (differences["difference"] == 0).all()
    assert differences[["p", "p_max_t"]].isna().all(axis=None)


def test_exchanging_target_and_reference_turns_the_difference_round():
    units = pd.concat([units_of(2, 3, 1, 4, 2, 2), units_of(3, 1, 2, 2, 5, interview="b")])
    coding = units.iloc[[0, 3, 4, 7, 14, 15, 20]].assign(theme="rain")
    one = theme_differences(units, coding, ["rain", "wind"], "a", "b")
    other = theme_differences(units, coding, ["rain", "wind"], "b", "a")
    assert one["difference"].to_list() == pytest.approx((-other["difference"]).to_list())
    assert one["difference_low"].to_list() == pytest.approx((-other["difference_high"]).to_list())
    assert one["p"].to_list() == pytest.approx(other["p"].to_list(), abs=0.02, nan_ok=True)
    assert np.isnan(one["p"].iloc[1]), "a theme nobody has is not tested"


def test_who_raises_counts_exchanges():
    roles = ["interviewer", "interviewee", "quoted"] * 3
    units = pd.DataFrame({"interview": "a", "utterance": range(9), "sentence": 0, "role": roles})
    units["exchange"] = units["utterance"] // 3
    # Exchange 0: both; 1: the answer alone; 2: the question, and somebody quoted in the answer.
    table = who_raises(units, units.iloc[[0, 1, 4, 6, 8]].assign(theme="rain"), ["rain"])
    assert table[["taken_up", "raised", "dropped", "neither"]].to_numpy().tolist() == [[1, 1, 1, 0]]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
@settings(max_examples=15)
def test_the_p_of_who_raises_is_that_of_scipy(exchanges):
    units = pd.DataFrame(
        {"exchange": np.repeat(range(len(exchanges)), 2), "interview": "a", "sentence": 0}
    )
    units = units.assign(
        utterance=range(len(units)), role=["interviewer", "interviewee"] * len(exchanges)
    )
    coded = units[np.ravel(exchanges)].assign(theme="rain")
    row = who_raises(units, coded, ["rain"]).iloc[0]
    table = [[row["taken_up"], row["raised"]], [row["dropped"], row["neither"]]]
    assert row["p"] == pytest.approx(fisher_exact(table).pvalue, abs=1e-12)
