"""The figures of the study: each with the table it draws, its caption and its alternative text."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.annotation.terms import is_word, terms_of
from analysis.annotation.titles import titles_of
from analysis.annotation.tokens import load_tokens
from analysis.figures import group_plots, plots
from analysis.figures.tables import minus
from analysis.names.gazetteer import gazetteer_of
from analysis.names.mentions import as_told, co_mentions, mention_rates
from analysis.names.recognition import entities
from analysis.sources.interviews import labels_of, load_interviews
from analysis.sources.utterances import load_utterances
from analysis.themes.codebook import CODEBOOK, load_codebook
from analysis.words import counts as words
from analysis.words.comparison import (
    keyness,
    keyness_against_rest,
    mean_design_effect,
    smallest_detectable_difference,
)
from analysis.words.distribution import positions
from analysis.words.groups import can_be_compared, comparable

_SCREEN_DPI = 96
# Rows that a page can hold where many interviews name many.
_MOST_NAMES = 40


@dataclass(frozen=True)
class StudyFigure:
    """A figure ready for print.

    `slug` names its files, `draw` makes the picture for one of `analysis.figures.plots.PROFILES`,
    `table` is what is drawn, `caption` says what is shown, of how many words, `alt` tells somebody
    who cannot see it the kind of chart, its axes and the main contrast in numbers. `printed` are
    the columns of the table that fit a page; all, if there are none.
    """

    slug: str
    title: str
    draw: Callable[[plots.Profile], Figure]
    table: pd.DataFrame
    caption: str
    alt: str
    printed: tuple[str, ...] = ()

    @cached_property
    def figure(self) -> Figure:
        """The picture for print, each figure in the column it is made for."""
        return self.draw(plots.PRINT)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the picture in a notebook at print size, with the alternative text where pictures are not shown."""
        picture, (width, height) = on_screen(self.figure)
        content = {"image/png": picture, "text/plain": f"{self.title}. {self.alt}"}
        return content, {"image/png": {"width": width, "height": height, "alt": self.alt}}


def on_screen(drawing: Figure) -> tuple[str, tuple[int, int]]:
    """Return a drawing as PNG in base64 with two dots a px, and its width and height in px at print size."""
    picture = io.BytesIO()
    with mpl.rc_context(plots.STYLE):
        drawing.savefig(picture, format="png", dpi=2 * _SCREEN_DPI, metadata={"Software": None})
    width, height = (round(float(inches) * _SCREEN_DPI) for inches in drawing.get_size_inches())
    return base64.b64encode(picture.getvalue()).decode(), (width, height)


def study_figures(
    folder: str | Path = "seeds", gold: str | Path | None = "tests/gold"
) -> list[StudyFigure]:
    """Make every figure of the study, in the order of their numbers.

    Two interviews are compared with each other, more each with the rest; what a folder has too
    little for, `left_out` says.

    Parameters
    ----------
    folder : path of the folder that holds `interviews.toml` and the files it names; without a
        codebook there are no figures of themes.
    gold : path of the folder with a reader's coding; without it the figures show the codebook's
        alone.

    Raises
    ------
    SourceError
        As `load_utterances`, `load_codebook` and `load_reader_codings`.

    Examples
    --------
    >>> [figure.slug for figure in study_figures("seeds")][:3]
    ['voices', 'frequent-words', 'keywords']
    """
    from analysis.figures.theme_figures import study_theme_figures

    interviews, utterances, tokens = (
        load_interviews(folder),
        load_utterances(folder),
        load_tokens(folder),
    )
    said = interviewee_terms(utterances, tokens)
    named = entities(utterances, tokens, gazetteer_of(folder))
    missing = _too_little(interviews, said)
    of_words = {
        "frequent-words": frequent_words,
        "keywords": keywords,
        "vocabularies": vocabularies,
        "dispersion": dispersion,
        "word-clouds": word_clouds,
    }
    return [
        voices(interviews, utterances, tokens),
        *(make(interviews, said) for slug, make in of_words.items() if slug not in missing),
        names(interviews, tokens, named),
        names_together(interviews, named),
        films(interviews, tokens, named),
        *(study_theme_figures(folder, gold) if (Path(folder) / CODEBOOK).exists() else []),
    ]


