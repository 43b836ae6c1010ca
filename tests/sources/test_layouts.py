"""Labelled transcripts and subtitles: hand labels, generated talk, another parser, hostile text."""

import importlib.util
import os
import re
import textwrap

import pandas as pd
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st
from test_utterances import check_contract, check_rows

from analysis import account, agreement_by_interview, load_utterances
from analysis.files import SourceError
from analysis.sources.interviews import Interview, read_interviews, read_source
from analysis.sources.layouts import LAYOUTS, candidates, recognise
from analysis.sources.layouts.labels import fold, stands_for, transcript
from analysis.sources.utterances import split_voices, voices_of

GOLD = "tests/gold-layouts"


def split(source: str, **facts) -> pd.DataFrame:
    table = split_voices(source, Interview(id="x", file="x.txt", **facts))
    check_contract(source, table)
    return table


def talk(source: str, **facts) -> list[tuple[str, str | None, str]]:
    """Return role, speaker and words of what is said."""
    table = split(source, **facts)
    said = table[table["role"].isin(["interviewer", "interviewee"])]
    speakers = said["speaker"].astype(object).where(said["speaker"].notna(), None)
    return list(zip(said["role"], speakers, said["text"], strict=True))


# --- labels set by hand
# -----------------------------------------------------------------------------------------


def test_every_passage_of_the_gold_is_found(root):
    table = load_utterances(root / GOLD)
    found = agreement_by_interview(table, root / GOLD, root / GOLD).set_index("interview")
    assert len(found) == 19
    for label in ("role", "speaker", "turn", "all", "interviewer_recall"):
        assert found.loc[found[label] < 1, label].to_dict() == {}, label
    assert found["kept_boilerplate"].eq(0).all()


def test_nothing_of_the_gold_is_lost(root):
    proof = account(load_utterances(root / GOLD), root / GOLD)
    assert proof["in_one_row"].eq(proof["characters"]).all()
    assert proof["rows_that_differ"].eq(0).all()


def test_layouts_are_recognised_and_named_by_their_evidence(root):
    subtitles = {"attic", "ferry", "mill"}
    for interview in read_interviews(root / GOLD):
        source = read_source(root / GOLD, interview)
        assert recognise(source) == ("subtitles" if interview.id in subtitles else "labelled"), (
            interview.id
        )


def test_without_the_interviewees_name_the_roles_are_found_by_structure(root, tmp_path):
    """Without names set by hand roles hold, but for a moderator who asks little."""
    folder = tmp_path
    for path in (root / GOLD).glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    toml = (root / GOLD / "interviews.toml").read_text(encoding="utf-8")
    (folder / "interviews.toml").write_text(
        re.sub(r"(?m)^interviewee = .*$", "", toml), encoding="utf-8"
    )
    found = agreement_by_interview(load_utterances(folder), root / GOLD, folder).set_index(
        "interview"
    )
    assert found["role"].drop("bridge").eq(1).all()
    assert found["role"].mean() >= 0.99
    assert found["interviewer_recall"].mean() >= 0.98


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_matter(root, end):
    for interview in read_interviews(root / GOLD):
        source = read_source(root / GOLD, interview)
        columns = ["role", "speaker", "turn"]
        facts = {"interviewee": interview.interviewee}
        here, other = split(source, **facts), split(source.replace("\n", end), **facts)
        pd.testing.assert_frame_equal(other[columns], here[columns])
        assert [text.split() for text in other["text"]] == [text.split() for text in here["text"]]


def test_menus_and_long_prefaces_around_a_transcript():
    page = "\n".join(["Home", "Films", "Archive", "Search", "Shop"] * 8)
    preface = (
        "Ann Lee films rain in Hanoi, and she has done so for twenty years. We met her last"
        " week.\n\n" * 3
    )
    source = f"{page}\n\n{preface}{transcript_of('BO CHAN: ', 'ANN LEE: ')}\n{page}"
    assert recognise(source) == "labelled"
    assert [role for role, _, _ in talk(source)] == ["interviewer", "interviewee"] * 4


def test_few_labels_are_enough_where_the_layout_is_set():
    source = (
        "It rained all day.\n\n" * 30 + "BO: Why?\n\nANN: I know.\n\nBO: What?\n\nANN: Nothing."
    )
    assert recognise(source) is None or recognise(source) == "q_and_a"
    assert [role for role, _, _ in talk(source, layout="labelled")] == [
        "interviewer",
        "interviewee",
    ] * 2


# --- every form of a label
# --------------------------------------------------------------------------------------

