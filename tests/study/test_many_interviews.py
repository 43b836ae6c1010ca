"""One interview, four, twelve: the same figures, tables and findings."""

import json
import re

import pytest
from artists import artists
from stored import as_stored

from analysis import load_corpus
from analysis.figures.style import PROFILES
from analysis.figures.thematic import themes
from analysis.files import write_files
from analysis.study.contents import left_out, study_figures, study_findings, study_tables
from analysis.study.export import exported, input_hashes
from analysis.study.findings import words_apart_of_many
from analysis.study.tables import keywords

NUMBERS = (1, 4, 12)
COMPARING = {"keywords"}
EVERYWHERE = {
    *("voices", "frequent-words", "names", "word-clouds"),
    *("themes", "theme-map", "themes-together"),
}
PAIR = {1: "intimacy-and-technology", 4: "process-and-films", 12: "intimacy-and-technology"}


@pytest.fixture(scope="module")
def corpora(many_interviews):
    # Of four, the first has too few answers to be compared, and the pair is not the first two.
    sizes = {1: {}, 4: {"short": 2}, 12: {"exchanges": 3}}
    pairs = {4: ("films", "process")}
    return {
        number: load_corpus(many_interviews(number, **sizes[number]), pair=pairs.get(number))
        for number in NUMBERS
    }


@pytest.fixture(scope="module")
def drawn(corpora):
    return {
        number: {one.slug: one for one in study_figures(corpus)}
        for number, corpus in corpora.items()
    }


def test_each_number_has_its_figures(drawn):
    for number in NUMBERS:
        assert set(drawn[number]) == EVERYWHERE | {PAIR[number]} | (
            COMPARING if number > 1 else set()
        )


def test_what_there_is_too_little_for_is_said(corpora):
    assert left_out(corpora[1]) == [
        "Keywords are left out because they compare interviews, and there is only one."
    ]
    assert left_out(corpora[12]) == [
        "No keywords are shown for Talk 5, because the interviewee has fewer than 5 utterances"
        " there."
    ]
    assert left_out(corpora[4]) == [
        "No keywords are shown for Talk 1, because the interviewee has fewer than 5 utterances"
        " there."
    ]


def test_where_nobody_says_a_content_word_there_is_no_table_of_words(corpora):
    silent = corpora[1].with_tables(terms=corpora[1].terms.head(0))
    assert [one.slug for one in study_tables(silent)] == ["names-by-voice", "names-together"]


def test_an_interview_in_another_language_is_said_to_be_unreliable(root, tmp_path):
    source = root / "tests" / "gold-headings" / "fett.txt"
    (tmp_path / "fett.txt").write_bytes(source.read_bytes())
    entry = '[[interview]]\nid = "fett"\nfile = "fett.txt"\nlabel = "Fett"\n'
    (tmp_path / "interviews.toml").write_text(entry, encoding="utf-8")
    assert left_out(load_corpus(tmp_path))[0] == (
        "Fett seems to be in a language other than English. Lemmas, names and themes are found with"
        " models and word lists made for English, so nothing said about it here can be relied on."
    )


@pytest.mark.parametrize(("number", "profile"), [(4, "single"), (12, "slide")])
def test_other_pages_are_drawn_too(drawn, number, profile):
    # The sentences of twelve interviews are many; those of four show as much.
    left = {PAIR[12]} if number == 12 else set()
    made = {
        f"{slug}.svg": artists(figure.draw(PROFILES[profile]))
        for slug, figure in drawn[number].items()
        if slug not in left
    }
    assert all("\naxes" in told for told in made.values())
    as_stored(f"marks-of-{number}", made)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_the_figures_of_any_number_say_is_as_stored(corpora, drawn, number):
    told = {}
    for slug, figure in drawn[number].items():
        told |= {f"{slug}.txt": "\n".join((figure.title, figure.caption, figure.alt))}
        told |= {f"{slug}.csv": figure.table, f"{slug} as read": figure.read}
    as_stored(f"told-of-{number}", told)