def left_out(folder: str | Path = "seeds") -> list[str]:
    """Say which figures and tables a folder has too little for, a sentence each.

    Examples
    --------
    >>> left_out("seeds")
    []
    """
    interviews = load_interviews(folder)
    said = interviewee_terms(load_utterances(folder), load_tokens(folder))
    missing = _too_little(interviews, said)
    sentences = list(dict.fromkeys(missing.values()))
    speaking = set(said.loc[said["term"].notna(), "interview"])
    silent = [name for name in interviews["interview"] if name not in speaking]
    if silent and "frequent-words" not in missing:
        sentences.append(
            f"No words are told of {', '.join(silent)}: the interviewee says no content word there."
        )
    small = sorted(set(interviews["interview"]) - set(comparable(said)))
    if small and "keywords" not in missing:
        sentences.append(
            f"Keywords are not told of {', '.join(small)}: the interviewee has fewer than 5"
            " utterances."
        )
    book = Path(folder) / CODEBOOK
    if book.exists() and len(load_codebook(book)) < 2:
        sentences.append(
            "Themes that share a sentence are left out: the codebook has one theme alone."
        )
    return sentences


def _too_little(interviews: pd.DataFrame, terms: pd.DataFrame, minimum: int = 4) -> dict[str, str]:
    """Say of each figure of words that cannot be made why, by its slug."""
    if terms["term"].isna().all():
        why = "Figures of words are left out: the interviewee says no content word."
        return dict.fromkeys(
            ["frequent-words", "keywords", "vocabularies", "dispersion", "word-clouds"], why
        )
    if len(interviews) < 2:
        why = "Keywords and vocabularies compare interviews; here is one alone."
        return dict.fromkeys(["keywords", "vocabularies"], why)
    if not can_be_compared(terms):
        return {
            "keywords": (
                "Keywords, and what sets themes apart, are left out: they need two interviews in"
                " which the interviewee has 5 utterances or more."
            )
        }
    if terms["term"].value_counts().max() < minimum:
        return {
            "keywords": (
                f"The figure of keywords is left out: no content word occurs {minimum} times."
            )
        }
    return {}