FORMS = {
    "capitals": ("BO CHAN: ", "ANN LEE: "),
    "full names": ("Bo Chan: ", "Ann Lee: "),
    "surnames": ("Chan: ", "Lee: "),
    "blank before the colon": ("Bo Chan : ", "Ann Lee : "),
    "full-width colon": ("Bo Chan：", "Ann Lee："),
    "bold with colon inside": ("**Bo Chan:** ", "**Ann Lee:** "),
    "bold with colon outside": ("**Bo Chan**: ", "**Ann Lee**: "),
    "underscores": ("__Bo Chan__ ", "__Ann Lee__ "),
    "underscores and colon": ("__Bo Chan:__ ", "__Ann Lee:__ "),
    "brackets": ("[Bo Chan]: ", "[Ann Lee]: "),
    "time code": ("[00:12:34] Bo Chan: ", "[00:12:40] Ann Lee: "),
    "time code after": ("Bo Chan [00:12]: ", "Ann Lee [00:14]: "),
    "time code in round brackets": ("Bo Chan (00:00:12): ", "Ann Lee (00:00:14): "),
    "own line": ("Bo Chan\n", "Ann Lee\n"),
    "own line, colon": ("Bo Chan:\n", "Ann Lee:\n"),
    "own paragraph, colon": ("Bo Chan:\n\n", "Ann Lee:\n\n"),
    "own line, time code": ("Bo Chan 0:12\n", "Ann Lee 0:14\n"),
    "tab": ("Bo Chan\t", "Ann Lee\t"),
    "dash": ("Bo Chan – ", "Ann Lee – "),
    "long dash": ("Bo Chan — ", "Ann Lee — "),
    "handles": ("@bochan: ", "@annlee: "),
    "chevrons": (">> Bo Chan: ", ">> Ann Lee: "),
    "quoted mail": ("> Bo Chan: ", "> Ann Lee: "),
    "aside": ("Bo Chan (laughing): ", "Ann Lee (thinks): "),
}
NAMELESS = {
    "letters": ("Q: ", "A: "),
    "letters, full stop": ("Q. ", "A. "),
    "bold letters": ("**Q:** ", "**A:** "),
    "German": ("Frage: ", "Antwort: "),
    "Spanish": ("P.- ", "R.- "),
    "Spanish, dash": ("P: ", "R: "),
    "Italian": ("D. ", "R. "),
    "Russian": ("В: ", "О: "),
    "Arabic": ("س: ", "ج: "),
    "parts": ("Interviewer: ", "Interviewee: "),
    "short": ("Int: ", "Respondent: "),
    "small": ("interviewer: ", "respondent: "),
}
QUESTIONS = [
    "How did it begin?",
    "That was brave.",
    "Who paid for it?",
    "And then what did you do?",
]
ANSWERS = [
    "With a rope. I had no plan at all.",
    "No, it was cheap.",
    "My aunt. She sold a horse for it.",
    "I ran.",
]


def transcript_of(asking: str, answering: str) -> str:
    turns = [f"{asking}{q}\n\n{answering}{a}" for q, a in zip(QUESTIONS, ANSWERS, strict=True)]
    return "\n\n".join(turns) + "\n"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("known", [True, False])
def test_every_form_of_a_name(form, known):
    asking, answering = FORMS[form]
    facts = {"interviewee": "Ann Lee", "interviewer": "Bo Chan"} if known else {}
    found = talk(transcript_of(asking, answering), **facts)
    assert [role for role, _, _ in found] == ["interviewer", "interviewee"] * 4
    assert [text for _, _, text in found] == [
        text for pair in zip(QUESTIONS, ANSWERS, strict=True) for text in pair
    ]
    speakers = {role: speaker for role, speaker, _ in found}
    if known:
        assert speakers == {"interviewer": "Bo Chan", "interviewee": "Ann Lee"}
    else:
        assert all(fold(speakers[role]) for role in speakers), "the label says who speaks"


@pytest.mark.parametrize("form", NAMELESS)
def test_every_form_of_a_part(form):
    found = talk(transcript_of(*NAMELESS[form]))
    assert [(role, speaker) for role, speaker, _ in found] == [
        ("interviewer", None),
        ("interviewee", None),
    ] * 4
    assert [text for _, _, text in found] == [
        text for pair in zip(QUESTIONS, ANSWERS, strict=True) for text in pair
    ]
    named = talk(transcript_of(*NAMELESS[form]), interviewee="Ann Lee", interviewer="Bo Chan")
    assert {speaker for _, speaker, _ in named} == {"Ann Lee", "Bo Chan"}


@pytest.mark.parametrize(
    ("label", "full"),
    [
        ("ANN LEE", "Ann Lee"),
        ("Lee", "Ann Lee"),
        ("Ann", "Ann Lee"),
        ("AL", "Ann Lee"),
        ("A.L.", "Ann Lee"),
        ("JOSE", "José Ruiz"),
        ("Muller", "Ida Müller"),
        ("Van der Berg", "Ida van der Berg"),
        ("Prof. Lee", "Ann Lee"),
        ("A. Lee", "Ann Lee"),
        ("@AnnLee", "Ann Lee"),
        ("@alee", "Ann May Lee"),
        ("@annlee", "Ann May Lee"),
        ("דנה", "דנה לוי"),
    ],
)
def test_what_stands_for_a_name(label, full):
    assert stands_for(label, full)
    assert not stands_for(label, "Otto Quint")


@pytest.mark.parametrize(
    ("label", "full"), [("Bo Lee", "Ann Lee"), ("la", "Lucie Amar"), ("Q", "Ann Lee"), ("A", "Ann")]
)
def test_what_does_not_stand_for_a_name(label, full):
    assert not stands_for(label, full)


def test_the_full_name_is_the_texts():
    preface = "Last week Eric Marlow met the painter Ida Quint in her studio.\n\n"
    found = talk(preface + transcript_of("MARLOW: ", "QUINT: "))
    assert {role: speaker for role, speaker, _ in found} == {
        "interviewer": "Eric Marlow",
        "interviewee": "Ida Quint",
    }


@pytest.mark.parametrize(
    ("label", "name"),
    [("QUINT", "Ida Quint"), ("IDA", "IDA"), ("EKIN", "Bo Ekin"), ("ORR", "ORR")],
)
def test_a_surname_is_completed_from_the_talk_and_a_first_or_short_name_is_not(label, name):
    said = "They said: Ida Quint ran. So did Bo Ekin, and then Cy Orr."
    source = transcript_of("MARLOW: ", f"{label}: ").replace("I ran.", said)
    assert said in source
    assert {who for role, who, _ in talk(source) if role == "interviewee"} == {name}


@pytest.mark.parametrize(("label", "name"), [("QUINT", "Ida Quint"), ("IDA", "IDA")])
def test_of_subtitles_only_what_comes_before_the_first_cue_completes_a_first_name(label, name):
    said = [f"{label}: We met in May.", "I am Ida Quint.", "BO: What then?", f"{label}: I ran."]
    cues = "".join(
        f"{at}\n00:00:0{at},000 --> 00:00:0{at},900\n{line}\n\n" for at, line in enumerate(said)
    )
    assert {who for role, who, _ in talk(cues) if role == "interviewee"} == {name}


