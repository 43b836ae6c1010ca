"""Faults put into the code that no test saw: each test here fails under one of them."""

import importlib
import pkgutil
from dataclasses import is_dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import analysis
from analysis.sources.interviews import likely_encoding
from analysis.sources.quotations import People, people_in, quoted_spans
from analysis.statistics import permutation_test
from analysis.themes import co_occurrence
from analysis.words import phrases, recurring


def tokens_of(**said):
    """Make the tokens of interviews, all in one sentence; a full stop parts phrases."""
    rows = [
        {"interview": name, "text": word, "pos": "PUNCT" if word == "." else "NOUN"}
        for name, text in said.items()
        for word in text.split()
    ]
    table = pd.DataFrame(rows).assign(utterance=0, sentence=0, is_stop=False, end=0)
    places = table.groupby("interview").cumcount()
    return table.assign(lemma=table["text"], token=places, start=places)


def test_words_are_shuffled_within_each_shuffle():
    # All but one of eight words: which interview lacks one decides the measure.
    found = recurring(tokens_of(a="rain rain", b="rain rain sun rain rain rain"), longest=1)
    [rain] = found[found["term"] == "rain"].itertuples()
    assert 0 < rain.p < 1
    # All words: however they are shuffled, every word is rain.
    found = recurring(tokens_of(a="rain rain", b="rain rain rain rain"), longest=1)
    [rain] = found.itertuples()
    assert rain.chance == pytest.approx(rain.recurrence)
    assert rain.p == 1


@pytest.mark.parametrize("text", ["big red boat", "wet big red boat"])
def test_a_phrase_that_begins_or_ends_a_longer_one_is_left_out(text):
    found = phrases(tokens_of(a=f"{text} . {text}"))
    assert set(found.loc[found["kind"] == "phrase", "term"]) == {text}


def test_a_phrase_that_also_stands_alone_stays():
    found = phrases(tokens_of(a="big red boat . big red boat . red boat"))
    assert set(found.loc[found["kind"] == "phrase", "term"]) == {"big red boat", "red boat"}


@pytest.mark.parametrize("apart", [0, 7])
@pytest.mark.parametrize(("sentences", "needed"), [(10, np.inf), (40, 1)])
def test_what_is_needed_does_not_depend_on_what_is_seen(apart, sentences, needed):
    units = pd.DataFrame({"interview": "a", "utterance": 0, "sentence": range(sentences)})
    first, second = units.iloc[[0]].assign(theme="x"), units.iloc[[apart]].assign(theme="y")
    [pair] = co_occurrence(units, pd.concat([first, second]), shifts=19).itertuples()
    assert pair.both == (apart == 0)
    assert pair.ratio_needed == pytest.approx(needed * sentences)
    assert pair.p_least == pytest.approx(1 / sentences)


def test_more_may_be_seen_than_is_needed():
    units = pd.DataFrame({"interview": "a", "utterance": 0, "sentence": range(40)})
    # Turned against themselves, these meet once at the most, or all three: never two.
    seen = units.iloc[[0, 5, 15]]
    codings = pd.concat([seen.assign(theme="x"), seen.assign(theme="y")])
    [pair] = co_occurrence(units, codings, shifts=19).itertuples()
    assert pair.both == 3
    assert pair.ratio_needed * pair.expected == pytest.approx(3)


def test_of_two_sides_of_one_length_either_may_be_the_target():
    generator = np.random.default_rng(3)
    lengths = generator.permutation(np.repeat([4.0, 9.0, 6.0, 1.0], 4))
    target = np.zeros(16, dtype=bool)
    for size in (1.0, 4.0, 6.0, 9.0):
        target[np.flatnonzero(lengths == size)[:2]] = True
    counts = sparse.csr_array(generator.integers(0, 4, (5, 16)))
    assert lengths @ target == lengths @ ~target
    for one, other in zip(
        permutation_test(counts, lengths, target, 99, 1),
        permutation_test(counts, lengths, ~target, 99, 1),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_a_first_name_stands_for_a_full_name_only_where_that_is_sure():
    assert People(named=frozenset({"Ann Lee"})).complete("Ann") == "Ann Lee"
    assert people_in("Ann Lee came.", []).complete("Ann") == "Ann"
    assert people_in("Ann Lee came.", []).complete("Lee") == "Ann Lee"
    assert people_in("Bo [Chan] came.", []).complete("Bo") == "Bo Chan"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "yes" twice.', ['"yes"']),
        ("He said 'yes' twice.", ["'yes'"]),
        ("It is the dogs' bone, 'tis.", []),
        ("He said 'the dogs' bone' twice.", ["'the dogs' bone'"]),
        ('("yes")', ['"yes"']),
        ('a"b" c', []),
        ('The 6" pipe "and" more', ['"and"']),
        ('“so" and "so”', ['“so"', '"so”']),
        ('On fame: "It is', ['"It is']),
        ('On fame "It is', []),
        ('“It is 6" wide,” he said', ['“It is 6" wide,”']),
    ],
)
def test_straight_quotation_marks(text, quoted):
    assert [text[start:end] for start, end in quoted_spans(text)] == quoted


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["Γιατί;\n\nΈβρεχε.", "なぜ\n\n雨", "Why?\n\nIt rained."])
def test_utf_16_is_known_by_its_mark_or_its_zeros(text, encoding):
    mark = {"utf-16": "", "utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}[encoding]
    raw = (mark + text).encode(encoding)
    assert likely_encoding(raw) == ("UTF-16", "utf-16")
    assert raw.decode(likely_encoding(raw)[1]) == text


def test_latin_text_is_no_utf_16():
    assert likely_encoding("Ça va".encode("latin-1"))[1] == "cp1252"


def test_what_functions_hand_on_cannot_be_changed():
    names = [one.name for one in pkgutil.walk_packages(analysis.__path__, "analysis.")]
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    kinds = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    made = list(filter(is_dataclass, kinds))
    assert len(made) > 10
    assert [one for one in made if not one.__dataclass_params__.frozen] == []
