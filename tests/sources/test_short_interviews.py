"""Interviews of a few answers, or of one word: what cannot be made is named, the rest is made."""

import json
import re
import shutil
from functools import cache

import pytest

from analysis import load_corpus, load_tokens
from analysis.figures import keywords
from analysis.study.contents import left_out, study_figures, study_findings, study_tables
from analysis.study.export import exported
from analysis.themes.cooccurrence import co_occurrence
from analysis.themes.shares import theme_differences, theme_shares, who_raises
from analysis.words.comparison import keyness
from analysis.words.recurrence import recurring
from analysis.words.sketches import relations

THREE = [
    "The computer loves the boat and the river.",
    "Lovers write letters on a computer.",
    "A film about a boat.",
]
SIX = [
    "The boat was red.",
    "We filmed the river.",
    "It rained on the boat.",
    "The computer sang.",
    "Love!",
    "We left.",
]
OF_WORDS = {"frequent-words", "keywords", "word-clouds"}
TOO_SHORT = (
    "Keywords and the comparison of themes are left out because they need two interviews in which"
    " the interviewee has at least 5 utterances."
)
NO_THEME = (
    "Themes are left out because there is no codebook.toml that defines any. To get one to fill in,"
    " run “python -m analysis new FOLDER --codebook empty”."
)
NO_NAMES = "The names figure is left out because no name is mentioned more than once."
NO_WORD = "The word figures are left out because the interviewee uses no content words."


@pytest.fixture
def talks(tmp_path, root):
    """Make a folder of interviews, each given by its answers."""

    def make(*interviews, codebook=True):
        entries = []
        for number, answers in enumerate(interviews, 1):
            said = "\n\n".join(
                f"What came {place} then?\n\n{answer}" for place, answer in enumerate(answers, 1)
            )
            (tmp_path / f"t{number}.txt").write_text(said + "\n", encoding="utf-8")
            entries.append(
                f'[[interview]]\nid = "t{number}"\nlabel = "Talk {number}"\nfile ='
                f' "t{number}.txt"\ninterviewee = "Ann Lee"\nlayout = "q_and_a"\n'
            )
        (tmp_path / "interviews.toml").write_text("\n".join(entries), encoding="utf-8")
        if codebook:
            shutil.copy(root / "seeds" / "codebook.toml", tmp_path)
        return tmp_path

    return make


# What is asked of a folder more than once is computed once.
opened = cache(load_corpus)


def made(folder):
    """Make everything of a study, written nowhere: slugs of figures and tables, ids of findings."""
    corpus = opened(folder)
    figures, tables, findings = (
        study_figures(corpus),
        study_tables(corpus),
        study_findings(corpus),
    )
    assert not re.search(r"\bnan\b", " ".join(one.sentence for one in findings))
    return {one.slug for one in figures}, {one.slug for one in tables}, {one.id for one in findings}


def test_two_short_interviews_are_described_and_not_compared(talks):
    folder = talks(THREE, THREE[::-1])
    figures, tables, findings = made(folder)
    assert figures & OF_WORDS == OF_WORDS - {"keywords"}
    assert tables == {
        *("frequencies", "vocabulary", "names-compared", "names-by-voice", "names-together"),
    }
    assert not any(
        name.startswith(("words_apart", "keywords_by_way", "themes_told.apart"))
        for name in findings
    )
    assert {"words_used.most_frequent.t1", "themes_told.t2"} <= findings
    missing = left_out(opened(folder))
    assert missing == [TOO_SHORT, NO_NAMES]
    written = exported([], {}, left_out=missing)
    assert TOO_SHORT in written["index.html"].decode()
    assert json.loads(written["index.json"])["left_out"] == missing


def test_a_short_interview_beside_a_long_one(talks):
    folder = talks(THREE, SIX)
    figures, _, findings = made(folder)
    assert "keywords" not in figures
    assert not any(name.startswith("words_apart") for name in findings)
    assert left_out(opened(folder)) == [TOO_SHORT, NO_NAMES]


def test_of_three_the_short_one_is_named(talks):
    folder = talks(THREE, SIX, SIX)
    figures, tables, findings = made(folder)
    assert (
        "keywords" in figures and "keyness" in tables and "words_apart_of_many.left_out" in findings
    )
    assert left_out(opened(folder)) == [
        "No keywords are shown for Talk 1, because the interviewee has fewer than 5 utterances"
        " there.",
        NO_NAMES,
    ]


@pytest.mark.parametrize(
    "interviews", [[["Yes."]], [["Yes."], ["Yes.", "No."]], [["Yes."] * 6, ["No."] * 6]]
)
def test_without_a_content_word_there_are_no_figures_of_words(talks, interviews):
    folder = talks(*interviews, codebook=False)
    figures, tables, findings = made(folder)
    assert not figures & OF_WORDS
    assert "keyness" not in tables
    assert not any(name.startswith("words_") for name in findings)
    assert left_out(opened(folder)) == [NO_WORD, NO_NAMES, NO_THEME]


