"""A coding by hand is a file; one file more is one coder more."""

import pandas as pd
import pytest

from analysis import SourceError, load_corpus
from analysis.agreement.coders import (
    about_coders,
    as_coder,
    coding_sheet,
    load_coders,
    majority,
    reference,
)
from analysis.schemas import SENTENCE

THEMES = ["x", "y"]


@pytest.fixture
def units():
    rows = pd.DataFrame({"interview": ["a", "a", "b"], "utterance": [0, 1, 0], "sentence": 0})
    return rows.assign(text=["Nobody came.", "Nobody\ncame.", "Always."])


@pytest.fixture
def write(tmp_path):
    def _write(coder: str, *lines: str):
        path = tmp_path / "coders" / f"{coder}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(["interview\tthemes\ttext", *lines]) + "\n", encoding="utf-8")
        return tmp_path

    return _write


def test_the_sheet_that_is_filled_in_is_read_again(tmp_path, units):
    (tmp_path / "coders").mkdir()
    sheet = coding_sheet(units).replace("# who:", "# who: a person")
    sheet = sheet.replace("b\t\t", "b\tx y\t")
    (tmp_path / "coders" / "ann.tsv").write_text(sheet, encoding="utf-8")
    coded = load_coders(tmp_path, units, THEMES)
    assert coded[["coder", "interview", "utterance"]].to_numpy().tolist() == [
        ["ann", "a", 0],
        ["ann", "a", 1],
        ["ann", "b", 0],
        ["ann", "b", 0],
    ]
    assert coded["theme"].fillna("").to_list() == ["", "", "x", "y"]
    assert about_coders(tmp_path)[["id", "who"]].to_numpy().tolist() == [["ann", "a person"]]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("a\train\tNobody came.", "'rain' is not in the codebook"),
        ("a\tx\tSomebody came.", "'Somebody came.' is not among the remaining sentences of 'a'"),
        ("a\tx", "has 2 cells"),
    ],
)
def test_a_faulty_coding_is_named_with_its_line(write, units, line, fault):
    with pytest.raises(SourceError, match=r"ann\.tsv, line 2") as error:
        load_coders(write("ann", line), units, THEMES)
    assert fault in str(error.value)


def test_a_sentence_said_once_is_coded_once(write, units):
    folder = write("ann", "a\tx\tNobody came.", "a\ty\tNobody came.")
    assert load_coders(folder, units, THEMES)["utterance"].to_list() == [0, 1]
    with pytest.raises(SourceError, match="line 4"):
        load_coders(write("ann", *["a\tx\tNobody came."] * 3), units, THEMES)


def test_the_reference_has_coded_every_sentence(write, units):
    whole = ["a\tx\tNobody came.", "a\t\tNobody came.", "b\t\tAlways."]

    def chosen(folder, sentences=units):
        return reference(load_coders(folder, sentences, THEMES), sentences)

    folder = write("ann", *whole[:2])
    assert chosen(folder) is None, "nobody has coded b"
    assert set(chosen(folder, units[:2])["theme"]) == {"x"}
    for coder in ("zoe", "bea", "first"):
        write(coder, *whole)
        assert set(chosen(folder)["coder"]) == {coder}
    assert chosen(None) is None
    assert chosen(folder / "nowhere") is None


def test_a_majority_is_more_than_half_of_those_who_coded(units):
    coded = [as_coder(units, units[:size].assign(theme="x"), f"c{size}") for size in (1, 2)]
    assert majority(pd.concat(coded))["utterance"].to_list() == [0], "one of two is no majority"
    third = as_coder(units[:2], units[:2].assign(theme="x"), "c3")
    table = majority(pd.concat([*coded, third]))
    assert table[["utterance", "votes", "coders"]].to_numpy().tolist() == [[0, 3, 3], [1, 2, 3]]


def test_the_study_has_two_passes_of_a_reader_and_a_second_coder():
    corpus = load_corpus("seeds")
    themes = list(corpus.codebook["theme"])
    coded = load_coders("tests/gold", corpus.sentences, themes)
    sizes = coded.drop_duplicates(["coder", *SENTENCE]).groupby("coder").size()
    assert sizes.to_dict() == {"coder-c": 128, "first": 128, "second": 128}
    about = about_coders("tests/gold")
    assert about.notna().all(axis=None)
    assert about["who"].str.contains("AI assistant").all(), "nobody here is a person yet"
