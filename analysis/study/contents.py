"""What a study of a folder consists of: its figures, its tables, and what is left out of them."""

from __future__ import annotations

from analysis import figures
from analysis.corpus import Corpus
from analysis.figures.tables import StudyTable
from analysis.figures.word_figures import StudyFigure
from analysis.study import tables
from analysis.words import can_be_compared, comparable

# The least that a word must occur to be drawn as a keyword.
_FEWEST = 4


def study_figures(corpus: Corpus) -> list[StudyFigure]:
    """Make every figure of the study, in the order of their numbers.

    Two interviews are compared with each other, more each with the rest; `left_out` says what a
    folder has too little for. Without a codebook there are no figures of themes.

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
    missing = _too_little(corpus)
    of_words = {
        "frequent-words": figures.frequent_words,
        "keywords": figures.keywords,
        "vocabularies": figures.vocabularies,
        "dispersion": figures.dispersion,
        "word-clouds": figures.word_clouds,
    }
    made = [
        figures.voices(corpus),
        *(make(corpus) for slug, make in of_words.items() if slug not in missing),
        figures.names(corpus),
        figures.names_together(corpus),
        figures.films(corpus),
    ]
    if not corpus.has_codebook:
        return made
    made += [figures.themes(corpus), figures.theme_map(corpus)]
    if {"technology", "intimacy"} <= set(corpus.codebook["theme"]):
        made.append(figures.intimacy_and_technology(corpus))
    if len(corpus.codebook) > 1:
        made.append(figures.themes_together(corpus))
    return made


def study_tables(corpus: Corpus) -> list[StudyTable]:
    """Make the tables of the study.

    Two interviews are compared with each other; of more, each with the rest, and each with each.
    Accuracy is measured where there are labels set by hand and a gazetteer.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> [table.slug for table in study_tables(load_corpus("seeds"))]
    ['frequencies', 'keyness', 'vocabulary', 'names-compared']
    """
    many, speaks = len(corpus.labels) > 1, len(corpus.terms) > 0
    made = [tables.frequencies(corpus)] if speaks else []
    if can_be_compared(corpus.terms):
        made += (
            [tables.keywords(corpus)]
            if len(corpus.labels) == 2
            else tables.keywords_of_many(corpus)
        )
    if many and speaks:
        made.append(tables.vocabulary(corpus))
    if many:
        made.append(tables.names_compared(corpus))
    if corpus.mentions_by_hand is not None and corpus.gazetteer is not None:
        made.append(tables.accuracy(corpus))
    return made


def left_out(corpus: Corpus) -> list[str]:
    """Say which figures and tables a folder has too little for, a sentence each.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> left_out(load_corpus("seeds"))
    []
    """
    missing = _too_little(corpus)
    sentences = list(dict.fromkeys(missing.values()))
    speaking = set(corpus.terms.loc[corpus.terms["term"].notna(), "interview"])
    silent = [name for name in corpus.labels if name not in speaking]
    if silent and "frequent-words" not in missing:
        sentences.append(
            f"No words are told of {', '.join(silent)}: the interviewee says no content word there."
        )
    small = sorted(set(corpus.labels) - set(comparable(corpus.terms)))
    if small and "keywords" not in missing:
        sentences.append(
            f"Keywords are not told of {', '.join(small)}: the interviewee has fewer than 5"
            " utterances."
        )
    if corpus.has_codebook and len(corpus.codebook) < 2:
        sentences.append(
            "Themes that share a sentence are left out: the codebook has one theme alone."
        )
    return sentences


def _too_little(corpus: Corpus) -> dict[str, str]:
    """Say of each figure of words that cannot be made why, by its slug."""
    counted = corpus.terms["term"].dropna()
    if counted.empty:
        why = "Figures of words are left out: the interviewee says no content word."
        return dict.fromkeys(
            ["frequent-words", "keywords", "vocabularies", "dispersion", "word-clouds"], why
        )
    if len(corpus.labels) < 2:
        why = "Keywords and vocabularies compare interviews; here is one alone."
        return dict.fromkeys(["keywords", "vocabularies"], why)
    if not can_be_compared(corpus.terms):
        return {
            "keywords": (
                "Keywords, and what sets themes apart, are left out: they need two interviews in"
                " which the interviewee has 5 utterances or more."
            )
        }
    if counted.value_counts().max() < _FEWEST:
        return {
            "keywords": (
                f"The figure of keywords is left out: no content word occurs {_FEWEST} times."
            )
        }
    return {}
