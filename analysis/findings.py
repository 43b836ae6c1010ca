"""What the study found, in sentences whose every number is computed from the tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis import words
from analysis.keyness import keyness, mean_design_effect, smallest_detectable_difference
from analysis.mentions import shared_names

# Names of several sorts, in words.
_KINDS = {
    "works": ["WORK_OF_ART"],
    "people": ["PERSON"],
    "organisations": ["ORG"],
    "places": ["GPE", "LOC", "FAC"],
    "events": ["EVENT"],
}


def voices(interviews: pd.DataFrame, utterances: pd.DataFrame, tokens: pd.DataFrame) -> list[str]:
    """Say who speaks how much, and how much of each page is set aside.

    Parameters
    ----------
    interviews, utterances, tokens : tables as `load_interviews`, `load_utterances`, `load_tokens` return them.
    """
    measured = words.voices(utterances, tokens)
    spoken = measured.pivot_table(index="interview", columns="role", values="words", aggfunc="sum", fill_value=0)
    aside = measured[measured["role"] == "boilerplate"].set_index("interview")["share"]
    sentences = []
    for name, label in zip(interviews["interview"], interviews["label"], strict=True):
        told = int(spoken.loc[name].sum())
        said = int(spoken.loc[name, "interviewee"])
        sentences.append(
            f"{label}: of {told:,} words, the interviewee says {said:,} ({said / told:.0%}); "
            f"{aside.get(name, 0):.0%} of the page's characters are page furniture and set aside."
        )
    return sentences


def words_used(interviews: pd.DataFrame, terms: pd.DataFrame) -> list[str]:
    """Say which content words the interviewee uses most, and which he uses everywhere.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    terms : the interviewee's words, as `analysis.figures.interviewee_terms` returns them.
    """
    counted = words.frequencies(terms)
    labels = _labels(interviews)
    sentences = []
    for name, label in labels.items():
        rows = counted[counted["interview"] == name]
        top = rows[rows["count"] == rows["count"].max()]
        rates = ", ".join(
            f"“{row.term}” {row.rate:.1f} [{row.rate_low:.1f}, {row.rate_high:.1f}]" for row in top.itertuples()
        )
        sentences.append(
            f"{label}: most frequent in {rows['words'].iloc[0]:,} words, per 1,000 with 95 % intervals: {rates}."
        )
    table = words.vocabulary(counted, list(labels))
    shared = table[table["vocabulary"] == "shared"]
    if len(labels) == 1:
        return sentences
    for name, label in labels.items():
        used = table[table[f"count_{name}"] > 0]
        sentences.append(f"{len(shared)} of the {len(used)} content words of {label} occur in every interview.")
    if len(shared):
        often = shared.iloc[0]
        rates = ", ".join(
            f"{often[f'rate_{name}']:.1f} "
            f"[{often[f'rate_low_{name}']:.1f}, {often[f'rate_high_{name}']:.1f}] in {label}"
            for name, label in labels.items()
        )
        sentences.append(f"The most even of the shared words is “{often['term']}”, per 1,000: {rates}.")
    return sentences


def words_apart(interviews: pd.DataFrame, terms: pd.DataFrame) -> list[str]:
    """Say which words set the first two interviews apart, and how large a difference could have been found.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    terms : the interviewee's words, as `analysis.figures.interviewee_terms` returns them.
    """
    labels = _labels(interviews)
    if len(labels) < 2:
        return []
    target, reference = list(labels)[:2]
    table = keyness(terms, target, reference, unit="term")
    found = table.loc[table["p_max_t"] < 0.05, "term"]
    verdict = _listed(list(found)) if len(found) else "none"
    size = table["log_odds_z"].abs().round(9)
    first = table[size == size.max()].sort_values("term")
    effects = "; ".join(
        f"“{row['term']}” ({row['count_target']} times in {labels[target]}, {row['count_reference']} in "
        f"{labels[reference]}) {_span(row, 'log_ratio')}"
        for _, row in first.iterrows()
    )
    apart = table[(table["log_ratio_low"] > 0) | (table["log_ratio_high"] < 0)].sort_values("term")
    sentences = [
        f"Of {len(table)} content words compared, {verdict} can be told apart from noise (max-T permutation test over "
        f"utterances, smallest family-wise p {table['p_max_t'].min():.2f}; smallest Benjamini-Hochberg q "
        f"{table['q'].min():.2f}).",
        f"The words that stand out most by weighted log-odds, outside titles, with their log ratios: {effects}.",
        f"{len(apart)} of {len(table)} intervals of the log ratio, each of 95 %, leave out 0"
        + (f" ({_joined(list(apart['term']))})." if len(apart) else "."),
    ]
    sure = table[np.isfinite(table["log_ratio_low"]) & np.isfinite(table["log_ratio_high"])]
    if len(sure):
        narrow = sure.loc[(sure["log_ratio_high"] - sure["log_ratio_low"]).idxmin()]
        sentences.append(
            f"The surest effect is that of “{narrow['term']}”: log ratio {_span(narrow, 'log_ratio')}, from "
            f"{2 ** narrow['log_ratio_low']:.1f} to {2 ** narrow['log_ratio_high']:.1f} times the rate of "
            f"{labels[reference]}."
        )
    sizes = terms.groupby("interview").size()
    effect = mean_design_effect(table)
    found_at = smallest_detectable_difference(
        float(sizes[target]), float(sizes[reference]), [10], comparisons=len(table), design_effect=effect
    ).iloc[0]
    sentences.append(
        f"To be found four times in five, a word used 10 times per 1,000 in {labels[reference]} would have to be used "
        f"{found_at['rate_more']:.0f} times per 1,000 in {labels[target]} (words bunched as here: design effect "
        f"{effect:.2f})."
    )
    return sentences


def keywords_by_way(sensitivity: pd.DataFrame) -> list[str]:
    """Say how many keywords of the interviewee's own words remain when one counts in another way.

    Parameters
    ----------
    sensitivity : a table as `analysis.sensitivity.keyword_sensitivity` returns it.
    """
    ways = list(sensitivity["way"].unique())
    first = set(sensitivity.loc[sensitivity["way"] == ways[0], "term"])
    sentences = []
    for way in ways[1:]:
        rows = sensitivity[sensitivity["way"] == way]
        kept = first & set(rows["term"])
        counts = rows["count_target"] + rows["count_reference"]
        sentences.append(
            f"{len(kept)} of the {len(first)} first keywords ({ways[0]}) are among the {len(rows)} first with {way}; "
            f"the interviewee says {(rows['said'] * counts).sum() / counts.sum():.0%} of the occurrences of these, "
            f"and the smallest family-wise p is {rows['p_max_t'].min():.2f}."
        )
    return sentences


def diversity(interviews: pd.DataFrame, compared: pd.DataFrame) -> list[str]:
    """Say whether the interviewee's words are more varied, or his sentences longer, in one of two interviews.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    compared : a table as `analysis.diversity.compare_diversity` returns it, the first interview less the second.
    """
    target, reference = list(_labels(interviews).values())[:2]
    names = {
        "hdd": "HD-D",
        "mattr": "MATTR (not on equal terms: it rises where utterances are short)",
        "mtld": "MTLD (not on equal terms either)",
        "sentence_length": "Mean length of spaCy’s sentences in words",
    }
    return [
        f"{name}: {row.target:.2f} in {target}, {row.reference:.2f} in {reference}, difference {row.difference:.2f} "
        f"[{row.low:.2f}, {row.high:.2f}]; {'0 lies outside' if row.low * row.high > 0 else '0 lies inside'}."
        for measure, name in names.items()
        for row in compared[compared["measure"] == measure].itertuples()
    ]


def names(interviews: pd.DataFrame, entities: pd.DataFrame, tokens: pd.DataFrame) -> list[str]:
    """Say which names are shared, and how many of all mentions the interviewee makes.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    entities, tokens : as `analysis.entities.entities` and `load_tokens` return them.
    """
    labels = _labels(interviews)
    named = entities[entities["label"] != "DATE"]
    where = shared_names(tokens, named, list(labels))
    shared = where[where["where"] == "shared"]
    of_kind = {
        kind: sorted(shared.loc[shared["label"].isin(labels_of), "canonical"]) for kind, labels_of in _KINDS.items()
    }
    parts = [f"{len(them)} {kind} ({_joined(them)})" if them else f"no {kind}" for kind, them in of_kind.items()]
    sentences = [
        f"{len(shared)} of {len(where)} names (dates left out) stand in every interview: {', '.join(parts[:-1])} and "
        f"{parts[-1]}."
    ]
    for name, label in labels.items():
        rows = named[named["interview"] == name]
        own = rows[rows["role"] == "interviewee"]
        sentences.append(
            f"{label}: {len(rows)} mentions of {rows['canonical'].nunique()} names, {len(own)} of them by the "
            f"interviewee ({_joined(list(dict.fromkeys(own['canonical'])))})."
        )
    return sentences


def names_elsewhere(accuracy: pd.DataFrame) -> list[str]:
    """Say how often names are right in texts of other kinds, which neither the gazetteer nor the rules had in view.

    Parameters
    ----------
    accuracy : a table as `analysis.other_texts.accuracy_elsewhere` returns it.
    """
    table = accuracy[accuracy["kind"] == "all"]
    total = table[table["label"] == "all"].set_index("way")
    bare, rules = total.iloc[0], total.iloc[-1]
    labels = table[(table["way"] == total.index[-1]) & (table["label"] != "all") & (table["gold"] >= 20)]
    labels = labels.sort_values("f1", ascending=False)
    by_label = ", ".join(f"{row.label} {row.f1:.2f}" for row in labels.itertuples())
    return [
        f"Where the gazetteer knows nothing, {rules['gold']} mentions in texts of other kinds: strict F1 {_f1(rules)} "
        f"by the rules, {_f1(bare)} by the model on the page; partial F1 {rules['partial_f1']:.2f} and "
        f"{bare['partial_f1']:.2f}.",
        f"By the rules, labels with 20 mentions or more: {by_label}.",
    ]


def entity_accuracy(ways: dict[str, pd.DataFrame], unseen: pd.DataFrame, gold: pd.DataFrame) -> list[str]:
    """Say how often the labels are right, and what to expect where the gazetteer knows nothing.

    Parameters
    ----------
    ways : tables of mentions as `analysis.entity_accuracy.four_ways` returns them.
    unseen : as `analysis.entity_accuracy.names_of_others` returns it.
    gold : as `analysis.entity_accuracy.entity_gold` returns it.
    """
    from analysis.entity_accuracy import entity_accuracy as measure

    sentences = []
    for way, found in [*ways.items(), ("rules and a gazetteer of the other interview", unseen)]:
        row = measure(found, gold).iloc[-1]
        sentences.append(
            f"{way[0].upper()}{way[1:]}: strict F1 {row['f1']:.2f} (precision {row['precision']:.2f}, recall "
            f"{row['recall']:.2f}; {row['correct']} of {row['gold']} mentions)."
        )
    return sentences


def as_list(sentences: Sequence[str]) -> str:
    r"""Write sentences as a Markdown list, their characters taken literally.

    >>> as_list(["One *star*."])
    '- One \\*star\\*.'
    """
    return "\n".join("- " + "".join("\\" + char if char in "\\`*_[]<>#|" else char for char in s) for s in sentences)


def _labels(interviews: pd.DataFrame) -> dict[str, str]:
    return dict(zip(interviews["interview"], interviews["label"], strict=True))


def _span(row: pd.Series, column: str) -> str:
    low, high = row[f"{column}_low"], row[f"{column}_high"]
    ends = (f"{low:.1f}" if np.isfinite(low) else "no end", f"{high:.1f}" if np.isfinite(high) else "no end")
    return f"{row[column]:.1f} [{ends[0]}, {ends[1]}]"


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]


def _f1(row: pd.Series) -> str:
    return f"{row['f1']:.2f} [{row['f1_low']:.2f}, {row['f1_high']:.2f}]"


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
