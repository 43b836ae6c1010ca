"""What the study found, in sentences whose every number is computed from the tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis import words


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


def frequent_words(interviews: pd.DataFrame, tokens: pd.DataFrame) -> list[str]:
    """Say which content words the interviewee uses most, and how many of them he uses in every interview.

    Parameters
    ----------
    interviews, tokens : tables as `load_interviews` and `load_tokens` return them.
    """
    counted = words.frequencies(tokens[tokens["role"] == "interviewee"])
    labels = dict(zip(interviews["interview"], interviews["label"], strict=True))
    sentences = []
    for name, label in labels.items():
        rows = counted[counted["interview"] == name]
        top = rows[rows["count"] == rows["count"].max()]
        sentences.append(
            f"{label}: most frequent {_plural(len(top), 'is', 'are')} {_listed(top['lemma'].to_list())}, "
            f"{top['count'].iloc[0]} times, {top['rate'].iloc[0]:.1f} per 1,000 words; "
            f"one occurrence is {1000 / rows['words'].iloc[0]:.1f} per 1,000."
        )
    for name, label in labels.items():
        twice = counted[(counted["interview"] == name) & (counted["count"] >= 2)]
        others = counted[counted["interview"] != name].groupby("lemma")["interview"].nunique()
        shared = int(others.reindex(twice["lemma"]).eq(len(labels) - 1).sum())
        elsewhere = " and ".join(other for key, other in labels.items() if key != name)
        sentences.append(
            f"Of the {len(twice)} content words the interviewee uses at least twice in {label}, "
            f"he also uses {shared} in {elsewhere}."
        )
    return sentences


def as_list(sentences: Sequence[str]) -> str:
    r"""Write sentences as a Markdown list, their characters taken literally.

    >>> as_list(["One *star*."])
    '- One \\*star\\*.'
    """
    return "\n".join("- " + "".join("\\" + char if char in "\\`*_[]<>#|" else char for char in s) for s in sentences)


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]
