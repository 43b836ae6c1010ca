"""Annotation: offsets into the source, marks normalised on the way, each text annotated once."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis import SourceError, annotate, load_tokens, load_utterances
from analysis import tokens as tokens_module
from analysis.schemas import TOKENS

TWO = (
    "Have you seen “Her”? It’s 😀 here.\n\nI haven’t, I don’t know.\n\n“You’re late,” said Bo Chan. I wasn’t.\n\n"
    "Why not?\n\nI felt it.\n\nShare this"
)


@pytest.fixture
def folder(folder_with):
    return folder_with(TWO, 'layout = "q_and_a"\n')


def test_offsets_point_into_the_source(folder):
    tokens = annotate(load_utterances(folder))
    for row in tokens.itertuples():
        assert TWO[row.start : row.end] == row.text
    TOKENS.validate(tokens)


def test_every_character_that_is_spoken_is_in_a_token(folder):
    utterances = load_utterances(folder)
    spoken = utterances[utterances["role"] != "boilerplate"]
    expected = "".join("".join(text.split()) for text in spoken["text"])
    assert "".join("".join(text.split()) for text in annotate(utterances)["text"]) == expected


def test_boilerplate_is_not_annotated(folder):
    utterances = load_utterances(folder)
    assert "boilerplate" in set(utterances["role"])
    assert "boilerplate" not in set(annotate(utterances)["role"])
    assert not annotate(utterances)["text"].isin(["Share"]).any()


def test_curly_marks_are_read_as_straight_ones_and_kept(folder):
    tokens = annotate(load_utterances(folder))
    negations = tokens[tokens["text"].str.contains("n[’']t", regex=True)]
    assert set(negations["text"]) == {"n’t"}
    assert set(negations["lemma"]) == {"not"}
    assert negations["is_stop"].all()
    assert tokens.loc[tokens["text"].isin(["“", "”"]), "is_punct"].all()


def test_heads_and_sentences_are_numbered_within_the_utterance(folder):
    tokens = annotate(load_utterances(folder))
    for _, rows in tokens.groupby(["interview", "utterance"]):
        assert rows["token"].to_list() == list(range(len(rows)))
        assert rows["head"].between(0, len(rows) - 1).all()
        assert rows["sentence"].iloc[0] == 0
        assert rows["sentence"].diff().dropna().isin([0, 1]).all()
        roots = rows[rows["dep"] == "ROOT"]
        assert (roots["head"] == roots["token"]).all()
        assert roots["sentence"].to_list() == sorted(set(rows["sentence"]))


def test_an_utterance_is_annotated_by_itself(folder):
    utterances = load_utterances(folder)
    whole = annotate(utterances)
    alone = pd.concat([annotate(utterances.iloc[[row]]) for row in range(2)], ignore_index=True)
    assert_frame_equal(alone, whole.head(len(alone)))


def test_a_form_and_its_lemma_share_the_stop_list():
    tokens = load_tokens("seeds")
    shared = tokens[tokens["pos"] == "VERB"].groupby("lemma")["is_stop"].mean()
    assert shared["make"] == 1, "made is on the list of stop words, making is not"


def test_nothing_but_boilerplate_gives_an_empty_table(folder):
    utterances = load_utterances(folder)
    tokens = annotate(utterances[utterances["role"] == "boilerplate"].assign(utterance=0))
    assert len(tokens) == 0
    assert list(tokens.columns) == list(TOKENS.columns)


def test_a_text_is_annotated_once(folder, monkeypatch):
    first = load_tokens(folder)
    monkeypatch.setattr(tokens_module, "_model", lambda: pytest.fail("annotated again"))
    assert_frame_equal(load_tokens(folder), first)


def test_what_has_changed_is_annotated_again(folder):
    load_tokens(folder)
    (folder / "one.txt").write_text(TWO.replace("late", "early"), encoding="utf-8")
    assert load_tokens(folder)["text"].eq("early").any()


def test_a_speaker_set_by_hand_is_not_hidden_by_the_store(folder):
    load_tokens(folder)
    with (folder / "interviews.toml").open("a", encoding="utf-8") as file:
        file.write('[[interview.attribution]]\nwords = "You’re late,"\nspeaker = "Cy Dunn"\n')
    assert set(load_tokens(folder)["speaker"].dropna()) == {"Ann Lee", "Cy Dunn"}


def test_half_a_file_is_never_left(folder, monkeypatch):
    def torn(self, path, **_):
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(b"PAR1 half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pd.DataFrame, "to_parquet", torn)
        with pytest.raises(KeyboardInterrupt):
            load_tokens(folder)
    assert list((folder / ".annotations").iterdir()) == []
    assert len(load_tokens(folder)) > 0


def test_a_source_fault_comes_before_any_model(folder, monkeypatch):
    (folder / "one.txt").unlink()
    monkeypatch.setattr(tokens_module, "_model", lambda: pytest.fail("loaded the model"))
    with pytest.raises(SourceError):
        load_tokens(folder)


def test_without_a_model_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(tokens_module, "MODELS", ("no_such_model",))
    with pytest.raises(ModuleNotFoundError, match="pip install no-such-model"):
        tokens_module.model_name()
