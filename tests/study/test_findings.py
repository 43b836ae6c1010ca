"""Sentences against their numbers and the tables they are computed from, and the ways of counting."""

import re

import pytest

from analysis import load_interviews, load_tokens, load_utterances
from analysis.annotation.terms import terms_of
from analysis.annotation.titles import titles_of
from analysis.figures import word_figures as figures
from analysis.study import findings, theme_findings
from analysis.words.comparison import keyness
from analysis.words.counts import frequencies
from analysis.words.sensitivity import WAYS, keyword_sensitivity


@pytest.fixture(scope="module")
def interviews():
    return load_interviews("seeds")


@pytest.fixture(scope="module")
def said():
    return figures.interviewee_terms(load_utterances("seeds"), load_tokens("seeds"))


def sentences(found):
    return [finding.sentence for finding in found]


def untold(finding):
    """Return the numbers of a sentence that are none of its values, each rounded as it is written."""
    text = finding.sentence.replace("−", "-")
    # Longest first: a name may hold another, and digits of names are no numbers.
    for value in sorted(
        (v for v in finding.values.values() if isinstance(v, str)), key=len, reverse=True
    ):
        text = text.replace(value, " ")
    numbers = [value for value in finding.values.values() if not isinstance(value, str)]
    rest = []
    for written, percent in re.findall(r"(?<![\w.,])(-?\d[\d,]*(?:\.\d+)?)(%?)", text):
        number, digits = float(written.replace(",", "")), len(written.partition(".")[2])
        told = [value * 100 if percent else value for value in numbers]
        if not any(abs(value - number) <= 0.5 * 10**-digits + 1e-9 for value in told):
            rest.append(written)
    return rest


def test_every_number_of_a_sentence_is_among_its_values():
    found = findings.study_findings("seeds", "tests/gold")
    assert len({finding.id for finding in found}) == len(found)
    for finding in found:
        assert not untold(finding), finding
        assert finding.values, finding.sentence
        modules = findings, theme_findings
        name = finding.id.split(".")[0]
        assert any(callable(getattr(module, name, None)) for module in modules), (
            "the source that the file names"
        )


def test_a_number_that_is_no_value_is_seen():
    assert untold(findings.Finding("a", "It is 5.1 of 30 (17%).", {"x": 5.14, "share": 0.17})) == [
        "30"
    ]
    assert untold(findings.Finding("a", "It is 5.1.", {"x": 5.16})) == ["5.1"]
    assert untold(findings.Finding("a", "“Seven 7” 2 times.", {"term": "Seven 7", "n": 2})) == []


@pytest.mark.parametrize(
    ("template", "values"), [("7 of {n}.", {"n": 9}), ("{n}.", {"n": 9, "m": 1}), ("{n}.", {})]
)
def test_a_sentence_with_a_typed_number_or_an_untold_value_is_refused(template, values):
    with pytest.raises(ValueError, match=r"a\.b: every number must be a value"):
        findings.say("a.b", template, **values)


def test_braces_in_a_source_are_text():
    assert (
        findings.say("a.b", "“{term}” {n} times.", term="{n}{0}", n=2).sentence
        == "“{n}{0}” 2 times."
    )


def test_a_minus_is_written_for_numbers_and_not_in_words_of_a_source():
    told = findings.say(
        "a.b", "“{term}” {ratio:.1f} in {label}.", term="-2 good", ratio=-1.25, label="Show -2"
    )
    assert told.sentence == "“-2 good” −1.2 in Show -2."


def test_without_gold_nothing_is_said_of_accuracy(tmp_path):
    ids = [finding.id for finding in findings.study_findings("seeds", tmp_path / "none")]
    assert ids
    assert not any(name.startswith("entity_accuracy") for name in ids)


def test_every_rate_and_every_effect_has_its_interval(interviews, said):
    for sentence in sentences(findings.words_used(interviews, said)):
        if "per 1,000" in sentence:
            assert re.search(r"\d \[\d+\.\d, \d+\.\d\]", sentence), sentence
    for sentence in sentences(findings.words_apart(interviews, said)):
        if "their log ratios" in sentence or "log ratio -" in sentence or "log ratio 0" in sentence:
            assert re.search(r"−?\d\.\d \[(−?\d+\.\d|no end), (−?\d+\.\d|no end)\]", sentence), (
                sentence
            )


def test_sentences_follow_the_numbers(interviews, said):
    table = frequencies(said)
    movie = table[(table["interview"] == "indiewire") & (table["term"] == "movie")].iloc[0]
    assert (
        f"“movie” {movie['rate']:.1f} [{movie['rate_low']:.1f}, {movie['rate_high']:.1f}]"
        in " ".join(sentences(findings.words_used(interviews, said)))
    )
    changed = said.assign(term=said["term"].replace({"movie": "play"}))
    assert "“movie”" not in " ".join(sentences(findings.words_used(interviews, changed)))


def test_a_word_that_can_be_told_apart_is_named(interviews, said):
    planted = said.copy()
    content = planted["interview"].eq("tiff") & planted["term"].notna()
    planted.loc[content, "term"] = "rain"
    found = findings.words_apart(interviews, planted)[0].sentence
    assert "“rain”" in found
    assert " none " not in found
    apart = figures.keywords(interviews, planted)
    assert apart.table["found"].any()
    assert "None of" not in apart.caption


def test_one_interview_alone_makes_no_comparison(interviews, said):
    one = findings.words_used(interviews.head(1), said[said["interview"] == "indiewire"])
    assert len(one) == 1
    assert "every interview" not in one[0].sentence


@pytest.fixture(scope="module")
def ways():
    return keyword_sensitivity(
        load_tokens("seeds"), titles_of(load_utterances("seeds")), "indiewire", "tiff"
    )


def test_each_way_ranks_its_own_keywords(ways):
    assert list(ways["way"].unique()) == list(WAYS)
    for _, rows in ways.groupby("way"):
        assert rows["rank"].to_list() == list(range(1, len(rows) + 1))
        assert 1 <= len(rows) <= 10
        assert (rows["count_target"] + rows["count_reference"]).ge(2).all()
        assert rows["log_odds_z"].abs().round(9).is_monotonic_decreasing


def test_the_ways_count_what_they_say(ways):
    utterances, tokens = load_utterances("seeds"), load_tokens("seeds")
    counted = terms_of(tokens)
    own = keyness(
        counted[counted["role"] == "interviewee"], "indiewire", "tiff", minimum=2, permutations=0
    )
    rows = ways[ways["way"] == "interviewee, titles as words"]
    assert rows["terms"].iloc[0] == len(own)
    merged = rows.merge(own, on="term", suffixes=("", "_own"))
    assert len(merged) == len(rows)
    assert (merged["count_target"] == merged["count_target_own"]).all()
    said = ways[ways["way"].str.startswith("interviewee")]["said"]
    assert said.eq(1).all()
    assert ways["said"].between(0, 1).all()
    assert "“Her”" in set(terms_of(tokens, titles_of(utterances))["term"])
    assert "“Her”" not in set(counted["term"])
