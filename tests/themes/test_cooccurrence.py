"""Where themes meet: hand-counted tables, every shift written out, scipy, planted meetings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.themes.cooccurrence import co_occurrence, count, together


def tables(**interviews: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Units and codings of interviews whose sentences are written as their themes, "-" for none."""
    rows = [
        (name, 0, number, text)
        for name, texts in interviews.items()
        for number, text in enumerate(texts)
    ]
    units = pd.DataFrame(rows, columns=["interview", "utterance", "sentence", "themes"])
    codings = units.assign(
        theme=units["themes"].map(lambda text: list(text.replace("-", "")))
    ).explode("theme")
    return units.drop(columns="themes"), codings.dropna(subset="theme").drop(columns="themes")


def test_counts_by_hand():
    # a in 3 of 6 and 1 of 2 sentences, b in 2 and 2: expected 3 * 2 / 6 + 1 * 2 / 2
    units, codings = tables(x=["ab", "a", "b", "-", "a", "-"], y=["ab", "b"])
    row = co_occurrence(units, codings).iloc[0]
    counts = ["units", "both", "only_first", "only_second", "neither"]
    assert row[counts].to_list() == [8, 2, 2, 2, 2]
    assert row["expected"] == pytest.approx(2.0)
    assert row["ratio"] == pytest.approx(1.0)


def test_p_is_the_share_of_all_shifts():
    texts = ["ab", "ab", "a", "-", "-", "-", "b", "-", "-", "-"]
    units, codings = tables(x=texts)
    a, b = (np.array([letter in text for text in texts]) for letter in "ab")
    every = np.array([(a & np.roll(b, shift)).sum() for shift in range(len(texts))])
    row = co_occurrence(units, codings, shifts=9999).iloc[0]
    assert row["p"] == pytest.approx((every >= 2).mean(), abs=0.02)
    assert row["p_least"] == pytest.approx((every == every.max()).mean(), abs=0.02)
    # every shift keeps 2 of a and 3 of b: no count is rare enough in ten sentences, whatever is
    # found
    assert (every == every.max()).mean() > 0.05
    assert row["p_max_t"] == row["p"]


def test_no_distance_is_measured_to_a_theme_only_in_the_exchange_left_out():
    has = np.array([[True, False], [False, False], [False, True], [False, True]])
    exchanges = np.array([0, 0, 1, 1])
    assert count(has, exchanges, unit="distance").measured == 1
    assert count(has, exchanges, unit="distance", without=1).measured == 0


def test_shifts_stay_inside_an_interview():
    # In y everything has both themes: no shift changes that.
    units, codings = tables(x=["-", "-"], y=["ab", "ab"])
    row = co_occurrence(units, codings).iloc[0]
    assert (row["both"], row["expected"], row["ratio"]) == (2, 2.0, 1.0)
    assert (row["p"], row["p_max_t"], row["p_least"]) == (1.0, 1.0, 1.0)
    assert row["ratio_needed"] == np.inf


def test_a_planted_meeting_is_found_and_a_planted_avoidance_is_not_called_one():
    generator = np.random.default_rng(3)
    a = generator.random(200) < 0.2
    together = ["ab" if here else "-" for here in a]
    apart = ["a" if here else "b" for here in a]
    found = co_occurrence(*tables(x=together)).iloc[0]
    assert found["p"] < 0.02
    assert found["ratio"] == pytest.approx(200 / a.sum())
    assert 1 < found["ratio_needed"] < found["ratio"]
    kept = co_occurrence(*tables(x=apart)).iloc[0]
    assert kept["p"] == 1.0
    assert kept["ratio"] == 0


def test_a_run_is_one_event_and_not_ten():
    # Two runs of ten that coincide: Fisher is sure, the shifts see that one coincidence in fifty is
    # no wonder.
    texts = ["ab"] * 10 + ["-"] * 40
    row = co_occurrence(*tables(x=texts)).iloc[0]
    cells = row[["both", "only_first", "only_second", "neither"]].to_list()
    assert stats.fisher_exact(np.reshape(cells, (2, 2))).pvalue < 1e-9
    assert 0.01 < row["p"] < 0.035


