"""Words in quotation marks: title or statement, and whose."""

import pytest

from analysis.quotations import People, Voice, is_title, people_in, quotations, quoted_spans

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
    "words", ["“one of the best”", "“It is all play.”", "“No way. Never.”", "“the”", "“I never look back”", "“...”"]
)
def test_no_titles(words):
    assert not is_title(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Globe’s Cy Dunn called it “one of the year’s best,” I hear.", ("OTHER", "Cy Dunn")),
        ("Bo Chan, who never lies, called it “a small wonder” twice.", ("OTHER", "Bo Chan")),
        ("Chan said something I kept: “It is all play.”", ("OTHER", "Bo Chan")),
        ("“It is all play,” said Bo Chan.", ("OTHER", "Bo Chan")),
        ("“Is it play?” Chan asks.", ("OTHER", "Bo Chan")),
        ("According to Bo Chan, “it is all play.”", ("OTHER", "Bo Chan")),
        ("It was described as “a long rain” by Bo Chan.", ("OTHER", "Bo Chan")),
        ("My mother told me, “You can do it.”", ("OTHER", None)),
        ("He was like, “You can do it.”", ("OTHER", None)),
        ("Everybody said, “You can do it.”", ("OTHER", None)),
        ("I looked at it and said, “This is it.”", ("SELF", None)),
        ("And I was like, “This is it.”", ("SELF", None)),
        ("As soon as I started writing on page one I just realized, “Man, this is it.”", ("SELF", None)),
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


def test_a_verb_of_an_earlier_sentence_does_not_count():
    assert whose("Bo Chan said so. It was a kind of “slow cinema” then.") == [("UNSAID", None)]


def test_an_ambiguous_surname_is_left_as_it_stands():
    people = People(named=frozenset({"Ann Lee", "Bo Lee"}))
    assert people.complete("Lee") == "Lee"
    assert people.complete("Bo") == "Bo Lee"
    assert people.complete("Director Bo Lee") == "Bo Lee"


def test_names_in_brackets_complete_a_first_name():
    people = people_in("I asked Dave [Eggers]. Later Dave said yes.", [])
    assert people.complete("Dave") == "Dave Eggers"


def test_time_is_linear_in_the_number_of_marks():
    """A thousand quotation marks, or one apostrophe after another, must not hang: counted in steps, not seconds."""
    for text in ("“" * 3000, "'" * 3000, "‘a " * 3000, "“a” said " * 3000, "A " * 9000 + "said “x”"):
        quotations(text, PEOPLE)
    assert {voice.name for voice in Voice} >= {"SELF", "OTHER"}