def recurring(labels: str, form: str = "{}: {}") -> str:
    """Return a talk in which each label is followed by the same words."""
    return "\n\n".join(form.format(label, "It rained.") for label in labels.split(", "))


@pytest.mark.parametrize(
    ("labels", "interviewer"),
    [
        ("Me, Ann", "Me"),
        ("Ann, Me", "Me"),
        ("Moi, Ida", "Moi"),
        ("Q, A", "Q"),
        ("A, Q", "Q"),
        ("R, P", "P"),
        ("Ann, Host", "Host"),
        ("Ann, Guest", "Ann"),
        ("Ann, Senior Reporter", "Senior Reporter"),
    ],
)
def test_where_all_say_the_same_words_for_their_parts_decide(labels, interviewer):
    found = talk(recurring(", ".join([labels] * 3)))
    roles = dict(zip(labels.split(", "), (role for role, _, _ in found), strict=False))
    assert [label for label, role in roles.items() if role == "interviewer"] == [interviewer]


@pytest.mark.parametrize(
    ("labels", "interviewers", "interviewees"),
    [
        ("Bo, Ann", {"Bo Chan"}, {"Ann Lee"}),
        ("Q, A", {"Bo Chan"}, {"Ann Lee"}),
        ("Bo, Annie", {"Bo Chan"}, {"Ann Lee"}),
        ("Bo, Annie Lo", {"Bo Chan"}, {"Annie Lo"}),
        ("Robert Ek, Ann", {"Bo Chan"}, {"Ann Lee"}),
        ("Bo, Ann, Host", {"Bo Chan", None}, {"Ann Lee"}),
        ("Bo, Ann, Cy Orr", {"Bo Chan", "Cy Orr"}, {"Ann Lee"}),
    ],
)
def test_who_a_label_stands_for_where_one_of_each_side_is_known(labels, interviewers, interviewees):
    asking, answering, *others = labels.split(", ")
    source = transcript_of(f"{asking}: ", f"{answering}: ")
    source += "".join(f"\n\n{one}: So?\n\n{answering}: Yes.\n\n{one}: Yes?" for one in others)
    found = talk(source, interviewee="Ann Lee", interviewer="Bo Chan")
    assert {who for role, who, _ in found if role == "interviewer"} == interviewers
    assert {who for role, who, _ in found if role == "interviewee"} == interviewees


def test_words_of_somebody_who_may_be_either_are_not_the_interviewees():
    people = "Host Moderator Reporter Guest Eve".split() * 2
    found = talk("\n\n".join(f"{who}: It rained." for who in people))
    roles = dict(zip(people, (role for role, _, _ in found), strict=True))
    assert [who for who, role in roles.items() if role == "interviewee"] == ["Guest"]


@pytest.mark.parametrize(
    ("label", "preface", "name"),
    [
        ("ANN LEE", "Ann Lee", "Ann Lee"),
        ("Ann Lee", "ANN LEE", "Ann Lee"),
        ("Lee", "Ann Lee", "Ann Lee"),
        ("Lee", "Ann Lee and Bo Lee", "Lee"),
        ("Lee", "the painter Ann Lee, and of Director Ann Lee", "Ann Lee"),
        ("Ann", "Ann Lee", "Ann Lee"),
        ("Ann Lee", "Ann Lee Ray", "Ann Lee"),
    ],
)
def test_the_preface_completes_a_name_and_spells_one_in_capitals(label, preface, name):
    source = f"This is a talk of {preface}.\n\n{transcript_of('MARLOW: ', f'{label}: ')}"
    assert {who for role, who, _ in talk(source) if role == "interviewee"} == {name}


def test_where_only_questions_are_labelled_one_may_be_a_request():
    asked = ["Where?", "When did you begin?", "Tell me more.", "Why then?", "Who came?"]
    source = "\n\n".join(f"MARLOW: {one}\n\nI was in town. It rained." for one in asked)
    assert [role for role, _, _ in talk(source)] == ["interviewer", "interviewee"] * 5


@pytest.mark.parametrize(
    ("label", "asking", "answered", "asked_back", "side"),
    [
        ("MARLOW", 5, 10, 0, "interviewer"),
        ("MARLOW", 4, 10, 0, None),
        ("MARLOW", 5, 8, 0, "interviewer"),
        ("MARLOW", 5, 7, 0, None),
        ("MARLOW", 5, 10, 2, "interviewer"),
        ("MARLOW", 5, 10, 3, None),
        ("Q", 0, 6, 0, "interviewer"),
        ("Q", 0, 5, 0, None),
        ("Q", 0, 10, 9, "interviewer"),
    ],
)
def test_ten_labels_of_one_name_that_asks_are_the_interviewers(
    label, asking, answered, asked_back, side
):
    turns = [f"{label}: {'Why was that?' if at < asking else 'I see.'}" for at in range(10)]
    for at in range(answered):
        turns[at] += f"\n\nIt rained.{' Who knows why?' if at < asked_back else ''}"
    found = transcript("\n\n".join(turns))
    assert (found and found.side) == side


@pytest.mark.parametrize(
    ("asked", "asking_back", "side"),
    [
        (10, 0, "interviewee"),
        (3, 0, "interviewee"),
        (2, 0, None),
        (3, 2, "interviewee"),
        (3, 3, None),
        (10, 9, "interviewee"),
        (10, 10, None),
    ],
)
def test_ten_labels_of_one_name_that_is_asked_are_the_interviewees(asked, asking_back, side):
    turns = [
        f"{'Why was that?' if at < asked else 'We sat down.'}\n\n"
        f"LEE: {'Did it rain?' if at < asking_back else 'It rained.'}"
        for at in range(10)
    ]
    found = transcript("\n\n".join(turns))
    assert (found and found.side) == side