def test_one_who_says_no_content_word_is_named(talks):
    folder = talks(["Yes."], SIX)
    figures, _, findings = made(folder)
    assert figures & OF_WORDS == OF_WORDS - {"keywords"}
    assert "words_used.most_frequent.t1" not in findings
    silent = "No words are shown for Talk 1, because the interviewee uses no content words there."
    assert left_out(opened(folder)) == [TOO_SHORT, silent, NO_NAMES]
    (frequent,) = (one for one in study_figures(opened(folder)) if one.slug == "frequent-words")
    assert "Talk 1: none of these words" in frequent.alt
    (legend,) = frequent.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "Talk 1 (1 word)",
        "Talk 2 (19 words)",
    ]


def test_without_a_frequent_word_there_is_no_figure_of_keywords(talks):
    folder = talks(
        SIX,
        ["Dogs bark.", "Cars turn.", "Fish swim.", "Snow falls.", "Bells ring.", "Bread burns."],
    )
    figures, tables, findings = made(folder)
    assert "keywords" not in figures
    assert "keyness" in tables and "words_apart.told_apart" in findings
    assert (
        left_out(opened(folder))[0]
        == "The keyword figure is left out because no content word occurs at least 4 times."
    )


def test_a_single_sentence_is_a_study(talks):
    folder = talks(["The boat was red."])
    figures, _, _ = made(folder)
    assert figures & OF_WORDS == {"frequent-words", "word-clouds"}
    tokens = load_tokens(folder)
    found = relations(tokens[tokens["role"] == "interviewee"])
    assert found[["governor", "relation", "dependent"]].values.tolist() == [
        ["boat", "predicate", "red"]
    ]


RAIN = (
    '[[theme]]\nid = "rain"\nname = "Rain"\ndefinition = "Water from above."\nlemmas = ["rain"]\n'
)
SNOW = RAIN.replace("rain", "snow").replace("Rain", "Snow")


@pytest.mark.filterwarnings("error")
def test_one_theme_that_is_all_there_is(talks):
    folder = talks(SIX, THREE)
    (folder / "codebook.toml").write_text(RAIN, encoding="utf-8")
    figures, _, findings = made(folder)
    assert {"themes", "theme-map"} <= figures and "themes-together" not in figures
    assert {"themes_told.t1", "themes_told.t2", "themes_told.raised_t1"} <= findings
    assert (
        "The figure on themes that share a sentence is left out because the codebook has only one"
        " theme." in left_out(opened(folder))
    )


@pytest.mark.filterwarnings("error")
def test_themes_of_which_nobody_speaks(talks):
    folder = talks(SIX, SIX[::-1])
    (folder / "codebook.toml").write_text(SNOW + SNOW.replace("now", "leet"), encoding="utf-8")
    made(folder)
    told = {one.id: one.sentence for one in study_findings(opened(folder))}
    assert told["themes_told.t1"].startswith("Talk 1: no theme in the codebook occurs")
    assert "themes_told.apart" not in told
    assert told["themes_told.raised_t1"].endswith("no theme occurs in the answers.")


def test_a_theme_that_nobody_has_is_counted(talks):
    folder = talks(SIX, SIX[:5])
    (folder / "codebook.toml").write_text(SNOW + RAIN, encoding="utf-8")
    (apart,) = (one for one in study_findings(opened(folder)) if one.id == "themes_told.apart")
    assert apart.values["themes"] == 2 and apart.values["theme"] == "rain"


@pytest.fixture(scope="module")
def study():
    return load_corpus("seeds")


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (
            lambda s: keyness(s.tokens, "indiewire", "tiff"),
            "punctuation",
        ),
        (
            lambda s: keyness(s.terms, "indiewire", "tiff", by="foo"),
            "the words have no column 'foo'",
        ),
        (
            lambda s: keyness(s.terms, "indiewire", "tiff", cluster=["foo"]),
            "the words have no column 'foo'",
        ),
        (lambda s: keywords(s.with_tables(labels={"tiff": "TIFF"})), "there is only one"),
        (
            lambda s: theme_shares(s.sentences, s.codings, ["films"], by=["nope"]),
            "sentences have no column 'nope'",
        ),
        (
            lambda s: theme_differences(s.sentences, s.codings, ["films"], "a", by="nope"),
            "sentences have no column 'nope'",
        ),
        (
            lambda s: who_raises(s.sentences, s.codings, ["films"], by="nope"),
            "sentences have no column 'nope'",
        ),
    ],
)
def test_a_wrong_option_is_one_sentence(study, call, fault):
    with pytest.raises(ValueError, match=fault) as error:
        call(study)
    assert type(error.value) is ValueError
    assert "\n" not in str(error.value)


@pytest.mark.filterwarnings("error")
def test_of_nothing_there_is_an_empty_table(study):
    pair = ["technology", "intimacy"]
    assert recurring(study.tokens[:0]).empty
    assert recurring(study.tokens[:0], shuffles=0).empty
    none = co_occurrence(study.sentences[:0], study.codings, themes=pair)
    assert none["units"].to_list() == [0] and none["ratio"].isna().all()
    assert co_occurrence(study.sentences[:0], study.codings[:0]).empty
