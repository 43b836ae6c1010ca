"""The main tables of the study, each with its caption, ready for a write-up."""

from __future__ import annotations

from analysis.agreement import accuracy_by_way
from analysis.corpus import Corpus
from analysis.figures.tables import StudyTable
from analysis.names import shared_names
from analysis.words import counts as words

_INTERVAL = "95% intervals that take utterances as independent, not words"
_NONE = (
    "where the count is 0, from 0 to the least that the upper end can be, words taken as"
    " independent"
)


def frequencies(corpus: Corpus) -> StudyTable:
    """List how often the interviewee says each content word in each interview; rows as `words.frequencies`."""
    return StudyTable(
        slug="frequencies",
        title="How often each word is said in each interview",
        table=corpus.frequencies,
        caption=(
            f"The interviewee’s content words ({_lengths(corpus)}): count, rate per 1,000"
            f" words with {_INTERVAL}, range (the utterances that have the word) and DP (deviation"
            " of proportions: 0 where a word is spread like all words)."
        ),
        printed=("interview", "term", "count", *_with_interval("rate"), "range", "dp"),
    )


def keywords(corpus: Corpus) -> StudyTable:
    """List how far two interviews differ in each content word; rows as `keyness`, strongest first."""
    labels = corpus.labels
    target, reference = list(labels)[:2]
    table = corpus.keyness
    # Rounded, or noise in the last digits would put ties in another order on another machine.
    size = -table["log_odds_z"].abs().round(9)
    table = (
        table.assign(size=size)
        .sort_values(["size", "term"])
        .drop(columns="size")
        .reset_index(drop=True)
    )
    return StudyTable(
        slug="keyness",
        title=f"Which words set {labels[target]} and {labels[reference]} apart",
        table=table,
        caption=(
            f"The interviewee’s content words, {labels[target]} (target) against"
            f" {labels[reference]} (reference; {_lengths(corpus)}), by the size of their"
            " weighted log-odds: counts, rates per 1,000 words, log ratio (1: twice as frequent in"
            f" the target) with {_INTERVAL}, log-odds with an informative Dirichlet prior,"
            " four-cell G2 with its Benjamini-Hochberg q, and p of a max-T permutation test over"
            f" utterances (family-wise, {len(table)} words)."
        ),
        printed=(
            *("term", "count_target", "count_reference"),
            *(*_with_interval("log_ratio"), "log_odds_z", "g2_four_cell", "q", "p_max_t"),
        ),
    )


def keywords_of_many(corpus: Corpus) -> list[StudyTable]:
    """List how far each interview differs from the rest, and each from each, in each content word, strongest first.

    Rows as `keyness_against_rest` and `keyness_pairwise` of `analysis.words.group_comparison`.
    """
    labels, made = corpus.labels, []
    for slug, title, compared in (
        (
            "keyness",
            "Which words set each interview apart from the rest",
            corpus.keyness_against_rest,
        ),
        ("keyness-pairwise", "Which words set every two interviews apart", corpus.keyness_pairwise),
    ):
        table, missing = compared
        size = -table["log_odds_z"].abs().round(9)
        first = table["target"].map({name: number for number, name in enumerate(labels)})
        table = table.assign(first=first, size=size).sort_values(
            ["first", "size", "term"], kind="stable"
        )
        table = table.drop(columns=["first", "size"]).reset_index(drop=True)
        pairs = [
            " and ".join(labels.get(side, "the rest") for side in row)
            for row in missing[["target", "reference"]].itertuples(index=False)
        ]
        made.append(
            StudyTable(
                slug=slug,
                title=title,
                table=table,
                caption=(
                    f"The interviewee’s content words ({_lengths(corpus)}), by the size of"
                    " their weighted log-odds in each comparison: counts, log ratio (1: twice as"
                    f" frequent in the target) with {_INTERVAL}, four-cell G2 with its"
                    " Benjamini-Hochberg q over all rows, and family-wise p (max-T permutation"
                    " test over utterances in each comparison, times the number of comparisons;"
                    f" {len(table)} rows)."
                    + (
                        f" Left out, since a side has too little: {'; '.join(pairs)}."
                        if pairs
                        else ""
                    )
                ),
                printed=(
                    *("target", "reference", "term", "count_target", "count_reference"),
                    *(*_with_interval("log_ratio"), "log_odds_z", "g2_four_cell", "q", "p_family"),
                ),
            )
        )
    return made


def vocabulary(corpus: Corpus) -> StudyTable:
    """List which content words one, some or all of the interviews have; rows as `words.vocabulary`."""
    labels, pair = corpus.labels, list(corpus.labels)
    table = words.vocabulary(corpus.frequencies, pair)
    return StudyTable(
        slug="vocabulary",
        title=f"Words of one interview and words of {_both(labels)}",
        table=table,
        caption=(
            f"The interviewee’s content words ({_lengths(corpus)}): where each occurs,"
            f" counts and rates per 1,000 words with {_INTERVAL} ({_NONE}), and evenness (the lower"
            " rate over the higher)."
        ),
        printed=("term", "vocabulary", *_counts_and_rates(pair), "evenness"),
    )


def names_compared(corpus: Corpus) -> StudyTable:
    """List which names all interviews have and which one alone, in all voices; rows as `shared_names`."""
    return StudyTable(
        slug="names-compared",
        title=f"Names of one interview and names of {_both(corpus.labels)}",
        table=shared_names(
            corpus.tokens, corpus.mentions[corpus.mentions["label"] != "DATE"], list(corpus.labels)
        ),
        caption=(
            "Names in all voices of the pages, furniture and dates left out: where each occurs,"
            f" mentions and rates per 1,000 words with {_INTERVAL}; {_NONE}."
        ),
        printed=("canonical", "label", "where", *_counts_and_rates(list(corpus.labels))),
    )


def accuracy(corpus: Corpus) -> StudyTable:
    """List how far mentions of names agree with the labels set by hand; rows as `accuracy_by_way`."""
    gold = corpus.mentions_by_hand
    assert gold is not None, "`contents.study_tables` asks first"
    return StudyTable(
        slug="entity-accuracy",
        title="How far the labels of names can be trusted",
        table=accuracy_by_way(corpus.mentions_by_way, gold),
        caption=(
            f"Names found against {len(gold)} mentions labelled by hand: precision, recall and F1,"
            " strict (the same characters and the same label) and partial (the label is not looked"
            " at, an overlap counts half). The gazetteer was written with these pages in view."
        ),
        printed=(
            "way",
            "interview",
            "label",
            "gold",
            "found",
            "correct",
            "precision",
            "recall",
            "f1",
            "partial_f1",
        ),
    )


def _both(labels: dict[str, str]) -> str:
    return "both" if len(labels) == 2 else "all"


def _lengths(corpus: Corpus) -> str:
    return ", ".join(
        f"{label} {corpus.lengths[name]:,} words" for name, label in corpus.labels.items()
    )


def _with_interval(column: str, of: str = "") -> tuple[str, ...]:
    return (column + of, f"{column}_low{of}", f"{column}_high{of}")


def _counts_and_rates(interviews: list[str]) -> tuple[str, ...]:
    # Side by side no page holds more: then the counts stand alone, and the rates in the csv.
    if len(interviews) > 3:
        return tuple(f"count_{interview}" for interview in interviews)
    return tuple(
        name
        for interview in interviews
        for name in (f"count_{interview}", *_with_interval("rate", f"_{interview}"))
    )
