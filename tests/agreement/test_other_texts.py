"""Names in texts of other kinds: labels that fit, halves that share nothing, intervals, floors."""

import re

import pytest

from analysis import load_corpus
from analysis.agreement.names import WAYS, entity_gold
from analysis.agreement.other_texts import (
    UNSEEN,
    accuracy_elsewhere,
    load_paragraphs,
    ways_elsewhere,
)
from analysis.sources.interviews import read_interviews, read_source
from analysis.study import findings

REFINED = "tests/gold/elsewhere/refined"


@pytest.fixture(scope="module")
def found():
    return ways_elsewhere()


@pytest.fixture(scope="module")
def unseen(found):
    return accuracy_elsewhere(UNSEEN, found)


def totals(table):
    return table[table["label"] == "all"].set_index(["kind", "way"])["f1"]


@pytest.mark.parametrize(("folder", "mentions"), [(REFINED, 222), (UNSEEN, 172)])
def test_labels_and_paragraphs_are_the_text(folder, mentions):
    gold, paragraphs = entity_gold(folder, folder), load_paragraphs(folder)
    assert len(gold) == mentions
    for interview in read_interviews(folder):
        assert interview.sha256 and interview.label and interview.publication
        source = read_source(folder, interview)
        for table in (gold, paragraphs):
            rows = table[table["interview"] == interview.id]
            assert len(rows)
            assert [
                source[start:end] for start, end in zip(rows["start"], rows["end"], strict=True)
            ] == [*rows["text"]]
        assert "".join(
            paragraphs.loc[paragraphs["interview"] == interview.id, "text"].str.split().map("".join)
        ) == "".join(source.split())


def test_the_halves_have_each_kind_and_no_text_in_common():
    halves = [read_interviews(folder) for folder in (REFINED, UNSEEN)]
    assert [{text.label for text in half} for half in halves] == [
        {"interview", "encyclopaedia", "speech"}
    ] * 2
    assert not {text.sha256 for text in halves[0]} & {text.sha256 for text in halves[1]}


def test_what_to_expect_is_as_measured(unseen):
    """The model's own scores are exact; the rules may rise, and not by the unseen texts."""
    assert totals(unseen).loc["all"].round(3).to_dict() == {
        WAYS[0]: 0.541,
        WAYS[1]: 0.532,
        WAYS[2]: 0.624,
    }
    refined = totals(accuracy_elsewhere(REFINED)).loc["all"]
    assert refined[WAYS[2]] >= 0.742
    assert refined[WAYS[0]] == pytest.approx(0.608, abs=5e-4)


def test_intervals_hold_the_figure_and_need_something_to_be_right_about(unseen):
    some = unseen.dropna(subset="f1")
    assert (some["f1_low"] <= some["f1"]).all() and (some["f1"] <= some["f1_high"]).all()
    model = some[(some["kind"] == "all") & (some["label"] == "all")].set_index("way").loc[WAYS[0]]
    assert model[["f1_low", "f1_high"]].round(4).to_list() == [0.4595, 0.6133]
    large = some[some["gold"] >= 20]
    assert (large["f1_high"] - large["f1_low"]).between(0.01, 0.6).all()


def test_all_right_and_all_wrong(found):
    ways, tokens = found
    gold = entity_gold(UNSEEN, UNSEEN)
    table = accuracy_elsewhere(
        UNSEEN, ({"right": gold, "wrong": gold.assign(end=gold["end"] + 1)}, tokens)
    )
    rows = table[(table["kind"] == "all") & (table["label"] == "all")].set_index("way")
    assert rows.loc["right", ["f1", "f1_low", "f1_high"]].to_list() == [1, 1, 1]
    assert rows.loc["wrong", ["f1", "f1_low", "f1_high"]].to_list() == [0, 0, 0]
    assert rows.loc["wrong", "partial_f1"] == 0.5
    assert table[table["kind"] != "all"].groupby("kind")["gold"].max().sum() == len(gold)
    assert list(ways) == list(WAYS[:3])


def test_the_sentences_are_the_table(unseen, monkeypatch):
    monkeypatch.setattr(findings.agreement, "accuracy_elsewhere", lambda folder: unseen)
    rules = unseen[(unseen["kind"] == "all") & (unseen["way"] == WAYS[2])].set_index("label")
    first, second = (
        finding.sentence for finding in findings.names_elsewhere(load_corpus("seeds", "tests/gold"))
    )
    row = rules.loc["all"]
    assert first.startswith("For 172 mentions in texts of other kinds")
    assert f"strict F1 is {row['f1']:.2f} [{row['f1_low']:.2f}, " in first
    named = re.findall(r"([A-Z_]+) (0\.\d\d)", second)
    assert named == [(label, f"{rules.loc[label, 'f1']:.2f}") for label, _ in named]
    assert {label for label, _ in named} == set(rules.index[rules["gold"] >= 20]) - {"all"}