def test_the_family_is_never_surer_than_the_pair():
    generator = np.random.default_rng(5)
    texts = [
        "".join(theme for theme in "abcd" if generator.random() < 0.3) or "-" for _ in range(80)
    ]
    table = co_occurrence(*tables(x=texts), shifts=999)
    assert len(table) == 6
    assert (table["p_max_t"] >= table["p"]).all()
    assert table["ratio"].is_monotonic_decreasing


@settings(max_examples=12)
@given(
    st.lists(st.sampled_from(["-", "a", "b", "ab", "abc", "c"]), min_size=1, max_size=12),
    st.lists(st.sampled_from(["-", "a", "b", "ab", "bc"]), min_size=1, max_size=12),
)
def test_cells_add_up_and_order_does_not_matter(first, second):
    units, codings = tables(x=first, y=second)
    names = ["a", "b", "c"]
    table = co_occurrence(units, codings, themes=names, shifts=49)
    cells = table[["both", "only_first", "only_second", "neither"]].sum(axis=1)
    assert (cells == len(units)).all()
    assert (table["p"].gt(0) & table["p"].le(1) & (table["p_least"] <= table["p"] + 1e-12)).all()
    mixed = units.sample(frac=1, random_state=1), codings.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(co_occurrence(*mixed, themes=names, shifts=49), table)
    turned = co_occurrence(units, codings, themes=names[::-1], shifts=49)
    assert sorted(turned["both"]) == sorted(table["both"])


def nearest(*interviews: list[str]) -> dict[str, float]:
    """Measure how far it is from each sentence with a to the nearest with b."""
    flags = [np.array([["a" in text, "b" in text] for text in own]) for own in interviews]
    parts = [count(has, np.zeros(len(has), dtype=int), "distance") for has in flags]
    return together(parts, near=True)[0]


@settings(max_examples=12)
@given(st.lists(st.sampled_from(["-", "a", "b", "ab"]), min_size=1, max_size=15))
def test_distances_as_written_out(texts):
    a, b = ([n for n, text in enumerate(texts) if letter in text] for letter in "ab")
    expected = np.mean([min(abs(x - y) for y in b) for x in a]) if a and b else np.nan
    assert nearest(texts)["observed"] == pytest.approx(expected, nan_ok=True)


def test_distances_count_every_turn_of_both():
    """Against a loop over all turns of both themes in both interviews."""
    texts = [["a", "-", "b", "-", "a"], ["b", "a", "-", "-"]]
    sums = []
    for text in texts:
        a, b = (np.array([letter in one for one in text]) for letter in "ab")
        own = []
        for one in range(len(text)):
            for other in range(len(text)):
                there = np.flatnonzero(np.roll(b, other))
                own.append(sum(abs(there - at).min() for at in np.flatnonzero(np.roll(a, one))))
        sums.append(own)
    every = np.add.outer(*sums).ravel()
    row = nearest(*texts)
    observed = round(row["observed"] * 3)
    assert [row["alignments"], row["as_many"]] == [len(every), (every <= observed).sum()]
    assert row["p"] == pytest.approx((every <= observed).mean())
    assert row["expected"] == pytest.approx(every.mean() / 3)
    assert row["p_least"] == pytest.approx((every == every.min()).mean())


@pytest.mark.parametrize("without", [-1, 2])
@pytest.mark.parametrize("turned", ["units", "first", "second"])
def test_exchanges_against_a_loop(turned, without):
    """Sentences of one theme are turned and then gathered, so that exchanges keep their lengths."""
    texts, groups = ["a", "ab", "-", "b", "-", "a", "-", "b"], np.array([0, 0, 0, 1, 2, 2, 3, 3])
    a, b = (np.array([letter in text for text in texts]) for letter in "ab")
    kept = groups != without
    chance = turned if turned == "units" else f"sentences of the {turned} theme"
    row, _ = together([count(np.stack([a, b], axis=1), groups, "exchange", chance, without)])
    a, b, groups = a[kept], b[kept], groups[kept]
    names = np.unique(groups)
    has_a, has_b = (np.array([own[groups == name].any() for name in names]) for own in (a, b))
    if turned == "units":
        every = [(np.roll(has_a, turn) & has_b).sum() for turn in range(len(names))]
    else:
        one, other = (a, b) if turned == "first" else (b, a)
        every = [
            len({*groups[np.roll(one, turn)]} & {*groups[other]}) for turn in range(len(groups))
        ]
    both = (has_a & has_b).sum()
    assert [row["both"], row["units"]] == [both, len(names)]
    assert [row["alignments"], row["as_many"]] == [len(every), sum(one >= both for one in every)]
    assert row["expected"] == pytest.approx(np.mean(every))


