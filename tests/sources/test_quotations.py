"""Words in quotation marks: title or statement, and whose."""

import pytest

from analysis.sources.quotations import (
    People,
    Voice,
    inside,
    is_title,
    people_in,
    quotations,
    quoted_spans,
)

PEOPLE = People(named=frozenset({"Ann Lee", "Bo Chan"}))


def whose(text: str) -> list[tuple[str, str | None]]:
    return [(quotation.voice.name, quotation.speaker) for quotation in quotations(text, PEOPLE)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “yes” and “no.”", ["“yes”", "“no.”"]),
        ('He said "yes" and "no."', ['"yes"', '"no."']),
        ("He’s the actors’ friend, isn’t he?", []),
        ("It's the actors' friend, isn't it?", []),
        ("In ‘Rain’ and ‘The Actors’ Rain’ it’s wet.", ["‘Rain’", "‘The Actors’ Rain’"]),
        ("“He told me, ‘No.’ So I went.”", ["“He told me, ‘No.’ So I went.”"]),
        ("“It goes on in the next paragraph.", ["“It goes on in the next paragraph."]),
        ('"It goes on in the next paragraph.', ['"It goes on in the next paragraph.']),
        ('A 6" pipe and no more.', []),
        ("„Ja“, sagte er. «Oui.»", ["„Ja“", "«Oui.»"]),
        ("Empty “” marks.", []),
        ('“Too late" he said. He wrote, "Never again”.', ['“Too late"', '"Never again”']),
        ('“He said, "No" to me,” and a “6" pipe” too.', ['“He said, "No" to me,”', '“6" pipe”']),
        ('"He said “no” to me" and left.', ['"He said “no” to me"']),
        ('On fame: "It is a cage.', ['"It is a cage.']),
    ],
)
def test_where_quotations_stand(text, expected):
    assert [text[start:end] for start, end in quoted_spans(text)] == expected


@pytest.mark.parametrize(
    "words", ["“Rain”", "“The Long Way Home,”", "“2001: A Space Odyssey”", "‘To the Moon and Back’"]
)
def test_titles(words):
    assert is_title(words)


@pytest.mark.parametrize(
    "words",
    [
        "“a few small wonders”",
        "“Nothing ends here.”",
        "“No way. Never.”",
        "“the”",
        "“I never look back”",
        "“...”",
    ],
)
def test_no_titles(words):
    assert not is_title(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Globe’s Cy Dunn called it “a film to keep,” I hear.", ("OTHER", "Cy Dunn")),
        ("The host, Bo Chan, summed up: “What a night.”", ("OTHER", "Bo Chan")),
        ("Bo Chan: “What a night.”", ("OTHER", "Bo Chan")),
        ("Chan: “What a night.”", ("OTHER", "Bo Chan")),
        ("Fame: “What a night.”", ("UNSAID", None)),
        ("Darwin wrote, ‘It is a slow tide.’", ("OTHER", "Darwin")),
        ("Reviewers wrote, ‘It is a slow tide.’", ("OTHER", None)),
        ("Finally said, ‘It is a slow tide.’", ("OTHER", None)),
        ("The Courier called it “a slow tide” then.", ("OTHER", None)),
        ("“It is a slow tide,” The Courier wrote.", ("OTHER", None)),
        ("Last year the Harbour Courier called it “a slow tide” again.", ("OTHER", None)),
        ("Then the Courier’s Bo Chan called it “a slow tide” again.", ("OTHER", "Bo Chan")),
        ("Mr. Chan said, “It is a slow tide.”", ("OTHER", "Bo Chan")),
        ("“It is a slow tide,” Jean-Luc d’Arcy said.", ("OTHER", "Jean-Luc d’Arcy")),
        ("“It is a slow tide,” he said.", ("PRONOUN", None)),
        ("Bo Chan, who never lies, called it “a small wonder” twice.", ("OTHER", "Bo Chan")),
        ("Chan said something I kept: “Rain is only rain.”", ("OTHER", "Bo Chan")),
        ("“Rain is only rain,” said Bo Chan.", ("OTHER", "Bo Chan")),
        ("“Is it play?” Chan asks.", ("OTHER", "Bo Chan")),
        ("According to Bo Chan, “rain is only rain.”", ("OTHER", "Bo Chan")),
        ("It was described as “a long rain” by Bo Chan.", ("OTHER", "Bo Chan")),
        ("My mother told me, “You can do it.”", ("OTHER", None)),
        ("He was like, “You can do it.”", ("PRONOUN", None)),
        ("Everybody said, “You can do it.”", ("OTHER", None)),
        ("I looked at it and said, “This is it.”", ("SELF", None)),
        ("And I was like, “This is it.”", ("SELF", None)),
        (
            "By the time the train had left the station I only thought, “Well, that was that.”",
            ("SELF", None),
        ),
        ("I didn’t say, “This is it.”", ("SELF", None)),
        ("You once said, “I never look back.”", ("ADDRESSED", None)),
        ("In your words, “nothing ever ends.”", ("ADDRESSED", None)),
        ("They called it “Rain” and left.", ("TITLE", None)),
        ("After “The Long Rain,” said Bo Chan, nothing was the same.", ("OTHER", "Bo Chan")),
        ("It was so-called “slow cinema” then.", ("UNSAID", None)),
        ("It said “no smoking” on the door.", ("UNSAID", None)),
    ],
)
def test_whose_words(text, expected):
    assert whose(text) == [expected]


