"""The figures and tables of a study, and what had to be left out of it."""

from __future__ import annotations

from pathlib import Path

from analysis import figures
from analysis.corpus import Corpus
from analysis.figures.study_figure import StudyFigure
from analysis.figures.tables import StudyTable
from analysis.study import tables
from analysis.wording import Wording
from analysis.words import can_be_compared, comparable

_WORDING = Wording(Path(__file__).with_name("tables.toml"))
# How often a word must occur at least to be drawn as a keyword.
_FEWEST = 4


def study_figures(corpus: Corpus) -> list[StudyFigure]:
    """Make every figure of the study, in the order of their numbers.

    Two interviews are compared with each other; of more, each with the rest; of many, only the
    first are drawn (`Corpus.compared`). `left_out` says what could not be drawn, and why.
    Without a codebook there are no figures of themes.

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
    missing = _too_little(corpus)
    made = [figures.voices(corpus)]
    if "words" not in missing:
        made.append(figures.frequent_words(corpus))
    if not missing.keys() & {"words", "keywords"}:
        made.append(figures.keywords(corpus))
    if _has_names(corpus):
        made.append(figures.names(corpus))
    if corpus.has_codebook:
        made += [figures.themes(corpus), figures.theme_map(corpus)]
        if corpus.pair is not None:
            made.append(figures.intimacy_and_technology(corpus))
        if len(corpus.codebook) > 1:
            made.append(figures.themes_together(corpus))
        # With the codebook alone there is no second coder to compare, and the curve takes a while.
        if corpus.reader is not None and corpus.specifications is not None:
            made.append(figures.specifications(corpus))
    # An illustration without a number, so it comes last.
    return made if "words" in missing else [*made, figures.word_clouds(corpus)]


def study_tables(corpus: Corpus) -> list[StudyTable]:
    """Make the tables of the study.

    Two interviews are compared with each other; of more, each with the rest and with each other; of
    many, only the first (`Corpus.compared`) are compared with each other and in vocabulary and
    shared names. Accuracy is measured if there are reference labels and a gazetteer.

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


def left_out(corpus: Corpus) -> list[str]:
    """Say which figures and tables cannot be made of a folder, and why, in one sentence each.

    Examples
    --------
    >>> from analysis import load_corpus
    >>> left_out(load_corpus("seeds"))
    []
    """
    missing, some = _too_little(corpus.compared), corpus.compared.labels
    sentences = list(missing.values())
    if len(some) < len(corpus.labels):
        of = {"all": len(corpus.labels), "most": len(some), "last": list(some.values())[-1]}
        sentences.insert(0, _WORDING.say("left-out.many", **of))
    speaking = set(corpus.terms.loc[corpus.terms["term"].notna(), "interview"])
    silent = [label for name, label in corpus.labels.items() if name not in speaking]
    if silent and "words" not in missing:
        sentences.append(_WORDING.say("left-out.silent", interviews=silent))
    large = set(comparable(corpus.terms))
    small = [label for name, label in corpus.labels.items() if name not in large]
    if small and not missing:
        sentences.append(_WORDING.say("left-out.small", interviews=small))
    if not _has_names(corpus.compared):
        sentences.append(_WORDING.say("left-out.names"))
    if not corpus.has_codebook:
        sentences.append(_WORDING.say("left-out.themes"))
    elif len(corpus.codebook) < 2:
        sentences.append(_WORDING.say("left-out.one_theme"))
    elif corpus.pair is None:
        sentences.append(_WORDING.say("left-out.pair"))
    return sentences


def _has_names(corpus: Corpus) -> bool:
    """Say whether a name is mentioned twice, dates left out; others are not drawn."""
    named = corpus.mentions.loc[corpus.mentions["label"] != "DATE", "canonical"]
    return bool(named.duplicated().any())


def say_left_out(why: str) -> str:
    """Return one of the sentences of `left_out` by its name in tables.toml."""
    return _WORDING.say(f"left-out.{why}")


def _too_little(corpus: Corpus) -> dict[str, str]:
    """Say why figures of words, or of keywords, cannot be made."""
    counted = corpus.terms["term"].dropna()
    if counted.empty:
        return {"words": _WORDING.say("left-out.words")}
    why = ""
    if len(corpus.labels) < 2:
        why = "alone"
    elif not can_be_compared(corpus.terms):
        why = "few_utterances"
    elif counted.value_counts().max() < _FEWEST:
        why = "rare"
    return {"keywords": _WORDING.say(f"left-out.{why}", fewest=_FEWEST)} if why else {}
