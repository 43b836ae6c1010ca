"""What the study found: sentences whose every number is computed from the tables, and kept beside the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd

from analysis.figures.tables import literally
from analysis.names.mentions import shared_names
from analysis.sources.interviews import labels_of
from analysis.words import counts as words
from analysis.words.comparison import keyness, mean_design_effect, smallest_detectable_difference
from analysis.words.group_comparison import keyness_against_rest, keyness_pairwise
from analysis.words.groups import can_be_compared

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
# Measures of diversity in words.
_MEASURES = {
    "hdd": "HD-D",
    "mattr": "MATTR (not on equal terms: it rises where utterances are short)",
    "mtld": "MTLD (not on equal terms either)",
    "sentence_length": "Mean length of spaCy’s sentences in words",
}
# Names of several sorts, in words.
_KINDS = {
    "works": ["WORK_OF_ART"],
    "people": ["PERSON"],
    "organisations": ["ORG"],
    "places": ["GPE", "LOC", "FAC"],
    "events": ["EVENT"],
}


@dataclass(frozen=True)
class Finding:
    """A sentence of the conclusions, with all it says in `values`: names with numbers, unrounded, or words.

    `id` is the name of the function in this module that computes it, a dot, and what the sentence
    is about.
    """

    id: str
    sentence: str
    values: Mapping[str, Value]


def say(identifier: str, template: str, **values: Any) -> Finding:
    """Make a finding of a sentence with gaps and of what fills them, so that no number stands in it untold.

    Raises
    ------
    ValueError
        If a number is typed into the template, or a value has no gap.

    Examples
    --------
    >>> say("voices.a", "{label} says {words:,} words ({share:.0%}).", label="A", words=1340, share=0.677).sentence
    'A says 1,340 words (68%).'
    """
    gaps = set(re.findall(r"\{(\w+)", template))
    if re.search(r"(?<!\w)\d", re.sub(r"\{[^}]*\}", "", template)) or gaps != set(values):
        raise ValueError(
            f"{identifier}: every number must be a value and every value be told: {template}"
        )
    plain = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in values.items()
    }
    return Finding(identifier, _Written().format(template, **plain), plain)


class _Written(Formatter):
    """Fill the gaps of a template, numbers with a true minus; the words of a source stay as they are."""

    def format_field(self, value: Any, format_spec: str) -> str:
        written = str(super().format_field(value, format_spec))
        return written if isinstance(value, str) else written.replace("-", "−")


def study_findings(
    folder: str | Path = "seeds", gold: str | Path | None = "tests/gold"
) -> list[Finding]:
    """Compute every finding of the study, in the order of the notebooks.

    Two interviews are compared with each other, more each with the rest.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names.
    gold : path of the folder with the labels set by hand; without it nothing is said of accuracy.
    """
    from analysis.agreement import names as accuracy
    from analysis.agreement.other_texts import accuracy_elsewhere
    from analysis.annotation.titles import titles_of
    from analysis.annotation.tokens import load_page_tokens, load_tokens
    from analysis.figures.word_figures import interviewee_terms
    from analysis.names.gazetteer import gazetteer_of
    from analysis.names.recognition import entities
    from analysis.sources.interviews import load_interviews
    from analysis.sources.utterances import load_utterances
    from analysis.study.theme_findings import study_theme_findings
    from analysis.themes.codebook import CODEBOOK
    from analysis.words.diversity import compare_diversity, lexical_diversity
    from analysis.words.sensitivity import keyword_sensitivity

    interviews, utterances, tokens = (
        load_interviews(folder),
        load_utterances(folder),
        load_tokens(folder),
    )
    said = interviewee_terms(utterances, tokens)
    gazetteer = gazetteer_of(folder)
    found = [
        *voices(interviews, utterances, tokens),
        *words_used(interviews, said),
        *words_apart(interviews, said),
    ]
    order, varied = (
        list(interviews["interview"]),
        lexical_diversity(tokens[tokens["role"] == "interviewee"]),
    )
    if len(order) == 2:
        if can_be_compared(said):
            found += keywords_by_way(keyword_sensitivity(tokens, titles_of(utterances), *order))
        found += diversity(interviews, compare_diversity(varied, *order))
    elif len(order) > 2:
        pairs = [compare_diversity(varied, *pair) for pair in combinations(order, 2)]
        found += diversity_of_many(interviews, varied, pd.concat(pairs))
    found += names(interviews, entities(utterances, tokens, gazetteer), tokens)
    if gold is not None and Path(gold).is_dir() and gazetteer is not None:
        labels = accuracy.entity_gold(folder, gold)
        ways = accuracy.four_ways(utterances, tokens, load_page_tokens(folder), gazetteer)
        unseen = accuracy.names_of_others(utterances, tokens, gazetteer, labels)
        by_way = accuracy.accuracy_by_way(ways, labels)
        found += entity_accuracy(by_way, accuracy.entity_accuracy(unseen, labels))
        elsewhere = Path(gold) / "elsewhere" / "unseen"
        found += names_elsewhere(accuracy_elsewhere(elsewhere)) if elsewhere.is_dir() else []
    if (Path(folder) / CODEBOOK).exists():
        found += study_theme_findings(folder, gold)
    return found


def voices(
    interviews: pd.DataFrame, utterances: pd.DataFrame, tokens: pd.DataFrame
) -> list[Finding]:
    """Say who speaks how much, and how much of each page is set aside.

    Parameters
    ----------
    interviews, utterances, tokens : tables as `load_interviews`, `load_utterances`, `load_tokens`
        return them.
    """
    measured = words.words_by_voice(utterances, tokens)
    spoken = measured.pivot_table(
        index="interview", columns="role", values="words", aggfunc="sum", fill_value=0
    )
    spoken = spoken.reindex(columns=spoken.columns.union(["interviewee"]), fill_value=0)
    aside = measured[measured["role"] == "boilerplate"].set_index("interview")["share"]
    return [
        say(
            f"voices.{name}",
            "{interview}: of {words:,} words, the interviewee says {said:,} ({share:.0%}); "
            "{aside:.0%} of the page's characters are page furniture and set aside.",
            interview=label,
            words=int(spoken.loc[name].sum()),
            said=int(spoken.loc[name, "interviewee"]),
            share=spoken.loc[name, "interviewee"] / spoken.loc[name].sum(),
            aside=aside.get(name, 0),
        )
        for name, label in labels_of(interviews).items()
    ]


def words_used(interviews: pd.DataFrame, terms: pd.DataFrame) -> list[Finding]:
    """Say which content words the interviewee uses most, and which he uses everywhere.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    terms : the interviewee's words, as `analysis.figures.word_figures.interviewee_terms` returns
        them.
    """
    if terms["term"].isna().all():
        return []
    counted = words.frequencies(terms)
    labels = labels_of(interviews)
    found = []
    for name, label in labels.items():
        rows = counted[counted["interview"] == name]
        if rows.empty:
            continue
        top = rows[rows["count"] == rows["count"].max()]
        # With fewer than 5 utterances there is no interval.
        ends = "" if top["rate_low"].isna().any() else " [{low:.1f}, {high:.1f}]"
        rated = [
            _rated(row) if ends else {"term": row["term"], "rate": row["rate"]}
            for row in top.to_dict("records")
        ]
        rates, values = _each("“{term}” {rate:.1f}" + ends, rated)
        found.append(
            say(
                f"words_used.most_frequent.{name}",
                "{interview}: most frequent in {words:,} words, per {per:,}"
                f"{' with {level:.0%} intervals' if ends else ''}: {', '.join(rates)}.",
                interview=label,
                words=rows["words"].iloc[0],
                per=1000,
                **({"level": 0.95} if ends else {}),
                **values,
            )
        )
    if len(labels) == 1:
        return found
    table = words.vocabulary(counted, list(labels))
    shared = table[table["vocabulary"] == "shared"]
    for name, label in labels.items():
        found.append(
            say(
                f"words_used.shared.{name}",
                "{shared} of the {different} content words of {interview} occur in every"
                " interview.",
                shared=len(shared),
                different=(table[f"count_{name}"] > 0).sum(),
                interview=label,
            )
        )
    if len(shared):
        often = shared.iloc[0]
        known = all(np.isfinite(often[f"rate_low_{name}"]) for name in labels)
        rates, values = _each(
            f"{{rate:.1f}}{' [{low:.1f}, {high:.1f}]' if known else ''} in {{interview}}",
            (
                {"rate": often[f"rate_{name}"]}
                | (
                    {"low": often[f"rate_low_{name}"], "high": often[f"rate_high_{name}"]}
                    if known
                    else {}
                )
                | {"interview": label}
                for name, label in labels.items()
            ),
        )
        found.append(
            say(
                "words_used.most_even",
                "The most even of the shared words is “{term}”, per {per:,}:"
                f" {', '.join(rates)}.",
                term=often["term"],
                per=1000,
                **values,
            )
        )
    return found


def words_apart(interviews: pd.DataFrame, terms: pd.DataFrame) -> list[Finding]:
    """Say which words set two interviews apart, and how large a difference could have been found.

    Of more than two, each is compared with the rest, and each with each: `words_apart_of_many`.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    terms : the interviewee's words, as `analysis.figures.word_figures.interviewee_terms` returns
        them.
    """
    labels = labels_of(interviews)
    if not can_be_compared(terms[terms["interview"].isin(list(labels))]):
        return []
    if len(labels) > 2:
        return words_apart_of_many(labels, terms)
    target, reference = list(labels)
    sides = {"target": labels[target], "reference": labels[reference]}
    table = keyness(terms, target, reference, unit="term")
    effect = mean_design_effect(table)
    sizes = terms.groupby("interview").size()
    found_at = smallest_detectable_difference(
        float(sizes[target]),
        float(sizes[reference]),
        [10],
        comparisons=len(table),
        design_effect=effect,
    ).iloc[0]
    return [
        _told_apart(table),
        _stand_out(table, sides),
        _intervals_without_zero(table),
        *_surest_effect(table, sides["reference"]),
        say(
            "words_apart.detectable",
            "To be found four times in five, a word used {rate:.0f} times per {per:,} in"
            " {reference} would have to be used {rate_needed:.0f} times per {per:,} in {target}"
            " (words bunched as here: design effect {design_effect:.2f}).",
            rate=found_at["rate"],
            rate_needed=found_at["rate_more"],
            design_effect=effect,
            per=1000,
            **sides,
        ),
    ]


def words_apart_of_many(labels: Mapping[str, str], terms: pd.DataFrame) -> list[Finding]:
    """Say which words set each of many interviews apart from the rest, and how many set any two apart.

    Parameters
    ----------
    labels : interview ids with what to call them.
    terms : as for `words_apart`.
    """
    rest, missing = keyness_against_rest(terms, groups=list(labels), unit="term")
    found = []
    for name, label in labels.items():
        table = rest[rest["target"] == name]
        if table.empty:
            continue
        own = list(table.loc[(table["p_family"] < 0.05) & (table["log_ratio"] > 0), "term"])
        rare = list(table.loc[(table["p_family"] < 0.05) & (table["log_ratio"] < 0), "term"])
        found.append(
            say(
                f"words_apart_of_many.{name}",
                "{interview} against the rest: of {compared} content words, {more} more frequent"
                " and {less} less frequent than chance would have it (smallest family-wise p ="
                " {p:.3f}, over all comparisons).",
                interview=label,
                compared=len(table),
                more=_listed(own) if own else "none",
                less=_listed(rare) if rare else "none",
                p=table["p_family"].min(),
            )
        )
    pairs, unpaired = keyness_pairwise(terms, groups=list(labels), unit="term")
    apart = pairs.loc[pairs["p_family"] < 0.05, ["target", "reference"]].drop_duplicates()
    compared = pairs[["target", "reference"]].drop_duplicates()
    found.append(
        say(
            "words_apart_of_many.pairs",
            "Of {pairs} pairs of interviews compared, {apart} can be told apart by a word (smallest"
            " family-wise p = {p:.3f}, over all words of all pairs).",
            pairs=len(compared),
            apart=len(apart) or "none",
            p=pairs["p_family"].min(),
        )
    )
    if small := [labels[name] for name in missing["target"].dropna()]:
        found.append(
            say(
                "words_apart_of_many.left_out",
                "Not compared with the rest, with too few utterances: {interviews}; so {pairs}"
                " pairs are left out.",
                interviews=_joined(small),
                pairs=int(unpaired["target"].notna().sum()),
            )
        )
    return found


def _told_apart(table: pd.DataFrame) -> Finding:
    found = list(table.loc[table["p_max_t"] < 0.05, "term"])
    return say(
        "words_apart.told_apart",
        "Of {compared} content words compared, {found} can be shown to differ in frequency (max-T"
        " permutation test over utterances, smallest family-wise p = {p:.3f}; smallest"
        " Benjamini-Hochberg q = {q:.3f}).",
        compared=len(table),
        found=_listed(found) if found else "none",
        p=table["p_max_t"].min(),
        q=table["q"].min(),
    )


def _stand_out(table: pd.DataFrame, sides: dict[str, str]) -> Finding:
    size = table["log_odds_z"].abs().round(9)
    effects, values = [], dict[str, Any]()
    for number, (_, row) in enumerate(table[size == size.max()].sort_values("term").iterrows(), 1):
        span, spanned = _span(row, f"_{number}")
        effects.append(
            f"“{{term_{number}}}” ({{count_target_{number}}} times in {{target}},"
            f" {{count_reference_{number}}} in {{reference}}) {span}"
        )
        values |= {
            f"{key}_{number}": row[key] for key in ("term", "count_target", "count_reference")
        } | spanned
    return say(
        "words_apart.stand_out",
        "The words that stand out most by weighted log-odds, outside titles, with their log"
        f" ratios: {'; '.join(effects)}.",
        **sides,
        **values,
    )


def _intervals_without_zero(table: pd.DataFrame) -> Finding:
    apart = table[(table["log_ratio_low"] > 0) | (table["log_ratio_high"] < 0)].sort_values("term")
    return say(
        "words_apart.intervals_without_zero",
        "{without} of {compared} intervals of the log ratio, each of {level:.0%}, leave out {zero}"
        + (" ({terms})." if len(apart) else "."),
        without=len(apart),
        compared=len(table),
        level=0.95,
        zero=0,
        **({"terms": _joined(list(apart["term"]))} if len(apart) else {}),
    )


def _surest_effect(table: pd.DataFrame, reference: str) -> list[Finding]:
    sure = table[np.isfinite(table["log_ratio_low"]) & np.isfinite(table["log_ratio_high"])]
    if sure.empty:
        return []
    narrow = sure.loc[(sure["log_ratio_high"] - sure["log_ratio_low"]).idxmin()]
    span, values = _span(narrow)
    return [
        say(
            "words_apart.surest",
            f"The surest effect is that of “{{term}}”: log ratio {span}, from {{times_low:.1f}} to"
            " {times_high:.1f} times the rate of {reference}.",
            term=narrow["term"],
            times_low=2 ** narrow["log_ratio_low"],
            times_high=2 ** narrow["log_ratio_high"],
            reference=reference,
            **values,
        )
    ]


def keywords_by_way(sensitivity: pd.DataFrame) -> list[Finding]:
    """Say how many keywords of the interviewee's own words remain when one counts in another way.

    Parameters
    ----------
    sensitivity : a table as `analysis.words.sensitivity.keyword_sensitivity` returns it.
    """
    ways = list(sensitivity["way"].unique())
    first = set(sensitivity.loc[sensitivity["way"] == ways[0], "term"])
    found = []
    for way in ways[1:]:
        rows = sensitivity[sensitivity["way"] == way]
        counts = rows["count_target"] + rows["count_reference"]
        found.append(
            say(
                f"keywords_by_way.{_slug(way)}",
                "{kept} of the {first} first keywords ({way_first}) are among the {others} first"
                " with {way}; the interviewee says {said:.0%} of the occurrences of these, and the"
                " smallest family-wise p is {p:.3f}.",
                kept=len(first & set(rows["term"])),
                first=len(first),
                way_first=ways[0],
                others=len(rows),
                way=way,
                said=(rows["said"] * counts).sum() / counts.sum(),
                p=rows["p_max_t"].min(),
            )
        )
    return found


def diversity(interviews: pd.DataFrame, compared: pd.DataFrame) -> list[Finding]:
    """Say whether the interviewee's words are more varied, or his sentences longer, in one of two interviews.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    compared : a table as `analysis.words.diversity.compare_diversity` returns it, the first
        interview less the second.
    """
    target, reference = list(labels_of(interviews).values())[:2]
    return [
        say(
            f"diversity.{measure}",
            f"{name}: {{in_target:.2f}} in {{target}}, {{in_reference:.2f}} in {{reference}},"
            " difference {difference:.2f} [{low:.2f}, {high:.2f}];"
            f" {'{zero} lies outside' if row.low * row.high > 0 else '{zero} lies inside'}.",
            in_target=row.target,
            in_reference=row.reference,
            target=target,
            reference=reference,
            difference=row.difference,
            low=row.low,
            high=row.high,
            zero=0,
        )
        for measure, name in _MEASURES.items()
        for row in compared[compared["measure"] == measure].itertuples()
        if np.isfinite(row.low)
    ]


def diversity_of_many(
    interviews: pd.DataFrame, varied: pd.DataFrame, compared: pd.DataFrame
) -> list[Finding]:
    """Say in which of many interviews the words are most and least varied, and how many pairs differ.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    varied : a table as `analysis.words.diversity.lexical_diversity` returns it.
    compared : tables as `analysis.words.diversity.compare_diversity` returns them, one for each
        pair, under each other.
    """
    labels, found = labels_of(interviews), []
    for measure, name in _MEASURES.items():
        rows = varied[(varied["measure"] == measure) & varied["value"].notna()]
        pairs = compared[(compared["measure"] == measure) & compared["low"].notna()]
        if rows.empty:
            continue
        most, least = rows.loc[rows["value"].idxmax()], rows.loc[rows["value"].idxmin()]
        found.append(
            say(
                f"diversity_of_many.{measure}",
                f"{name}: from {{lowest:.2f}} in {{least}} to {{highest:.2f}} in {{most}}; of"
                " {pairs} differences between two interviews {apart} leave out {zero}, each"
                " by its own interval of {level:.0%}.",
                lowest=least["value"],
                least=labels[least["interview"]],
                highest=most["value"],
                most=labels[most["interview"]],
                pairs=len(pairs),
                apart=int((pairs["low"] * pairs["high"] > 0).sum()) or "none",
                zero=0,
                level=0.95,
            )
        )
    return found


def names(interviews: pd.DataFrame, entities: pd.DataFrame, tokens: pd.DataFrame) -> list[Finding]:
    """Say which names are shared, and how many of all mentions the interviewee makes.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    entities, tokens : as `analysis.names.recognition.entities` and `load_tokens` return them.
    """
    labels = labels_of(interviews)
    named = entities[entities["label"] != "DATE"]
    where = shared_names(tokens, named, list(labels))
    shared = where[where["where"] == "shared"]
    of_kind = {
        kind: sorted(shared.loc[shared["label"].isin(labels_of), "canonical"])
        for kind, labels_of in _KINDS.items()
    }
    parts = [
        f"{len(them)} {kind} ({_joined(them)})" if them else f"no {kind}"
        for kind, them in of_kind.items()
    ]
    found = [
        say(
            "names.shared",
            "{shared} of {names} names (dates left out) occur in every interview: {kinds} and"
            " {last}.",
            shared=len(shared),
            names=len(where),
            kinds=", ".join(parts[:-1]),
            last=parts[-1],
        )
    ]
    for name, label in labels.items():
        rows = named[named["interview"] == name]
        own = rows[rows["role"] == "interviewee"]
        found.append(
            say(
                f"names.{name}",
                "{interview}: {mentions} mentions of {names} names, {own} of them by the"
                " interviewee ({named}).",
                interview=label,
                mentions=len(rows),
                names=rows["canonical"].nunique(),
                own=len(own),
                named=_joined(list(dict.fromkeys(own["canonical"]))),
            )
        )
    return found


def names_elsewhere(accuracy: pd.DataFrame) -> list[Finding]:
    """Say how often names are right in texts of other kinds, which neither the gazetteer nor the rules had in view.

    Parameters
    ----------
    accuracy : a table as `analysis.agreement.other_texts.accuracy_elsewhere` returns it.
    """
    table = accuracy[accuracy["kind"] == "all"]
    total = table[table["label"] == "all"].set_index("way")
    bare, rules = total.iloc[0], total.iloc[-1]
    labels = table[
        (table["way"] == total.index[-1]) & (table["label"] != "all") & (table["gold"] >= _ENOUGH)
    ]
    labels = labels.sort_values("f1", ascending=False)
    by_label = ", ".join(f"{row.label} {row.f1:.2f}" for row in labels.itertuples())
    sides = {"rules": rules, "bare": bare}
    ends = {
        f"{side}_{end}": row[f"f1_{end}"] for side, row in sides.items() for end in ("low", "high")
    }
    return [
        say(
            "names_elsewhere.all",
            "Where the gazetteer knows nothing, {mentions} mentions in texts of other kinds: strict"
            " F1 {rules:.2f} [{rules_low:.2f}, {rules_high:.2f}] by the rules, {bare:.2f}"
            " [{bare_low:.2f}, {bare_high:.2f}] by the model on the page; partial F1"
            " {rules_partial:.2f} and {bare_partial:.2f}.",
            mentions=rules["gold"],
            rules=rules["f1"],
            bare=bare["f1"],
            rules_partial=rules["partial_f1"],
            bare_partial=bare["partial_f1"],
            **ends,
        ),
        say(
            "names_elsewhere.labels",
            "By the rules, labels with {enough} mentions or more: {by_label}.",
            enough=_ENOUGH,
            by_label=by_label,
        ),
    ]


def entity_accuracy(accuracy: pd.DataFrame, unseen: pd.DataFrame) -> list[Finding]:
    """Say how often the labels are right, and what to expect where the gazetteer knows nothing.

    Parameters
    ----------
    accuracy : as `analysis.agreement.names.accuracy_by_way` returns it.
    unseen : as `analysis.agreement.names.entity_accuracy` returns it, of what `names_of_others`
        finds.
    """
    ways = accuracy[accuracy["interview"].eq("all") & accuracy["label"].eq("all")].set_index("way")
    found = []
    for way, row in [
        *ways.iterrows(),
        ("rules and a gazetteer of the other interview", unseen.iloc[-1]),
    ]:
        found.append(
            say(
                f"entity_accuracy.{_slug(way)}",
                "{way}: strict F1 {f1:.2f} (precision {precision:.2f}, recall {recall:.2f};"
                " {correct} of {gold} mentions).",
                way=f"{way[0].upper()}{way[1:]}",
                **{key: row[key] for key in ("f1", "precision", "recall", "correct", "gold")},
            )
        )
    return found


def as_list(findings: Sequence[Finding]) -> str:
    r"""Write findings as a Markdown list, the characters of their sentences taken literally.

    >>> as_list([say("example.star", "{count} *star*.", count=1)])
    '- 1 \\*star\\*.'
    """
    return "\n".join(f"- {literally(finding.sentence)}" for finding in findings)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _rated(row: dict[Any, Any]) -> dict[str, Any]:
    return {
        "term": row["term"],
        "rate": row["rate"],
        "low": row["rate_low"],
        "high": row["rate_high"],
    }


def _each(template: str, rows: Iterable[dict[str, Any]]) -> tuple[list[str], dict[str, Any]]:
    """Return a template for each row, its gaps numbered from 1, and the values of all."""
    templates, values = [], dict[str, Any]()
    for number, row in enumerate(rows, 1):
        templates.append(re.sub(r"\{(\w+)", rf"{{\1_{number}", template))
        values |= {f"{name}_{number}": value for name, value in row.items()}
    return templates, values


def _span(row: pd.Series, suffix: str = "") -> tuple[str, dict[str, Any]]:
    """Return the template of a log ratio with its interval, and its values; an end that there is not has none."""
    values = {"log_ratio" + suffix: row["log_ratio"]}
    ends = []
    for end in ("low", "high"):
        if np.isfinite(row[f"log_ratio_{end}"]):
            values[f"log_ratio_{end}{suffix}"] = row[f"log_ratio_{end}"]
            ends.append(f"{{log_ratio_{end}{suffix}:.1f}}")
        else:
            ends.append("no end")
    return f"{{log_ratio{suffix}:.1f}} [{ends[0]}, {ends[1]}]", values


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