def test_a_second_quotation_goes_on_with_the_first_speaker():
    assert whose("“It is play,” says Bo Chan. “And it is work.”") == [("OTHER", "Bo Chan")] * 2


def test_words_before_a_quotation_that_introduce_it_decide_over_those_after_it():
    assert whose("Bo Chan asked me, “What do you hear?” I said, “The horns.”") == [
        ("OTHER", "Bo Chan"),
        ("SELF", None),
    ]
    assert whose("I asked, “What do you hear?” Chan said, “The horns.”") == [
        ("SELF", None),
        ("OTHER", "Bo Chan"),
    ]
    assert whose("When I think about it, “What a night!” said Bo Chan.") == [("OTHER", "Bo Chan")]
    assert whose("As we left, “What a night!” said Bo Chan.") == [("OTHER", "Bo Chan")]


@pytest.mark.parametrize(
    ("full", "text"),
    [
        ("Ramon del Campo", "“I love tides,” del Campo said."),
        ("Ramon del Campo", "“I love tides,” said del Campo."),
        ("Ida van Dam", "“I love tides,” said van Dam."),
        ("Ida van Dam", "“I love tides,” said Dam."),
        ("Jean-Luc d’Arcy", "“I love tides,” said d’Arcy."),
        ("Noah Isaac Stone Jr.", "“I love tides,” Stone said."),
        ("Noah Stone III", "Stone said, “I love tides.”"),
        ("Dr. Quill", "“I love tides,” said Quill."),
    ],
)
def test_surnames_with_particles_and_suffixes(full, text):
    people = people_in(text, [full])
    assert [(q.voice, q.speaker) for q in quotations(text, people)] == [(Voice.OTHER, full)]


def test_a_paper_is_no_person():
    text = (
        "Then the Harbour Evening Post said, “It is a slow tide.” We met the Harbour Evening Post."
    )
    assert [q.speaker for q in quotations(text, people_in(text, []))] == [None]


def test_a_word_the_source_writes_small_is_no_name():
    text = "My mother is here. Mother wrote, “It is a slow tide.”"
    assert [q.speaker for q in quotations(text, people_in(text, []))] == [None]


def test_what_stands_inside_the_marks():
    for text, words in [
        ("“I saw ‘Rain.’”", "I saw ‘Rain.’"),
        ("‘It’s a cage’.", "It’s a cage"),
        ("“He said ‘no’ to me.", "He said ‘no’ to me."),
        ("“Rain” and “Snow”", "“Rain” and “Snow”"),
    ]:
        start, end = inside(text)
        assert text[start:end] == words


def test_a_verb_of_an_earlier_sentence_does_not_count():
    assert whose("Bo Chan said so. It was a kind of “slow cinema” then.") == [("UNSAID", None)]


def test_an_ambiguous_surname_is_left_as_it_stands():
    people = People(named=frozenset({"Ann Lee", "Bo Lee"}))
    assert people.complete("Lee") == "Lee"
    assert people.complete("Bo") == "Bo Lee"
    assert people.complete("Director Bo Lee") == "Bo Lee"


def test_names_in_brackets_complete_a_first_name():
    people = people_in("I asked Bo [Chan]. Later Bo said yes.", [])
    assert people.complete("Bo") == "Bo Chan"
