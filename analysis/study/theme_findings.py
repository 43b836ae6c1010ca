"""What the study found of themes, in sentences whose every number is computed from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from analysis.agreement.coders import first_pass, load_reader_codings
from analysis.agreement.themes import attested_elsewhere, coding_agreement
from analysis.annotation.titles import titles_of
from analysis.annotation.tokens import load_tokens
from analysis.names.gazetteer import gazetteer_of
from analysis.names.recognition import entities
from analysis.schemas import SENTENCE
from analysis.sources.interviews import labels_of, load_interviews
from analysis.sources.utterances import load_utterances
from analysis.study.findings import Finding, say
from analysis.themes.codebook import CODEBOOK, load_codebook, load_indicators
from analysis.themes.coding import codings, matches, sentences
from analysis.themes.cooccurrence import co_occurrence, distances
from analysis.themes.shares import theme_differences, theme_shares, who_raises
from analysis.words.groups import comparable
from analysis.words.recurrence import recurring
from analysis.words.sketches import causes, relations, sketch

# What the ways of coding are called in a sentence.
_WAYS = {
    "codebook": "The codebook",
    "written blind": "The codebook as it was before the coding was seen",
    "other interview": (
        "The codebook, with only the indicators that match in the other interview too"
    ),
}


def study_theme_findings(folder: str | Path, gold: str | Path | None) -> list[Finding]:
    """Compute every finding of themes; `folder` and `gold` as for `analysis.study.findings.study_findings`."""
    interviews, utterances, tokens = (
        load_interviews(folder),
        load_utterances(folder),
        load_tokens(folder),
    )
    themes = list(load_codebook(Path(folder) / CODEBOOK)["theme"])
    named = entities(utterances, tokens, gazetteer_of(folder))
    indicators = load_indicators(Path(folder) / CODEBOOK)
    units, hits = sentences(utterances, tokens), matches(tokens, named, indicators)
    coded = codings(units, hits, indicators)
    reader = first_pass(gold, units, themes)
    found = []
    if gold is not None and reader is not None:
        passes = dict(iter(load_reader_codings(gold, units, themes).groupby("coder")))
        known = pd.concat([attested_elsewhere(hits, name) for name in interviews["interview"]])
        ways = {"codebook": coded}
        early = Path(gold) / "codebook-before-the-coding.toml"
        if early.exists():
            first = load_indicators(early)
            ways["written blind"] = codings(units, matches(tokens, named, first), first)
        ways["other interview"] = codings(units, known, indicators)
        found += codings_trusted(units, passes, ways, themes)
    found += themes_told(interviews, units, coded, themes)
    said = tokens[tokens["role"] == "interviewee"]
    found += ideas_return(recurring(said, titles_of(utterances)))
    if {"technology", "intimacy"} <= set(themes):
        triples = relations(said)
        sketched = sketch(triples, hits[hits["theme"] == "technology"])
        caused = causes(triples, hits[hits["theme"] == "intimacy"])
        found += ideas_meet(units, coded, reader) + ideas_framed(interviews, sketched, caused)
    return found


def codings_trusted(
    units: pd.DataFrame,
    reader: Mapping[str, pd.DataFrame],
    ways: Mapping[str, pd.DataFrame],
    themes: Sequence[str],
) -> list[Finding]:
    """Say how far the codings agree with a reader, and the reader with himself.

    Parameters
    ----------
    units : a table as `analysis.themes.coding.sentences` returns it, all voices.
    reader : the two passes, "first" and "second", as
        `analysis.agreement.themes.load_reader_codings` returns them.
    ways : codings by name of the way, the study's own first.
    themes : ids.
    """
    row = coding_agreement(units, reader["first"], reader["second"], themes).iloc[-1]
    found = [
        say(
            "codings_trusted.reader",
            "Two passes of a reader over {sentences} sentences and {themes} themes agree with kappa"
            " {kappa:.2f} [{low:.2f}, {high:.2f}].",
            sentences=len(units),
            themes=len(themes),
            kappa=row["kappa"],
            low=row["kappa_low"],
            high=row["kappa_high"],
        )
    ]
    for way, coded in ways.items():
        table = coding_agreement(units, reader["first"], coded, themes)
        by_theme = dict(zip(table["theme"], table["kappa"], strict=True))
        row = table.iloc[-1]
        gaps = ", ".join(f"{theme} {{{theme}:.2f}}" for theme in themes)
        found.append(
            say(
                f"codings_trusted.{way.replace(' ', '_')}",
                "{way}, against the first pass: kappa {kappa:.2f} [{low:.2f}, {high:.2f}]"
                f" over all themes ({gaps}), F1 {{f1:.2f}}.",
                way=_WAYS.get(way, way),
                kappa=row["kappa"],
                low=row["kappa_low"],
                high=row["kappa_high"],
                f1=row["f1"],
                **{theme: by_theme[theme] for theme in themes},
            )
        )
    return found


def themes_told(
    interviews: pd.DataFrame, units: pd.DataFrame, coded: pd.DataFrame, themes: Sequence[str]
) -> list[Finding]:
    """Say which themes the interviewee speaks of most, whether the interviews differ, and who brings the themes up.

    Parameters
    ----------
    interviews : as `load_interviews` returns it; two are compared with each other, more each with
        the rest.
    units, coded : as `analysis.themes.coding.load_codings` returns them.
    themes : ids of the codebook, those that nobody speaks of too.
    """
    labels = labels_of(interviews)
    own = units[units["role"] == "interviewee"]
    shares = theme_shares(own, coded, themes)
    found = []
    for name, label in labels.items():
        rows = shares[shares["interview"] == name]
        if rows.empty:
            continue
        if not rows["coded"].any():
            found.append(
                say(
                    f"themes_told.{name}",
                    "{label}: of {sentences} sentences of the interviewee none is on a theme of the"
                    " codebook.",
                    label=label,
                    sentences=rows["sentences"].iloc[0],
                )
            )
            continue
        top = rows.loc[rows["share"].idxmax()]
        # With fewer than 5 utterances there is no interval.
        ends = {end: top[f"share_{end}"] for end in ("low", "high") if pd.notna(top["share_low"])}
        found.append(
            say(
                f"themes_told.{name}",
                "{label}: of {sentences} sentences of the interviewee most are on {theme}:"
                " {share:.0%}" + (" [{low:.0%}, {high:.0%}]." if ends else "."),
                label=label,
                **{key: top[key] for key in ("sentences", "theme", "share")},
                **ends,
            )
        )
    large = [name for name in labels if name in comparable(own)]
    if not coded["theme"].isin(themes).any() or not coded["role"].eq("interviewee").any():
        # Nothing that could differ.
        large = []
    if len(labels) > 2 and len(large) > 1:
        found.append(_apart_from_the_rest(labels, large, own, coded, themes))
    elif len(large) > 1:
        target, reference = list(labels)
        table = theme_differences(own, coded, themes, target, reference)
        widest = table.loc[table["difference"].abs().idxmax()]
        found.append(
            say(
                "themes_told.apart",
                "Of {themes} themes {found} can be shown to differ between the interviews (smallest"
                " family-wise p = {p:.3f}); the largest difference is that of {theme},"
                " {difference:+.0%} of the sentences [{low:+.0%}, {high:+.0%}] in {target}.",
                themes=len(table),
                found=int((table["p_max_t"] < 0.05).sum()) or "none",
                p=table["p_max_t"].min(),
                target=labels[target],
                theme=widest["theme"],
                difference=widest["difference"],
                low=widest["difference_low"],
                high=widest["difference_high"],
            )
        )
    raised = who_raises(units, coded, themes)
    for name, label in labels.items():
        rows = raised[raised["interview"] == name]
        if rows.empty:
            continue
        most = list(rows.loc[rows["raised"] == rows["raised"].max(), "theme"])
        # A digest's lead is the journalist's heading; nobody is known to have asked it.
        asked = units.loc[units["interview"] == name, "role"].eq("interviewer").any()
        template = (
            "{label}: in {exchanges} exchanges the answers have a theme {answers} times; {taken_up}"
            " times the question has it too, {raised} times the interviewee raises it himself"
            if asked
            else (
                "{label}: in {exchanges} passages with a lead the answers have a theme {answers}"
                " times; {taken_up} times the lead names it too, {raised} times it does not"
            )
        )
        often = (
            {"theme": " and ".join(most), "times": int(rows["raised"].max())}
            if rows["raised"].any()
            else {}
        )
        found.append(
            say(
                f"themes_told.raised_{name}",
                template + (", most often {theme} ({times} each)." if often else "."),
                label=label,
                exchanges=int(rows.iloc[0][["taken_up", "raised", "dropped", "neither"]].sum()),
                answers=int(rows["taken_up"].sum() + rows["raised"].sum()),
                taken_up=int(rows["taken_up"].sum()),
                raised=int(rows["raised"].sum()),
                **often,
            )
        )
    return found


def _apart_from_the_rest(
    labels: Mapping[str, str],
    large: Sequence[str],
    own: pd.DataFrame,
    coded: pd.DataFrame,
    themes: Sequence[str],
) -> Finding:
    """Compare each interview with all others; the p of a family of themes times the number of comparisons."""
    tables = [theme_differences(own, coded, themes, name).assign(target=name) for name in large]
    table = pd.concat(tables, ignore_index=True)
    table["p_family"] = (table["p_max_t"] * len(large)).clip(upper=1)
    widest = table.loc[table["difference"].abs().idxmax()]
    return say(
        "themes_told.apart",
        "Of {differences} differences ({themes} themes, {interviews} interviews each against the"
        " rest) {found} can be shown not to be noise (smallest family-wise p = {p:.3f}); the"
        " largest is that of {theme}, {difference:+.0%} of the sentences [{low:+.0%}, {high:+.0%}]"
        " in {target}.",
        differences=len(table),
        themes=len(themes),
        interviews=len(large),
        found=int((table["p_family"] < 0.05).sum()) or "none",
        p=table["p_family"].min(),
        target=labels[widest["target"]],
        theme=widest["theme"],
        difference=widest["difference"],
        low=widest["difference_low"],
        high=widest["difference_high"],
    )


def ideas_meet(
    units: pd.DataFrame,
    coded: pd.DataFrame,
    reader: pd.DataFrame | None = None,
    pair: tuple[str, str] = ("technology", "intimacy"),
) -> list[Finding]:
    """Say how often the interviewee's sentences on one theme are on the other too, by the codebook and by a reader.

    Parameters
    ----------
    units, coded : as `analysis.themes.coding.load_codings` returns them.
    reader : one pass of a reader, where somebody has coded.
    pair : the two themes.
    """
    own = units[units["role"] == "interviewee"]
    found = []
    for coder, rows in {"codebook": coded, "reader": reader}.items():
        if rows is None:
            continue
        row = co_occurrence(own, rows, themes=list(pair), independent=False).iloc[0]
        found.append(
            say(
                f"ideas_meet.{coder}_sentences",
                "By the {coder}, {both} of {with_one} sentences of the interviewee on {one} are on"
                " {other} too; chance would give {expected:.1f} (as many or more in {as_many:,.0f}"
                " of {alignments:,.0f} chance alignments, p = {p:.3f}).",
                coder=coder,
                one=pair[0],
                other=pair[1],
                with_one=_with(row, pair[0]),
                **{key: row[key] for key in ("both", "expected", "as_many", "alignments", "p")},
            )
        )
        keys = ["interview", "exchange"]
        placed = rows[[*SENTENCE, "theme"]].merge(own[[*SENTENCE, "exchange"]], on=SENTENCE)
        answers = own.drop_duplicates(keys)
        row = co_occurrence(answers, placed, keys=keys, themes=list(pair), independent=False).iloc[
            0
        ]
        near = distances(own, rows, themes=list(pair)).set_index("theme").loc[pair[0]]
        # No interview may have both.
        apart = {"distance": near["distance"], "far": near["expected"], "p_distance": near["p"]}
        apart = apart if pd.notna(near["distance"]) else {}
        found.append(
            say(
                f"ideas_meet.{coder}_exchanges",
                "By the {coder}, the answers speak of {other} in {both} of {with_one} exchanges in"
                " which they speak of {one}; chance would give {expected:.1f} (as many or more in"
                " {as_many:,.0f} of {alignments:,.0f} chance alignments, p = {p:.3f})."
                + (
                    " A sentence on {one} is on average {distance:.1f} sentences from the nearest"
                    " on {other}; chance would give {far:.1f} (p = {p_distance:.3f})."
                    if apart
                    else ""
                ),
                coder=coder,
                one=pair[0],
                other=pair[1],
                with_one=_with(row, pair[0]),
                **apart,
                **{key: row[key] for key in ("both", "expected", "as_many", "alignments", "p")},
            )
        )
    return found


def _with(row: pd.Series, theme: str) -> int:
    return int(row["both"] + row["only_first" if row["first"] == theme else "only_second"])


def ideas_return(returning: pd.DataFrame) -> list[Finding]:
    """Say which words return most in all interviews, and whether any returns more than chance would have it.

    Parameters
    ----------
    returning : a table as `analysis.words.recurrence.recurring` returns it.
    """
    if returning.empty:
        return []
    words = list(returning["term"].head(5))
    return [
        say(
            "ideas_return.words",
            "Of {terms} words and phrases that occur more than once, {everywhere} occur in every"
            " interview; these return most: {words}. {found} returns more evenly than the same"
            " words shuffled (smallest family-wise p = {p:.3f}).",
            terms=len(returning),
            everywhere=int((returning["recurrence"] > 0).sum()),
            words=", ".join(words),
            found=", ".join(returning.loc[returning["p_max_t"] < 0.05, "term"]) or "None",
            p=returning["p_max_t"].min(),
        )
    ]


def ideas_framed(
    interviews: pd.DataFrame,
    sketched: pd.DataFrame,
    caused: pd.DataFrame,
    thing: str = "technology",
    aim: str = "intimacy",
) -> list[Finding]:
    """Say what a theme does and what is done with it, and what prevents and creates another, in each interview.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    sketched : of the interviewee's words on the one theme, as `analysis.words.sketches.sketch`
        returns it.
    caused : of those on the other, as `analysis.words.sketches.causes` returns it.
    thing, aim : the two themes.
    """
    found = []
    for name, label in zip(interviews["interview"], interviews["label"], strict=True):
        own, why = sketched[sketched["interview"] == name], caused[caused["interview"] == name]
        does, done = (
            _collocates(own[own["relation"] == one]) for one in ("subject of", "object of")
        )
        prevents, creates = (
            _pairs(why[why["polarity"].eq(polarity)]) for polarity in ("prevents", "creates")
        )
        found.append(
            say(
                f"ideas_framed.{name}",
                "{label}, verbs and nouns by grammar, pronouns not resolved: what {thing} does:"
                " {does}; what is done with it: {done}. What prevents {aim}: {prevents}; what"
                " creates it: {creates}.",
                label=label,
                thing=thing,
                aim=aim,
                does=does,
                done=done,
                prevents=prevents,
                creates=creates,
            )
        )
    return found


def _collocates(rows: pd.DataFrame) -> str:
    counts = rows["collocate"].value_counts()
    return (
        ", ".join(f"{word} ({count})" for word, count in sorted(counts.items()))
        or "none found by grammar"
    )


def _pairs(rows: pd.DataFrame) -> str:
    return (
        ", ".join(
            dict.fromkeys(f"{row.cause} ({row.verb} {row.node})" for row in rows.itertuples())
        )
        or "none found by grammar"
    )
