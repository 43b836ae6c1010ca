"""The codebook is read as it is written, and a fault in it is named."""

import pytest

from analysis import SourceError
from analysis.themes.codebook import load_codebook, load_indicators, load_pair

THEME = '[[theme]]\nid = "rain"\nname = "Rain"\ndefinition = "Water from above."\n'


@pytest.fixture
def write(tmp_path):
    def _write(text: str):
        path = tmp_path / "codebook.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def test_the_pair_is_the_two_themes_it_names(write):
    themes = f'{THEME}lemmas = ["drop"]\n{THEME.replace("rain", "wind")}lemmas = ["gust"]\n'
    assert load_pair(write('pair = ["wind", "rain"]\n' + themes)) == ("wind", "rain")
    assert load_pair(write(themes)) is None


def test_the_themes_of_the_study_are_those_the_issue_asks_for():
    themes = load_codebook()
    assert list(themes["theme"]) == [
        "intimacy",
        "technology",
        "process",
        "collaboration",
        "emotion",
        "films",
    ]
    assert themes.notna().all(axis=None), (
        "every theme says what counts, what does not, and gives an example of each"
    )
    assert set(load_indicators()["theme"]) == set(themes["theme"])


def test_indicators_of_all_kinds_become_patterns(write):
    path = write(
        THEME
        + 'lemmas = ["drop", "pour/VERB"]\nphrases = ["heavy shower"]\nmentions = ["GPE"]\npatterns'
        ' = [[{LEMMA = "get"}, {}, {LOWER = "wet"}], [{ENT_TYPE = "PERSON"}, {LEMMA ='
        ' "drip"}]]\nnegated = false\n'
    )
    table = load_indicators(path)
    assert table["kind"].to_list() == ["lemma", "lemma", "phrase", "mention", "pattern", "pattern"]
    assert table["pattern"].to_list() == [
        [{"LEMMA": "drop", "ENT_TYPE": ""}],
        [{"LEMMA": "pour", "POS": "VERB", "ENT_TYPE": ""}],
        [{"LEMMA": "heavy", "ENT_TYPE": ""}, {"LEMMA": "shower", "ENT_TYPE": ""}],
        [{"ENT_TYPE": "GPE", "OP": "+"}],
        [{"LEMMA": "get", "ENT_TYPE": ""}, {}, {"LOWER": "wet", "ENT_TYPE": ""}],
        [{"ENT_TYPE": "PERSON"}, {"LEMMA": "drip", "ENT_TYPE": ""}],
    ]
    assert not table["negated"].any()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("theme = 3", "may contain only [[theme]] tables"),
        ("[[themes]]\nid = 'a'", "may contain only [[theme]] tables"),
        ("[[theme", "not valid TOML"),
        ("theme = []", "may contain only [[theme]] tables"),
        ("pair = 'rain'\n" + THEME, "pair must be two theme ids"),
        ("pair = ['rain']\n" + THEME, "pair must be two theme ids"),
        ('[[theme]]\nid = "rain"\nname = "Rain"', "has no 'definition'"),
        (THEME.replace('"rain"', '""'), "id is not text on one line"),
        (THEME.replace('"rain"', '"ra\\nin"'), "id is not text on one line"),
        (THEME + "lemma = ['drop']", "unknown key 'lemma'"),
        (THEME + "lemmas = 'drop'", "lemmas is not a list of strings"),
        (THEME + "lemmas = ['drop', '']", "lemmas is not a list of strings"),
        (THEME + "lemmas = ['drop', 'drop']", "drop is listed twice"),
        (THEME + "lemmas = ['/VERB']", "is not a lemma with a part of speech"),
        (THEME + "lemmas = ['pour/verb']", "is not a lemma with a part of speech"),
        (THEME + "patterns = [['drop']]", "is not a list of tokens"),
        (THEME + "patterns = [[]]", "is not a list of tokens"),
        (THEME + "patterns = [3]", "3 is not a list of tokens"),
        (THEME + "patterns = [[{LEMA = 'drop'}]]", "cannot be read"),
        (THEME + "patterns = [[{TAG = 'NN'}]]", "TAG cannot be used here"),
        (THEME + "patterns = [[{LEMMA = 'drop', OP = '?!'}]]", "cannot be read"),
        (THEME + "negated = 'no'", "write true or false"),
        (THEME + THEME, "two themes have the id 'rain'"),
        (
            THEME.replace('"Rain"', '""'),
            "name is not text without control characters; write some text",
        ),
        (THEME, "theme 'rain' has no indicators"),
        (THEME + "lemmas = []", "theme 'rain' has no indicator"),
    ],
)
def test_a_fault_is_named_with_its_file(write, text, fault):
    path = write(text)
    with pytest.raises(SourceError, match=r"codebook\.toml") as error:
        load_codebook(path)
        load_indicators(path)
    assert fault in str(error.value)
    assert "\n" not in str(error.value)


def test_four_tokens_of_a_pattern_may_come_any_number_of_times(write):
    pattern = "{OP = '+'}, {OP = '*'}, " * 2 + "{LEMMA = 'drop'}"
    assert len(load_indicators(write(THEME + f"patterns = [[{pattern}]]"))) == 1


def test_a_missing_codebook_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SourceError, match=r"no such file|is a folder"):
            load_codebook(path)
