"""The normaliser against labels set by hand, against generated interviews, and rule by rule."""

import itertools
import re
import textwrap
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import account, agreement_by_interview, load_gold, load_utterances
from analysis.files import SourceError
from analysis.schemas import UTTERANCES
from analysis.sources.interviews import Attribution, Interview
from analysis.sources.layouts import LAYOUTS, candidates, recognise
from analysis.sources.layouts.furniture import is_control, opens_comments
from analysis.sources.layouts.paragraphs import Passage, paragraphs
from analysis.sources.utterances import split_voices, voices_of


def test_every_labelled_passage_is_found(root):
    found = agreement_by_interview(load_utterances("seeds"), root / "tests/gold").set_index(
        "interview"
    )
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
        ("interviewer\t\t0\tWhy?\n", "continues after the last line"),
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


# Runs of words that a page shares with everybody's language: what a menu says, not what somebody
# said.
EVERYBODYS = {"sign up for our"}


def test_no_text_of_the_sources_is_in_the_code(root):
    """Rules must make sense for any interview: no run of four words of a source, and no name.

    All of every module is searched, docstrings and comments too. Only what a doctest prints may
    show either: that is what loading the sources gives.
    """
    tests = [
        root / "tests/sources" / f"test_{name}.py"
        for name in ("interviews", "quotations", "utterances")
    ]
    sources = [
        words_of(path.read_text(encoding="utf-8")) for path in (root / "seeds").glob("*.txt")
    ]
    said = {" ".join(words[i : i + 4]) for words in sources for i in range(len(words) - 3)}
    assert len(said) > 1500
    for path in [*sorted((root / "analysis").rglob("*.py")), *tests]:
        words = words_of(without_doctest_output(path.read_text(encoding="utf-8")))
        assert {" ".join(words[i : i + 4]) for i in range(len(words) - 3)} & said <= EVERYBODYS, (
            path
        )
    names = {
        "jonze",
        "kohn",
        "edelstein",
        "keener",
        "malkovich",
        "eggers",
        "kaufman",
        "samantha",
        "theodore",
    }
    assert all(any(name in words for words in sources) for name in names)
    for path in sorted((root / "analysis").rglob("*.py")):
        assert (
            names & set(words_of(without_doctest_output(path.read_text(encoding="utf-8")))) == set()
        ), path


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:[’'][a-z]+)*", text.lower())


def without_doctest_output(code: str) -> str:
    """Leave out what doctests print: lines from a >>> to the next blank one, statements apart."""
    kept, printing = [], False
    for line in code.splitlines():
        printing = line.lstrip().startswith(">>>") or (
            printing and bool(line.strip()) and '"""' not in line
        )
        if not printing or line.lstrip().startswith((">>>", "...")):
            kept.append(line)
    return "\n".join(kept)


# --- generated interviews
# ---------------------------------------------------------------------------------------

_MARKS = [
    "“",
    "”",
    "‘",
    "’",
    '"',
    "'",
    "„",
    "«",
    "»",
    "(",
    ")",
    "[",
    "]",
    "—",
    "…",
    "?",
    "!",
    ".",
    ",",
    ":",
]
_WORDS = (
    "I you Ann Lee said called it Why the film Her don’t like é 😀 שלום Share Comments newsletter"
    " On ©".split()
)
_WORDS += ["e\u0301", "\u200d"]
_text = st.lists(st.sampled_from(_WORDS + _MARKS), min_size=1, max_size=16).map(" ".join) | st.text(
    alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"),
    min_size=1,
    max_size=60,
)
_question = st.sampled_from(
    ["Why?", "How did you begin?", "You once said it was over.", "Tell me about Lee.", "And then…"]
)
_answer = st.sampled_from(
    [
        "I don’t know.",
        "Yeah. “Rain is only rain,” Ann Lee said. Why not?",
        'He said: "No!" and left',
        "Oh, ‘that’ one.",
    ]
)
_lead = st.sampled_from(
    ["On work: “It is play.”", 'On Her: "I liked it." Did he? (Yes.)', "On life… ‘No.’", "On war:"]
)
_paragraph = st.one_of(_question, _answer, _lead, _text)
_blank = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\n \t\n", "\r", "\u2028", "\n\n\n\n"])
_interview = st.builds(
    lambda pairs, end: "".join(text + gap for text, gap in pairs) + end,
    st.lists(st.tuples(_paragraph, _blank), min_size=1, max_size=10),
    st.sampled_from(["", "Share this", "I think so.", "\n"]),
)
_wrapped = st.lists(_paragraph, min_size=1, max_size=8).map(
    lambda texts: "\n\n".join(textwrap.fill(" ".join(text.split()) or "x", 24) for text in texts)
)


def check_contract(source: str, table: pd.DataFrame) -> None:
    UTTERANCES.validate(table)
    assert table["utterance"].to_list() == list(range(len(table)))
    assert [
        source[start:end] for start, end in zip(table["start"], table["end"], strict=True)
    ] == table["text"].to_list()
    numbers = zip(
        table["start"], table["end"], table["role"], table["turn"].astype(object), strict=True
    )
    check_rows(
        source,
        [
            Passage(start, end, role, turn=None if pd.isna(turn) else turn)
            for start, end, role, turn in numbers
        ],
    )


def check_rows(source: str, found: list[Passage]) -> None:
    at = 0
    for row in found:
        assert row.start >= at, "in reading order, none in two rows"
        assert not source[at : row.start].strip(), "nothing is lost"
        text = source[row.start : row.end]
        assert text
        assert text == text.strip()
        assert not BLANK_LINE.search(text), "at most one paragraph"
        at = row.end
    assert not source[at:].strip(), "nothing is lost at the end"
    turns = [row.turn for row in found if row.turn is not None]
    assert turns == sorted(turns)
    assert all(row.turn is not None for row in found if row.role in ("interviewer", "interviewee"))
    assert all(row.turn is None for row in found if row.role in ("narration", "boilerplate"))


# Two ends of lines with nothing but blanks between them.
BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n))[^\S\r\n]*[\r\n]")


