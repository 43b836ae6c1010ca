"""A corpus: tables that are made once; of many interviews, only the first are compared."""

import numpy as np
import pandas as pd
import pytest

from analysis import SourceError
from analysis.corpus import MOST_COMPARED, Corpus, load_corpus


def test_all_but_one_of_a_corpus_are_tables_and_facts():
    methods = {name for name, value in vars(Corpus).items() if callable(value)}
    assert {name for name in methods if not name.startswith("_")} == {"with_tables"}


def test_one_who_says_nothing_has_no_words():
    corpus = load_corpus()
    alone = corpus.with_tables(terms=corpus.terms[corpus.terms["interview"] == "tiff"])
    assert alone.lengths == {"indiewire": 0, "tiff": corpus.lengths["tiff"]}


@pytest.mark.parametrize("pair", [("intimacy", "rain"), ("rain", "intimacy"), ("films", "Films")])
def test_a_pair_is_two_different_themes_of_the_codebook(pair):
    with pytest.raises(SourceError, match=r"are not two of its themes; it has intimacy, "):
        _ = load_corpus(pair=pair).pair


def test_without_coders_or_a_pair_there_are_no_names_and_no_specifications(folder_with):
    assert load_corpus().coder_names == {}
    folder = folder_with("Why?\n\nIt rained.", 'layout = "q_and_a"\n')
    theme = '[[theme]]\nid = "rain"\nname = "Rain"\ndefinition = "x"\nlemmas = ["rain"]\n'
    (folder / "codebook.toml").write_text(theme, encoding="utf-8")
    corpus = load_corpus(folder)
    assert corpus.pair is None and corpus.specifications is None


@pytest.fixture
def many():
    """One more interview than are compared, each with a word of its own."""
    names = [f"talk-{number:02}" for number in range(MOST_COMPARED + 1)]
    rows = [(name, at, term) for name in names for at in range(5) for term in ("rain", name)]
    terms = pd.DataFrame(rows, columns=["interview", "utterance", "term"])
    return load_corpus().with_tables(labels={name: name for name in names}, terms=terms)


def test_of_many_interviews_each_has_only_its_own_words_compared(many):
    table, left_out = many.keyness_against_rest
    assert left_out.empty
    assert (table["count_target"] > 0).all()
    assert len(table) == 2 * len(many.labels)
    assert np.isnan(table["p_permutation"]).all()


def test_as_many_as_are_compared_are_the_corpus_itself(many):
    labels = dict(list(many.labels.items())[:MOST_COMPARED])
    few = many.with_tables(labels=labels)
    assert few.compared is few
