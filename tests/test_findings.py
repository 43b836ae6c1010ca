"""Sentences against the tables they are computed from, and the ways of counting."""

import re

import pytest

from analysis import figures, findings, load_interviews, load_tokens, load_utterances
from analysis.keyness import keyness
from analysis.sensitivity import WAYS, keyword_sensitivity
from analysis.terms import terms
from analysis.titles import titles
from analysis.words import frequencies


@pytest.fixture(scope="module")
def interviews():
    return load_interviews("seeds")


@pytest.fixture(scope="module")
def said():
    return figures.interviewee_terms(load_utterances("seeds"), load_tokens("seeds"))


def test_every_rate_and_every_effect_has_its_interval(interviews, said):
    for sentence in findings.words_used(interviews, said):
        if "per 1,000" in sentence:
            assert re.search(r"\d \[\d+\.\d, \d+\.\d\]", sentence), sentence
    for sentence in findings.words_apart(interviews, said):
        if "their log ratios" in sentence or "log ratio -" in sentence or "log ratio 0" in sentence:
            assert re.search(r"-?\d\.\d \[(-?\d+\.\d|no end), (-?\d+\.\d|no end)\]", sentence), sentence


def test_sentences_follow_the_numbers(interviews, said):
    table = frequencies(said)
    movie = table[(table["interview"] == "indiewire") & (table["term"] == "movie")].iloc[0]
    assert f"“movie” {movie['rate']:.1f} [{movie['rate_low']:.1f}, {movie['rate_high']:.1f}]" in " ".join(
        findings.words_used(interviews, said)
    )
    changed = said.assign(term=said["term"].replace({"movie": "play"}))
    assert "“movie”" not in " ".join(findings.words_used(interviews, changed))


def test_a_word_that_can_be_told_apart_is_named(interviews, said):
    planted = said.copy()
    content = planted["interview"].eq("tiff") & planted["term"].notna()
    planted.loc[content, "term"] = "rain"
    found = findings.words_apart(interviews, planted)[0]
    assert "“rain”" in found
    assert " none " not in found
    apart = figures.keywords(interviews, planted)
    assert apart.table["found"].any()
    assert "None of" not in apart.caption


def test_one_interview_alone_makes_no_comparison(interviews, said):
    one = findings.words_used(interviews.head(1), said[said["interview"] == "indiewire"])
    assert len(one) == 1
    assert "every interview" not in one[0]


@pytest.fixture(scope="module")
def ways():
    return keyword_sensitivity(load_tokens("seeds"), titles(load_utterances("seeds")), "indiewire", "tiff")


def test_each_way_ranks_its_own_keywords(ways):
    assert list(ways["way"].unique()) == list(WAYS)
    for _, rows in ways.groupby("way"):
        assert rows["rank"].to_list() == list(range(1, len(rows) + 1))
        assert 1 <= len(rows) <= 10
        assert (rows["count_target"] + rows["count_reference"]).ge(2).all()
        assert rows["log_odds_z"].abs().round(9).is_monotonic_decreasing


def test_the_ways_count_what_they_say(ways):
    utterances, tokens = load_utterances("seeds"), load_tokens("seeds")
    counted = terms(tokens)
    own = keyness(counted[counted["role"] == "interviewee"], "indiewire", "tiff", minimum=2, permutations=0)
    rows = ways[ways["way"] == "interviewee, titles as words"]
    assert rows["terms"].iloc[0] == len(own)
    merged = rows.merge(own, on="term", suffixes=("", "_own"))
    assert len(merged) == len(rows)
    assert (merged["count_target"] == merged["count_target_own"]).all()
    said = ways[ways["way"].str.startswith("interviewee")]["said"]
    assert said.eq(1).all()
    assert ways["said"].between(0, 1).all()
    assert "“Her”" in set(terms(tokens, titles(utterances))["term"])
    assert "“Her”" not in set(counted["term"])