# benchmarks/fuzz.py reads many more.
@settings(max_examples=1000)
@given(layout=st.sampled_from(sorted(LAYOUTS)), source=_interview)
def test_nothing_is_lost_whatever_the_text(layout, source):
    interview = Interview(id="x", file="x.txt", interviewee="Ann Lee", layout=layout)
    check_rows(source, voices_of(source, interview, layout))


@settings(max_examples=300)
@given(layout=st.sampled_from(sorted(LAYOUTS)), source=_wrapped)
def test_nothing_is_lost_of_wrapped_text(layout, source):
    interview = Interview(id="x", file="x.txt", interviewee="Ann Lee")
    check_rows(source, voices_of(source, interview, layout))


@settings(max_examples=50)
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
    assert table["speaker"].dropna().isin(["Ann Lee"]).all(), (
        "no interviewee is named, so only a quoted name is known"
    )


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
    table = split_voices(
        source, Interview(id="x", file="x", interviewee="Ann Lee", layout="q_and_a")
    )
    assert table["role"].to_list() == [
        "narration",
        "interviewer",
        *["interviewee"] * 2,
        "interviewer",
        "interviewee",
    ]
    assert table["turn"].to_list() == [pd.NA, 0, 1, 1, 2, 3]
    assert table["text"].to_list() == paragraphs


# --- rule by rule
# ----------------------------------------------------------------------------------------------

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
    source = (
        f"How are you?\n\nI am fine.\n\n{asked}\n\nI start with a feeling.\n\nI follow it.\n\nAnd"
        " then?\n\nI stop."
    )
    table = split_voices(
        source, Interview(id="x", file="x", interviewee="Ann Lee", layout="q_and_a")
    )
    answers = table[table["role"] == "interviewee"]
    assert answers["prompt"].to_list() == ["How are you?", asked, asked, "And then?"]
    assert table.loc[table["role"] == "interviewer", "prompt"].isna().all()


