"""The normaliser against labels set by hand, against generated interviews, and rule by rule."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import account, agreement_by_interview, load_gold, load_utterances
from analysis.interviews import Interview, SourceError
from analysis.layouts import LAYOUTS, recognise
from analysis.schemas import UTTERANCES
from analysis.utterances import split_voices


def test_every_labelled_passage_is_found(root):
    found = agreement_by_interview(load_utterances("seeds"), root / "tests/gold").set_index("interview")
    assert list(found.index) == ["indiewire", "tiff"]
    for label in ("role", "speaker", "turn", "all"):
        assert found[label].to_list() == [1.0, 1.0], label
    assert found["interviewer_recall"].loc["indiewire"] == 1.0
    assert found["kept_boilerplate"].to_list() == [0.0, 0.0]


def test_agreement_sees_a_wrong_label(root):
    utterances = load_utterances("seeds")
    wrong = utterances["utterance"].eq(11) & utterances["interview"].eq("indiewire")
    utterances.loc[wrong, "role"] = "narration"
    found = agreement_by_interview(utterances, root / "tests/gold").set_index("interview")
    assert found.loc["indiewire", "role"] < 1
    assert found.loc["indiewire", "interviewer_recall"] < 1


def test_gold_that_does_not_fit_its_source_is_refused(tmp_path):
    path = tmp_path / "gold.tsv"
    for rows, part in [
        ("interviewer\t\t0\tWhy?\n", "goes on after the last line"),
        ("interviewer\t\t0\tWhat?\n", "line 2"),
        ("interviewer\tWhy?\n", "line 2: has 2 cells"),
    ]:
        path.write_text("role\tspeaker\tturn\ttext\n" + rows, encoding="utf-8")
        with pytest.raises(SourceError, match=part):
            load_gold(path, "Why?\n\nBecause.")


def test_account_sees_what_is_lost_doubled_or_changed():
    utterances = load_utterances("seeds")
    lost = account(utterances.drop(index=3)).set_index("interview")
    assert lost.loc["indiewire", "in_no_row"] > 0
    doubled = account(pd.concat([utterances, utterances.iloc[[3]]])).set_index("interview")
    assert doubled.loc["indiewire", "in_several_rows"] > 0
    changed = account(utterances.assign(text=utterances["text"].str.replace("Jonze", "Janze")))
    assert changed["rows_that_differ"].gt(0).all()


def test_no_text_of_the_sources_is_in_the_code(root):
    """Rules must make sense for interviews nobody here has seen: no run of five words of a source in code."""
    code = " ".join(
        line
        for path in sorted((root / "analysis").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "seeds" not in line
    ).lower()
    words_of = lambda text: re.findall(r"[a-z’']+", text.lower())  # noqa: E731
    in_code = words_of(code)
    runs = {tuple(in_code[i : i + 5]) for i in range(len(in_code))}
    for path in (root / "seeds").glob("*.txt"):
        source = words_of(path.read_text(encoding="utf-8"))
        shared = {tuple(source[i : i + 5]) for i in range(len(source))} & runs
        assert {" ".join(run) for run in shared if len(run) == 5} == set()
    for name in ("jonze", "malkovich", "kohn", "edelstein", "keener", "eggers", "samantha", "theodore"):
        assert name not in re.sub(r'""".*?"""', "", code, flags=re.DOTALL), name


# --- generated interviews ---------------------------------------------------------------------------------------

_MARKS = ["“", "”", "‘", "’", '"', "'", "„", "«", "»", "(", ")", "[", "]", "—", "…", "?", "!", ".", ",", ":"]
_WORDS = "I you Ann Lee said called it Why the film Her don’t like é 😀 שלום Share Comments newsletter On ©".split()
_WORDS += ["e\u0301", "\u200d"]
_text = st.lists(st.sampled_from(_WORDS + _MARKS), min_size=1, max_size=25).map(" ".join) | st.text(
    alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=60
)
_question = st.sampled_from(
    ["Why?", "How did you begin?", "You once said it was over.", "Tell me about Lee.", "And then…"]
)
_answer = st.sampled_from(
    ["I don’t know.", "Yeah. “It is all play,” Ann Lee said. Why not?", 'He said: "No!" and left', "Oh, ‘that’ one."]
)
_lead = st.sampled_from(["On work: “It is play.”", 'On Her: "I liked it." Did he? (Yes.)', "On life… ‘No.’", "On war:"])
_paragraph = st.one_of(_question, _answer, _lead, _text)
_blank = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\n \t\n", "\r", "\u2028", "\n\n\n\n"])
_interview = st.builds(
    lambda pairs, end: "".join(text + gap for text, gap in pairs) + end,
    st.lists(st.tuples(_paragraph, _blank), min_size=1, max_size=14),
    st.sampled_from(["", "Share this", "I think so.", "\n"]),
)


def check_contract(source: str, table: pd.DataFrame) -> None:
    UTTERANCES.validate(table)
    assert table["utterance"].to_list() == list(range(len(table)))
    covered = [0] * len(source)
    for row in table.itertuples():
        assert source[row.start : row.end] == row.text
        assert row.text == row.text.strip()
        assert not re.search(r"[\r\n]", row.text), "at most one paragraph"
        for at in range(row.start, row.end):
            covered[at] += 1
    assert all(n == 1 for n, char in zip(covered, source, strict=True) if not char.isspace())
    assert table["start"].is_monotonic_increasing
    turns = table["turn"].dropna()
    assert turns.is_monotonic_increasing
    assert table.loc[table["role"].isin(["interviewer", "interviewee"]), "turn"].notna().all()
    assert table.loc[table["role"].isin(["narration", "boilerplate"]), "turn"].isna().all()


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@settings(max_examples=2000)
@given(source=_interview)
def test_nothing_is_lost_whatever_the_text(layout, source):
    try:
        table = split_voices(source, Interview(id="x", file="x.txt", interviewee="Ann Lee", layout=layout))
    except SourceError as error:
        assert "no words of an interviewee" in str(error)
        return
    check_contract(source, table)


@settings(max_examples=300)
@given(
    pairs=st.lists(st.tuples(st.just("How did you begin?"), _answer), min_size=1, max_size=6),
    bom=st.booleans(),
    data=st.data(),
)
def test_files_of_any_line_end_and_mark(tmp_path_factory, pairs, bom, data):
    gap = data.draw(st.sampled_from(["\n\n", "\r\n\r\n", "\r\n", "\n"]))
    straight = data.draw(st.booleans())
    text = gap.join(part for pair in pairs for part in pair)
    text = text.translate(str.maketrans("“”‘’", "\"\"''")) if straight else text
    folder = tmp_path_factory.mktemp("one")
    (folder / "x.txt").write_bytes(text.encode("utf-8-sig" if bom else "utf-8"))
    (folder / "interviews.toml").write_text(
        '[[interview]]\nid = "x"\nfile = "x.txt"\nlayout = "q_and_a"\n', encoding="utf-8"
    )
    table = load_utterances(folder)
    check_contract(text, table)
    assert table["speaker"].dropna().isin(["Ann Lee"]).all(), "no interviewee is named, so only a quoted name is known"


@pytest.mark.parametrize("gap", ["\n\n", "\n", "\r\n", "\r\n\r\n", "\r"])
@pytest.mark.parametrize("ending", ["", "\n"])
def test_line_ends_do_not_change_the_split(gap, ending):
    paragraphs = [
        "Ann Lee makes films in Hanoi. We talked to her about her new one.",
        "You have made four films now. Does it get easier?",
        "No. I am still afraid every time. My friends laugh at me.",
        "I start with a feeling and I follow it.",
        "Your producer says you never sleep.",
        "That is true, I never do.",
    ]
    source = gap.join(paragraphs) + ending
    table = split_voices(source, Interview(id="x", file="x", interviewee="Ann Lee", layout="q_and_a"))
    assert table["role"].to_list() == ["narration", "interviewer", *["interviewee"] * 2, "interviewer", "interviewee"]
    assert table["turn"].to_list() == [pd.NA, 0, 1, 1, 2, 3]
    assert table["text"].to_list() == paragraphs


# --- rule by rule -----------------------------------------------------------------------------------------------

PREFACE = "Ann Lee makes films in Hanoi. We talked to her about her new one, “Rain.”"


def rows(*paragraphs: str, **facts):
    facts = {"interviewee": "Ann Lee", "layout": "q_and_a"} | facts
    table = split_voices("\n\n".join(paragraphs), Interview(id="x", file="x.txt", **facts))
    return [
        (role, None if pd.isna(speaker) else speaker, text)
        for role, speaker, text in zip(table["role"], table["speaker"], table["text"], strict=True)
    ]


def test_what_the_prompt_is():
    asked = "Is it true that you never sleep?\n\nAnd how do you do that?"
    source = f"How are you?\n\nI am fine.\n\n{asked}\n\nI start with a feeling.\n\nI follow it.\n\nAnd then?\n\nI stop."
    table = split_voices(source, Interview(id="x", file="x", interviewee="Ann Lee", layout="q_and_a"))
    answers = table[table["role"] == "interviewee"]
    assert answers["prompt"].to_list() == ["How are you?", asked, asked, "And then?"]
    assert table.loc[table["role"] == "interviewer", "prompt"].isna().all()


def test_words_quoted_in_an_answer_are_the_quoted_speakers():
    found = rows("Who helped you?", "My friends did. Bo Chan said something true: “It is all play. Do it.” I did it.")
    assert found[1:] == [
        ("interviewee", "Ann Lee", "My friends did. Bo Chan said something true:"),
        ("quoted", "Bo Chan", "“It is all play. Do it.”"),
        ("interviewee", "Ann Lee", "I did it."),
    ]


def test_titles_and_own_thoughts_stay():
    answer = "With “The Long Rain,” I just thought, “Man, this is never going to work.” I went on."
    assert rows("How was it?", answer)[1:] == [("interviewee", "Ann Lee", answer)]


def test_somebody_whom_the_text_does_not_name_stays_unnamed():
    found = rows("And the studio?", "They said, “You can’t do that.” I did.")
    assert ("quoted", None, "“You can’t do that.”") in found


def test_the_interviewer_may_quote_the_interviewee():
    found = rows("You once said, “I never look back.” Do you still think so?", "I do. I never look back.")
    assert found[0] == ("interviewer", None, "You once said,")
    assert found[1] == ("quoted", "Ann Lee", "“I never look back.”")


def test_a_surname_is_completed_from_the_text():
    found = rows(
        "Bo Chan of the Globe met Ann Lee last year. “She listens like nobody else I know,” Chan wrote.",
        "Why do you listen so well?",
        "I like people. My mother taught me.",
    )
    assert ("quoted", "Bo Chan", "“She listens like nobody else I know,”") in found


def test_a_speaker_set_by_hand():
    toml = [{"words": "It is all play.", "speaker": "Bo Chan"}]
    from analysis.interviews import Attribution

    attribution = tuple(Attribution(**item) for item in toml)
    found = rows("And then?", "A friend told me, “It is all play.” I laughed.", attribution=attribution)
    assert ("quoted", "Bo Chan", "“It is all play.”") in found
    found = rows("And then?", "I heard this: it is so. It is all play. I laughed.", attribution=attribution)
    assert found[1:] == [
        ("interviewee", "Ann Lee", "I heard this: it is so."),
        ("quoted", "Bo Chan", "It is all play."),
        ("interviewee", "Ann Lee", "I laughed."),
    ]


def test_page_furniture_around_a_q_and_a():
    furniture = ["Home", "Search", "Ann Lee on Making “Rain” and Why She Never Sleeps", "By Bo Chan | Jan 3, 2019"]
    tail = ["Share this article", "Tags: film, rain", "Sign up for our newsletter", "Comments", "Bo: What a woman!"]
    found = rows(*furniture, PREFACE, "How are you?", "I am fine, and I am tired.", *tail)
    roles = [role for role, _, _ in found]
    assert roles == ["boilerplate"] * 4 + ["narration", "interviewer", "interviewee"] + ["boilerplate"] * 5


def test_a_question_need_not_end_in_a_question_mark_nor_an_answer_avoid_one():
    found = rows(
        PREFACE,
        "Tell me how you met your producer.",
        "At a bar. I was alone and he was loud. Who would have thought?",
        "You have said that you hate the sound of your own films.",
        "I do hate it. I always turn it down. Do I believe in it? Do my editors?",
        "What’s next?",
        "I am going to sleep for a year, if they let me.",
    )
    assert [role for role, _, _ in found] == ["narration", *["interviewer", "interviewee"] * 3]


def test_a_digest():
    found = rows(
        "In conversation with Ann Lee",
        "Ann Lee came to town last week to show her film. Here is some of what she said.",
        "On her first film: “I knew nothing.” Her luck? A good crew. (They stayed.)",
        "On “Rain”: “It rained,” she says, laughing. “We filmed it.”",
        "On the future…",
        "“Ask me later.",
        "“Or never.”",
        "The film opens on Friday.",
        "Leave a comment",
        layout="digest",
    )
    assert [(role, text) for role, _, text in found] == [
        ("boilerplate", "In conversation with Ann Lee"),
        ("narration", "Ann Lee came to town last week to show her film. Here is some of what she said."),
        ("narration", "On her first film:"),
        ("interviewee", "“I knew nothing.”"),
        ("narration", "Her luck? A good crew. (They stayed.)"),
        ("narration", "On “Rain”:"),
        ("interviewee", "“It rained,”"),
        ("narration", "she says, laughing."),
        ("interviewee", "“We filmed it.”"),
        ("narration", "On the future…"),
        ("interviewee", "“Ask me later."),
        ("interviewee", "“Or never.”"),
        ("narration", "The film opens on Friday."),
        ("boilerplate", "Leave a comment"),
    ]


def test_a_digest_has_a_turn_a_lead_and_its_prompt():
    source = "On work: “It is play,” she says. “Hard play.”\n\nOn play…\n\n“It is work.”"
    table = split_voices(source, Interview(id="x", file="x", interviewee="Ann Lee", layout="digest"))
    spoken = table[table["role"] == "interviewee"]
    assert spoken["turn"].to_list() == [0, 0, 1]
    assert spoken["prompt"].to_list() == ["On work", "On work", "On play"]


def test_the_layout_is_recognised():
    assert recognise("Why?\n\nBecause.\n\nOn work: “No.”") == "q_and_a"
    assert recognise("Hello.\n\nOn work: “Yes.”\n\nOn play: “No.”") == "digest"
    assert recognise("Plain prose.\n\nMore of it.") is None
    for path, layout in [("indiewire-q-and-a", "q_and_a"), ("tiff-in-conversation", "digest")]:
        assert recognise(Path("seeds", f"{path}.txt").read_text(encoding="utf-8")) == layout
