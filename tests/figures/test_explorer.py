"""The explorer in a real browser: every view, address, key and filter; its counts are Python's."""

import json
import os
import random
import re
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from analysis import load_corpus
from analysis.annotation.terms import is_word, lemmas, terms_of
from analysis.figures.explorer import Explorer, explore
from analysis.study.page import page as page_of_study
from analysis.words.contexts import concordance

MOVIE = "concordance/lemma/movie"


def page(made, title):
    """The page of a study of which nothing but the explorer is shown."""
    return page_of_study({}, title, explorer=made.html)


@pytest.fixture(scope="module")
def evidence(corpus):
    found = concordance(corpus.said, lemma="connect")
    rows = found[["interview", "start", "end"]].to_dict("records")
    return [{"id": "connect", "sentence": "He says “connect” in both.", "rows": rows}]


@pytest.fixture(scope="module")
def made(corpus, evidence):
    return explore(corpus, word="movie", themes=["technology", "intimacy"], evidence=evidence)


@pytest.fixture
def visit(open_file, made, tmp_path):
    """Open a page from a file; nothing may go wrong in it or be asked for."""
    tabs = []

    def opened(address="", html="", **options):
        path = tmp_path / "page.html"
        path.write_text(html or page(made, "Two interviews"), encoding="utf-8")
        tabs.append(open_file(path, f"#x1/{address}" if address else "", **options))
        return tabs[-1]

    yield opened
    for tab in tabs:
        assert tab.faults == []
        assert [url for url in tab.asked if not url.startswith(("file:", "data:"))] == []


def status(tab):
    return tab.locator(".status").inner_text()


def hash_of(tab):
    return tab.evaluate("location.hash")


# As JSON, for playwright takes much longer to pass so many values on.
FIND = """addresses => JSON.stringify(addresses.map(address => {
    history.replaceState(null, "", "#x1/" + address);
    dispatchEvent(new PopStateEvent("popstate"));
    return [document.querySelector(".status").textContent,
        [...document.querySelectorAll(".lines .node")].map(node => node.dataset.to.split("/")[2]),
        [...document.querySelectorAll(".lines .node")].map(node => node.textContent)];
}))"""


def found_at(tab, addresses):
    """Open addresses in turn: the number in the heading, the spans and words of the lines."""
    rows = []
    for told, spans, words in json.loads(tab.evaluate(FIND, addresses)):
        number = re.search(r": ([\d,]+) lines?\.", told)
        rows.append((int(number[1].replace(",", "")), spans, words))
    return rows


def quoted(*parts):
    from urllib.parse import quote

    return "/".join(quote(part, safe="") for part in parts)


def in_order(corpus, table):
    """Sort the rows of a concordance, interviews in the corpus's order."""
    return table.assign(rank=table["interview"].map(list(corpus.labels).index)).sort_values(
        ["rank", "start"]
    )


def check_counts(tab, corpus, wanted):
    """Compare what addresses show with the rows of tables; spans are written as addresses do."""
    shown = found_at(tab, [address for address, _ in wanted])
    for (address, table), (count, spans, words) in zip(wanted, shown, strict=True):
        assert count == len(table), address
        assert len(spans) == min(count, 60), address
        rows = in_order(corpus, table)[["start", "end", "node"]].head(60).itertuples(index=False)
        assert [
            (span, word.replace("\u00a0", " ")) for span, word in zip(spans, words, strict=True)
        ] == [(f"{start}-{end}", re.sub(r"\s", " ", node)) for start, end, node in rows], address


def generated(corpus, number):
    """Take words, phrases and beginnings out of the texts, in any case and apostrophe."""
    dice = random.Random(14)
    words = corpus.tokens[is_word(corpus.tokens)].sort_values(["interview", "utterance", "token"])
    texts = words["text"].to_list()
    for _ in range(number):
        at, size = dice.randrange(len(texts) - 3), dice.choice([1, 1, 2, 3])
        query = " ".join(texts[at : at + size])
        query = dice.choice([str, str.upper, str.lower])(query)
        if dice.random() < 0.3:
            query = query.replace("’", "'")
        yield query, query[: max(1, len(query) - dice.randrange(4))].rstrip()


