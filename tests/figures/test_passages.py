"""Passages quoted in a notebook, with the place they are from."""

import pytest

from analysis.figures.passages import Passage, passage


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        (None, "Page, characters 7 to 1,009"),
        ("It rained. Why? (Ann)", "Page, under “(Ann)”, characters 7 to 1,009"),
        ("It rained. Why did it?", "Page, asked “Why did it?”, characters 7 to 1,009"),
        ("On the rain:", "Page, under “On the rain:”, characters 7 to 1,009"),
    ],
)
def test_the_place_names_what_was_asked(prompt, told):
    assert Passage("It was cold.", "Page", prompt, 7, 1009).place == told


def test_what_is_quoted_is_escaped():
    [plain, shown] = Passage("<b>", "A & B", "Why?", 0, 3)._repr_mimebundle_().values()
    assert plain == "<b>\n(A & B, asked “Why?”, characters 0 to 3)"
    assert "<p>&lt;b&gt;</p>" in shown and "A &amp; B" in shown


def test_sentences_are_those_asked_for_with_their_prompt(corpus):
    source = (corpus.folder / "tiff-in-conversation.txt").read_text(encoding="utf-8")
    whole = passage(corpus, "tiff", 20)
    first = passage(corpus, "tiff", 20, 0, 0)
    rest = passage(corpus, "tiff", 20, 1)
    assert whole.text.startswith(first.text) and whole.text.endswith(rest.text)
    assert (whole.start, whole.end) == (first.start, rest.end)
    assert all(one.text == source[one.start : one.end] for one in (whole, first, rest))
    assert whole.prompt == corpus.utterances.query("utterance == 20")["prompt"].iloc[-1]
    own = corpus.sentences.query("interview == 'tiff' and prompt.isna()").iloc[0]
    assert passage(corpus, "tiff", own["utterance"]).prompt is None
    with pytest.raises(KeyError, match="tiff has no sentence 99 in utterance 20"):
        passage(corpus, "tiff", 20, 99)
