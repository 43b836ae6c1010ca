"""The specification curve counts as the single tests do; its joint test is the curve turned."""

import numpy as np
import pandas as pd
import pytest

from analysis.themes import co_occurrence
from analysis.themes.specifications import specification_curve, without_each

PAIR = ("technology", "intimacy")
WHOLE = ["coder", "unit", "chance", "interviews"]


@pytest.fixture(scope="module")
def own(study):
    return study.sentences[study.sentences["role"] == "interviewee"]


@pytest.fixture(scope="module")
def coders(study):
    by_hand = study.hand_codings
    return {"codebook": study.codings} | dict(iter(by_hand.groupby("coder")))


@pytest.fixture(scope="module")
def curve(study, own, coders):
    left_out = without_each(own, study.matches, study.indicators, PAIR)
    some = {name: left_out[name] for name in list(left_out)[-2:]}
    return specification_curve(own, coders, PAIR, {"codebook": some}, turns=49)


def whole(curve) -> pd.DataFrame:
    table = curve.table
    return table[table["left_out"] == "nothing"].set_index(WHOLE)


def test_every_combination_is_there_once(curve, coders):
    assert len(whole(curve)) == len(coders) * 5 * 3
    assert not curve.table.duplicated([*WHOLE, "left_out", "which"]).any()
    # One of 15 exchanges at a time, with the other interview and without it; two indicators.
    assert len(curve.table) == len(coders) * 5 * (3 + 2 * 15) + 5 * 3 * 2


def test_the_curve_of_a_corpus_has_codebooks_coders_and_their_majority(study, coders):
    short = study.sentences[study.sentences["interview"] == "tiff"]
    table = study.with_tables(sentences=short).specifications.table
    assert set(table["coder"]) == {*coders, "blind codebook", "majority"}
    assert set(table.loc[table["left_out"] == "indicator", "coder"]) == {
        "codebook",
        "blind codebook",
    }


def test_a_codebook_with_other_themes_has_no_curve(study):
    assert study.with_tables(codebook=study.codebook.tail(3)).specifications is None
    nobody = study.sentences[study.sentences["role"] == "narration"]
    assert study.with_tables(sentences=nobody).specifications is None
    with pytest.raises(ValueError, match="no sentence"):
        specification_curve(nobody.head(0), {}, PAIR)


@pytest.mark.parametrize("coder", ["codebook", "first"])
def test_single_specifications_are_those_of_the_single_test(curve, own, coders, coder):
    row = whole(curve).loc[(coder, "sentence", "units", "all")]
    one = co_occurrence(own, coders[coder], PAIR).iloc[0]
    shared = ["expected", "ratio", "alignments", "as_many", "p", "p_least"]
    assert row["observed"] == one["both"]
    assert row[shared].to_list() == pytest.approx(one[shared].to_list())


def test_the_numbers_of_an_independent_computation(curve):
    table = whole(curve)
    row = table.loc[("codebook", "sentence", "units", "all")]
    assert row[["observed", "as_many", "alignments"]].to_list() == [5, 3, 952]
    row = table.loc[("first", "sentence", "units", "all")]
    assert row[["observed", "as_many", "alignments"]].to_list() == [4, 138, 952]
    rows = table.xs("all", level="interviews").xs(("exchange", "units"), level=["unit", "chance"])
    for coder in ("codebook", "first", "second", "coder-c"):
        assert rows.loc[coder, ["observed", "as_many", "alignments"]].to_list() == [4, 2, 54]
    near = table.xs(("distance", "units", "all"), level=["unit", "chance", "interviews"])
    assert near.loc[["codebook", "first"], "p"].round(4).to_list() == [0.0076, 0.0187]
    assert near.loc[["codebook", "first"], "expected"].round(2).to_list() == [4.61, 4.40]
    gathered = table.xs("all", level="interviews")
    gathered = gathered[gathered.index.get_level_values("chance") != "units"]["p"]
    assert gathered.min().round(3) == 0.046
    assert gathered.max().round(3) == 0.063


