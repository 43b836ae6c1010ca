"""The findings: sentences in which every number is computed, and the passages they rest on.

The sentences are in findings.toml. The `id` of a finding begins with the name of the function that
computes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import agreement, words
from analysis.corpus import Corpus
from analysis.figures.tables import literally
from analysis.wording import Wording, slug
from analysis.words.comparison import mean_design_effect, smallest_detectable_difference

Value = int | float | str

# The findings that the README lists: those whose ids begin with one of these.
BRIEF = (
    "voices.",
    "words_apart.told_apart",
    "words_apart_of_many.",
    "names.shared",
    "themes_told.apart",
    "ideas_meet.",
)

# For labels with fewer mentions an F1 means little.
_ENOUGH = 20
# The most names that a sentence lists.
_FEW = 8
_MEASURES = ("hdd", "mattr", "mtld", "sentence_length")
# Kinds of names, by spaCy's labels.
_KINDS = {
    "works": ["WORK_OF_ART"],
    "people": ["PERSON"],
    "organisations": ["ORG"],
    "places": ["GPE", "LOC", "FAC"],
    "events": ["EVENT"],
}
_WORDING = Wording(Path(__file__).with_name("findings.toml"))


@dataclass(frozen=True)
class Finding:
    """A finding in one sentence.

    `values` are the numbers, unrounded, and the names in it. `rows` are the passages it rests on,
    if any: `interview`, `start`, `end` and `text` as in the tables, and `what` was found there.
    """

    id: str
    sentence: str
    values: Mapping[str, Value]
    rows: Sequence[Mapping[str, Value]] = ()


def say(template: str, about: str = "", /, rows: Any = (), **values: Any) -> Finding:
    """Fill a template of findings.toml, and keep the values beside the sentence.

    Parameters
    ----------
    template : its table and its name, which are also the id of the finding.
    about : used in the id instead of the template's name, if a template is filled more than
        once.
    rows : the passages, as returned by `passages`.
    values : numbers, names, or lists of either; booleans only steer the template and are not kept.

    Examples
    --------
    >>> counts = {"mentions": 2, "names": 1, "own": 0}
    >>> found = say("names.interview", "a", interview="A", named=[], **counts)
    >>> found.id, found.sentence
    ('names.a', 'A: 2 mentions of 1 name, none of them by the interviewee.')
    """
    identifier = f"{template.partition('.')[0]}.{about}" if about else template
    return Finding(identifier, _WORDING.say(template, **values), dict(_flat(values)), list(rows))


def _flat(values: Mapping[Any, Any]) -> Iterator[tuple[str, Value]]:
    """Give each value its own key; those in lists of mappings are numbered from 1."""
    for name, value in values.items():
        match value.item() if isinstance(value, np.generic) else value:
            case {**inner}:
                yield from _flat(inner)
            case [{}, *_] as several:
                for number, one in enumerate(several, 1):
                    yield from ((f"{key}_{number}", item) for key, item in _flat(one))
            case list(names):
                yield name, ", ".join(names) or "none"
            case str(plain):
                yield name, plain
            case plain if not isinstance(plain, bool) and math.isfinite(plain):
                yield name, plain


def passages(table: pd.DataFrame, what: str) -> list[dict[str, Value]]:
    """Return the rows of a table as the passages that a finding rests on.

    Parameters
    ----------
    table : with `interview`, `start`, `end` and `text`.
    what : the column that says what each row shows.
    """
    columns = ["interview", "start", "end", "text", "what"]
    return table.assign(what=table[what])[columns].drop_duplicates().to_dict("records")


def lines(terms: pd.DataFrame, rows: pd.DataFrame) -> list[dict[str, Value]]:
    """Return the passages in which the words of a table occur."""
    return passages(terms[terms["term"].isin(rows["term"])], "term")


def each(corpus: Corpus, *tables: pd.DataFrame) -> Iterator[tuple[str, str, *tuple[Any, ...]]]:
    """Yield each interview: its id, its label, and its rows, if any, in each table."""
    parts = [(table, table.groupby("interview").indices) for table in tables]
    for name, label in corpus.labels.items():
        yield name, label, *(table.take(places.get(name, ())) for table, places in parts)


def voices(corpus: Corpus) -> Iterator[Finding]:
    """Say how much the interviewee speaks, and how much of each page is set aside."""
    measured = words.words_by_voice(corpus.utterances, corpus.tokens)
    for name, label, rows in each(corpus, measured.set_index("role")):
        total, said = rows["words"].sum(), rows["words"].get("interviewee", 0)
        yield say(
            "voices.interview",
            name,
            interview=label,
            words=total,
            said=said,
            share=said / total,
            aside=rows["share"].get("boilerplate", 0),
        )


def words_used(corpus: Corpus) -> Iterator[Finding]:
    """Say which content words the interviewee uses most, and which occur in every interview."""
    for name, label, rows, said in each(corpus, corpus.frequencies, corpus.terms):
        most = rows["count"].max()
        # If no word occurs twice, none is the most frequent.
        if most > 1:
            top = rows[rows["count"] == most]
            yield say(
                "words_used.most_frequent",
                f"most_frequent.{name}",
                lines(said, top),
                interview=label,
                words=rows["words"].iloc[0],
                # With fewer than 5 utterances there is no interval.
                known=top["rate_low"].notna().all(),
                terms=_rates(top, "term rate low high"),
            )
    if len(corpus.labels) > 1 and len(corpus.frequencies):
        yield from _words_shared(corpus.compared)


def _words_shared(corpus: Corpus) -> Iterator[Finding]:
    table = corpus.vocabulary
    shared = table[table["vocabulary"] == "shared"]
    for name, label, said in each(corpus, corpus.terms):
        yield say(
            "words_used.shared",
            f"shared.{name}",
            lines(said, shared),
            shared=len(shared),
            interviews=len(corpus.labels),
            different=(table[f"count_{name}"] > 0).sum(),
            interview=label,
        )
    for term in shared["term"].head(1):
        rows = corpus.frequencies[corpus.frequencies["term"] == term]
        rates = rows.assign(interview=rows["interview"].map(corpus.labels))
        yield say(
            "words_used.most_even",
            rows=lines(corpus.terms, rows),
            term=term,
            rates=_rates(rates, "rate low high interview"),
        )


def _rates(rows: pd.DataFrame, columns: str) -> list[dict[str, Value]]:
    named = rows.rename(columns={"rate_low": "low", "rate_high": "high"})
    return named[columns.split()].to_dict("records")


def words_apart(corpus: Corpus) -> Iterator[Finding]:
    """Say which words set two interviews apart, and what difference could be detected."""
    if len(corpus.labels) != 2 or not words.can_be_compared(corpus.terms):
        return
    table, terms = corpus.keyness, corpus.terms
    sides = dict(zip(("target", "reference"), corpus.labels.values(), strict=True))
    effect = ["term", "log_ratio", "log_ratio_low", "log_ratio_high"]
    low, high = table["log_ratio_low"], table["log_ratio_high"]
    told = table[table["p_max_t"] < 0.05]
    yield say(
        "words_apart.told_apart",
        rows=lines(terms, told),
        compared=len(table),
        found=list(told["term"]),
        p=table["p_max_t"].min(),
        q=table["q"].min(),
    )
    most = words.strongest(table, 1)
    counts = ["count_target", "count_reference"]
    stand_out = most[[*effect, *counts]].to_dict("records")
    yield say("words_apart.stand_out", rows=lines(terms, most), **sides, terms=stand_out)
    apart = table[(low > 0) | (high < 0)].sort_values("term")
    yield say(
        "words_apart.intervals_without_zero",
        rows=lines(terms, apart),
        without=len(apart),
        compared=len(table),
        terms=list(apart["term"]),
    )
    narrowest = table.loc[(high - low).replace(np.inf, np.nan).nsmallest(1).index]
    for _, narrow in narrowest.iterrows():
        yield say(
            "words_apart.surest",
            rows=lines(terms, narrowest),
            **sides,
            times_low=2 ** narrow["log_ratio_low"],
            times_high=2 ** narrow["log_ratio_high"],
            **narrow[effect],
        )
    design = mean_design_effect(table)
    target, reference = corpus.lengths.values()
    least = smallest_detectable_difference(
        target, reference, [10], comparisons=len(table), design_effect=design
    ).iloc[0]
    yield say(
        "words_apart.detectable",
        rate=least["rate"],
        rate_needed=least["rate_more"],
        design_effect=design,
        **sides,
    )


def words_apart_of_many(corpus: Corpus) -> Iterator[Finding]:
    """Say which words set each of many interviews apart, and how many pairs differ."""
    corpus = corpus.compared
    labels = corpus.labels
    if len(labels) < 3 or not words.can_be_compared(corpus.terms):
        return
    rest, missing = corpus.keyness_against_rest
    for name, table in rest.groupby("target", sort=False):
        sure = table[table["p_family"] < 0.05]
        yield say(
            "words_apart_of_many.interview",
            name,
            interview=labels[name],
            compared=len(table),
            more=list(sure.loc[sure["log_ratio"] > 0, "term"]),
            less=list(sure.loc[sure["log_ratio"] < 0, "term"]),
            p=table["p_family"].min(),
        )
    pairs, unpaired = corpus.keyness_pairwise
    smallest = pairs.groupby(["target", "reference"])["p_family"].min()
    yield say(
        "words_apart_of_many.pairs",
        pairs=len(smallest),
        apart=(smallest < 0.05).sum(),
        p=smallest.min(),
    )
    if small := [labels[name] for name in missing["target"].dropna()]:
        pairs = unpaired["target"].count()
        yield say("words_apart_of_many.left_out", interviews=small, pairs=pairs)


def keywords_by_way(corpus: Corpus) -> Iterator[Finding]:
    """Say how many of the interviewee's keywords remain keywords when counted in other ways."""
    if len(corpus.labels) != 2 or not words.can_be_compared(corpus.terms):
        return
    (own, first), *others = corpus.sensitivity.groupby("way", sort=False)
    for way, rows in others:
        counts = rows["count_target"] + rows["count_reference"]
        yield say(
            "keywords_by_way.way",
            slug(way, "_"),
            kept=rows["term"].isin(first["term"]).sum(),
            first=len(first),
            way_first=own,
            others=len(rows),
            way=way,
            said=(rows["said"] * counts).sum() / counts.sum(),
            p=rows["p_max_t"].min(),
        )


