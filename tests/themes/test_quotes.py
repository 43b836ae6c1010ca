"""From a count to its passages, in any groups; and what journalists and chance would give."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import load_framing
from analysis.sources.interviews import read_interviews, read_source
from analysis.themes import (
    co_occurrence_by_voice,
    passages,
    quote_matrix,
    taken_up_by_chance,
    who_raises,
)

PAIR = ("technology", "intimacy")


@pytest.fixture(scope="module")
def own(study):
    return study.sentences[study.sentences["role"] == "interviewee"]


def test_a_quote_matrix_holds_the_words_of_the_sources(study, own):
    framing = load_framing("tests/gold", study.sentences)
    codes = ["tool", "setting", "partner", "obstacle", "question"]
    matrix = quote_matrix(own, framing, codes)
    assert list(matrix.columns) == ["indiewire", "tiff"] and list(matrix.index) == codes
    source = {one.id: read_source("seeds", one) for one in read_interviews("seeds")}
    cells = [passage for row in matrix.to_numpy().ravel() for passage in row]
    assert all(one["text"] == source[one["interview"]][one["start"] : one["end"]] for one in cells)
    assert sum(len(one["given_by"]) for one in cells) == framing["theme"].notna().sum()
    by_role = quote_matrix(study.sentences, study.codings, ["technology"], by="role")
    assert set(by_role.columns) == {"narration", "quoted", "interviewer", "interviewee"}
    assert by_role.map(len).to_numpy().sum() == (study.codings["theme"] == "technology").sum()
    with pytest.raises(ValueError, match="no column 'nope'"):
        quote_matrix(own, study.codings, codes, by="nope")


def test_passages_keep_the_spans_of_what_matched(study, own):
    table = passages(own, study.codings, PAIR)
    assert table["theme"].drop_duplicates().to_list() == list(PAIR)
    assert [len(spans) > 0 for spans in table["spans"]] == [True] * len(table)


def test_the_voices_of_a_journalist_add_up(study):
    table = co_occurrence_by_voice(study.sentences, study.codings, PAIR)
    table = table.set_index(["voice", "interviews"])
    counts = ["units", "both", "only_first", "only_second", "neither"]
    whole = table.loc["journalist", counts]
    parts = table.loc["questions and leads", counts] + table.loc["around", counts]
    assert parts.loc[whole.index].eq(whole).all(axis=None)
    assert table.loc[("interviewee", "all"), ["both", "as_many"]].to_list() == [5, 3]
    assert table.loc[("journalist", "all"), ["both", "only_first", "alignments"]].to_list() == [
        5,
        1,
        23 * 26,
    ]


def test_themes_taken_up_are_held_against_other_questions(study):
    themes = list(study.codebook["theme"])
    table = taken_up_by_chance(study.sentences, study.codings, themes).set_index("interview")
    assert table.loc["indiewire", ["themes", "taken_up", "pairings"]].to_list() == [27, 17, 720]
    assert table.loc["indiewire", "expected"] == pytest.approx(15.67, abs=0.005)
    raised = who_raises(study.sentences, study.codings, themes).groupby("interview")
    assert raised["taken_up"].sum().to_dict() == table["taken_up"].to_dict()


def test_all_pairings_are_taken_where_they_are_few():
    """Against a loop over every way to deal the questions."""
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"role": ["interviewer", "interviewee"] * 4, "interview": "a"})
    rows = rows.assign(utterance=range(8), sentence=0, exchange=np.arange(8) // 2)
    has = {theme: rng.random(8) < 0.5 for theme in "xyz"}
    coded = pd.concat([rows[own].assign(theme=theme) for theme, own in has.items()])
    said = np.array(list(has.values()))
    every = [
        sum(
            (said[:, 2 * question] & said[:, 2 * answer + 1]).sum()
            for answer, question in enumerate(deal)
        )
        for deal in permutations(range(4))
    ]
    row = taken_up_by_chance(rows, coded, list("xyz")).iloc[0]
    assert row["taken_up"] == every[0]
    assert row["expected"] == pytest.approx(np.mean(every))
    assert row["p"] == pytest.approx(np.mean(np.array(every) >= every[0]))


def test_pairings_are_drawn_where_they_are_many():
    """Of eight exchanges, each with a theme of its own, one pairing in 40,320 keeps them all."""
    rows = pd.DataFrame({"role": ["interviewer", "interviewee"] * 8, "interview": "a"})
    rows = rows.assign(utterance=range(16), sentence=0, exchange=np.arange(16) // 2)
    coded = rows.assign(theme=rows["exchange"].map(str))
    row = taken_up_by_chance(rows, coded, list("01234567")).iloc[0]
    assert row[["exchanges", "themes", "taken_up", "pairings"]].to_list() == [8, 8, 8, 9999]
    assert row["expected"] == 1
    assert row["p"] == 1 / 10_000


def test_groups_without_an_answer_have_no_pairings(study):
    """Grouped by speaker: nobody answers in the words of an interviewer or writer."""
    themes = list(study.codebook["theme"])
    args = study.sentences, study.codings, themes, "speaker"
    table, raised = taken_up_by_chance(*args), who_raises(*args)
    assert set(table["speaker"]) == set(raised["speaker"])
    assert table["themes"].sum() == raised[["taken_up", "raised"]].sum(axis=None)
