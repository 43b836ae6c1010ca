"""What looks wrong with a split is said, each planted fault by its own sentence."""

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from analysis import SourceError
from analysis.files import first_words, visible
from analysis.sources.check import (
    check_interview,
    check_interviews,
    seems_english,
    shares,
    warnings_of,
)
from analysis.sources.interviews import Interview
from analysis.sources.utterances import load_utterances
from analysis.study.preview import preview

ANN = Interview(id="one", file="one.txt", interviewee="Ann Lee", interviewer="Bo Chan")
GOOD = [
    ("narration", None, "She paints by the sea."),
    ("interviewer", "Bo Chan", "Why do you paint?"),
    ("interviewee", "Ann Lee", "It rained for a week, so I stayed in."),
]
FOREIGN = (
    "it is read as English but seems to be in another language, so lemmas, names and themes will be"
    " wrong"
)


def table(rows):
    starts = [sum(len(text) + 2 for _, _, text in rows[:number]) for number in range(len(rows))]
    frame = pd.DataFrame(rows, columns=["role", "speaker", "text"]).astype("str")
    return frame.assign(start=starts, utterance=range(len(rows)))


def said(rows, interview=ANN):
    source = "\n\n".join(text for _, _, text in rows)
    return list(warnings_of(source, table(rows), interview))


def test_a_good_split_has_no_warning():
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("rows", "interview", "sentence"),
    [
        ([GOOD[0], GOOD[2]], ANN, "no words by an interviewer were found"),
        ([GOOD[2]], ANN, "all words outside the page furniture have the same role, interviewee"),
        (
            [GOOD[1], ("interviewee", "Ann Lee", "No."), ("narration", None, "x" * 980)],
            ANN,
            "only 0% of the characters outside the page furniture are the interviewee’s",
        ),
        (
            [*GOOD, ("boilerplate", None, "y" * 90)],
            ANN,
            "54% of the characters are treated as page furniture and set aside",
        ),
        (
            [*GOOD[:2], ("interviewee", None, GOOD[2][2])],
            ANN,
            "unclear who the interviewee is, neither file nor list saying so; set interviewee",
        ),
        (
            [*GOOD, ("interviewee", None, "Yes.")],
            ANN,
            "utterances by an interviewee that have no known speaker: 1",
        ),
        (
            [*GOOD, ("interviewee", "Cy Oh", "Yes.")],
            ANN,
            "treated as interviewees, although the list does not name them: Cy Oh",
        ),
        (
            [*GOOD, ("interviewee", "Ann Lee", "that " * 1_001)],
            ANN,
            (
                "paragraphs longer than 5,000 characters: 1 (the first at line 7); such a paragraph"
                " may mix several voices"
            ),
        ),
        (
            [*GOOD, ("interviewee", "Ann Lee", "Шёл дождь.".encode("cp1251").decode("cp1252"))],
            ANN,
            "line 7 holds 'äîæä', which suggests the wrong encoding",
        ),
        (
            [*GOOD, ("interviewee", "Ann Lee", "It â€œrainedâ€\x9d.")],
            ANN,
            "line 7 holds 'â€', which suggests the wrong encoding",
        ),
        (
            [*GOOD, ("interviewee", "Ann Lee", "a caf\ufffd")],
            ANN,
            "line 7 holds '�', which suggests the wrong encoding",
        ),
        (
            [*GOOD, ("interviewee", "Ann Lee", "Es regnete, und keiner ging aus dem Haus. " * 20)],
            ANN,
            FOREIGN,
        ),
    ],
)
def test_each_planted_fault_has_its_sentence(rows, interview, sentence):
    assert said(rows, interview) == [sentence]