def diversity(corpus: Corpus) -> Iterator[Finding]:
    """Say whether words are more varied, or sentences longer, in one of two interviews."""
    if len(corpus.labels) != 2:
        return
    target, reference = corpus.labels.values()
    compared = words.compare_diversity(corpus.diversity, *corpus.labels).set_index("measure")
    for measure, row in compared.reindex(_MEASURES).dropna(subset="low").iterrows():
        yield say(
            "diversity.difference",
            measure,
            measure=_WORDING.say(f"diversity.{measure}"),
            in_target=row["target"],
            in_reference=row["reference"],
            target=target,
            reference=reference,
            **row[["difference", "low", "high"]],
        )


def diversity_of_many(corpus: Corpus) -> Iterator[Finding]:
    """Say in which of many interviews words are most and least varied."""
    corpus = corpus.compared
    labels = corpus.labels
    if len(labels) < 3:
        return
    varied = corpus.diversity.dropna(subset="value").query("measure in @_MEASURES")
    pairs = [words.compare_diversity(corpus.diversity, *pair) for pair in combinations(labels, 2)]
    compared = pd.concat(pairs).dropna(subset="low")
    compared["apart"] = compared["low"] * compared["high"] > 0
    for measure, rows in varied.set_index("interview").groupby("measure")["value"]:
        apart = compared.loc[compared["measure"] == measure, "apart"]
        yield say(
            "diversity_of_many.range",
            measure,
            measure=_WORDING.say(f"diversity.{measure}"),
            lowest=rows.min(),
            least=labels[rows.idxmin()],
            highest=rows.max(),
            most=labels[rows.idxmax()],
            pairs=len(apart),
            apart=apart.sum(),
        )