def test_words_quoted_in_an_answer_are_the_quoted_speakers():
    found = rows(
        "Who helped you?",
        "My friends did. Bo Chan said something true: “Rain is only rain. Film it.” I did.",
    )
    assert found[1:] == [
        ("interviewee", "Ann Lee", "My friends did. Bo Chan said something true:"),
        ("quoted", "Bo Chan", "“Rain is only rain. Film it.”"),
        ("interviewee", "Ann Lee", "I did."),
    ]


def test_titles_and_own_thoughts_stay():
    answer = "With “The Long Rain,” I only thought, “Well, nobody will come.” I went on."
    assert rows("How was it?", answer)[1:] == [("interviewee", "Ann Lee", answer)]


def test_somebody_whom_the_text_does_not_name_stays_unnamed():
    found = rows("And the studio?", "They said, “You can’t do that.” I did.")
    assert ("quoted", None, "“You can’t do that.”") in found


def test_the_interviewer_may_quote_the_interviewee():
    found = rows(
        "You once said, “I never look back.” Do you still think so?", "I do. I never look back."
    )
    assert found[0] == ("interviewer", None, "You once said,")
    assert found[1] == ("quoted", "Ann Lee", "“I never look back.”")


def test_a_surname_is_completed_from_the_text():
    found = rows(
        "Bo Chan of the Globe met Ann Lee last year. “She listens like nobody else I know,” Chan"
        " wrote.",
        "Why do you listen so well?",
        "I like people. My mother taught me.",
    )
    assert ("quoted", "Bo Chan", "“She listens like nobody else I know,”") in found


def test_a_speaker_set_by_hand():
    toml = [{"words": "Rain is only rain.", "speaker": "Bo Chan"}]
    attribution = tuple(Attribution(**item) for item in toml)
    found = rows(
        "And then?", "A friend told me, “Rain is only rain.” I laughed.", attribution=attribution
    )
    assert ("quoted", "Bo Chan", "“Rain is only rain.”") in found
    found = rows(
        "And then?",
        "I heard this: it is so. Rain is only rain. I laughed.",
        attribution=attribution,
    )
    assert found[1:] == [
        ("interviewee", "Ann Lee", "I heard this: it is so."),
        ("quoted", "Bo Chan", "Rain is only rain."),
        ("interviewee", "Ann Lee", "I laughed."),
    ]


def test_a_quotation_has_the_speaker_of_any_of_its_words():
    found = rows(
        "And then?",
        "A friend told me, “Rain is only rain, and it ends.” I laughed.",
        attribution=(Attribution(words="it ends", speaker="Bo Chan"),),
    )
    assert found[1:] == [
        ("interviewee", "Ann Lee", "A friend told me,"),
        ("quoted", "Bo Chan", "“Rain is only rain, and it ends.”"),
        ("interviewee", "Ann Lee", "I laughed."),
    ]


def test_page_furniture_around_a_q_and_a():
    furniture = [
        "Home",
        "Search",
        "Ann Lee on Making “Rain” and Why She Never Sleeps",
        "By Bo Chan | Jan 3, 2019",
    ]
    tail = [
        "Share this article",
        "Tags: film, rain",
        "Sign up for our newsletter",
        "Comments",
        "Bo: What a woman!",
    ]
    found = rows(*furniture, PREFACE, "How are you?", "I am fine, and I am tired.", *tail)
    roles = [role for role, _, _ in found]
    assert (
        roles
        == ["boilerplate"] * 4 + ["narration", "interviewer", "interviewee"] + ["boilerplate"] * 5
    )


