"""Sentences against their numbers, passages and tables; their templates; the ways of counting."""

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from stored import as_stored

from analysis import load_corpus
from analysis.annotation.terms import terms_of
from analysis.figures import keywords
from analysis.study import findings, found, tables, theme_findings
from analysis.themes import theme_differences, who_raises
from analysis.words.comparison import keyness
from analysis.words.sensitivity import WAYS

TEMPLATES = tomllib.loads(Path(findings.__file__).with_name("findings.toml").read_text("utf-8"))
# What belongs to a method or a unit and is no result: the level of intervals, the base of rates,
# the effect of no difference, the name of a measure.
CONSTANTS = r"95%|per 1,000|include 0|cludes 0|\bF1\b"


@pytest.fixture(scope="module")
def corpus(study):
    return study.corpus


def test_rows_are_numbered_from_0_except_in_a_selection_of_another_table(corpus, study):
    assert study.findings
    selections = {"terms", "said", "own_sentences", "reader", "named"}
    for name, table in vars(corpus).items():
        if isinstance(table, pd.DataFrame) and name not in selections:
            assert isinstance(table.index, pd.RangeIndex), name
            assert not {"index", "level_0"} & set(table.columns), name


def test_shares_and_intervals_belong_to_their_counts_and_differences(corpus):
    for one in findings.voices(corpus):
        assert one.values["share"] == one.values["said"] / one.values["words"]
    order, labels = list(corpus.codebook["theme"]), list(corpus.labels)
    table = theme_differences(corpus.own_sentences, corpus.codings, order, *labels)
    columns = ["difference", "difference_low", "difference_high"]
    told, *_ = [
        one.values for one in theme_findings.themes_told(corpus) if "difference" in one.values
    ]
    found = [told["difference"], told["low"], told["high"]]
    assert found in (100 * table[columns]).to_numpy().tolist()


def test_where_no_word_is_said_twice_none_is_the_most_frequent(corpus):
    once = corpus.with_tables(frequencies=corpus.frequencies.assign(count=1))
    told, without = (
        [one.id for one in findings.words_used(some) if "most_frequent" in one.id]
        for some in (corpus, once)
    )
    assert len(told) == 2 and not without


def test_what_the_answers_raise_is_told_of_each_interview(corpus):
    table = who_raises(corpus.sentences, corpus.codings, list(corpus.codebook["theme"]))
    raised = table.groupby("interview")[["taken_up", "raised"]].sum()
    told = {
        one.id.partition("raised_")[2]: one
        for one in theme_findings.themes_told(corpus)
        if "raised_" in one.id
    }
    assert {name: (one.values["taken_up"], one.values["raised"]) for name, one in told.items()} == {
        name: tuple(row) for name, row in zip(raised.index, raised.to_numpy(), strict=True)
    }
    asked = set(corpus.sentences.query("role == 'interviewer'")["interview"])
    assert {name for name, one in told.items() if "with a lead" not in one.sentence} == asked


def test_the_surest_word_has_the_narrowest_interval(corpus):
    (surest,) = [one.values for one in findings.words_apart(corpus) if "times_low" in one.values]
    table = corpus.keyness
    width = (table["log_ratio_high"] - table["log_ratio_low"]).replace(float("inf"), float("nan"))
    row = table.loc[width.idxmin()]
    assert (surest["times_low"], surest["times_high"]) == pytest.approx(
        (2 ** row["log_ratio_low"], 2 ** row["log_ratio_high"])
    )


def sentences(found):
    return [finding.sentence for finding in found]


def untold(finding):
    """Return the numbers of a sentence that are none of its values, rounded as written."""
    text = re.sub(CONSTANTS, "", finding.sentence.replace("−", "-"))
    words = [value for value in finding.values.values() if isinstance(value, str)]
    words += [part for value in words for part in value.split(", ")]
    # Longest first: a name may hold another, and digits of names are no numbers.
    for value in sorted(words, key=len, reverse=True):
        text = text.replace(value, " ")
    numbers = [value for value in finding.values.values() if not isinstance(value, str)]
    numbers += [
        len(value.split(", ")) for value in finding.values.values() if isinstance(value, str)
    ]
    rest = []
    for sign, bound in re.findall(r"p ([<>]) (0\.\d+)", text):
        least = float(bound)
        if not any(value < least if sign == "<" else value > least for value in numbers):
            rest.append(bound)
    text = re.sub(r"p [<>] 0\.\d+", " ", text)
    for written, percent in re.findall(r"(?<![\w.,])(-?\d(?:[\d,]*\d)?(?:\.\d+)?)(%?)", text):
        number, digits = float(written.replace(",", "")), len(written.partition(".")[2])
        told = [value * 100 if percent else value for value in numbers]
        if not any(abs(value - number) <= 0.5 * 10**-digits + 1e-9 for value in told):
            rest.append(written)
    return rest