def test_counts_of_words_phrases_and_beginnings_are_those_of_the_concordance(visit, corpus):
    wanted = []
    by_hand = ["don't", "don’t", "n't", "DON'T", "Her", "technology", "the", "fall in love", "a"]
    for query, beginning in [*((one, one) for one in by_hand), *generated(corpus, 40)]:
        pattern = " ".join(map(re.escape, query.split()))
        wanted.append((f"concordance/word/{quoted(query)}", concordance(corpus.tokens, pattern)))
        pattern = " ".join(map(re.escape, beginning.split())) + ".*"
        address = f"concordance/prefix/{quoted(beginning)}"
        wanted.append((address, concordance(corpus.tokens, pattern)))
    check_counts(visit(), corpus, wanted)


def test_counts_of_every_lemma_are_those_of_the_concordance(visit, corpus):
    words = corpus.tokens[is_word(corpus.tokens)]
    own = lemmas(words)
    words = words.rename(columns={"text": "node"})
    wanted = [
        (f"concordance/lemma/{quoted(lemma)}", table) for lemma, table in words.groupby(own.array)
    ]
    following = own.shift(-1).fillna("")
    pairs = list(zip(own, following, strict=True))[::60]
    for first, second in pairs:
        table = concordance(corpus.tokens, lemma=f"{first} {second}")
        if len(table):
            wanted.append((f"concordance/lemma/{quoted(f'{first} {second}')}", table))
    check_counts(visit(), corpus, wanted)


def test_counts_of_names_are_those_of_the_mentions(visit, corpus):
    names = sorted(corpus.mentions["canonical"].unique())
    shown = found_at(visit(), [f"concordance/name/{quoted(name)}" for name in names])
    assert [count for count, _, _ in shown] == [
        int(corpus.mentions["canonical"].eq(name).sum()) for name in names
    ]


def test_filters_count_as_the_tables_do(visit, corpus):
    found = concordance(corpus.tokens, lemma="movie")
    for role, interview in (("interviewee", ""), ("", "tiff"), ("narration", "indiewire")):
        own = found[found["role"].eq(role) | (role == "")]
        own = own[own["interview"].eq(interview) | (interview == "")]
        tab = visit(f"{MOVIE}?interview={interview}&role={role}")
        assert f": {len(own)} line" in status(tab)
    tab = visit(MOVIE)
    tab.get_by_role("combobox", name="Voice").select_option("interviewee")
    tab.get_by_role("combobox", name="Interview").select_option("tiff")
    assert "interviewee, TIFF: 2 lines." in status(tab)
    assert hash_of(tab) == f"#x1/{MOVIE}?interview=tiff&role=interviewee"


def test_frequent_words_and_names_are_those_of_the_chosen_voice(visit, corpus):
    for filters in ({}, {"role": "interviewee"}, {"role": "narration", "interview": "indiewire"}):
        chosen = "&".join(f"{key}={value}" for key, value in filters.items())
        tab = visit(f"concordance/lemma/?{chosen}")
        terms = terms_of(corpus.tokens, corpus.titles)
        for label, table, column in (
            ("Frequent words", terms, "term"),
            ("Names", corpus.mentions, "canonical"),
        ):
            own = table
            for key, value in filters.items():
                own = own[own[key] == value]
            counts = own[column].value_counts()
            shown = tab.locator(".chips").filter(has_text=label).locator("li").all_inner_texts()
            told = dict(one.rsplit(" ", 1) for one in shown)
            assert told and {word: int(count) for word, count in told.items()} == {
                word: counts[word] for word in told
            }
            assert sorted(map(int, told.values())) == sorted(counts.head(len(told)))


@pytest.mark.parametrize("side", ["left", "right"])
def test_lines_sort_as_in_python(visit, corpus, side):
    table = concordance(corpus.tokens, lemma="the", sort=side)
    ((_, spans, _),) = found_at(visit(), [f"concordance/lemma/the?sort={side}"])
    expected = [f"{row.start}-{row.end}" for row in table.itertuples()]
    # Interviews stand in their own order where everything else is alike; Python sorts them by name.
    assert spans == expected[:60]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("MOVIE", "“movie” (lemma), all voices, all interviews: 16 lines."),
        ("  movie ", "“movie” (lemma), all voices, all interviews: 16 lines."),
        ("“Her”", "“Her” (title), all voices, all interviews: 13 lines."),
        ('"her"', "“Her” (title), all voices, all interviews: 13 lines."),
        ("movies", "“movies” (word form, not a lemma)"),
        ("movie,", "“movie” (lemma)"),
        ("“movie”", "“movie” (lemma)"),
    ],
)
def test_searching_forgives_case_quotes_and_punctuation(visit, typed, told):
    tab = visit()
    tab.get_by_label("Find").fill(typed)
    tab.get_by_label("Find").press("Enter")
    assert told in status(tab)