def test_a_question_need_not_end_in_a_question_mark_nor_an_answer_avoid_one():
    found = rows(
        PREFACE,
        "Tell me how you met your producer.",
        "At a bar. I was alone and he was loud. Who would have thought?",
        "You have said that you hate the sound of your own films.",
        "I do hate it. I always turn it down. Would I change it? Could anybody?",
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
        (
            "narration",
            "Ann Lee came to town last week to show her film. Here is some of what she said.",
        ),
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
    table = split_voices(
        source, Interview(id="x", file="x", interviewee="Ann Lee", layout="digest")
    )
    spoken = table[table["role"] == "interviewee"]
    assert spoken["turn"].to_list() == [0, 0, 1]
    assert spoken["prompt"].to_list() == ["On work", "On work", "On play"]


def test_the_layout_is_recognised():
    assert recognise("Why?\n\nBecause.\n\nOn work: “No.”") == "q_and_a"
    assert recognise("Hello.\n\nOn work: “Yes.”\n\nOn play: “No.”") == "digest"
    assert recognise("Plain prose.\n\nMore of it.") is None
    for path, layout in [("indiewire-q-and-a", "q_and_a"), ("tiff-in-conversation", "digest")]:
        assert recognise(Path("seeds", f"{path}.txt").read_text(encoding="utf-8")) == layout


def roles(*paragraphs: str, **facts) -> list[str]:
    return [role for role, _, _ in rows(*paragraphs, **facts)]


# --- hard-wrapped text
# ------------------------------------------------------------------------------------------

WRAPPED = """\
Ann Lee makes films in Hanoi. We talked to
her about her new one in a room above the
harbour.

You have made four films now. Does it get
easier?

No. I am still afraid every time. My
friends laugh at me.

I start with a feeling, and Bo Chan once
told me, “Rain is
only rain.” I follow it.
"""


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\r"])
def test_in_wrapped_text_a_block_is_a_paragraph(gap):
    source = WRAPPED.replace("\n", gap)
    table = split_voices(
        source, Interview(id="x", file="x", interviewee="Ann Lee", layout="q_and_a")
    )
    expected = ["narration", "interviewer", "interviewee", "interviewee", "quoted", "interviewee"]
    assert table["role"].to_list() == expected
    assert table["text"].iloc[4] == f"“Rain is{gap}only rain.”"
    check_contract(source, table)


def test_wrapped_text_without_small_letters_is_known_by_its_width():
    words = "שלום עולם זה סיפור ארוך על ים ועל גשם ועל אנשים"
    block = textwrap.fill(" ".join([words] * 6), 40)
    assert len(paragraphs(f"{block}\n\n{block}\n\n{block}")) == 3


@pytest.mark.parametrize(
    "source",
    [
        "Why?\nBecause it rains.\n\nAnd then?\nIt stopped.\n\nReally?\nYes, it did.",
        "why?\nbecause it rains\n\nand then?\nit stopped\n\nreally?\nyes, it did",
        "One line\nand another line\nand a third line",
        "Home\nAbout\nContact\n\nWhy do you film?\n\nBecause it rains.",
    ],
)
def test_text_that_is_not_wrapped_keeps_its_lines(source):
    assert len(paragraphs(source)) == len([line for line in source.split("\n") if line])


def test_the_sources_are_not_wrapped(root):
    for path in (root / "seeds").glob("*.txt"):
        source = path.read_text(encoding="utf-8")
        assert len(paragraphs(source)) == len(
            [line for line in source.splitlines() if line.strip()]
        )


# --- digests
# ----------------------------------------------------------------------------------------------

LEADS = ["On rain: “I like rain.”", "On snow: “I like it less.”"]


def digest(*paragraphs: str, **facts):
    """Split a digest; give what stands in it after the two leads it opens with."""
    found = rows(*LEADS, *paragraphs, layout="digest", **facts)
    return found[4:]


def test_other_peoples_words_in_a_digest_are_not_the_interviewees():
    found = digest("On fame: “It is a cage.” His mother said “He was always quiet.”")
    assert found[-1] == ("quoted", None, "“He was always quiet.”")
    found = digest(
        "On fame: “It is a cage.” “A cage,” she says. “A small one,” says Lee. “A safe one.”"
    )
    assert [role for role, _, _ in found].count("interviewee") == 4
    found = digest("On fame: “It is a cage.” Bo Chan said “She was always quiet.”")
    assert found[-1] == ("quoted", "Bo Chan", "“She was always quiet.”")


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("The host, Bo Chan, summed up: “What a night.”", "Bo Chan", "“What a night.”"),
        ("Bo Chan: “What a night.”", "Bo Chan", "“What a night.”"),
        ("Bo writes: “Great piece!”", "Bo", "“Great piece!”"),
        ("The host summed up: “What a night.”", None, "“What a night.”"),
    ],
)
def test_a_lead_that_names_another_speaker_is_none(text, speaker, words):
    assert digest(text) == [
        ("narration", None, text[: -len(words) - 1]),
        ("quoted", speaker, words),
    ]