def names(corpus: Corpus) -> Iterator[Finding]:
    """Say which names are shared, and how many of all mentions the interviewee makes."""
    some, where = corpus.compared, corpus.compared.names_compared
    if len(corpus.labels) > 1:
        shared = where[where["where"] == "shared"]
        kinds = {
            kind: sorted(shared.loc[shared["label"].isin(labels), "canonical"])
            for kind, labels in _KINDS.items()
        }
        yield say(
            "names.shared",
            rows=passages(some.named.merge(shared["canonical"]), "canonical"),
            shared=len(shared),
            names=len(where),
            interviews=len(some.labels),
            **kinds,
        )
    unknown = list(corpus.names_to_check["canonical"])
    yield say(
        "names.checked",
        known=(~where["canonical"].isin(unknown)).sum(),
        names=len(where),
        some=unknown[:_FEW],
        more=len(unknown) > _FEW,
    )
    for name, label, rows in each(corpus, corpus.named):
        own = rows[rows["role"] == "interviewee"]
        yield say(
            "names.interview",
            name,
            passages(own, "canonical"),
            interview=label,
            mentions=len(rows),
            names=rows["canonical"].nunique(),
            own=len(own),
            named=list(own["canonical"].unique()),
        )


def entity_accuracy(corpus: Corpus) -> Iterator[Finding]:
    """Say how accurately names are found, here and with a gazetteer made without the interview."""
    gold = corpus.mentions_by_hand
    if gold is None or corpus.gazetteer is None:
        return
    table = corpus.name_accuracy
    unseen = agreement.names_of_others(corpus.utterances, corpus.tokens, corpus.gazetteer, gold)
    ways = dict(table.query("interview == label == 'all'").set_index("way").iterrows())
    ways[_WORDING.say("entity_accuracy.unseen")] = agreement.entity_accuracy(unseen, gold).iloc[-1]
    for way, row in ways.items():
        measures = row[["f1", "precision", "recall", "correct", "gold"]]
        yield say("entity_accuracy.way", slug(way, "_"), way=way, **measures)


