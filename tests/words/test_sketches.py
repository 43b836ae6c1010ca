"""Word sketches: sentences labelled by hand before they were parsed, and the two interviews."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import load_tokens
from analysis.words.sketches import CREATES, PREVENTS, causes, relations, sketch


@pytest.fixture(scope="module")
def seeds() -> pd.DataFrame:
    return load_tokens("seeds")


@pytest.fixture(scope="module")
def related(seeds) -> pd.DataFrame:
    return relations(seeds)


def read_gold(path) -> pd.DataFrame:
    rows, sentence = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            sentence = line[2:]
        elif not line.startswith("#"):
            governor, relation, dependent, *negated = line.split("\t")
            rows.append((sentence, governor, relation, dependent, negated == ["not"]))
    return pd.DataFrame(rows, columns=["sentence", "governor", "relation", "dependent", "negated"])


def measured(root, annotated, name: str) -> tuple[float, float, set[str]]:
    """Return recall, precision, and the sentences in which something is missing or wrong."""
    gold = read_gold(root / "tests" / "gold" / name)
    sentences = gold["sentence"].drop_duplicates().to_list()
    tokens = annotated(sentences)
    form = tokens.set_index(["utterance", "token"])["text"]
    found = {
        (
            sentences[row.utterance],
            form[row.utterance, row.governor_token],
            row.relation,
            form[row.utterance, row.dependent_token],
            row.negated,
        )
        for row in relations(tokens).itertuples()
    }
    wanted = set(gold.itertuples(index=False, name=None))
    both = len(wanted & found)
    return both / len(wanted), both / len(found), {sentence for sentence, *_ in wanted ^ found}


def test_short_sentences_labelled_by_hand(root, annotated):
    # 172 of 186 relations on the first run; 181 were found. What is wrong below is wrong in the
    # parse already.
    recall, precision, faulty = measured(root, annotated, "relations.txt")
    assert recall >= 0.92
    assert precision >= 0.95
    assert faulty == {
        "Fear hinders and blocks trust.",  # fear a verb, hinders a noun
        "The screens that separate families are cheap.",  # separate an adjective
        "A wish to belong drove the boy.",  # belong an auxiliary
        "They use radios to talk.",  # radios to talk, as in: radios to sell
        "Lovers who lie lose respect.",  # lose a preposition
        "They fell in love with a voice.",  # fell with a voice
    }


def test_longer_sentences_labelled_by_hand(root, annotated):
    # 65 of 82 on the first run, of 82 found: on sentences like those people speak one relation in
    # five is wrong.
    recall, precision, faulty = measured(root, annotated, "relations-longer.txt")
    assert recall >= 0.82
    assert precision >= 0.82
    assert faulty == {
        "My brothers both sing and dance.",  # dance a noun
        "The radio was a gift that my father, who worked at sea, sent us every summer.",
        (
            "There are things in a town and things in a family that stop people from leaving or"
            " stop them from dreaming."
        ),
        "Nobody told me that writing songs would be so hard to explain to a child.",
        ("What I remember is the smell of the old theatre and the noise that the projector made."),
        (  # informs a noun
            "Television both informs and misleads its viewers, and that worries the teachers I"
            " talk to."
        ),
    }


def test_what_the_interviews_say_of_technology(related):
    found = sketch(related[related["role"] == "interviewee"], "technology")
    told = set(found[["interview", "relation", "collocate"]].itertuples(index=False, name=None))
    # Read in the sources: what he does with it in the one, what it does in the other, and the fear
    # of it.
    assert told >= {
        ("indiewire", "object of", "use"),
        ("tiff", "subject of", "help"),
        ("tiff", "subject of", "hinder"),
        ("tiff", "… of ~", "afraid"),
    }
    # Known faults of the parse: it joins technology, which begins a new clause, to the desire
    # before it.
    assert told >= {("tiff", "and/or", "desire"), ("tiff", "… about ~", "movie")}


def test_what_prevents_and_what_creates_intimacy(related):
    found = causes(related, ["intimacy", "connection"])
    told = found[["cause", "verb", "polarity", "node"]].drop_duplicates()
    assert set(told.itertuples(index=False, name=None)) == {
        ("thing", "prevent", "prevents", "intimacy"),
        ("thing", "prevent", "prevents", "connection"),
        ("way", "create", "creates", "intimacy"),
        ("they", "create", "creates", "intimacy"),
    }


@pytest.mark.parametrize(
    ("sentence", "node", "expected"),
    [
        ("Fear prevents trust.", "trust", ("fear", "prevent", "prevents", "object of", False)),
        (
            "Our trust was destroyed by fear.",
            "trust",
            ("fear", "destroy", "prevents", "object of", False),
        ),
        (
            "Music helps people connect.",
            "connect",
            ("music", "help", "creates", "complement of", False),
        ),
        (
            "Silence lets love grow.",
            "love",
            ("silence", "let", "creates", "subject of complement of", False),
        ),
        (
            "Pride keeps brothers from love.",
            "love",
            ("pride", "keep", "prevents", "… from ~", False),
        ),
        (
            "Machines do not create trust.",
            "trust",
            ("machine", "create", "creates", "object of", True),
        ),
    ],
)
def test_causes_by_their_grammar(sentence, node, expected, annotated):
    found = causes(relations(annotated([sentence])), node)
    assert found[["cause", "verb", "polarity", "relation", "negated"]].values.tolist() == [
        list(expected)
    ]
    row = found.iloc[0]
    assert sentence[row["verb_start"] : row["verb_end"]] in sentence.split()
    assert sentence[row["cause_start"] : row["cause_end"]].lower() in (
        expected[0],
        expected[0] + "s",
    )


@pytest.mark.parametrize(
    ("sentence", "negated"),
    [
        ("The film does not just show love.", False),
        ("Trust is not only a feeling.", False),
        ("The film does not show love.", True),
        ("The film only does not show love.", True),
    ],
)
def test_not_only_denies_nothing(sentence, negated, annotated):
    found = relations(annotated([sentence]))
    assert set(found["negated"]) == {negated}


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("She does not see films or read books.", {"film", "book"}),
        ("She does not see films and reads books.", {"film"}),
        ("She does not see films or he reads books.", {"film"}),
    ],
)
def test_one_negation_denies_both_of_two_verbs_joined_by_or(sentence, denied, annotated):
    found = relations(annotated([sentence])).query("relation == 'object'")
    assert set(found.loc[found["negated"], "dependent"]) == denied
    assert set(found["dependent"]) == {"film", "book"}


def test_what_somebody_is_kept_from_is_prevented_and_not_the_somebody(annotated):
    triples = relations(
        annotated(["She keeps friends.", "She keeps growing.", "They keep friends from harm."])
    )
    assert causes(triples, ["friend", "grow"]).empty
    assert causes(triples, "harm")["cause"].to_list() == ["they"]
    # Made from a thing is not kept from it.
    assert causes(relations(annotated(["They make boats from harm."])), "harm").empty


def test_what_it_makes_of_a_thing_is_shown(annotated):
    found = causes(relations(annotated(["Fear makes friendship impossible."])), "friendship")
    assert found[["cause", "verb", "complement"]].values.tolist() == [
        ["fear", "make", "impossible"]
    ]


def test_causes_are_numbered_in_reading_order(annotated):
    triples = relations(annotated(["Fear lets trust grow.", "Rain creates trust."]))
    found = causes(triples, "trust")
    assert found["cause"].to_dict() == {0: "fear", 1: "rain"}


def test_the_verbs_can_be_changed(annotated):
    triples = relations(annotated(["Rain feeds trust."]))
    assert causes(triples, "trust").empty
    assert causes(triples, "trust", creates=["feed"])["polarity"].to_list() == ["creates"]
    with pytest.raises(ValueError, match="feed: in both lists"):
        causes(triples, "trust", creates=["feed"], prevents=["feed"])


def test_no_verb_both_creates_and_prevents():
    assert not set(CREATES) & set(PREVENTS)
    assert len(set(CREATES)) == len(CREATES)
    assert len(set(PREVENTS)) == len(PREVENTS)


def test_offsets_point_to_the_words_and_the_sentence(root, seeds, related):
    source = {
        name: (root / "seeds" / file).read_text(encoding="utf-8")
        for name, file in (
            ("indiewire", "indiewire-q-and-a.txt"),
            ("tiff", "tiff-in-conversation.txt"),
        )
    }
    text = seeds.set_index(["interview", "utterance", "token"])["text"]
    assert len(related) > 900
    for row in related.itertuples():
        page = source[row.interview]
        assert (
            page[row.governor_start : row.governor_end]
            == text[row.interview, row.utterance, row.governor_token]
        )
        assert (
            page[row.dependent_start : row.dependent_end]
            == text[row.interview, row.utterance, row.dependent_token]
        )
        assert row.sentence_start <= min(row.governor_start, row.dependent_start)
        assert max(row.governor_end, row.dependent_end) <= row.sentence_end


def test_tokens_and_spans_name_the_same_node(seeds, related):
    rows = seeds[seeds["lemma"].eq("technology")]
    by_lemma = sketch(related, "technology")
    assert len(by_lemma) > 10
    pd.testing.assert_frame_equal(sketch(related, rows), by_lemma)
    pd.testing.assert_frame_equal(sketch(related, rows[["interview", "start", "end"]]), by_lemma)


def test_the_order_of_rows_and_other_utterances_change_nothing(seeds, related):
    one = seeds[seeds["interview"].eq("tiff")].sample(frac=1, random_state=1)
    alone = related[related["interview"].eq("tiff")].reset_index(drop=True)
    # How a name all in capitals is written depends on how it is written elsewhere.
    words = ["governor", "dependent"]
    pd.testing.assert_frame_equal(relations(one).drop(columns=words), alone.drop(columns=words))


def test_an_incomplete_utterance_is_refused(annotated):
    tokens = annotated(["Machines change people."])
    with pytest.raises(ValueError, match="gold, utterance 0: the head of “Machines” is missing"):
        relations(tokens[tokens["text"] != "change"])


def test_no_relations_give_an_empty_table(annotated):
    tokens = annotated(["Yes."])
    triples = relations(tokens)
    assert triples.empty
    assert sketch(triples, "yes").empty
    assert causes(triples, "yes").empty
