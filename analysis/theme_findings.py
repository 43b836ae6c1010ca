"""What the study found of themes, in sentences whose every number is computed from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.coding_agreement import coding_agreement
from analysis.cooccurrence import co_occurrence
from analysis.findings import Finding, say
from analysis.sketches import causes, sketch
from analysis.themes import theme_differences, theme_shares, who_raises


def codings_trusted(
    sentences: pd.DataFrame, reader: Mapping[str, pd.DataFrame], ways: Mapping[str, pd.DataFrame], themes: Sequence[str]
) -> list[Finding]:
    """Say how far the codings agree with a reader, and the reader with himself.

    Parameters
    ----------
    sentences : a table as `analysis.themes.sentences` returns it, all voices.
    reader : the two passes, "first" and "second", as `analysis.coding_agreement.load_reader_codings` returns them.
    ways : codings by name of the way, the study's own first.
    themes : ids.
    """
    row = coding_agreement(sentences, reader["first"], reader["second"], themes).iloc[-1]
    found = [
        say(
            "codings_trusted.reader",
            "Two passes of a reader over {sentences} sentences and {themes} themes agree with kappa {kappa:.2f} "
            "[{low:.2f}, {high:.2f}].",
            sentences=len(sentences),
            themes=len(themes),
            kappa=row["kappa"],
            low=row["kappa_low"],
            high=row["kappa_high"],
        )
    ]
    for way, coded in ways.items():
        table = coding_agreement(sentences, reader["first"], coded, themes)
        by_theme = dict(zip(table["theme"], table["kappa"], strict=True))
        row = table.iloc[-1]
        gaps = ", ".join(f"{theme} {{{theme}:.2f}}" for theme in themes)
        found.append(
            say(
                f"codings_trusted.{way.replace(' ', '_')}",
                "{way} against the first pass: kappa {kappa:.2f} [{low:.2f}, {high:.2f}] over all themes, F1 {f1:.2f} "
                f"({gaps}).",
                way=way[0].upper() + way[1:],
                kappa=row["kappa"],
                low=row["kappa_low"],
                high=row["kappa_high"],
                f1=row["f1"],
                **{theme: by_theme[theme] for theme in themes},
            )
        )
    return found


def themes_told(interviews: pd.DataFrame, sentences: pd.DataFrame, codings: pd.DataFrame) -> list[Finding]:
    """Say which themes the interviewee speaks of most, whether the interviews differ, and who brings the themes up.

    Parameters
    ----------
    interviews : as `load_interviews` returns it; the first two are compared.
    sentences, codings : as `analysis.themes.load_codings` returns them.
    """
    labels = dict(zip(interviews["interview"], interviews["label"], strict=True))
    themes = list(dict.fromkeys(codings["theme"]))
    own = sentences[sentences["role"] == "interviewee"]
    shares = theme_shares(own, codings, themes)
    found = []
    for name, label in labels.items():
        rows = shares[shares["interview"] == name]
        if rows.empty:
            continue
        top = rows.loc[rows["share"].idxmax()]
        found.append(
            say(
                f"themes_told.{name}",
                "{label}: of {sentences} sentences of the interviewee most are on {theme}: {share:.0%} "
                "[{low:.0%}, {high:.0%}].",
                label=label,
                **{key: top[key] for key in ("sentences", "theme", "share", "low", "high")},
            )
        )
    if len(labels) > 1:
        target, reference = list(labels)[:2]
        table = theme_differences(own, codings, themes, target, reference)
        widest = table.loc[table["difference"].abs().idxmax()]
        found.append(
            say(
                "themes_told.apart",
                "Of {themes} themes {found} can be told apart between the interviews (smallest family-wise p {p:.2f}); "
                "the largest difference is that of {theme}, {difference:+.0%} of the sentences [{low:+.0%}, "
                "{high:+.0%}] in {target}.",
                themes=len(table),
                found=int((table["p_max_t"] < 0.05).sum()) or "none",
                p=table["p_max_t"].min(),
                target=labels[target],
                **{key: widest[key] for key in ("theme", "difference", "low", "high")},
            )
        )
    raised = who_raises(sentences, codings, themes)
    for name, label in labels.items():
        rows = raised[raised["interview"] == name]
        if rows.empty:
            continue
        own_most = rows.loc[rows["raised"].idxmax()]
        found.append(
            say(
                f"themes_told.raised_{name}",
                "{label}: in {exchanges} exchanges the answers have a theme {answers} times; {taken_up} times the "
                "question has it too, {raised} times the interviewee raises it himself, most often {theme} ({times}).",
                label=label,
                exchanges=int(rows.iloc[0][["taken_up", "raised", "dropped", "neither"]].sum()),
                answers=int(rows["taken_up"].sum() + rows["raised"].sum()),
                taken_up=int(rows["taken_up"].sum()),
                raised=int(rows["raised"].sum()),
                theme=own_most["theme"],
                times=int(own_most["raised"]),
            )
        )
    return found


def ideas_meet(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    reader: pd.DataFrame | None = None,
    pair: tuple[str, str] = ("technology", "intimacy"),
) -> list[Finding]:
    """Say how often the interviewee's sentences on one theme are on the other too, by the codebook and by a reader.

    Parameters
    ----------
    sentences, codings : as `analysis.themes.load_codings` returns them.
    reader : one pass of a reader, where somebody has coded.
    pair : the two themes.
    """
    own = sentences[sentences["role"] == "interviewee"]
    found = []
    for coder, coded in {"codebook": codings, "reader": reader}.items():
        if coded is None:
            continue
        row = co_occurrence(own, coded, themes=list(pair)).iloc[0]
        found.append(
            say(
                f"ideas_meet.{coder}",
                "By the {coder}, {both} of {with_one} sentences of the interviewee on {one} are on {other} too; chance "
                "would give {expected:.1f} (p {p:.3f}; the smallest p that could be had is {p_least:.3f}).",
                coder=coder,
                one=pair[0],
                other=pair[1],
                with_one=int(
                    row["both"] + row["only_first"] if row["first"] == pair[0] else row["both"] + row["only_second"]
                ),
                **{key: row[key] for key in ("both", "expected", "p", "p_least")},
            )
        )
    return found


def ideas_return(returning: pd.DataFrame) -> list[Finding]:
    """Say which words return most in all interviews, and whether any returns more than chance would have it.

    Parameters
    ----------
    returning : a table as `analysis.recurrence.recurring` returns it.
    """
    if returning.empty:
        return []
    words = list(returning["term"].head(5))
    return [
        say(
            "ideas_return.words",
            "Of {terms} words and phrases that occur more than once, {everywhere} occur in every interview; these "
            "return most: {words}. {found} returns more evenly than the same words shuffled (smallest family-wise p "
            "{p:.2f}).",
            terms=len(returning),
            everywhere=int((returning["recurrence"] > 0).sum()),
            words=", ".join(words),
            found=", ".join(returning.loc[returning["p_max_t"] < 0.05, "term"]) or "None",
            p=returning["p_max_t"].min(),
        )
    ]


def ideas_framed(
    interviews: pd.DataFrame,
    tokens: pd.DataFrame,
    matches: pd.DataFrame,
    thing: str = "technology",
    aim: str = "intimacy",
) -> list[Finding]:
    """Say what a theme does and what is done with it, and what prevents and creates another, in each interview.

    Parameters
    ----------
    interviews : as `load_interviews` returns it.
    tokens : the interviewee's, as `load_tokens` returns them.
    matches : as `analysis.themes.matches` returns them.
    thing, aim : the two themes.
    """
    sketched = sketch(tokens, matches[matches["theme"] == thing])
    caused = causes(tokens, matches[matches["theme"] == aim])
    found = []
    for name, label in zip(interviews["interview"], interviews["label"], strict=True):
        own, why = sketched[sketched["interview"] == name], caused[caused["interview"] == name]
        does, done = (_collocates(own[own["relation"] == one]) for one in ("subject of", "object of"))
        prevents, creates = (_pairs(why[why["polarity"].eq(polarity)]) for polarity in ("prevents", "creates"))
        found.append(
            say(
                f"ideas_framed.{name}",
                "{label}: what {thing} does: {does}; what is done with it: {done}. What prevents {aim}: {prevents}; "
                "what creates it: {creates}.",
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
    return ", ".join(f"{word} ({count})" for word, count in sorted(counts.items())) or "nothing"


def _pairs(rows: pd.DataFrame) -> str:
    return ", ".join(dict.fromkeys(f"{row.cause} ({row.verb} {row.node})" for row in rows.itertuples())) or "nothing"
