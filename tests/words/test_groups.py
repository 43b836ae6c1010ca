"""Groups of interviews and of rows: who is in which, what is planted, what is too small."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from analysis import SourceError, load_corpus, load_interviews
from analysis.annotation.terms import terms_of
from analysis.figures import keywords
from analysis.names.mentions import co_mentions, shared_names
from analysis.study.tables import vocabulary as vocabulary_of
from analysis.themes.shares import theme_differences, who_raises
from analysis.words.comparison import keyness, keyness_against_rest, keyness_pairwise
from analysis.words.counts import frequencies, vocabulary
from analysis.words.groups import as_interviews, group_by
from analysis.words.sensitivity import keyword_sensitivity

COMPUTED = ["q", "p_family"]


@pytest.fixture(scope="module")
def corpus():
    return load_corpus("seeds")


@pytest.fixture
def folder(tmp_path):
    """Three interviews, of which one says neither date nor medium."""
    facts = {
        "a": 'date = 2013-12-16\n[interview.about]\nmedium = "print"\n',
        "b": 'date = "16 May 2014"\n[interview.about]\nmedium = "radio"\ndecade = "2010s"\n',
        "c": "",
    }
    entries = []
    for name, more in facts.items():
        (tmp_path / f"{name}.txt").write_text("Why?\n\nBecause it rained.\n", encoding="utf-8")
        entries.append(
            f'[[interview]]\nid = "{name}"\nfile = "{name}.txt"\ninterviewee = "Ann Lee"\n{more}'
        )
    (tmp_path / "interviews.toml").write_text("\n".join(entries), encoding="utf-8")
    return tmp_path


def test_what_a_researcher_adds_becomes_a_column(folder):
    table = load_interviews(folder)
    assert list(table.columns)[-3:] == ["characters", "medium", "decade"]
    assert table["medium"].fillna("?").to_list() == ["print", "radio", "?"]
    assert table["decade"].fillna("?").to_list() == ["?", "2010s", "?"]
    assert table["medium"].dtype == table["publication"].dtype == "str"


def test_without_own_facts_the_columns_are_as_before():
    assert list(load_interviews("seeds").columns)[-1] == "characters"


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ('[interview.about]\npublication = "x"', "'publication', which is already the name"),
        ('[interview.about]\nyear = "2013"', "'year', which is already the name"),
        ('[interview.about]\nlemma = "x"', "'lemma', which is already the name"),
        (
            "[interview.about]\ndecade = 2010",
            "interview 1 .*, about, decade: must be text",
        ),
        ('[interview.about]\n"the decade" = "2010s"', "may contain only letters"),
        ('about = "x"', "not a table; write \\[interview.about\\]"),
    ],
)
def test_facts_that_cannot_be_columns_are_refused(folder_with, about, message):
    with pytest.raises(SourceError, match=message):
        load_interviews(folder_with("Why?\n\nBecause it rained.\n", about))


def test_groups_by_any_column(folder):
    interviews = load_interviews(folder)
    words = pd.DataFrame(
        {
            "interview": ["c", "b", "a", "a"],
            "utterance": [0, 0, 0, 1],
            "speaker": ["x", None, "y", "x"],
        }
    )

    def grouped(column):
        return group_by(words, interviews, column)["group"].fillna("?").to_list()

    assert grouped("interview") == ["c", "b", "a", "a"]
    assert grouped("year") == ["?", "2014", "2013", "2013"]
    assert grouped("medium") == ["?", "radio", "print", "print"]
    assert grouped("interviewee") == ["Ann Lee"] * 4
    assert grouped("speaker") == ["x", "?", "y", "x"]
    assert words.columns.to_list() == [
        "interview",
        "utterance",
        "speaker",
    ], "the table itself stays"


@pytest.mark.parametrize(
    ("date", "year"), [("16 December 2013", "2013"), ("20131216", "?"), ("12/2013", "2013")]
)
def test_the_year_is_the_number_of_four_digits(date, year):
    interviews = pd.DataFrame({"interview": ["a"], "date": [date]})
    assert group_by(pd.DataFrame({"interview": ["a"]}), interviews, "year")["group"].fillna(
        "?"
    ).to_list() == [year]


def test_an_unknown_column_or_interview_is_named(folder):
    interviews = load_interviews(folder)
    with pytest.raises(SourceError, match=r"no column 'mood'.*medium.*\[interview.about\]"):
        group_by(pd.DataFrame({"interview": ["a"]}), interviews, "mood")
    with pytest.raises(ValueError, match="the interview 'z' is not in the list"):
        group_by(pd.DataFrame({"interview": ["a", "z"]}), interviews, "medium")


# ---- keyness of n groups
# ------------------------------------------------------------------------------

TYPES = [f"w{number:02}" for number in range(40)]


def speak(
    groups: int, *, planted: dict[str, str] | None = None, seed: int = 1, utterances: int = 8
) -> pd.DataFrame:
    """Groups that draw from the same words, but for a planted word in some, 4 in 40 words."""
    generator = np.random.default_rng(seed)
    rows = []
    for name in "abcdefghijkl"[:groups]:
        for utterance in range(utterances):
            said = generator.choice(TYPES, 40).tolist()
            said[:4] = [planted[name]] * 4 if planted and name in planted else said[:4]
            rows += [(name, utterance, term) for term in said]
    return pd.DataFrame(rows, columns=["interview", "utterance", "term"]).astype(
        {"interview": "str", "term": "str"}
    )


@pytest.mark.parametrize("groups", [3, 4, 5])
def test_planted_keywords_are_found_where_they_are_and_nothing_else(groups):
    words = speak(groups, planted={"a": "rain", "c": "snow"})
    table, left_out = keyness_against_rest(words, permutations=999)
    assert left_out.empty
    found = table[(table["p_family"] < 0.05) & (table["log_ratio"] > 0)]
    assert set(zip(found["target"], found["term"], strict=True)) == {("a", "rain"), ("c", "snow")}
    pairs, left_out = keyness_pairwise(words, permutations=999)
    assert left_out.empty
    names = "abcde"[:groups]
    assert len(pairs[["target", "reference"]].drop_duplicates()) == groups * (groups - 1) / 2
    found = pairs[pairs["p_family"] < 0.05]
    expected = {(one, other, "rain") for one, other in pairs_of(names) if "a" in (one, other)}
    expected |= {(one, other, "snow") for one, other in pairs_of(names) if "c" in (one, other)}
    assert set(zip(found["target"], found["reference"], found["term"], strict=True)) == expected


def pairs_of(names):
    return [(one, other) for number, one in enumerate(names) for other in names[number + 1 :]]


def test_two_groups_pairwise_are_keyness():
    words = speak(2, planted={"a": "rain"})
    table, _ = keyness_pairwise(words, permutations=200)
    expected = keyness(words, "a", "b", permutations=200)
    pd.testing.assert_frame_equal(table[expected.columns], expected)
    assert table["p_family"].to_list() == expected["p_max_t"].to_list()


def test_two_groups_against_the_rest_mirror_each_other():
    words = speak(2, planted={"a": "rain"})
    table, _ = keyness_against_rest(words, permutations=200)
    one, other = (table[table["target"] == name].set_index("term").sort_index() for name in "ab")
    pd.testing.assert_series_equal(one["log_ratio"], -other["log_ratio"])
    pd.testing.assert_series_equal(
        one["log_ratio_low"], -other["log_ratio_high"], check_names=False
    )
    for same in ("p_family", "p_max_t", "q", "g2_four_cell"):
        pd.testing.assert_series_equal(one[same], other[same])
    expected = keyness(words, "a", "b", permutations=200).set_index("term").sort_index()
    pd.testing.assert_series_equal(one["p_family"], expected["p_max_t"], check_names=False)
    pd.testing.assert_series_equal(one["q"], expected["q"])


def test_the_family_is_all_terms_of_all_comparisons():
    words = speak(4, planted={"b": "rain"})
    for table, comparisons in (
        (keyness_pairwise(words, permutations=200)[0], 6),
        (keyness_against_rest(words, permutations=200)[0], 4),
    ):
        assert (
            table["p_family"].to_list() == (table["p_max_t"] * comparisons).clip(upper=1).to_list()
        )
        assert table["q"].to_list() == false_discovery_control(table["p"]).tolist()
        alone = keyness(words, "b", [*"acd"], permutations=200)
        if comparisons == 4:
            rows = table[table["target"] == "b"].reset_index(drop=True)
            same = [column for column in alone if column not in COMPUTED]
            pd.testing.assert_frame_equal(rows[same], alone[same])


def test_the_order_of_the_rows_changes_nothing_and_groups_can_be_ordered():
    words = speak(3)
    expected = keyness_pairwise(words, permutations=50)[0]
    pd.testing.assert_frame_equal(
        keyness_pairwise(words.sample(frac=1, random_state=1), permutations=50)[0], expected
    )
    turned = keyness_pairwise(words, groups=["c", "a"], permutations=50)[0]
    assert set(turned["target"]) == {"c"}
    assert set(turned["reference"]) == {"a"}
    with pytest.raises(ValueError, match="no word has the value 'z' in the column 'interview'"):
        keyness_pairwise(words, groups=["a", "z"])
    with pytest.raises(ValueError, match="named twice"):
        keyness_against_rest(words, groups=["a", "a"])


def test_what_is_too_small_is_left_out_and_named():
    words = speak(3)
    words = words[(words["interview"] != "b") | (words["utterance"] < 4)]
    table, left_out = keyness_pairwise(words, permutations=50)
    assert set(zip(table["target"], table["reference"], strict=True)) == {("a", "c")}
    assert left_out[["target", "reference"]].values.tolist() == [["a", "b"], ["b", "c"]]
    assert left_out["reason"].str.extract(r"the (\w+) has fewer than 5 utterances")[
        0
    ].to_list() == ["reference", "target"]
    assert left_out["utterances_target"].to_list() == [8, 4]
    assert (table["p_family"] == np.minimum(3 * table["p_max_t"], 1)).all(), (
        "the family is as it was planned"
    )
    rest, left_out = keyness_against_rest(words, permutations=50)
    assert set(rest["target"]) == {"a", "c"}
    assert left_out["target"].to_list() == ["b"]
    a = rest[rest["target"] == "a"]
    assert (a["count_target"] + a["count_reference"]).sum() == len(words), (
        "it is still in the rest of the others"
    )
    alone = keyness_pairwise(words, permutations=0, intervals=False)
    assert alone[1].empty
    assert alone[0]["p_family"].isna().all()


def test_own_terms_are_those_that_the_target_has():
    words = speak(3, planted={"a": "rain"})
    every, _ = keyness_against_rest(words, permutations=0)
    own, _ = keyness_against_rest(words, own=True, permutations=0)
    expected = every[every["count_target"] > 0].reset_index(drop=True)
    assert len(expected) < len(every)
    pd.testing.assert_frame_equal(own.drop(columns="q"), expected.drop(columns="q"))
    assert own["q"].to_list() == false_discovery_control(own["p"]).tolist()


def test_words_without_a_group_are_counted_and_compared_with_nothing():
    words = speak(3)
    words["year"] = words["interview"].map({"a": "2013", "b": "2014"})
    table, left_out = keyness_against_rest(words, by="year", permutations=50)
    assert set(table["target"]) == {"2013", "2014"}
    assert (table["count_target"] + table["count_reference"]).sum() == 2 * (
        words["year"].notna()
    ).sum()
    assert left_out["reason"].to_list() == ["words with no year: 320"]
    assert left_out["target"].isna().all()


@pytest.mark.parametrize("compare", [keyness_pairwise, keyness_against_rest])
def test_one_group_makes_an_empty_table_of_the_same_columns(compare):
    table, left_out = compare(speak(1))
    assert table.empty
    assert left_out.empty
    full = compare(speak(3), permutations=20)[0]
    assert table.dtypes.to_dict() == full.dtypes.to_dict()
    table, left_out = compare(speak(3), minimum=10_000)
    assert table.empty
    assert left_out["reason"].unique().tolist() == ["no term occurs 10000 times or more"]


def test_an_utterance_is_never_on_two_sides():
    words = speak(3).assign(half=lambda table: np.where(table.index % 2, "odd", "even"))
    with pytest.raises(ValueError, match="assign each utterance to one side"):
        keyness_pairwise(words, by="half", permutations=20)


def test_speakers_and_the_seeds_are_grouped_in_one_line(corpus):
    tokens, interviews = corpus.tokens, corpus.interviews
    counted = group_by(terms_of(tokens), interviews, "role")
    table, left_out = keyness_against_rest(counted, by="group", permutations=0)
    assert set(table["target"]) | set(left_out["target"].dropna()) == set(tokens["role"])
    named = group_by(terms_of(tokens), interviews, "publication")
    pair = keyness_pairwise(named[named["role"] == "interviewee"], by="group", permutations=0)[0]
    expected = keyness(named[named["role"] == "interviewee"], "indiewire", "tiff", permutations=0)
    pd.testing.assert_frame_equal(pair[expected.columns], expected)


# ---- what else compares
# ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three(corpus):
    """The seeds with the longer interview in two: groups that are not interviews."""
    tokens = terms_of(corpus.tokens)
    late = tokens["interview"].eq("indiewire") & (tokens["utterance"] > 25)
    return tokens.assign(part=tokens["interview"].mask(late, "later"))


def test_words_of_other_groups_stand_side_by_side(three):
    known = three.assign(part=three["part"].mask(three["part"] == "tiff"))
    table = vocabulary(frequencies(known, ["part"]), by="part")
    assert {"count_indiewire", "count_later"} < set(table)
    assert "count_tiff" not in table
    counted = three[three["part"] == "later"]["term"].value_counts()
    assert (
        table.set_index("term")["count_later"][lambda column: column > 0].to_dict()
        == counted.to_dict()
    )
    same = three.assign(source=three["interview"])
    pd.testing.assert_frame_equal(
        vocabulary(frequencies(same, ["source"]), by="source"),
        vocabulary(frequencies(same)),
        check_names=False,
    )


def test_names_of_other_groups_are_compared(three):
    entities = pd.DataFrame(
        {
            "interview": "a",
            "canonical": ["X", "Y", "X", "Y", "Y"],
            "utterance": [0, 0, 1, 1, 2],
            "sentence": 0,
        }
    )
    entities = entities.assign(part=["early", "early", "late", "late", None])
    table = co_mentions(entities, by="part")
    assert table[["part", "first", "second", "together"]].values.tolist() == [
        ["early", "X", "Y", 1],
        ["late", "X", "Y", 1],
    ]
    rows = three[three["part"].notna()]
    first = rows.groupby("part").head(1)
    mentions = first.assign(canonical=["A", "B", "A"], label="PERSON")[
        ["interview", "canonical", "label", "start", "end"]
    ]
    names = shared_names(rows, mentions, by="part")
    assert set(names["where"]) <= {"shared", "some", "only indiewire", "only later", "only tiff"}
    assert names[["count_indiewire", "count_later", "count_tiff"]].to_numpy().sum() == 3


def test_the_rest_stands_for_a_missing_reference(three, corpus):
    with_rest = keyword_sensitivity(three, corpus.titles, "tiff", by="part", permutations=0)
    pair = keyword_sensitivity(three, corpus.titles, "tiff", "indiewire", permutations=0)
    pd.testing.assert_frame_equal(with_rest, pair)
    units = pd.DataFrame({"interview": list("aabbcc") * 5, "utterance": range(30), "sentence": 0})
    coded = units[units["interview"] != "b"].assign(theme="rain")
    rest = theme_differences(units, coded, ["rain"], "a", permutations=99)
    assert rest[["share_target", "share_reference"]].values.tolist() == [[1.0, 0.5]]
    grouped = units.assign(group=units["interview"].map({"a": "x", "b": "y", "c": None}))
    pair = theme_differences(grouped, coded, ["rain"], "x", by="group", permutations=99)
    pd.testing.assert_frame_equal(
        pair, theme_differences(units, coded, ["rain"], "a", "b", permutations=99)
    )


def test_exchanges_of_two_interviews_are_not_one_exchange():
    rows = pd.DataFrame(
        {"role": ["interviewer", "interviewee"] * 2, "exchange": 0, "interview": list("aabb")}
    )
    rows = rows.assign(utterance=[0, 1] * 2, sentence=0, group="all")
    coded = rows.iloc[[0, 3]].assign(theme="rain")
    table = who_raises(rows, coded, ["rain"], by="group")
    assert table[["group", "taken_up", "raised", "dropped", "neither"]].values.tolist() == [
        ["all", 0, 1, 1, 0]
    ]


def test_figures_of_groups_count_what_the_groups_say(corpus):
    late = corpus.terms["utterance"] > corpus.terms["interview"].map({"indiewire": 25, "tiff": 3})
    said = corpus.terms.assign(group=late.map({True: "late", False: "early"}))
    groups, words = as_interviews(corpus.interviews, said)
    assert groups["label"].to_list() == ["early", "late"]
    utterances = said[["group", "interview", "utterance"]].drop_duplicates()
    numbered = words[["interview", "utterance"]].drop_duplicates()
    assert (
        numbered.groupby("interview").size().to_dict()
        == utterances.groupby("group").size().to_dict()
    )
    expected = keyness(said, "early", "late", by="group", permutations=0)
    pd.testing.assert_frame_equal(keyness(words, "early", "late", permutations=0), expected)
    # Their keyness is given, so that no permutation is dealt for a figure.
    apart = keywords(corpus.with_tables(interviews=groups, terms=words, keyness=expected))
    assert apart.title.startswith("Words that differ most in frequency between early and late")
    assert set(apart.table["log_ratio"].abs()) <= set(expected["log_ratio"].abs())
    assert len(apart.table)
    third = said.assign(group=said["group"].mask(said["utterance"] % 3 == 0, "third"))
    groups, words = as_interviews(corpus.interviews, third)
    three = corpus.with_tables(interviews=groups, terms=words)
    assert "in all" in vocabulary_of(three).caption


def test_the_stored_benchmark_holds_what_the_docstring_promises(root):
    text = (root / "benchmarks" / "group_keyness.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    header, scenarios = rows[0], rows[2:]
    assert len(scenarios) == 4
    for way in ("pairwise, p_family", "against the rest, p_family"):
        cells = [row[header.index(way)] for row in scenarios if row[header.index(way)]]
        assert len(cells) >= 3
        for cell in cells:
            share, error = map(float, cell.split("±"))
            assert share - 2 * error < 5