def test_an_exchange_left_out_is_as_if_it_had_not_been(curve, own, coders):
    shorter = own[~(own["interview"].eq("tiff") & own["exchange"].eq(own["exchange"].iloc[-1]))]
    assert len(shorter) < len(own)
    table = curve.table.set_index([*WHOLE, "which"])
    which = f"tiff {own['exchange'].iloc[-1]}"
    row = table.loc[("first", "sentence", "units", "all", which)]
    one = co_occurrence(shorter, coders["first"], PAIR).iloc[0]
    assert row[["observed", "p"]].to_list() == pytest.approx(one[["both", "p"]].to_list())


def test_a_curve_of_many_interviews_or_sentences_leaves_out_whole_interviews():
    units = pd.DataFrame({"interview": np.repeat([*"abcdef"], 10), "utterance": [*range(10)] * 6})
    units = units.assign(sentence=0, exchange=units["utterance"] // 2)
    coded = pd.concat([units[::3].assign(theme="x"), units[::4].assign(theme="y")])
    table = specification_curve(units, {"c": coded}, ("x", "y"), turns=9).table
    assert set(table["interviews"]) == {"all"}
    assert table["left_out"].value_counts().to_dict() == {"nothing": 5, "interview": 30}
    row = table.set_index(["unit", "chance", "which"]).loc[("sentence", "units", "b")]
    rest = units[units["interview"] != "b"]
    one = co_occurrence(rest, coded, ["x", "y"]).iloc[0]
    assert row[["observed", "p"]].to_list() == pytest.approx(one[["both", "p"]].to_list())
    longer = pd.concat([rest[rest["interview"] < "d"]] * 26, ignore_index=True)
    longer["utterance"] = range(len(longer))
    table = specification_curve(longer, {"c": longer[:9].assign(theme="x")}, ("x", "y")).table
    assert "exchange" not in set(table["left_out"])


def test_the_joint_test_turns_all_specifications_together():
    """Against a curve made anew for each turn of the second theme."""
    rng = np.random.default_rng(8)
    units = pd.DataFrame({"interview": "a", "utterance": range(14), "sentence": 0})
    units["exchange"] = units["utterance"] // 5
    first, second = rng.random(14) < 0.4, rng.random(14) < 0.4
    medians = []
    for turn in range(14):
        turned = np.roll(second, turn)
        coded = pd.concat([units[first].assign(theme="x"), units[turned].assign(theme="y")])
        # Of 14 rotations, the one observed and 13 more, none is drawn.
        curve = specification_curve(units, {"c": coded}, ("x", "y"), turns=13)
        # The exchange that is left out is that of the sentences where they stand.
        medians.append(curve.table["p"].fillna(1).median())
        if turn == 0:
            joint = curve.joint.iloc[0]
    assert joint["observed"] == pytest.approx(medians[0])
    assert joint["expected"] == pytest.approx(np.mean(medians))
    assert joint["p"] == pytest.approx(np.mean(np.array(medians) <= medians[0] + 1e-9))
    assert joint["turns"] == 14
    assert curve.joint["over"].unique().tolist() == ["all", "nothing left out", "c"]


@pytest.mark.parametrize("theme", ["x", "y"])
def test_a_theme_that_is_nowhere_has_no_result(theme):
    units = pd.DataFrame({"interview": "a", "utterance": range(6), "sentence": 0, "exchange": 0})
    table = specification_curve(units, {"c": units[:2].assign(theme=theme)}, ("x", "y")).table
    assert table[["observed", "ratio", "p"]].isna().all(axis=None)


def test_many_turns_are_drawn_and_the_observed_is_one_of_them(own, coders):
    joint = specification_curve(own, {"codebook": coders["codebook"]}, PAIR, turns=99).joint
    assert (joint["turns"] == 100).all()
    assert joint["p"].between(0.01, 0.05).all()
