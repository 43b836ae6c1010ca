"""What the study found: sentences with every number computed, and the passages they rest on.

The sentences stand in findings.toml. The `id` of a finding begins with the name of the function
that computes it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import agreement, words
from analysis.corpus import Corpus
from analysis.figures.tables import literally
from analysis.wording import Wording
from analysis.words.comparison import mean_design_effect, smallest_detectable_difference

Value = int | float | str

# What the README says of all findings: those whose id begins so.
BRIEF = (
    "voices.",
    "words_apart.told_apart",
    "words_apart_of_many.",
    "names.shared",
    "themes_told.apart",
    "ideas_meet.",
)

# Of labels with fewer mentions an F1 says little.
_ENOUGH = 20
_MEASURES = ("hdd", "mattr", "mtld", "sentence_length")
# Names of several sorts, by spaCy's labels.
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
    """A sentence of the conclusions.

    `values` are the numbers and names it gives, numbers unrounded. `rows` are the passages it rests
    on, where it rests on passages: `interview`, `start`, `end` and `text` as in the tables, and
    `what` was found there.
    """

    id: str
    sentence: str
    values: Mapping[str, Value]
    rows: Sequence[Mapping[str, Value]] = ()


def say(identifier: str, template: str, rows: Any = (), **values: Any) -> Finding:
    """Fill a template of findings.toml, and keep what fills it beside the sentence.

    Parameters
    ----------
    identifier : of the finding.
    template : table and name of the template.
    rows : the passages, as `passages` returns them.
    values : numbers, names, or lists of either; truth values guide the template and are not kept.

    Examples
    --------
    >>> say("names.a", "names.interview", interview="A", mentions=1, names=1, own=0, named=[])
    Finding(id='names.a', sentence='A: 1 mention of 1 name, 0 of them by the interviewee (none).',
    ...
    """
    return Finding(identifier, _WORDING.say(template, **values), dict(_flat(values)), list(rows))


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Give each number and name a name of its own; those in lists are numbered from 1."""
    for name, value in values.items():
        plain = value.item() if isinstance(value, np.generic) else value
        if isinstance(plain, Mapping):
            yield from _flat(plain)
        elif isinstance(plain, list) and plain and isinstance(plain[0], Mapping):
            for number, one in enumerate(plain, 1):
                yield from ((f"{key}_{number}", item) for key, item in _flat(one))
        elif isinstance(plain, list):
            yield name, ", ".join(plain) or "none"
        elif isinstance(plain, str) or (not isinstance(plain, bool) and math.isfinite(plain)):
            yield name, plain


def passages(table: pd.DataFrame, what: str | pd.Series) -> list[dict[str, Value]]:
    """Return the rows of a table as the passages a finding rests on.

    Parameters
    ----------
    table : with `interview`, `start`, `end` and `text`.
    what : what each row shows: the name of a column, or one value a row.
    """
    shown = table[what] if isinstance(what, str) else what
    kept = table[["interview", "start", "end", "text"]].assign(what=shown.to_numpy())
    return kept.drop_duplicates().to_dict("records")


def by_interview(table: pd.DataFrame) -> Callable[[str], pd.DataFrame]:
    """Split a table once, and return what gives the rows of an interview, perhaps none."""
    each = dict(iter(table.groupby("interview", sort=False)))
    return lambda name: each.get(name, table.head(0))


def study_findings(corpus: Corpus) -> list[Finding]:
    """Compute every finding of the study, in the order of the notebooks.

    Two interviews are compared with each other, more each with the rest. Of the accuracy of names
    something is said where there are labels set by hand, of themes where there is a codebook.
    """
    return [finding for make in _makers(corpus) for finding in make(corpus)]


def _makers(corpus: Corpus) -> list[Callable[[Corpus], list[Finding]]]:
    # Imported here, since findings of themes are made with `say` of this module.
    from analysis.study.theme_findings import MAKERS

    of_words = [voices, words_used, words_apart, words_apart_of_many, keywords_by_way, diversity,
                diversity_of_many]  # fmt: skip
    of_names = [names, entity_accuracy, names_elsewhere]
    return [*of_words, *of_names, *(MAKERS if corpus.has_codebook else ())]


def voices(corpus: Corpus) -> list[Finding]:
    """Say who speaks how much, and how much of each page is set aside."""
    measured = by_interview(words.words_by_voice(corpus.utterances, corpus.tokens))
    found = []
    for name, label in corpus.labels.items():
        rows = measured(name).set_index("role")
        total, said = rows["words"].sum(), rows["words"].get("interviewee", 0)
        found.append(
            say(
                f"voices.{name}",
                "voices.interview",
                interview=label,
                words=total,
                said=said,
                share=said / total,
                aside=rows["share"].get("boilerplate", 0),
            )
        )
    return found


def words_used(corpus: Corpus) -> list[Finding]:
    """Say which content words the interviewee uses most, and which in every interview."""
    terms, labels = corpus.terms, corpus.labels
    if terms["term"].isna().all():
        return []
    found = []
    counted, said = by_interview(corpus.frequencies), by_interview(terms)
    for name, label in labels.items():
        rows = counted(name)
        if rows.empty:
            continue
        top = rows[rows["count"] == rows["count"].max()]
        own = said(name)[lambda table, top=top: table["term"].isin(top["term"])]
        found.append(
            say(
                f"words_used.most_frequent.{name}",
                "words_used.most_frequent",
                passages(own, "term"),
                interview=label,
                words=rows["words"].iloc[0],
                # With fewer than 5 utterances there is no interval.
                known=top["rate_low"].notna().all(),
                terms=top[["term", "rate", "rate_low", "rate_high"]]
                .set_axis(["term", "rate", "low", "high"], axis=1)
                .to_dict("records"),
            )
        )
    return found if len(labels) == 1 else found + _words_shared(corpus.compared)


def _words_shared(corpus: Corpus) -> list[Finding]:
    table, terms = corpus.vocabulary, corpus.terms
    shared = table[table["vocabulary"] == "shared"]
    found = []
    for name, label in corpus.labels.items():
        own = terms[terms["interview"].eq(name) & terms["term"].isin(shared["term"])]
        found.append(
            say(
                f"words_used.shared.{name}",
                "words_used.shared",
                passages(own, "term"),
                shared=len(shared),
                different=(table[f"count_{name}"] > 0).sum(),
                interview=label,
            )
        )
    if len(shared):
        often = shared.iloc[0]
        rates = [
            {
                "rate": often[f"rate_{name}"],
                "low": often[f"rate_low_{name}"],
                "high": often[f"rate_high_{name}"],
                "interview": label,
            }
            for name, label in corpus.labels.items()
        ]
        rows = passages(terms[terms["term"] == often["term"]], "term")
        found.append(
            say(
                "words_used.most_even",
                "words_used.most_even",
                rows,
                term=often["term"],
                rates=rates,
            )
        )
    return found


def words_apart(corpus: Corpus) -> list[Finding]:
    """Say which words set two interviews apart, and how large a difference could be found."""
    if len(corpus.labels) != 2 or not words.can_be_compared(corpus.terms):
        return []
    table, labels, terms = corpus.keyness, list(corpus.labels.values()), corpus.terms
    sides = {"target": labels[0], "reference": labels[1]}
    effect = ["term", "log_ratio", "log_ratio_low", "log_ratio_high"]

    def lines(rows: pd.DataFrame) -> list[dict[str, Value]]:
        return passages(terms[terms["term"].isin(rows["term"])], "term")

    most = words.strongest(table, 1)
    apart = table[(table["log_ratio_low"] > 0) | (table["log_ratio_high"] < 0)].sort_values("term")
    told = table[table["p_max_t"] < 0.05]
    found = [
        say(
            "words_apart.told_apart",
            "words_apart.told_apart",
            lines(told),
            compared=len(table),
            found=list(told["term"]),
            p=table["p_max_t"].min(),
            q=table["q"].min(),
        ),
        say(
            "words_apart.stand_out",
            "words_apart.stand_out",
            lines(most),
            **sides,
            terms=most[[*effect, "count_target", "count_reference"]].to_dict("records"),
        ),
        say(
            "words_apart.intervals_without_zero",
            "words_apart.intervals_without_zero",
            lines(apart),
            without=len(apart),
            compared=len(table),
            terms=list(apart["term"]),
        ),
    ]
    width = table["log_ratio_high"] - table["log_ratio_low"]
    if np.isfinite(width).any():
        narrow = table.loc[width.where(np.isfinite(width)).idxmin()]
        found.append(
            say(
                "words_apart.surest",
                "words_apart.surest",
                lines(narrow.to_frame().T),
                reference=labels[1],
                times_low=2 ** narrow["log_ratio_low"],
                times_high=2 ** narrow["log_ratio_high"],
                **narrow[effect],
            )
        )
    return [*found, _detectable(corpus, sides)]


def _detectable(corpus: Corpus, sides: Mapping[str, str]) -> Finding:
    effect = mean_design_effect(corpus.keyness)
    target, reference = corpus.lengths.values()
    least = smallest_detectable_difference(
        float(target),
        float(reference),
        [10],
        comparisons=len(corpus.keyness),
        design_effect=effect,
    ).iloc[0]
    return say(
        "words_apart.detectable",
        "words_apart.detectable",
        rate=least["rate"],
        rate_needed=least["rate_more"],
        design_effect=effect,
        **sides,
    )


def words_apart_of_many(corpus: Corpus) -> list[Finding]:
    """Say which words set each of many interviews apart, and how many pairs differ."""
    corpus = corpus.compared
    labels = corpus.labels
    if len(labels) < 3 or not words.can_be_compared(corpus.terms):
        return []
    rest, missing = corpus.keyness_against_rest
    found = []
    for name, table in rest.groupby("target", sort=False):
        sure = table[table["p_family"] < 0.05]
        found.append(
            say(
                f"words_apart_of_many.{name}",
                "words_apart_of_many.interview",
                interview=labels[name],
                compared=len(table),
                more=list(sure.loc[sure["log_ratio"] > 0, "term"]),
                less=list(sure.loc[sure["log_ratio"] < 0, "term"]),
                p=table["p_family"].min(),
            )
        )
    pairs, unpaired = corpus.keyness_pairwise
    sides = ["target", "reference"]
    found.append(
        say(
            "words_apart_of_many.pairs",
            "words_apart_of_many.pairs",
            pairs=len(pairs[sides].drop_duplicates()),
            apart=len(pairs.loc[pairs["p_family"] < 0.05, sides].drop_duplicates()),
            p=pairs["p_family"].min(),
        )
    )
    if small := [labels[name] for name in missing["target"].dropna()]:
        found.append(
            say(
                "words_apart_of_many.left_out",
                "words_apart_of_many.left_out",
                interviews=small,
                pairs=int(unpaired["target"].notna().sum()),
            )
        )
    return found


def keywords_by_way(corpus: Corpus) -> list[Finding]:
    """Say how many keywords of the interviewee's words remain by other ways of counting."""
    if len(corpus.labels) != 2 or not words.can_be_compared(corpus.terms):
        return []
    ways = dict(iter(corpus.sensitivity.groupby("way", sort=False)))
    (own, first), *others = ways.items()
    found = []
    for way, rows in others:
        counts = rows["count_target"] + rows["count_reference"]
        found.append(
            say(
                f"keywords_by_way.{_slug(way)}",
                "keywords_by_way.way",
                kept=rows["term"].isin(first["term"]).sum(),
                first=len(first),
                way_first=own,
                others=len(rows),
                way=way,
                said=(rows["said"] * counts).sum() / counts.sum(),
                p=rows["p_max_t"].min(),
            )
        )
    return found


def diversity(corpus: Corpus) -> list[Finding]:
    """Say whether words are more varied, or sentences longer, in one of two interviews."""
    if len(corpus.labels) != 2:
        return []
    target, reference = corpus.labels.values()
    compared = words.compare_diversity(corpus.diversity, *corpus.labels).set_index("measure")
    return [
        say(
            f"diversity.{measure}",
            "diversity.difference",
            measure=_WORDING.say(f"diversity.{measure}"),
            in_target=row["target"],
            in_reference=row["reference"],
            target=target,
            reference=reference,
            **{key: row[key] for key in ("difference", "low", "high")},
        )
        for measure, row in compared.reindex(_MEASURES).iterrows()
        if np.isfinite(row["low"])
    ]


def diversity_of_many(corpus: Corpus) -> list[Finding]:
    """Say in which of many interviews words are most and least varied."""
    corpus = corpus.compared
    labels = corpus.labels
    if len(labels) < 3:
        return []
    varied, found = corpus.diversity, []
    compared = pd.concat(
        [words.compare_diversity(varied, *pair) for pair in combinations(labels, 2)]
    )
    for measure in _MEASURES:
        rows = varied[(varied["measure"] == measure) & varied["value"].notna()]
        pairs = compared[(compared["measure"] == measure) & compared["low"].notna()]
        if rows.empty:
            continue
        most, least = rows.loc[rows["value"].idxmax()], rows.loc[rows["value"].idxmin()]
        found.append(
            say(
                f"diversity_of_many.{measure}",
                "diversity_of_many.range",
                measure=_WORDING.say(f"diversity.{measure}"),
                lowest=least["value"],
                least=labels[least["interview"]],
                highest=most["value"],
                most=labels[most["interview"]],
                pairs=len(pairs),
                apart=int((pairs["low"] * pairs["high"] > 0).sum()),
            )
        )
    return found


def names(corpus: Corpus) -> list[Finding]:
    """Say which names are shared, and how many of all mentions the interviewee makes."""
    named = corpus.mentions[corpus.mentions["label"] != "DATE"]
    where, some = corpus.compared.names_compared, set(corpus.compared.labels)
    shared = where[where["where"] == "shared"]
    there = named["interview"].isin(some) & named["canonical"].isin(shared["canonical"])
    found = [
        say(
            "names.shared",
            "names.shared",
            passages(named[there], "canonical"),
            shared=len(shared),
            names=len(where),
            **{
                kind: sorted(shared.loc[shared["label"].isin(of_kind), "canonical"])
                for kind, of_kind in _KINDS.items()
            },
        )
    ]
    each = by_interview(named)
    for name, label in corpus.labels.items():
        rows = each(name)
        own = rows[rows["role"] == "interviewee"]
        found.append(
            say(
                f"names.{name}",
                "names.interview",
                passages(own, "canonical"),
                interview=label,
                mentions=len(rows),
                names=rows["canonical"].nunique(),
                own=len(own),
                named=list(own["canonical"].unique()),
            )
        )
    return found


def entity_accuracy(corpus: Corpus) -> list[Finding]:
    """Say how often labels are right, here and with a gazetteer that never saw the interview."""
    if corpus.mentions_by_hand is None or corpus.gazetteer is None:
        return []
    gold = corpus.mentions_by_hand
    table = corpus.name_accuracy
    unseen = agreement.names_of_others(corpus.utterances, corpus.tokens, corpus.gazetteer, gold)
    ways = dict(
        table[table["interview"].eq("all") & table["label"].eq("all")].set_index("way").iterrows()
    )
    ways[_WORDING.say("entity_accuracy.unseen")] = agreement.entity_accuracy(unseen, gold).iloc[-1]
    return [
        say(
            f"entity_accuracy.{_slug(way)}",
            "entity_accuracy.way",
            way=way,
            **{key: row[key] for key in ("f1", "precision", "recall", "correct", "gold")},
        )
        for way, row in ways.items()
    ]


def names_elsewhere(corpus: Corpus) -> list[Finding]:
    """Say how often names are right in texts that gazetteer and rules did not have in view."""
    folder = (corpus.gold or Path()) / "elsewhere" / "unseen"
    if corpus.mentions_by_hand is None or corpus.gazetteer is None or not folder.is_dir():
        return []
    table = agreement.accuracy_elsewhere(folder)
    table = table[table["kind"] == "all"]
    total = table[table["label"] == "all"].set_index("way")
    sides = {"rules": total.iloc[-1], "bare": total.iloc[0]}
    labels = table[
        (table["way"] == total.index[-1]) & (table["label"] != "all") & (table["gold"] >= _ENOUGH)
    ].sort_values("f1", ascending=False)
    measures = {"": "f1", "_low": "f1_low", "_high": "f1_high", "_partial": "partial_f1"}
    return [
        say(
            "names_elsewhere.all",
            "names_elsewhere.all",
            mentions=sides["rules"]["gold"],
            **{
                side + end: row[column]
                for end, column in measures.items()
                for side, row in sides.items()
            },
        ),
        say(
            "names_elsewhere.labels",
            "names_elsewhere.labels",
            enough=_ENOUGH,
            by_label=dict(zip(labels["label"], labels["f1"], strict=True)),
        ),
    ]


@dataclass(frozen=True)
class Found:
    """Findings as a notebook shows them: a list of sentences."""

    findings: Sequence[Finding]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        plain = "\n".join(finding.sentence for finding in self.findings)
        return {"text/plain": plain, "text/markdown": as_list(self.findings)}


def found(corpus: Corpus, *subjects: str) -> Found:
    """Compute the findings on some subjects.

    Parameters
    ----------
    corpus : the interviews.
    subjects : ids of findings, or how they begin: "voices", or "words_apart.told_apart".

    Raises
    ------
    ValueError
        If there is no finding of one of them.
    """
    makers = {make.__name__: make for make in _makers(corpus)}
    chosen = []
    for subject in subjects:
        maker, _, _ = subject.partition(".")
        made = makers[maker](corpus) if maker in makers else []
        wanted = [one for one in made if f"{one.id}.".startswith(f"{subject}.")]
        if not wanted:
            raise ValueError(f"There is no finding {subject!r}; there are {', '.join(makers)}.")
        chosen += wanted
    return Found(chosen)


def as_list(findings: Sequence[Finding]) -> str:
    r"""Write findings as a Markdown list, the characters of their sentences taken literally.

    >>> as_list([Finding("example.star", "1 *star*.", {})])
    '- 1 \\*star\\*.'
    """
    return "\n".join(f"- {literally(finding.sentence)}" for finding in findings)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