def test_interviews_are_rotated_independently():
    """Three interviews, put together by transforms, against a loop over all their rotations."""
    rng = np.random.default_rng(2)
    flags = [rng.random((2, size)) < 0.5 for size in (4, 5, 6)]
    row, _ = together([count(has.T, np.zeros(has.shape[1], dtype=int)) for has in flags])
    own = [[(np.roll(a, turn) & b).sum() for turn in range(len(a))] for a, b in flags]
    every = np.add.outer(np.add.outer(own[0], own[1]), own[2]).ravel()
    observed = sum(one[0] for one in own)
    assert [row["alignments"], row["as_many"]] == [120, (every >= observed).sum()]
    assert row["expected"] == pytest.approx(every.mean())


def test_themes_that_answer_each_other_are_near_and_never_meet():
    texts = (["a", "b"] + ["-"] * 18) * 5
    assert co_occurrence(*tables(x=texts)).loc[0, "both"] == 0
    row = nearest(texts)
    assert row["observed"] == 1
    assert row["expected"] > 4
    # The pattern repeats every 20 sentences, so one turn in seven brings it so near.
    assert row["p"] == pytest.approx(3 / 20, abs=0.03)


def test_what_was_coded_twice_counts_once_and_other_units_do_not():
    units, codings = tables(x=["ab", "-"])
    more = pd.concat([codings, codings, codings.assign(sentence=99)])
    pd.testing.assert_frame_equal(co_occurrence(units, more), co_occurrence(units, codings))


def test_without_shifts_there_is_no_test_of_the_family():
    units = pd.DataFrame({"interview": "a", "utterance": 0, "sentence": range(9)})
    codings = units.iloc[[0, 1, 1, 2]].assign(theme=["x", "x", "y", "y"])
    table = co_occurrence(units, codings, shifts=0)
    assert np.isnan(table["p_max_t"]).all()
    assert table["p"].iloc[0] == pytest.approx(table["as_many"].iloc[0] / 9)


def test_p_counts_every_alignment():
    """Against a loop over all turns of both interviews."""
    rng = np.random.default_rng(3)
    for _ in range(8):
        sizes = rng.integers(3, 9, 2)
        units = pd.DataFrame([(f"i{i}", 0, n) for i, size in enumerate(sizes) for n in range(size)])
        units.columns = ["interview", "utterance", "sentence"]
        has = rng.random((len(units), 2)) < 0.4
        codings = pd.concat(
            [units[has[:, 0]].assign(theme="x"), units[has[:, 1]].assign(theme="y")]
        )
        if codings["theme"].nunique() < 2:
            continue
        first, second = has[: sizes[0]], has[sizes[0] :]
        met = [
            (first[:, 0] & np.roll(first[:, 1], a)).sum()
            + (second[:, 0] & np.roll(second[:, 1], b)).sum()
            for a in range(sizes[0])
            for b in range(sizes[1])
        ]
        row = co_occurrence(units, codings, shifts=0).iloc[0]
        assert row["alignments"] == len(met)
        assert row["as_many"] == sum(one >= row["both"] for one in met)
        assert row["p"] == pytest.approx(row["as_many"] / len(met))
        assert row["p_least"] == pytest.approx(sum(one == max(met) for one in met) / len(met))


def test_a_theme_that_is_nowhere_is_undefined():
    row = co_occurrence(*tables(x=["a", "-"]), themes=["a", "b"]).iloc[0]
    assert row[["both", "only_first", "only_second", "neither"]].to_list() == [0, 1, 0, 1]
    assert np.isnan(row["ratio"])