@pytest.mark.parametrize(
    ("asked", "answered", "aside", "sentence"),
    [
        (80, 20, 0, None),
        (81, 19, 0, "only 19% of the characters outside the page furniture"),
        (50, 50, 100, None),
        (50, 50, 101, "50% of the characters are treated as page furniture"),
        (500, 5_000, 0, None),
        (500, 5_001, 0, "paragraphs longer than 5,000 characters: 1"),
    ],
)
def test_what_is_just_within_a_limit_has_no_warning(asked, answered, aside, sentence):
    sizes = {"interviewer": asked, "interviewee": answered, "boilerplate": aside}
    names = {"interviewer": "Bo Chan", "interviewee": "Ann Lee", "boilerplate": None}
    found = said([(role, names[role], "x" * size) for role, size in sizes.items() if size])
    assert len(found) == (sentence is not None)
    assert all(one.startswith(sentence) for one in found)


@pytest.mark.parametrize(("number", "more"), [(1, False), (4, False), (5, True)])
def test_four_names_that_the_list_lacks_are_shown(number, more):
    others = "Cy Dee Eve Flo Gus".split()[:number]
    [found] = said([*GOOD, *(("interviewee", other, "Yes.") for other in others)])
    assert found.endswith(": " + ", ".join(others[:4]) + ", …" * more)


@pytest.mark.parametrize(
    ("words", "common", "english"),
    [(49, 0, True), (50, 0, False), (100, 2, False), (100, 3, True), (101, 3, False)],
)
def test_the_language_shows_in_the_common_words_of_fifty(words, common, english):
    assert seems_english("Regen " * (words - common) + "the " * common) == english


def test_accents_and_quotation_marks_are_no_wrong_encoding():
    rows = [
        *GOOD,
        ("interviewee", "Ann Lee", "“Ã propos”, l’été à São Paulo – naïve, ÀÉÎ, €5, 日本, שלום"),
    ]
    assert said(rows) == []


@pytest.mark.parametrize(
    ("rows", "interview"),
    [
        ([*GOOD, ("interviewee", "Cy Oh", "Yes.")], replace(ANN, interviewee="Ann Lee, Cy Oh")),
        ([*GOOD, ("interviewee", "Cy Oh", "Yes.")], replace(ANN, interviewee=None)),
        ([GOOD[0], GOOD[2]], replace(ANN, layout="digest")),
        (GOOD, replace(ANN, encoding="cp1252")),
    ],
    ids=["a list of two", "no list", "a digest leaves the questions out", "an encoding that fits"],
)
def test_what_is_no_fault_is_no_warning(rows, interview):
    assert said(rows, interview) == []


IN_OTHER_LANGUAGES = {
    "seeds": [],
    "tests/gold-layouts": ["chess", "faro", "lamed", "leuchtturm", "velo"],
    "tests/gold-headings": ["citas", "fett", "greek", "italiques"],
}


@pytest.mark.parametrize("folder", IN_OTHER_LANGUAGES)
def test_texts_that_are_split_right_have_no_warning(root, folder):
    warnings = {one.interview.id: one.warnings for one in check_interviews(root / folder)}
    unsure = {
        name
        for name, said in warnings.items()
        if any("likely to be split correctly" in one for one in said)
    }
    # Nobody is named in the captions of the ferry. How sure a split is can only be estimated.
    nobody = "unclear who the interviewee is, neither file nor list saying so; set interviewee"
    expected = {"ferry": (nobody,)} if folder == "tests/gold-layouts" else {}
    expected |= dict.fromkeys(IN_OTHER_LANGUAGES[folder], (FOREIGN,))
    assert {
        name: said for name, said in warnings.items() if said and name not in unsure
    } == expected
    assert len(unsure) <= 1


def test_shares_of_the_characters():
    found = shares(table(GOOD))
    sizes = {role: len(text) for role, _, text in GOOD}
    assert dict(zip(found["role"], found["share"], strict=True)) == pytest.approx(
        {role: size / sum(sizes.values()) for role, size in sizes.items()}
    )


def test_what_is_checked_is_what_is_counted(root):
    tables = [split.utterances for split in check_interviews(root / "seeds")]
    pd.testing.assert_frame_equal(
        pd.concat(tables, ignore_index=True), load_utterances(root / "seeds")
    )