def test_an_interviewee_who_asks_back_stays_the_interviewee():
    turns = [
        "Bo: It rained.",
        "Ann: Did it?",
        "Bo: All day. I was away.",
        "Ann: Where? And with whom?",
        "Bo: Here.",
    ]
    source = "\n\n".join(turns)
    assert {role for role, _, text in talk(source, interviewee="Ann Lee") if "?" in text} == {
        "interviewee"
    }


@pytest.mark.parametrize("form", ["capitals", "bold with colon inside", "own line", "dash"])
def test_capitals_are_read_as_small_letters_are(form):
    source = transcript_of(*FORMS[form])
    roles = [role for role, _, _ in talk(source.upper())]
    assert roles == ["interviewer", "interviewee"] * 4
    bare = "We met Ann Lee in Hanoi.\n\n" + transcript_of("", "")
    found, loud = split(bare), split(bare.upper())
    assert loud["role"].to_list() == found["role"].to_list()
    assert loud["text"].to_list() == found["text"].str.upper().to_list()


@pytest.mark.parametrize(
    "marks", [("- ", "- "), (">> ", ">> "), ("BO: ", "ANN: "), (">> BO: ", ">> ANN: ")]
)
def test_turns_begin_within_the_lines_of_cues(marks):
    said = " ".join(f"{marks[0]}{q} {marks[1]}{a}" for q, a in zip(QUESTIONS, ANSWERS, strict=True))
    cues = "".join(
        f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{line}\n\n"
        for n, line in enumerate(textwrap.wrap(said, 40), 1)
    )
    words: dict[str, str] = {}
    for role, _, text in talk(cues):
        words[role] = f"{words.get(role, '')} {text}".strip()
    assert words["interviewer"].split() == " ".join(QUESTIONS).split()


# --- what is no label
# -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "paragraph",
    [
        "My rule: never look down.",
        "Chris, who was there: he laughed.",
        "This is what I think: it was luck.",
        "At 12:30 we ate.",
        "Rain: that is what I remember.",
    ],
)
def test_a_colon_in_speech_is_no_label(paragraph):
    source = transcript_of("BO CHAN: ", "ANN LEE: ").replace(
        ANSWERS[1], f"{ANSWERS[1]}\n\n{paragraph}"
    )
    assert ("interviewee", "Ann Lee", paragraph) in talk(source, interviewee="Ann Lee")


def test_breaks_and_notes_are_no_speech():
    source = transcript_of("**Bo Chan:** ", "**Ann Lee:** ")
    source = source.replace(
        ANSWERS[1], f"{ANSWERS[1]}\n\n**Break:** [00:01]\n\nNote: the tape ends here."
    )
    table = split(source)
    assert table.loc[table["text"].str.contains("Break"), "role"].to_list() == ["boilerplate"]
    assert table.loc[table["text"].str.contains("tape"), "role"].to_list() == ["narration"]
    assert set(table["speaker"].dropna()) == {"Bo Chan", "Ann Lee"}


def test_a_list_is_no_conversation():
    source = (
        "What do you need?\n\nA. A rope.\n\nB. A lamp.\n\nC. A friend.\n\nWhat else?\n\nI need"
        " nothing else."
    )
    assert recognise(source) == "q_and_a"
    assert (
        transcript("Title: Rain\n\nDate: May 3\n\nPlace: Oslo\n\nIt rained. Why?\n\nI do not know.")
        is None
    )


LATER = ("And then?", "It stopped.", "Where?", "Here.")


@pytest.mark.parametrize(
    ("before", "asked", "between", "answered", "after", "expected"),
    [
        (0, "BO CHAN: Why?", 0, "ANN LEE: It rained.", LATER, True),
        (0, "BO CHAN: Why?", 2, "ANN LEE: It rained.", LATER, True),
        (0, "BO CHAN: Why?", 3, "ANN LEE: It rained.", LATER, False),
        (5, "BO CHAN: Why?", 0, "ANN LEE: It rained.", LATER, True),
        (6, "BO CHAN: Why?", 0, "ANN LEE: It rained.", LATER, False),
        (0, "BO CHAN: So.", 0, "ANN LEE: It rained.", LATER, True),
        (0, "BO CHAN: Why?", 0, "ANN LEE: It rained.", LATER[1::2], False),
        (0, "CY ORR: Why?", 0, "ANN LEE: It rained.", LATER, True),
        (0, "BO CHAN: Why?", 0, "CY ORR: It rained.", LATER, True),
        (0, "CY ORR: So.", 0, "ANN LEE: It rained.", LATER, False),
        (0, "CY ORR: Why?", 0, "DEE EK: It rained.", LATER, False),
        (0, "my rule: Why?", 0, "ANN LEE: It rained.", LATER, False),
        (0, "interviewer: Why?", 0, "ANN LEE: It rained.", LATER, True),
    ],
)
def test_labels_of_the_first_two_turns_only_name_people_and_come_early(
    before, asked, between, answered, after, expected
):
    preface = ["We met Ann Lee and Bo Chan in town.", *[STATEMENT] * before]
    turns = [asked, *[STATEMENT] * between, answered, *after]
    found = transcript("\n\n".join(preface + turns))
    names = [label.name for label in (found.labels if found else [])]
    assert names == [turn.partition(":")[0] for turn in (asked, answered) if expected]