def test_odd_letters_are_counted_and_placed_as_in_python(visit, folder_with):
    text = (
        "Q. Do you 😀 like straße and naïve cafés?\n\nA. I don’t, 𝒜 can't; we’re “fine” 😀😀 with"
        " STRASSE, [x] (a+b) C++ and na\u0308ive—so. Don’t I?\n\nI can’t say 😀 more, can't.\n"
    )
    corpus = load_corpus(folder_with(text, 'layout = "q_and_a"\n'))
    queries = ["can't", "don’t", "C++", "x", "straße", "STRASSE", "I", "naïve", "na\u0308ive", "re"]
    wanted = [
        (
            f"concordance/word/{quoted(one)}",
            concordance(corpus.tokens, " ".join(map(re.escape, one.split()))),
        )
        for one in [*queries, "say more", "more can't"]
    ]
    assert sum(len(table) for _, table in wanted) > 8
    tab = visit(html=page(explore(corpus), "Odd"))
    check_counts(tab, corpus, wanted)
    tab.evaluate(FIND, ["concordance/word/more"])
    tab.locator(".lines .node").click()
    assert tab.locator(".passage mark.here").inner_text() == "more"


def test_where_nothing_is_found_something_near_is_offered(visit):
    tab = visit("concordance/lemma/movei")
    assert ": 0 lines." in status(tab)
    tab.get_by_role("link", name="movie", exact=True).click()
    assert ": 16 lines." in status(tab)
    tab.get_by_label("Find").fill("xqzzk")
    tab.get_by_label("Find").press("Enter")
    assert tab.get_by_text("There are no similar words here.").is_visible()
    tab = visit(f"{MOVIE}?role=quoted&interview=tiff")
    tab.get_by_role("link", name="16 lines in all voices and interviews").click()
    assert ": 16 lines." in status(tab)


ADDRESSES = {
    MOVIE: "“movie” (lemma)",
    f"{MOVIE}?role=interviewee&sort=left": "interviewee, all interviews: 14 lines.",
    "concordance/phrase/fall%20in%20love": "“fall in love”",
    "concordance/prefix/techn": "“techn” (prefix)",
    "concordance/name/Joaquin%20Phoenix": "Joaquin Phoenix (name)",
    "strips/theme%3Atechnology/theme%3Aintimacy": "Technology: 13 marks; Intimacy: 26 marks",
    "strips/lemma%3Amovie/name%3ASpike%20Jonze": "“movie” (lemma): 16 marks; Spike Jonze (name)",
    "matrix/themes": "Themes by interview, all voices: 207 coded passages.",
    "quotes/themes/technology/tiff": "Technology, TIFF: 5 passages",
    "compare/interviewee%40indiewire/interviewee%40tiff?order=word": "interviewee, TIFF",
    "evidence": "1 finding",
    "evidence/connect": "He says “connect” in both. It rests on",
}


@pytest.mark.parametrize(("address", "told"), ADDRESSES.items())
def test_every_view_has_an_address_that_opens_it_again(visit, address, told):
    tab = visit(address)
    assert told in status(tab)
    shown = tab.locator(".results").inner_text()
    tab.reload()
    assert tab.locator(".results").inner_text() == shown
    assert hash_of(tab) == f"#x1/{address}"


LOST = """%E0%A4 nowhere/at/all passage/none/1-2 passage/tiff/x-y strips/theme%3Anone quotes/a/b/c
compare/x/y evidence/none concordance/lemma/%2F""".split()


@pytest.mark.parametrize("address", LOST)
def test_an_address_that_leads_nowhere_shows_something(visit, address):
    tab = visit(address)
    assert status(tab)


