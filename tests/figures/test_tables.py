"""Tables as they are read: aligned, rounded, with whatever characters the source has."""

import html
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pylatexenc.latex2text import LatexNodes2Text

from analysis import load_corpus
from analysis.figures import tables as tables_of_the_study
from analysis.figures.tables import (
    as_latex,
    as_markdown,
    as_read,
    literally,
    literally_in_latex,
    readable,
    show,
)
from analysis.names.gazetteer import LABELS
from analysis.study.contents import study_tables

# All that LaTeX, Markdown or HTML would take for more than a character, and line ends.
awkward = st.text(st.sampled_from("ab 7&%$#_{}~^\\`|*<>[]()!'\"-=+.:@\n\r\t“”’–é"), max_size=12)
tables = st.lists(st.tuples(awkward, st.integers(-9999, 9999)), min_size=1, max_size=16).map(
    lambda rows: pd.DataFrame(rows, columns=["term", "count"]).astype({"term": "str"})
)


def one_line(text):
    return " ".join(text.split())


def counted(count):
    return f"{count:,}".replace("-", "−")


def read_latex(text):
    # pylatexenc reads the circumflex as an accent without a letter.
    text = text.replace(r"\ensuremath{-}", "−")
    return LatexNodes2Text(strict_latex_spaces=True).latex_to_text(text).replace("ˆ", "^")


@settings(max_examples=25)  # of up to 16 texts each
@given(tables)
def test_latex_reads_back_as_the_source(table):
    written = as_latex(table)
    body = written.split("\\midrule\n")[1].split("\\bottomrule")[0]
    rows = body.split(" \\\\\n")
    assert len(rows) == len(table) + 1, "one line a row, and nothing after the last"
    assert rows[-1] == ""
    for line, (term, count) in zip(rows[:-1], table.itertuples(index=False), strict=True):
        assert "\n" not in line
        cell, number = re.split(r"(?<!\\)&", line)
        assert read_latex(cell.strip()) == one_line(term)
        assert read_latex(number.strip()) == counted(count)


@settings(max_examples=25)
@given(tables, awkward)
def test_markdown_reads_back_as_the_source(table, caption):
    shown = (
        MarkdownIt()
        .enable("table")
        .enable("strikethrough")
        .render(as_markdown(table, "c " + caption))
    )
    cells = [
        html.unescape(re.sub(r"<[^>]+>", "", cell))
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", shown, re.DOTALL)
    ]
    assert cells == [
        text
        for term, count in table.itertuples(index=False)
        for text in (one_line(term), counted(count))
    ]
    assert html.unescape(re.search(r"<p>(.*?)</p>", shown, re.DOTALL)[1]) == one_line(
        "c " + caption
    )


@settings(max_examples=25)  # of up to 16 texts each
@given(tables)
def test_html_reads_back_as_the_source_and_holds_no_markup_of_it(table):
    shown = show(table)._repr_mimebundle_()["text/html"]
    cells = re.findall(r'<td style="text-align: (left|right);">(.*?)</td>', shown, re.DOTALL)
    assert [(side, html.unescape(cell)) for side, cell in cells] == [
        pair
        for term, count in table.itertuples(index=False)
        for pair in (("left", one_line(term)), ("right", counted(count)))
    ]
    assert set(re.findall(r"</?(\w+)", shown)) <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert all(
        "text-align" in tag
        for tag in re.findall(r"<t[hd][^>]*>", shown)
        if not tag.startswith("<thead")
    )
    assert show(table)._repr_mimebundle_() == show(table.copy())._repr_mimebundle_()


@given(awkward)
def test_captions_are_read_as_they_are_written(text):
    assert read_latex(literally_in_latex(one_line(text))) == one_line(text)
    rendered = MarkdownIt().render("c " + literally(one_line(text)))
    assert html.unescape(re.sub(r"</?p>", "", rendered)).strip() == ("c " + one_line(text)).strip()


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ([1, 1200], ["1", "1,200"]),
        ([3.0, None], ["3", "–"]),
        ([0.126, -0.5], ["0.13", "−0.50"]),
        ([13.23, 0.04], ["13.2", "0.04"]),
        ([1234.5, 2], ["1,234", "2"]),
        ([float("inf"), None], ["unbounded", "–"]),
        ([True, False], ["yes", "no"]),
        ([-0.0, 1e-9], ["0.00", "1e−09"]),
        (["a\nb", None], ["a b", "–"]),
    ],
)
def test_rounding(column, cells):
    assert readable(pd.DataFrame({"x": column}))["x"].to_list() == cells


def test_a_p_is_never_1():
    table = pd.DataFrame({"p": [1.0, 0.9901, 0.888, 0.0559, 0.0004]})
    assert readable(table)["p"].to_list() == ["> 0.99", "> 0.99", "0.89", "0.056", "0.0004"]


def test_given_the_corpus_a_shown_table_has_names_for_ids(corpus):
    table = pd.DataFrame({"theme": ["process"], "share_target": [0.5], "share_reference": [0.2]})
    shown = readable(show(table.set_index("theme"), corpus).table)
    assert shown.to_dict("list") == {
        "Theme": ["Creative process"],
        "IndieWire: share of sentences": ["50%"],
        "TIFF: share of sentences": ["20%"],
    }
    ends = {"difference": [0.0941], "difference_low": [-0.04], "difference_high": [0.216]}
    assert readable(show(table.assign(**ends), corpus).table).iloc[0, -1] == "+9 [−4, +22]"
    wide = pd.DataFrame({"interview": ["tiff"], "one": ["coder-c"], "only_first": [3], "tiff": [1]})
    assert readable(show(wide, corpus).table).to_dict("list") == {
        "Interview": ["TIFF"],
        "First coding": ["the third reading"],
        "Only the first": ["3"],
        "TIFF": ["1"],
    }


