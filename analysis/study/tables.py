"""The main tables of the study, with captions, ready for a write-up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.annotation import is_word
from analysis.corpus import MOST_COMPARED, Corpus
from analysis.figures.tables import StudyTable, as_read
from analysis.names import co_mentions, mention_rates
from analysis.schemas import SENTENCE
from analysis.wording import Wording
from analysis.words import strongest

_WORDING = Wording(Path(__file__).with_suffix(".toml"))
_LOG_RATIO = "log_ratio log_ratio_low log_ratio_high log_odds_z g2_four_cell q"


def _made(
    corpus: Corpus,
    slug: str,
    table: pd.DataFrame,
    columns: str,
    shown: pd.DataFrame | None = None,
    most: int = 10,
    **values: Any,
) -> StudyTable:
    """Caption a table; only its first rows, or those of `shown`, are printed."""
    shown = table if shown is None else shown
    sizes = [(label, corpus.lengths[name]) for name, label in corpus.labels.items()]
    values |= {
        "names": list(corpus.labels.values()),
        "rows": len(shown),
        "gaps": bool(table.filter(like="rate_low").isna().any(axis=None)),
        "no_interval": _WORDING.say("parts.no_interval"),
        "lengths": _WORDING.say("parts.lengths", lengths=sizes, most=MOST_COMPARED),
    }
    printed = as_read(shown, columns.split(), corpus.labels, most)
    caption = _WORDING.say(f"{slug}.caption", **values)
    if len(printed) < len(shown):
        caption += " " + _WORDING.say("parts.first_rows", shown=len(printed), rows=len(shown))
    return StudyTable(slug, _WORDING.say(f"{slug}.title", **values), table, caption, printed)


def frequencies(corpus: Corpus) -> StudyTable:
    """List how often the interviewee says each content word; rows as in `words.frequencies`."""
    # The interviews are read side by side, in columns: a page has room for those compared.
    some = corpus.compared
    columns = f"term {_counts_and_rates(some)}"
    return _made(some, "frequencies", corpus.frequencies, columns, some.words_ranked)


def keywords(corpus: Corpus) -> list[StudyTable]:
    """List how far interviews differ in each content word, the largest difference first.

    For two interviews, rows are as in `words.keyness`. If there are more, each is compared with the
    rest and with every other, as in `words.keyness_against_rest` and `words.keyness_pairwise`; if
    there are many, all with the rest, without permutations, and only the first with each other.
    """
    counts = "term count_target count_reference"
    if len(corpus.labels) == 2:
        one, other = corpus.labels
        ranked = _strongest(corpus.keyness)
        shown = ranked.rename(
            columns={"count_target": f"count_{one}", "count_reference": f"count_{other}"}
        )
        columns = f"term count_{one} count_{other} {_LOG_RATIO} p_max_t"
        return [_made(corpus, "keyness", ranked, columns, shown, missing=[], tested=True)]
    made, some = [], corpus.compared
    for slug, own, (table, missing) in (
        ("keyness", corpus, corpus.keyness_against_rest),
        ("keyness-pairwise", some, some.keyness_pairwise),
    ):
        pairs = [
            " and ".join(corpus.labels.get(side, "the rest") for side in row)
            for row in missing[["target", "reference"]].itertuples(index=False)
        ]
        tested = bool(table["p_family"].notna().any())
        columns = f"target reference {counts} {_LOG_RATIO}{' p_family' * tested}"
        ranked = _strongest(table)
        made.append(_made(own, slug, ranked, columns, missing=pairs, tested=tested))
    return made


def _strongest(table: pd.DataFrame) -> pd.DataFrame:
    if "target" not in table:
        return strongest(table)
    parts = [strongest(rows) for _, rows in table.groupby("target", sort=False)]
    return pd.concat(parts or [table], ignore_index=True)


def vocabulary(corpus: Corpus) -> StudyTable:
    """List the words that one, some or all interviews have; rows as in `words.vocabulary`."""
    table = corpus.vocabulary
    numbers = table["vocabulary"].value_counts()
    several = "both" if len(corpus.labels) == 2 else "all"
    parts = {f"only {name}": f"only in {label}" for name, label in corpus.labels.items()}
    parts |= {"shared": f"in {several}", "some": "in some"}
    told = [(words, int(numbers[part])) for part, words in parts.items() if part in numbers]
    columns = f"term vocabulary {_counts_and_rates(corpus)} evenness"
    return _made(corpus, "vocabulary", table, columns, parts=told)


def names_compared(corpus: Corpus) -> StudyTable:
    """List the names found in all, some or one of the interviews; as in `names.shared_names`."""
    table = corpus.names_compared
    columns = f"canonical label {_counts_and_rates(corpus)}"
    order = ["interviews", "count", "canonical"]
    ranked = table.sort_values(order, ascending=[False, False, True])
    return _made(corpus, "names-compared", table, columns, ranked)


def names_by_voice(corpus: Corpus) -> StudyTable:
    """List how often the interviewee and the other voices mention each name, most often first.

    Rows as in `names.mention_rates`, by `interview` and `voice` ("interviewee" or "others").
    """
    voice = corpus.tokens["role"].where(corpus.tokens["role"].eq("interviewee"), "others")
    tokens = corpus.tokens.assign(voice=voice)
    table = mention_rates(tokens, corpus.named, ["interview", "voice"])
    fewest = -table.groupby("canonical")["count"].transform("sum")
    order = ["fewest", "canonical", "interview", "voice"]
    table = table.assign(fewest=fewest).sort_values(order, ignore_index=True)
    sizes = tokens[is_word(tokens)].groupby(["interview", "voice"]).size()
    return _made(
        corpus,
        "names-by-voice",
        table.drop(columns="fewest"),
        "canonical label interview voice count rate rate_low rate_high",
        voices=[(corpus.labels[name], who, size) for (name, who), size in sizes.items()],
    )


def names_together(corpus: Corpus) -> StudyTable:
    """List which names share a sentence in each interview; rows as in `names.co_mentions`."""
    columns = "interview first second together with_first with_second jaccard"
    table = co_mentions(corpus.named)
    return _made(corpus, "names-together", table, columns, dense=_densest(corpus, table))


def _densest(corpus: Corpus, together: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Find interviews in which at least half of the pairs of names are in one sentence."""
    names = corpus.named.groupby(SENTENCE)["canonical"].nunique()
    most = (names * (names - 1) // 2).groupby("interview").max()
    pairs = together["interview"].value_counts()
    return [
        (label, most[name], pairs[name])
        for name, label in corpus.labels.items()
        if most.get(name, 0) > 3 and 2 * most[name] >= pairs[name]
    ]


def accuracy(corpus: Corpus) -> StudyTable:
    """Show how well names agree with the reference labels, as in `agreement.accuracy_by_way`.

    Raises
    ------
    ValueError
        If no mentions have reference labels.
    """
    gold = corpus.mentions_by_hand
    if gold is None:
        raise ValueError("No mentions have reference labels, so accuracy cannot be measured.")
    table = corpus.name_accuracy
    overall = table["label"] == "all"
    columns = "way interview label gold found correct precision recall f1 partial_f1"
    return _made(
        corpus,
        "entity-accuracy",
        pd.concat([table[overall], table[~overall]], ignore_index=True),
        columns,
        most=overall.sum(),
        gold=len(gold),
    )


def _counts_and_rates(corpus: Corpus) -> str:
    # With more interviews a page has room for the counts only; the rates are in the csv.
    measures = ["count"] if len(corpus.labels) > 3 else ["count", "rate", "rate_low", "rate_high"]
    return " ".join(f"{measure}_{name}" for name in corpus.labels for measure in measures)
