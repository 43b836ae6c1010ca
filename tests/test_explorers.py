"""Explorers: what they find, that a text stays text, and that only a front end gets widgets."""

import json
import os
import subprocess
import sys

import ipywidgets
import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from analysis import explorers, load_tokens, load_utterances
from analysis.codebook import load_codebook
from analysis.entities import entities
from analysis.gazetteer import load_gazetteer
from analysis.themes import load_codings

WIDGET = "application/vnd.jupyter.widget-view+json"
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def tokens():
    return load_tokens("seeds")


@pytest.fixture(scope="module")
def utterances():
    return load_utterances("seeds")


@pytest.fixture(scope="module")
def named(utterances, tokens):
    return entities(utterances, tokens, load_gazetteer())


@pytest.fixture(scope="module")
def coded():
    return (*load_codings("seeds"), load_codebook())


def controls(widget):
    """List every widget inside one, by its label where it has one."""
    found = {}
    for child in getattr(widget, "children", ()):
        found |= controls(child)
    label = getattr(widget, "description", "") or type(widget).__name__
    return found | {label: widget}


def shown(widget):
    """Return the sentence and the rows of cells that a live explorer shows."""
    soup = BeautifulSoup(controls(widget)["HTML"].value, "html.parser")
    return soup.p.get_text(), [[cell.get_text() for cell in row.find_all("td")] for row in soup.find_all("tr")[1:]]


def buttons(widget):
    """List the buttons of the strips."""
    return [one for child in getattr(widget, "children", ()) for one in buttons(child)] + (
        [widget] if isinstance(widget, ipywidgets.Button) else []
    )


# What is found


def test_typing_finds_the_lines_of_the_word(tokens):
    live = explorers.concordance_explorer(tokens, "technology", "interviewee").live()
    told, rows = shown(live)
    assert told == "“technology” (lemma), interviewee, all interviews: 4 lines." and len(rows) == 4
    at = controls(live)
    at["Voice"].value = ""
    at["Interview"].value = "tiff"
    at["Find"].value = "in love"
    at["Match by"].value = "word form"
    told, rows = shown(live)
    assert told == "“in love” (word form), all voices, tiff: 2 lines."
    assert [row[:2] + row[3:4] for row in rows] == [
        ["tiff", "narration", "in love"],
        ["tiff", "Spike Jonze", "in love"],
    ]


def test_the_offsets_of_a_line_are_those_of_the_source(tokens, root):
    live = explorers.concordance_explorer(tokens, "technology").live()
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (root / "seeds").glob("*.txt")}
    for interview, _, left, node, right, characters in shown(live)[1]:
        start, end = characters.split("–")
        source = next(text for name, text in texts.items() if interview in name)
        assert source[int(start) : int(end)] == node
        assert source[: int(start)].endswith(left) and source[int(end) :].startswith(right)


@pytest.mark.parametrize(
    ("typed", "said"), [("(", "not a regular expression"), ("  ", "Type a word"), ("zzz", "0 lines")]
)
def test_what_cannot_be_found_is_said_in_words(tokens, typed, said):
    live = explorers.concordance_explorer(tokens).live()
    controls(live)["Match by"].value = "word form"
    controls(live)["Find"].value = typed
    assert said in shown(live)[0] and shown(live)[1] == []


def test_a_voice_without_words_in_an_interview_has_no_lines(tokens):
    live = explorers.concordance_explorer(tokens, "movie", "interviewer").live()
    controls(live)["Interview"].value = "tiff"
    assert shown(live)[0].startswith("“movie” (lemma), interviewer, tiff: 0 lines.")


def test_the_list_holds_the_words_that_are_frequent_enough_and_fills_the_box(tokens):
    live = explorers.concordance_explorer(tokens, "technology", "interviewee").live()
    at = controls(live)
    at["At least"].value = 12
    # The interviewee says “movie” 12 times in one interview and twice in the other, as the table of notebook 02 has it.
    assert at["Words"].options[:2] == (("word  count  (indiewire + tiff)", ""), ("movie  14  (12 + 2)", "movie"))
    assert shown(live)[0].startswith("“technology”"), "filling the list chooses nothing"
    at["Words"].value = "movie"
    assert at["Find"].value == "movie" and shown(live)[0].startswith("“movie” (lemma), interviewee")


def test_key_words_are_listed_by_the_log_ratio():
    # Interview a has 4 words, b has 8: x is 2 of 4 against 1 of 8, log2(4) = 2; y is 2 of 4 against 7 of 8, log2(4/7).
    text = [*"xxyy", *"xyyyyyyy"]
    table = pd.DataFrame({"interview": ["a"] * 4 + ["b"] * 8, "utterance": 0, "sentence": 0, "text": text})
    table["token"] = table.groupby("interview").cumcount()
    table = table.assign(lemma=text, pos="NOUN", is_stop=False, role="interviewee", speaker="Ann")
    table = table.assign(start=2 * table["token"], end=2 * table["token"] + 1)
    at = controls(explorers.concordance_explorer(table).live())
    at["Order"].value = "a"
    assert [label for label, _ in at["Words"].options] == [
        "word  log ratio  (a + b)",
        "x  +2.0  (2 + 1)",
        "y  -0.8  (2 + 7)",
    ]
    at["Order"].value = ""
    assert [term for _, term in at["Words"].options] == ["", "y", "x"]