def test_a_fault_of_one_file_leaves_the_others(folder_with):
    folder = folder_with(
        "Q: Why?\n\nA: It rained.\n\nQ: And then?\n\nA: It stopped.",
        '[[interview]]\nid = "two"\nfile = "no.txt"\n',
    )
    one, two = check_interviews(folder)
    assert one.fault is None
    assert one.utterances is not None
    assert "there is no such file" in two.fault


def test_a_layout_set_against_the_signs_is_a_warning(folder_with):
    folder = folder_with(
        "Q: Why?\n\nA: It rained.\n\nQ: And then?\n\nA: It stopped.", 'layout = "q_and_a"\n'
    )
    [split] = check_interviews(folder)
    assert 'the list sets layout = "q_and_a", but the text looks like "labelled"' in split.warnings


def test_without_a_list_the_files_are_checked_as_they_would_be_listed(tmp_path):
    (tmp_path / "a.txt").write_text(
        "Q: Why?\n\nA: It rained.\n\nQ: So?\n\nA: It stopped.", encoding="utf-8"
    )
    (tmp_path / "b.txt").write_bytes(b"")
    one, two = check_interviews(tmp_path)
    assert (one.layout, two.fault is None) == ("labelled", False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").unlink()
    with pytest.raises(SourceError, match="contains no texts"):
        list(check_interviews(tmp_path))


# Shown as text

HOSTILE = (
    "[bold red]Why[/bold red] :smile: \x1b]0;title\x07\x1b[2J\u202eback?"
    " [link=http://a.example]x[/link]"
)


def drawn(split, rows=0, **options):
    target = io.StringIO()
    Console(file=target, width=160, highlight=False, **options).print(preview(split, rows))
    return target.getvalue()


@pytest.fixture
def hostile(folder_with):
    folder = folder_with(
        f"Q: {HOSTILE}\n\nA: It rained.\n\nQ: And then?\n\nA: [green]No.[/green]\n",
        name="[red]one.txt",
    )
    return next(check_interviews(folder))


def test_a_source_cannot_command_the_terminal(hostile):
    plain = drawn(hostile)
    assert "\x1b" not in plain
    assert "\x07" not in plain
    assert "\u202e" not in plain
    assert r"[bold red]Why[/bold red] :smile: \x1b]0;title\x07\x1b[2J\u202eback?" in plain
    assert "[green]No.[/green]" in plain
    assert "[red]one.txt" in plain
    coloured = drawn(hostile, force_terminal=True, color_system="standard")
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain, "rich's own colours and nothing else"
    assert "\x1b[" in coloured


def test_no_color_is_respected(hostile, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3\d", drawn(hostile, force_terminal=True))


def test_a_fault_is_shown_as_text_too():
    split = check_interview("nowhere", Interview(id="a", file="[red]\x1b[31m.txt"))
    shown = drawn(split)
    assert r"[red]\x1b[31m.txt" in shown
    assert "\x1b" not in shown


def test_beginning_and_end_are_shown_and_how_much_is_not(root):
    split = next(check_interviews(root / "seeds"))
    number = len(split.utterances)
    short, whole = drawn(split, 9), drawn(split, 0)
    assert f"{number - 9} more (--rows 0 shows all)" in short
    assert "more (--rows" not in whole
    assert len(whole.splitlines()) - len(short.splitlines()) == number - 9 - 1
    last = first_words(split.utterances["text"].iloc[-1], 30).rstrip(" …")
    assert last in short


@given(st.text())
def test_what_is_visible_does_nothing(text):
    shown = visible(text)
    assert all(char.isprintable() or char in "\u200c\u200d" for char in shown)
    assert "\n" not in shown
    shown.encode("utf-8")


@given(st.text(), st.integers(1, 50))
def test_first_words_are_the_beginning(text, number):
    shown = first_words(text, number)
    assert len(shown) <= number + 2
    assert visible(text).startswith(shown.removesuffix(" …")) or shown == visible(text)