def names_elsewhere(corpus: Corpus) -> Iterator[Finding]:
    """Say how accurately names are found in texts the gazetteer and rules were not made for."""
    folder = (corpus.gold or Path()) / "elsewhere" / "unseen"
    if corpus.mentions_by_hand is None or corpus.gazetteer is None or not folder.is_dir():
        return
    table = agreement.accuracy_elsewhere(folder).query("kind == 'all'").set_index("label")
    (_, bare), *_, (_, rules) = table.groupby("way", sort=False)
    measures = {"": "f1", "_low": "f1_low", "_high": "f1_high", "_partial": "partial_f1"}
    f1 = {
        side + end: rows.loc["all", column]
        for end, column in measures.items()
        for side, rows in (("rules", rules), ("bare", bare))
    }
    yield say("names_elsewhere.all", mentions=rules.loc["all", "gold"], **f1)
    often = rules[rules["gold"] >= _ENOUGH].drop("all", errors="ignore")["f1"]
    by_label = often.sort_values(ascending=False).to_dict()
    yield say("names_elsewhere.labels", enough=_ENOUGH, by_label=by_label)


def as_list(findings: Sequence[Finding]) -> str:
    r"""Write findings as a Markdown list, the characters of their sentences taken literally.

    >>> as_list([Finding("example.star", "1 *star*.", {})])
    '- 1 \\*star\\*.'
    """
    return "\n".join(f"- {literally(finding.sentence)}" for finding in findings)
