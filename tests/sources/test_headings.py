"""Marked interviews, digests of every kind and pages around them."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import account, agreement_by_interview, load_utterances
from analysis.sources.interviews import Interview, read_interviews, read_source
from analysis.sources.layouts import recognise
from analysis.sources.layouts.digest import leads
from analysis.sources.layouts.furniture import is_control, is_fragment, repeats
from analysis.sources.layouts.marks import blocks, readable
from analysis.sources.layouts.paragraphs import Passage, asks
from analysis.sources.utterances import split_voices, voices_of

GOLD = Path(__file__).parents[1] / "gold-headings"
MARK = re.compile(r"(?:[\W_]|<[^<>]*>|\d+\.)+")
SPOKEN = ("interviewer", "interviewee")


def rows(
    source: str, layout: str | None, interviewee: str | None = "Ann Lee"
) -> list[tuple[str, str]]:
    """Split a source; give the role and the words of every row, but not marks."""
    table = split_voices(
        source, Interview(id="x", file="x", interviewee=interviewee, layout=layout)
    )
    pairs = zip(table["role"], table["text"], strict=True)
    return [
        (role, text) for role, text in pairs if role != "boilerplate" or not MARK.fullmatch(text)
    ]


# --- gold
# ----------------------------------------------------------------------------------------------


def test_gold():
    utterances = load_utterances(GOLD)
    found = agreement_by_interview(utterances, GOLD, GOLD).set_index("interview")
    assert len(found) == 14
    share = (found["role"] * found["characters"]).sum() / found["characters"].sum()
    assert share >= 0.99
    assert found["role"].min() >= 0.95
    assert found["all"].min() >= 0.95
    assert found["interviewer_recall"].dropna().min() == 1.0
    assert found["kept_boilerplate"].dropna().max() == 0.0


def test_gold_is_recognised_and_none_of_it_is_lost():
    for interview in read_interviews(GOLD):
        assert recognise(read_source(GOLD, interview)) == interview.layout, interview.id
    utterances = load_utterances(GOLD)
    lost = account(utterances, GOLD)[["in_no_row", "in_several_rows", "rows_that_differ"]]
    assert lost.sum().to_list() == [0, 0, 0]
    # A mark around a question is a row: without these rows, characters are missing.
    marks = utterances["role"].eq("boilerplate") & ~utterances["text"].str.contains(r"\w")
    assert account(utterances[~marks], GOLD)["in_no_row"].sum() > 0


# --- what is known before anything is read
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "mark", "words"),
    [
        ("## Why?", "##", "Why?"),
        ("## Why? ##", "##", "Why?"),
        ("## 2. Why?", "##", "Why?"),
        ("**Why?**", "**", "Why?"),
        ("**Why**?", "**", "Why?"),
        ("__Why?__", "**", "Why?"),
        ("***Why?***", "**", "Why?"),
        ("*Why?*", "*", "Why?"),
        ("_Why?_", "*", "Why?"),
        ("> Why?", ">", "Why?"),
        ("> **Why?**", ">", "Why?"),
        ("1. **Why?**", "**", "Why?"),
        ("### **Why?**", "###", "Why?"),
        ("<b>Why?</b>", "**", "Why?"),
        ("<STRONG>Why?</STRONG><br>", "**", "Why?"),
        ("<em>Why?</em>", "*", "Why?"),
        ("Why?\n====", "#", "Why?"),
        ("Why?\n----", "##", "Why?"),
        ("1. Why?", "1.", "1. Why?"),
        ("I *do* like **it**.", "", "I do like it."),
        ("**Rain** is my word.", "", "Rain is my word."),
        ("2 * 3 * 4 is a sum, and so is snake_case_", "", "2  3  4 is a sum, and so is snake_case"),
        ("# hashtag", "#", "hashtag"),
        ("#hashtag is no heading", "", "#hashtag is no heading"),
        ("**never closed", "", "never closed"),
        # A line of up to 60 words may be a heading.
        (f"{'why ' * 59}not?\n---\n\nIt rained.", "##", "why " * 59 + "not?"),
        (f"{'why ' * 60}not?\n---\n\nIt rained.", "", "why " * 60 + "not?"),
    ],
)
def test_marks(source, mark, words):
    first = blocks(source)[0]
    assert (first.mark, first.text) == (mark, words)


@pytest.mark.parametrize(
    "source", ["![A shed](shed.jpg)", "---", "* * *", "<!-- more -->", "{{< figure src='x' >}}"]
)
def test_what_has_no_words(source):
    assert blocks(source) == []


def test_a_files_own_facts():
    source = (
        "---\ntitle: Why?\ndate: 2020\n\ntags:\n- one\n---\nAnn Lee films rain.\n\n---\n\nNo: fact."
    )
    assert [block.text for block in blocks(source)] == [
        "Ann Lee films rain.",
        "No: fact.",
    ]
    assert len(blocks("---\n\nAnn Lee films rain.\n\n---")) == 1


def test_what_is_read():
    assert (
        readable("See [rain](https://x.org/a?b=c) and ![a](b.png)<br/>`code`&nbsp;**now**")
        == "See rain and   code now"
    )


@pytest.mark.parametrize(
    "text", ["Γιατί;", "Ή;", "لماذا؟", "为什么？", "Warum?“", "Pourquoi ? »", "なぜ？」"]
)
def test_questions_of_other_languages(text):
    assert asks(text)


def test_a_semicolon_asks_in_greek_only():
    assert not asks("I went;")


def test_pull_quotes_are_known_by_their_words():
    answer = "It rained, and we filmed it all day long. Nobody else came."
    assert repeats([answer, "We filmed it all day long."]) == {1}
    assert repeats(["“We filmed it all day long.”", answer]) == {0}
    assert repeats(["“We filmed it all day long!”", "We filmed it all day long."]) == {0}
    assert repeats([answer, "We filmed.", "We filmed it in the night, all of it."]) == set()


@pytest.mark.parametrize(
    "text", ["Privacy is freedom from being seen.", "Cookies were all she ate."]
)
def test_words_of_pages_open_sentences_too(text):
    assert not is_control(text)
    assert is_control(text.split()[0])


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("Posted by Ann Lee on May 3, 2019.", True),
        ("I came here by car on May 3, 2019.", False),
        ("word " * 24 + "end", True),
        ("word " * 25 + "end", False),
        ("It rained", True),
        ("It rained.", False),
        ("12. 5.", True),
        ("The Star Talks About Her Album.", True),
        ("The Star Talks about Her Album.", False),
    ],
)
def test_what_is_no_sentence(text, fragment):
    assert is_fragment(text) == fragment


# --- rule by rule: questions in marks
# ---------------------------------------------------------------------------

TALK = [
    ("Why do you film rain?", "It is there."),
    ("And in summer?", "I wait for it."),
    ("You never film snow.", "No. Who would come?"),
    ("What is next?", "I will sleep."),
]


def page(question: str, answer: str = "{}", *, between: dict[int, str] | None = None) -> str:
    parts = ["Ann Lee makes films in Hanoi, and we met her there."]
    for number, (asked, answered) in enumerate(TALK):
        parts += [question.format(asked), answer.format(answered)]
        parts += [(between or {}).get(number, "")]
    return "\n\n".join(part for part in parts if part)


EXPECTED = [("narration", "Ann Lee makes films in Hanoi, and we met her there.")] + [
    (role, text) for pair in TALK for role, text in zip(SPOKEN, pair, strict=True)
]
MARKS = [
    "## {}",
    "**{}**",
    "__{}__",
    "*{}*",
    "_{}_",
    "> {}",
    "<b>{}</b>",
    "<strong>{}</strong>",
    "***{}***",
    "#### **{}**",
]


@pytest.mark.parametrize("question", [*MARKS, "{}\n----", "1. **{}**"])
def test_questions_in_marks(question):
    source = page(question)
    assert recognise(source) == "headings"
    assert rows(source, None) == EXPECTED


@pytest.mark.parametrize("question", ["**{}**", "<b>{}</b>", "<strong>{}</strong>"])
@pytest.mark.parametrize("gap", [" ", "\n", "<br>"])
def test_marked_questions_may_open_the_paragraph_of_the_answer(question, gap):
    parts = [EXPECTED[0][1], *(question.format(asked) + gap + answered for asked, answered in TALK)]
    assert rows("\n\n".join(parts), "headings") == EXPECTED


def test_all_questions_may_be_requests():
    talk = [
        ("Tell us about your films", "They are wet."),
        ("Describe your house.", "It leaks."),
        ("Your mother raised you alone.", "Dry."),
    ]
    source = "\n\n".join(text for asked, answered in talk for text in (f"**{asked}**", answered))
    assert recognise(source) == "headings"
    assert [role for role, _ in rows(source, None)] == [*SPOKEN] * 3


def test_answers_in_marks():
    source = page("{}", "> {}")
    assert recognise(source) == "headings"
    assert rows(source, None) == EXPECTED


@pytest.mark.parametrize(
    ("answers", "quoted", "told"),
    [(1, 1, False), (2, 2, True), (3, 2, True), (4, 2, False), (4, 3, True), (5, 3, False)],
)
def test_where_most_answers_are_quoted_the_writer_speaks_outside_the_marks(answers, quoted, told):
    said = ["“I like it.” She laughs."] * quoted + ["I like it a lot."] * (answers - quoted)
    topics = "tea rain maps money fame".split()[:answers]
    turns = [f"What about {topic}?\n\n{one}" for topic, one in zip(topics, said, strict=True)]
    found = rows("\n\n".join(turns), "q_and_a")
    assert found.count(("narration", "She laughs.")) == quoted * told
    assert found.count(("interviewee", "I like it a lot.")) == (answers - quoted) * (not told)


def test_headings_of_sections_are_no_questions():
    source = page("### {}", between={0: "## Early years", 1: "### The work"})
    found = rows(source, "headings")
    assert [row for row in found if row[0] != "boilerplate"] == EXPECTED
    assert [text for role, text in found if role == "boilerplate"] == ["Early years", "The work"]


def test_captions_and_pull_quotes_are_no_questions():
    answer = "I wait for it, and I drink tea. It always comes in the end."
    source = page(
        "**{}**",
        between={
            1: f"{answer}\n\n![Rain](r.jpg)\n*Ann Lee in Hanoi*\n\n> It always comes in the end."
        },
    )
    found = rows(source, "headings")
    furniture = [text for role, text in found if role == "boilerplate"]
    assert furniture == ["![Rain](r.jpg)", "Ann Lee in Hanoi", "It always comes in the end."]
    assert ("interviewee", answer) in found


def test_bold_words_inside_an_answer_are_no_question():
    source = page(
        "**{}**",
        between={0: "I love **rain**. It is **always** there.", 1: "**Tea** is what I drink."},
    )
    found = rows(source, "headings")
    assert ("interviewee", "I love **rain**. It is **always** there.") in found
    assert ("interviewee", "**Tea** is what I drink.") in found


def test_what_comes_after_the_last_answer():
    source = page("## {}") + "\n\n---\n\nAnn Lee’s film opens in May.\n\nShare this article"
    assert rows(source, "headings") == [
        *EXPECTED,
        ("narration", "Ann Lee’s film opens in May."),
        ("boilerplate", "Share this article"),
    ]


def test_the_prompt_is_the_question_without_its_marks():
    table = split_voices("**Why?**\n\nRain.\n\n**And then?**\n\nSun.", Interview(id="x", file="x"))
    assert table.loc[table["role"] == "interviewee", "prompt"].to_list() == ["Why?", "And then?"]
    assert table.loc[~table["text"].str.contains(r"\w"), "role"].eq("boilerplate").all()


# --- rule by rule: digests
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "Her first job: “I made tea.”\n\nWhat she reads… “Maps.”\n\nAbout money — “I have none.”",
        "**On tea**\n\n“I made tea.”\n\n**On maps**\n\n“Maps.”\n\n## On money\n\n“I have none.”",
        "Tea\n\n“I made tea.”\n\nMaps\n\n“Maps are good.”\n\nMoney\n\n“I have none.”".replace(
            "Tea", "On tea", 1
        ),
        "**On tea:** “I made tea.”\n\n**On maps:** “Maps.”\n\n**On money:** “I have none.”",
        "On tea: I made tea.\n\nOn maps: I like maps.\n\nAbout money: I have none.",
        "Sobre el té: yo hacía té.\n\nSobre mapas: me gustan.\n\nSobre dinero: no tengo nada.",
        "On tea “I made tea.”\n\nOn maps “I like maps.”\n\nOn money “I have none.”",
        (
            "Über Tee: „Ich kochte Tee.“\n\nÜber Karten: „Karten sind gut.“\n\nÜber Geld: »Ich habe"
            " keins.«"
        ),
    ],
)
def test_leads(source):
    assert recognise(source) == "digest"
    found = [role for role, _ in rows(source, None)]
    assert found == ["narration", "interviewee"] * 3


def test_a_bare_name_is_a_topic_where_topics_are_bare():
    topics = "Tea: “I made it.”\n\nNew York: “A loud place.”\n\nMaps: “They lie.”\n\nMoney: “None.”"
    assert [role for role, _ in rows(topics, "digest")] == ["narration", "interviewee"] * 4
    others = "On tea: “I made it.”\n\nBo Chan: “What a night.”\n\nOn maps: “They lie.”"
    assert ("quoted", "“What a night.”") in rows(others, "digest")


@pytest.mark.parametrize(
    ("others", "lead", "role"),
    [
        ("Tea, Maps", "New York", "interviewee"),
        ("Tea", "New York", "quoted"),
        ("Tea, Maps, On rain, On snow", "New York", "interviewee"),
        ("Tea, Maps, On rain, On snow, On wind", "New York", "quoted"),
        ("Her first job, His old dog", "New York", "interviewee"),
        ("Her very first job, His very old dog", "New York", "quoted"),
        ("Tea, Maps", "New York said", "quoted"),
        ("Tea, On rain, On snow", "Ann Lee", "interviewee"),
    ],
)
def test_a_name_is_a_topic_if_half_of_the_leads_are_two_or_more_bare_topics(others, lead, role):
    said = [f"{other}: “I like it.”" for other in others.split(", ")] + [f"{lead}: “It is loud.”"]
    assert (role, "“It is loud.”") in rows("\n\n".join(said), "digest")


@pytest.mark.parametrize(
    ("lead", "statement", "is_lead"),
    [
        ("On fame", "“It is a cage.”", True),
        ("On fame", "“Is it a cage?”", True),
        ("On fame,", "“It is a cage.”", False),
        ("On fame", "“a cage” again.", False),
        ("On fame", "“The Cage.”", False),
        ("On fame she said", "“It is a cage.”", False),
        ("On", "“It is a cage.”", False),
        ("Of fame", "“It is a cage.”", False),
        ("On fame and on money and on the long way home then", "“It is a cage.”", True),
        ("On fame and on money and on the long way home now then", "“It is a cage.”", False),
    ],
)
def test_a_lead_without_a_mark_at_its_end_opens_with_its_topic(lead, statement, is_lead):
    found = leads(["Hello there.", f"{lead} {statement}"])
    assert found == ({1: len(lead) + 1} if is_lead else {})


LONG = "Her long walk by the river of the old town in{} rain:"


@pytest.mark.parametrize(
    ("openings", "number"),
    [
        (["On tea:"], 1),
        (["On tea –"], 1),
        (["Of tea:"], 0),
        (["Her work:", "Her home:"], 0),
        (["Her work:", "Her home:", "Her dog:"], 3),
        (["Her work:", "Her work:", "Her work:"], 0),
        (["Her work –", "Her home –", "Her dog –"], 0),
        (["Her work:", "Her home:", LONG.format("")], 3),
        (["Her work:", "Her home:", LONG.format(" the")], 0),
        (["Her work:", "Her home:", "Her work ended. So:"], 0),
        (["Her work:", "Her home:", "Her dog:", "My cat:", "His hat:"], 3),
        (["Her work:", "Her home:", "Her dog:", "My cat:", "His hat:", "One day:"], 0),
    ],
)
def test_before_words_without_quotation_marks_three_leads_and_most_open_alike(openings, number):
    found = leads(["Hello there.", *(f"{one} It is good." for one in openings)])
    assert list(found.values()) == [len(one) + 1 for one in openings[:number]]


def test_leads_before_quotations_are_not_counted_with_those_before_other_words():
    texts = ["Hello there.", "Her work:", "“I like it.”", "Her dog:", "“I like it.”"]
    marks = ["", "*", "", "*", ""]
    assert list(leads([*texts, "Her home: It is good."], [*marks, ""])) == [1, 3]


@pytest.mark.parametrize(
    ("between", "goes_on"),
    [
        (["It was hot, and then cold."] * 5, True),
        (["It was hot, and then cold."] * 6, False),
        (["It was hot, and then cold.", "“No,” said Bo Chan."], False),
        (["It was hot, and then cold.", "On rain: “It rains.”"], False),
    ],
)
def test_an_open_quotation_is_closed_within_six_paragraphs_and_before_another(between, goes_on):
    said = ["On tea: “I made tea.", *between, "It was sweet.” We left.", "On maps: “They lie.”"]
    table = rows("\n\n".join(said), "digest")
    roles = [role for role, text in table if text.startswith("It was")]
    assert len(roles) == 1 + sum(one.startswith("It was") for one in between)
    assert set(roles) == {"interviewee" if goes_on else "narration"}


def test_one_word_may_be_a_statement():
    found = rows(
        "On tea: “I made it.” Would she again? “Never.” On “Rain,” she smiles.\n\nOn rain: “Yes.”",
        "digest",
    )
    assert ("interviewee", "“Never.”") in found
    assert ("narration", "On “Rain,” she smiles.") in found


@pytest.mark.parametrize(("words", "is_lead"), [(12, True), (13, False)])
def test_a_lead_of_its_own_without_a_mark_is_short(words, is_lead):
    lead = " ".join(["On", *["rain"] * (words - 1)])
    assert (1 in leads(["Hello.", lead, "“It is wet.”"])) == is_lead


def test_an_answer_that_opens_with_on_and_a_title_is_no_lead():
    source = "Why films?\n\nOn “Rain,” to be fair, I had no choice.\n\nAnd now?\n\nOn “Snow,” I do."
    assert recognise(source) == "q_and_a"
    assert [role for role, _ in rows(source, None)] == ["interviewer", "interviewee"] * 2


# --- generated interviews
# ---------------------------------------------------------------------------------------

_said = st.lists(
    st.sampled_from("rain tea I you film море año 雨 house began loudly".split()),
    min_size=2,
    max_size=14,
)
_question = _said.map(lambda words: " ".join(words).capitalize() + "?")
_answer = st.lists(
    _said.map(lambda words: " ".join(words).capitalize() + "."), min_size=1, max_size=3, unique=True
)
_turns = st.lists(st.tuples(_question, _answer), min_size=2, max_size=8)


@settings(max_examples=50)
@given(
    turns=_turns,
    mark=st.sampled_from([*MARKS, "{}\n-----"]),
    gap=st.sampled_from(["\n\n", "\r\n\r\n", "\n\n\n"]),
)
def test_questions_in_any_mark_are_recovered(turns, mark, gap):
    # The same words twice are a pull quote, and that is tested above.
    said = [text for question, answers in turns for text in (question, *answers)]
    if len({" ".join(text.lower().strip("?.").split()) for text in said}) < len(said) or any(
        a != b and a.strip("?.").lower() in b.lower() for a in said for b in said
    ):
        return
    parts = [part for question, answers in turns for part in (mark.format(question), *answers)]
    source = gap.join(parts)
    assert recognise(source) == "headings"
    table = split_voices(source, Interview(id="x", file="x"))
    spoken = table[table["role"].isin(SPOKEN)]
    expected = [
        row
        for number, (question, answers) in enumerate(turns)
        for row in [
            ("interviewer", 2 * number, question),
            *(("interviewee", 2 * number + 1, text) for text in answers),
        ]
    ]
    assert list(zip(spoken["role"], spoken["turn"], spoken["text"], strict=True)) == expected


@settings(max_examples=50)
@given(
    items=st.lists(st.tuples(_said, _answer), min_size=2, max_size=6),
    lead=st.sampled_from(
        ["On {}: ", "About {}… ", "On {} — ", "**On {}**\n\n", "## About {}\n\n", "*On {}:* "]
    ),
    quoted=st.sampled_from(["“{}”", '"{}"', "«{}»", "„{}“", "{}"]),
)
def test_digests_are_recovered(items, lead, quoted):
    parts = [
        lead.format(" ".join(topic[:6])) + "\n\n".join(map(quoted.format, words))
        for topic, words in items
    ]
    source = "\n\n".join(parts)
    assert recognise(source) == "digest"
    table = split_voices(source, Interview(id="x", file="x"))
    spoken = table[table["role"] == "interviewee"]
    expected = [
        (turn, quoted.format(text)) for turn, (_, words) in enumerate(items) for text in words
    ]
    assert list(zip(spoken["turn"], spoken["text"], strict=True)) == expected


_PIECES = (
    "** __ * _ > # ## ### 1. - --- === <b> </b> <br> <strong> <em> &nbsp; ![a](b) [a](b) [ ]( {{ }}"
    " {% ` \\".split()
)
_PIECES += [
    "“",
    "”",
    "«",
    "»",
    "„",
    "‘",
    "'",
    '"',
    "「",
    "」",
    "?",
    ";",
    "…",
    ":",
    "—",
    "On",
    "tea",
    "I",
    "Why?",
    "Ann Lee",
]
_PIECES += [
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u2028",
    " ",
    "\ufeff",
    "---\n",
    "a: b\n",
    "“Yes.”",
    "**Why?**",
    "Share this",
]
_hostile = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=40).map("".join) | st.text(
    max_size=80
)


def check(source: str, found: list[Passage]) -> None:
    """Every character that is not blank is in exactly one row, in order."""
    at = 0
    for row in found:
        assert row.start >= at
        assert not source[at : row.start].strip()
        assert source[row.start : row.end].strip() == source[row.start : row.end] != ""
        at = row.end
    assert not source[at:].strip()
    turns = [row.turn for row in found if row.turn is not None]
    assert turns == sorted(turns)
    assert all(
        (row.turn is None) == (row.role in ("narration", "boilerplate"))
        for row in found
        if row.role != "quoted"
    )


@settings(max_examples=200)
@given(source=_hostile)
def test_nothing_is_lost_of_hostile_marks(source):
    recognise(source)
    for layout in ("headings", "digest", "q_and_a"):
        check(
            source,
            voices_of(
                source, Interview(id="x", file="x", interviewee="Ann Lee", layout=layout), layout
            ),
        )