def test_sentences_are_counted_in_the_legend_of_two_interviews_and_not_of_three(corpora):
    def drawn_of(number):
        labels = dict(list(corpora[12].labels.items())[:number])
        shares = corpora[12].theme_shares
        shares = shares[shares["interview"].isin(list(labels))]
        return artists(themes(corpora[12].with_tables(labels=labels, theme_shares=shares)).figure)

    assert "sentences)" in drawn_of(2)
    assert "sentences)" not in drawn_of(3)


def test_what_sets_one_of_many_apart_is_said_as_stored(corpora):
    rest, missing = corpora[4].keyness_against_rest
    pairs, unpaired = corpora[4].keyness_pairwise
    # As if every seventh word, and two of three pairs, were told apart.
    rest = rest.assign(p_family=rest["p_family"].where(rest.index % 7 > 0, 0.049))
    told = pairs.groupby(["target", "reference"]).ngroup() < 2
    pairs = pairs.assign(p_family=pairs["p_family"].mask(told, 0.049))
    changed = corpora[4].with_tables(
        keyness_against_rest=(rest, missing), keyness_pairwise=(pairs, unpaired)
    )
    found = {one.id: (one.sentence, [*one.values.items()]) for one in words_apart_of_many(changed)}
    assert found["words_apart_of_many.pairs"][1][:2] == [("pairs", 3), ("apart", 2)]
    as_stored("apart-of-many", found)


@pytest.mark.parametrize("number", NUMBERS[:2])
@pytest.mark.usefixtures("svg_alone")
def test_a_study_of_any_number_is_exported_with_tables_and_findings(
    corpora, drawn, number, tmp_path
):
    corpus = corpora[number]
    tables, findings = study_tables(corpus), study_findings(corpus)
    slugs = [table.slug for table in tables]
    if number == 1:
        assert slugs == ["frequencies", "names-by-voice", "names-together"]
    else:
        assert slugs == [
            "frequencies",
            "keyness",
            "keyness-pairwise",
            "vocabulary",
            "names-compared",
            "names-by-voice",
            "names-together",
        ]
        pairs = tables[2].table[["target", "reference"]].drop_duplicates()
        compared = number - (number == 4)
        assert len(pairs) == compared * (compared - 1) / 2
        told = {finding.id for finding in findings}
        assert {"words_apart_of_many.pairs", "diversity_of_many.hdd", "themes_told.apart"} <= told
        assert ("words_apart_of_many.left_out" in told) == (number == 4)
    sentences = left_out(corpus)
    few = [figure for slug, figure in drawn[number].items() if slug in ("voices", "keywords")]
    inputs = input_hashes(corpus.folder)
    files = exported(few, inputs, tables, findings, left_out=sentences)
    as_stored(f"study-of-{number}", files)
    write_files(files, tmp_path)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert index.get("left_out", []) == sentences
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(sentence in page for sentence in sentences)
    assert not re.search(r"\bnan\b", " ".join(finding.sentence for finding in findings))


def test_beyond_those_drawn_keywords_are_those_of_every_interview(many_interviews, monkeypatch):
    for module in ("analysis.corpus", "analysis.study.tables"):
        monkeypatch.setattr(f"{module}.MOST_COMPARED", 3)
    corpus = load_corpus(many_interviews(5))
    first = list(corpus.labels)[:3]
    against_rest, pairwise = keywords(corpus)
    assert list(against_rest.table["target"].unique()) == list(corpus.labels)
    assert against_rest.table["q"].notna().all()
    # Without permutations there is no family-wise p to read.
    assert not any("family" in str(column) for column in against_rest.read)
    assert "no permutation test is run" in against_rest.caption
    assert "5 interviews" in against_rest.caption
    assert set(pairwise.table["target"]) | set(pairwise.table["reference"]) == set(first)
    assert "each interview’s keywords" in left_out(corpus)[0]