MET = "They met on a pier by the sea, in the rain.\n\n"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("Interviewer: Bo Chan\nInterviewee: Ann Lee", []),
        ("Interviewer: Bo Chan\n\nInterviewee: Ann Lee", []),
        ("Interviewer: Bo Chan of the Harbour Evening Courier\nPlace: Oslo", []),
        ("Place: Oslo\nInterviewer: Bo Chan of the Harbour Evening Courier", []),
        ("Interviewer: Bo Chan\n\nThey met on a pier, by the sea, in the rain.", []),
        ("Interviewer: We met in the rain, Ann Lee", ["We met in the rain, Ann Lee"]),
        (f"{MET}{MET}Interviewer: Bo Chan of a paper in town\nPlace: Oslo", []),
        (f"{MET}{MET}Place: Oslo\nInterviewer: Bo Chan of a paper in town", []),
        (f"{MET}Interviewer: Bo Chan of a paper in town\n\n{MET}", []),
        (f"{MET}{MET}Interviewer: Bo Chan of the Harbour Evening Courier\n\n{MET}", []),
        (f"{MET}{MET}Interviewer: Good to see you\n\n{MET}", ["Good to see you", MET.strip()]),
        (f"{MET}{MET}Interviewer: Welcome Ann\n\n{MET}", ["Welcome Ann", MET.strip()]),
        (f"{MET}{MET}Interviewer: Bo van der Ek\n\n", []),
        (f"{MET}{MET}Interviewer: Welcome To Oslo Ann Lee\n\n", ["Welcome To Oslo Ann Lee"]),
        (f"{MET}{MET}Interviewer: So we meet here again\n\n", ["So we meet here again"]),
    ],
)
def test_facts_in_the_form_of_labels_are_not_said(facts, said):
    found = talk(f"{facts}\n\n{transcript_of('Interviewer: ', 'Interviewee: ')}")
    assert [text for _, _, text in found[:-8]] == said
    assert [text for _, _, text in found[-8::2]] == QUESTIONS


@pytest.mark.parametrize(
    ("labels", "known", "expected"),
    [
        ("Bo, Ann, Bo, Ann", None, True),
        ("bo, ann, bo, ann, bo, ann", None, False),
        ("bo, ann, bo, ann, bo, ann, bo, ann", None, True),
        ("bo, ann, bo, ann, bo, ann, bo", None, False),
        ("bo, ann, bo, ann, bo, ann, bo", "Ann Lee", True),
        ("host, guest, host, guest", None, True),
        ("Bo, Ann, Bo", None, False),
        ("Bo, Ann, Bo", "Ann Lee", True),
        ("Bo, Ann", "Ann Lee", False),
        ("Bo, Ann, Cy", "Ann Lee, Bo Chan, Cy Orr", False),
        ("Bo, Ann, Cy, Bo", "Ann Lee, Bo Chan, Cy Orr", True),
        ("Ida van Dam, Bo de la Cruz, Ida van Dam, Bo de la Cruz", None, True),
        ("Ida who ran, Bo with a hat, Ida who ran, Bo with a hat", None, False),
        ("von Dam, Bo, von Dam, Bo", None, False),
        ("@ida, @bo, @ida, @bo", None, True),
        ("דנה, רון, דנה, רון", None, True),
        ("מה שהיא אמרה לי היום, רון, מה שהיא אמרה לי היום, רון", None, False),
    ],
)
def test_labels_look_like_names_or_come_back_often(labels, known, expected):
    interview = Interview(id="x", file="x", interviewee=known)
    assert (transcript(recurring(labels), interview) is not None) == expected


RARER = ("{} – {}", "{}\t{}", "{}\n{}")


@pytest.mark.parametrize(
    ("labels", "colon", "other"),
    [
        ("Bo Chan, Ann Lee, Bo Chan", True, False),
        ("Bo Chan, Ann Lee, Bo Chan, Bo Chan", True, False),
        ("Bo Chan, Ann Lee, Bo Chan, Ann Lee", True, True),
    ],
)
def test_labels_without_a_colon_come_back_more_often(labels, colon, other):
    known = Interview(id="x", file="x", interviewee="Ann Lee")
    assert (transcript(recurring(labels), known) is not None) == colon
    for form in RARER:
        assert (transcript(recurring(labels, form), known) is not None) == other, form


@pytest.mark.parametrize(("form", "least"), [("{}: {}", 2), *((form, 4) for form in RARER)])
def test_answers_labelled_without_a_colon_are_four(form, least):
    for number in (least - 1, least):
        answers = recurring(", ".join(["Ann Lee"] * number), f"Why was that?\n\n{form}")
        assert (transcript(answers) is not None) == (number == least)


@pytest.mark.parametrize(("silent", "expected"), [(0, True), (3, True), (4, False), (6, False)])
@pytest.mark.parametrize("instead", ["", "\nA red tent"])
def test_names_on_lines_of_their_own_are_no_labels_if_most_introduce_no_sentence(
    silent, instead, expected
):
    names = ["Bo Chan", "Ann Lee"] * 3
    turns = [name + (instead if at < silent else "\nIt rained.") for at, name in enumerate(names)]
    assert (transcript("\n\n".join(turns)) is not None) == expected


DASHES = ["- Why? ", "- It rained. ", "- And then? ", "- It stopped. ", "- Did it? ", "- It did. "]
NAMED = "BO: Why? ANN: It rained. BO: And then? ANN: It stopped. "


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("".join(DASHES[:3]), []),
        ("".join(DASHES[:4]), [""] * 4),
        ("".join(DASHES[:3]) + "\n\n" + "".join(DASHES[3:5]), []),
        ("".join(DASHES[:3]) + "\n" + "".join(DASHES[3:5]), [""] * 5),
        ("".join(DASHES[:3]) + "\n\n" + "".join(DASHES[3:]), [""] * 6),
        (NAMED.removesuffix("ANN: It stopped. "), []),
        (NAMED, ["BO", "ANN"] * 2),
        (NAMED + "CY: I was there.", ["BO", "ANN"] * 2),
        (NAMED + "My rule: walk. My rule: run.", ["BO", "ANN"] * 2),
        ("BO: It rained. BO: It stopped. BO: It did. BO: So.", []),
    ],
)
def test_turns_inside_a_line_are_many_and_of_names_that_come_back(source, names):
    found = transcript(source)
    assert [label.name for label in (found.labels if found else [])] == names


STATEMENT = "It rained on the pier and nobody came out."