def test_what_is_quoted_after_another_speakers_lead_is_not_the_interviewees():
    found = digest("Bo Chan said…", "“What a night it was.”", "“And what a day.”", "On fame: “No.”")
    assert [role for role, _, _ in found] == [
        "narration",
        "quoted",
        "quoted",
        "narration",
        "interviewee",
    ]


@pytest.mark.parametrize(
    "lead",
    [
        "On what Bo Chan told her:",
        "Lee said:",
        "She added:",
        "Fame:",
        "1. Fame:",
        "On Mr. Chan:",
        "On St. Ives, where she was born:",
        "Why Bo Chan says so:",
        "Ann Lee:",
    ],
)
def test_a_lead_of_the_interviewee(lead):
    assert digest(f"{lead} “It is small.”") == [
        ("narration", None, lead),
        ("interviewee", "Ann Lee", "“It is small.”"),
    ]


def test_a_full_stop_after_the_marks_is_no_row():
    assert digest("On fame: ‘It’s a cage’.") == [
        ("narration", None, "On fame:"),
        ("interviewee", "Ann Lee", "‘It’s a cage’."),
    ]
    found = digest("On fame: ‘Bo Chan said, “It is a cage”’.")
    assert found[1:] == [
        ("interviewee", "Ann Lee", "‘Bo Chan said,"),
        ("quoted", "Bo Chan", "“It is a cage”’."),
    ]


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"')])
def test_a_quotation_left_open_goes_on_in_the_next_paragraph(opening, closing):
    source = (
        f"On rain: “Yes.”\n\nOn fame: {opening}It is a cage.\n\nI hate it. I always have.{closing}"
        " She laughs."
    )
    table = split_voices(
        source, Interview(id="x", file="x", interviewee="Ann Lee", layout="digest")
    )
    assert table["role"].to_list() == ["narration", "interviewee"] * 2 + [
        "interviewee",
        "narration",
    ]
    assert table["turn"].to_list() == [pd.NA, 0, pd.NA, 1, 1, pd.NA]
    assert table["prompt"].iloc[4] == "On fame"


def test_nothing_is_split_after_the_last_letter():
    for text in ("He said, “Yes.” “! ! ! !”", "“! ! ! !” “? ? ? ?”", "(“Yes.”) “—” “! ! ! !”"):
        for layout in LAYOUTS:
            check_rows(
                text, voices_of(text, Interview(id="x", file="x", interviewee="Ann Lee"), layout)
            )


# --- questions and answers
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "People ask, “What is your film about? Did you plan it?”",
        "What they always ask is “Where do you get your rain?”",
        "The crew. “Where is the rain?” “Can you wait?” “Would you eat?”",
        "When she was young, films were for the rich.",
    ],
)
def test_questions_quoted_in_an_answer_do_not_make_it_a_question(answer):
    talk = [
        PREFACE,
        "How do people see your films?",
        answer,
        "And your mother?",
        "She is proud. My films make her laugh.",
    ]
    found = [role for role in roles(*talk) if role != "quoted"]
    assert found == ["narration", *["interviewer", "interviewee"] * 2]