@pytest.mark.parametrize("table", TEMPLATES)
def test_no_number_is_typed_into_a_sentence(table):
    for name, template in TEMPLATES[table].items():
        typed = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", template, flags=re.DOTALL)
        assert not re.search(r"\d", re.sub(CONSTANTS, "", " ".join(typed.split()))), (table, name)


def test_every_table_of_templates_is_a_function():
    for name in TEMPLATES:
        assert any(callable(getattr(module, name, None)) for module in (findings, theme_findings))


def test_every_number_of_a_sentence_is_among_its_values(study):
    found = study.findings
    assert len({finding.id for finding in found}) == len(found)
    for finding in found:
        assert not untold(finding), finding
        assert finding.values, finding.sentence


def test_singulars_and_plurals_are_right():
    said = {"interview": "A", "named": ["B"]}
    one = findings.say("names.interview", "a", mentions=1, names=1, own=1, **said)
    assert one.sentence == "A: 1 mention of 1 name, by the interviewee (B)."
    two = findings.say("names.interview", "a", mentions=2, names=2, own=0, **said)
    assert two.sentence.startswith("A: 2 mentions of 2 names, none of them")
    three = findings.say("names.interview", "a", mentions=3, names=2, own=3, **said)
    assert three.sentence == "A: 3 mentions of 2 names, all of them by the interviewee (B)."
    silent = findings.say(
        "names.interview", "a", mentions=0, names=0, own=0, interview="A", named=[]
    )
    assert silent.sentence == "A: no name is mentioned."
    kinds = {kind: [] for kind in ("people", "organisations", "places", "events")}
    shared = findings.say("names.shared", shared=1, names=3, interviews=3, works=["Her"], **kinds)
    assert "1 of the 3 names (excluding dates) occurs in every interview: 1 work" in shared.sentence


KINDS = ("works", "people", "organisations", "places", "events")
SHARED = {"interviews": 3, **{kind: [] for kind in KINDS}}
RAISED = {"label": "A", "exchanges": 4, "asked": True, "answers": 3, "taken_up": 0, "raised": 3}
DIVERSE = {"measure": "M", "lowest": 1.0, "least": "A", "highest": 2.0, "most": "B", "apart": 0}
FOUND = {
    "interviews": 3,
    "terms": 3,
    "everywhere": 0,
    "words": ["bee", "hive"],
    "found": [],
    "p": 0.3,
}


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        ("names.shared", {**SHARED, "shared": 0, "names": 0}, "No name (excluding dates) is"),
        ("names.shared", {**SHARED, "shared": 0, "names": 1}, "dates) does not occur in every"),
        ("names.shared", {**SHARED, "shared": 0, "names": 5}, "None of the 5 names (excluding"),
        ("names.checked", {"known": 0, "names": 0, "some": []}, "There are no names to check."),
        ("names.checked", {"known": 0, "names": 1, "some": ["B"]}, "The only name is not in the"),
        ("names.checked", {"known": 1, "names": 1, "some": []}, "The only name is in the gaz"),
        ("names.checked", {"known": 1, "names": 2, "some": ["B"]}, "; the other was labelled"),
        ("themes_told.raised", {**RAISED, "most": ["a"], "times": 3}, "(most often a, 3 times)."),
        ("themes_told.raised", {**RAISED, "most": ["a", "b"], "times": 2}, "b, 2 times each)."),
        (
            "themes_told.raised",
            {**RAISED, "taken_up": 1, "raised": 2, "times": 1},
            "in 1 case the question had raised the theme too, and in 2 it had not.",
        ),
        (
            "themes_told.raised",
            {**RAISED, "times": 1},
            "3 times in the answers, never in the question.",
        ),
        (
            "themes_told.raised",
            {**RAISED, "answers": 0, "raised": 0, "times": 0},
            "no theme occurs in the answers.",
        ),
        ("diversity_of_many.range", {**DIVERSE, "pairs": 0}, "to 2.00 in B."),
        ("ideas_return.words", FOUND, "none occurs in every interview; the most recurrent are"),
        ("ideas_return.words", {**FOUND, "found": ["bee", "hive"]}, "bee and hive recur more"),
    ],
)
def test_small_numbers_are_told_in_english(template, values, said):
    more = {"more": False} if template == "names.checked" else {}
    assert said in findings.say(template, **values, **more).sentence