def test_touching_a_line_opens_its_passage_and_back_goes_back(visit, corpus):
    tab = visit(MOVIE)
    tab.locator(".lines .node").nth(5).click()
    span = tab.evaluate("location.hash.split('/')[3]")
    start, end = map(int, span.split("-"))
    row = concordance(corpus.tokens, lemma="movie").iloc[5]
    assert (start, end) == (row["start"], row["end"])
    (said,) = corpus.utterances[
        corpus.utterances["interview"].eq("indiewire")
        & corpus.utterances["start"].le(start)
        & corpus.utterances["end"].gt(start)
    ].itertuples()
    assert tab.locator(".passage .text").inner_text() == said.text
    assert said.prompt in tab.locator(".passage .prompt").inner_text()
    assert said.speaker in tab.locator(".passage .meta").first.inner_text()
    assert tab.locator(".passage mark.here").inner_text() == row["node"]
    assert "6 of 16" in status(tab)
    tab.get_by_role("link", name="Next ›").click()
    assert "7 of 16" in status(tab)
    tab.get_by_role("button", name="Back").click()
    assert "6 of 16" in status(tab)
    tab.go_back()
    assert ": 16 lines." in status(tab)
    assert tab.evaluate("document.activeElement.className") == "node"
    tab.go_forward()
    assert "6 of 16" in status(tab)
    tab.get_by_role("link", name="Previous paragraph").click()
    assert f"–{start} " not in status(tab) and "characters" in status(tab)


def test_a_passage_opened_by_its_address_knows_its_list(visit):
    tab = visit(MOVIE)
    tab.locator(".lines .node").nth(2).click()
    address = hash_of(tab)[4:]
    tab = visit(address)
    assert "3 of 16" in status(tab)
    tab.get_by_role("button", name="Back").click()
    assert ": 16 lines." in status(tab)


def test_keys_alone_are_enough(visit):
    tab = visit(MOVIE)
    tab.locator(".tabs a").first.focus()
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.type") == "search"
    tab.keyboard.press("Control+A")
    tab.keyboard.type("connect")
    tab.keyboard.press("Enter")
    assert "“connect” (lemma)" in status(tab)
    tab.locator(".line .mark").first.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    assert "3 of" in status(tab)
    tab.keyboard.press("ArrowRight")
    assert "4 of" in status(tab)
    tab.keyboard.press("ArrowLeft")
    assert "3 of" in status(tab)
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    assert "“connect” (lemma)" in status(tab)
    stops = "[...document.querySelectorAll('.mark')].filter(mark => mark.tabIndex === 0).length"
    assert tab.evaluate(stops) == 2, "one for each strip"


def test_a_slash_leads_to_the_search_from_anywhere(visit):
    tab = visit("matrix/themes")
    tab.locator(".matrix a").first.focus()
    tab.keyboard.press("/")
    tab.keyboard.type("love")
    tab.keyboard.press("Enter")
    assert "“love” (lemma)" in status(tab)


def test_a_filter_that_was_changed_keeps_the_focus(visit):
    tab = visit(MOVIE)
    tab.get_by_role("combobox", name="Voice").focus()
    tab.keyboard.press("i")
    tab.keyboard.press("Enter")
    assert re.search("role=interview", hash_of(tab))
    assert tab.evaluate("document.activeElement.closest('label').textContent").startswith("Voice")


def test_jupyterlab_is_told_to_leave_the_keys_alone(visit):
    """Its shortcuts (b: a new cell) pass over an element that has focus and this attribute."""
    tab = visit(MOVIE)
    for place in (".search", ".lines .node", ".line .mark"):
        tab.locator(place).first.focus()
        assert tab.evaluate("document.activeElement.dataset.lmSuppressShortcuts") == "true"


def test_typing_is_one_step_back(visit):
    tab = visit(MOVIE)
    tab.get_by_label("Find").press("Control+A")
    for letter in "love":
        tab.keyboard.press(letter)
        tab.wait_for_timeout(160)
    assert "“love” (lemma)" in status(tab)
    tab.go_back()
    assert "“movie” (lemma)" in status(tab)


