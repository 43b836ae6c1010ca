"""The main tables of the study, each with its caption, ready for a write-up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.agreement import names as entity_accuracy
from analysis.annotation.tokens import load_page_tokens, load_tokens
from analysis.figures.tables import StudyTable
from analysis.figures.word_figures import interviewee_terms
from analysis.names.gazetteer import gazetteer_of
from analysis.names.mentions import shared_names
from analysis.names.recognition import entities
from analysis.sources.interviews import labels_of, load_interviews
from analysis.sources.utterances import load_utterances
from analysis.words import counts as words
from analysis.words.comparison import keyness, keyness_against_rest, keyness_pairwise, strongest
from analysis.words.groups import can_be_compared

_INTERVAL = "95% intervals that take utterances as independent, not words"
_NONE = (
    "where the count is 0, from 0 to the least that the upper end can be, words taken as"
    " independent"
)


def study_tables(
    folder: str | Path = "seeds", gold: str | Path | None = "tests/gold"
) -> list[StudyTable]:
    """Make the tables of the study.

    Two interviews are compared with each other; of more, each with the rest, and each with each.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.
    gold : path of the folder with the labels set by hand; without it there is no table of accuracy.

    Examples
    --------
    >>> [table.slug for table in study_tables("seeds", gold=None)]
    ['frequencies', 'keyness', 'vocabulary', 'names-compared']
    """
    interviews, utterances, tokens = (
        load_interviews(folder),
        load_utterances(folder),
        load_tokens(folder),
    )
    labels = labels_of(interviews)
    said = interviewee_terms(utterances, tokens)
    gazetteer = gazetteer_of(folder)
    made = [frequencies(said, labels)] if len(said) else []
    if can_be_compared(said):
        made += [keywords(said, labels)] if len(labels) == 2 else keywords_of_many(said, labels)
    if len(labels) > 1:
        named = entities(utterances, tokens, gazetteer)
        made += [vocabulary(said, labels)] if len(said) else []
        made.append(names_compared(tokens, named, labels))
    if gold is not None and Path(gold).is_dir() and gazetteer is not None:
        ways = entity_accuracy.four_ways(utterances, tokens, load_page_tokens(folder), gazetteer)
        made.append(accuracy(ways, entity_accuracy.entity_gold(folder, gold)))
    return made


def frequencies(terms: pd.DataFrame, labels: dict[str, str]) -> StudyTable:
    """List how often the interviewee says each content word in each interview; rows as `words.frequencies`.

    Parameters
    ----------
    terms : the interviewee's words, as `analysis.figures.word_figures.interviewee_terms` returns
        them.
    labels : interview ids with what to call them.
    """
    return StudyTable(
        slug="frequencies",
        title="How often each word is said in each interview",
        table=words.frequencies(terms),
        caption=(
            f"The interviewee’s content words ({_lengths(terms, labels)}): count, rate per 1,000"
            f" words with {_INTERVAL}, range (the utterances that have the word) and DP (deviation"
            " of proportions: 0 where a word is spread like all words)."
        ),
        printed=("interview", "term", "count", *_with_interval("rate"), "range", "dp"),
    )


def keywords(terms: pd.DataFrame, labels: dict[str, str]) -> StudyTable:
    """List how far two interviews differ in each content word; rows as `keyness`, strongest first.

    Parameters
    ----------
    terms, labels : as for `frequencies`.
    """
    target, reference = list(labels)[:2]
    table = strongest(keyness(terms, target, reference, unit="term"))
    return StudyTable(
        slug="keyness",
        title=f"Which words set {labels[target]} and {labels[reference]} apart",
        table=table,
        caption=(
            f"The interviewee’s content words, {labels[target]} (target) against"
            f" {labels[reference]} (reference; {_lengths(terms, labels)}), by the size of their"
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


def keywords_of_many(terms: pd.DataFrame, labels: dict[str, str]) -> list[StudyTable]:
    """List how far each interview differs from the rest, and each from each, in each content word, strongest first.

    Rows as `keyness_against_rest` and `keyness_pairwise` of `analysis.words`.

    Parameters
    ----------
    terms, labels : as for `frequencies`.
    """
    made = []
    for slug, title, compare in (
        ("keyness", "Which words set each interview apart from the rest", keyness_against_rest),
        ("keyness-pairwise", "Which words set every two interviews apart", keyness_pairwise),
    ):
        table, missing = compare(terms, groups=list(labels), unit="term")
        first = table["target"].map({name: number for number, name in enumerate(labels)})
        table = strongest(table.assign(first=first)).sort_values("first", kind="stable")
        table = table.drop(columns="first").reset_index(drop=True)
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
                    f"The interviewee’s content words ({_lengths(terms, labels)}), by the size of"
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


def vocabulary(terms: pd.DataFrame, labels: dict[str, str]) -> StudyTable:
    """List which content words one, some or all of the interviews have; rows as `words.vocabulary`.

    Parameters
    ----------
    terms, labels : as for `frequencies`.
    """
    pair = list(labels)
    table = words.vocabulary(words.frequencies(terms), pair)
    return StudyTable(
        slug="vocabulary",
        title=f"Words of one interview and words of {_both(labels)}",
        table=table,
        caption=(
            f"The interviewee’s content words ({_lengths(terms, labels)}): where each occurs,"
            f" counts and rates per 1,000 words with {_INTERVAL} ({_NONE}), and evenness (the lower"
            " rate over the higher)."
        ),
        printed=("term", "vocabulary", *_counts_and_rates(pair), "evenness"),
    )


def names_compared(
    tokens: pd.DataFrame, entities: pd.DataFrame, labels: dict[str, str]
) -> StudyTable:
    """List which names all interviews have and which one alone, in all voices; rows as `shared_names`.

    Parameters
    ----------
    tokens, entities : as `load_tokens` and `analysis.names.recognition.entities` return them.
    labels : interview ids with what to call them.
    """
    return StudyTable(
        slug="names-compared",
        title=f"Names of one interview and names of {_both(labels)}",
        table=shared_names(tokens, entities[entities["label"] != "DATE"], list(labels)),
        caption=(
            "Names in all voices of the pages, furniture and dates left out: where each occurs,"
            f" mentions and rates per 1,000 words with {_INTERVAL}; {_NONE}."
        ),
        printed=("canonical", "label", "where", *_counts_and_rates(list(labels))),
    )


def accuracy(ways: dict[str, pd.DataFrame], gold: pd.DataFrame) -> StudyTable:
    """List how far mentions of names agree with the labels set by hand; rows as `accuracy_by_way`.

    Parameters
    ----------
    ways, gold : as `four_ways` and `entity_gold` of `analysis.agreement.names` return them.
    """
    return StudyTable(
        slug="entity-accuracy",
        title="How far the labels of names can be trusted",
        table=entity_accuracy.accuracy_by_way(ways, gold),
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


def _lengths(terms: pd.DataFrame, labels: dict[str, str]) -> str:
    sizes = terms.groupby("interview").size()
    return ", ".join(f"{label} {sizes.get(name, 0):,} words" for name, label in labels.items())


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