def test_a_name_leads_to_its_mentions_in_both_texts(named, utterances):
    live = explorers.names_explorer(named, utterances).live()
    at = controls(live)
    most = named["canonical"].value_counts()
    assert shown(live)[0] == f"{most.index[0]}, all voices, all interviews: {most.iloc[0]} mentions."
    at["Name"].value = "Joaquin Phoenix"
    rows = shown(live)[1]
    own = named[named["canonical"] == "Joaquin Phoenix"]
    assert {row[0] for row in rows} == {"indiewire", "tiff"}
    assert [(row[0], row[3], row[5]) for row in rows] == [
        (row.interview, row.text, f"{row.start}–{row.end}") for row in own.itertuples()
    ]
    at["Interview"].value = "tiff"
    assert shown(live)[0] == "Joaquin Phoenix, all voices, tiff: 1 mention."


def test_a_name_has_six_words_on_either_side():
    text = "one two three four five six seven Ann Lee, eight nine ten eleven twelve thirteen fourteen"
    keys = {"interview": "a", "utterance": 3, "role": "narration", "speaker": None}
    utterances = pd.DataFrame([{**keys, "text": text, "start": 100}])
    at = text.index("Ann")
    mention = {**keys, "text": "Ann Lee", "canonical": "Ann", "start": 100 + at, "end": 107 + at}
    rows = explorers.names_explorer(pd.DataFrame([mention]), utterances).first.rows
    assert [str(cell) for cell in rows[0]] == [
        *["a", "narration", "two three four five six seven ", "<b>Ann Lee</b>"],
        *[", eight nine ten eleven twelve thirteen", f"{100 + at}–{107 + at}"],
    ]


def test_a_mark_leads_to_the_passage(coded):
    sentences, codings, _ = coded
    live = explorers.theme_explorer(*coded, ["technology"], "interviewee").live()
    own = codings[(codings["theme"] == "technology") & (codings["role"] == "interviewee")]
    marks = [button for button in buttons(live) if not button.disabled]
    assert len(buttons(live)) == len(sentences)
    assert [button.description for button in marks] == ["1"] * len(own)
    row = own.iloc[2]
    marks[2].click()
    told, rows = shown(live)
    assert told == f"{row.interview}, sentence {row.place + 1}, characters {row.start}–{row.end} of the source."
    lines = dict(rows)
    sentence = sentences[(sentences["interview"] == row.interview) & (sentences["place"] == row.place)].iloc[0]
    assert lines["question or lead"] == sentence["prompt"] and lines["said by"] == "Spike Jonze"
    assert sentence["text"] in lines["passage"] and lines["matched"] == f"technology: {row.matched}"
    html = BeautifulSoup(controls(live)["HTML"].value, "html.parser")
    assert {mark.get_text() for mark in html.find_all("mark")} == set(row.matched.split("; "))
    assert [button for button in buttons(live) if "#000000" in button.layout.border_bottom] == [marks[2]]
    controls(live)["Passage"].value = ""
    assert len(shown(live)[1]) == len(own)


def test_two_themes_have_marks_of_their_own_and_one_for_both(coded):
    _, codings, _ = coded
    live = explorers.theme_explorer(*coded, ["technology", "intimacy"]).live()
    places = {
        theme: set(zip(rows["interview"], rows["place"], strict=True)) for theme, rows in codings.groupby("theme")
    }
    one, two = places["technology"], places["intimacy"]
    count = pd.Series([button.description for button in buttons(live)]).value_counts()
    assert (count["1"], count["2"], count["+"]) == (len(one - two), len(two - one), len(one & two))
    controls(live)["Theme 2"].value = "technology"
    assert shown(live)[0] == f"1 technology, all voices, all interviews: {len(one)} sentences."


def test_a_long_interview_has_marks_for_several_sentences():
    rows = pd.DataFrame({"interview": "a", "utterance": range(250), "sentence": 0, "place": range(250)})
    rows = rows.assign(
        role="interviewee", speaker="Ann", prompt=None, text="rain", start=rows["place"], end=rows["place"]
    )
    codings = rows.iloc[[4, 5, 240]].assign(theme="weather", matched="rain")
    book = pd.DataFrame({"theme": ["weather"], "name": ["Weather"]})
    live = explorers.theme_explorer(rows, codings, book).live()
    marks = buttons(live)
    assert len(marks) == 84 and [at for at, mark in enumerate(marks) if not mark.disabled] == [1, 80]
    marks[1].click()
    assert shown(live)[0].startswith("a, sentence 5,")


@pytest.mark.parametrize("what", ["voice", "name", "theme"])
def test_what_is_not_there_is_refused_in_words(what, tokens, named, utterances, coded):
    with pytest.raises(ValueError, match=f"There is no {what} 'nobody'; choose one of "):
        if what == "voice":
            explorers.concordance_explorer(tokens, "movie", "nobody")
        elif what == "name":
            explorers.names_explorer(named, utterances, "nobody")
        else:
            explorers.theme_explorer(*coded, ["nobody"])