@pytest.mark.parametrize(
    ("labels", "paragraphs", "before", "expected"),
    [
        (5, 24, 0, True),
        (5, 25, 0, False),
        (6, 25, 0, True),
        (6, 74, 0, True),
        (6, 75, 0, False),
        (9, 8, 13, True),
        (9, 8, 14, False),
        (10, 9, 14, True),
        (10, 9, 30, True),
        (10, 9, 31, False),
    ],
)
def test_labels_of_a_conversation_are_dense_and_extend_over_much_of_the_text(
    labels, paragraphs, before, expected
):
    """`paragraphs` stand between the first and the last label, `before` the first."""
    names = ("BO CHAN", "ANN LEE") * labels
    turns = [f"{name}: {STATEMENT}" for name in names[:labels]]
    for at in range(paragraphs - labels + 1):
        turns[at % (labels - 1)] += f"\n\n{STATEMENT}"
    preface = [f"{STATEMENT} Then the sun came out."] * before
    assert (transcript("\n\n".join(preface + turns)) is not None) == expected


@pytest.mark.parametrize(("others", "expected"), [(2, True), (5, False)])
def test_labels_of_one_side_alone_are_denser(others, expected):
    turn = f"{STATEMENT}\n\n" * others + f"Why did it rain?\n\nANN LEE: {STATEMENT}"
    found = transcript("\n\n".join([turn] * 8))
    assert (found is not None and found.side == "interviewee") == expected


def test_comments_under_a_transcript_are_the_pages():
    source = (
        transcript_of("BO CHAN: ", "ANN LEE: ")
        + "\n3 Comments\n\nRITA: So good!\n\nANN LEE: Thank you, Rita."
    )
    table = split(source)
    assert table["role"].to_list()[-3:] == ["boilerplate"] * 3


def test_lines_cut_at_a_width_are_one_paragraph():
    long = (
        "I had a rope and a lamp and a friend who knew\nthe way down, and so we went, and no"
        " one\nasked us where."
    )
    source = transcript_of("Q: ", "A: ").replace(ANSWERS[1], long).replace(ANSWERS[3], long)
    assert ("interviewee", None, long) in talk(source)


# --- candidates
# ----------------------------------------------------------------------------------------------


def test_candidates_say_what_else_is_near():
    found = candidates(transcript_of("Q: ", "A: "))
    assert found.columns.to_list() == ["layout", "evidence", "reason"]
    assert set(found["layout"]) == set(LAYOUTS)
    assert found["layout"].iloc[0] == "labelled"
    assert found["evidence"].between(0, 1).all()
    assert found.set_index("layout").loc["q_and_a", "evidence"] > 0, "some paragraphs ask"
    assert "8 labels of 2 speakers (Q, A), from line 1 to line 15" in found["reason"].iloc[0]


def test_where_nothing_fits_the_evidence_is_none():
    assert candidates("It rained.")["evidence"].eq(0).all()
    assert recognise("It rained.") is None
    assert recognise("") is None


# --- subtitles
# ----------------------------------------------------------------------------------------------


def test_another_parser_reads_the_same_payloads_and_voices(root):
    """Compare with webvtt-py: the words of each cue, and who says them."""
    for name, read in (("attic", webvtt.from_string), ("mill", _srt)):
        source = (root / GOLD / f"{name}.txt").read_text(encoding="utf-8")
        cues = list(read(source))
        table = split(source)
        assert len(cues) >= 5
        said = table[table["role"].isin(["interviewer", "interviewee"])]
        ours = " ".join(" ".join(said["text"]).split())
        theirs = " ".join(" ".join(_bare(cue.text) for cue in cues).split())
        assert ours == theirs
        if name == "attic":
            assert list(dict.fromkeys(cue.voice for cue in cues)) == ["Host", "Jean-Paul Brisset"]
            assert set(said["speaker"].dropna()) == {"Jean-Paul Brisset"}


def _srt(source: str):
    from io import StringIO

    return webvtt.from_buffer(StringIO(source), format="srt")


def _bare(text: str) -> str:
    return re.sub(r"^>> \w+: ", "", text)


_word = st.sampled_from(
    "rain lamp rope river stone never always perhaps she came home late and sang".split()
)
_sentence = st.lists(_word, min_size=2, max_size=8).map(lambda words: " ".join(words).capitalize())
_question = _sentence.map(lambda text: text + "?")
_statement = _sentence.map(lambda text: text + ".")
_answer_paragraphs = st.lists(_statement, min_size=1, max_size=3)
_turns = st.lists(st.tuples(_question, _answer_paragraphs), min_size=3, max_size=8)


@settings(max_examples=60)
@given(turns=_turns, form=st.sampled_from(sorted(FORMS)), end=st.sampled_from(["\n", "\r\n"]))
def test_generated_conversations_are_recovered(turns, form, end):
    """Whatever is said in whatever form: role, speaker and turn are as generated."""
    asking, answering = FORMS[form]
    lines, expected = [], []
    for number, (question, answers) in enumerate(turns):
        lines += [asking + question, answering + answers[0], *answers[1:]]
        expected.append(("interviewer", "Bo Chan", 2 * number, question))
        expected += [("interviewee", "Ann Lee", 2 * number + 1, answer) for answer in answers]
    source = "\n\n".join(lines).replace("\n", end)
    table = split(source, interviewee="Ann Lee", interviewer="Bo Chan")
    said = table[table["role"] != "boilerplate"]
    assert (
        list(zip(said["role"], said["speaker"], said["turn"], said["text"], strict=True))
        == expected
    )


