"""The figures, tables and findings of a study, and what had to be left out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import figures
from analysis.corpus import Corpus
from analysis.figures.study_figure import StudyFigure
from analysis.figures.tables import StudyTable
from analysis.sources.check import seems_english
from analysis.study import findings, tables, theme_findings
from analysis.study.findings import Finding, as_list
from analysis.wording import Wording
from analysis.words import can_be_compared, comparable

_WORDING = Wording(Path(__file__).with_name("tables.toml"))
# The fewest times a word must occur to be drawn as a keyword.
_FEWEST = 4
# The functions that compute the findings, in the order of the notebooks.
OF_WORDS = (
    findings.voices,
    findings.words_used,
    findings.words_apart,
    findings.words_apart_of_many,
    findings.keywords_by_way,
    findings.diversity,
    findings.diversity_of_many,
    findings.names,
    findings.entity_accuracy,
    findings.names_elsewhere,
)
OF_THEMES = (
    theme_findings.codings_trusted,
    theme_findings.themes_told,
    theme_findings.ideas_return,
    theme_findings.ideas_meet,
    theme_findings.ideas_framed,
)


def study_figures(corpus: Corpus) -> list[StudyFigure]:
    """Make every figure of the study, in the order of their numbers.

    Two interviews are compared with each other; if there are more, each with the rest; if there are
    many, only the first are drawn (`Corpus.compared`). `left_out` says what could not be drawn, and
    why. Without a codebook there are no figures of themes.

    Raises
    ------
    SourceError
        If a file of the folder cannot be used.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> [figure.slug for figure in study_figures(load_corpus("seeds"))][:3]
    ['voices', 'frequent-words', 'keywords']
    """
    corpus = corpus.compared
    why, themes = _too_little(corpus), len(corpus.codebook) if corpus.has_codebook else 0
    wanted = {
        figures.voices: True,
        figures.frequent_words: why != "words",
        figures.keywords: not why,
        figures.names: _has_names(corpus),
        figures.themes: themes,
        figures.theme_map: themes,
        figures.intimacy_and_technology: themes and corpus.pair is not None,
        figures.themes_together: themes > 1,
        # With the codebook alone there is no second coder to compare, and the curve takes a while.
        figures.specifications: corpus.reader is not None and corpus.specifications is not None,
        # An illustration without a number, so it comes last.
        figures.word_clouds: why != "words",
    }
    return [make(corpus) for make, holds in wanted.items() if holds]


def study_tables(corpus: Corpus) -> list[StudyTable]:
    """Make the tables of the study.

    Two interviews are compared with each other; if there are more, each with the rest and with each
    other; if there are many, only the first (`Corpus.compared`) are compared with each other and
    included in the tables of vocabulary and shared names. Accuracy is measured if there are
    reference labels and a gazetteer.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> [table.slug for table in study_tables(load_corpus("seeds"))]
    ['frequencies', 'keyness', 'vocabulary', 'names-compared', 'names-by-voice', 'names-together']
    """
    many, speaks, some = len(corpus.labels) > 1, len(corpus.terms) > 0, corpus.compared
    made = [tables.frequencies(corpus)] if speaks else []
    if can_be_compared(some.terms):
        made += tables.keywords(corpus)
    if many and speaks:
        made.append(tables.vocabulary(some))
    if many:
        made.append(tables.names_compared(some))
    made += [tables.names_by_voice(corpus), tables.names_together(corpus)]
    if corpus.mentions_by_hand is not None and corpus.gazetteer is not None:
        made.append(tables.accuracy(corpus))
    return made


def study_findings(corpus: Corpus) -> list[Finding]:
    """Compute every finding of the study, in the order of the notebooks.

    Two interviews are compared with each other; if there are more, each with the rest. Findings on
    accuracy need reference labels, those on themes a codebook.
    """
    return [finding for make in _makers(corpus).values() for finding in make(corpus)]


def _makers(corpus: Corpus) -> dict[str, Callable[[Corpus], Iterable[Finding]]]:
    makers = OF_WORDS + OF_THEMES * corpus.has_codebook
    return {make.__name__: make for make in makers}


@dataclass(frozen=True)
class Found:
    """Findings that a notebook shows as a list of sentences."""

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
        If there is no finding on one of them.
    """
    makers, chosen = _makers(corpus), []
    for subject in subjects:
        make = makers.get(subject.partition(".")[0])
        made = make(corpus) if make else ()
        wanted = [one for one in made if f"{one.id}.".startswith(f"{subject}.")]
        if not wanted:
            raise ValueError(f"There is no finding {subject!r}; use one of {', '.join(makers)}.")
        chosen += wanted
    return Found(chosen)


def left_out(corpus: Corpus) -> list[str]:
    """Say which figures and tables cannot be made from a folder, and why, in one sentence each.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> left_out(load_corpus("seeds"))
    []
    """
    some, why = corpus.compared, _too_little(corpus.compared)
    themes = len(corpus.codebook) if corpus.has_codebook else 0
    silent = [corpus.labels[name] for name in silent_in(corpus)]
    large = set(comparable(corpus.terms))
    small = [label for name, label in corpus.labels.items() if name not in large]
    spoken = corpus.utterances.groupby("interview")["text"].agg(" ".join)
    foreign = [label for name, label in corpus.labels.items() if not seems_english(spoken[name])]
    reasons = {
        "foreign": foreign,
        "many": some is not corpus,
        why: why,
        "silent": silent and why != "words",
        "small": small and not why,
        "names": not _has_names(some),
        "themes": not themes,
        "one_theme": themes == 1,
        "pair": themes > 1 and corpus.pair is None,
    }
    values = {"all": len(corpus.labels), "compared": list(some.labels.values())}
    values |= {"fewest": _FEWEST, "silent": silent, "small": small, "foreign": foreign}
    return [say_left_out(reason, **values) for reason, holds in reasons.items() if holds]


def silent_in(corpus: Corpus) -> list[str]:
    """Return the interviews in which the interviewee uses no content words."""
    counted = set(corpus.terms.dropna(subset="term")["interview"])
    return [name for name in corpus.labels if name not in counted]


def _has_names(corpus: Corpus) -> bool:
    """Return whether any name, dates aside, is mentioned at least twice; others are not drawn."""
    return bool(corpus.named["canonical"].duplicated().any())


def say_left_out(reason: str, **values: Any) -> str:
    """Return one of the sentences of `left_out` by its name in tables.toml."""
    return _WORDING.say(f"left-out.{reason}", **values)


def _too_little(corpus: Corpus) -> str:
    """Say why there are no figures of words, or of keywords; empty if nothing is missing."""
    counted = corpus.terms["term"].dropna()
    if counted.empty:
        return "words"
    if len(corpus.labels) < 2:
        return "alone"
    if not can_be_compared(corpus.terms):
        return "few_utterances"
    return "rare" if counted.value_counts().max() < _FEWEST else ""