def test_themes_that_tie_have_the_share_each():
    told = {"label": "A", "sentences": 14, "share": 1 / 7}
    one = findings.say("themes_told.most", theme=["a"], **told)
    assert one.sentence.endswith("is a: 14%.")
    two = findings.say("themes_told.most", theme=["a", "b"], **told)
    assert two.sentence.endswith("are a and b: 14% each.")


def test_the_passages_of_a_finding_are_in_the_sources(study):
    found = {finding.id: finding for finding in study.findings}
    corpus = study.corpus
    sources = {
        row.interview: (corpus.folder / row.file).read_text("utf-8")
        for row in corpus.interviews.itertuples()
    }
    rows = [row for finding in found.values() for row in finding.rows]
    assert rows
    for row in rows:
        assert sources[row["interview"]][row["start"] : row["end"]] == row["text"]
    meeting = found["ideas_meet.sentences"]
    by_codebook = [
        [row["what"] for row in meeting.rows if f"{theme} by the codebook" in row["what"]]
        for theme in ("technology", "intimacy")
    ]
    assert len(by_codebook[0]) == meeting.values["with_one_1"] == 7
    assert len(by_codebook[1]) == meeting.values["both_1"] == 5
    most = found["words_used.most_frequent.indiewire"]
    counts = {row["what"]: 0 for row in most.rows}
    for row in most.rows:
        counts[row["what"]] += 1
    assert counts == {"movie": 12, "think": 12}
    shared = found["names.shared"]
    assert {row["what"] for row in shared.rows} == {
        name for kind in ("works", "people") for name in shared.values[kind].split(", ")
    }


def test_a_number_that_is_no_value_is_seen():
    assert untold(findings.Finding("a", "It is 5.1 of 30 (17%).", {"x": 5.14, "share": 0.17})) == [
        "30"
    ]
    assert untold(findings.Finding("a", "It is 5.1.", {"x": 5.16})) == ["5.1"]
    assert untold(findings.Finding("a", "“Seven 7” 2 times.", {"term": "Seven 7", "n": 2})) == []


def test_a_gap_without_a_value_is_refused():
    with pytest.raises(Exception, match="undefined"):
        findings.say("names.interview", "b", interview="A")


def test_braces_in_a_source_are_text():
    told = findings.say("names.interview", "b", interview="{{ n }}{0}", mentions=2, names=2,
                        own=0, named=[])  # fmt: skip
    assert told.sentence == "{{ n }}{0}: 2 mentions of 2 names, none of them by the interviewee."


def test_a_minus_is_written_for_numbers_and_not_in_words_of_a_source():
    told = findings.say(
        "words_apart.surest", term="-2 good", target="A", reference="Show -2", log_ratio=-1.25,
        log_ratio_low=-2, log_ratio_high=float("inf"), times_low=0.25, times_high=1,
    )  # fmt: skip
    assert "“-2 good”: log ratio −1.2 [−2.0, unbounded]" in told.sentence
    assert told.sentence.endswith("times as frequent in A as in Show -2.")
    assert "log_ratio_high" not in told.values, "what is not finite is no value"


def test_without_gold_nothing_is_said_of_accuracy():
    corpus = load_corpus("seeds")
    makers = findings.entity_accuracy, findings.names_elsewhere, theme_findings.codings_trusted
    assert not [finding for make in makers for finding in make(corpus)]


def test_every_rate_and_every_effect_has_its_interval(corpus):
    for sentence in sentences(findings.words_used(corpus)):
        if "per 1,000" in sentence:
            assert re.search(r"\d \[\d+\.\d, \d+\.\d\]", sentence), sentence
    for sentence in sentences(findings.words_apart(corpus)):
        if re.search(r"their log ratios|log ratio [−\d]", sentence):
            assert re.search(
                r"−?\d\.\d \[(−?\d+\.\d|unbounded), (−?\d+\.\d|unbounded)\]", sentence
            ), sentence


def test_sentences_follow_the_numbers(corpus):
    table = corpus.frequencies
    movie = table[(table["interview"] == "indiewire") & (table["term"] == "movie")].iloc[0]
    assert (
        f"“movie” {movie['rate']:.1f} [{movie['rate_low']:.1f}, {movie['rate_high']:.1f}]"
        in " ".join(sentences(findings.words_used(corpus)))
    )
    terms = corpus.terms
    changed = corpus.with_tables(terms=terms.assign(term=terms["term"].replace({"movie": "play"})))
    assert "“movie”" not in " ".join(sentences(findings.words_used(changed)))