def test_a_finger_finds_the_mark_that_is_near(visit):
    tab = visit(MOVIE, width=390, height=800, has_touch=True, is_mobile=True)
    box = tab.locator(".line .mark").first.bounding_box()
    tab.touchscreen.tap(box["x"] - 8, box["y"] + box["height"] / 2)
    assert "1 of 16" in status(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") == 390


def test_a_strip_tells_what_is_under_the_pointer(visit):
    tab = visit(MOVIE)
    box = tab.locator(".line .mark").first.bounding_box()
    tab.mouse.move(box["x"] + 3, box["y"] + 5)
    assert tab.locator(".preview mark").inner_text().startswith("movie")


def test_cells_of_the_quote_matrix_count_codings_and_open_them(visit, corpus):
    for role in ("", "interviewee"):
        tab = visit(f"matrix/themes{f'?role={role}' if role else ''}")
        own = corpus.codings[corpus.codings["role"].eq(role) | (role == "")]
        counts = own.groupby(["theme", "interview"]).size()
        cells = tab.locator(".matrix tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell =>"
            " parseInt(cell.textContent)))"
        )
        assert cells == [
            [int(counts.get((theme, one), 0)) for one in corpus.labels]
            for theme in corpus.codebook["theme"]
        ]
    tab.get_by_role("link", name="Technology, IndieWire").click()
    marks = tab.locator(".quotes mark").all_inner_texts()
    assert "operating system" in marks
    tab.locator(".quotes .quote").first.click()
    assert "1 of" in status(tab) and tab.locator(".passage mark").count()


def test_quotes_of_other_codes_name_who_coded(visit, corpus):
    row = corpus.sentences.iloc[40]
    codes = [
        {
            "id": "framing",
            "title": "Framing",
            "codes": [{"id": "hope", "name": "Hope", "definition": "What is hoped for."}],
            "rows": [
                {"interview": row["interview"], "code": "hope", "by": "first coder",
                 "start": int(row["start"]), "end": int(row["end"])}
            ],
        }
    ]  # fmt: skip
    tab = visit("quotes/framing/hope/indiewire", page(explore(corpus, codes=codes), "Framing"))
    assert "coded by first coder" in tab.locator(".quotes").inner_text()
    assert row["text"] in tab.locator(".quotes").inner_text()


def test_rates_and_intervals_are_pythons(visit, corpus):
    from analysis.annotation.terms import terms_of
    from analysis.words.counts import frequencies

    terms = terms_of(corpus.tokens, corpus.titles)
    table = frequencies(terms, ["interview", "role"]).query("role == 'interviewee'")
    tab = visit("compare/interviewee%40indiewire/interviewee%40tiff?least=1&order=word")
    while tab.locator(".more:visible").count():
        tab.locator(".more:visible").click()
    rows = tab.locator(".compare tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[0].textContent, row.cells[2].textContent,"
        " row.cells[3].textContent])"
    )
    assert {term for term, _, _ in rows} == set(table["term"])
    shown = {term: (first, second) for term, first, second in rows}
    for row in table.itertuples():
        side = shown[row.term][0 if row.interview == "indiewire" else 1]
        count = int(re.search(r"\((\d+)\)", side)[1])
        assert count == row.count and float(side.split()[0]) == pytest.approx(row.rate, abs=0.051)
    held = explore(corpus).data["rates"]
    (own,) = (
        group["rows"]
        for group in held
        if (group["interview"], group["role"]) == ("indiewire", "interviewee")
    )
    movie = next(row for row in own if row[0] == "movie")
    expected = table.query("interview == 'indiewire' and term == 'movie'").iloc[0]
    assert movie[2:] == pytest.approx([expected["rate_low"], expected["rate_high"]], rel=1e-3)
    tab.locator(".compare tbody th a").first.click()
    assert "interviewee, all interviews" in status(tab)


def test_a_finding_leads_to_the_lines_it_rests_on(visit, corpus, evidence):
    tab = visit("evidence")
    tab.locator(".findings a").click()
    assert tab.locator(".lines tbody tr").count() == len(evidence[0]["rows"])
    tab.locator(".lines .node").first.click()
    assert f"1 of {len(evidence[0]['rows'])}" in status(tab)
    rows = corpus.sentences.iloc[[20, 60]][["interview", "start", "end", "text"]]
    told = {"id": "two", "sentence": "Two sentences.", "rows": rows.to_dict("records")}
    tab = visit("evidence/two", page(explore(corpus, evidence=[told]), "Sentences"))
    assert tab.locator(".quotes .quote").all_inner_texts() == rows["text"].to_list()


# In dark, the page is the same but for its colours: these are axe's rules on colours.
RULES = {
    "light": {"resultTypes": ["violations"]},
    "dark": {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    },
}


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_any_view(visit, width):
    tab = visit(width=width)
    passage = "passage/indiewire/1836-1840/concordance/lemma/idea"
    tab.evaluate(Axe().axe_script)
    for address in [*ADDRESSES, "concordance", "concordance/lemma/movei", passage, "strips"]:
        tab.evaluate(FIND, [address])
        for scheme, rules in RULES.items():
            tab.emulate_media(color_scheme=scheme)
            found = Axe("0").run(tab, options=rules)
            assert found.violations_count == 0, f"{address}, {scheme}\n{found.generate_report()}"
        assert tab.evaluate("document.documentElement.scrollWidth") == width, address


# In notebooks

INSERT = """html => {
    const host = document.createElement("div");
    document.querySelector("main").append(host);
    host.innerHTML = html;
    for (const old of host.querySelectorAll("script")) {
        const made = document.createElement("script");
        for (const { name, value } of old.attributes) made.setAttribute(name, value);
        made.textContent = old.textContent;
        old.parentNode.replaceChild(made, old);
    }
}"""
BLANK = "<!doctype html><html lang='en'><title>Outputs</title><main><h1>Outputs</h1></main></html>"


def test_an_output_of_a_notebook_lives_and_leaves_the_address_alone(visit, corpus, made):
    tab = visit(html=BLANK, locale="en-US")  # with a history of its own
    tab.evaluate(INSERT, made.html)
    tab.evaluate(INSERT, explore(corpus, word="love").html)
    first, second = tab.locator(".explorer").all()
    assert first.locator(".explorer-live").count() == second.locator(".explorer-live").count() == 1
    assert "“love”" in second.locator(".status").inner_text()
    second.locator(".lines .node").first.click()
    assert "1 of" in second.locator(".status").inner_text()
    assert "“movie”" in first.locator(".status").inner_text()
    assert hash_of(tab) == "" and tab.evaluate("history.length") <= 2
    second.get_by_role("button", name="Back").click()
    assert "“love”" in second.locator(".status").inner_text()
    assert tab.evaluate("document.activeElement.className") == "node"
    assert Axe().run(tab).violations_count == 0


def test_several_stand_in_one_page(visit, corpus, made):
    both = made.html + explore(corpus, word="love").html
    tab = visit(html=BLANK.replace("<h1>", both + "<h1>"))
    assert tab.locator(".explorer-live").count() == 2
    tab.locator(".explorer").nth(1).get_by_label("Find").fill("life")
    tab.locator(".explorer").nth(1).get_by_label("Find").press("Enter")
    assert "“movie”" in tab.locator(".status").nth(0).inner_text()
    assert "“life”" in tab.locator(".status").nth(1).inner_text()


@pytest.mark.parametrize("view", ["concordance", "strips", "matrix", "compare", "evidence"])
def test_the_first_result_stands_there_where_no_script_runs(visit, corpus, evidence, view):
    made = explore(corpus, view=view, word="movie", themes=["technology"], evidence=evidence)
    tab = visit(html=page(made, "Still"), java_script_enabled=False)
    static = tab.locator(".explorer-static")
    assert made.heading in static.inner_text() and len(made.first) > 0
    assert tab.locator(".explorer-static tr").count() == len(made.first) + 1
    bundle = made._repr_mimebundle_()
    assert bundle["text/html"] == made.html
    assert bundle["text/plain"].startswith(made.heading)


def test_the_heading_without_a_script_says_what_was_sought_where_and_how_often(corpus):
    titled, named, said = corpus.titles, corpus.mentions, corpus.tokens["lemma"].str.lower()
    name = named["canonical"].iloc[0]
    everywhere = "all voices, all interviews"
    theirs = (corpus.tokens["role"] == "interviewee") & (corpus.tokens["interview"] == "tiff")
    expected = {
        "“Her” (title)": ({"word": "“her”"}, everywhere, (titled["title"] == "Her").sum()),
        f"{name} (name)": ({"name": name}, everywhere, (named["canonical"] == name).sum()),
        "“think” (lemma)": (
            {"word": "think", "role": "interviewee", "interview": "tiff"},
            "interviewee, TIFF",
            (said.eq("think") & theirs).sum(),
        ),
    }
    for told, (asked, scope, number) in expected.items():
        lines = "1 line" if number == 1 else f"{number} lines"
        assert explore(corpus, **asked).heading.startswith(f"{told}, {scope}: {lines}."), told
    assert explore(corpus).heading == "Type a word to see its lines."


@pytest.mark.parametrize("by", ["lemma", "word", "prefix"])
def test_the_first_result_is_what_the_script_shows_first(visit, corpus, by):
    made = explore(corpus, word="movie", by=by, role="interviewee")
    tab = visit(html=page(made, "Alike"))
    assert status(tab).split(":")[0] == made.heading.split(":")[0]
    assert status(tab).split(":")[1].split(".")[0] == made.heading.split(":")[1].split(".")[0]
    assert not tab.locator(".explorer-static").is_visible()


def test_it_is_the_same_bytes_on_every_run(made, evidence):
    code = (
        "import json, sys; from analysis import load_corpus;"
        "from analysis.figures.explorer import explore;"
        "made = explore(load_corpus('seeds'), word='movie', themes=['technology', 'intimacy'],"
        " evidence=json.loads(sys.argv[1])); sys.stdout.buffer.write(made.html.encode())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, json.dumps(evidence)],
        env={**os.environ, "PYTHONHASHSEED": "1"}, capture_output=True, check=True,
    )  # fmt: skip
    assert told.stdout.decode() == made.html


def test_it_is_small(made):
    assert len(made.html.encode()) < 150_000


# Folders of any kind


def test_a_folder_without_a_codebook_has_no_themes(visit, folder_with):
    corpus = load_corpus(
        folder_with(
            "Q: Why rain?\n\nA: Rain falls. Ann Lee says so.\n\nQ: Why?\n\nA: So.\n",
            'layout = "labelled"\n',
        )
    )
    made = explore(corpus, word="rain")
    assert made.data["codes"] == [] and "1 interview" in made.data["holds"]
    tab = visit(html=page(made, "One"))
    assert tab.locator(".tabs a").all_inner_texts() == ["Concordance", "Strips", "Compare"]
    assert ": 2 lines." in status(tab)
    for name in ("Strips", "Compare", "Concordance"):
        tab.get_by_role("link", name=name, exact=True).click()
        assert status(tab)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"view": "cloud"}, "There is no view 'cloud'; choose from: concordance, strips"),
        ({"themes": ["rain"]}, "There is no theme 'rain'; choose from: intimacy"),
        ({"role": "chorus"}, "There is no voice 'chorus'"),
        ({"interview": "none"}, "There is no interview 'none'; choose from: indiewire, tiff"),
        ({"name": "Nobody"}, "There is no name 'Nobody'"),
        ({"interviews": ["none"]}, "There is no interview 'none'"),
        ({"by": "sound"}, "There is no way to match 'sound'; choose from: lemma, word, prefix."),
    ],
)
def test_to_open_with_what_is_not_there_is_refused(corpus, start, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        explore(corpus, **start)


def test_a_large_folder_says_what_is_held(visit, many_interviews, monkeypatch):
    corpus = load_corpus(many_interviews(8, 3))
    sizes = corpus.utterances["text"].str.len().groupby(corpus.utterances["interview"]).sum()
    monkeypatch.setattr("analysis.figures.explorer.MOST_TEXT", int(sizes.iloc[:5].sum()))
    made = explore(corpus, word="movie")
    assert made.data["holds"].startswith("Contains 5 of 8 interviews (Talk 1, Talk 2, Talk 3, …), ")
    chosen = explore(corpus, word="movie", interviews=["talk-08", "talk-02"])
    assert [one["id"] for one in chosen.data["interviews"]] == ["talk-02", "talk-08"]
    tab = visit("matrix/themes", page(made, "Many"))
    assert tab.locator(".matrix tbody tr").count() == 5
    assert "Contains 5 of 8 interviews" in tab.locator(".foot").inner_text()


HOSTILE = (
    "</script><script/x>alert(1)</script/x>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "“quotes” 'and' \"more\" & &amp;lt;",
    "lines\u2028and\u2029paragraphs",
    "\u202eright to left\u202c \u200f",
    "<!--<script/x><svg onload=alert(1)>",
    "]]>{{ constructor }}${alert(1)}",
)


@pytest.fixture
def hostile(tmp_path):
    folder = tmp_path / "hostile"
    folder.mkdir()
    # A source with three tags of a page is refused as one.
    lines = [f"Q: Why?\n\nA: Because of {one}, said Ann Lee. Rain." for one in HOSTILE]
    (folder / "one.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    entry = {
        "id": "one",
        "file": "one.txt",
        "label": "</script><img src=x onerror=alert(2)>",
        "title": "<script>alert(3)</script>",
        "publication": "javascript:alert(4)",
        "interviewee": "Ann <img src=x onerror=alert(5)>",
        "layout": "labelled",
    }
    written = "\n".join(f"{key} = {json.dumps(value)}" for key, value in entry.items())
    (folder / "interviews.toml").write_text(f"[[interview]]\n{written}\n", encoding="utf-8")
    return load_corpus(folder)


def test_a_hostile_corpus_is_shown_and_runs_nothing(visit, hostile):
    text = hostile.utterances["text"]
    nasty = "<img src=x onerror=alert(9)>"
    rows = [
        {"interview": "one", "start": row.start, "end": row.end, "code": nasty, "by": nasty}
        for row in hostile.utterances.itertuples()
    ]
    codes = [
        {"id": nasty, "title": nasty, "rows": rows,
         "codes": [{"id": nasty, "name": nasty, "definition": "</script>" + nasty}]}
    ]  # fmt: skip
    evidence = [{"id": nasty, "sentence": f"</script>{nasty}", "rows": rows}]
    made = explore(hostile, word="rain", codes=codes, evidence=evidence)
    soup = BeautifulSoup(made.html, "html.parser")
    assert len(soup.find_all("script")) == 2 and not soup.find_all(["img", "b"])
    assert json.loads(soup.find("script", type="application/json").string) == made.data
    assert made.data["passages"]["text"] == text.to_list()
    for html in (page(made, nasty), f"{BLANK}{made.html}"):
        tab = visit(html=html)
        for name in ("Concordance", "Strips", "Quotes", "Compare", "Evidence"):
            tab.locator(".tabs > *").get_by_text(name, exact=True).or_(
                tab.locator(".tabs > *", has_text=name)
            ).first.click()
        tab.locator(".findings [data-to]").click()
        shown = tab.locator(".quotes").inner_text()
        assert "<img src=x onerror=alert(1)>" in shown and "</script>" in shown
        assert "\u202e" in tab.locator(".quotes").text_content()
        tab.locator(".quotes .quote").nth(2).click()
        assert tab.locator(".passage").count() == 1
        assert tab.locator("img, .explorer b img").count() == 0
    for nasty in HOSTILE:
        visit(f"concordance/word/{quoted(nasty)}", page(made, "Hostile"))


def test_the_policy_forbids_the_network_and_foreign_script(browser, made, tmp_path):
    html = page(made, "Policy")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy.partition("script-src")[2]
    path = tmp_path / "planted.html"
    planted = "<script>document.title = 'ran'</script><img src='https://example.org/x.png'>"
    path.write_text(html.replace("</main>", planted + "</main>"), encoding="utf-8")
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(path.as_uri())
    assert tab.title() == "Policy"
    assert tab.locator(".explorer-live").count() == 1
    context.close()


def test_an_explorer_is_data(made):
    assert isinstance(made, Explorer)
    assert json.loads(json.dumps(made.data)) == made.data


def test_in_jupyter_the_words_of_a_concordance_stand_in_one_column(visit, made):
    # JupyterLab's own rule for tables in outputs
    rule = (
        ":not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon :is(td, th, tr) { text-align: right;"
        " white-space: normal; padding: .5em }"
    )
    html = (
        f'<meta charset="utf-8"><style>{rule}</style><div class="jp-RenderedHTMLCommon">{made.html}'
    )
    tab = visit(html=html)
    words = "[...document.querySelectorAll('.explorer-live .node')]"
    lefts = tab.evaluate(f"{words}.map(word => word.getBoundingClientRect().left)")
    assert len(lefts) > 5 and max(lefts) - min(lefts) < 1