@pytest.mark.parametrize("mark", ["?", "?\u200b", "？", "؟", "?!", "?”\u200f", "?)"])
def test_marks_that_ask(mark):
    source = f"You began late, so why film at all{mark}\n\nI had a camera and my time was my own."
    assert recognise(source) == "q_and_a"
    table = split_voices(source, Interview(id="x", file="x"))
    assert table["role"].to_list() == ["interviewer", "interviewee"]


@pytest.mark.parametrize(
    "note",
    [
        "“Rain” opens at the Rialto on 3 May and runs until June.",
        "Ann Lee’s next film, “Snow,” will be released this March.",
        "“Rain” is in cinemas now.",
        "Rain is in cinemas now.",
        "Eight Arms is published by Faber on 3 May.",
    ],
)
def test_a_note_on_the_release_is_the_journalists(note):
    talk = [
        PREFACE,
        "How are you?",
        "I am fine, and I am tired.",
        "What is next?",
        "I will sleep. My bed is ready.",
    ]
    assert roles(*talk, note)[-2:] == ["interviewee", "narration"]
    assert roles(*talk, note, "Share this article")[-2:] == ["narration", "boilerplate"]


def test_an_answer_that_ends_in_a_date_stays_an_answer():
    talk = [PREFACE, "How are you?", "I am fine, and I am tired.", "When can we see it?"]
    assert roles(*talk, "It opens in May.")[-1] == "interviewee"
    assert (
        roles(*talk, "I hope soon.", "It opens in May, and we are all very glad of that.")[-1]
        == "interviewee"
    )


@pytest.mark.parametrize(
    "answer",
    [
        "Responses to our idea came from everywhere.",
        "Comments on my work were rude at first.",
        "Subscribe to our idea of beauty and you are lost.",
        "Comments on the film were rude at first.",
    ],
)
def test_an_answer_may_open_like_a_control(answer):
    assert not opens_comments(answer)
    if "the film" not in answer:
        assert not is_control(answer)
    talk = [
        PREFACE,
        "How are you?",
        "I am fine.",
        "Who liked it?",
        answer,
        "And your next film?",
        "I am writing it now.",
    ]
    assert roles(*talk)[1:] == ["interviewer", "interviewee"] * 3


@pytest.mark.parametrize(
    "heading",
    ["Comments", "3 Responses to “Rain”", "Comments (2)", "Leave a reply", "Share your thoughts!"],
)
def test_headings_of_comments(heading):
    assert opens_comments(heading)


@pytest.mark.parametrize(("words", "heading"), [(12, True), (13, False)])
def test_a_heading_of_comments_is_short(words, heading):
    assert opens_comments("Comments on" + " rain" * (words - 2)) == heading


@pytest.mark.parametrize(
    "control",
    [
        "Follow us",
        "Contact us",
        "Like us on Facebook",
        "Subscribe to our newsletter.",
        "Sign up for our weekly letter",
    ],
)
def test_controls_that_speak_of_us(control):
    assert is_control(control)


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("Read more of my new poems", True),
        ("Read more of my new long poems", False),
        ("Read more of my new poems.", False),
        ("Read more of the poems that came out last year.", True),
        ("Tags:" + " rain" * 39, True),
        ("Tags:" + " rain" * 40, False),
    ],
)
def test_few_words_without_an_end_are_a_control_whoever_speaks(text, control):
    assert is_control(text) == control


# --- which layout
# ----------------------------------------------------------------------------------------------


def test_a_lead_is_not_counted_as_a_question():
    assert recognise("On work: “Is it play?”\n\nOn play: “Is it work?”") == "digest"


def test_one_lead_is_too_few():
    with pytest.raises(SourceError, match="fewer than two"):
        split_voices("Hello there.\n\nOn work: “It is play.”", Interview(id="x", file="x"))