def test_a_word_that_can_be_told_apart_is_named(corpus):
    planted = corpus.terms.copy()
    content = planted["interview"].eq("tiff") & planted["term"].notna()
    planted.loc[content, "term"] = "rain"
    changed = corpus.with_tables(terms=planted)
    found = next(findings.words_apart(changed))
    assert "“rain”" in found.sentence and " none " not in found.sentence
    assert {row["what"] for row in found.rows} == {"rain"}
    apart = keywords(changed)
    assert apart.table["found"].any()
    assert "None of" not in apart.caption


def planted(corpus, **shares):
    """Put words into the answers: each into one of so many content words of an interview."""
    terms = corpus.terms.copy()
    for interview, every in shares.items():
        rows = terms.index[terms["interview"].eq(interview) & terms["term"].notna()]
        for number, size in enumerate(every):
            terms.loc[rows[number::size], "term"] = f"planted-{number}"
    return corpus.with_tables(terms=terms)


def as_told(corpus, makers):
    """Return sentences, numbers and passages of findings by their ids."""
    return {
        one.id: (one.sentence, [*one.values.items()], list(one.rows))
        for make in makers
        for one in make(corpus)
    }


# Of several words in different measure; of one word alike in both.
@pytest.mark.parametrize("every", [{"indiewire": (3, 40), "tiff": (30, 4)}, {"tiff": (2,)}])
def test_what_is_said_of_planted_words_is_as_stored(corpus, every):
    changed = planted(corpus, **every)
    makers = findings.words_used, findings.words_apart, findings.diversity
    told = as_told(changed, makers)
    told |= {table.slug: table.read for table in tables.keywords(changed)}
    told["caption"] = keywords(changed).caption
    as_stored(f"planted-{len(every)}", told)


def test_one_interview_alone_makes_no_comparison(corpus):
    alone = corpus.with_tables(
        interviews=corpus.interviews.head(1),
        mentions=corpus.mentions[corpus.mentions["interview"] == "indiewire"],
        terms=corpus.terms[corpus.terms["interview"] == "indiewire"],
    )
    one = list(findings.words_used(alone))
    assert len(one) == 1
    assert "every interview" not in one[0].sentence
    makers = findings.words_apart, findings.diversity, theme_findings.ideas_return
    assert not [finding for make in makers for finding in make(alone)]
    assert "names.shared" not in {finding.id for finding in findings.names(alone)}


@pytest.fixture(scope="module")
def ways(corpus):
    return corpus.sensitivity


def test_each_way_ranks_its_own_keywords(ways):
    assert list(ways["way"].unique()) == list(WAYS)
    for _, rows in ways.groupby("way"):
        assert rows["rank"].to_list() == list(range(1, len(rows) + 1))
        assert 1 <= len(rows) <= 10
        assert (rows["count_target"] + rows["count_reference"]).ge(2).all()
        assert rows["log_odds_z"].abs().round(9).is_monotonic_decreasing


def test_the_ways_count_what_they_say(ways, corpus):
    tokens = corpus.tokens
    counted = terms_of(tokens)
    own = keyness(
        counted[counted["role"] == "interviewee"], "indiewire", "tiff", minimum=2, permutations=0
    )
    rows = ways[ways["way"] == "interviewee, titles as words"]
    assert rows["terms"].iloc[0] == len(own)
    merged = rows.merge(own, on="term", suffixes=("", "_own"))
    assert len(merged) == len(rows)
    assert (merged["count_target"] == merged["count_target_own"]).all()
    said = ways[ways["way"].str.startswith("interviewee")]["said"]
    assert said.eq(1).all()
    assert ways["said"].between(0, 1).all()
    assert "“Her”" in set(terms_of(tokens, corpus.titles)["term"])
    assert "“Her”" not in set(counted["term"])


def test_findings_are_found_by_their_subject(study):
    corpus = study.corpus
    told = {one.id: one.sentence for one in study.findings}
    ids = [id_ for id_ in told if id_.startswith("voices.")] + ["words_apart.told_apart"]
    shown = found(corpus, "voices", "words_apart.told_apart")
    assert [one.id for one in shown.findings] == ids and len(ids) > 1
    assert shown._repr_mimebundle_()["text/plain"].splitlines() == [told[id_] for id_ in ids]
    for unknown in ("weather", "words_apart.rain"):
        with pytest.raises(ValueError, match=f"no finding '{unknown}'"):
            found(corpus, unknown)