# A text stays text


def evil_tables():
    keys = {"interview": EVIL, "utterance": 0, "sentence": 0, "role": "interviewee", "speaker": EVIL}
    text = f"rain {EVIL} & <b>"
    tokens = pd.DataFrame([{**keys, "text": one, "lemma": one} for one in ["rain", EVIL, "&", "<b>"]])
    tokens = tokens.assign(token=range(4), pos="NOUN", is_stop=False, start=[0, 5, 31, 33], end=[4, 30, 32, 36])
    utterances = pd.DataFrame([{**keys, "turn": 0, "prompt": EVIL, "text": text, "start": 0, "end": len(text)}])
    mention = {**keys, "text": EVIL, "label": EVIL, "canonical": EVIL, "start": 5, "end": 30}
    sentences = utterances.assign(place=0)
    codings = sentences.assign(theme=EVIL, matched=f"{EVIL}; rain")
    book = pd.DataFrame({"theme": [EVIL], "name": [EVIL]})
    return tokens, utterances, pd.DataFrame([mention]), sentences, codings, book


def evil_explorers():
    tokens, utterances, mentions, sentences, codings, book = evil_tables()
    return {
        "concordance": explorers.concordance_explorer(tokens, EVIL),
        "names": explorers.names_explorer(mentions, utterances),
        "themes": explorers.theme_explorer(sentences, codings, book),
    }


@pytest.mark.parametrize("kind", ["concordance", "names", "themes"])
def test_markup_in_a_text_stays_text(kind):
    explorer = evil_explorers()[kind]
    live = explorer.live()
    pages = [explorer._repr_mimebundle_()["text/html"], controls(live)["HTML"].value]
    for button in buttons(live):
        button.click()
        pages.append(controls(live)["HTML"].value)
        assert EVIL in pages[-1].replace("&lt;", "<").replace("&gt;", ">")
    for page in pages:
        soup = BeautifulSoup(page, "html.parser")
        assert EVIL in soup.get_text()
        tags = {tag.name for tag in soup.find_all(True)}
        assert tags <= {"div", "p", "table", "thead", "tbody", "tr", "th", "td", "b", "mark"}
        assert all(set(tag.attrs) <= {"style"} for tag in soup.find_all(True))
    assert EVIL in explorer._repr_mimebundle_()["text/plain"]


# Static, or live


def test_without_a_front_end_the_first_rows_stand_there(coded):
    static = explorers.theme_explorer(*coded)._repr_mimebundle_()
    assert list(static) == ["text/plain", "text/html"]
    rows = BeautifulSoup(static["text/html"], "html.parser").find("tbody").find_all("tr")
    assert len(rows) == len(static["text/plain"].splitlines()) - 2 == 12
    assert "sentences. The first 12:" in static["text/plain"]


CELL = """
import sys
from analysis import load_tokens, explorers
explorer = explorers.concordance_explorer(load_tokens("seeds"), "technology", "interviewee")
"""


def run(metadata):
    """Run a cell that shows an explorer in a kernel, as a front end that sends this metadata would."""
    cells = [nbformat.v4.new_code_cell(CELL), nbformat.v4.new_code_cell("explorer")]
    cells.append(nbformat.v4.new_code_cell("'ipywidgets' in sys.modules"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, kernel_name="python3", record_timing=False)
    send = None
    with client.setup_kernel():
        send = client.kc.session.send

        def with_metadata(stream, message, *args, **more):
            if message["msg_type"] == "execute_request" if isinstance(message, dict) else message == "execute_request":
                message["metadata"] = {**message.get("metadata", {}), **metadata}
            return send(stream, message, *args, **more)

        client.kc.session.send = with_metadata
        for number, cell in enumerate(cells):
            client.execute_cell(cell, number)
    client.set_widgets_metadata()
    return notebook, cells[1].outputs[0]["data"], cells[2].outputs[0]["data"]["text/plain"]


def test_a_notebook_run_by_a_program_holds_no_widget(monkeypatch):
    # As where make study is started from a notebook.
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/02.ipynb")
    notebook, data, imported = run({})
    assert set(data) == {"text/plain", "text/html"} and imported == "False"
    assert "widgets" not in notebook.metadata
    again = run({})[1]
    assert data == again


def test_a_front_end_gets_the_widget_beside_the_static_result():
    _, data, imported = run({"cellId": "cell-02"})
    assert set(data) == {"text/plain", "text/html", WIDGET} and imported == "True"
    assert "4 lines" in data["text/plain"]


def test_importing_explorers_does_not_import_widgets():
    told = "import sys, analysis.explorers; print(json.dumps(sorted({'ipywidgets', 'IPython'} & set(sys.modules))))"
    done = subprocess.run(
        [sys.executable, "-c", f"import json; {told}"], capture_output=True, text=True, check=True, env=os.environ
    )
    assert json.loads(done.stdout) == []