@pytest.mark.parametrize(
    "source",
    [
        "Ann Lee films rain.\n\nQ: Why?\n\nA: Because it rains.\n\nQ: And then?\n\nA: It stops.",
        "Ann Lee films rain.\nQ. Why?\nA. Because it rains.\nQ. And then?\nA. It stops.",
        "ANN LEE: I film rain.\n\nBO CHAN: Why?\n\nANN LEE: Because it rains.\n\nIt always does.",
        "Bo Chan: Why?\n\nAnn Lee: Because it rains.\n\nBo Chan: And then?",
    ],
)
def test_a_transcript_with_labels_is_recognised(source):
    assert recognise(source) == "labelled"
    table = split_voices(source, Interview(id="x", file="talk.txt"))
    said = table[table["role"].isin(["interviewer", "interviewee"])]
    assert not said["text"].str.contains(":").any(), "a label is a row of its own"
    assert said["role"].nunique() == 2
    labels = table["text"].str.endswith((":", "Q.", "A."))
    assert table.loc[labels, "role"].unique().tolist() == ["boilerplate"]
    assert labels.sum() >= 3


def test_a_layout_set_by_hand_is_used_whatever_the_labels():
    source = "Q: Why?\n\nA: Because it rains.\n\nQ: And then?\n\nA: It stops, I think."
    table = split_voices(source, Interview(id="x", file="talk.txt", layout="q_and_a"))
    assert table["text"].str.startswith(("Q:", "A:")).all()


def test_a_scene_told_with_labels_is_no_transcript():
    scene = ["Bo: I rain.", "Ida: You do.", "Bo: I told you."]
    talk = ["How are you?", "I am fine, and I am tired."] * 3
    assert "interviewer" in roles(
        PREFACE, *talk, "Which scene is yours?", "I wrote this one.", *scene, *talk
    )


def test_topics_are_no_labels_of_speakers():
    source = "Fame: “It is a cage.”\n\nMoney: “It is a key.”\n\nRain: “It is rain.”"
    assert set(split_voices(source, Interview(id="x", file="x"))["role"]) == {
        "narration",
        "interviewee",
    }
    # Topics that come back look like labels, but what follows them is quoted.
    source += "\n\nFame: “I said so.”\n\n"
    assert candidates(source * 2)["layout"].iloc[0] == "digest"
    assert set(split_voices(source * 2, Interview(id="x", file="x"))["role"]) >= {"interviewee"}


# --- time
# ----------------------------------------------------------------------------------------------

HOSTILE = {
    "one long name": "B-" * 4000,
    "names": "A " * 4000 + "said “x”",
    "particles": "A " + "van " * 2000,
    "photographs": "(photo " * 1500,
    "quotations": "a “b” " * 700,
    "many speakers": "".join(
        f"“It is so and so,” said {chr(65 + i % 26)}a{'b' * (i % 50)} {'C' + 'd' * (i // 26)}. "
        for i in range(500)
    ),
    "marks": "“" * 4000,
    "apostrophes": "‘a " * 3000,
    "blanks": "He said: x" + " " * 9000 + "“No.” " + " " * 9000 + "“Never.”",
    "question marks": "?!" * 5000 + "x",
    "brackets": "(" + ")]" * 5000 + "x",
    "full stops": "." * 9000 + "x “b”",
    "silent quotations": "He said, “yes.” " + "“! ! ! !” " * 700,
    "comments": "Comments\n\nWhy?\n\n" * 300,
    "leads": "On work: “It is play.”\n\n" * 200,
    "leads alone": "On work:\n“It is play.”\n" * 400,
    "open leads": "On work: “It is play.\n\nAnd more\n\n" * 150,
    "wrapped": "a line that goes on\nand on, and then\nends.\n\n" * 300,
}


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_split_and_nothing_is_lost(kind, layout):
    """How long it takes at growing length is measured in benchmarks/layouts.md."""
    source = HOSTILE[kind]
    recognise(source)
    rows = voices_of(source, Interview(id="x", file="x", interviewee="Ann Lee"), layout)
    kept = "".join(source[row.start : row.end] for row in rows)
    assert "".join(kept.split()) == "".join(source.split())
    assert all(one.end <= two.start for one, two in itertools.pairwise(rows))