@settings(max_examples=60)
@given(turns=_turns, srt=st.booleans(), end=st.sampled_from(["\n", "\r\n"]))
def test_generated_subtitles_are_recovered(turns, srt, end):
    cues, expected = [], []
    comma = "," if srt else "."
    for number, (question, answers) in enumerate(turns):
        payloads = [("Bo Chan", question), *(("Ann Lee", answer) for answer in answers)]
        for speaker, text in payloads:
            at = f"00:00:{len(cues) % 60:02d}{comma}000 --> 00:00:{len(cues) % 60:02d}{comma}900"
            label = f"{speaker}: " if srt else f"<v {speaker}>"
            cues.append(f"{len(cues) + 1}\n{at}\n{label}{text}")
            role = "interviewer" if speaker == "Bo Chan" else "interviewee"
            expected.append((role, speaker, 2 * number + (role == "interviewee"), text))
    source = ("" if srt else "WEBVTT\n\n") + "\n\n".join(cues) + "\n"
    table = split(source.replace("\n", end), interviewee="Ann Lee", interviewer="Bo Chan")
    said = table[table["role"] != "boilerplate"]
    assert (
        list(zip(said["role"], said["speaker"], said["turn"], said["text"], strict=True))
        == expected
    )
    if not srt:
        assert [cue.text for cue in webvtt.from_string(source)] == said["text"].to_list()


def test_who_speaks_in_a_cue_without_voice_is_not_guessed():
    source = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Bo>Why?</v>\n\n00:02.000 --> 00:03.000\n[music]\n\n"
    )
    source += "00:03.000 --> 00:04.000\n<v Ann>It rained.\nAll day.\n"
    table = split(source, interviewee="Ann Lee")
    assert table.loc[table["text"] == "[music]", "role"].to_list() == ["narration"]
    assert table.loc[table["role"] == "interviewee", "text"].to_list() == ["It rained.\nAll day."]


def test_a_voice_of_nothing_but_marks_names_nobody():
    source = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v —>Why?</v>\n\n00:02.000 --> 00:03.000\n<v Ann>It"
        " rained.\n\n00:03.000 --> 00:04.000\n<v —>And then?</v>\n"
    )
    table = split(source, interviewee="Ann Lee")
    assert table.loc[table["text"] == "Why?", "role"].to_list() == ["narration"]
    assert table.loc[table["text"] == "It rained.", "role"].to_list() == ["interviewee"]


SAID = [
    ("interviewer", "Bo Chan", "So, how did it begin?"),
    ("interviewee", "Ann Lee", "With a letter."),
    ("interviewee", "Ann Lee", "It was in pencil."),
    ("interviewer", "Bo Chan", "Who wrote it?"),
    ("interviewee", "Ann Lee", "My grandmother."),
]


@pytest.mark.parametrize(
    ("before", "turn"),
    [
        ("", "0:0:{at}.120 --> 0:0:{at}.900\n{speaker}\n{text}\n"),
        ("", "[00:{at:02d}.000 --> 00:{at:02d}.900]  {speaker}: {text}\n"),
        ("Interview with Ann Lee\n\n", "{speaker}  0:{at:02d}\n{text}\n\n"),
    ],
    ids=["names above words", "times before words", "a headline is no fuller name of a speaker"],
)
def test_transcripts_made_by_machines(before, turn):
    turns = (
        turn.format(at=at, speaker=speaker, text=text) for at, (_, speaker, text) in enumerate(SAID)
    )
    assert talk(before + "".join(turns)) == SAID


def test_a_title_with_a_name_in_an_earlier_section_is_nobodys_turn():
    title = "ANN LEE: A Conversation Recorded by Bo Chan, Archive of Tides, 4 May 2013."
    rights = "No part of this conversation may be printed without asking the archive."
    turns = "\n\n".join(f"{speaker}: {text}" for _, speaker, text in SAID)
    source = f"## About\n\n{title}\n\n## Rights\n\n{rights}\n\n## The talk\n\n{turns}"
    said = split(source, interviewee="Ann Lee").query("role == 'interviewee'")
    assert said["text"].to_list() == [text for role, _, text in SAID if role == "interviewee"]


def test_two_lines_of_speech_in_a_cue_are_no_name_and_words():
    source = "".join(
        f"00:{number:02d}.000 --> 00:{number:02d}.900\n- {text}\n{word} it rained.\n\n"
        for number, (text, word) in enumerate(
            zip(["Why?", "It rained.", "And then?", "It stopped."] * 2, "abcdefgh", strict=True)
        )
    )
    assert not {row[1] for row in talk(source, interviewee="Ann Lee")} - {"Ann Lee", None}


def test_subtitles_that_name_nobody_are_refused_in_words():
    source = (
        "1\n00:00:01,000 --> 00:00:02,000\nWhy?\n\n2\n00:00:02,000 --> 00:00:03,000\nIt rained.\n"
    )
    with pytest.raises(
        SourceError, match="no words by an interviewee were found with the layout 'subtitles'"
    ):
        split(source)


# --- hostile
# ----------------------------------------------------------------------------------------------

_PIECES = [
    *(
        "ANN LEE: ",
        "Bo: ",
        "Q. ",
        "A: ",
        "**Ann:** ",
        "__Bo__ ",
        "@ann: ",
        "Ann Lee – ",
        "Bo\t",
        "[00:12:34] ",
        ">> ",
    ),
    *(
        "(laughs)",
        "[",
        "]",
        "**",
        "__",
        ":",
        "：",
        "-->",
        "<v Ann>",
        "</v>",
        "WEBVTT",
        "NOTE",
        "00:01.000 --> 00:02.000",
    ),
    *(
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u2028",
        " ",
        "\t",
        "---",
        "#",
        "1",
        "Why?",
        "It rained.",
        "“No.”",
        "Comments",
        "é",
        "שלום",
    ),
    *(
        "\u202e",
        "\u200f",
        "\ufeff",
        "٢",
        "😀",
        "Interviewer: ",
        "Frage: ",
        "Note: ",
        "Break:",
        "I think so",
    ),
]
_mess = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=40).map(
    lambda pieces: "".join(pieces).replace("\0", "")
)