def test_an_interval_stands_beside_its_number():
    table = pd.DataFrame(
        {
            "count_a": [1],
            "rate_a": [10.04],
            "rate_low_a": [0.55],
            "rate_high_a": [float("inf")],
            "low": [3],
            "high": [4],
        }
    )
    assert readable(table).to_dict("records") == [
        {
            "a: count": "1",
            "a: per 1,000 words": "10.0 [0.6, unbounded]",
            "low": "3",
            "high": "4",
        }
    ]


def test_the_index_is_shown_if_it_has_a_name():
    table = pd.DataFrame({"who": ["x", "x"], "what": ["y", "z"], "n": [1, 2]})
    assert list(readable(table.loc[[1]])) == ["who", "what", "n"]
    assert readable(table.pivot(index="who", columns="what", values="n")).to_dict("list") == {
        "who": ["x"],
        "y": ["1"],
        "z": ["2"],
    }


def test_a_long_table_goes_over_pages_and_says_its_caption_once():
    written = as_latex(pd.DataFrame({"n": range(41)}), "Fifty % of it", "tab:x")
    assert written.startswith("\\begin{longtable}{r}")
    assert written.count(r"Fifty \% of it") == 1
    assert r"\label{tab:x}" in written
    assert as_latex(pd.DataFrame({"n": range(40)}), "c").startswith("\\begin{table}")


def test_what_is_too_wide_for_a_page_is_set_smaller_and_long_text_in_lines(study):
    long = pd.DataFrame({"text": ["word " * 30], "n": [1]})
    assert as_latex(long).startswith("\\begin{tabular}{p{5cm}r}")
    numbers = pd.DataFrame({f"a number {place}": [1] for place in range(8)})
    assert as_latex(numbers, "c").splitlines()[3].startswith("\\footnotesize\\setlength")
    over_pages = as_latex(pd.concat([numbers] * 41), "c")
    assert over_pages.startswith("{\\footnotesize") and over_pages.endswith("\\end{longtable}\n}\n")
    for made in (*study.figures, *study.tables):
        table = readable(made.read)
        widths = [max(map(len, [name, *table[name]])) for name in table]
        assert sum(min(width, 40) + 2 for width in widths) <= max(
            tables_of_the_study._LINES.values()
        ), made.slug


def test_people_read_labels_headers_in_words_and_the_digits_of_the_prose():
    table = pd.DataFrame(
        {
            "interview": ["tiff", "indiewire"],
            "vocabulary": ["only tiff", "shared"],
            "count_tiff": [1200, 3],
            "p_max_t": [0.88123, 0.0004],
            "share": [0.158, 1.0],
            "log_ratio": [-2.25, 0.5],
            "log_ratio_low": [-6.06, -1.0],
            "log_ratio_high": [1.7, float("inf")],
        }
    )
    read = readable(as_read(table, labels={"tiff": "TIFF", "indiewire": "IndieWire"}))
    assert read.to_dict("list") == {
        "Interview": ["TIFF", "IndieWire"],
        "Occurs in": ["only TIFF", "both"],
        "TIFF: count": ["1,200", "3"],
        "p, family-wise": ["0.88", "0.0004"],
        "Share of sentences": ["16%", "100%"],
        "Log ratio": ["−2.2 [−6.1, 1.7]", "0.5 [−1.0, unbounded]"],
    }
    assert len(as_read(pd.DataFrame({"n": range(30)}))) == 10
    kinds = pd.DataFrame({"label": ["WORK_OF_ART", "WORK_OF_ART"], "role": "boilerplate"})
    assert as_read(kinds).to_numpy().tolist() == [["work", "page furniture"]], "each row once"


def test_kinds_of_names_are_told_apart():
    kinds = as_read(pd.DataFrame({"label": [*LABELS]}), most=99)["label"]
    assert kinds.is_unique and not set(kinds) & {*LABELS}


def test_the_tables_of_the_study_say_of_how_many_words_and_fit_a_page(study):
    made = study.tables
    assert [table.slug for table in made] == [
        *("frequencies", "keyness", "vocabulary", "names-compared", "names-by-voice"),
        *("names-together", "entity-accuracy"),
    ]
    for table in made:
        shown = readable(table.read)
        assert shown.shape[1] <= 10 and len(shown) <= 16
        assert re.search(r"\d", table.caption)
        assert not shown.isin(["indiewire", "tiff"]).any(axis=None), "labels, not ids"
        assert not any("_" in header for header in shown)
        assert ("the csv has all" in table.caption) == (len(shown) < len(table.table))
    for table in made[:3]:
        assert "907 words" in table.caption and "197 words" in table.caption
        assert "95% interval" in table.caption


def test_mentions_by_voice_are_per_thousand_words_of_that_voice(study):
    (table,) = (one.table for one in study.tables if one.slug == "names-by-voice")
    assert table.groupby(["interview", "voice"])["words"].first().to_dict() == {
        ("indiewire", "interviewee"): 907,
        ("indiewire", "others"): 1340 - 907,
        ("tiff", "interviewee"): 197,
        ("tiff", "others"): 566 - 197,
    }
    assert table["rate"].to_list() == pytest.approx(
        (1000 * table["count"] / table["words"]).to_list()
    )


def test_without_gold_there_is_no_accuracy(tmp_path):
    made = study_tables(load_corpus("seeds", tmp_path / "none"))
    assert "entity-accuracy" not in [table.slug for table in made]