def interviewee_terms(utterances: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Return the interviewee's own words and what each counts as: content lemmas, a title as one name.

    Parameters
    ----------
    utterances, tokens : tables as `load_utterances` and `load_tokens` return them.
    """
    said = tokens[tokens["role"] == "interviewee"]
    return terms_of(said, titles_of(utterances))


def voices(interviews: pd.DataFrame, utterances: pd.DataFrame, tokens: pd.DataFrame) -> StudyFigure:
    """Show both interviews as ribbons of voices in reading order.

    The table has one row an utterance: `interview`, `utterance`, `turn`, `role`, `speaker`,
    `start`, `end`, and `words` (Int64; NA for boilerplate, which is not annotated).
    """
    counted = tokens[is_word(tokens)].groupby(["interview", "utterance"]).size().rename("words")
    table = utterances.drop(columns=["prompt", "text"]).merge(
        counted.reset_index(), on=["interview", "utterance"], how="left"
    )
    table["words"] = table["words"].astype("Int64")
    labels = labels_of(interviews)
    told = table.groupby("interview")["words"].sum()
    said = (
        table[table["role"] == "interviewee"]
        .groupby("interview")["words"]
        .sum()
        .reindex(told.index, fill_value=0)
    )
    parts = [
        f"{label}: {said[name]:,} of {told[name]:,} words are the interviewee’s"
        + (f" ({said[name] / told[name]:.0%})" if told[name] else "")
        for name, label in labels.items()
    ]
    lanes = (
        "interviewee, interviewer, other people quoted, the journalist’s prose, and page furniture,"
        " which is set aside"
    )
    return StudyFigure(
        slug="voices",
        title="Who speaks, from the first to the last character of each page",
        draw=partial(plots.ribbons, table, labels),
        table=table,
        caption=(
            f"Each bar is a passage of one voice; all pages have one scale. Lanes: {lanes}. Numbers"
            " at the right: words of the voice. " + "; ".join(parts) + "."
        ),
        alt=(
            "Timelines, one for each page, position in characters from left to right, one lane a"
            f" voice: {lanes}. " + "; ".join(parts) + "."
        ),
    )


def frequent_words(interviews: pd.DataFrame, terms: pd.DataFrame, most: int = 16) -> StudyFigure:
    """Show the interviewee's most frequent content words, their rates in each interview with intervals.

    The table is that of `analysis.words.counts.side_by_side`, its leading rows.
    """
    labels, sizes = labels_of(interviews), _sizes(terms)
    table = _most_frequent(terms, labels, most)
    tops = []
    for name, label in labels.items():
        if not table[f"count_{name}"].any():
            tops.append(f"{label}: none of them")
            continue
        rows = table[table[f"rate_{name}"] == table[f"rate_{name}"].max()]
        columns = ["term", *(f"{measure}_{name}" for measure in ("rate", "rate_low", "rate_high"))]
        each = [
            f"“{term}” {rate:.1f}" + ("" if np.isnan(low) else f" [{low:.1f}, {high:.1f}]")
            for term, rate, low, high in rows[columns].itertuples(index=False)
        ]
        tops.append(f"{label}: {' and '.join(each)} per 1,000 words")
    none = {
        name: table.loc[table[f"count_{name}"] == 0, f"rate_high_{name}"].max() for name in labels
    }
    missing = ", ".join(
        f"{high:.1f} ({labels[name]})" for name, high in none.items() if pd.notna(high)
    )
    one = ", ".join(
        f"{1000 / sizes[name]:.1f} ({label})" for name, label in labels.items() if name in sizes
    )
    return StudyFigure(
        slug="frequent-words",
        title="The interviewee’s most frequent content words",
        draw=partial(
            plots.paired_rates if len(labels) <= 2 else group_plots.rates,
            table,
            _with_words(labels, sizes),
        ),
        table=table,
        caption=(
            f"The interviewee’s {len(table)} most frequent content words, per 1,000 of the"
            f" interviewee’s words in each interview ({_lengths(labels, sizes)}), with 95%"
            " intervals that take utterances as independent, not words. An open marker at 0: not"
            " used there"
            + (
                f"; its line ends at {missing}, the least it can reach, words taken as independent"
                if missing
                else ""
            )
            + f". At these lengths one occurrence is {one} per 1,000."
        ),
        alt=(
            f"Dot plot, {len(table)} words from top to bottom, occurrences per 1,000 words from"
            " left to right, a marker with an interval for each interview. Highest: "
            + "; ".join(tops)
            + "."
        ),
    )


def keywords(interviews: pd.DataFrame, terms: pd.DataFrame, minimum: int = 4) -> StudyFigure:
    """Show how far two interviews differ in each word, and how large a difference would be found.

    Of more than two, each is compared with the rest: `keywords_of_each`. For two, the table has a
    row for each marker: `terms` (str, those of the same counts), `count`, `count_target`,
    `count_reference` (int64), `log_ratio`, `log_ratio_low`, `log_ratio_high` (float64; the widest
    interval of the marker's terms), `p_max_t` (float64, the smallest) and `found` (bool: `p_max_t`
    below 0.05).

    Raises
    ------
    ValueError
        If there is one interview alone; and as `keyness`.
    """
    if len(interviews) > 2:
        return keywords_of_each(interviews, terms)
    if len(interviews) < 2:
        raise ValueError("Keywords compare interviews, and here is one alone; give two or more.")
    labels, sizes = labels_of(interviews), _sizes(terms)
    target, reference = list(labels)[:2]
    pair = {name: labels[name] for name in (target, reference)}
    compared = keyness(terms, target, reference, unit="term")
    compared["count"] = compared["count_target"] + compared["count_reference"]
    table = (
        compared[compared["count"] >= minimum]
        .groupby(["count", "count_target", "count_reference", "log_ratio"])
        .agg(
            terms=("term", ", ".join),
            log_ratio_low=("log_ratio_low", "min"),
            log_ratio_high=("log_ratio_high", "max"),
            p_max_t=("p_max_t", "min"),
        )
        .reset_index()
    )
    table["found"] = table["p_max_t"] < 0.05
    found = int((compared["p_max_t"] < 0.05).sum())
    verdict = f"{found or 'None'} of the {len(compared)} words compared can be shown to differ"
    lowest, highest = (_effects(table, table["log_ratio"] * sign) for sign in (-1, 1))
    effect = mean_design_effect(compared)
    detectable = _detectable(sizes[target], sizes[reference], len(compared), effect)
    return StudyFigure(
        slug="keywords",
        title=f"Which words set {labels[target]} and {labels[reference]} apart",
        draw=partial(plots.keyness_scatter, table, detectable, pair),
        table=table,
        caption=(
            f"The interviewee’s content words that occur at least {minimum} times in both"
            f" interviews together ({_lengths(pair, sizes)}): how much more frequent each is in"
            f" {labels[target]} (up) or {labels[reference]} (down), with 95% intervals that take"
            " utterances as independent. Arrow: no end, since one side has no occurrence; for its"
            f" marker that 0 is taken as one half. {verdict} (filled markers; max-T permutation"
            f" test, family-wise p < 0.05; the smallest p is {compared['p_max_t'].min():.3f})."
            " Shaded: where a difference would be found four times in five by words as bunched as"
            f" these (design effect {effect:.2f}). Markers of equal counts stand side by side;"
            " where words share one, the widest interval is drawn."
        ),
        alt=(
            "Scatter plot, occurrences in both interviews from left to right, log ratio of the"
            f" rates from bottom to top, intervals as vertical lines. Highest: {highest}; lowest:"
            f" {lowest}. {verdict}. Shaded, to the right, is where a difference would be found."
        ),
    )


def keywords_of_each(
    interviews: pd.DataFrame, terms: pd.DataFrame, minimum: int = 4, most: int = 8
) -> StudyFigure:
    """Show which words set each of many interviews apart from all others together.

    The table has the leading rows of each interview of
    `analysis.words.comparison.keyness_against_rest`, of the words that are more frequent
    there, the strongest by `log_odds_z` first, and `found` (bool: `p_family` below 0.05).
    """
    labels, sizes = labels_of(interviews), _sizes(terms)
    compared, missing = keyness_against_rest(terms, groups=list(labels), unit="term")
    often = (compared["count_target"] + compared["count_reference"] >= minimum) & (
        compared["log_ratio"] > 0
    )
    rank = compared["log_odds_z"].round(9)
    rows = [
        _leading(part, rank[part.index], most)
        for _, part in compared[often].groupby("target", sort=False)
    ]
    table = pd.concat([compared.head(0), *rows]).assign(rank=lambda rows: -rank[rows.index])
    table["place"] = table["target"].map({name: number for number, name in enumerate(labels)})
    table = table.sort_values(["place", "rank", "term"], ignore_index=True).drop(
        columns=["place", "rank"]
    )
    table["found"] = table["p_family"] < 0.05
    found = compared[compared["p_family"] < 0.05]
    verdict = (
        f"{len(found) or 'None'} of the {len(compared)} differences can be shown not to be noise"
    )
    without = [labels[name] for name in missing["target"].dropna()]
    tops = [
        f"{labels[name]}: {', '.join(part['term'].head(3))}"
        for name, part in table.groupby("target", sort=False)
    ]
    return StudyFigure(
        slug="keywords",
        title="Which words set each interview apart from the rest",
        draw=partial(group_plots.keywords, table, labels),
        table=table,
        caption=(
            f"The interviewee’s content words that occur at least {minimum} times in all interviews"
            f" together ({_lengths(labels, sizes)}) and are more frequent in one than in all others"
            f" together: up to {most} of each, ties all or none, the strongest by weighted log-odds"
            " first, with 95% intervals that take utterances as independent; behind each word its"
            " count there and in the rest. Arrow: no end, since the rest has no occurrence."
            f" {verdict} (filled markers; max-T permutation test in each comparison, times the"
            " number of comparisons, p < 0.05"
            + (f"; the smallest p is {compared['p_family'].min():.3f})." if len(compared) else ").")
            + (
                f" Fewer than 5 utterances, so not compared: {', '.join(without)}."
                if without
                else ""
            )
        ),
        alt=(
            f"Dot plots, one for each of {len(labels)} interviews, its keywords from top to bottom,"
            f" log ratio of the rates from left to right with intervals. {'; '.join(tops)}."
            f" {verdict}."
        ),
    )


def vocabularies(interviews: pd.DataFrame, terms: pd.DataFrame, most: int = 18) -> StudyFigure:
    """Show the words that only one interview has, and those that all share.

    The table has the leading rows of each part of `analysis.words.counts.vocabulary`.
    """
    labels, sizes = labels_of(interviews), _sizes(terms)
    pair, several = labels, len(labels) > 2
    most = min(most, 8) if several else most
    counted = words.vocabulary(words.frequencies(terms), list(pair))
    # Of the words that occur once the first by name would be drawn, which says nothing.
    often = counted[counted["count"] > 1].drop(columns="interviews")
    rank = often["count"]
    table = pd.concat(
        [
            (_leading if several else words.leading)(part, rank[part.index], most)
            for kind, part in often.groupby("vocabulary", sort=False)
            if kind != "some"
        ]
        or [often.head(0)]
    )
    numbers = counted["vocabulary"].value_counts().to_dict()
    parts = [f"{numbers.get(f'only {name}', 0)} only in {label}" for name, label in pair.items()]
    both = f"all {len(labels)}" if several else "both"
    parts.append(f"{numbers.get('shared', 0)} in {both}")
    even = []
    for _, row in table[table["vocabulary"] == "shared"].head(3).iterrows():
        rates = [f"{row[f'rate_{name}']:.1f} in {label}" for name, label in pair.items()]
        even.append(f"{row['term']} ({', '.join(rates)})")
    shorter = "a shorter" if several else "the shorter"
    charts = f"{len(labels) + 1} charts" if several else "Three bar charts"
    order = "" if several else f" In both: {' above, '.join(pair.values())} below."
    return StudyFigure(
        slug="vocabularies",
        title=f"Words of one interview and words of {'all' if several else 'both'}",
        draw=(
            partial(group_plots.vocabularies, table, pair)
            if several
            else partial(plots.vocabularies, table, pair, numbers)
        ),
        table=table,
        caption=(
            f"The interviewee’s content words: {', '.join(parts)}. Drawn are, of those that occur"
            f" more than once, the most frequent, up to {most} of each, ties all or none; those in"
            f" {both} with the most even first."
            f" Bars{', and for shared words a marker for each interview' if several else ''}:"
            f" occurrences per 1,000 words ({_lengths(labels, sizes)}); numbers: the counts.{order}"
            " The intervals are left out here; the table of the vocabulary has them. That a word"
            f" is missing from {shorter} text is what its length leads one to expect, unless it is"
            " frequent in the longer."
        ),
        alt=(
            f"{charts}, words from top to bottom, occurrences per 1,000 words from left to right:"
            f" {', '.join(parts)}. Of the shared words drawn the most even are"
            f" {', '.join(even) or 'none'}."
        ),
    )


def dispersion(interviews: pd.DataFrame, terms: pd.DataFrame, most: int = 16) -> StudyFigure:
    """Show where in the interviewee's words the most frequent terms of all interviews fall.

    The table is that of `analysis.words.distribution.positions`, with a row without position for a
    term that an interview lacks.
    """
    labels = labels_of(interviews)
    drawn = list(_most_frequent(terms, labels, most)["term"])
    table = positions(terms, drawn)
    every = pd.MultiIndex.from_product([drawn, list(labels)], names=["term", "interview"]).to_frame(
        index=False
    )
    table = every.merge(table, on=["term", "interview"], how="left")
    integers = dict.fromkeys(["utterance", "word", "words", "start", "end"], "Int64")
    table = table.astype(integers)
    dp = (
        words.frequencies(terms)
        .pivot(index="term", columns="interview", values="dp")
        .reindex(columns=list(labels))
    )
    of = table.groupby("interview")["position"].count()
    spread = ""
    for name, label in labels.items():
        known = dp.loc[drawn, name].dropna()
        # Of one utterance it is not known how evenly words fall; of many interviews the first
        # speaks for all.
        if len(known) and not (len(labels) > 2 and spread):
            even, bunched = (
                known.index[known.round(2) == end]
                for end in (known.round(2).min(), known.round(2).max())
            )
            spread += (
                f" In {label} the most even {_are(even)} (DP {known.min():.2f}), the most bunched"
                f" {_are(bunched)} (DP {known.max():.2f})."
            )
    return StudyFigure(
        slug="dispersion",
        title="Where the words fall",
        draw=partial(_rows_for(labels), table, _with_words(labels, _sizes(terms))),
        table=table,
        caption=(
            f"Where the interviewee’s {len(drawn)} most frequent content words fall, from the first"
            " to the last of the interviewee’s words in each interview"
            f" ({_lengths(labels, _sizes(terms))}); one stroke an occurrence, the words of others"
            " left out. All panels are drawn to the same width, so equal distances are not equal"
            " numbers of words."
        ),
        alt=(
            f"Dispersion plot, {len(drawn)} words from top to bottom, position in the interviewee’s"
            f" words from left to right, one panel an interview.{spread} Occurrences: "
            + ", ".join(f"{of.get(name, 0)} in {label}" for name, label in labels.items())
            + "."
        ),
    )


def word_clouds(interviews: pd.DataFrame, terms: pd.DataFrame, minimum: int = 2) -> StudyFigure:
    """Show the interviewee's content words of each interview as word clouds.

    The table has of the drawn words `interview`, `term`, `count`, `rate` of
    `analysis.words.counts.frequencies`, and `size` (float64: type size in pt).
    """
    labels = labels_of(interviews)
    counted = words.frequencies(terms)[["interview", "term", "count", "rate"]]
    tried = counted[counted["count"] >= minimum]
    placed = plots.place_words(tried, len(labels))
    table = placed.drop(columns=["left", "top"])
    drawn = table.groupby("interview").size()
    parts = [
        (
            f"{labels[name]}, {drawn[name]} words, the largest {_largest(table, name)}"
            if name in drawn
            else f"{labels[name]}, no word"
        )
        for name in labels
    ]
    return StudyFigure(
        slug="word-clouds",
        title="The interviewee’s words as clouds",
        draw=partial(plots.word_clouds, placed, labels),
        table=table,
        caption=(
            f"The interviewee’s content words used at least {minimum} times"
            f" ({_lengths(labels, _sizes(terms))}); {len(table)} of {len(tried)} found room. The"
            " area of the letters is proportional to the rate per 1,000 words, on one scale."
            " Position and closeness mean nothing, and there are no intervals: the evidence is the"
            f" table. In a short text few occurrences are a high rate: {minimum} are "
            + ", ".join(
                f"{1000 * minimum / size:.1f} in {labels[name]}"
                for name, size in _sizes(terms).items()
            )
            + "."
        ),
        alt="A word cloud for each interview, larger words being more frequent: "
        + "; ".join(parts)
        + ".",
    )


def names(interviews: pd.DataFrame, tokens: pd.DataFrame, entities: pd.DataFrame) -> StudyFigure:
    """Show who and what is named how often in each interview, and in whose mouth.

    The table has of every name, dates left out, that is mentioned more than once: `canonical`,
    `label`, `interview`, `voice` ("interviewee" or "others"), `count`, `words` (int64: of the voice
    in the interview), `rate` (float64: per 1,000 of these words) and `rate_low`, `rate_high` as
    `analysis.words.counts.frequencies` returns them.
    """
    labels = labels_of(interviews)
    voices = tokens.assign(voice=tokens["role"].where(tokens["role"].eq("interviewee"), "others"))
    counted = mention_rates(voices, entities[entities["label"] != "DATE"], ["interview", "voice"])
    of_name = counted.groupby("canonical")
    total, shared = of_name["count"].transform("sum"), of_name["interview"].transform("nunique")
    order = counted.assign(total=total, shared=shared)[total > 1]
    several = len(labels) > 2
    if several:
        ranked = order.drop_duplicates("canonical")
        kept = words.leading(ranked, ranked["total"], _MOST_NAMES)["canonical"]
        order = order[order["canonical"].isin(kept)]
    order = order.sort_values(
        ["shared", "total", "canonical", "interview", "voice"],
        ascending=[False, False, True, True, True],
    )
    columns = "canonical label interview voice count words rate rate_low rate_high".split()
    table = order[columns].reset_index(drop=True)
    both = list(dict.fromkeys(order.loc[order["shared"] == len(labels), "canonical"]))
    by_voice = counted.groupby("voice")["count"].sum()
    lengths = voices[is_word(voices)].groupby(["interview", "voice"]).size()
    parts = [f"{labels[name]}, {voice} {size:,}" for (name, voice), size in lengths.items()]
    of_each = table.groupby(["canonical", "interview"])["count"].sum()
    shares = ", ".join(
        f"{name} {' and '.join(str(of_each[name, key]) for key in labels)}" for name in both
    )
    ours, all_of_them = int(by_voice.get("interviewee", 0)), int(by_voice.sum())
    return StudyFigure(
        slug="names",
        title="Who and what is named, and by whom",
        draw=partial(group_plots.name_matrix if several else plots.name_dots, table, labels),
        table=table,
        caption=(
            f"Up to {_MOST_NAMES} names mentioned more than once, dates left out; those of most"
            " interviews first. Mentions in all voices of each page, furniture left out, and in"
            " brackets those by the interviewee; rates per 1,000 words of the voice, with"
            f" intervals, are in the table ({'; '.join(parts)} words). Of all {all_of_them}"
            f" mentions the interviewee makes {ours}."
            if several
            else (
                f"{'Names' if len(table) else 'No names are'} mentioned more than once, dates left"
                " out; those of both interviews first. Left: mentions; right: mentions per 1,000"
                f" words of that voice, page furniture left out ({'; '.join(parts)} words);"
                " intervals in the table. Filled: by the interviewee; open: by all other voices of"
                f" the page. Of all {all_of_them} mentions, those of names mentioned once included,"
                f" the interviewee makes {ours}. One mention in a short text is a high rate."
            )
        ),
        alt=(
            f"Table of {table['canonical'].nunique()} names from top to bottom and {len(labels)}"
            " interviews from left to right, mentions in each cell, in brackets those by the"
            f" interviewee. Named in every interview: {', '.join(both) or 'none'}. {ours} of"
            f" {all_of_them} mentions are the interviewee’s."
            if several
            else (
                f"Dot plot in two panels, {table['canonical'].nunique()} names from top to bottom,"
                " mentions and mentions per 1,000 words from left to right, a marker for each"
                " interview, filled for the interviewee. Named in every interview, with the"
                f" mentions in {' and '.join(labels.values())}: {shares or 'none'}. {ours} of all"
                f" {all_of_them} mentions are the interviewee’s."
            )
        ),
    )


def names_together(interviews: pd.DataFrame, entities: pd.DataFrame, most: int = 12) -> StudyFigure:
    """Show which names stand together in a sentence: in each of two interviews, or in all where there are not two.

    The table is that of `analysis.names.mentions.co_mentions`, of the names drawn; of all
    interviews, it has their number in `interviews` and the sum of `together`.
    """
    labels = labels_of(interviews)
    pair = {name: labels[name] for name in list(labels)[:2]}
    named = entities[entities["label"] != "DATE"]
    together = co_mentions(named)
    ends = pd.concat([together[["first", "together"]].set_axis(["name", "n"], axis=1),
                      together[["second", "together"]].set_axis(["name", "n"], axis=1)])  # fmt: skip
    strength = (
        ends.groupby("name")["n"]
        .sum()
        .reset_index()
        .sort_values(["n", "name"], ascending=[False, True])
    )
    drawn = list(words.leading(strength, strength["n"], most)["name"])
    table = together[together["first"].isin(drawn) & together["second"].isin(drawn)].reset_index(
        drop=True
    )
    if len(labels) != 2:
        return _names_together_in_all(table, drawn)
    top = table.groupby("interview", sort=False).head(1)
    mentions = named.groupby("interview").size()
    dense = _densest(named[named["canonical"].isin(drawn)])
    lists = "".join(
        f" In {label} {dense[name]}." for name, label in labels.items() if name in dense
    )
    parts = [
        f"{labels[row.interview]}: {row.first} and {row.second} ({row.together})"
        for row in top.itertuples(index=False)
    ]
    told = ", ".join(f"{label} {mentions.get(name, 0)} mentions" for name, label in pair.items())
    return StudyFigure(
        slug="names-together",
        title="Which names stand together in a sentence",
        draw=partial(plots.pair_matrix, table, drawn, pair),
        table=table,
        caption=(
            "Number of sentences that hold two names, in all voices:"
            f" {' below the diagonal, '.join(pair.values())} above; the darker, the more. The"
            f" {len(drawn)} names that stand together with others most often, dates left out"
            f" ({told}). Counts, not compared: the pages are of unequal length.{lists}"
        ),
        alt=(
            f"Matrix of {len(drawn)} names against each other, number of sentences in each cell,"
            " one interview below the diagonal, the other above. Most often together: "
            + ("; ".join(parts) or "none")
            + f".{lists}"
        ),
    )


def _densest(mentions: pd.DataFrame) -> dict[str, str]:
    """Say of each interview how many of its pairs of names stand in one sentence, where it is half or more."""
    sentences = mentions.drop_duplicates(["interview", "utterance", "sentence", "canonical"])
    names = sentences.groupby(["interview", "utterance", "sentence"])["canonical"].agg(frozenset)
    said = {}
    for interview, sets in names.groupby(level="interview"):
        pairs = {pair for one in sets for pair in combinations(sorted(one), 2)}
        most = max((len(one) * (len(one) - 1) // 2 for one in sets), default=0)
        if most > 3 and 2 * most >= len(pairs):
            said[str(interview)] = (
                f"{most} of {len(pairs)} pairs stand in one sentence that lists names"
            )
    return said


def _names_together_in_all(together: pd.DataFrame, drawn: list[str]) -> StudyFigure:
    table = (
        together.groupby(["first", "second"])
        .agg(interviews=("interview", "nunique"), together=("together", "sum"))
        .reset_index()
        .sort_values(
            ["together", "first", "second"], ascending=[False, True, True], ignore_index=True
        )
    )
    top = [
        f"{row.first} and {row.second} ({row.together})"
        for row in table.head(3).itertuples(index=False)
    ]
    return StudyFigure(
        slug="names-together",
        title="Which names stand together in a sentence",
        draw=partial(group_plots.pair_matrix, table, drawn),
        table=table,
        caption=(
            "Sentences that hold two names, in all voices, all interviews together. The"
            f" {len(drawn)} names that stand together with others most often, dates left out."
        ),
        alt=(
            f"Triangular matrix of {len(drawn)} names against each other, number of sentences in"
            f" each cell. Most often together: {'; '.join(top) or 'none'}."
        ),
    )


def films(interviews: pd.DataFrame, tokens: pd.DataFrame, entities: pd.DataFrame) -> StudyFigure:
    """Show where in each interview the films come up: the career as told.

    The table is that of `analysis.names.mentions.as_told`, with `term` for the film.
    """
    labels = labels_of(interviews)
    table = as_told(tokens, entities).rename(columns={"canonical": "term"})
    if len(labels) > 2:
        often = (
            table["term"]
            .value_counts()
            .rename_axis("term")
            .reset_index()
            .sort_values(["count", "term"])
        )
        table = table[table["term"].isin(words.leading(often, often["count"], _MOST_NAMES)["term"])]
    table = table.sort_values(["order", "term", "interview", "mention"], kind="stable").reset_index(
        drop=True
    )
    first = []
    for name, label in labels.items():
        rows = table[table["interview"] == name].sort_values("order")
        counts = rows.groupby("term")["position"].count()
        told = ", ".join(f"{term} ({counts[term]})" for term in dict.fromkeys(rows["term"]))
        first.append(f"{label}: {told or 'none'}")
    sizes = _sizes(tokens[is_word(tokens)])
    drawn = table[table["position"].notna()]
    own = f"{drawn['role'].eq('interviewee').sum()} of {len(drawn)} mentions are the interviewee’s"
    return StudyFigure(
        slug="films",
        title="The films, in the order in which they are told of",
        draw=partial(_rows_for(labels), table, _with_words(labels, sizes)),
        table=table,
        caption=(
            "Where films and other works are named, in all voices, from the first to the last word"
            f" of each page ({_lengths(labels, sizes)}, furniture left out); one stroke a mention,"
            f" coloured where the interviewee makes it, thin and grey where others do: {own}. Rows"
            " in the order of the first mention."
        ),
        alt=(
            f"Dispersion plot, {table['term'].nunique()} works from top to bottom, position in the"
            " page from left to right, one panel an interview. In the order of first mention, with"
            " the number of mentions: " + "; ".join(first) + f". {own}."
        ),
        printed=("interview", "term", "order", "mention", "role", "speaker", "position", "start"),
    )


def _detectable(
    words_target: int, words_reference: int, comparisons: int, effect: float
) -> pd.DataFrame:
    """Return the edge of what would be found: occurrences in both, and the log ratio, for more and for less."""
    rates = list(np.geomspace(0.05, 300, 1000))
    table = smallest_detectable_difference(
        words_target, words_reference, rates, comparisons=comparisons, design_effect=effect
    )
    edges = []
    for log_ratio, rate in (("log_ratio_more", "rate_more"), ("log_ratio_less", "rate_less")):
        count = (table["rate"] * words_reference + table[rate] * words_target) / 1000
        edges.append(pd.DataFrame({"count": count, "log_ratio": table[log_ratio]}).dropna())
    return pd.concat(edges, ignore_index=True)


def _most_frequent(terms: pd.DataFrame, labels: dict[str, str], most: int) -> pd.DataFrame:
    """Return the words most frequent in all interviews together, their counts and rates side by side."""
    table = words.side_by_side(words.frequencies(terms), list(labels))
    return words.leading(table, table["count"], most)


def _leading(table: pd.DataFrame, by: pd.Series, most: int) -> pd.DataFrame:
    """Take the leading rows as `analysis.words.counts.leading`, but none where so many tie that a panel cannot hold them."""
    rows = words.leading(table, by, most)
    return rows if len(rows) <= 2 * most else rows.head(0)


def _rows_for(labels: dict[str, str]) -> Callable[..., Figure]:
    """Return what draws where terms fall: panels side by side, or in rows of panels."""
    return plots.dispersion_rows if len(labels) <= 2 else group_plots.dispersion_rows


def _sizes(terms: pd.DataFrame) -> dict[str, int]:
    return terms.groupby("interview").size().to_dict()


def _lengths(labels: dict[str, str], sizes: dict[str, int]) -> str:
    return ", ".join(f"{label} {sizes.get(name, 0):,} words" for name, label in labels.items())


def _with_words(labels: dict[str, str], sizes: dict[str, int]) -> dict[str, str]:
    return {name: f"{label} ({sizes.get(name, 0):,} words)" for name, label in labels.items()}


def _are(terms: Iterable[str]) -> str:
    words_of = list(terms)
    return f"{'is' if len(words_of) == 1 else 'are'} {_quoted(words_of)}"


def _effects(table: pd.DataFrame, by: pd.Series) -> str:
    """Name the markers with the highest value, all where several have it as it is drawn, with their intervals."""
    parts = []
    for row in table[by.round(1) == by.round(1).max()].itertuples():
        ends = [
            f"{end:.1f}" if np.isfinite(end) else "no end"
            for end in (row.log_ratio_low, row.log_ratio_high)
        ]
        parts.append(f"{row.terms} " + minus(f"({row.log_ratio:.1f} [{', '.join(ends)}])"))
    return " and ".join(parts)


def _largest(table: pd.DataFrame, interview: str) -> str:
    rows = table[table["interview"] == interview]
    rows = rows[rows["count"] == rows["count"].max()]
    return f"{_quoted(rows['term'])} ({rows['count'].iloc[0]} times)"


def _quoted(terms: Iterable[str]) -> str:
    return " and ".join(f"“{term}”" for term in terms)