@pytest.mark.parametrize("layout", ["labelled", "subtitles"])
@settings(max_examples=300)
@given(source=_mess.filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_no_text_crashes_a_parser_or_is_lost(layout, source):
    for interviewee in (None, "Ann Lee"):
        check_rows(
            source, voices_of(source, Interview(id="x", file="x", interviewee=interviewee), layout)
        )
    assert (
        candidates(source, Interview(id="x", file="x", interviewee="Ann Lee"))["evidence"]
        .between(0, 1)
        .all()
    )


def test_names_with_paths_or_markup_are_only_names():
    source = transcript_of("<b>Bo</b>: ", "../../Ann: ")
    table = split(source + transcript_of("Bo: ", "Ann: "), interviewee="../Ann <script>")
    assert table["text"].str.len().gt(0).all()


@pytest.mark.parametrize("quotes", ["“", "”", '"', "“a” ", "‘", "«»"])
def test_a_thousand_quotation_marks(quotes):
    source = transcript_of("Q: ", "A: ").replace("I ran.", quotes * 1000 + " I ran.")
    assert talk(source)[0] == ("interviewer", None, QUESTIONS[0])


# --- files
# ----------------------------------------------------------------------------------------------

TALK = "Q: Où est le café?\n\nA: Là-bas. J’y vais.\n\nQ: Déjà?\n\nA: Oui, j’ai soif.\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "mac-roman", "UTF-8", "utf-8-sig"])
def test_an_encoding_may_be_named(folder_with, encoding):
    folder = folder_with(TALK.encode(encoding), f'encoding = "{encoding}"\n')
    table = load_utterances(folder)
    for start, end, text in zip(table["start"], table["end"], table["text"], strict=True):
        assert TALK[start:end] == text, "offsets are those of the decoded text"
    assert account(table, folder)["in_no_row"].eq(0).all()
    assert "Là-bas. J’y vais." in table["text"].to_list()


def test_the_likely_encoding_is_named_and_what_it_says_to_do_works(folder_with):
    folder = folder_with(TALK.encode("cp1252"))
    with pytest.raises(SourceError) as caught:
        load_utterances(folder)
    option = re.search(
        r'set (encoding = "[^"]+") for \'one\' in interviews\.toml', str(caught.value)
    )
    assert option
    assert "cp1252" in option[1]
    assert (
        "Déjà?"
        in load_utterances(folder_with(TALK.encode("cp1252"), option[1] + "\n"))["text"].to_list()
    )


@pytest.mark.parametrize("name", ["klingon", "rot13", "zlib", "hex", "../utf-8"])
def test_an_encoding_that_is_none(folder_with, name):
    with pytest.raises(
        SourceError,
        match=r"interviews\.toml: interview 1 .*, encoding: is .*, which is not a file encoding",
    ):
        load_utterances(folder_with(TALK, f'encoding = "{name}"\n'))


def test_a_file_that_is_not_in_the_encoding_named(folder_with):
    with pytest.raises(
        SourceError, match=r"one\.txt, line 1: byte 1 .* is not ascii; correct or remove the e"
    ):
        load_utterances(folder_with("Où?\n".encode(), 'encoding = "ascii"\n'))


@pytest.mark.parametrize(
    "path", ["../other.txt", "/etc/passwd", "a/../../other.txt", "C:/../../../other.txt/../../.."]
)
def test_a_file_outside_the_folder_is_refused(folder_with, path):
    with pytest.raises(SourceError, match=r"outside|there is no such file"):
        load_utterances(folder_with(TALK, f'[[interview]]\nid = "two"\nfile = "{path}"\n'))


@pytest.mark.skipif(
    not hasattr(os, "symlink") or os.name == "nt", reason="links need a right on Windows"
)
def test_a_link_that_leads_outside_is_refused(folder_with, tmp_path_factory):
    folder = folder_with(TALK)
    other = tmp_path_factory.mktemp("elsewhere") / "other.txt"
    other.write_text(TALK, encoding="utf-8")
    (folder / "two.txt").symlink_to(other)
    (folder / "interviews.toml").write_text(
        '[[interview]]\nid = "two"\nfile = "two.txt"\n', encoding="utf-8"
    )
    with pytest.raises(SourceError, match="outside"):
        load_utterances(folder)


def test_a_long_line_is_read(folder_with):
    """A million characters without a line end; benchmarks/layouts.md says how the time grows."""
    line = "It rains because it does, and I was there. " * 23_000
    folder = folder_with(f"Q: Why does it rain?\n\nA: {line}\n\nQ: Why?\n\nA: I do not know.")
    table = load_utterances(folder)
    assert table["text"].str.len().max() > 900_000
    assert (
        table["role"].to_list() == ["boilerplate", "interviewer", "boilerplate", "interviewee"] * 2
    )


def test_the_list_of_keys_names_every_layout(root):
    """A new layout is told to whoever writes interviews.toml."""
    rows = (root / "seeds" / "README.md").read_text(encoding="utf-8").splitlines()
    [row] = [row for row in rows if row.startswith("| `layout` |")]
    assert sorted(re.findall("`([a-z_]+)`", row)[1:]) == sorted(LAYOUTS)


def test_the_benchmark_of_growth_holds_every_kind_of_text(root):
    spec = importlib.util.spec_from_file_location(
        "benchmark_of_layouts", root / "benchmarks" / "layouts.py"
    )
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    stored = pd.read_csv(root / "benchmarks" / "layouts.csv")
    assert set(stored["kind"]) == set(benchmark.KINDS), "run benchmarks/layouts.py again"
    page = (root / "benchmarks" / "layouts.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert rows == [line for line in benchmark.report(stored).splitlines() if line.startswith("| ")]
    # Halfway to quadratic would be 1.5; what takes a hundredth of a second cannot be timed as
    # finely.
    assert stored.loc[stored["split_s"] > 0.05, "growth"].max() < 1.5
